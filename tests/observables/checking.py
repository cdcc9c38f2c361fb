"""What holds of any value that is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inmem_widgets.observables.formats import child_node, view_value

MOST = 300_000


def weight(found: Any) -> int:
    """Bytes of an answer on the wire, without images. NaN and lone surrogates raise."""
    images = [b for b in found["blocks"] if b["kind"] == "image"]
    return len(json.dumps(found, ensure_ascii=False, allow_nan=False).encode()) - sum(
        len(b["data"]) for b in images
    )


def check(value: Any) -> None:
    __tracebackhide__ = True  # pytest would print the value
    """Every format, from its beginning and from where it continues; every tree, one level down."""
    best = view_value(value)
    assert best["format"] == (best["formats"][0] if best["formats"] else "")
    assert len(set(best["formats"])) == len(best["formats"])
    for name in best["formats"]:
        found = view_value(value, format=name)
        assert found["format"] == name
        if (bytes_ := weight(found)) > MOST:
            pytest.fail(f"{name}: {bytes_:,} bytes", pytrace=False)
        assert not [
            b for b in found["blocks"] if b["kind"] == "note" and b["text"].startswith("Cannot be shown")
        ]
        for block in found["blocks"]:
            more = block.get("more")
            if more is not None:
                assert more > block.get("offset", 0)
                assert weight(view_value(value, format=name, offset=more)) <= MOST
            if block["kind"] == "tree" and block["loads"]:
                for i, shown in enumerate((block["node"]["children"] or [])[:3]):
                    node = child_node(value, [i], format=name)
                    assert {**node, "children": None} == {**shown, "children": None}
    for offset in (-1, 1, 10**12):
        weight(view_value(value, offset=offset))
