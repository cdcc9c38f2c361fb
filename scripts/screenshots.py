"""Make the README's pictures from the real notebooks: python -m scripts.screenshots."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from scripts.ensure_browser import ensure
from tests.e2e.lab import Notebook, jupyterlab

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "img"
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
                    timeline(Notebook(page, address, served / "04_checkpoint_timeline.ipynb"), name)
                    keys(Notebook(page, address, served / "02_key_table.ipynb"), name)
                    log(Notebook(page, address, served / "05_watch_what_you_have.ipynb"), name)
                    page.close()
                    # the busiest picture, in fewer pixels: a smaller file
                    page = browser.new_page(viewport={"width": 1050, "height": 1000})
                    counters(Notebook(page, address, served / "03_cache_counters.ipynb"), name)
                    page.close()
        browser.close()


def timeline(notebook: Notebook, theme: str) -> None:
    for cell in ("agent", "timeline", "run", "watch", "fork"):
        notebook.run(cell)
        notebook.wait_until_run(cell)
    widget = notebook.widget("timeline")
    widget.scroll_into_view_if_needed()
    rows = widget.locator(".rows [role=row]:not(.blank)")
    rows.filter(has_text="edited plan.nights").first.click()
    widget.get_by_role("tab", name="Diff").click()
    widget.get_by_role("tabpanel").get_by_text("312").wait_for()
    widget.screenshot(path=PICTURES / f"checkpoint-timeline-{theme}.png")


def counters(notebook: Notebook, theme: str) -> None:
    for cell in ("model", "cache", "day", "mend"):
        notebook.run(cell)
        notebook.wait_until_run(cell)
    notebook.evaluate("counters.mark(False)")
    widget = notebook.widget("cache")
    widget.scroll_into_view_if_needed()
    widget.get_by_role("button", name="Run again").click()
    widget.get_by_text("= measured").wait_for()
    widget.get_by_role("button", name=re.compile("temperature")).first.click()
    widget.locator("ins").first.wait_for()
    widget.screenshot(path=PICTURES / f"cache-counters-{theme}.png")


def keys(notebook: Notebook, theme: str) -> None:
    for cell in ("passages", "embed", "table"):
        notebook.run(cell)
        notebook.wait_until_run(cell)
    table = notebook.widget("table")
    table.scroll_into_view_if_needed()
    space = table.get_by_role("button", name="Space", exact=True)
    space.click()
    table.get_by_text("Bytes by namespace").wait_for()
    notebook.wait_for("!cell.querySelector('.space [role=progressbar]:not([hidden])')", "table")
    table.locator(".space").screenshot(path=PICTURES / f"key-space-{theme}.png")
    space.click()
    notebook.run("by-size")
    notebook.wait_until_run("by-size")
    table.scroll_into_view_if_needed()
    table.locator(".rows [role=row]:not(.blank)").nth(2).click()
    notebook.page.keyboard.press("Enter")
    table.get_by_role("tab", name="vector").wait_for()
    tree = table.get_by_role("tree", name="Namespaces")
    tree.get_by_role("treeitem", name=re.compile("^large")).locator(".twisty, .i").first.click()
    tree.get_by_role("treeitem", name=re.compile("^encodings")).wait_for()
    table.screenshot(path=PICTURES / f"key-table-{theme}.png")


def log(notebook: Notebook, theme: str) -> None:
    for cell in ("assistant", "load", "yesterday", "inspect", "today", "again"):
        notebook.run(cell)
        notebook.wait_until_run(cell)
    report = notebook.widget("yesterday")
    report.scroll_into_view_if_needed()
    report.get_by_role("button", name="added and deleted again").click()
    report.get_by_text("step 10").first.wait_for()
    report.screenshot(path=PICTURES / f"report-{theme}.png")
    table = notebook.widget("inspect")
    table.scroll_into_view_if_needed()
    table.get_by_role("button", name="Namespaces", exact=True).click()  # two keys need no tree
    table.get_by_role("button", name="Log", exact=True).click()
    changes = table.get_by_role("grid", name="Changes").get_by_role("row")
    changes.filter(has_text="remember").first.click()
    table.get_by_role("button", name="Show the state then").click()
    table.get_by_role("button", name="Back to now").wait_for()
    table.screenshot(path=PICTURES / f"log-{theme}.png")


if __name__ == "__main__":
    main()
