"""Files that others replace, delete and lock while they are watched: the view tells of the object's own, or
why it cannot, and goes on when it can."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from langchain_classic.storage import LocalFileStore
from langgraph.store.sqlite import SqliteStore

from inmem_widgets.observables.tappedstore import TappedStore
from tests.observables.taps.telling import Listened, rows, seen
from tests.threads import WAIT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    yield from made(path)


def made(path: Path, key: str = "a") -> Iterator[SqliteStore]:
    with SqliteStore.from_conn_string(str(path)) as store:
        store.setup()
        store.put(("n",), key, {"v": 1})
        yield store


def problem(observable: TappedStore) -> str:
    with pytest.raises(RuntimeError, match="cannot be read"):
        observable.refresh(WAIT)
    reading = observable.reading
    assert reading is not None
    return reading["problem"]


@pytest.mark.parametrize("deleted", [True, False])
def test_a_database_that_was_replaced_is_not_the_stores(
    path: Path, store: SqliteStore, tmp_path: Path, deleted: bool
) -> None:
    observable = seen(store)
    assert observable.refresh(WAIT) and [*rows(observable)] == ["n/a"]
    other = path if deleted else tmp_path / "other.db"
    if deleted:
        for each in tmp_path.glob("store.db*"):
            each.unlink()
        assert "not the file any more" in problem(observable)
    for _ in made(other, "b"):
        pass
    if not deleted:
        os.replace(other, path)
    assert "not the file any more" in problem(observable)
    assert [*rows(observable)] == ["n/a"] == [f"n/{item.key}" for item in store.search(("n",))]


def test_a_table_that_was_dropped_has_no_items(path: Path, store: SqliteStore) -> None:
    observable = seen(store)
    assert observable.refresh(WAIT)
    heard = Listened(observable)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("ALTER TABLE store RENAME TO elsewhere")
    assert observable.refresh(WAIT) and not rows(observable)
    other.execute("ALTER TABLE elsewhere RENAME TO store")
    other.close()
    assert observable.refresh(WAIT) and [*rows(observable)] == ["n/a"]
    assert [each[:2] for each in heard.told()] == [("delete", ["n/a"]), ("set", ["n/a"])]
    heard.stop()


def test_a_database_that_is_locked_is_read_when_it_is_not(
    path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr("sqlite3.connect", partial(connect, timeout=0))
    observable = seen(store)
    assert observable.refresh(WAIT)
    other = connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    other.execute("UPDATE store SET key = 'b'")
    assert "locked" in problem(observable) and [*rows(observable)] == ["n/a"]
    other.execute("COMMIT")
    other.close()
    assert observable.refresh(WAIT) and [*rows(observable)] == ["n/b"]
    assert observable.reading is not None and not observable.reading["problem"]


def test_files_that_come_and_go_in_any_way(tmp_path: Path) -> None:
    root = tmp_path / "files"
    store = LocalFileStore(root)
    store.mset([("a", b"1"), ("within/b", b"2")])
    observable = seen(store)

    def keys() -> list[str]:
        assert observable.refresh(WAIT)
        return sorted(rows(observable))

    assert keys() == ["a", "within/b"]
    shutil.rmtree(root)
    assert keys() == []
    store.mset([("c", b"3")])
    assert keys() == ["c"]
    (root / "d").mkdir()
    os.replace(root / "c", root / "d" / "c")
    (root / "dangling").symlink_to(root / "nothing")
    os.mkfifo(root / "pipe")
    assert keys() == ["d/c"] and observable.value("d/c") == b"3"
    shutil.rmtree(root)
    root.write_text("no directory any more")
    assert keys() == []
