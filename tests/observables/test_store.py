"""What an observable store says of single keys, of all values, and to whom."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from inmem_widgets import InMemoryByteStore, InMemoryStore, observe
from inmem_widgets.core.change import Change
from inmem_widgets.observables.keys import total
from inmem_widgets.observables.keys.ids import GIVEN
from inmem_widgets.observables.keys.total import TotalBytes

WAIT = 10.0


def store_of(items: dict[str, Any]) -> InMemoryStore[Any]:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset(items)
    return store


def test_a_row_of_one_key_is_that_of_the_window() -> None:
    store = store_of({"a": 1, "long " * 200: [1], "\ud800": b"x"})
    observable = observe(store)
    store.mset([("new", "text")])
    assert store.changes.flush(WAIT)
    _, rows = observable.window(0, 10)
    assert [observable.row(key) for key in store.store] == rows
    assert [row["change"] for row in rows] == [None, None, None, "inserted"]
    assert observable.row("not there") is None
    for key, row in zip(store.store, rows, strict=True):
        assert observable.key_of(row["id"]) == key
        assert observable.key_id(key) == row["id"] < 1 << 53


def test_ids_given_out_lead_back_and_are_bounded() -> None:
    store = store_of({})
    observable = observe(store)
    assert observable.key_of(5) is None
    ids = [observable.key_id(f"k{i}") for i in range(3 * GIVEN)]
    assert observable.key_of(ids[0]) is None
    assert [observable.key_of(i) for i in ids[-GIVEN:]] == [f"k{i}" for i in range(2 * GIVEN, 3 * GIVEN)]
    assert len(observable._ids._given) <= 2 * GIVEN


def test_changes_are_handed_on_before_the_update_and_one_that_fails_harms_nobody() -> None:
    store = store_of({})
    observable, calls = observe(store), list[Any]()

    def bad(changes: list[Change]) -> None:
        raise ValueError("no")

    observable.on_changes(bad)
    stop = observable.on_changes(lambda changes: calls.extend(key for c in changes for key in c.keys))
    observable.on_update(lambda: calls.append((observable.recent.count("a"), observable.changes)))
    store.mset([("a", 1)])
    assert store.changes.flush(WAIT)
    assert calls == ["a", (1, 1)]
    stop()
    stop()
    store.mset([("a", 1)])
    assert store.changes.flush(WAIT)
    assert calls == ["a", (1, 1), (2, 2)]


def test_the_total_is_exact_in_a_small_store() -> None:
    store = InMemoryByteStore()
    observable = observe(store)
    assert observable.total_bytes() == (0, "exact")
    for i in range(1_000):
        store.mset([(f"k{i}", b"x" * i)])
    assert store.changes.flush(WAIT)
    assert observable.total_bytes() == (499_500, "exact")
    store.mdelete(["k999"])
    assert store.changes.flush(WAIT)
    assert observable.total_bytes() == (498_501, "exact")


def test_plain_values_are_added_up_and_the_sum_is_exact_only_while_nothing_changed() -> None:
    data: dict[str, object] = {f"k{i}": b"x" * (i % 50) for i in range(5_000)}
    data["one"] = b"x" * 5_000_000  # a sample would miss it, or count it for many
    adding = TotalBytes()
    exact = adding.of(data, 0)
    assert exact == (sum(map(len, data.values())), "exact")  # type: ignore[arg-type]
    assert adding.of(data, 0) == exact
    data["one"] = b""
    assert adding.of(data, 1)[1] == "sampled"  # not added up again so soon
    assert TotalBytes().of({f"k{i}": "a" * i for i in range(2_000)}, 0) == (1_999_000, "exact")
    assert TotalBytes().of({f"k{i}": "ä" * i for i in range(2_000)}, 0)[1] == "sampled"


def test_the_total_of_a_large_store_is_sampled_over_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(total, "PLAIN", 10_000)
    monkeypatch.setattr(total, "BUDGET", WAIT)
    data = {f"k{i}": b"x" * (i // 100) for i in range(100_000)}  # grows: one end would tell another story
    size, how = TotalBytes().of(data, 0)
    assert how == "sampled"
    assert size == pytest.approx(sum(map(len, data.values())), rel=0.01)
    monkeypatch.setattr(total, "BUDGET", 0.0)  # with the fewest
    size, _ = TotalBytes().of(data, 0)
    assert size == pytest.approx(sum(map(len, data.values())), rel=0.2)


def test_the_total_of_values_that_are_only_estimated_says_so() -> None:
    store = store_of({"a": {"b": [1, 2]}})
    assert observe(store).total_bytes()[1] == "sampled"


def test_without_its_store_there_is_nothing() -> None:
    store = store_of({"a": 1})
    observable = observe(store)
    alive = weakref.ref(store)
    observable.total_bytes()
    observable.window(0, 5)
    del store
    gc.collect()
    assert alive() is None
    assert observable.total_bytes() == (None, "exact")
    assert observable.row("a") is None
    assert observable.window(0, 5) == (0, [])


def test_closed_it_forgets() -> None:
    store = store_of({})
    observable = observe(store)
    store.mset([("a", 1)])
    assert store.changes.flush(WAIT)
    number = observable.key_id("a")
    observable.close()
    assert observable.key_of(number) is None
    assert observable.recent.rows() == []
    assert observable.mark("a") is None


def test_the_total_runs_no_code_of_a_type() -> None:
    class Hostile(type):
        def __hash__(cls) -> int:
            raise AssertionError("code of a type was run")

    store = store_of({"k": Hostile("Thing", (), {})()})
    observable = observe(store)
    assert observable.total_bytes()[0] is not None
