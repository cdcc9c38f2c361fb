"""langchain-core's stores, of any kind: what their methods tell, and how they are read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from langchain_core.stores import BaseStore
from langchain_core.stores import InMemoryBaseStore as Upstream

from inmem_widgets.core.change import MISSING, UNREAD, Raw
from inmem_widgets.observables.tappedstore import TappedStore
from inmem_widgets.observables.taps.abilities import ABILITIES
from inmem_widgets.observables.taps.calls import Call, Direct, End, Method, Untold
from inmem_widgets.observables.taps.files import FileReader
from inmem_widgets.observables.taps.mirror import StoreStandIn
from inmem_widgets.observables.taps.reader import News, Reader, differences
from inmem_widgets.observables.taps.registry import check, tap, tap_of, untap
from inmem_widgets.observables.taps.running import Runner
from inmem_widgets.observables.taps.swap import beneath
from inmem_widgets.observables.taps.texts import Texts

MSET, MGET, MDELETE = Upstream.mset, Upstream.mget, Upstream.mdelete
AWAITED = Upstream.amset, Upstream.amget, Upstream.amdelete
"""These only call those above."""


def tapped(store: BaseStore[Any, Any]) -> TappedStore:
    """The observable of any `BaseStore`."""
    return stood_in(store, _reader, methods, _ability)


def stood_in(
    obj: Any,
    reader: Callable[[Any], Reader],
    methods: Callable[[StoreStandIn], Mapping[str, Method]],
    ability: Callable[[Any], str],
) -> TappedStore:
    """The observable of an object by its tap, which is made if there is none.

    Raises:
        TapError: It cannot be tapped in place.
    """
    there = tap_of(obj)
    if there is None:
        check(obj)
        stand_in = StoreStandIn(obj, reader(obj), ABILITIES[ability(obj)])
        there = tap(obj, methods(stand_in))
        there.stand_in = stand_in
        stand_in.begin(there.feed, lambda: untap(stand_in.object))
    return TappedStore(there.stand_in)


def methods(stand_in: StoreStandIn) -> dict[str, Method]:
    """How a `BaseStore`'s methods are told."""
    text = stand_in.reader.text

    def mset(call: Call) -> End:
        pairs = given(call, "key_value_pairs")
        keys, values = [text(key) for key, _ in pairs], [value for _, value in pairs]
        if len(keys) > 1 and len(set(keys)) < len(keys):
            last = dict(zip(keys, values, strict=True))
            keys, values = [*last], [*last.values()]
        old = stand_in.before(keys)
        return lambda result: stand_in.wrote(keys, values, old)

    def mdelete(call: Call) -> End:
        keys = stand_in.there([*map(text, given(call, "keys"))])
        old = stand_in.before(keys)
        return lambda result: stand_in.deleted(keys, old)

    def mget(call: Call) -> End:
        keys = [*map(text, given(call, "keys"))]
        return lambda result: [("get", keys, found(result, len(keys)))] if keys else []

    def mset_one(store: Any, key_value_pairs: Any) -> Raw | None:
        if type(key_value_pairs) is list and len(key_value_pairs) == 1 and type(store.store) is dict:
            (pair,) = key_value_pairs
            if type(pair) is tuple:
                key, value = pair
                if type(key) is str:
                    return stand_in.setting(store.store, key, value)
        return None

    def mdelete_one(store: Any, keys: Any) -> Raw | None:
        if type(keys) is list and len(keys) == 1 and type(keys[0]) is str and type(store.store) is dict:
            return stand_in.deleting(store.store, keys[0])
        return None

    def mget_one(store: Any, keys: Any) -> Raw | None:
        if type(keys) is list and len(keys) == 1 and type(keys[0]) is str:
            return (keys[0],) if stand_in.changes.wants_reads else ()
        return None

    def mgot_one(store: Any, begun: Raw, values: Any) -> Raw:
        return stand_in.got(begun[0], values[0])

    of = {
        "mset": Method(mset, direct={MSET: Direct(mset_one)}),
        "mdelete": Method(mdelete, direct={MDELETE: Direct(mdelete_one)}),
        "mget": Method(mget, reads=True, direct={MGET: Direct(mget_one, mgot_one)}),
    }
    of.update({f"a{name}": Method(how.begin, how.reads) for name, how in of.items()})
    # what is carried on to another method, be it on another thread, is told there
    kind = type(stand_in.object)
    return {
        name: how
        for name, how in of.items()
        if _own(stand_in.object, name) and not any(beneath(kind, name) is each for each in AWAITED)
    }


def found(result: Any, count: int) -> list[Any]:
    """What was read, if that can be seen and is still whole then."""
    return [*result] if isinstance(result, list | tuple) and len(result) == count else [UNREAD] * count


def given(call: Call, name: str) -> list[Any]:
    """A copy of the one sequence a method is called with; what can be read but once is exchanged."""
    args, kwargs = call.args, call.kwargs
    items = args[0] if args else kwargs[name]
    if type(items) is list:
        return items.copy()
    if isinstance(items, Mapping):
        return [*items.items()]
    if isinstance(items, Iterator):
        items, instead = whole(items)
        call.args, call.kwargs = ((instead, *args[1:]), kwargs) if args else (args, {**kwargs, name: instead})
        if instead is not items:
            raise Untold
    return [*items]


def whole(items: Iterator[Any]) -> tuple[list[Any], Any]:
    """All that it gives, twice; if it fails, the latter is an iterator that does so at the same place."""
    taken: list[Any] = []
    try:
        taken.extend(items)
    except BaseException as error:
        return taken, _failing(taken, error)
    return taken, taken


def _failing(taken: list[Any], error: BaseException) -> Iterator[Any]:
    yield from taken
    raise error


def _own(store: Any, name: str) -> bool:
    return getattr(type(store), name, None) is not getattr(BaseStore, name)


def _ability(store: Any) -> str:
    return "memory stores" if type(_reader(store)) is HeldReader else "stores"


def _reader(store: Any) -> Reader:
    if isinstance(store, Upstream) and type(getattr(store, "store", None)) is dict:
        return HeldReader()
    classic = sys.modules.get("langchain_classic.storage.file_system")
    if classic is not None and isinstance(store, classic.LocalFileStore):
        return FileReader()
    classic = sys.modules.get("langchain_classic.storage.encoder_backed")
    if classic is not None and isinstance(store, classic.EncoderBackedStore):
        return EncodedReader(store)
    return KeyReader(store)


class HeldReader(Reader):
    """Upstream's stores in memory: all is in their dict."""

    interval = None

    def held(self, obj: Any) -> dict[str, Any] | None:
        store: dict[str, Any] = obj.store
        return store


class KeyReader(Reader):
    """Any store, by its public methods: which keys there are, and values as they are asked for."""

    def __init__(self, store: Any) -> None:
        self._texts = self.texts = Texts()
        self._stamps: dict[str, Any] = {}
        self._runner = Runner(store)
        self._awaited: set[str] = set()  # methods that have to be

    @property
    def on_its_loop(self) -> bool:
        return bool(self._awaited) and self._runner.here

    def text(self, key: Any) -> str:
        return self._texts.of(key)

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        async def listed() -> list[Any]:
            return [key async for key in obj.ayield_keys()]

        keys = self._called(obj, "yield_keys", lambda: [*obj.yield_keys()], listed)
        found = differences(dict.fromkeys(self._texts.all(keys), UNREAD), self._stamps, known)
        for key in found.gone:
            self._texts.forget(key)
        return found

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        own = [*map(self._texts.key, keys)]
        values = self._called(obj, "mget", lambda: obj.mget(own), lambda: obj.amget(own))
        return [MISSING if value is None else value for value in values]

    def _called(self, obj: Any, name: str, call: Callable[[], Any], begin: Callable[[], Any]) -> Any:
        """What a method returns; awaited, where it only refuses otherwise."""
        if name not in self._awaited:
            try:
                return call()
            except Exception:
                if not _own(obj, f"a{name}"):
                    raise
        found = self._runner.run(begin)
        self._awaited.add(name)
        return found


class EncodedReader(Reader):
    """A store that encodes for another one: keys and values are shown as they are stored there."""

    def __init__(self, store: Any) -> None:
        self._inner = _reader(store.store)
        self._encoder = store.key_encoder
        self.interval, self.largest = self._inner.interval, self._inner.largest

    @property
    def on_its_loop(self) -> bool:
        return self._inner.on_its_loop

    def held(self, obj: Any) -> dict[str, Any] | None:
        return self._inner.held(obj.store)

    def text(self, key: Any) -> str:
        return self._inner.text(self._encoder(key))

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        return self._inner.news(obj.store, known)

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        return self._inner.read(obj.store, keys)

    def close(self) -> None:
        self._inner.close()
