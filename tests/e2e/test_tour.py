"""The tour in real JupyterLab: what the screen says, while cells run and afterwards."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import OpenNotebook
from tests.e2e.lab import Notebook, jupyterlab

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

TOUR = Path(__file__).parents[2] / "notebooks" / "01_tour.ipynb"


@pytest.fixture(scope="module")
def tour(open_notebook: OpenNotebook, lab_folder: Path) -> Notebook:
    """Its pauses are twice as long here, so that a slow machine can keep up with looking."""
    file = lab_folder / TOUR.name
    longer = re.sub(r"time\.sleep\(([\d.]+)\)", r"time.sleep(2 * \1)", TOUR.read_text("utf-8"))
    file.write_text(longer, "utf-8")
    return open_notebook(file)


@pytest.fixture(scope="module")
def finished(tour: Notebook) -> Notebook:
    """The tour, run to its end (by the first test, unless that was left out)."""
    if tour.page.evaluate("jupyterapp.shell.currentWidget.content.widgets[1].model.executionCount") is None:
        tour.run_all()
    tour.wait_until_run("frame")
    return tour


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def test_it_is_live_while_cells_run(tour: Notebook) -> None:
    tour.run_all()

    store = tour.widget("store-widget")
    store.scroll_into_view_if_needed()
    tour.wait_for(
        "Number(cell.querySelector('[role=grid]')?.getAttribute('aria-rowcount')) > 100",
        "store-widget",
        "fill",
    )
    store.get_by_role("row").nth(1).click()
    tour.page.keyboard.press("End")
    selected = "cell.querySelector('[role=row][aria-selected=true]')"
    tour.wait_for(f"Number({selected}?.getAttribute('aria-rowindex')) > 100", "store-widget", "fill")

    tour.widget("cache-widget").scroll_into_view_if_needed()
    hits = "[...cell.querySelectorAll('dt')].find(e => e.textContent.includes('Hits'))?.nextElementSibling"
    tour.wait_for(f"Number({hits}?.textContent) > 0", "cache-widget", "ask")

    tour.widget("saver-widget").scroll_into_view_if_needed()
    tour.wait_for(
        "cell.querySelectorAll('[role=grid] [role=row][aria-selected]').length > 2", "saver-widget", "run"
    )
    tour.wait_until_run("frame")


def test_key_table(finished: Notebook) -> None:
    table = finished.widget("store-widget")
    table.scroll_into_view_if_needed()
    passages = number(finished.output("manual").inner_text().split(" passages")[0])
    keys = passages + 1  # a note was added later
    grid = table.get_by_role("grid")
    expect(grid).to_have_attribute("aria-rowcount", str(keys + 1))
    expect(table.get_by_text(f"{keys:,} keys", exact=True)).to_be_visible()
    grid.get_by_role("row").nth(1).click()
    finished.page.keyboard.press("End")
    expect(grid.get_by_role("row", selected=True)).to_contain_text("notes/second")
    finished.page.keyboard.press("Home")
    expect(grid.get_by_role("row", selected=True)).to_contain_text("manual/assert/")


def test_cache_counters(finished: Notebook) -> None:
    counters = finished.widget("cache-widget")
    counters.scroll_into_view_if_needed()
    names = ("hit_ratio", "hits", "misses", "inserts", "evictions")
    truth = finished.evaluate(f"{{name: getattr(cache.stats(), name) for name in {names}}}")
    assert truth["hits"] > 20
    assert truth["evictions"] == truth["inserts"] - 12 > 20
    expected = {
        "Hit ratio": f"{100 * truth['hit_ratio']:.1f}\u2009%",
        **{label: str(truth[label.lower()]) for label in ("Hits", "Misses", "Evictions")},
        "Size": re.compile("^12 of 12, full"),
    }
    for label, text in expected.items():
        figure = counters.locator("dl > div").filter(has_text=re.compile(f"^{label}")).locator("dd")
        expect(figure).to_have_text(text)
    assert number(finished.output("link").locator("b").inner_text()) == truth["hits"]


def test_checkpoint_timeline(finished: Notebook) -> None:
    timeline = finished.widget("saver-widget")
    timeline.scroll_into_view_if_needed()
    checkpoints = finished.output("frame").locator("tbody tr").count()
    expect(timeline.get_by_text(f"3 threads · {checkpoints} checkpoints")).to_be_visible()
    expect(timeline.locator(".threads").get_by_role("option")).to_have_count(3)

    grid = timeline.get_by_role("grid")
    of_lambdas = finished.output("frame").locator("tbody tr", has_text="lambdas").count()
    expect(grid).to_have_attribute("aria-rowcount", str(of_lambdas + 1))
    expect(grid.get_by_role("row").nth(1)).to_contain_text("publish")
    # the fork and both subgraph runs: lanes beside lanes, those of subgraphs dashed
    lanes = {path.get_attribute("d") for path in grid.locator("svg.lanes path.node").all()}
    assert len({re.match(r"M\s*([\d.]+)", str(d)).group(1) for d in lanes}) >= 3  # type: ignore[union-attr]
    assert grid.locator("svg.lanes path.lane.sub").count() > 0
    expect(grid.get_by_role("row").filter(has_text="update")).to_have_count(1)
    expect(grid.get_by_role("row").filter(has_text="research / tools")).not_to_have_count(0)

    grid.get_by_role("row").nth(1).click()
    expect(timeline.get_by_text(re.compile(r"^messages"))).to_be_visible()
    expect(timeline.get_by_text(re.compile("Published"))).to_be_visible()
    timeline.get_by_role("option", name=re.compile("interrupted")).filter(has_text="imports").click()
    expect(grid.locator(".badge", has_text=re.compile("interrupt", re.IGNORECASE)).first).to_be_visible()


def test_inspector_holds_all_three(finished: Notebook) -> None:
    for name in ("InMemoryByteStore", "InMemoryCache", "InMemorySaver"):
        expect(finished.output("all-widget").get_by_role("heading", name=name)).to_have_count(1)


@pytest.fixture(scope="module")
def saved(finished: Notebook) -> Path:
    finished.save()
    return finished.file


def test_saved_without_state_it_keeps_pictures(saved: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(saved, as_version=4)
    assert "widgets" not in notebook.metadata
    html = tmp_path / "tour.html"
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output", html, saved]
    subprocess.run(command, check=True, capture_output=True)
    text = html.read_text("utf-8")
    assert "manual/assert/" in text
    assert "hit ratio" in text
    assert "checkpoints in 3 threads" in text


@pytest.fixture
def strangers_lab(saved: Path, browser: Browser, tmp_path: Path) -> Iterator[Notebook]:
    """The saved tour opened on a machine that never ran it, and so does not trust it."""
    folder = tmp_path / "received"
    folder.mkdir()
    file = Path(shutil.copy(saved, folder))
    with jupyterlab(folder, tmp_path / "jupyter") as address:
        page = browser.new_page()
        yield Notebook(page, address, file)
        page.close()


def test_an_untrusted_notebook_shows_pictures(strangers_lab: Notebook) -> None:
    table = strangers_lab.output("store-widget").get_by_role("table")
    expect(table).to_contain_text("Key")
    expect(strangers_lab.widget("store-widget")).to_have_count(0)
    expect(strangers_lab.output("cache-widget").get_by_role("table")).to_contain_text("hit ratio")
    expect(strangers_lab.output("saver-widget").get_by_text("checkpoints in")).to_be_visible()
