"""Values as text and back: the very same, of the types that are declared, or not editable and why."""

from __future__ import annotations

import datetime
import enum
import json
import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NotRequired, Optional, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)
from langgraph.graph import add_messages
from pydantic import BaseModel, ConfigDict, Field

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.acting.declared import Slot, type_text
from inmem_widgets.observables.acting.fields import field_of, same, shown, value_of
from inmem_widgets.observables.keys.edits import NotEditable


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Number(enum.IntEnum):
    ONE = 1


class Point(BaseModel):
    x: int
    at: datetime.datetime | None = None
    tags: set[str] = Field(default_factory=set)


class Far(Point):
    far: bool = True


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")


@dataclass
class Line:
    start: Point
    name: str = ""
    parts: tuple[int, ...] = ()
    more: list[Line] = field(default_factory=list)


class Row(TypedDict):
    a: int
    b: NotRequired[str]


class Tree(TypedDict):
    name: str
    leaves: list[Tree]


class Unknown:
    def __class_getitem__(cls, item: Any) -> Any:
        raise RuntimeError

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> Any:
        raise RuntimeError


VALUES: list[tuple[Any, Any, str]] = [
    (str, 'it\'s\n"so"', "text"),
    (str, "", "text"),
    (int, 10**30, "number"),
    (float, 1.5, "number"),
    (float, 3, "number"),
    (float, math.inf, "number"),
    (bool, True, "bool"),
    (Literal["a", "b"], "b", "choice"),
    (Literal[1, 2], 2, "json"),
    (Colour, Colour.BLUE, "choice"),
    (Number, Number.ONE, "json"),
    (Optional[str], None, "json"),  # noqa: UP045
    (str | None, "null", "json"),
    (int | str, "1", "json"),
    (list[int], [1, 2], "json"),
    (Sequence[int], [1], "json"),
    (dict[str, list[float]], {"a": [1.0, -0.5]}, "json"),
    (dict, {"a": [1, None, {"b": "c"}]}, "json"),
    (list, [], "json"),
    (tuple[int, str], (1, "a"), "json"),
    (set[str], {"a", "b"}, "json"),
    (frozenset[int], frozenset({1}), "json"),
    (datetime.date, datetime.date(2026, 11, 21), "json"),
    (uuid.UUID, uuid.UUID(int=5), "json"),
    (Point, Point(x=1, at=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), tags={"t"}), "json"),
    (list[Point], [Point(x=1)], "json"),
    (Point | Line, Line(Point(x=1), "n", (1, 2), [Line(Point(x=2))]), "json"),
    (Row, {"a": 1}, "json"),
    (list[Tree], [{"name": "a", "leaves": [{"name": "b", "leaves": []}]}], "json"),
    (Row | None, {"a": 1, "b": "c"}, "json"),
    (Unknown, [1, {"a": 2}], "json"),
    (Annotated[int, Field(gt=0)], 1, "number"),
    (Any, {"a": [1, "b", None, 1.5, True]}, "json"),
    (Any, "text as it is", "text"),
    (Any, 5, "json"),
    (object, [1], "json"),
    (bytes, b"abc", "json"),
]


@pytest.mark.parametrize(("declared", "value", "kind"), VALUES)
def test_values_come_back_as_they_were(declared: Any, value: Any, kind: str) -> None:
    slot = Slot("it", declared)
    given_kind, text = shown(slot, value)
    assert given_kind == kind
    back = value_of(slot, text, now=value)
    assert back == value and (type(back) is type(value) or isinstance(back, float))


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSONS, st.sampled_from([Any, object, dict, list]))
def test_all_that_is_json_can_be_edited(value: Any, declared: Any) -> None:
    if declared in (dict, list) and type(value) is not declared:
        return
    slot = Slot("it", declared)
    found = field_of(slot, value)
    assert found["editable"], found
    assert same(value_of(slot, found["text"], now=value), value)


class Foreign:
    def __repr__(self) -> str:
        raise RuntimeError

    __str__ = __eq__ = __repr__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("declared", "value", "why"),
    [
        (Any, (1, 2), "does not keep"),
        (Any, Point(x=1), "does not keep"),
        (dict, {"a": Point(x=1)}, "does not keep"),
        (dict, {1: "a"}, "does not keep"),
        (Point, Far(x=1), "does not keep"),
        (Any, b"\xff", "no JSON"),
        (Any, Foreign(), "no JSON"),
        (Any, {1, 2}, "does not keep"),
        (Any, [HumanMessage("a"), "b"], "does not keep"),
        (int, "seven", "no int as declared"),
        (str, "\ud800", "lone surrogates"),
        (str, "x" * 200_001, "200,001 characters"),
        (dict, {"a": ["x" * 1000] * 10_000}, "bytes|characters"),
        (Any, float, "no JSON"),
    ],
)
def test_what_cannot_be_edited_says_why(declared: Any, value: Any, why: str) -> None:
    found = field_of(Slot("it", declared), value)
    assert not found["editable"] and found["text"] == ""
    with pytest.raises(NotEditable, match=why):
        shown(Slot("it", declared), value)


MESSAGES: list[BaseMessage] = [
    SystemMessage("be kind", id="s"),
    HumanMessage([{"type": "text", "text": "hi"}], id="h", name="Ann"),
    AIMessage("", id="a", tool_calls=[{"name": "f", "args": {"x": [1]}, "id": "c", "type": "tool_call"}],
              usage_metadata={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
              response_metadata={"model_name": "m"}, additional_kwargs={"refusal": None}),
    ToolMessage("1", id="t", tool_call_id="c", artifact={"a": 1}, status="error"),
    HumanMessage("no id"),
]  # fmt: skip


@pytest.mark.parametrize(
    "declared",
    [list[AnyMessage], list[BaseMessage], list, Annotated[list, add_messages], Any, Sequence[BaseMessage]],
)
def test_messages(declared: Any) -> None:
    slot = Slot("messages", declared, reduces=True)
    found = field_of(slot, MESSAGES)
    assert found["editable"] and found["kind"] == "json"
    data = json.loads(found["text"])
    assert [list(each)[:2] for each in data[:2]] == [["type", "id"]] * 2
    again = value_of(slot, found["text"], now=MESSAGES)
    assert all(one is other for one, other in zip(again, MESSAGES, strict=True))  # the same objects
    data[2]["content"] = "edited"
    del data[0]
    data.append({"role": "user", "content": "new"})
    edited = value_of(slot, json.dumps(data), now=MESSAGES)
    assert [m.id for m in edited] == ["h", "a", "t", None, None]
    assert edited[1] == MESSAGES[2].model_copy(update={"content": "edited"}) and type(edited[1]) is AIMessage
    assert edited[2] is MESSAGES[3] and edited[4] == HumanMessage("new")
    fresh = value_of(slot, found["text"]) if slot.messages else []
    assert not slot.messages or fresh == MESSAGES


class Own(AIMessage):
    extra_field: int = 0


def test_messages_of_classes_that_json_does_not_know() -> None:
    slot, own = Slot("messages", list[AnyMessage]), Own("a", id="o", extra_field=3)
    now = [own, HumanMessage("b", id="h")]
    data = json.loads(shown(slot, now)[1])
    data[1]["content"] = "c"
    assert value_of(slot, json.dumps(data), now=now)[0] is own
    data[0]["content"] = "c"
    with pytest.raises(ValueError, match="0: a Own cannot be edited as JSON"):
        value_of(slot, json.dumps(data), now=now)


def test_langchains_own_dicts_are_taken() -> None:
    slot = Slot("messages", list[AnyMessage])
    text = json.dumps(
        [{"type": "human", "data": {"content": "a", "id": "h"}}, {"role": "ai", "content": "b"}]
    )
    assert value_of(slot, text) == [HumanMessage("a", id="h"), AIMessage("b")]
    assert value_of(slot, json.dumps([{"type": "remove", "content": "", "id": "x"}])) == [RemoveMessage("x")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1", "a list of messages is expected"),
        ("[1]", "0: a message is expected"),
        ('[{"type": "human"}]', "0: content is missing"),
        ('[{"role": "alien", "content": "a"}]', "0: no message"),
        ('[{"type": "tool", "content": "a"}]', "0: tool_call_id is missing"),
        ('[{"type": "ai", "content": "a", "tool_calls": [{"name": 1}]}]', "0: no message"),
        ('[{"type": "ai", "content": "a", "name": 1}]', "0.name: .*string"),
        ("[", "line 1, column 2"),
        ('[{"type": "ai", "content": NaN}]', "NaN is no JSON"),
    ],
)
def test_messages_that_are_none(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        value_of(Slot("messages", list[AnyMessage]), text)


def test_types_in_short() -> None:
    cases: dict[str, Any] = {
        "list[AnyMessage]": Annotated[list[AnyMessage], add_messages],
        "Optional": Optional,
        "int | None": int | None,
        "Literal['a', 1]": Literal["a", 1],
        "dict[str, Point]": dict[str, Point],
        "tuple[int, ...]": tuple[int, ...],
        "Any": Any,
        "object": object,
    }
    assert [type_text(declared) for declared in cases.values()] == list(cases)


@pytest.mark.parametrize(
    ("declared", "text"),
    [(Row, '{"a": "x"}'), (list[Row], '[{"b": "x"}]'), (Row, '{"a": 1, "b": 2}'), (Tree, '{"name": "a"}')],
)
def test_typed_dicts_are_checked(declared: Any, text: str) -> None:
    with pytest.raises(ValueError, match=r"(a|0\.a|b|leaves): "):
        value_of(Slot("it", declared), text)


def test_no_value_is_not_a_value() -> None:
    found = field_of(Slot("it", int), MISSING, "a hint")
    assert found["editable"] and found["text"] == "" and found["reason"] == "a hint"
