from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from inmem_widgets.core.entries import Key
from inmem_widgets.observables.near.differences import differences
from inmem_widgets.observables.near.lcs import MOST, matches
from inmem_widgets.observables.near.texts import compare
from inmem_widgets.observables.near.tokens import tokens
from inmem_widgets.wire.cache import Difference
from tests.observables.chats import SEARCH, WEATHER, called, completion_key, key_of


def pattern(before: Key, after: Key) -> str:
    return differences(before, after)[3]


def only(before: Key, after: Key) -> Difference:
    (found,), more, _, _ = differences(before, after)
    assert more == 0
    return found


def test_only_a_parameter() -> None:
    found = differences(key_of("hi", model={"temperature": 0.0}), key_of("hi", model={"temperature": 0.2}))
    assert found[3] == "only temperature"
    assert found[2] == "the prompt, model and stop"
    (place,) = found[0]
    assert (place["where"], place["path"], place["nature"]) == ("model", "temperature", "value")
    assert (place["before"], place["after"]) == ("0.0", "0.2")
    assert pattern(key_of("hi"), key_of("hi", temperature=0.2)) == "only temperature"
    assert pattern(key_of("hi"), key_of("hi", stop=["a"])) == "only stop"
    assert pattern(key_of("hi"), key_of("hi", model={"temperature": 1, "model_name": "o3"})) == (
        "only model_name and temperature"
    )


def test_tools() -> None:
    one, other = key_of("hi", tools=[WEATHER, SEARCH]), key_of("hi", tools=[SEARCH, WEATHER])
    place = only(one, other)
    assert (place["path"], place["nature"], place["before"], place["after"]) == (
        "tools", "order", "weather, search", "search, weather",
    )  # fmt: skip
    assert pattern(one, other) == "only order of tools"
    place = only(one, key_of("hi", tools=[WEATHER]))
    assert (place["path"], place["nature"]) == ("tools.search", "removed")
    changed = json.loads(json.dumps(SEARCH))
    changed["function"]["description"] = "Search the whole web."
    place = only(one, key_of("hi", tools=[WEATHER, changed]))
    assert place["path"] == "tools.search.function.description"


def test_ids() -> None:
    one, other = called("call_1"), called("call_22")
    assert pattern(key_of(one), key_of(other)) == "tool call id"
    before, after = key_of([HumanMessage("hi")]), key_of([HumanMessage("hi")])
    with_id = before[0].replace('"type": "human"', '"type": "human", "id": "run-1"')
    other_id = after[0].replace('"type": "human"', '"type": "human", "id": "run-2"')
    place = only((with_id, before[1]), (other_id, before[1]))
    assert (place["path"], place["nature"], place["after"]) == ("messages[0].id", "id", "run-2")
    assert pattern((with_id, before[1]), (other_id, before[1])) == "message id"
    texts = (f"Session {each} please" for each in ("3f2b8c1e-aaaa-4bbb-8ccc-1234567890ab",
                                                   "3f2b8c1e-aaaa-4bbb-8ccc-1234567890ff"))  # fmt: skip
    assert pattern(*map(key_of, texts)) == "id"
    model = "[('callbacks', <__main__.Handler object at {}>), ('stop', None)]"
    assert pattern(("hi", model.format("0x7f01a")), ("hi", model.format("0x7f02b"))) == "only memory address"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Today is 2024-05-01. News?", "Today is 2024-05-02. News?", "date"),
        ("It is Monday, 3 May 2024 10:12:01", "It is Tuesday, 4 May 2024 10:15:59", "date"),
        ("Order 4711 where is it", "Order 12 where is it", "number"),
        ("On 2024-05-01 order 4711", "On 2024-05-02 order 4712", "date and number"),
        ("How  are you", "How are\nyou", "white space"),
        ("How are you\n", "How are you", "white space"),
        ("first\nsecond\nthird", "third\nfirst\nsecond", "order of lines"),
        ("The quick brown fox", "The slow brown fox", "words"),
        ("The quick fox on 2024-05-01", "The slow fox on 2024-05-02", "date and words"),
    ],
)
def test_natures_of_words(before: str, after: str, expected: str) -> None:
    for make in (key_of, completion_key):
        assert pattern(make(before), make(after)) == expected


def test_messages_are_aligned_by_what_they_say() -> None:
    system, hello, reply = (
        SystemMessage("Be brief on 2024-05-01."),
        HumanMessage("Hello"),
        AIMessage("Hi there"),
    )
    later = SystemMessage("Be brief on 2024-05-02.")
    one, other = key_of([system, hello, reply]), key_of([later, HumanMessage("Before"), hello, reply])
    listed, _, equal, text = differences(one, other)
    assert [(each["path"], each["nature"]) for each in listed] == [
        ("messages[0].content", "date"), ("messages[1]", "added"),
    ]  # fmt: skip
    assert listed[1]["after"] == "human: Before"
    assert equal.startswith("2 of 4 messages") and text == "date and one more message"
    assert pattern(key_of([hello, reply]), key_of([reply, hello])) == "order of messages"


def test_parts_hold_both_texts() -> None:
    before = f"{'word ' * 50}on 2024-05-01 and the quick fox {'tail ' * 50}"
    after = before.replace("05-01", "05-02").replace("quick", "slow")
    first, *_ = differences(completion_key(before), completion_key(after))[0]
    changed = [(part["op"], part["text"]) for part in first["parts"] if part["op"] != "same"]
    assert changed == [
        ("removed", "2024-05-01"), ("added", "2024-05-02"), ("removed", "quick"), ("added", "slow"),
    ]  # fmt: skip
    assert sum(len(part["text"]) for part in first["parts"]) < 300


def test_no_secret_is_in_a_difference() -> None:
    for before, after in (
        ("password: hunter2secret ok", "password: other2secret ok"),
        ("use sk-abcdefghijklmnop1111 here", "use sk-abcdefghijklmnop2222 here"),
    ):
        place = only(completion_key(before), completion_key(after))
        assert place["nature"] == "value" and "secret" in pattern(
            completion_key(before), completion_key(after)
        )
        assert "abcdef" not in str(place) and "2secret" not in str(place)
    found = differences(("hi", "[('api_key', 'aaaa1111')]"), ("hi", "[('api_key', 'bbbb2222')]"))
    assert found[3] == "only api_key" and "1111" not in str(found) and "2222" not in str(found)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"api_keys": ["aaaa1111"]}, {"api_keys": ["bbbb2222"]}),
        ({"api_keys": ["aaaa1111", "bbbb2222"]}, {"api_keys": ["bbbb2222", "aaaa1111"]}),
        ({"api_key": {"value": "aaaa1111"}}, {"api_key": {"value": "bbbb2222"}}),
        ({"api_key": {"value": "aaaa1111"}}, {}),
        ({"headers": [["X-Api-Key", "aaaa1111"]]}, {"headers": [["X-Api-Key", "bbbb2222"]]}),
        (
            {"headers": [["X-Api-Key", "aaaa1111"], ["a", "b"]]},
            {"headers": [["a", "b"], ["X-Api-Key", "aaaa1111"]]},
        ),
        (
            {"headers": [{"name": "X-Api-Key", "value": "aaaa1111"}]},
            {"headers": [{"name": "X-Api-Key", "value": "bbbb2222"}]},
        ),
        ({"of": {"sk-aaaa1111aaaa1111": 1}}, {"of": {"sk-bbbb2222bbbb2222": 1}}),
        ({"sk-aaaa1111aaaa1111": 1, "n": 1}, {"sk-aaaa1111aaaa1111": 1, "n": 2}),
    ],
)
def test_no_secret_is_in_a_difference_of_structures(before: Any, after: Any) -> None:
    models = [("hi", str(sorted(of.items()))) for of in (before, after)]
    prompts = [(json.dumps(of), "model") for of in (before, after)]
    for cached, missed in (models, prompts):
        found = differences(cached, missed)
        assert found[0]
        assert "1111" not in str(found) and "2222" not in str(found)


def test_what_a_tool_is_called_hides_nothing_of_it() -> None:
    tools = [{"name": "reset_password", "description": f"By {how}"} for how in ("mail", "phone")]
    before, after = (("hi", str([("tools", [tool])])) for tool in tools)
    assert only(before, after)["after"] == "By phone"


def test_what_is_written_differently_but_means_the_same() -> None:
    prompt, model = key_of("hi")
    assert pattern((prompt, model), (prompt.replace(", ", ",  "), model)) == "white space"
    reordered = json.dumps([dict(reversed(each.items())) for each in json.loads(prompt)])
    assert pattern((prompt, model), (reordered, model))
    assert differences((prompt, model), (prompt, model)) == (
        [], 0, "the prompt, model, temperature and stop", "",
    )  # fmt: skip
    one, true = ("hi", "[('n', 1)]"), ("hi", "[('n', True)]")
    assert pattern(one, true) == "only n"


@given(st.lists(st.sampled_from("ab 12,\n"), max_size=40), st.lists(st.sampled_from("ab 12,\n"), max_size=40))
def test_hunks_make_one_text_of_the_other(some: list[str], others: list[str]) -> None:
    before, after = "".join(some), "".join(others)
    diff = compare(before, after)
    made, at, other = "", 0, 0
    for hunk in diff.hunks:
        assert before[at : hunk.a] == after[other : hunk.c]
        made += before[at : hunk.a] + after[hunk.c : hunk.d]
        at, other = hunk.b, hunk.d
    assert made + before[at:] == after
    assert len(diff.natures) == len(diff.hunks)


@given(st.lists(st.integers(0, 3), max_size=12), st.lists(st.integers(0, 3), max_size=12))
def test_the_common_subsequence_is_a_longest_one(before: list[int], after: list[int]) -> None:
    lengths = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i, mine in enumerate(before):
        for j, theirs in enumerate(after):
            lengths[i + 1][j + 1] = (
                lengths[i][j] + 1 if mine == theirs else max(lengths[i][j + 1], lengths[i + 1][j])
            )
    found = matches(before, after)
    assert len(found) == lengths[-1][-1]
    assert all(before[i] == after[j] for i, j in found) and found == sorted(found)
    with pytest.raises(ValueError, match=str(MOST)):
        matches(range(MOST + 1), [1])


@given(st.text())
def test_tokens_are_the_text(text: str) -> None:
    assert "".join(part for _, part in tokens(text)) == text


def random_text(size: int, seed: int) -> str:
    words = random.Random(seed).choices(
        ["the", "quick", "brown", "fox", "1234", "jumps", "over", "a", "lazy", "dog", "again"], k=size // 5
    )
    return " ".join(words)[:size]


def huge(kind: str) -> tuple[Any, Any]:
    text = random_text(5_000_000, 1)
    if kind == "one word":
        return text, text.replace("fox", "cat", 1)
    if kind == "scattered":
        places = random.Random(2).sample(range(len(text)), 1_000)
        signs = list(text)
        for place in places:
            signs[place] = "Z"
        return text, "".join(signs)
    if kind == "nothing alike":
        return text, random_text(5_000_000, 3)
    if kind == "one letter":
        return "a" * 5_000_000, "b" * 5_000_000
    if kind == "messages":
        return text, text[1_000_000:]
    return "password=" * 500_000, "passwort=" * 500_000


@pytest.mark.parametrize(
    "kind", ["one word", "scattered", "nothing alike", "one letter", "messages", "fields"]
)
@pytest.mark.timeout(60)
def test_prompts_of_five_megabytes(kind: str) -> None:
    before, after = huge(kind)
    listed, _, equal, text = differences(completion_key(before), completion_key(after))
    assert listed and text and len(str(listed)) < 20_000
    if kind == "one word":
        assert (listed[0]["before"], listed[0]["after"]) == ("fox", "cat")
    if kind in ("scattered", "nothing alike"):
        assert "only the beginning was compared" in equal


@pytest.mark.timeout(60)
def test_ten_thousand_messages() -> None:
    messages = json.loads(key_of([HumanMessage("hi")])[0]) * 10_000
    for number, message in enumerate(messages):
        messages[number] = {**message, "kwargs": {**message["kwargs"], "content": f"message {number} says a"}}
    changed = [messages[0], *messages[3:]]
    changed[5_000] = messages[1]
    before, after = json.dumps(messages), json.dumps(changed)
    listed, more, equal, _ = differences((before, "m"), (after, "m"))
    assert len(listed) <= 20 and len(listed) + more <= 8
    assert equal.startswith("999")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 60 + "1" + "}" * 60, "9" * 100_000, "", "\ud800", "null"]
)
def test_anything_is_compared(text: str) -> None:
    before = time.monotonic()
    listed, _, _, _ = differences((text, text), (f"{text}x", f"[1, {text}]"))
    assert listed and time.monotonic() >= before
    str(listed).encode()
