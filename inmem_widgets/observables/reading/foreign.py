"""Reads checkpointers that are not ours: through what they offer to everybody, on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from langgraph.checkpoint.base import DeltaChannelHistory

from inmem_widgets.observables.reading.access import Access, Read, Seen
from inmem_widgets.observables.reading.catalog import as_dict
from inmem_widgets.observables.reading.delta import Specs, delta_channels, plain, rebuild, specs_in
from inmem_widgets.observables.reading.lenient import error_text
from inmem_widgets.observables.reading.lost import lost_by_channel, lost_in
from inmem_widgets.observables.reading.readcatalog import Entry, ReadCatalog, writes_of
from inmem_widgets.observables.reading.reader import (
    Held,
    Orphan,
    SavedWrite,
    State,
    Undecodable,
    Unreadable,
)
from inmem_widgets.observables.reading.stored import ghosts_in, held_in, writes_in
from inmem_widgets.observables.reading.worker import Job, Worker
from inmem_widgets.observables.threads.lanes import Key

WAIT = 2.0
"""Seconds that somebody who asks waits for an answer."""
BRIEF = 0.2
"""The same while it is known that there will be none soon."""
WAITING = "it is being read"
LEFT = 32
"""Answers that came too late, kept for whoever asks again."""
PAGE = 64
"""Checkpoints measured at a time."""
MEASURED = 4
"""Threads whose values' sizes are kept."""

R = TypeVar("R")
Found = tuple[Read, Mapping[str, DeltaChannelHistory], dict[str, str]]


class ForeignReader:
    """A `Reader` of any `BaseCheckpointSaver`.

    Whoever asks waits a little: for an answer that comes later, `later` is called, and asking again
    gives it.
    """

    own = False

    def __init__(
        self, access: Access, worker: Worker, catalog: ReadCatalog, later: Callable[[], None]
    ) -> None:
        self.channels_of: Specs | None = None
        self.busy = ""
        """Why there will be no answer soon; else ""."""
        self._access, self._worker, self._catalog, self._later = access, worker, catalog, later
        self._left: dict[tuple[Any, ...], Job[Any]] = {}
        self._sizes: dict[Any, dict[tuple[str, str, Any], int]] = {}

    def state(self, thread_id: Any, key: Key) -> State | None:
        try:
            return self._state(thread_id, key, None)
        except Unreadable as error:
            return State({}, problem=str(error))

    def lazily(self, thread_id: Any, key: Key) -> Mapping[str, Any] | None:
        found = self._state(thread_id, key, None)
        return None if found is None else MappingProxyType(found.values)

    def channels(self, thread_id: Any, key: Key, names: Collection[str]) -> dict[str, Any] | None:
        found = self._state(thread_id, key, names)
        if found is None:
            return None
        return {name: found.values[name] for name in names if name in found.values}

    def writes(self, thread_id: Any, key: Key) -> list[SavedWrite] | None:
        if (tables := self._access.tables()) is not None:
            return writes_in(tables, thread_id, key, self._access.serde)
        if self._access.gone:
            return None
        read = self._ask(("get", thread_id, key), lambda: self._access.get(thread_id, *key))
        if read is None:
            return None
        found, notes = read
        sizes = {id(value): size for _, size, value in notes}
        return [
            SavedWrite(task, "", channel, value, sizes.get(id(value)))
            for task, channel, value in writes_of(found)
        ]

    def held(self, thread_id: Any) -> Held:
        if (tables := self._access.tables()) is not None:
            return held_in(tables, thread_id)
        entries = {} if self._access.gone else dict(self._catalog.threads.get(thread_id, {}))
        inline = any(entry.sizes.inline for entry in entries.values())
        blobs = self._measure(thread_id, entries) if inline else {}
        held = Held(how="sampled")
        for key, (header, _, sizes) in entries.items():
            parent = entries.get((key[0], header.parent_id or ""))
            before = parent.header.channel_versions if parent is not None else {}
            row = sizes.row
            for channel, version in header.channel_versions.items():
                at = key[0], channel, version
                size = blobs.get(at, 0) if sizes.inline else sizes.blobs.get(channel, 0)
                if size:
                    held.blobs[at] = size
                if sizes.inline and before.get(channel) != version:
                    row -= size  # counted as a value; the copies of it are the row's
            held.rows[key] = max(row, 0)
            if sizes.writes:
                held.writes[key] = sizes.writes
        return held

    def ghosts(self) -> tuple[list[Any], list[Orphan]]:
        tables = self._access.tables()
        return ([], []) if tables is None else ghosts_in(tables)

    def _state(self, thread_id: Any, key: Key, names: Collection[str] | None) -> State | None:
        if self._access.gone:
            return None
        specs = specs_in(self.channels_of, key[0])

        def read() -> Found | None:
            stored: Seen = []
            read = self._access.get(thread_id, *key, stored)
            if read is None:
                return None
            body, metadata = as_dict(read[0].checkpoint), as_dict(read[0].metadata)
            versions, values = as_dict(body.get("channel_versions")), as_dict(body.get("channel_values"))
            delta = delta_channels(specs, versions, values, metadata)
            wanted = [name for name in delta if names is None or name in names]
            histories = self._access.delta(thread_id, *key, wanted) if wanted else {}
            return read, histories, _lost(self._access.serde, read[0].checkpoint, values, stored)

        about = ("state", thread_id, key, names and frozenset(names), id(self.channels_of))
        found = self._ask(about, read)
        if found is None:
            return None
        (saved, notes), histories, remarks = found
        body: Any = saved.checkpoint
        if isinstance(body, Undecodable):
            return State(
                {}, problem=f"{body.size:,} bytes of {body.type} that cannot be deserialised: {body.error}"
            )
        saved_values = as_dict(as_dict(body).get("channel_values"))
        values = {name: plain(value) for name, value in saved_values.items()}
        unread = {name: value.error for name, value in values.items() if isinstance(value, Undecodable)}
        remarks = {**remarks, **unread}
        for name, history in histories.items():
            values[name], remark = rebuild(history, specs.get(name))
            if remark:
                remarks[name] = remark
        whole = any(value is body for _, _, value in notes)  # its values are stored within
        stored = {} if whole and values else {id(value): size for _, size, value in notes}
        sizes = {name: stored[id(value)] for name, value in saved_values.items() if id(value) in stored}
        return State(values, remarks, sizes=sizes)

    def _measure(self, thread_id: Any, entries: dict[Key, Entry]) -> dict[tuple[str, str, Any], int]:
        """Bytes of the values of a thread, as the serializer writes them; those measured before are kept."""
        known = self._sizes.pop(thread_id, {})
        self._sizes[thread_id] = known
        while len(self._sizes) > MEASURED:
            del self._sizes[next(iter(self._sizes))]
        missing = {
            key[1]
            for key, entry in entries.items()
            if any((key[0], *each) not in known for each in entry.header.channel_versions.items())
        }
        serde, access, below = self._access.serde, self._access, None
        while missing and (below is None or min(missing) < below):
            read = partial(access.page, thread_id, before=below, limit=PAGE)
            page = self._ask(("page", thread_id, below), read)
            for found, _ in page:
                place, body = found.config["configurable"], as_dict(found.checkpoint)
                values = as_dict(body.get("channel_values"))
                for channel, version in as_dict(body.get("channel_versions")).items():
                    at = place.get("checkpoint_ns", ""), channel, version
                    if at not in known:
                        known[at] = _size(serde, values.get(channel))
            if len(page) < PAGE:
                break
            below = page[-1][0].config["configurable"]["checkpoint_id"]
        return known

    def _ask(self, about: tuple[Any, ...], work: Callable[[], R]) -> R:
        """What the checkpointer answers.

        Raises:
            Unreadable: It did not answer in time, or failed.
        """
        job: Job[R] | None = self._left.pop(about, None)
        if job is None:
            job = self._worker.ask(work)
        late = any(not each.done for each in [*self._left.values()])  # it does one after the other
        wait = 0.0 if self._access.on_its_loop else BRIEF if self.busy or late else WAIT
        if not job.wait(wait):
            self._left[about] = job
            while len(self._left) > LEFT:
                self._left.pop(next(iter(self._left)), None)
            job.when_done(self._later)
            raise Unreadable(self.busy or WAITING)
        if job.error is not None:
            raise Unreadable(error_text(job.error, 300)) from job.error
        return job.result


def _lost(serde: Any, body: Any, values: dict[str, Any], stored: Seen) -> dict[str, str]:
    """By channel, which objects are shown as plain data."""
    channels = {id(value): name for name, value in values.items()}
    found: dict[str, str] = {}
    for value, typed in stored:
        name = channels.get(id(value))
        if value is body:
            found.update(lost_by_channel(serde, typed))
        elif name is not None and (told := lost_in(serde, typed)):
            found[name] = told
    return found


def _size(serde: Any, value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, Undecodable):
        return value.size
    try:
        return len(serde.dumps_typed(value)[1])
    except Exception:  # it was read, but cannot be written
        return 0
