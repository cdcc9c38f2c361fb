"""Where keys and buttons lead, and the ticks on the scrubber."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.jumps import TICKS, incident, jumps, ticks
from tests.observables.headers import header, id_of

INTERRUPTED = (("task", "__interrupt__", ""),)
FAILED = (("task", "__error__", ""),)


def text(number: int, ns: str = "") -> str:
    return f"{ns}\n{id_of(number)}"


def story() -> ThreadHistory:
    """1 - 2 (asks) - 3 - 4 (fails); 3 - 5 - 6 (asks) - 7; a call from 5."""
    return ThreadHistory(
        [
            header(7, 6),
            header(6, 5, writes=INTERRUPTED),
            header(52, 51, ns="sub:1", caller=5)._replace(checkpoint_id="00000005b"),
            header(51, ns="sub:1", caller=5)._replace(checkpoint_id="00000005a"),
            header(5, 3, source="update"),
            header(4, 3, writes=FAILED),
            header(3, 2),
            header(2, 1, writes=INTERRUPTED),
            header(1),
        ]
    )


def to(number: int) -> Any:
    return jumps(story(), ("", id_of(number)))


def test_from_the_middle() -> None:
    assert to(3) == {
        "parent": text(2),
        "child": text(4),
        "fork": None,
        "interrupt": text(6),
        "error": text(4),
        "newest": text(7),
    }


def test_the_next_newer_one_else_the_nearest_older() -> None:
    assert (to(1)["interrupt"], to(2)["interrupt"], to(6)["interrupt"], to(7)["interrupt"]) == (
        text(2), text(6), text(2), text(6),
    )  # fmt: skip
    assert (to(1)["fork"], to(7)["fork"]) == (text(3), text(3))
    assert (to(5)["error"], to(4)["error"]) == (text(4), None)


def test_ends() -> None:
    assert (to(1)["parent"], to(7)["child"], to(4)["child"]) == (None, None, None)


def test_interrupts_and_errors_on_either_side() -> None:
    def beside(number: int, way: int) -> Any:
        found = incident(story(), ("", id_of(number)), way)
        return None if found is None else found[1]

    assert [beside(n, 1) for n in (1, 2, 3, 4, 6, 7)] == [*map(id_of, (2, 4, 4, 6)), None, None]
    assert [beside(n, -1) for n in (7, 6, 5, 4, 2, 1)] == [*map(id_of, (6, 4, 4, 2)), None, None]
    assert incident(story(), ("", "gone"), 1) is None
    assert incident(ThreadHistory([]), None, 1) is None


def test_a_call_leads_back_to_its_caller_and_on_to_what_came_of_it() -> None:
    history = story()
    first, last = ("sub:1", "00000005a"), ("sub:1", "00000005b")
    history = ThreadHistory(
        [h._replace(parent_id=first[1]) if h.checkpoint_id == last[1] else h for h in history.headers]
    )
    assert jumps(history, first)["parent"] == text(5)
    assert jumps(history, first)["child"] == "\n".join(last)
    assert jumps(history, last)["child"] == text(6)


def test_nothing_is_chosen_or_it_is_gone() -> None:
    for key in (None, ("", "gone")):
        found = jumps(story(), key)
        assert found.pop("newest") == text(7)  # type: ignore[misc]
        assert set(found.values()) == {None}


def test_a_moment_knows_no_checkpoint_that_came_later() -> None:
    before = ThreadHistory([header(2, 1), header(1)])
    then = jumps(before, ("", id_of(2)))
    before.with_headers([header(3, 2, writes=INTERRUPTED)])
    assert jumps(before, ("", id_of(2))) == then
    assert ticks(before) == []


def test_ticks() -> None:
    assert ticks(story()) == [
        {"kind": "interrupt", "row": 1, "count": 1},
        {"kind": "update", "row": 4, "count": 1},
        {"kind": "error", "row": 5, "count": 1},
        {"kind": "fork", "row": 6, "count": 1},
        {"kind": "interrupt", "row": 7, "count": 1},
    ]


def test_ticks_that_are_near_are_one() -> None:
    headers = [header(0), *(header(n, n - 1, writes=INTERRUPTED + FAILED) for n in range(1, 3_000))]
    found = ticks(ThreadHistory(headers[::-1]))
    assert len(found) <= TICKS
    assert sum(tick["count"] for tick in found if tick["kind"] == "error") == 2_999
    assert [tick["row"] for tick in found] == sorted(tick["row"] for tick in found)
