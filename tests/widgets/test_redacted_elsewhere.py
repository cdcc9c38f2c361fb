"""A secret that is in interrupts, in what-if answers, in another's checkpointer, in a report, in an error."""

from __future__ import annotations

import random
import sqlite3
import time
from typing import Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import Generation
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt

from inmem_widgets import (
    CacheCounters,
    CheckpointTimeline,
    InMemoryCache,
    InMemorySaver,
    InMemoryStore,
    KeyTable,
    record,
    replay,
    watch,
)
from tests.widgets.conftest import Ask
from tests.widgets.planting import Planted, values_with
from tests.widgets.test_messages import opened, request
from tests.widgets.test_redacted import everything, until


def sqlite_saver() -> SqliteSaver:
    return SqliteSaver(sqlite3.connect(":memory:", check_same_thread=False))


class Asked(TypedDict, total=False):
    answer: str


def interrupted(saver: Any, secret: str, thread: str) -> Any:
    def ask(state: Asked) -> Asked:
        return {"answer": interrupt({"question": f"{'q' * 70}{secret} ok?", secret: [secret]})}

    graph = StateGraph(Asked)
    graph.add_node("ask", ask)
    graph.add_edge(START, "ask")
    compiled = graph.compile(checkpointer=saver)
    compiled.invoke({"answer": secret}, {"configurable": {"thread_id": thread}})
    return compiled


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", [InMemorySaver, sqlite_saver])
def test_interrupts_and_errors_of_any_checkpointer(ask: Ask, seed: int, kind: Any) -> None:
    planted = Planted(seed)
    secret, saver = planted.secret, kind()
    interrupted(saver, secret, f"t-{secret}")

    def fails(state: MessagesState) -> None:
        raise ValueError(f"{'e' * 250} wrong key {secret}")

    graph = StateGraph(MessagesState)
    graph.add_node("fails", fails)
    graph.add_edge(START, "fails")
    with pytest.raises(ValueError, match="wrong key"):
        graph.compile(checkpointer=saver).invoke(
            {"messages": [HumanMessage(secret), AIMessage(secret)]}, {"configurable": {"thread_id": "fails"}}
        )
    timeline = CheckpointTimeline(saver, redact=planted.redact)
    session = timeline._sessions
    sent = ask(timeline, opened(log=True))
    sent += until(ask, timeline, lambda found: len(session["v"]._sent.get("threads") or ()) == 2)
    number = 10
    for thread in [each["id"] for each in session["v"]._sent["threads"]]:
        look = request(number, "look", thread=thread, start=0, stop=50)
        sent += until(ask, timeline, lambda found: session["v"]._sent.get("rows"), look)
        for row in session["v"]._sent["rows"]:
            number += 3
            sent += ask(timeline, request(number, "select", id=row["id"]), request(number + 1, "look"))
    everything(timeline, planted, ask, sent, "timeline")
    timeline.close()


@pytest.mark.parametrize("seed", range(3))
def test_what_if_of_a_cache(ask: Ask, seed: int) -> None:
    planted = Planted(seed)
    secret, cache = planted.secret, InMemoryCache(maxsize=3)
    counters = CacheCounters(cache, redact=planted.redact)
    sent = ask(counters, opened(whatif=True, why=True, lookups="all"))
    for n in range(40):
        prompt, llm = f"{'p' * 60}{secret} {n % 7}", f"model {secret}"
        if cache.lookup(prompt, llm) is None:
            cache.update(prompt, llm, [Generation(text=secret)])
    cache.changes.flush()
    sent += ask(counters, request(1, "simulate"))
    sent += until(ask, counters, lambda found: counters._sessions["v"]._sent.get("whatif"))
    for number in range(1, 41, 5):
        sent += ask(counters, {**request(100 + number, "explain"), "params": {"number": number}})
    everything(counters, planted, ask, sent, "what-if")
    counters.close()


@pytest.mark.parametrize("seed", range(6))
def test_the_report_of_a_watch(ask: Ask, seed: int) -> None:
    planted, rng = Planted(seed), random.Random(seed)
    secret, store, cache, saver = planted.secret, InMemoryStore[Any](), InMemoryCache(), InMemorySaver()
    values = values_with(secret, rng)
    store.mset([(f"old:{secret}", secret), ("gone", values["data"])])
    seen = watch(store, cache, saver, redact=planted.redact, name=f"run {secret}")
    with pytest.raises(ValueError, match="no"), seen:
        work(store, cache, saver, values, secret, rng.choice([0, 250, 285, 290, 299]))
    sent = ask(seen.widget, opened())
    number = 1
    for part, told in enumerate(seen.told()):
        for section in told["sections"]:
            number += 1
            sent += ask(seen.widget, request(number, "rows", part=part, section=section["id"], start=0))
            planted.check(seen.page(part, section["id"], 0), "page")
    planted.check(seen.error, "error")
    planted.check(str(seen), "text")
    planted.check(seen.frame().to_csv(), "frame")
    everything(seen.widget, planted, ask, sent, "report")
    assert planted.calls and "•••" in str(seen)


def work(store: Any, cache: Any, saver: Any, values: Any, secret: str, pad: int) -> None:
    store.mset([(f"{name}:{secret}", value) for name, value in values.items()])
    store.mset([(f"old:{secret}", values["text"])])
    store.mdelete(["gone"])
    cache.lookup(f"prompt {secret}", f"llm {secret}")
    cache.update(f"prompt {secret}", f"llm {secret}", [Generation(text=secret)])
    cache.lookup(f"prompt {secret}", f"llm {secret}")
    interrupted(saver, secret, f"t-{secret}")
    raise ValueError(f"no {'x' * pad}{secret}")


@pytest.mark.parametrize("seed", range(3))
def test_error_messages(ask: Ask, seed: int, tmp_path: Any, caplog: pytest.LogCaptureFixture) -> None:
    planted = Planted(seed)
    secret, store = planted.secret, InMemoryStore[Any]()
    store.mset([(f"key {secret}", {"text": secret})])
    table = KeyTable(store, redact=planted.redact, editable=True)
    sent = ask(table, opened())
    row = table._sessions["v"]._sent["rows"]
    ids = [each["id"] for each in row.values()] if isinstance(row, dict) else [each["id"] for each in row]
    sent += ask(table, request(1, "open", id=ids[0]), request(2, "edit", text=f"{{{secret}"))
    sent += ask(table, request(3, "query", filter=f"/({secret}/", regex=True), request(4, secret))
    sent += ask(table, request(5, "query", sort=secret), request(6, "open", id=secret))
    everything(table, planted, ask, sent, "table")
    with record(tmp_path / "r.jsonl", store, redact=planted.redact) as recording:
        store.mset([(f"{secret}2", {1, (2,)})])
        until_written = time.monotonic() + 60
        while not recording.flush(1):
            assert time.monotonic() < until_written
        planted.check([recording.problem, repr(recording)], "recording")
    with replay(tmp_path / "r.jsonl") as found:
        planted.check([found.problem, repr(found)], "replay")
    planted.check(caplog.text, "logged")
    table.close()
