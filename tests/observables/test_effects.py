"""What stores and caches did while a checkpoint was being made."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from langchain_core import caches, stores
from langchain_core.callbacks import CallbackManager
from langchain_core.outputs import Generation
from langchain_core.runnables.config import var_child_runnable_config
from langgraph.checkpoint import memory
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.func import entrypoint, task
from langgraph.graph import START, StateGraph
from langgraph.types import Command, Send, interrupt

from inmem_widgets import InMemoryStore, observe, record, replay
from inmem_widgets.observables.effects import NO_LOGS, NO_STEP, SEVERAL, effects
from inmem_widgets.observables.log import by_row, logs
from inmem_widgets.observables.threads.places import key_from, text_of
from tests.observables.timelines import Browse, Saving, browsing
from tests.observables.worlds import State, T, World

browse = pytest.fixture(browsing)
WAIT = 30.0


@pytest.fixture
def world(browse: Browse) -> Iterator[World]:
    for log in logs():  # of widgets that other tests left open
        log.close()
    made = World(browse)
    yield made
    for each in made.kept:
        each.close()
    assert not logs()


def test_each_step_has_what_its_nodes_did(world: World) -> None:
    world.line("a", "b", "c").invoke({"x": 0}, T)
    world.write("outside")
    assert world.by_step() == {-1: [], 0: [], 1: ["a"], 2: ["b"], 3: ["c"]}


def test_counts_bytes_and_rows(world: World) -> None:
    def node(state: Any) -> Any:
        for n in range(60):
            if world.cache.lookup(f"p{n % 20}", "m") is None:
                world.cache.update(f"p{n % 20}", "m", [Generation(text="x")])
        world.write("k", b"x" * 1_000)
        world.store.mdelete(["k"])
        return {"x": 1}

    world.kept[1].name = "llm"
    graph = world.line(("n", node))
    graph.invoke({"x": 0}, T)
    found = world.effects(graph.get_state(T).config)
    assert (found["watched"], found["note"]) == (2, "")
    cache, store = found["effects"]
    assert (cache["name"], cache["type"]) == ("llm", "InMemoryCache")
    assert (cache["changes"], cache["hits"], cache["misses"]) == (80, 40, 20)
    assert len(cache["rows"]) == 50
    assert [row["number"] for row in cache["rows"]] == list(range(1, 51))
    assert (store["name"], store["changes"], store["bytes"]) == ("InMemoryStore", 2, 1_000)
    assert [row["kind"] for row in store["rows"]] == ["insert", "delete"]
    assert store["rows"][0]["by"]["node"] == "n"


def test_both_ways(world: World) -> None:
    """The row of a change names the checkpoint its step began from, which a timeline can select."""
    graph = world.line("a", "b")
    graph.invoke({"x": 0}, T)
    [state] = [each for each in graph.get_state_history(T) if each.metadata["step"] == 2]
    [effect] = world.effects(state.config)["effects"]
    by = effect["rows"][0]["by"]
    parent = state.parent_config["configurable"]["checkpoint_id"]
    assert (by["thread"], by["checkpoint"]) == ("T", text_of(("", parent)))
    ns, checkpoint_id = key_from(by["checkpoint"])
    where = {"thread_id": by["thread"], "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}
    world.browser.selection = {"configurable": where}
    assert world.browser.values["x"] == 1
    assert by_row(observe(world.store).log.changes()[0].by)["node"] == "a"


def test_subgraphs_belong_to_their_own_step_and_to_the_one_around_it(world: World) -> None:
    inner = world.line("d", "e", checkpointer=None)
    world.line("a", ("sub", inner)).invoke({"x": 0}, T)
    assert world.by_step() == {-1: [], 0: [], 1: ["a"], 2: ["d", "e"]}
    spaces = {each.config["configurable"]["checkpoint_ns"] for each in world.saver.list(T)} - {""}
    [ns] = spaces
    assert world.by_step(ns) == {-1: [], 0: [], 1: ["d"], 2: ["e"]}


def test_sends_and_functional_graphs(world: World) -> None:
    graph: Any = StateGraph(State)
    graph.add_node("work", lambda state: world.write(f"w{state['x']}") or {"x": 1})
    graph.add_conditional_edges(START, lambda state: [Send("work", {"x": n}) for n in range(3)], ["work"])
    graph.compile(checkpointer=world.saver).invoke({"x": 0}, T)
    assert sorted(world.by_step()[1]) == ["w0", "w1", "w2"]

    @task
    def work(n: int) -> None:
        world.write(f"task {n}")

    @entrypoint(checkpointer=world.saver)
    def flow(n: int) -> None:
        work(n).result()
        world.write("flow")

    flow.invoke(1, {"configurable": {"thread_id": "F"}})
    newest = flow.get_state({"configurable": {"thread_id": "F"}})
    assert world.keys(newest.config, "F") == ["task 1", "flow"]


def test_what_was_done_before_an_interrupt_and_after_it_is_of_one_step(world: World) -> None:
    def ask(state: Any) -> Any:
        world.write("before")
        world.write(interrupt("?"))
        return {"x": 1}

    graph = world.line(("ask", ask), "next")
    graph.invoke({"x": 0}, T)
    graph.invoke(Command(resume="after"), T)
    assert world.by_step() == {-1: [], 0: [], 1: ["before", "before", "after"], 2: ["next"]}


def test_a_fork_has_what_was_done_in_it(world: World) -> None:
    runs = iter(range(9))

    def node(state: Any) -> Any:
        world.write(f"run {next(runs)}")
        return {"x": 1}

    graph = world.line("a", ("n", node))
    graph.invoke({"x": 0}, T)
    [parent] = [each for each in graph.get_state_history(T) if each.next == ("n",)]
    newest = [graph.get_state(T)]
    for _ in range(2):
        graph.invoke(None, parent.config)
        newest.append(graph.get_state(T))
    assert [world.keys(each.config) for each in newest] == [["run 0"], ["run 1"], ["run 2"]]


def test_steps_that_began_from_the_same_checkpoint_are_told_apart(world: World) -> None:
    """Other savers' tools, and earlier LangGraphs, re-run from a checkpoint without a fork of it."""
    first = Saving(world.saver).put("T", {"x": 0}, source="input")
    task = {"metadata": {"langgraph_node": "n", "langgraph_step": 1}, "configurable": {
        "thread_id": "T", "checkpoint_ns": "n:1", "__pregel_task_id": "1", "__pregel_checkpointer": True,
        "checkpoint_map": {"": first},
    }}  # fmt: skip

    def save(number: str) -> Any:
        where: Any = {"thread_id": "T", "checkpoint_ns": "", "checkpoint_id": first}
        checkpoint = {**empty_checkpoint(), "id": number}
        return world.saver.put({"configurable": where}, checkpoint, {"source": "loop", "step": 1}, {})

    made, tokens = [], []
    runs = [{**task, "callbacks": CallbackManager([], parent_run_id=uuid4())} for _ in range(3)]
    for n, run in enumerate(runs):
        tokens.append(var_child_runnable_config.set(run))
        world.write(f"run {n}")
        made.append(save(f"{n + 2:06}"))
        if n:
            var_child_runnable_config.set(runs[n - 1])
            world.write(f"run {n - 1}, late")
    var_child_runnable_config.set({**task, "callbacks": CallbackManager([], parent_run_id=uuid4())})
    world.write("goes on")
    var_child_runnable_config.reset(tokens[0])
    assert [world.keys(each) for each in made] == [
        ["run 0", "run 0, late"], ["run 1", "run 1, late"], ["run 2"],
    ]  # fmt: skip


def test_what_goes_on_after_its_step_belongs_to_it(world: World) -> None:
    gate, threads = threading.Event(), []

    def node(state: Any) -> Any:
        world.write("in time")
        run = copy_context().run

        def later() -> None:
            gate.wait(WAIT)
            run(world.write, "late")

        threads.append(threading.Thread(target=later))
        threads[0].start()
        return {"x": 1}

    world.line(("n", node), "b").invoke({"x": 0}, T)
    gate.set()
    threads[0].join(WAIT)
    assert world.by_step() == {-1: [], 0: [], 1: ["in time", "late"], 2: ["b"]}


def test_between_two_checkpoints(world: World) -> None:
    graph = world.line("a", "b", "c", "d")
    graph.invoke({"x": 0}, T)
    graph.invoke({"x": 0}, T)
    keys = [each.config["configurable"]["checkpoint_id"] for each in world.saver.list(T)][::-1]

    def between(since: int, at: int) -> list[str]:
        params = {"thread": "T", "at": f"\n{keys[at]}", "since": f"\n{keys[since]}"}
        found = world.browser.answer("effects", params)
        return [row["key"] for each in found["effects"] for row in each["rows"]]

    assert between(2, 4) == ["b", "c"]
    assert between(0, 11) == ["a", "b", "c", "d", "a", "b", "c", "d"]
    assert between(5, 7) == []
    assert between(3, 3) == []
    with pytest.raises(LookupError, match="since: .* is not on the way"):
        between(4, 2)


def test_two_threads_are_told_apart(world: World) -> None:
    graph = world.line(("n", lambda state: world.write(f"x{state['x']}") or {"x": 1}))
    for n in (1, 2):
        graph.invoke({"x": n}, {"configurable": {"thread_id": n}})
    for n in (1, 2):
        config = graph.get_state({"configurable": {"thread_id": n}}).config
        assert world.keys(config, str(n)) == [f"x{n}"]


def test_where_only_the_end_is_saved_it_has_all_steps(world: World) -> None:
    graph = world.line("a", "b", "c")
    graph.invoke({"x": 0}, T, durability="exit")
    graph.invoke({"x": 0}, T, durability="exit")
    found = {each.metadata["step"]: each.config for each in world.saver.list(T)}
    assert [world.keys(found[step]) for step in sorted(found)] == [["a", "b", "c"], ["a", "b", "c"]]
    assert {world.effects(config)["note"] for config in found.values()} == {SEVERAL}


def test_of_objects_that_are_not_ours(world: World) -> None:
    """Upstream's store, cache and checkpointer, tapped: found by the same context, told in the same shape."""
    store, cache, saver = stores.InMemoryStore(), caches.InMemoryCache(), memory.InMemorySaver()
    logged = [observe(each) for each in (store, cache)]
    for each in logged:
        world.kept.append(each)
        each.log.catch_up()

    def node(state: Any) -> Any:
        store.mset([("k", b"12345")])
        if cache.lookup("p", "m") is None:
            cache.update("p", "m", [Generation(text="x")])
        return {"x": 1}

    graph = world.line("a", ("n", node), checkpointer=saver)
    timeline = observe(saver)
    said = timeline.log
    graph.invoke({"x": 0}, T)
    timeline.read_whole()
    where = graph.get_state(T).config["configurable"]
    found = effects(timeline, "T", ("", where["checkpoint_id"]))
    assert {(each["type"], each["changes"], each["misses"]) for each in found["effects"]} == {
        ("InMemoryCache", 2, 1),
        ("InMemoryStore", 1, 0),
    }
    assert {row["by"]["text"] for each in found["effects"] for row in each["rows"]} == {"n, step 2"}
    said.catch_up()
    puts = [change.by for change in said.changes() if change.kind == "put"]
    assert [(by.thread_id, by.step) for by in puts] == [("T", step) for step in (-1, 0, 1, 2)]
    assert {change.by.node for change in said.changes() if change.kind == "put_writes"} >= {"a", "n"}
    timeline.close()


def test_what_is_not_known_is_said(world: World, browse: Browse) -> None:
    graph = world.line("a")
    graph.invoke({"x": 0}, T)
    state = graph.get_state(T)
    forked = graph.update_state(state.config, {"x": 5})
    assert world.effects(forked)["note"] == NO_STEP
    other = InMemoryStore[Any]()
    world.kept.append(observe(other))
    assert world.effects(state.config)["watched"] == 2
    assert world.kept[-1].log.kept == 0
    assert world.effects(state.config)["note"] == "not all of this step was logged (InMemoryStore)"
    assert world.keys(state.config) == ["a"]
    for each in world.kept:
        each.close()
    assert world.effects(state.config) == {"effects": [], "watched": 0, "note": NO_LOGS}
    world.kept = [observe(other)]
    world.kept[0].log.catch_up()
    note = "logging (InMemoryStore) began after this checkpoint was made"
    assert world.effects(state.config) == {"effects": [], "watched": 1, "note": note}
    with pytest.raises(LookupError, match="at: .* is no checkpoint"):
        world.browser.answer("effects", {"thread": "T", "at": "\nnothing"})


def test_replays_are_told_beside_what_is_replayed(world: World, browse: Browse, tmp_path: Path) -> None:
    graph = world.line("a")
    with record(tmp_path / "r.jsonl", world.store, world.cache, world.saver, names=["s", "c", "m"]):
        graph.invoke({"x": 0}, T)
    newest = graph.get_state(T).config
    before = world.effects(newest)
    with replay(tmp_path / "r.jsonl") as again:
        assert world.effects(newest) == before and before["watched"] == 2 and before["note"] == ""
        live, world.browser = world.browser, browse(again.objects["m"])
        assert world.effects(newest)["watched"] == 2 and world.keys(newest) == ["a"]
        world.browser = live
        world.kept += map(observe, again.objects.values())


def test_what_pruned_steps_did_is_told_with_the_one_that_is_kept(world: World) -> None:
    graph = world.line("a", "b")
    graph.invoke({"x": 0}, T)
    world.saver.prune(["T"])
    newest = graph.get_state(T)
    assert newest.parent_config is None
    assert world.keys(newest.config) == ["a", "b"]
    assert world.effects(newest.config)["note"] == SEVERAL
