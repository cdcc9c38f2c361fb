"""Forks of states that are declared otherwise than as typed dicts: checked as what they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict

import pytest
from langgraph.channels import DeltaChannel
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel, Field, field_validator

from tests.observables.acting import Stage, T, held


class Plan(BaseModel):
    city: str
    days: int = Field(gt=0)


class Strict(BaseModel):
    plan: Plan
    mode: Literal["fast", "slow"] = "fast"
    budget: float = Field(default=1.0, ge=0)
    done: bool = False

    @field_validator("mode")
    @classmethod
    def known(cls, mode: str) -> str:
        return mode


def _through(state: Any) -> Any:
    return {"done": True}


@pytest.fixture
def strict() -> Stage:
    builder: Any = StateGraph(Strict).add_node("one", _through).add_node("two", _through)
    builder.add_edge(START, "one").add_edge("one", "two").add_edge("two", END)
    stage = Stage(builder, [])
    stage.graph.invoke({"plan": Plan(city="Rome", days=2)}, T)
    return stage


def test_pydantic_states(strict: Stage) -> None:
    key = strict.key("two")
    fields = {each["name"]: each for each in strict.actions.form("t", key, "fork")["fields"]}
    assert {name: each["kind"] for name, each in fields.items()} == {
        "plan": "json", "mode": "choice", "budget": "number", "done": "bool",
    }  # fmt: skip
    assert fields["mode"]["choices"] == ["fast", "slow"] and fields["plan"]["type"] == "Plan"
    assert json.loads(fields["plan"]["text"]) == {"city": "Rome", "days": 2}
    given = {"plan": '{"city": "Oslo", "days": 3}', "mode": "slow", "budget": "2"}
    assert strict.done(strict.actions.fork("t", key, given, None, True)) == "done"
    values = strict.state().values
    assert (
        values["plan"] == Plan(city="Oslo", days=3) and values["mode"] == "slow" and values["budget"] == 2.0
    )


@pytest.mark.parametrize(
    ("values", "name", "says"),
    [
        ({"plan": '{"city": "Oslo", "days": 0}'}, "plan", "days"),
        ({"plan": '{"days": 1}'}, "plan", "city"),
        ({"mode": "idle"}, "mode", "'fast' or 'slow'"),
        ({"budget": "-1"}, "budget", "greater than or equal to 0"),
        ({"done": "yes"}, "done", "JSON"),
    ],
)
def test_pydantic_states_say_what_is_wrong(strict: Stage, values: Any, name: str, says: str) -> None:
    before = held(strict.saver)
    problems = strict.actions.fork("t", strict.key("two"), values, None, True)["problems"]
    assert [each["name"] for each in problems] == [name] and says in problems[0]["message"]
    assert held(strict.saver) == before


class Pair(BaseModel):
    low: int = 0
    high: int = 9

    @field_validator("high")
    @classmethod
    def above(cls, high: int, info: Any) -> int:
        if high < info.data.get("low", 0):
            raise ValueError("high is below low")
        return high


def test_the_whole_model_is_asked() -> None:
    builder: Any = StateGraph(Pair).add_node("one", lambda s: {}).add_node("two", lambda s: {})
    builder.add_edge(START, "one").add_edge("one", "two")
    stage = Stage(builder, [])
    stage.graph.invoke({"low": 5, "high": 7}, T)
    before = held(stage.saver)
    problems = stage.actions.fork("t", stage.key("two"), {"high": "3"}, None, True)["problems"]
    assert problems == [{"name": "high", "message": "Value error, high is below low"}]
    assert held(stage.saver) == before


@dataclass
class Trip:
    city: str
    days: int = 1
    tags: Annotated[tuple[str, ...], "no reducer"] = ()


def test_dataclass_states() -> None:
    builder: Any = (
        StateGraph(Trip).add_node("one", lambda s: {"days": s.days + 1}).add_node("two", lambda s: {})
    )
    builder.add_edge(START, "one").add_edge("one", "two")
    stage = Stage(builder, [])
    stage.graph.invoke(Trip("Rome", 1, ("a",)), T)
    key = stage.key("two")
    assert (
        stage.done(stage.actions.fork("t", key, {"city": "Oslo", "tags": '["b", "c"]'}, None, True)) == "done"
    )
    # LangGraph's serializer makes lists of tuples
    assert stage.state().values == {"city": "Oslo", "days": 2, "tags": ["b", "c"]}


def _joined(state: list[str], writes: Any) -> list[str]:
    return [*(state or []), *(item for write in writes for item in write)]


class Delta(TypedDict):
    log: Annotated[list[str], DeltaChannel(_joined)]
    n: int


def test_delta_channels() -> None:
    builder: Any = StateGraph(Delta).add_node("one", lambda s: {"log": ["one"]})
    builder.add_node("two", lambda s: {"log": ["two"]}).add_edge(START, "one").add_edge("one", "two")
    stage = Stage(builder, [])
    stage.graph.invoke({"log": ["in"], "n": 1}, T)
    key = stage.key("two")
    assert json.loads(stage.text(key, "log")) == ["in", "one"]
    assert stage.done(stage.actions.fork("t", key, {"log": '["typed"]'}, None, True)) == "done"
    assert stage.state().values["log"] == ["typed", "two"]
    assert stage.done(stage.actions.fork("t", key, {"n": "2"}, None, True)) == "done"
    assert stage.state().values["log"] == ["in", "one", "two"]
