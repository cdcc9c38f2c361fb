"""What cannot be known or told has no controls, and nothing is watched for in the past."""

from __future__ import annotations

import pytest
from langchain_core.caches import InMemoryCache as TheirCache
from langgraph.store.memory import InMemoryStore as LongTermMemory
from playwright.sync_api import expect

from tests.browser import states
from tests.browser.logkernel import Book, logged, opened
from tests.browser.stage import Real, Stage
from tests.observables.taps.test_caches import Own

pytestmark = pytest.mark.browser


def test_a_simulation_that_cannot_be_is_not_offered(stage: Stage) -> None:
    from inmem_widgets import inspect

    cache = Own()
    counters = inspect(cache)
    for n in range(5):
        cache.lookup(f"prompt {n}", "model")
    widget = stage.show(Real(counters))
    expect(widget.get_by_text("What other sizes would do cannot be told")).to_be_visible()
    expect(widget.get_by_role("button", name="Run", exact=True)).to_be_hidden()
    expect(widget.get_by_text("lookups since", exact=False)).to_be_hidden()
    counters.close()


def test_an_empty_object_that_is_not_ours_is_offered_no_line_of_ours(stage: Stage) -> None:
    from inmem_widgets import inspect

    memory, cache = LongTermMemory(), TheirCache(maxsize=3)  # which has no mset
    for obj, head in ((memory, "No keys yet"), (cache, "No lookups yet")):
        shown = inspect(obj)
        widget = stage.show(Real(shown))
        expect(widget.get_by_role("heading", name=head)).to_be_visible()
        expect(widget.get_by_role("button", name="Copy", exact=True)).to_be_hidden()
        if obj is cache:
            expect(widget.locator(".summary")).to_have_text("FIFO · 0 lookups")
        stage.end(widget)
        shown.close()


def test_the_past_is_not_being_watched(stage: Stage) -> None:
    widget = opened(stage, logged(states.cache_counters(), Book("cache", 20)))
    expect(widget.get_by_text("watching for")).to_be_visible()
    widget.get_by_role("button", name="Step back").click()
    expect(widget.get_by_role("group", name="The past")).to_be_visible()
    expect(widget.get_by_text("watching for")).to_be_hidden()


def test_a_search_that_goes_on_says_so(stage: Stage) -> None:
    book = Book("store", 20, progress=0.4, matching=0)
    kernel = logged(states.key_table(14), book)
    widget = opened(stage, kernel)
    widget.get_by_label("Filter changes").fill("nowhere")
    expect(widget.get_by_text("Looking for changes that match: none found so far")).to_be_visible()
    expect(widget.get_by_text("looking 40", exact=False)).to_be_visible()
    book.over = {}
    stage.push()
    expect(widget.get_by_text("No change matches")).to_be_visible()
