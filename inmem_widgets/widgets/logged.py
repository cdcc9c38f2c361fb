"""What widgets share that is about the log of their object, and about earlier moments."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import traitlets

from inmem_widgets.export.masked import framed
from inmem_widgets.observables import Observable
from inmem_widgets.observables.log import Moment
from inmem_widgets.observables.log.activity import Activities
from inmem_widgets.observables.log.limits import MOST_BYTES, changes_of
from inmem_widgets.observables.log.travel.browser import Past, past_of, travels
from inmem_widgets.observables.log.view import LogView
from inmem_widgets.observables.redaction import Redactor
from inmem_widgets.wire import Travel, Watched

METHODS: Final = ("log", "older", "travel")
CHANGES: Final = frozenset({"edit", "delete", "bulk"})
"""Requests that change the object."""
OLDER: Final = 200
"""Rows of an answer to `older`."""
PER_CHANGE: Final = 640
"""Bytes held for each change at most, on average, where more changes are asked for."""
SOON: Final = 0.1
"""Seconds until more of a log was looked at."""


class Logged(traitlets.HasTraits):
    """The part of a widget that shows a log, and travels."""

    travel = traitlets.Int(None, allow_none=True)
    """The change after which the object is shown as it was; settable. None: as it is now.

    Setting raises LookupError where the log does not reach back so far."""

    observable: Any
    redactor: Redactor | None
    browser: Any = None
    _log_view: LogView | None = None
    _activities: Activities
    _past: Past | None = None
    _moment: Moment
    _soon: threading.Timer | None = None

    def _begin_log(self, observable: Observable[Any], log: Any, push: Callable[..., None]) -> None:
        """
        Raises:
            TypeError, ValueError: `log` is not accepted.
        """
        most = changes_of(log)
        self._log_lock = threading.RLock()
        self._push_log: Callable[..., None] = push
        able = observable.abilities
        if most is None or observable.feed is None or (able.how == "read" and not able.events):
            return  # not wanted, gone, or nothing tells of what happens
        events = observable.log
        if log is not True:
            events.limit(most, max(MOST_BYTES, PER_CHANGE * most))
        self._log_view = LogView(events)
        self._activities = Activities(events)

    def _end_log(self) -> None:
        past, self._past, self._log_view = self._past, None, None
        self.__dict__.pop("_activities", None)  # it holds the log
        if self._soon is not None:
            self._soon.cancel()
        if past is not None:
            past.close()

    @property
    def shown(self) -> Any:
        """What is shown: the browser of now, or that of the moment travelled to."""
        return self.browser if self._past is None else self._past.browser

    def at(self, when: int | float | datetime) -> Moment:
        """How the object was right after a change, or at a time: its `values`, `stats` and `frame()`.

        Args:
            when: The number of a change (int), as `events_frame` has it, or a time: seconds as of
                `time.time()` (float), or a datetime, which without a zone is local time.

        Raises:
            TypeError: `when` is none of these, or the object is a checkpointer, which keeps its history
                itself.
            LookupError: the log does not reach back so far, or the object is gone.
            RuntimeError: watching has ended, or what happened last cannot be waited for: in a listener, or
                under overload.
        """
        moment: Moment = self.observable.at(when)
        return replace(moment, redactor=self.redactor)

    def events_frame(self) -> Any:
        """A DataFrame of what happened, one row a change or lookup, oldest first; docs/frames.md has the
        columns.

        Raises:
            RuntimeError: watching has ended.
        """
        return framed(self.observable.events_frame, self.redactor)

    def difference(self, a: int | float | datetime, b: int | float | datetime) -> Any:
        """A DataFrame of what differs between two moments, one row a key; docs/frames.md has the columns.

        Args:
            a, b: As for `at`.

        Raises:
            As `at`.
        """
        return framed(lambda: self.observable.difference(a, b), self.redactor)

    # -- travelling --

    @traitlets.validate("travel")
    def _check(self, proposal: Any) -> int:
        if not travels(self.browser):
            raise TypeError("travel: for stores and caches; a checkpointer keeps its history itself")
        past, number = self._past, proposal["value"]
        self._moment = self.observable.at(number) if past is None else past.at(number)
        return self._moment.number

    @traitlets.observe("travel")
    def _go(self, change: Any) -> None:
        with self._log_lock:
            past = self._past
            if self.travel is None:
                self._past = None
                if past is not None:
                    past.close()
            elif past is None:
                self._past = past_of(self.browser, self._moment, self._push_log)
            else:
                past.show(self._moment)
        self._push_log()

    # -- for the wire --

    def _log_state(self, params: Mapping[str, Any]) -> dict[str, Any]:
        wanted = params.get("log", False)
        if not isinstance(wanted, bool):
            raise TypeError(f"log: got {wanted!r:.80}, accepted is true or false")
        view, past = self._log_view, self._past
        if view is None or not (wanted or past):
            return {"log": None, "travel": None}
        with self._log_lock:
            log = view.state() if wanted else None
            if log is not None and log["progress"] is not None:
                self._look_on()
            return {"log": log, "travel": self._travel_state(view) if travels(self.browser) else None}

    def _travel_state(self, view: LogView) -> Travel:
        log = self.observable.logged  # also once watching has ended
        moment = None if self._past is None else self._past.moment
        return {
            "at": None if moment is None else moment.number,
            "time": None if moment is None else moment.time,
            "row": None if moment is None else view.row(moment.number),
            "first": log.first - 1,
            "last": log.last,
            "activity": self._activities.state(),
            "note": "" if moment is None else moment.note,
        }

    def _watched_then(self, watched: Watched | None) -> Watched | None:
        """How the object is watched, and what is not known of the moment shown."""
        if self._past is None or not self._past.unknown:
            return watched
        now: Watched = watched or {
            "how": "events", "interval": None, "read": None, "progress": None, "problem": "", "unknown": {},
            "note": "",
        }  # fmt: skip
        return {**now, "unknown": {**now["unknown"], **self._past.unknown}}

    def _look_on(self) -> None:
        if self._soon is None:
            self._soon = threading.Timer(SOON, self._looked)
            self._soon.daemon = True
            self._soon.start()

    def _looked(self) -> None:
        self._soon = None
        self._push_log()

    def _answer_log(self, method: str, params: Mapping[str, Any]) -> Any:
        view = self._log_view
        if view is None:
            raise LookupError("the object is not logged: inspect(…, log=True) does")
        if method == "log":
            with self._log_lock:
                view.show(params)
            self._push_log(at_once=True)
            return None
        if method == "older":
            before = params.get("before")
            if not isinstance(before, int) or isinstance(before, bool):
                raise TypeError(f"before: got {before!r:.80}, accepted is a change's number (int)")
            with self._log_lock:
                rows = view.rows(OLDER + 1, before)
            return {"rows": rows[:OLDER], "more": len(rows) > OLDER}
        if "time" in params:
            seconds = params["time"]
            if not isinstance(seconds, int | float) or isinstance(seconds, bool):
                raise TypeError(f"time: got {seconds!r:.80}, accepted is seconds (a number)")
            self.travel = self.observable.log.moment_of(float(seconds))
        else:
            number = params.get("at")
            if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
                raise TypeError(f"at: got {number!r:.80}, accepted is a change's number (int) or null")
            self.travel = number
        return None

    def _refuse_then(self, method: str) -> None:
        """
        Raises:
            PermissionError: nothing of an earlier moment can be changed.
        """
        if self._past is not None and method in CHANGES:
            raise PermissionError(
                f"what is shown is how it was after change {self._past.moment.number:,}, and nothing changes "
                "that: come back to now first"
            )
