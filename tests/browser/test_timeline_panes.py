"""The checkpoint's pane: which checkpoint is chosen, its state, and how answers come and stay."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import timelinekernel, timelinestates
from tests.browser.stage import Stage
from tests.browser.timelinekernel import shown, timeline
from tests.browser.timelinepanes import TABS, asked, channel, choose, head, tab

pytestmark = pytest.mark.browser


# -- head --


def test_the_head_tells_which_checkpoint_it_is(stage: Stage) -> None:
    widget = shown(stage, timeline())
    expect(head(widget)).to_contain_text("agent · step 6 · forked from step 4")
    expect(head(widget)).to_contain_text("1f0c7a2e-4b1d-6d52-8006-1c5a77e0b9f3")
    expect(head(widget).locator(".counts")).to_have_text("+3 added~2 changed−1 removed⇅1 moved")
    choose(widget, 6)
    expect(head(widget)).to_contain_text("rerank · step 1 · in retriever")
    choose(widget, 4)
    expect(head(widget)).to_contain_text("agent · step 5")
    expect(head(widget)).not_to_contain_text("forked")


def test_the_id_is_copied(stage: Stage) -> None:
    widget = shown(stage, timeline())
    stage.page.evaluate(
        "() => document.addEventListener('copy', () => { window.copied = String(getSelection()) })"
    )
    widget.get_by_role("button", name="Copy the checkpoint id").click()
    expect(widget.locator("[role=status].sr")).to_have_text("Checkpoint id copied")
    assert stage.page.evaluate("copied") == "1f0c7a2e-4b1d-6d52-8006-1c5a77e0b9f3"


# -- tabs --


def test_tabs_by_arrow_keys_and_by_number(stage: Stage) -> None:
    widget = shown(stage, timeline())
    tab(widget, "State").focus()
    for key, name in [
        ("ArrowRight", "Diff"),
        ("End", "Stores"),
        ("ArrowRight", "State"),
        ("ArrowLeft", "Stores"),
    ]:
        stage.page.keyboard.press(key)
        expect(tab(widget, name)).to_be_focused()
        expect(tab(widget, name)).to_have_attribute("aria-selected", "true")
    expect(widget.get_by_role("tabpanel", name="Stores")).to_be_visible()
    for i, name in enumerate([*TABS, "Stores"]):
        stage.page.keyboard.press(f"Control+{i + 1}")
        expect(widget.get_by_role("tabpanel", name=name)).to_be_visible()


@pytest.mark.parametrize("name", TABS)
def test_the_tab_stays_while_scrubbing(stage: Stage, name: str) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    tab(widget, name).click()
    for row in (2, 4, 9):
        choose(widget, row)
        expect(tab(widget, name)).to_have_attribute("aria-selected", "true")
        expect(head(widget)).to_contain_text(kernel.key(row)[1])
        expect(widget.locator(".ppanel")).to_have_attribute("aria-busy", "false")
        wanted = "\n".join(kernel.key(row))
        stage.eventually(lambda at=wanted: at in [params["at"] for params in asked(kernel, name.lower())])


# -- state --


def test_the_state_is_channels_and_messages_a_conversation(stage: Stage) -> None:
    widget = shown(stage, timeline())
    names = ["messages", "plan", "documents", "instructions", "attempts", "session"]
    expect(widget.locator(".channels").first.locator(".name")).to_have_text(names)
    expect(widget.get_by_role("group", name="human message").first).to_contain_text("Plan a trip to Bergen")
    expect(widget.get_by_role("group", name="ai message").last).to_contain_text("Booked")
    expect(widget.locator(".next")).to_have_text(re.compile("Next.*tools.*review"))
    plan = channel(widget, "plan")
    expect(plan).to_contain_text("dict · 3")
    expect(plan).to_contain_text("fork · step 5")
    expect(plan.get_by_role("img", name="changed")).to_have_count(0)
    expect(channel(widget, "attempts").get_by_role("img", name="changed")).to_be_visible()
    expect(channel(widget, "documents")).to_contain_text("rebuilt from 12 writes")
    expect(channel(widget, "documents").locator(".chrow .num")).to_have_text(re.compile("^~"))


def test_the_newest_of_a_conversation_is_in_sight(stage: Stage) -> None:
    widget = shown(stage, timeline())
    expect(widget.get_by_role("group", name="ai message").last).to_be_in_viewport()
    expect(widget.get_by_role("group", name="human message").first).not_to_be_in_viewport()


def test_a_broken_value_is_said_plainly_and_the_others_are_shown(stage: Stage) -> None:
    broken = channel(shown(stage, timeline()), "session")
    expect(broken).to_contain_text("msgpack ext 5: shop.models.Cart")
    expect(broken).to_contain_text("4.8kB")
    expect(broken).to_contain_text("cannot be read: ModuleNotFoundError: No module named 'shop'")
    broken.get_by_role("button").click()
    expect(broken.locator(".val")).to_have_count(0)


def test_internal_channels_are_folded(stage: Stage) -> None:
    widget = shown(stage, timeline())
    inner = channel(widget, "branch:to:agent")
    expect(inner).to_be_hidden()
    widget.get_by_text("1 internal channel of LangGraph").click()
    expect(inner).to_be_visible()


def test_channels_unfold_by_keyboard_and_stay_open_while_scrubbing(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    widget.get_by_role("button", name=re.compile("^messages")).focus()
    stage.page.keyboard.press("ArrowLeft")
    expect(widget.get_by_role("group", name="human message")).to_have_count(0)
    stage.page.keyboard.press("ArrowDown")
    stage.page.keyboard.press("ArrowDown")  # past who wrote messages
    expect(widget.get_by_role("button", name=re.compile("^plan"))).to_be_focused()
    stage.page.keyboard.press("ArrowRight")
    city = channel(widget, "plan").get_by_role("treeitem", name=re.compile("^city"))
    expect(city).to_contain_text("Bergen")
    kernel.calls.clear()
    choose(widget, 6)  # none that was fetched ahead
    expect(city).to_contain_text("Oslo")
    expect(widget.get_by_role("group", name="human message")).to_have_count(0)
    assert asked(kernel, "state")[0]["open"] == {"plan": {}}
    assert asked(kernel, "value") == []  # it came with the state


def test_the_format_chosen_stays_too(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    messages = channel(widget, "messages")
    messages.get_by_role("tab", name="Fields").click()
    expect(messages.get_by_role("tree")).to_be_visible()
    choose(widget, 2)
    expect(messages.get_by_role("tab", name="Fields")).to_have_attribute("aria-selected", "true")
    expect(messages.get_by_role("tree")).to_be_visible()
    messages.get_by_role("treeitem").first.click()
    expect(messages.get_by_role("treeitem", name=re.compile("Plan a trip"))).to_have_count(1)


def test_the_one_who_wrote_it_leads_to_the_checkpoint(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    channel(widget, "plan").get_by_role("button", name="fork · step 5").click()
    expect(head(widget)).to_contain_text("fork · step 5")
    stage.eventually(lambda: kernel.traits["selection"]["configurable"]["checkpoint_id"], kernel.key(2)[1])


# -- answers --


def test_what_is_known_is_not_asked_again_and_the_neighbour_is_fetched(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    expect(channel(widget, "attempts")).to_contain_text("12")
    for row in (2, 1):
        choose(widget, row)
        expect(channel(widget, "attempts")).to_contain_text(str(13 - row))
    keys = [params["at"] for params in asked(kernel, "state")]
    assert len(keys) == len(set(keys))


def test_the_next_one_scrubbed_to_is_there_before_it_is_chosen(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    choose(widget, 2)
    choose(widget, 3)
    stage.eventually(lambda: "\n".join(kernel.key(4)) in [params["at"] for params in asked(kernel, "state")])
    kernel.silent.add("state")
    choose(widget, 4)
    expect(channel(widget, "attempts")).to_contain_text("9")


def test_the_old_stays_until_the_new_is_there_and_says_so_where_that_takes_long(stage: Stage) -> None:
    kernel = timeline()
    stage.page.clock.install()
    widget = shown(stage, kernel)
    expect(channel(widget, "attempts")).to_contain_text("12")
    stage.page.clock.pause_at(time.time() + 3)
    kernel.silent.add("state")
    choose(widget, 7)
    expect(head(widget)).to_contain_text("__start__ · step 0")
    waiting = widget.get_by_role("status").filter(has_text="Waiting for the kernel")
    expect(waiting).to_have_count(0)
    expect(channel(widget, "attempts")).to_contain_text("12")
    stage.page.clock.run_for(301)
    expect(waiting).to_be_visible()
    expect(widget.get_by_role("tabpanel")).to_have_attribute("aria-busy", "true")
    kernel.silent.clear()
    stage.page.clock.run_for(4_000)  # it is asked again
    expect(channel(widget, "attempts")).to_contain_text("6")
    expect(waiting).to_have_count(0)


def test_an_error_is_said_and_tried_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    tab(widget, "Writes").click()
    expect(widget.get_by_text("Made this checkpoint")).to_be_visible()

    def refuse(*_: Any) -> Any:
        raise ValueError("the saver's database is locked")

    with monkeypatch.context() as patch:
        patch.setitem(timelinekernel.ANSWERS, "writes", refuse)
        choose(widget, 4)
        alert = widget.get_by_role("alert")
        expect(alert).to_contain_text("the saver's database is locked")
        expect(widget.get_by_text("Made this checkpoint")).to_be_hidden()
    alert.get_by_role("button", name="Retry").click()
    expect(widget.get_by_text("Made this checkpoint")).to_be_visible()
    expect(alert).to_be_hidden()


def test_a_value_that_fails_says_so_in_its_place(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    plan = channel(widget, "plan")
    with monkeypatch.context() as patch:

        def refuse(*_: Any) -> Any:
            raise ValueError("not now")

        patch.setitem(timelinekernel.ANSWERS, "value", refuse)
        plan.get_by_role("button").first.click()
        expect(plan.locator(".problem")).to_contain_text("not now")
    plan.get_by_role("button", name="Retry").click()
    expect(plan.get_by_role("treeitem", name=re.compile("^city"))).to_contain_text("Bergen")


def test_as_much_of_a_list_as_was_shown_is_loaded_first_and_waited_for_with_a_sign(stage: Stage) -> None:
    kernel = timeline()
    stage.page.clock.install()
    widget = shown(stage, kernel)
    documents = channel(widget, "documents")
    documents.get_by_role("button").first.click()
    documents.get_by_role("treeitem", name=re.compile("^Load more")).click()
    last = documents.get_by_role("treeitem", name=re.compile("^287:"))
    expect(last).to_have_count(1)
    kernel.silent.add("value")
    choose(widget, 3)
    expect(channel(widget, "attempts")).to_contain_text("10")
    expect(last).to_have_count(1)  # as it was: as much of it is loaded first
    stage.page.clock.run_for(301)
    waiting = documents.get_by_role("status").filter(has_text="Waiting for the kernel")
    expect(waiting).to_be_visible()
    kernel.silent.clear()
    stage.page.clock.run_for(4_000)
    expect(waiting).to_be_hidden()
    expect(last).to_have_count(0)
    expect(documents.get_by_role("treeitem", name=re.compile("^239:"))).to_have_count(1)


def test_a_channel_is_copied(stage: Stage) -> None:
    widget = shown(stage, timeline())
    stage.page.evaluate(
        "() => document.addEventListener('copy', () => { window.copied = String(getSelection()) })"
    )
    instructions = channel(widget, "instructions")
    instructions.get_by_role("button").first.click()
    expect(instructions.get_by_role("group", name="instructions")).to_contain_text("careful travel agent")
    instructions.get_by_role("button", name="Copy instructions").click()
    expect(widget.locator("[role=status].sr")).to_have_text("Value copied")
    assert stage.page.evaluate("copied") == timelinestates.values(12)["instructions"]


def test_a_channel_can_be_copied_once_its_value_is_there(stage: Stage) -> None:
    kernel = timeline()
    stage.page.clock.install()
    widget = shown(stage, kernel)
    plan = channel(widget, "plan")
    copy = plan.get_by_role("button", name="Copy plan")
    kernel.silent.add("value")
    plan.get_by_role("button").first.click()
    expect(copy).to_have_attribute("aria-disabled", "true")
    kernel.silent.clear()
    stage.page.clock.run_for(4_000)  # it is asked again
    expect(plan.get_by_role("treeitem", name=re.compile("^city"))).to_contain_text("Bergen")
    expect(copy).to_have_attribute("aria-disabled", "false")
