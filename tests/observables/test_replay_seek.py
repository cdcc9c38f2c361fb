"""A recording that goes back: what lookups and rows tell then."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, InMemoryStore, observe, record, replay
from inmem_widgets.observables.recording import replaying
from tests.observables.recordings import changes_of


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    store, cache = InMemoryStore[Any](), InMemoryCache(maxsize=2)
    store.mset([("before", 0)])
    cache.update("before", "llm", [Generation(text="before")])
    with record(tmp_path / "r.jsonl", store, cache):
        for n in range(5):
            store.mset([(f"k{n}", n)])
            cache.lookup(f"p{n}", "llm")
            cache.update(f"p{n}", "llm", [Generation(text=f"{n}")])
        cache.lookup("before", "llm")
        cache.lookup("p4", "llm")
        cache.clear()
        cache.lookup("p4", "llm")
        store.mdelete(["before", "k0"])
    return tmp_path / "r.jsonl"


def told(found: Any) -> Any:
    """What the recorder of the cache knows."""
    recorder = observe(found.objects["cache"]).recorder
    rows = [(row.time, row.outcome, row.key) for row in recorder.feed.rows(99)]
    reasons = [getattr(recorder.reasons, name) for name in ("cold", "evicted", "cleared", "unknown")]
    return recorder.seen, rows, reasons, recorder.missed_events


def test_lookups_are_those_until_the_moment_sought(recorded: Path) -> None:
    with replay(recorded) as found, replay(recorded, speed=1e-6) as other:
        other.pause()
        forward = []
        for n in range(found.total + 1):
            other.seek(n)
            forward.append(told(other))
        assert told(found) == forward[-1] and forward[-1][0] == 8 and 0 not in forward[-1][2][:3]
        for n in (found.total // 2, 3, 0, found.total):
            found.seek(n)
            assert told(found) == forward[n], n
        seen = observe(found.objects["cache"])
        found.seek(2)
        assert min(seen.history()["misses"]) >= 0 and seen.rates(60).misses >= 0


def test_what_is_delivered_late_is_not_of_the_moment_sought(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happened on the way comes to the recorder once it was gone back."""
    with replay(recorded) as full, replay(recorded, speed=1e-6) as found:
        found.seek(4)
        before = told(found)
        recorder = observe(found.objects["cache"]).recorder
        take, go, here = recorder.take, threading.Event(), threading.get_ident()

        def late(changes: Any) -> None:
            assert threading.get_ident() == here or go.wait(30)
            take(changes)

        monkeypatch.setattr(recorder, "take", late)
        monkeypatch.setattr(replaying, "PATIENCE", 0.01)
        for n in (7, full.total, 4):
            found.seek(n)
        go.set()
        assert found.objects["cache"].changes.flush(30)
        assert told(found) == before


def test_a_key_was_changed_when_that_was_recorded(recorded: Path) -> None:
    made = changes_of(recorded, "store")
    times = {key: line["t"] for line in made for key in line["keys"]}
    with replay(recorded) as found:
        seen = observe(found.objects["store"])
        rows = {row["key"]: row["changed"] for row in seen.window(0, 99)[1]}
        assert rows == {f"k{n}": times[f"k{n}"] for n in range(1, 5)}
        assert [each["time"] for each in seen.recent.rows(2)] == [made[-1]["t"]] * 2
        n = found.total
        while seen.size != 3:  # before, k0, k1
            found.seek(n := n - 1)
        rows = {row["key"]: row["changed"] for row in seen.window(0, 99)[1]}
        assert rows == {"before": None, "k0": made[0]["t"], "k1": made[1]["t"]}
