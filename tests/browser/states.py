"""States for tests and the gallery, typed by `wire`; the data is invented."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

from inmem_widgets.observables.session import State
from inmem_widgets.wire import CheckpointRow, KeyRow, Segment, Thread, ValueNode
from tests.browser.stage import Scripted

KEYS: list[tuple[str, str, int, bool, float | None, str]] = [
    ("prod:sess:9f31d0", "json", 612, True, 0.3, '{"user":"u_977","cart":[]}'),
    ("prod:sess:9f31c2", "json", 4_210, True, 1.2, '{"user":"u_812","cart":[{"sku":"KB-104-ISO","qty":2}'),
    ("prod:sess:9f31c7", "json", 3_920, True, 1.4, '{"user":"u_640","cart":[{"sku":"MS-11","qty":1}]'),
    ("prod:sess:a0027e", "json", 5_130, True, 14, '{"user":"u_131","cart":[{"sku":"DK-2","qty":4}]'),
    ("prod:sess:a01b:draft", "str", 88, True, 41, '<b onclick="alert(1)">hi</b>'),
    ("prod:user:محمد", "json", 1_100, True, 130, '{"name":"محمد","plan":"team"}'),
    (
        "prod:docs:chunk:annual-report-2025-final-v3.pdf:text-embedding-3-large:p0041",
        "float32",
        12_300,
        True,
        133,
        "3072 floats  0.0132 −0.0418 0.0077",
    ),
    ("prod:docs:chunk:handbook.md:p0007", "float32", 12_300, True, 140, "3072 floats  −0.0071 0.0260"),
    ("prod:docs:meta:handbook.md", "json", 402, True, 150, '{"pages":61,"lang":"en"}'),
    ("prod:user:u_812", "json", 2_600, True, 370, '{"name":"Ada","plan":"solo"}'),
    ("prod:user:u_640", "json", 1_900, True, 380, '{"name":"Ines","plan":"team"}'),
    ("prod:sess:77b0aa", "dict", 4_040, False, 560, "{'user': 'u_377', 'cart': [{'sku': 'X-9', 'qty': 1}]}"),
    ("prod:sess:77b0ab", "pickle", 18_000, True, 680, "80 04 95 2c 46 00 00 00"),
    ("prod:sess:77b0b3", "json", 840, True, None, '{"user":"u_377","cart":[]}'),
]


def key_table(size: int = 1_000_000, *, name: str | None = "store", fresh: bool = True, **traits: Any) -> Scripted:
    """A store of `size` keys, the first of which are KEYS."""
    started = time.time()

    def row(i: int) -> KeyRow:
        if i < len(KEYS):
            key, kind, bytes_, exact, age, preview = KEYS[i]
        else:
            key, kind, bytes_, exact, age = f"prod:sess:{i:06x}", "json", 600 + i * 37 % 9000, True, None
            preview = f'{{"user":"u_{i % 997}","cart":[]}}'
        return {
            "id": i,
            "key": key,
            "type": kind,
            "size": bytes_,
            "exact": exact,
            "preview": preview,
            "changed": started - age if fresh and age is not None else None,
            "change": None if age is None or not fresh else "inserted" if i == 0 else "changed",
        }

    def make(params: Mapping[str, Any]) -> State:
        start = max(0, min(params.get("start", 0), size - 1))
        stop = min(params.get("stop", start + 40), size)
        return {
            "now": time.time(),
            "title": {"type": "InMemoryByteStore", "name": name},
            "size": size,
            "start": start,
            "rows": [row(i) for i in range(start, stop)],
            "changes": kernel_changes[0],
        }

    kernel_changes = [3_412]
    kernel = Scripted("key_table", make, **{"selected": None, **traits})
    kernel.changes = kernel_changes  # type: ignore[attr-defined]
    return kernel


def cache_counters(*, lookups: bool = True, maxsize: int | None = 128, **traits: Any) -> Scripted:
    """A cache with five minutes of lookups, and a burst of misses two minutes ago."""

    def make(params: Mapping[str, Any]) -> State:
        now = time.time()
        end = math.ceil(now)
        seconds = range(end - 300, end)
        burst = [1.0 if 100 < end - t < 140 else 0.0 for t in seconds]
        noise = [math.sin(t * 12.9898) * 43758.5453 % 1 for t in seconds]
        hits = [
            round(30 + 9 * math.sin(i / 43) - 12 * b + 5 * n)
            for i, (b, n) in enumerate(zip(burst, noise, strict=True))
        ]
        misses = [round(6 + 11 * b + 5 * n) for b, n in zip(burst, noise, strict=True)]
        evictions = [round(n * 1.3 + 3 * b) if i > 60 else 0 for i, (b, n) in enumerate(zip(burst, noise, strict=True))]
        zero = [0] * 300
        figures = dict(hits=8_412, misses=3_368, inserts=3_368, refreshes=36, evictions=1_204, clears=1)
        return {
            "now": now,
            "title": {"type": "InMemoryCache", "name": "cache"},
            "policy": "fifo",
            **(figures if lookups else dict.fromkeys(figures, 0)),
            "size": 0 if not lookups else 128 if maxsize else 2_164,
            "maxsize": maxsize,
            "since": now - (2_520 if lookups else 20),
            "history": {
                "interval": 1.0,
                "end": float(end),
                "hits": hits if lookups else zero,
                "misses": misses if lookups else zero,
                "evictions": (evictions if maxsize else zero) if lookups else zero,
            },
        }

    return Scripted("cache_counters", make, **traits)
