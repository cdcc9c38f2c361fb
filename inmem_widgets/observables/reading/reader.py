"""What a reader of a checkpointer offers, whichever that is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.wire import How


@dataclass(frozen=True, slots=True)
class Undecodable:
    """Stands in for a value, or a part of one, that cannot be deserialised."""

    type: str
    """The serializer's tag, such as "msgpack" or "pickle"; of a part, the class it was of."""
    size: int
    """Bytes."""
    error: str


@dataclass(frozen=True, slots=True)
class SavedWrite:
    """A write saved beside a checkpoint."""

    task: str
    """The task's id."""
    path: str
    """The task's path, as "~__pregel_pull, agent"; "" where the checkpointer does not tell."""
    channel: str
    value: Any
    """Perhaps an `Undecodable`."""
    size: int | None
    """Bytes as stored, without encryption where that is not told apart."""


@dataclass(frozen=True, slots=True)
class State:
    """The channel values of a checkpoint: fresh objects, delta channels rebuilt."""

    values: dict[str, Any]
    remarks: dict[str, str] = field(default_factory=dict)
    """By channel, such as "rebuilt from 12 writes"."""
    problem: str = ""
    """Why nothing can be read (now)."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes as stored, by channel, where they are known."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is stored for a thread, in bytes; writes without their checkpoint are among it."""

    rows: dict[Key, int] = field(default_factory=dict)
    blobs: dict[tuple[str, str, Any], int] = field(default_factory=dict)
    """By (namespace, channel, version)."""
    writes: dict[Key, int] = field(default_factory=dict)
    how: How = "exact"

    @property
    def total(self) -> int:
        return sum(self.rows.values()) + sum(self.blobs.values()) + sum(self.writes.values())


class Orphan(NamedTuple):
    """Writes whose checkpoint is not there."""

    thread_id: Any
    key: Key
    size: int


class Unreadable(RuntimeError):
    """A foreign checkpointer cannot be read at the moment; the text says why."""


class Reader(Protocol):
    """Reads a checkpointer: from any thread, without changing it or adding to it.

    It holds the checkpointer weakly, and raises for no single value: what cannot be deserialised is
    an `Undecodable`. Once the checkpointer is gone, there is nothing in it. One that is not ours may
    be busy or closed: `state` then tells so by its `problem`, the others raise `Unreadable`.
    """

    @property
    def own(self) -> bool:
        """Whether it is one of ours, read in place: quick, exact, and never busy."""

    channels_of: Mapping[str, Any] | Callable[[str], Mapping[str, Any]] | None
    """The graph's channels, by which delta channels are rebuilt exactly: `graph.channels`, or
    `delta.graph_specs(graph)`, which knows those of subgraphs, too."""

    def state(self, thread_id: Any, key: Key) -> State | None:
        """None where there is no such checkpoint."""

    def lazily(self, thread_id: Any, key: Key) -> Mapping[str, Any] | None:
        """The channel values, each decoded when it is asked for; fresh objects, read-only."""

    def channels(self, thread_id: Any, key: Key, names: Collection[str]) -> dict[str, Any] | None:
        """The values of some channels; those without one are left out."""

    def writes(self, thread_id: Any, key: Key) -> list[SavedWrite] | None:
        """What is saved beside a checkpoint, in replay order; None where there is neither."""

    def held(self, thread_id: Any) -> Held: ...

    def ghosts(self) -> tuple[list[Any], list[Orphan]]:
        """Threads for which something is stored, but no checkpoint; writes without their checkpoint."""
