"""A kernel whose open key has the value a test gives it, in every kind of block; the data is invented."""

from __future__ import annotations

import base64
import math
import struct
import time
import zlib
from collections.abc import Mapping
from typing import Any

from tests.browser.keykernel import KeyKernel

Json = dict[str, Any]


def leaf(name: str, preview: str, kind: str = "str", size: int | None = None) -> Json:
    return {
        "name": name,
        "type": kind,
        "preview": preview,
        "size": size or len(preview),
        "count": None,
        "children": None,
    }


def branch(name: str, kind: str, preview: str, children: list[Json] | None, count: int | None = None) -> Json:
    return {"name": name, "type": kind, "preview": preview, "size": 2_400, "children": children,
            "count": count if count is not None else len(children or [])}  # fmt: skip


def session(quantity: int = 2, total: float = 58.2) -> Json:
    """A shopping session as a tree, its cart loaded."""
    items = [
        branch("0", "dict", "{sku, qty}",
               [leaf("sku", '"KB-104-ISO"'), leaf("qty", str(quantity), "int")]),
        branch("1", "dict", "{sku, qty}", None, 2),
        branch("2", "dict", "{sku, qty}", None, 2),
    ]  # fmt: skip
    return branch("", "dict", "{6}", [
        leaf("user", '"u_812"'),
        branch("cart", "list", "[3]", items),
        leaf("total", str(total), "float"),
        leaf("currency", '"EUR"'),
        leaf("note", "null", "NoneType"),
        leaf("expires", "1764201600", "int"),
    ])  # fmt: skip


def text(words: str, *, offset: int = 0, total: int | None = None, more: int | None = None) -> Json:
    return {"kind": "text", "text": words, "offset": offset, "total": total or len(words),
            "unit": "characters", "more": more}  # fmt: skip


def hexdump(data: bytes, *, offset: int = 0, total: int | None = None, more: int | None = None) -> Json:
    return {"kind": "hex", "data": base64.b64encode(data).decode(), "offset": offset,
            "total": total or len(data), "more": more}  # fmt: skip


def facts(**said: str) -> Json:
    return {"kind": "facts", "facts": [{"label": label, "text": words} for label, words in said.items()]}


def png(width: int, height: int) -> bytes:
    """A picture with a transparent quarter."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(
        b"\0" + b"".join(
            bytes((x * 255 // width, y * 255 // height, 160, 60 if x < width / 2 and y < height / 2 else 255))
            for x in range(width)
        )
        for y in range(height)
    )  # fmt: skip
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def image(width: int, height: int) -> Json:
    return {"kind": "image", "mime": "image/png", "data": base64.b64encode(png(width, height)).decode(),
            "width": width, "height": height}  # fmt: skip


def vector(slices: int = 256) -> list[Json]:
    low = [0.3 * math.sin(i / 17) - 0.06 - (i % 7) / 60 for i in range(slices)]
    high = [0.3 * math.sin(i / 17) + 0.05 + (i % 5) / 60 for i in range(slices)]
    counts = [round(400 * math.exp(-(((i - 15) / 7) ** 2))) for i in range(32)]
    return [
        facts(shape="3,072", dtype="float32", mean="−0.00031", std="0.1804", range="−0.41 to 0.39"),
        {"kind": "plot", "label": "Values", "style": "line", "low": low, "high": high,
         "first": "0", "last": "3,071"},
        {"kind": "plot", "label": "Counts", "style": "bars", "low": [0] * 32, "high": counts,
         "first": "−0.41", "last": "0.39"},
    ]  # fmt: skip


def table(rows: int = 8, *, offset: int = 0, total: int | None = None, more: int | None = None) -> Json:
    cities = ["Oslo", "Bergen", "Tromsø", "København", "Reykjavík"]
    return {
        "kind": "table",
        "columns": ["", "city", "population", "share", "remark"],
        "numeric": [True, False, True, True, False],
        "rows": [
            [str(i), cities[i % 5], f"{717_710 // (i + 1):,}", f"{100 / (i + 2):.2f}",
             "a remark that is longer than its column is wide, by far" if i == 2 else ""]
            for i in range(offset, offset + rows)
        ],
        "offset": offset,
        "total": total or rows,
        "more": more,
    }  # fmt: skip


def span(words: str, style: str = "") -> Json:
    return {"text": words, "style": style}


def item(kind: str, *spans: Json, level: int = 0, mark: str = "") -> Json:
    return {"kind": kind, "level": level, "mark": mark, "spans": list(spans)}


OUTLINE: Json = {"kind": "outline", "items": [
    item("heading", span("Handbook"), level=1),
    item("paragraph", span("How we "), span("write", "strong"), span(" and "), span("review", "em"),
         span(" changes; see "), span("the guide (https://example.org/guide)", "link"),
         span(", then run "), span("make test", "code"), span(".")),
    item("heading", span("Steps"), level=2),
    item("item", span("Read the brief"), level=1, mark="1."),
    item("item", span("Write the failing test"), level=1, mark="2."),
    item("item", span("of the contract"), level=2, mark="•"),
    item("item", span("of the screen"), level=2, mark="•"),
    item("quote", span("Whoever goes by the screen believes it.")),
    item("code", span("def add(a, b):\n    return a + b")),
    item("rule"),
    item("paragraph", span('<img src=x onerror="alert(1)"> stays text')),
]}  # fmt: skip


def message(role: str, *blocks: Json, name: str = "", calls: list[Json] | None = None, **said: str) -> Json:
    return {"kind": "message", "role": role, "name": name, "text": list(blocks), "calls": calls or [],
            "facts": facts(**said)["facts"]}  # fmt: skip


CALL: Json = {
    "name": "search_flights",
    "id": "call_7Hq2",
    "args": branch("", "dict", "{3}", [
        leaf("from", '"OSL"'), leaf("to", '"BGO"'),
        branch("dates", "list", "[2]", [leaf("0", '"2025-06-03"'), leaf("1", '"2025-06-05"')]),
    ]),
}  # fmt: skip

MESSAGES: list[Json] = [
    message("system", text("You book trips. Answer briefly.")),
    message("human", text("A flight from Oslo to Bergen on Tuesday, back on Thursday?"), name="ada"),
    message("ai", text("I will look for flights."), calls=[CALL],
            tokens="312 in, 48 out", model="gpt-4.1-mini", id="run-6c1f"),
    message("tool", text('[{"flight": "SK263", "price": 890}, {"flight": "DY622", "price": 745}]'),
            name="search_flights", status="success"),
    message("ai", OUTLINE),
]  # fmt: skip

BINARY = (
    bytes(range(256))
    + b"\x80\x04\x95\x2c\x46\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x04user\x94\x8c\x05u_377\x94"
)


class ValueKernel(KeyKernel):
    """`values[format]` is what the open key's value looks like, in blocks; the first is the best.

    Attributes:
        version: of the open key; `touch` makes another one.
        pages: (format, offset) → the blocks that continue there.
        nodes: path → the node with its children.
        refuse: the error that `value` and `edit` are answered with.
        edit_text: the value as it can be edited, None where it cannot.
        written: the edits that were taken.
    """

    def __init__(self, values: dict[str, list[Json]], *, open: int | None = 1, **over: Any) -> None:
        self.values = values
        self.version = 1
        self.packed: Json | None = None
        self.pages: dict[tuple[str, int], list[Json]] = {}
        self.nodes: dict[tuple[int, ...], Json] = {}
        self.edit_text: str | None = None
        self.language = "json"
        self.refuse = ""
        self.is_gone = False
        self.written: list[Json] = []
        super().__init__(1_000_000, **over)
        self.open = open
        self.traits["state"] = {**self.traits["state"], "open": self.state({})["open"]}

    @property
    def token(self) -> str:
        return f"token {self.version}"

    def touch(self, values: dict[str, list[Json]] | None = None) -> None:
        """The open key's value is written to."""
        self.values = values or self.values
        self.version += 1

    def state(self, params: Mapping[str, Any]) -> Any:
        state = super().state(params)
        if opened := state["open"]:
            opened = {**opened, "version": self.version, "gone": self.is_gone}
            if self.version > 1:
                opened["changed"] = time.time()
            state["open"] = opened
        return state

    def receive(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        if self.refuse and message.get("method") in ("value", "edit"):
            self.calls.append((message["method"], message["params"]))
            return [{"kind": "reply", "view": message["view"], "id": message["id"], "error": self.refuse}]
        return super().receive(message)

    def reply(self, method: str, params: Mapping[str, Any]) -> Any:
        answer = super().reply(method, params)
        if method == "edit":
            return self.edit(params)
        if method != "value":
            return answer
        if "path" in params:
            node = self.nodes[tuple(params["path"])]
            return {**node, "children": node["children"][params["offset"] : params["offset"] + 200]}
        best = next(iter(self.values))
        wanted = str(params.get("format"))
        chosen = wanted if wanted in self.values else best
        offset = int(params.get("offset", 0))
        edit = {"language": self.language, "text": self.edit_text, "token": self.token}
        return {
            "id": self.open,
            "version": self.version,
            "formats": list(self.values),
            "format": chosen,
            "packed": self.packed,
            "blocks": self.pages[chosen, offset] if offset else self.values[chosen],
            "edit": edit if self.edit_text is not None else None,
            "reason": "" if self.edit_text is not None else "only text and JSON can be edited",
        }

    def edit(self, params: Mapping[str, Any]) -> Json:
        if "key" in params:
            exists = params["key"] == "prod:sess:9f31c2"
            if not exists:
                self.written.append(dict(params))
            return {"id": None if exists else 7, "conflict": None, "missing": exists}
        if self.is_gone:
            return {"id": None, "conflict": None, "missing": True}
        if params["token"] != self.token:
            theirs = {"language": self.language, "text": self.edit_text, "token": self.token}
            return {"id": None, "conflict": theirs, "missing": False}
        self.written.append(dict(params))
        self.edit_text = params["text"]
        self.touch()
        return {"id": params["id"], "conflict": None, "missing": False}
