from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets.core.entries import Key
from inmem_widgets.observables.near.index import NearIndex
from inmem_widgets.observables.near.likeness import NEAR, Likeness
from tests.observables.chats import key_of

MODEL = "[('model', 'gpt-4o'), ('stop', None), ('temperature', 0.0)]"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def vocabulary(rng: random.Random) -> list[str]:
    return ["".join(rng.choices(LETTERS, k=rng.randint(2, 9))) for _ in range(3_000)]


def question(rng: random.Random, words: list[str]) -> str:
    """Words as frequent as in a language."""
    return " ".join(rng.choices(words, [1 / (at + 4) for at in range(len(words))], k=rng.randint(8, 60)))


def indexed(keys: list[Key], born: Callable[[Key], int] = lambda key: -1) -> NearIndex:
    index = NearIndex()
    for _ in index.follow(keys, born):
        pass
    return index


def follow(index: NearIndex, keys: list[Key]) -> None:
    for _ in index.follow(keys, lambda key: -1):
        pass


def change_words(rng: random.Random, text: str, words: list[str]) -> str:
    parts = text.split()
    for _ in range(max(1, len(parts) // 10)):
        parts[rng.randrange(len(parts))] = rng.choice(words)
    return " ".join(parts)


def test_recall_beside_a_scan_of_all() -> None:
    rng = random.Random(5)
    words = vocabulary(rng)
    system = question(rng, words) + question(rng, words)
    keys = [(f'[{{"role": "system", "content": "{system}"}}, {{"role": "user", "content": "{text}"}}]', MODEL)
            for text in (question(rng, words) for _ in range(300))]  # fmt: skip
    index = indexed(keys)
    found = searches = 0
    for original in rng.sample(keys, 40):
        begin, text = original[0].rsplit('"content": "', 1)
        missed = f'{begin}"content": "{change_words(rng, text[:-3], words)}"}}]', MODEL
        likeness = Likeness(missed)
        best = max(map(likeness.to, keys))
        if best < NEAR:
            continue
        searches += 1
        nearest = index.nearest(missed, keys)
        found += nearest is not None and nearest.likeness >= best - 0.02
    assert searches > 30
    assert found / searches >= 0.97


def test_the_same_prompt_with_other_parameters_is_always_found() -> None:
    rng = random.Random(6)
    words = vocabulary(rng)
    base = question(rng, words)
    # a crowd of very similar prompts, all with the parameters that were looked up
    crowd = [(f"{base} {number}", MODEL) for number in range(500)]
    other = (f"{base} 7777", MODEL.replace("0.0", "0.2"))
    keys = [*crowd, other]
    nearest = indexed(keys).nearest((other[0], MODEL.replace("0.0", "0.1")), keys)
    assert nearest is not None
    assert nearest.key in (other, *crowd) and nearest.key[0].startswith(base)
    exact = indexed(keys).nearest((other[0], "other=1"), keys)
    assert exact is not None and exact.key == other


@pytest.mark.parametrize(
    ("cached", "missed"),
    [
        ("Where is order 4711?", "Where is order 12?"),
        ("Today is 2024-05-01. What is new?", "Today is 2024-06-30. What is new?"),
        ("How  is the weather\n", "How is the weather"),
        (
            "Trace 3f2b8c1e-aaaa-4bbb-8ccc-1234567890ab please",
            "Trace 99999999-aaaa-4bbb-8ccc-1234567890ff please",
        ),
        (
            f"What is the capital of France? {'Answer in one word, with no more. ' * 3}",
            f"What is the capital of Spain? {'Answer in one word, with no more. ' * 3}",
        ),
        (
            f"今日の天気は東京でどうですか {'簡単に答えてください。' * 6}",
            f"今日の天気は大阪でどうですか {'簡単に答えてください。' * 6}",
        ),
    ],
)
def test_close_prompts_are_near(cached: str, missed: str) -> None:
    keys = [key_of(cached), key_of("Something else that has no word in common")]
    nearest = indexed(keys).nearest(key_of(missed), keys)
    assert nearest is not None and nearest.key == keys[0]


@pytest.mark.parametrize(
    ("cached", "missed"),
    [
        ("What is the capital of France?", "How do I bake bread at home?"),
        ("What is the capital of France?", "What is the capital of Spain?"),
        ("今日の天気は東京でどうですか", "今日の天気は大阪でどうですか"),
        ("What is the capital of France?", "What is the meaning of life?"),
        ("Translate to German: good morning", "Summarise this article about whales"),
        ("!!!", "???"),
        ("hello", "goodbye"),
        ("", "a question"),
    ],
)
def test_clearly_different_prompts_are_not(cached: str, missed: str) -> None:
    from langchain_core.messages import HumanMessage, SystemMessage

    system = SystemMessage("You are a helpful assistant. " * 20)
    for wrap in (lambda text: text, lambda text: [system, HumanMessage(text)]):
        keys = [key_of(wrap(cached))]
        assert indexed(keys).nearest(key_of(wrap(missed)), keys) is None


def test_never_itself_nor_what_was_cached_later() -> None:
    keys = [(f"Where is order {number}?", MODEL) for number in range(10)]
    births = {key: number for number, key in enumerate(keys)}
    index = indexed(keys, births.__getitem__)
    nearest = index.nearest(keys[3], keys, before=4)
    assert nearest is not None and births[nearest.key] in (0, 1, 2)
    assert index.nearest(keys[0], keys, before=0) is None
    # cached anew since the index was brought in step
    assert index.nearest(keys[3], keys, before=4, there=lambda key: False) is None


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sets(st.integers(0, 30)), max_size=6))
def test_in_step_with_inserts_and_evictions(states: list[set[int]]) -> None:
    index = NearIndex()
    for held in states:
        keys = [(f"number {'x' * number} of all", MODEL) for number in sorted(held)]
        follow(index, keys)
        assert index.size == len(keys)
        for key in keys:
            found = index.nearest((key[0], "another"), keys)
            assert found is not None and found.key == key
        gone = {*range(31)} - held
        for number in [*gone][:3]:
            found = index.nearest((f"number {'x' * number} of all", "another"), keys)
            assert found is None or found.key in keys


def test_memory() -> None:
    keys = [(f"prompt {number}", MODEL) for number in range(3 * 4_096)]
    index = indexed(keys)
    assert index.bytes / len(keys) <= 300
    follow(index, keys[:10])
    follow(index, keys)
    assert index.bytes / len(keys) <= 300
    follow(index, [])
    assert index.bytes == 0


@pytest.mark.parametrize("text", ["", " ", "[", "\ud800", "x" * 5_000_000, "x " * 2_500_000, "[" * 100_000])
def test_any_key_is_indexed(text: str) -> None:
    keys = [(text, text), (text + "y", ""), ("other", text)]
    index = indexed(keys)
    assert index.size == 3
    for key in [*keys, (text, "z")]:
        index.nearest(key, keys)
