"""Frames are Arrow tables to polars and DuckDB, with the same memory behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.interchange
import pytest

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, observe, to_frame
from tests.export.test_kinds import KINDS


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


def of_every_kind(make: Any, use: Any, frames: Any) -> Iterator[tuple[str, pd.DataFrame]]:
    """With rows, and of an object to which nothing has happened."""
    full, empty = make(), make()
    watching = [observe(full), observe(empty)]
    assert [each.log.kept for each in watching] == [0, 0]
    use(full)
    assert watching[0].log.catch_up()
    for what in frames:
        yield what, to_frame(full, what)
        yield f"no {what}", to_frame(empty, what)


@pytest.mark.parametrize(("make", "use", "frames"), KINDS)
def test_the_stream_of_every_frame_is_read_by_others(make: Any, use: Any, frames: Any) -> None:
    for what, found in of_every_kind(make, use, frames):
        table = pa.RecordBatchReader.from_stream(found).read_all()
        assert (table.column_names, table.num_rows) == ([*found.columns], len(found)), what
        read = pl.DataFrame(found)
        assert (read.columns, len(read)) == ([*found.columns], len(found)), what
        missing = found.isna().sum().tolist()
        assert [read[name].null_count() for name in read.columns] == missing, what
        with duckdb.connect() as base:
            relation = base.sql("select * from found")
            assert (relation.columns, relation.shape) == ([*found.columns], found.shape), what


@pytest.mark.filterwarnings("ignore:The Dataframe Interchange Protocol is deprecated")
@pytest.mark.parametrize(("make", "use", "frames"), KINDS)
def test_the_older_protocol_of_every_frame_is_read_too(make: Any, use: Any, frames: Any) -> None:
    """It knows no lists: columns of objects cannot be told in it."""
    for what, found in of_every_kind(make, use, frames):
        given = found.__dataframe__()
        assert [*given.column_names()] == [*found.columns]
        assert given.num_rows() == len(found)
        told = found[[name for name in found if found[name].dtype != object]]
        assert len(told.columns) == len(found.columns) or what.endswith(("checkpoints", "states"))
        table = pyarrow.interchange.from_dataframe(told)
        assert (table.column_names, table.num_rows) == ([*told.columns], len(told)), what
        stream = pa.table(told)
        for name in told:
            assert table.column(name).to_pylist() == stream.column(name).to_pylist(), (what, name)
