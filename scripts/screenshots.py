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
                    page = browser.new_page(
                        viewport={"width": 1100, "height": 1000}, device_scale_factor=1.25
                    )
                    take(Notebook(page, address, served / "01_tour.ipynb"), name)
                    page.close()
        browser.close()


def take(notebook: Notebook, theme: str) -> None:
    def picture(cell: str) -> None:
        widget = notebook.widget(cell)
        widget.scroll_into_view_if_needed()
        widget.get_by_role("button", name="Live, pause").wait_for()
        widget.screenshot(path=PICTURES / f"{CELLS[cell]}-{theme}.png")

    notebook.run_all()
    notebook.widget("store-widget").scroll_into_view_if_needed()
    notebook.wait_for("/[1-9],[0-9]{3} keys/.test(cell.textContent)", "store-widget", "fill")
    picture("store-widget")  # in the midst of it, with marks on what is new
    notebook.wait_until_run("frame")
    picture("saver-widget")
    for _ in range(5):  # a longer history for the chart
        notebook.run("ask")
        notebook.wait_until_run("ask")
    notebook.widget("cache-widget").get_by_role("button", name="1 min").click()
    notebook.wait_for(
        "cell.querySelector('.bar-hit').getAttribute('d').split('M').length > 15", "cache-widget"
    )
    picture("cache-widget")


if __name__ == "__main__":
    main()
