"""What it costs to say who made each change, where and when.

Watched with old values, times and origins, inside a run; the time of the writer's thread alone (until
delivered: below each row), beside the same unwatched. The ratio's goal is what 3 µs a change would make.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

from langchain_core.callbacks import CallbackManager
from langchain_core.outputs import Generation
from langchain_core.runnables.config import var_child_runnable_config
from langgraph.checkpoint.base import empty_checkpoint

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.origin import CELL
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.core.store import InMemoryByteStore
from tests.benchmarks.harness import Pair, benchmark, duration

BATCH = 1_000
ADDED = 3e-6
ONES = [[(f"namespace/{i:07}", b"value")] for i in range(BATCH)]
KEYS = [[pairs[0][0]] for pairs in ONES]
PROMPTS = [f"prompt {i}" for i in range(BATCH)]
VALUE = [Generation(text="answer")]
CHECKPOINT = empty_checkpoint()
WHERE: Any = {"configurable": {"thread_id": "thread", "checkpoint_ns": ""}}
NODE: Any = {
    "metadata": {"thread_id": "T", "langgraph_node": "planner", "langgraph_step": 4},
    "callbacks": CallbackManager([], parent_run_id=uuid4()),
    "configurable": {
        "thread_id": "T", "checkpoint_ns": "sub:1|planner:2", "__pregel_task_id": "2",
        "__pregel_checkpointer": object(), "checkpoint_map": {"": "a", "sub:1": "b"},
    },
}  # fmt: skip

Work = Callable[[Any], None]


def watched(obj: Any) -> Any:
    obj.changes.listen_batched(lambda changes: None, lazy=True, old=True, time=True, origin=True)
    return obj


def in_a_node(work: Work, obj: Any) -> Callable[[], None]:
    def run() -> None:
        cell, token = CELL.set(12), var_child_runnable_config.set(NODE)
        try:
            work(obj)
        finally:
            var_child_runnable_config.reset(token)
            CELL.reset(cell)

    return run


def attributed(work: Work, make: Callable[[], Any], per: int = BATCH, before: Work | None = None) -> Pair:
    """Watched beside unwatched; `before` prepares each run."""
    ours, plain = watched(make()), make()
    prepare = before or (lambda obj: None)

    def settle(obj: Any) -> None:
        prepare(obj)
        ours.changes.flush()

    run, reference = in_a_node(work, ours), in_a_node(work, plain)
    return Pair(
        ours=run,
        reference=reference,
        before_ours=lambda: settle(ours),
        before_reference=lambda: settle(plain),
        after_ours=ours.changes.flush,
        per=per,
        rounds=101,
        note=added(run, reference, ours, settle, plain, per),
    )


def added(run: Any, reference: Any, ours: Any, settle: Work, plain: Any, per: int) -> str:
    """What a change costs more, for the writer and until all is delivered."""
    writer, whole = [], []
    for turn in range(42):
        settle(plain)
        start = perf_counter()
        reference()
        unwatched = perf_counter() - start
        settle(ours)
        start = perf_counter()
        run()
        mine = perf_counter() - start
        ours.changes.flush()
        if turn > 1:
            writer.append((mine - unwatched) / per)
            whole.append((perf_counter() - start - unwatched) / per)
    until = duration(median(whole))
    return f"added a change: {duration(median(writer))}; until delivered, on all threads: {until}"


def mset(store: Any) -> None:
    for pairs in ONES:
        store.mset(pairs)


def amset(store: Any) -> None:
    async def write() -> None:
        for pairs in ONES:
            await store.amset(pairs)

    asyncio.run(write())


def mdelete(store: Any) -> None:
    for keys in KEYS:
        store.mdelete(keys)


def lookup(cache: Any) -> None:
    for prompt in PROMPTS:
        cache.lookup(prompt, "model")


def update(cache: Any) -> None:
    for prompt in PROMPTS:
        cache.update(prompt, "model", VALUE)


def put(saver: Any) -> None:
    for _ in range(100):
        saver.put(WHERE, CHECKPOINT, {"step": 1}, {})


def fill(store: Any) -> None:
    store.mset([pairs[0] for pairs in ONES])


def goal(seconds: float) -> float:
    """The ratio that `ADDED` makes beside an operation of so many seconds."""
    return 1 + ADDED / seconds


@benchmark("mset of 1, who and when", goal=goal(140e-9))
def _() -> Pair:
    return attributed(mset, InMemoryByteStore)


@benchmark("amset of 1, who and when", goal=goal(250e-9))
def _() -> Pair:
    return attributed(amset, InMemoryByteStore)


@benchmark("mdelete of 1, who and when", goal=goal(110e-9))
def _() -> Pair:
    return attributed(mdelete, InMemoryByteStore, before=fill)


@benchmark("mset of 1,000, who and when", goal=3)
def _() -> Pair:
    pairs = [each[0] for each in ONES]
    return attributed(lambda store: store.mset(pairs), InMemoryByteStore, per=BATCH)


@benchmark("lookup, who and when", goal=goal(220e-9))
def _() -> Pair:
    return attributed(lookup, InMemoryCache)


@benchmark("update of a full cache, who and when", goal=goal(400e-9))
def _() -> Pair:
    return attributed(update, lambda: InMemoryCache(maxsize=500))


@benchmark("put, who and when", goal=goal(3e-6))
def _() -> Pair:
    return attributed(put, InMemorySaver, per=100)


@benchmark("mget of 1, once its reads had been asked for", goal=1.02)
def _() -> Pair:
    ours, plain = InMemoryByteStore(), InMemoryByteStore()
    fill(ours)
    fill(plain)
    ours.changes.listen(print, reads=True)()

    def run(store: Any) -> Callable[[], None]:
        def read() -> None:
            mget = store.mget
            for keys in KEYS:
                mget(keys)

        return read

    return Pair(ours=run(ours), reference=run(plain), per=BATCH, rounds=201)
