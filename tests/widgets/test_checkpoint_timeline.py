"""The timeline as a widget: what notebooks use of it, and what it sends."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
import traitlets

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, inspect, observe
from inmem_widgets.widgets import CheckpointTimeline, base
from tests.observables.timelines import Saving, config
from tests.widgets.conftest import Ask, answers


def opened(view: str = "v", **params: Any) -> dict[str, Any]:
    return {"kind": "open", "view": view, "params": params}


def request(number: int, method: str, view: str = "v", **params: Any) -> dict[str, Any]:
    return {"kind": "request", "view": view, "id": number, "method": method, "params": params}


def test_the_selection_is_a_config_for_the_graph_and_the_view() -> None:
    saver = InMemorySaver()
    thread = UUID(int=7)
    line = Saving(saver).line(thread, 3)
    timeline = inspect(saver)
    assert timeline.selection is None
    timeline.selection = config(thread, line[1])
    found = saver.get_tuple(timeline.selection)
    assert found is not None and found.checkpoint["id"] == line[1]
    assert timeline.values == {"n": 1}
    sent = json.loads(json.dumps(timeline.get_state(["selection"])))
    assert sent["selection"] == config(str(thread), line[1])  # text, as in the list of threads
    timeline.set_state({"selection": config(str(thread), line[0])})  # by a view
    assert timeline.selection == config(thread, line[0])
    with pytest.raises(traitlets.TraitError, match="selection: got .*accepted is None or"):
        timeline.selection = {"thread": "t"}
    assert timeline.selection == config(thread, line[0])


def test_what_is_chosen_is_shown_in_all_views(ask: Ask) -> None:
    saver = InMemorySaver()
    line = Saving(saver).line("t", 3)
    timeline = inspect(saver)
    ask(timeline, opened("a"), opened("b"))
    sent = ask(timeline, request(1, "go", "a", thread="t", row=1))
    assert {(m["view"], m["set"]["selected"]) for m in sent if m["kind"] == "patch"} == {
        ("a", f"\n{line[1]}"),
        ("b", f"\n{line[1]}"),
    }
    assert timeline.selection == config("t", line[1])
    timeline.pinned = config("t", line[0])
    (sent,) = ask(timeline, request(2, "look", "b"))[-1:]
    assert sent["result"] is None
    timeline.close()


def test_what_a_view_reads_after_a_push_hastens_no_other_one(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "SPACING", 1_000)
    saver = InMemorySaver()
    saving = Saving(saver)
    line = saving.line("t", 1)
    timeline = inspect(saver)
    ask(timeline, opened())
    for number, pushed in ((1, ["patch"]), (2, [])):
        line.append(saving.put("t", {"n": number}, parent=line[-1]))
        assert saver.changes.flush(30)
        timeline.browser.pace.tell()
        assert [m["kind"] for m in ask(timeline) if m["kind"] == "patch"] == pushed
    (reply,) = answers(ask(timeline, request(1, "state", thread="t", at=f"\n{line[1]}")))
    assert reply["result"]["key"] == f"\n{line[1]}"
    patch, _ = ask(timeline, request(2, "go", thread="t", row=2))
    assert patch["set"]["size"] == 3
    timeline.close()


def test_states_and_values_are_answered(ask: Ask) -> None:
    saver = InMemorySaver()
    (first,) = Saving(saver).line("t", 1)
    timeline = inspect(saver)
    where = {"thread": "t", "at": f"\n{first}"}
    (reply,) = answers(ask(timeline, request(1, "state", **where, open={"n": {}})))
    (channel,) = reply["result"]["channels"]
    assert (channel["name"], channel["preview"]) == ("n", "0")
    (reply,) = answers(ask(timeline, request(2, "value", **where, channel="n")))
    assert reply["result"]["blocks"] == channel["view"]["blocks"]
    (reply,) = answers(ask(timeline, request(3, "state", thread="t", at="\ngone")))
    assert "gone" in reply["error"]
    assert saver.thread_ids() == ["t"]
    (reply,) = answers(ask(timeline, request(4, "module")))
    assert reply["result"]["script"]


def test_the_first_state_is_small_whatever_there_is() -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    for n in range(600):
        saving.line(f"thread-{n}", 1)
    saving.line("long", 2_000)
    timeline = inspect(saver)
    assert timeline.state["thread"] == "long"
    assert len(json.dumps(timeline.state)) <= 100_000


def test_a_picture_without_script() -> None:
    saver = InMemorySaver()
    Saving(saver).line("<b>t</b>", 3)
    html = inspect(saver).static_html()
    assert "&lt;b&gt;t" in html and "<b>" not in html
    assert "3 checkpoints in 1 thread" in html


def test_options_are_for_checkpointers() -> None:
    for other in (InMemoryStore(), InMemoryCache()):
        with pytest.raises(
            TypeError, match=f"graph: for checkpointers only, and not for {type(other).__name__}"
        ):
            inspect(other, graph=object())
    with pytest.raises(TypeError, match="filter: for stores only, and not for InMemorySaver"):
        inspect(InMemorySaver(), filter="x")
    assert inspect(InMemorySaver(), editable=True).browser.editable
    with pytest.raises(TypeError, match="editable: got 'yes'"):
        inspect(InMemorySaver(), editable="yes")


def test_closed_it_says_so_and_lets_go() -> None:
    saver = InMemorySaver()
    timeline = CheckpointTimeline(observe(saver))
    timeline.close()
    with pytest.raises(RuntimeError, match="the timeline is closed"):
        _ = timeline.values
