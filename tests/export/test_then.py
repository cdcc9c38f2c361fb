"""Frames of widgets that travel are of their moment, whichever way they are asked for."""

from __future__ import annotations

import pandas as pd
from langchain_core.outputs import Generation

from inmem_widgets import CacheCounters, InMemoryCache, InMemoryStore, KeyTable, to_frame


def test_of_a_key_table() -> None:
    store = InMemoryStore[int]()
    store.mset([("a", 1)])
    table = KeyTable(store)
    store.mset([("b", 2)])
    store.mset([("a", 3)])
    for travel, expected in ((0, {"a": "1"}), (2, {"a": "1", "b": "2"}), (None, {"a": "3", "b": "2"})):
        table.travel = None if travel is None else table.observable.log.first - 1 + travel // 2
        for frame in (to_frame(table), table.to_frame()):
            assert dict(zip(frame["key"], frame["preview"], strict=True)) == expected
        assert len(to_frame(table, "events")) == len(table.events_frame()) == 2
    table.close()


def test_of_counters() -> None:
    cache = InMemoryCache()
    counters = CacheCounters(cache)
    for text in ("one", "two"):
        cache.lookup("p", "m")
        cache.update("p", "m", [Generation(text=text)])
    cache.clear()
    for travel, expected in ((2, ["one"]), (4, ["two"]), (0, []), (None, [])):
        counters.travel = travel
        frame = counters.entries_frame()
        assert frame["text"].tolist() == expected
        pd.testing.assert_frame_equal(frame, to_frame(counters))
    counters.travel = 2
    assert to_frame(counters, values=True)["value"].tolist()[0][0].text == "one"
    assert len(to_frame(counters, "lookups")) == len(counters.lookups_frame()) == 2
    assert len(to_frame(counters, "events")) == 5
    counters.close()
    redacted = CacheCounters(cache, redact=lambda text: text.replace("one", "···"))
    cache.update("p", "m", [Generation(text="one")])
    redacted.travel = cache.changes.count
    cache.clear()
    assert redacted.entries_frame()["text"].tolist() == ["···"]
    redacted.close()
