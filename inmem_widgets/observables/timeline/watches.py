"""Watch expressions: evaluated over a thread's checkpoints in the background, the newest first, and kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from inmem_widgets.observables.keys.background import Background, Making
from inmem_widgets.observables.reading.reader import Reader
from inmem_widgets.observables.reading.sharing import Sharing
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.history import ThreadHistory, key_of
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.timeline.series import Expression, Series, error_text
from inmem_widgets.wire import Watch

SIZE = "size"
"""The first watch: bytes of the state as stored."""
THREADS = 4
"""Threads whose values are kept."""
MOST = 20
"""Expressions at once."""
PACE = 2
"""Times its own processor time that passes before what is new is evaluated."""
AT_ONCE = 64
"""Sizes that are looked up without a task."""


class Watches:
    """The watch expressions of a timeline.

    Args:
        observable: Of the checkpointer.
        tell: Called, on another thread, when there is more to see.
    """

    def __init__(self, observable: ObservableSaver, tell: Callable[[], None]) -> None:
        self._observable = observable
        self._expressions: dict[str, Expression] = {}
        self._share = True
        """Until an expression is found to change what it is given."""
        self._careful = False
        self._kept: OrderedDict[str, dict[str, Series]] = OrderedDict()
        self._lock = threading.RLock()
        self._work: Background[bool] = Background(tell, pace=PACE)

    def add(self, name: str, fn: Expression) -> None:
        """Watch an expression; one of the same name is replaced.

        Args:
            name: What it is called; not "size", which is there already.
            fn: Gives a number, or anything else, for a state (a read-only mapping of channel values). It
                must not change what it is given.

        Raises:
            TypeError, ValueError: naming the argument.
        """
        if not isinstance(name, str):
            raise TypeError(f"name: got {type(name).__name__}, accepted is a str")
        if not name or len(name) > 80 or name == SIZE:
            raise ValueError(f"name: got {name!r:.90}, accepted are 1 to 80 characters, but not {SIZE!r}")
        if not callable(fn):
            raise TypeError(f"fn: got {type(fn).__name__}, accepted is a function of a state")
        with self._lock:
            if name not in self._expressions and len(self._expressions) >= MOST:
                raise ValueError(f"name: there are {MOST} watch expressions already, the most there can be")
            self._expressions[name] = fn
            self._forget(name)

    def remove(self, name: str) -> None:
        """Watch it no more.

        Raises:
            KeyError: there is none of that name.
        """
        with self._lock:
            if name not in self._expressions:
                raise KeyError(
                    f"name: got {name!r:.90}, accepted are {', '.join(self._expressions) or 'none'}"
                )
            del self._expressions[name]
            self._forget(name)

    @property
    def names(self) -> list[str]:
        """Of the expressions, in the order in which they were added."""
        return list(self._expressions)

    def _forget(self, name: str) -> None:
        for series in self._kept.values():
            series.pop(name, None)
        self._share = True
        self._work.forget()

    def states(self, thread: str, selected: Key | None, history: ThreadHistory | None = None) -> list[Watch]:
        """The size first, then the expressions, over a thread; what is missing is evaluated from now on.

        Args:
            history: Of the thread, at the moment whose rows are meant; now by default.
        """
        history = history if history is not None else self._observable.history(thread)
        with self._lock:
            series = self._series(thread, history)
            reader = self._observable.reader
            if reader.own and history.size - series[SIZE].done <= AT_ONCE:
                for _ in self._evaluate(thread, history, {SIZE: series[SIZE]}):
                    pass
            missing = {name: each for name, each in series.items() if each.missing(history.size) >= 0}
            if missing:
                self._work.want(
                    (thread, history, frozenset(missing)),
                    lambda: self._make(thread, history, missing),
                    at_once=not all(each.begun for each in missing.values()),
                )
                for each in missing.values():
                    each.begun = True
            return [
                each.watch(name, history, selected, unit="bytes" if name == SIZE else "", own=name != SIZE)
                for name, each in series.items()
            ]

    def value(self, name: str, thread: str, key: Key) -> Any:
        """What an expression gives at a checkpoint, as an object; evaluated now.

        Raises:
            KeyError: there is no such expression.
            LookupError: the checkpoint is gone.
            Exception: whatever the expression raises.
        """
        expression = self._expressions[name]
        state = Sharing(self._observable.reader).state(self._observable.thread_id(thread), key)
        if state is None:
            raise LookupError(f"checkpoint {key[1]} of thread {thread} is gone")
        return expression(state)

    def first(self, thread: str, key: Key | None, predicate: Expression) -> Key | None:
        """The oldest checkpoint, on the path from the root to one, at which a predicate holds.

        Where it raises it does not hold. On the path of a subgraph's checkpoint are those of its callers.

        Args:
            key: Where the path ends; the newest checkpoint by default.

        Raises:
            TypeError: `predicate` is no function.
            LookupError: there is no such checkpoint.
            ValueError: it raised at every checkpoint; says what.
        """
        if not callable(predicate):
            raise TypeError(f"predicate: got {type(predicate).__name__}, accepted is a function of a state")
        history = self._observable.history(thread)
        head = history.head
        if key is None and head is not None:
            key = key_of(head)
        rows = sorted(history.plan.path(key), reverse=True)
        if not rows:
            raise LookupError(f"checkpoint {key[1] if key else ''!r} of thread {thread!r} is gone")
        found, problem = self._first(thread, history, rows, predicate)
        if problem:
            raise ValueError(f"predicate: raised at all {len(rows):,} checkpoints, at the last one {problem}")
        return found

    def _first(
        self, thread: str, history: ThreadHistory, rows: list[int], holds: Expression, share: bool = True
    ) -> tuple[Key | None, str]:
        """The first checkpoint at which it holds; what it raised, if it did at all of them."""
        states = Sharing(self._observable.reader, share=share)
        thread_id = self._observable.thread_id(thread)
        found, worked, problem = None, False, ""
        for row in rows:
            at = key_of(history.header(row))
            state = states.state(thread_id, at)
            if state is None:
                continue
            try:
                if holds(state):
                    found = at
                    break
                worked = True
            except Exception as error:
                problem = error_text(error)
        if states.spoilt:
            return self._first(thread, history, rows, holds, share=False)
        return found, "" if worked or found else problem

    def wait(self, timeout: float) -> bool:
        """Whether nothing is being evaluated, within so many seconds."""
        return self._work.wait(timeout)

    def close(self) -> None:
        """Evaluate nothing any more."""
        self._work.close()
        with self._lock:
            self._kept.clear()

    def _series(self, thread: str, history: ThreadHistory) -> dict[str, Series]:
        kept = self._kept.setdefault(thread, {})
        self._kept.move_to_end(thread)
        while len(self._kept) > THREADS:
            self._kept.popitem(last=False)
        found = {}
        for name in (SIZE, *self._expressions):
            series = kept.get(name)
            if series is None or series.grown is not history.grown:
                series = kept[name] = Series(history, series)
            series.grow(history.size)
            found[name] = series
        return found

    def _make(self, thread: str, history: ThreadHistory, missing: Mapping[str, Series]) -> Making[bool]:
        yield from self._evaluate(thread, history, missing)
        if not self._share:  # what was dropped
            yield from self._evaluate(thread, history, missing)
        return True

    def _evaluate(self, thread: str, history: ThreadHistory, missing: Mapping[str, Series]) -> Making[None]:
        """Evaluate what is missing, the newest first; yields after each checkpoint."""
        thread_id, reader = self._observable.thread_id(thread), self._observable.reader
        states, place = Sharing(reader, share=self._share), history.size
        made: list[tuple[Series, int]] = []
        sizes = _sizes(reader, thread_id) if SIZE in missing else None
        try:
            while (place := max(each.missing(place) for each in missing.values())) >= 0:
                header = history.grown.headers[place]
                for name, series in missing.items():
                    if series.state[place]:
                        continue
                    try:
                        if name == SIZE:
                            assert sizes is not None
                            series.put(place, sizes(header.checkpoint_ns, header.checkpoint_id, header))
                            continue
                        made.append((series, place))
                        state = states.state(thread_id, key_of(header))
                        if state is None:
                            raise LookupError("the checkpoint is gone")
                        series.put(place, self._expressions[name](state))
                    except BaseException as error:  # whatever an expression raises is its value here
                        series.fail(place, error)
                yield 1 - place / history.size
        finally:
            if states.spoilt:  # by an expression: the others were given what it changed
                self._share = False
                for series, place in made:
                    series.drop(place)


def _sizes(reader: Reader, thread_id: Any) -> Callable[[str, str, Any], int | None]:
    """Gives the bytes of a state as stored."""
    if reader.own:

        def one(ns: str, checkpoint_id: str, header: Any) -> int | None:
            found = reader.lazily(thread_id, (ns, checkpoint_id))
            return None if found is None else sum(found.sizes().values())  # type: ignore[attr-defined]

        return one
    held = reader.held(thread_id)

    def known(ns: str, checkpoint_id: str, header: Any) -> int | None:
        of = [held.blobs.get((ns, channel, version)) for channel, version in header.channel_versions.items()]
        blobs = [size for size in of if size is not None]
        return sum(blobs) if blobs else held.rows.get((ns, checkpoint_id))  # kept together with its values

    return known
