"""Delta channels: of most checkpoints only their writes are stored, and the value is rebuilt from those.

With the graph's channels it is rebuilt as `graph.get_state` does it (`langgraph.channels.DeltaChannel`).
Without, the reducer is assumed from what was written: messages go by their ids, lists are appended,
dicts updated, sets united.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from langchain_core.messages import BaseMessage, RemoveMessage, convert_to_messages
from langgraph.checkpoint.base import DeltaChannelHistory
from langgraph.checkpoint.serde.types import _DeltaSnapshot

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.reading.reader import Undecodable

COUNTERS = "counters_since_delta_snapshot"
"""The metadata that tell of delta channels."""
REMOVE_ALL = "__remove_all__"
_OVERWRITE = "__overwrite__"

Specs: TypeAlias = Mapping[str, Any] | Callable[[str], Mapping[str, Any]]
"""A graph's channels by name; or a function that gives them for a checkpoint namespace."""


def specs_in(specs: Specs | None, ns: str) -> Mapping[str, Any]:
    """The channels of the graph that a checkpoint namespace belongs to, if they are known."""
    if callable(specs):
        return specs(ns)
    return specs if specs is not None and not ns else {}


def graph_specs(graph: Any) -> Specs:
    """The channels of a compiled graph, and of its subgraphs by the names of their nodes."""

    def of(ns: str) -> Mapping[str, Any]:
        path = "|".join(part.partition(":")[0] for part in ns.split("|") if not part.isdigit())
        if not path:
            found: Mapping[str, Any] = graph.channels
            return found
        subgraphs = graph.get_subgraphs(namespace=path, recurse=True)
        return next((each.channels for name, each in subgraphs if name == path), {})

    return of


def delta_channels(
    specs: Mapping[str, Any], versions: Mapping[str, Any], stored: Any, metadata: Mapping[str, Any]
) -> list[str]:
    """Channels that were written, but whose value is not stored with the checkpoint.

    Args:
        specs: The graph's channels, where they are known.
        versions: The checkpoint's channel versions.
        stored: The names of the channels with a stored value.
        metadata: The checkpoint's.
    """
    counters = metadata.get(COUNTERS)
    counted = counters if isinstance(counters, Mapping) else {}
    return [
        name
        for name in versions
        if name not in stored
        and (name in counted or type(specs.get(name)).__name__ in ("DeltaChannel", "BinaryOperatorAggregate"))
    ]


def plain(value: Any) -> Any:
    """The value that a snapshot of a delta channel holds."""
    return value.value if isinstance(value, _DeltaSnapshot) else value


def rebuild(history: DeltaChannelHistory, spec: Any = None) -> tuple[Any, str]:
    """(value, how it came about)."""
    seed = plain(history.get("seed", MISSING))
    if isinstance(seed, Undecodable):
        return seed, "the snapshot it is rebuilt from cannot be read"
    writes = [write for write in history["writes"] if not isinstance(write[2], Undecodable)]
    lost = len(history["writes"]) - len(writes)
    remark = f"rebuilt from {len(writes)} write{'' if len(writes) == 1 else 's'}"
    if lost:
        remark += f"; {lost} more cannot be read"
    if spec is not None:
        try:
            return _replay(spec, {**history, "writes": writes}), remark
        except Exception as error:  # the graph's own reducer
            remark += f"; the graph's channel failed ({type(error).__name__})"
    if not writes:
        return (None, "its writes are gone") if seed is MISSING else (seed, remark if lost else "")
    value, kind = _assume(seed, [value for _, _, value in writes])
    return value, remark + (f", assumed to be {kind}" if kind else "")


def _replay(spec: Any, history: DeltaChannelHistory) -> Any:
    """As LangGraph does it (`langgraph.pregel._checkpoint._replay`)."""
    from langgraph._internal._typing import MISSING as ABSENT

    channel = spec.from_checkpoint(history.get("seed", ABSENT))
    if hasattr(channel, "replay_writes"):
        channel.replay_writes(history["writes"])
    else:
        for _, _, value in history["writes"]:
            channel.update([value])
    return channel.get()


def _assume(base: Any, writes: list[Any]) -> tuple[Any, str]:
    """(value, kind) after writes to a channel whose reducer is not known."""
    rest: list[Any] = []
    for value in writes:
        overwrites, new = _overwrite(value)
        if overwrites:
            base, rest = (MISSING if new is None else copy.copy(new)), []
        else:
            rest.append(value)
    if not rest:
        return (None if base is MISSING else base), ""
    first = rest[0] if base is MISSING else base
    if isinstance(first, dict):
        merged = {} if base is MISSING else dict(base)
        for value in rest:
            if not isinstance(value, Mapping):
                return rest[-1], "the last write"
            merged.update(value)
        return merged, "updated"
    if isinstance(first, set | frozenset) and all(isinstance(value, set | frozenset) for value in rest):
        return set().union(*([] if base is MISSING else [base]), *rest), "united"
    if isinstance(first, list | BaseMessage):
        before = [] if base is MISSING else list(base) if isinstance(base, list) else [base]
        added = [item for value in rest for item in (value if isinstance(value, list) else [value])]
        if any(isinstance(item, BaseMessage) for item in (*before, *added)):
            try:
                return _add_messages(convert_to_messages(before), convert_to_messages(added)), "messages"
            except Exception:  # some are none
                pass
        return before + added, "appended"
    return rest[-1], "the last write"


def _add_messages(before: list[BaseMessage], added: list[BaseMessage]) -> list[BaseMessage]:
    """As `langgraph.graph.message.add_messages`, but nothing is given an id."""
    kept: list[BaseMessage | None] = list(before)
    at = {message.id: i for i, message in enumerate(before) if message.id is not None}
    for message in added:
        if isinstance(message, RemoveMessage):
            if message.id == REMOVE_ALL:
                kept, at = [], {}
            elif (i := at.pop(message.id or "", None)) is not None:
                kept[i] = None
        elif message.id is not None and message.id in at:
            kept[at[message.id]] = message
        else:
            if message.id is not None:
                at[message.id] = len(kept)
            kept.append(message)
    return [message for message in kept if message is not None]


def _overwrite(value: Any) -> tuple[bool, Any]:
    """Whether a write replaces the whole value, and by what (`langgraph.types.Overwrite`)."""
    if type(value).__name__ == "Overwrite" and type(value).__module__ == "langgraph.types":
        return True, value.value
    if isinstance(value, dict):
        if len(value) == 1 and _OVERWRITE in value:
            return True, value[_OVERWRITE]
        if value.get("type") == _OVERWRITE and "value" in value:
            return True, value["value"]
    return False, None
