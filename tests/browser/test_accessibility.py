"""axe-core finds nothing, in three themes and in every state of the frame."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import states
from tests.browser.keykernel import KeyKernel
from tests.browser.stage import Scripted, Stage

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent.parent.parent / "js" / "node_modules" / "axe-core" / "axe.min.js"


def open_key() -> KeyKernel:
    """All that can be shown at once: a value, a selection, a narrowed list."""
    query = {"types": ["json", "dict"], "namespace": "prod:sess:", "sort": "size"}
    return states.key_table(editable=True, open_id=1, selection=[1, 2], query=query)


WIDGETS: dict[str, Callable[[], Scripted]] = {
    "keys": open_key,
    "keys-empty": lambda: states.key_table(0),
    "cache": states.cache_counters,
    "cache-empty": lambda: states.cache_counters(lookups=False),
    "timeline": states.timeline,
    "timeline-empty": lambda: states.timeline(threads=False),
}


def violations(stage: Stage) -> list[str]:
    stage.page.evaluate(AXE.read_text("utf-8"))
    result: dict[str, Any] = stage.page.evaluate("axe.run('#stage')")
    return [
        f"{found['id']}: {node['html'][:200]}\n  {node['failureSummary']}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


def settled(stage: Stage, kernel: Scripted, **options: Any) -> Locator:
    widget = stage.show(kernel, **options)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    if kernel.bundle == "checkpoint_timeline" and kernel.traits["state"]["size"]:
        expect(widget.get_by_role("tab", name="State")).to_be_visible()
    return widget


@pytest.mark.parametrize("theme", ["light", "dark", "forced-colors"])
@pytest.mark.parametrize("name", WIDGETS)
def test_no_violations(stage: Stage, name: str, theme: str) -> None:
    if theme == "forced-colors":
        stage.page.emulate_media(forced_colors="active")
    stage.theme("dark" if theme == "dark" else "light")
    settled(stage, WIDGETS[name]())
    assert violations(stage) == []


@pytest.mark.parametrize("name", ["keys", "cache", "timeline"])
def test_no_violations_when_narrow(stage: Stage, name: str) -> None:
    settled(stage, WIDGETS[name](), width=420)
    assert violations(stage) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_violations_paused_or_disconnected(stage: Stage, theme: str) -> None:
    stage.theme(theme)
    stage.page.clock.install()
    paused = settled(stage, states.key_table(5))
    paused.get_by_role("button", name="Live, pause").click()
    lost = settled(stage, states.key_table(5))
    stage.deaf(lost)
    for _ in range(4):
        stage.page.clock.run_for(5_000)
    expect(lost.get_by_role("button", name="Reconnect")).to_be_visible()
    stage.page.clock.resume()
    assert violations(stage) == []


@pytest.mark.parametrize("name", ["keys", "cache", "timeline"])
def test_all_that_takes_the_focus_shows_it(stage: Stage, name: str) -> None:
    widget = settled(stage, WIDGETS[name]())
    seen = 0
    stage.page.keyboard.press("Tab")
    while widget.evaluate("element => element.contains(document.activeElement)"):
        # a field may show it round all that is in it
        shows = stage.page.evaluate(
            """() => [document.activeElement, document.activeElement.closest('.field')]
                .some(at => at && getComputedStyle(at).outlineStyle !== 'none')"""
        )
        assert shows, stage.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        seen += 1
        stage.page.keyboard.press("Tab")
    assert seen >= 2


def test_nothing_moves_where_motion_is_not_wanted(stage: Stage) -> None:
    stage.page.emulate_media(reduced_motion="reduce")
    widget = settled(stage, states.key_table(5))
    button = widget.get_by_role("button", name="Live, pause")
    assert button.evaluate("e => getComputedStyle(e).transitionDuration") == "0s"


OPENED: dict[str, Callable[[Locator], None]] = {
    "space": lambda w: w.get_by_role("button", name="Space", exact=True).click(),
    "feed": lambda w: w.get_by_role("button", name="Latest changes").click(),
    "facets": lambda w: w.get_by_role("button", name="Types and sizes").click(),
    "menu": lambda w: w.get_by_role("button", name="More actions").click(),
    "problem": lambda w: (
        w.get_by_label("How the filter is read").select_option("regex"),
        w.get_by_label("Filter keys").fill("pro(d"),
        expect(w.get_by_text("at character")).to_be_visible(),
    )[0],
    "no match": lambda w: w.get_by_label("Filter keys").fill("nowhere"),
    "confirm": lambda w: (w.locator(".rows [tabindex='0']").focus(), w.page.keyboard.press("Delete"))[0],
    "help": lambda w: (w.locator(".rows [tabindex='0']").focus(), w.page.keyboard.press("?"))[0],
}


SEEN = {
    "space": ".space",
    "feed": ".feed",
    "facets": ".facets .sizes",
    "menu": ".menu .item >> nth=0",
    "problem": ".problem .at",
    "no match": ".nomatch",
    "confirm": ".bulk.warn",
    "help": ".helping",
}


CACHE_OPENED: dict[str, Callable[[Locator], None]] = {
    ".unfolded .diffs": lambda w: w.get_by_role("button", name="date and number").click(),
    ".unfolded .prompt": lambda w: w.get_by_role("button", name="evicted 1,204").first.click(),
    ".box.saved": lambda w: w.locator(".hero").get_by_role("button").click(),
    ".box.rates": lambda w: w.get_by_role("button", name="lookups/s").click(),
    ".since.on": lambda w: w.get_by_role("button", name="Count from here").click(),
    ".menu .item >> nth=0": lambda w: w.get_by_role("button", name="More actions").click(),
}


@pytest.mark.parametrize("theme", ["light", "dark", "forced-colors"])
def test_no_violations_in_what_a_cache_opens(stage: Stage, theme: str) -> None:
    if theme == "forced-colors":
        stage.page.emulate_media(forced_colors="active")
    stage.theme("dark" if theme == "dark" else "light")
    found: list[str] = []
    for seen, opens in CACHE_OPENED.items():
        widget = settled(stage, states.cache_counters())
        opens(widget)
        expect(widget.locator(seen)).to_be_visible()
        found += [f"{seen}: {violation}" for violation in violations(stage)]
        stage.end(widget)
    assert found == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_violations_in_what_opens(stage: Stage, theme: str) -> None:
    stage.theme(theme)
    found: list[str] = []
    for name, opens in OPENED.items():
        widget = settled(stage, open_key())
        opens(widget)
        expect(widget.locator(SEEN[name])).to_be_visible()
        found += [f"{name}: {violation}" for violation in violations(stage)]
        stage.end(widget)
    assert found == []
