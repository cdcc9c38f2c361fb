"""What was written to make a checkpoint, and what waits beside it."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.func import entrypoint, task
from langgraph.graph import START, StateGraph
from langgraph.types import Command, Send, interrupt

from inmem_widgets.observables.diffs.brief import told
from inmem_widgets.observables.diffs.writes import MOST, WRITES, writes
from inmem_widgets.observables.reading.reader import SavedWrite, Undecodable
from inmem_widgets.observables.threads.history import key_of
from tests.observables.acting import Once
from tests.observables.hostile import armed, hostile
from tests.observables.seeing import SAVERS, at_step, newest, saver_of, seen

CONFIG: Any = {"configurable": {"thread_id": "t"}}


@pytest.fixture(params=SAVERS)
def saver(request: Any) -> Iterator[Any]:
    with saver_of(request.param) as made:
        yield made


class State(TypedDict):
    log: Annotated[list[str], operator.add]
    city: str


def listed(tasks: Any) -> list[tuple[Any, ...]]:
    return sorted(
        (each["node"], each["state"], each["certain"], [write["channel"] for write in each["writes"]])
        for each in tasks
    )


def parallel(saver: Any, right: Any) -> Any:
    graph = StateGraph(State)
    graph.add_node("left", lambda state: {"log": ["left"]})
    graph.add_node("right", right)
    graph.add_node("join", lambda state: {"log": ["join"]})
    graph.add_edge(START, "left")
    graph.add_edge(START, "right")
    graph.add_edge(["left", "right"], "join")
    return graph.compile(checkpointer=saver)


def test_the_tasks_that_made_a_checkpoint(saver: Any) -> None:
    parallel(saver, lambda state: {"city": "Oslo"}).invoke({"log": []}, CONFIG)
    observable = seen(saver)
    made = writes(observable, "t", at_step(observable, 1))
    assert listed(made["made"]) == [
        ("left", "done", True, ["log", "join:left+right:join"]),
        ("right", "done", True, ["city", "join:left+right:join"]),
    ]
    assert listed(made["pending"]) == [("join", "done", True, ["log"])]
    assert made["applied"] and not made["more"]
    city = (
        made["made"][0]["writes"][0] if made["made"][0]["node"] == "right" else made["made"][1]["writes"][0]
    )
    assert (city["type"], city["preview"], city["broken"]) == ("str", "Oslo", False)
    assert city["size"] in (4, 5)  # in memory, or as stored
    last = writes(observable, "t", newest(observable))
    assert listed(last["made"]) == [("join", "done", True, ["log"])]
    assert (last["pending"], last["applied"]) == ([], False)


def test_the_first_checkpoint_was_made_by_no_task(saver: Any) -> None:
    parallel(saver, lambda state: {"city": "Oslo"}).invoke({"log": []}, CONFIG)
    observable = seen(saver)
    first = writes(observable, "t", at_step(observable, -1))
    assert first["made"] == []
    assert [each["node"] for each in first["pending"]] == ["__start__"]


def test_a_failed_task_beside_one_that_is_done(saver: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        parallel(saver, Once(saver=saver, config=CONFIG)).invoke({"log": []}, CONFIG)
    observable = seen(saver)
    found = writes(observable, "t", newest(observable))
    assert listed(found["pending"]) == [
        ("left", "done", True, ["log", "join:left+right:join"]),
        ("right", "failed", True, []),
    ]
    failed = next(each for each in found["pending"] if each["node"] == "right")
    assert "not yet" in failed["error"]
    assert not found["applied"]


def test_an_interrupt_then_its_answer(saver: Any) -> None:
    graph = parallel(saver, lambda state: {"city": interrupt("where?")})
    graph.invoke({"log": []}, CONFIG)
    observable = seen(saver)
    waiting = newest(observable)
    assert listed(writes(observable, "t", waiting)["pending"]) == [
        ("left", "done", True, ["log", "join:left+right:join"]),
        ("right", "interrupted", True, ["__interrupt__"]),
    ]
    graph.invoke(Command(resume="Bergen"), CONFIG)
    found = writes(seen(saver), "t", waiting)
    right = next(each for each in found["pending"] if each["node"] == "right")
    assert right["state"] == "resumed"
    assert {"__interrupt__", "__resume__", "city"} <= {write["channel"] for write in right["writes"]}
    answer = next(each for each in found["pending"] if each["node"] == "input")
    assert answer["state"] == "resumed" and answer["writes"][0]["preview"] == "Bergen"
    assert found["applied"]


def test_what_was_sent(saver: Any) -> None:
    graph = StateGraph(State)
    graph.add_node("work", lambda part: {"log": [f"work {part}"]})
    graph.add_conditional_edges(START, lambda state: [Send("work", at) for at in range(3)], ["work"])
    compiled: Any = graph.compile(checkpointer=saver)
    compiled.invoke({"log": []}, CONFIG)
    observable = seen(saver)
    assert listed(writes(observable, "t", newest(observable))["made"]) == 3 * [
        ("work", "done", True, ["log"])
    ]


def test_an_update_is_no_task_of_the_node_it_is_as(saver: Any) -> None:
    graph = parallel(saver, lambda state: {"city": "Oslo"})
    graph.invoke({"log": []}, CONFIG)
    before = newest(seen(saver))
    graph.update_state(CONFIG, {"city": "Bergen"}, as_node="right")
    observable = seen(saver)
    made = writes(observable, "t", newest(observable))["made"]
    assert [(each["node"], each["state"]) for each in made] == [("update", "done")]
    assert made[0]["writes"][0]["preview"] == "Bergen"
    assert writes(observable, "t", before)["applied"]


@pytest.mark.parametrize("as_node", [None, "right"])
def test_a_fork_leaves_the_writes_to_the_branch_that_made_them(saver: Any, as_node: str | None) -> None:
    graph = parallel(saver, lambda state: {"city": "Oslo"})
    graph.invoke({"log": []}, CONFIG)
    past = next(each for each in graph.get_state_history(CONFIG) if each.metadata["step"] == 0)
    fork = graph.update_state(past.config, {"city": "Bergen"}, as_node=as_node)
    observable = seen(saver)
    key = "", fork["configurable"]["checkpoint_id"]
    assert writes(observable, "t", key)["made"] == []
    assert len(writes(observable, "t", at_step(observable, 1))["made"]) == 0 or key == at_step(observable, 1)
    original = [h for h in observable.history("t").headers if h.metadata["step"] == 1][1]
    assert len(writes(observable, "t", key_of(original))["made"]) == 2


def test_in_a_subgraph(saver: Any) -> None:
    graph = StateGraph(State)
    graph.add_node("sub", parallel(None, lambda state: {"city": "Oslo"}))
    graph.add_edge(START, "sub")
    compiled: Any = graph.compile(checkpointer=saver)
    compiled.invoke({"log": []}, CONFIG)
    observable = seen(saver)
    ns = next(h.checkpoint_ns for h in observable.history("t").headers if h.checkpoint_ns)
    made = writes(observable, "t", at_step(observable, 1, ns=ns))["made"]
    assert [(each["node"], each["certain"]) for each in made] == [("left", True), ("right", True)]


def test_tasks_that_a_workflow_calls(saver: Any) -> None:
    @task
    def add(x: int) -> int:
        return x + 1

    @entrypoint(checkpointer=saver)
    def workflow(x: int) -> int:
        return add(x).result() + add(x + 1).result()

    workflow.invoke(1, CONFIG)
    observable = seen(saver)
    assert listed(writes(observable, "t", newest(observable))["made"]) == [
        ("add", "done", True, ["__return__"]),
        ("add", "done", True, ["__return__"]),
        ("workflow", "done", True, ["__end__", "__previous__"]),
    ]


def test_what_cannot_be_read_and_what_must_not_run_is_shown_as_such() -> None:
    with saver_of("ours") as saver:
        parallel(saver, lambda state: {"city": "Oslo"}).invoke({"log": []}, CONFIG)
        observable = seen(saver)
        broken = SavedWrite("t1", "~__pregel_pull, left", "log", Undecodable("pickle", 12, "not allowed"), 12)
        trap = SavedWrite("t1", "~__pregel_pull, left", "\ud800", hostile(list), None)
        many = [SavedWrite(f"m{at}", "", "log", "x", 1) for at in range(MOST + 5)]
        more = [SavedWrite("t1", "", "log", at, 1) for at in range(WRITES)]
        observable.reader.writes = lambda thread_id, key: [broken, trap, *more, *many]
        with armed():
            found = writes(observable, "t", at_step(observable, -1))
        first, second = found["pending"][0]["writes"][:2]
        assert first == {
            "channel": "log", "type": "pickle", "preview": "not allowed", "size": 12, "broken": True,
        }  # fmt: skip
        assert second["channel"] == "\\ud800" and second["type"] == "Hostile" and not second["broken"]
        assert len(found["pending"]) == MOST
        assert found["more"] == 6 + 2


def test_a_checkpoint_that_is_gone_is_said_to_be() -> None:
    with saver_of("ours") as saver, pytest.raises(LookupError, match="1f-none of thread t is gone"):
        writes(seen(saver), "t", ("", "1f-none"))


def test_messages_are_told_as_who_says_what() -> None:
    call = {"name": "hotels", "args": {"city": "Oslo"}, "id": "c", "type": "tool_call"}
    said = [AIMessage("let me look", tool_calls=[call]), ToolMessage("full", tool_call_id="c", name="hotels")]
    assert told(said, 200) == 'ai "let me look" hotels(city="Oslo"), tool hotels "full"'
    assert told(said[0], 200) == 'ai "let me look" hotels(city="Oslo")'
    assert told(8 * said, 60).endswith("… and 11 more") and len(told(8 * said, 60)) <= 60
    assert told([], 60) == "[]" and told(["a"], 60) == "['a']"
    with armed():
        told([hostile(), hostile(dict)], 60)
