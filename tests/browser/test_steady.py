"""Lists that change while pointed at, pressed or with the focus: an act meets what it was meant for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import states
from tests.browser.facekernel import STORE, FaceKernel
from tests.browser.logkernel import Book, logged, opened
from tests.browser.stage import Stage
from tests.browser.test_namespaces import NAMESPACES, SPACE, names, show
from tests.browser.timelinekernel import TimelineKernel

pytestmark = pytest.mark.browser


def keys(*ids: int) -> list[dict[str, object]]:
    return [dict(id=i, key=f"key:{i}", size=10, how="exact", changes=100) for i in ids]


def leave(stage: Stage) -> None:
    """Take the pointer away from all lists."""
    stage.page.mouse.move(1, 1)


def test_keys_keep_their_order_while_pointed_at(stage: Stage) -> None:
    kernel = FaceKernel()
    kernel.space_over = {"busiest": keys(1, 2, 3)}
    widget = show(stage, kernel, SPACE)
    listed = widget.get_by_role("region", name="Busiest keys").get_by_role("button")
    expect(listed).to_have_text(["key:1100", "key:2100", "key:3100"])
    listed.nth(1).hover()
    kernel.space_over = {"busiest": keys(4, 3, 2)}
    stage.push()
    expect(listed).to_have_text(["key:4100", "key:2100", "key:3100"])  # where one is gone comes what is new
    leave(stage)
    expect(listed).to_have_text(["key:4100", "key:3100", "key:2100"])


def test_a_click_meets_what_was_pressed(stage: Stage) -> None:
    kernel = FaceKernel()
    kernel.space_over = {"busiest": keys(1, 2, 3)}
    widget = show(stage, kernel, SPACE)
    listed = widget.get_by_role("region", name="Busiest keys").get_by_role("button")
    expect(listed).to_have_count(3)
    listed.nth(1).hover()
    stage.page.mouse.down()
    kernel.space_over = {"busiest": keys(7, 8, 9)}
    stage.push()
    stage.page.mouse.up()
    stage.eventually(lambda: [params for method, params in kernel.calls if method == "open"], [{"id": 2}])
    expect(listed).to_have_text(["key:7100", "key:8100", "key:9100"])


def test_namespaces_keep_their_order_while_pointed_at(stage: Stage) -> None:
    kernel = FaceKernel()
    widget = show(stage, kernel, NAMESPACES)
    expect(names(widget)).to_have_text(["All keys", "llm", "embed", "prod"])
    names(widget).nth(2).hover()
    kernel.store = [("new:a:", 9, 9), *reversed(STORE)]
    stage.push()
    expect(names(widget)).to_have_text(["All keys", "llm", "embed", "prod", "new"])
    leave(stage)
    expect(names(widget)).to_have_text(["All keys", "new", "prod", "embed", "llm"])


def test_the_focus_goes_with_its_namespace(stage: Stage) -> None:
    kernel = FaceKernel()
    widget = show(stage, kernel, NAMESPACES)
    leave(stage)
    llm = widget.get_by_role("treeitem", name="llm")
    llm.focus()
    kernel.store = [*reversed(STORE)]
    stage.push()
    expect(names(widget)).to_have_text(["All keys", "prod", "embed", "llm"])
    expect(llm).to_be_focused()


def threads(widget: Locator) -> Locator:
    return widget.get_by_role("listbox", name="Threads").get_by_role("option")


def test_a_thread_keeps_its_place_and_the_focus_as_others_come(stage: Stage) -> None:
    kernel = TimelineKernel()
    widget = stage.show(kernel)
    expect(threads(widget)).to_have_count(10)
    known = kernel.traits["state"]["threads"]
    new = {**known[0], "id": "brand-new"}
    wanted = threads(widget).nth(3)
    name = known[3]["id"]
    expect(wanted).to_contain_text(name)
    wanted.hover()
    kernel.over = {"threads": [new, *known]}
    stage.push()
    expect(threads(widget)).to_have_count(11)
    expect(wanted).to_contain_text(name)
    expect(threads(widget).last).to_contain_text("brand-new")
    leave(stage)
    expect(threads(widget).first).to_contain_text("brand-new")
    threads(widget).nth(4).focus()  # the same
    kernel.over = {"threads": [{**new, "id": "newer"}, new, *known]}
    stage.push()
    expect(threads(widget).first).to_contain_text("newer")
    expect(threads(widget).nth(5)).to_be_focused()
    stage.page.keyboard.press("Enter")
    (session,) = kernel.sessions.values()
    stage.eventually(lambda: session.params.get("thread"), name)


def test_a_kind_keeps_the_focus_as_others_come(stage: Stage) -> None:
    book = Book("store", 20, kinds=["get"])
    widget = opened(stage, logged(states.key_table(14), book))
    kinds = widget.get_by_role("group", name="Kinds").get_by_role("button")
    expect(kinds).to_have_count(1)
    leave(stage)
    kinds.first.focus()
    book.over = {"kinds": ["change", "delete", "get", "insert"]}
    stage.push()
    expect(kinds).to_have_count(4)
    expect(widget.locator("[data-kind=get]")).to_be_focused()


def test_the_focus_stays_among_what_can_be_done_with_the_selection(stage: Stage) -> None:
    kernel = states.key_table(200)
    widget = stage.show(kernel)
    rows = widget.locator(".rows [role=row]")
    rows.nth(1).click()
    rows.nth(4).click(modifiers=["Shift"])
    stage.eventually(lambda: kernel.selection, [1, 2, 3, 4])
    copy = widget.get_by_role("button", name="Copy as code")
    copy.focus()
    for left in ([1, 2, 3], []):  # the others are gone
        kernel.selection, kernel.selected = left, len(left)
        stage.push()
        if left:
            expect(widget.get_by_text("3 keys selected")).to_be_visible()
            expect(copy).to_be_focused()
    expect(copy).to_be_hidden()
    expect(widget.locator(".rows :focus")).to_have_count(1)


def test_groups_keep_their_order_while_pointed_at(stage: Stage) -> None:
    book = Book("store", 40)
    widget = opened(stage, logged(states.key_table(14), book))
    widget.get_by_label("Group", exact=True).select_option("node")
    stage.eventually(lambda: book.query["group"], "node")
    groups = widget.get_by_role("region", name="Groups").get_by_role("rowheader")
    before = [group["label"] or "no node" for group in book.groups()]
    expect(groups).to_have_text(before)
    groups.last.hover()
    last = book.groups()[-1]["label"]
    more = [{**row, "number": 40 + i} for i, row in enumerate(book.rows * 3, 1)]
    book.rows = book.rows + [row for row in more if ((row["by"] or {}).get("node") or "") == last]
    after = [group["label"] or "no node" for group in book.groups()]
    assert after != before
    stage.push()
    expect(widget.get_by_text(f"{len(book.rows)} changes", exact=True)).to_be_visible()
    expect(groups).to_have_text(before)
    leave(stage)
    expect(groups).to_have_text(after)
