"""Round trips of real graphs' threads between checkpointers: what was imported goes on as the original."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver as Reference
from langgraph.types import Command

from inmem_widgets import InMemorySaver, export_threads, import_threads
from inmem_widgets.portable import FileRefused
from tests.core.checkpointing import put
from tests.observables.porting import (
    INPUT,
    KINDS,
    RUNS,
    at,
    carried,
    failed,
    graph_on,
    held,
    interrupted,
    saver_of,
    snapshots,
    story,
)


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
@pytest.mark.parametrize("made", [interrupted, failed, story])
def test_all_is_there_as_it_was(of: str, to: str, made: Any) -> None:
    """SQLite keeps a delta channel's snapshot with one checkpoint, the others with all of its version."""
    with saver_of(of) as source, saver_of(to) as target:
        made(source)
        done = carried(source, target)
        assert held(target, snapshots=of != "sqlite") == held(source, snapshots=of != "sqlite")
        assert snapshots(target) == snapshots(source)
        assert done.checkpoints == len(held(source)) and done.threads == ["t"] and done.replaced == []


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
def test_it_goes_there_and_back(of: str, to: str) -> None:
    with saver_of(of) as source, saver_of(to) as between, saver_of(of) as back:
        story(source)
        carried(source, between)
        carried(between, back)
        assert held(back, snapshots=of != "sqlite") == held(source, snapshots=of != "sqlite")


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
def test_an_interrupt_is_resumed_as_in_the_original(of: str, to: str) -> None:
    with saver_of(of) as source, saver_of(to) as target:
        interrupted(source)
        carried(source, target)
        RUNS.clear()
        ends = []
        for saver in (source, target):
            ends.append(graph_on(saver).invoke(Command(resume="that"), at("t")))
        assert ends[0] == ends[1] and ends[1]["log"][-2:] == ["asked that", "end"]
        assert RUNS == ["ask", "end"] * 2


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
def test_what_had_finished_beside_a_failed_node_is_not_run_again(of: str, to: str) -> None:
    with saver_of(of) as source, saver_of(to) as target:
        failed(source)
        carried(source, target)
        RUNS.clear()
        ends = [graph_on(saver).invoke(None, at("t")) for saver in (source, target)]
        assert RUNS == ["risky", "ask"] * 2
        assert ends[0]["log"] == ends[1]["log"] == ["greet", "left", "risky"]
        assert ends[0]["delta"] == ends[1]["delta"] == ["in", "greet", "left", "risky"]


@pytest.mark.parametrize("to", KINDS)
@pytest.mark.parametrize("of", KINDS)
def test_every_checkpoint_forks_as_in_the_original(of: str, to: str) -> None:
    with saver_of(of) as source, saver_of(to) as target:
        story(source)
        carried(source, target)
        for each in list(graph_on(source).get_state_history(at("t"))):
            ends = []
            for saver in (source, target):
                graph = graph_on(saver)
                end = graph.invoke(None, each.config)
                ends.append({name: value for name, value in end.items() if name != "__interrupt__"})
            assert ends[0] == ends[1], each.next


def test_a_value_that_many_checkpoints_share_is_written_once() -> None:
    for kind in KINDS:
        with saver_of(kind) as source:
            story(source)
            file = io.BytesIO()
            done = export_threads(source, file)
            lines = file.getvalue().splitlines()
            values = [line for line in lines if b'"kind":"value"' in line]
            assert len(values) == done.values
            if kind == "reference":
                assert done.values == sum(1 for blob in source.blobs.values() if blob[0] != "empty")
            assert done.bytes == len(file.getvalue())


def test_bytes_of_ours_and_upstreams_are_the_same() -> None:
    with saver_of("reference") as source, saver_of("ours") as ours, saver_of("reference") as back:
        story(source)
        carried(source, ours)
        carried(ours, back)
        assert back.storage == source.storage and back.writes == source.writes
        there = {key: blob for key, blob in source.blobs.items() if blob[0] != "empty"}
        assert {key: blob for key, blob in back.blobs.items() if blob[0] != "empty"} == there


def test_only_the_threads_named() -> None:
    with saver_of("ours") as source, saver_of("reference") as target:
        for thread in ("a", "b", "c"):
            graph_on(source).invoke(INPUT, at(thread))
        file = io.BytesIO()
        assert export_threads(source, file, ["a", "c"]).threads == 2
        done = import_threads(target, io.BytesIO(file.getvalue()), threads=["c"])
        assert done.threads == ["c"] and list(target.storage) == ["c"]
        with pytest.raises(ValueError, match="threads: 'b' is not in the file, which has \\['a', 'c'\\]"):
            import_threads(target, io.BytesIO(file.getvalue()), threads=["b"])
        with pytest.raises(ValueError, match="threads: 'x' is not there"):
            export_threads(source, file, ["x"])


def test_looking_makes_no_ghosts() -> None:
    with saver_of("reference") as source, saver_of("reference") as target:
        interrupted(source)
        with pytest.raises(ValueError, match="threads: 'x'"):
            export_threads(source, io.BytesIO(), ["x"])
        assert list(source.storage) == ["t"]
        carried(source, target)
        assert list(target.storage) == ["t"]


CHANNELS = ["a", "b", "__error__", "__interrupt__", "__resume__", "__scheduled__"]
CALLS = st.lists(
    st.tuples(st.sampled_from(["", "~1", "~2"]), st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=6)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(CALLS, st.booleans())
def test_writes_get_their_places_back(made: list[tuple[str, list[str]]], saved: bool) -> None:
    """Whatever tasks wrote, in several calls, with errors, interrupts and answers among it."""
    source, target = Reference(), Reference()
    config: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": "1"}}
    if saved:
        put(source, "t", "1", {"a": 1})
    for number, (path, channels) in enumerate(made):
        for task in ("y", "x"):
            source.put_writes(config, [(each, f"{number} {each}") for each in channels], task, path)
    file = io.BytesIO()
    export_threads(source, file, ["t"])
    with saver_of("sqlite") as between, saver_of("ours") as ours:
        import_threads(between, io.BytesIO(file.getvalue()))
        file = io.BytesIO()
        export_threads(between, file, ["t"])
        import_threads(ours, io.BytesIO(file.getvalue()))
        file = io.BytesIO()
        export_threads(ours, file, ["t"])
        import_threads(target, io.BytesIO(file.getvalue()))
    assert target.writes == source.writes


def test_a_place_that_cannot_be_had_is_told() -> None:
    source, target = Reference(), InMemorySaver()
    source.writes["t", "", "1"]["task", 1] = ("task", "a", ("null", b""), "")
    file = io.BytesIO()
    export_threads(source, file, ["t"])
    with pytest.raises(FileRefused, match="line 3: .* a write of 'a' cannot get the place 1 it had"):
        import_threads(target, io.BytesIO(file.getvalue()))
    assert not target.writes and not target.thread_ids()
