"""The key table's latest changes lead to the log, which tells more of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import states
from tests.browser.logkernel import Book, logged
from tests.browser.stage import Stage
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [900, 420])
def test_the_feed_leads_to_the_log(stage: Stage, width: int) -> None:
    widget = stage.show(logged(states.key_table(14), Book("store", 40)), width=width)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    widget.get_by_role("button", name="Latest changes").click()
    more = widget.get_by_role("button", name="Show in the log")
    expect(more).to_be_visible()
    assert violations(stage) == []
    more.focus()
    stage.page.keyboard.press("Enter")
    expect(widget.get_by_role("region", name="Log")).to_be_visible()
    expect(widget.get_by_role("region", name="Latest changes")).to_be_hidden()
    toggle = widget.get_by_role("button", name="Log", exact=True)
    expect(toggle).to_be_focused()
    expect(toggle).to_have_attribute("aria-pressed", "true")


def test_an_open_log_stays_open(stage: Stage) -> None:
    widget = stage.show(logged(states.key_table(14), Book("store", 40)))
    widget.get_by_role("button", name="Log", exact=True).click()
    widget.get_by_role("button", name="Latest changes").click()
    widget.get_by_role("button", name="Show in the log").click()
    expect(widget.get_by_role("region", name="Log")).to_be_visible()
    expect(widget.get_by_role("region", name="Latest changes")).to_be_hidden()
