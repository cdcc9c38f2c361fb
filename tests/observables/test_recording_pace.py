"""How a recording keeps up with who changes things."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.caches import InMemoryCache as LCCache
from langchain_core.messages import AIMessage
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, record, replay
from inmem_widgets.core import changes, delivery
from inmem_widgets.observables import known
from inmem_widgets.observables.recording.freezing import freeze
from inmem_widgets.observables.recording.lines import json_bytes
from inmem_widgets.observables.recording.plain import Plainly, parts_of
from inmem_widgets.observables.recording.thawing import thaw, thaw_all
from inmem_widgets.observables.redaction import Redactor
from tests.threads import until

FLOOD = """
import sys, time
from inmem_widgets import InMemoryStore, record
store = InMemoryStore()
recording = record(sys.argv[1], store)
for n in range(50_000):
    store.mset([(f"key-{n % 1000}", {"n": n, "tags": ["a", "b"]})])
print("done", flush=True)
time.sleep(60)
"""
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=3)
    | st.sampled_from(["\ud800", "é", "😀", "$", 1 << 2000, (1,)]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=3) | st.sampled_from(["$", 1, "\udfff"]), inner, max_size=4)
    | st.tuples(inner),
    max_leaves=10,
)  # fmt: skip


def odd_texts(value: Any) -> str:
    """As it is refused by the encoder: half a character, more than 64 bits."""
    try:
        return json_bytes(value).decode()
    except TypeError:
        return json.dumps("refused")


@given(st.lists(anything, min_size=1, max_size=6), st.integers(1, 60))
def test_what_is_plain_is_written_as_all_else(values: list[Any], most: int) -> None:
    made = Plainly(most, None).values(values)
    for value, each in zip(values, made, strict=True):
        text, frozen = odd_texts(each), freeze(value, most=most)
        assert text == '"refused"' or (json.loads(text) == frozen and type(json.loads(text)) is type(frozen))


@given(st.lists(anything, min_size=1, max_size=6), st.integers(1, 60))
def test_what_is_redacted_is_redacted_everywhere(values: list[Any], most: int) -> None:
    """Together, and one by one."""
    made = Plainly(
        most, redactor := Redactor(lambda text: text.replace("a", "*").replace("1", "one"))
    ).values(values)
    for value, each in zip(values, made, strict=True):
        text = odd_texts(each)
        assert text == '"refused"' or json.loads(text) == freeze(value, most=most, redactor=redactor)


def test_a_text_is_redacted_once_in_a_batch() -> None:
    asked: list[str] = []

    def masked(text: str) -> str:
        asked.append(text)
        return text.replace("secret", "*")

    plainly = Plainly(100_000, Redactor(masked))
    values: list[Any] = [{"tags": ["a", f"secret {i % 3}"], "n": i % 2} for i in range(40)]
    made = json.loads(odd_texts(plainly.values(values)))
    assert made == [{"tags": ["a", f"* {i % 3}"], "n": i % 2} for i in range(40)]
    assert sorted(asked) == ["0", "1", "a", "n", "secret 0", "secret 1", "secret 2", "tags"]
    asked.clear()
    notes = [Note(text=f"secret {i % 2}", inside=Note(n=1)) for i in range(40)]
    freeze(notes[0])  # its class is known from then on
    assert "secret" not in odd_texts(plainly.values(notes))
    assert sorted(asked) == ["1", "secret 0", "secret 1"]


def odd(text: str) -> Any:
    """A function as users write them: it raises, gives no text, and JSON that hides a secret."""
    if "r" in text:
        raise ValueError(text)
    return 1 if "n" in text else '["\\u0061"]' if "j" in text else text.replace("a", "*")


@given(st.lists(st.text("arnj\\b", max_size=3), max_size=6))
def test_many_texts_are_shown_as_each(texts: list[str]) -> None:
    assert Redactor(odd).texts(texts) == {text: Redactor(odd).text(text) for text in texts}


@pytest.mark.parametrize("opened", [False, True])
def test_a_dict_changed_while_it_is_masked_shows_no_secret(opened: bool) -> None:
    """Not even where it now looks as a record of ours does."""
    held: dict[str, Any] = {"a": "secret", "b": [1]}

    def masked(text: str) -> str:
        held.update({"$": "record", "fields": {}, "c": "secret"})
        return text.replace("secret", "*")

    value: Any = Note(held=held) if opened else held
    freeze(Note())  # the class is known
    made = json.loads(odd_texts(Plainly(100_000, Redactor(masked)).values([value])))[0]
    found = thaw(made)
    shown = {"a": "*", "b": [1], "$": "record", "fields": {}, "c": "*"}
    assert (vars(found)["held"] if opened else found) == shown


def test_what_goes_together_is_found_anew_when_values_become_smaller() -> None:
    plainly = Plainly(10_000, None)
    long, short = [{"a": "x" * 2_000}] * 1_000, [{"a": "x"}] * 1_000
    assert plainly.values(long) == long
    assert plainly._together < 10
    for _ in range(4):
        assert plainly.values(short) == short
    assert plainly._together > 100


@given(st.lists(st.lists(st.sampled_from(["a", "b", "*", "* (2)", "a a", ""]), max_size=6), max_size=4))
def test_many_names_are_those_of_each(batches: list[list[str]]) -> None:
    together, alone = (Redactor(lambda text: text.replace("a", "*").replace("b", "*")) for _ in range(2))
    for names in batches:
        assert together.names(names) == [*map(alone.name, names)]


@given(st.lists(anything, max_size=6))
def test_many_values_are_read_as_each(values: list[Any]) -> None:
    frozen = [*map(freeze, values)]
    assert repr(thaw_all(frozen)) == repr([*map(thaw, frozen)])
    assert thaw_all(frozen) is frozen or "'$'" in repr(frozen)


def test_most_values_are_plain() -> None:
    value: Any
    for value in ("text", 1, 1.5, True, None, [1, "a", [2.5, None]], {"a": {"b": [True]}, "c": "é"}):
        assert parts_of([value], 1_000) is not None and Plainly(1_000, None).values([value])[0] is value
    nested: Any = []
    for _ in range(2_000):
        nested = [nested]
    loop: list[Any] = []
    loop.append(loop)
    odd = (nested, loop, {"a": 1, "loop": loop}, float("nan"), {1: 2}, {"$": 1}, "x" * 2_000, (1,))
    for value in odd:
        assert parts_of([value], 1_000) is None


class Note:
    def __init__(self, **held: Any) -> None:
        self.__dict__ |= held


@given(
    st.lists(st.dictionaries(st.text(max_size=3), anything, max_size=4), min_size=1, max_size=6),
    st.integers(1, 200),
    st.booleans(),
)
def test_objects_are_written_together_as_one_by_one(
    held: list[dict[str, Any]], most: int, masked: bool
) -> None:
    """Plain fields, others, objects in objects, in lists, and some that have themselves as a field."""
    notes: list[Any] = [Note(**each) for each in held]
    loop = Note(a=1)
    loop.loop = loop  # type: ignore[attr-defined]
    many = [Generation(text="a" * n) for n in range(60)]
    values = [
        *notes,
        loop,
        [*notes],
        Note(note=notes[0]),
        [notes[0], 1],
        many[:3],
        many,
        AIMessage("a 1", id="b"),
    ]
    redactor = Redactor(lambda text: text.replace("a", "*").replace("1", "one")) if masked else None
    whole = [freeze(each, most=most, redactor=redactor) for each in values]
    made = Plainly(most, redactor).values(values)
    for each, frozen in zip(made, whole, strict=True):
        text = odd_texts(each)
        assert text == '"refused"' or json.loads(text) == frozen


def test_who_listens_to_a_cache_makes_no_figures_of_it(tmp_path: Path) -> None:
    """They would cost more time than writing the file."""
    objs = InMemoryCache(), LCCache(), InMemoryStore[Any](), InMemorySaver()
    with record(tmp_path / "r.jsonl", *objs) as recording:
        assert [*map(known, objs)] == [None] * 4
        objs[1].lookup("p", "llm")
        recording.flush()
    with replay(tmp_path / "r.jsonl") as found:
        assert found.objects[recording.names[1]].stats().misses == 1


def test_after_a_flood_all_is_in_the_file_though_nobody_closed_it(tmp_path: Path) -> None:
    path = tmp_path / "flood.jsonl"
    with subprocess.Popen(
        [sys.executable, "-c", FLOOD, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == "done\n"
        until(lambda: b'"n":49999,' in path.read_bytes())
        os.kill(writer.pid, signal.SIGKILL)
        writer.stdout.close()
    with replay(path) as found:
        assert found.total == 50_000 and not found.problem
        assert found.objects["store"].store["key-999"] == {"n": 49_999, "tags": ["a", "b"]}


def test_who_lags_behind_does_not_wait_until_writers_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "PATIENCE", 1e9)  # they never do
    monkeypatch.setattr(changes, "REST", 1e9)
    monkeypatch.setattr(changes, "SLICE", 100)
    store, seen, done = InMemoryStore[Any](), [0], threading.Event()

    def take(given: Any) -> None:
        sum(range(10_000))
        seen[0] += len(given)
        if seen[0] >= 1_000:
            done.set()

    stop = store.changes.listen_batched(take, interval=0.01, lazy=True, latest=0.05)
    try:
        with store.changes._lock:  # the pump waits
            for n in range(1_200):  # the last hundred are no backlog
                store.mset([("a", n)])
        assert done.wait(20)
    finally:
        stop()


def test_keys_and_values_of_a_cache(tmp_path: Path) -> None:
    cache = InMemoryCache()
    cache.update("before é", "llm", [Generation(text="1")])
    with record(tmp_path / "r.jsonl", cache):
        cache.lookup("before é", "llm")
        cache.lookup("nothing", "llm")
        cache.update("after", "llm", [Generation(text="2")])
    with replay(tmp_path / "r.jsonl") as found:
        assert found.objects["cache"]._cache == cache._cache
        assert found.objects["cache"].stats() == cache.stats()


@pytest.mark.parametrize("odd", ["plain", "half \ud800"])
def test_keys_that_had_to_go_are_told_in_one_line(tmp_path: Path, odd: str) -> None:
    cache = InMemoryCache(maxsize=2)
    with record(tmp_path / "r.jsonl", cache) as recording:
        recording.flush()
        with cache.changes._lock:  # the pump waits
            for n in range(6):
                cache.update(odd if n == 1 else f"p{n}", "llm", [Generation(text=f"{n}")])
    with replay(tmp_path / "r.jsonl") as found:
        assert found.objects["cache"]._cache == cache._cache and not found.problem
        assert found.objects["cache"].stats() == cache.stats()
