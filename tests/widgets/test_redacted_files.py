"""A secret planted in what is recorded, exported or made a frame of is in no file and no frame."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import Generation
from langgraph.graph import START, MessagesState, StateGraph

from inmem_widgets import (
    InMemoryCache,
    InMemorySaver,
    InMemoryStore,
    import_threads,
    inspect,
    observe,
    record,
    replay,
    to_frame,
)
from tests.widgets.planting import Planted, values_with


@pytest.mark.parametrize("seed", range(6))
def test_of_a_recording(tmp_path: Path, seed: int) -> None:
    planted, rng = Planted(seed), random.Random(seed)
    secret = planted.secret
    store, cache, saver = InMemoryStore[Any](), InMemoryCache(), InMemorySaver()
    values = values_with(secret, rng)
    store.mset([(f"first:{secret}:{name}", v) for name, v in values.items()])
    path = tmp_path / "r.jsonl"
    graph = StateGraph(MessagesState)
    graph.add_node("node", lambda state: {"messages": [AIMessage(secret)]})
    graph.add_edge(START, "node")
    compiled = graph.compile(checkpointer=saver)
    config: Any = {"configurable": {"thread_id": f"t-{secret}"}, "metadata": {"user": secret}}
    compiled.invoke({"messages": [HumanMessage(secret)]}, config)
    with record(path, store, cache, saver, redact=planted.redact):
        store.mset([(f"{name}:{secret}", v) for name, v in values.items()])
        store.mset([(f"{secret}-1", 1), (secret, 2)])
        store.mdelete([f"text:{secret}"])
        cache.lookup(f"prompt {secret}", f"llm {secret}")
        cache.update(f"prompt {secret}", f"llm {secret}", [Generation(text=secret)])
        compiled.invoke({"messages": [HumanMessage(secret)]}, config)
    for line in path.read_text().splitlines():
        planted.check(json.loads(line), "recording")
    with replay(path) as found:
        assert found.problem == ""
        assert len(found.objects["store"]) == len(store)
        assert found.objects["cache"].stats() == cache.stats()
        assert len(list(found.objects["saver"].list(None))) == len(list(saver.list(None)))


def test_of_a_frame() -> None:
    planted = Planted(2)
    store = InMemoryStore[Any]()
    store.mset(
        [(f"k-{planted.secret}", f"{'x' * 190}{planted.secret}"), (planted.secret, {"a": planted.secret})]
    )
    frame = to_frame(store, redact=planted.redact)
    file = io.StringIO()
    frame.to_csv(file)
    planted.check(file.getvalue(), "frame")
    assert len(frame) == 2


def test_columns_are_called_as_documented_whatever_is_masked() -> None:
    store = InMemoryStore[Any]()
    store.mset([("a", "b")])
    assert [*to_frame(store, redact=lambda text: "…").columns] == [*to_frame(store).columns]


def test_of_what_widgets_give_to_python(tmp_path: Path) -> None:
    planted = Planted(3)
    secret = planted.secret
    store, cache, saver = InMemoryStore[Any](), InMemoryCache(), InMemorySaver()
    table, counters, line = inspect(store, cache, saver, redact=planted.redact).widgets
    store.mset([(f"{secret}-1", secret), (f"{secret}-2", {"a": [secret]}), ("m", [HumanMessage(secret)])])
    cache.lookup(secret, secret)
    cache.update(secret, secret, [Generation(text=secret)])
    graph = StateGraph(MessagesState)
    graph.add_node("node", lambda state: {"messages": [AIMessage(secret)]})
    graph.add_edge(START, "node")
    given: Any = {"messages": [HumanMessage(secret)]}
    graph.compile(checkpointer=saver).invoke(given, {"configurable": {"thread_id": secret}})
    store.changes.flush()
    frames = [
        table.to_frame(), table.events_frame(), table.difference(0, table.observable.log.last),
        table.at(1).frame(), to_frame(table.at(1), values=True),
        counters.entries_frame(mask=False), counters.lookups_frame(mask=False), counters.events_frame(),
        counters.at(2).frame(), to_frame(counters.at(2), mask=False, values=True),
        line.checkpoints_frame(), line.writes_frame(), line.weight_frame(), line.diff_frame(),
        to_frame(line, "states"),
    ]  # fmt: skip
    for frame in frames:
        assert len(frame)
        planted.check([frame.to_csv(), str(frame.to_dict())], "frame")
    line.export(tmp_path / "threads.jsonl")
    for written in (tmp_path / "threads.jsonl").read_text().splitlines():
        planted.check(json.loads(written), "exported")
    assert import_threads(InMemorySaver(), tmp_path / "threads.jsonl").checkpoints == 3


def test_of_a_log_that_is_spilled(tmp_path: Path) -> None:
    planted = Planted(4)
    secret = planted.secret
    store = InMemoryStore[Any]()
    seen = observe(store)
    seen.log.limit(2, 1_000_000)
    seen.log.spill(tmp_path / "spilled.jsonl", redact=planted.redact)
    for n in range(20):
        store.mset([(f"{secret}-{n}", f"{'x' * n * 10}{secret}")])
    store.changes.flush()
    seen.log.spill(None)
    lines = (tmp_path / "spilled.jsonl").read_text().splitlines()
    assert lines
    for line in lines:
        planted.check(json.loads(line), "spilled")
