"""Frames of what happened: made of the columns of a log, at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, InMemoryStore, observe, to_frame
from inmem_widgets.core.change import MISSING, UNKNOWN, change
from inmem_widgets.core.origin import Origin
from inmem_widgets.export import previews
from inmem_widgets.observables.preview import preview


def test_of_objects_the_latest_begin_unless_all_or_none_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(previews, "ONE_BY_ONE", 3)
    store: InMemoryStore[Any] = InMemoryStore()
    watching = observe(store)
    assert watching.log.kept == 0
    for n in range(6):
        store.mset([("object", {"n": n}), ("other", 0)])
        store.mset([("text", f"text {n}")])
    store.mdelete(["object"])
    frame = watching.events_frame()
    texts = [f"text {n}" for n in range(6)]
    objects = [str({"n": n}) for n in range(6)]
    assert frame["after"].dropna().tolist() == [
        *texts[:3], *(each for n in (3, 4, 5) for each in (objects[n], texts[n])),
    ]  # fmt: skip
    assert frame["before"].dropna().tolist() == [*texts[:3], objects[3], texts[3], objects[4], texts[4],
                                                 objects[5]]  # fmt: skip
    every = to_frame(store, "events", preview=True)
    assert every["after"].dropna().tolist() == [each for n in range(6) for each in (objects[n], texts[n])]
    assert every.drop(columns=["before", "after"]).equals(to_frame(store, "events", preview=False))


def test_each_row_tells_what_its_change_tells() -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    watching = observe(store)
    assert watching.log.kept == 0
    store.mset([("a", 1), ("b", b"bytes"), ("c", None)])

    def elsewhere() -> None:
        store.mdelete(["a", "c"])
        store.mset([("b", "text")])

    thread = threading.Thread(target=elsewhere, name="elsewhere")
    thread.start()
    thread.join()
    store.mdelete(["nothing"])
    store.store = {"d": [1]}
    log = watching.log
    log.catch_up()
    who = Origin("worker", 3, 17, "planner", 2, "task", "", "run", ("", "checkpoint"))
    log.add([change(log.last + 1, "set", ("e",), (2,), [UNKNOWN], None, by=who)])
    changes, frame = log.changes(), watching.events_frame()
    assert frame["number"].tolist() == [each.number for each in changes]
    assert frame["keys"].tolist() == [len(each.keys) for each in changes]
    assert frame["key"].fillna("-").tolist() == [each.keys[0] if each.keys else "-" for each in changes]
    for name, held in (
        ("before", [each.old[0] if each.old else UNKNOWN for each in changes]),
        ("after", [each.values[0] if each.values else MISSING for each in changes]),
    ):
        told = ["-" if value is MISSING or value is UNKNOWN else preview(value) for value in held]
        assert frame[name].fillna("-").tolist() == told
    assert frame["time"].isna().tolist() == [each.time is None for each in changes]
    assert frame["os_thread"].tolist() == [each.by.os_thread if each.by else None for each in changes]
    who_by = frame[["cell", "os_thread", "thread_id", "node", "step", "task", "run_id", "checkpoint_id"]]
    assert who_by.iloc[-1].tolist() == [
        3, "worker", "17", "planner", 2, "task", "run", "checkpoint",
    ]  # fmt: skip
    assert who_by.iloc[:-1].drop(columns=["os_thread"]).isna().all(axis=None)


def test_of_a_cache_prompts_and_who_was_evicted() -> None:
    cache = InMemoryCache(maxsize=1)
    watching = observe(cache)
    assert watching.log.kept == 0
    for prompt in "xyx":
        cache.lookup(prompt, "m")
        cache.update(prompt, "m", [Generation(text=prompt)])
    cache.lookup("x", "m")

    def shown(prompt: str) -> str:
        return preview([Generation(text=prompt)])

    frame = watching.events_frame()
    assert frame["kind"].tolist() == ["miss", "insert"] * 3 + ["hit"]
    assert frame["key"].tolist() == [*"xxyyxxx"]
    assert frame["keys"].tolist() == [1] * 7
    assert frame["after"].fillna("-").tolist() == ["-", shown("x"), "-", shown("y"), "-", shown("x"), "-"]
    assert frame["size"].isna().tolist() == [True, False] * 3 + [True]
