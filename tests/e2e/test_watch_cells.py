"""`%%watch` in real JupyterLab: the report is under the cell, live while it runs, and stays."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenNotebook
from tests.e2e.lab import Notebook

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

CELLS = {
    "load": "%load_ext inmem_widgets\n"
    "import asyncio\n"
    "from pathlib import Path\n"
    "from inmem_widgets import InMemoryCache, InMemoryStore\n"
    "store, cache = InMemoryStore(), InMemoryCache()",
    "works": "%%watch store cache\nstore.mset([('doc:1', 1), ('doc:2', 2)])\n"
    "cache.lookup('p', 'm')\n'the value'",
    "waits": "%%watch store\nstore.mset([('first', 1)])\n"
    "while not Path('go on').exists():\n    await asyncio.sleep(0.05)\n"
    "store.mset([('second', 2)])",
    "raises": "%%watch store\nstore.mdelete(['doc:1'])\n1 / 0",
}


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook, lab_folder: Path) -> Notebook:
    made = nbformat.v4.new_notebook()
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made.cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in CELLS.items()]
    file = lab_folder / "watch.ipynb"
    nbformat.write(made, file)
    opened = open_notebook(file)
    opened.run("load")
    opened.wait_until_run("load")
    return opened


def test_the_report_is_under_the_cell(notebook: Notebook) -> None:
    notebook.run("works")
    notebook.wait_until_run("works")
    report = notebook.widget("works")
    expect(report).to_have_count(1)
    expect(report.get_by_role("heading", level=2)).to_have_text(re.compile(r"Cell \[\d+\]"))
    expect(report.locator(".card").first.locator("dd")).to_have_text(["2", "0", "0", "0"])
    expect(report.locator(".card").nth(1)).to_contain_text("Misses: never cached")
    expect(notebook.cell("works")).to_contain_text("the value")
    report.get_by_role("button", name=re.compile("^Added")).click()
    expect(report.get_by_role("table", name="Added")).to_contain_text("doc:2")


def test_live_in_a_cell_that_awaits(notebook: Notebook, lab_folder: Path) -> None:
    notebook.run("waits")
    report = notebook.widget("waits")
    expect(report.get_by_text("Running")).to_be_visible()
    expect(report.locator("dd").first).to_have_text("1")
    report.get_by_role("button", name=re.compile("^Added")).click()
    expect(report.get_by_role("table", name="Added")).to_contain_text("first")
    (lab_folder / "go on").touch()
    notebook.wait_until_run("waits")
    expect(report).to_have_count(1)
    expect(report.locator("dd").first).to_have_text("2")
    expect(report.get_by_text("Running")).to_be_hidden()
    expect(report.get_by_role("table", name="Added")).to_contain_text("second")  # still open


def test_a_cell_that_raises_and_what_is_saved(notebook: Notebook) -> None:
    notebook.run("raises")
    expect(notebook.cell("raises").get_by_text("ZeroDivisionError").first).to_be_visible()
    report = notebook.widget("raises")
    expect(report.locator(".raised")).to_have_text("ZeroDivisionError: division by zero")
    expect(report.locator(".card")).to_contain_text("Deleted")
    notebook.page.wait_for_function(
        "jupyterapp.shell.currentWidget.content.widgets[3].model.executionState === 'idle'"
    )  # what is saved is shown anew when the cell has ended
    notebook.save()
    notebook.page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")
    saved = nbformat.read(notebook.file, as_version=4).cells[3].outputs[0]["data"]
    assert "1 deleted" in saved["text/html"] and "doc:1" in saved["text/html"]
    assert "raised ZeroDivisionError" in saved["text/plain"]
