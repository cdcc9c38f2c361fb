"""Stores on disk, and stores over other stores."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_classic.embeddings import CacheBackedEmbeddings
from langchain_classic.storage import EncoderBackedStore, LocalFileStore
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.stores import InMemoryByteStore

from inmem_widgets import inspect
from tests.observables.taps.telling import Listened, previews, rows, seen, types
from tests.threads import until


def encoded(store: Any = None) -> EncoderBackedStore[Any, Any]:
    inner = InMemoryByteStore() if store is None else store
    return EncoderBackedStore(inner, lambda key: f"k{key}", pickle.dumps, pickle.loads)


# -- files --


def test_files_another_process_writes_and_deletes(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    store.mset([("a/b", b"one"), ("gone", b"1")])
    observable = seen(store)
    stop = observable.on_update(lambda: None)  # somebody looks
    heard = Listened(observable)
    assert previews(observable) == {"a/b": "one", "gone": "1"}
    code = "import sys, pathlib; p = pathlib.Path(sys.argv[1]); (p / 'gone').unlink(); "
    code += "(p / 'a/b').write_bytes(b'other one'); (p / 'c').write_bytes(b'{}')"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)
    until(lambda: {*rows(observable)} == {"a/b", "c"})
    until(lambda: previews(observable) == {"a/b": "other one", "c": "{}"})
    found = {kind: {*keys} for kind, keys, _ in heard.told()}
    assert found == {"delete": {"gone"}, "set": {"a/b", "c"}}
    stop()


def test_sizes_of_files_are_known_and_large_ones_are_not_read(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    store.mset([("large", b"x" * (2 << 20)), ("small", b"y")])
    observable = seen(store)
    table = inspect(store, sort="size", descending=True)
    assert table.browser.keys() == ["large", "small"]
    until(lambda: types(observable)["small"] == "text")
    assert rows(observable)["large"]["type"] == "not read" and rows(observable)["large"]["size"] == 2 << 20
    assert len(observable.value("large")) == 2 << 20  # who opens it gets it
    assert observable.total_bytes()[0] == (2 << 20) + 1
    table.close()


def test_looking_at_files_leaves_their_times_alone(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path, update_atime=True)
    store.mset([("a", b"one")])
    os.utime(tmp_path / "a", (1_000_000_000, 1_600_000_000))
    before = os.stat(tmp_path / "a")
    observable = seen(store)
    assert previews(observable) == {"a": "one"} and observable.value("a") == b"one"
    observable.refresh(10)
    assert previews(observable) == {"a": "one"}
    after = os.stat(tmp_path / "a")
    assert (after.st_atime, after.st_mtime) == (before.st_atime, before.st_mtime)


def test_nothing_is_read_again_that_did_not_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from inmem_widgets.observables.taps import files

    store = LocalFileStore(tmp_path)
    store.mset([(f"f{n}", b"%d" % n) for n in range(20)])
    observable = seen(store)
    read: list[str] = []
    content = files._content

    def noting(path: str) -> Any:
        read.append(os.path.basename(path))
        return content(path)

    monkeypatch.setattr(files, "_content", noting)
    previews(observable)
    assert sorted(read) == sorted(f"f{n}" for n in range(20))
    read.clear()
    source = observable.stand_in
    assert source is not None
    for _ in range(3):
        source.refresh().wait(10)
        previews(observable)
    assert read == []
    (tmp_path / "f3").write_bytes(b"other")
    source.refresh().wait(10)
    assert previews(observable)["f3"] == "other" and read == ["f3"]


# -- stores over stores --


def test_encoding_stores_show_what_is_stored_under_its_name() -> None:
    store = encoded()
    store.mset([(1, {"a": 1})])
    observable = seen(store)
    heard = Listened(observable)
    store.mset([(2, [3])])
    store.mdelete([1])
    assert heard.told() == [("set", ["k2"], [[3]]), ("delete", ["k1"], None)]
    assert [*rows(observable)] == ["k2"] and types(observable) == {"k2": "pickle"}
    assert store.mget([2]) == [[3]]


def test_both_layers_tell_each_its_own(tmp_path: Path) -> None:
    inner = LocalFileStore(tmp_path)
    store = encoded(inner)
    above, below = Listened(seen(store)), Listened(seen(inner))
    store.mset([(1, 5)])
    assert above.told() == [("set", ["k1"], [5])] and below.told() == [("set", ["k1"], [pickle.dumps(5)])]
    assert types(seen(store)) == {"k1": "not read"}
    until(lambda: types(seen(store)) == {"k1": "pickle"})


def test_the_store_behind_cached_embeddings(tmp_path: Path) -> None:
    files = LocalFileStore(tmp_path)
    model = DeterministicFakeEmbedding(size=3)
    cached = CacheBackedEmbeddings.from_bytes_store(model, files, namespace="m", key_encoder="sha256")
    observable = seen(cached.document_embedding_store)
    heard = Listened(observable)
    vectors = cached.embed_documents(["a", "b"])
    assert cached.embed_documents(["a", "b"]) == vectors
    ((kind, keys, values),) = heard.told()
    assert kind == "set" and values == vectors and {*keys} == {*files.yield_keys()}
    assert {*previews(observable)} == {*keys} and {*types(observable).values()} == {"json"}


def test_errors_of_a_call_pass_and_tell_nothing(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    observable = seen(store)
    heard = Listened(observable)
    with pytest.raises(Exception, match="Invalid characters"):
        store.mset([("ä", b"1")])
    with pytest.raises(TypeError):
        store.mset(3)  # type: ignore[arg-type]
    store.mset([("a", b"1")])
    assert heard.told() == [("set", ["a"], [b"1"])]
