"""Stores: langchain-tests' suites, parity with the originals, what is better."""

from __future__ import annotations

import copy
import pickle
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.stores import BaseStore
from langchain_core.stores import InMemoryStore as Reference
from langchain_tests.integration_tests.base_store import BaseStoreAsyncTests, BaseStoreSyncTests

from inmem_widgets import Change, InMemoryBaseStore, InMemoryByteStore, InMemoryStore
from inmem_widgets.core.change import MISSING

WAIT = 10.0
KINDS = [InMemoryStore, InMemoryByteStore]


class TestSuiteSync(BaseStoreSyncTests[Any]):
    @pytest.fixture(params=KINDS)
    def kv_store(self, request: pytest.FixtureRequest) -> BaseStore[str, Any]:
        return request.param()

    @pytest.fixture
    def three_values(self) -> tuple[bytes, bytes, bytes]:
        return b"1", b"2", b"3"


class TestSuiteAsync(BaseStoreAsyncTests[Any]):
    @pytest.fixture(params=KINDS)
    async def kv_store(self, request: pytest.FixtureRequest) -> BaseStore[str, Any]:
        return request.param()

    @pytest.fixture
    def three_values(self) -> tuple[bytes, bytes, bytes]:
        return b"1", b"2", b"3"


# --- parity ------------------------------------------------------------------------------------

keys = st.text("ab", max_size=4)
pairs = st.lists(st.tuples(keys, st.integers()), max_size=8)
operations = st.lists(
    st.one_of(
        st.tuples(st.just("mset"), pairs),
        st.tuples(st.just("mget"), st.lists(keys, max_size=8)),
        st.tuples(st.just("mdelete"), st.lists(keys, max_size=8)),
        st.tuples(st.just("yield_keys"), st.none() | keys),
        st.tuples(st.sampled_from(["write", "delete", "clear", "pop last and put back"]), keys),
    ),
    max_size=40,
)


def apply(store: Any, name: str, argument: Any) -> Any:
    match name:
        case "yield_keys":
            return list(store.yield_keys(prefix=argument))
        case "write":  # directly, as users of `store` do
            store.store[argument] = 0
        case "delete":
            store.store.pop(argument, None)
        case "clear":
            store.store.clear()
        case "pop last and put back":
            if store.store:
                last, value = store.store.popitem()
                store.store[argument] = 1
                store.store[last] = value
        case _:
            return getattr(store, name)(argument)
    return None


@settings(max_examples=400, deadline=None)
@given(operations)
@pytest.mark.parametrize("indexed", [False, True])
def test_same_as_the_original(indexed: bool, steps: list[tuple[str, Any]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if indexed:  # from the first query, in runs of three keys
            patch.setattr("inmem_widgets.core.prefix.SMALL", 0)
            patch.setattr("inmem_widgets.core.prefix.RUN", 3)
            patch.setattr("inmem_widgets.core.prefix.FEW", 1)
        ours, theirs = InMemoryStore[int](), Reference()
        if indexed:
            ours._prefixes._patience = 0
        for name, argument in steps:
            assert apply(ours, name, argument) == apply(theirs, name, argument)
            if indexed:
                ours._prefixes._patience = 0
        assert list(ours.store.items()) == list(theirs.store.items())


@settings(max_examples=200, deadline=None)
@given(operations)
def test_changes_replayed_give_the_store(steps: list[tuple[str, Any]]) -> None:
    store, got = InMemoryStore[int](), list[Change]()
    store.changes.listen(got.append, old=True, time=True)
    calls = 0
    for name, argument in steps:
        before = dict(store._store)
        if name in {"mset", "mdelete"}:
            getattr(store, name)(argument)
            calls += bool(argument) if name == "mset" else any(key in before for key in argument)
    assert store.changes.flush(WAIT)
    assert [change.number for change in got] == list(range(1, calls + 1))
    replayed: dict[str, int] = {}
    for change in got:
        assert change.time is not None
        assert change.old is not None
        assert list(change.old) == [replayed.get(key, MISSING) for key in change.keys]
        if change.kind == "set":
            assert change.values is not None
            replayed.update(zip(change.keys, change.values, strict=True))
        else:
            for key in change.keys:
                del replayed[key]
    assert list(replayed.items()) == list(store.store.items())


# --- better than the original -------------------------------------------------------------------


def test_it_is_a_base_store_and_generic() -> None:
    store: InMemoryStore[str] = InMemoryStore[str]()
    assert isinstance(store, BaseStore)
    assert isinstance(InMemoryByteStore(), InMemoryBaseStore)
    assert store
    assert len(store) == 0
    store.mset({"a": "1"})
    assert len(store) == 1
    assert "a" in store
    assert "b" not in store


async def test_a_scan_is_lazy_and_safe_beside_writes() -> None:
    store = InMemoryStore[int]()
    store.mset([("a", 1), ("b", 2)])
    scan = store.yield_keys()
    assert isinstance(scan, Generator)
    store.mset([("c", 3)])  # the scan has not begun
    seen = []
    for key in scan:
        seen.append(key)
        store.mset([(f"{key}{len(store)}", 0)])
        store.mdelete(["b"])
    assert seen == ["a", "b", "c"]
    ascan: AsyncIterator[str] = store.ayield_keys(prefix="a")
    found = [(key, store.mset([(key + "+", 1)])) for key in [key async for key in ascan]]
    assert [key for key, _ in found] == ["a", "a3"]


def failing() -> Iterator[tuple[str, int]]:
    yield "a", 1
    raise RuntimeError("half way")


@pytest.mark.parametrize(
    ("argument", "error", "text"),
    [
        ([("a", 1), (2, 2)], TypeError, "keys: expected str keys, got int 2"),
        ([(2, 2)], TypeError, "keys: expected str keys, got int 2"),
        ({"a": 1, None: 2}, TypeError, "keys: expected str keys, got NoneType"),
        ([("a", 1), (["b"], 2)], TypeError, "str keys: unhashable type"),
        ("ab", TypeError, "key_value_pairs: expected pairs .* got str 'ab'"),
        (["ab", "cd"], TypeError, "key_value_pairs: expected pairs"),
        (7, TypeError, "key_value_pairs: expected pairs .* got int 7"),
        ([("a", 1), ("b",)], ValueError, "."),
        ([("a", 1), 2], TypeError, "."),
        ([("a", 1, 2)], ValueError, "."),
        (failing(), RuntimeError, "half way"),
    ],
)
def test_all_or_nothing(argument: Any, error: type[Exception], text: str) -> None:
    store, got = InMemoryStore[int](), list[Change]()
    store.changes.listen(got.append)
    with pytest.raises(error, match=text):
        store.mset(argument)
    assert store.store == {}
    assert store.changes.flush(WAIT)
    assert got == []


@pytest.mark.parametrize("value", ["text", bytearray(b"x"), memoryview(b"x"), None, 1])
@pytest.mark.parametrize("first", [[], [("a", b"1")]])
def test_the_byte_store_takes_bytes_only(value: Any, first: list[Any]) -> None:
    store = InMemoryByteStore()
    with pytest.raises(TypeError, match=f"the value of 'b': expected bytes, got {type(value).__name__}"):
        store.mset([*first, ("b", value)])
    assert len(store) == 0


class Text(str):
    __slots__ = ()


class Octets(bytes):
    __slots__ = ()


def test_subclasses_of_str_and_bytes_are_welcome() -> None:
    store = InMemoryByteStore()
    store.mset([(Text("a"), Octets(b"1"))])
    store.mset([(Text("b"), b"2"), ("c", Octets(b"3"))])
    assert store.mget([Text("a")]) == [b"1"]
    assert store.mget(["b", Text("c")]) == [b"2", b"3"]
    store.mdelete([Text("a")])
    assert list(store.yield_keys()) == ["b", "c"]


@pytest.mark.parametrize("argument", ["ab", b"ab", [1], ["a", None], 7])
@pytest.mark.parametrize("method", ["mget", "mdelete"])
def test_keys_are_checked(method: str, argument: Any) -> None:
    store = InMemoryStore[int]()
    store.mset([("a", 1), ("b", 2)])
    with pytest.raises(TypeError, match="keys: expected"):
        getattr(store, method)(argument)
    assert len(store) == 2


def test_the_prefix_is_checked() -> None:
    with pytest.raises(TypeError, match="prefix: expected a str or None, got int 1"):
        next(InMemoryStore[int]().yield_keys(prefix=1))  # type: ignore[arg-type]


def test_any_iterable_of_pairs_or_keys() -> None:
    store = InMemoryStore[int]()
    store.mset((str(i), i) for i in range(3))  # type: ignore[arg-type]
    store.mset([["x", 1], ["y", 2]])  # type: ignore[list-item]
    store.mset(dict.fromkeys(("z",), 3).items())  # type: ignore[arg-type]
    store.mset([])
    store.mset({})
    assert store.mget(key for key in ("0", "x", "z", "no")) == [0, 1, 3, None]  # type: ignore[arg-type]
    store.mdelete({"0", "1"})  # type: ignore[arg-type]
    assert list(store.yield_keys()) == ["2", "x", "y", "z"]


def test_one_call_is_one_event() -> None:
    store, got = InMemoryStore[int](), list[Change]()
    store.changes.listen(got.append)
    store.mset([("a", 1), ("b", 2), ("a", 3)])
    store.mset([("c", 4)])
    store.mdelete(["a", "no", "a"])
    store.mdelete(["no"])
    store.mdelete(["b"])
    store.store = {"x": 1}
    store.store["y"] = 2  # directly: no event
    assert store.changes.flush(WAIT)
    assert [(change.kind, list(change.keys), change.values) for change in got] == [
        ("set", ["a", "b"], (3, 2)),
        ("set", ["c"], (4,)),
        ("delete", ["a"], None),
        ("delete", ["b"], None),
        ("reset", [], None),
    ]
    assert all(change.old is None and change.time is None for change in got)


def test_what_the_caller_does_to_his_list_later_is_not_reported() -> None:
    store, got = InMemoryStore[int](), list[Change]()
    store.changes.listen(got.append)
    batch = [("a", 1), ("b", 2)]
    store.mset(batch)
    batch.clear()
    assert store.changes.flush(WAIT)
    assert got[0].keys == ("a", "b")


def test_store_has_to_be_a_dict() -> None:
    store = InMemoryStore[int]()
    with pytest.raises(TypeError, match="store: expected a dict, got list"):
        store.store = []  # type: ignore[assignment]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda store: pickle.loads(pickle.dumps(store))])
def test_copies(again: Callable[[Any], Any]) -> None:
    store = InMemoryByteStore()
    store.changes.listen(lambda change: None)
    store.mset([("a", b"1")])
    other = again(store)
    other.mset([("b", b"2")])
    assert (len(store), len(other), other.changes.active) == (1, 2, False)
    assert copy.copy(store).store is store.store  # as the original's


def test_replace_compares_by_identity_and_tells() -> None:
    store, got = InMemoryStore[Any](), list[Change]()
    store.changes.listen(got.append, old=True)
    first, equal = [1], [1]
    assert store.replace("k", MISSING, first)
    assert not store.replace("k", MISSING, equal)
    assert not store.replace("k", equal, 2)
    assert store.replace("k", first, 2)
    assert not store.replace("other", first, 2)
    assert store.store == {"k": 2}
    assert store.changes.flush(10)
    assert [(c.kind, c.keys, c.values, c.old) for c in got] == [
        ("set", ("k",), (first,), [MISSING]),
        ("set", ("k",), (2,), [first]),
    ]
    with pytest.raises(TypeError, match="keys"):
        store.replace(3, MISSING, 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected bytes"):
        InMemoryByteStore().replace("k", MISSING, "text")  # type: ignore[arg-type]
