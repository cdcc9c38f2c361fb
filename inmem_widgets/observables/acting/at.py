"""A checkpoint as its graph sees it: what runs next, what had finished, what its channels take."""

from __future__ import annotations

import typing
from dataclasses import dataclass, field
from typing import Annotated, Any

import pydantic
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.acting import chats
from inmem_widgets.observables.acting.calls import Calls
from inmem_widgets.observables.acting.declared import Slot, unwrapped
from inmem_widgets.observables.acting.runs import newest_of
from inmem_widgets.observables.diffs.ran import TASKS
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import config_of

START = "__start__"
ROOT = "__root__"
EDITS = 50
"""Manual updates in a row that are gone back over, to what ran before them."""


@dataclass
class At:
    """A checkpoint as the graph sees it."""

    snapshot: Any
    """`StateSnapshot` of the checkpoint, as a record."""
    saved: CheckpointTuple
    pregel: Any
    """The graph, or the subgraph whose checkpoint it is."""
    newest: CheckpointTuple
    """The newest checkpoint of the thread's root graph."""
    parents: dict[str, str]
    """Ids of the checkpoints by namespace: those it was called from, and itself."""
    called_in_place: bool
    """Those it was called from are the newest …"""
    in_place: bool
    """… and it is, too: running the thread goes on from here."""
    ran: list[str]
    """The nodes that ran to make it."""
    sent: bool
    """Some ran because something was sent to them (`Send`), which LangGraph does not count."""
    slots: dict[str, Slot] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    """By channel; of an input that is not taken yet, the input."""
    input: bool = False

    @property
    def config(self) -> RunnableConfig:
        config: RunnableConfig = self.snapshot.config
        return config

    @property
    def ns(self) -> str:
        return str(self.saved.config["configurable"].get("checkpoint_ns", ""))

    @property
    def finished(self) -> list[Any]:
        """The tasks that had finished, and do not run again; none once all their writes were taken over."""
        done = [task for task in self.snapshot.tasks if task.result is not None]
        return done if self.in_place or len(done) < len(self.snapshot.tasks) else []

    @property
    def as_node(self) -> str | None:
        """Where a manual update is taken to come from; None if that cannot be known. LangGraph's own guess,
        unless the nodes that ran last were sent something: it would take the one that ran before."""
        if self.sent:
            return self.ran[0] if len(self.ran) == 1 else None
        infer = getattr(self.pregel, "_infer_as_node", None)
        found = infer(self.saved.checkpoint["versions_seen"]) if infer is not None else None
        return str(found) if found is not None else None

    @property
    def as_nodes(self) -> list[str]:
        if self.input:
            return [START]
        return [name for name, node in self.pregel.nodes.items() if node.flat_writers]


async def look(calls: Calls, thread_id: Any, key: Key) -> At:
    """What there is at a checkpoint.

    Raises:
        LookupError: it is gone, or the graph cannot reach it.
    """
    config = config_of(str(thread_id), key)
    saved = await calls.saved(config)
    newest = await calls.saved(newest_of(config))
    if saved is None or newest is None:
        why = (
            "is gone"
            if isinstance(thread_id, str)
            else f"cannot be reached: a graph takes {thread_id!r:.80} as text"
        )
        raise LookupError(f"checkpoint: {preview(key[1])} of thread {preview(thread_id)} {why}")
    snapshot = await calls.state(config)
    parents = {**(saved.metadata.get("parents") or {}), key[0]: key[1]}
    late = set()
    for ns, checkpoint_id in parents.items():
        latest = await calls.saved({"configurable": {"thread_id": str(thread_id), "checkpoint_ns": ns}})
        if latest is None or latest.checkpoint["id"] != checkpoint_id:
            late.add(ns)
    pregel = graph_of(calls.graph, key[0])
    ran, sent = await _ran(calls, saved)
    at = At(snapshot, saved, pregel, newest, parents, late <= {key[0]}, not late, ran, sent)
    waiting = saved.checkpoint["channel_values"].get(START, MISSING)
    at.input = waiting is not MISSING and START in snapshot.next
    at.slots = slots(at.pregel, inputs=at.input)
    at.values = _values(at, waiting)
    return at


async def _ran(calls: Calls, saved: CheckpointTuple) -> tuple[list[str], bool]:
    """The nodes that ran to make a checkpoint, or what it was edited from; whether some were sent to."""
    from langgraph.types import Send

    now, parent = saved, await _parent(calls, saved)
    ran = _saw(now, parent)
    for _ in range(EDITS):
        if now.metadata.get("source") != "update" or parent is None:
            break
        now, parent = parent, await _parent(calls, parent)
    if parent is None or now.metadata.get("source") not in ("loop", "fork"):
        return ran, False
    packets = parent.checkpoint["channel_values"].get(TASKS) or []
    sent = [packet.node for packet in packets if isinstance(packet, Send)]
    return (list(dict.fromkeys([*_saw(now, parent), *sent])), True) if sent else (ran, False)


async def _parent(calls: Calls, saved: CheckpointTuple) -> CheckpointTuple | None:
    return None if saved.parent_config is None else await calls.saved(saved.parent_config)


def _saw(saved: CheckpointTuple, parent: CheckpointTuple | None) -> list[str]:
    """The nodes that saw other versions of channels than at the parent."""
    before = {} if parent is None else parent.checkpoint["versions_seen"]
    return [
        name for name, it in saved.checkpoint["versions_seen"].items()
        if not name.startswith("__") and it != before.get(name)
    ]  # fmt: skip


def graph_of(graph: Any, ns: str) -> Any:
    """The (sub)graph that made a namespace's checkpoints.

    Raises:
        LookupError: LangGraph does not find it.
    """
    if not ns:
        return graph
    names = subgraph_name(ns)
    for _, found in graph.get_subgraphs(namespace=names, recurse=True):
        return found
    raise LookupError(f"graph: LangGraph finds no subgraph {names!r:.200} in it, so nothing can be run there")


def subgraph_name(ns: str) -> str:
    """The names of the nodes that called a subgraph, as `graph.get_subgraphs` has them."""
    return "|".join(part.split(":")[0] for part in ns.split("|") if not part.isdigit())


def _values(at: At, waiting: Any) -> dict[str, Any]:
    if at.input:
        if ROOT in at.slots:
            return {ROOT: waiting}
        found = waiting if isinstance(waiting, dict) else getattr(waiting, "__dict__", {})
        return {name: _input(at.slots[name], it) for name, it in found.items() if name in at.slots}
    now = at.snapshot.values
    if ROOT in at.slots:
        return {ROOT: now}
    now = now if isinstance(now, dict) else {}
    stored = at.saved.checkpoint["channel_values"]
    found = {name: stored[name] for name in at.slots if name in stored}
    return {**found, **{name: now[name] for name in at.slots if name in now}}


def _input(slot: Slot, value: Any) -> Any:
    """Messages may be given as dicts, tuples or text."""
    if not slot.messages:
        return value
    try:
        return chats.checked(value)
    except ValueError:
        return value


def slots(pregel: Any, *, inputs: bool = False) -> dict[str, Slot]:
    """The channels that the author of a graph declared; of its input only, where that is to be given."""
    from langgraph.channels import BinaryOperatorAggregate, DeltaChannel, Topic, UntrackedValue

    builder: Any = getattr(pregel, "builder", None)
    schemas = getattr(builder, "schemas", None)
    if schemas is None:
        return {}
    first = builder.input_schema if inputs else builder.state_schema
    types: dict[str, Any] = {}
    for schema in (first,) if inputs else (first, *schemas):
        for name, declared in _declared(schema).items():
            types.setdefault(name, declared)
    found = {}
    for name, declared in types.items():
        channel = pregel.channels.get(name)
        if channel is None or name not in builder.channels:
            continue
        closed = ""
        if isinstance(channel, Topic):
            closed = "its writes are collected; they cannot be replaced"
        elif isinstance(channel, UntrackedValue):
            closed = "it is not kept in checkpoints"
        reduces = isinstance(channel, BinaryOperatorAggregate | DeltaChannel) and not inputs
        found[name] = Slot(name, declared, reduces, closed)
    return found


def _declared(schema: Any) -> dict[str, Any]:
    if not hasattr(schema, "__annotations__"):
        return {ROOT: schema}
    found = {name: unwrapped(it) for name, it in typing.get_type_hints(schema, include_extras=True).items()}
    if isinstance(schema, type) and issubclass(schema, pydantic.BaseModel):
        for name, info in schema.model_fields.items():
            if info.metadata and name in found and typing.get_origin(found[name]) is not Annotated:
                found[name] = Annotated[(found[name], *info.metadata)]
    return found
