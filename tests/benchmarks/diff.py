"""Two states with 1,000 messages each compared, beside reading them alone."""

from __future__ import annotations

from statistics import median
from time import thread_time
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.checkpoint.base import empty_checkpoint

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.diffs.diff import diff
from tests.benchmarks.harness import Pair, benchmark

COUNT = 1_000
STEPS = 20


def talk(count: int) -> list[AnyMessage]:
    text = "words of a message that is as long as they are, more or less; "
    return [
        (AIMessage if at % 2 else HumanMessage)(f"{at}: {text * (1 + at % 5)}", id=f"m{at}")
        for at in range(count)
    ]


def saved(saver: Any, states: list[list[AnyMessage]], config: Any, step: int) -> list[Any]:
    """Checkpoints made one from the other; their configs."""
    configs = []
    for at, messages in enumerate(states):
        if step + at:
            saver.put_writes(config, [("messages", messages[-1:])], f"task{step + at}", "~__pregel_pull, say")
        checkpoint = empty_checkpoint()
        checkpoint["id"] = f"1f000000-0000-6000-8000-{step + at:012d}"
        versions: Any = {"messages": saver.get_next_version(None, None)}
        checkpoint["versions_seen"] = {"say": {"branch:to:say": step + at}}
        checkpoint["channel_versions"], checkpoint["channel_values"] = versions, {"messages": messages}
        config = saver.put(config, checkpoint, {"source": "loop", "step": step + at}, versions)
        configs.append(config)
    return configs


def key(config: Any) -> tuple[str, str]:
    return "", config["configurable"]["checkpoint_id"]


def read(saver: Any, *configs: Any) -> None:
    for config in configs:
        saver.get_tuple(config)


def compared(saver: Any, before: Any, after: Any) -> Pair:
    observable: Any = observe(saver)
    times, found = [], None
    for _ in range(9):
        began = thread_time()
        found = diff(observable, "t", key(after), key(before))
        times.append(thread_time() - began)
    assert found is not None
    counts = ", ".join(f"{found[name]} {name}" for name in ("added", "changed", "removed", "moved"))
    return Pair(
        ours=lambda: diff(observable, "t", key(after), key(before)),
        reference=lambda: read(saver, before, after),
        rounds=9,
        clock=thread_time,
        note=f"with reading and blame {1_000 * median(times):.0f} ms (goal 100 ms): {counts}",
    )


START: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}


@benchmark("with its parent: 1,000 messages, a few changed (the reference: reading both)", goal=5)
def _() -> Pair:
    before = talk(COUNT)
    after: list[AnyMessage] = [*before[5:500], *before[501:], before[2], AIMessage("new", id="new")]
    after[40] = AIMessage("says something else now", id=after[40].id)
    saver = InMemorySaver()
    return compared(saver, *saved(saver, [before, after], START, 0))


@benchmark("with its parent: 1,000 messages, all of them others (the reference: reading both)", goal=5)
def _() -> Pair:
    saver = InMemorySaver()
    others: list[AnyMessage] = [
        AIMessage(f"another {each.content}", id=f"n{each.id}") for each in talk(COUNT)
    ]
    return compared(saver, *saved(saver, [talk(COUNT), others], START, 0))


@benchmark("across branches: 1,000 messages, some of each of 20 steps (the reference: reading both)", goal=5)
def _() -> Pair:
    saver = InMemorySaver()
    stem = talk(COUNT - STEPS)
    [root] = saved(saver, [stem], START, 0)
    sides = []
    for step, side in ((1, "a"), (STEPS + 1, "b")):
        said = [AIMessage(f"{side} says {at}", id=f"{side}{at}") for at in range(STEPS)]
        states: list[list[AnyMessage]] = [[*stem, *said[: at + 1]] for at in range(STEPS)]
        sides.append(saved(saver, states, root, step)[-1])
    return compared(saver, *sides)
