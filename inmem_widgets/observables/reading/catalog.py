"""Which checkpoints a checkpointer has; in ours they are looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from inmem_widgets.core.checkpoints.history import CheckpointHeader, read_header
from inmem_widgets.core.checkpoints.tables import Namespace
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.observables.reading.lenient import load_leniently
from inmem_widgets.observables.reading.reader import Reader
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.status import MarksOf, marks_by

_TEXT, _DICT = {str}, {dict}


class Catalog(Protocol):
    """The checkpoints of all threads, without their values. Any thread may ask."""

    def thread_ids(self) -> list[Any]: ...

    def thread_count(self) -> int: ...

    def count(self, thread_id: Any = None) -> int:
        """Checkpoints of a thread in all its namespaces; of all threads by default."""

    def latest(self, thread_id: Any) -> str:
        """The greatest id of a thread's checkpoints; "" where there is none."""

    def ends(self, thread_id: Any) -> list[CheckpointHeader]:
        """The newest checkpoint, and the newest one of the root graph if that is another."""

    def marks(self, thread_id: Any) -> MarksOf:
        """What headers do not tell."""

    def weigh(self, thread_id: Any) -> int:
        """Bytes that are stored for a thread."""

    def keys(self, thread_id: Any) -> list[Key]:
        """Of a thread's checkpoints, in any order."""

    def header(self, thread_id: Any, key: Key) -> CheckpointHeader | None: ...

    def headers(self, thread_id: Any) -> list[CheckpointHeader]:
        """The newest first."""


class OwnCatalog:
    """Of our own saver, looked up at each call."""

    def __init__(self, source: Callable[[], InMemorySaver | None], reader: Reader) -> None:
        self._source, self._reader = source, reader

    def thread_ids(self) -> list[Any]:
        source = self._source()
        return [] if source is None else list(source.thread_ids())

    def thread_count(self) -> int:
        source = self._source()
        return 0 if source is None else source.thread_count()

    def count(self, thread_id: Any = None) -> int:
        source = self._source()
        return 0 if source is None else source.count(thread_id)

    def latest(self, thread_id: Any) -> str:
        return max((space.latest() or "" for space in self._spaces(thread_id)), default="")

    def ends(self, thread_id: Any) -> list[CheckpointHeader]:
        keys = [(space.name, id) for space in self._spaces(thread_id) if (id := space.latest())]
        return ends_of(self, thread_id, keys)

    def marks(self, thread_id: Any) -> MarksOf:
        return marks_by(self._reader, thread_id)

    def weigh(self, thread_id: Any) -> int:
        return self._reader.held(thread_id).total

    def keys(self, thread_id: Any) -> list[Key]:
        return [(space.name, id) for space in self._spaces(thread_id) for id in space.ids()]

    def header(self, thread_id: Any, key: Key) -> CheckpointHeader | None:
        source = self._source()
        space = None if source is None else source._tables.find(thread_id, key[0])
        return None if source is None or space is None else _header(source, space, key[1])

    def headers(self, thread_id: Any) -> list[CheckpointHeader]:
        source = self._source()
        if source is None:
            return []
        try:
            return [sound(header) for header in source.headers(thread_id)]
        except Exception:  # some cannot be deserialised
            found = [_header(source, space, id) for space in self._spaces(thread_id) for id in space.ids()]
            return sorted(filter(None, found), key=id_of, reverse=True)

    def _spaces(self, thread_id: Any) -> list[Namespace]:
        source = self._source()
        return [] if source is None else source._tables.spaces(thread_id)


def _header(source: InMemorySaver, space: Namespace, checkpoint_id: str) -> CheckpointHeader | None:
    """A checkpoint without its values; what cannot be deserialised of it is empty."""
    try:
        found = read_header(space, checkpoint_id, source.serde)
        return None if found is None else sound(found)
    except Exception:
        row = space.rows.get(checkpoint_id)
        if row is None:
            return None
        metadata = load_leniently(source.serde, row[1])
        return CheckpointHeader(
            space.thread_id, space.name, checkpoint_id, row[2], "", row[3] or {}, {},
            metadata if isinstance(metadata, dict) else {},
            tuple((task, channel, path) for path, task, _, channel, _ in space.pending(checkpoint_id)),
        )  # fmt: skip


def ends_of(catalog: Catalog, thread_id: Any, keys: list[Key]) -> list[CheckpointHeader]:
    """Of keys among which are the newest."""
    newest = max(keys, key=_key_id, default=None)
    root = max((key for key in keys if not key[0]), key=_key_id, default=newest)
    found = [catalog.header(thread_id, key) for key in dict.fromkeys((newest, root)) if key is not None]
    return [header for header in found if header is not None]


def _key_id(key: Key) -> str:
    return key[1]


def id_of(header: CheckpointHeader) -> str:
    return header.checkpoint_id


def sound(header: CheckpointHeader) -> CheckpointHeader:
    """The header; what is not what it should be, as anybody may put anything, is empty in it."""
    versions, seen = as_dict(header.channel_versions), as_dict(header.versions_seen)
    if not {*map(type, seen.values())} <= _DICT:
        seen = {name: as_dict(each) for name, each in seen.items()}
    metadata = as_dict(header.metadata)
    same = versions is header.channel_versions and seen is header.versions_seen
    if same and metadata is header.metadata and type(header.ts) is str:
        return header
    ts = header.ts if type(header.ts) is str else ""
    return header._replace(ts=ts, channel_versions=versions, versions_seen=seen, metadata=metadata)


def as_dict(value: Any) -> dict[str, Any]:
    """What has text as its name; nothing where it could not be deserialised."""
    if not isinstance(value, dict):
        return {}
    return value if {*map(type, value)} <= _TEXT else {k: v for k, v in value.items() if type(k) is str}
