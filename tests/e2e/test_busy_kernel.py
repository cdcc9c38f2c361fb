"""What the key table does while a cell runs, and what it leaves behind.

The busy cell writes until the test has seen enough: it ends when a file appears.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from tests.e2e.conftest import OpenNotebook
from tests.e2e.lab import Notebook

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

CELLS = {
    "show": """
from inmem_widgets import InMemoryStore, inspect
store = InMemoryStore()
store.mset([(f"filed/{n:06}", n) for n in range(100_000)])
inspect(store)
""",
    "busy": """
import time
from pathlib import Path
beat = 0
while not Path("enough").exists():
    beat += 1
    store.mset([("filed/000000", f"beat {beat}")])
    time.sleep(0.02)
""",
    "views": """
import gc
from inmem_widgets import KeyTable
gc.collect()
[len(table._sessions) for table in gc.get_objects() if isinstance(table, KeyTable) and table._sessions]
""",
}


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook, lab_folder: Path) -> Iterator[Notebook]:
    file = lab_folder / "busy.ipynb"
    spec = {"name": "python3", "display_name": "Python 3"}
    cells = [new_code_cell(source.strip(), id=cell_id) for cell_id, source in CELLS.items()]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": spec}), file)  # type: ignore[no-untyped-call]
    opened = open_notebook(file)
    opened.run("show")
    opened.wait_until_run("show")
    yield opened
    (lab_folder / "enough").touch()


def test_scrolls_and_updates_while_a_cell_runs(notebook: Notebook, lab_folder: Path) -> None:
    grid = notebook.widget("show").get_by_role("grid")
    expect(grid).to_have_attribute("aria-rowcount", "100001")
    notebook.run("busy")
    notebook.wait_for("cell.querySelector('[role=grid]').textContent.includes('beat 2')", "show", "busy")

    grid.get_by_role("row").nth(1).click()
    for key, shown in (("End", "099999"), ("Home", "000000"), ("PageDown", "000010")):
        notebook.page.keyboard.press(key)
        notebook.wait_for(
            f"cell.querySelector('[role=grid] .rows').textContent.includes('{shown}')", "show", "busy"
        )
    (lab_folder / "enough").touch()
    notebook.wait_until_run("busy")


def test_running_the_cell_again_leaves_one_live_view(notebook: Notebook) -> None:
    for _ in range(2):
        notebook.run("show")
        notebook.wait_until_run("show")
        expect(notebook.widget("show")).to_have_count(1)
        expect(notebook.widget("show").get_by_text(re.compile("^Live"))).to_be_visible()
    notebook.run("views")
    notebook.wait_until_run("views")
    expect(notebook.output("views")).to_have_text("[1]")
