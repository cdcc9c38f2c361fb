"""A followed thread that grows is never read again as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from inmem_widgets import InMemorySaver, observe
from tests.core.checkpointing import put


@pytest.mark.parametrize("flushed", [False, True])
def test_only_what_is_new_is_read(monkeypatch: Any, flushed: bool) -> None:
    saver = InMemorySaver()
    put(saver, "t", "00000", {"n": 0})
    observable = observe(saver)
    before = observable.history("t")
    monkeypatch.setattr(saver, "headers", None)  # reading all of them would fail
    for n in range(1, 20):
        put(saver, "t", f"{n:05}", {"n": n}, parent=f"{n - 1:05}")
        if flushed:
            saver.changes.flush()
        history = observable.history("t")
        assert [h.checkpoint_id for h in history.headers] == [f"{i:05}" for i in range(n, -1, -1)]
        assert history.grown is before.grown
    assert before.size == 1


def test_a_thread_that_lost_some_is_read_anew() -> None:
    saver = InMemorySaver()
    for n in range(5):
        put(saver, "t", f"{n:05}", {"n": n}, parent=f"{n - 1:05}" if n else None)
    observable = observe(saver)
    assert observable.history("t").size == 5
    saver.prune(["t"])
    assert [h.checkpoint_id for h in observable.history("t").headers] == ["00004"]
    put(saver, "t", "00005", {"n": 5}, parent="00004")
    assert [h.checkpoint_id for h in observable.history("t").headers] == ["00005", "00004"]
