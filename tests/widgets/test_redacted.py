"""A secret planted anywhere in what is inspected is in nothing that leaves the kernel."""

from __future__ import annotations

import base64
import gzip
import io
import json
import pickle
import random
import re
import string
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ormsgpack
import pytest
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, Generation
from langgraph.graph import END, START, MessagesState, StateGraph

from inmem_widgets import (
    CacheCounters,
    CheckpointTimeline,
    InMemoryCache,
    InMemorySaver,
    InMemoryStore,
    KeyTable,
    import_threads,
    inspect,
    record,
    replay,
    to_frame,
)
from tests.widgets.conftest import Ask
from tests.widgets.test_messages import opened, request

PART = 8
"""Characters of a secret in a row that must not be seen either: it may have been cut."""


@dataclass
class Record:
    note: str
    inner: Any = None


class Planted:
    """A secret, what masks it, and whether something holds it."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        letters = string.ascii_letters + string.digits
        if seed % 3 == 1:  # these are spelt differently in JSON and in what `repr` gives
            letters = string.ascii_letters + "äöüßéñ漢字"
        self.secret = "".join(rng.choice(letters) for _ in range(rng.choice([12, 40, 150])))
        self.parts = {self.secret[i : i + PART] for i in range(len(self.secret) - PART + 1)}
        self.calls = 0

    def redact(self, text: str) -> str:
        self.calls += 1
        return text.replace(self.secret, "•••")

    def check(self, left: Any, where: str) -> None:
        for text in texts_of(left):
            if "\\u" in text:
                text = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
            found = [part for part in self.parts if part in text]
            assert not found, f"{where}: {found[0]!r} of the secret in {text[:400]!r}"


def texts_of(left: Any) -> Iterator[str]:
    """All texts in something, files in base64 and compressed ones opened."""
    if isinstance(left, str):
        yield left
        if len(left) > 16:
            try:
                data = base64.b64decode(left, validate=True)
            except ValueError:
                return
            yield from texts_of(data)
    elif isinstance(left, bytes):
        yield left.decode("utf-8", "replace")
        for opened in (gzip.decompress, zlib.decompress):
            try:
                yield from texts_of(opened(left))
            except Exception:
                continue
    elif isinstance(left, dict):
        for key, each in left.items():
            if key in ("_esm", "_css", "script", "style"):
                continue
            yield from texts_of(key)
            yield from texts_of(each)
    elif isinstance(left, list | tuple):
        for each in left:
            yield from texts_of(each)


def values_with(secret: str, rng: random.Random) -> dict[str, Any]:
    pad = "x" * rng.choice([0, 30, 70, 110, 180, 195, 480])
    text = f"{pad}{secret} and more {'y' * 300}"
    data = {"plain": 1, secret: {"deep": [{"api": text}, (secret,), {secret}]}}
    return {
        "text": text,
        "json": json.dumps(data, default=list),
        "data": data,
        "bytes": text.encode(),
        "binary": b"\xff\xfe\x00" + text.encode() + b"\x80",
        "gzip": gzip.compress(json.dumps({"key": text}).encode()),
        "zlib": zlib.compress(text.encode()),
        "base64": base64.b64encode(b"nothing secret here, really"),
        "pickle": pickle.dumps({"key": text, "deep": [secret]}),
        "msgpack": ormsgpack.packb({"key": text, secret: [1, secret]}),
        "messages": [
            HumanMessage(text, name=secret[:0] or None, id=f"id-{secret}"),
            AIMessage(
                [{"type": "text", "text": text}, {"type": "other", "value": secret}],
                tool_calls=[
                    {"name": f"tool-{secret}", "args": {"query": text, secret: [secret]}, "id": secret}
                ],
                response_metadata={"key": secret},
            ),
            ToolMessage(text, tool_call_id=secret),
        ],
        "markdown": f"# Title {text}\n\n- **{secret}**\n- `{secret}`\n\n```\n{secret}\n```",
        "document": Document(text, metadata={"source": secret, secret: 1}),
        "generation": [ChatGeneration(message=AIMessage(text)), Generation(text=text)],
        "record": Record(text, {"a": Record(secret)}),
        "table": [{"name": secret, "n": i, secret: text} for i in range(5)],
        "csv": "name,value\n" + "\n".join(f"{secret},{i}" for i in range(5)),
        "long": "z" * 250_000 + secret + "z" * 250_000,
        "error": ValueError(text),
        "class": type(secret, (), {"note": secret}) if secret.isidentifier() else None,
        "path": Path("/home") / secret,
        "mixed": [text, text.encode(), bytearray(text.encode()), {1: secret}, float("nan"), None],
    }


def everything(widget: Any, planted: Planted, ask: Ask, sent: list[Any], where: str) -> None:
    planted.check(sent, f"{where}: messages")
    planted.check(widget.get_state(), f"{where}: traits")
    planted.check(widget._repr_mimebundle_(), f"{where}: mimebundle")
    planted.check(repr(widget), f"{where}: repr")


def until(ask: Ask, widget: Any, found: Callable[[list[dict[str, Any]]], Any], *messages: Any) -> list[Any]:
    """All that is sent until what is looked for is there."""
    stop, sent = time.monotonic() + 20, []
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
    sent = ask(table, opened(recent=True, tree=True, space=True, log=True))
    values = values_with(secret, rng)
    store.mset([(f"{name}:{secret}:{'k' * rng.choice([0, 190, 390])}", v) for name, v in values.items()])
    store.mset([(f"users:{secret}:a", 1), (f"users:{secret}x:b", 2), (f"users/{secret}/c", 3)])
    table.listed_keys()
    store.changes.flush()
    sent += ask(table, request(1, "look", start=0, stop=60, expanded=[f"users:{secret}:"]))
    rows = next(m["set"]["rows"] for m in reversed(sent) if m["kind"] == "patch" and m["set"].get("rows"))
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
        raise ValueError(f"{'e' * rng.choice([0, 60, 190])}{secret}")

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
        counters.entries_frame(mask=False), counters.lookups_frame(mask=False), counters.events_frame(),
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
