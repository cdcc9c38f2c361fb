"""Who wrote what: real graphs, on our checkpointer and through others' public interface."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage
from langgraph.channels import DeltaChannel
from langgraph.graph import START, StateGraph
from langgraph.types import Command, Overwrite, Send, interrupt

from inmem_widgets.observables.diffs.blame import makers
from inmem_widgets.observables.diffs.diff import diff
from tests.observables.blaming import CONFIG, State, blamed, run, tool_loop, who
from tests.observables.seeing import SAVERS, at_step, newest, saver_of, seen


@pytest.fixture(params=SAVERS)
def saver(request: Any) -> Iterator[Any]:
    with saver_of(request.param) as made:
        yield made


def test_each_step_of_a_tool_loop_names_its_node(saver: Any) -> None:
    tool_loop(saver).invoke({"messages": [HumanMessage("hi", id="h")]}, CONFIG)
    observable = seen(saver)
    assert blamed(diff(observable, "t", at_step(observable, 0))) == {
        "add messages[0]": ("__start__", 0, True)
    }
    assert blamed(diff(observable, "t", at_step(observable, 1))) == {
        "add messages[1]": ("agent", 1, True),
        "add messages[1].tool_calls": ("agent", 1, True),
        "add plan": ("agent", 1, True),
    }
    assert blamed(diff(observable, "t", at_step(observable, 2))) == {"add messages[2]": ("tools", 2, True)}
    writer = diff(observable, "t", at_step(observable, 2))["rows"][-2]["by"]
    assert writer is not None
    assert writer["key"] == "\n".join(at_step(observable, 2))
    task = observable.reader.writes("t", at_step(observable, 1))[0].task
    assert writer["task"] == task


def test_against_an_old_checkpoint_each_part_names_the_step_that_made_it(saver: Any) -> None:
    tool_loop(saver).invoke({"messages": [HumanMessage("hi", id="h")]}, CONFIG)
    observable = seen(saver)
    found = diff(observable, "t", newest(observable), at_step(observable, 0))
    assert found["common"] is None
    assert blamed(found) == {
        "add messages[1]": ("agent", 1, True),
        "add messages[1].tool_calls": ("agent", 1, True),
        "add messages[2]": ("tools", 2, True),
        "add messages[3]": ("agent", 3, True),
        "add messages[3].tool_calls": ("agent", 3, True),
        "add messages[4]": ("tools", 4, True),
        # written again at step 3, but as it was
        "add plan": ("agent", 1, True),
        "add messages[5]": ("agent", 5, True),
        "add city": ("agent", 5, True),
    }
    back = diff(observable, "t", at_step(observable, 0), newest(observable))
    assert {path.replace("del", "add"): by for path, by in blamed(back).items()} == blamed(found)


def test_across_branches_each_side_is_blamed_on_its_own(saver: Any) -> None:
    graph = tool_loop(saver)
    graph.invoke({"messages": [HumanMessage("hi", id="h")]}, CONFIG)
    past = next(each for each in graph.get_state_history(CONFIG) if each.metadata["step"] == 3)
    original = graph.get_state(CONFIG).config["configurable"]["checkpoint_id"]
    fork = graph.update_state(past.config, {"plan": {"city": "Bergen", "nights": 3}})
    graph.invoke(None, fork)
    observable = seen(saver)
    found = diff(observable, "t", newest(observable), ("", original))
    assert found["common"] == "\n" + past.config["configurable"]["checkpoint_id"]
    assert found["before"] is not None and found["before"]["label"].startswith("agent · step 5")
    assert found["after"]["label"] == "agent · step 6"
    assert blamed(found) == {
        "mod plan.city": ("update", 4, True),
        "same plan.nights": ("agent", 1, True),
        "mod city": ("agent", 6, True),
    }
    # the other way round the change is still that of the fork
    assert blamed(diff(observable, "t", ("", original), newest(observable)))["mod plan.city"] == (
        "update", 4, True,
    )  # fmt: skip


def test_what_only_the_other_branch_has_is_blamed_there(saver: Any) -> None:
    graph = tool_loop(saver)
    graph.invoke({"messages": [HumanMessage("hi", id="h")]}, CONFIG)
    past = next(each for each in graph.get_state_history(CONFIG) if each.metadata["step"] == 1)
    original = graph.get_state(CONFIG).config["configurable"]["checkpoint_id"]
    graph.update_state(past.config, {"log": ["forked"]})
    observable = seen(saver)
    found = blamed(diff(observable, "t", newest(observable), ("", original)))
    assert found["del messages[2]"] == ("tools", 2, True)
    assert found["del messages[3]"] == ("agent", 3, True)
    assert found["del city"] == ("agent", 5, True)
    assert found["add log"] == ("update", 2, True)


def test_of_parallel_nodes_each_item_names_the_one_that_wrote_it(saver: Any) -> None:
    graph = StateGraph(State)
    for name in ("left", "right"):
        graph.add_node(name, lambda state, name=name: {"log": [name], "messages": [AIMessage(name, id=name)]})
        graph.add_edge(START, name)
    graph.add_node("join", lambda state: {"log": ["joined"]})
    graph.add_edge(["left", "right"], "join")
    run(graph, saver, {"log": ["begun"]})
    observable = seen(saver)
    both = diff(observable, "t", at_step(observable, 1))
    assert blamed(both) == {
        "add messages[0]": ("left", 1, True),
        "add messages[1]": ("right", 1, True),
        "add log[1]": ("left", 1, True),
        "add log[2]": ("right", 1, True),
    }
    assert makers(observable, "t", at_step(observable, 1))["log"]["nodes"] == ["left", "right"]
    assert blamed(diff(observable, "t", at_step(observable, 2))) == {"add log[3]": ("join", 2, True)}


def test_what_was_sent_names_the_task_of_each(saver: Any) -> None:
    graph = StateGraph(State)
    graph.add_node("plan", lambda state: {"log": ["planned"]})
    graph.add_node("work", lambda part: {"log": [f"work {part}"]})
    graph.add_node("check", lambda part: {"log": [f"check {part}"]})
    graph.add_edge(START, "plan")
    graph.add_conditional_edges(
        "plan", lambda state: [Send("work", 0), Send("check", 1), Send("work", 2)], ["work", "check"]
    )
    run(graph, saver, {"log": ["begun"]})
    observable = seen(saver)
    rows = [row for row in diff(observable, "t", at_step(observable, 2))["rows"] if row["by"]]
    assert [(row["after"], who(row)[0]) for row in rows] == [
        ('"work 0"', "work"), ('"check 1"', "check"), ('"work 2"', "work"),
    ]  # fmt: skip
    assert all(row["by"] and row["by"]["certain"] for row in rows)
    assert len({row["by"]["task"] for row in rows if row["by"]}) == 3


def test_in_a_subgraph(saver: Any) -> None:
    inner = StateGraph(State)
    inner.add_node("first", lambda state: {"log": ["first"]})
    inner.add_node("second", lambda state: {"log": ["second"]})
    inner.add_edge(START, "first")
    inner.add_edge("first", "second")
    graph = StateGraph(State)
    graph.add_node("sub", inner.compile())
    graph.add_edge(START, "sub")
    run(graph, saver, {"log": ["begun"]})
    observable = seen(saver)
    ns = next(h.checkpoint_ns for h in observable.history("t").headers if h.checkpoint_ns)
    assert ns.startswith("sub:")
    assert blamed(diff(observable, "t", at_step(observable, 2, ns=ns))) == {"add log[2]": ("second", 2, True)}
    # the subgraph's node returns all of its state
    assert set(blamed(diff(observable, "t", at_step(observable, 1))).values()) == {("sub", 1, True)}


def test_resumed_after_an_interrupt(saver: Any) -> None:
    graph = StateGraph(State)
    graph.add_node("ask", lambda state: {"city": interrupt("where?")})
    graph.add_node("beside", lambda state: {"log": ["beside"]})
    graph.add_edge(START, "ask")
    graph.add_edge(START, "beside")
    compiled: Any = graph.compile(checkpointer=saver)
    compiled.invoke({"log": []}, CONFIG)
    compiled.invoke(Command(resume="Bergen"), CONFIG)
    observable = seen(saver)
    assert blamed(diff(observable, "t", newest(observable))) == {
        "add log[0]": ("beside", 1, True),
        "add city": ("ask", 1, True),
    }


def test_a_manual_update_is_one_even_in_the_name_of_a_node(saver: Any) -> None:
    graph = tool_loop(saver)
    graph.invoke({"messages": [HumanMessage("hi", id="h")]}, CONFIG)
    graph.update_state(CONFIG, {"city": "Bergen"}, as_node="agent")
    observable = seen(saver)
    found = diff(observable, "t", newest(observable))
    assert [(row["op"], row["by"]["source"], row["by"]["nodes"]) for row in found["rows"] if row["by"]] == [
        ("mod", "update", [])
    ]
    assert makers(observable, "t", newest(observable))["city"]["source"] == "update"


def test_removed_and_overwritten_messages_name_who_did_it(saver: Any) -> None:
    graph = StateGraph(State)
    graph.add_node("say", lambda state: {"messages": [AIMessage(str(at), id=f"m{at}") for at in range(4)]})
    graph.add_node("trim", lambda state: {"messages": [RemoveMessage(id="m1")]})
    graph.add_node("other", lambda state: {"log": ["x"]})
    graph.add_node("over", lambda state: {"log": Overwrite(["y"])})
    graph.add_edge(START, "say")
    graph.add_edge("say", "trim")
    graph.add_edge("say", "other")
    graph.add_edge(["trim", "other"], "over")
    run(graph, saver, {"log": ["begun"]})
    observable = seen(saver)
    assert blamed(diff(observable, "t", at_step(observable, 2)))["del messages[1]"] == ("trim", 2, True)
    assert blamed(diff(observable, "t", newest(observable), at_step(observable, 1)))["del messages[1]"] == (
        "trim", 2, True,
    )  # fmt: skip
    assert blamed(diff(observable, "t", newest(observable))) == {
        "del log[0]": ("over", 3, True),
        "del log[1]": ("over", 3, True),
        "add log[0]": ("over", 3, True),
    }


def test_makers_name_who_wrote_each_channel_last(saver: Any) -> None:
    tool_loop(saver).invoke({"messages": [HumanMessage("hi", id="h")]}, CONFIG)
    observable = seen(saver)
    found = makers(observable, "t", newest(observable), ["messages", "city", "plan", "nothing"])
    assert {name: (by["nodes"], by["step"]) for name, by in found.items()} == {
        "messages": (["agent"], 5), "city": (["agent"], 5), "plan": (["agent"], 3),
    }  # fmt: skip
    assert makers(observable, "t", ("", "none")) == {}


class Deltas(TypedDict):
    log: Annotated[list[str], DeltaChannel(lambda state, writes: [*state, *(x for w in writes for x in w)])]
    city: str


def test_delta_channels_are_blamed_by_their_writes(saver: Any) -> None:
    graph = StateGraph(Deltas)
    graph.add_node("first", lambda state: {"log": ["first"]})
    graph.add_node("second", lambda state: {"log": ["second"]})
    graph.add_edge(START, "first")
    graph.add_edge("first", "second")
    compiled: Any = graph.compile(checkpointer=saver)
    compiled.invoke({"log": ["begun"]}, CONFIG)
    observable = seen(saver)
    observable.reader.channels_of = compiled.channels
    assert blamed(diff(observable, "t", newest(observable))) == {"add log[2]": ("second", 2, True)}
    assert blamed(diff(observable, "t", newest(observable), at_step(observable, 0))) == {
        "add log[1]": ("first", 1, True), "add log[2]": ("second", 2, True),
    }  # fmt: skip


def test_a_run_that_was_saved_at_its_end_only_names_the_nodes_it_can_be(saver: Any) -> None:
    tool_loop(saver).invoke({"messages": [HumanMessage("hi", id="h")]}, CONFIG, durability="exit")
    observable = seen(saver)
    by = makers(observable, "t", newest(observable))["messages"]
    assert {"agent", "tools"} <= set(by["nodes"]) and not by["certain"]
