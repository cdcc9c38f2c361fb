"""What a watched block did to a checkpointer: interrupts and errors once; threads that came and went."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.checkpoint.memory import InMemorySaver as TheirSaver
from langgraph.func import entrypoint, task
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

from inmem_widgets import InMemorySaver, watch
from tests.observables.watched import rows, sections


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def asks(state: State) -> Any:
    return {"log": [interrupt("fine?")]}


def fails(state: State) -> Any:
    raise ValueError("no price")


def graph(*nodes: Any) -> Any:
    """Of nodes that run beside each other."""
    made = StateGraph(State)
    for number, node in enumerate(nodes):
        made.add_node(f"node {number}", node)
        made.add_edge(START, f"node {number}")
    return made


def called(*graphs: Any) -> Any:
    """A node that runs graphs one after the other, and then asks itself."""

    def node(state: State) -> Any:
        for each in graphs:
            each.invoke(state)
        return asks(state)

    return node


def run(made: Any, *more: Any) -> dict[str, int]:
    """What is counted of one run of each."""
    config = {"configurable": {"thread_id": "t"}}
    counts = {"interrupts": 0, "errors": 0}
    for given in ({"log": []}, *more):
        with watch(made.checkpointer) as seen:
            try:
                made.invoke(given, config)
            except ValueError:
                counts["raised"] = counts.get("raised", 0) + 1
        found = seen.summary(made.checkpointer)
        counts = {name: count + found.get(name, 0) for name, count in counts.items()}
    return counts


INNER: dict[str, Callable[[Any], Any]] = {
    "one": lambda node: graph(node).compile(),
    "one within another": lambda node: graph(graph(node).compile()).compile(),
    "one with threads of its own": lambda node: graph(node).compile(checkpointer=True),
    "one that saves nothing": lambda node: graph(node).compile(checkpointer=False),
}


@pytest.mark.parametrize("saver", [InMemorySaver, TheirSaver])
@pytest.mark.parametrize("inner", INNER)
def test_what_a_subgraph_passes_on_is_one(inner: str, saver: Callable[[], Any]) -> None:
    asked = graph(INNER[inner](asks)).compile(checkpointer=saver())
    assert run(asked) == {"interrupts": 1, "errors": 0}
    failed = graph(INNER[inner](fails)).compile(checkpointer=saver())
    assert run(failed) == {"interrupts": 0, "errors": 1, "raised": 1}


def test_what_is_asked_side_by_side_and_one_after_the_other_is_each() -> None:
    beside = graph(graph(asks, asks).compile(), asks).compile(checkpointer=InMemorySaver())
    assert run(beside)["interrupts"] == 3
    after = graph(called(graph(asks).compile(), graph(asks).compile())).compile(checkpointer=InMemorySaver())
    assert run(after, Command(resume="a"), Command(resume="b"), Command(resume="c"))["interrupts"] == 3


def test_what_a_task_passes_on_is_one() -> None:
    @task
    def priced(n: int) -> Any:
        if n:
            raise ValueError("no price")
        return interrupt("fine?")

    @entrypoint(checkpointer=InMemorySaver())
    def flow(state: Any) -> Any:
        priced(0).result()
        return priced(1).result()

    assert run(flow, Command(resume="yes")) == {"interrupts": 1, "errors": 1, "raised": 1}


class Full(TheirSaver):
    """Has the methods that upstream's has not."""

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None: ...

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None: ...

    def delete_for_runs(self, run_ids: Sequence[str]) -> None: ...


@pytest.mark.parametrize("kind", [InMemorySaver, Full])
def test_threads_that_came_and_went(kind: Callable[[], Any]) -> None:
    saver = kind()
    made = graph(lambda state: {}).compile(checkpointer=saver)
    for thread in "abcd":
        made.invoke({"log": []}, {"configurable": {"thread_id": thread}})
    with watch(saver) as seen:
        saver.copy_thread(target_thread_id="copy", source_thread_id="a")
        saver.prune(strategy="keep_latest", thread_ids=["b", "c"])
        saver.delete_thread("d")
    summary = seen.summary(saver)
    assert (summary["threads copied"], summary["threads deleted or pruned"]) == (1, 3)
    assert "1 thread copied" in str(seen)
    assert [(row["key"], row["note"]) for row in rows(seen, "copies")] == [("copy", "of a")]
    gone = [(row["key"], row["note"]) for row in rows(seen, "ends")]
    assert gone == [("b", "prune"), ("c", "prune"), ("d", "delete thread")]


def test_runs_that_were_deleted_are_told_where_their_threads_are_not_known() -> None:
    saver = Full()
    with watch(saver) as seen:
        saver.delete_for_runs(["run 1", "run 2"])
    assert seen.summary(saver)["runs deleted"] == 2
    assert [row["key"] for row in rows(seen, "runs")] == ["run 1", "run 2"]
    assert sections(seen)["runs"]["sort"] == "deleted" and "2 runs deleted" in str(seen)
