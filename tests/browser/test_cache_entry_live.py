"""The cache's entries on screen: the open one, and what happens while one looks."""

from __future__ import annotations

import re
import time

import pytest
from langchain_core.load import dumps
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, Generation
from playwright.sync_api import expect

from inmem_widgets import InMemoryCache, inspect
from tests.browser.cachekernel import PROMPTS, CacheKernel, shown
from tests.browser.entries import asked, cell, entries, head, listed, pane, prompts, rows
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser


def test_an_open_entry_shows_its_generations_and_its_worth(stage: Stage) -> None:
    kernel = CacheKernel()
    widget = entries(stage, kernel)
    prompts(widget).nth(3).click()
    value = pane(widget)
    expect(value.get_by_role("heading", name=PROMPTS[3][0])).to_be_visible()
    expect(value.get_by_text("search_flights")).to_be_visible()
    expect(value.get_by_role("tab")).to_have_text(["Messages", "Text"])
    about = value.locator(".about")
    expect(about.nth(0)).to_have_text("gpt-4o-mini · temperature 0 · 2 tools")
    expect(about.nth(1)).to_contain_text(re.compile(r"^225 hits, last \d+ s ago"))
    expect(about.nth(2)).to_contain_text("each hit saves 1.51 s and 333 tokens")
    expect(value.get_by_role("button", name="Edit value")).to_be_hidden()
    expect(widget.get_by_role("row", selected=True)).to_have_attribute("aria-rowindex", "5")
    value.get_by_role("button", name="Close value").click()
    stage.push()
    expect(value).to_be_hidden()
    stage.eventually(lambda: asked(kernel, "open"), [{"id": 3}, {"id": None}])


def test_the_value_by_keyboard(stage: Stage) -> None:
    kernel = CacheKernel()
    widget = entries(stage, kernel)
    rows(widget).first.focus()
    for key in ("ArrowDown", "Enter"):
        stage.page.keyboard.press(key)
    expect(pane(widget).get_by_role("heading", name=PROMPTS[1][0])).to_be_visible()
    stage.page.keyboard.press("ArrowDown")  # the value follows
    expect(pane(widget).get_by_role("heading", name=PROMPTS[2][0])).to_be_visible()
    stage.eventually(lambda: len(asked(kernel, "value")), 2)
    expect(pane(widget).get_by_text("search_flights")).to_be_visible()
    stage.page.keyboard.press("Enter")
    expect(pane(widget).get_by_role("tabpanel")).to_be_focused()
    stage.page.keyboard.press("Escape")
    expect(widget.get_by_role("row", selected=True)).to_be_focused()
    stage.eventually(lambda: asked(kernel, "open")[:2], [{"id": 1}, {"id": 2}])


def test_an_open_entry_that_is_evicted_is_shown_as_gone(stage: Stage) -> None:
    kernel = CacheKernel()
    widget = entries(stage, kernel)
    prompts(widget).nth(1).click()
    value = pane(widget)
    expect(value.get_by_text("search_flights")).to_be_visible()
    opened = kernel.opened()
    assert opened is not None
    listed(kernel, [0, 2, 3], removed=[1], open={**opened, "gone": True, "version": 2})
    stage.push()
    expect(value.get_by_text("no longer cached")).to_be_visible()
    expect(value.get_by_role("heading", name=PROMPTS[1][0])).to_be_visible()
    expect(value.get_by_text("search_flights")).to_be_visible()
    expect(value.get_by_text("each hit saves 770 ms")).to_be_visible()
    assert len(asked(kernel, "value")) == 1


def test_an_evicted_entry_is_marked_before_it_leaves(stage: Stage) -> None:
    stage.page.clock.install()
    kernel = CacheKernel()
    listed(kernel, [0, 1, 2])
    widget = entries(stage, kernel)
    expect(rows(widget)).to_have_count(3)
    stage.halt()
    listed(kernel, [0, 2], removed=[1])
    stage.push()
    going = rows(widget).nth(1)
    expect(going).to_have_class(re.compile(r"\bdel\b"))
    expect(going.get_by_role("img", name="no longer cached")).to_be_visible()
    stage.page.clock.run_for(2_100)
    expect(rows(widget)).to_have_count(2)
    expect(prompts(widget)).to_have_text([PROMPTS[0][0], PROMPTS[2][0]])


def test_an_evicted_entry_that_is_still_listed_keeps_its_figures(stage: Stage) -> None:
    kernel = CacheKernel()
    listed(kernel, [0, 1, 2])
    widget = entries(stage, kernel)
    expect(rows(widget)).to_have_count(3)
    gone = {**kernel.entry(1), **dict.fromkeys(("hits", "inserted", "used", "load", "tokens", "size"))}
    listed(kernel, [0, 1, 2], removed=[1])
    kernel.over["rows"][1] = gone
    stage.push()
    expect(rows(widget).nth(1)).to_have_class(re.compile(r"\bdel\b"))
    expect(cell(widget, 1, "hits")).to_have_text("450")


def test_hits_and_insertions_are_marked_for_a_moment(stage: Stage) -> None:
    kernel = CacheKernel()
    now = time.time()
    hit = {**kernel.entry(0), "used": now + 30}
    new = {**kernel.entry(1), "inserted": now + 30, "used": None, "hits": 0}
    old = {**kernel.entry(2), "used": now - 60}
    kernel.over = {"listed": 3, "start": 0, "rows": [hit, new, old]}
    widget = entries(stage, kernel)
    expect(rows(widget).nth(0).get_by_role("img")).to_have_accessible_name("just hit")
    expect(rows(widget).nth(1).get_by_role("img")).to_have_accessible_name("just cached")
    expect(rows(widget).nth(2).get_by_role("img")).to_have_count(0)
    kernel.over["rows"] = [{**hit, "used": now - 60}, {**new, "inserted": now - 60}, old]
    stage.push()
    expect(rows(widget).get_by_role("img")).to_have_count(0)


def test_nothing_moves_under_the_pointer(stage: Stage) -> None:
    kernel = CacheKernel()
    kernel.query.update(sort="hits", descending=True)
    listed(kernel, [0, 1, 2, 3])
    widget = entries(stage, kernel)
    expect(rows(widget)).to_have_count(4)
    prompts(widget).nth(2).hover()
    listed(kernel, [3, 2, 0, 1])
    stage.push()
    expect(widget.get_by_text("order held")).to_be_visible()
    expect(prompts(widget)).to_have_text([PROMPTS[i][0] for i in (0, 1, 2, 3)])
    widget.get_by_label("Filter entries").hover()
    expect(prompts(widget)).to_have_text([PROMPTS[i][0] for i in (3, 2, 0, 1)])
    expect(widget.get_by_text("order held")).to_be_hidden()


def test_place_and_open_entry_stay_while_the_list_moves_on(stage: Stage) -> None:
    kernel = CacheKernel(maxsize=None)
    widget = entries(stage, kernel)
    expect(rows(widget)).not_to_have_count(0)
    widget.locator(".rows").evaluate("e => { e.scrollTop = 240 }")
    prompts(widget).filter(has_text="(12)").click()
    expect(pane(widget).get_by_role("heading", name=re.compile(r"\(12\)$"))).to_be_visible()
    widget.get_by_label("Filter entries").hover()
    top = widget.get_by_role("row", selected=True).bounding_box()
    ids = [i for i in range(2_164) if i > 3]  # the oldest four were evicted
    kernel.over = {"listed": len(ids), "start": 0, "rows": [kernel.entry(i) for i in ids[:80]]}
    stage.push()
    expect(widget.get_by_role("row", selected=True)).to_contain_text("(12)")
    expect(widget.get_by_role("row", selected=True)).to_have_attribute("aria-rowindex", "10")
    assert widget.get_by_role("row", selected=True).bounding_box() == top


def test_what_was_asked_for_shows_while_paused(stage: Stage) -> None:
    kernel = CacheKernel()
    widget = entries(stage, kernel)
    expect(prompts(widget).first).to_have_text(PROMPTS[0][0])
    widget.get_by_role("button", name="Live, pause").click()
    head(widget, "Prompt").get_by_role("button").click()
    stage.push()
    expect(prompts(widget).first).to_have_text(re.compile("^<b onclick"))
    prompts(widget).nth(1).click()
    stage.push()
    expect(pane(widget).get_by_text("search_flights")).to_be_visible()


def test_the_entry_of_another_face_is_opened_and_shown(stage: Stage) -> None:
    kernel = CacheKernel()
    widget = shown(stage, kernel)
    widget.get_by_role("button", name=re.compile("message id")).first.click()
    widget.get_by_role("button", name="Show entry").first.click()
    expect(pane(widget).get_by_role("heading", name=PROMPTS[0][0])).to_be_visible()
    expect(widget.get_by_role("row", selected=True)).to_contain_text(PROMPTS[0][0])
    stage.page.keyboard.press("e")
    widget.get_by_role("button", name="Show entry").first.focus()
    stage.page.keyboard.press("Enter")
    expect(widget.get_by_role("row", selected=True)).to_be_focused()  # what had it is hidden now


LLM = (
    dumps({"model_name": "gpt-4o", "temperature": 0.5, "openai_api_key": "sk-abcdefghijklmnopqrstuvwx"})
    + "---[]"
)


def ask(cache: InMemoryCache, question: str) -> None:
    """As a chat model does."""
    prompt = dumps([HumanMessage(question)])
    if cache.lookup(prompt, LLM) is None:
        usage = {"input_tokens": 20, "output_tokens": 7, "total_tokens": 27}
        answer = AIMessage(f"The answer to {question}", usage_metadata=usage)
        cache.update(prompt, LLM, [ChatGeneration(message=answer)])


def test_the_entries_of_a_real_cache(stage: Stage) -> None:
    cache = InMemoryCache(maxsize=40)
    counters = inspect(cache)
    for i in [*range(30), *[7] * 5, 3, 3]:
        ask(cache, f"question {i}")
    assert cache.changes.flush(30)
    widget = stage.show(Real(counters))
    widget.get_by_role("button", name="Entries").click()
    stage.until(widget.get_by_text("1–14 of 30", exact=True))
    expect(prompts(widget).first).to_have_text("question 0")
    expect(cell(widget, 0, "tokens")).to_have_text("27")
    expect(cell(widget, 0, "hits")).to_have_text("0")
    expect(cell(widget, 0, "model")).to_contain_text("gpt-4o")
    assert "sk-abc" not in widget.inner_text()
    head(widget, "Hits").get_by_role("button").click()
    stage.until(prompts(widget).first.filter(has_text="question 7"))
    expect(cell(widget, 0, "hits")).to_have_text("5")
    expect(cell(widget, 1, "hits")).to_have_text("2")
    widget.get_by_label("Filter entries").fill("question 1")
    stage.until(widget.get_by_text("11 of 30 match", exact=True))
    rows(widget).first.click()
    stage.until(pane(widget).get_by_text("The answer to question 1", exact=True))
    expect(pane(widget).get_by_role("tab", name="Messages")).to_have_attribute("aria-selected", "true")
    for i in range(100, 140):
        ask(cache, f"question {i}")  # pushes all others out
    assert cache.changes.flush(30)
    stage.until(pane(widget).get_by_text("no longer cached"))
    expect(pane(widget).get_by_text("The answer to question 1", exact=True)).to_be_visible()
    widget.get_by_label("Filter entries").fill("question 13")
    stage.until(widget.get_by_text("10 of 40 match", exact=True))
    cache.clear()
    assert cache.changes.flush(30)
    widget.get_by_label("Filter entries").fill("")
    stage.until(widget.get_by_role("heading", name="Nothing is cached"))


def test_an_entry_that_is_gone_already_cannot_be_shown(stage: Stage) -> None:
    cache = InMemoryCache()
    widget = stage.show(Real(inspect(cache)))
    for model in ("model a", "model b"):
        cache.lookup("what is the answer to everything in the world?", model)
        cache.update("what is the answer to everything in the world?", model, [Generation(text="42")])
    assert cache.changes.flush(30)
    pattern = widget.locator(".why .row").first
    stage.until(pattern)
    pattern.click()
    show = widget.get_by_role("button", name="Show entry")
    expect(show).to_be_visible()
    cache.clear()
    cache.update("another", "model a", [Generation(text="42")])
    show.click()
    expect(widget.locator(".found")).to_contain_text("That entry is no longer cached")
    expect(widget.locator(".sr[role=status]")).to_have_text("That entry is no longer cached")
    stage.push()
    prompts(widget).first.click()
    expect(widget.locator(".found")).not_to_contain_text("no longer cached")
