"""Who made a change, inside of real graphs and chains: read from the run's own context."""

from __future__ import annotations

import asyncio
import operator
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Annotated, Any, TypedDict
from uuid import UUID

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.outputs import Generation
from langchain_core.runnables import RunnableLambda
from langchain_core.runnables.config import var_child_runnable_config
from langchain_core.tools import tool
from langgraph.func import entrypoint, task
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command, Send, interrupt

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import Change
from inmem_widgets.core.origin import Origin
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.core.store import InMemoryStore

WAIT = 30.0
T = {"configurable": {"thread_id": "T"}}


class State(TypedDict):
    x: Annotated[int, operator.add]


class Watched:
    """A store that nodes write to, and who did, by the key written."""

    def __init__(self) -> None:
        self.store, self.saver = InMemoryStore[Any](), InMemorySaver()
        self.got: list[Change] = []
        self.store.changes.listen(self.got.append, origin=True)

    def write(self, key: str) -> None:
        self.store.mset([(key, 1)])

    def node(self, key: str, answer: Any = None) -> Callable[[Any], Any]:
        def node(state: Any) -> Any:
            self.write(key)
            return {"x": 1} if answer is None else answer

        return node

    def by(self) -> dict[str, Origin]:
        assert self.store.changes.flush(WAIT)
        assert all(change.by is not None for change in self.got)
        return {change.keys[0]: change.by for change in self.got if change.by is not None}

    def began(self, by: Origin) -> tuple[str, int]:
        """Node and step that a checkpoint's own metadata tell of a change's, by its parent."""
        assert by.checkpoint is not None
        ns, parent = by.checkpoint
        found = [
            each.metadata["step"]
            for each in self.saver.list({"configurable": {"thread_id": by.thread_id, "checkpoint_ns": ns}})
            if each.parent_config and each.parent_config["configurable"]["checkpoint_id"] == parent
        ]
        assert len(found) == 1, "the step's own checkpoint is the only one below the one it began from"
        return ns, found[0]


@pytest.fixture
def watched() -> Iterator[Watched]:
    yield Watched()
    assert var_child_runnable_config.get() is None


def line(watched: Watched, *nodes: Any) -> Any:
    """A graph of nodes one after the other."""
    graph: Any = StateGraph(State)
    names = []
    for node in nodes:
        name, made = node if isinstance(node, tuple) else (node, watched.node(node))
        graph.add_node(name, made)
        names.append(name)
    for start, end in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(start, end)
    return graph


def test_a_node_is_known_with_thread_step_task_run_and_checkpoint(watched: Watched) -> None:
    graph = line(watched, "planner", "writer").compile(checkpointer=watched.saver)
    graph.invoke({"x": 0}, T)
    watched.write("outside")
    by = watched.by()
    for step, node in enumerate(("planner", "writer"), 1):
        found = by[node]
        assert (found.thread_id, found.node, found.step, found.ns) == ("T", node, step, "")
        assert found.text() == f"{node}, step {step}"
        assert watched.began(found) == ("", step)
        assert found.within == ()
        assert UUID(found.run_id)
        assert UUID(found.task)
    assert by["planner"].run_id != by["writer"].run_id
    assert by["outside"] == Origin(threading.current_thread().name)


async def test_the_same_of_async_nodes_tasks_and_threads(watched: Watched) -> None:
    async def several(state: Any) -> Any:
        await asyncio.sleep(0)
        await watched.store.amset([("node", 1)])
        await asyncio.gather(*(watched.store.amset([(f"task {n}", 1)]) for n in range(3)))
        await asyncio.to_thread(watched.write, "thread")
        return {"x": 1}

    graph = line(watched, ("n", several)).compile(checkpointer=watched.saver)
    await graph.ainvoke({"x": 0}, T)
    by = watched.by()
    assert {(found.node, found.step, found.thread_id) for found in by.values()} == {("n", 1, "T")}
    assert len(by) == 5
    assert len({found.checkpoint for found in by.values()}) == 1
    assert by["thread"].os_thread != by["node"].os_thread
    assert watched.began(by["thread"]) == ("", 1)


async def test_two_runs_at_once_are_told_apart(watched: Watched) -> None:
    async def slow(state: Any) -> Any:
        for n in range(5):
            watched.write(f"{state['x']} {n}")
            await asyncio.sleep(0)
        return {"x": 0}

    graph = line(watched, ("n", slow)).compile(checkpointer=watched.saver)
    await asyncio.gather(*(graph.ainvoke({"x": n}, {"configurable": {"thread_id": n}}) for n in range(4)))
    for key, found in watched.by().items():
        assert found.thread_id == int(key.split()[0])


def test_each_send_is_a_task_of_its_own(watched: Watched) -> None:
    graph: Any = StateGraph(State)
    graph.add_node("work", lambda state: watched.write(f"w{state['x']}") or {"x": 1})
    graph.add_conditional_edges(START, lambda state: [Send("work", {"x": n}) for n in range(8)], ["work"])
    graph.compile(checkpointer=watched.saver).invoke({"x": 0}, T)
    by = watched.by()
    assert {(found.node, found.step) for found in by.values()} == {("work", 1)}
    assert len({found.task for found in by.values()}) == len({found.run_id for found in by.values()}) == 8
    assert len({found.checkpoint for found in by.values()}) == 1


@pytest.mark.parametrize("own", [None, True])
def test_a_subgraph_is_known_and_the_graph_around_it(watched: Watched, own: bool | None) -> None:
    inner = line(watched, "deep").compile(checkpointer=own)
    middle = line(watched, ("inner", inner), "shallow").compile(checkpointer=own)
    graph = line(watched, "first", ("middle", middle)).compile(checkpointer=watched.saver)
    graph.invoke({"x": 0}, T)
    by = watched.by()
    deep, shallow = by["deep"], by["shallow"]
    assert (deep.node, deep.step) == ("deep", 1)
    assert (shallow.node, shallow.step) == ("shallow", 2)
    assert [ns.count(":") if own is None else ns.count("|") for ns, _ in deep.within] == [0, own is None]
    assert watched.began(deep) == (deep.ns, 1)
    assert watched.began(shallow) == (shallow.ns, 2)
    assert deep.within[0] == shallow.within[0]
    outer = deep._replace(checkpoint=deep.within[0])
    assert watched.began(outer) == ("", 2)
    assert watched.began(deep._replace(checkpoint=deep.within[1])) == (shallow.ns, 1)


def test_a_graph_called_in_a_node_that_saves_nothing_belongs_to_the_nodes_step(watched: Watched) -> None:
    inner = line(watched, "inner").compile(checkpointer=False)
    graph = line(watched, ("outer", lambda state: inner.invoke({"x": 0}) and {"x": 1}))
    graph.compile(checkpointer=watched.saver).invoke({"x": 0}, T)
    found = watched.by()["inner"]
    assert (found.node, found.step) == ("inner", 1)
    assert watched.began(found._replace(checkpoint=found.within[-1])) == ("", 1)


def test_a_graph_without_a_checkpointer_has_nodes_and_steps(watched: Watched) -> None:
    line(watched, "n").compile().invoke({"x": 0})
    found = watched.by()["n"]
    assert (found.node, found.step, found.thread_id, found.checkpoint) == ("n", 1, None, None)


def test_tools_are_known_by_the_node_that_calls_them(watched: Watched) -> None:
    @tool
    def remember(what: str) -> str:
        """Remember something."""
        watched.write(what)
        return "done"

    calls = [{"name": "remember", "args": {"what": what}, "id": what} for what in ("a", "b")]
    graph: Any = StateGraph(MessagesState)
    graph.add_node("model", lambda state: {"messages": [AIMessage("", tool_calls=calls)]})
    graph.add_node("tools", ToolNode([remember]))
    graph.add_edge(START, "model").add_edge("model", "tools")
    made = graph.compile(checkpointer=watched.saver).invoke({"messages": []}, T)
    assert [type(each) for each in made["messages"][-2:]] == [ToolMessage, ToolMessage]
    by = watched.by()
    assert {(found.node, found.step, found.thread_id) for found in by.values()} == {("tools", 2, "T")}
    assert len({found.run_id for found in by.values()}) == 2, "each call of a tool is a run"
    assert watched.began(by["a"]) == ("", 2)


def test_functional_graphs(watched: Watched) -> None:
    @task
    def work(n: int) -> int:
        watched.write(f"work {n}")
        return n

    @entrypoint(checkpointer=watched.saver)
    def flow(n: int) -> int:
        watched.write("flow")
        return sum(each.result() for each in [work(1), work(2)])

    flow.invoke(1, T)
    by = watched.by()
    assert {key: (found.node, found.step) for key, found in by.items()} == {
        "flow": ("flow", 0),
        "work 1": ("work", 0),
        "work 2": ("work", 0),
    }
    assert len({found.task for found in by.values()}) == 3
    assert {watched.began(found) for found in by.values()} == {("", 0)}
    assert {found.within for found in by.values()} == {()}


def test_a_step_that_was_resumed_began_from_the_checkpoint_of_the_interrupt(watched: Watched) -> None:
    def ask(state: Any) -> Any:
        watched.write("before")
        watched.write(f"answer {interrupt('?')}")
        return {"x": 1}

    graph = line(watched, "first", ("ask", ask)).compile(checkpointer=watched.saver)
    graph.invoke({"x": 0}, T)
    graph.invoke(Command(resume="yes"), T)
    by = watched.by()
    assert by["answer yes"].checkpoint == by["before"].checkpoint
    assert watched.began(by["answer yes"]) == ("", 2)


def test_a_fork_begins_from_the_checkpoint_it_was_made_at(watched: Watched) -> None:
    graph = line(watched, "a", "b").compile(checkpointer=watched.saver)
    graph.invoke({"x": 0}, T)
    first = watched.by()["b"]
    [at] = [each.config for each in graph.get_state_history(T) if each.next == ("b",)]
    forked = graph.update_state(at, {"x": 5})
    graph.invoke(None, forked)
    again = watched.by()["b"]
    assert first.checkpoint != again.checkpoint == ("", forked["configurable"]["checkpoint_id"])


@pytest.mark.parametrize("step", ["invoke", "batch", "stream", "ainvoke"])
async def test_plain_chains_know_their_run_and_a_thread_given(watched: Watched, step: str) -> None:
    chain = RunnableLambda(lambda n: watched.write("one") or n) | RunnableLambda(
        lambda n: watched.write("two") or n
    )
    match step:
        case "batch":
            chain.batch([1], T)
        case "stream":
            list(chain.stream(1, T))
        case "ainvoke":
            await chain.ainvoke(1, T)
        case _:
            chain.invoke(1, T)
    by = watched.by()
    assert {
        (found.thread_id, found.node, found.step, found.task, found.checkpoint) for found in by.values()
    } == {("T", None, None, None, None)}
    assert by["one"].text() == "thread T"
    assert UUID(by["one"].run_id) != UUID(by["two"].run_id)


def test_threads_that_have_no_context_are_known_by_name_and_those_that_have_by_their_node(
    watched: Watched,
) -> None:
    def node(state: Any) -> Any:
        with ThreadPoolExecutor(1, thread_name_prefix="bare") as pool:
            pool.submit(watched.write, "bare").result()
            pool.submit(copy_context().run, watched.write, "copied").result()
        return {"x": 1}

    line(watched, ("n", node)).compile(checkpointer=watched.saver).invoke({"x": 0}, T)
    by = watched.by()
    assert by["bare"] == Origin("bare_0")
    assert by["bare"].text() == "thread bare_0"
    assert by["copied"].node == "n"
    assert by["copied"].os_thread == "bare_0"


async def test_lookups_and_writes_of_a_cache_in_nodes(watched: Watched) -> None:
    cache, got = InMemoryCache(maxsize=2), list[Change]()
    cache.changes.listen(got.append, origin=True)

    def node(state: Any) -> Any:
        for prompt in "aba":
            if cache.lookup(prompt, "m") is None:
                cache.update(prompt, "m", [Generation(text="x")])
        return {"x": 1}

    async def anode(state: Any) -> Any:
        await cache.alookup("c", "m")
        await cache.aupdate("c", "m", [Generation(text="x")])
        await cache.aclear()
        return {"x": 1}

    graph = line(watched, ("sync", node), ("async", anode)).compile(checkpointer=watched.saver)
    await graph.ainvoke({"x": 0}, T)
    assert cache.changes.flush(WAIT)
    found = [(each.by and each.by.node, each.kind) for each in got]
    assert found == [
        ("sync", "miss"), ("sync", "insert"), ("sync", "miss"), ("sync", "insert"), ("sync", "hit"),
        ("async", "miss"), ("async", "insert"), ("async", "clear"),
    ]  # fmt: skip
    assert (cache.stats().hits, cache.stats().misses) == (1, 3)


async def test_what_a_saver_saves_is_placed_by_what_it_is_given() -> None:
    for run in ("sync", "async"):
        watched, got = Watched(), list[Change]()
        watched.saver.changes.listen(got.append, origin=True)
        inner = line(watched, "deep").compile()
        graph = line(watched, "first", ("sub", inner)).compile(checkpointer=watched.saver)
        if run == "sync":
            graph.invoke({"x": 0}, T)
        else:
            await graph.ainvoke({"x": 0}, T)
        assert watched.saver.changes.flush(WAIT)
        nodes: list[Any] = []
        for change in got:
            (thread, ns, checkpoint_id), by = change.keys[0], change.by
            assert by is not None
            assert (by.thread_id, by.ns) == (thread, ns) == ("T", ns)
            assert [each[0] for each in by.within] == ([""] if ns else [])
            if change.kind == "put":
                where = {"thread_id": "T", "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}
                saved = watched.saver.get_tuple({"configurable": where})
                assert saved is not None
                assert (by.step, by.node) == (saved.metadata["step"], None)
                parent = change.info["parent"]
                assert by.checkpoint == (None if parent is None else (ns, parent))
            else:
                assert (by.task, by.checkpoint) == (change.info["task_id"], (ns, checkpoint_id))
                nodes.append(by.node)
        assert {"first", "sub", "deep"} <= {*nodes}
        assert len(got) == len(nodes) + 7
