"""A kernel with an invented store behind a key table: as much of it as the view can tell apart."""

from __future__ import annotations

import base64
import fnmatch
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import Locator, expect

from inmem_widgets.observables.keys.query import Query, QueryError
from inmem_widgets.observables.session import State
from tests.browser.stage import Scripted, Stage

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

TREE = [  # prefix, level, keys, bytes, expanded
    ("prod:", 0, 12_408, 58_000_000, True),
    ("prod:sess:", 1, 8_112, 31_000_000, False),
    ("prod:user:", 1, 3_904, 9_800_000, None),
    ("prod:docs:", 1, 392, 17_200_000, True),
    ("prod:docs:chunk:", 2, 388, 17_000_000, False),
    ("prod:docs:meta:", 2, 4, 200_000, None),
    ("llm:", 0, 861_204, 268_000_000, False),
    ("embed:", 0, 126_388, 86_000_000, False),
]


class KeyKernel(Scripted):
    """Lists `size` keys, the first of which are KEYS; filters and sorts those; answers all requests.

    Attributes:
        over: fields of the state to replace.
        calls: (method, params) of the requests received, `look` and `ping` left out.
        silent: methods that get no answer (a busy kernel).
    """

    def __init__(
        self,
        size: int,
        *,
        name: str | None = "store",
        fresh: bool = True,
        open_id: int | None = None,
        selection: Sequence[int] = (),
        query: Mapping[str, Any] | None = None,
        **over: Any,
    ) -> None:
        self.size, self.name = size, name
        self.over = over
        self.changes = [3_412]
        self.query = Query()
        self.problem: dict[str, Any] | None = None
        self.selection = list(selection)
        self.selected = len(selection)
        self.open = open_id
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.silent: set[str] = set()
        self.started = time.time()
        self.fresh = fresh
        self.listed: list[int] | None = None
        self.ask(query or {})
        super().__init__("key_table", self.state, answer=self.reply)

    def row(self, i: int) -> dict[str, Any]:
        if i < len(KEYS):
            key, kind, size, exact, age, preview = KEYS[i]
        else:
            key, kind, size, exact, age = f"prod:sess:{i:06x}", "json", 600 + i * 37 % 9000, True, None
            preview = f'{{"user":"u_{i % 997}","cart":[]}}'
        seen = self.fresh and age is not None
        return {
            "id": i,
            "key": key,
            "type": kind,
            "size": size,
            "how": "exact" if exact else "shallow",
            "preview": preview,
            "changed": self.started - age if seen and age is not None else None,
            "change": None if not seen else "inserted" if i == 0 else "changed",
        }

    def state(self, params: Mapping[str, Any]) -> State:
        listed = range(self.size) if self.listed is None else self.listed
        start = max(0, min(params.get("start", 0), len(listed) - 1))
        rows = [self.row(i) for i in listed[start : params.get("stop", start + 40)]]
        opened = None if self.open is None else self.row(self.open)
        return {
            "now": time.time(),
            "title": {"type": "InMemoryByteStore", "name": self.name, "gone": False, "ended": False},
            "total": self.size,
            "bytes": self.size * 412,
            "bytes_how": "sampled" if self.size > 1_000 else "exact",
            "size": len(listed),
            "start": start,
            "rows": rows,
            "changes": self.changes[0],
            "query": self.query.wire(),
            "matching": self.query.matching,
            "delimiters": ":",
            "problem": self.problem,
            "progress": None,
            "doing": "",
            "selection": self.selection,
            "selected": self.selected,
            "open": opened
            and {
                **{name: opened[name] for name in ("id", "key", "type", "size", "how", "changed")},
                "version": 1,
                "gone": False,
            },
            "deleted": [],
            "editable": False,
            "takes": "bytes",
            "tree": self.tree() if params.get("tree") else None,
            "space": self.space() if params.get("space") else None,
            "recent": self.recent() if params.get("recent") else None,
            "bulk": None,
            **self.over,
        }

    def receive(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        if message.get("method") in self.silent:
            self.received.append(message)
            return []
        return super().receive(message)

    def reply(self, method: str, params: Mapping[str, Any]) -> Any:
        self.calls.append((method, dict(params)))
        if method == "query":
            self.ask(params)
        elif method == "select":
            ids = params.get("ids")
            if ids is None:
                listed = range(self.size) if self.listed is None else self.listed
                ids = list(listed[params["first"] : params["last"] + 1])
            self.selection = [*self.selection, *ids] if params.get("add") else list(ids)
            self.selected = len(self.selection)
        elif method == "open":
            self.open = params["id"]
        elif method == "locate":
            listed = list(range(min(self.size, 10_000))) if self.listed is None else self.listed
            return {"row": listed.index(params["id"]) if params["id"] in listed else None}
        elif method == "value":
            return self.value()
        elif method == "code":
            return {"code": f"inspect(store)  # {params['of']}"}
        elif method == "delete":
            ids = self.selection if params["ids"] is None else params["ids"]
            self.over["deleted"] = ids
            self.remove(ids)
            return {"deleted": len(ids)}
        elif method == "export":
            last = params["piece"] == 2
            data = base64.b64encode(f"piece {params['piece']}\n".encode()).decode()
            done = (params["piece"] + 1) * self.size // 3
            mime = "application/octet-stream"
            return {"name": f"store.{params['format']}", "mime": mime, "data": data,
                    "done": done, "total": self.size, "last": last}  # fmt: skip
        elif method == "edit":
            return {"id": 3, "conflict": None, "missing": params.get("key") == KEYS[0][0]}
        return None

    def remove(self, ids: Sequence[int]) -> None:
        listed = range(self.size) if self.listed is None else self.listed
        self.listed = [i for i in listed if i not in ids]
        self.selection, self.selected = [], 0
        self.changes[0] += 1

    def ask(self, changes: Mapping[str, Any]) -> None:
        try:
            self.query = self.query.but(changes)
        except QueryError as error:
            self.problem = {"field": error.field, "message": error.message, "at": error.at}
            return
        self.problem = None
        q = self.query
        if q.natural:
            self.listed = None
            return
        some = [self.row(i) for i in range(min(self.size, 2_000))]
        text = q.filter
        if q.matching == "regex":
            some = [row for row in some if re.search(text, row["key"])]
        elif q.matching == "glob":
            some = [row for row in some if fnmatch.fnmatchcase(row["key"], text)]
        else:
            some = [row for row in some if text in row["key"]]
        some = [
            row
            for row in some
            if row["key"].startswith(q.namespace)
            and (not q.types or row["type"] in q.types)
            and (q.min_size is None or (row["size"] or 0) >= q.min_size)
            and (q.max_size is None or (row["size"] or 0) <= q.max_size)
        ]
        if q.sort != "stored":
            some.sort(key=lambda row: row[q.sort] or 0)
        self.listed = [row["id"] for row in (some[::-1] if q.descending else some)]

    def tree(self) -> list[dict[str, Any]]:
        return [
            {"prefix": prefix, "name": prefix[:-1].rsplit(":", 1)[-1], "level": level, "keys": keys,
             "bytes": size, "expanded": expanded, "more": 0}
            for prefix, level, keys, size, expanded in TREE
        ] if self.size else []  # fmt: skip

    def space(self) -> dict[str, Any]:
        kinds = {
            "json": (812_004, 301),
            "float32": (120_101, 96),
            "str": (51_204, 9),
            "dict": (16_691, 6),
        }
        top = [
            {name: value for name, value in self.row(i).items() if name in ("id", "key", "size", "how")}
            for i in (12, 6, 7, 3, 1, 11)
        ]
        return {
            "progress": None,
            "keys": self.size,
            "bytes": self.size * 412,
            "key_bytes": self.size * 21,
            "exact": self.size - 1_204,
            "sampled": 1_000,
            "shallow": 204,
            "measured": self.started,
            "types": [
                {"label": kind, "prefix": None, "keys": n, "bytes": mb * 1_000_000}
                for kind, (n, mb) in kinds.items()
            ],
            "namespaces": [
                {"label": p, "prefix": p, "keys": n, "bytes": size}
                for p, level, n, size, _ in TREE
                if not level
            ],
            "largest": [{**row, "changes": 0} for row in top],
            "busiest": [{**row, "changes": 900 - i * 130} for i, row in enumerate(top)],
        }

    def recent(self) -> list[dict[str, Any]]:
        kinds = ("changed", "inserted", "changed", "deleted")
        return [
            {"number": 3_412 - i, "id": i, "key": self.row(i)["key"], "kind": kinds[i % 4],
             "time": self.started - i * 1.7, "keys": 1}
            for i in range(min(14, self.size))
        ]  # fmt: skip

    def value(self) -> dict[str, Any]:
        item = {"type": "dict", "preview": "{sku, qty}", "size": 30, "count": 2, "children": None}
        items = [{"name": str(i), **item} for i in range(3)]
        cart = {"name": "cart", "type": "list", "preview": "[3]", "size": 90, "count": 3, "children": items}
        leaf = {"type": "str", "size": 8, "count": None, "children": None}
        node = {"name": "", "type": "dict", "preview": "{5}", "size": 400, "count": 5, "children": [
            {**leaf, "name": "user", "preview": '"u_812"'},
            cart,
            {**leaf, "name": "total", "preview": "58.2"},
            {**leaf, "name": "currency", "preview": '"EUR"'},
            {**leaf, "name": "note", "preview": "null"},
        ]}  # fmt: skip
        return {
            "id": self.open,
            "version": 1,
            "formats": ["JSON", "text", "hex", "base64"],
            "format": "JSON",
            "packed": None,
            "blocks": [{"kind": "tree", "node": node, "loads": True}],
            "edit": None,
            "reason": "read only: inspect(store, editable=True)",
        }


def key_table(size: int = 1_000_000, **options: Any) -> KeyKernel:
    """A store of `size` keys."""
    return KeyKernel(size, **options)


def shown(stage: Stage, kernel: KeyKernel, **options: int) -> Locator:
    """The widget, once it is live."""
    widget = stage.show(kernel, **options)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    return widget


def row(widget: Locator, i: int) -> Locator:
    return widget.locator(f".rows .row[aria-rowindex='{i + 2}']")
