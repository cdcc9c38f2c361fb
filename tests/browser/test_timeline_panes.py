"""The checkpoint's pane: state, diff, writes and weight of what is chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import timelinekernel, timelinestates
from tests.browser.stage import Stage
from tests.browser.test_accessibility import violations
from tests.browser.timelinekernel import TimelineKernel, shown, timeline

pytestmark = pytest.mark.browser

TABS = ["State", "Diff", "Writes", "Weight"]
HOSTILE = '<img src=x onerror="window.pwned=1">\u202e'


def tab(widget: Locator, name: str) -> Locator:
    return widget.get_by_role("tab", name=name, exact=True)


def channel(widget: Locator, name: str) -> Locator:
    """The row of a channel, with what it unfolds to."""
    return widget.locator(".channel").filter(has=widget.page.locator(f".name:text-is('{name}')"))


def choose(widget: Locator, row: int) -> None:
    widget.locator(f".rows [role=row][aria-rowindex='{row + 2}']").click()


def asked(kernel: TimelineKernel, method: str) -> list[Mapping[str, Any]]:
    return [params for called, params in kernel.calls if called == method]


def until(stage: Stage, there: Callable[[], bool]) -> None:
    for _ in range(200):
        if there():
            return
        stage.page.wait_for_timeout(20)
    raise AssertionError("it did not come")


def head(widget: Locator) -> Locator:
    return widget.locator(".phead")


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
        ("End", "Weight"),
        ("ArrowRight", "State"),
        ("ArrowLeft", "Weight"),
    ]:
        stage.page.keyboard.press(key)
        expect(tab(widget, name)).to_be_focused()
        expect(tab(widget, name)).to_have_attribute("aria-selected", "true")
    expect(widget.get_by_role("tabpanel", name="Weight")).to_be_visible()
    for i, name in enumerate(TABS):
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
        wanted = "\n".join(kernel.key(row))
        method = name.lower()
        expect(head(widget)).to_contain_text(kernel.key(row)[1])
        expect(widget.locator(".ppanel")).to_have_attribute("aria-busy", "false")
        assert wanted in [params["at"] for params in asked(kernel, method)]


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
    choose(widget, 4)
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
    assert kernel.traits["selection"]["configurable"]["checkpoint_id"] == kernel.key(2)[1]


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
    until(stage, lambda: "\n".join(kernel.key(4)) in [params["at"] for params in asked(kernel, "state")])
    kernel.silent.add("state")
    choose(widget, 4)
    expect(channel(widget, "attempts")).to_contain_text("9")


def test_the_old_stays_until_the_new_is_there_and_says_so_where_that_takes_long(stage: Stage) -> None:
    kernel = timeline()
    stage.page.clock.install()
    widget = shown(stage, kernel)
    expect(channel(widget, "attempts")).to_contain_text("12")
    stage.page.clock.run_for(1_000)
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


# -- diff --


def test_the_diff_tells_added_changed_removed_and_moved_apart(stage: Stage) -> None:
    widget = shown(stage, timeline())
    tab(widget, "Diff").click()
    lines = widget.locator(".dl")
    expect(lines).to_have_text(
        [
            "messages  6 items",
            "3 unchanged",
            re.compile("^~changed system.*two sentencesone sentence.*agent · step 6$"),
            re.compile(r'^\+added ai  "Hotels near Bryggen.*agent · step 6$'),
            re.compile(r"^\+added tool_calls  search_hotels$"),  # by whom is said above
            re.compile("^⇅moved human  4 → 1  .The first one, please.*agent · step 6$"),
            "plan",
            re.compile("^~changed city  .Oslo. → .Bergen.fork · step 5$"),
            re.compile("^−removed error  .timeout after 30 s.agent · step 6$"),
            re.compile(r"^\+added attempts  12likely agent or tools · step 6$"),
            "2 unchanged",
        ]
    )
    expect(lines.nth(2).locator("del")).to_have_text("two sentences")
    expect(lines.nth(2).locator("ins")).to_have_text("one sentence")
    expect(
        widget.get_by_text("2 more changes not listed · 3 changes in LangGraph's own channels")
    ).to_be_visible()
    expect(widget.get_by_text("against step 5")).to_be_visible()


def test_the_diff_against_a_pin_names_the_common_ancestor(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    choose(widget, 4)
    pin = widget.get_by_role("button", name="Pin, to compare with")
    pin.click()
    assert asked(kernel, "pin") == [{"thread": "demo-42", "at": "\n".join(kernel.key(4))}]
    stage.push()
    expect(pin).to_have_attribute("aria-pressed", "true")
    choose(widget, 1)
    expect(pin).to_have_attribute("aria-pressed", "false")
    tab(widget, "Diff").click()
    sides = widget.get_by_role("group", name="Compare with")
    expect(sides.get_by_role("button", name="Parent")).to_have_attribute("aria-pressed", "true")
    sides.get_by_role("button", name="Pinned").click()
    expect(widget.locator(".sides")).to_have_text(
        "against agent · step 5 · branches apart since retriever · step 4"
    )
    assert asked(kernel, "diff")[-1]["against"] == "pinned"
    widget.locator(".sides").get_by_role("button").click()
    expect(head(widget)).to_contain_text("retriever · step 4")


def test_blame_is_walked_by_the_arrow_keys(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    tab(widget, "Diff").click()
    leads = widget.locator(".diffrows .by.leads")
    expect(leads).to_have_count(2)  # what this checkpoint did itself leads nowhere; what is gone was there
    leads.first.focus()
    stage.page.keyboard.press("ArrowDown")
    expect(leads.nth(1)).to_be_focused()
    stage.page.keyboard.press("ArrowUp")
    stage.page.keyboard.press("Enter")
    expect(head(widget)).to_contain_text("fork · step 5")


# -- writes --


def test_writes_that_are_pending_are_told_apart(stage: Stage) -> None:
    widget = shown(stage, timeline())
    choose(widget, 3)  # the tenth
    tab(widget, "Writes").click()
    made = widget.get_by_role("region", name="Made this checkpoint")
    expect(made.locator(".taskhead").nth(0)).to_contain_text("agent")
    expect(made.locator(".taskhead").nth(1)).to_have_text(re.compile("^likelycart"))
    expect(made.locator("li").nth(2)).to_contain_text("cannot be read: shop.models.Cart")
    pending = widget.get_by_role("region", name="Pending")
    expect(pending.get_by_role("img", name="done")).to_have_count(1)
    expect(pending.get_by_role("img", name="failed")).to_have_count(1)
    expect(pending.get_by_role("img", name="interrupted")).to_have_count(1)
    expect(pending).to_contain_text("ToolError: the hotel's server did not answer within 30 s")
    expect(pending).to_contain_text("a task that is done is not run again")
    choose(widget, 2)
    expect(widget.get_by_role("region", name="Taken over by the next step")).to_be_visible()
    choose(widget, 4)
    expect(pending).to_contain_text("No task has written from here")


def test_writes_follow_what_happens(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = timeline()
    stage.page.clock.install()
    widget = shown(stage, kernel)
    tab(widget, "Writes").click()
    expect(widget.get_by_text("3 writes")).to_be_visible()

    def more(kernel: Any, params: Any) -> Any:
        told = timelinestates.writes(kernel, params)
        return told | {"pending": [timelinestates.task("late", "done", timelinestates.written("plan", {}))]}

    monkeypatch.setitem(timelinekernel.ANSWERS, "writes", more)
    kernel.add("agent")
    stage.push()
    stage.page.clock.run_for(1_100)
    expect(widget.get_by_text("4 writes")).to_be_visible()


# -- weight --


def test_weight_names_what_grows_and_what_is_left_over(stage: Stage) -> None:
    widget = shown(stage, timeline())
    tab(widget, "Weight").click()
    panel = widget.get_by_role("tabpanel", name="Weight")
    expect(panel.locator(".figures")).to_have_text("Only here14.2 kBShared61.0 kBWrites1.1 kB")
    expect(panel).to_contain_text("messages is stored anew, whole, at every step")
    rows = panel.get_by_role("region", name="Channels").locator("li")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("messagesn² grows quadratically43.4 kB")
    expect(rows.nth(1)).to_contain_text("grows linearly")
    widths = rows.evaluate_all("all => all.map((row) => row.querySelector('.weigh').lastChild.offsetWidth)")
    assert widths[0] > widths[1] > widths[2] > 0
    expect(panel.get_by_role("region", name="Namespaces")).to_contain_text(
        "retriever:9a413 checkpoints120 kB"
    )
    left = panel.get_by_role("region", name="Ghosts and orphans")
    expect(left).to_contain_text("2 threads without a checkpoint: smoke-test-2, batch-0188")
    expect(left).to_contain_text("3 writes without their checkpoint, 1.2 kB")


def test_weight_is_asked_again_while_it_is_reckoned(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    widget = shown(stage, timeline())
    left = [0.8, 0.4]

    def reckoning(kernel: Any, params: Any) -> Any:
        return timelinestates.weight(kernel, params) | {"progress": left.pop() if left else None}

    monkeypatch.setitem(timelinekernel.ANSWERS, "weight", reckoning)
    tab(widget, "Weight").click()
    expect(widget.get_by_text("40 %")).to_be_visible()
    expect(widget.get_by_text("80 %")).to_be_visible()
    expect(widget.locator(".figures")).to_be_visible()


# -- all of it --


@pytest.mark.parametrize("name", TABS)
def test_hostile_text_stays_text(stage: Stage, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def hostile(value: Any) -> Any:
        if isinstance(value, dict):
            fixed = ("key", "op", "how", "kind", "state", "growth", "format", "at")
            return {k: v if k in fixed else hostile(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [hostile(item) for item in value]
        return f"{HOSTILE}{value}" if isinstance(value, str) and value else value

    method = name.lower()
    honest = timelinekernel.ANSWERS[method]
    monkeypatch.setitem(timelinekernel.ANSWERS, method, lambda *given: hostile(honest(*given)))
    widget = shown(stage, timeline())
    tab(widget, name).click()
    expect(widget.get_by_role("tabpanel", name=name)).to_contain_text("\\u202e")
    assert widget.locator("img").count() == 0
    assert stage.page.evaluate("window.pwned") is None


@pytest.mark.parametrize("theme", ["light", "dark", "forced-colors", "narrow"])
@pytest.mark.parametrize("name", TABS)
def test_no_violations(stage: Stage, name: str, theme: str) -> None:
    if theme == "forced-colors":
        stage.page.emulate_media(forced_colors="active")
    stage.theme("dark" if theme == "dark" else "light")
    kernel = timeline()
    kernel.pinned = "\n".join(kernel.key(4))
    widget = shown(stage, kernel, width=420 if theme == "narrow" else None)
    choose(widget, 3)
    tab(widget, name).click()
    expect(widget.locator(".pbody > *")).not_to_be_empty()
    expect(head(widget).locator(".counts > *")).to_have_count(4)
    assert violations(stage) == []


def test_below_the_lanes_the_pane_keeps_its_height(stage: Stage) -> None:
    widget = shown(stage, timeline(), width=420)
    heights = set()
    for name in TABS:
        tab(widget, name).click()
        expect(widget.locator(".pbody > *")).not_to_be_empty()
        heights.add(widget.locator(".pane").evaluate("element => element.offsetHeight"))
    assert len(heights) == 1
