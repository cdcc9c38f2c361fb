"""A secret for tests, planted wherever something can be, and what looks for it."""

from __future__ import annotations

import base64
import gzip
import json
import pickle
import random
import re
import string
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ormsgpack
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, Generation

PART = 8
"""Characters of a secret in a row that must not be seen either: it may have been cut."""


@dataclass
class Record:
    note: str
    inner: Any = None


class Planted:
    """A secret, what masks it, and whether something holds it."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        letters = string.ascii_letters + string.digits
        if seed % 3 == 1:  # these are spelt differently in JSON and in what `repr` gives
            letters = string.ascii_letters + "äöüßéñ漢字"
        self.secret = "".join(rng.choice(letters) for _ in range(rng.choice([12, 40, 150])))
        self.parts = {self.secret[i : i + PART] for i in range(len(self.secret) - PART + 1)}
        self.calls = 0

    def redact(self, text: str) -> str:
        self.calls += 1
        return text.replace(self.secret, "•••")

    def check(self, left: Any, where: str) -> None:
        for text in texts_of(left):
            if "\\u" in text:
                text = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
            found = [part for part in self.parts if part in text]
            assert not found, f"{where}: {found[0]!r} of the secret in {text[:400]!r}"


def texts_of(left: Any) -> Iterator[str]:
    """All texts in something, files in base64 and compressed ones opened."""
    if isinstance(left, str):
        yield left
        if len(left) > 16:
            try:
                data = base64.b64decode(left, validate=True)
            except ValueError:
                return
            yield from texts_of(data)
    elif isinstance(left, bytes):
        yield left.decode("utf-8", "replace")
        for opened in (gzip.decompress, zlib.decompress):
            try:
                yield from texts_of(opened(left))
            except Exception:
                continue
    elif isinstance(left, dict):
        for key, each in left.items():
            if key in ("_esm", "_css", "script", "style"):
                continue
            yield from texts_of(key)
            yield from texts_of(each)
    elif isinstance(left, list | tuple):
        for each in left:
            yield from texts_of(each)


def values_with(secret: str, rng: random.Random) -> dict[str, Any]:
    pad = "x" * rng.choice([0, 30, 70, 110, 180, 195, 480])
    text = f"{pad}{secret} and more {'y' * 300}"
    data = {"plain": 1, secret: {"deep": [{"api": text}, (secret,), {secret}]}}
    return {
        "text": text,
        "json": json.dumps(data, default=list),
        "data": data,
        "bytes": text.encode(),
        "binary": b"\xff\xfe\x00" + text.encode() + b"\x80",
        "gzip": gzip.compress(json.dumps({"key": text}).encode()),
        "zlib": zlib.compress(text.encode()),
        "base64": base64.b64encode(b"nothing secret here, really"),
        "pickle": pickle.dumps({"key": text, "deep": [secret]}),
        "msgpack": ormsgpack.packb({"key": text, secret: [1, secret]}),
        "messages": [
            HumanMessage(text, name=secret[:0] or None, id=f"id-{secret}"),
            AIMessage(
                [{"type": "text", "text": text}, {"type": "other", "value": secret}],
                tool_calls=[
                    {"name": f"tool-{secret}", "args": {"query": text, secret: [secret]}, "id": secret}
                ],
                response_metadata={"key": secret},
            ),
            ToolMessage(text, tool_call_id=secret),
        ],
        "markdown": f"# Title {text}\n\n- **{secret}**\n- `{secret}`\n\n```\n{secret}\n```",
        "document": Document(text, metadata={"source": secret, secret: 1}),
        "generation": [ChatGeneration(message=AIMessage(text)), Generation(text=text)],
        "record": Record(text, {"a": Record(secret)}),
        "table": [{"name": secret, "n": i, secret: text} for i in range(5)],
        "csv": "name,value\n" + "\n".join(f"{secret},{i}" for i in range(5)),
        "long": "z" * 250_000 + secret + "z" * 250_000,
        "error": ValueError(text),
        "class": type(secret, (), {"note": secret}) if secret.isidentifier() else None,
        "path": Path("/home") / secret,
        "mixed": [text, text.encode(), bytearray(text.encode()), {1: secret}, float("nan"), None],
    }
