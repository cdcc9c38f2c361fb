"""Reads our own checkpointer in place: each value by itself, with its exact size, and no lock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from inmem_widgets.core.checkpoints.codec import EMPTY, Row, Stored, channel_versions
from inmem_widgets.core.checkpoints.history import delta_history
from inmem_widgets.core.checkpoints.tables import Namespace
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.observables.reading.catalog import as_dict
from inmem_widgets.observables.reading.delta import Specs, delta_channels, plain, rebuild, specs_in
from inmem_widgets.observables.reading.lenient import Lenient, error_text, load_leniently
from inmem_widgets.observables.reading.lost import lost_in
from inmem_widgets.observables.reading.reader import Held, Orphan, SavedWrite, State, Undecodable
from inmem_widgets.observables.reading.stored import ghosts_in, held_in, size_of_stored, writes_in
from inmem_widgets.observables.threads.lanes import Key


class OwnReader:
    """A `Reader` of an `InMemorySaver` of ours.

    Args:
        source: Gives the saver; None once it is gone.
    """

    own = True

    def __init__(self, source: Callable[[], InMemorySaver | None]) -> None:
        self._source = source
        self.channels_of: Specs | None = None

    def lazily(self, thread_id: Any, key: Key) -> LazyState | None:
        source = self._source()
        space = None if source is None else source._tables.find(thread_id, key[0])
        if source is None or space is None:
            return None
        while (row := space.rows.get(key[1])) is not None:
            try:
                found = LazyState(source, space, key[1], row, specs_in(self.channels_of, key[0]))
            except Exception as error:
                return LazyState.unreadable(source, error)
            now = space.rows.get(key[1])
            if now is row or now == row:  # else changed by another thread: its blobs may be gone
                return found
        return None

    def state(self, thread_id: Any, key: Key) -> State | None:
        found = self.lazily(thread_id, key)
        if found is None:
            return None
        values = dict(found)
        return State(values, {**found.lost(), **found.remarks}, found.problem, found.sizes())

    def channels(self, thread_id: Any, key: Key, names: Collection[str]) -> dict[str, Any] | None:
        found = self.lazily(thread_id, key)
        return None if found is None else {name: found[name] for name in names if name in found}

    def writes(self, thread_id: Any, key: Key) -> list[SavedWrite] | None:
        source = self._source()
        return None if source is None else writes_in(source._tables, thread_id, key, source.serde)

    def held(self, thread_id: Any) -> Held:
        source = self._source()
        return Held() if source is None else held_in(source._tables, thread_id)

    def ghosts(self) -> tuple[list[Any], list[Orphan]]:
        source = self._source()
        return ([], []) if source is None else ghosts_in(source._tables)


class LazyState(Mapping[str, Any]):
    """The channel values of a checkpoint, each decoded when it is first asked for.

    What is stored is held from the beginning: it may be deleted meanwhile.
    """

    def __init__(
        self,
        source: InMemorySaver,
        space: Namespace,
        checkpoint_id: str,
        row: Row,
        specs: Mapping[str, Any],
    ) -> None:
        self._serde, self._space, self._id, self._specs = source.serde, space, checkpoint_id, specs
        self._values: dict[str, Any] = {}
        self.remarks: dict[str, str] = {}
        self.problem = ""
        versions, blobs = as_dict(channel_versions(source.serde, row)), space.blobs
        self._stored: dict[str, Stored] = {}
        for channel, version in versions.items():
            found = blobs.get(channel)
            stored = None if found is None else found.get(version)
            if stored is not None and (type(stored) is not tuple or stored[0] != EMPTY[0]):
                self._stored[channel] = stored
        self._delta: list[str] = []
        if len(self._stored) < len(versions):
            metadata = load_leniently(source.serde, row[1])
            known = metadata if isinstance(metadata, dict) else {}
            self._delta = delta_channels(specs, versions, self._stored, known)
        self._names = [name for name in versions if name in self._stored or name in self._delta]

    @classmethod
    def unreadable(cls, source: InMemorySaver, error: Exception) -> LazyState:
        """Of a checkpoint that cannot be deserialised."""
        found = cls.__new__(cls)
        found._serde, found._values, found._stored, found._names, found._delta = source.serde, {}, {}, [], []
        found.remarks, found.problem = {}, f"It cannot be deserialised: {error_text(error)}"
        return found

    def sizes(self) -> dict[str, int]:
        """Bytes as stored, by channel."""
        return {channel: size_of_stored(stored) for channel, stored in self._stored.items()}

    def lost(self) -> dict[str, str]:
        """By channel, which objects are shown as plain data."""
        typed = {name: stored for name, stored in self._stored.items() if type(stored) is tuple}
        return {name: told for name, stored in typed.items() if (told := lost_in(self._serde, stored))}

    def __getitem__(self, channel: str) -> Any:
        if channel not in self._values:
            if channel in self._delta:
                value, remark = rebuild(self._history(channel), self._specs.get(channel))
                if remark:
                    self.remarks[channel] = remark
            else:
                value = plain(load_leniently(self._serde, self._stored[channel]))
                if isinstance(value, Undecodable):
                    self.remarks[channel] = value.error
            self._values[channel] = value
        return self._values[channel]

    def __contains__(self, channel: object) -> bool:
        return channel in self._stored or channel in self._delta

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _history(self, channel: str) -> Any:
        try:
            return delta_history(self._space, self._id, channel, self._serde, False)
        except Exception:
            return delta_history(self._space, self._id, channel, Lenient(self._serde), False)
