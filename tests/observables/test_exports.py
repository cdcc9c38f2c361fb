"""Files of what is listed: whole, in order, in bounded pieces, and harmless in a spreadsheet."""

from __future__ import annotations

import base64
import csv
import io
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from inmem_widgets import InMemoryStore, observe
from inmem_widgets.observables.keys.exports import COLUMNS, PIECE, Export

VALUES: dict[str, Any] = {
    "text": 'one "two", three\nfour',
    "empty": "",
    "bytes": b"\xff\x00",
    "utf8": "schön".encode(),
    "json bytes": b'{"a": 1.50,\n "b": [1e400]}',
    "not json": b"{nan: 1}",
    "data": {"a": [1, None, True], "ä": 2.5},
    "none": None,
    "object": object(),
    "view": memoryview(b"view"),
    "array": bytearray(b"\xfe"),
    "\ud800key": "\ud800",
    "=1+1": "=cmd|' /C calc'!A0",
    "+tab": "\t=1",
    "@": "-5 degrees",
}
EXPECTED = {
    "text": ("text", VALUES["text"]),
    "empty": ("text", ""),
    "bytes": ("base64", base64.b64encode(b"\xff\x00").decode()),
    "utf8": ("text", "schön"),
    "json bytes": ("text", '{"a": 1.50,\n "b": [1e400]}'),
    "not json": ("text", "{nan: 1}"),
    "data": ("json", '{"a": [1, null, true], "ä": 2.5}'),
    "none": ("json", "null"),
    "object": ("preview", "<object>"),
    "view": ("text", "view"),
    "array": ("base64", base64.b64encode(b"\xfe").decode()),
}


def store_of(values: dict[str, Any]) -> InMemoryStore[Any]:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset(values)
    return store


def pieces(export: Export) -> Iterator[dict[str, Any]]:
    number = 0
    while True:
        piece = export.piece(number)
        assert export.piece(number) == piece  # asked again
        assert len(json.dumps(piece)) <= 1_000_000
        yield dict(piece)
        if piece["last"]:
            return
        number += 1


def content(store: InMemoryStore[Any], keys: list[str], form: str) -> bytes:
    return b"".join(base64.b64decode(p["data"]) for p in pieces(Export(observe(store), keys, form, "store")))


def csv_rows(data: bytes) -> list[dict[str, str]]:
    csv.field_size_limit(1 << 30)
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_csv() -> None:
    store = store_of(VALUES)
    watching = observe(store)
    rows = csv_rows(content(store, [*VALUES], "csv"))
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == len(VALUES)
    found = {row["key"]: (row["encoding"], row["value"]) for row in rows}
    assert {key: found[key] for key in EXPECTED} == EXPECTED
    assert rows[0]["type"] == "str"
    assert rows[0]["size"] == str(len(VALUES["text"]))
    assert rows[0]["changed"] == ""
    store.mset([("text", "new")])
    assert store.changes.flush(30)
    changed = csv_rows(content(store, ["text"], "csv"))[0]["changed"]
    mark = watching.mark("text")
    assert mark is not None
    assert datetime.fromisoformat(changed).timestamp() == pytest.approx(mark[0], abs=1e-5)


def test_no_cell_of_a_csv_is_a_formula_and_no_text_is_lost() -> None:
    Odd = type("=cmd()", (), {})
    store = store_of({**VALUES, "odd": Odd(), "wide": "＝1"})
    rows = csv_rows(content(store, [*store.store], "csv"))
    for row in rows:
        assert not [cell for cell in row.values() if cell[:1] in tuple("=+-@\t\r\n＝＋－＠")]
    risky = {row["key"]: row for row in rows if row["encoding"] == "json"}
    assert json.loads(risky["'=1+1"]["value"]) == VALUES["=1+1"]
    assert json.loads(risky["'+tab"]["value"]) == "\t=1"
    assert json.loads(risky["'@"]["value"]) == "-5 degrees"
    assert json.loads(risky["\\ud800key"]["value"]) == "\ud800"


def test_json_lines_hold_json_as_json() -> None:
    data = content(store_of(VALUES), [*VALUES], "jsonl").decode()
    lines = data.split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(VALUES)
    rows = {row["key"]: row for row in map(json.loads, lines)}
    assert rows.keys() == VALUES.keys()
    assert list(rows["text"]) == list(COLUMNS)
    assert rows["data"]["value"] == VALUES["data"]
    assert rows["none"]["value"] is None
    assert (rows["json bytes"]["encoding"], rows["json bytes"]["value"]["a"]) == ("json", 1.5)
    assert '"a": 1.50,  "b": [1e400]' in data  # digits as they are
    assert (rows["not json"]["encoding"], rows["not json"]["value"]) == ("text", "{nan: 1}")
    assert rows["=1+1"]["value"] == VALUES["=1+1"]
    assert rows["\ud800key"]["value"] == "\ud800"
    assert rows["bytes"]["encoding"] == "base64"


def test_parquet() -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    store = store_of(VALUES)
    watching = observe(store)
    store.mset([("late", 1)])
    assert store.changes.flush(30)
    keys = [*VALUES, "late"]
    table = parquet.read_table(io.BytesIO(content(store, keys, "parquet")))
    assert table.column_names == list(COLUMNS)
    rows = {row["key"]: row for row in table.to_pylist()}
    assert {key: (rows[key]["encoding"], rows[key]["value"]) for key in EXPECTED} == EXPECTED
    assert json.loads(rows["\\ud800key"]["value"]) == "\ud800"
    assert str(table.schema.field("changed").type) == "timestamp[us, tz=UTC]"
    mark = watching.mark("late")
    assert mark is not None
    assert rows["late"]["changed"].timestamp() == pytest.approx(mark[0], abs=1e-5)
    assert rows["text"]["size"] == len(VALUES["text"])
    assert parquet.read_table(io.BytesIO(content(store, [], "parquet"))).num_rows == 0


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_large_files_come_in_pieces_in_the_order_given(form: str) -> None:
    store = store_of({f"k{i}": "x" * 400 for i in range(20_000)})
    keys = [f"k{i}" for i in range(19_999, -1, -1)]
    got = list(pieces(Export(observe(store), keys, form, "my_store")))
    assert all(p["name"] == f"my_store.{form}" and p["total"] == 20_000 for p in got)
    assert [p["last"] for p in got] == [False] * (len(got) - 1) + [True]
    assert got[-1]["done"] == 20_000
    data = b"".join(base64.b64decode(p["data"]) for p in got)
    if form == "parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        found = parquet.read_table(io.BytesIO(data))["key"].to_pylist()
    else:
        assert len(got) > 5
        assert got[0]["done"] < 5_000  # made as it is asked for
        found = (
            [row["key"] for row in csv_rows(data)]
            if form == "csv"
            else [json.loads(line)["key"] for line in data.decode().splitlines()]
        )
    assert found == keys


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("value", ['ä"\n' * 1_000_000, b"\xff" * 3_000_001, "ä".encode() * 1_500_000])
def test_one_value_larger_than_a_piece(form: str, value: Any) -> None:
    store = store_of({"big": value})
    export = Export(observe(store), ["big"], form, "store")
    got = list(pieces(export))
    data = b"".join(base64.b64decode(p["data"]) for p in got)
    assert len(got) == -(-len(data) // PIECE) > 3
    row = csv_rows(data)[0] if form == "csv" else json.loads(data)
    expected = value if isinstance(value, str) else None
    if row["encoding"] == "base64":
        assert base64.b64decode(row["value"]) == value
    else:
        assert row["value"] == (expected or value.decode())


def test_keys_deleted_meanwhile_are_left_out_and_a_store_that_is_gone_ends_it() -> None:
    store = store_of({f"k{i}": "x" * 10_000 for i in range(200)})
    observable = observe(store)
    export = Export(observable, [f"k{i}" for i in range(200)], "jsonl", "store")
    first = export.piece(0)
    assert not first["last"]
    store.mdelete([f"k{i}" for i in range(190)])
    rest = [export.piece(1)]
    while not rest[-1]["last"]:
        rest.append(export.piece(len(rest) + 1))
    data = b"".join(base64.b64decode(p["data"]) for p in (first, *rest))
    found = [json.loads(line)["key"] for line in data.decode().splitlines()]
    assert found[-10:] == [f"k{i}" for i in range(190, 200)]
    assert len(found) < 200
    other = Export(observable, ["k199"] * 2, "jsonl", "store")
    del store
    assert base64.b64decode(other.piece(0)["data"]).count(b"\n") <= 2
    assert other._last is not None and other._last["last"]


def test_what_is_asked_wrongly_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of({"a": 1})
    with pytest.raises(ValueError, match="format: got 'xls', accepted are 'csv', 'jsonl', 'parquet'"):
        Export(observe(store), ["a"], "xls", "store")
    export = Export(observe(store), ["a"], "csv", "store")
    with pytest.raises(LookupError, match="piece: got 1, the next is 0"):
        export.piece(1)
    assert export.piece(0)["last"]
    with pytest.raises(LookupError, match="begin again with 0"):
        export.piece(1)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ImportError, match=r'pip install "inmem-widgets\[parquet\]"'):
        Export(observe(store), ["a"], "parquet", "store")


def test_exporting_runs_no_code_of_values() -> None:
    class Trap:
        def _never(self, *args: Any, **kwargs: Any) -> Any:
            raise AssertionError("a value's own method was called")

        __repr__ = __str__ = __len__ = __iter__ = __getitem__ = __eq__ = __hash__ = __bytes__ = _never

    class TrapText(str):
        def __getitem__(self, key: Any) -> Any:
            raise AssertionError("a value's own method was called")

        encode = replace = __iter__ = __str__ = __len__ = __getitem__  # type: ignore[assignment]

    store = store_of({"a": Trap(), "b": [Trap()], "c": TrapText("text")})
    for form in ("csv", "jsonl", "parquet"):
        assert content(store, ["a", "b", "c"], form)
