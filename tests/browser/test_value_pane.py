"""The value pane on screen: its head, formats, and how it follows a value."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from inmem_widgets import InMemoryStore
from tests.browser import valuekernel as v
from tests.browser.panes import REST, TREE, editable, note, opened, pane, panel, shown
from tests.browser.stage import Stage
from tests.browser.valuekernel import ValueKernel

pytestmark = pytest.mark.browser


def test_a_real_value_is_shown_changed_and_deleted(stage: Stage) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("session", {"user": "u_812", "items": list(range(500))}), ("other", "text")])
    _, value = opened(stage, store, "session")
    expect(value.get_by_role("treeitem", name="user")).to_contain_text("u_812")
    value.get_by_role("treeitem", name="Load more, 300 not shown").click()
    expect(value.get_by_role("treeitem", name="399")).to_be_visible()
    store.mset([("session", {"user": "u_977", "items": list(range(500))})])
    assert store.changes.flush(30)
    stage.push()
    expect(value.get_by_role("treeitem", name="user")).to_contain_text("u_977")
    expect(value.get_by_role("treeitem", name="399")).to_be_visible()
    store.mdelete(["session"])
    assert store.changes.flush(30)
    stage.push()
    expect(value.get_by_text("deleted")).to_be_visible()
    expect(value.get_by_role("treeitem", name="user")).to_contain_text("u_977")


def test_head_says_what_it_is_and_exactly_on_hover(stage: Stage) -> None:
    kernel = ValueKernel({"JSON": TREE}, open=11)
    kernel.packed = {"name": "gzip", "size": 3_200, "opened": 12_000, "complete": True}
    value = shown(stage, kernel)
    expect(value.get_by_role("heading", name="prod:sess:77b0aa")).to_be_visible()
    expect(value.locator(".leaf")).to_have_text("77b0aa")
    expect(value.locator(".about")).to_have_text(re.compile(r"^dict~4\.0 kBchanged 9 min ago"))
    expect(value.get_by_text("~4.0 kB")).to_have_attribute("title", "4,040 bytes, without what it refers to")
    expect(value.get_by_text(re.compile("^changed"))).to_have_attribute("title", re.compile(r"\d+:\d+:\d+"))
    expect(value.get_by_text("gzip, 3.2 kB, opened to 12.0 kB")).to_be_visible()


def test_no_open_key_no_pane(stage: Stage) -> None:
    kernel = ValueKernel({"JSON": TREE}, open=None)
    widget = stage.show(kernel)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    expect(pane(widget)).to_have_count(0)
    kernel.open = 2
    stage.push()
    expect(pane(widget).get_by_role("heading", name="prod:sess:9f31c7")).to_be_visible()
    pane(widget).get_by_role("button", name="Close value").click()
    stage.push()
    expect(pane(widget)).to_have_count(0)


def test_formats_are_tabs_a_list_and_number_keys(stage: Stage) -> None:
    formats = {"JSON": TREE, **REST, "base64": [v.text("cmF3")], "mine": [v.text("my own")]}
    kernel = ValueKernel(formats)
    value = shown(stage, kernel)
    tabs = value.get_by_role("tab")
    expect(tabs).to_have_text(["JSON", "Text", "Hex"])
    tabs.nth(0).focus()
    stage.page.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    expect(tabs.nth(1)).to_be_focused()
    expect(panel(value)).to_have_text("the raw text")
    value.get_by_role("combobox", name="Other formats").select_option("base64")
    expect(panel(value)).to_have_text("cmF3")
    panel(value).focus()
    stage.page.keyboard.press("5")
    expect(panel(value)).to_have_text("my own")
    stage.page.keyboard.press("1")
    expect(value.get_by_role("treeitem", name="user")).to_be_visible()
    assert [params.get("format") for method, params in kernel.calls if method == "value"] == [
        None, "text", "base64", "mine", "JSON",
    ]  # fmt: skip


def test_format_and_open_nodes_stay_for_the_next_key(stage: Stage) -> None:
    kernel = ValueKernel({"text": [v.text("first")], "JSON": TREE})
    value = shown(stage, kernel)
    value.get_by_role("tab", name="JSON").click()
    value.get_by_role("treeitem", name="0: ").click()
    expect(value.get_by_role("treeitem", name="sku: ")).to_be_visible()
    kernel.open = 3
    stage.push()
    expect(value.get_by_role("heading", name="prod:sess:a0027e")).to_be_visible()
    expect(value.get_by_role("tab", name="JSON")).to_have_attribute("aria-selected", "true")
    expect(value.get_by_role("treeitem", name="sku: ")).to_be_visible()


def test_more_of_a_text_of_bytes_and_of_a_table(stage: Stage) -> None:
    kernel = ValueKernel({
        "text": [note(), v.text("one ", total=8, more=4)],
        "hex": [v.hexdump(b"a" * 16, total=32, more=16)],
        "table": [v.table(3, total=5, more=3)],
    })  # fmt: skip
    kernel.pages = {
        ("text", 4): [v.text("two ", offset=4, total=8)],
        ("hex", 16): [v.hexdump(b"b" * 16, offset=16, total=32)],
        ("table", 3): [v.table(2, offset=3, total=5)],
    }
    value = shown(stage, kernel)
    more = value.get_by_role("button", name="Load more")
    more.click()
    expect(value.locator(".textblock")).to_have_text("one two ")
    expect(more).to_be_hidden()
    kernel.touch()
    stage.push()
    expect(value.get_by_text("changed now")).to_be_visible()
    expect(value.locator(".textblock")).to_have_text("one two ")
    value.get_by_role("tab", name="Hex").click()
    more.click()
    expect(panel(value).locator("pre").nth(2)).to_have_text(re.compile("^a+\n(a+\n)?b+"), use_inner_text=True)
    value.get_by_role("tab", name="Table").click()
    expect(value.get_by_text("3 of 5 rows")).to_be_visible()
    more.click()
    expect(value.get_by_role("row")).to_have_count(6)


def test_more_siblings_by_keyboard(stage: Stage) -> None:
    leaves = [v.leaf(str(i), str(i)) for i in range(434)]
    kernel = ValueKernel({"JSON": [
        {"kind": "tree", "node": v.branch("", "list", "[434]", leaves[:200], 434), "loads": True}
    ]})  # fmt: skip
    kernel.nodes[()] = v.branch("", "list", "[434]", leaves, 434)
    value = shown(stage, kernel)
    rows = value.get_by_role("treeitem")
    expect(rows).to_have_count(201)
    expect(rows.last).to_have_text("Load more, 234 not shown")
    rows.first.focus()
    stage.page.keyboard.press("End")
    stage.page.keyboard.press("Enter")
    expect(rows).to_have_count(401)
    expect(rows.last).to_have_text("Load more, 34 not shown")
    rows.last.click()
    expect(rows).to_have_count(434)


def test_a_value_without_parts_is_a_row(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"JSON": [{"kind": "tree", "node": v.leaf("", "42"), "loads": False}]}))
    expect(value.get_by_role("treeitem")).to_have_text("42")


def test_a_refresh_keeps_the_place_and_marks_what_changed(stage: Stage) -> None:
    kernel = ValueKernel({"JSON": TREE})
    kernel.nodes[(1, 1)] = v.branch("1", "dict", "{sku, qty}", [v.leaf("sku", '"MS-11"'), v.leaf("qty", "1")])
    value = shown(stage, kernel)
    value.get_by_role("treeitem", name="1: ").click()
    expect(value.get_by_role("treeitem", name='sku: "MS-11"')).to_be_visible()
    kernel.touch({"JSON": [{"kind": "tree", "node": v.session(2, 87.3), "loads": True}]})
    stage.push()
    total = value.get_by_role("treeitem", name="total")
    expect(total).to_contain_text("87.3")
    expect(total.get_by_role("img", name="changed")).to_be_visible()
    expect(value.get_by_role("img", name="changed")).to_have_count(1)
    expect(value.get_by_role("treeitem", name='sku: "MS-11"')).to_be_visible()
    expect(value.get_by_role("treeitem", name="1: ")).to_be_focused()
    expect(value.get_by_role("img", name="changed")).to_have_count(0)


def test_a_refresh_keeps_the_scroll_position(stage: Stage) -> None:
    words = "\n".join(f"line {i}" for i in range(200))
    kernel = ValueKernel({"text": [v.text(words)]})
    value = shown(stage, kernel)
    panel(value).evaluate("e => { e.scrollTop = 900 }")
    kernel.touch({"text": [v.text(words.replace("line 3", "LINE 3"))]})
    stage.push()
    expect(panel(value)).to_contain_text("LINE 33")
    assert panel(value).evaluate("e => e.scrollTop") == 900


def test_marked_text_is_not_taken_away(stage: Stage) -> None:
    kernel = ValueKernel({"text": [v.text("before")]})
    value = shown(stage, kernel)
    panel(value).locator("bdi").first.select_text()
    kernel.touch({"text": [v.text("after")]})
    stage.push()
    expect(value.get_by_text("changed now")).to_be_visible()
    expect(panel(value)).to_have_text("before")
    stage.page.evaluate("getSelection().removeAllRanges()")
    expect(panel(value)).to_have_text("after")


def test_a_deleted_key_says_so_and_keeps_its_value(stage: Stage) -> None:
    kernel = ValueKernel({"JSON": TREE})
    value = shown(stage, kernel)
    kernel.is_gone = True
    kernel.touch()
    stage.push()
    expect(value.get_by_text("deleted")).to_be_visible()
    expect(value.get_by_role("treeitem", name="user")).to_be_visible()
    assert [method for method, _ in kernel.calls].count("value") == 1


def test_a_refusal_shows_in_place_with_retry(stage: Stage) -> None:
    kernel = ValueKernel({"JSON": TREE})
    kernel.refuse = "the value could not be read"
    widget = stage.show(kernel)
    expect(widget.get_by_role("alert")).to_contain_text("the value could not be read")
    kernel.refuse = ""
    widget.get_by_role("button", name="Retry").click()
    expect(pane(widget).get_by_role("treeitem", name="user")).to_be_visible()
    expect(widget.get_by_role("alert")).to_have_count(0)


def test_copies_the_text_that_the_tree_was_made_of(stage: Stage) -> None:
    copied = "() => document.addEventListener('copy', () => { window.copied = String(getSelection()) })"
    stage.page.evaluate(copied)
    value = shown(stage, ValueKernel({"JSON": TREE, **REST}))
    value.get_by_role("treeitem").first.focus()
    stage.page.keyboard.press("c")
    stage.page.wait_for_function("window.copied === 'the raw text'")
    assert value.get_by_role("tab", name="JSON").get_attribute("aria-selected") == "true"


def test_escape_returns_to_the_grid(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"JSON": TREE}))
    value.get_by_role("treeitem").first.focus()
    stage.page.keyboard.press("Escape")
    assert stage.page.evaluate("document.activeElement.closest('[role=grid]') !== null")


def test_notebook_shortcuts_are_off_wherever_the_focus_can_be(stage: Stage) -> None:
    _, value = editable(stage)
    focusable = "button, select, textarea, input, [tabindex]"
    without = f"e => [...e.querySelectorAll('{focusable}')].filter(x => !x.dataset.lmSuppressShortcuts)"
    assert value.evaluate(f"e => ({without})(e).length") == 0


@pytest.mark.parametrize("before", [None, 1])
def test_the_focus_is_never_lost_while_a_value_is_waited_for(stage: Stage, before: int | None) -> None:
    """With another value shown meanwhile, and with none."""
    kernel = ValueKernel({"JSON": TREE}, open=before)
    stage.page.clock.install()
    widget = stage.show(kernel)
    if before is not None:
        expect(widget.get_by_role("treeitem").first).to_be_visible()
    kernel.silent.add("value")
    row = widget.get_by_role("row").nth(4)
    row.click()
    expect(pane(widget)).to_have_class(re.compile("other"))
    for _ in range(2):  # back to the row, and there again
        stage.page.keyboard.press("Enter")
        expect(pane(widget)).to_be_focused()
        stage.page.clock.run_for(900)  # until what is not shown is hidden
        expect(pane(widget)).to_be_focused()
        stage.page.keyboard.press("Escape")
        expect(row).to_be_focused()
    kernel.silent.clear()
    stage.page.clock.run_for(4_000)  # it is asked again
    expect(panel(pane(widget))).to_be_visible()
    expect(row).to_be_focused()
    kernel.touch()
    kernel.silent.add("value")
    widget.get_by_role("row").nth(5).click()
    stage.page.keyboard.press("Enter")
    expect(pane(widget)).to_be_focused()
    kernel.silent.clear()
    stage.page.clock.run_for(4_000)
    expect(widget.get_by_role("treeitem").first).to_be_focused()  # however long it took


def test_a_value_that_is_closed_in_the_kernel_gives_the_focus_back(stage: Stage) -> None:
    kernel = ValueKernel({"JSON": TREE})
    value = shown(stage, kernel)
    value.get_by_role("treeitem").first.focus()
    kernel.open = None
    stage.push()
    expect(value).to_be_hidden()
    assert stage.page.evaluate("document.activeElement.role") == "row"
