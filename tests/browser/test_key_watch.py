"""Watching keys on screen: what arrives never moves what is looked at."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from inmem_widgets import InMemoryByteStore, inspect
from tests.browser import states
from tests.browser.keykernel import KeyKernel, row, shown
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser


def move(kernel: KeyKernel, *order: int) -> None:
    """The kernel lists these first."""
    kernel.listed = [*order, *(i for i in range(min(kernel.size, 2_000)) if i not in order)]
    kernel.changes[0] += 1


def test_a_deleted_row_stays_marked_and_then_the_list_closes_up(stage: Stage) -> None:
    stage.page.clock.install()
    kernel = states.key_table(200)
    widget = shown(stage, kernel)
    stage.halt()
    kernel.over["deleted"] = [3]
    kernel.remove([3])
    stage.push()
    fourth = row(widget, 3)
    expect(fourth).to_have_class(re.compile(r"\bdel\b"))
    expect(fourth).to_contain_text("a0027e")
    expect(fourth.get_by_role("img", name="deleted")).to_be_visible()
    expect(row(widget, 4)).to_contain_text("draft")
    stage.page.clock.run_for(2_100)
    expect(fourth).to_contain_text("draft")
    expect(widget.locator(".row.del")).to_have_count(0)


def test_deleted_rows_are_seen_before_nothing_is(stage: Stage) -> None:
    stage.page.clock.install()
    kernel = states.key_table(200, query={"filter": "prod:user"})
    kernel.listed = [5, 9]
    widget = shown(stage, kernel)
    row(widget, 0).focus()
    stage.halt()
    kernel.over["deleted"] = [5, 9]
    kernel.remove([5, 9])
    stage.push()
    expect(widget.locator(".row.del")).to_have_count(2)
    expect(widget.locator(".nomatch")).to_be_hidden()
    stage.page.clock.run_for(2_100)
    clear = widget.locator(".nomatch").get_by_role("button", name="Clear filter")
    expect(clear).to_be_visible()
    stage.page.clock.run_for(100)
    expect(clear).to_be_focused()


def test_the_focus_stays_though_its_row_and_those_above_go(stage: Stage) -> None:
    store = InMemoryByteStore()
    store.mset([(f"k{i:02}", b"v") for i in range(40)])
    widget = stage.show(Real(inspect(store)))
    row(widget, 0).click()
    row(widget, 3).hover()
    store.mdelete(["k00"])
    assert store.changes.flush(30)
    stage.until(widget.get_by_text("1–14 of 39"))
    expect(row(widget, 0)).to_contain_text("k01")
    expect(row(widget, 0)).to_be_focused()


def test_a_reordering_waits_while_the_pointer_is_on_the_rows(stage: Stage) -> None:
    kernel = states.key_table(200, query={"sort": "changed", "descending": True})
    move(kernel, 0, 1, 2)
    widget = shown(stage, kernel)
    expect(row(widget, 0)).to_contain_text("9f31d0")
    row(widget, 1).hover()
    move(kernel, 2, 1, 0)
    stage.push()
    expect(widget.get_by_text("order held")).to_be_visible()
    expect(row(widget, 0)).to_contain_text("9f31d0")
    widget.get_by_role("heading", level=2).hover()
    expect(row(widget, 0)).to_contain_text("9f31c7")
    expect(widget.get_by_text("order held")).to_be_hidden()


def test_sorting_with_the_pointer_on_the_head_is_not_held(stage: Stage) -> None:
    widget = shown(stage, states.key_table(200))
    widget.get_by_role("columnheader", name="Size").get_by_role("button").click()
    expect(row(widget, 0)).to_contain_text("draft")
    expect(widget.get_by_text("order held")).to_be_hidden()


def test_the_selection_and_the_open_value_go_with_their_keys(stage: Stage) -> None:
    kernel = states.key_table(200)
    widget = shown(stage, kernel)
    row(widget, 5).click()
    expect(widget.get_by_role("group", name="Value")).to_be_visible()
    move(kernel, 8, 9, 5)
    widget.get_by_role("heading", level=2).hover()
    stage.push()
    expect(row(widget, 2)).to_have_attribute("aria-selected", "true")
    expect(row(widget, 2)).to_be_focused()
    expect(row(widget, 5)).to_have_attribute("aria-selected", "false")
    stage.eventually(lambda: kernel.open, 5)


def test_the_scroll_position_is_kept_by_key_however_far_it_moved(stage: Stage) -> None:
    kernel = states.key_table(2_000)
    widget = shown(stage, kernel)
    widget.locator(".rows").evaluate("element => { element.scrollTop = 24 * 1000 }")
    expect(row(widget, 1_000)).to_contain_text("0003e8")
    kernel.over["deleted"] = []
    kernel.listed = list(range(600, 2_000))
    kernel.changes[0] += 1
    stage.push()
    expect(row(widget, 400)).to_contain_text("0003e8")
    expect(widget.get_by_text("401–414 of 1,400")).to_be_visible()


def test_another_query_is_shown_from_its_top(stage: Stage) -> None:
    kernel = states.key_table(2_000)
    widget = shown(stage, kernel)
    widget.locator(".rows").evaluate("element => { element.scrollTop = 24 * 1000 }")
    expect(row(widget, 1_000)).to_contain_text("0003e8")
    widget.get_by_label("Filter keys").fill("sess")
    expect(widget.get_by_text(re.compile(r"^1–\d+ of 1,99\d"))).to_be_visible()
    expect(row(widget, 0)).to_contain_text("9f31d0")


def test_paused_is_what_happens_not_what_is_asked_for(stage: Stage) -> None:
    kernel = states.key_table(200)
    widget = shown(stage, kernel)
    widget.get_by_role("button", name="Live, pause").click()
    kernel.changes[0] += 1_204
    kernel.listed = list(range(3, 200))
    stage.push()
    expect(widget.get_by_text("1,204 changes since")).to_be_visible()
    expect(row(widget, 0)).to_contain_text("9f31d0")
    widget.get_by_label("Filter keys").fill("user")
    expect(row(widget, 0)).to_contain_text("محمد")
    expect(widget.get_by_role("button", name="Paused, resume")).to_be_visible()


def test_a_change_in_the_feed_leads_to_its_key(stage: Stage) -> None:
    kernel = states.key_table(200)
    widget = shown(stage, kernel)
    widget.get_by_role("button", name="Latest changes").click()
    widget.get_by_role("group", name="Latest changes").or_(
        widget.get_by_role("region", name="Latest changes")
    ).get_by_text("handbook.md", exact=True).first.click()
    expect(row(widget, 8)).to_have_attribute("aria-selected", "true")
    stage.eventually(lambda: kernel.open, 8)


def test_the_height_can_be_changed(stage: Stage) -> None:
    widget = shown(stage, states.key_table(200))
    handle = widget.get_by_role("separator", name="Height")
    expect(handle).to_have_attribute("aria-valuenow", str(14 * 24))
    handle.focus()
    stage.page.keyboard.press("ArrowDown")
    stage.page.keyboard.press("ArrowDown")
    expect(widget.get_by_text("1–16 of 200")).to_be_visible()
    handle.dblclick()
    expect(widget.get_by_text("1–14 of 200")).to_be_visible()


def test_what_a_busy_kernel_keeps_waiting_is_said(stage: Stage) -> None:
    kernel = states.key_table(200)
    widget = shown(stage, kernel)
    kernel.silent |= {"module", "query"}
    widget.get_by_role("button", name="Space", exact=True).click()
    waiting = widget.get_by_role("status").filter(has_text="Waiting for the kernel …")
    expect(waiting).to_have_count(1)
    widget.get_by_label("Filter keys").fill("prod")
    expect(widget.get_by_text("… of 200 match", exact=True)).to_be_visible()
    widget.get_by_role("button", name="Types and sizes").click()
    expect(widget.get_by_role("dialog", name="Types and sizes")).to_have_text("Waiting for the kernel …")
