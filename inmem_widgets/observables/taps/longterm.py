"""LangGraph's stores (long-term memory): what their methods tell. Namespaces are a path, the key its end."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from langgraph.store.base import BaseStore, GetOp, PutOp, SearchOp
from langgraph.store.base.batch import AsyncBatchedBaseStore
from langgraph.store.memory import InMemoryStore

from inmem_widgets.core.change import Raw, deleted, got, wrote
from inmem_widgets.observables.tappedstore import TappedStore
from inmem_widgets.observables.taps.calls import Call, Direct, End, Event, Method
from inmem_widgets.observables.taps.items import MemoryItems, SearchedItems, place
from inmem_widgets.observables.taps.mirror import StoreStandIn
from inmem_widgets.observables.taps.reader import Reader
from inmem_widgets.observables.taps.stores import given, stood_in

BATCH, ABATCH = InMemoryStore.batch, InMemoryStore.abatch
NAMESPACES = 1_000
"""Namespaces whose texts are remembered."""
PASSING = 64
"""Calls remembered that may pass their operations on to another method."""


def tapped(store: BaseStore) -> TappedStore:
    """The observable of any of LangGraph's stores."""
    return stood_in(store, _reader, methods, lambda _: "long-term stores")


def _reader(store: BaseStore) -> Reader:
    if isinstance(store, InMemoryStore):
        return MemoryItems()
    for module, names, reader in (
        ("langgraph.store.sqlite", ("SqliteStore", "AsyncSqliteStore"), "SqliteItems"),
        ("langgraph.store.postgres", ("PostgresStore", "AsyncPostgresStore"), "PostgresItems"),
    ):
        found = sys.modules.get(module)
        if found is not None and isinstance(store, tuple(getattr(found, name) for name in names)):
            from inmem_widgets.observables.taps import rows

            made: Reader = getattr(rows, reader)(store)
            return made
    return SearchedItems(store)


def methods(stand_in: StoreStandIn) -> dict[str, Method]:
    """How a store's methods are told: all of those it does not leave to its `batch` or `abatch`."""
    feed = stand_in
    passing: deque[Call] = deque(maxlen=PASSING)
    queued = isinstance(stand_in.object, AsyncBatchedBaseStore)

    def written(puts: Sequence[tuple[Any, Any, Any]]) -> End:
        """What operations (namespace, key, value or None) come to; of a key the last one counts."""
        if len(puts) == 1 and (value := puts[0][2]) is not None:
            keys, values = [place(puts[0][0], puts[0][1])], [value]
            before = feed.before(keys)
            return lambda result: feed.wrote(keys, values, before)
        last = {place(namespace, key): value for namespace, key, value in puts}
        kept = {key: value for key, value in last.items() if value is not None}
        gone = feed.there([key for key, value in last.items() if value is None])
        old, old_gone = feed.before([*kept]), feed.before(gone)

        def end(result: Any) -> list[Event]:
            return [*feed.wrote([*kept], [*kept.values()], old), *feed.deleted(gone, old_gone)]

        return end

    def batch(call: Call) -> End | None:
        passed = _first(call)
        if any(each.open and _first(each) is passed for each in [*passing]):
            return None
        if queued and _for_others(call.obj):
            return None
        ops = given(call, "ops")
        puts = [(op.namespace, op.key, op.value) for op in ops if isinstance(op, PutOp)]
        reads = feed.changes.wants_reads and any(isinstance(op, GetOp | SearchOp) for op in ops)
        if not puts and not reads:
            return None
        end = written(puts)
        passing.append(call)

        def told(result: Any) -> list[Event]:
            with suppress(ValueError):
                passing.remove(call)
            read = _found(ops, result) if reads else []
            return [*end(result), *read]

        return told

    def put(call: Call) -> End:
        namespace, key, value = _bound(call, "namespace", "key", "value")
        return written([(namespace, key, dict(value))])

    def delete(call: Call) -> End:
        namespace, key = _bound(call, "namespace", "key")
        return written([(namespace, key, None)])

    def get(call: Call) -> End:
        namespace, key = _bound(call, "namespace", "key")
        return lambda item: [("get", [place(namespace, key)], [None if item is None else item.value])]

    def search(call: Call) -> End:
        return lambda items: _searched(items)

    within: dict[tuple[str, ...], str] = {}

    def placed(namespace: Any, key: Any) -> str:
        """As `place`; the text of a namespace is made once."""
        if type(key) is not str or "/" in key or "%" in key:
            return place(namespace, key)
        start = within.get(namespace)
        if start is None:
            if len(within) >= NAMESPACES:
                within.clear()
            start = within[namespace] = place(namespace, "")
        return start + key

    def batch_one(store: Any, ops: Any) -> Raw | None:
        """One operation of a store in memory, which asks nobody for embeddings."""
        if type(ops) is not list or len(ops) != 1 or store.index_config is not None:
            return None
        (op,) = ops
        kind = type(op)
        if kind is PutOp:
            key = placed(op.namespace, op.key)
            return feed.deleting(None, key) if op.value is None else feed.setting(None, key, op)
        if kind is GetOp:
            return (got, placed(op.namespace, op.key)) if feed.changes.wants_reads else ()
        return None

    def after_one(store: Any, begun: Any, items: Any) -> Raw:
        sort = begun[0]
        if sort is wrote:
            op = begun[2]
            item = store._data[op.namespace].get(op.key)
            begun[2] = op.value if item is None else item.value  # a copy that the store has made
            return feed.was_set(begun, True)
        if sort is deleted:
            return feed.was_deleted(begun, True)
        item = items[0]
        return feed.got(begun[1], None if item is None else item.value)

    in_memory = type(stand_in.object) is InMemoryStore
    known = dict.fromkeys((BATCH, ABATCH), Direct(batch_one, after_one)) if in_memory else {}
    how = {
        "batch": Method(batch, direct=known), "put": Method(put), "delete": Method(delete),
        "get": Method(get, reads=True), "search": Method(search, reads=True),
    }  # fmt: skip
    how.update({f"a{name}": method for name, method in how.items()})
    kind = type(stand_in.object)
    own = {name for name in how if getattr(kind, name, None) is not getattr(BaseStore, name)}
    return {name: method for name, method in how.items() if name in own or name.endswith("batch")}


def _first(call: Call) -> Any:
    return call.args[0] if call.args else next(iter(call.kwargs.values()), None)


def _for_others(store: AsyncBatchedBaseStore) -> bool:
    """Whether this is the task that carries out what other methods, which are told, have queued."""
    try:
        return asyncio.current_task() is store._task
    except RuntimeError:
        return False


def _bound(call: Call, *names: str) -> list[Any]:
    return [
        call.args[at] if at < len(call.args) else call.kwargs[name]
        for at, name in enumerate(names)
    ]  # fmt: skip


def _found(ops: Sequence[Any], results: Sequence[Any]) -> list[Event]:
    events: list[Event] = []
    for op, result in zip(ops, results, strict=False):
        if isinstance(op, GetOp):
            value = None if result is None else result.value
            events.append(("get", [place(op.namespace, op.key)], [value]))
        elif isinstance(op, SearchOp):
            events += _searched(result)
    return events


def _searched(items: Sequence[Any]) -> list[Event]:
    keys = [place(item.namespace, item.key) for item in items]
    return [("get", keys, [item.value for item in items])] if keys else []
