"""Forks with edited values: what is written, what runs, and that nothing is where a value is wrong."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage

from inmem_widgets import InMemorySaver
from inmem_widgets.observables import observe
from inmem_widgets.observables.acting.actions import Actions
from tests.observables.acting import Stage, T, agent_graph, held, parallel_graph


@pytest.fixture
def chat() -> Stage:
    stage = Stage(*agent_graph())
    stage.graph.invoke({"messages": [("user", "1 + 1?")], "plan": "add"}, T)
    stage.run()
    return stage


def test_a_fork_writes_what_was_typed_and_runs_on(chat: Stage) -> None:
    key = chat.key("tools")
    before = chat.graph.get_state({"configurable": {**T["configurable"], "checkpoint_id": key[1]}}).values
    text = chat.text(key, "messages").replace('"a": 1', '"a": 41')

    begun = chat.actions.fork("t", key, {"messages": text, "steps": "7"}, None, True)

    assert chat.done(begun) == "done"
    assert chat.run() == ["agent", "tools"]
    state = chat.state().values
    assert [m.content for m in state["messages"]] == ["1 + 1?", "", "42", "it is 42"]
    assert [m.id for m in state["messages"][:2]] == [m.id for m in before["messages"]]
    assert state["steps"] == 7 and state["plan"] == "add"
    made = chat.graph.get_state(config(begun["key"]))
    assert made.parent_config["configurable"]["checkpoint_id"] == key[1]
    assert made.metadata["source"] == "update" and made.next == ("tools",)
    assert begun["run"] == chat.actions.runs[0]["id"]
    assert chat.actions.runs[0]["steps"] == 3  # the fork, tools, agent


def test_a_fork_need_not_run(chat: Stage) -> None:
    begun = chat.actions.fork("t", chat.key("tools"), {"steps": "7"}, None, False)
    assert begun["run"] is None and begun["problems"] == []
    assert chat.run() == [] and chat.actions.runs == []
    assert chat.graph.get_state(config(begun["key"])).values["steps"] == 7


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.text(), steps=st.integers(-(2**63), 2**64 - 1), messages=st.lists(st.text(), max_size=3))
def test_a_fork_is_what_was_typed_and_nothing_else_changes(
    chat: Stage, plan: str, steps: int, messages: list[str]
) -> None:
    random.seed()  # Hypothesis makes the random part of channel versions the same for all examples
    key, before = chat.key("tools"), held(chat.saver)
    typed = json.dumps([{"type": "human", "content": text, "id": str(i)} for i, text in enumerate(messages)])
    values = {"plan": plan, "steps": str(steps), "messages": typed}
    begun = chat.actions.fork("t", key, values, "tools", False)
    assert begun["problems"] == []
    state = chat.graph.get_state(config(begun["key"])).values
    assert state["plan"] == plan and state["steps"] == steps
    assert [(m.content, m.id) for m in state["messages"]] == [(t, str(i)) for i, t in enumerate(messages)]
    assert held(chat.saver)[1:] == before


def test_what_follows_is_found_anew_from_what_was_typed(chat: Stage) -> None:
    key = chat.key("tools")
    text = json.dumps([*json.loads(chat.text(key, "messages"))[:1], {"role": "assistant", "content": "no"}])
    assert chat.done(chat.actions.fork("t", key, {"messages": text}, None, True)) == "done"
    assert chat.run() == []  # there is no tool to call any more
    assert [m.content for m in chat.state().values["messages"]] == ["1 + 1?", "no"]
    assert chat.state().values["messages"][0].id is not None


def test_values_of_an_input_replace_the_input(chat: Stage) -> None:
    key = chat.key("__start__")
    form = chat.actions.form("t", key, "fork")
    assert form["as_nodes"] == ["__start__"] == [form["as_node"]] and form["next"] == ["__start__"]
    text = json.dumps([{"role": "user", "content": "2 + 2?"}])
    assert chat.done(chat.actions.fork("t", key, {"messages": text}, None, True)) == "done"
    state = chat.state().values
    assert [m.content for m in state["messages"]] == ["2 + 2?", "", "2", "it is 2"]
    assert state["plan"] == "add"  # of the same input, as it was


def test_a_second_input_is_added_to_what_there_was(chat: Stage) -> None:
    chat.graph.invoke({"messages": [("user", "again")], "plan": "mend"}, T)
    key = chat.key("__start__")
    assert json.loads(chat.text(key, "messages")) == [{"type": "human", "content": "again"}]
    text = json.dumps([{"type": "human", "content": "once more"}])
    assert chat.done(chat.actions.fork("t", key, {"messages": text, "plan": "x"}, None, True)) == "done"
    contents = [m.content for m in chat.state().values["messages"]]
    assert contents[:5] == ["1 + 1?", "", "2", "it is 2", "once more"]
    assert chat.state().values["plan"] == "x"


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"steps": "seven"}, ["steps"]),
        ({"steps": '"7"'}, ["steps"]),
        ({"steps": "7.5"}, ["steps"]),
        ({"steps": "7", "messages": "[1]"}, ["messages"]),
        ({"steps": "x", "messages": '[{"type": "human"}]'}, ["steps", "messages"]),
        ({"messages": '{"type": "human", "content": "a"}'}, ["messages"]),
        ({"messages": '[{"type": "alien", "content": "a"}]'}, ["messages"]),
        ({"messages": "[{]"}, ["messages"]),
        ({"nonesuch": "1", "steps": "7"}, ["nonesuch"]),
    ],
)
def test_nothing_is_written_when_a_value_is_wrong(chat: Stage, values: Any, names: list[str]) -> None:
    before = held(chat.saver)
    begun = chat.actions.fork("t", chat.key("tools"), values, None, True)
    assert [each["name"] for each in begun["problems"]] == names
    assert all(each["message"] for each in begun["problems"])
    assert begun["run"] is None and begun["key"] is None
    assert held(chat.saver) == before and chat.run() == [] and chat.actions.runs == []


def test_nodes_that_are_none_are_refused(chat: Stage) -> None:
    before = held(chat.saver)
    begun = chat.actions.fork("t", chat.key("tools"), {"steps": "7"}, "nobody", True)
    assert begun["problems"][0]["name"] == "as_node" and "agent" in begun["problems"][0]["message"]
    assert held(chat.saver) == before


def test_a_value_may_come_from_another_node(chat: Stage) -> None:
    key = chat.key("tools")
    begun = chat.actions.fork("t", key, {"steps": "7"}, "tools", False)
    assert chat.graph.get_state(config(begun["key"])).next == ("agent",)


def test_a_fork_without_changes_is_a_copy(chat: Stage) -> None:
    key = chat.key("tools")
    begun = chat.actions.fork("t", key, {"steps": chat.text(key, "steps")}, None, True)
    assert chat.done(begun) == "done" and chat.run() == ["agent", "tools"]
    made = chat.graph.get_state(config(begun["key"]))
    assert made.metadata["source"] == "fork"


def test_a_checkpoint_that_is_gone(chat: Stage) -> None:
    begun = chat.actions.fork("t", ("", "1ef00000-0000-6000-8000-000000000000"), {}, None, True)
    assert "is gone" in begun["problems"][0]["message"]
    with pytest.raises(LookupError, match="is gone"):
        chat.actions.form("t", ("", "1ef00000-0000-6000-8000-000000000000"), "fork")


def test_what_two_nodes_made_is_forked_as_of_both() -> None:
    stage = Stage(*parallel_graph(a=None, b=None))
    stage.graph.invoke({"n": 1}, T)
    stage.run()
    key = stage.key("last")
    assert stage.actions.form("t", key, "fork")["as_node"] is None  # LangGraph calls it ambiguous
    assert stage.done(stage.actions.fork("t", key, {"n": "2"}, None, True)) == "done"
    assert stage.run() == ["last"]
    assert stage.state().values == {"n": 2, "log": ["first", "a", "b", "last"]}


def test_a_reducer_does_not_add_to_what_was_typed() -> None:
    stage = Stage(*parallel_graph(a=None))
    stage.graph.invoke({"n": 1, "log": ["in"]}, T)
    key = stage.key("last")
    assert stage.done(stage.actions.fork("t", key, {"log": '["only"]'}, None, True)) == "done"
    assert stage.state().values["log"] == ["only", "last"]


def test_values_as_objects(chat: Stage) -> None:
    key = chat.key("tools")
    where = {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": key[1]}}
    made = chat.actions.fork_values(
        where, {"messages": [HumanMessage("hi", id="h"), AIMessage("ok")]}, run=True
    )
    assert chat.actions.wait(20)
    assert made is not None and chat.graph.get_state(made).values["messages"][0].id == "h"
    assert [m.content for m in chat.state().values["messages"]] == ["hi", "ok"]
    before = held(chat.saver)
    with pytest.raises(ValueError, match="steps: .*integer"):
        chat.actions.fork_values(where, {"steps": "many"})
    with pytest.raises(ValueError, match="nonesuch: no such channel; accepted are messages, steps, plan"):
        chat.actions.fork_values(where, {"nonesuch": 1})
    assert held(chat.saver) == before


def test_without_a_graph_it_says_how() -> None:
    actions = Actions(observe(InMemorySaver()), None)
    with pytest.raises(PermissionError, match=r"inspect\(saver, graph=graph\)"):
        actions.form("t", ("", "x"), "fork")
    with pytest.raises(PermissionError, match="code"):
        actions.rerun("t", ("", "x"))
    assert actions.graph is None and actions.runs == []


def test_langgraph_itself_is_not_needed() -> None:
    """Only its checkpointers are a dependency."""
    script = """
import sys
import langgraph.checkpoint.base, langgraph.checkpoint.memory, langgraph.store.base
class No:
    def find_spec(self, name, *rest):
        if name.startswith("langgraph.") and name.split(".")[1] not in ("checkpoint", "store", "cache"):
            raise ImportError(name)
sys.meta_path.insert(0, No())
from inmem_widgets import InMemorySaver
from inmem_widgets.observables import observe
from inmem_widgets.observables.acting.actions import Actions
from inmem_widgets.observables.acting.code import code
saver = InMemorySaver()
from langgraph.checkpoint.base import empty_checkpoint
made = saver.put({"configurable": {"thread_id": "t", "checkpoint_ns": ""}}, empty_checkpoint(), {}, {})
key = ("", made["configurable"]["checkpoint_id"])
for of in ("fork", "rerun", "resume", "state"):
    code(of, Actions(observe(saver)), thread="t", key=key)
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_the_graph_must_be_of_this_checkpointer() -> None:
    builder, _ = agent_graph()
    saver = InMemorySaver()
    for other in (InMemorySaver(), None):
        with pytest.raises(ValueError, match="graph: its checkpointer is another one"):
            Actions(observe(saver), builder.compile(checkpointer=other))
    with pytest.raises(TypeError, match="graph: got int"):
        Actions(observe(saver), 3)


def config(key: Any) -> Any:
    ns, _, checkpoint_id = key.rpartition("\n")
    return {"configurable": {"thread_id": "t", "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}}
