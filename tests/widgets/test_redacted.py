"""A secret planted anywhere in what is inspected is in nothing that leaves the kernel."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import Generation
from langgraph.graph import END, START, MessagesState, StateGraph

from inmem_widgets import (
    CacheCounters,
    CheckpointTimeline,
    InMemoryCache,
    InMemorySaver,
    InMemoryStore,
    KeyTable,
)
from tests.widgets.conftest import Ask
from tests.widgets.planting import Planted, values_with
from tests.widgets.test_messages import opened, request


def everything(widget: Any, planted: Planted, ask: Ask, sent: list[Any], where: str) -> None:
    planted.check(sent, f"{where}: messages")
    planted.check(widget.get_state(), f"{where}: traits")
    planted.check(widget._repr_mimebundle_(), f"{where}: mimebundle")
    planted.check(repr(widget), f"{where}: repr")


def until(ask: Ask, widget: Any, found: Callable[[list[dict[str, Any]]], Any], *messages: Any) -> list[Any]:
    """All that is sent until what is looked for is there."""
    stop, sent = time.monotonic() + 60, []
    while time.monotonic() < stop:
        sent += ask(widget, *messages, request(999, "look"))
        if found(sent):
            return sent
        time.sleep(0.02)
    raise AssertionError("waited too long")


@pytest.mark.parametrize("seed", range(6))
def test_of_a_store(ask: Ask, seed: int) -> None:
    planted, rng = Planted(seed), random.Random(seed)
    secret = planted.secret
    store = InMemoryStore[Any]()
    table = KeyTable(store, redact=planted.redact, name="store", editable=True)
    unmasked = KeyTable(store)  # what it reads first is not shown to the other
    sent = ask(table, opened(recent=True, tree=True, space=True, log=True))
    values = values_with(secret, rng)
    store.mset([(f"{name}:{secret}:{'k' * rng.choice([0, 190, 390])}", v) for name, v in values.items()])
    store.mset([(f"users:{secret}:a", 1), (f"users:{secret}x:b", 2), (f"users/{secret}/c", 3)])
    table.listed_keys()
    store.changes.flush()
    ask(unmasked, opened(recent=True, tree=True, space=True, log=True))
    sent += ask(table, request(1, "look", start=0, stop=60, expanded=[f"users:{secret}:"]))
    rows = table._sessions["v"]._sent["rows"]
    assert len(rows) == len({row["id"] for row in rows}) == len(store)
    number = 10
    for row in rows:
        sent += ask(table, request(number, "open", id=row["id"]), request(number + 1, "value"))
        assert table.open_key in store.store
        view = next(m["result"] for m in reversed(sent) if m.get("id") == number + 1)
        number += 2
        for form in view["formats"]:
            sent += ask(table, request(number, "value", format=form))
            blocks = sent[-1].get("result", {}).get("blocks", ())
            for block in blocks:
                if block.get("more"):
                    sent += ask(table, request(number + 1, "value", format=form, offset=block["more"]))
            for path in ([], [0], [1], [0, 0], [1, 0]):
                sent += ask(table, request(number + 2, "value", format=form, path=path))
            number += 3
        sent += ask(table, request(number, "code", of="value"))
        number += 1
    for form in ("csv", "jsonl", "parquet"):
        for piece in range(100):
            sent += ask(table, request(number + piece, "export", format=form, piece=piece))
            answer = next(m for m in reversed(sent) if m.get("id") == number + piece)
            assert "error" not in answer, answer
            if answer["result"]["last"]:
                break
        number += 100
    sent += ask(table, request(number, "select", ids=[row["id"] for row in rows[:3]]))
    assert len(table.selection) == 3 and all(key in store.store for key in table.selection)
    for of in ("view", "selection", "delete", "bulk"):
        number += 1
        sent += ask(table, request(number, "code", of=of))
    for query in ({"filter": secret}, {"filter": "", "namespace": f"users:{secret}:"}, {"namespace": ""}):
        number += 1
        sent += ask(table, request(number, "query", **query))
        table.listed_keys()
        sent += ask(table, request(number, "look"))
    sent += ask(table, request(number + 1, "log", group="key"), request(number + 2, "older", before=10))
    first = rows[0]
    sent += ask(table, request(number + 3, "delete", ids=[first["id"]]))
    store.changes.flush()
    sent += ask(table, request(number + 4, "look"))
    everything(table, planted, ask, sent, "store")
    assert planted.calls
    table.close()


@pytest.mark.parametrize("seed", range(6))
def test_of_a_cache(ask: Ask, seed: int) -> None:
    planted, rng = Planted(seed), random.Random(seed)
    secret = planted.secret
    cache = InMemoryCache(maxsize=8)
    counters = CacheCounters(cache, redact=planted.redact, name="cache")
    sent = ask(counters, opened(lookups="all", why=True, entries=True, whatif=True, log=True))
    pad = "p" * rng.choice([0, 50, 150, 190])
    for n in range(12):
        message = {"lc": 1, "type": "human", "content": f"{pad} {n} {secret} what?"}
        prompt = json.dumps([message]) if n % 3 else f"{pad} {n} {secret} what?"
        llm = f'{{"model": "m", "note": "{secret}", "temperature": {n % 2}}}---[("stop", None)]'
        cache.lookup(prompt, llm)
        cache.update(prompt, llm, [Generation(text=f"{pad}{secret} {n}", generation_info={"note": secret})])
        cache.lookup(prompt, llm)
        cache.lookup(prompt + " ", llm)
        cache.lookup(prompt.replace("what", f"why {secret}"), llm.replace("0.", f"{secret}"))
    cache.changes.flush()
    unmasked = CacheCounters(cache)  # what it reads first is not shown to the other
    ask(unmasked, opened(lookups="all", why=True, entries=True, log=True))
    sent += ask(counters, request(1, "look", start=0, stop=50))
    state = counters._sessions["v"]._sent
    entries = [
        row for name in ("rows", "entries") for row in (state.get(name) or []) if isinstance(row, dict)
    ]
    lookups = [each["number"] for each in (state.get("lookups") or []) if isinstance(each, dict)]
    number = 10
    for lookup in lookups or range(1, 40):
        number += 1
        sent += ask(counters, {**request(number, "explain"), "params": {"number": lookup}})
    assert entries
    for row in entries:
        number += 3
        sent += ask(counters, request(number, "open", id=row["id"]), request(number + 1, "value"))
        sent += ask(counters, request(number + 2, "look"))
    for of in ("stats", "entries", "lookups", "history", "whatif", "value"):
        number += 1
        sent += ask(counters, request(number, "code", of=of))
    sent += ask(counters, request(number + 1, "entries", filter=secret), request(number + 2, "look"))
    sent += ask(counters, request(number + 3, "log", group="key"), request(number + 4, "look"))
    everything(counters, planted, ask, sent, "cache")
    counters.close()


@pytest.mark.parametrize("seed", range(6))
def test_of_a_checkpointer(ask: Ask, seed: int) -> None:
    planted, rng = Planted(seed), random.Random(seed)
    secret = planted.secret
    saver = InMemorySaver()
    values = [each for name, each in values_with(secret, rng).items() if name in ("data", "text", "json")]

    class State(MessagesState):
        notes: Any

    def node(state: State) -> dict[str, Any]:
        return {
            "messages": [
                AIMessage(
                    f"{'a' * rng.choice([0, 70, 190])}{secret}",
                    tool_calls=[{"name": "f", "args": {"q": secret}, "id": "1"}],
                )
            ],
            "notes": {secret: [rng.choice(values)]},
        }

    def fails(state: State) -> dict[str, Any]:
        raise ValueError(f"{'e' * rng.choice([40, 50, 60])}{secret}")

    graph = StateGraph(State)
    graph.add_node("node", node)
    graph.add_node("fails", fails)
    graph.add_edge(START, "node")
    graph.add_edge("node", "fails")
    graph.add_edge("fails", END)
    compiled = graph.compile(checkpointer=saver)
    threads = [f"thread-{secret}", f"{secret}", "plain"]
    for thread in threads:
        given: Any = {"messages": [HumanMessage(f"{'m' * rng.choice([0, 70, 190])}{secret}")]}
        with pytest.raises(ValueError, match="e*"):
            compiled.invoke(given, {"configurable": {"thread_id": thread}, "metadata": {"user": secret}})
    unmasked = CheckpointTimeline(saver, graph=compiled)  # what it reads first is not shown to the other
    for thread in threads:
        ask(unmasked, opened(thread=thread, log=True))
    unmasked.static_html()
    line = CheckpointTimeline(saver, redact=planted.redact, name="saver", editable=True, graph=compiled)
    sent = ask(line, opened(log=True))
    shown = [each["id"] for each in sent[0]["state"]["threads"]]
    assert len(set(shown)) == 3
    number = 10
    for thread in shown:
        sent += ask(line, request(number, "look", thread=thread, start=0, stop=50))
        state = line._sessions["v"]._sent
        assert state["thread"] == thread and len(state["rows"]) >= 2, "ids lead back"
        for row in state["rows"]:
            where = {"thread": thread, "at": f"{row['ns']}\n{row['id']}"}
            for method, more in (
                ("go", {}), ("state", {"open": {}}), ("writes", {}), ("weight", {}), ("effects", {}),
                ("pin", {}), ("diff", {"against": "parent"}), ("diff", {"against": "pinned"}),
                ("form", {"of": "fork"}), ("form", {"of": "resume"}),
            ):  # fmt: skip
                number += 1
                sent += ask(line, request(number, method, **where, **more))
            number += 1
            answers = ask(line, request(number, "state", **where, open={}))
            sent += answers
            channels = [c["name"] for c in answers[-1].get("result", {}).get("channels", ())]
            for channel in channels:
                number += 1
                sent += ask(line, request(number, "value", **where, channel=channel))
            for of in ("config", "state", "diff", "fork", "rerun"):
                number += 1
                sent += ask(line, request(number, "code", of=of, **where))
    for what in ("delete", "copy", "prune", "sweep"):
        number += 1
        sent += ask(line, request(number, "plan", what=what, threads=[shown[0]], target="copy"))
        sent += ask(line, request(number, "code", of=what, threads=[shown[0]], target="copy"))
    for piece in range(200):
        number += 1
        sent += ask(line, request(number, "export", threads=None, piece=piece))
        answer = next(m for m in reversed(sent) if m.get("id") == number)
        assert "error" not in answer, answer
        if answer["result"]["last"]:
            break
    line.watch("last", lambda values: values["messages"][-1].content)
    sent += until(
        ask, line, lambda sent: all(w["progress"] is None for w in line._sessions["v"]._sent["watches"])
    )
    sent += ask(line, request(5000, "look", find=secret[:3]))
    everything(line, planted, ask, sent, "saver")
    line.close()
