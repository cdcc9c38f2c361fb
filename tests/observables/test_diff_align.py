"""Which items of two lists belong together."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage

from inmem_widgets.observables.diffs.align import Pair, align, entries
from inmem_widgets.observables.same import Tokens
from tests.observables.hostile import armed, hostile

ids = st.sampled_from("abcdefgh")
names = st.sampled_from(["hotels", "near", "the", "harbour", "of", "Bergen"])
words = st.lists(names, max_size=6).map(" ".join)
messages = st.builds(lambda id, text: HumanMessage(text, id=id), ids, words)
dicts = st.fixed_dictionaries({}, optional={"id": ids, "name": ids, "text": words, "n": st.integers(0, 3)})
items = st.one_of(messages, dicts, words, st.integers(0, 5), st.floats(), st.none(), st.booleans())
lists = st.lists(items, max_size=12)


def aligned(before: list[Any], after: list[Any]) -> list[Pair]:
    tokens = Tokens()
    return align(entries(before, tokens), entries(after, tokens))


@settings(deadline=None)
@given(lists, lists)
def test_each_item_is_in_one_pair_and_both_lists_can_be_read_off(before: list[Any], after: list[Any]) -> None:
    pairs = aligned(before, after)
    assert sorted(p.before for p in pairs if p.before is not None) == list(range(len(before)))
    assert [p.after for p in pairs if p.after is not None] == list(range(len(after)))
    staying = [p.before for p in pairs if p.before is not None and p.after is not None and not p.moved]
    assert staying == sorted(staying)
    assert all(not p.moved for p in pairs if p.before is None or p.after is None)


@settings(deadline=None)
@given(lists, lists)
def test_the_other_way_round_it_is_the_same(before: list[Any], after: list[Any]) -> None:
    there = {(p.before, p.after, p.moved) for p in aligned(before, after)}
    back = {(p.after, p.before, p.moved) for p in aligned(after, before)}
    assert there == back


@settings(deadline=None)
@given(lists)
def test_equal_lists_are_paired_in_place(items: list[Any]) -> None:
    assert aligned(items, items) == [Pair(at, at) for at in range(len(items))]


@settings(deadline=None)
@given(st.lists(messages, max_size=8, unique_by=lambda m: m.id), st.randoms())
def test_what_has_an_id_is_found_wherever_it_is(given: list[Any], random: Any) -> None:
    after = [HumanMessage(f"changed {m.content}", id=m.id) for m in given]
    random.shuffle(after)
    pairs = aligned(given, after)
    assert all(p.before is not None and p.after is not None for p in pairs)
    assert all(given[p.before].id == after[p.after].id for p in pairs)  # type: ignore[index]


@settings(deadline=None)
@given(st.lists(st.integers(), max_size=8, unique=True), st.randoms())
def test_as_few_as_can_be_have_moved(given: list[int], random: Any) -> None:
    after = list(given)
    if after:
        after.insert(random.randrange(len(after)), after.pop(random.randrange(len(after))))
    assert sum(p.moved for p in aligned(given, after)) <= 1


def test_other_ids_are_other_messages_however_alike() -> None:
    pairs = aligned([AIMessage("the same words", id="a")], [AIMessage("the same words", id="b")])
    assert pairs == [Pair(0, None), Pair(None, 0)]


def test_ids_that_several_items_have_are_none() -> None:
    before = [{"id": 1, "x": "one"}, {"id": 1, "x": "two"}]
    assert aligned(before, [before[1], before[0]]) != [Pair(0, 0), Pair(1, 1)]
    assert {(p.before, p.after) for p in aligned(before, before[::-1])} == {(0, 1), (1, 0)}


def test_without_ids_the_most_alike_are_paired_not_those_at_the_same_place() -> None:
    before = ["find hotels near the harbour of Bergen", "book the night train to Oslo"]
    after = ["book the early train to Oslo", "find cheap hotels near the harbour of Bergen", "pack"]
    assert {(p.before, p.after) for p in aligned(before, after)} == {(0, 1), (1, 0), (None, 2)}
    assert {(p.before, p.after) for p in aligned([1, 2], [3, 2])} == {(0, None), (1, 1), (None, 0)}
    assert {(p.before, p.after) for p in aligned(["a"], [1])} == {(0, None), (None, 0)}


def test_tools_keep_together_by_name() -> None:
    before = [{"name": "search", "args": {"city": "Oslo"}}, {"name": "book", "args": {}}]
    after = [{"name": "book", "args": {"night": 1}}, {"name": "search", "args": {"city": "Bergen"}}]
    assert {(p.before, p.after) for p in aligned(before, after)} == {(0, 1), (1, 0)}


def test_thousands_of_items_without_anything_in_common() -> None:
    before, after = [f"a{at}" for at in range(4_000)], [f"b{at}" for at in range(4_000)]
    pairs = aligned(before, after)
    assert len(pairs) == 8_000 and not any(p.moved for p in pairs)


def test_items_run_no_code_of_theirs() -> None:
    before = [hostile(kind) for kind in (object, dict, list, str, int, float)]
    after = [hostile(kind) for kind in (list, object, int, dict, set)]
    with armed():
        pairs = aligned(before, after)
    assert len([p for p in pairs if p.before is not None]) == len(before)
