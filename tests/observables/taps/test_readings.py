"""Calls that get in between any two instructions of a reading are told once, and never found as well."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from random import Random
from types import CodeType, FrameType
from typing import Any, Final

import pytest

from inmem_widgets.core.change import MISSING, UNREAD, Change
from inmem_widgets.observables.taps import mirror, reader
from inmem_widgets.observables.taps.abilities import ABILITIES
from inmem_widgets.observables.taps.feed import TapFeed
from inmem_widgets.observables.taps.mirror import StoreStandIn
from inmem_widgets.observables.taps.reader import News, Reader, differences
from tests.threads import WAIT

FILES: Final = {mirror.__file__, reader.__file__, __file__}
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


class Between:
    """Steps, each taken once so many instructions have been run in what reads."""

    def __init__(self, steps: list[Callable[[], Any]], places: Sequence[int]) -> None:
        self.steps, self.places = steps, places
        self.count = self.taken = 0

    def run(self, read: Callable[[], None]) -> None:
        before = sys.gettrace()
        sys.settrace(self._called)
        try:
            read()
        finally:
            sys.settrace(before)
        self.go_on(NEVER)

    def go_on(self, count: int) -> None:
        while self.taken < len(self.steps) and self.places[self.taken] <= count:
            self.taken += 1
            self.steps[self.taken - 1]()

    def _called(self, frame: FrameType, event: str, arg: Any) -> Any:
        code: CodeType = frame.f_code
        if code.co_filename not in FILES or any(step.__code__ is code for step in self.steps):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._stepped

    def _stepped(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "opcode":
            self.count += 1
            self.go_on(self.count)
        return self._stepped


def told(key: str, places: Sequence[int]) -> tuple[list[Change], int]:
    """What is told of one call that sets or deletes a key, two readings being under way; and how many
    instructions these have."""
    obj = Kept()
    stand_in = StoreStandIn(obj, KeptReader(), ABILITIES["stores"])
    feed = TapFeed(lambda active: None)
    stand_in.begin(feed, lambda: None)
    stand_in.look(False)
    heard: list[Change] = []
    stop = feed.listen(heard.append, old=True)
    noted: list[dict[str, None]] = []
    old: list[Any] = []

    def begin() -> None:
        old[:] = stand_in.before([key]) or []

    def do() -> None:
        if key == "gone":
            del obj.held[key]
        else:
            obj.held[key] = 2

    def find() -> None:
        noted.append(stand_in._told)

    def note() -> None:
        noted[0][key] = None

    def tell() -> None:
        events = stand_in.deleted([key], old) if key == "gone" else stand_in.wrote([key], [2], old)
        for event in events:
            feed.tell(*event)

    steps = Between([begin, do, find, note, tell] if len(places) == 5 else [begin, do, tell], places)

    def twice() -> None:
        stand_in.look(False)
        stand_in.look(False)

    steps.run(twice)
    stand_in.look(False)
    assert feed.flush(WAIT) and not stand_in.problem
    stop()
    assert {*stand_in.mirror} == {*obj.held}
    return heard, steps.count


@pytest.mark.parametrize("key", ["new", "old", "gone"])
def test_a_call_during_a_reading_is_told_once(key: str) -> None:
    _, count = told(key, [NEVER] * 3)
    random = Random(key)
    several = [sorted(random.choices(range(count + 2), k=random.choice((3, 5)))) for _ in range(150)]
    for places in [*([at] * 3 for at in range(count + 2)), *several]:
        found, _ = told(key, places)
        assert [([*each.keys], dict(each.info)) for each in found] == [([key], {})], places
