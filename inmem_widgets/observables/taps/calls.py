"""What is put around a method of a tapped object: it is called as ever, then what it did is told.

A method called by another one that is told, on whatever thread it is carried on, is not told again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import isawaitable, iscoroutinefunction
from types import FunctionType
from typing import Any, NamedTuple

from inmem_widgets.observables.taps.feed import TapFeed
from inmem_widgets.observables.taps.swap import Exchange

_log = logging.getLogger("inmem_widgets")

Event = Sequence[Any]
"""What is to be told: arguments of `TapFeed.tell`."""
End = Callable[[Any], Sequence[Event]]
"""From what the method returned to what there is to tell."""


class Call:
    """One call of a method. `args` and `kwargs` may be exchanged before it, for what can be read but once.

    Attributes:
        outer: The told call inside of which it is; only of `Method.inner`, else None.
        notes: What inner calls leave for this one's end.
    """

    __slots__ = ("args", "feed", "kwargs", "notes", "obj", "outer")

    def __init__(
        self,
        obj: Any,
        feed: TapFeed,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        outer: Call | None,
    ) -> None:
        self.obj, self.feed, self.args, self.kwargs, self.outer = obj, feed, args, kwargs, outer
        self.notes: list[Any] | None = None

    def given(self, *names: str) -> Any:
        """The values of arguments, however they were given.

        Raises:
            LookupError: one was not given.
        """
        args, kwargs = self.args, self.kwargs
        if len(args) == len(names):
            return args
        return (*args[: len(names)], *(kwargs[name] for name in names[len(args) :]))

    def note(self, what: Any) -> None:
        """Leave something for this call's end."""
        if self.notes is None:
            self.notes = []
        self.notes.append(what)


class Method(NamedTuple):
    """How the calls of a method are told.

    Attributes:
        begin: Called before the method, with its `Call`; what it returns is called with the result.
        reads: Whether it changes nothing, and is told only to who asked for that.
        inner: Whether it is told, too, where a told method calls it.
    """

    begin: Callable[[Call], End | None]
    reads: bool = False
    inner: bool = False


class _Inside:
    """A told method that has not returned yet; `outer` is the one it was called in."""

    __slots__ = ("call", "feed", "open", "outer", "reads")

    def __init__(self, call: Call, reads: bool, outer: _Inside | None) -> None:
        self.call, self.feed, self.reads, self.outer, self.open = call, call.feed, reads, outer, True


_inside: ContextVar[_Inside | None] = ContextVar("inmem_widgets_inside", default=None)
_ours: ContextVar[bool] = ContextVar("inmem_widgets_ours", default=False)
_failed: set[Any] = set()


@contextmanager
def quietly() -> Iterator[None]:
    """In it, and wherever its context is carried, calls are not told: those are ours, made for looking."""
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)


def wrapped(exchange: Exchange, name: str) -> Callable[..., Any]:
    """The function that takes the place of a class's method."""
    taps, original = exchange.taps, exchange.original
    function = getattr(exchange.cls, name)
    before = vars(exchange.cls).get(name)
    plain = before if isinstance(before, FunctionType) else None  # the short way for other instances

    def enter(self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[_Inside, Call, End] | None:
        """Begin to tell a call; None if it is not to be told."""
        tap = taps.get(id(self))
        if tap is None or (method := tap.methods.get(name)) is None:
            return None
        feed: TapFeed = tap.feed
        begin, reads, inner = method
        if not feed.active or (reads and not feed.wants_reads) or self is not tap.object or _ours.get():
            return None
        outer = around = _inside.get()
        while around is not None:
            if around.feed is feed and around.open and (reads or not around.reads):
                if not inner:
                    return None
                break
            around = around.outer
        call = Call(self, feed, args, kwargs, None if around is None else around.call)
        try:
            end = begin(call)
        except Exception:
            _report(begin, name)
            return None
        if end is None:
            return None
        inside = _Inside(call, reads, outer)
        _inside.set(inside)
        return inside, call, end

    def leave(inside: _Inside) -> None:
        inside.open = False  # what was begun inside and goes on is told
        _inside.set(inside.outer)

    def tell(call: Call, end: End, result: Any) -> None:
        try:
            for event in end(result):
                call.feed.tell(*event)
        except Exception:
            _report(end, name)

    if iscoroutinefunction(function):

        @wraps(function)
        async def acall(self: Any, /, *args: Any, **kwargs: Any) -> Any:
            entered = enter(self, args, kwargs)
            if entered is None:
                return await original(name, self)(*args, **kwargs)
            inside, call, end = entered
            try:
                result = await original(name, self)(*call.args, **call.kwargs)
            finally:
                leave(inside)
            tell(call, end, result)
            return result

        return acall

    async def finish(awaited: Awaitable[Any], call: Call, end: End) -> Any:
        result = await awaited
        tell(call, end, result)
        return result

    @wraps(function)
    def scall(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        if plain is not None and id(self) not in taps:
            return plain(self, *args, **kwargs)
        entered = enter(self, args, kwargs)
        if entered is None:
            return original(name, self)(*args, **kwargs)
        inside, call, end = entered
        try:
            result = original(name, self)(*call.args, **call.kwargs)
        finally:
            leave(inside)
        if isawaitable(result):
            return finish(result, call, end)
        tell(call, end, result)
        return result

    return scall


def _report(fn: Callable[..., Any], name: str) -> None:
    """Log the failure that is being handled, once a place: no caller is ever bothered."""
    place = getattr(fn, "__code__", fn)
    if place not in _failed:
        _failed.add(place)
        _log.exception("a call of %s could not be told; reported once", name)
