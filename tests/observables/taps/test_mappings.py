"""Mappings, shown and told in place, and those that can only be read."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import shelve
import threading
import weakref
from collections import Counter, OrderedDict, UserDict, defaultdict
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import inspect, observe, watched_dict
from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.tappedstore import TappedStore
from inmem_widgets.observables.taps.abilities import watched_state
from inmem_widgets.observables.taps.swap import TapError
from inmem_widgets.observables.taps.texts import Texts
from tests.observables.taps.telling import Listened, previews, rows
from tests.threads import until


def seen(mapping: Any) -> TappedStore:
    found = observe(mapping)
    assert isinstance(found, TappedStore)
    return found


class Lower(dict[str, int]):
    """A user's dict that changes what it is given."""

    def __setitem__(self, key: str, value: int) -> None:
        super().__setitem__(key.lower(), value)


class Recently(MutableMapping[str, int]):
    """A user's mapping that notes each use."""

    def __init__(self) -> None:
        self.held: OrderedDict[str, int] = OrderedDict()

    def __getitem__(self, key: str) -> int:
        self.held.move_to_end(key)
        return self.held[key]

    def __setitem__(self, key: str, value: int) -> None:
        self.held[key] = value

    def __delitem__(self, key: str) -> None:
        del self.held[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)


MAKERS: dict[str, Any] = {
    "UserDict": UserDict,
    "subclass": type("Sub", (dict,), {}),
    "Counter": Counter,
    "watched dict": watched_dict,
    "watched OrderedDict": lambda: watched_dict(OrderedDict()),
    "watched defaultdict": lambda: watched_dict(defaultdict(int)),
    "user's": Recently,
}


@pytest.mark.parametrize("kind", MAKERS)
def test_every_way_of_writing_is_told(kind: str) -> None:
    mapping = MAKERS[kind]()
    before = type(mapping)
    mapping["a"] = 1
    observable = seen(mapping)
    heard = Listened(observable, old=True)
    mapping["b"] = 2
    mapping["a"] = 10
    mapping.update({"c": 3}, d=4)
    if kind != "user's":
        mapping |= {"e": 5}
    assert mapping.setdefault("a", 7) == 10 and mapping.setdefault("f", 6) == 6
    assert mapping.pop("b") == 2 and mapping.pop("nope", None) is None
    del mapping["c"]
    mapping.popitem()
    if kind != "Counter":
        with pytest.raises(KeyError):
            del mapping["nope"]
    held = getattr(mapping, "held", mapping)
    shown: dict[str, Any] = {"a": 1}
    for kind_, keys, values in heard.told():
        for at, key in enumerate(keys):
            if kind_ == "set":
                assert values is not None
                shown[key] = values[at]
            else:
                del shown[key]
    assert shown == dict(held)
    olds = [(key, old) for change in heard for key, old in zip(change.keys, change.old or (), strict=True)]
    if kind != "user's":
        assert olds[:3] == [("b", MISSING), ("a", 1), ("c", MISSING)]
    assert previews(observable) == {key: str(value) for key, value in held.items()}
    mapping.clear()
    assert heard.told() and rows(observable) == {}
    observable.detach()
    assert type(mapping) is before


def test_keys_of_any_kind_are_shown_one_to_one() -> None:
    mapping = watched_dict({1: "int", "1": "str", (1, "a"): "tuple", None: "none", 1.5: "float", b"1": "b"})
    observable = seen(mapping)
    assert len(rows(observable)) == observable.size == 6
    mapping[1] = "new"
    del mapping["1"]
    mapping[frozenset("x")] = "set"
    heard = rows(observable)
    assert {row["preview"] for row in heard.values()} == {"new", "tuple", "none", "float", "b", "set"}
    assert {observable.value(key) for key in heard} == {*mapping.values()}


@given(st.lists(st.one_of(st.text(max_size=3), st.integers(-3, 3), st.tuples(st.integers(0, 2)))))
def test_texts_of_keys_are_one_to_one(keys: list[Any]) -> None:
    texts = Texts()
    half = len(keys) // 2
    before = dict(zip(keys[:half], texts.all(keys[:half]), strict=True))
    texts.there = before.values
    found = before | {key: texts.of(key) for key in keys[half:]}
    assert len({*found.values()}) == len(found)
    assert all(texts.key(text) == key and texts.of(key) == text for key, text in found.items())
    for text in found.values():
        texts.forget(text)
    assert not texts._keys and not texts._texts


def test_a_text_key_that_was_shown_as_itself_stays_that() -> None:
    mapping = watched_dict({"a": 1})
    observable = seen(mapping)
    mapping[("a", 1)] = 2  # type: ignore[index]
    assert {*rows(observable)} == {"a", "('a', 1)"}


# -- those that cannot be tapped --


@pytest.mark.parametrize("make", [dict, OrderedDict, lambda: defaultdict(int)])
def test_a_dict_is_read_again_and_again(make: Any) -> None:
    mapping = make()
    mapping["a"] = 1
    observable = seen(mapping)
    said = watched_state(observable)
    assert said is not None and said["how"] == "read"
    assert said["interval"] is not None and said["interval"] >= 1.0  # more where reading takes its time
    assert "watched_dict" in said["note"]
    heard = Listened(observable, old=True)
    mapping["b"] = [2]
    mapping["a"] = 10
    observable.refresh(10)
    del mapping["b"]
    observable.refresh(10)
    observable.refresh(10)
    found = [(kind, {*keys}) for kind, keys, _ in heard.told()]
    assert found == [("set", {"a", "b"}), ("delete", {"b"})]
    assert previews(observable) == {"a": "10"}
    mapping["x"] = mapping["y"] = 1
    mapping[3] = 4  # from now on a mirror of it is shown
    observable.refresh(10)
    assert {*rows(observable)} == {"a", "x", "y", "3"}
    mapping.clear()
    observable.refresh(10)
    assert rows(observable) == {}
    observable.detach()


def test_inspect_of_a_plain_dict_end_to_end() -> None:
    mapping = {f"user:{n}": n for n in range(50)}
    table = inspect(mapping, filter="user:1*", sort="key")
    assert len(table.browser.keys()) == 11
    table.browser.open_key = "user:7"
    assert table.browser.value == 7
    mapping["user:1x"] = -1
    until(lambda: len(table.browser.keys()) == 12)  # read while somebody looks
    table.close()


def test_reading_a_dict_changes_nothing_and_keeps_no_value_for_nobody() -> None:
    class Value:
        pass

    mapping = {"a": Value()}
    gone = weakref.ref(mapping["a"])
    observable = seen(mapping)
    stop = observable.on_update(lambda: None)
    until(lambda: observable.reading is not None and observable.reading["read"])
    stop()
    mapping.clear()
    until(lambda: gc.collect() is not None and gone() is None)


def test_looking_at_a_mapping_uses_nothing() -> None:
    mapping = Recently()
    mapping["a"], mapping["b"], mapping["c"] = 1, 2, 3
    observable = seen(mapping)
    assert previews(observable) == {"a": "1", "b": "2", "c": "3"}  # seen in the dict it keeps
    assert observable.value("a") == 1 and [*mapping] == ["a", "b", "c"]


def test_a_mapping_is_asked_for_a_value_only_when_that_is_opened() -> None:
    asked: list[str] = []

    class Far(Recently):
        __slots__ = ()

        def __getitem__(self, key: str) -> int:
            asked.append(key)
            return 7

        def __iter__(self) -> Iterator[str]:
            return iter("ab")

        def __len__(self) -> int:
            return 2

    mapping = Far()
    observable = seen(mapping)
    table = inspect(mapping)
    table.browser.state({})
    observable.refresh(10)
    assert {row["type"] for row in rows(observable).values()} == {"not read"} and asked == []
    table.browser.open_key = "a"
    assert table.browser.value == 7 and asked == ["a"]
    table.close()


def test_a_shelf_is_neither_unpickled_nor_cached(tmp_path: Path) -> None:
    with shelve.open(str(tmp_path / "shelf"), writeback=True) as shelf:
        shelf["a"] = {"x": 1}
        shelf.sync()
        observable = seen(shelf)
        heard = Listened(observable)
        shelf["b"] = [2]
        assert {row["type"] for row in until(lambda: _read(observable)).values()} == {"pickle"}
        assert pickle.loads(observable.value("a")) == {"x": 1}
        assert {*shelf.cache} == {"b"}  # what it had itself
        del shelf["a"]
        assert heard.told() == [("set", ["b"], [[2]]), ("delete", ["a"], None)]
        observable.detach()


def _read(observable: TappedStore) -> Any:
    found = rows(observable)
    return None if any(row["type"] == "not read" for row in found.values()) else found


# -- watched_dict --


@pytest.mark.parametrize(
    "given",
    [{"a": 1}, OrderedDict(a=1, b=2), defaultdict(list, a=[1])],
    ids=["dict", "OrderedDict", "default"],
)
def test_a_watched_dict_is_a_dict_in_all_respects(given: Any) -> None:
    made = watched_dict(given)
    observable = seen(made)
    assert isinstance(made, type(given)) and made == given and [*made] == [*given]
    assert json.dumps(made) == json.dumps(given) and {**made} == dict(given)
    assert copy.copy(made) == made and pickle.loads(pickle.dumps(made)) == made
    assert watched_dict(made) is made
    observable.detach()


def test_what_a_defaultdict_makes_is_told() -> None:
    made: Any = watched_dict(defaultdict(list))
    heard = Listened(seen(made))
    made["a"].append(1)
    assert heard.told() == [("set", ["a"], [[1]])] and made.default_factory is list
    with pytest.raises(KeyError):
        watched_dict(defaultdict(None))["nope"]


def test_what_is_no_dict_is_refused_with_what_is_accepted() -> None:
    for wrong in (3, [], MappingProxyType({})):
        with pytest.raises(TapError, match="mapping: got .*, accepted are dict, OrderedDict, defaultdict"):
            watched_dict(wrong)  # type: ignore[call-overload]


Keys = st.one_of(st.sampled_from("abc"), st.integers(0, 2))
Steps = st.lists(
    st.tuples(st.sampled_from(["set", "del", "pop", "update", "clear", "past"]), Keys, st.integers(0, 9))
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["UserDict", "subclass", "watched dict", "user's"]), Steps)
def test_whatever_is_done_the_rows_are_the_mapping_s(kind: str, steps: Any) -> None:
    mapping = MAKERS[kind]()
    observable = seen(mapping)
    for step, key, value in steps:
        if step == "set":
            mapping[key] = value
        elif step == "del" and key in mapping:
            del mapping[key]
        elif step == "pop":
            mapping.pop(key, None)
        elif step == "update":
            mapping.update({key: value, "z": value})
        elif step == "clear":
            mapping.clear()
        elif step == "past" and kind != "user's":
            dict.__setitem__(getattr(mapping, "data", mapping), key, value)
    observable.refresh(10)
    held = getattr(mapping, "held", mapping)
    assert sorted(previews(observable).values()) == sorted(map(str, held.values())) or not held
    assert len(rows(observable)) == len(held) == observable.size
    observable.detach()


def test_threads_write_while_it_is_read() -> None:
    mapping: Any = watched_dict({0: 0})
    observable = seen(mapping)
    threads = [
        threading.Thread(target=lambda n=n: [mapping.__setitem__((n, i), i) for i in range(500)])
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        observable.refresh(10)
        rows(observable)
    for thread in threads:
        thread.join()
    observable.refresh(10)
    assert observable.size == len(mapping) == 2_001
