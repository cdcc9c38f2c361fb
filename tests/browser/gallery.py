"""Pictures of the three widgets as built, to look at: python -m tests.browser.gallery FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.ensure_browser import ensure
from tests.browser import states
from tests.browser.stage import Stage

WIDTH = {"light": 900, "dark": 900, "narrow": 420, "wide": 1600}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    widgets = {
        "keys": lambda: states.key_table(open_id=1),
        "keys-filtered": lambda: states.key_table(query={"filter": "prod:*", "types": ["json"]}),
        "keys-editable": lambda: states.key_table(open_id=1, selection=[1, 2, 3], editable=True),
        "keys-few": lambda: states.key_table(3),
        "keys-empty": lambda: states.key_table(0),
        "cache": states.cache_counters,
        "cache-unbounded": lambda: states.cache_counters(maxsize=None),
        "cache-empty": lambda: states.cache_counters(lookups=False),
        "timeline": states.timeline,
        "timeline-empty": lambda: states.timeline(threads=False),
    }
    wanted = set(sys.argv[2:])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure(), args=["--no-sandbox"])
        for variant, width in WIDTH.items():
            for name, make in widgets.items():
                if wanted and name not in wanted:
                    continue
                page = browser.new_page(viewport={"width": width + 16, "height": 700}, device_scale_factor=2)
                page.on("pageerror", lambda error: print("page error:", error, file=sys.stderr))
                page.on("console", lambda message: print("console:", message.text, file=sys.stderr))
                stage = Stage(page)
                stage.theme("dark" if variant == "dark" else "light")
                widget = stage.show(make())
                widget.get_by_role("button", name="Live, pause").wait_for()
                widget.screenshot(path=folder / f"{name}-{variant}.png")
                page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
