"""The scrubber's axis in real time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.threads.axis import ALL, ROWS, STRETCHES, WIDTH, axis
from inmem_widgets.observables.threads.history import ThreadHistory
from tests.observables.headers import header, stories


def at(*seconds: float) -> ThreadHistory:
    return ThreadHistory([header(n, n - 1 if n else None, at=s) for n, s in enumerate(seconds)][::-1])


def test_none_and_one() -> None:
    assert axis(at()) == {"rows": [], "x": [], "idle": [], "seconds": 0.0}
    assert axis(at(3)) == {"rows": [0], "x": [1.0], "idle": [], "seconds": 0.0}


def test_steps_are_where_their_time_is() -> None:
    found = axis(at(0, 1, 3, 4))
    assert found["rows"] == [3, 2, 1, 0]
    assert found["x"] == [0, 0.25, 0.75, 1]
    assert (found["seconds"], found["idle"]) == (4, [])


def test_an_idle_stretch_is_collapsed() -> None:
    found = axis(at(0, 1, 2, 3_602, 3_603))
    active = (1 - WIDTH) / 3
    assert found["x"] == pytest.approx([0, active, 2 * active, 2 * active + WIDTH, 1], abs=1e-4)
    assert found["idle"] == [{"x": pytest.approx(2 * active + WIDTH / 2, abs=1e-4), "seconds": 3_600}]
    assert found["seconds"] == 3_603


def test_many_idle_stretches_leave_room_for_the_steps() -> None:
    times = [n + 1_000 * (n // 10) for n in range(1_000)]
    found = axis(at(*times))
    assert len(found["idle"]) == STRETCHES
    assert len(found["rows"]) <= ROWS
    collapsed = ALL / 99
    assert found["x"][-1] == 1
    assert all(0 <= b - a < 0.1 + collapsed for a, b in pairwise(found["x"]))


def test_all_at_one_moment() -> None:
    assert axis(at(5, 5, 5))["x"] == [0, 0.5, 1]


@settings(deadline=None, max_examples=60)
@given(stories())
def test_an_axis_runs_from_the_oldest_to_the_newest(headers: list[CheckpointHeader]) -> None:
    found = axis(ThreadHistory(headers[::-1]))
    rows, x = found["rows"], found["x"]
    assert rows[0] == len(headers) - 1 and rows[-1] == 0
    assert rows == sorted(set(rows), reverse=True)
    assert x == sorted(x) and x[-1] == 1 and (len(x) == 1 or x[0] == 0)
    assert all(0 < idle["x"] < 1 for idle in found["idle"])
