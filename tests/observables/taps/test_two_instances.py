"""Two instances of one class and one of a derived one: whatever is done to any, each tells its own."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any
from unittest import mock

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from inmem_widgets.observables.taps.calls import Call, Method
from inmem_widgets.observables.taps.registry import tap, untap


class Base:
    def __init__(self) -> None:
        self.held: dict[str, int] = {}

    def put(self, key: str, value: int) -> int:
        self.held[key] = value
        return value

    def twice(self, key: str, value: int) -> None:
        self.put(key, value)
        self.put(key, value + 1)


class Derived(Base):
    def put(self, key: str, value: int) -> int:
        return super().put(key, value)


def put(call: Call) -> Any:
    key, value = call.given("key", "value")
    return lambda result: [("set", (key,), (value,))]


METHODS = {"put": Method(put)}
OBJECTS = st.integers(0, 2)
CLASSES = {cls: dict(vars(cls)) for cls in (Base, Derived)}


class TwoInstances(RuleBasedStateMachine):
    """What each object holds and tells is a model's."""

    @initialize()
    def begin(self) -> None:
        self.objects: list[Any] = [Base(), Base(), Derived()]
        self.model: list[dict[str, int]] = [{}, {}, {}]
        self.told: dict[int, list[Any]] = {}
        self.heard: dict[int, tuple[list[Any], Callable[[], None], Any]] = {}
        self.patch: Any = None
        self.count = 0

    @rule(n=OBJECTS)
    def listen(self, n: int) -> None:
        if n not in self.heard:
            heard: list[Any] = []
            feed = tap(self.objects[n], METHODS).feed
            self.heard[n], self.told[n] = (heard, feed.listen(heard.append), feed), []

    @rule(n=OBJECTS, whole=st.booleans())
    def stop(self, n: int, whole: bool) -> None:
        if n in self.heard:
            heard, stop, feed = self.heard.pop(n)
            assert feed.flush(10)
            assert [(each.keys[0], each.values[0]) for each in heard] == self.told.pop(n)
            stop()
        if whole:
            untap(self.objects[n])
            if n in self.heard:
                raise AssertionError

    @rule(n=OBJECTS, twice=st.booleans(), named=st.booleans())
    def write(self, n: int, twice: bool, named: bool) -> None:
        self.count += 1
        key, value, obj = f"k{self.count % 3}", self.count, self.objects[n]
        if twice:
            obj.twice(key, value)
        elif named:
            assert obj.put(value=value, key=key) == value
        else:
            assert obj.put(key, value) == value
        for each in [value, value + 1] if twice else [value]:
            self.model[n][key] = each
            if n in self.told:
                self.told[n].append((key, each))

    @rule(n=OBJECTS)
    def copied(self, n: int) -> None:
        obj = self.objects[n]
        for twin in (copy.copy(obj), copy.deepcopy(obj), pickle.loads(pickle.dumps(obj))):
            assert type(twin) is type(obj)
            twin.held = dict(twin.held)
            twin.put("twin", 1)

    @rule(n=OBJECTS)
    def dies(self, n: int) -> None:
        self.heard.pop(n, None)
        self.told.pop(n, None)
        self.objects[n] = type(self.objects[n])()
        self.model[n] = {}

    @precondition(lambda self: self.patch is None and not self.heard)
    @rule(cls=st.sampled_from([*CLASSES]))
    def patched(self, cls: type) -> None:
        """Before taps: a mock that does the same."""
        self.patch = mock.patch.object(cls, "put", CLASSES[cls]["put"])
        self.patch.start()

    @precondition(lambda self: self.patch is not None and not self.heard)
    @rule()
    def patched_no_more(self) -> None:
        self.patch.stop()
        self.patch = None

    @invariant()
    def all_is_as_it_should_be(self) -> None:
        assert [obj.held for obj in self.objects] == self.model
        kinds = {type(self.objects[n]) for n in self.heard}
        for cls, before in CLASSES.items():
            if cls not in kinds:
                now = {name: each for name, each in vars(cls).items() if name != "__slotnames__"}
                assert now == before
        for n in self.heard:
            assert vars(type(self.objects[n]))["put"] is not CLASSES[type(self.objects[n])]["put"]

    def teardown(self) -> None:
        for n in list(getattr(self, "heard", ())):
            self.stop(n, True)
        if getattr(self, "patch", None) is not None:
            self.patch.stop()


TestTwoInstances = TwoInstances.TestCase
TestTwoInstances.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
