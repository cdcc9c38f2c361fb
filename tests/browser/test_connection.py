"""What a view does when the kernel is slow, gone or has moved on; and when it is closed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from inmem_widgets import InMemoryStore, inspect
from tests.browser import states
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser


def test_the_first_paint_needs_no_answer(stage: Stage) -> None:
    kernel = states.key_table(5)
    kernel.receive = lambda message: []  # type: ignore[method-assign]
    widget = stage.show(kernel)
    expect(widget.get_by_text("9f31d0")).to_be_visible()
    expect(widget.get_by_role("button", name="Connecting")).to_be_visible()


def test_a_kernel_that_is_gone_and_comes_back(stage: Stage) -> None:
    stage.page.clock.install()
    kernel = states.key_table(5)
    widget = stage.show(kernel)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    stage.deaf(widget)
    for _ in range(4):
        stage.page.clock.run_for(5_000)
    expect(widget.locator(".badge")).to_have_text("Disconnected")
    expect(widget.get_by_role("status")).to_have_text("Disconnected, showing the last state")
    expect(widget.get_by_text("showing the last state,").first).to_be_visible()
    expect(widget.get_by_text("9f31d0")).to_be_visible()
    stage.deaf(widget, False)
    kernel.changes[0] += 5
    widget.get_by_role("button", name="Reconnect").click()
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    expect(widget.get_by_text("3,417 changes seen")).to_be_visible()


def test_a_kernel_restart_is_noticed_at_once(stage: Stage) -> None:
    stage.page.clock.install()
    widget = stage.show(states.key_table(5))
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    stage.deaf(widget)
    stage.page.evaluate("stage.models.get('widget-1').fire('comm_live_update')")
    stage.page.clock.run_for(3_500)
    expect(widget.locator(".badge")).to_have_text("Disconnected")


def test_a_lost_patch_is_made_good(stage: Stage) -> None:
    store: InMemoryStore[int] = InMemoryStore()
    store.mset([("a", 1)])
    kernel = Real(inspect(store))
    widget = stage.show(kernel)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    store.mset([("b", 2)])
    assert store.changes.flush(30)
    kernel.pushed()  # lost
    store.mset([("c", 3)])
    assert store.changes.flush(30)
    stage.push()
    expect(widget.locator(".rows [role=row]")).to_have_count(3)


def test_a_closed_view_leaves_nothing_behind(stage: Stage) -> None:
    for kernel in (states.key_table(), states.cache_counters(), states.timeline()):
        widget = stage.show(kernel)
        expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
        stage.end(widget)
        expect(widget.locator(".imw")).to_have_count(0)
        stage.eventually(lambda kernel=kernel: (kernel.received[-1]["kind"], kernel.sessions), ("close", {}))
        listening = stage.page.evaluate(
            "id => [...stage.models.get(id).listeners.values()].flat().length", widget.get_attribute("id")
        )
        assert listening == 0


def test_two_views_of_one_bundle_do_not_meet(stage: Stage) -> None:
    one = stage.show(states.key_table(5))
    two = stage.show(states.key_table(7))
    one.get_by_role("button", name="Live, pause").click()
    expect(two.get_by_role("button", name="Live, pause")).to_be_visible()
    stage.end(one)
    expect(two.locator(".summary")).to_have_text(re.compile("^7 keys"))


def test_off_screen_nothing_is_asked_for(stage: Stage) -> None:
    stage.page.clock.install()
    kernel = states.key_table(5)
    widget = stage.show(kernel)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    stage.page.evaluate("document.body.style.paddingTop = '3000px'")
    expect(widget).not_to_be_in_viewport()

    def latest() -> str:
        stage.page.clock.run_for(500)  # the page learns of the scrolling when it is painted
        return str(kernel.received[-1]["kind"])

    stage.eventually(latest, "close")
    stage.page.clock.run_for(30_000)
    assert latest() == "close"
    kernel.changes[0] = 9_999
    widget.scroll_into_view_if_needed()
    stage.page.clock.run_for(100)
    expect(widget.get_by_text("9,999 changes seen")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_shadow_root_without_the_host_s_variables(stage: Stage, theme: str) -> None:
    stage.page.evaluate(
        """theme => {
            document.body.removeAttribute('data-jp-theme-light')
            document.body.style.cssText = 'background:' + (theme === 'dark' ? '#111' : '#fff')
        }""",
        theme,
    )
    widget = stage.show(states.key_table(5), shadow=True)
    expect(widget.locator(".imw")).to_have_attribute("data-theme", theme)
    expect(widget.get_by_text("9f31d0")).to_be_visible()
    painted = widget.locator(".imw").evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    )
    assert len(set(painted)) == 2
    widget.locator(".rows [role=row]").nth(0).click()
    stage.page.keyboard.press("ArrowDown")
    focused = widget.locator(".rows [role=row]").nth(1)
    assert focused.evaluate("e => e.getRootNode().activeElement === e")


def test_the_theme_is_followed(stage: Stage) -> None:
    widget = stage.show(states.key_table(5))
    expect(widget.locator(".imw")).to_have_attribute("data-theme", "light")
    stage.theme("dark")
    expect(widget.locator(".imw")).to_have_attribute("data-theme", "dark")


def test_code_that_could_not_be_fetched_can_be_asked_for_again(stage: Stage) -> None:
    kernel = states.key_table(5)
    receive, missing = kernel.receive, [True]

    def refuse(message: dict[str, Any]) -> list[dict[str, Any]]:
        if message.get("method") == "module" and missing[0]:
            reply = {"kind": "reply", "view": message["view"], "id": message["id"]}
            return [{**reply, "error": "FileNotFoundError: key_panes.js is missing"}]
        return receive(message)

    kernel.receive = refuse  # type: ignore[method-assign]
    widget = stage.show(kernel)
    widget.get_by_role("button", name="Space", exact=True).click()
    expect(widget.get_by_text("key_panes.js is missing")).to_be_visible()
    missing[0] = False
    widget.get_by_role("button", name="Retry").click()
    expect(widget.get_by_text("Largest keys")).to_be_visible()
    expect(widget.get_by_text("key_panes.js is missing")).to_have_count(0)
