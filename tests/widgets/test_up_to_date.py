"""Cells that follow one another at once: what one has saved, the next one sees, whoever saves it."""

from __future__ import annotations

from typing import Any

import pytest

from inmem_widgets.observables.reading import polling
from tests.widgets.test_checkpoint_timeline_methods import WHERE, Made, made, saver

__all__ = ["made", "saver"]


@pytest.fixture(autouse=True)
def seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """So seldom that what is seen is not seen by chance."""
    monkeypatch.setattr(polling, "REFRESH", 60.0)


@pytest.mark.parametrize("attended", [True, False])
def test_what_a_run_has_saved_is_there_at_once(made: Made, attended: bool) -> None:
    _, graph, timeline = made
    timeline.browser.attend(attended)
    assert timeline.values["log"] == ["plan Oslo"]
    graph.update_state(WHERE, {"log": ["edited"]})
    newest = graph.get_state(WHERE).config
    assert timeline.values["log"] == ["plan Oslo", "edited"]
    assert timeline.config == newest
    graph.update_state(WHERE, {"log": ["again"]})
    assert [*timeline.diff_frame()["after"]] == ['"again"']
    graph.update_state(WHERE, {"log": ["and again"]})
    assert timeline.first(lambda s: "and again" in s["log"]) == graph.get_state(WHERE).config
    timeline.selection = None
    made_by = graph.update_state(WHERE, {"log": ["more"]})
    assert timeline.first(lambda s: "more" in s["log"], config=made_by) == made_by
    graph.update_state(made_by, {"log": ["after"]})
    assert timeline.go("child") == graph.get_state(WHERE).config
    graph.update_state(WHERE, {"log": ["last"]})
    assert timeline.writes_frame()["preview"].str.contains("last").any()
    assert len(timeline.weight_frame()["checkpoint_id"].unique()) == len(timeline.checkpoints_frame())


def test_an_action_is_about_the_newest_checkpoint_there_is(made: Made) -> None:
    _, graph, timeline = made
    first: Any = timeline.first(lambda s: s["log"])
    timeline.selection = first
    timeline.fork({"log": ["forked"]}, run=True)
    assert timeline.wait(30)
    assert timeline.selection is None
    timeline.resume("yes")  # of the fork, not of what was asked before
    assert timeline.wait(30)
    assert timeline.values["log"] == ["forked", "confirmed yes"]
    assert graph.get_state(WHERE).values["log"] == ["forked", "confirmed yes"]
