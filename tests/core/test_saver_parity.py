"""Ours beside the original under random operations, on one thread and on many."""

from __future__ import annotations

import gc
import itertools
import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver as Reference

from inmem_widgets import InMemorySaver
from tests.core.checkpointing import at, put
from tests.threads import together

IDS = [f"{number:02}" for number in range(12)]
THREADS, SPACES, CHANNELS = ["t", "u"], ["", "sub:1"], ["a", "b"]
scalars = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text()
)
values = st.recursive(
    scalars | st.binary() | st.sets(st.integers(0, 9)) | st.tuples(st.text(), st.integers(0, 9)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(0, 9), inner, max_size=3)
    ),
    max_leaves=5,
)
places = st.tuples(st.sampled_from(THREADS), st.sampled_from(SPACES))
puts = st.tuples(
    st.just("put"),
    places,
    st.sampled_from(IDS),
    st.none() | st.sampled_from(IDS),
    st.dictionaries(st.sampled_from(CHANNELS), values),
    st.dictionaries(st.sampled_from(CHANNELS), st.sampled_from(["1", "2", "3"])),
    st.dictionaries(st.sampled_from(["step", "source", "note"]), st.integers(0, 2) | values, max_size=2),
)
writes = st.tuples(
    st.just("put_writes"),
    places,
    st.sampled_from(IDS),
    st.lists(st.tuples(st.sampled_from([*CHANNELS, "__error__", "__interrupt__"]), values), max_size=3),
    st.sampled_from(["task 1", "task 2"]),
    st.sampled_from(["", "path 1", "path 2"]),
)
deletes = st.tuples(st.just("delete_thread"), st.sampled_from(THREADS))
operations = st.lists(puts | puts | writes | writes | deletes, max_size=25)


def do(saver: Any, operation: tuple[Any, ...], moment: str) -> Any:
    """Do it, and give what a caller sees of it."""
    kind, *given = operation
    if kind == "delete_thread":
        return saver.delete_thread(given[0])
    (thread, ns), id, *given = given
    if kind == "put_writes":
        return saver.put_writes(at(thread, ns, id), *given)
    parent, channels, versions, metadata = given
    checkpoint = {
        "v": 4,
        "ts": moment,
        "id": id,
        "channel_values": channels,
        "channel_versions": versions,
        "versions_seen": {"node": versions},
        "updated_channels": sorted(channels),
    }
    return saver.put(at(thread, ns, parent), checkpoint, metadata, versions)


def per_space(found: Any) -> dict[tuple[str, str], list[Any]]:
    """Listed checkpoints by thread and namespace: upstream lists one namespace after the other."""
    spaces: dict[tuple[str, str], list[Any]] = {}
    for each in found:
        configurable = each.config["configurable"]
        spaces.setdefault((configurable["thread_id"], configurable["checkpoint_ns"]), []).append(each)
    return spaces


def chain(saver: Any, thread: str, ns: str, id: str) -> bool:
    """Whether a checkpoint's parents end (upstream hangs otherwise)."""
    seen = set()
    found = saver.storage.get(thread, {}).get(ns, {})
    while id in found and id not in seen:
        seen.add(id)
        id = found[id][2]
    return id not in seen


@settings(max_examples=150, deadline=None)
@given(operations, st.integers(0, 3), st.sampled_from(IDS), values)
def test_random_operations(operations: list[Any], limit: int, before: str, wanted: Any) -> None:
    ours, theirs = InMemorySaver(), Reference()
    moment = "2026-01-01T00:00:00+00:00"
    for turn, operation in enumerate(operations):
        assert do(ours, operation, moment) == do(theirs, operation, moment)
        if turn % 5 == 0:  # indexes, once made, are kept up
            assert per_space(ours.list(None)) == per_space(theirs.list(None))
            assert per_space(ours.list(None, filter={"step": 1})) == per_space(
                theirs.list(None, filter={"step": 1})
            )
    assert {key: dict(value) for key, value in ours.writes.items()} == dict(theirs.writes)
    for filter in (None, {"step": 1}, {"note": wanted}, {"step": 0, "source": 0}):
        assert per_space(ours.list(None, filter=filter)) == per_space(theirs.list(None, filter=filter))
        for thread in THREADS:
            for ns in SPACES:
                options: Any = {"filter": filter, "before": at("x", "", before), "limit": limit}
                assert list(ours.list(at(thread, ns), **options)) == list(
                    theirs.list(at(thread, ns), **options)
                )
    for thread in THREADS:
        for ns in SPACES:
            for config in (at(thread, ns), *(at(thread, ns, id) for id in IDS)):
                assert ours.get_tuple(config) == theirs.get_tuple(config)
                latest = max(ours.storage.get(thread, {}).get(ns, {}), default="")
                if chain(ours, thread, ns, config["configurable"].get("checkpoint_id", latest)):
                    asked: Any = {"config": config, "channels": CHANNELS}
                    assert ours.get_delta_channel_history(**asked) == theirs.get_delta_channel_history(
                        **asked
                    )
    everything = [
        (each.config["configurable"]["checkpoint_id"], each.config["configurable"]["checkpoint_ns"])
        for each in ours.list(None)
    ]
    assert [id for id, _ in everything] == sorted((id for id, _ in everything), reverse=True)
    reachable = {
        (each.config["configurable"]["thread_id"], each.config["configurable"]["checkpoint_ns"], *item)
        for each in ours.list(None)
        for item in each.checkpoint["channel_versions"].items()
    }
    assert set(ours.blobs) == reachable
    assert {key: value for key, value in theirs.blobs.items() if key in reachable} == dict(ours.blobs)


def test_blobs_are_read_while_a_collection_lets_others_write() -> None:
    saver, ids = InMemorySaver(), itertools.count()

    def write(*_: Any) -> None:
        id = f"{next(ids):04}"
        put(saver, "t", id, {"a": id}, {"a": id})

    for _ in range(20):
        write()
    before = gc.get_threshold()
    gc.callbacks.append(write)
    try:
        gc.set_threshold(1)
        found = dict(saver.blobs.items())
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(write)
    assert len(found) >= 20
    assert next(ids) > 20


def test_writers_readers_and_deleters_together() -> None:
    """Nobody fails; what is read is whole; in the end all that was saved is there."""
    saver = InMemorySaver()
    number = 150

    def write(thread: str, offset: int) -> None:
        for step in range(number):
            id = f"{2 * step + offset:04}"
            config = put(
                saver, thread, id, {"a": [id], "b": id}, {"a": id, "b": id}, metadata={"step": step % 7}
            )
            saver.put_writes(config, [("a", id)], f"task {offset}")

    def churn() -> None:
        for step in range(number):
            put(saver, "short", f"{step:04}", {"a": [step]}, {"a": str(step)}, parent="0000")
            if step % 10 == 9:
                saver.prune(["short"])
            if step % 37 == 36:
                saver.delete_thread("short")

    def read() -> None:
        chosen = random.Random(1)
        for _ in range(60):
            config = chosen.choice([None, at("t"), at("short"), {"configurable": {"thread_id": "u"}}])
            filter = chosen.choice([None, {"step": 3}])
            last = "9999"
            for found in saver.list(config, filter=filter, limit=chosen.choice([None, 5])):  # type: ignore[arg-type]
                id = found.checkpoint["id"]
                assert id <= last
                last = id
                assert set(found.checkpoint["channel_values"]) == set(found.checkpoint["channel_versions"])
                assert filter is None or found.metadata["step"] == 3  # type: ignore[typeddict-item]
            latest = saver.get_tuple(at("short"))
            assert latest is None or latest.checkpoint["channel_values"] == {
                "a": [int(latest.checkpoint["id"])]
            }
            saver.headers("t")
            saver.count()
            dict(saver.blobs.items())
            saver.writes.copy()
            saver.storage.copy()
            saver.get_delta_channel_history(config=at("t"), channels=["a"])

    together(lambda: write("t", 0), lambda: write("t", 1), lambda: write("u", 0), churn, read, read)
    assert [each.checkpoint_id for each in saver.headers("t")] == [
        f"{n:04}" for n in reversed(range(2 * number))
    ]
    assert saver.count("u") == number
    assert all(each.writes for each in saver.headers("t"))
    found = list(saver.list(None, filter={"step": 3}))
    assert len(found) == 3 * len(range(3, number, 7))


def test_a_prune_beside_a_writer_loses_nothing_new() -> None:
    saver = InMemorySaver()
    put(saver, "t", "0000", {"a": [0]}, {"a": "0000"})

    def write() -> None:
        for step in range(1, 200):
            id = f"{step:04}"
            put(saver, "t", id, {"a": [step]}, {"a": id}, parent=f"{step - 1:04}")
            found = saver.get_tuple(at("t", "", id))
            if found is not None:  # a prune since then may have taken it only if there is a later one
                assert found.checkpoint["channel_values"] == {"a": [step]}
            else:
                assert saver.headers("t")[0].checkpoint_id > id

    def prune() -> None:
        for _ in range(60):
            saver.prune(["t"])

    together(write, prune)
    saver.prune(["t"])
    assert [each.checkpoint_id for each in saver.headers("t")] == ["0199"]
    assert list(saver.blobs) == [("t", "", "a", "0199")]
