"""A checkpointer without checkpoints, where there is little room."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.stage import Stage
from tests.browser.test_accessibility import violations
from tests.browser.timelinekernel import TimelineKernel

pytestmark = pytest.mark.browser


def test_without_threads_there_is_none_to_choose(stage: Stage) -> None:
    widget = stage.show(TimelineKernel(threads=False), width=420)
    expect(widget.get_by_text("No checkpoints yet")).to_be_visible()
    expect(widget.get_by_label("Thread", exact=True)).to_be_hidden()
    assert violations(stage) == []
    stage.end(widget)
    expect(stage.show(TimelineKernel(), width=420).get_by_label("Thread", exact=True)).to_be_visible()
