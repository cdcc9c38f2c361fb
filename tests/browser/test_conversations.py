"""Long conversations, as real widgets show them: the last messages, and earlier ones when asked for."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.base import empty_checkpoint
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemorySaver, InMemoryStore, inspect
from tests.browser.stage import Real, Stage
from tests.browser.test_accessibility import violations
from tests.browser.timelinepanes import channel

pytestmark = pytest.mark.browser


def talk(count: int) -> list[Any]:
    call = {"name": "look", "args": {"at": "it"}, "id": "c", "type": "tool_call"}

    def message(at: int) -> Any:
        if at % 2:
            return HumanMessage(f"said {at}", id=f"m{at}")
        return AIMessage(f"said {at}", id=f"m{at}", tool_calls=[call])

    return [message(at) for at in range(count)]


def said(value: Locator) -> list[str]:
    found: list[str] = value.locator(".message .textblock").all_inner_texts()
    return found


def put(saver: InMemorySaver, id: str, count: int, parent: str | None = None) -> None:
    place: Any = {"thread_id": "t", "checkpoint_ns": ""} | ({"checkpoint_id": parent} if parent else {})
    body: Any = {
        **empty_checkpoint(), "id": id,
        "channel_values": {"messages": talk(count)}, "channel_versions": {"messages": id},
    }  # fmt: skip
    saver.put({"configurable": place}, body, {"source": "loop", "step": count}, {"messages": id})


def test_of_a_state_the_last_messages_are_shown_and_earlier_ones_loaded(stage: Stage) -> None:
    saver = InMemorySaver()
    put(saver, "0001", 74)
    put(saver, "0002", 75, "0001")
    stage.page.set_viewport_size({"width": 1_200, "height": 900})
    widget = stage.show(Real(inspect(saver)))
    row = channel(widget, "messages")
    if row.locator(".chrow").get_attribute("aria-expanded") != "true":
        row.locator(".chrow").click()
    expect(row.locator(".message")).to_have_count(30)
    assert said(row) == [f"said {at}" for at in range(45, 75)]
    earlier = row.get_by_role("button", name="Load earlier")
    expect(row.get_by_text("the last 30 of 75 messages")).to_be_attached()
    earlier.click()
    expect(row.locator(".message")).to_have_count(60)
    assert said(row) == [f"said {at}" for at in range(15, 75)]
    expect(row.get_by_text("the last 60 of 75 messages")).to_be_attached()
    earlier.click()
    expect(row.locator(".message")).to_have_count(75)
    assert said(row) == [f"said {at}" for at in range(75)]
    expect(earlier).to_be_hidden()
    assert violations(stage) == []
    # the step before: what both show stays as it is
    row.locator(".message").last.evaluate("element => { element.previousSibling.wasThere = true }")
    widget.locator(".rows [role=row][aria-rowindex='3']").click()
    expect(row.get_by_text("the last 30 of 74 messages")).to_be_attached()
    assert said(row) == [f"said {at}" for at in range(44, 74)]
    assert row.locator(".message").last.evaluate("element => element.wasThere")


def test_of_a_stored_value_too(stage: Stage) -> None:
    store = InMemoryStore()
    store.mset([("talk", talk(40))])
    widget = stage.show(Real(inspect(store)))
    widget.get_by_text("talk", exact=True).first.click()
    value = widget.get_by_role("group", name="Value")
    expect(value.locator(".message")).to_have_count(30)
    value.get_by_role("button", name="Load earlier").click()
    expect(value.locator(".message")).to_have_count(40)
    assert said(value) == [f"said {at}" for at in range(40)]
    assert violations(stage) == []
