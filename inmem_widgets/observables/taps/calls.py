"""What is put around a method of a tapped object: it is called as ever, then what it did is told.

A method called by another one that is told, on whatever thread it is carried on, is not told again.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import _lru_cache_wrapper, partial, wraps
from inspect import isawaitable, iscoroutinefunction
from types import FunctionType
from typing import Any, Final, NamedTuple

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
        around: The told call, of whatever object, inside of which it was made.
        open: Whether it has not returned yet.
    """

    __slots__ = ("args", "around", "feed", "kwargs", "notes", "obj", "open", "outer", "reads")

    def __init__(
        self,
        obj: Any,
        feed: TapFeed,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        outer: Call | None = None,
        around: Call | None = None,
        reads: bool = False,
    ) -> None:
        self.obj, self.feed, self.args, self.kwargs = obj, feed, args, kwargs
        self.outer, self.around, self.reads = outer, around, reads
        self.notes: list[Any] | None = None
        self.open = True

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

    def over(self) -> None:
        """It was told: nothing is kept alive by the contexts copied in it, which go on."""
        self.obj = self.outer = self.notes = None
        self.args, self.kwargs = (), {}


class Untold(Exception):
    """A call will fail, and is not told; its arguments were exchanged for that."""


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


_inside: ContextVar[Call | None] = ContextVar("inmem_widgets_inside", default=None)
_ours: ContextVar[bool] = ContextVar("inmem_widgets_ours", default=False)
_failed: set[Any] = set()
_around, _set, _own = _inside.get, _inside.set, _ours.get
_PLAIN: Final = frozenset((type(None), bool, int, str, bytes, list, tuple, dict))
"""What needs no look at whether it has to be awaited."""


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
    plain: Any = before if isinstance(before, FunctionType) else None  # the short way

    def begun(self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Call, End | None] | None:
        """Begin to tell a call; None if it is not to be told."""
        tap = taps.get(id(self))
        if tap is None or (method := tap.methods.get(name)) is None:
            return None
        feed: TapFeed = tap.feed
        begin, reads, inner = method
        if not feed.active or (reads and not feed.wants_reads) or self is not tap.object or _own():
            return None
        outer = around = _around()
        while outer is not None:
            if outer.feed is feed and outer.open and (reads or not outer.reads):
                if not inner:
                    return None
                break
            outer = outer.around
        call = Call(self, feed, args, kwargs, outer, around, reads)
        try:
            return call, begin(call)
        except Untold:
            pass
        except Exception:
            _report(begin, name)
        return call, None

    def tell(call: Call, end: End, result: Any) -> None:
        try:
            for event in end(result):
                call.feed.tell(*event)
        except Exception:
            _report(end, name)
        call.over()

    def done(call: Call, end: End, future: Any) -> None:
        if not future.cancelled() and future.exception() is None:
            tell(call, end, future.result())
        call.over()

    async def finish(awaited: Awaitable[Any], call: Call, end: End) -> Any:
        _set(call)
        try:
            result = await awaited
        except BaseException:
            _left(call)
            call.over()
            raise
        _left(call)
        tell(call, end, result)
        return result

    if iscoroutinefunction(function):

        @wraps(function)
        async def acall(self: Any, /, *args: Any, **kwargs: Any) -> Any:
            now = begun(self, args, kwargs)
            if now is None:
                return await original(name, self)(*args, **kwargs)
            call, end = now
            awaited = original(name, self)(*call.args, **call.kwargs)
            return await (awaited if end is None else finish(awaited, call, end))

        return acall

    @wraps(function)
    def scall(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        now = begun(self, args, kwargs) if id(self) in taps else None
        end = None
        if now is not None:
            call, end = now
            args, kwargs = call.args, call.kwargs
        if end is None:
            if not taps:
                exchange.put_back()
            return (
                plain(self, *args, **kwargs) if plain is not None else original(name, self)(*args, **kwargs)
            )
        try:
            _set(call)
            if plain is not None:
                result = plain(self, *args, **kwargs)
            else:
                result = original(name, self)(*args, **kwargs)
        except BaseException:
            call.over()
            raise
        finally:
            call.open = False  # what was begun inside and goes on is told
            _set(call.around)
        if type(result) not in _PLAIN:
            if isinstance(result, asyncio.Future | concurrent.futures.Future):
                result.add_done_callback(partial(done, call, end))
                return result
            if isawaitable(result):
                call.open = True
                return finish(result, call, end)
        tell(call, end, result)
        return result

    if isinstance(function, _lru_cache_wrapper):
        scall.cache_info, scall.cache_clear = function.cache_info, function.cache_clear  # type: ignore[attr-defined]
    return scall


def _left(call: Call) -> None:
    """A call has returned: what was begun inside and goes on is told. The context may be another one than
    it was made in, where nobody awaited it to its end."""
    call.open = False
    if _around() is call:
        _set(call.around)


def _report(fn: Callable[..., Any], name: str) -> None:
    """Log the failure that is being handled, once a place: no caller is ever bothered."""
    place = getattr(fn, "__code__", fn)
    if place not in _failed:
        _failed.add(place)
        _log.exception("a call of %s could not be told; reported once", name)
