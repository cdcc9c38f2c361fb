"""The real widgets' logs in the browser: who did it, travel, and what a step did to stores and caches."""

from __future__ import annotations

import operator
import re
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.caches import InMemoryCache as TheirCache
from langchain_core.outputs import Generation
from langgraph.graph import END, START, StateGraph
from playwright.sync_api import Locator, expect

from inmem_widgets import CacheCounters, InMemoryCache, InMemorySaver, InMemoryStore, KeyTable, inspect
from tests.browser.logkernel import opened
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser


class Notes(TypedDict):
    notes: Annotated[list[str], operator.add]


def run(store: InMemoryStore[Any], cache: InMemoryCache, saver: InMemorySaver) -> None:
    """A thread of two steps: `planner` writes a key and misses, `writer` changes it and hits."""

    def ask() -> None:
        if cache.lookup("Plan the trip", "model") is None:
            cache.update("Plan the trip", "model", [Generation(text="Bergen")])

    def planner(state: Notes) -> Notes:
        store.mset([("plan:city", "Oslo")])
        ask()
        return {"notes": ["planned"]}

    def writer(state: Notes) -> Notes:
        store.mset([("plan:city", "Bergen"), ("plan:nights", "3")])
        ask()
        return {"notes": ["written"]}

    graph = StateGraph(Notes)
    graph.add_node("planner", planner)
    graph.add_node("writer", writer)
    graph.add_edge(START, "planner")
    graph.add_edge("planner", "writer")
    graph.add_edge("writer", END)
    graph.compile(checkpointer=saver).invoke({"notes": []}, {"configurable": {"thread_id": "trip"}})


def keys(widget: Locator) -> Locator:
    return widget.locator(".panes .rows [role=row]:not(.blank)")


def test_keys_and_who_changed_them_and_as_they_were(stage: Stage) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    table = inspect(store, editable=True)
    assert isinstance(table, KeyTable)
    run(store, InMemoryCache(), InMemorySaver())
    store.mdelete(["plan:nights"])
    store.changes.flush()
    widget = opened(stage, Real(table))
    rows = widget.locator(".log .rows [role=row]")
    stage.until(rows.nth(2))
    expect(rows.locator(".c-kind")).to_have_text(["deleted", "changed", "inserted"])
    expect(rows.nth(1).locator(".who")).to_have_text("writer · step 2")
    expect(rows.nth(2).locator(".who")).to_have_text("planner · step 1")
    expect(rows.nth(1).locator(".values")).to_have_text("Oslo → Bergen")
    rows.nth(2).click()
    widget.get_by_role("button", name="Show the state then").click()
    stage.until(widget.get_by_role("group", name="The past"))
    expect(keys(widget)).to_have_count(1)
    expect(keys(widget).first).to_contain_text("Oslo")
    keys(widget).first.click()
    stage.until(widget.locator(".val .valkey"))
    expect(widget.locator(".val").get_by_role("button", name="Edit")).to_be_hidden()
    store.mset([("plan:weather", "rain")])  # code goes on
    store.changes.flush()
    stage.until(widget.get_by_text("4 changes", exact=True))
    expect(keys(widget)).to_have_count(1)
    widget.get_by_role("button", name="Back to now").click()
    stage.until(keys(widget).nth(1))
    expect(keys(widget)).to_have_count(2)
    assert table.travel is None


def test_a_groups_misses_and_counters_as_they_were(stage: Stage) -> None:
    cache = InMemoryCache()
    counters = inspect(cache)
    assert isinstance(counters, CacheCounters)
    run(InMemoryStore(), cache, InMemorySaver())
    cache.changes.flush()
    widget = opened(stage, Real(counters))
    stage.until(widget.locator(".log .rows [role=row]").first)
    widget.get_by_label("Group", exact=True).select_option("node")
    table = widget.get_by_role("region", name="Groups")
    stage.until(table)
    expect(table.get_by_role("row").filter(has_text="planner").locator(".misses")).to_have_text("1")
    expect(table.get_by_role("row").filter(has_text="writer").locator(".hits")).to_have_text("1")
    widget.get_by_role("slider", name="Moment").press("Home")
    stage.until(widget.get_by_role("group", name="The past"))
    expect(widget.locator(".hero dd").nth(1)).to_have_text("0")
    chart = widget.locator(".column > *").filter(has_text="Lookups per second")
    # And no empty chart up to now.
    expect(chart).to_contain_text("Unknown: the log has only entries and counts")
    expect(chart.locator("svg[role=img], .plot").locator("visible=true")).to_have_count(0)
    stage.page.keyboard.press("ArrowRight")
    stage.until(widget.locator(".hero dd").nth(2).filter(has_text="1"))
    expect(widget.locator(".hero").get_by_text("unknown")).to_be_visible()


def test_a_checkpoint_shows_what_its_step_did(stage: Stage) -> None:
    store, cache, saver = InMemoryStore[Any](), InMemoryCache(), InMemorySaver()
    kept = inspect(store, name="store"), inspect(cache, name="cache")
    timeline = inspect(saver)
    run(store, cache, saver)
    saver.changes.flush()
    widget = stage.show(Real(timeline))
    stage.until(widget.get_by_role("option").filter(has_text="trip"))
    widget.locator(".panes .rows [role=row]").filter(has_text="writer").first.click()
    widget.get_by_role("tab", name="Stores").click()
    panel = widget.get_by_role("tabpanel", name="Stores")
    stage.until(panel.get_by_role("region", name="store"))
    expect(panel.get_by_role("region", name="store")).to_contain_text("1 change")
    expect(panel.get_by_role("region", name="cache")).to_contain_text("1 hit")
    expect(panel.get_by_role("region", name="cache")).not_to_contain_text("miss")
    widget.get_by_role("button", name="Log", exact=True).click()
    row = widget.locator(".log .rows [role=row]").filter(has=stage.page.locator(".who", has_text="planner"))
    stage.until(row.first)
    row.first.click()
    widget.get_by_role("button", name="Go to its checkpoint").click()
    shown = widget.locator(".panes .rows [aria-selected=true]")
    stage.until(shown.filter(has_text="__start__"))
    for each in kept:
        each.close()


def test_who_changed_a_plain_dict_is_not_known(stage: Stage) -> None:
    plain = {"a": 1}
    table = inspect(plain)
    widget = opened(stage, Real(table))
    stage.until(keys(widget).first)
    plain["b"] = 2
    row = widget.locator(".log .rows [role=row]")
    stage.until(row.first)
    expect(row.locator(".c-kind")).to_have_text("inserted")
    expect(row.locator(".who")).to_have_text("")
    expect(row.locator(".note")).to_have_text("found by reading")
    every = re.compile(r"read every [\d.]+ s")  # longer than a second where reading takes its time
    expect(widget.locator(".watchline")).to_contain_text(every)


def test_a_cache_that_is_not_ours_says_how_it_is_known(stage: Stage) -> None:
    cache = TheirCache(maxsize=2)
    counters = inspect(cache)
    assert isinstance(counters, CacheCounters)
    cache.update("p", "m", [Generation(text="x")])
    cache.lookup("p", "m")
    widget = opened(stage, Real(counters))
    stage.until(widget.locator(".log .rows [role=row]").nth(1))
    expect(widget.locator(".watchline")).to_contain_text("watched in place")
    expect(widget.locator(".log .c-kind", has_text="hit")).to_have_count(1)
