"""`to_frame`: the same columns and types with and without rows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, Generation
from langgraph.checkpoint.base import empty_checkpoint

from inmem_widgets import InMemoryByteStore, InMemoryCache, InMemorySaver, InMemoryStore, observe, to_frame


def put(saver: InMemorySaver, checkpoint_id: str, parent: str | None, step: int, seen: Any) -> None:
    config: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}
    if parent:
        config["configurable"]["checkpoint_id"] = parent
    checkpoint = {**empty_checkpoint(), "id": checkpoint_id, "versions_seen": seen}
    saver.put(config, checkpoint, {"source": "loop", "step": step, "parents": {}}, {})  # type: ignore[arg-type]


def filled() -> list[Any]:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("a", "text"), ("b", {"x": 1}), ("\ud800", 1)])
    byte_store = InMemoryByteStore()
    byte_store.mset([("k", b'{"json": true}')])
    cache = InMemoryCache()
    cache.update("prompt", "llm", [Generation(text="answer")])
    cache.update("nothing", "llm", [])
    saver = InMemorySaver()
    put(saver, "1", None, 0, {"__input__": {}})
    put(saver, "2", "1", 1, {"__input__": {}, "agent": {"x": 1}})
    return [store, byte_store, cache, saver]


def test_stores() -> None:
    store, byte_store, _, _ = filled()
    frame = to_frame(store)
    assert [*frame.columns[:5]] == ["key", "type", "size", "exact", "preview"]
    assert frame["type"].tolist() == ["str", "dict", "int"]
    assert frame.loc[0, ["size", "exact", "preview"]].tolist() == [4, True, "text"]
    assert to_frame(byte_store).loc[0, ["type", "size"]].tolist() == ["json", 14]


def test_cache() -> None:
    frame = to_frame(filled()[2])
    assert frame["prompt"].tolist() == ["prompt", "nothing"]
    assert frame["generations"].tolist() == [1, 0]
    assert frame["text"].isna().tolist() == [False, True]


def test_what_is_known_of_a_watched_cache_and_missing_of_another() -> None:
    cache = InMemoryCache()
    message = AIMessage("yes", usage_metadata={"input_tokens": 7, "output_tokens": 2, "total_tokens": 9})
    cache.update("before", "llm", [ChatGeneration(message=message)])
    unwatched = to_frame(cache)
    assert not cache.changes.active
    assert unwatched[["hits", "inserted", "last_hit", "load_time"]].isna().all(axis=None)
    assert unwatched[["input_tokens", "output_tokens"]].to_numpy().tolist() == [[7, 2]]
    watching = observe(cache)
    assert cache.lookup("p", "llm") is None
    cache.update("p", "llm", [Generation(text="a")])
    cache.lookup("p", "llm")
    cache.lookup("before", "llm")
    frame = to_frame(cache).set_index("prompt")
    assert frame["hits"].tolist() == [1, 1]
    assert frame["last_hit"].notna().all()
    assert frame["load_time"].isna().tolist() == [True, False]
    assert frame.loc["p", "load_time"] >= 0
    assert watching.inserts == 2


def test_values_of_caches_that_are_no_generations() -> None:
    cache = InMemoryCache()
    for i, value in enumerate([None, 7, "text", {"a": 1}, [object()], ({"text": "no"},), [None]]):
        cache.update(str(i), "llm", value)  # type: ignore[arg-type]
    frame = to_frame(cache)
    assert frame["generations"].fillna(-1).tolist() == [-1, -1, -1, -1, 1, 1, 1]
    assert frame["text"].isna().all()


def test_saver() -> None:
    frame = to_frame(filled()[3])
    assert frame["checkpoint_id"].tolist() == ["1", "2"]
    assert frame["nodes"].tolist() == [(), ("agent",)]
    assert frame["parent_id"].isna().tolist() == [True, False]
    assert str(frame["time"].dtype).endswith("UTC]")


@pytest.mark.parametrize("i", range(4))
def test_no_rows_have_the_same_columns_and_types(i: int) -> None:
    empty: Any = [InMemoryStore, InMemoryByteStore, InMemoryCache, InMemorySaver][i]()
    with_rows, without = to_frame(filled()[i]), to_frame(empty)
    assert len(without) == 0
    assert list(with_rows.columns) == list(without.columns)
    for column in with_rows:
        left, right = with_rows[column].dtype, without[column].dtype
        assert left == right or {type(left), type(right)} == {pd.CategoricalDtype}, column


def test_looking_changes_nothing() -> None:
    _, _, cache, saver = filled()
    before = cache.stats()
    to_frame(cache)
    assert cache.stats() == before
    to_frame(saver)
    assert saver.thread_ids() == ["t"]


def test_other_objects_are_refused() -> None:
    with pytest.raises(TypeError, match=r"obj: got builtins\.list, accepted are stores"):
        to_frame([])


def test_the_frame_of_a_store_leaves_its_index_alone() -> None:
    store: InMemoryStore[int] = InMemoryStore()
    store.mset([("a", 1)])
    to_frame(store)
    assert not store._prefixes.suspect


@pytest.mark.slow
def test_many_rows_have_the_same_columns_and_types() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([(f"key:{i}", b"x" * (i % 9) if i % 2 else {"i": i}) for i in range(100_000)])
    frame, few = to_frame(store), to_frame(filled()[0])
    assert len(frame) == 100_000
    assert [*frame.columns] == [*few.columns]
    assert [str(kind) for kind in frame.dtypes] == [str(kind) for kind in few.dtypes]
    assert frame["size"].notna().all()
    assert frame.loc[[1, 99_997], ["key", "type", "size", "preview"]].to_numpy().tolist() == [
        ["key:1", "text", 1, "x"],
        ["key:99997", "text", 7, "xxxxxxx"],
    ]
    assert frame.loc[0, "preview"] == "{'i': 0}"
    assert frame["preview"].notna().sum() == 60_000
