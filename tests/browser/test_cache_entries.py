"""The cache's entries on screen: what is listed, in which order, and where."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.cachekernel import PROMPTS, CacheKernel, shown
from tests.browser.entries import asked, cell, entries, head, listed, pane, prompts, rows
from tests.browser.stage import Stage
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser


def test_each_entry_with_what_is_known_of_it(stage: Stage) -> None:
    widget = entries(stage, CacheKernel())
    expect(rows(widget)).to_have_count(18)
    expect(prompts(widget).first).to_have_text(PROMPTS[0][0])
    for column, text in {
        "model": "gpt-4o · temperature 0", "hits": "450", "load": "770ms", "tokens": "191", "size": "3.8kB",
    }.items():  # fmt: skip
        expect(cell(widget, 1, column)).to_have_text(text)
    expect(cell(widget, 1, "age")).to_have_text(re.compile(r"^5\ds$"))
    expect(cell(widget, 5, "size")).to_have_text("~4.1kB")
    expect(cell(widget, 5, "size")).to_have_attribute("title", re.compile("^4,055 bytes, without"))
    expect(widget.get_by_text("1–14 of 128")).to_be_visible()


def test_what_is_not_known_is_a_dash_that_says_why(stage: Stage) -> None:
    kernel = CacheKernel()
    old = {**kernel.entry(8), "size": None, "tokens": None}
    never = {**kernel.entry(1), "hits": 0, "used": None}
    kernel.over = {"listed": 2, "start": 0, "rows": [old, never]}
    widget = entries(stage, kernel)
    for column, reason in {
        "hits": "cached before watching began", "age": "cached before watching began",
        "used": "since watching began", "load": "no lookup was seen", "tokens": "usage_metadata",
        "size": "Not measured",
    }.items():  # fmt: skip
        expect(cell(widget, 0, column)).to_have_text("—")
        expect(cell(widget, 0, column)).to_have_attribute("title", re.compile(reason))
    expect(cell(widget, 1, "hits")).to_have_text("0")
    expect(cell(widget, 1, "used")).to_have_attribute("title", "Never hit")


def test_entries_are_asked_for_while_they_are_shown(stage: Stage) -> None:
    kernel = CacheKernel(maxsize=None)
    widget = entries(stage, kernel)
    grid = widget.locator(".rows")
    expect(rows(widget)).not_to_have_count(0)
    grid.evaluate("e => { e.scrollTop = 12_000 }")
    expect(widget.get_by_text("501–514 of 2,164")).to_be_visible()
    expect(cell(widget, 500, "hits")).to_have_text("2")
    widget.get_by_role("button", name="Overview").click()
    session = next(iter(kernel.sessions.values()))
    stage.eventually(lambda: session.params.get("entries"), False)
    widget.get_by_role("button", name="Entries").click()
    stage.push()
    expect(widget.get_by_text("501–514 of 2,164")).to_be_visible()
    expect(cell(widget, 500, "hits")).to_have_text("2")


def test_a_window_of_many(stage: Stage) -> None:
    kernel = CacheKernel(maxsize=None)
    widget = entries(stage, kernel)
    rows(widget).first.focus()
    stage.page.keyboard.press("End")
    expect(prompts(widget).last).to_have_text(re.compile(r"\(2163\)$"))
    expect(widget.get_by_role("row", selected=True)).to_have_attribute("aria-rowindex", "2165")
    (session,) = kernel.sessions.values()
    stage.eventually(lambda: session.params.get("stop", 0) >= 2_164)


def test_heads_sort_what_counts_most_first(stage: Stage) -> None:
    kernel = CacheKernel()
    widget = entries(stage, kernel)
    hits = head(widget, "Hits")
    wanted = [
        {"sort": "hits", "descending": True},
        {"sort": "hits", "descending": False},
        {"sort": "stored", "descending": False},
    ]
    for count, order in enumerate(("descending", "ascending", None), 1):
        hits.get_by_role("button").click()
        stage.eventually(lambda: hits.get_attribute("aria-sort"), order)
        stage.eventually(lambda: asked(kernel), wanted[:count])
    head(widget, "Age").get_by_role("button").click()
    expect(head(widget, "Age")).to_have_attribute("aria-sort", "ascending")
    expect(prompts(widget).first).to_have_text(PROMPTS[0][0])  # the youngest


def test_every_column_sorts_by_keyboard(stage: Stage) -> None:
    kernel = CacheKernel()
    widget = entries(stage, kernel, width=1_200)
    head(widget, "Prompt").get_by_role("button").focus()
    names = ["prompt", "model", "hits", "age", "used", "load", "tokens", "size"]
    for count in range(1, len(names) + 1):
        stage.page.keyboard.press("Enter")
        stage.eventually(lambda: [params["sort"] for params in asked(kernel)], names[:count])
        stage.page.keyboard.press("ArrowRight")
    expect(head(widget, "Bytes")).to_have_attribute("aria-sort", "descending")


def test_the_filter(stage: Stage) -> None:
    kernel = CacheKernel()
    widget = entries(stage, kernel)
    rows(widget).first.focus()
    stage.page.keyboard.press("/")
    field = widget.get_by_label("Filter entries")
    expect(field).to_be_focused()
    field.fill("sauna")
    expect(widget.get_by_text("16 of 128 match", exact=True)).to_be_visible()
    expect(widget.get_by_role("status").filter(has_text="16 of 128 entries match")).to_have_count(1)
    expect(prompts(widget).first).to_have_text(PROMPTS[4][0])
    field.press("ArrowDown")
    expect(rows(widget).first).to_be_focused()
    field.press("Escape")
    expect(field).to_have_value("")
    expect(widget.get_by_text("1–14 of 128")).to_be_visible()
    stage.eventually(lambda: asked(kernel), [{"filter": "sauna"}, {"filter": ""}])


def test_slash_finds_entries_from_the_overview(stage: Stage) -> None:
    widget = shown(stage, CacheKernel())
    widget.get_by_role("button", name="Overview").focus()
    stage.page.keyboard.press("/")
    expect(widget.get_by_label("Filter entries")).to_be_focused()


def test_none_matches(stage: Stage) -> None:
    kernel = CacheKernel()
    widget = entries(stage, kernel)
    widget.get_by_label("Filter entries").fill("<b>zz")
    expect(widget.get_by_text("No entry matches <b>zz")).to_be_visible()
    widget.get_by_role("button", name="Clear filter").last.click()
    expect(prompts(widget).first).to_have_text(PROMPTS[0][0])
    expect(widget.get_by_text("No entry matches")).to_be_hidden()


def test_an_empty_cache(stage: Stage) -> None:
    kernel = CacheKernel()
    widget = entries(stage, kernel)
    expect(rows(widget)).not_to_have_count(0)
    kernel.size = 0
    stage.push()
    expect(widget.get_by_role("heading", name="Nothing is cached")).to_be_visible()
    expect(rows(widget)).to_have_count(0)


def test_a_refused_filter_is_explained_beside_it(stage: Stage) -> None:
    kernel = CacheKernel(problem={"field": "filter", "message": "at most 10,000 characters", "at": None})
    widget = entries(stage, kernel)
    field = widget.get_by_label("Filter entries")
    expect(field).to_have_attribute("aria-invalid", "true")
    problem = widget.locator(f"[id='{field.get_attribute('aria-describedby')}']")
    expect(problem).to_have_text("at most 10,000 characters")


def test_a_long_sort_shows_how_far_it_is_and_its_first_rows(stage: Stage) -> None:
    kernel = CacheKernel(progress=0.4)
    kernel.query["sort"] = "size"
    listed(kernel, [5, 3])
    widget = entries(stage, kernel)
    bar = widget.get_by_role("progressbar", name="Sorting")
    expect(bar).to_have_attribute("aria-valuenow", "40")
    expect(prompts(widget)).to_have_text([PROMPTS[5][0], PROMPTS[3][0]])
    listed(kernel, [], progress=0.1)
    stage.push()
    expect(rows(widget)).to_have_count(0)
    expect(widget.get_by_text("Nothing is cached")).to_be_hidden()
    kernel.over = {}
    stage.push()
    expect(bar).to_be_hidden()
    expect(prompts(widget).first).to_be_visible()


def test_text_of_prompts_stays_text(stage: Stage) -> None:
    hostile = "<img src=x onerror=alert(1)>\u202e\x00\n" + "x" * 5_000
    kernel = CacheKernel()
    row = {**kernel.entry(0), "prompt": hostile, "model": hostile}
    opened = {"id": 0, "key": hostile, "type": hostile, "size": 1, "how": "exact", "changed": None,
              "version": 1, "gone": False}  # fmt: skip
    kernel.over = {"listed": 1, "start": 0, "rows": [row], "open": opened, "open_row": row}
    kernel.query["filter"] = hostile
    widget = entries(stage, kernel)
    expect(prompts(widget).first).to_contain_text("<img src=x onerror=alert(1)>\\u202e\\0\\n")
    expect(pane(widget).get_by_role("heading")).to_contain_text("<img src=x")
    expect(widget.locator("img")).to_have_count(0)


@pytest.mark.parametrize("width", [900, 420])
def test_nothing_is_wider_than_its_place(stage: Stage, width: int) -> None:
    kernel = CacheKernel()
    widget = entries(stage, kernel, width=width)
    prompts(widget).nth(2).click()
    expect(pane(widget).get_by_text("search_flights")).to_be_visible()
    assert widget.evaluate(
        """e => [...e.querySelectorAll('.entries, .entries .found, .panes > *, .rows, .row')]
            .filter(x => x.scrollWidth > x.clientWidth + 1).map(x => x.className)"""
    ) == []  # fmt: skip
    value, grid = pane(widget).bounding_box(), widget.get_by_role("grid").bounding_box()
    assert value is not None and grid is not None
    beside = value["x"] >= grid["x"] + grid["width"]
    below = value["y"] >= grid["y"] + grid["height"]
    assert (beside, below) == ((True, False) if width == 900 else (False, True))


@pytest.mark.parametrize("theme", ["light", "dark", "forced-colors", "narrow"])
def test_no_violations(stage: Stage, theme: str) -> None:
    if theme == "forced-colors":
        stage.page.emulate_media(forced_colors="active")
    stage.theme("dark" if theme == "dark" else "light")
    kernel = CacheKernel()
    widget = entries(stage, kernel, width=420 if theme == "narrow" else None)
    head(widget, "Hits").get_by_role("button").click()
    prompts(widget).nth(1).click()
    expect(pane(widget).get_by_text("search_flights")).to_be_visible()
    assert violations(stage) == []
    listed(kernel, [0, 2], removed=[1])
    kernel.over["progress"] = 0.5
    stage.push()
    widget.get_by_label("Filter entries").fill("hotel")
    expect(widget.get_by_role("progressbar")).to_be_visible()
    assert violations(stage) == []
    kernel.over = {"listed": 0, "rows": [], "start": 0}
    stage.push()
    expect(widget.get_by_text("No entry matches")).to_be_visible()
    assert violations(stage) == []


def test_all_that_takes_the_focus_shows_it(stage: Stage) -> None:
    widget = entries(stage, CacheKernel())
    prompts(widget).first.click()
    expect(pane(widget).get_by_text("search_flights")).to_be_visible()
    widget.get_by_role("button", name="More actions").focus()
    seen = []
    inside = "e => e.querySelector('.entries').contains(document.activeElement)"
    stage.page.keyboard.press("Tab")
    while not widget.evaluate(inside):  # what the header and the figures have
        stage.page.keyboard.press("Tab")
    while widget.evaluate(inside):
        name, shows = stage.page.evaluate(
            """() => {
              const at = document.activeElement;
              const outlined = x => x && getComputedStyle(x).outlineStyle !== 'none';
              const shows = [at, at.closest('.field')].some(outlined);
              return [at.getAttribute('role') ?? at.localName, shows];
            }"""
        )
        assert shows, name
        seen.append(name)
        stage.page.keyboard.press("Tab")
    assert seen[:3] == ["input", "button", "row"]  # the filter, the heads, the rows
    assert seen[-2:] == ["tabpanel", "separator"]


def test_notebook_shortcuts_are_off_wherever_the_focus_can_be(stage: Stage) -> None:
    widget = entries(stage, CacheKernel())
    prompts(widget).first.click()
    expect(pane(widget).get_by_text("search_flights")).to_be_visible()
    focusable = "button, select, textarea, input, [tabindex]"
    without = f"e => [...e.querySelectorAll('{focusable}')].filter(x => !x.dataset.lmSuppressShortcuts)"
    assert widget.locator(".entries").evaluate(f"e => ({without})(e).map(x => x.outerHTML)") == []
