"""The report of a watched cell: the Python widget's state, the bundle, Chromium."""

from __future__ import annotations

import re
from contextvars import copy_context
from typing import Any

import cachetools
import pytest
from langchain_core.outputs import Generation
from langchain_core.runnables.config import var_child_runnable_config
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryCache, InMemoryStore, watch
from inmem_widgets.watching import Watch
from tests.browser.stage import Real, Stage
from tests.browser.test_accessibility import violations
from tests.core.test_origin import node

pytestmark = pytest.mark.browser

ODD = "<img src=x onerror=alert(1)>"


def worked(**options: Any) -> tuple[Watch, InMemoryStore, InMemoryCache]:
    """A block that did something of each sort, and raised."""
    store, cache, other = InMemoryStore(), InMemoryCache(maxsize=2), InMemoryStore()
    store.mset([("doc:1", {"title": "one"}), ("doc:2", 2), ("doc:3", 3)])
    seen = watch(store, cache, other, **options)

    def block() -> None:
        with seen:
            store.mset([(f"new:{i:03}", i) for i in range(120)] + [(ODD, ODD)])
            store.mset([("doc:1", {"title": "two"})])
            store.mdelete(["doc:2"])
            store.mget(["doc:3", "nowhere"])
            for prompt in "abca":
                if cache.lookup(f"Plan {prompt}", "gpt-4o") is None:
                    cache.update(f"Plan {prompt}", "gpt-4o", [Generation(text="three nights")])
            raise ValueError(ODD)

    with pytest.raises(ValueError, match="img"):
        block()
    return seen, store, cache


def shown(stage: Stage, seen: Watch, **options: Any) -> Locator:
    widget = stage.show(Real(seen.widget), **options)
    expect(widget.locator(".card").first).to_be_visible()
    return widget


def entry(widget: Locator, name: str) -> Locator:
    return widget.get_by_role("button", name=re.compile(f"^{name}"))


@pytest.mark.parametrize("theme", ["light", "dark", "forced-colors"])
def test_no_violations(stage: Stage, theme: str) -> None:
    if theme == "forced-colors":
        stage.page.emulate_media(forced_colors="active")
    stage.theme("dark" if theme == "dark" else "light")
    for width in (900, 420):
        widget = shown(stage, worked()[0], width=width)
        assert violations(stage) == []
        for name in ("Added", "Changed", "Deleted", "Misses: never", "Evicted"):
            entry(widget, name).first.click()
        expect(widget.get_by_role("table")).to_have_count(5)
        assert violations(stage) == []
        assert widget.evaluate("e => e.scrollWidth <= e.clientWidth")
        stage.end(widget)


def test_figures_and_what_was_raised(stage: Stage) -> None:
    widget = shown(stage, worked(name="ingest")[0])
    expect(widget.get_by_role("heading", level=2)).to_have_text("Watched code · ingest")
    store, cache, other = widget.locator(".card").all()
    expect(store.locator("dd")).to_have_text(["121", "1", "1", "2"])
    expect(cache.locator("dt")).to_have_text(["Hits", "Misses", "Added", "Evicted"])
    expect(cache.locator("dd")).to_have_text(["0", "4", "4", "2"])
    expect(other).to_contain_text("Nothing changed")
    expect(widget.locator(".raised")).to_have_text(f"ValueError: {ODD}")
    expect(widget.locator("img")).to_have_count(0)


def test_a_section_opens_to_rows(stage: Stage) -> None:
    widget = shown(stage, worked()[0])
    changed = entry(widget, "Changed")
    expect(changed).to_have_attribute("aria-expanded", "false")
    changed.click()
    expect(changed).to_have_attribute("aria-expanded", "true")
    row = widget.get_by_role("table", name="Changed").get_by_role("row").nth(1)
    expect(row).to_contain_text("doc:1")
    expect(row).to_contain_text("one'}")
    expect(row).to_contain_text("two'}")
    changed.click()
    expect(row).to_be_hidden()


def test_only_a_models_cache_has_prompts(stage: Stage) -> None:
    recent = cachetools.LRUCache[str, int](2)
    with watch(recent) as seen:
        recent["a"] = 1
    for report, heads in ((seen, ["Key", "Value"]), (worked()[0], ["Prompt", "Answer"])):
        widget = shown(stage, report)
        card = widget.locator(".card").filter(has_text="Evicted")
        card.get_by_role("button", name=re.compile("^Added")).click()
        table = card.get_by_role("table", name="Added")
        expect(table.get_by_role("row")).not_to_have_count(1)
        expect(table.get_by_role("columnheader").nth(0)).to_have_text(heads[0])
        expect(table.get_by_role("columnheader").nth(1)).to_have_text(heads[1])
        stage.end(widget)


def test_who_did_it_is_told_where_it_is_narrow(stage: Stage) -> None:
    store = InMemoryStore[int]()
    with watch(store) as seen:
        mine = copy_context()
        mine.run(var_child_runnable_config.set, node("planner"))
        mine.run(store.mset, [("a", 1)])
        store.mset([("b", 2)])
        store.mdelete(["b"])
    widget = shown(stage, seen, width=420)
    for name in ("Added a ", "Added and deleted"):
        entry(widget, name).click()
    by_node, by_nobody = (widget.get_by_role("table").nth(n).get_by_role("row").nth(1) for n in range(2))
    expect(by_node.locator(".c-who")).to_be_visible()
    expect(by_node).to_contain_text("planner, step 3")
    expect(by_node.locator(".c-size")).to_be_hidden()
    expect(by_nobody.locator(".c-who")).to_be_hidden()
    expect(by_nobody.locator(".c-size")).to_be_visible()


def test_more_rows_when_asked_for(stage: Stage) -> None:
    widget = shown(stage, worked()[0])
    entry(widget, "Added").first.click()
    table = widget.get_by_role("table", name="Added")
    expect(table.get_by_role("row")).to_have_count(101)
    widget.get_by_role("button", name="21 more of 121").click()
    expect(table.get_by_role("row")).to_have_count(122)
    expect(table.get_by_role("row").last).to_contain_text(ODD)
    expect(entry(widget, "Added").first).to_be_focused()
    expect(widget.get_by_role("status").first).to_have_text("121 rows shown")


def test_by_keyboard(stage: Stage) -> None:
    widget = shown(stage, worked()[0])
    keyboard = stage.page.keyboard
    entry(widget, "Added").first.focus()
    keyboard.press("ArrowDown")
    expect(entry(widget, "Changed")).to_be_focused()
    keyboard.press("ArrowRight")
    expect(widget.get_by_role("table", name="Changed")).to_be_visible()
    keyboard.press("ArrowLeft")
    expect(widget.get_by_role("table", name="Changed")).to_be_hidden()
    keyboard.press("End")
    expect(entry(widget, "Not found")).to_be_focused()
    keyboard.press("Home")
    expect(entry(widget, "Added").first).to_be_focused()
    keyboard.press("Tab")  # each object is one stop
    expect(entry(widget, "Misses: never")).to_be_focused()
    keyboard.press("Escape")
    expect(entry(widget, "Misses: never")).not_to_be_focused()


def test_live_while_the_block_runs(stage: Stage) -> None:
    store = InMemoryStore()
    with watch(store) as seen:
        widget = shown(stage, seen)
        expect(widget.get_by_text("Running")).to_be_visible()
        expect(widget.locator(".card")).to_contain_text("Nothing yet")
        store.mset([("a", 1)])
        stage.until(widget.locator("dd", has_text="1").first)
        entry(widget, "Added").click()
        table = widget.get_by_role("table", name="Added")
        expect(table.get_by_role("row")).to_have_count(2)
        store.mset([("b", 2)])
        stage.until(widget.locator("dd", has_text="2").first)
        expect(table.get_by_role("row")).to_have_count(3)
    stage.until(widget.get_by_text(re.compile("^took ")))
    expect(widget.get_by_text("Running")).to_be_hidden()
    expect(widget.get_by_role("status").first).to_have_text("Done. store: 2 added")


def test_a_view_made_anew_keeps_what_was_open(stage: Stage) -> None:
    seen, *_ = worked()
    widget = shown(stage, seen)
    entry(widget, "Changed").click()
    expect(widget.get_by_role("table", name="Changed")).to_be_visible()
    stage.end(widget)
    again = shown(stage, seen)
    expect(again.get_by_role("table", name="Changed")).to_be_visible()


def test_what_was_lost_is_said(stage: Stage) -> None:
    store = InMemoryStore()
    with watch(store) as seen:
        store.mset([("a", 1)])
        store.changes.flush()
        store.changes._number += 7
        store.mset([("b", 1)])
    expect(shown(stage, seen).get_by_text("7 changes came too fast")).to_be_visible()


def test_the_kernel_gone_is_said_and_the_report_stays(stage: Stage) -> None:
    stage.page.clock.install()
    widget = shown(stage, worked()[0])
    stage.deaf(widget)
    stage.page.clock.run_for(20_000)
    expect(widget.get_by_text("Disconnected")).to_be_visible()
    expect(widget.locator(".card")).to_have_count(3)
    stage.deaf(widget, False)
    widget.get_by_role("button", name="Reconnect").click()
    expect(widget.get_by_text("Disconnected")).to_be_hidden()


def test_where_no_script_runs(stage: Stage) -> None:
    seen, *_ = worked()
    page = stage.page
    page.set_content(seen.widget.static_html())
    expect(page.get_by_text("121 added, 1 changed, 1 deleted, 2 reads")).to_be_visible()
    expect(page.get_by_text("nothing changed")).to_be_visible()
    page.get_by_text("changed: 1", exact=True).click()
    expect(page.get_by_role("cell", name="doc:1")).to_be_visible()
    expect(page.locator("img")).to_have_count(0)
