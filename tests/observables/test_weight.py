"""What checkpoints and threads weigh, held against a recount of all that is stored."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.timeline.growth import growth, slope, some
from inmem_widgets.observables.timeline.weight import CHANNELS, NAMESPACES, Weights
from inmem_widgets.wire import Weight
from tests.core.checkpointing import at, put
from tests.observables.stories import STORIES

WAIT = 30.0


class Weighed:
    def __init__(self, saver: InMemorySaver) -> None:
        self.saver, self.told = saver, threading.Semaphore(0)
        self.weights = Weights(observe(saver), self.told.release)

    def of(self, key: tuple[str, str], thread: str = "t") -> Weight:
        """The weight, once it is of all that there is."""
        for _ in range(100):
            found = self.weights.of(thread, key)
            book = self.weights._books.get(thread)
            if book is not None and book.history is observe(self.saver).history(thread):
                return self.weights.of(thread, key)
            assert self.told.acquire(timeout=WAIT)
        raise AssertionError(found)


@pytest.fixture
def weighed() -> Iterator[Any]:
    made: list[Weighed] = []

    def make(saver: InMemorySaver) -> Weighed:
        made.append(Weighed(saver))
        return made[-1]

    yield make
    for each in made:
        each.weights.close()


def recount(saver: InMemorySaver, header: Any) -> tuple[dict[str, int], dict[str, int], int]:
    """(exclusive, shared) by channel, bytes of writes; from what upstream's mappings show."""
    holders: dict[Any, int] = {}
    for each in saver.headers(header.thread_id):
        for channel, version in each.channel_versions.items():
            blob = each.checkpoint_ns, channel, version
            holders[blob] = holders.get(blob, 0) + 1
    exclusive, shared = {}, {}
    for channel, version in header.channel_versions.items():
        stored = saver.blobs.get((header.thread_id, header.checkpoint_ns, channel, version))
        if stored is not None and stored[1]:
            alone = holders[header.checkpoint_ns, channel, version] == 1
            (exclusive if alone else shared)[channel] = len(stored[1])
    writes = saver.writes.get((header.thread_id, header.checkpoint_ns, header.checkpoint_id), {})
    return exclusive, shared, sum(len(value[1]) for _, _, value, _ in writes.values())


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_value_held_by_several_counts_once(weighed: Any, story: Any) -> None:
    saver = InMemorySaver()
    story(saver)
    on = weighed(saver)
    for header in saver.headers("t"):
        found = on.of((header.checkpoint_ns, header.checkpoint_id))
        exclusive, shared, writes = recount(saver, header)
        assert {c["name"]: c["exclusive"] for c in found["channels"] if c["exclusive"]} == exclusive
        assert {c["name"]: c["shared"] for c in found["channels"] if c["shared"]} == shared
        assert (found["shared"], found["writes"]) == (sum(shared.values()), writes)
        assert found["exclusive"] > sum(exclusive.values())  # and the checkpoint itself
        assert found["thread"] == sum(each["bytes"] for each in found["namespaces"])
        assert sum(each["checkpoints"] for each in found["namespaces"]) == len(saver.headers("t"))
        assert (found["progress"], found["how"]) == (None, "exact")
    blobs = sum(len(blob[1]) for blob in saver.blobs.values())
    assert found["thread"] > blobs


def test_figures_are_missing_while_they_are_reckoned(weighed: Any) -> None:
    saver = InMemorySaver()
    put(saver, "t", "1", {"a": "text"})
    on = weighed(saver)
    first = on.weights.of("t", ("", "1"))
    assert first["progress"] is not None and first["thread"] == 0
    assert on.of(("", "1"))["progress"] is None
    with pytest.raises(LookupError, match="gone"):
        on.weights.of("t", ("", "2"))


def test_a_new_checkpoint_makes_a_value_shared(weighed: Any) -> None:
    saver = InMemorySaver()
    put(saver, "t", "1", {"a": "text"}, {"a": 1})
    on = weighed(saver)
    assert on.of(("", "1"))["channels"][0]["exclusive"] == 5
    saver.put(at("t", "", "1"), {**saver.get_tuple(at("t")).checkpoint, "id": "2"}, {}, {})
    saver.changes.flush()
    found = on.of(("", "1"))
    assert (found["channels"][0]["exclusive"], found["shared"]) == (0, 5)
    put(saver, "t", "3", {"a": "more"}, {"a": 2}, parent="2")
    saver.changes.flush()
    assert on.of(("", "3"))["channels"][0]["exclusive"] == 5
    assert on.of(("", "2"))["shared"] == 5


def test_ghosts_and_orphans(weighed: Any) -> None:
    saver = InMemorySaver()
    put(saver, "t", "1", {"a": "text"})
    saver.put_writes(at("t", "", "none"), [("a", "four")], "task")
    saver.put_writes(at("ghost", "", "none"), [("a", "fourteen")], "task")
    found = weighed(saver).of(("", "1"))
    assert found["ghosts"] == ["ghost"]
    assert (found["orphans"], found["orphan_bytes"]) == (2, 5 + 9)
    assert set(saver.thread_ids()) == {"t"}


def test_calls_of_a_subgraph_are_one_and_lists_are_bounded(weighed: Any) -> None:
    saver = InMemorySaver()
    put(saver, "t", "1", {f"c{n}": "x" * n for n in range(1, CHANNELS + 11)})
    for n in range(200):
        put(saver, "t", f"{n:05}", {"a": n}, ns=f"sub:{n}|in:{n}")
        put(saver, "t", f"{n:05}", {"a": n}, ns=f"other{n}:{n}")
    found = weighed(saver).of(("", "1"))
    assert (len(found["channels"]), found["more"]) == (CHANNELS, 10)
    assert found["channels"][0]["name"] == f"c{CHANNELS + 10}"
    assert len(found["namespaces"]) == NAMESPACES + 1
    counts = {each["ns"]: each["checkpoints"] for each in found["namespaces"]}
    assert (counts["sub|in"], sum(counts.values())) == (200, 401)
    assert found["thread"] == sum(each["bytes"] for each in found["namespaces"])


def thread_of(sizes: list[dict[str, int]]) -> tuple[InMemorySaver, tuple[str, str]]:
    """A checkpoint a step, with texts of such lengths."""
    saver = InMemorySaver()
    for n, step in enumerate(sizes):
        values = {channel: "x" * size for channel, size in step.items()}
        parent = f"{n - 1:05}" if n else None
        put(saver, "t", f"{n:05}", values, dict.fromkeys(step, n), parent=parent)
    return saver, ("", f"{len(sizes) - 1:05}")


def test_growth_is_told_and_quadratic_growth_warned_of(weighed: Any) -> None:
    saver, key = thread_of([{"messages": 100 * n, "plan": 300, "n": 3} for n in range(40)])
    found = weighed(saver).of(key)
    told = {each["name"]: each["growth"] for each in found["channels"]}
    assert told == {"messages": "quadratic", "plan": "linear", "n": "linear"}
    assert "“messages”" in found["warning"]
    assert all(word in found["warning"] for word in ("Trim", "DeltaChannel", "store"))
    (messages,) = [each for each in found["channels"] if each["name"] == "messages"]
    assert len(messages["points"]) == 40
    assert messages["points"][-1] - messages["points"][-2] == pytest.approx(100, abs=2)


def test_little_is_not_warned_of(weighed: Any) -> None:
    saver, key = thread_of([{"log": 3 * n} for n in range(40)])
    found = weighed(saver).of(key)
    assert (found["channels"][0]["growth"], found["warning"]) == ("quadratic", "")


def test_growth_is_that_of_the_path(weighed: Any) -> None:
    saver, _ = thread_of([{"a": 5_000 if n > 10 else 10} for n in range(60)])
    for n in range(60, 100):  # a branch from the second checkpoint
        put(saver, "t", f"{n:05}", {"a": "x" * 200 * (n - 59)}, {"a": n},
            parent=f"{n - 1:05}" if n > 60 else "00001")  # fmt: skip
    on = weighed(saver)
    assert on.of(("", "00099"))["channels"][0]["growth"] == "quadratic"
    assert on.of(("", "00059"))["channels"][0]["growth"] == "linear"


def rising(count: int, by: float, noise: float = 0.0) -> list[float]:
    spread = random.Random(1)
    return [1_000 + by * n + spread.uniform(-noise, noise) for n in range(count)]


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        (rising(19, 100), ""),
        (rising(20, 100), "quadratic"),
        (rising(200, 100, 3_000), "quadratic"),
        (rising(200, 0, 500), "linear"),
        (rising(200, -4), "linear"),
        ([min(100 * n, 2_000) for n in range(100)], "linear"),  # trimmed from some size on
        ([1_000.0 * (n % 10) for n in range(100)], "linear"),  # begun anew again and again
        ([float(len(str(n))) for n in range(1_000)], "linear"),  # a counter
    ],
)
def test_what_counts_as_growth(sizes: list[float], told: str) -> None:
    assert growth(sizes, len(sizes), len(sizes)) == told


def test_what_is_stored_now_and_then_does_not_grow_with_the_steps() -> None:
    assert growth(rising(100, 100), 100, 10) == ""


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=50))
def test_the_slope_is_that_of_least_squares(values: list[float]) -> None:
    import numpy as np

    found, error = slope(values)
    assert found == pytest.approx(np.polyfit(range(len(values)), values, 1)[0], rel=1e-6, abs=1e-3)
    assert error >= 0


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6), max_size=200), st.integers(2, 60))
def test_some_of_many_end_with_the_last(values: list[float], most: int) -> None:
    found = some(values, most)
    assert len(found) == min(most, len(values))
    assert found[-1:] == values[-1:] and found[:1] == values[:1]
