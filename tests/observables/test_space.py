"""Space: every figure against a plain count."""

from __future__ import annotations

import gc
import threading
import weakref
from collections import Counter
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemoryStore, observe
from inmem_widgets.observables.keys.space import TOP, SpaceView
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import type_label
from inmem_widgets.wire import Space
from tests.observables.browsing import census_of, store_of

WAIT = 10.0


class View:
    def __init__(self, store: InMemoryStore[Any]) -> None:
        self.told = threading.Condition()
        self.times = 0
        self.observable = observe(store)
        self.space = SpaceView(self.observable, self._tell)

    def _tell(self) -> None:
        with self.told:
            self.times += 1
            self.told.notify_all()

    def state(self, found: Any, delimiters: str = ":") -> Space:
        """What is shown in the end."""
        making = self.space._making
        while True:
            with self.told:
                before = self.times
            self.space.state(found, delimiters)
            if making._task is None or not making._task.running:
                return self.space.state(found, delimiters)
            with self.told:
                assert self.told.wait_for(lambda before=before: self.times > before, WAIT)


KEYS = st.text(alphabet=[*"ab::é", "\ud800", "😀"], max_size=6)
NESTED = st.lists(st.integers(), max_size=3) | st.dictionaries(st.text(max_size=2), st.none(), max_size=2)
VALUES = st.binary(max_size=30) | st.text(max_size=9) | st.integers() | NESTED | st.builds(object)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=40), st.data())
def test_all_figures_as_counted_plainly(items: dict[str, Any], data: Any) -> None:
    store = store_of(items)
    view, keys = View(store), list(items)
    chosen = data.draw(st.none() | st.sets(st.integers(0, max(0, len(keys) - 1))).map(sorted))
    positions = None if chosen is None or not keys else np.array(chosen, np.uint32)
    some = items if positions is None else {keys[i]: items[keys[i]] for i in chosen}
    delimiters = data.draw(st.sampled_from([":", ""]))
    space = view.state((census_of(store), positions), delimiters)
    sized = {key: size_of(value) for key, value in some.items()}

    def total(of: Any) -> int:
        return sum(size or 0 for key, (size, _) in sized.items() if of(key))

    assert space["progress"] is None
    assert space["keys"] == len(some)
    assert space["bytes"] == total(lambda key: True)
    assert space["key_bytes"] == sum(len(key.encode("utf-8", "surrogatepass")) for key in some)
    assert {how: space[how] for how in ("exact", "sampled", "shallow")} == {
        "exact": 0, "sampled": 0, "shallow": 0, **Counter(how for _, how in sized.values())
    }  # fmt: skip
    assert (space["measured"] or 0) > 0
    kinds = {key: type_label(value) for key, value in some.items()}
    assert {(s["label"], s["keys"], s["bytes"]) for s in space["types"]} == {
        (kind, n, total(lambda key, kind=kind: kinds[key] == kind))
        for kind, n in Counter(kinds.values()).items()
    }
    spaces = Counter(key[: key.index(":") + 1] for key in some if delimiters and ":" in key)
    assert {(s["prefix"], s["keys"], s["bytes"]) for s in space["namespaces"]} == {
        (clean(p), n, total(lambda key, p=p: key.startswith(p))) for p, n in spaces.items()
    }
    sizes = sorted((size or 0 for size, _ in sized.values()), reverse=True)
    assert [top["size"] for top in space["largest"]] == sizes[:TOP]
    for top in space["largest"]:
        key = view.observable.key_of(top["id"])
        assert key is not None
        assert (clean(key), *sized[key]) == (top["key"], top["size"], top["how"])
    view.space.close()


def test_the_largest_of_many_namespaces_are_by_bytes() -> None:
    items = {f"n{i}:{j}": b"" for i in range(300) for j in range(2)} | {"late:": b"12345"}
    store = store_of(items)
    view = View(store)
    space = view.state((census_of(store), None))
    assert space["namespaces"][0] == {"label": "late:", "prefix": "late:", "keys": 1, "bytes": 5}
    assert len(space["namespaces"]) == TOP
    view.space.close()


def test_the_busiest_are_those_in_the_store() -> None:
    store = store_of({f"k{i}": b"123" for i in range(30)})
    view = View(store)
    for i in range(30):
        for _ in range(i):
            store.mset([(f"k{i}", b"12345")])
    store.mdelete(["k29"])
    assert store.changes.flush(WAIT)
    busiest = view.state((census_of(store), None))["busiest"]
    assert [(top["key"], top["changes"]) for top in busiest] == [(f"k{i}", i) for i in range(28, 8, -1)]
    assert {top["size"] for top in busiest} == {5}
    view.space.close()


def test_there_is_progress_and_the_count_before_all_is_measured() -> None:
    store = store_of({"a": 1})
    view = View(store)
    first = view.space.state((census_of(store), None), ":")
    assert (first["progress"] is not None, first["keys"], first["measured"]) == (True, 1, None)
    assert view.state((census_of(store), None))["progress"] is None
    view.space.close()


def test_nothing_is_made_again_for_the_same() -> None:
    store = store_of({"a": 1})
    view, found = View(store), (census_of(store), None)
    view.state(found)
    task = view.space._making._task
    view.state(found)
    assert view.space._making._task is task
    view.space.close()


def test_measuring_lets_writers_write() -> None:
    store = store_of({f"k{i}": [i] for i in range(10_000)})
    view = View(store)
    found = (census_of(store), None)
    view.space.state(found, ":")
    task = view.space._making._task
    assert task is not None
    written = 0
    while task.running:  # the writer is never kept waiting until it is done
        store.mset([(f"w{written}", written)])
        written += 1
    assert written > 1
    assert view.state(found)["keys"] == 10_000
    view.space.close()


def test_closed_or_without_its_store_it_holds_nothing() -> None:
    store = store_of({"a": 1})
    view = View(store)
    census = census_of(store)
    census_alive, store_alive = weakref.ref(census), weakref.ref(store)
    before = view.state((census, None))
    del census, store
    gone = view.state(None)
    gc.collect()
    assert store_alive() is None
    assert census_alive() is None
    assert gone["types"] == before["types"]
    assert gone["busiest"] == []
    view.space.close()
    assert view.space.state(None, ":")["largest"] == []
