"""Prefix queries of stores large enough for the index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inmem_widgets import InMemoryBaseStore, InMemoryStore


def scanned(store: InMemoryBaseStore[Any], prefix: str) -> list[str]:
    return [key for key in store._store if key.startswith(prefix)]


@pytest.fixture
def large() -> InMemoryStore[int]:
    store = InMemoryStore[int]()
    store.mset([(f"{i * 7919 % 10_007:05}", i) for i in range(10_007)])
    for _ in range(3):
        assert list(store.yield_keys(prefix="012")) == scanned(store, "012")
    assert store._prefixes.live
    return store


DISTURBANCES: dict[str, Callable[[dict[str, int]], object]] = {
    "new": lambda d: d.update({"01200 new": 1}),
    "delete one": lambda d: d.pop("01200"),
    "delete the last": lambda d: d.popitem(),
    "move": lambda d: d.update({"01200": d.pop("01200")}),
    "swap one": lambda d: (d.pop("01200"), d.update({"01200 new": 1})),
    "refill with another in the middle": lambda d: (
        items := [(("01200 new" if key == "01200" else key), value) for key, value in d.items()],
        d.clear(),
        d.update(items),
    ),
    "clear": lambda d: d.clear(),
}


@pytest.mark.parametrize("disturb", DISTURBANCES.values(), ids=list(DISTURBANCES))
def test_direct_writes_are_seen(large: InMemoryStore[int], disturb: Callable[[Any], object]) -> None:
    disturb(large.store)
    for prefix in ("012", "01", "0", "", "01200", "x"):
        assert list(large.yield_keys(prefix=prefix)) == scanned(large, prefix)


@pytest.mark.parametrize("disturb", ["new", "delete one", "delete the last", "swap one"])
def test_direct_writes_through_an_old_reference_are_seen(large: InMemoryStore[int], disturb: str) -> None:
    live = large.store
    list(large.yield_keys(prefix="012"))
    DISTURBANCES[disturb](live)
    assert list(large.yield_keys(prefix="012")) == scanned(large, "012")


def test_the_index_lives_through_our_own_changes(large: InMemoryStore[int]) -> None:
    index = large._prefixes
    for round_ in range(50):
        large.mset([(f"012 new {round_} {i}", i) for i in range(round_)])
        large.mdelete([f"012 new {round_ - 1} {i}" for i in range(0, round_, 2)])
        last = next(reversed(large._store))
        large.mdelete([last])
        large.mset([("other", 1), (last, 1)])
        assert list(large.yield_keys(prefix="012")) == scanned(large, "012")
        assert index.live
    large.mdelete([key for key in large._store if key.startswith("0")])  # many: rather build anew
    assert not index.live
    assert list(large.yield_keys(prefix="05")) == []


def test_prefixes_at_the_end_of_unicode(large: InMemoryStore[int]) -> None:
    top = "\U0010ffff"
    large.mset([(top, 1), (top * 2, 2), ("a" + top, 3), ("a" + top + "b", 4), ("b", 5)])
    for prefix in (top, top * 2, "a" + top, "a"):
        assert list(large.yield_keys(prefix=prefix)) == scanned(large, prefix)
