from __future__ import annotations

import ast
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from inmem_widgets.observables.near.literals import Opaque, Unread, read_json, read_literal
from inmem_widgets.observables.near.llmstrings import read_model
from inmem_widgets.observables.near.prompts import model_name, model_text, prompt_text
from tests.observables.chats import SEARCH, WEATHER, called, completion_key, fake_key, key_of


def test_prompts_of_models() -> None:
    assert prompt_text(key_of("How are\nyou?")[0]) == "How are you?"
    assert prompt_text(completion_key("How are\nyou?")[0]) == "How are you?"
    assert prompt_text(fake_key("hi")[0]) == "hi"
    assert prompt_text(key_of(called("call_1"))[0]) == "How is the weather in Rome? → tool: 22 degrees"
    assert prompt_text(key_of([SystemMessage("Be brief.")])[0]) == "system: Be brief."
    blocks = HumanMessage(
        [{"type": "text", "text": "Look"}, {"type": "image", "base64": "AA", "mime_type": "x"}]
    )
    assert prompt_text(key_of([blocks])[0]) == "Look"
    assert (
        prompt_text('[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes"}]')
        == "hi → ai: yes"
    )


def test_models() -> None:
    key = key_of(
        "hi", stop=["\n"], tools=[WEATHER, SEARCH], model={"temperature": 0.2, "api_key": "sk-secret"}
    )
    assert model_text(key[1]) == 'gpt-4o · temperature 0.2 · 2 tools · stop ["\\n"]'
    assert model_name(key[1]) == "gpt-4o"
    assert model_text(key_of("hi", temperature=0.2)[1]) == "gpt-4o · temperature 0.2"
    assert model_text(fake_key("hi")[1]).startswith("fake-list-chat-model")
    assert model_name(fake_key("hi")[1]) is None
    assert model_text("model=fake,temperature=0") == "fake · temperature 0"
    assert model_text("what is\nthis") == "what is this"


def test_parameters_that_are_no_literals_do_not_hide_the_others() -> None:
    class Answer:
        pass

    model = read_model(key_of("hi", response_format=Answer, schema={"a": [1, object()]}, temperature=0.5)[1])
    assert model is not None
    assert model.params["temperature"] == 0.5
    assert isinstance(model.params["response_format"], Opaque)
    assert model.overridden == {"temperature": 0.7}


@pytest.mark.parametrize(
    "text",
    ["", "[", "[1,2", "null", "42", "{}", "[]", '{"a": 1}---', '{"kwargs": 5}', "\ud800", "[" * 100_000,
     "---",
     '[{"kwargs": {"content": 5}, "id": ["x"]}]', '[{"role": "x", "content": null}]', "9" * 100_000,
     '{"id": [], "kwargs": {}, "type": "constructor"}---[(1, 2)]', "[('a', " * 500, '{"a":' * 50_000],
)  # fmt: skip
def test_any_text_is_shown(text: str) -> None:
    for shown in (prompt_text(text), model_text(text), model_name(text) or ""):
        assert len(shown) <= 200 and "\n" not in shown
        shown.encode()


@settings(max_examples=30, deadline=None)
@given(st.text(), st.integers(1, 40))
def test_what_is_shown_is_bounded(text: str, limit: int) -> None:
    assert len(prompt_text(text, limit)) <= limit
    assert len(model_text(text, limit)) <= limit
    messages = [HumanMessage(text), AIMessage(text)]
    assert len(prompt_text(key_of(messages)[0], limit)) <= limit


def test_long_prompts_are_read_at_their_end() -> None:
    long = json.loads(key_of("hi")[0])
    long[0]["kwargs"]["content"] = "x" * 5_000_000
    prompt = json.dumps([*long, *json.loads(key_of("Line\n“one”")[0])])
    assert prompt_text(prompt) == "Line “one”"


@pytest.mark.parametrize(
    "text",
    [
        ("eyJ" + 990 * "a" + ".eyJ" + 990 * "b" + "." + 50 * "c" + " ") * 6,
        "x" + 4_100 * " " + "postgres://user:" + 30 * "hunter2" + "@host",
        'api_key="' + 4_100 * "a" + '" and ' + "sk-" + 200 * "hunter2",
    ],
)
def test_no_beginning_of_a_secret_is_shown_where_a_text_is_cut(text: str) -> None:
    shown = prompt_text(text)
    assert "aaaa" not in shown and "hunter2" not in shown


def test_secrets_in_prompts_and_models_are_masked() -> None:
    assert "hunter2" not in prompt_text(key_of("password: hunter2")[0])
    assert "hunter2" not in model_text("[('api_key', 'hunter2'), ('model', 'x')]")
    assert "hunter2" not in model_text("whatever api_key=hunter2")


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_literals_are_read_as_python_reads_them(value: Any) -> None:
    assert read_literal(repr(value)) == ast.literal_eval(repr(value))


@given(st.text(st.sampled_from("[](){},:'\"\\ a1<>=-\n"), max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(Unread):
        read_literal(text)


@pytest.mark.parametrize("piece", ["<", "'", "\\", "(", "'\\'", "<a ", "1,", "-", "\"'", "a"])
@pytest.mark.timeout(30)
def test_reading_is_linear(piece: str) -> None:
    with contextlib.suppress(Unread):
        read_literal(piece * (500_000 // len(piece)))


def test_json_is_read_within_bounds() -> None:
    assert isinstance(read_json("9" * 5_000)[0], Opaque)
    for deep in ("[" * 200 + "]" * 200, "[" * 100_000, '{"a":' * 100_000):
        with pytest.raises(Unread):
            read_json(deep)
