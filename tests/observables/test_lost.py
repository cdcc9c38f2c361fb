"""Values whose classes are gone: LangGraph gives their data, and it is told which classes they were."""

from __future__ import annotations

import dataclasses
import enum
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import ormsgpack
import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver as Reference
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver
from pydantic import BaseModel

from inmem_widgets import InMemorySaver
from inmem_widgets.observables.reading import lost
from tests.observables.seeing import newest, seen
from tests.observables.test_readers import Cipher, put

SAVERS = ("ours", "upstream", "sqlite")
VALUES = {"plan": {"a": 1}, "messages": [HumanMessage("hi", id="h"), AIMessage("ho", id="a")]}


@contextmanager
def saver_with(kind: str, serde: Any) -> Iterator[Any]:
    if kind == "sqlite":
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        yield SqliteSaver(connection, serde=serde)
        connection.close()
    else:
        yield (InMemorySaver if kind == "ours" else Reference)(serde=serde)


@pytest.fixture(params=SAVERS)
def kind(request: Any) -> str:
    found: str = request.param
    return found


@pytest.fixture
def trips() -> Iterator[ModuleType]:
    """A module with classes that a test may delete."""
    module: Any = ModuleType("trips")

    class Plan(BaseModel):
        city: str
        nights: int = 1

    @dataclasses.dataclass
    class Leg:
        to: str
        plan: Any = None

    class Mood(enum.Enum):
        GOOD = "good"

    for each in (Plan, Leg, Mood):
        each.__module__ = "trips"
        each.__qualname__ = each.__name__
        setattr(module, each.__name__, each)
    sys.modules["trips"] = module
    yield module
    sys.modules.pop("trips", None)


def inside(value: Any) -> int:
    """Bytes of an object, as msgpack has it."""
    sizes: list[int] = []
    data = JsonPlusSerializer().dumps_typed(value)[1]
    ormsgpack.unpackb(data, ext_hook=lambda code, inner: sizes.append(len(inner)))
    return sizes[0]


def state_of(saver: Any) -> Any:
    observable = seen(saver)
    return observable.reader.state("t", newest(observable))


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_class_that_is_gone_is_told_with_its_bytes_and_its_data_are_shown(
    kind: str, encrypted: bool, trips: Any
) -> None:
    serde = EncryptedSerializer(Cipher()) if encrypted else JsonPlusSerializer()
    with saver_with(kind, serde) as saver:
        put(saver, {**VALUES, "trip": trips.Plan(city="Oslo"), "legs": [trips.Leg("a"), trips.Leg("b")]})
        assert state_of(saver).remarks == {}
        plan = inside(trips.Plan(city="Oslo"))
        legs = 2 * inside(trips.Leg("a"))
        del sys.modules["trips"]
        state = state_of(saver)
        assert state.values["trip"] == {"city": "Oslo", "nights": 1}
        assert state.values["plan"] == {"a": 1}
        assert [type(each) for each in state.values["messages"]] == [HumanMessage, AIMessage]
        assert {name: text.replace(": not found here", "") for name, text in state.remarks.items()} == {
            "trip": f"shown as plain data: trips.Plan ({plan} bytes)",
            "legs": f"shown as plain data: trips.Leg (2 times, {legs} bytes)",
        }


def test_a_class_that_is_gone_within_another_is_told(kind: str, trips: Any) -> None:
    with saver_with(kind, JsonPlusSerializer()) as saver:
        put(saver, {"leg": {"deep": [(trips.Leg("a", trips.Mood.GOOD),)]}, "mood": trips.Mood.GOOD})
        del trips.Mood
        state = state_of(saver)
        assert state.values["leg"]["deep"][0][0].plan == "good"
        assert "trips.Mood" in state.remarks["leg"] and "Leg" not in state.remarks["leg"]
        assert set(state.remarks) == {"leg", "mood"}


def test_a_class_that_is_there_again_is_not_told_of_any_more(kind: str, trips: Any) -> None:
    with saver_with(kind, JsonPlusSerializer()) as saver:
        put(saver, {"trip": trips.Plan(city="Oslo")})
        del sys.modules["trips"]
        assert state_of(saver).remarks
        sys.modules["trips"] = trips
        assert state_of(saver).remarks == {}


def test_a_class_that_the_serializer_may_not_make(kind: str, trips: Any) -> None:
    with saver_with(kind, JsonPlusSerializer(allowed_msgpack_modules=[("trips", "Leg")])) as saver:
        put(saver, {"trip": trips.Plan(city="Oslo"), "leg": trips.Leg("a"), "messages": VALUES["messages"]})
        state = state_of(saver)
        plan = inside(trips.Plan(city="Oslo"))
        assert type(state.values["trip"]) is dict and type(state.values["leg"]) is trips.Leg
        assert state.remarks == {
            "trip": f"shown as plain data: trips.Plan ({plan} bytes): the serializer may not make them"
        }


def test_nothing_is_imported_and_nothing_is_read_twice(trips: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    saver = InMemorySaver()
    put(saver, {"trips": [trips.Plan(city=str(at)) for at in range(200)], **VALUES})
    observable = seen(saver)
    key = newest(observable)
    assert observable.reader.state("t", key).remarks == {}
    monkeypatch.setattr(lost, "_scan", None)
    assert observable.reader.state("t", key).remarks == {}  # known by what is stored
    before = {*sys.modules}
    serde = JsonPlusSerializer()
    assert lost._there("json.tool", "main") is ("json.tool" in before)
    monkeypatch.undo()
    stored = serde.dumps_typed(trips.Plan(city="Oslo"))
    del sys.modules["trips"]
    assert lost.lost_in(serde, stored)
    assert {*sys.modules} == before - {"trips"}


def test_what_is_no_value_of_this_serializer_is_left_alone() -> None:
    class Own(JsonPlusSerializer):
        def loads_typed(self, data: Any) -> Any:
            return "mine"

    stored = JsonPlusSerializer().dumps_typed(HumanMessage("hi"))
    for serde in (Own(), JsonPlusSerializer(__unpack_ext_hook__=lambda code, data: 0), object()):
        assert lost.lost_in(serde, stored) == ""  # type: ignore[arg-type]
    for data in (b"", b"\xc1", b"\xc7\x02\x00\x93", memoryview(b"\xc7"), None, "text"):
        assert lost.lost_in(JsonPlusSerializer(), ("msgpack", data)) == ""  # type: ignore[arg-type]
        assert lost.lost_by_channel(JsonPlusSerializer(), ("msgpack", data)) == {}  # type: ignore[arg-type]
