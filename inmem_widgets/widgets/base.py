"""What the three widgets share: sessions of open views, requests, and the static fallback."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar, cast

import anywidget
import traitlets

from inmem_widgets.cells import outside
from inmem_widgets.observables import Observable, observed
from inmem_widgets.observables.log.travel.browser import ago
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.redaction import Redact, Redactor, redacting, redactor_of
from inmem_widgets.observables.session import Session, State
from inmem_widgets.observables.taps.abilities import watched_state
from inmem_widgets.widgets.bundles import bundle, module_of
from inmem_widgets.widgets.comm import answer_on_subshells
from inmem_widgets.widgets.fallback import static_table
from inmem_widgets.widgets.heard import Heard
from inmem_widgets.widgets.logged import METHODS, Logged
from inmem_widgets.wire import Module, Patch

RATE = 900_000
"""Bytes a second that are pushed to a view."""
SPACING = 0.06
"""Seconds between two pushes to a view at the least: fewer than 20 a second, whatever there is to say."""
REST = 12
"""Times the processor time of a push that passes before the next one: whoever is watched keeps theirs."""
VIEWS = 32
"""Views served at once; the longest unheard of makes room."""

Shown = TypeVar("Shown", bound=Observable[Any])


class InspectorWidget(Logged, anywidget.AnyWidget, Generic[Shown]):
    """Base of the widgets: sends each open view its state and then patches, and answers requests.

    Subclasses give `bundle_name`, `kind`, `make_state` and `html_rows`, and may extend `answer`. Handlers
    run on whatever thread the kernel serves the browser from (a subshell while a cell runs).
    """

    bundle_name: ClassVar[str]
    module_name: ClassVar[str | None] = None
    """A second bundle, which the front end asks for when it first needs it."""
    reads: ClassVar[frozenset[str]] = frozenset()
    """Requests that views make of themselves after each push, and that change nothing: they hasten none."""
    rest: ClassVar[float] = REST
    kind: ClassVar[type[Observable[Any]]]
    """What it shows."""

    # for `close`, which also runs on a widget that could not be made
    _observable: Shown | None = None
    _stop: Callable[[], None] = staticmethod(lambda: None)
    _heard: Heard | None = None
    redactor: Redactor | None = None
    """Through which all texts go that leave, if `redact` was given."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    """The state when the widget was made, so that the first paint needs no round trip."""

    def __init__(
        self,
        obj: Any,
        *,
        name: str | None = None,
        log: bool | int = False,
        redact: Redact | Redactor | None = None,
    ) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(f"name: got {name!r:.80}, accepted is a str or None")
        observable = cast(Shown, observed(obj, self.kind))
        self._title = {"type": observable.type_name, "name": name and clean(name)}
        self._sessions: dict[str, Session] = {}
        self._quiet: dict[str, float] = {}  # until when nothing is pushed to a view
        self._later: threading.Timer | None = None
        self._heard = Heard(_weakly(self, "_lost"))
        self._turn = threading.RLock()
        self._outbox: deque[dict[str, Any]] = deque()
        self._sending = threading.Lock()
        self.redactor = redactor_of(redact)
        self._begin_log(observable, log, _weakly(self))
        script, style = bundle(self.bundle_name)
        self._observable = observable
        super().__init__(
            _esm=script.read_text("utf-8"),
            _css=style.read_text("utf-8"),
            state=Session("", self._state).open({}),
        )
        self.on_msg(self._receive)
        self._stop = self.listen(_weakly(self))

    # -- for subclasses --

    def make_state(self, params: Mapping[str, Any]) -> State:
        """What a view with these parameters shows, but for `seq`, `now` and `title`."""
        raise NotImplementedError

    def listen(self, push: Callable[[], None]) -> Callable[[], None]:
        """Have `push` called whenever there may be something new to show; returns the way to stop."""
        return self.observable.on_update(push)

    def attend(self, on: bool) -> None:
        """Called when the first view opens, and when the last one has closed, or went without a word."""

    def answer(self, method: str, params: Mapping[str, Any], view: str) -> Any:
        """The result of a view's request."""
        raise ValueError(
            f"method: got {method!r}, accepted are look, ping and those of {type(self).__name__}"
        )

    def elsewhere(self) -> bool:
        """Whether requests must be answered on another thread than this one."""
        return False

    def _module(self, _: str, params: Mapping[str, Any], *__: Any) -> Module:
        return module_of(params.get("name", self.module_name), self.module_name, type(self).__name__)

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        """(column heads, rows of text, caption) of the static fallback."""
        raise NotImplementedError

    # -- lifecycle --

    @property
    def observable(self) -> Shown:
        """What the widget shows; `observe(obj)` returns the same.

        Raises:
            RuntimeError: the widget is closed.
        """
        if self._observable is None:
            raise RuntimeError("the widget is closed: make another with inspect(obj)")
        return self._observable

    def refresh(self, timeout: float | None = None) -> bool:
        """Read what changed elsewhere, now; whether that was done within so many seconds.

        Raises:
            RuntimeError: the object cannot be read; says why.
        """
        return self.observable.refresh(timeout)

    def open(self) -> None:
        super().open()
        if self.comm is not None:
            answer_on_subshells(self.comm)

    def close(self) -> None:
        """Stop showing, and let go of the observable: if nobody else holds it, watching ends."""
        if self._observable is not None:
            self._stop()
            self.__dict__.pop("_stop", None)  # it holds the observable
            self._end_log()
            if self._heard is not None:
                self._heard.close()
            with self._turn:
                self._observable = None
                self._sessions.clear()
                self._outbox.clear()
                if self._later is not None:
                    self._later.cancel()
            self.layout.close()
        super().close()

    # -- messages --

    def _state(self, params: Mapping[str, Any]) -> State:
        observable = self.observable
        title = {**self._title, "gone": observable.source is None, "ended": observable.closed}
        with redacting(self.redactor):
            watched = self._watched_then(watched_state(observable))
            if watched is not None and observable.closed:  # by nobody, in no way; what is unknown stays so
                watched = {**watched, "how": "events"}
            common = {"now": time.time(), "title": title, "watched": watched, **self._log_state(params)}
            state = {**common, **self.make_state(params)}
        return cast(State, self._outgoing(state))

    def _receive(self, _: Any, message: Any, buffers: Any) -> None:
        """One message of a view. A request is always answered, an error included."""
        if not isinstance(message, dict) or not isinstance(message.get("view"), str):
            return
        if self._observable is None:  # closed
            return
        view, kind = message["view"], message.get("kind")
        params = message.get("params") or {}
        if self.redactor is not None:
            params = self.redactor.incoming(params)
        if self._heard is not None and kind != "close" and (kind == "open" or view in self._sessions):
            self._heard.hear(view)
        if kind == "open":
            with self._turn:
                if not self._sessions:
                    self.attend(True)
                session = self._sessions.pop(view, None) or Session(view, self._state)
                self._outbox.append({"kind": "opened", "view": view, "state": session.open(params)})
                self._sessions[view] = session
                while len(self._sessions) > VIEWS:
                    self._forget(next(iter(self._sessions)))
        elif kind == "close":
            self._lost([view])
        elif kind == "request":
            asked = view, message.get("id"), message.get("method"), params
            if asked[2] not in ("look", "ping") and self.elsewhere():
                threading.Thread(target=self._answer_elsewhere, args=asked, daemon=True).start()
            else:
                self._request(*asked)
        self._flush()

    def _lost(self, views: list[str]) -> None:
        """Serve these views no longer; one that is there all the same opens again when it is told so."""
        with self._turn:
            for view in views:
                self._forget(view)
            if not self._sessions and self._observable is not None:
                self.attend(False)

    def _forget(self, view: str) -> None:
        if self._heard is not None:
            self._heard.forget(view)
        self._quiet.pop(view, None)
        self._sessions.pop(view, None)

    def _answer_elsewhere(self, *asked: Any) -> None:
        with contextlib.suppress(RuntimeError):  # closed meanwhile
            self._request(*asked)
            self._flush()

    def _request(self, view: str, number: Any, method: Any, params: Mapping[str, Any]) -> None:
        reply: dict[str, Any] = {"kind": "reply", "view": view, "id": number}
        try:
            if method in ("look", "ping"):
                with self._turn:
                    session = self._sessions.get(view)
                    if session is None:
                        raise LookupError("the view is not open; open it again")
                    # nothing tells of an object's end: a ping finds out
                    if method == "look" or self.observable.source is None:
                        self._queue_patch(session, params)
                    self._outbox.append({**reply, "result": None})
                return
            answer = self._module if method == "module" else self.answer
            with outside(), redacting(self.redactor):
                if method == "refresh":
                    result = None
                    self.refresh(0.0)  # patches tell what was found
                elif method in METHODS:
                    result = self._answer_log(str(method), params)
                else:
                    self._refuse_then(str(method))
                    result = answer(str(method), params, view)
            reply["result"] = self._outgoing(result)
        except Exception as error:  # the view shows it; the kernel goes on
            reply["error"] = self._outgoing(clean(f"{type(error).__name__}: {error}"))
        if self._later is not None and method not in self.reads:
            self._push(at_once=True)  # what was asked for is not held back
        self._outbox.append(reply)

    def _outgoing(self, message: Any) -> Any:
        return message if self.redactor is None else self.redactor.outgoing(message)

    def _push(self, *, at_once: bool = False) -> None:
        """Bring every open view up to date; those sent something just before a little later, or at once."""
        now = time.monotonic()
        with self._turn:
            if self._observable is None or not self._sessions:
                return
            waits = []
            for view, session in self._sessions.items():
                wait = self._quiet.get(view, 0.0) - now
                if wait > 0 and not at_once:
                    waits.append(wait)
                    continue
                began = time.thread_time()
                if patch := self._queue_patch(session, None):
                    size = len(json.dumps(patch))
                    took = time.thread_time() - began
                    self._quiet[view] = now + max(SPACING, size / RATE, self.rest * took)
            if waits and self._later is None:
                self._later = threading.Timer(min(waits), _weakly(self, "_push_rest"))
                self._later.daemon = True
                self._later.start()
        self._flush()

    def _push_rest(self) -> None:
        self._later = None
        self._push()

    def _queue_patch(self, session: Session, params: Mapping[str, Any] | None) -> Patch | None:
        patch = session.patch(params)
        if patch is not None:
            self._outbox.append(dict(patch))
        return patch

    def _flush(self) -> None:
        """Send what is queued, in order, and not under the lock that guards the sessions."""
        while self._outbox and self._sending.acquire(blocking=False):
            try:
                while self._outbox:
                    self.send(self._outbox.popleft())
            finally:
                self._sending.release()

    # -- what notebooks save and show --

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        found = super()._repr_mimebundle_(**kwargs)
        if found is None:
            return None
        data, metadata = found
        return {**data, "text/plain": repr(self), "text/html": self.static_html()}, metadata

    def static_html(self) -> str:
        """What is shown where no script runs: a saved notebook that is not trusted, nbconvert."""
        with redacting(self.redactor):
            heads, rows, caption = self._outgoing(self.html_rows())
        if self._past is not None:
            caption = f"{caption}, {ago(self._past.moment)}"
        return static_table(heads, rows, f"{self._title['name'] or self._title['type']}", caption)

    def __repr__(self) -> str:
        name = f" of {self._title['name']}" if self._title["name"] else ""
        return f"<{type(self).__name__}{name}: {self._title['type']}>"


def _weakly(widget: InspectorWidget[Any], method: str = "_push") -> Callable[..., None]:
    """The widget's push, without keeping the widget alive."""
    alive = weakref.ref(widget)

    def push(*args: Any) -> None:
        target = alive()
        if target is not None:
            getattr(target, method)(*args)

    return push
