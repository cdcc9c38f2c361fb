"""Counts that are kept equal those that are counted."""

from __future__ import annotations

import copy
import random
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inmem_widgets import InMemorySaver
from tests.core.checkpointing import at, put

THREADS, NAMES, IDS = ["t", "u", "v"], ["", "inner", "sub:1"], ["1", "2", "3"]


def check(saver: InMemorySaver) -> None:
    keys = [(thread, ns, id) for thread in THREADS for ns in NAMES for id in IDS]
    there = [key for key in keys if saver.get_tuple(at(*key)) is not None]
    assert saver.count() == len(there)
    assert saver.thread_count() == len(saver.storage) == len({key[0] for key in there})
    assert sorted(saver.thread_ids()) == sorted({key[0] for key in there})
    for thread in THREADS:
        assert saver.count(thread) == len([key for key in there if key[0] == thread])


def act(saver: InMemorySaver, action: str, thread: str, ns: str, id: str, other: str) -> None:
    row = saver.storage[thread][ns].get(id)
    if action == "put":
        put(saver, thread, id, {"a": id}, {"a": id}, ns=ns, metadata={"run_id": id})
    elif action == "put_writes":
        saver.put_writes(at(thread, ns, id), [("a", 1)], "task")
    elif action == "delete_thread":
        saver.delete_thread(thread)
    elif action == "delete_for_runs":
        saver.delete_for_runs([id])
    elif action == "copy_thread":
        saver.copy_thread(thread, other)
    elif action == "prune":
        saver.prune([thread, other])
    elif action == "list":
        list(saver.list(None))
    elif action == "assign" and row is not None:
        saver.storage[other] = {ns: {"1": row, "3": row}}
    elif action == "assign namespace" and row is not None:
        saver.storage[other][ns] = {id: row}
    elif action == "remove":
        saver.storage[thread][ns].pop(id, None)
    elif action == "remove namespace":
        saver.storage[thread].pop(ns, None)
    elif action == "remove thread":
        saver.storage.pop(thread, None)
    elif action == "clear namespace":
        saver.storage[thread][ns].clear()


ACTIONS = [
    "put", "put_writes", "delete_thread", "delete_for_runs", "copy_thread", "prune", "list", "assign",
    "assign namespace", "remove", "remove namespace", "remove thread", "clear namespace",
]  # fmt: skip
steps = st.tuples(
    st.sampled_from(["put", "put", *ACTIONS]),
    st.sampled_from(THREADS),
    st.sampled_from(NAMES),
    st.sampled_from(IDS),
    st.sampled_from(THREADS),
)


@given(st.lists(steps, max_size=30))
def test_after_any_operations(done: list[Any]) -> None:
    saver = InMemorySaver()
    for step in done:
        act(saver, *step)
        check(saver)
    check(copy.deepcopy(saver))
    saver.storage.clear()
    check(saver)
    assert saver.count() == saver.thread_count() == 0


@pytest.mark.parametrize("seed", range(3))
def test_beside_threads(seed: int) -> None:
    saver, errors = InMemorySaver(), []

    def work(number: int) -> None:
        choose = random.Random(f"{seed} {number}")
        try:
            for _ in range(200):
                others = choose.choice(THREADS), choose.choice(NAMES), choose.choice(IDS)
                act(saver, choose.choice(["put", "put", *ACTIONS]), *others, choose.choice(THREADS))
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert errors == []
    check(saver)


@pytest.mark.parametrize("strategy", ["delete", "keep_latest"])
def test_a_reader_finds_nothing_in_what_is_gone(strategy: str) -> None:
    """Else one that looks for the latest checkpoint would look for ever."""
    saver = InMemorySaver()
    for id in ("1", "2"):
        put(saver, "t", id)
        put(saver, "t", id, ns="call:1", metadata={"parents": {"": "1"}})
    held = saver._tables.find("t", "call:1")
    saver.prune(["t"], strategy=strategy)
    assert held is not None
    assert held.latest() is None
