"""The screen tells the truth: a view that applies its patches has what a fresh view would get."""

from __future__ import annotations

import fnmatch
import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.base import empty_checkpoint

from inmem_widgets import InMemorySaver, InMemoryStore, observe
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.session import Session, State, apply
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.timeline.browser import TimelineBrowser
from inmem_widgets.observables.values import type_label

KEYS = st.sampled_from([f"ns:{i}" for i in range(12)] + ["", "\ud800", "long" * 500, "مرحبا", "<b>"])
LISTS = st.lists(st.integers(), max_size=3)
VALUES = st.none() | st.integers() | st.text(max_size=20) | st.binary(max_size=20) | LISTS
WINDOWS = st.tuples(st.integers(0, 20), st.integers(0, 12))


class Client:
    """What the front end does with what it is sent, through JSON as on the wire."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.state: State = {}

    def open(self, params: Mapping[str, Any]) -> None:
        self.state = json.loads(json.dumps(self.session.open(params)))

    def update(self, params: Mapping[str, Any] | None = None) -> None:
        patch = self.session.patch(params)
        if patch is not None:
            self.state = apply(self.state, json.loads(json.dumps(patch)))

    def shows(self) -> State:
        return {k: v for k, v in self.state.items() if k not in ("seq", "now", "history")}

    def should_show(self, make: Any) -> State:
        state = json.loads(json.dumps(make(self.session.params)))
        return {k: v for k, v in state.items() if k not in ("seq", "now", "history")}


NAMESPACES = st.lists(st.sampled_from(["ns:", "a/"]), max_size=2)
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "filter": st.sampled_from(["", "1", "NS", "ns:*", "?", "zzz"]),
        "types": st.lists(st.sampled_from(["int", "str", "list", "bytes"]), max_size=2),
        "min_size": st.none() | st.integers(0, 30),
        "namespace": st.sampled_from(["", "ns:"]),
        "sort": st.sampled_from(["stored", "key", "type", "size", "changed", "preview"]),
        "descending": st.booleans(),
        "delimiters": st.none() | st.sampled_from(["", ":", ":/"]),
        "colour": st.just("red"),  # refused, and shown to be
    },
)
FACES = st.fixed_dictionaries(
    {},
    optional={"tree": st.booleans(), "expanded": NAMESPACES, "space": st.booleans(), "recent": st.booleans()},
)
OPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.dictionaries(KEYS, VALUES, max_size=5)),
        st.tuples(st.just("delete"), st.lists(KEYS, max_size=5)),
        st.tuples(st.just("direct"), KEYS),
        st.tuples(st.just("reset"), st.dictionaries(KEYS, VALUES, max_size=5)),
        st.tuples(st.just("look"), WINDOWS),
        st.tuples(st.just("open"), WINDOWS),
        st.tuples(st.just("update"), st.none()),
        st.tuples(st.just("query"), QUERIES),
        st.tuples(st.just("faces"), FACES),
        st.tuples(st.just("select"), st.lists(KEYS, max_size=4)),
        st.tuples(st.just("select rows"), st.tuples(st.integers(0, 8), st.integers(0, 8), st.booleans())),
        st.tuples(st.just("value"), st.none() | KEYS),
        st.tuples(st.just("remove"), st.lists(KEYS, max_size=2)),
        st.tuples(st.just("bulk"), st.none()),
        st.tuples(st.just("cancel"), st.none()),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(OPS)
def test_key_table(ops: list[tuple[str, Any]]) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    browser = KeyBrowser(observe(store), editable=True)
    news = threading.Event()
    browser.on_update(news.set)
    make, observable = browser.state, browser.observable
    client, other = Client(Session("v", make)), Client(Session("w", make))
    client.open({})
    other.open({})
    for op, arg in ops:
        if op == "set":
            store.mset(arg)
        elif op == "delete":
            store.mdelete(arg)
        elif op == "direct":  # behind our back: no event, but never a wrong row once looked at
            store.store[arg] = "direct"
        elif op == "reset":
            store.store = dict(arg)
        elif op == "look":
            client.update({"start": arg[0], "stop": arg[0] + arg[1]})
        elif op == "open":
            client.open({"start": arg[0], "stop": arg[0] + arg[1]})
        elif op == "query":
            browser.answer("query", arg)
        elif op == "faces":
            client.update(arg)
        elif op == "select":
            browser.selection = arg
        elif op == "select rows":
            browser.answer("select", {"first": arg[0], "last": arg[0] + arg[1], "add": arg[2]})
        elif op == "value":
            browser.open_key = arg
        elif op == "remove":
            browser.answer("delete", {"ids": [observable.key_id(key) for key in arg]})
        elif op == "bulk":
            with suppress(ValueError, RuntimeError):  # the list is another one by now, or was given up
                shown = client.state
                given = {"query": shown["query"], "count": shown["size"], "changes": shown["changes"]}
                browser.answer("bulk", given)
        elif op == "cancel":
            browser.answer("cancel", {})
        else:
            client.update()
    if browser.bulk is not None:
        assert browser.bulk.wait(30)
    assert store.changes.flush(30)
    given_up = ("cancel", None) in ops
    if not given_up:
        browser.keys()  # waits until the list is up to date
    for each in (client, other):
        for _ in range(200):  # faces are made in the background
            news.clear()
            each.update()
            if each.shows() == each.should_show(make):
                break
            news.wait(0.05)
        assert each.shows() == each.should_show(make)
    shown, start = client.state["rows"], client.state["start"]
    if browser.query.natural:
        assert client.state["size"] == len(store)
    if not given_up and not any(op == "direct" for op, _ in ops) and browser.query.sort != "changed":
        expected = listed(store.store, browser.query)
        assert client.state["size"] == len(expected)
        ids = [hash(key) & ((1 << 53) - 1) for key in expected[start : start + len(shown)]]
        assert [row["id"] for row in shown] == ids
    browser.close()


def listed(data: dict[str, Any], query: Query) -> list[str]:
    """What a query lists, the plain way."""
    folded = query.filter.islower()

    def fits(key: str) -> bool:
        size, _ = size_of(data[key])
        if query.matching == "glob":
            found = fnmatch.fnmatchcase(key, query.filter)
        else:
            found = query.filter in (key.lower() if folded else key)
        typed = not query.types or type_label(data[key]) in query.types
        return found and typed and key.startswith(query.namespace) and (size or 0) >= (query.min_size or 0)

    keys = [key for key in data if fits(key)]
    sorts: dict[str, Any] = {
        "key": lambda key: key,
        "type": lambda key: type_label(data[key]),
        "size": lambda key: size_of(data[key])[0],
        "preview": lambda key: preview(data[key]),
    }
    if query.sort in sorts:
        keys.sort(key=sorts[query.sort], reverse=query.descending)
    elif query.descending:
        keys.reverse()
    return keys


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["put", "fork", "writes", "delete", "patch", "look", "anchor", "find", "choose"]),
            st.sampled_from(["t1", "t2"]),
            st.integers(0, 8),
        ),
        max_size=30,
    )
)
def test_timeline(ops: list[tuple[str, str, int]]) -> None:
    saver = InMemorySaver()
    browser = TimelineBrowser(observe(saver))
    make = browser.state
    client = Client(Session("v", make))
    client.open({})
    heads: dict[str, list[str]] = {}
    for n, (op, thread, i) in enumerate(ops):
        known = heads.setdefault(thread, [])
        config: Any = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
        if op in ("put", "fork"):
            checkpoint = {**empty_checkpoint(), "id": f"{n:04}"}
            if known:
                config["configurable"]["checkpoint_id"] = known[-1 if op == "put" else i % len(known)]
            saver.put(config, checkpoint, {"source": "loop", "step": n, "parents": {}}, {})  # type: ignore[arg-type]
            known.append(f"{n:04}")
        elif op == "writes" and known:
            config["configurable"]["checkpoint_id"] = known[i % len(known)]
            saver.put_writes(config, [("__interrupt__", 1)], "task")
        elif op == "delete":
            saver.delete_thread(thread)
            known.clear()
        elif op == "look":
            client.update({"thread": thread, "start": i, "stop": i + 5, "anchor": None})
        elif op == "anchor" and client.state["rows"]:
            start, first = client.state["start"], client.state["rows"][0]
            client.update({"start": start, "stop": start + 5, "anchor": f"\n{first['id']}"})
        elif op == "find":
            client.update({"find": thread if i % 2 else ""})
        elif op == "choose" and known:
            chosen = {"thread_id": thread, "checkpoint_id": known[i % len(known)]}
            browser.selection = {"configurable": chosen} if i % 3 else None
        else:
            client.update()
    assert saver.changes.flush(30)
    client.update()
    assert observe(saver).settle(10)
    client.update()
    assert client.shows() == client.should_show(make)
    assert client.state["checkpoint_count"] == sum(map(len, heads.values()))
    # which thread is shown where none was chosen is each timeline's own
    wanted = {**client.session.params, "thread": client.state["thread"]}
    another = TimelineBrowser(observe(saver))
    another.selection = browser.selection
    fresh = another.state(wanted)
    assert client.state["rows"] == json.loads(json.dumps(fresh["rows"]))


def test_a_patch_out_of_turn_is_refused() -> None:
    store: InMemoryStore[int] = InMemoryStore()
    session = Session("v", KeyBrowser(observe(store)).state)
    state = session.open({})
    store.mset([("a", 1)])
    lost = session.patch()
    store.mset([("b", 1)])
    assert lost is not None
    late = session.patch()
    assert late is not None
    with pytest.raises(ValueError, match="follows"):
        apply(state, late)


def test_nothing_new_is_no_patch() -> None:
    store: InMemoryStore[int] = InMemoryStore()
    session = Session("v", KeyBrowser(observe(store)).state)
    session.open({})
    assert session.patch() is None
