"""What hits spared: tokens as generations tell them, sums, prices."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.callbacks import UsageMetadataCallbackHandler
from langchain_core.messages import AIMessage, AIMessageChunk, ChatMessage
from langchain_core.outputs import (
    ChatGeneration,
    ChatGenerationChunk,
    Generation,
    GenerationChunk,
    LLMResult,
)

from inmem_widgets.observables.lookups.entrybook import Entry
from inmem_widgets.observables.lookups.savings import MODELS, Savings, Sums
from inmem_widgets.observables.lookups.tokens import MOST, tokens_of
from tests.observables.hostile import armed, hostile
from tests.observables.recording import answer

USAGE: Any = {"input_tokens": 10, "output_tokens": 2, "total_tokens": 12}


def chat(message: Any, **more: Any) -> ChatGeneration:
    return ChatGeneration(message=message, **more)


def odd(usage: Any) -> ChatGeneration:
    """As pydantic would not take it."""
    return chat(AIMessage.model_construct(content="x", usage_metadata=usage))


class OwnMessage(AIMessage):
    """An integration's."""


class OwnGeneration(Generation):
    """An integration's."""


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        (answer(10, 2), (10, 2, "gpt-4o")),
        (tuple(answer(10, 2)), (10, 2, "gpt-4o")),
        ([chat(AIMessage("x", usage_metadata=USAGE))], (10, 2, None)),
        ([chat(OwnMessage(content="x", usage_metadata=USAGE))], (10, 2, None)),
        ([ChatGenerationChunk(message=AIMessageChunk(content="x", usage_metadata=USAGE))], (10, 2, None)),
        ([chat(AIMessage("x", usage_metadata=USAGE | {"total_cost": 0}))], (10, 2, None)),
        ([chat(AIMessage("x", response_metadata={"token_usage": USAGE, "model": "m"}))], (10, 2, "m")),
        (
            [
                chat(
                    AIMessage("x", response_metadata={"model_id": "m"}),
                    generation_info={"usage": {"prompt_tokens": 1, "completion_tokens": 0}},
                )
            ],
            (1, 0, "m"),
        ),
        ([Generation(text="x", generation_info={"token_usage": USAGE, "model_name": "m"})], (10, 2, "m")),
        ([OwnGeneration(text="x", generation_info={"prompt_eval_count": 3, "eval_count": 4})], (3, 4, None)),
        (
            [
                GenerationChunk(
                    text="x",
                    generation_info={
                        "usage_metadata": {"prompt_token_count": 5, "candidates_token_count": 6}
                    },
                )
            ],
            (5, 6, None),
        ),
        (answer(10, 2) * 3, (10, 2, "gpt-4o")),  # each tells of the whole call
        (answer(10, 2) + answer(10, 3), None),
        ([*answer(10, 2), Generation(text="x")], None),
        ([chat(AIMessage("x"))], None),
        ([chat(AIMessage("x", usage_metadata=USAGE)).model_copy(update={"message": None})], None),
        ([chat(ChatMessage(content="x", role="r"))], None),
        ([odd({"total_cost": 0})], None),
        ([odd(USAGE | {"input_tokens": -1})], None),
        ([odd(USAGE | {"output_tokens": 2.5})], None),
        ([odd(USAGE | {"input_tokens": True})], None),
        (
            [odd(USAGE | {"input_tokens": 1 << 60})],
            None,
        ),
        ([Generation(text="x")], None),
        ([Generation.model_construct(text="x", generation_info={1: 2})], None),
        (answer(10, 2) * (MOST + 1), None),
        ([], None),
        ([None], None),
        ("text", None),
        (None, None),
        ({"input_tokens": 1}, None),
    ],
)
def test_tokens(value: Any, tokens: Any) -> None:
    assert tokens_of(value) == tokens


def test_tokens_are_those_langchain_counts() -> None:
    value = answer(10, 2) * 2
    counted = UsageMetadataCallbackHandler()
    counted.on_llm_end(LLMResult(generations=[[*value]]))
    tokens_in, tokens_out, model = tokens_of(value) or (0, 0, None)
    assert counted.usage_metadata == {
        model: {"input_tokens": tokens_in, "output_tokens": tokens_out, "total_tokens": 12}
    }


class Equal:
    """Hashes as a text does, and notices being compared."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared")


def test_no_key_of_a_dict_is_compared() -> None:
    usage: dict[Any, Any] = {Equal("input_tokens"): 1, "output_tokens": 2}
    assert tokens_of([odd(usage)]) is None
    info: dict[Any, Any] = {Equal("token_usage"): 1}
    assert tokens_of([Generation.model_construct(text="x", generation_info=info)]) is None
    message = AIMessage("x", usage_metadata=USAGE)
    del message.__dict__["response_metadata"]
    message.__dict__[Equal("response_metadata")] = 1  # type: ignore[index]
    assert tokens_of([chat(AIMessage("x")).model_copy(update={"message": message})]) is None


def test_no_code_of_a_subclass_is_run() -> None:
    values = [hostile(list, answer(1, 2)), hostile(tuple, answer(1, 2)), [hostile(dict, USAGE)]]
    with armed():
        assert [tokens_of(value) for value in values] == [(1, 2, "gpt-4o"), (1, 2, "gpt-4o"), None]


# --- sums ----------------------------------------------------------------------------------------


def test_unknown_is_counted_apart() -> None:
    sums = Sums()
    sums.hit(Entry(load=2.0, input_tokens=10, output_tokens=1, model="a", sums=sums.of("a")))
    sums.hit(Entry(load=None, input_tokens=20, output_tokens=2, model=None, sums=sums.of(None)))
    sums.hit(Entry(load=3.0))
    assert sums.now().priced({"a": (1.0, 10.0), "b": (5.0, 5.0)}, "€") == {
        "seconds": 5.0,
        "seconds_unknown": 1,
        "input_tokens": 30,
        "output_tokens": 3,
        "tokens_unknown": 1,
        "money": pytest.approx(20e-6),
        "money_unknown": 2,
        "currency": "€",
    }


def test_without_prices_there_is_no_money() -> None:
    sums = Sums()
    sums.hit(Entry(input_tokens=1, output_tokens=1, model="a", sums=sums.of("a")))
    saved = sums.now().priced(None, "$")
    assert (saved["money"], saved["money_unknown"]) == (None, 1)
    saved = sums.now().priced({}, "$")
    assert (saved["money"], saved["money_unknown"]) == (0.0, 1)


def test_names_of_models_are_bounded() -> None:
    sums = Sums()
    for n in range(MODELS + 5):
        name = f"model {n}"
        sums.hit(Entry(input_tokens=1, output_tokens=0, model=name, sums=sums.of(name)))
    now = sums.now()
    assert len(now.models) == MODELS + 1
    assert now.models[None] == (5, 0, 5)


models = st.sampled_from(["a", "b", None])
hits = st.lists(st.tuples(st.none() | st.integers(0, 9), st.none() | st.tuples(st.integers(0, 9), models)))


def total(some: Any) -> Savings:
    sums = Sums()
    for load, tokens in some:
        if tokens is None:
            sums.hit(Entry(load=load))
        else:
            sums.hit(Entry(0, 0.0, 0.0, load, tokens[0], 1, tokens[1], 0, sums.of(tokens[1])))
    return sums.now()


@given(hits, hits)
def test_what_was_saved_since_is_a_difference(before: Any, after: Any) -> None:
    prices = {"a": (1e6, 2e6), "b": (3e6, 0.0)}
    since = (total(before + after) - total(before)).priced(prices, "$")
    assert since == total(after).priced(prices, "$")


def test_nothing_below_zero_was_saved_since_though_what_was_counted_is_in_doubt() -> None:
    sums = Sums()
    entry = Entry(1, 0.0, 0.0, None, 7, 3, "a", 0, sums.of("a"))
    sums.hit(entry)
    before = sums.now()
    sums.doubt(entry)
    since = (sums.now() - before).priced({"a": (1e6, 1e6)}, "$")
    assert (since["input_tokens"], since["output_tokens"], since["money"]) == (0, 0, 0.0)
