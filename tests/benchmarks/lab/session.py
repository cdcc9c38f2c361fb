"""A JupyterLab to measure in: notebooks of a few cells, each in a page and a kernel of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import sync_playwright

from scripts.ensure_browser import ensure
from tests.e2e.lab import Notebook, jupyterlab

ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("page.js")
PREAMBLE = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from inmem_widgets import inspect
from tests.benchmarks.lab import kernel
"""


class Measured(Notebook):
    """A notebook whose page has `bench` (page.js)."""

    def call(self, method: str, *args: Any) -> Any:
        """What a function of `bench` returns."""
        return self.page.evaluate(f"args => bench.{method}(...args)", list(args))

    def run_through(self, cell: str) -> None:
        self.run(cell)
        self.wait_until_run(cell)

    def display(self, cell: str) -> dict[str, float]:
        found: dict[str, float] = self.call("display", self.ids.index(cell))
        self.wait_until_run(cell)
        return found

    def restart(self) -> None:
        self.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self.page.wait_for_function(
            "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
        )

    def heap(self) -> int:
        """Bytes of JavaScript objects in the page, after collecting garbage."""
        devtools = self.page.context.new_cdp_session(self.page)
        for _ in range(2):
            devtools.send("HeapProfiler.collectGarbage")
        used: int = devtools.send("Runtime.getHeapUsage")["usedSize"]
        devtools.detach()
        return used


class Lab:
    def __init__(self, folder: Path, address: str, browser: Any) -> None:
        self.folder = folder
        self._address = address
        self._browser = browser
        self._made = 0

    @contextmanager
    def notebook(self, cells: Mapping[str, str]) -> Iterator[Measured]:
        """Cells by their ids. The preamble is run before them, with the first one."""
        self._made += 1
        file = self.folder / f"{self._made}.ipynb"
        first = next(iter(cells))
        made = [
            new_code_cell((PREAMBLE if name == first else "") + source, id=name)
            for name, source in cells.items()
        ]
        spec = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(new_notebook(cells=made, metadata={"kernelspec": spec}), file)
        page = self._browser.new_page(viewport={"width": 1280, "height": 1000})
        page.add_init_script(path=SCRIPT)
        notebook = Measured(page, self._address, file)
        try:
            yield notebook
        finally:
            page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
            page.close()


@contextmanager
def lab() -> Iterator[Lab]:
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        sync_playwright() as playwright,
    ):
        served = Path(folder, "notebooks")
        served.mkdir()
        browser = playwright.chromium.launch(executable_path=ensure(), args=["--no-sandbox"])
        with jupyterlab(served, Path(folder, "jupyter")) as address:
            yield Lab(served, address, browser)
        browser.close()
