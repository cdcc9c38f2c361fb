"""Finding keys on screen: the filter, types and sizes, sorting, columns, and the panes' room."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryByteStore, InMemoryStore, inspect
from tests.browser import states
from tests.browser.keykernel import KEYS, KeyKernel, shown
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser


def head(widget: Locator, name: str) -> Locator:
    return widget.get_by_role("columnheader", name=name)


def keys(widget: Locator) -> Locator:
    return widget.locator(".rows .row:not(.blank) .key")


def asked(kernel: KeyKernel) -> list[dict[str, object]]:
    return [params for method, params in kernel.calls if method == "query"]


def test_the_filter_is_asked_for_at_once(stage: Stage) -> None:
    kernel = states.key_table()
    widget = shown(stage, kernel)
    field = widget.get_by_label("Filter keys")
    field.press_sequentially("docs", delay=5)
    expect(widget.get_by_text("3 of 1,000,000 match")).to_be_visible()
    stage.eventually(lambda: asked(kernel)[-1:], [{"filter": "docs"}])
    expect(field).to_have_value("docs")
    field.fill("docs:meta")
    expect(keys(widget)).to_have_text(["prod:docs:meta:handbook.md"])
    field.press("Escape")
    expect(field).to_have_value("")
    expect(widget.get_by_text("1–14 of 1,000,000")).to_be_visible()
    expect(widget.get_by_text("of 1,000,000 match")).to_be_hidden()


def test_a_real_store_is_filtered(stage: Stage) -> None:
    store = InMemoryByteStore()
    store.mset([(f"user:{i}", b"x") for i in range(40)] + [("doc:1", b"{}")])
    table = inspect(store)
    widget = stage.show(Real(table))
    widget.get_by_label("Filter keys").fill("user:1?")
    expect(widget.locator(".mode")).to_have_text(re.compile("^glob"))
    stage.until(widget.get_by_text("10 of 41 match", exact=True))
    assert table.query.filter == "user:1?"
    assert table.listed_keys() == [f"user:{i}" for i in range(10, 20)]


def test_how_the_filter_is_read_is_seen_and_can_be_changed(stage: Stage) -> None:
    kernel = states.key_table()
    widget = shown(stage, kernel)
    mode = widget.locator(".mode > span")
    expect(mode).to_have_text("text")
    widget.get_by_label("Filter keys").fill("prod:u*")
    expect(mode).to_have_text("glob")
    widget.get_by_label("How the filter is read").select_option("regex")
    expect(mode).to_have_text("regex")
    stage.eventually(lambda: asked(kernel)[-1:] and asked(kernel)[-1].get("mode"), "regex")


def test_an_invalid_pattern_is_explained_in_place_and_breaks_nothing(stage: Stage) -> None:
    widget = shown(stage, states.key_table(query={"mode": "regex"}))
    field = widget.get_by_label("Filter keys")
    field.fill("prod:(sess")
    expect(field).to_have_attribute("aria-invalid", "true")
    problem = widget.locator(f"[id='{field.get_attribute('aria-describedby')}']")
    expect(problem).to_contain_text("missing )")
    expect(problem).to_contain_text("at character 11")
    expect(field).to_have_value("prod:(sess")
    expect(keys(widget).first).to_have_text("prod:sess:9f31d0")
    field.fill("prod:(sess|user)")
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(problem).to_be_hidden()


def test_no_match_offers_ways_out(stage: Stage) -> None:
    kernel = states.key_table()
    widget = shown(stage, kernel)
    widget.get_by_label("Filter keys").fill("^prod:user")
    nothing = widget.get_by_role("status").filter(has_text="No key matches ^prod:user")
    expect(nothing).to_contain_text("1,000,000 keys are hidden")
    widget.get_by_role("button", name="Read it as regex").click()
    expect(widget.get_by_text("3 of 1,000,000 match")).to_be_visible()
    widget.get_by_label("Filter keys").fill("nowhere")
    widget.get_by_role("button", name="Clear filter", exact=True).last.click()
    expect(widget.get_by_label("Filter keys")).to_have_value("")
    expect(keys(widget).first).to_have_text("prod:sess:9f31d0")


def test_only_readings_that_mean_something_else_are_offered(stage: Stage) -> None:
    widget = shown(stage, states.key_table())
    field = widget.get_by_label("Filter keys")
    field.fill("nowhere")
    expect(widget.get_by_text("No key matches nowhere")).to_be_visible()
    expect(widget.get_by_role("button", name="Read it as")).to_have_count(0)
    field.press("ArrowDown")  # to the rows, of which there are none
    expect(head(widget, "Key").get_by_role("button")).to_be_focused()
    field.fill("no[where]")
    expect(widget.get_by_role("button", name="Read it as")).to_have_text(
        ["Read it as glob", "Read it as regex"]
    )


def test_other_types_can_be_chosen_beside_one_by_keyboard(stage: Stage) -> None:
    store = InMemoryStore[object]()
    store.mset([("a", 1), ("b", 2), ("c", "x"), ("d", None)])
    widget = stage.show(Real(inspect(store)))
    anchor = widget.get_by_role("button", name="Types and sizes")
    anchor.focus()
    stage.page.keyboard.press("Enter")
    box = widget.get_by_role("dialog", name="Types and sizes")
    number = box.get_by_role("checkbox", name="int")
    stage.until(number)
    number.focus()
    stage.page.keyboard.press("Space")
    stage.until(widget.get_by_text("2 of 4 match"))
    expect(number).to_be_focused()
    expect(box.locator("label[data-type=str]")).to_contain_text("1")
    box.get_by_role("checkbox", name="str").press("Space")
    stage.until(widget.get_by_text("3 of 4 match"))
    stage.page.keyboard.press("Escape")
    expect(widget.get_by_role("button", name="Types and sizes, 2 in use")).to_be_focused()
    widget.get_by_role("button", name="Without str").press("Enter")
    expect(widget.locator(".rows [tabindex='0']")).to_be_focused()


def test_escape_closes_what_is_open_before_it_leaves(stage: Stage) -> None:
    widget = shown(stage, states.key_table())
    anchor = widget.get_by_role("button", name="Types and sizes")
    anchor.press("Enter")
    box = widget.get_by_role("dialog", name="Types and sizes")
    expect(box).to_be_visible()
    expect(anchor).to_be_focused()
    stage.page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(anchor).to_be_focused()
    stage.page.keyboard.press("Escape")
    expect(anchor).not_to_be_focused()


def test_rows_are_never_cut_where_the_list_is_narrowed(stage: Stage) -> None:
    widget = shown(stage, states.key_table())
    widget.get_by_label("Filter keys").fill("prod")
    expect(widget.get_by_text("of 1,000,000 match")).to_be_visible()
    assert widget.locator(".rows").evaluate("e => e.clientHeight % 24") == 0


def test_progress_is_shown_and_can_be_cancelled(stage: Stage) -> None:
    kernel = states.key_table(progress=0.34, doing="filtering", query={"filter": "prod"})
    widget = shown(stage, kernel)
    expect(widget.get_by_text("Filtering, 34 %")).to_be_visible()
    expect(widget.get_by_role("progressbar", name="Filtering")).to_have_attribute("aria-valuenow", "34")
    expect(widget.get_by_text("2,000 of 1,000,000 match so far")).to_be_visible()
    widget.get_by_role("button", name="Cancel").click()
    stage.eventually(lambda: ("cancel", {}) in kernel.calls)


def test_types_and_sizes(stage: Stage) -> None:
    kernel = states.key_table()
    widget = shown(stage, kernel)
    widget.get_by_role("button", name="Types and sizes").click()
    box = widget.get_by_role("dialog", name="Types and sizes")
    expect(box.get_by_text("812,004")).to_be_visible()
    box.get_by_role("checkbox", name="float32").check()
    expect(keys(widget)).to_have_count(2)
    least = box.get_by_label("At least")
    least.fill("12 kb")
    least.press("Enter")
    expect(least).to_have_value("12.0 kB")
    most = box.get_by_label("At most")
    most.fill("a lot")
    most.press("Enter")
    expect(most).to_have_attribute("aria-invalid", "true")
    stage.eventually(
        lambda: [kernel.query.types, kernel.query.min_size, kernel.query.max_size],
        [("float32",), 12_000, None],
    )
    stage.page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(widget.get_by_role("button", name="Types and sizes, 2 in use")).to_be_focused()
    widget.get_by_role("button", name="Without float32").click()
    expect(widget.get_by_role("button", name="Without 12.0 kB and more")).to_be_visible()
    widget.get_by_role("button", name="Types and sizes, 1 in use").click()
    box.get_by_role("button", name="Clear all").click()
    expect(widget.get_by_text("1–14 of 1,000,000")).to_be_visible()


def test_heads_sort_up_down_and_as_stored(stage: Stage) -> None:
    widget = shown(stage, states.key_table())
    size = head(widget, "Size")
    by_size = [key for key, *_ in sorted(KEYS, key=lambda row: row[2])]
    size.get_by_role("button").click()
    expect(size).to_have_attribute("aria-sort", "ascending")
    expect(keys(widget).first).to_have_text(by_size[0])
    stage.page.keyboard.press("Enter")
    expect(size).to_have_attribute("aria-sort", "descending")
    expect(keys(widget).first).to_have_text("prod:sess:77b0ab")
    stage.page.keyboard.press("Enter")
    expect(size).not_to_have_attribute("aria-sort", re.compile(""))
    expect(keys(widget).first).to_have_text(KEYS[0][0])


def test_a_sort_shows_before_the_kernel_answers(stage: Stage) -> None:
    kernel = states.key_table()
    widget = shown(stage, kernel)
    kernel.silent.add("query")
    head(widget, "Key").get_by_role("button").click()
    expect(head(widget, "Key")).to_have_attribute("aria-sort", "ascending")


def test_columns_are_resized_by_pointer_and_keys_and_reset(stage: Stage) -> None:
    widget = shown(stage, states.key_table())
    head(widget, "Key").get_by_role("button").focus()
    stage.page.keyboard.press("ArrowRight")
    stage.page.keyboard.press("ArrowRight")
    expect(head(widget, "Size").get_by_role("button")).to_be_focused()
    line = widget.get_by_role("separator", name="Width of Size")
    was = int(line.get_attribute("aria-valuenow") or 0)
    stage.page.keyboard.press("Shift+ArrowRight")
    expect(line).to_have_attribute("aria-valuenow", str(was + 8))
    box = line.bounding_box()
    assert box is not None
    stage.page.mouse.move(box["x"] + 4, box["y"] + 4)
    stage.page.mouse.down()
    stage.page.mouse.move(box["x"] + 34, box["y"] + 4, steps=3)
    stage.page.mouse.up()
    expect(line).to_have_attribute("aria-valuenow", str(was + 38))
    wide = widget.locator(".rows .row").first.locator("> *").nth(3).bounding_box()
    assert wide is not None
    assert round(wide["width"]) == was + 38
    expect(head(widget, "Size")).not_to_have_attribute("aria-sort", re.compile(""))
    line.dblclick()
    expect(line).to_have_attribute("aria-valuenow", str(was))


@pytest.mark.parametrize(
    ("width", "tree", "columns"),
    [
        (420, False, ["Key", "Size", "Changed"]),
        (700, False, ["Key", "Size", "Changed"]),
        (900, True, ["Key", "Size", "Changed"]),
        (1_600, True, ["Key", "Type", "Size", "Changed", "Preview"]),
    ],
)
def test_the_panes_make_room_for_each_other(stage: Stage, width: int, tree: bool, columns: list[str]) -> None:
    stage.page.set_viewport_size({"width": width + 16, "height": 900})
    widget = shown(stage, states.key_table(12_408, open_id=1))
    expect(widget.get_by_role("tree", name="Namespaces")).to_be_visible(visible=tree)
    expect(widget.get_by_role("group", name="Value")).to_be_visible()
    for name in ("Key", "Type", "Size", "Changed", "Preview"):
        expect(head(widget, name)).to_be_visible(visible=name in columns)
    value = widget.get_by_role("group", name="Value").bounding_box()
    grid = widget.get_by_role("grid", name="Keys").bounding_box()
    assert value is not None
    assert grid is not None
    if width < 640:
        assert value["y"] >= grid["y"] + grid["height"]
    else:
        assert value["x"] >= grid["x"] + grid["width"]
    assert not widget.evaluate("element => element.scrollWidth > element.clientWidth")
    for tab in widget.get_by_role("tab").all():
        assert not tab.evaluate("element => element.scrollWidth > element.clientWidth")


def test_the_namespaces_of_many_keys_are_counted_when_asked_for(stage: Stage) -> None:
    kernel = states.key_table(100_001)
    widget = shown(stage, kernel)
    expect(widget.get_by_role("tree", name="Namespaces")).to_be_hidden()
    (session,) = kernel.sessions.values()
    stage.eventually(lambda: session.params.get("tree"), False)
    widget.get_by_role("button", name="Namespaces").click()
    expect(widget.get_by_role("tree", name="Namespaces")).to_be_visible()
    stage.eventually(lambda: session.params.get("tree"))


def test_where_there_is_no_room_the_namespaces_open_over_the_grid(stage: Stage) -> None:
    kernel = states.key_table()
    widget = shown(stage, kernel, width=420)
    button = widget.get_by_role("button", name="Namespaces")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    tree = widget.get_by_role("tree", name="Namespaces")
    tree.get_by_role("treeitem", name=re.compile("^llm")).click()
    stage.eventually(lambda: {"namespace": "llm:"} in asked(kernel))
    stage.page.keyboard.press("Escape")
    stage.page.keyboard.press("Escape")
    expect(tree).to_be_hidden()


def test_what_is_not_shown_is_not_asked_for(stage: Stage) -> None:
    kernel = states.key_table(12_408)
    widget = shown(stage, kernel)
    widget.get_by_role("button", name="Namespaces").click()
    widget.get_by_role("button", name="Latest changes").click()
    expect(widget.get_by_role("tree", name="Namespaces")).to_be_hidden()
    (session,) = kernel.sessions.values()
    wanted = {"tree": False, "space": False, "recent": True}
    stage.eventually(lambda: {name: session.params.get(name) for name in wanted}, wanted)
    widget.get_by_role("button", name="Space", exact=True).click()
    expect(widget.get_by_text("Largest keys")).to_be_visible()
    stage.eventually(lambda: session.params.get("space"))
