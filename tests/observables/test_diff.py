"""Diffs as they are shown: rows, counts, texts; of any two checkpoints."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.base import empty_checkpoint

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.diffs.diff import ROWS, diff
from inmem_widgets.observables.diffs.rows import Differ, Where
from inmem_widgets.observables.reading.reader import Undecodable
from inmem_widgets.wire import Diff
from tests.observables.hostile import armed, hostile
from tests.observables.seeing import SAVERS, saver_of, seen
from tests.observables.test_diff_align import lists, messages, words
from tests.observables.test_diff_same import Model, Plan

START = Where("", 0, "", (), ())


def saved(saver: Any, *states: dict[str, Any], thread: str = "t") -> list[tuple[str, str]]:
    """Checkpoints with these states, each made from the one before."""
    config: Any = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    keys = []
    versions: dict[str, Any] = {}
    for step, values in enumerate(states):
        checkpoint = empty_checkpoint()
        checkpoint["id"] = f"1f000000-0000-6000-8000-{step:012d}"
        new = {name: saver.get_next_version(versions.get(name), None) for name in values}
        versions = {**{k: v for k, v in versions.items() if k in values}, **new}
        checkpoint["channel_versions"] = versions
        checkpoint["channel_values"] = dict(values)
        config = saver.put(config, checkpoint, {"source": "loop", "step": step, "parents": {}}, new)
        keys.append(("", checkpoint["id"]))
    return keys


def of(before: dict[str, Any], after: dict[str, Any]) -> Diff:
    saver = InMemorySaver()
    keys = saved(saver, before, after)
    return diff(observe(saver), "t", keys[1], keys[0])


def drawn(found: Diff) -> list[str]:
    """The rows as a person reads them."""
    signs = {"same": " ", "add": "+", "del": "-", "mod": "~", "move": "^", "fold": " "}
    lines = []
    for row in found["rows"]:
        texts = " → ".join(text for text in (row["before"], row["after"]) if text is not None)
        moved = f" ({row['moved'][0]} → {row['moved'][1]})" if row["moved"] else ""
        lines.append(f"{signs[row['op']]} {'  ' * row['depth']}{row['label']} {texts}".rstrip() + moved)
    return lines


def test_a_diff_as_a_person_wants_to_read_it() -> None:
    talk = [HumanMessage("a hotel in Oslo", id="1"), AIMessage("which nights?", id="2")]
    call = {"name": "search_hotels", "args": {"city": "Bergen"}, "id": "c", "type": "tool_call"}
    before = {
        "messages": talk, "plan": {"city": "Oslo", "nights": 3}, "error": "timeout after 30 s",
        "a": 1, "b": 2, "c": 3, "d": 4,
    }  # fmt: skip
    after = {
        **before, "messages": [*talk, AIMessage("Hotels near Bryggen", id="3", tool_calls=[call])],
        "plan": {"city": "Bergen", "nights": 3}, "attempts": 1,
    }  # fmt: skip
    del after["error"]
    found = of(before, after)
    assert drawn(found) == [
        "  messages",
        "    2 unchanged",
        '+   ai "Hotels near Bryggen"',
        '+     tool_calls search_hotels(city="Bergen")',
        "  plan",
        '~   city "Oslo" → "Bergen"',
        "    nights 3",
        '- error "timeout after 30 s"',
        "+ attempts 1",
        "  4 more keys unchanged",
    ]
    assert [row["path"] for row in found["rows"]] == [
        "messages", "", "messages[2]", "messages[2].tool_calls", "plan", "plan.city", "plan.nights", "error",
        "attempts", "",
    ]  # fmt: skip
    assert (found["added"], found["changed"], found["removed"], found["moved"]) == (3, 1, 1, 0)
    assert found["rows"][1]["count"] == 2 and found["rows"][-1]["count"] == 4
    assert (found["more"], found["problem"]) == (0, "")


def test_a_message_that_says_something_else_is_one_change_with_its_words() -> None:
    text = "The weather in Oslo is fine, and the hotels near the harbour have rooms left for May."
    before = [HumanMessage("hi", id="1"), AIMessage(text, id="2"), HumanMessage("thanks", id="3")]
    after = [before[0], AIMessage(text.replace("Oslo", "Bergen"), id="2"), before[2]]
    found = of({"messages": before}, {"messages": after})
    assert [row["label"] for row in found["rows"]] == ["messages", "1 unchanged", "ai", "1 unchanged"]
    row = found["rows"][2]
    assert (row["op"], row["path"], found["changed"]) == ("mod", "messages[1].content", 1)
    assert [part["text"] for part in row["parts"] if part["op"] == "removed"] == ["Oslo"]
    assert [part["text"] for part in row["parts"] if part["op"] == "added"] == ["Bergen"]


def test_of_a_message_several_fields_changed() -> None:
    before = [ToolMessage("full", tool_call_id="c", id="1", name="hotels", status="success")]
    after = [ToolMessage("failed", tool_call_id="c", id="1", name="hotels", status="error")]
    assert drawn(of({"messages": before}, {"messages": after})) == [
        "  messages",
        '    tool hotels "failed"',
        '~     content "full" → "failed"',
        '~     status "success" → "error"',
    ]


def test_moved_and_moved_with_a_change() -> None:
    def note(at: int, text: str) -> dict[str, Any]:
        return {"id": at, "name": f"note {at}", "text": text}

    before = [note(1, "a"), note(2, "b"), note(3, "c")]
    assert drawn(of({"notes": before}, {"notes": [before[2], before[0], before[1]]})) == [
        "  notes",
        "^   note 3 {'id': 3, 'name': 'note 3', 'text': 'c'} (2 → 0)",
        "    2 unchanged",
    ]
    found = of({"notes": before}, {"notes": [note(3, "C"), before[0], before[1]]})
    assert drawn(found)[1:4] == [
        "^   note 3 {'id': 3, 'name': 'note 3', 'text': 'C'} (2 → 0)",
        '~     text "c" → "C"',
        "      2 more keys unchanged",
    ]
    assert (found["moved"], found["changed"]) == (1, 1)


def test_objects_tuples_sets_and_types() -> None:
    found = of(
        {
            "plan": Plan("Oslo"),
            "model": Model(city="Oslo"),
            "pair": (1, 2),
            "set": {1, 2},
            "kind": 1,
            "gone": None,
        },
        {"plan": Plan("Bergen"), "model": Model(city="Bergen"), "pair": (1, 3), "set": {2, 3}, "kind": 1.0},
    )
    assert drawn(found) == [
        "  plan", '~   city "Oslo" → "Bergen"', "    nights 1",
        "  model", '~   city "Oslo" → "Bergen"',
        "  pair", "    1 unchanged", "-   [1] 2", "+   [1] 3",
        "  set", "-    1", "+    3", "    1 unchanged",
        "~ kind 1 → 1.0",
        "- gone None",
    ]  # fmt: skip


def test_paths_are_as_in_code() -> None:
    found = of({"a": {"b c": {"d": [1]}, 'q"': 1, 3: 1}}, {"a": {"b c": {"d": [1, 2]}, 'q"': 2, 3: 2}})
    assert [row["path"] for row in found["rows"] if row["op"] in ("add", "mod")] == [
        'a["b c"].d[1]', 'a["q\\""]', "a[3]",
    ]  # fmt: skip


def test_a_channel_that_is_new_with_messages_lists_them() -> None:
    said = [HumanMessage("hi", id="1"), AIMessage("hello", id="2")]
    assert drawn(of({}, {"messages": said})) == ["  messages", '+   human "hi"', '+   ai "hello"']
    assert drawn(of({"messages": said}, {})) == ["  messages", '-   human "hi"', '-   ai "hello"']


def test_internal_channels_are_counted_not_listed() -> None:
    found = of({"branch:to:a": None, "x": 1}, {"branch:to:a": None, "__start__": {"x": 1}, "x": 1})
    assert drawn(found) == ["  1 key unchanged"]
    assert found["internal"] == 2


def test_the_first_checkpoint_has_nothing_before_it() -> None:
    saver = InMemorySaver()
    [key] = saved(saver, {"x": 1})
    found = diff(observe(saver), "t", key)
    assert found["before"] is None and drawn(found) == ["+ x 1"]
    assert found["after"] == {"key": "\n" + key[1], "label": "loop · step 0", "thread": "t"}


def test_two_threads() -> None:
    saver = InMemorySaver()
    one, other = saved(saver, {"x": 1, "y": 1})[0], saved(saver, {"x": 2, "y": 1}, thread="u")[0]
    found = diff(observe(saver), "t", one, other, of="u")
    assert drawn(found) == ["~ x 2 → 1", "  y 1"]
    assert found["before"] is not None and found["before"]["thread"] == "u"
    assert found["common"] is None


@pytest.mark.parametrize("kind", SAVERS)
def test_checkpoints_that_are_gone(kind: str) -> None:
    with saver_of(kind) as saver:
        [key] = saved(saver, {"x": 1})
        observable: Any = seen(saver)
        with pytest.raises(LookupError, match="checkpoint 1f-none of thread t is gone"):
            diff(observable, "t", ("", "1f-none"))
        with pytest.raises(LookupError, match="checkpoint 1f-none of thread t is gone"):
            diff(observable, "t", key, ("", "1f-none"))
        history = observable.history("t")
        observable.history = lambda thread: history
        saver.delete_thread("t")
        assert diff(observable, "t", key)["problem"] == "one of the states cannot be read"


def test_what_cannot_be_read_is_said_so_and_the_rest_compared() -> None:
    saver = InMemorySaver()
    keys = saved(saver, {"x": 1, "bad": 1}, {"x": 2, "bad": 2})
    observable = observe(saver)
    read = observable.reader.channels

    def channels(thread_id: Any, key: Any, names: Any) -> Any:
        return {**(read(thread_id, key, names) or {}), "bad": Undecodable("pickle", 1_200, "not allowed")}

    observable.reader.channels = channels  # type: ignore[method-assign]
    assert drawn(diff(observable, "t", keys[1])) == [
        "~ x 1 → 2",
        "~ bad 1,200 bytes of pickle that cannot be deserialised → "
        "1,200 bytes of pickle that cannot be deserialised",
    ]


def test_a_great_many_changes_are_counted_and_the_first_listed() -> None:
    found = of({"list": [f"a{at}" for at in range(3_000)]}, {"list": [f"b{at}" for at in range(3_000)]})
    assert len(found["rows"]) == ROWS
    assert (found["added"], found["removed"], found["changed"]) == (3_000, 3_000, 0)
    assert found["more"] == 6_000 - sum(row["op"] in ("add", "del") for row in found["rows"])


def test_values_run_no_code_of_theirs() -> None:
    for kind in (object, dict, list, tuple, set, str, int, float, bytes):
        one, other = hostile(kind), hostile(kind)
        with armed():
            differ = Differ(ROWS)
            differ.values(START, {"a": [one], "b": one}, {"a": [other, one], "b": other, "c": other})
            differ.values(START, one, other)
            differ.items(START, [one, {"id": one}], [{"id": other}, other])
    with armed():
        assert differ.lines


def test_lone_surrogates_can_be_sent() -> None:
    differ = Differ(ROWS)
    long = "\udfff" + 70 * "x"
    differ.values(START, {"\ud800": "a", "x": [long]}, {"\ud800": long, "x": ["\ud800"], "y\udfff": 1})
    assert differ.counts.total() == 4 and any(line.parts for line in differ.lines)
    for line in differ.lines:
        f"{line.label}{line.path}{line.before}{line.after}{line.parts}".encode()


plans = st.dictionaries(st.sampled_from("abc"), st.one_of(words, lists, st.integers(0, 3)), max_size=3)
states = st.fixed_dictionaries(
    {},
    optional={"messages": st.lists(messages, max_size=6), "list": lists, "text": words, "plan": plans},
)


def compared(before: Any, after: Any) -> Differ:
    differ = Differ(100_000)
    tokens = differ.tokens
    differ.names(tokens.open(before), tokens.open(after), START, "keys")
    return differ


@settings(deadline=None)
@given(states)
def test_a_state_compared_with_itself_shows_no_change(state: dict[str, Any]) -> None:
    differ = compared(state, state)
    assert not differ.counts.total()
    assert [line.op for line in differ.lines] in ([], ["fold"], ["same"])


@settings(deadline=None)
@given(states, states)
def test_counts_agree_with_the_rows(before: dict[str, Any], after: dict[str, Any]) -> None:
    differ = compared(before, after)
    listed = Counter(line.op for line in differ.lines if line.op not in ("same", "fold"))
    assert +differ.counts == listed and not differ.more
    few = Differ(5)
    few.names(few.tokens.open(before), few.tokens.open(after), START, "keys")
    assert few.counts == differ.counts
    assert few.more + sum(line.op not in ("same", "fold") for line in few.lines) == differ.counts.total()


@settings(deadline=None)
@given(states, states)
def test_the_other_way_round_it_is_mirrored(before: dict[str, Any], after: dict[str, Any]) -> None:
    there, back = compared(before, after), compared(after, before)
    turned = {"add": "del", "del": "add"}
    ops = ("add", "del", "mod")  # of others, what they are called and what is shown is that after
    mine = Counter((line.op, line.before, line.after) for line in there.lines if line.op in ops)
    theirs = Counter(
        (turned.get(line.op, line.op), line.after, line.before) for line in back.lines if line.op in ops
    )
    assert mine == theirs
    assert there.counts["add"] == back.counts["del"]
    assert there.counts["mod"] == back.counts["mod"] and there.counts["move"] == back.counts["move"]


@settings(deadline=None)
@given(states, states)
def test_something_is_shown_if_and_only_if_states_differ(before: Any, after: Any) -> None:
    differ = compared(before, after)
    assert bool(differ.counts.total()) == (differ.tokens.of(before) != differ.tokens.of(after))


@settings(max_examples=10, deadline=None)
@given(states, states)
@pytest.mark.parametrize("kind", SAVERS)
def test_the_same_on_every_checkpointer(kind: str, before: Any, after: Any) -> None:
    with saver_of(kind) as saver:
        keys = saved(saver, before, after)
        observable: Any = seen(saver)
        there = diff(observable, "t", keys[1], keys[0])
        expected = compared(before, after)
        assert there["added"] == expected.counts["add"] and there["removed"] == expected.counts["del"]
        assert not diff(observable, "t", keys[0], keys[0])["added"]
