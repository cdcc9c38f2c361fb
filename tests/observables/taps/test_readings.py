"""Calls and readings that get in between any two instructions of each other: a call is told once, and never
found by a reading as well."""

from __future__ import annotations

import sys
from collections import UserDict
from collections.abc import Callable, Mapping, Sequence
from random import Random
from types import CodeType, FrameType
from typing import Any, Final

import pytest

from inmem_widgets.core.change import MISSING, UNREAD, Change
from inmem_widgets.observables.taps import mirror, reader, told
from inmem_widgets.observables.taps.abilities import ABILITIES
from inmem_widgets.observables.taps.feed import TapFeed
from inmem_widgets.observables.taps.mirror import StoreStandIn
from inmem_widgets.observables.taps.reader import News, Reader, differences
from tests.observables.taps.telling import Listened, seen
from tests.threads import WAIT

NEVER: Final = 1 << 30


class Kept:
    """What is read."""

    def __init__(self) -> None:
        self.held = {"old": 1, "gone": 1}


class KeptReader(Reader):
    def __init__(self) -> None:
        self.stamps: dict[str, Any] = {}

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        found = differences(dict(obj.held), self.stamps, known)
        return News(dict.fromkeys(found.written, UNREAD), found.gone)

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        return [obj.held.get(key, MISSING) for key in keys]


class MemoryReader(KeptReader):
    """Has values themselves, and compares these."""

    in_memory = True

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        now = dict(obj.held)
        written = {key: value for key, value in now.items() if known.get(key, MISSING) is not value}
        return News(written, [key for key in list(known) if key not in now])


class Between:
    """Steps, each taken once so many instructions of those files have been run."""

    def __init__(self, steps: list[Callable[[], Any]], places: Sequence[int], *files: str | None) -> None:
        self.steps, self.places, self.files = steps, places, files
        self.count = self.taken = 0

    def run(self, code: Callable[[], object]) -> None:
        before = sys.gettrace()
        sys.settrace(self._called)
        try:
            code()
        finally:
            sys.settrace(before)
        self.go_on(NEVER)

    def go_on(self, count: int) -> None:
        while self.taken < len(self.steps) and self.places[self.taken] <= count:
            self.taken += 1
            self.steps[self.taken - 1]()

    def _called(self, frame: FrameType, event: str, arg: Any) -> Any:
        code: CodeType = frame.f_code
        if code.co_filename not in self.files or any(step.__code__ is code for step in self.steps):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._stepped

    def _stepped(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "opcode":
            self.count += 1
            self.go_on(self.count)
        return self._stepped


class World:
    """A store that is read, and one call that sets or deletes a key of it."""

    def __init__(self, key: str, made: type[Reader]) -> None:
        self.obj, self.key = Kept(), key
        self.stand_in = StoreStandIn(self.obj, made(), ABILITIES["stores"])
        self.feed = TapFeed(lambda active: None)
        self.stand_in.begin(self.feed, lambda: None)
        self.look()
        self.heard: list[Change] = []
        self.stop = self.feed.listen(self.heard.append, old=True)
        self.old: list[Any] = []
        self.noted: dict[str, None] = {}

    def look(self) -> None:
        self.stand_in.look(False)

    def look_twice(self) -> None:
        self.look()
        self.look()

    def begin(self) -> None:
        self.old = self.stand_in.before([self.key]) or []

    def do(self) -> None:
        if self.key == "gone":
            del self.obj.held[self.key]
        else:
            self.obj.held[self.key] = 2

    def find_notes(self) -> None:
        self.noted = self.stand_in._told

    def note(self) -> None:
        self.noted[self.key] = None

    def tell(self) -> None:
        found = self.stand_in
        events = (
            found.deleted([self.key], self.old)
            if self.key == "gone"
            else found.wrote([self.key], [2], self.old)
        )
        for event in events:
            self.feed.tell(*event)

    def call_one(self) -> None:
        """As the direct ways do it."""
        found = self.stand_in
        ends = self.key == "gone"
        raw = found.deleting(None, self.key) if ends else found.setting(None, self.key, 2)
        self.do()
        self.feed.put(found.was_deleted(raw, True) if ends else found.was_set(raw, True))  # type: ignore[arg-type]

    def call_many(self) -> None:
        self.begin()
        self.do()
        self.tell()

    def told(self) -> list[tuple[list[Any], dict[str, Any]]]:
        self.look()
        assert self.feed.flush(WAIT) and not self.stand_in.problem
        self.stop()
        assert {*self.stand_in.mirror} == {*self.obj.held}
        return [([*each.keys], dict(each.info)) for each in self.heard]


@pytest.mark.parametrize("made", [KeptReader, MemoryReader])
@pytest.mark.parametrize("key", ["new", "old", "gone"])
def test_a_call_during_readings_is_told_once(key: str, made: type[Reader]) -> None:
    def after(places: Sequence[int]) -> tuple[World, int]:
        world = World(key, made)
        steps = [world.begin, world.do, world.find_notes, world.note, world.tell]
        steps = steps if len(places) == 5 else [world.begin, world.do, world.tell]
        between = Between(steps, places, mirror.__file__, reader.__file__, __file__)
        between.run(world.look_twice)
        return world, between.count

    _, count = after([NEVER] * 3)
    random = Random(key)
    several = [sorted(random.choices(range(count + 2), k=random.choice((3, 5)))) for _ in range(100)]
    for places in [*([at] * 3 for at in range(count + 2)), *several]:
        world, _ = after(places)
        assert world.told() == [([key], {})], places


@pytest.mark.parametrize("made", [KeptReader, MemoryReader])
@pytest.mark.parametrize("key", ["new", "old", "gone"])
@pytest.mark.parametrize("call", [World.call_one, World.call_many])
def test_readings_during_a_call_find_nothing(
    call: Callable[[World], None], key: str, made: type[Reader]
) -> None:
    def after(place: int) -> tuple[World, int]:
        world = World(key, made)
        between = Between([world.look], [place], told.__file__, __file__)
        between.run(lambda: call(world))
        return world, between.count

    _, count = after(NEVER)
    for place in range(count + 2):
        world, _ = after(place)
        assert world.told() == [([key], {})], place


class Mine(UserDict[Any, int]):
    """A mapping that is shown itself while its keys are text, else as a mirror of it."""


@pytest.mark.parametrize("first", ["a", 1])
def test_however_much_is_written_between_two_readings_none_of_it_is_found(
    first: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "NOTED", 10)
    mine = Mine({first: 1, **{f"kept {n}": n for n in range(30)}})
    observable = seen(mine)
    assert observable.refresh(WAIT)
    heard = Listened(observable)
    source = observable.stand_in
    assert source is not None
    for n in range(200):
        mine[f"new {n}"] = n
        del mine[f"new {n - n % 2}"]
        mine.setdefault(f"new {n - n % 2}", n)
    for n in range(30):
        del mine[f"kept {n}"]
    assert observable.refresh(WAIT) and heard.told()
    assert not [each for each in heard if each.info]
    for n in range(1_000):
        mine["passing"] = n
        mine[f"passing {n}"] = n
        del mine[f"passing {n}"]
    assert len(source._told) < 500
    assert observable.refresh(WAIT) and heard.told()
    assert not [each for each in heard if each.info]
    heard.stop()
