"""Mappings of any kind: what their methods tell, and how they are read without a method being called."""

from __future__ import annotations

from collections import OrderedDict, UserDict
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from gc import get_referents
from itertools import repeat
from operator import countOf
from shelve import Shelf
from types import FunctionType
from typing import Any

from inmem_widgets.core.change import MISSING, UNREAD, Raw
from inmem_widgets.observables.keys.live import steadily
from inmem_widgets.observables.tappedstore import TappedStore
from inmem_widgets.observables.taps.abilities import ABILITIES
from inmem_widgets.observables.taps.calls import Call, Direct, End, Method, Untold, by
from inmem_widgets.observables.taps.feed import TapFeed
from inmem_widgets.observables.taps.mirror import StoreStandIn
from inmem_widgets.observables.taps.reader import News, Reader, differences
from inmem_widgets.observables.taps.stores import stood_in, whole
from inmem_widgets.observables.taps.swap import beneath, why_not
from inmem_widgets.observables.taps.texts import Texts

ATTRIBUTES = 200
"""Attributes of an object that is looked into, if it has so few."""


def tapped(mapping: MutableMapping[Any, Any]) -> TappedStore:
    """The observable of any mapping; one that cannot be tapped is read every second."""
    if not why_not(mapping):
        return stood_in(mapping, _reader, methods, lambda _: "mappings")
    stand_in = StoreStandIn(mapping, _reader(mapping), ABILITIES["dicts"], keep=True)
    stand_in.begin(TapFeed(lambda active: None), lambda: None)
    return TappedStore(stand_in, keep=True)


def _reader(mapping: Any) -> Reader:
    if isinstance(mapping, Shelf):
        return ShelfReader()
    if isinstance(mapping, dict) or (isinstance(mapping, UserDict) and type(mapping.data) is dict):
        return DictReader(mapping)
    return MappingReader()


def methods(stand_in: StoreStandIn) -> dict[str, Method]:
    """How a mapping's methods are told: those that write by themselves, not by another one of them."""
    text = stand_in.reader.text

    def setting(mapping: Any, key: Any, value: Any) -> Raw:
        name = text(key)  # after which its dict may not be shown itself any more
        return stand_in.setting(stand_in.reader.held(mapping), name, value)

    def was_set(mapping: Any, raw: Any, _: Any) -> Raw:
        return stand_in.was_set(raw, stand_in.reader.held(mapping) is None)

    def deleting(mapping: Any, key: Any, default: Any = None) -> Raw:
        name = text(key)  # after which its dict may not be shown itself any more
        return stand_in.deleting(stand_in.reader.held(mapping), name)

    def was_deleted(mapping: Any, raw: Any, _: Any) -> Raw:
        return stand_in.was_deleted(raw, stand_in.reader.held(mapping) is None)

    def getting(mapping: Any, key: Any, default: Any = None) -> Raw:
        return (text(key),) if stand_in.changes.wants_reads else ()

    def was_got(mapping: Any, begun: Any, value: Any) -> Raw:
        return stand_in.got(begun[0], value)

    def popitem(call: Call) -> End:
        return lambda pair: stand_in.deleted([text(pair[0])], [pair[1]])

    def clear(call: Call) -> End:
        keys = [*stand_in._store]
        old = stand_in.before(keys)
        return lambda result: stand_in.deleted(keys, old)

    def setdefault(call: Call) -> End | None:
        key = text(call.args[0])
        if key in stand_in._store:
            return None
        old = stand_in.before([key])
        return lambda value: stand_in.wrote([key], [value], old)

    def update(call: Call) -> End:
        if call.args and isinstance(call.args[0], Iterator):
            items, instead = whole(call.args[0])
            call.args = (instead, *call.args[1:])
            if instead is not items:
                raise Untold
        new = {text(key): value for key, value in dict(*call.args, **call.kwargs).items()}
        old = stand_in.before([*new])
        return lambda result: stand_in.wrote([*new], [*new.values()], old)

    def one(name: str, how: Direct, reads: bool = False) -> Method:
        known = () if reads and hasattr(kind, "__missing__") else KNOWN[name]
        return Method(by(how), reads, direct=dict.fromkeys(known, how))

    kind = type(stand_in.object)
    many: dict[str, Callable[[Call], End | None]] = {
        "popitem": popitem, "clear": clear, "setdefault": setdefault, "update": update, "__ior__": update,
    }  # fmt: skip
    deleted = Direct(deleting, was_deleted)
    single = {"__setitem__": Direct(setting, was_set), "__delitem__": deleted, "pop": deleted}
    told = {name: Method(begin) for name, begin in many.items()}
    told |= {name: one(name, how) for name, how in single.items()}
    told |= {name: one(name, Direct(getting, was_got), reads=True) for name in ("__getitem__", "get")}
    return {name: how for name, how in told.items() if _by_itself(kind, name)}


IOR = UserDict.__ior__
KNOWN: Mapping[str, Sequence[Any]] = {
    "__setitem__": (dict.__setitem__, OrderedDict.__setitem__, UserDict.__setitem__),
    "__delitem__": (dict.__delitem__, OrderedDict.__delitem__, UserDict.__delitem__),
    "__getitem__": (dict.__getitem__, UserDict.__getitem__),
    "pop": (dict.pop,),
    "get": (dict.get,),
}
"""Functions that call nothing that is told, of objects without `__missing__`."""


def _by_itself(kind: type, name: str) -> bool:
    """Whether a method is a primitive one, or is implemented in C. One that is written in Python calls
    primitive ones, which tell."""
    method = beneath(kind, name)
    if name in ("__setitem__", "__delitem__", "__getitem__"):
        return True
    return method is not None and (not isinstance(method, FunctionType) or method is IOR)


class DictReader(Reader):
    """Dicts, their subclasses, and `UserDict`s, which keep all in a dict `data`: read by dict's own methods.

    If it is a plain dict of text keys, then it is shown itself; else a mirror of it.
    """

    in_memory = True

    def __init__(self, mapping: Any) -> None:
        self._texts = self.texts = Texts()
        self._before: dict[Any, Any] | None = None
        self._inside = not isinstance(mapping, dict)
        self._plain = type(_data(mapping)) is dict and _all_text(_data(mapping))
        self._anew = False

    def held(self, obj: Any) -> dict[str, Any] | None:
        if not self._plain:
            return None
        held: dict[str, Any] = obj.data if self._inside else obj
        return held

    def text(self, key: Any) -> str:
        text = self._texts.of(key)
        if type(key) is not str and self._plain:
            self._plain, self._anew = False, True
        return text

    def found(self, key: str) -> bool:
        before = self._before
        return before is not None and key in before

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        data = _data(obj)
        base: Any = OrderedDict if isinstance(data, OrderedDict) else dict
        now: dict[Any, Any] = (
            dict(data) if type(data) is dict else dict(steadily(lambda: [*base.items(data)]))
        )
        if self._plain and _all_text(now):
            before, self._before = self._before, now
            if before is None:
                return News({})
            same = map(before.get, now, repeat(MISSING))
            written = {key: now[key] for key, was in zip(now, same, strict=True) if was is not now[key]}
            return News(written, [key for key in before if key not in now], before)
        anew, self._anew = self._anew or self._plain, False
        self._plain, self._before = False, None
        shown = dict(zip(self._texts.all([*now]), now.values(), strict=True))
        written = {key: value for key, value in shown.items() if known.get(key, MISSING) is not value}
        gone = [key for key in list(known) if key not in shown]
        for key in gone:
            self._texts.forget(key)
        return News(written, gone, anew=anew)

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        data = _data(obj)
        return [dict.get(data, self._texts.key(key), MISSING) for key in keys]

    def rest(self) -> None:
        self._before = None  # nothing is kept alive for nobody


def _data(mapping: Any) -> Any:
    return mapping if isinstance(mapping, dict) else mapping.data


def _all_text(data: dict[Any, Any]) -> bool:
    keys = [*data]
    return countOf(map(type, keys), str) == len(keys)


class MappingReader(Reader):
    """Any other mapping: its keys, and values where they can be seen in a dict that it keeps.

    Its `[]` may do anything, such as to note a use: it is called for a value that somebody opens.
    """

    def __init__(self) -> None:
        self._texts = self.texts = Texts()
        self._stamps: dict[str, Any] = {}

    def text(self, key: Any) -> str:
        return self._texts.of(key)

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        keys = self._texts.all(steadily(lambda: [*obj]))
        found = differences(dict.fromkeys(keys, UNREAD), self._stamps, known)
        for key in found.gone:
            self._texts.forget(key)
        return found

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        own = [*map(self._texts.key, keys)]
        # not by way of `__dict__`, which once asked for leaves an object slower for good
        inside = _dicts([obj])
        for data in (*inside, *_dicts(inside)):
            if len(data) == len(obj) and all(map(dict.__contains__, repeat(data), own)):
                return [dict.get(data, key, MISSING) for key in own]
        return [UNREAD] * len(keys)

    def asked(self, obj: Any, key: str) -> Any:
        (value,) = self.read(obj, [key])
        if value is not UNREAD:
            return value
        try:
            return obj[self._texts.key(key)]
        except KeyError:
            return MISSING


def _dicts(holders: Sequence[Any]) -> list[dict[Any, Any]]:
    """The dicts that are held by others; none of a holder of many."""
    return [
        each
        for holder in holders
        if not isinstance(holder, dict) or dict.__len__(holder) <= ATTRIBUTES
        for each in get_referents(holder)
        if isinstance(each, dict)
    ]


class ShelfReader(Reader):
    """A `shelve.Shelf`: what is stored, which is neither unpickled nor put into its cache."""

    values = bytes

    def __init__(self) -> None:
        self._stamps: dict[str, Any] = {}

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        keys = [key.decode(obj.keyencoding, "backslashreplace") for key in obj.dict.keys()]  # noqa: SIM118
        return differences(dict.fromkeys(keys, UNREAD), self._stamps, known)

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        return [obj.dict.get(key.encode(obj.keyencoding), MISSING) for key in keys]
