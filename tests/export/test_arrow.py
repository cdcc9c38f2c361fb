"""Frames are Arrow tables to polars and DuckDB, with the same memory behind them."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, observe, to_frame


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    store: InMemoryStore[Any] = InMemoryStore()
    watched = observe(store)
    store.mset([(f"user:{i}", b"x" * (i % 50)) for i in range(1_000)] + [("ü", {"a": 1})])
    found = to_frame(store)
    assert watched.size == 1_001
    return found


def column(table: pa.Table, name: str) -> pa.Array:
    (chunk,) = table.column(name).chunks
    return chunk


def addresses(array: pa.Array) -> set[int]:
    return {buffer.address for buffer in array.buffers() if buffer is not None and buffer.size}


def test_the_stream_of_arrow(frame: pd.DataFrame) -> None:
    table = pa.table(frame)
    assert table.column_names == [*frame.columns]
    kinds = {name: str(kind) for name, kind in zip(table.schema.names, table.schema.types, strict=True)}
    assert kinds["size"] == "int64"
    assert kinds["created"] == "timestamp[us, tz=UTC]"
    assert kinds["type"].startswith("dictionary<values=large_string")
    assert table.column("reads").null_count == len(frame)
    assert table.column("key").to_pylist() == frame["key"].tolist()


def test_texts_numbers_and_times_are_not_copied(frame: pd.DataFrame) -> None:
    table = pa.table(frame)
    for name in ("key", "preview"):
        held: Any = frame[name].array
        (own,) = pa.chunked_array(held.__arrow_array__()).chunks
        assert addresses(column(table, name)) == addresses(own)
    sizes: Any = frame["size"].array
    assert sizes._data.ctypes.data in addresses(column(table, "size"))
    changed: Any = frame["changed"].array
    assert changed._ndarray.ctypes.data in addresses(column(table, "changed"))


@pytest.mark.parametrize("read", [pl.DataFrame, lambda frame: pl.from_arrow(pa.table(frame))])
def test_polars_reads_it(frame: pd.DataFrame, read: Any) -> None:
    found: pl.DataFrame = read(frame)
    assert found["key"].to_list() == frame["key"].tolist()
    assert found.schema["created"] == pl.Datetime("us", "UTC")
    assert found["reads"].null_count() == len(frame)
    assert found.filter(pl.col("type") == "dict")["key"].to_list() == ["ü"]
    assert found["size"].sum() == frame["size"].sum()
    # the numbers are those in pandas' own memory
    sizes: Any = frame["size"].array
    assert found["size"].to_numpy(allow_copy=False).ctypes.data == sizes._data.ctypes.data


def test_duckdb_reads_it(frame: pd.DataFrame) -> None:
    with duckdb.connect() as base:
        base.register("items", pa.table(frame))
        rows = base.sql("select type, count(*), sum(size) from items group by type order by type").fetchall()
        by_frame = frame.groupby("type", observed=True)["size"].agg(["size", "sum"])
        assert rows == [(kind, *map(int, counts)) for kind, counts in by_frame.iterrows()]
        some = base.sql("select key from frame where changed is not null and size > 48").fetchall()
        assert len(some) == 21


@pytest.mark.parametrize("make", [InMemoryStore, InMemoryCache, InMemorySaver])
def test_frames_without_rows_are_tables_too(make: Any) -> None:
    found = to_frame(make())
    table = pa.table(found)
    assert table.num_rows == 0
    assert table.column_names == [*found.columns]
    assert pl.DataFrame(found).columns == [*found.columns]
