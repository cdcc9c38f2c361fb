"""Frames of objects that are not ours: the same columns, read without a trace."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import cachetools
import pandas as pd
import pytest
from langchain_classic.storage import LocalFileStore
from langchain_core.stores import InMemoryByteStore
from langgraph.store.memory import InMemoryStore as LongTerm

from inmem_widgets import InMemoryStore, inspect, observe, record, replay, to_frame, watched_dict


def test_a_store_of_files(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    store.mset([("a", b'{"x": 1}'), ("b/c", b"text")])
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    frame = to_frame(store, values=True).set_index("key").sort_index()
    assert frame["value"].to_dict() == {"a": b'{"x": 1}', "b/c": b"text"}
    assert frame["type"].to_dict() == {"a": "json", "b/c": "text"}
    assert frame["size"].to_dict() == {"a": 8, "b/c": 4}
    assert type(store) is LocalFileStore
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_values_that_were_not_read_are_missing(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    store.mset([("a", b"text")])
    frame = to_frame(store)
    assert frame["key"].tolist() == ["a"]
    assert frame[["type", "preview"]].isna().all(axis=None)
    assert not frame["exact"].any()


def test_what_was_just_written_and_not_read_back_is_missing(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    table = inspect(store, refresh=None)
    store.mset([("a", b"text")])
    frame = table.to_frame()
    table.close()
    assert frame["key"].tolist() == ["a"]
    assert frame["exact"].tolist() == [frame["size"].notna().all()]


def test_namespaces_of_long_term_memory() -> None:
    store = LongTerm()
    store.put(("users", "1"), "name", {"n": "Ann"})
    store.put(("users", "a/b"), "x/y", {"n": 7})
    frame = to_frame(store, values=True)
    assert [*frame.columns[:2]] == ["namespace", "key"]
    assert frame["namespace"].tolist()[0] == "users/1"
    assert frame["key"].tolist() == ["name", "x/y"]
    assert frame["value"].tolist() == [{"n": "Ann"}, {"n": 7}]
    assert frame[["created", "changed"]].notna().all(axis=None)
    empty = to_frame(LongTerm(), values=True)
    assert {name: str(kind) for name, kind in empty.dtypes.items() if name != "type"} == {
        name: str(kind) for name, kind in frame.dtypes.items() if name != "type"
    }


def test_what_changed_while_it_was_watched() -> None:
    store = InMemoryByteStore()
    watching = observe(store)
    assert watching.log.kept == 0
    store.mset([("a", b"1")])
    store.mset([("a", b"2")])
    frame = to_frame(store)
    assert frame["writes"].tolist() == [2]
    assert frame[["created", "changed"]].notna().all(axis=None)
    assert watching.events_frame()["kind"].tolist() == ["insert", "change"]
    assert watching.at(1).frame()["preview"].tolist() == ["1"]


def test_mappings_with_keys_of_any_kind() -> None:
    plain = {("a", 1): "x", 7: b"y"}
    frame = to_frame(plain, values=True)
    assert frame["value"].tolist() == ["x", b"y"]
    assert len(set(frame["key"])) == 2
    watched = watched_dict(plain)
    watching = observe(watched)
    watched["new"] = 1
    assert to_frame(watching)["writes"].tolist()[-1] == 1


def test_caches_of_cachetools() -> None:
    cache: Any = cachetools.LRUCache(4)
    watching = observe(cache)
    cache["a"] = 1
    cache.get("a")
    frame = to_frame(watching, values=True)
    assert frame["value"].tolist() == [1]
    assert frame["hits"].tolist() == [1]


def test_functions_have_counters_only() -> None:
    @lru_cache(maxsize=2)
    def twice(x: int) -> int:
        return 2 * x

    twice(1)
    assert len(to_frame(twice)) == 0
    counters = inspect(twice)
    assert isinstance(to_frame(counters, "history"), pd.DataFrame)
    counters.close()


def test_what_was_recorded(tmp_path: Path) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("a", 1)])
    with record(tmp_path / "log", store, names=["store"]):
        store.mset([("b", "text")])
    with replay(tmp_path / "log") as player:
        frame = to_frame(player.objects["store"])
    assert dict(zip(frame["key"], frame["preview"], strict=True)) == {"a": "1", "b": "text"}


@pytest.mark.parametrize("redact", [lambda text: text.replace("secret", "…")])
def test_redacted_frames_hold_no_secret(redact: Any) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("a secret", "my secret"), ("b", {"x": ["secret"]}), ("c", b"secret")])
    frame = to_frame(store, redact=redact)
    assert "secret" not in frame.to_csv()
    assert len(frame) == 3


def test_values_read_for_a_frame_are_told_to_nobody(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    store.mset([("a", b"text")])
    watching = observe(store)
    watching.count_reads()
    heard: list[Any] = []
    stop = watching.source.changes.listen(heard.append, reads=True)
    assert to_frame(watching, values=True)["value"].tolist() == [b"text"]
    assert watching.source.changes.flush(20)
    assert heard == []
    store.mget(["a"])
    assert to_frame(watching)["reads"].tolist() == [1]
    stop()


def test_a_key_table_knows_how_often_keys_are_read() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("a", 1), ("b", 2)])
    table = inspect(store)
    store.mget(["b", "b"])
    assert table.to_frame().set_index("key")["reads"].to_dict() == {"a": 0, "b": 2}
    table.close()
    settings = {"a": 1}
    other = inspect(settings)  # a dict tells of nothing
    assert settings["a"] == 1 and other.to_frame()["reads"].isna().all()
    other.close()
    without = inspect(store, log=False)
    store.mget(["b"])
    without.close()


class MakesWhatItIsAskedFor(dict[str, Any]):
    """As the dicts with attributes that many have."""

    def __getattr__(self, name: str) -> Any:
        made = self[name] = MakesWhatItIsAskedFor()
        return made


class HasNoOtherAttributes(dict[str, Any]):
    def __getattr__(self, name: str) -> Any:
        return self[name]


@pytest.mark.parametrize("kind", [MakesWhatItIsAskedFor, HasNoOtherAttributes])
def test_a_dict_with_attributes_is_asked_for_none(kind: type[dict[str, Any]]) -> None:
    mapping = kind({"a": 1})
    assert to_frame(mapping)["key"].tolist() == ["a"]
    inspect(mapping).close()
    assert dict(mapping) == {"a": 1}


def test_an_earlier_moment_has_the_same_columns() -> None:
    store = LongTerm()
    table = inspect(store)
    store.put(("users", "1"), "name", {"n": "Ann"})
    store.put(("users", "1"), "name", {"n": "Eve"})
    columns = [*table.to_frame().columns]
    then = table.at(1).frame()
    table.travel = 1
    travelled = table.to_frame()
    table.close()
    for frame in (then, travelled):
        assert [*frame.columns] == columns
        assert frame.loc[0, ["namespace", "key", "preview"]].tolist() == ["users/1", "name", "{'n': 'Ann'}"]
        assert frame[["created", "changed", "reads", "writes"]].isna().all(axis=None)


def test_a_moment_says_which_it_is_and_nothing_of_its_values() -> None:
    class Loud:
        def __repr__(self) -> str:
            raise AssertionError("looked at")

    store: InMemoryStore[Any] = InMemoryStore()
    watching = observe(store)
    assert repr(watching.log) == "<EventLog: no changes yet>"
    store.mset([("k", Loud())])
    assert watching.log.catch_up() and repr(watching.log) == "<EventLog: changes 1 to 1>"
    time = datetime.fromtimestamp(watching.at(1).time)
    assert repr(watching.at(1)) == f"<Moment after change 1, {time.isoformat(' ', 'milliseconds')}>"
    assert repr(watching.at(0)) == "<Moment after change 0>"
