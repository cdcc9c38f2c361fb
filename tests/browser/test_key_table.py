"""The key table on screen: a real store, the real widget, the built bundle."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryByteStore, InMemoryStore, inspect
from tests.browser import states
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser

COPIED = (
    """() => document.addEventListener('copy', () => { window.copied = String(document.getSelection()) })"""
)


def rows(widget: Locator) -> Locator:
    return widget.locator(".rows [role=row]:not(.blank)")


def row(widget: Locator, key: str) -> Locator:
    return rows(widget).filter(has=widget.page.get_by_text(key, exact=True))


def store_of(n: int) -> InMemoryByteStore:
    store = InMemoryByteStore()
    store.mset([(f"docs:{i:07d}", b"x" * (i % 2000)) for i in range(n)])
    return store


def test_shows_what_is_in_the_store(stage: Stage) -> None:
    store = store_of(3)
    widget = stage.show(Real(inspect(store)))
    expect(widget.get_by_role("heading")).to_have_text("InMemoryByteStore · store")
    expect(widget.get_by_text("3 keys · 3 B")).to_be_visible()
    expect(widget.get_by_role("grid", name="Keys")).to_have_attribute("aria-rowcount", "4")
    expect(rows(widget)).to_have_count(3)
    expect(row(widget, "0000002").get_by_role("gridcell")).to_contain_text(["docs:0000002", "2B"])


def test_a_write_shows_at_once_and_is_marked(stage: Stage) -> None:
    store = store_of(3)
    kernel = Real(inspect(store))
    widget = stage.show(kernel)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    store.mset([("docs:0000001", b"changed value"), ("docs:new", b"v")])
    assert store.changes.flush(30)
    stage.until(row(widget, "0000001").get_by_role("img", name="changed"))
    expect(row(widget, "0000001")).to_contain_text("changed value")
    expect(row(widget, "new").get_by_role("img", name="inserted")).to_be_visible()
    expect(row(widget, "0000000").get_by_role("img")).to_have_count(0)
    expect(widget.locator(".summary")).to_have_text(re.compile("^4 keys · "))
    expect(widget.get_by_text("1 change seen")).to_be_visible()


def test_marks_hold_and_then_go(stage: Stage) -> None:
    stage.page.clock.install()
    stage.halt()
    kernel = states.key_table(20)
    kernel.over["now"] = kernel.started
    widget = stage.show(kernel)
    marked = rows(widget).nth(0)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    expect(marked).to_have_class(re.compile("ins"))
    stage.page.clock.run_for(2_500)
    expect(marked).to_have_class(re.compile("fading"))
    stage.page.clock.run_for(2_000)
    expect(marked).not_to_have_class(re.compile("fading|ins|chg"))
    expect(marked.get_by_role("img")).to_have_count(0)


def test_a_million_keys_from_the_first_to_the_last(stage: Stage) -> None:
    store = store_of(1_000_000)
    widget = stage.show(Real(inspect(store)))
    expect(widget.get_by_text("1–14 of 1,000,000")).to_be_visible()
    row(widget, "0000000").click()
    stage.page.keyboard.press("End")
    expect(row(widget, "0999999")).to_be_focused()
    expect(row(widget, "0999999")).to_have_attribute("aria-rowindex", "1000001")
    expect(widget.get_by_text("999,987–1,000,000 of 1,000,000")).to_be_visible()
    assert widget.locator(".rows [role=row]").count() < 60
    stage.page.keyboard.press("PageUp")
    expect(row(widget, "0999986")).to_be_focused()
    stage.page.keyboard.press("Home")
    expect(row(widget, "0000000")).to_be_focused()


def test_the_scroll_bar_and_the_wheel(stage: Stage) -> None:
    widget = stage.show(states.key_table(1_000_000))
    body = widget.locator(".rows")
    body.evaluate("element => { element.scrollTop = (8_000_000 - 336) / 2 }")
    expect(row(widget, "07a120")).to_be_visible()  # key 500,000
    first = widget.get_by_text(re.compile(r"^(499,9|500,0)\d\d–")).inner_text()
    body.hover()
    stage.page.mouse.wheel(0, 48)
    number = int(first.split("–")[0].replace(",", ""))
    expect(widget.get_by_text(re.compile(f"^{number + 2:,}–"))).to_be_visible()
    expect(widget.locator(".blank")).to_have_count(0)


def test_the_keyboard(stage: Stage) -> None:
    kernel = states.key_table(200)
    widget = stage.show(kernel)
    stage.page.evaluate(COPIED)
    assert widget.locator(".rows [tabindex='0']").count() == 1
    widget.locator(".rows [tabindex='0']").focus()
    stage.page.keyboard.press("ArrowDown")
    second = row(widget, "9f31c2")
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-selected", "true")
    expect(second).to_have_attribute("data-lm-suppress-shortcuts", "true")
    expect(second).to_have_attribute("tabindex", "0")
    assert widget.locator(".rows [tabindex='0']").count() == 1
    stage.eventually(lambda: kernel.calls[-1:], [("select", {"ids": [1]})])
    stage.page.keyboard.press("c")
    expect(widget.get_by_role("status")).to_have_text("Key copied")
    assert stage.page.evaluate("copied") == "prod:sess:9f31c2"
    expect(second).to_be_focused()
    stage.page.keyboard.press(" ")
    expect(widget.get_by_role("button", name="Paused, resume")).to_be_visible()
    stage.page.keyboard.press("Escape")
    expect(second).not_to_be_focused()


def test_everything_that_takes_the_focus_keeps_notebook_shortcuts_away(stage: Stage) -> None:
    for kernel in (states.key_table(), states.cache_counters(), states.timeline(), states.key_table(0)):
        widget = stage.show(kernel)
        expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
        takes_focus = ":is(button, input, select, a, [tabindex]):not([hidden])"
        expect(widget.locator(f"{takes_focus}:not([data-lm-suppress-shortcuts])")).to_have_count(0)


def test_the_selected_keys_are_a_trait(stage: Stage) -> None:
    store = store_of(3)
    table = inspect(store)
    widget = stage.show(Real(table))
    row(widget, "0000001").click()
    expect(row(widget, "0000001")).to_have_attribute("aria-selected", "true")
    stage.eventually(lambda: table.selection, ["docs:0000001"])
    table.selection = ["docs:0000002"]
    stage.until(widget.locator(".row[aria-selected='true']").filter(has_text="0000002"))
    expect(row(widget, "0000001")).to_have_attribute("aria-selected", "false")


def test_the_focus_goes_with_its_row(stage: Stage) -> None:
    store: InMemoryStore[str] = InMemoryStore()
    store.mset([(f"k{i}", "v") for i in range(100)])
    widget = stage.show(Real(inspect(store)))
    row(widget, "k5").click()
    store.mdelete([f"k{i}" for i in range(3)])
    assert store.changes.flush(30)
    stage.until(widget.get_by_text("1–14 of 97"))
    expect(row(widget, "k5")).to_be_focused()
    expect(row(widget, "k5")).to_have_attribute("aria-rowindex", "4")


def test_pausing_keeps_what_is_shown(stage: Stage) -> None:
    store = store_of(3)
    widget = stage.show(Real(inspect(store)))
    widget.get_by_role("button", name="Live, pause").click()
    expect(widget.get_by_role("button", name="Paused, resume")).to_be_focused()
    for i in range(4):
        store.mset([(f"later:{i}", b"v")])
    assert store.changes.flush(30)
    stage.until(widget.get_by_text("4 changes since"))
    expect(rows(widget)).to_have_count(3)
    widget.get_by_role("button", name="Paused, resume").click()
    expect(widget.locator(".summary")).to_have_text(re.compile("^7 keys · "))
    expect(rows(widget)).to_have_count(7)


def test_an_empty_store_says_what_to_do(stage: Stage) -> None:
    store = InMemoryByteStore()
    widget = stage.show(Real(inspect(store)))
    stage.page.evaluate(COPIED)
    expect(widget.get_by_role("heading", name="No keys yet")).to_be_visible()
    widget.get_by_role("button", name="Copy").click()
    expect(widget.get_by_role("status")).to_have_text("Line copied")
    line = stage.page.evaluate("copied")
    assert line == 'store.mset([("a", b"1")])'
    exec(line)
    assert store.changes.flush(30)
    stage.until(rows(widget))
    expect(widget.get_by_role("heading", name="No keys yet")).to_be_hidden()
    rows(widget).first.click()
    store.mdelete(["a"])
    assert store.changes.flush(30)
    stage.until(widget.get_by_role("heading", name="No keys yet"))
    expect(widget.get_by_role("button", name="Copy")).to_be_focused()


def test_narrow(stage: Stage) -> None:
    widget = stage.show(states.key_table(), width=420)
    for name in ("Key", "Size", "Changed"):
        expect(widget.get_by_role("columnheader", name=name)).to_be_visible()
    for name in ("Type", "Preview"):
        expect(widget.get_by_role("columnheader", name=name)).to_be_hidden()
    wide = widget.evaluate("element => element.scrollWidth > element.clientWidth")
    assert not wide
    field = widget.get_by_label("Filter keys")
    assert field.evaluate("element => element.clientWidth") > 250


def test_the_last_segment_of_a_long_key_is_kept(stage: Stage) -> None:
    widget = stage.show(states.key_table(), width=420)
    leaf = widget.get_by_text("p0041", exact=True)
    assert leaf.evaluate("element => element.scrollWidth <= element.clientWidth")
    namespace = leaf.locator("xpath=preceding-sibling::*")
    assert namespace.evaluate("element => element.scrollWidth > element.clientWidth")


def test_keys_that_could_not_be_seen_or_told_apart(stage: Stage) -> None:
    store = InMemoryByteStore()
    store.mset([("", b"1"), ("  ", b"2"), ("a: ", b"3")])
    store.mset([(f"cache:{'prompt ' * 30}{i}", b"4") for i in (1, 2)])
    widget = stage.show(Real(inspect(store)))
    names = rows(widget).locator(".key")
    expect(names.nth(0)).to_have_text('""')
    expect(names.nth(1)).to_have_text(re.compile('^"  "$'))
    expect(names.nth(2).locator(".leaf").first).to_have_text('" "')
    for i in (3, 4):
        end = names.nth(i).locator(".end")
        expect(end).to_have_text(f"mpt prompt {i - 2}")
        assert end.evaluate("e => e.scrollWidth <= e.clientWidth")
        assert names.nth(i).locator(".leaf").first.evaluate("e => e.scrollWidth > e.clientWidth")
    expect(names.nth(3).locator(".ns")).to_have_text("cache:")
    assert names.nth(3).locator(".ns").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_forced_colours_show_each_control_once(stage: Stage) -> None:
    stage.page.emulate_media(forced_colors="active")
    widget = stage.show(states.key_table(200))
    mode = widget.get_by_label("How the filter is read")
    assert mode.evaluate("e => getComputedStyle(e).color") == "rgba(0, 0, 0, 0)"
    pressed = widget.get_by_role("button", name="Namespaces")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    same = "e => getComputedStyle(e.querySelector('.i')).color === getComputedStyle(e).color"
    assert pressed.evaluate(same)
