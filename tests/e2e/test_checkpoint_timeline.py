"""The timeline's notebook in real JupyterLab: what it promises is on the screen."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import OpenNotebook
from tests.e2e.lab import Notebook

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

STORY = Path(__file__).parents[2] / "notebooks" / "04_checkpoint_timeline.ipynb"


@pytest.fixture(scope="module")
def story(open_notebook: OpenNotebook, lab_folder: Path) -> Notebook:
    """Run up to the interrupt."""
    notebook = open_notebook(Path(shutil.copy(STORY, lab_folder)))
    run(notebook, "agent", "timeline", "run")
    return notebook


def run(notebook: Notebook, *cells: str) -> None:
    for cell in cells:
        notebook.run(cell)
        notebook.wait_until_run(cell)


def timeline_of(notebook: Notebook, cell: str = "timeline") -> Locator:
    timeline = notebook.widget(cell)
    timeline.scroll_into_view_if_needed()
    return timeline


def row(timeline: Locator, text: str) -> Locator:
    return timeline.locator(".rows [role=row]:not(.blank)").filter(has_text=text).first


def test_the_run_is_seen_with_its_subgraph_and_what_it_asks(story: Notebook) -> None:
    timeline = timeline_of(story)
    expect(row(timeline, "interrupt: Book for 43680 EUR?")).to_be_visible()
    expect(row(timeline, "guide / shorten")).to_be_visible()
    expect(timeline.get_by_role("button", name="Resume")).to_be_visible()


def test_the_first_wrong_checkpoint_is_chosen_and_blamed(story: Notebook) -> None:
    run(story, "watch")
    timeline = timeline_of(story)
    chosen = timeline.locator(".rows [role=row][aria-selected=true]")
    expect(chosen).to_contain_text("planner")
    timeline.get_by_role("tab", name="Diff").click()
    panel = timeline.get_by_role("tabpanel")
    expect(panel).to_contain_text("312")
    expect(panel.get_by_role("button", name=re.compile("planner · step 1")).first).to_be_visible()


def test_it_forks_from_there_and_goes_on(story: Notebook) -> None:
    run(story, "fork")
    timeline = timeline_of(story)
    expect(row(timeline, "interrupt: Book for 420 EUR?")).to_be_visible()
    expect(row(timeline, "edited plan.nights")).to_be_visible()
    assert story.output("fork").inner_text().strip() == "420.0"


def test_the_answer_is_given_in_the_view(story: Notebook) -> None:
    timeline = timeline_of(story)
    row(timeline, "interrupt: Book for 420 EUR?").click()
    timeline.get_by_role("button", name="Resume").click()
    sheet = timeline.get_by_role("dialog", name="Resume")
    sheet.get_by_label(re.compile("^Book for 420 EUR")).fill("true")
    sheet.get_by_role("button", name="Resume").click()
    expect(row(timeline, "book")).to_be_visible()
    expect(timeline.get_by_text("Resumed: done")).to_be_visible()


def test_scrubbing_shows_each_state(story: Notebook) -> None:
    timeline = timeline_of(story)
    timeline.get_by_role("tab", name="State").click()
    row(timeline, "tools").click()
    head = timeline.locator(".phead")
    expect(head).to_contain_text("tools")
    for node in ("agent", "update"):
        story.page.keyboard.press("ArrowDown")
        expect(head).to_contain_text(node)


def test_the_rest_of_the_story(story: Notebook) -> None:
    # it was answered above
    run(story, "branches", "selection", "weight", "file", "foreign", "clean", "apply")
    expect(story.output("file").last).to_have_text("True")
    foreign = timeline_of(story, "foreign")
    expect(row(foreign, "interrupt: Book for 43680 EUR?")).to_be_visible()
    assert story.output("apply").inner_text().strip() == "1"
    expect(timeline_of(story).get_by_text(re.compile("1 thread · 1 checkpoint"))).to_be_visible()
