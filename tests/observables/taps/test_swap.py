"""A tapped object is what it was, for everybody, and is restored exactly."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from abc import ABC, abstractmethod
from collections import OrderedDict, UserDict
from inspect import signature
from typing import Any, ClassVar

import pydantic
import pytest
from langchain_core.stores import BaseStore, InMemoryStore

from inmem_widgets.observables.taps.calls import Call, Method
from inmem_widgets.observables.taps.registry import tap, tap_of, untap
from inmem_widgets.observables.taps.swap import TapError
from tests.observables.taps.own import PUT, Heard, Own


def mset(call: Call) -> Any:
    pairs = list(call.args[0])
    return lambda result: [("set", tuple(k for k, _ in pairs), tuple(v for _, v in pairs))]


STORE = {"mset": Method(mset)}


class Sub(InMemoryStore):
    """A user's class."""

    def mset(self, pairs: Any) -> None:
        super().mset(pairs)


class Slotted:
    __slots__ = ("__weakref__", "held")

    def __init__(self) -> None:
        self.held: dict[Any, Any] = {}

    def put(self, key: Any, value: Any) -> None:
        self.held[key] = value


class Mean(type):
    """A metaclass with a register, that wants an argument."""

    made: ClassVar[list[str]] = []

    def __new__(mcs, name: str, bases: Any, namespace: Any, *, wanted: int) -> Any:
        mcs.made.append(name)
        return super().__new__(mcs, name, bases, namespace)

    def __init__(cls, name: str, bases: Any, namespace: Any, *, wanted: int) -> None:
        super().__init__(name, bases, namespace)


class Registered(metaclass=Mean, wanted=1):
    def __init__(self) -> None:
        self.held: dict[Any, Any] = {}

    def put(self, key: Any, value: Any) -> None:
        self.held[key] = value


class Strict(ABC):
    subclasses: ClassVar[list[str]] = []

    def __init_subclass__(cls, *, wanted: int, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Strict.subclasses.append(cls.__name__)

    @abstractmethod
    def put(self, key: Any, value: Any) -> None: ...


class Leaf(Strict, wanted=1):
    def __init__(self) -> None:
        self.held: dict[Any, Any] = {}

    def put(self, key: Any, value: Any) -> None:
        self.held[key] = value


class Model(pydantic.BaseModel):
    held: dict[str, int] = {}
    _private: int = 1

    def put(self, key: str, value: int) -> None:
        self.held[key] = value


class Dict(dict[Any, Any]):
    def __copy__(self) -> Any:
        return type(self)(self)  # of the type, which a tap is seen by


MAKERS = [Own, Slotted, Registered, Leaf, Model]


@pytest.mark.parametrize("make", MAKERS)
def test_whatever_the_class_it_tells_and_is_restored(make: Any) -> None:
    obj, bystander = make(), make()
    cls, before = type(obj), dict(vars(obj)) if hasattr(obj, "__dict__") else None
    held, registered = dict(vars(cls)), (list(Mean.made), list(Strict.subclasses))
    heard = Heard(tap(obj, PUT))
    assert vars(cls)["put"] is not held["put"]
    obj.put("a", 1)
    bystander.put("b", 1)
    assert heard.keys() == ["a"]
    assert obj.held == {"a": 1} and bystander.held == {"b": 1}
    heard.stop()
    assert dict(vars(cls)) == held
    assert (Mean.made, Strict.subclasses) == registered and not cls.__subclasses__()
    if before is not None:
        assert [*vars(obj)] == [*before]
    untap(obj)
    assert tap_of(obj) is None


@pytest.mark.parametrize("make", MAKERS)
def test_it_is_what_it_was_while_it_is_tapped(make: Any) -> None:
    obj = make()
    cls = type(obj)
    heard = Heard(tap(obj, PUT))
    assert type(obj) is obj.__class__ is cls and isinstance(obj, cls)
    assert signature(obj.put) == signature(make().put) and obj.put.__name__ == "put"
    obj.put("a", 1)
    for twin in (pickle.loads(pickle.dumps(obj)), copy.copy(obj), copy.deepcopy(obj)):
        assert type(twin) is cls and twin.held == {"a": 1}
        twin.put("b", 2)
    assert heard.keys() == ["a"]  # copies are not watched
    assert weakref.ref(obj)() is obj
    if cls is Model:
        assert obj == Model(held=obj.held) and repr(obj) == "Model(held={'a': 1, 'b': 2})"
    heard.stop()


@pytest.mark.parametrize("make", [InMemoryStore, UserDict, Sub])
def test_methods_that_are_inherited_are_so_again(make: Any) -> None:
    obj = make()
    held = dict(vars(make))
    one, two = make(), make()
    heard = [Heard(tap(each, {**STORE, **PUT})) for each in (obj, one, two)]
    for each in heard:
        assert dict(vars(make)) != held
        each.stop()
    assert dict(vars(make)) == held


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_are_byte_for_byte_those_of_before(protocol: int) -> None:
    obj = Own()
    before = pickle.dumps(obj, protocol)
    heard = Heard(tap(obj, PUT))
    assert pickle.dumps(obj, protocol) == before
    heard.stop()


def test_a_subclass_with_super_is_told_once_and_keeps_its_overrides() -> None:
    obj = Sub()
    heard = Heard(tap(obj, STORE))
    obj.mset([("a", 1)])
    assert heard.keys() == ["a"] and isinstance(obj, BaseStore)
    untap(obj)
    obj.mset([("b", 1)])
    assert heard.keys() == ["a"] and obj.mget(["a", "b"]) == [1, 1]


def test_copies_made_by_the_type_are_not_watched() -> None:
    obj = Dict(a=1)
    heard = Heard(tap(obj, PUT))
    twin = copy.copy(obj)
    assert type(twin) is Dict and twin == obj
    made = type(obj)(b=1)
    made["d"] = twin["d"] = 1
    obj["c"] = 1
    assert heard.keys() == ["c"]
    heard.stop()


def test_tapping_twice_is_one_tap_and_two_listeners() -> None:
    obj = Own()
    assert tap(obj, PUT) is tap(obj, PUT)
    one, two = Heard(tap(obj, PUT)), Heard(tap(obj, PUT))
    obj.put("a", 1)
    assert one.keys() == ["a"]
    one.stop()
    obj.put("b", 1)
    assert two.keys() == ["a", "b"] and one == one[:1]
    two.stop()


def test_instances_of_a_class_and_of_those_derived_from_it_tell_each_its_own() -> None:
    base, sub, other = InMemoryStore(), Sub(), Sub()
    heard = [Heard(tap(each, STORE)) for each in (base, sub)]
    for n, store in enumerate((base, sub, other)):
        store.mset([(str(n), n)])
    assert [each.keys() for each in heard] == [["0"], ["1"]]
    heard[0].stop()
    sub.mset([("2", 2)])
    assert [each.keys() for each in heard] == [["0"], ["1", "2"]]
    heard[1].stop()
    assert Sub.mset.__qualname__ == "Sub.mset" and "amset" not in vars(Sub)


def test_a_tap_does_not_keep_its_object_alive() -> None:
    obj = Own()
    heard = Heard(tap(obj, PUT))
    gone, put = weakref.ref(obj), vars(Own)["put"]
    del obj
    gc.collect()
    assert gone() is None and vars(Own)["put"] is not put
    heard.stop()


async def test_what_returns_is_the_very_object_and_calls_within_are_not_told_again() -> None:
    obj = Own()
    heard = Heard(tap(obj, PUT))
    assert obj.put("a", 1) is obj
    assert await obj.aput("b", 1) is obj
    obj["c"] = 1
    assert heard.keys() == ["a", "b", "c"]
    heard.stop()


def test_errors_pass_through_and_ours_do_not() -> None:
    obj = Own()

    def broken(call: Call) -> Any:
        raise RuntimeError("ours")

    heard = Heard(tap(obj, {**PUT, "__setitem__": Method(broken)}))
    with pytest.raises(TypeError, match="unhashable"):
        obj.put([], 1)
    with pytest.raises(TypeError, match="positional"):
        obj.put("a")  # type: ignore[call-arg]
    obj["b"] = 1
    assert heard.keys() == ["b"]  # by the method called within
    heard.stop()


def test_a_class_given_while_tapped_stays() -> None:
    class Other(Own):
        pass

    obj = Own()
    heard = Heard(tap(obj, PUT))
    held = dict(vars(Own))
    obj.__class__ = Other
    obj.put("a", 1)
    assert heard.keys() == ["a"]
    heard.stop()
    assert type(obj) is Other and dict(vars(Own)) != held


def test_patches_of_the_class_and_the_object_hold() -> None:
    class Patched(Own):
        pass

    obj = Patched()
    heard = Heard(tap(obj, PUT))
    Patched.put = lambda self, key, value: "patched"  # type: ignore[method-assign, assignment]
    assert obj.put("a", 1) == "patched"
    obj.put = lambda key, value: "mine"  # type: ignore[method-assign]
    assert obj.put("b", 1) == "mine"
    heard.stop()
    assert Patched().put("a", 1) == "patched" and "aput" not in vars(Patched)


class Bare:
    __slots__ = ()


@pytest.mark.parametrize("obj", [{}, OrderedDict(), Bare(), 3, (), lambda: 0, int])
def test_what_cannot_be_tapped_is_refused(obj: Any) -> None:
    if isinstance(obj, type):
        obj = object()
    if callable(obj):
        obj = len
    with pytest.raises(TapError, match="implemented in C|__weakref__"):
        tap(obj, PUT)
    assert tap_of(obj) is None


def test_user_dicts_are_tapped_by_their_dunders() -> None:
    obj: UserDict[str, int] = UserDict()
    heard = Heard(tap(obj, PUT))
    obj["a"] = 1
    obj.update(b=2)
    assert heard.keys() == ["a", "b"]
    heard.stop()
