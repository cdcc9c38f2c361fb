"""What recording costs, beside the same changes watched by a listener that does nothing with them.

Processor time of the whole process: the writer's, and that of the threads that deliver and write.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from langchain_core.outputs import Generation

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.store import InMemoryStore
from inmem_widgets.recording import record, replay
from tests.benchmarks.harness import Pair, benchmark

CHANGES = 50_000
KEYS = [f"user:{i % 1_000:04}:document:{i:08}" for i in range(CHANGES)]
SECRET = re.compile("secret-[a-z0-9]+")


def masked(text: str) -> str:
    return SECRET.sub("***", text)


def recorded(make: Callable[[], Any], write: Callable[[Any, int], object], **options: Any) -> Pair:
    """`CHANGES` of an object, until they are in the file; the reference: until they are delivered."""
    folder = tempfile.TemporaryDirectory()
    recorded_one, watched_one = make(), make()
    recording = record(Path(folder.name) / "r.jsonl", recorded_one, names=["it"], **options)
    watched_one.changes.listen_batched(lambda changes: None, lazy=True, time=True, origin=True, latest=0.3)

    def run(obj: Any, settled: Callable[[], object]) -> Callable[[], None]:
        def whole() -> None:
            for n in range(CHANGES):
                write(obj, n)
            settled()

        return whole

    pair = Pair(
        ours=run(recorded_one, recording.flush),
        reference=run(watched_one, watched_one.changes.flush),
        per=CHANGES,
        rounds=5,
        clock=process_time,
        note=left_behind(make(), write, folder.name, options),
    )
    pair.kept = folder, recording  # type: ignore[attr-defined]
    return pair


def left_behind(obj: Any, write: Callable[[Any, int], object], folder: str, options: Any) -> str:
    """How much is unwritten right after a flood, were the process killed then."""
    path = Path(folder) / "flood.jsonl"
    with record(path, obj, names=["it"], **options) as recording:
        recording.flush()
        start = perf_counter()
        for n in range(2 * CHANGES):
            write(obj, n % CHANGES)
        seconds, size = perf_counter() - start, path.stat().st_size
    written = path.read_bytes()
    path.write_bytes(written[:size])
    with replay(path) as found:
        behind = 2 * CHANGES - found.total
    rate = 2 * CHANGES / seconds
    return f"after a flood of {rate:,.0f} changes a second, {behind / rate:.2f} s of it are unwritten"


@benchmark("record a store, texts", goal=3)
def _() -> Pair:
    return recorded(InMemoryStore, lambda store, n: store.mset([(KEYS[n], KEYS[-n])]))


@benchmark("record a store, dicts", goal=3)
def _() -> Pair:
    return recorded(InMemoryStore, lambda store, n: store.mset([(KEYS[n], {"n": n, "tags": ["a", "b"]})]))


@benchmark("record a store, texts, redacted", goal=6)
def _() -> Pair:
    return recorded(InMemoryStore, lambda store, n: store.mset([(KEYS[n], KEYS[-n])]), redact=masked)


@benchmark("record a cache, lookups", goal=3)
def _() -> Pair:
    def made() -> InMemoryCache:
        cache = InMemoryCache()
        for key in KEYS[::2]:
            cache.update(key, "model", [Generation(text="an answer")])
        return cache

    return recorded(made, lambda cache, n: cache.lookup(KEYS[n], "model"))
