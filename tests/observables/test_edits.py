"""Edits keep a value's type and nobody's write is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemoryByteStore, InMemoryStore
from inmem_widgets.observables.keys.edits import LONGEST, NotEditable, editable, write

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=30)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def same(a: Any, b: Any) -> bool:
    """Equal, and of the same types all through."""
    return type(a) is type(b) and repr(a) == repr(b)


def edit(value: Any, text: str | None = None, *, store: Any = None, language: str | None = None) -> Any:
    """The value in a store after it was edited; the outcome if it was not written."""
    if store is None:
        store = InMemoryStore()
    store.mset([("k", value)])
    given = editable(value)
    if text is None:
        text = given["text"]
    outcome = write(store, "k", text, language or given["language"], given["token"])  # type: ignore[arg-type]
    return store.mget(["k"])[0] if outcome is True else outcome


@settings(max_examples=300, deadline=None)
@given(DATA.filter(lambda x: not isinstance(x, str)) | TEXTS | TEXTS.map(str.encode))
def test_an_edit_that_changes_nothing_gives_the_same_value(value: Any) -> None:
    assert same(edit(value), value)


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("old", "new", "new"),
        ("", "", ""),
        (b"old", "schön", "schön".encode()),
        ({"a": 1}, '{"a": 2.5}', {"a": 2.5}),
        ([1], "[]", []),
        (1, "2", 2),
        (True, "false", False),
        (b'{"a": 1}', '{"a":\n2}', b'{"a":\n2}'),
        ("one\r\ntwo\r\n", "1\n2\n", "1\r\n2\r\n"),
    ],
)
def test_the_type_is_kept(before: Any, text: str, after: Any) -> None:
    assert same(edit(before, text), after)


@pytest.mark.parametrize(
    ("before", "text", "language", "message"),
    [
        ({"a": 1}, "[1]", "json", "an object is expected, as the value is a dict; got an array"),
        ({"a": 1}, "{'a': 1}", "json", "text: no JSON, .* at line 1, column 2"),
        ({"a": 1}, '{"a": NaN}', "json", "NaN is no JSON"),
        ({"a": 1}, '{"a": 1, "a": 2}', "json", "'a' is twice"),
        ({"a": 1}, "plain", "text", "language: got 'text'"),
        (1, "true", "json", "a number is expected"),
        (b"{}", "{", "json", "no JSON"),
        ([1], "[" * 100_000, "json", "nested too deep"),
    ],
)
def test_what_would_not_keep_it_is_refused_and_nothing_written(
    before: Any, text: str, language: str, message: str
) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    with pytest.raises(ValueError, match=message):
        edit(before, text, store=store, language=language)
    assert store.mget(["k"])[0] is before


class Sub(dict):  # type: ignore[type-arg]
    def items(self) -> Any:
        raise AssertionError("a value's own method was called")


CYCLE: list[Any] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (object(), "it is a object"),
        ((1, 2), "it is a tuple"),
        ([(1, 2)], "it holds a tuple"),
        ({1: 2}, "a key of type int"),
        ({"a": Sub()}, "it holds a Sub"),
        (float("nan"), "holds nan"),
        (b"\xff", "no UTF-8 text"),
        ("\ud800", "lone surrogates"),
        ("a\rb", "lines end in different ways"),
        ("a\r\nb\n", "lines end in different ways"),
        ("x" * (LONGEST + 1), "at most 200,000"),
        (["x" * 600_000] * 2, "too large"),
        (list(range(200_000)), "too large"),
        (CYCLE, "nested more than 100 deep"),
        (bytearray(b"x"), "not plain JSON"),
    ],
)
def test_others_say_why_not(value: Any, reason: str) -> None:
    with pytest.raises(NotEditable, match=reason):
        editable(value)


def test_surrogates_in_data_travel_as_escapes() -> None:
    assert "\\ud800" in editable(["\ud800"])["text"]
    assert same(edit({"\ud800": "é"}), {"\ud800": "é"})


def test_a_value_that_changed_meanwhile_is_shown_and_not_overwritten() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("k", {"n": 1})])
    token = editable({"n": 1})["token"]
    store.mset([("k", {"n": 3})])
    conflict = write(store, "k", '{"n": 2}', "json", token)
    assert isinstance(conflict, dict)
    assert json.loads(conflict["text"]) == {"n": 3}
    assert store.mget(["k"]) == [{"n": 3}]
    assert write(store, "k", '{"n": 4}', "json", conflict["token"]) is True
    store.mget(["k"])[0]["n"] = 5  # in place
    token = editable({"n": 4})["token"]
    assert isinstance(write(store, "k", '{"n": 6}', "json", token), dict)
    store.mset([("k", object())])
    with pytest.raises(ValueError, match="another one meanwhile, a object that cannot be edited"):
        write(store, "k", '{"n": 2}', "json", token)
    store.mdelete(["k"])
    assert write(store, "k", '{"n": 2}', "json", token) is False
    assert len(store) == 0


def test_an_edit_between_the_look_and_the_write_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("k", 1)])
    replace = store.replace

    def late(key: str, old: Any, new: Any) -> bool:
        store.mset([("k", 7)])
        return replace(key, old, new)

    monkeypatch.setattr(store, "replace", late)
    conflict = write(store, "k", "2", "json", editable(1)["token"])
    assert isinstance(conflict, dict)
    assert store.mget(["k"]) == [7]


def test_a_new_key_is_never_written_over_another() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    assert write(store, "a", "hi", "text", None) is True
    assert write(store, "b", '{"x": [1]}', "json", None) is True
    assert write(store, "a", "ho", "text", None) is False
    assert store.mget(["a", "b"]) == ["hi", {"x": [1]}]
    byte_store = InMemoryByteStore()
    assert write(byte_store, "a", "{}", "json", None) is True
    assert byte_store.mget(["a"]) == [b"{}"]
    with pytest.raises(ValueError, match="no JSON"):
        write(byte_store, "b", "{", "json", None)
    assert byte_store.mget(["b"]) == [None]


def test_no_number_becomes_infinity() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    with pytest.raises(ValueError, match="it holds inf, which JSON cannot"):
        write(store, "new", "[1e999]", "json", None)
    assert store.store == {}
    store.mset([("text", '{"a": 1e999}')])
    token = editable(store.store["text"])["token"]
    assert write(store, "text", '{"a": 1e9999}', "json", token) is True  # a text stays as it is written
