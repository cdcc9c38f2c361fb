"""Changed values of a report whose beginnings are alike: where they differ is told."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any

import pytest

from inmem_widgets import InMemoryStore, observe, watch
from inmem_widgets.observables.diffs.contrast import LARGE, apart, contrast
from inmem_widgets.observables.log import EventLog, log_row
from inmem_widgets.observables.preview import PREVIEW
from tests.observables.watched import rows

TEXT = "the same words " * 40
TALK = [{"role": "user", "content": f"question {i}"} for i in range(9)]


@dataclasses.dataclass
class Plan:
    steps: list[str]
    note: str = ""


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("abc", "abd", ("abc", "abd")),
        (TEXT + "old", TEXT + "new", ("… the same words old", "… the same words new")),
        (TEXT, TEXT + "more", ("… the same words ", "… the same words more")),
        ({"k": TEXT + "1"}, {"k": TEXT + "2"}, ("k: …", "k: …")),
        ([1] * 50, [1] * 50 + [7], ("no [50]", "[50]: 7")),
        ([1] * 50 + [7], [1] * 50, ("[50]: 7", "no [50]")),
        ({"messages": TALK}, {"messages": [*TALK[:8], {**TALK[8], "content": "bye"}]},
         ("messages[8].content: question 8", "messages[8].content: bye")),
        ({i: i for i in range(9)}, {i: i % 8 for i in range(9)}, ("8: 8", "8: 0")),
        (Plan(["a"] * 9), Plan(["a"] * 8 + ["b"]), ("steps[8]: a", "steps[8]: b")),
        (b"\x00" * 90 + b"\x01", b"\x00" * 90 + b"\x02", ("…" + "00 " * 8 + "01", "…" + "00 " * 8 + "02")),
    ],
)  # fmt: skip
def test_what_differs_is_told(before: Any, after: Any, told: tuple[str, str]) -> None:
    found = contrast(before, after)
    assert found[0] != found[1]
    assert all(text.startswith(start) for text, start in zip(found, told, strict=True))
    assert max(map(len, found)) <= PREVIEW
    store = InMemoryStore()
    store.mset([("a", before)])
    with watch(store) as seen:
        store.mset([("a", after)])
    (row,) = rows(seen, "changed")
    assert (row["before"], row["after"]) == found


def test_no_code_of_values_runs_and_not_all_of_large_ones_is_looked_into() -> None:
    class Loud:
        def __eq__(self, other: object) -> bool:
            raise AssertionError("compared")

        __repr__ = __hash__ = None  # type: ignore[assignment]

    old, new = contrast([*range(9), Loud()], [*range(9), Loud()])
    assert old == new
    large = [f"{i:0100}" for i in range(LARGE // 50)]
    old, new = contrast(large, [*large[:-1], "y"])
    assert old == new


def test_what_is_masked_stays_so() -> None:
    store = InMemoryStore()
    store.mset([("a", TEXT + "secret-1 and on"), ("b", {"k": TEXT + "secret-1 and on"})])
    with watch(
        store, redact=lambda text: text.replace("secret-1", "****").replace("secret-2", "****")
    ) as seen:
        store.mset([("a", TEXT + "secret-2 and off"), ("b", {"k": TEXT + "secret-2 and off"})])
    for row in rows(seen, "changed"):
        assert row["before"].endswith("**** and on") and row["after"].endswith("**** and off")


def test_the_rows_of_a_log_tell_it_of_texts() -> None:
    store = InMemoryStore()
    store.mset([("a", TEXT + "old")])
    log = EventLog(observable := observe(store))
    store.mset([("a", TEXT + "new")])
    log.catch_up()
    (row,) = (log_row(change, observable) for change in log.changes(log.first, log.last + 1))
    assert (row["before"], row["after"]) == ("… the same words old", "… the same words new")


def test_texts_that_differ_early_are_left_as_they_are() -> None:
    assert apart("a = 1, b = 2", "a = 1, b = 3") == ("a = 1, b = 2", "a = 1, b = 3")
    assert apart(TEXT[:99], TEXT[:99]) == (TEXT[:99], TEXT[:99])


def test_the_thread_that_began_to_watch_is_not_told() -> None:
    """As of a notebook whose kernel does not run on Python's main thread."""
    found: list[Any] = []

    def kernel() -> None:
        store = InMemoryStore()
        with watch(store) as seen:
            store.mset([("a", 1)])
            other = threading.Thread(target=lambda: store.mset([("b", 1)]), name="worker-1")
            other.start()
            other.join()
        found.extend(rows(seen, "added"))

    thread = threading.Thread(target=kernel, name="kernel-7")
    thread.start()
    thread.join()
    assert [row["by"]["text"] for row in found] == ["", "thread worker-1"]
    assert [row["by"]["os_thread"] for row in found] == ["kernel-7", "worker-1"]
