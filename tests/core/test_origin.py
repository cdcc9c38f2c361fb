"""Who made a change: what is captured and read of it, that no context can hurt."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.callbacks import CallbackManager
from langchain_core.outputs import Generation
from langchain_core.runnables.config import var_child_runnable_config

from inmem_widgets.core import origin as module
from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import MISSING, Change
from inmem_widgets.core.origin import Origin, capture, origin, saving, writing
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.core.store import InMemoryByteStore, InMemoryStore
from tests.threads import WAIT, together

VALUE = [Generation(text="x")]


@contextmanager
def running(config: Any) -> Iterator[None]:
    token = var_child_runnable_config.set(config)
    try:
        yield
    finally:
        var_child_runnable_config.reset(token)


def node(name: str = "n", thread: Any = "T", **more: Any) -> dict[str, Any]:
    """A config as a node has it."""
    return {
        "metadata": {"langgraph_node": name, "langgraph_step": 3, **more.pop("metadata", {})},
        "callbacks": CallbackManager([], parent_run_id=uuid4()),
        "configurable": {
            "thread_id": thread, "checkpoint_ns": f"{name}:1", "__pregel_task_id": "1",
            "__pregel_checkpointer": object(), "checkpoint_map": {"": "id"}, **more,
        },
    }  # fmt: skip


# --- what is told, to whom ------------------------------------------------------------------------


@pytest.mark.parametrize("origins", [True, False])
def test_every_change_of_a_store_says_who_if_somebody_asks(origins: bool) -> None:
    store, got, plain = InMemoryByteStore(), list[Change](), list[Change]()
    store.changes.listen(got.append, origin=origins)
    store.changes.listen(plain.append)
    store.mset([("a", b"1")])
    store.mset({"b": b"2", "c": b"3"})
    store.replace("a", store.mget(["a"])[0], b"4")
    store.mdelete(["a", "x"])
    store.store = {"z": b""}
    assert store.changes.flush(WAIT)
    assert [each.kind for each in got] == ["set", "set", "set", "delete", "reset"]
    expected = Origin(threading.current_thread().name) if origins else None
    assert [each.by for each in got] == [expected] * 5
    assert plain == got, "who did not ask gets what there is"


@pytest.mark.parametrize("options", [{}, {"maxsize": 2}, {"maxsize": 2, "policy": "lru"}])
def test_every_change_and_lookup_of_a_cache_says_who(options: dict[str, Any]) -> None:
    cache, got = InMemoryCache(**options), list[Change]()
    stop = cache.changes.listen(got.append, origin=True)
    with running(node()):
        for prompt in "abcabc":
            if cache.lookup(prompt, "m") is None:
                cache.update(prompt, "m", VALUE)
        cache.update("c", "m", VALUE)
        cache.clear()
    assert cache.changes.flush(WAIT)
    assert {each.by and each.by.node for each in got} == {"n"}
    assert all(each.time for each in got)
    stats = cache.stats()
    kinds = Counter(each.kind for each in got)
    assert (kinds["hit"], kinds["miss"], kinds["clear"]) == (stats.hits, stats.misses, 1)
    stop()
    cache.lookup("a", "m")
    assert cache._tell in (None, False)


def test_savers_say_who_deletes(tmp_path: Any) -> None:
    saver, got = InMemorySaver(), list[Change]()
    saver.changes.listen(got.append, origin=True)
    where: Any = {"configurable": {"thread_id": "T", "checkpoint_ns": ""}}
    checkpoint: Any = {"id": "1", "channel_values": {}, "v": 4, "ts": "", "channel_versions": {}}
    saver.put(where, checkpoint, {"step": 7}, {})
    with running(node("cleaner", "other")):
        saver.copy_thread("T", "U")
        saver.delete_for_runs(["r"])
        saver.prune(["U"])
        saver.delete_thread("T")
    assert saver.changes.flush(WAIT)
    by = {each.kind: each.by for each in got}
    assert {each.node for kind, each in by.items() if each and kind != "put"} == {"cleaner"}
    put = by["put"]
    assert put is not None
    assert (put.thread_id, put.step, put.ns, put.checkpoint, put.node) == ("T", 7, "", None, None)


def test_what_is_captured_holds_nothing_when_it_has_been_told() -> None:
    store, got = InMemoryStore[int](), list[Change]()
    store.changes.listen(got.append, origin=True)

    class Held:
        pass

    held = Held()
    alive = weakref.ref(held)
    with running(node(held=held)):
        store.mset([("a", 1)])
    del held
    assert store.changes.flush(WAIT)
    gc.collect()
    assert alive() is None
    assert got[0].by is not None
    assert not module._read


def test_equal_origins_are_one_object() -> None:
    store, got = InMemoryStore[int](), list[Change]()
    store.changes.listen(got.append, origin=True)
    for n in range(100):
        with running({**node(), "callbacks": None}):  # another one each time
            store.mset([("a", n)])
        assert store.changes.flush(WAIT)
    assert len({id(each.by) for each in got}) == 1


# --- whatever is in the context --------------------------------------------------------------------


class Hostile:
    """Raises whatever is asked of it."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(name)

    def _raise(self, *args: Any) -> Any:
        raise AssertionError("called")

    __eq__ = __hash__ = __str__ = __repr__ = __bool__ = __len__ = __iter__ = __getitem__ = _raise  # type: ignore[assignment]


anything = st.one_of(
    st.builds(Hostile), st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.integers()),
    st.dictionaries(st.text(), st.text()), st.floats(), st.builds(lambda: {"": Hostile()}),
)  # fmt: skip
names = ("thread_id", "checkpoint_ns", "__pregel_task_id", "checkpoint_map", "__pregel_checkpointer")
told_of = ("thread_id", "langgraph_node", "langgraph_step")


@given(
    st.one_of(anything, st.fixed_dictionaries({}, optional=dict.fromkeys(names, anything))),
    st.one_of(anything, st.fixed_dictionaries({}, optional=dict.fromkeys(told_of, anything))),
    anything,
)
def test_a_config_may_hold_anything(configurable: Any, metadata: Any, callbacks: Any) -> None:
    config = {"configurable": configurable, "metadata": metadata, "callbacks": callbacks}
    with running(config):
        found = origin(capture())
    module.forget()
    assert type(found.text()) is str
    for value, kind in ((found.node, str), (found.step, int), (found.task, str), (found.ns, str)):
        assert value is None or type(value) is kind
    assert found.checkpoint is None or {*map(type, found.checkpoint)} == {str}


@pytest.mark.parametrize("make", [int, list, dict, Hostile, lambda: {1: Hostile()}])
def test_a_context_may_hold_anything(make: Any) -> None:
    with running(make()):
        assert origin(capture()).node is None
    module.forget()


def test_an_odd_thread_id_is_kept_as_it_is_and_neither_compared_nor_printed() -> None:
    odd = [Hostile()]
    with running(node(thread=odd[0])):
        found = origin(capture())
    assert found.thread_id is odd[0]
    assert found.text() == "n, step 3"
    assert found._replace(node=None, step=None).text() == f"thread {found.os_thread}"
    assert saving((None, None, None), odd[0], "", None, 1).thread_id is odd[0]
    module.forget()


def test_where_a_checkpointer_is_told_the_node() -> None:
    captured = (None, None, None)
    for path, name in (
        ("~__pregel_pull, planner", "planner"),
        ("~__pregel_push, 0000000000, 0000000000", None),
        ("~__pregel_push, ~__pregel_pull, ep, 0000000000, 0000000001", None),
        ("", None),
        ("anything", None),
    ):
        found = writing(captured, "T", "", "id", "task", path)
        assert (found.node, found.task, found.checkpoint) == (name, "task", ("", "id"))
    module.forget()


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Origin("w", 12, "T", "planner", 4), "planner, step 4, cell [12]"),
        (Origin("w", 12), "cell [12]"),
        (Origin("worker-1"), "thread worker-1"),
        (Origin("w", None, "T"), "thread T"),
        (Origin("w", None, 7, step=0), "step 0"),
        (Origin("w", 1, 7), "thread 7, cell [1]"),
    ],
)
def test_in_one_line(found: Origin, text: str) -> None:
    assert found.text() == text


# --- threads ---------------------------------------------------------------------------------------


def test_each_event_is_of_the_thread_that_made_it_and_counts_stay_exact() -> None:
    cache, store = InMemoryCache(maxsize=50), InMemoryStore[str]()
    of_cache, of_store = list[Change](), list[Change]()
    cache.changes.listen(of_cache.append, origin=True)
    store.changes.listen(of_store.append, origin=True, old=True, time=True)
    rounds = 400

    def work(name: str) -> Callable[[], None]:
        def run() -> None:
            rng = random.Random(name)
            with running(node(name)):
                for n in range(rounds):
                    prompt = f"{rng.randrange(80)}"
                    if cache.lookup(prompt, name[0]) is None:
                        cache.update(prompt, name[0], VALUE)
                    store.mset([(f"{n % 40}", name)])
                    if n % 7 == 0:
                        store.mdelete([f"{n % 40}", "x"])

        return run

    names = ["a1", "a2", "b1", "b2"]
    together(*map(work, names))
    assert cache.changes.flush(WAIT)
    assert store.changes.flush(WAIT)
    stats, kinds = cache.stats(), Counter(each.kind for each in of_cache)
    assert stats.hits + stats.misses == rounds * len(names)
    assert (kinds["hit"], kinds["miss"]) == (stats.hits, stats.misses)
    assert (kinds["insert"], kinds["refresh"]) == (stats.inserts, stats.refreshes)
    lookups = Counter(each.by and each.by.node for each in of_cache if each.kind in ("hit", "miss"))
    assert lookups == dict.fromkeys(names, rounds)
    for change in of_cache:
        assert change.by is not None
        assert (change.by.node or "")[0] == change.keys[0][1]
    # the order of events is that of writes, and old values are those before
    replayed: dict[str, str] = {}
    for change in of_store:
        assert change.by is not None
        assert change.old is not None
        assert list(change.old) == [replayed.get(key, MISSING) for key in change.keys]
        if change.kind == "set":
            assert change.values == (change.by.node,)
            replayed.update(zip(change.keys, change.values, strict=True))  # type: ignore[arg-type]
        else:
            for key in change.keys:
                del replayed[key]
    assert replayed == store.store


async def test_tasks_of_one_thread_are_told_apart() -> None:
    cache, got = InMemoryCache(), list[Change]()
    cache.changes.listen(got.append, origin=True)

    async def work(name: str) -> None:
        with running(node(name)):
            for _ in range(50):
                await cache.aupdate(name, "m", VALUE)
                await asyncio.sleep(0)
                await cache.alookup(name, "m")

    await asyncio.gather(*(work(f"n{n}") for n in range(8)))
    assert cache.changes.flush(WAIT)
    assert [each.by and each.by.node for each in got] == [each.keys[0][0] for each in got]
    assert len(got) == 8 * 100
