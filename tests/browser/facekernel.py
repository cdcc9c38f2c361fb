"""A kernel with an invented store for the faces of the key browser: namespaces, space, changes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from inmem_widgets.observables.session import State
from tests.browser.keykernel import KeyKernel

Row = tuple[str, int, int]
"""(namespace, keys, bytes); a key of a namespace that ends in no delimiter stands alone."""

STORE: list[Row] = [
    ("llm:gpt-4o:", 512_300, 171_400_000),
    ("llm:claude/opus:", 348_904, 96_600_000),
    ("embed:text-embedding-3-large:", 120_000, 81_000_000),
    ("embed:text-embedding-3-small:", 6_388, 5_000_000),
    ("prod:sess:", 8_112, 31_000_000),
    ("prod:user:محمد:", 3_904, 9_800_000),
    ("prod:docs:chunk:", 388, 17_000_000),
    ("prod:docs:meta:", 4, 200_000),
]


class FaceKernel(KeyKernel):
    """Lists STORE; `space_over` replaces fields of the space, `log` holds the changes, oldest first."""

    def __init__(self, store: list[Row] = STORE, **over: Any) -> None:
        self.store = list(store)
        self.space_over: dict[str, Any] = {}
        self.log: list[dict[str, Any]] = []
        super().__init__(sum(keys for _, keys, _ in store), **over)

    def delimiters(self) -> str:
        return ":" if self.query.delimiters is None else self.query.delimiters

    def state(self, params: Mapping[str, Any]) -> State:
        return {
            **super().state(params),
            "delimiters": self.delimiters(),
            "bytes": sum(size for *_, size in self.store),
            "total": sum(keys for _, keys, _ in self.store),
            "tree": self.rows(params.get("expanded", [])) if params.get("tree") else None,
            **self.over,
        }

    def rows(self, expanded: list[str]) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for text, keys, size in self.store:
            ends = [i + 1 for i, char in enumerate(text) if i and char in self.delimiters()]
            for level, end in enumerate(ends):
                prefix = text[:end]
                if level and text[: ends[level - 1]] not in expanded:
                    break
                row = found.setdefault(
                    prefix,
                    dict(
                        prefix=prefix,
                        name=text[ends[level - 1] if level else 0 : end - 1],
                        level=level,
                        keys=0,
                        bytes=0,
                        expanded=None,
                        more=0,
                    ),
                )
                row["keys"] += keys
                row["bytes"] += size
                if level + 1 < len(ends):
                    row["expanded"] = prefix in expanded
        return [*found.values()]

    def space(self) -> dict[str, Any]:
        keys, size = sum(row[1] for row in self.store), sum(row[2] for row in self.store)
        tops = [row for row in self.rows([]) if row["level"] == 0][:20]
        types = [
            ("str", 0.86, 0.62),
            ("float32", 0.126, 0.21),
            ("json", 0.012, 0.14),
            ("pickle", 0.002, 0.03),
        ]
        return {
            "progress": None,
            "keys": keys,
            "bytes": size,
            "key_bytes": keys * 31,
            "exact": keys - 2_000,
            "sampled": 2_000,
            "shallow": 0,
            "measured": time.time() - 3,
            "types": [
                dict(label=label, prefix=None, keys=int(keys * some), bytes=int(size * part))
                for label, some, part in types
            ],
            "namespaces": [
                dict(label=row["prefix"], **{name: row[name] for name in ("prefix", "keys", "bytes")})
                for row in tops
            ],
            "largest": [
                dict(
                    id=i,
                    key=f"prod:docs:chunk:annual-report-2025-final-v3.pdf:p{i:04}",
                    size=4_200_000 // (i + 1),
                    how="exact" if i % 3 else "sampled",
                    changes=0,
                )
                for i in range(10)
            ],
            "busiest": [
                dict(id=50 + i, key=f"prod:sess:9f31c{i:x}", size=4_210, how="exact", changes=12_408 >> i)
                for i in range(8)
            ],
            **self.space_over,
        }

    def recent(self) -> list[dict[str, Any]]:
        return self.log[::-1][:200]

    def change(self, key: str, kind: str = "changed", keys: int = 1, ago: float = 0) -> None:
        self.changes[0] += 1
        self.log.append(
            dict(
                number=self.changes[0],
                id=hash(key) % 2**53,
                key=key,
                kind=kind,
                time=time.time() - ago,
                keys=keys,
            )
        )
