"""A listing is what a plain reading of its query gives, whatever happens to the store meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemoryStore, observe
from inmem_widgets.observables.keys import census, find, order
from inmem_widgets.observables.keys.listing import Listing
from inmem_widgets.observables.keys.match import matcher
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.observables.values import type_label

KEYS = st.sampled_from([f"{ns}:{i:02}{c}" for ns in "ab" for i in range(8) for c in "xX"] + ["", "\ud800"])
VALUES = (
    st.none() | st.integers(0, 9) | st.binary(max_size=4) | st.text("aß{}", max_size=4) | st.just({"a": 1})
)
PAIRS = st.dictionaries(KEYS, VALUES, max_size=6)
QUERIES = st.builds(
    Query,
    filter=st.sampled_from(["", "", "x", "X", "1", "a*", "*[13]x"]),
    namespace=st.sampled_from(["", "", "a:", "a:0"]),
    types=st.sampled_from([(), (), ("int",), ("text", "str", "bytes")]),
    min_size=st.sampled_from([None, None, 0, 2]),
    max_size=st.sampled_from([None, None, 3, 100]),
    sort=st.sampled_from(["stored", "key", "type", "size", "changed", "preview"]),
    descending=st.booleans(),
)


def oracle(observable: ObservableStore, query: Query) -> list[str]:
    """The list, plainly."""
    assert observable.source is not None
    data = dict(observable.source._store)
    keys = list(data)
    keys = [keys[i] for i in matcher(query)(keys, 0)]
    if query.types:
        keys = [k for k in keys if type_label(data[k]) in query.types]
    sizes = {k: size_of(data[k])[0] for k in keys}
    low, high = query.min_size, query.max_size
    if low is not None:
        keys = [k for k in keys if sizes[k] is not None and sizes[k] >= low]
    if high is not None:
        keys = [k for k in keys if sizes[k] is not None and sizes[k] <= high]
    by: dict[str, Any] = {
        "key": lambda k: k,
        "type": lambda k: type_label(data[k]),
        "size": lambda k: -1 if sizes[k] is None else sizes[k],
        "preview": lambda k: preview(data[k]),
        "changed": lambda k: (observable.mark(k) or [0])[0],
    }
    if query.sort == "stored":
        return keys[::-1] if query.descending else keys
    if query.sort == "changed":
        marked = [k for k in keys if observable.mark(k)]
        return sorted(marked, key=by["changed"], reverse=query.descending) + [
            k for k in keys if not observable.mark(k)
        ]
    return sorted(keys, key=by[query.sort], reverse=query.descending)


OPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), PAIRS),
        st.tuples(st.just("delete"), st.lists(KEYS, max_size=4)),
        st.tuples(st.just("direct"), PAIRS),
        st.tuples(st.just("drop"), KEYS),
        st.tuples(st.just("reset"), PAIRS),
        st.tuples(st.just("query"), QUERIES),
        st.tuples(st.just("look"), st.integers(0, 10)),
        st.tuples(st.just("flush"), st.none()),
        st.tuples(st.just("settle"), st.none()),
        st.tuples(st.just("found"), st.none()),
    ),
    max_size=12,
)


@pytest.fixture
def in_small_steps() -> Iterator[None]:
    """A few keys are as many chunks and buckets as otherwise many keys are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(find, "CHUNK", 5)
        patch.setattr(find, "SLOW_CHUNK", 3)
        patch.setattr(order, "CHUNK", 4)
        patch.setattr(order, "BUCKET", 3)
        patch.setattr(census, "CHUNK", 3)
        yield


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PAIRS, QUERIES, OPS, st.booleans())
@pytest.mark.usefixtures("in_small_steps")
def test_settled_it_is_what_a_plain_reading_gives(
    start: dict[str, Any], query: Query, ops: list[tuple[str, Any]], direct: bool
) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset(start)
    observable = observe(store)
    current = [Listing(observable, query, lambda: None)]
    observable.on_changes(lambda changes: current[-1].touch(changes))
    unheard = False
    for op, given_ in ops:
        if op == "set":
            store.mset(given_)
        elif op == "delete":
            store.mdelete(given_)
        elif op == "direct" and direct:
            store.store.update(given_)
            unheard = True
        elif op == "drop" and direct:
            store.store.pop(given_, None)
            unheard = True
        elif op == "reset":
            store.store = dict(given_)
        elif op == "query":
            current.append(Listing(observable, given_, lambda: None))
            current.pop(0).close()
        elif op == "look":
            listing = current[0]
            assert len(listing.keys(given_, given_ + 3)) <= 3
            assert listing.size >= 0
        elif op == "flush":
            store.changes.flush()
        elif op == "found":
            current[0].found()
        elif op == "settle":
            settle(store, current[0], unheard=unheard)
            unheard = False
            check(observable, current[0])
    settle(store, current[0], unheard=unheard)
    check(observable, current[0])
    current[0].close()


def settle(store: Any, listing: Listing, *, unheard: bool = False) -> None:
    """Until the listing knows all that happened."""
    store.changes.flush()
    if unheard:
        listing.touch([])
    listing.all_keys(30)


def check(observable: ObservableStore, listing: Listing) -> None:
    expected = oracle(observable, listing.query)
    assert listing.all_keys(30) == expected
    assert listing.size == len(expected)
    assert listing.keys(0, len(expected)) == expected
    assert listing.keys(1, 3) == expected[1:3]
    assert listing.keys(len(expected) - 1, len(expected) + 5) == expected[-1:]
    assert listing.progress is None
    assert listing.doing == ""
    assert [listing.row_of(k) for k in expected] == list(range(len(expected)))
    assert observable.source is not None
    for key in observable.source._store.keys() - set(expected):
        assert listing.row_of(key) is None
    listing.found()
    if not listing.query.natural:
        found = listing.found()
        assert found is not None
        seen, positions = found
        everywhere = listing.query.but({"namespace": "", "sort": "stored", "descending": False})
        keys = seen.keys if positions is None else [seen.keys[i] for i in positions.tolist()]
        assert keys == oracle(observable, everywhere)
