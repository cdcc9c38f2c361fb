"""The notebook of what is already there, in real JupyterLab: objects of LangGraph's and LangChain's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import OpenNotebook
from tests.e2e.lab import Notebook

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

STORY = Path(__file__).parents[2] / "notebooks" / "05_watch_what_you_have.ipynb"


@pytest.fixture(scope="module")
def story(open_notebook: OpenNotebook, lab_folder: Path) -> Notebook:
    """Run up to the moment when the allergy is written and deleted again, with the table open."""
    notebook = open_notebook(Path(shutil.copy(STORY, lab_folder)))
    for cell in ("assistant", "load", "yesterday", "inspect", "today", "again"):
        notebook.run(cell)
        notebook.wait_until_run(cell)
    return notebook


def shown(notebook: Notebook, cell: str) -> Locator:
    widget = notebook.widget(cell)
    widget.scroll_into_view_if_needed()
    return widget


def test_the_report_of_a_cell_says_what_was_deleted_and_by_whom(story: Notebook) -> None:
    report = shown(story, "yesterday")
    section = report.get_by_role("button", name="added and deleted again")
    expect(section).to_be_visible()
    section.click()
    expect(report.get_by_text("tidy").first).to_be_visible()
    expect(report.get_by_text("checkpoints").first).to_be_visible()


def test_the_table_of_a_long_term_memory_travels(story: Notebook) -> None:
    table = shown(story, "inspect")
    keys = table.get_by_role("grid", name="Keys")
    expect(keys.get_by_text("live-in-Bergen", exact=True)).to_be_visible()
    table.get_by_role("button", name="Log", exact=True).click()
    log = table.get_by_role("grid", name="Changes")
    deleted = log.get_by_role("row").filter(has_text="tidy").first
    expect(deleted).to_be_visible()
    expect(keys.get_by_text("am-allergic-to-nuts", exact=True)).to_have_count(0)
    log.get_by_role("row").filter(has_text="remember").first.click()
    table.get_by_role("button", name="Show the state then").click()
    expect(keys.get_by_text("am-allergic-to-nuts", exact=True)).to_be_visible()
    assert story.evaluate("table.travel") == story.evaluate("int(log.number.iloc[-2])")
    table.get_by_role("button", name="Back to now").click()
    expect(keys.get_by_text("am-allergic-to-nuts", exact=True)).to_have_count(0)
    assert story.evaluate("table.travel") is None


def test_a_checkpoint_shows_what_stores_did_in_its_step(story: Notebook) -> None:
    for cell in ("cache", "ask", "timeline"):
        story.run(cell)
        story.wait_until_run(cell)
    timeline = shown(story, "timeline")
    timeline.get_by_role("row").filter(has_text="answer").first.click()
    timeline.get_by_role("tab", name="Stores").click()
    expect(timeline.get_by_text("cache", exact=False).first).to_be_visible()


def test_a_recording_opens_the_same_views(story: Notebook) -> None:
    story.run("record")
    story.wait_until_run("record")
    again = story.output("record").first
    again.scroll_into_view_if_needed()
    expect(again.get_by_role("grid", name="Keys").get_by_text("people/•••/")).to_be_visible()
    assert not story.evaluate("re.search(r'(?i)\\bada\\b', path.read_text())")
    story.run("detach")
    story.wait_until_run("detach")
    assert story.evaluate("type(memory).__module__") == "langgraph.store.memory"
    expect(shown(story, "inspect").get_by_text("No longer watched", exact=True)).to_be_visible()
    expect(story.widget("inspect").get_by_role("grid", name="Keys")).to_be_visible()
