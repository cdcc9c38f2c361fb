"""Widgets on one page: the style sheet of one changes nothing in another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import states
from tests.browser.logkernel import Book, logged, opened
from tests.browser.stage import STATIC, Real, Stage
from tests.browser.test_watch_report import entry, worked

pytestmark = pytest.mark.browser

STYLES = sorted(STATIC.glob("*.css"))
LOOKS = """
([id, sheets]) => {
  const looks = () => [...document.querySelectorAll(`#${id} .imw, #${id} .imw *`)].map((e) => {
    if (!e.checkVisibility()) return `${e.tagName} ${e.getAttribute("class")} hidden`;
    const { x, y, width, height } = e.getBoundingClientRect();
    const { x: left, y: top } = e.parentElement.getBoundingClientRect();
    const { color, backgroundColor, fontSize, fontWeight, borderColor, textDecoration } = getComputedStyle(e);
    const box = [x - left, y - top, width, height].map((n) => Math.round(4 * n) / 4);
    return [e.tagName, e.getAttribute("class"), ...box, color, backgroundColor, fontSize, fontWeight,
            borderColor, textDecoration].join(" ");
  });
  const alone = looks();
  const differ = [];
  for (const [name, css] of sheets) for (const place of ["prepend", "append"]) {
    const style = document.createElement("style");
    style.textContent = css;
    document.body[place](style);
    const now = looks();
    for (const [i, look] of alone.entries())
      if (look !== now[i]) differ.push(`${name} ${place}: ${look} -> ${now[i]}`);
    style.remove();
  }
  return differ;
}
"""


def report(stage: Stage, **options: Any) -> Locator:
    widget = stage.show(Real(worked()[0].widget), **options)
    for name in ("Added", "Changed", "Misses: never"):
        entry(widget, name).first.click()
    expect(widget.get_by_role("table")).to_have_count(3)
    expect(widget.get_by_role("cell").first).to_be_visible()
    return widget


def keys(stage: Stage, **options: Any) -> Locator:
    kernel = logged(states.key_table(open_id=1, selection=[1, 2]), Book("store", 40))
    return opened(stage, kernel, **options)


def cache(stage: Stage, **options: Any) -> Locator:
    return opened(stage, logged(states.cache_counters(), Book("cache", 40)), **options)


def timeline(stage: Stage, **options: Any) -> Locator:
    widget = opened(stage, logged(states.timeline(), Book("saver", 40, travels=False)), **options)
    expect(widget.get_by_role("tab", name="State")).to_be_visible()
    return widget


@pytest.mark.parametrize("width", [900, 420])
@pytest.mark.parametrize("show", [report, keys, cache, timeline])
def test_the_styles_of_others_change_nothing(stage: Stage, show: Callable[..., Locator], width: int) -> None:
    stage.page.add_style_tag(content="* { transition: none !important; }")
    widget = show(stage, width=width)
    stage.page.mouse.move(0, 0)
    sheets = [(path.name, path.read_text("utf-8")) for path in STYLES]
    assert stage.page.evaluate(LOOKS, [widget.get_attribute("id"), sheets]) == []
