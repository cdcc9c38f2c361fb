"""The forms of real graphs: which channels can be edited, and the answers to interrupts."""

from __future__ import annotations

import datetime
import json
from typing import Annotated, Any, NotRequired, TypedDict

import pytest
from langgraph.channels import Topic, UntrackedValue
from langgraph.func import entrypoint
from langgraph.graph import START, StateGraph
from langgraph.managed import RemainingSteps
from langgraph.types import interrupt
from pydantic import BaseModel

from inmem_widgets import InMemorySaver
from inmem_widgets.observables import observe
from inmem_widgets.observables.acting.actions import Actions
from inmem_widgets.observables.acting.declared import Slot
from inmem_widgets.observables.acting.fields import field_of
from tests.observables.acting import Log, Stage, T, held, parallel_graph


class Wide(TypedDict):
    text: Annotated[str, "said"]
    left: RemainingSteps
    queue: Annotated[list[str], Topic(str, accumulate=True)]
    here: Annotated[Any, UntrackedValue]
    later: NotRequired[int]


class Private(TypedDict):
    secret: str


def test_the_channels_of_a_graph() -> None:
    def one(state: Wide) -> Private:
        return {"secret": "s"}

    def two(state: Private) -> dict[str, Any]:
        return {"queue": "q"}

    builder: Any = StateGraph(Wide).add_node("one", one).add_node("two", two)
    stage = Stage(builder.add_edge(START, "one").add_edge("one", "two"), [])
    stage.graph.invoke({"text": "t"}, T)
    key = stage.key("two")
    fields = {each["name"]: each for each in stage.actions.form("t", key, "fork")["fields"]}
    assert fields.keys() == {"text", "queue", "here", "later", "secret"}  # no managed ones
    assert fields["text"]["text"] == "t" and fields["secret"]["text"] == "s"
    assert {name for name, each in fields.items() if not each["editable"]} == {"queue", "here"}
    assert fields["later"]["text"] == "" and fields["later"]["kind"] == "number"
    before = held(stage.saver)
    for name in ("queue", "here"):
        problems = stage.actions.fork("t", key, {name: "[1]"}, None, False)["problems"]
        assert [each["name"] for each in problems] == [name] and fields[name]["reason"] in problems[0][
            "message"
        ]
    assert held(stage.saver) == before
    begun = stage.actions.fork("t", key, {"secret": "x", "later": "4"}, None, False)
    assert begun["problems"] == []
    fields = {each["name"]: each for each in stage.actions.form("t", stage.key("two"), "fork")["fields"]}
    assert fields["secret"]["text"] == "x" and fields["later"]["text"] == "4"


def test_a_state_that_is_one_value() -> None:
    builder: Any = StateGraph(Annotated[list[str], lambda a, b: a + b])  # type: ignore[type-var]
    builder.add_node("one", lambda s: ["one"]).add_node("two", lambda s: ["two"])
    stage = Stage(builder.add_edge(START, "one").add_edge("one", "two"), [])
    stage.graph.invoke(["in"], T)
    key = stage.key("two")
    assert json.loads(stage.text(key, "__root__")) == ["in", "one"]
    assert stage.done(stage.actions.fork("t", key, {"__root__": '["x"]'}, None, True)) == "done"
    assert stage.state().values == ["x", "two"]
    assert (
        stage.done(stage.actions.fork("t", stage.key("__start__"), {"__root__": '["y"]'}, None, True))
        == "done"
    )
    assert stage.state().values == ["y", "one", "two"]


def test_a_graph_that_declares_no_state() -> None:
    saver = InMemorySaver()

    @entrypoint(checkpointer=saver)
    def work(given: int) -> int:
        return given + int(interrupt("more?"))

    work.invoke(1, T)
    actions = Actions(observe(saver), work)
    config = work.get_state(T).config["configurable"]
    key = ("", config["checkpoint_id"])
    form = actions.form("t", key, "fork")
    assert not any(each["editable"] for each in form["fields"])
    (asked,) = actions.form("t", key, "resume")["fields"]
    assert asked["label"] == "work"
    begun = actions.resume("t", key, {asked["name"]: "4"})
    assert begun["problems"] == [] and actions.wait(20) and actions.runs[0]["state"] == "done"


class Verdict(BaseModel):
    ok: bool


@pytest.mark.parametrize(
    ("schema", "kind", "good", "value", "bad"),
    [
        (None, "text", "yes", "yes", '{"a"'),
        (None, "text", "true", True, "[1"),
        (None, "text", '"true"', "true", '"x'),
        ({"type": "string"}, "text", "true", "true", None),
        ({"type": "integer"}, "number", "3", 3, "3.5"),
        ({"type": "number"}, "number", "3.5", 3.5, "true"),
        ({"type": "boolean"}, "bool", "true", True, "1"),
        ({"type": "string", "enum": ["a", "b"]}, "choice", "b", "b", "c"),
        ({"type": "object"}, "json", '{"a": 1}', {"a": 1}, "a"),
        (Verdict, "json", '{"ok": true}', Verdict(ok=True), "{"),
    ],
)
def test_answers_by_their_schema(schema: Any, kind: str, good: str, value: Any, bad: str | None) -> None:
    got: list[Any] = []

    def ask(state: Log) -> None:
        got.append(interrupt("<b>well?</b>", response_schema=schema))

    stage = Stage(*parallel_graph(ask=ask))
    stage.graph.invoke({"n": 1}, T)
    key = ("", stage.state().config["configurable"]["checkpoint_id"])
    form = stage.actions.form("t", key, "resume")
    (asked,) = form["fields"]
    assert asked["kind"] == kind and asked["reason"].startswith("<b>well?</b>") and asked["text"] == ""
    assert asked["choices"] == (["a", "b"] if kind == "choice" else [])
    if bad is not None:
        before = held(stage.saver)
        problems = stage.actions.resume("t", key, {asked["name"]: bad})["problems"]
        assert [each["name"] for each in problems] == [asked["name"]]
        assert held(stage.saver) == before
    assert stage.done(stage.actions.resume("t", key, {asked["name"]: good})) == "done"
    assert got == [value]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Shall I?", "Shall I?"),
        ({"question": "Shall I? " * 40, "of": ["yes", "no"]}, "Shall I? " * 40),  # all of it
        ({"at": datetime.date(2026, 11, 21)}, "{'at': datetime.date(2026, 11, 21)}"),
        ({"text": "x" * 100_000}, "xxx…'}"),
    ],
)
def test_what_an_interrupt_asks(asked: Any, told: str) -> None:

    def ask(state: Log) -> None:
        interrupt(asked)

    stage = Stage(*parallel_graph(ask=ask))
    stage.graph.invoke({"n": 1}, T)
    key = ("", stage.state().config["configurable"]["checkpoint_id"])
    (field,) = stage.actions.form("t", key, "resume")["fields"]
    assert told in field["reason"]
    assert len(field["reason"]) <= 2_000
    assert (field["type"], field["label"]) == ("an answer: JSON, or text as it is", "ask")


def test_an_answer_that_the_node_refuses_can_be_given_again() -> None:
    def ask(state: Log) -> str:
        return str(interrupt("well?", response_schema=Verdict))

    stage = Stage(*parallel_graph(ask=ask))
    stage.graph.invoke({"n": 1}, T)
    key = ("", stage.state().config["configurable"]["checkpoint_id"])
    (asked,) = stage.actions.form("t", key, "resume")["fields"]
    assert stage.done(stage.actions.resume("t", key, {asked["name"]: '{"ok": "what"}'})) == "failed"
    assert "ValidationError" in stage.actions.runs[0]["error"]
    assert stage.done(stage.actions.resume("t", key, {asked["name"]: '{"ok": false}'})) == "done"


def test_hostile_names_and_texts() -> None:
    found = field_of(Slot("\ud800<b>", str), "a")
    json.dumps(found).encode()
    assert found["name"].encode()
