"""What the cells of the benchmark do; imported by its kernels."""

from __future__ import annotations

import ctypes
import gc
import random
import sys
import time
from pathlib import Path
from typing import Any

import psutil  # ipykernel has it
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryByteStore, InMemoryCache

NAMESPACES = ("prod:sess", "prod:user", "prod:docs:chunk", "llm:answer", "embed:doc", "embed:query")
VALUES = [b'{"n": %d, "text": "%s"}' % (n, b"x" * (n * 37 % 4_000)) for n in range(2_000)]
"""Shared between keys, so that ten million of them fit in memory."""


def key(number: int) -> str:
    """Its place in the store is at its end; its place in the order of keys is another."""
    return f"{NAMESPACES[number * 7 % 11 % 6]}:{number * 7_919 % 4_096:03x}:{number:07}"


def filled(count: int) -> InMemoryByteStore:
    store = InMemoryByteStore()
    for start in range(0, count, 100_000):
        numbers = range(start, min(count, start + 100_000))
        store.mset([(key(n), VALUES[n * 31 % len(VALUES)]) for n in numbers])
    return store


def memory() -> int:
    """Bytes of this process that nobody shares, after giving back what can be."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    found: int = psutil.Process().memory_full_info().uss
    return found


def busy_until(file: str) -> None:
    """Pure Python that never lets go of the interpreter of its own accord."""
    looked = time.monotonic()
    number = 0
    while True:
        for each in range(1_000):
            number += each * each
        if time.monotonic() > looked + 0.1:
            if Path(file).exists():
                return
            looked = time.monotonic()


WRITTEN = 10_000
"""The writer writes these keys, the first ones, again and again."""
PACE = 100_000
"""Changes a second."""
BATCH = 1_000


def write(store: InMemoryByteStore, seconds: float) -> dict[str, Any]:
    """Set one key a call, at the pace; the time spent in doing so, and in all, in seconds."""
    keys = [key(n) for n in range(WRITTEN)]
    values = [b"beat %d" % n for n in range(256)]
    mset, clock = store.mset, time.perf_counter
    start, spent = clock(), 0.0
    for batch in range(int(seconds * PACE / BATCH)):
        pairs = [(keys[n % WRITTEN], values[n * 7 % 256]) for n in range(batch * BATCH, (batch + 1) * BATCH)]
        ahead = start + batch * BATCH / PACE - clock()
        if ahead > 0:
            time.sleep(ahead)
        before = clock()
        for pair in pairs:
            mset([pair])
        spent += clock() - before
    return {"spent": spent, "took": clock() - start, "changes": int(seconds * PACE)}


LOOKUPS = 50_000
"""A second."""


def look_up(cache: InMemoryCache, seconds: float) -> dict[str, Any]:
    """Look up at that pace, few prompts often and many seldom, and answer what missed; what was found."""
    prompts = [f"What is known of the subject number {n}?" for n in range(20_000)]
    shares = [1 / (n + 1) for n in range(len(prompts))]
    asked = random.Random(1).choices(prompts, shares, k=int(seconds * LOOKUPS))
    lookup, update, clock = cache.lookup, cache.update, time.perf_counter
    start, found = clock(), 0
    for first in range(0, len(asked), 500):
        ahead = start + first / LOOKUPS - clock()
        if ahead > 0:
            time.sleep(ahead)
        for prompt in asked[first : first + 500]:
            if lookup(prompt, "model=fake") is not None:
                found += 1
            else:
                update(prompt, "model=fake", [Generation(text="An answer.")])
    return {"took": clock() - start, "hits": found, "misses": len(asked) - found}
