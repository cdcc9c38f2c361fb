"""No code of a value runs while it is looked at."""

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from langchain_core.documents import Document
from langchain_core.messages import AIMessage

from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.tree import value_node
from inmem_widgets.observables.values import type_label
from tests.observables.checking import check
from tests.observables.hostile import Zone, armed, hostile


def filled(array: Any) -> Any:
    array[0] = [hostile(), hostile(str, "x")]
    return array


HOSTILE: dict[str, Any] = {
    "object": lambda: hostile(),
    "as numpy": lambda: hostile(module="numpy"),
    "as pandas": lambda: hostile(module="pandas"),
    "as langchain": lambda: hostile(module="langchain_core.messages.base"),
    "as builtin": lambda: hostile(module="builtins"),
    "str": lambda: hostile(str, '{"lc": 1, "a": [1.0]} # x **b**'),
    "iso": lambda: hostile(str, "2026-01-01"),
    "bytes": lambda: hostile(bytes, b'{"a": 1}'),
    "bytearray": lambda: hostile(bytearray, b"\x82\xa1a\x01\xa1b\x02"),
    "dict": lambda: hostile(dict, {"role": "human", "content": "x"}),
    "list": lambda: hostile(list, [1.0] * 20),
    "tuple": lambda: hostile(tuple, (1.0,) * 20),
    "set": lambda: hostile(set, {1, 2}),
    "frozenset": lambda: hostile(frozenset, {1, 2}),
    "int": lambda: hostile(int, 1_700_000_000),
    "float": lambda: hostile(float, 1.5),
    "ndarray": lambda: hostile(np.ndarray, (3,)),
    "datetime": lambda: hostile(datetime.datetime, 2026, 1, 1),
    "zone": lambda: datetime.datetime(2026, 1, 1, tzinfo=Zone()),
    "in a list": lambda: [hostile(), hostile(str, "x"), hostile(int, 1)],
    "in a dict": lambda: {"a": hostile(), hostile(): 1, hostile(str, "content"): hostile(str, "x")},
    "in a set": lambda: {hostile(), hostile(str, "x")},
    "in lc": lambda: {
        "lc": hostile(int, 1),
        "type": hostile(str, "constructor"),
        "id": hostile(list, ["Document"]),
    },
    "in messages": lambda: [
        {"role": "ai", "content": hostile(), "tool_calls": [hostile(dict, {"args": hostile()})]}
    ],
    "in parts": lambda: {
        "role": "ai",
        "content": [hostile(), hostile(str, "x"), {"type": hostile(str, "text")}],
    },
    "in a message": lambda: AIMessage.model_construct(
        content=hostile(str, "x"), type="ai", id=hostile(), name=hostile()
    ),
    "in usage": lambda: AIMessage.model_construct(
        content="", usage_metadata=hostile(dict, {"a": hostile(int, 1)})
    ),
    "in a document": lambda: Document.model_construct(
        page_content=hostile(str, "x"), metadata={"a": hostile()}
    ),
    "in metadata": lambda: Document.model_construct(
        page_content="x", metadata=hostile(dict, {"a": hostile()})
    ),
    "in an array": lambda: filled(np.empty(2, dtype=object)),
    "in a frame": lambda: pd.DataFrame({"a": pd.Series([hostile(), 1], dtype=object), "b": [1, 2]}),
    "in numbers": lambda: [1.0] * 20 + [hostile(float, 1.0)],
    "class": lambda: type(hostile()),
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_no_code_of_a_value_runs(make: Any) -> None:
    value = make()
    with armed():
        check(value)
        preview(value)
        size_of(value)
        type_label(value)
        value_node("v", value, depth=2)


def test_attributes_of_a_frame_are_not_copied() -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    frame.attrs["x"] = hostile()
    with armed():
        check(frame)
