"""What is done with a store or cache, for their logs to tell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, InMemoryStore, observe
from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.log import EventLog
from inmem_widgets.observables.log.past import firsts, undo

KEYS = st.sampled_from("abcdef")
WRITES = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.dictionaries(KEYS, st.integers(), min_size=1, max_size=1)),
        st.tuples(st.just("set"), st.dictionaries(KEYS, st.integers(), min_size=1, max_size=4)),
        st.tuples(st.just("delete"), st.lists(KEYS, max_size=4)),
        st.tuples(st.just("replace"), st.tuples(KEYS, st.integers())),
        st.tuples(st.just("reset"), st.dictionaries(KEYS, st.integers(), max_size=4)),
    ),
    max_size=40,
)
CALLS = st.lists(
    st.one_of(
        st.tuples(st.just("lookup"), KEYS),
        st.tuples(st.just("update"), KEYS),
        st.tuples(st.just("clear"), st.just("")),
    ),
    max_size=60,
)


def few(patched: pytest.MonkeyPatch, count: int) -> None:
    """So many keys are few: of 0 all is found by hashes, and not made a dict."""
    patched.setattr(firsts, "FEW", count)
    patched.setattr(undo, "MANY", count)


def filled(count: int = 100, **limits: Any) -> tuple[InMemoryStore[Any], EventLog]:
    store = InMemoryStore[Any]()
    log = EventLog(observable := observe(store), **limits)
    store.__dict__["kept"] = observable  # as long as the store
    for n in range(count):
        store.mset([(f"key {n}", n)])
    log.catch_up()
    return store, log


def write(store: Any, what: str, given: Any) -> None:
    if what == "set":
        store.mset(list(given.items()))
    elif what == "delete":
        store.mdelete(given)
    elif what == "reset":
        store.store = dict(given)
    else:
        store.replace(given[0], store._store.get(given[0], MISSING), given[1])


def call(cache: InMemoryCache, number: int, what: str, prompt: str) -> None:
    if what == "lookup":
        cache.lookup(prompt, "m")
    elif what == "update":
        cache.update(prompt, "m", [Generation(text=f"{prompt} {number}")])
    else:
        cache.clear()
