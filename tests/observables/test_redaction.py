"""The redactor itself: whole texts, names that stay one to one, functions that fail."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage

from inmem_widgets.observables.formats import view_value
from inmem_widgets.observables.preview import cut, preview
from inmem_widgets.observables.redaction import (
    FAILED,
    LONGEST,
    TOO_LONG,
    Redactor,
    redacted,
    redacting,
    redactor_of,
)

SECRET = "hunter2-correct-horse"
masks = Redactor(lambda text: text.replace(SECRET, "•••"))
texts = st.text(max_size=30)


def test_nothing_is_redacted_unless_it_is_asked_for() -> None:
    assert redacted(SECRET) == SECRET and redactor_of(None) is None
    with redacting(masks):
        assert redacted(SECRET) == "•••"
    assert redacted(SECRET) == SECRET


@pytest.mark.parametrize("wrong", [1, "x", object()])
def test_what_is_no_function_is_named(wrong: Any) -> None:
    with pytest.raises(TypeError, match="redact"):
        Redactor(wrong)


@pytest.mark.parametrize("fails", [lambda text: 1 / 0, lambda text: None, lambda text: text.encode()])
def test_where_the_function_fails_a_marker_is_shown_and_it_is_told_once(
    fails: Any, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Redactor(fails)
    assert broken.text("secret a") == broken.text("secret b") == FAILED
    assert broken.data(b"secret \xff") == FAILED.encode()
    with redacting(broken):
        assert "secret" not in preview({"secret key": "secret", "list": ["secret"]})
    assert len(caplog.records) == 1 and "secret" not in caplog.text


def test_a_text_is_redacted_before_it_is_cut() -> None:
    with redacting(masks):
        for start in range(60, 100):
            text = "x" * start + SECRET + "y" * 300
            for shown in (preview(text, 80), cut(text, 80), preview([text]), preview({"a": {text: text}})):
                assert "hunter2" not in shown


def test_a_text_too_long_is_not_shown_at_all() -> None:
    assert masks.text("x" * (LONGEST + 1)) == TOO_LONG


@given(before=st.binary(max_size=20), after=st.binary(max_size=20))
def test_bytes_are_redacted_as_the_text_in_them(before: bytes, after: bytes) -> None:
    found = masks.data(before + SECRET.encode() + after)
    assert SECRET.encode() not in found and found.startswith(before) and found.endswith(after)


@given(st.lists(texts, unique=True, max_size=20))
def test_names_stay_one_to_one_and_lead_back(names: list[str]) -> None:
    same = Redactor(lambda text: "•")
    shown = [same.name(name) for name in names]
    assert len(set(shown)) == len(names)
    assert [same.meant(each) for each in shown] == names
    assert [same.name(name) for name in names] == shown


def test_a_name_that_looks_like_what_stands_for_another_is_told_apart() -> None:
    found = Redactor(lambda text: text.replace(SECRET, "•••"))
    assert found.name(SECRET) == "•••"
    assert found.name("•••") == "••• (2)"
    assert found.meant("••• (2)") == "•••"


def test_messages_keep_the_words_of_the_protocol_and_their_ids_lead_back() -> None:
    all_masked = Redactor(lambda text: "•")
    state = {
        "kind": "patch",
        "view": "v1",
        "set": {"thread": "t1", "title": {"name": "x"}},
        "rows": {"0": {}},
    }
    sent = all_masked.outgoing(state)
    assert sent["kind"] == "patch" and sent["view"] == "v1" and list(sent["rows"]) == ["0"]
    assert sent["set"]["thread"] == "•"
    two = all_masked.outgoing([{"at": "ns\nid"}, {"at": "ns\nother"}])
    assert two[0] != two[1]
    assert all_masked.incoming({"thread": "•", "at": two[1]["at"]}) == {"thread": "t1", "at": "ns\nother"}


def test_values_keep_their_types_and_show_as_they_did() -> None:
    value = {"m": [AIMessage(SECRET, tool_calls=[{"name": "f", "args": {"k": SECRET}, "id": "1"}])]}
    found = masks.value(value)
    assert type(found["m"][0]) is AIMessage
    assert found["m"][0].content == "•••" and found["m"][0].tool_calls[0]["args"] == {"k": "•••"}
    with redacting(masks):
        shown = view_value(value["m"])
    assert shown["format"] == "messages" and SECRET not in str(shown)
    assert value["m"][0].content == SECRET


def test_keys_that_become_alike_are_told_apart() -> None:
    found = Redactor(lambda text: "•" if text.startswith("key") else text).value({"key 1": 1, "key 2": 2})
    assert sorted(found.values()) == [1, 2]
