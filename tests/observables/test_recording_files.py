"""Files that are there already, that others read or write, and processes that fork or just end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inmem_widgets import InMemoryStore, record, replay
from inmem_widgets.recording import NoRecording
from tests.observables.recordings import changes_of


def store_of(**held: Any) -> InMemoryStore[Any]:
    store = InMemoryStore[Any]()
    store.mset([*held.items()])
    return store


def run(script: str, path: Path) -> list[dict[str, Any]]:
    """The changes that a process records; its lines are whole."""
    begin = (
        "import os, sys\nfrom inmem_widgets import InMemoryStore, record\n"
        "store = InMemoryStore()\nrecording = record(sys.argv[1], store)\n"
    )
    subprocess.run([sys.executable, "-c", begin + script, str(path)], check=True, timeout=60)
    return changes_of(path)


@pytest.mark.parametrize("kind", [str, Path])
def test_a_file_that_is_no_recording_is_not_overwritten(tmp_path: Path, kind: Any) -> None:
    path, store = tmp_path / "thesis.txt", store_of(a=1)
    path.write_text("years of work")
    with pytest.raises(FileExistsError, match="no recording"):
        record(kind(path), store)
    assert path.read_text() == "years of work"
    path.write_bytes(b"")
    with record(kind(path), store):
        pass
    with replay(kind(path)) as found:
        assert found.objects["store"].store == {"a": 1}


def test_a_path_that_is_no_file_of_a_recording_is_named_with_what_is_accepted(tmp_path: Path) -> None:
    store, gone, file = store_of(a=1), tmp_path / "none" / "r.jsonl", tmp_path / "notes.txt"
    file.write_text("hello\n")
    (tmp_path / "empty").touch()
    for call, error, got, accepted in (
        (record, IsADirectoryError, tmp_path, "the path of a file to write"),
        (record, FileNotFoundError, gone, "a file in a folder that is there"),
        (record, FileNotFoundError, file / "r.jsonl", "a file in a folder that is there"),
        (record, FileExistsError, file, "not overwritten"),
        (replay, IsADirectoryError, tmp_path, "a recording, as record"),
        (replay, FileNotFoundError, gone, "a recording, as record"),
        (replay, NoRecording, tmp_path / "empty", "empty, no recording; accepted is a recording"),
        (replay, NoRecording, file, "no recording, or .*; accepted is a recording"),
    ):
        call_it: Any = call
        with pytest.raises(error, match=f"^path: .*{re.escape(str(got))}.*{accepted}"):
            call_it(*((got, store) if call is record else (got,)))
    assert not store.changes.active


def test_a_recording_is_replaced_and_who_reads_it_goes_on(tmp_path: Path) -> None:
    path, store = tmp_path / "r.jsonl", store_of(a=1)
    with record(path, store):
        store.mset([("b", 2)])
    with replay(path) as old:
        with record(path, store):
            pass
        old.seek(0)
        assert old.objects["store"].store == {"a": 1}
        old.seek(1)
        assert old.objects["store"].store == {"a": 1, "b": 2}
    with replay(path) as new:
        assert new.total == 0 and new.objects["store"].store == {"a": 1, "b": 2}


def test_two_recordings_of_one_object_to_one_file_and_to_two(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = store_of(a=1)
    first, other = record(tmp_path / "one.jsonl", store), record(tmp_path / "two.jsonl", store)
    store.mset([("b", 2)])
    again = record(tmp_path / "one.jsonl", store)
    assert first.closed and "replaced" in first.problem and "replaced" in caplog.text
    store.mset([("c", 3)])
    again.close()
    store.mset([("d", 4)])
    other.close()
    first.close()
    with replay(tmp_path / "one.jsonl") as found, replay(tmp_path / "two.jsonl") as both:
        assert found.total == 1 and found.objects["store"].store == {"a": 1, "b": 2, "c": 3}
        assert both.total == 3 and not (found.problem or both.problem)


def test_one_object_twice_in_a_recording(tmp_path: Path) -> None:
    store = store_of(a=1)
    with record(tmp_path / "r.jsonl", store, store) as recording:
        store.mset([("b", 2)])
        assert recording.names == ("store", "store (2)")
    with replay(tmp_path / "r.jsonl") as found:
        assert all(each.store == {"a": 1, "b": 2} for each in found.objects.values())


def test_a_block_that_raises_is_recorded_to_its_end(tmp_path: Path) -> None:
    store = store_of()

    def interrupted() -> None:
        with record(tmp_path / "r.jsonl", store):
            store.mset([("a", 1)])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with replay(tmp_path / "r.jsonl") as found:
        assert found.ended and found.objects["store"].store == {"a": 1}


def test_a_process_that_just_ends(tmp_path: Path) -> None:
    lines = run("for n in range(500): store.mset([(str(n), n)])\n", tmp_path / "r.jsonl")
    assert [line["keys"] for line in lines] == [[str(n)] for n in range(500)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
def test_a_forked_process_writes_nothing_into_the_file(tmp_path: Path) -> None:
    script = """
recording.flush()
recording._tape.line("change", of="store", n=0, t=None, kind="set", keys=["buffered"], values=[0])
if (child := os.fork()) == 0:
    assert recording.closed and "forked" in recording.problem
    store.mset([("of the child", 1)])
    store.changes.flush(5)
    recording.close()
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
store.mset([("of the parent", 1)])
recording.close()
"""
    lines = run(script, tmp_path / "r.jsonl")
    assert [line["keys"] for line in lines] == [["buffered"], ["of the parent"]]


def test_a_replay_that_is_closed_says_so(tmp_path: Path) -> None:
    with record(tmp_path / "r.jsonl", store_of(a=1)):
        pass
    with replay(tmp_path / "r.jsonl") as found:
        pass
    for call in (lambda: found.seek(0), found.play):
        with pytest.raises(RuntimeError, match="closed"):
            call()
    assert found.problem == ""
