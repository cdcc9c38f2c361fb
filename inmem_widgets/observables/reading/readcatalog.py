"""Which checkpoints another checkpointer has: what has been read of it so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from langgraph.checkpoint.base import CheckpointTuple

from inmem_widgets.core.change import Change, change
from inmem_widgets.core.checkpoints.history import CheckpointHeader
from inmem_widgets.core.checkpoints.tables import Tables
from inmem_widgets.observables.reading.access import Note, Read
from inmem_widgets.observables.reading.catalog import as_dict, ends_of, id_of
from inmem_widgets.observables.reading.stored import held_in
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.status import Marks, MarksOf, marks


class Sizes(NamedTuple):
    """Bytes of a checkpoint as they were read."""

    row: int
    """Its values are among these where the checkpointer keeps both together: `inline`."""
    inline: bool
    blobs: dict[str, int]
    """By channel."""
    writes: int


class Entry(NamedTuple):
    """A checkpoint that was read."""

    header: CheckpointHeader
    marks: Marks
    sizes: Sizes


class ReadCatalog:
    """What has been read so far of another checkpointer. One thread takes in, any may ask.

    Args:
        tables: What is stored, for its bytes, where that can be seen.
    """

    def __init__(self, tables: Callable[[], Tables | None]) -> None:
        self._tables = tables
        self.threads: dict[Any, dict[Key, Entry]] = {}
        self._latest: dict[Any, str] = {}

    def thread_ids(self) -> list[Any]:
        return list(self.threads)

    def thread_count(self) -> int:
        return len(self.threads)

    def count(self, thread_id: Any = None) -> int:
        if thread_id is not None:
            return len(self.threads.get(thread_id, ()))
        return sum(map(len, list(self.threads.values())))

    def latest(self, thread_id: Any) -> str:
        return self._latest.get(thread_id, "")

    def ends(self, thread_id: Any) -> list[CheckpointHeader]:
        return ends_of(self, thread_id, list(self.threads.get(thread_id, ())))

    def marks(self, thread_id: Any) -> MarksOf:
        def marks_of(header: CheckpointHeader, parent: CheckpointHeader | None) -> Marks:
            found = self.entry(thread_id, (header.checkpoint_ns, header.checkpoint_id))
            return Marks() if found is None else found.marks

        return marks_of

    def weigh(self, thread_id: Any) -> int:
        if (tables := self._tables()) is not None:
            return held_in(tables, thread_id).total
        total, blobs = 0, dict[tuple[str, str, Any], int]()
        for (ns, _), (header, _, sizes) in list(self.threads.get(thread_id, {}).items()):
            total += sizes.row + sizes.writes
            for channel, size in sizes.blobs.items():
                blobs[ns, channel, header.channel_versions.get(channel)] = size
        return total + sum(blobs.values())

    def keys(self, thread_id: Any) -> list[Key]:
        return list(self.threads.get(thread_id, ()))

    def header(self, thread_id: Any, key: Key) -> CheckpointHeader | None:
        found = self.entry(thread_id, key)
        return None if found is None else found.header

    def headers(self, thread_id: Any) -> list[CheckpointHeader]:
        found = [entry.header for entry in list(self.threads.get(thread_id, {}).values())]
        return sorted(found, key=id_of, reverse=True)

    def entry(self, thread_id: Any, key: Key) -> Entry | None:
        return self.threads.get(thread_id, {}).get(key)

    def take(
        self,
        reads: list[Read],
        *,
        thread_id: Any = None,
        above: str | None = None,
        below: str | None = None,
    ) -> list[Change]:
        """Take in a page: all there is of a thread, or of all, with ids from `above` (it included) and
        less than `below`; whatever else was known of these is gone. Gives what has changed."""
        fresh: dict[Any, dict[Key, Entry]] = {}
        for read in reads:
            entry = entry_of(read)
            header = entry.header
            if above is None or header.checkpoint_id >= above:
                key = header.checkpoint_ns, header.checkpoint_id
                fresh.setdefault(header.thread_id, {})[key] = entry
        changes = []
        for thread in [thread_id] if thread_id is not None else list({**self.threads, **fresh}):
            if thread not in fresh and above is not None and self._latest[thread] < above:
                continue
            known, page = self.threads.get(thread, {}), fresh.get(thread, {})
            gone = [
                key
                for key in list(known)
                if key not in page
                and (above is None or key[1] >= above)
                and (below is None or key[1] < below)
            ]
            new = {key: entry for key, entry in page.items() if not _same(known.get(key), entry)}
            if not new and not gone:
                continue
            after = {**known, **new}
            for key in gone:
                del after[key]
            if after:
                self.threads[thread] = after
                self._latest[thread] = max(id for _, id in after)
            else:
                self.threads.pop(thread, None)
                self._latest.pop(thread, None)
            if gone:
                changes.append(change(0, "prune" if after else "delete_thread", [thread]))
                continue
            for kind, keys in (
                ("put", [key for key in new if key not in known]),
                ("put_writes", [key for key in new if key in known]),
            ):
                if keys:
                    changes.append(change(0, kind, [(thread, *key) for key in keys]))
        return changes


def entry_of(read: Read) -> Entry:
    """What is kept of a checkpoint that was read."""
    found, notes = read
    place: Any = found.config["configurable"]
    body = as_dict(found.checkpoint)
    above = as_dict(as_dict(found.parent_config).get("configurable")).get("checkpoint_id")
    writes = writes_of(found)
    if not isinstance(place["checkpoint_id"], str):
        raise TypeError(f"a checkpoint's id is a {type(place['checkpoint_id']).__name__}, not text")
    header = CheckpointHeader(
        place["thread_id"],
        place.get("checkpoint_ns") or "",
        place["checkpoint_id"],
        above if isinstance(above, str) else None,
        str(body.get("ts", "")),
        as_dict(body.get("channel_versions")),
        {name: as_dict(seen) for name, seen in as_dict(body.get("versions_seen")).items()},
        as_dict(found.metadata),
        tuple((task, channel, "") for task, channel, _ in writes),
    )
    values = as_dict(body.get("channel_values"))
    return Entry(header, marks(header, values, writes), _sizes(found, notes, values, writes))


def _sizes(found: Any, notes: list[Note], values: dict[str, Any], writes: list[Any]) -> Sizes:
    """Which of the values that were deserialised are what; equal small ones may be mistaken for others.
    Some checkpointers keep small values within a row that is not read through the serializer: of these it is
    the memory they take, as where a state is shown."""
    channels: dict[int, list[str]] = {}
    for channel, value in values.items():
        channels.setdefault(id(value), []).append(channel)
    written = {id(write[2]) for write in writes}
    row, saved, inline, blobs = 0, 0, False, dict[str, int]()
    for _, size, value in notes:
        if value is found.checkpoint:
            row, inline = row + size, bool(values)
        elif waiting := channels.get(id(value)):
            blobs[waiting.pop()] = size
        elif id(value) in written:
            saved += size
        else:
            row += size
    if not inline:
        read = {id(value): size for _, size, value in notes}
        for at, left in channels.items():
            for channel in left:
                blobs[channel] = read[at] if at in read else size_of(values[channel])[0] or 0
    return Sizes(row, inline, blobs, saved)


def _same(a: Entry | None, b: Entry) -> bool:
    try:
        return a == b
    except Exception:  # metadata can be anything
        return False


def writes_of(found: CheckpointTuple) -> list[tuple[str, str, Any]]:
    """(task, channel, value) of what is saved beside it; what is something else is left out."""
    return [
        (write[0], write[1], write[2])
        for write in found.pending_writes or []
        if isinstance(write, tuple | list) and len(write) == 3 and {type(write[0]), type(write[1])} == {str}
    ]
