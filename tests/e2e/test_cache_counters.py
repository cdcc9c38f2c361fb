"""The cache counters' notebook in real JupyterLab: what it promises is on the screen."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import OpenNotebook
from tests.e2e.lab import Notebook

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

STORY = Path(__file__).parents[2] / "notebooks" / "03_cache_counters.ipynb"


@pytest.fixture(scope="module")
def story(open_notebook: OpenNotebook, lab_folder: Path) -> Notebook:
    """Run up to the first day."""
    notebook = open_notebook(Path(shutil.copy(STORY, lab_folder)))
    run(notebook, "model", "cache", "day")
    return notebook


def run(notebook: Notebook, *cells: str) -> None:
    for cell in cells:
        notebook.run(cell)
        notebook.wait_until_run(cell)


def counters_of(notebook: Notebook, cell: str) -> Locator:
    counters = notebook.widget(cell)
    counters.scroll_into_view_if_needed()
    return counters


def figure(counters: Locator, label: str) -> Locator:
    return counters.locator("dl > div").filter(has_text=re.compile(f"^{label}")).locator("dd")


def percent(ratio: float) -> str:
    return f"{100 * ratio:.1f}\u2009%"


def test_figures(story: Notebook) -> None:
    counters = counters_of(story, "cache")
    expect(figure(counters, "Hit ratio")).to_have_text(percent(story.evaluate("day.hit_ratio")))
    expect(figure(counters, "Misses")).to_have_text(str(story.evaluate("day.misses")))
    expect(figure(counters, "Size")).to_have_text(re.compile("^60 of 60, full"))
    expect(figure(counters, "Saved")).to_contain_text("$")


def test_why_they_missed(story: Notebook) -> None:
    counters = counters_of(story, "cache")
    expect(
        counters.get_by_role("heading", name=f"Why {story.evaluate('day.misses')} lookups missed")
    ).to_be_visible()
    temperature = counters.get_by_role("button", name=re.compile("temperature"))
    expect(temperature.first).to_be_visible()
    temperature.first.click()
    expect(counters.get_by_text("0.2").first).to_be_visible()
    expect(counters.get_by_role("button", name=re.compile("number")).first).to_be_visible()


def test_what_if_agrees_with_what_was_measured(story: Notebook) -> None:
    counters = counters_of(story, "cache")
    simulated = counters.get_by_text(f"simulated {story.evaluate('day.hits')} hits = measured")
    more = counters.get_by_text(re.compile("lookups? since$"))
    expect(simulated.or_(more).first).to_be_visible(timeout=30_000)
    if more.is_visible():  # it was begun while the cell was still looking up
        counters.get_by_role("button", name="Run again").click()
    expect(simulated).to_be_visible(timeout=30_000)


def test_count_from_here(story: Notebook) -> None:
    run(story, "why", "mend")
    counters = counters_of(story, "cache")
    expect(figure(counters, "Hit ratio")).to_have_text(percent(story.evaluate("mended.hit_ratio")))
    assert story.evaluate("mended.hit_ratio - day.hit_ratio") > 0.2


def test_a_larger_one_and_a_stampede(story: Notebook) -> None:
    run(story, "whatif", "larger", "stampede")
    assert story.output("stampede").inner_text().startswith("7 answers")
    counters = counters_of(story, "larger")
    expect(counters.get_by_text(re.compile("stampede")).first).to_be_visible()


def test_entries_are_read_as_messages(story: Notebook) -> None:
    run(story, "entries", "belady")
    counters = counters_of(story, "larger")
    counters.get_by_role("button", name="Entries").click()
    counters.get_by_label("Filter entries").fill("stampede")
    rows = counters.locator(".rows [role=row]:not(.blank)")
    expect(rows).to_have_count(1)
    rows.first.click()
    story.page.keyboard.press("Enter")
    expect(counters.get_by_role("tab", name="Messages")).to_be_visible()
    expect(counters.get_by_role("tabpanel")).to_contain_text("Ask about a method.")
