"""What is read can be read now: the button, the request, and what it finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_classic.storage import LocalFileStore
from langgraph.store.memory import InMemoryStore as LongTerm
from playwright.sync_api import expect

from inmem_widgets import InMemoryStore, inspect
from inmem_widgets.widgets.base import InspectorWidget
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser


def test_read_now_shows_what_another_process_wrote(stage: Stage, tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    store.mset([("a", b"1")])
    table = inspect(store, refresh=None)
    assert isinstance(table, InspectorWidget)
    widget = stage.show(Real(table))
    now = widget.get_by_role("button", name="Read now")
    stage.until(now)
    expect(widget.locator(".watchline")).to_contain_text("watched in place")
    told = widget.get_by_text("watched in place").get_attribute("title")
    assert told is not None and "stays the one you have" in told
    (tmp_path / "b").write_bytes(b"elsewhere")
    now.click()
    stage.until(widget.get_by_text("elsewhere"))
    store.mset([("c", b"3")])
    widget.get_by_role("button", name="Log", exact=True).click()
    stage.until(widget.locator(".log .rows [role=row]").first)
    widget.get_by_role("slider", name="Moment").press("Home")
    stage.until(widget.get_by_role("group", name="The past"))
    expect(now).to_be_hidden()  # what is shown stays as it was


def test_nothing_is_read_of_what_tells_itself(stage: Stage) -> None:
    widget = stage.show(Real(inspect(InMemoryStore())))
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    expect(widget.get_by_role("button", name="Read now")).to_have_count(0)


def test_a_namespace_of_one_key_is_named_so(stage: Stage) -> None:
    store = LongTerm()
    store.put(("people", "ada"), "city", {"v": "Bergen"})
    widget = stage.show(Real(inspect(store)))
    stage.until(widget.get_by_role("treeitem", name="people 1 key", exact=True))
    expect(widget.get_by_role("treeitem", name="All keys 1 key", exact=True)).to_be_visible()
