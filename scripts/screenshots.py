"""Make the README's pictures from the real notebook: python -m scripts.screenshots."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from scripts.ensure_browser import ensure
from tests.e2e.lab import Notebook, jupyterlab

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "img"
CELLS = {
    "store-widget": "key-table",
    "cache-widget": "cache-counters",
    "saver-widget": "checkpoint-timeline",
}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure(), args=["--no-sandbox"])
        for name, theme in THEMES.items():
            with TemporaryDirectory() as folder:
                served = Path(folder, "notebooks")
                shutil.copytree(ROOT / "notebooks", served)
                with jupyterlab(served, Path(folder, "jupyter"), theme=theme) as address:
                    page = browser.new_page(viewport={"width": 1100, "height": 1000}, device_scale_factor=1.5)
                    take(Notebook(page, address, served / "01_tour.ipynb"), name)
                    page.close()
        browser.close()


def take(notebook: Notebook, theme: str) -> None:
    notebook.run_all()
    for cell, picture in CELLS.items():
        widget = notebook.widget(cell)
        if cell == "store-widget":  # while it fills, so that marks are seen
            notebook.wait_for("cell.textContent.includes('1,')", cell, "fill")
        elif cell == "cache-widget":
            notebook.wait_until_run("ask")
        else:
            notebook.wait_until_run("frame")
        widget.scroll_into_view_if_needed()
        widget.screenshot(path=PICTURES / f"{picture}-{theme}.png")


if __name__ == "__main__":
    main()
