"""What deleting, copying, pruning or sweeping would do to a checkpointer's threads: the dry run.

On one of ours it is what really happens, done to a copy that shares its bytes.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from langgraph.checkpoint.serde.types import INTERRUPT

from inmem_widgets.core.checkpoints.pruning import DELTA_MARKS
from inmem_widgets.core.saver import CheckpointHeader, InMemorySaver
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.reading.reader import Held
from inmem_widgets.observables.reading.stored import held_in
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.wire import PlanRow

What = Literal["delete", "copy", "prune", "sweep"]
Verdict = Literal["goes", "stays", "copied", "replaced"]

YOUNG = 600.0
"""Seconds in which writes may still wait for their checkpoint: a run under way saves it later."""

LATEST = "the latest of its namespace, with its values and writes"
OLDER = "older than the latest"
CALLED = "a subgraph's call, made from a checkpoint that goes"
DELTA = "its delta channels are rebuilt from older checkpoints, which all stay"
WAITS = "waits for an answer to an interrupt; name the thread to {what} it all the same"


@dataclass(slots=True)
class Findings:
    """What a plan would do."""

    rows: list[PlanRow] = field(default_factory=list)
    goes: int = 0
    """Checkpoints."""
    stays: int = 0
    freed: int | None = 0
    """Bytes; None where they are not known."""
    threads: list[Any] = field(default_factory=list)
    """To which it is done."""
    waiting: list[str] = field(default_factory=list)
    """Those that wait for an answer, and stay unless they are named."""
    orphans: list[tuple[Any, Key]] = field(default_factory=list)

    def add(
        self, thread: str, ns: str, verdict: Verdict, why: str, checkpoints: int, size: int | None = None
    ) -> None:
        self.rows.append(
            {
                "thread": thread,
                "ns": clean(ns),
                "checkpoints": checkpoints,
                "verdict": verdict,
                "why": why,
                "bytes": size,
            }
        )
        if verdict == "goes":
            self.goes += checkpoints
            self.freed = None if self.freed is None or size is None else self.freed + size
        elif verdict == "stays":
            self.stays += checkpoints


def of_delete(observable: ObservableSaver, threads: Iterable[str], named: Collection[str]) -> Findings:
    found = Findings()
    for thread in threads:
        headers, held = _facts(observable, thread)
        waits = thread not in named and _waiting(headers)
        if waits:
            found.waiting.append(thread)
        else:
            found.threads.append(observable.thread_id(thread))
        spaces = sorted({h.checkpoint_ns for h in headers} | _spaces(held))
        for ns in spaces:
            count = sum(h.checkpoint_ns == ns for h in headers)
            if waits:
                found.add(thread, ns, "stays", WAITS.format(what="delete"), count, _size(held, ns))
            else:
                found.add(thread, ns, "goes", "all of the thread goes", count, _size(held, ns))
    return found


def of_prune(observable: ObservableSaver, threads: Iterable[str], named: Collection[str]) -> Findings:
    found = Findings()
    for thread in threads:
        headers, held = _facts(observable, thread)
        try:
            kept, after = _pruned(observable, thread, headers)
        except NotImplementedError:  # upstream's answer to delta channels, and ours
            _whole(found, thread, headers, DELTA)
            continue
        gone = [h for h in headers if (h.checkpoint_ns, h.checkpoint_id) not in kept]
        asking = {(h.checkpoint_ns, h.checkpoint_id) for h in _open(headers)}
        if thread not in named and any((h.checkpoint_ns, h.checkpoint_id) in asking for h in gone):
            found.waiting.append(thread)
            _whole(found, thread, headers, WAITS.format(what="prune"))
            continue
        if gone:
            found.threads.append(observable.thread_id(thread))
        for ns in sorted({h.checkpoint_ns for h in headers}):
            stay = sum(1 for key in kept if key[0] == ns)
            goes = sum(h.checkpoint_ns == ns for h in gone)
            size = None if held is None or after is None else (_size(held, ns) or 0) - (_size(after, ns) or 0)
            if stay:
                why = LATEST + (
                    ", and its interrupt" if any(key in asking for key in kept if key[0] == ns) else ""
                )
                found.add(thread, ns, "stays", why, stay, _size(after, ns))
            if goes:
                found.add(thread, ns, "goes", OLDER if stay else CALLED, goes, size)
    return found


def of_copy(observable: ObservableSaver, thread: str, target: str) -> Findings:
    found = Findings()
    found.threads.append(observable.thread_id(thread))
    headers, held = _facts(observable, thread)
    there, _ = _facts(observable, target)
    copied = {(h.checkpoint_ns, h.checkpoint_id) for h in headers}
    for ns in sorted({h.checkpoint_ns for h in headers} | _spaces(held)):
        count = sum(h.checkpoint_ns == ns for h in headers)
        found.add(thread, ns, "copied", f"to {target}", count, _size(held, ns))
    for ns in sorted({h.checkpoint_ns for h in there}):
        same = sum((ns, h.checkpoint_id) in copied for h in there if h.checkpoint_ns == ns)
        others = sum(h.checkpoint_ns == ns for h in there) - same
        if same:
            found.add(target, ns, "replaced", "has the same id in both threads", same)
        if others:
            found.add(target, ns, "stays", "was there before", others)
    return found


def of_sweep(observable: ObservableSaver, threads: Collection[str]) -> Findings:
    """Only of ours; of some threads, or of all."""
    found = Findings()
    ghosts, orphans = observable.reader.ghosts()
    of_ghosts: dict[int, list[Key]] = {id(thread_id): [] for thread_id in ghosts}
    places: dict[tuple[str, str], list[tuple[Any, Key, int]]] = {}
    for thread_id, key, size in orphans:
        ghost = next((each for each in ghosts if each is thread_id or each == thread_id), None)
        if ghost is not None:
            of_ghosts[id(ghost)].append(key)
        else:
            places.setdefault((_text(thread_id), key[0]), []).append((thread_id, key, size))
    for thread_id in ghosts:
        thread = _text(thread_id)
        if threads and thread not in threads:
            continue
        size = observable.reader.held(thread_id).total
        if any(_young(key[1]) for key in of_ghosts[id(thread_id)]):
            found.add(thread, "", "stays", "has no checkpoint yet: a run may be under way", 0, size)
        else:
            found.threads.append(thread_id)
            found.add(thread, "", "goes", "has no checkpoint, only what is left of some", 0, size)
    for (thread, ns), each in sorted(places.items()):
        if threads and thread not in threads:
            continue
        young = [place for place in each if _young(place[1][1])]
        old = [place for place in each if not _young(place[1][1])]
        found.orphans += [(thread_id, key) for thread_id, key, _ in old]
        for verdict, some, why in (
            ("stays", young, "writes of a moment ago: their checkpoint may be saved yet"),
            ("goes", old, "writes of {} that {} not there"),
        ):
            if some:
                many = len({key for _, key, _ in some})
                what = ("a checkpoint", "is") if many == 1 else (f"{many} checkpoints", "are")
                size = sum(size for _, _, size in some)
                found.add(thread, ns, "goes" if verdict == "goes" else "stays", why.format(*what), 0, size)
    return found


def _facts(observable: ObservableSaver, thread: str) -> tuple[list[CheckpointHeader], Held | None]:
    """Headers of a thread, and what is stored of it where that is exactly known."""
    source, thread_id = observable.source, observable.thread_id(thread)
    if isinstance(source, InMemorySaver):
        return source.headers(thread_id), held_in(source._tables, thread_id)
    held = observable.reader.held(thread_id)
    return observable.history(thread).headers, held if held.how == "exact" else None


def _pruned(
    observable: ObservableSaver, thread: str, headers: list[CheckpointHeader]
) -> tuple[set[Key], Held | None]:
    """What "keep_latest" leaves.

    Raises:
        NotImplementedError: the thread has delta channels.
    """
    source, thread_id = observable.source, observable.thread_id(thread)
    if isinstance(source, InMemorySaver):
        copy = InMemorySaver(serde=source.serde)
        with source._tables.lock:
            for space in source._tables.holdings(thread_id):
                copy._tables.absorb(space, copy._tables.space(thread_id, space.name))
        copy.prune([thread_id])
        return {(h.checkpoint_ns, h.checkpoint_id) for h in copy.headers(thread_id)}, held_in(
            copy._tables, thread_id
        )
    if any(mark in h.metadata for h in headers for mark in DELTA_MARKS):
        raise NotImplementedError
    latest: dict[str, str] = {}
    for h in headers:
        latest[h.checkpoint_ns] = max(h.checkpoint_id, latest.get(h.checkpoint_ns, ""))
    return set(latest.items()), None


def _open(headers: list[CheckpointHeader]) -> Iterator[CheckpointHeader]:
    """Checkpoints that wait for an answer: with an interrupt, and nothing made from them."""
    parents = {(h.checkpoint_ns, h.parent_id) for h in headers}
    for h in headers:
        leaf = (h.checkpoint_ns, h.checkpoint_id) not in parents
        if leaf and any(channel == INTERRUPT for _, channel, _ in h.writes):
            yield h


def _waiting(headers: list[CheckpointHeader]) -> bool:
    """Whether the newest checkpoint of the root graph waits for an answer."""
    newest = max((h.checkpoint_id for h in headers if not h.checkpoint_ns), default=None)
    return any(h.checkpoint_id == newest and not h.checkpoint_ns for h in _open(headers))


def _whole(found: Findings, thread: str, headers: list[CheckpointHeader], why: str) -> None:
    for ns in sorted({h.checkpoint_ns for h in headers}):
        found.add(thread, ns, "stays", why, sum(h.checkpoint_ns == ns for h in headers))


def _spaces(held: Held | None) -> set[str]:
    return set() if held is None else {key[0] for key in (*held.rows, *held.blobs, *held.writes)}


def _size(held: Held | None, ns: str) -> int | None:
    """Bytes of a namespace."""
    if held is None:
        return None
    return sum(
        size for part in (held.rows, held.blobs, held.writes) for key, size in part.items() if key[0] == ns
    )


def _young(checkpoint_id: str) -> bool:
    """Whether an id (a UUID of version 6, as LangGraph makes them) is of a moment ago."""
    try:
        number = UUID(checkpoint_id).int
    except ValueError:
        return False
    ticks = (number >> 96) << 28 | (number >> 80 & 0xFFFF) << 12 | number >> 64 & 0xFFF
    return time.time() - (ticks / 1e7 - 12_219_292_800) < YOUNG  # since 1582-10-15


def _text(thread_id: object) -> str:
    return clean(str(thread_id))
