"""The log beside a widget: the feed, what it is narrowed to, its groups, and where changes lead."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import states
from tests.browser.logkernel import Book, logged, opened
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser

WATCH_COPIES = (
    """() => document.addEventListener('copy', () => { window.copied = String(document.getSelection()) })"""
)


def rows(widget: Locator) -> Locator:
    return widget.locator(".log .rows [role=row]:not(.blank)")


def choose(widget: Locator, number: int, last: int) -> Locator:
    """Clicks the change, of which the newest is `last`; returns what is told of it."""
    widget.locator(f".log .rows [aria-rowindex='{last - number + 2}']").click()
    return widget.get_by_role("group", name="Change", exact=True)


def of_kind(book: Book, kind: str, **by: object) -> int:
    """The newest change of that kind, made by such a one."""
    return next(
        int(row["number"])
        for row in reversed(book.rows[-9:])
        if row["kind"] == kind and all((row["by"] or {}).get(name) == value for name, value in by.items())
    )


def test_it_is_asked_for_while_it_is_shown(stage: Stage) -> None:
    kernel = logged(states.key_table(14), Book("store", 30))
    widget = opened(stage, kernel)
    session = next(iter(kernel.sessions.values()))
    stage.eventually(lambda: session.params.get("log"))
    expect(widget.get_by_role("button", name="Log", exact=True)).to_have_attribute("aria-pressed", "true")
    widget.locator(".rows .row").first.press("l")  # from anywhere
    expect(widget.get_by_role("region", name="Log")).to_be_hidden()
    expect(widget.get_by_role("slider", name="Moment")).to_be_hidden()
    stage.eventually(lambda: session.params.get("log"), False)


def test_nothing_is_said_of_a_log_before_the_kernel_has_told_of_it(stage: Stage) -> None:
    kernel = logged(states.key_table(14), Book("store", 30))
    widget = opened(stage, kernel)
    expect(rows(widget)).not_to_have_count(0)
    log = widget.get_by_role("button", name="Log", exact=True)
    log.click()
    (session,) = kernel.sessions.values()
    stage.eventually(lambda: session.params.get("log"), False)
    kernel.silent.update({"look", "ping"})
    log.click()
    expect(widget.get_by_role("region", name="Log")).to_be_visible()
    expect(widget.locator(".log .feedbox > .note")).to_have_text("")


@pytest.mark.parametrize(
    ("make", "kind"),
    [(states.key_table, "store"), (states.cache_counters, "cache"), (states.timeline, "saver")],
)
def test_a_row_says_when_what_and_who(stage: Stage, make: object, kind: str) -> None:
    kernel = make(14) if kind == "store" else make()  # type: ignore[operator]
    book = Book(kind, 29)
    widget = opened(stage, logged(kernel, book))
    newest = book.rows[-1]
    row = rows(widget).first
    expect(row.get_by_role("gridcell").first).to_have_text(re.compile(r"^(\d+ \w+ )?\d\d:\d\d:\d\d$"))
    expect(row.locator(".c-key")).to_contain_text(newest["key"][-12:])
    expect(row.locator("svg[role=img]")).to_have_count(1)
    by = newest["by"]
    who = f"{by['node']} · step {by['step']} · cell [{by['cell']}]"
    expect(row.locator(".who")).to_have_text(who)
    expect(row.locator(".who")).to_have_attribute("title", re.compile("thread trip-.*run 1f0c", re.S))
    expect(rows(widget)).to_have_count(13)  # those in view and a few
    stage.page.evaluate("document.querySelector('.log .rows').scrollTop = 1e6")
    expect(rows(widget).last).to_have_attribute("aria-rowindex", "30")


def test_narrowed_by_text_and_kinds(stage: Stage) -> None:
    book = Book("store", 200)
    widget = opened(stage, logged(states.key_table(14), book))
    widget.get_by_label("Filter changes").fill("u_812")
    expect(widget.get_by_text(re.compile(r"^\d+ of 200 changes$"))).to_be_visible()
    stage.eventually(lambda: book.query["filter"], "u_812")
    kinds = widget.get_by_role("group", name="Kinds")
    expect(kinds.get_by_role("button")).to_have_text(["inserted", "changed", "deleted", "read"])
    kinds.get_by_role("button", name="deleted").click()
    expect(kinds.get_by_role("button", name="deleted")).to_have_attribute("aria-pressed", "true")
    expect(rows(widget).locator(".c-kind", has_not_text="deleted")).to_have_count(0)
    kinds.get_by_role("button", name="read").click()
    expect(rows(widget).locator(".c-kind", has_text="read").first).to_be_visible()
    stage.eventually(lambda: book.query["kinds"], ["delete", "get"])
    widget.get_by_label("Filter changes").fill("nothing like it")
    expect(widget.get_by_text("No change matches")).to_be_visible()


def test_narrowed_to_whom_a_change_is_of(stage: Stage) -> None:
    book = Book("store", 60)
    widget = opened(stage, logged(states.key_table(14), book))
    last = len(book.rows)
    number = next(row["number"] for row in reversed(book.rows) if row["by"] and row["by"]["node"])
    told = choose(widget, number, last)
    by = book.rows[number - 1]["by"]
    only = told.get_by_role("group", name="List only")
    texts = [by["node"], f"step {by['step']}", f"cell [{by['cell']}]", f"thread {by['thread']}", "this key"]
    expect(only.get_by_role("button")).to_have_text(texts)
    only.get_by_role("button", name=by["node"]).click()
    chosen = widget.get_by_role("group", name="Only", exact=True)
    expect(chosen.get_by_role("button")).to_have_text([by["node"]])
    stage.eventually(lambda: book.query["node"], by["node"])
    only.get_by_role("button", name="this key").click()
    expect(chosen.get_by_role("button")).to_have_text([by["node"], book.rows[number - 1]["key"], "List all"])
    stage.eventually(lambda: book.query["key"], book.rows[number - 1]["id"])
    chosen.get_by_role("button", name=f"Only {by['node']}").click()
    expect(chosen.get_by_role("button")).to_have_count(1)
    expect(chosen.get_by_role("button")).to_be_focused()
    stage.eventually(lambda: book.query["node"], None)
    chosen.get_by_role("button").press("Enter")
    expect(chosen).to_be_hidden()
    expect(widget.get_by_label("Filter changes")).to_be_focused()


def test_grouped_with_bars_and_a_group_listed_alone(stage: Stage) -> None:
    book = Book("cache", 240)
    widget = opened(stage, logged(states.cache_counters(), book))
    widget.get_by_label("Group", exact=True).select_option("node")
    table = widget.get_by_role("region", name="Groups").get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["Node", "Changes", "Hits", "Misses", "Bytes"])
    found = {group["label"]: group for group in book.groups()}
    planner = table.get_by_role("row").filter(has_text="planner")
    expect(planner.get_by_role("cell").first).to_have_text(str(found["planner"]["changes"]))
    most = max(group["changes"] for group in found.values())
    bar = planner.locator(".changes i").evaluate("e => e.offsetWidth / e.parentElement.offsetWidth")
    assert bar == pytest.approx(found["planner"]["changes"] / most, abs=0.03)
    expect(table.get_by_role("button", name="no node")).to_have_attribute("aria-disabled", "true")
    table.get_by_role("button", name="planner").click()
    expect(widget.get_by_role("group", name="Only", exact=True).get_by_role("button")).to_have_text("planner")
    expect(table.get_by_role("button", name="planner")).to_have_attribute("aria-pressed", "true")
    table.get_by_role("button", name="planner").click()  # and all again
    expect(widget.get_by_text("240 changes", exact=True)).to_be_visible()
    stage.eventually(lambda: book.query["node"], None)


def test_older_ones_come_on_scrolling(stage: Stage) -> None:
    book = Book("store", 1_000)
    widget = opened(stage, logged(states.key_table(14), book))
    box = widget.locator(".log .rows")
    expect(widget.get_by_role("grid", name="Changes")).to_have_attribute("aria-rowcount", "202")
    for loaded in (400, 600, 800):
        box.evaluate("e => { e.scrollTop = 1e6 }")
        expect(widget.get_by_role("grid", name="Changes")).to_have_attribute("aria-rowcount", f"{loaded + 2}")
    box.evaluate("e => { e.scrollTop = 1e6 }")
    expect(widget.get_by_role("grid", name="Changes")).to_have_attribute("aria-rowcount", "1001")
    stage.eventually(
        lambda: [params["before"] for method, params in book.asked if method == "older"], [801, 601, 401, 201]
    )


def test_it_follows_the_newest_unless_it_is_looked_at(stage: Stage) -> None:
    book = Book("store", 400)
    widget = opened(stage, logged(states.key_table(14), book))
    stage.page.mouse.move(0, 0)
    book.add(2)
    stage.push()
    first = widget.locator(".log .rows [aria-rowindex='2'] .c-key")
    expect(widget.get_by_text("402 changes", exact=True)).to_be_visible()
    expect(first).to_contain_text(book.rows[-1]["key"][-8:])
    widget.locator(".log .rows").evaluate("e => { e.scrollTop = 120 }")
    fifth = widget.locator(".log .rows [aria-rowindex='9']")
    expect(fifth).to_be_visible()
    shown = fifth.inner_text()
    book.add(3)
    stage.push()
    newest = widget.get_by_role("button", name="3 new", exact=True)
    expect(newest).to_be_visible()
    assert fifth.inner_text() == shown
    newest.click()
    expect(newest).to_be_hidden()
    expect(first).to_contain_text(book.rows[-1]["key"][-8:])


def test_a_change_opens_its_key(stage: Stage) -> None:
    book = Book("store", 30)
    kernel = logged(states.key_table(14), book)
    widget = opened(stage, kernel)
    told = choose(widget, of_kind(book, "change"), 30)
    told.get_by_role("button", name="Open key").click()
    expect(widget.locator(".val .valkey")).to_be_visible()
    stage.eventually(lambda: ("open", {"id": book.rows[of_kind(book, "change") - 1]["id"]}) in kernel.calls)


def test_its_checkpoint_is_copied_where_it_cannot_be_shown(stage: Stage) -> None:
    book = Book("store", 30)
    widget = opened(stage, logged(states.key_table(14), book))
    number = next(row["number"] for row in reversed(book.rows) if row["by"] and row["by"]["node"])
    stage.page.evaluate(WATCH_COPIES)
    choose(widget, number, 30).get_by_role("button", name="Its checkpoint as code").click()
    expect(widget.get_by_role("status").filter(has_text="Config of its checkpoint copied")).to_have_count(1)
    by = book.rows[number - 1]["by"]
    found = eval(stage.page.evaluate("copied"), {})
    ns, _, checkpoint = by["checkpoint"].rpartition("\n")
    where = {"thread_id": by["thread"], "checkpoint_ns": ns, "checkpoint_id": checkpoint}
    assert found == {"configurable": where}


def test_its_checkpoint_is_shown_in_the_timeline(stage: Stage) -> None:
    book = Book("saver", 30, travels=False)
    kernel = logged(states.timeline(), book)
    state = kernel.state({})
    target = state["rows"][5]
    number = next(row["number"] for row in reversed(book.rows) if row["by"] and row["by"]["node"])
    at = f"{target['ns']}\n{target['id']}"
    book.rows[number - 1]["by"].update(thread=state["thread"], checkpoint=at)
    widget = opened(stage, kernel)
    told = choose(widget, number, 30)
    expect(told.get_by_role("button", name="Show the state then")).to_be_hidden()
    told.get_by_role("button", name="Go to its checkpoint").click()
    expect(widget.locator(".panes .rows [aria-selected=true]")).to_have_attribute("aria-rowindex", "7")
    stage.eventually(lambda: kernel.traits["selection"]["configurable"]["checkpoint_id"], target["id"])


def test_by_the_keyboard_alone(stage: Stage) -> None:
    book = Book("store", 30)
    widget = opened(stage, logged(states.key_table(14), book))
    widget.get_by_label("Filter changes").press("Escape")
    stage.page.keyboard.press("ArrowDown")
    grid = widget.get_by_role("grid", name="Changes")
    expect(grid.locator("[aria-selected=true]")).to_have_attribute("aria-rowindex", "3")
    stage.page.keyboard.press("Enter")
    told = widget.get_by_role("group", name="Change", exact=True)
    expect(told.get_by_role("button", name="Open key")).to_be_focused()
    stage.page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    expect(grid.locator("[aria-rowindex='3']")).to_be_focused()


def test_without_a_log_and_before_the_first_change(stage: Stage) -> None:
    book = Book("store", 0)
    widget = opened(stage, logged(states.key_table(14), book))
    expect(
        widget.get_by_text("No change seen yet: what code does shows here, with who did it")
    ).to_be_visible()
    expect(widget.get_by_role("slider", name="Moment")).to_be_hidden()
    book.kept = False
    stage.push()
    expect(widget.get_by_text("No log is kept of it: inspect(obj, log=True) keeps one")).to_be_visible()
    expect(widget.get_by_label("Filter changes")).to_be_hidden()


def test_an_empty_store_still_has_its_log(stage: Stage) -> None:
    widget = opened(stage, logged(states.key_table(0), Book("store", 30)))
    expect(widget.get_by_text("No keys yet")).to_be_visible()
    expect(rows(widget).first).to_be_visible()


def test_paused_the_log_rests_but_does_what_is_asked(stage: Stage) -> None:
    book = Book("store", 60)
    widget = opened(stage, logged(states.key_table(14), book))
    widget.get_by_role("button", name="Live, pause").click()
    book.add(5)
    stage.push()
    expect(widget.get_by_text("60 changes", exact=True)).to_be_visible()
    widget.get_by_role("group", name="Kinds").get_by_role("button", name="deleted").click()
    expect(widget.get_by_text(re.compile(r"^13 of 65 changes$"))).to_be_visible()


def test_what_was_lost_is_said(stage: Stage) -> None:
    widget = opened(stage, logged(states.key_table(14), Book("store", 60, lost=12)))
    held = widget.get_by_text("60 changes", exact=True)
    expect(held).to_have_attribute("title", re.compile("12 changes came too fast to be logged"))
    assert held.evaluate("e => getComputedStyle(e, '::after').content") == '" · some lost"'


def test_texts_are_only_text(stage: Stage) -> None:
    book = Book("store", 5)
    evil = '<img src=x onerror="window.hacked = 1">\u202e'
    for row in book.rows:
        row.update(key=evil, before=evil, after=evil, note=evil)
        if row["by"]:
            row["by"].update(node=evil, text=evil, thread=evil)
    book.rows[-1]["by"] = {**book.rows[0]["by"]}
    widget = opened(stage, logged(states.key_table(14), book))
    widget.get_by_label("Group", exact=True).select_option("node")
    choose(widget, 5, 5).get_by_role("button", name="Show the state then").click()
    expect(widget.get_by_role("button", name="Back to now")).to_be_visible()
    expect(widget.locator("img")).to_have_count(0)
    assert stage.page.evaluate("window.hacked") is None
    assert "\u202e" not in widget.inner_text()
