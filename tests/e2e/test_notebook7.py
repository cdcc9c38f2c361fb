"""The key table in Notebook 7."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, expect

from tests.e2e.lab import Notebook, jupyterlab

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

SHOW = """
from inmem_widgets import InMemoryStore, inspect
store = InMemoryStore()
store.mset([(f"filed/{n:04}", {"n": n}) for n in range(1_000)])
inspect(store)
"""


@pytest.fixture
def notebook(browser: Browser, tmp_path: Path) -> Iterator[Notebook]:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    file = folder / "show.ipynb"
    spec = {"name": "python3", "display_name": "Python 3"}
    cells = [new_code_cell(SHOW.strip(), id="show")]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": spec}), file)  # type: ignore[no-untyped-call]
    with jupyterlab(folder, tmp_path / "jupyter", app="notebook") as address:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        opened = Notebook(page, address, file)
        opened.run("show")
        opened.wait_until_run("show")
        yield opened
        page.close()


def test_finds_opens_and_keeps_its_keys_to_itself(notebook: Notebook) -> None:
    table = notebook.widget("show")
    rows = table.locator(".rows [role=row]:not(.blank)")
    table.get_by_label("Filter keys").fill("*/0042")
    expect(rows).to_have_count(1)
    rows.first.click()
    notebook.page.keyboard.press("Enter")
    expect(table.get_by_role("tabpanel")).to_contain_text("42")
    rows.first.click()
    for key in ("a", "b", "d", "d"):  # add a cell, add one below, delete it
        notebook.page.keyboard.press(key)
    assert notebook.page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length") == 1
