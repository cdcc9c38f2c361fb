"""Expressions that change what they are given, against the rules: nobody else sees it."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from inmem_widgets import InMemorySaver
from tests.core.checkpointing import put
from tests.observables.test_watches import Watched, key, watched

__all__ = ["watched"]


def chat(steps: int) -> InMemorySaver:
    saver = InMemorySaver()
    messages = [HumanMessage("hi", id="0"), *(AIMessage(f"answer {n}", id=str(n)) for n in range(1, steps))]
    for n in range(steps):
        values = {"messages": messages[: n + 1], "facts": {"n": n}}
        put(saver, "t", f"{n:05}", values, {"messages": n + 1, "facts": n + 1},
            parent=f"{n - 1:05}" if n else None)  # fmt: skip
    return saver


def deface(state: Any) -> int:
    state["messages"][0].content = "defaced"
    state["facts"]["n"] = -1
    state["messages"].clear()
    return 1


@pytest.mark.parametrize("order", [("deface", "said", "many"), ("said", "many", "deface")])
def test_the_others_and_what_is_stored_stay_as_they_are(watched: Any, order: tuple[str, ...]) -> None:
    saver = chat(6)
    before = list(saver.list(None))
    on: Watched = watched(saver)
    expressions: dict[str, Any] = {
        "deface": deface,
        "said": lambda s: s["messages"][0].content,
        "many": lambda s: len(s["messages"]) + 100 * s["facts"]["n"],
    }
    for name in order:
        on.watches.add(name, expressions[name])
    for n in range(6):
        found = on.done(key(n))
        assert [found[name]["at"] for name in ("said", "many", "deface")] == ["hi", str(n + 1 + 100 * n), "1"]
    assert list(saver.list(None)) == before
    assert on.watches.value("said", "t", key(5)) == "hi"


def test_steps_that_come_later_too(watched: Any) -> None:
    saver = chat(3)
    on: Watched = watched(saver)
    on.watches.add("deface", deface)
    on.watches.add("said", lambda s: s["messages"][0].content)
    assert on.done(key(2))["said"]["at"] == "hi"
    for n in range(3, 6):
        put(saver, "t", f"{n:05}", {"messages": [HumanMessage(f"hi {n}", id="0")], "facts": {"n": n}},
            {"messages": n + 1, "facts": n + 1}, parent=f"{n - 1:05}")  # fmt: skip
        assert on.done(key(n))["said"]["at"] == f"hi {n}"


def test_a_predicate_is_not_given_what_it_changed_elsewhere(watched: Any) -> None:
    on: Watched = watched(chat(4))

    def fulfilled(state: Any) -> bool:
        first = state["messages"][0]
        found = bool(first.content == "defaced")
        first.content = "defaced"
        return found

    assert on.watches.first("t", None, fulfilled) is None
    assert on.watches.first("t", None, lambda s: len(s["messages"]) == 3) == key(2)


def test_what_is_never_equal_to_itself_is_not_taken_for_changed(watched: Any) -> None:
    saver = InMemorySaver()
    put(saver, "t", "00000", {"odd": AIMessage("x", additional_kwargs={"nan": float("nan")})}, {"odd": 1})
    on: Watched = watched(saver)
    on.watches.add("odd", lambda s: 1)
    on.done()
    assert on.watches._share
