"""Random histories: what a dry run says goes and stays, goes and stays; what is freed is what it says."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.serde.types import INTERRUPT
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Interrupt

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.reading.stored import ghosts_in, held_in
from inmem_widgets.observables.timeline.plans import Plans

THREADS = ("a", "b", "c")
SPACES = ("", "sub:1", "sub:1|deep:2")
COUNTERS = "counters_since_delta_snapshot"

puts = st.tuples(
    st.just("put"), st.sampled_from(THREADS), st.sampled_from(SPACES), st.integers(0, 9), st.booleans()
)
writes = st.tuples(
    st.just("writes"), st.sampled_from(THREADS), st.sampled_from(SPACES), st.integers(0, 9), st.booleans()
)
orphans = st.tuples(
    st.just("orphan"), st.sampled_from(THREADS), st.sampled_from(SPACES), st.integers(0, 3), st.booleans()
)
deltas = st.tuples(
    st.just("delta"), st.sampled_from(THREADS), st.sampled_from(SPACES), st.integers(0, 9), st.booleans()
)
histories = st.lists(st.one_of(puts, puts, puts, writes, writes, orphans, deltas), min_size=1, max_size=25)


def tell(saver: Any, history: list[Any]) -> None:
    """Checkpoints on others, shared values, writes, interrupts, and what has no checkpoint."""
    made: dict[tuple[str, str], list[tuple[str, dict[str, int]]]] = {}
    for number, (what, thread, ns, choice, flag) in enumerate(history, 1):
        there = made.setdefault((thread, ns), [])
        where: dict[str, Any] = {"thread_id": thread, "checkpoint_ns": ns}
        if what == "orphan":
            where["checkpoint_id"] = f"gone{choice}"
            saver.put_writes({"configurable": where}, [("x", "y" * choice)], f"task{number}")
        elif what == "writes":
            if there:
                where["checkpoint_id"] = there[choice % len(there)][0]
                write: Any = (INTERRUPT, [Interrupt("?", id=str(number))]) if flag else ("x", number)
                saver.put_writes({"configurable": where}, [write], f"task{number}")
        else:
            parent, versions = there[choice % len(there)] if there and choice else (None, {})
            if parent is not None:
                where["checkpoint_id"] = parent
            new = {"n": number} if flag or not versions else {}
            versions = {**versions, **new}
            checkpoint: Any = {
                **empty_checkpoint(), "id": f"{number:06}", "channel_versions": versions,
                "channel_values": {"n": "v" * versions["n"]},
            }  # fmt: skip
            metadata: Any = {"source": "loop", "step": number, "parents": {}}
            if what == "delta":
                metadata[COUNTERS] = {"d": (1, 1)}
            saver.put({"configurable": where}, checkpoint, metadata, new)
            there.append((checkpoint["id"], versions))


def keys(saver: Any) -> set[tuple[str, str, str]]:
    found = [each.config["configurable"] for each in saver.list(None)]
    return {(each["thread_id"], each["checkpoint_ns"], each["checkpoint_id"]) for each in found}


def waiting(saver: Any) -> set[tuple[str, str, str]]:
    """Checkpoints that nothing was made from, and that wait for an answer."""
    every = list(saver.list(None))
    parents = set()
    for each in every:
        if each.parent_config:
            where = each.parent_config["configurable"]
            parents.add((where["thread_id"], where["checkpoint_ns"], where["checkpoint_id"]))
    found = set()
    for each in every:
        where = each.config["configurable"]
        key = where["thread_id"], where["checkpoint_ns"], where["checkpoint_id"]
        if key not in parents and any(channel == INTERRUPT for _, channel, _ in each.pending_writes or ()):
            found.add(key)
    return found


def total(saver: Any) -> int:
    ids = {space.thread_id for space in saver._tables.all_spaces()}
    return sum(held_in(saver._tables, thread_id).total for thread_id in ids)


def sqlite() -> SqliteSaver:
    return SqliteSaver(sqlite3.connect(":memory:", check_same_thread=False))


@pytest.mark.parametrize("make", [InMemorySaver, Upstream, sqlite])
@settings(deadline=None, max_examples=120)
@given(
    history=histories,
    what=st.sampled_from(("delete", "prune", "copy", "sweep")),
    threads=st.lists(st.sampled_from(THREADS), unique=True),
    named=st.lists(st.sampled_from(THREADS), unique=True),
)
def test_what_is_planned_is_what_happens(
    make: Any, history: list[Any], what: str, threads: list[str], named: list[str]
) -> None:
    saver = make()
    tell(saver, history)
    observable = observe(saver)
    plans = Plans(observable)
    own = isinstance(saver, InMemorySaver)
    if what == "copy":
        threads = (threads or ["a"])[:1]
    before, asked = keys(saver), waiting(saver)
    size = total(saver) if own else 0
    plan = plans.plan(what, threads, "c" if what == "copy" else None, named)
    assert keys(saver) == before  # a dry run
    if plan["refused"]:
        assert not plan["goes"]
        assert not any(row["verdict"] in ("goes", "copied") for row in plan["rows"])
        observable.close()
        return
    assert plans.apply(plan["token"])["done"]
    after = keys(saver)
    gone, come = before - after, after - before
    told: dict[str, Counter[tuple[str, str]]] = {
        v: Counter() for v in ("goes", "stays", "copied", "replaced")
    }
    for row in plan["rows"]:
        told[row["verdict"]][row["thread"], row["ns"]] += row["checkpoints"]
    assert +told["goes"] == Counter(key[:2] for key in gone)
    assert plan["goes"] == len(gone)
    about = {thread for thread, _ in told["stays"]}
    if what in ("delete", "prune"):
        assert not come
        assert +told["stays"] == Counter(key[:2] for key in after if key[0] in about)
        assert not {
            key for key in asked & gone if key[0] not in named and (what == "prune" or not key[1])
        } - ({key for key in asked if what == "delete" and key[1] == "" and key not in newest(before)})
        if threads:
            assert {key[0] for key in gone} <= set(threads)
    elif what == "copy":
        assert not gone
        assert len(come) == sum(told["copied"].values()) - sum(told["replaced"].values())
    else:
        assert not gone and not come
    if own and what != "copy":
        assert plan["freed"] == size - total(saver)
        if what == "sweep" and not threads:
            assert ghosts_in(saver._tables) == ([], [])
    observable.close()


def newest(of: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """The newest checkpoint of each thread's root graph."""
    return {max(key for key in of if key[0] == thread and not key[1]) for thread, ns, _ in of if not ns}
