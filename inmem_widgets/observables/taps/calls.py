"""What is put around a method of a tapped object: it is called as ever, then what it did is told.

A method called by another one that is told, on whatever thread it is carried on, is not told again: that is
what a `Call` in the context is for. Most calls need none: those of a single key, of a function that is known
to call nothing that is told, or that has what it calls noted in its thread's list in `Tap.within`. For such a
function a `Method` may have a `Direct` way, which goes straight from what is given to what is queued; a call
that is unusual in any respect goes the general way.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import _lru_cache_wrapper, partial, wraps
from inspect import isawaitable, iscoroutinefunction
from threading import get_ident
from types import FunctionType, MappingProxyType, MethodDescriptorType, WrapperDescriptorType
from typing import Any, Final, NamedTuple

from inmem_widgets.core.change import Raw, Single
from inmem_widgets.observables.taps.feed import TapFeed
from inmem_widgets.observables.taps.swap import Exchange

_log = logging.getLogger("inmem_widgets")

Event = Sequence[Any]
"""What is to be told: arguments of `TapFeed.tell`."""
End = Callable[[Any], Sequence[Event]]
"""From what the method returned to what there is to tell."""


class Direct(NamedTuple):
    """A way straight from what a function is given to what is queued.

    Attributes:
        before: Called before the function, with the same arguments. None: this call goes the general way;
            (): it does nothing that is told.
        after: Called after it with the object, what `before` gave, and what the function returned; gives what
            is to be queued, () if that is nothing. None: what `before` gave is it.
    """

    before: Callable[..., Any]
    after: Callable[[Any, Any, Any], Raw] | None = None


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
        direct: The direct ways, by the functions that the method may be.
    """

    begin: Callable[[Call], End | None]
    reads: bool = False
    inner: bool = False
    direct: Mapping[Any, Direct] = MappingProxyType({})


def by(direct: Direct) -> Callable[[Call], End | None]:
    """A method's `begin` that does what a direct way does, of any function and whatever is around it."""

    def begin(call: Call) -> End | None:
        begun = direct.before(call.obj, *call.args, **call.kwargs)
        if not begun:
            return None

        def end(result: Any) -> tuple[()]:
            if raw := begun if direct.after is None else direct.after(call.obj, begun, result):
                call.feed.put(raw)
            return ()

        return end

    return begin


_inside: ContextVar[Call | None] = ContextVar("inmem_widgets_inside", default=None)
_failed: set[Any] = set()
_around, _set = _inside.get, _inside.set
_UNTOLD: Final[Any] = object()
"""In place of a `Call`: nothing in it is told."""
_UNBOUND: Final = frozenset((FunctionType, MethodDescriptorType, WrapperDescriptorType))
"""What can be called with the object as its first argument."""
_PLAIN: Final = frozenset((type(None), bool, int, str, bytes, list, tuple, dict))
"""What needs no look at whether it has to be awaited."""


@contextmanager
def quietly() -> Iterator[None]:
    """In it, and wherever its context is carried, calls are not told: those are ours, made for looking."""
    token = _set(_UNTOLD)
    try:
        yield
    finally:
        _inside.reset(token)


def wrapped(exchange: Exchange, name: str) -> Callable[..., Any]:
    """The function that takes the place of a class's method."""
    taps, cls = exchange.taps, exchange.cls
    function = getattr(cls, name)

    def bound(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return exchange.original(name, self)(*args, **kwargs)

    found = vars(cls).get(name)
    own: Any = None if name not in vars(cls) else found if type(found) in _UNBOUND else bound
    bases: Any = super(cls, cls)  # asked anew in each call, since they may be patched

    def function_of(self: Any) -> Any:
        """What is called in the method's place: a function of the object and its arguments."""
        found = getattr(bases, name) if type(self) is cls else bound
        return found if type(found) in _UNBOUND else bound

    def begun(
        tap: Any, self: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Call, End | None] | None:
        """Begin to tell a call; None if it is not to be told."""
        if (method := tap.methods.get(name)) is None:
            return None
        feed: TapFeed = tap.feed
        begin, reads, inner, _ = method
        outer = around = _around()
        if not feed.active or (reads and not feed.wants_reads) or self is not tap.object or outer is _UNTOLD:
            return None
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

    def later(call: Call, end: End, future: Any) -> None:
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
            tap, plain = taps.get(id(self)), own or function_of(self)
            if tap is None:
                return await plain(self, *args, **kwargs)
            direct = tap.direct.get(plain)
            if direct is not None and not kwargs and _around() is None and tap.source() is self:
                before, after = direct
                try:
                    state = before(self, *args)
                except Exception:
                    state = None  # what is wrong is told the general way
                if state is not None:
                    result = await plain(self, *args)
                    if state:
                        _queue(tap.feed, after, self, state, result)
                    return result
            now = begun(tap, self, args, kwargs)
            if now is None:
                return await plain(self, *args, **kwargs)
            call, end = now
            awaited = plain(self, *call.args, **call.kwargs)
            return await (awaited if end is None else finish(awaited, call, end))

        return acall

    @wraps(function)
    def scall(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        tap, plain = taps.get(id(self)), own or function_of(self)
        if tap is None:
            if not taps:
                exchange.put_back()
            return plain(self, *args, **kwargs)
        single = len(args) == 1 and not kwargs  # `*` would cost more than the rest of the call
        if tap.within and (notes := tap.within.get(get_ident())) is not None:
            result = plain(self, args[0]) if single else plain(self, *args, **kwargs)
            notes.append((name, result))
            return result
        direct = tap.direct.get(plain)
        if direct is not None and not kwargs and _around() is None and tap.source() is self:
            before, after = direct
            try:
                try:
                    state = before(self, args[0]) if single else before(self, *args)
                except Exception:
                    state = None  # what is wrong is told the general way
                if state is not None:
                    result = plain(self, args[0]) if single else plain(self, *args)
                    if state:
                        _queue(tap.feed, after, self, state, result)
                    return result
            finally:
                if tap.within:
                    tap.within.pop(get_ident(), None)
        end, now = None, begun(tap, self, args, kwargs)
        if now is not None:
            call, end = now
            args, kwargs = call.args, call.kwargs
        if end is None:
            return plain(self, *args, **kwargs)
        try:
            _set(call)
            result = plain(self, *args, **kwargs)
        except BaseException:
            call.over()
            raise
        finally:
            call.open = False  # what was begun inside and goes on is told
            _set(call.around)
        if type(result) not in _PLAIN:
            if isinstance(result, asyncio.Future | concurrent.futures.Future):
                result.add_done_callback(partial(later, call, end))
                return result
            if isawaitable(result):
                call.open = True
                return finish(result, call, end)
        tell(call, end, result)
        return result

    if isinstance(function, _lru_cache_wrapper):
        scall.cache_info, scall.cache_clear = function.cache_info, function.cache_clear  # type: ignore[attr-defined]
    return scall


def _queue(feed: TapFeed, after: Callable[..., Raw] | None, self: Any, begun: Any, result: Any) -> None:
    """Tell a call that was begun the direct way."""
    try:
        raw = begun if after is None else after(self, begun, result)
        if raw and feed.active:
            (feed.extend if raw[0].__class__ is Single else feed.append)(raw)
            if feed.asleep:
                feed.wake()
    except Exception:
        _report(after or _queue, (after or _queue).__qualname__)


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
