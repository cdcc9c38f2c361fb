"""How a listing is made: in steps, cancellable, shared, ended; first results at once."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from typing import Any

import pytest

from inmem_widgets import InMemoryStore, observe
from inmem_widgets.observables.keys.listing import Listing
from inmem_widgets.observables.keys.query import Query, QueryError
from inmem_widgets.observables.store import ObservableStore
from tests.observables.test_listing_oracle import oracle


def made(size: int = 20_000) -> tuple[InMemoryStore[Any], ObservableStore]:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([(f"ns{i % 7}:{(i * 7919) % size:08}", i % 100) for i in range(size)])
    return store, observe(store)


def test_a_natural_listing_has_no_thread() -> None:
    store, observable = made(100)
    before = threading.active_count()
    listing = Listing(observable, Query(), lambda: None)
    listing.touch([])
    assert threading.active_count() == before
    assert listing.keys(90, 200) == list(store._store)[90:]
    assert (listing.size, listing.progress, listing.doing) == (100, None, "")
    assert listing.row_of(list(store._store)[42]) == 42
    assert listing.row_of("no such key") is None


def wait(condition: Any) -> None:
    done = threading.Event()
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        done.wait(0.001)


def test_a_natural_listing_finds_all_when_asked() -> None:
    store, observable = made(100)
    listing = Listing(observable, Query(), lambda: None)
    listing.found()
    wait(listing.found)
    found = listing.found()
    assert found is not None
    assert (found[0].keys, found[1]) == (list(store._store), None)


def test_first_results_are_shown_while_the_rest_arrives() -> None:
    store, observable = made(100_000)
    seen: list[tuple[float | None, int, list[str]]] = []
    go_on, waiting = threading.Event(), threading.Event()

    def tell() -> None:
        seen.append((listing.progress, listing.size, listing.keys(0, 1)))
        waiting.set()
        go_on.wait(30)

    ready = threading.Event()

    def tell_once_made() -> None:
        ready.wait(30)
        tell()

    listing = Listing(observable, Query(filter="ns1", sort="key"), tell_once_made)
    ready.set()
    assert waiting.wait(30)
    progress, size, _ = seen[0]
    assert progress is not None
    assert size < 100_000 // 7
    go_on.set()
    assert listing.all_keys(30)[:1] == [min(k for k in store._store if k.startswith("ns1"))]
    listing.close()


def test_cancelled_it_keeps_what_it_found_and_says_so() -> None:
    store, observable = made(200_000)
    listing = Listing(observable, Query(filter="ns1.*9", mode="regex"), lambda: None)
    wait(lambda: listing.size)
    listing.cancel()
    wait(lambda: listing.progress is None)
    assert 0 < listing.size <= len([k for k in store._store if "ns1" in k])
    if listing._result is None:
        with pytest.raises(RuntimeError, match="given up"):
            listing.all_keys(30)
    listing.touch([])
    assert listing._task is None
    listing.close()


def test_an_expression_that_takes_too_long_is_an_error() -> None:
    store, observable = made(10)
    store.mset({"a" * 500: 1})
    told = threading.Event()
    bad = Query(filter=r"(.*)(.*)(.*)(.*)(.*)[^\x00-\U0010ffff]", mode="regex")
    listing = Listing(observable, bad, lambda: told.set() if listing.error else None)
    with pytest.raises(QueryError, match="takes too long"):
        listing.all_keys(30)
    assert told.wait(30)
    assert listing.error is not None
    assert listing.progress is None


@pytest.mark.parametrize("how", ["close", "observable", "store"])
def test_it_ends_with_what_it_lists(how: str) -> None:
    store, observable = made(50_000)
    listing = Listing(observable, Query(filter="ns", sort="preview"), lambda: None)
    listing.found()
    alive = weakref.ref(listing._latest)
    if how == "close":
        listing.close()
    elif how == "observable":
        del observable
    else:
        del store
    gc.collect()
    wait(lambda: listing._task is None)
    listing.touch([])
    assert (listing.size, listing.keys(0, 10), listing.found(), listing.row_of("x")) == (0, [], None, None)
    with pytest.raises(RuntimeError, match="given up"):
        listing.all_keys(30)
    latest = alive()
    assert latest is None or (latest._census is None and not latest.results)
    assert not [t for t in threading.enumerate() if t.name == "inmem-widgets task"]


def test_the_same_again_is_not_made_again() -> None:
    store, observable = made()
    assert observable.source is store
    first = Listing(observable, Query(filter="ns", sort="size"), lambda: None)
    first.all_keys(30)
    other = Listing(observable, Query(sort="key"), lambda: None)
    other.all_keys(30)
    again = Listing(observable, Query(filter="ns", mode="text", sort="size", delimiters="/"), lambda: None)
    again.all_keys(30)
    assert again._result is first._result
    for listing in (first, other, again):
        listing.close()


def test_a_change_of_values_makes_only_lists_by_value_again() -> None:
    store, observable = made()
    by_key = Listing(observable, Query(filter="1", sort="key"), lambda: None)
    by_size = Listing(observable, Query(filter="1", sort="size"), lambda: None)
    for listing in (by_key, by_size):
        listing.all_keys(30)
        observable.on_changes(listing.touch)
    key = by_size.keys(0, 1)[0]
    store.mset({key: "something quite large" * 20})
    store.changes.flush()
    assert by_size.all_keys(30)[-1] == key
    assert (by_key._wanted, by_size._wanted) == (1, 2)
    store.mset({"ns:1": 5})
    store.changes.flush()
    assert "ns:1" in by_key.all_keys(30)
    assert by_key._wanted == 2
    for listing in (by_key, by_size):
        listing.close()


def test_it_stays_shown_while_it_is_made_again() -> None:
    store, observable = made()
    sizes: list[tuple[int, float | None]] = []
    listing = Listing(observable, Query(filter="1"), lambda: sizes.append((listing.size, listing.progress)))
    before = len(listing.all_keys(30))
    observable.on_changes(listing.touch)
    sizes.clear()
    for i in range(20):
        store.mset({f"new{i}:1": 1})
        store.changes.flush()
        assert listing.progress is None
        assert listing.size >= before
    assert len(listing.all_keys(30)) == before + 20
    assert all(size >= before and progress is None for size, progress in sizes)
    listing.close()


def test_writers_may_do_anything_meanwhile() -> None:
    store, observable = made(5_000)
    over = threading.Event()

    def write(seed: int) -> None:
        i = seed
        while not over.is_set():
            i += 2
            store.mset({f"w{seed}:{i % 3_000}": "x" * (i % 50), f"ns1:{i % 5_000:08}": i})
            store.mdelete([f"w{seed}:{(i * 7) % 3_000}"])
            if i % 500 < 2:
                store.store = dict(store._store)
            store._store[f"direct:{i % 100}"] = i
            over.wait(0.0002)  # leaves the others some time

    threads = [threading.Thread(target=write, args=(seed,)) for seed in (0, 1)]
    for thread in threads:
        thread.start()
    listings = [
        Listing(observable, Query(filter=wanted, sort=sort), lambda: None)  # type: ignore[arg-type]
        for wanted, sort in [
            ("1", "stored"),
            ("", "key"),
            ("", "size"),
            ("1", "type"),
            ("1", "preview"),
            ("", "changed"),
        ]
    ]
    for listing in listings:
        observable.on_changes(listing.touch)
    try:
        for listing in listings:
            keys = listing.all_keys(30)
            assert len(set(keys)) == len(keys)
            listing.keys(10, 50)
            listing.found()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    store.changes.flush()
    for listing in listings:
        listing.touch([])
        assert listing.all_keys(30) == oracle(observable, listing.query)
        assert listing.error is None
        listing.close()


def test_a_key_that_comes_back_while_the_list_is_made_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    store, observable = made(10)
    listing = Listing(observable, Query(sort="key"), lambda: None)
    listing.all_keys(30)
    observable.on_changes(listing.touch)
    latest, began, go_on = listing._latest, threading.Event(), threading.Event()
    take = latest.census

    def census() -> Any:
        taken = take()
        began.set()
        assert go_on.wait(30)
        return taken

    monkeypatch.setattr(latest, "census", census)
    listing.keys(0, 1)
    last = list(store._store)[-1]
    store.mdelete([last])
    assert began.wait(30)  # it is being made of the keys without it
    store.mset([(last, 1)])
    assert store.changes.flush(30)
    go_on.set()
    assert last in listing.all_keys(30)
    listing.close()


def test_a_list_nobody_looks_at_is_not_made_again() -> None:
    store, observable = made(100)
    listing = Listing(observable, Query(sort="size"), lambda: None)
    listing.all_keys(30)
    wait(lambda: listing._task is None)
    observable.on_changes(listing.touch)
    versions = []
    for i in range(3):
        store.mset({f"new {i}": i})
        assert store.changes.flush(30)
        wait(lambda: listing._task is None)
        versions.append(listing._made)
    assert len({*versions[1:]}) == 1
    listing.keys(0, 1)
    wait(lambda: listing.size == 103)
    listing.close()
