"""Acting on keys on screen: selection, deletion, downloads, code, adding; and the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryByteStore, inspect
from tests.browser import states
from tests.browser.keykernel import KeyKernel, row, shown
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser

COPIED = (
    """() => document.addEventListener('copy', () => { window.copied = String(document.getSelection()) })"""
)


def selected(widget: Locator) -> Locator:
    return widget.locator(".rows .row[aria-selected='true']")


def calls(kernel: KeyKernel, method: str) -> list[dict[str, object]]:
    return [params for name, params in kernel.calls if name == method]


def test_many_are_selected_with_pointer_and_keys(stage: Stage) -> None:
    kernel = states.key_table(200)
    widget = shown(stage, kernel)
    row(widget, 2).click()
    row(widget, 5).click(modifiers=["Shift"])
    expect(selected(widget)).to_have_count(4)
    row(widget, 3).click(modifiers=["ControlOrMeta"])
    row(widget, 9).click(modifiers=["ControlOrMeta"])
    expect(selected(widget)).to_have_count(4)
    expect(widget.get_by_text("4 keys selected")).to_be_visible()
    stage.eventually(lambda: kernel.selection, [2, 4, 5, 9])
    row(widget, 1).click()
    stage.page.keyboard.press("Shift+ArrowDown")
    stage.page.keyboard.press("Shift+ArrowDown")
    expect(selected(widget)).to_have_count(3)
    stage.page.keyboard.press("Shift+ArrowUp")
    expect(selected(widget)).to_have_count(2)
    expect(row(widget, 2)).to_be_focused()
    stage.page.keyboard.press("Escape")
    expect(selected(widget)).to_have_count(0)
    stage.eventually(lambda: kernel.selection, [])


def test_a_range_beyond_what_is_loaded_goes_by_rows(stage: Stage) -> None:
    kernel = states.key_table(100_000)
    widget = shown(stage, kernel)
    row(widget, 0).click()
    stage.page.keyboard.press("Shift+End")
    expect(widget.get_by_text("100,000 keys selected")).to_be_visible()
    stage.eventually(lambda: calls(kernel, "select")[-1:], [{"first": 0, "last": 99_999}])
    expect(row(widget, 99_998)).to_have_attribute("aria-selected", "true")


def test_a_selection_shows_though_the_kernel_is_busy(stage: Stage) -> None:
    kernel = states.key_table(200)
    widget = shown(stage, kernel)
    kernel.silent.update({"select", "open"})
    row(widget, 4).click()
    expect(row(widget, 4)).to_have_attribute("aria-selected", "true")
    stage.page.keyboard.press("ArrowDown")
    expect(row(widget, 5)).to_have_attribute("aria-selected", "true")
    expect(row(widget, 4)).to_have_attribute("aria-selected", "false")


def test_enter_and_a_click_open_the_value_and_the_arrow_keys_then_follow(stage: Stage) -> None:
    kernel = states.key_table(200)
    widget = shown(stage, kernel)
    widget.locator(".rows [tabindex='0']").focus()
    stage.page.keyboard.press("ArrowDown")
    assert calls(kernel, "open") == []
    stage.page.keyboard.press("Enter")
    expect(widget.get_by_role("tree", name="Value")).to_be_visible()
    expect(row(widget, 1)).to_be_focused()
    stage.page.keyboard.press("ArrowDown")
    expect(widget.get_by_role("group", name="Value")).to_contain_text("9f31c7")
    stage.eventually(lambda: [params["id"] for params in calls(kernel, "open")], [1, 2])
    stage.page.keyboard.press("Enter")
    inside = "document.activeElement.closest('.val') !== null"
    stage.page.wait_for_function(inside)
    stage.page.keyboard.press("Escape")
    expect(row(widget, 2)).to_be_focused()
    kernel.silent.add("open")
    row(widget, 4).click()
    stage.page.keyboard.press("Enter")  # sooner than the kernel answers
    stage.page.wait_for_function(inside)


def test_some_are_deleted_after_the_count_was_confirmed(stage: Stage) -> None:
    kernel = states.key_table(200, editable=True)
    widget = shown(stage, kernel)
    row(widget, 2).click()
    stage.page.keyboard.press("Shift+ArrowDown")
    stage.page.keyboard.press("Delete")
    asking = widget.get_by_role("alertdialog", name="Delete 2 keys?")
    expect(asking).to_contain_text("Delete 2 keys from store?")
    expect(asking.get_by_role("button", name="Cancel")).to_be_focused()
    stage.page.keyboard.press("Escape")
    expect(asking).to_be_hidden()
    expect(row(widget, 3)).to_be_focused()
    stage.page.keyboard.press("Delete")
    asking.get_by_role("button", name="Delete 2 keys", exact=True).click()
    expect(widget.get_by_text("Deleted 2 keys", exact=True).first).to_be_visible()
    stage.eventually(lambda: calls(kernel, "delete"), [{"ids": [2, 3], "count": 2}])
    expect(widget.locator(".row.del")).to_have_count(2)


def test_all_that_match_are_deleted_with_progress_and_a_summary(stage: Stage) -> None:
    kernel = states.key_table(12_408, editable=True)
    widget = shown(stage, kernel)
    row(widget, 0).click()
    stage.page.keyboard.press("ControlOrMeta+a")
    expect(widget.get_by_text("All 12,408 keys that match")).to_be_visible()
    expect(row(widget, 7)).to_have_attribute("aria-selected", "true")
    widget.get_by_role("button", name="Delete…").click()
    widget.get_by_role("button", name="Delete 12,408 keys", exact=True).click()
    expect(widget.get_by_text("All 12,408 keys that match")).to_be_hidden()
    [confirmed] = calls(kernel, "bulk")
    assert confirmed == {"count": 12_408, "changes": 3_412, "query": kernel.make({})["query"]}
    bulk = {"done": 6_204, "total": 12_408, "deleted": 6_204, "kept": 0, "gone": 0, "state": "running"}
    kernel.over["bulk"] = {**bulk, "message": ""}
    stage.push()
    expect(widget.get_by_text("Deleting 6,204 of 12,408 keys")).to_be_visible()
    expect(widget.get_by_role("progressbar", name="Deleting")).to_have_attribute("aria-valuenow", "50")
    widget.get_by_role("button", name="Cancel").click()
    end = {"done": 12_408, "deleted": 12_400, "kept": 6, "gone": 2, "state": "done", "message": ""}
    kernel.over["bulk"] = {**bulk, **end}
    stage.push()
    said = "Deleted 12,400 keys, 6 kept: written to since, 2 were gone already"
    expect(widget.locator(".bulk")).to_contain_text(said)
    expect(widget.locator("[role=status].sr")).to_have_text(said)
    stage.eventually(lambda: calls(kernel, "cancel"), [{}])
    widget.get_by_role("button", name="Dismiss").click()
    expect(widget.locator(".bulk")).to_be_hidden()


def test_a_real_store_loses_what_was_confirmed(stage: Stage) -> None:
    store = InMemoryByteStore()
    store.mset([(f"k{i}", b"v") for i in range(9)])
    widget = stage.show(Real(inspect(store, editable=True)))
    row(widget, 1).click()
    row(widget, 3).click(modifiers=["Shift"])
    stage.until(widget.get_by_text("3 keys selected"))
    widget.get_by_role("button", name="Delete…").click()
    widget.get_by_role("button", name="Delete 3 keys", exact=True).click()
    stage.until(widget.get_by_text("Deleted 3 keys", exact=True).first)
    assert sorted(store.yield_keys()) == ["k0", "k4", "k5", "k6", "k7", "k8"]


def test_what_was_deleted_gives_way_to_the_next_selection(stage: Stage) -> None:
    kernel = states.key_table(200, editable=True)
    widget = shown(stage, kernel)
    row(widget, 2).click()
    stage.page.keyboard.press("Delete")
    widget.get_by_role("button", name="Delete 1 key", exact=True).click()
    expect(widget.get_by_text("Deleted 1 key", exact=True).first).to_be_visible()
    row(widget, 5).click()
    row(widget, 7).click(modifiers=["Shift"])
    expect(widget.get_by_text("3 keys selected")).to_be_visible()
    expect(widget.get_by_role("button", name="Delete…")).to_be_visible()


def test_read_only_says_how_to_change_it(stage: Stage) -> None:
    widget = shown(stage, states.key_table(200))
    row(widget, 2).click()
    stage.page.keyboard.press("Delete")
    expect(widget.locator(".bulk")).to_contain_text("Read only: inspect(store, editable=True)")
    expect(widget.get_by_role("button", name="Delete", exact=False)).to_have_count(0)


def test_a_file_comes_in_pieces(stage: Stage) -> None:
    kernel = states.key_table(300)
    widget = shown(stage, kernel)
    widget.get_by_role("button", name="More actions").click()
    with stage.page.expect_download() as made:
        widget.get_by_role("menuitem", name="JSON lines").click()
    assert made.value.suggested_filename == "store.jsonl"
    assert Path(made.value.path()).read_text() == "piece 0\npiece 1\npiece 2\n"
    expect(widget.locator("[role=status].sr")).to_have_text("store.jsonl downloaded")
    stage.eventually(lambda: [params["piece"] for params in calls(kernel, "export")], [0, 1, 2])


def test_a_download_shows_its_progress_and_can_be_cancelled(stage: Stage) -> None:
    kernel = states.key_table(300)
    widget = shown(stage, kernel)
    kernel.silent.add("export")
    widget.get_by_role("button", name="More actions").click()
    widget.get_by_role("menuitem", name="Parquet").click()
    expect(widget.get_by_text("Writing Parquet, 0 %")).to_be_visible()
    widget.get_by_role("button", name="Cancel").click()
    expect(widget.get_by_text("Writing Parquet")).to_be_hidden()


def test_the_menu_by_keyboard(stage: Stage) -> None:
    widget = shown(stage, states.key_table(20))
    stage.page.evaluate(COPIED)
    button = widget.get_by_role("button", name="More actions")
    button.focus()
    stage.page.keyboard.press("Enter")
    expect(widget.get_by_role("menuitem", name="CSV")).to_be_focused()
    stage.page.keyboard.press("ArrowUp")
    expect(widget.get_by_role("menuitem", name="Keyboard")).to_be_focused()
    stage.page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    stage.page.keyboard.press("Enter")
    expect(widget.get_by_role("menuitem", name="CSV")).to_be_focused()
    for _ in range(3):
        stage.page.keyboard.press("ArrowDown")
    stage.page.keyboard.press("Enter")
    expect(widget.locator("[role=status].sr")).to_have_text("Code copied")
    assert stage.page.evaluate("copied") == "inspect(store)  # view"


def test_a_key_is_added_where_that_may_be(stage: Stage) -> None:
    store = InMemoryByteStore()
    store.mset([("a", b"1")])
    widget = stage.show(Real(inspect(store, editable=True)))
    widget.get_by_role("button", name="More actions").click()
    widget.get_by_role("menuitem", name="Add a key…").click()
    sheet = widget.get_by_role("dialog", name="Add a key")
    expect(sheet.get_by_label("Key", exact=True)).to_be_focused()
    stage.page.keyboard.type("notes:new")
    sheet.locator("textarea").fill("hello ? / t")
    sheet.get_by_role("button", name="Add").click()
    expect(sheet).to_be_hidden()
    assert store.mget(["notes:new"]) == [b"hello ? / t"]
    stage.until(widget.locator(".valkey").get_by_text("new"))
    stage.until(widget.locator(".row[aria-selected='true']").get_by_text("new"))


def test_the_keys_of_the_whole_widget(stage: Stage) -> None:
    widget = shown(stage, states.key_table(200))
    row(widget, 0).click()
    stage.page.keyboard.press("/")
    expect(widget.get_by_label("Filter keys")).to_be_focused()
    stage.page.keyboard.type("t?/s")  # typed, not commands
    expect(widget.get_by_label("Filter keys")).to_have_value("t?/s")
    stage.page.keyboard.press("Escape")
    expect(row(widget, 0)).to_be_visible()
    stage.page.keyboard.press("Escape")
    expect(row(widget, 0)).to_be_focused()
    stage.page.keyboard.press("t")
    expect(widget.get_by_role("tree", name="Namespaces")).to_be_hidden()
    stage.page.keyboard.press("s")
    expect(widget.get_by_text("Largest keys")).to_be_visible()
    stage.page.keyboard.press("?")
    sheet = widget.get_by_role("dialog", name="Keyboard")
    expect(sheet).to_be_visible()
    stage.page.keyboard.press("Tab")
    stage.page.keyboard.press("Tab")
    stage.page.keyboard.press("t")
    assert sheet.evaluate(
        "e => e.contains(document.activeElement) || document.activeElement === document.body"
    )
    stage.page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(row(widget, 0)).to_be_focused()


def test_no_key_leaks_to_the_notebook(stage: Stage) -> None:
    widget = shown(stage, states.key_table(200, editable=True))
    stage.page.evaluate(
        "() => { window.leaked = []; document.addEventListener('keydown', e => leaked.push(e.key)) }"
    )
    row(widget, 3).click()
    in_grid = "ArrowDown Shift+ArrowDown ControlOrMeta+a Escape ArrowUp c Space Space t t s s f f Delete"
    for key in in_grid.split():
        stage.page.keyboard.press(key)
    expect(widget.get_by_role("alertdialog").get_by_role("button", name="Cancel")).to_be_focused()
    for key in ["Escape", "Enter", "/", "d", "d", "b", "Enter", "Escape", "?", "a", "Escape"]:
        stage.page.keyboard.press(key)
    for place in (".foot", ".title", ".names .head"):  # whatever was clicked, it has the focus
        widget.locator(place).click()
        assert widget.evaluate(
            "e => e.contains(document.activeElement)"
            " && document.activeElement.closest('[data-lm-suppress-shortcuts]') !== null"
        )
        stage.page.keyboard.press("/")
        expect(widget.get_by_label("Filter keys")).to_be_focused()
    seen = [key for key in stage.page.evaluate("leaked") if key not in ("Shift", "Control", "Meta")]
    assert seen == []
    bare = widget.locator(
        ":is(button, input, select, textarea, a, [tabindex]):not([data-lm-suppress-shortcuts])"
    )
    expect(bare).to_have_count(0)
