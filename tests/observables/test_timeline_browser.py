"""A timeline without its looks: what is chosen, what is shown, what stays in place."""

from __future__ import annotations

import gc
import json
import weakref
from threading import Event
from typing import Any
from uuid import UUID

import pytest
import traitlets

from inmem_widgets import InMemorySaver
from inmem_widgets.observables.timeline import screen
from inmem_widgets.observables.timeline.browser import TimelineBrowser
from tests.observables.timelines import Browse, Saving, browsing, config

browse = pytest.fixture(name="browse")(browsing)


def ids(state: dict[str, Any]) -> list[str]:
    return [row["id"] for row in state["rows"]]


@pytest.mark.parametrize("trait", ["selection", "pinned"])
@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("x", "got x, accepted is None or"),
        ({"thread": "t"}, "accepted is None or"),
        ({"configurable": {"checkpoint_id": "1"}}, "thread_id is missing"),
        ({"configurable": {"thread_id": "t"}}, "got None as checkpoint_id.*get_state"),
        ({"configurable": {"thread_id": "t", "checkpoint_id": 5}}, "got 5 as checkpoint_id"),
        (
            {"configurable": {"thread_id": "t", "checkpoint_id": "1", "checkpoint_ns": None}},
            "got None as checkpoint_ns",
        ),
    ],
)
def test_a_wrong_choice_is_refused_and_says_what_is_accepted(
    browse: Browse, trait: str, value: Any, told: str
) -> None:
    browser = browse(InMemorySaver())
    chosen = config("t", "1")
    setattr(browser, trait, chosen)
    with pytest.raises(traitlets.TraitError, match=f"^{trait}: .*{told}"):
        setattr(browser, trait, value)
    assert getattr(browser, trait) == chosen


def test_a_choice_is_a_config_and_nothing_else(browse: Browse) -> None:
    saver = InMemorySaver()
    thread = UUID(int=7)
    (first,) = Saving(saver).line(thread, 1)
    browser = browse(saver)
    given = {
        "configurable": {"thread_id": str(thread), "checkpoint_id": first, "checkpoint_map": {}},
        "tags": [],
    }
    browser.selection = given
    assert browser.selection == config(thread, first)  # the id itself, not the text views know it by
    assert saver.get_tuple(browser.selection) is not None


def test_the_newest_is_followed_until_something_is_chosen(browse: Browse) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    line = saving.line("t", 5)
    browser = browse(saver)
    state = browser.state({})
    assert (state["following"], state["selected"], state["selected_row"]) == (True, f"\n{line[-1]}", 0)
    newest = saving.put("t", {"n": 5}, parent=line[-1])
    assert browser.state({})["selected"] == f"\n{newest}"
    browser.selection = config("t", line[1])
    state = browser.state({})
    assert (state["following"], state["selected"], state["selected_row"]) == (False, f"\n{line[1]}", 4)
    browser.selection = None
    assert browser.state({})["following"]


def test_the_thread_that_changed_last_is_shown_until_one_is_chosen(browse: Browse) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    saving.line("a", 2)
    browser = browse(saver)
    assert browser.state({})["thread"] == "a"
    (other,) = saving.line("b", 1)
    assert browser.state({})["thread"] == "b"
    assert browser.state({"thread": "a"})["thread"] == "a"
    browser.selection = config("b", other)
    saving.line("c", 1)
    assert browser.state({})["thread"] == "b"


def test_of_threads_that_run_at_a_time_the_one_shown_stays(browse: Browse) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    runs = saving.put("a", {"branch:to:agent": None}, source="input")
    browser = browse(saver)
    state = browser.state({})
    assert (state["thread"], state["threads"][0]["status"]) == ("a", "running")
    saving.put("b", {"branch:to:agent": None}, source="input")
    assert browser.state({})["thread"] == "a"
    saving.put("a", {"n": 1}, parent=runs)  # it has ended
    saving.put("b", {"n": 2})
    assert browser.state({})["thread"] == "b"


def test_the_window_stays_with_its_anchor(browse: Browse) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    line = saving.line("t", 30)
    browser = browse(saver)
    seen = browser.state({"start": 10, "stop": 15})
    anchor = {"start": 10, "stop": 15, "anchor": f"\n{seen['rows'][0]['id']}"}
    for n in range(7):
        line.append(saving.put("t", {"n": n}, parent=line[-1]))
    kept = browser.state(anchor)
    assert ids(kept) == ids(seen)
    assert (kept["start"], kept["size"]) == (17, 37)
    assert ids(browser.state({"start": 10, "stop": 15})) != ids(seen)
    gone = browser.state({**anchor, "anchor": "\nnever was"})
    assert (gone["start"], len(gone["rows"])) == (10, 5)


def test_a_thread_deleted_while_shown_says_so(browse: Browse) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    saving.line("a", 3)
    saving.line("b", 1)
    browser = browse(saver)
    assert not browser.state({"thread": "a"})["deleted"]
    saver.delete_thread("a")
    state = browser.state({"thread": "a"})
    assert (state["thread"], state["deleted"], state["rows"], state["size"]) == ("a", True, [], 0)
    assert [t["id"] for t in state["threads"]] == ["b"]
    saving.line("a", 1)
    assert not browser.state({"thread": "a"})["deleted"]
    assert not browser.state({"thread": "b"})["deleted"]


def test_a_thread_that_was_chosen_by_itself_and_deleted_says_so(browse: Browse) -> None:
    saver = InMemorySaver()
    Saving(saver).line("a", 3)
    browser = browse(saver)
    assert browser.state({})["thread"] == "a"
    saver.delete_thread("a")
    state = browser.state({})
    assert (state["thread"], state["deleted"]) == ("a", True)


def test_nothing_yet(browse: Browse) -> None:
    browser = browse(InMemorySaver())
    state = browser.state({})
    assert (state["thread"], state["selected"], state["rows"], state["deleted"]) == (None, None, [], False)
    with pytest.raises(LookupError, match="no checkpoint yet"):
        _ = browser.values
    assert browser.answer("go", {"to": "newest"}) is None


def test_a_jump_chooses_for_all_views(browse: Browse) -> None:
    saver = InMemorySaver()
    line = Saving(saver).line("t", 4)
    browser = browse(saver)
    assert browser.answer("go", {"thread": "t", "row": 2}) == {"at": f"\n{line[1]}"}
    assert browser.selection == config("t", line[1])
    assert browser.answer("go", {"thread": "t", "to": "parent"}) == {"at": f"\n{line[0]}"}
    assert browser.selection == config("t", line[0])
    assert browser.answer("go", {"thread": "t", "to": "parent"}) is None  # the root has none
    assert browser.selection == config("t", line[0])
    assert browser.answer("go", {"thread": "t", "at": f"\n{line[3]}", "to": "parent"}) == {
        "at": f"\n{line[2]}"
    }
    assert browser.answer("go", {"thread": "t", "row": 9}) is None
    # A view that does not know of the newest two yet means an older row.
    assert browser.answer("go", {"thread": "t", "row": 0, "size": 2, "at": None}) == {"at": f"\n{line[1]}"}
    assert browser.answer("go", {"thread": "t", "to": "newest"}) == {"at": f"\n{line[3]}"}
    assert browser.selection is None  # followed again
    with pytest.raises(ValueError, match="to: got 'nowhere', accepted are 'parent', 'child'"):
        browser.answer("go", {"thread": "t", "to": "nowhere"})


def test_a_pin_is_a_checkpoint_of_any_thread(browse: Browse) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    line, (other,) = saving.line("t", 3), saving.line("u", 1)
    browser = browse(saver)
    browser.answer("pin", {"thread": "t", "at": f"\n{line[0]}"})
    assert browser.pinned == config("t", line[0])
    state = browser.state({"thread": "t"})
    assert (state["pinned"], state["pinned_row"]) == (f"\n{line[0]}", 2)
    state = browser.state({"thread": "u"})
    assert (state["pinned"], state["pinned_row"]) == (None, None)
    browser.answer("pin", {"thread": "t", "at": None})
    assert browser.pinned is None
    browser.pinned = config("u", other)
    assert browser.state({"thread": "u"})["pinned_row"] == 0


def agree(*browsers: TimelineBrowser) -> None:
    """All show the same, once what is reckoned in the background is there."""
    for _ in range(100):
        shown = [browser.state({}) for browser in browsers]
        if all(state == shown[0] for state in shown):
            return
        assert all(browser.parts.watches.wait(30) for browser in browsers)
        Event().wait(0.02)
    assert shown[0] == shown[1]


def test_two_timelines_on_one_saver_agree(browse: Browse) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    line = saving.line("t", 12)
    a, b = browse(saver), browse(saver)
    for step in range(3):
        a.selection = b.selection = config("t", line[step])
        agree(a, b)
        line.append(saving.put("t", {"n": step}, parent=line[step]))
        agree(a, b)
    saver.delete_thread("t")
    agree(a, b)
    assert a.state({})["deleted"]


def test_a_closed_browser_holds_nothing_and_says_so(browse: Browse) -> None:
    saver = InMemorySaver()
    line = Saving(saver).line("t", 2)
    browser = browse(saver)
    browser.answer("state", {"thread": "t", "at": f"\n{line[0]}"})
    observable = weakref.ref(browser.observable)
    browser.close()
    browser.close()
    gc.collect()
    assert observable() is None
    with pytest.raises(RuntimeError, match="the timeline is closed"):
        browser.state({})


def test_the_saver_is_not_kept_alive(browse: Browse) -> None:
    saver = InMemorySaver()
    Saving(saver).line("t", 2)
    browser = browse(saver)
    browser.state({})
    alive = weakref.ref(saver)
    del saver
    gc.collect()
    assert alive() is None
    assert browser.state({})["rows"] == []


def test_ten_thousand_checkpoints_are_told_of_in_little(browse: Browse) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    line = saving.line("t", 9_900)
    for n in range(100):
        saving.put("t", {"n": n}, parent=line[n * 90])
    browser = browse(saver)
    browser.watch("n", lambda state: state["n"])
    state = browser.state({})
    assert browser.parts.watches.wait(60)
    whole = browser.state({})
    for found in (state, whole):
        assert (found["size"], len(found["rows"])) == (10_000, 40)
        assert len(json.dumps(found)) <= 100_000
    assert len(whole["ticks"]) <= 200 and len(whole["axis"]["rows"]) <= 201
    assert whole["watches"][1]["at"] == "99"


def test_what_did_not_change_is_not_made_again(browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    saver = InMemorySaver()
    saving = Saving(saver)
    line = saving.line("t", 50)
    browser = browse(saver)
    made: list[str] = []
    for name in ("axis", "ticks"):
        function = getattr(screen, name)
        monkeypatch.setattr(
            screen,
            name,
            lambda history, name=name, function=function: (made.append(name), function(history))[1],
        )
    first = browser.state({})
    browser.selection = config("t", line[3])
    again = browser.state({"start": 5, "stop": 20})
    assert made == ["axis", "ticks"]
    assert again["axis"] is first["axis"]
    saving.put("t", {"n": 1}, parent=line[-1])
    assert saver.changes.flush(30)
    browser.state({})
    assert made == ["axis", "ticks"] * 2
