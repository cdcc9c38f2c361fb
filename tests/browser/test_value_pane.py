"""The value pane on screen: every kind of block, formats, refreshes, editing and its conflicts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryStore, inspect
from tests.browser import valuekernel as v
from tests.browser.stage import Real, Stage
from tests.browser.test_accessibility import violations
from tests.browser.valuekernel import ValueKernel

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
TREE = [{"kind": "tree", "node": v.session(), "loads": True}]
REST = {"text": [v.text("the raw text")], "hex": [v.hexdump(b"raw")]}


def note(tone: str = "") -> dict[str, Any]:
    return {"kind": "note", "text": "Disassembled, not loaded", "tone": tone}


KINDS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "tree": lambda: TREE,
    "text": lambda: [v.text("a\u200bb\n\tc\x1b", total=100_000, more=65_536)],
    "hex": lambda: [v.hexdump(v.BINARY)],
    "vector": v.vector,
    "table": lambda: [v.table(12)],
    "image": lambda: [v.image(640, 400)],
    "outline": lambda: [v.OUTLINE],
    "messages": lambda: v.MESSAGES,
    "notes": lambda: [note(), note("warning"), note("error")],
}


def shown(stage: Stage, kernel: ValueKernel, **options: Any) -> Locator:
    """The pane, once it shows a value."""
    widget = stage.show(kernel, **options)
    expect(widget.get_by_role("tab").first).to_be_visible()
    return pane(widget)


def pane(widget: Locator) -> Locator:
    return widget.get_by_role("group", name="Value", exact=True)


def panel(value: Locator) -> Locator:
    return value.get_by_role("tabpanel")


def editable(stage: Stage, text: str = '{\n  "a": 1,\n  "b": 2\n}') -> tuple[ValueKernel, Locator]:
    """The form, with the value in it."""
    kernel = ValueKernel({"JSON": TREE, **REST}, editable=True)
    kernel.edit_text = text
    value = shown(stage, kernel)
    value.get_by_role("button", name="Edit value").click()
    expect(value.get_by_role("textbox", name="Value")).to_be_focused()
    return kernel, value


def opened(stage: Stage, store: InMemoryStore[Any], key: str) -> tuple[Real, Locator]:
    """A real table in which the key was clicked."""
    kernel = Real(inspect(store, editable=True))
    widget = stage.show(kernel)
    widget.get_by_role("row").filter(has=stage.page.get_by_text(key, exact=True)).click()
    expect(pane(widget).get_by_role("tab").first).to_be_visible()
    return kernel, pane(widget)


def test_a_real_value_is_shown_changed_and_deleted(stage: Stage) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("session", {"user": "u_812", "items": list(range(500))}), ("other", "text")])
    _, value = opened(stage, store, "session")
    expect(value.get_by_role("treeitem", name="user")).to_contain_text("u_812")
    value.get_by_role("treeitem", name="Load more, 300 not shown").click()
    expect(value.get_by_role("treeitem", name="399")).to_be_visible()
    store.mset([("session", {"user": "u_977", "items": list(range(500))})])
    assert store.changes.flush(10)
    stage.push()
    expect(value.get_by_role("treeitem", name="user")).to_contain_text("u_977")
    expect(value.get_by_role("treeitem", name="399")).to_be_visible()
    store.mdelete(["session"])
    assert store.changes.flush(10)
    stage.push()
    expect(value.get_by_text("deleted")).to_be_visible()
    expect(value.get_by_role("treeitem", name="user")).to_contain_text("u_977")


def test_a_real_edit_and_a_real_conflict(stage: Stage) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("session", {"user": "u_812", "qty": 2})])
    _, value = opened(stage, store, "session")
    value.get_by_role("button", name="Edit value").click()
    area = value.get_by_role("textbox", name="Value")
    area.fill(area.input_value().replace("2\n", "3\n"))
    stage.page.keyboard.press("Control+s")
    expect(area).to_have_count(0)
    assert store.mget(["session"]) == [{"user": "u_812", "qty": 3}]
    assert store.changes.flush(10)
    stage.push()
    expect(value.get_by_role("treeitem", name="qty")).to_contain_text("3")
    value.get_by_role("button", name="Edit value").click()
    area.fill(area.input_value().replace("3\n", "4\n"))
    store.mset([("session", {"user": "u_977", "qty": 3})])
    stage.page.keyboard.press("Control+s")
    expect(value.locator(".difflines .del")).to_contain_text(["u_977", '"qty": 3'])
    assert store.mget(["session"]) == [{"user": "u_977", "qty": 3}]
    value.get_by_role("button", name="Overwrite with mine").click()
    expect(value.get_by_role("heading", name="Changed meanwhile")).to_have_count(0)
    assert store.mget(["session"]) == [{"user": "u_812", "qty": 4}]


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


def test_text_keeps_its_lines_and_shows_what_cannot_be_seen(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"text": KINDS["text"]()}))
    expect(panel(value).locator(".textblock")).to_have_text("a\\u200bb\n\tc\\x1b", use_inner_text=True)
    expect(value.get_by_text("65,536 of 100,000 characters")).to_be_visible()


@pytest.mark.parametrize(("width", "line"), [(420, "00 01 02 03  04 05 06 07"), (916, "00 01 02 03")])
def test_hex_has_offset_bytes_and_ascii(stage: Stage, width: int, line: str) -> None:
    value = shown(stage, ValueKernel({"hex": [v.hexdump(v.BINARY)]}), width=width)
    columns = panel(value).locator("pre")
    expect(columns).to_have_count(3)
    expect(columns.nth(0)).to_have_text(re.compile("^0000\n0008|^0000\n0010"), use_inner_text=True)
    assert columns.nth(1).inner_text().startswith(line)
    assert "\nABCDEFG"[1:] in columns.nth(2).inner_text()


def test_hex_has_16_bytes_a_line_where_there_is_room(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1_700, "height": 900})
    value = shown(stage, ValueKernel({"hex": [v.hexdump(bytes(64))]}), width=1_640)
    expect(panel(value).locator("pre").nth(0)).to_have_text("0000\n0010\n0020\n0030", use_inner_text=True)


def test_plots_say_what_they_show(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"vector": v.vector()}))
    expect(value.get_by_role("img", name="Values: 256 points from −0.459 to 0.417")).to_be_visible()
    expect(value.get_by_role("img", name="Counts: 32 bars from 0 to 400")).to_be_visible()
    expect(value.locator(".facts")).to_contain_text("float32")
    for path in value.locator(".shape").all():
        assert len(path.get_attribute("d") or "") > 100


def test_tables_are_tables(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"table": [v.table(8, total=8)]}))
    expect(value.get_by_role("columnheader", name="population")).to_be_visible()
    expect(value.get_by_role("row")).to_have_count(9)
    number = value.get_by_role("cell", name="717,710")
    assert number.evaluate("e => getComputedStyle(e).textAlign") == "right"


def test_images_are_as_large_as_the_pane_at_most(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"image": [v.image(640, 400)]}), width=420)
    image = value.get_by_role("img", name="PNG image, 640 × 400 pixels")
    expect(image).to_be_visible()
    assert image.evaluate("e => e.naturalWidth") == 640
    assert image.bounding_box()["width"] <= panel(value).bounding_box()["width"]  # type: ignore[index]


def test_what_is_no_image_says_so(stage: Stage) -> None:
    broken = {**v.image(4, 4), "data": "bm8gaW1hZ2U="}
    value = shown(stage, ValueKernel({"image": [broken]}))
    expect(value.get_by_text("The image cannot be shown")).to_be_visible()


def test_outlines_have_structure_and_no_markup(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"Markdown": [v.OUTLINE]}))
    expect(value.get_by_role("heading", name="Handbook", level=3)).to_be_visible()
    expect(value.get_by_role("heading", name="Steps", level=4)).to_be_visible()
    expect(value.get_by_role("listitem")).to_have_count(4)
    expect(panel(value).get_by_role("link")).to_have_count(0)
    expect(value.get_by_text('<img src=x onerror="alert(1)"> stays text')).to_be_visible()


def test_messages_say_who_and_what_was_called(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"messages": v.MESSAGES}), width=420)
    expect(value.get_by_role("group", name="message")).to_have_count(5)
    call = value.get_by_role("group", name="ai message").first
    expect(call).to_contain_text("callssearch_flightscall_7Hq2")
    expect(call.get_by_role("treeitem", name="dates")).to_be_visible()
    expect(call.locator(".facts")).to_contain_text("312 in, 48 out")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_becomes_markup(stage: Stage, kind: str) -> None:
    def poisoned(part: Any) -> Any:
        if isinstance(part, str):
            return HOSTILE
        if isinstance(part, list):
            return [poisoned(one) for one in part]
        if isinstance(part, dict):
            fixed = {"kind", "style", "data", "mime", "tone", "unit"}
            return {k: one if k in fixed else poisoned(one) for k, one in part.items()}
        return part

    value = shown(stage, ValueKernel({HOSTILE: poisoned(KINDS[kind]())}))
    expect(panel(value).locator("> *").first).to_be_visible()
    assert value.locator("script, a, [onerror]").count() == 0
    assert value.locator("img").count() == (1 if kind == "image" else 0)


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


def test_read_only_offers_no_editing(stage: Stage) -> None:
    kernel = ValueKernel({"JSON": TREE})
    expect(shown(stage, kernel).get_by_role("button", name="Edit value")).to_have_count(0)


def test_what_cannot_be_edited_says_why(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"hex": [v.hexdump(b"x")]}, editable=True))
    button = value.get_by_role("button", name="Edit value")
    expect(button).to_have_attribute("title", "only text and JSON can be edited")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    expect(value.get_by_role("textbox")).to_have_count(0)


@pytest.mark.parametrize("keys", ["Control+s", "Control+Enter"])
def test_saves_with_the_token(stage: Stage, keys: str) -> None:
    kernel, value = editable(stage)
    value.get_by_role("textbox").fill('{"a": 3}')
    stage.page.keyboard.press(keys)
    expect(value.get_by_role("textbox")).to_have_count(0)
    assert kernel.written == [{"id": 1, "token": "token 1", "language": "json", "text": '{"a": 3}'}]
    expect(value.get_by_role("treeitem").first).to_be_focused()


def test_json_is_checked_as_it_is_typed(stage: Stage) -> None:
    kernel, value = editable(stage)
    area = value.get_by_role("textbox")
    area.fill('{"a": }')
    expect(value.get_by_text("Unexpected token '}'")).to_be_visible()
    expect(area).to_have_attribute("aria-invalid", "true")
    stage.page.keyboard.press("Control+s")
    expect(area).to_be_focused()
    value.get_by_role("button", name="Text", exact=True).click()
    value.get_by_role("button", name="Save").click()
    expect(area).to_have_count(0)
    assert [written["language"] for written in kernel.written] == ["text"]


def test_escape_asks_only_where_something_was_changed(stage: Stage) -> None:
    kernel, value = editable(stage)
    area = value.get_by_role("textbox")
    area.fill('{"a": 3}')
    stage.page.keyboard.press("Escape")
    discard = value.get_by_role("button", name="Discard changes")
    expect(discard).to_be_focused()
    stage.page.keyboard.press("Escape")
    expect(area).to_be_focused()
    expect(area).to_have_value('{"a": 3}')
    stage.page.keyboard.press("Escape")
    discard.click()
    expect(area).to_have_count(0)
    value.get_by_role("button", name="Edit value").click()
    stage.page.keyboard.press("Escape")
    expect(area).to_have_count(0)
    assert kernel.written == []


def test_what_is_typed_is_no_command(stage: Stage) -> None:
    _, value = editable(stage)
    area = value.get_by_role("textbox")
    area.fill("")
    stage.page.keyboard.type("c 1?/t")
    expect(area).to_have_value("c 1?/t")
    expect(value.get_by_role("button", name="Live, pause")).to_have_count(0)


def conflict(stage: Stage) -> tuple[ValueKernel, Locator]:
    kernel, value = editable(stage)
    value.get_by_role("textbox").fill('{\n  "a": 1,\n  "b": 20\n}')
    kernel.edit_text = '{\n  "a": 1,\n  "b": 3\n}'
    kernel.touch()
    stage.push()
    expect(value.get_by_text("Changed meanwhile. Saving will show both.")).to_be_visible()
    expect(value.get_by_role("textbox")).to_have_value('{\n  "a": 1,\n  "b": 20\n}')
    stage.page.keyboard.press("Control+s")
    expect(value.get_by_role("heading", name="Changed meanwhile")).to_be_visible()
    return kernel, value


def test_a_conflict_shows_both(stage: Stage) -> None:
    kernel, value = conflict(stage)
    expect(value.locator(".difflines .del")).to_have_text('−  "b": 3')
    expect(value.locator(".difflines .add")).to_have_text('+  "b": 20')
    assert kernel.written == []
    value.get_by_role("button", name="Keep theirs").click()
    expect(value.get_by_role("treeitem").first).to_be_visible()
    assert kernel.written == []


def test_a_conflict_can_be_overwritten(stage: Stage) -> None:
    kernel, value = conflict(stage)
    value.get_by_role("button", name="Overwrite with mine").click()
    expect(value.get_by_role("heading", name="Changed meanwhile")).to_have_count(0)
    assert [written["token"] for written in kernel.written] == ["token 2"]


def test_a_conflict_can_be_edited_on(stage: Stage) -> None:
    kernel, value = conflict(stage)
    stage.page.keyboard.press("Escape")
    expect(value.get_by_role("textbox")).to_have_value('{\n  "a": 1,\n  "b": 20\n}')
    stage.page.keyboard.press("Control+s")
    expect(value.get_by_role("heading", name="Changed meanwhile")).to_be_visible()
    assert kernel.written == []


def test_a_key_deleted_while_it_was_edited(stage: Stage) -> None:
    kernel, value = editable(stage)
    value.get_by_role("textbox").fill("{}")
    kernel.is_gone = True
    stage.page.keyboard.press("Control+s")
    expect(value.get_by_text("The key was deleted meanwhile. Nothing was written.")).to_be_visible()
    expect(value.get_by_role("textbox")).to_have_value("{}")


def test_another_key_does_not_take_away_what_was_typed(stage: Stage) -> None:
    kernel, value = editable(stage)
    value.get_by_role("textbox").fill("{}")
    kernel.open = 3
    stage.push()
    expect(value.get_by_text("Another key was opened.")).to_be_visible()
    expect(value.get_by_role("heading", name="prod:sess:9f31c2")).to_be_visible()
    stage.page.keyboard.press("Control+s")
    expect(value.get_by_role("heading", name="prod:sess:a0027e")).to_be_visible()
    assert [written["id"] for written in kernel.written] == [1]


def test_a_form_in_which_nothing_was_typed_gives_way(stage: Stage) -> None:
    kernel, value = editable(stage)
    kernel.open = 3
    stage.push()
    expect(value.get_by_role("textbox")).to_have_count(0)
    expect(value.get_by_role("heading", name="prod:sess:a0027e")).to_be_visible()


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


@pytest.mark.parametrize("theme", ["light", "dark", "forced-colors"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe(stage: Stage, kind: str, theme: str) -> None:
    if theme == "forced-colors":
        stage.page.emulate_media(forced_colors="active")
    stage.theme("dark" if theme == "dark" else "light")
    value = shown(stage, ValueKernel({kind: KINDS[kind](), **REST, "base64": [v.text("x")]}), width=420)
    expect(panel(value).locator("> *").first).to_be_visible()
    assert violations(stage) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_for_forms(stage: Stage, theme: str) -> None:
    stage.theme(theme)
    _, value = editable(stage)
    value.get_by_role("textbox").fill("{")
    assert violations(stage) == []


def test_axe_for_conflicts(stage: Stage) -> None:
    conflict(stage)
    assert violations(stage) == []
