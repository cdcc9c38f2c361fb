"""What a timeline answers to its views: states, diffs, and what was asked wrongly."""

from __future__ import annotations

import json

import pytest

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.timeline.browser import TimelineBrowser
from tests.observables.timelines import Browse, Saving, browsing, config

browse = pytest.fixture(name="browse")(browsing)


def test_the_state_of_a_checkpoint(browse: Browse) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    first = saving.put("t", {"plan": {"city": "Oslo"}, "n": 1, "branch:to:agent": None}, source="input")
    second = saving.put("t", {"n": 2}, parent=first)
    browser = browse(saver)
    answer = browser.answer("state", {"thread": "t", "at": f"\n{second}", "open": {"plan": {}}})
    channels = {channel["name"]: channel for channel in answer["channels"]}
    assert (channels["plan"]["preview"], channels["plan"]["changed"]) == ("{'city': 'Oslo'}", False)
    assert (channels["n"]["preview"], channels["n"]["changed"], channels["n"]["view"]) == ("2", True, None)
    assert channels["plan"]["view"]["blocks"]
    assert [channel["name"] for channel in answer["internal"]] == ["branch:to:agent"]
    json.dumps(answer)
    where = {"thread": "t", "at": f"\n{second}", "channel": "plan"}
    assert browser.answer("value", where)["blocks"] == channels["plan"]["view"]["blocks"]
    assert browser.answer("value", {**where, "path": [0]})["preview"] == "Oslo"
    with pytest.raises(LookupError, match="channel: 'plans' is not in this checkpoint"):
        browser.answer("value", {**where, "channel": "plans"})
    with pytest.raises(LookupError, match="at: checkpoint nowhere of thread t is gone"):
        browser.answer("state", {"thread": "t", "at": "\nnowhere"})
    assert saver.thread_ids() == ["t"]


def test_what_cannot_be_deserialised_is_told_and_the_rest_is_shown(browse: Browse) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    first = saving.put("t", {"good": [1], "bad": "x"})
    space = saver._tables.find("t", "")
    assert space is not None
    space.blobs["bad"][first] = ("nonsense", b"12345")
    browser = browse(saver)
    answer = browser.answer("state", {"thread": "t", "at": f"\n{first}", "open": {"bad": {}, "good": {}}})
    channels = {channel["name"]: channel for channel in answer["channels"]}
    assert channels["good"]["preview"] == "[1]"
    bad = channels["bad"]
    assert (bad["broken"], bad["type"], bad["size"]) == (True, "nonsense", 5)
    assert "5 bytes of nonsense" in bad["view"]["blocks"][0]["text"]


def test_a_state_is_read_once_and_again_when_it_is_another(
    browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    line = saving.line("t", 3)
    browser = browse(saver)
    reader, read = browser.observable.reader, []
    before = reader.state
    monkeypatch.setattr(reader, "state", lambda *place: (read.append(place), before(*place))[1])
    for _ in range(3):
        browser.answer("state", {"thread": "t", "at": f"\n{line[1]}"})
    assert len(read) == 1
    assert browser.values == {"n": 2}
    browser.values["n"] = 5  # fresh objects: nobody else sees it
    assert browser.values == {"n": 2}


def test_what_a_view_asks_wrongly_is_told(browse: Browse) -> None:
    saver = InMemorySaver()
    Saving(saver).line("t", 1)
    browser = browse(saver)
    for params in ({"thread": 3}, {"selected": 3}, {"anchor": []}):
        (name,) = params
        with pytest.raises(TypeError, match=f"{name}: got .*accepted is a str or null"):
            browser.state(params)
    with pytest.raises(ValueError, match="method: got 'format the disk', accepted are look, ping, go"):
        browser.answer("format the disk", {})
    with pytest.raises(TypeError, match="at: missing"):
        browser.answer("state", {"thread": "t"})
    with pytest.raises(TypeError, match="editable: got 'yes', accepted is True or False"):
        TimelineBrowser(observe(saver), editable="yes")  # type: ignore[arg-type]


def test_diffs_with_the_parent_and_with_what_is_pinned(browse: Browse) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    line, (other,) = saving.line("t", 3), saving.line("u", 1)
    browser = browse(saver)
    where = {"thread": "t", "at": f"\n{line[2]}"}
    found = browser.answer("diff", {**where, "against": "parent"})
    assert (found["before"]["key"], found["changed"]) == (f"\n{line[1]}", 1)
    with pytest.raises(LookupError, match="pinned: no checkpoint is pinned"):
        browser.answer("diff", {**where, "against": "pinned"})
    browser.pinned = config("t", line[0])
    found = browser.answer("diff", {**where, "against": "pinned"})
    assert (found["before"]["key"], found["rows"][-1]["before"]) == (f"\n{line[0]}", "0")
    browser.pinned = config("u", other)
    assert browser.answer("diff", {**where, "against": "pinned"})["before"]["thread"] == "u"
    with pytest.raises(ValueError, match="against: got 'all', accepted are 'parent' and 'pinned'"):
        browser.answer("diff", {**where, "against": "all"})
    assert browser.answer("writes", where)["key"] == f"\n{line[2]}"
