"""The saver beside `langgraph.checkpoint.memory.InMemorySaver`."""

from __future__ import annotations

import gc
import operator
import tracemalloc
from collections.abc import Callable
from itertools import count, islice
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6
from langgraph.checkpoint.memory import InMemorySaver as Reference
from langgraph.graph import END, START, StateGraph

from inmem_widgets.core.saver import InMemorySaver
from tests.benchmarks.harness import Pair, benchmark

Saver = BaseCheckpointSaver[str]
Put = tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]
VERSION = Reference().get_next_version


def puts(number: int, thread: str = "thread", start: int = 0, values: bool = True) -> list[Put]:
    """Arguments of `put` for one run: a checkpoint a step, two channels changed in each."""
    made: list[Put] = []
    parent = None
    fixed = {"__start__": VERSION(None, None), "branch:to:agent": VERSION(None, None)}
    for step in range(start, start + number):
        version = VERSION(step, None)
        checkpoint: dict[str, Any] = dict(empty_checkpoint())
        checkpoint.update(
            v=4,
            id=str(uuid6(clock_seq=step)),
            channel_versions={**fixed, "messages": version, "total": version},
            versions_seen={
                "__input__": {},
                "__start__": {"__start__": fixed["__start__"]},
                "agent": {"branch:to:agent": fixed["branch:to:agent"]},
            },
            updated_channels=["messages", "total"],
            channel_values={"messages": [f"message {step}", "answer"], "total": step} if values else {},
        )
        config = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
        if parent:
            config["configurable"]["checkpoint_id"] = parent
        parent = checkpoint["id"]
        metadata = {"source": "loop", "step": step, "parents": {}}
        made.append((config, checkpoint, metadata, {"messages": version, "total": version}))
    return made


def filled(*threads: list[Put], writes: bool = False) -> tuple[InMemorySaver, Reference]:
    savers = InMemorySaver(), Reference()
    for saver in savers:
        for each in threads:
            for put in each:
                config = saver.put(*put)  # type: ignore[arg-type]
                if writes:
                    saver.put_writes(config, [("total", 1)], "task")
    return savers


def latest(put: Put) -> dict[str, Any]:
    config, checkpoint, *_ = put
    return {"configurable": {**config["configurable"], "checkpoint_id": checkpoint["id"]}}


def times(number: int, call: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        for _ in range(number):
            call()

    return run


def bytes_of(make: Callable[[], Saver], work: list[Put]) -> float:
    """Memory of one checkpoint with one write, in bytes, without what all savers share."""
    gc.collect()
    tracemalloc.start()
    saver = make()
    for each in work:
        saver.put_writes(saver.put(*each), [("total", 1)], "task")  # type: ignore[arg-type]
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return size / len(work)


def saving(watched: bool) -> Pair:
    number = 500
    ours, theirs = InMemorySaver(), Reference()
    if watched:
        ours.changes.listen_batched(lambda changes: None)
    feed = (put for thread in count() for put in puts(number, f"thread {thread}"))
    work: dict[Saver, list[Put]] = {}

    def prepare(saver: Saver) -> Callable[[], None]:
        def run() -> None:
            work[saver] = list(islice(feed, number))

        return run

    def run(saver: Saver) -> Callable[[], None]:
        def run() -> None:
            for config, checkpoint, metadata, versions in work[saver]:
                saver.put(config, checkpoint, metadata, versions)  # type: ignore[arg-type]

        return run

    memory = [bytes_of(make, puts(2_000)) for make in (InMemorySaver, Reference)]
    return Pair(
        run(ours),
        run(theirs),
        prepare(ours),
        prepare(theirs),
        after_ours=lambda: ours.changes.flush(1),
        per=number,
        note="memory of a checkpoint with a write: {:.0f} bytes, reference {:.0f}".format(*memory),
    )


@benchmark("put of two channels", goal=0.85)
def _() -> Pair:
    return saving(watched=False)


@benchmark("put of two channels, watched", goal=1.1)
def _() -> Pair:
    return saving(watched=True)


@benchmark("put_writes of three", goal=0.85)
def _() -> Pair:
    number = 500
    writes = [("messages", ["text"]), ("total", 1), ("branch:to:agent", None)]
    ids = count()
    configs: list[dict[str, Any]] = []

    def prepare() -> None:
        configs[:] = [
            {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": f"{next(ids):032}"}}
            for _ in range(number)
        ]

    def run(saver: Saver) -> Callable[[], None]:
        def run() -> None:
            for config in configs:
                saver.put_writes(
                    config, writes, "5d9c6b5e-4b0c-8f0e-9b0a-3b7f7f4d2c11", "~__pregel_pull, agent"
                )  # type: ignore[arg-type]

        return run

    return Pair(run(InMemorySaver()), run(Reference()), prepare, prepare, per=number)


@benchmark("get_tuple by id", goal=0.6)
def _() -> Pair:
    work = puts(1_000)
    ours, theirs = filled(work)
    config = latest(work[500])
    return Pair(
        times(500, lambda: ours.get_tuple(config)),  # type: ignore[arg-type]
        times(500, lambda: theirs.get_tuple(config)),  # type: ignore[arg-type]
        per=500,
    )


def newest(number: int, call: Callable[[Any, Any], object]) -> Pair:
    ours, theirs = filled(puts(number))
    config = {"configurable": {"thread_id": "thread", "checkpoint_ns": ""}}
    per = max(10, 50_000 // number)
    return Pair(times(per, lambda: call(ours, config)), times(per, lambda: call(theirs, config)), per=per)


@benchmark("get_tuple, latest of 1,000", goal=0.16)
def _() -> Pair:
    return newest(1_000, lambda saver, config: saver.get_tuple(config))


@benchmark("get_tuple, latest of 10,000", goal=0.025)
def _() -> Pair:
    return newest(10_000, lambda saver, config: saver.get_tuple(config))


@benchmark("list(limit=1) of 1,000", goal=0.07)
def _() -> Pair:
    return newest(1_000, lambda saver, config: list(saver.list(config, limit=1)))


@benchmark("list(limit=1) of 10,000", goal=0.012)
def _() -> Pair:
    return newest(10_000, lambda saver, config: list(saver.list(config, limit=1)))


@benchmark("list(filter=) with one match in 10,000", goal=0.01)
def _() -> Pair:
    return newest(10_000, lambda saver, config: list(saver.list(config, filter={"step": 5_000})))


@benchmark("list(None, limit=1) over 1,000 threads", goal=0.015)
def _() -> Pair:
    ours, theirs = filled(*(puts(2, f"thread {number}") for number in range(1_000)))
    return Pair(
        times(20, lambda: list(ours.list(None, limit=1))),
        times(20, lambda: list(theirs.list(None, limit=1))),
        per=20,
    )


@benchmark("delete_thread of 10 checkpoints beside 1,000 others", goal=0.006)
def _() -> Pair:
    ours, theirs = filled(*(puts(10, f"thread {number}") for number in range(1_000)), writes=True)
    doomed = puts(10, "doomed")

    def prepare(saver: Saver) -> Callable[[], None]:
        def run() -> None:
            for put in doomed:
                saver.put_writes(saver.put(*put), [("total", 1)], "task")  # type: ignore[arg-type]

        return run

    return Pair(
        lambda: ours.delete_thread("doomed"),
        lambda: theirs.delete_thread("doomed"),
        prepare(ours),
        prepare(theirs),
    )


def history(distance: int) -> Pair:
    """A chain of 1,000 whose last seed lies `distance` above its head."""
    work = puts(1_000, values=False)
    at = len(work) - 1 - distance
    config, checkpoint, metadata, versions = work[at]
    work[at] = (config, {**checkpoint, "channel_values": {"messages": ["all so far"]}}, metadata, versions)
    savers = filled(work)
    for saver in savers:
        for put in work[:-1]:
            saver.put_writes(latest(put), [("messages", ["one more"])], "task")  # type: ignore[arg-type]
    ours, theirs = savers
    head = latest(work[-1])
    return Pair(
        times(20, lambda: ours.get_delta_channel_history(config=head, channels=["messages"])),  # type: ignore[arg-type]
        times(20, lambda: theirs.get_delta_channel_history(config=head, channels=["messages"])),  # type: ignore[arg-type]
        per=20,
    )


@benchmark("delta history, chain of 1,000, seed at distance 1", goal=0.03)
def _() -> Pair:
    return history(1)


@benchmark("delta history, chain of 1,000, seed at distance 50", goal=0.15)
def _() -> Pair:
    return history(50)


class State(TypedDict):
    steps: Annotated[list[str], operator.add]
    total: int


@benchmark("a real graph of 200 steps", goal=1.03)
def _() -> Pair:
    def build(saver: Saver) -> Any:
        graph = StateGraph(State)
        graph.add_node(
            "work", lambda state: {"steps": [f"step {state['total']}"], "total": state["total"] + 1}
        )
        graph.add_edge(START, "work")
        graph.add_conditional_edges("work", lambda state: "work" if state["total"] < 200 else END)
        return graph.compile(checkpointer=saver)

    threads = count()

    def run(graph: Any) -> Callable[[], None]:
        def run() -> None:
            config = {"configurable": {"thread_id": f"{next(threads)}"}, "recursion_limit": 500}
            graph.invoke({"steps": [], "total": 0}, config)

        return run

    return Pair(run(build(InMemorySaver())), run(build(Reference())), rounds=9)


@benchmark("headers of 10,000, beside list", goal=1.0)
def _() -> Pair:
    ours, theirs = filled(puts(10_000))
    config = {"configurable": {"thread_id": "thread"}}
    return Pair(
        lambda: ours.headers("thread"),
        lambda: list(theirs.list(config)),  # type: ignore[arg-type]
        rounds=5,
    )
