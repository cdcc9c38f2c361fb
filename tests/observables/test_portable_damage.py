"""A damaged, foreign or hostile file is refused with the line and the reason; the target stays as it was."""

from __future__ import annotations

import base64
import io
import json
import os
import pickle
import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

import ormsgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver as Reference
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from inmem_widgets import InMemorySaver, export_threads, import_threads
from inmem_widgets.portable import FileRefused, ThreadsThere
from tests.core.checkpointing import Reversed, put
from tests.observables.porting import INPUT, KINDS, at, graph_on, held, interrupted, saver_of, story

TARGET = InMemorySaver()
graph_on(TARGET).invoke(INPUT, at("other"))
interrupted(TARGET, "t")
BEFORE = {thread: held(TARGET, thread) for thread in ("other", "t")}


def file_of(saver: Any, threads: Any = None) -> bytes:
    file = io.BytesIO()
    export_threads(saver, file, threads)
    return file.getvalue()


def whole() -> bytes:
    saver = InMemorySaver()
    story(saver)
    interrupted(saver, "second")
    return file_of(saver)


FILE = whole()
LINES = FILE.splitlines(keepends=True)


def refused(data: bytes, *, line: int | None = None, **more: Any) -> FileRefused:
    """It is, and nothing of the target has changed, though it may replace all of it."""
    with pytest.raises(FileRefused) as caught:
        import_threads(TARGET, io.BytesIO(data), replace=True, **more)
    assert {thread: held(TARGET, thread) for thread in TARGET.thread_ids()} == BEFORE
    assert caught.value.reason and str(caught.value).startswith(f"line {caught.value.line}: ")
    if line is not None:
        assert caught.value.line == line
    return caught.value


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(FILE) - 1))
def test_any_truncation(length: int) -> None:
    found = refused(FILE[:length])
    assert found.line == FILE[:length].count(b"\n") + 1


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(FILE) - 1), st.integers(0, 7))
def test_any_flipped_bit(place: int, bit: int) -> None:
    damaged = bytearray(FILE)
    damaged[place] ^= 1 << bit
    assert refused(bytes(damaged)).line == FILE[:place].count(b"\n") + 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(LINES) - 1))
def test_any_dropped_line(number: int) -> None:
    found = refused(b"".join(LINES[:number] + LINES[number + 1 :]), line=number + 1)
    last = number in (0, len(LINES) - 1)
    assert last or f"this was line {number + 2}" in found.reason


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_two_lines_changed_round_or_doubled(data: Any) -> None:
    a = data.draw(st.integers(0, len(LINES) - 2))
    b = data.draw(st.integers(a + 1, len(LINES) - 1))
    swapped = list(LINES)
    swapped[a], swapped[b] = swapped[b], swapped[a]
    refused(b"".join(swapped), line=a + 1)
    refused(b"".join([*LINES[: b + 1], LINES[a], *LINES[b + 1 :]]), line=b + 2)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_anything_else(data: bytes) -> None:
    refused(data, line=1)
    refused(FILE + (data or b"\n"), line=len(LINES) + 1)


def test_a_file_of_another_version_says_so() -> None:
    assert "version 2" in refused(FILE.replace(b'"version":1', b'"version":2', 1), line=1).reason
    assert "no file of checkpoints" in refused(b'{"n":1,"kind":"file"}\n').reason
    assert "no file of checkpoints" in refused(b"[" * 100_000 + b"\n").reason


# -- files made to do harm: all checksums right --


def sealed(lines: list[dict[str, Any]]) -> bytes:
    """Lines with the numbers and checksums they must have."""
    out = b""
    for number, line in enumerate(lines, 1):
        fields = {**line, "n": number}
        fields.pop("crc", None)
        if fields["kind"] == "end":
            fields["sha256"] = sha256(out).hexdigest()
        body = json.dumps(fields, separators=(",", ":")).encode()[:-1]
        out += b'%s,"crc":"%08x"}\n' % (body, crc32(body, crc32(out)))
    return out


def edited(of: str, **fields: Any) -> tuple[bytes, int]:
    """The file with the last line of a kind changed, and that line's number."""
    lines = [json.loads(line) for line in LINES]
    number = max(i for i, line in enumerate(lines) if line["kind"] == of)
    lines[number].update(fields)
    return sealed(lines), number + 1


def test_the_test_can_seal_a_file() -> None:
    assert sealed([json.loads(line) for line in LINES]) == FILE


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("file", {"extra": 1}, "fields missing or unknown: extra"),
        ("file", {"by": 5}, "by: cannot be 5"),
        ("thread", {"id": None}, "id: cannot be None"),
        ("thread", {"id": "t"}, "the thread 't' was there already"),
        ("value", {"version": []}, "version: cannot be"),
        ("value", {"value": ["msgpack", "***"]}, "expected a serialised value"),
        ("value", {"value": ["msgpack", "wQ=="]}, "cannot be read"),
        ("value", {"value": ["unheard-of", ""]}, "Unknown serialization type"),
        ("checkpoint", {"id": "another"}, "another one than the line says"),
        ("checkpoint", {"values": ["nothing"]}, "the value of 'nothing' is nowhere above"),
        ("checkpoint", {"metadata": ["null", ""]}, "no metadata"),
        ("checkpoint", {"kind": "surprise"}, "unknown kind of line: surprise"),
        ("write", {"index": "1"}, "index: cannot be 1"),
        ("end", {"checkpoints": 5}, "the numbers of lines do not match"),
    ],
)
def test_what_a_line_cannot_say(kind: str, fields: dict[str, Any], reason: str) -> None:
    data, number = edited(kind, **fields)
    assert reason in refused(data, line=number).reason


def test_lines_in_no_order() -> None:
    lines = [json.loads(line) for line in LINES]
    assert "a thread must come first" in refused(sealed([lines[0], *lines[2:]]), line=2).reason
    checkpoint = next(i for i, line in enumerate(lines) if line["kind"] == "checkpoint")
    twice = [*lines[: checkpoint + 1], lines[checkpoint], *lines[checkpoint + 1 :]]
    assert "was there already" in refused(sealed(twice), line=checkpoint + 2).reason
    assert "did not expect" in refused(sealed([lines[0], lines[0], *lines[1:]]), line=2).reason


MARK = Path(__file__).with_name("harm")


class Harm:
    def __reduce__(self) -> Any:
        return os.system, (f"touch {MARK}",)


def naming(module: str, name: str, *args: Any, code: int = 0) -> list[str]:
    inner = ormsgpack.packb([module, name, *args])
    return ["msgpack", base64.b64encode(ormsgpack.packb({"deep": [ormsgpack.Ext(code, inner)]})).decode()]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (["pickle", base64.b64encode(pickle.dumps(Harm())).decode()], "pickle"),
        (["pickle+reversed", base64.b64encode(pickle.dumps(Harm())[::-1]).decode()], "pickle"),
        (naming("os", "system", f"touch {MARK}"), "names os.system, which is not a class of data"),
        (naming("subprocess", "Popen", ["touch", str(MARK)]), "not a class of data"),
        (naming("subprocess", "Popen", (["touch", str(MARK)],), code=1), "not a class of data"),
        (naming("builtins", "eval", f"open({str(MARK)!r}, 'w')"), "not a class of data"),
        (naming("antigravity", "anything", 1), "which is not imported here: import antigravity first"),
        (naming("os", "system", {"command": f"touch {MARK}"}, "model_validate_json", code=5), "not a class"),
        (naming("no.such.module", "Thing", 1), "not imported here"),
    ],
)
@pytest.mark.parametrize("kind", ["value", "write", "checkpoint"])
def test_nothing_is_run_by_reading_a_file(value: list[str], reason: str, kind: str) -> None:
    """The default serializer would import what a value names, and call it; pickles run what they like."""
    field = {"checkpoint": value} if kind == "checkpoint" else {"value": value}
    data, number = edited(kind, **field)
    assert reason in refused(data, line=number).reason
    assert not MARK.exists()


def test_what_is_trusted_is_read() -> None:
    serde = JsonPlusSerializer(pickle_fallback=True)
    source, target = InMemorySaver(serde=serde), InMemorySaver(serde=serde)
    put(source, "t", "1", {"log": complex(1, 2)})  # no msgpack: pickled
    data = file_of(source)
    with pytest.raises(FileRefused, match="trusted=True"):
        import_threads(target, io.BytesIO(data))
    assert target.count() == 0
    import_threads(target, io.BytesIO(data), trusted=True)
    assert held(target) == held(source)
    with pytest.raises(FileRefused, match="Unknown serialization type: pickle"):  # has no use for pickles
        import_threads(InMemorySaver(), io.BytesIO(data), trusted=True)


def test_a_class_that_is_not_here_leaves_its_plain_data_to_who_trusts_it() -> None:
    lost = ["msgpack", base64.b64encode(ormsgpack.packb(ormsgpack.Ext(5, LOST))).decode()]
    data, number = edited("value", value=lost)
    assert "import no.such.module first" in refused(data, line=number).reason
    target = InMemorySaver()
    import_threads(target, io.BytesIO(data), threads=["second"], trusted=True)
    values = [each.checkpoint["channel_values"] for each in target.list(at("second"))]
    assert any({"city": "Rome"} in each.values() for each in values)


LOST = ormsgpack.packb(["no.such.module", "Plan", {"city": "Rome"}, "model_validate_json"])


def test_an_encrypted_file_needs_the_key() -> None:
    source = InMemorySaver(serde=EncryptedSerializer(Reversed()))
    put(source, "t", "1", {"secret": "the word is swordfish"})
    data = file_of(source)
    assert b"swordfish" not in b"".join(
        base64.b64decode(line["value"][1]) for line in map(json.loads, data.splitlines()) if "value" in line
    )
    target = InMemorySaver(serde=EncryptedSerializer(Reversed()))
    import_threads(target, io.BytesIO(data))
    assert held(target) == held(source)
    plain = Reference()
    with pytest.raises(FileRefused, match="Unknown serialization type: msgpack\\+reversed"):
        import_threads(plain, io.BytesIO(data))
    assert not plain.storage


# -- failures midway --


@pytest.mark.parametrize("method", ["put", "put_writes"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_midway_leaves_no_trace(kind: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with saver_of(kind) as saver:
        interrupted(saver, "t")
        interrupted(saver, "other")
        before = {thread: held(saver, thread) for thread in ("t", "other")}
        real, calls = getattr(type(saver), method), []

        def failing(self: Any, *args: Any, **more: Any) -> Any:
            calls.append(1)
            if self is saver and len(calls) == 12:
                raise OSError("the disk is full")
            return real(self, *args, **more)

        monkeypatch.setattr(type(saver), method, failing)
        with pytest.raises(FileRefused, match="nothing was imported: OSError: the disk is full"):
            import_threads(saver, io.BytesIO(FILE), replace=True)
        assert len(calls) > 12 or kind != "sqlite"
        monkeypatch.undo()
        assert {thread: held(saver, thread) for thread in ("t", "other")} == before
        there = (
            saver.storage
            if kind != "sqlite"
            else {each.config["configurable"]["thread_id"] for each in saver.list(None)}
        )
        assert set(there) == {"t", "other"}
        assert not any(key[0] == "second" for key in getattr(saver, "writes", ()))
        assert import_threads(saver, io.BytesIO(FILE), replace=True).replaced == ["t"]


def test_an_interruption_by_hand_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = InMemorySaver.put

    def interrupting(self: Any, *args: Any) -> Any:
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return real(self, *args)

    monkeypatch.setattr(InMemorySaver, "put", interrupting)
    with pytest.raises(KeyboardInterrupt):
        import_threads(TARGET, io.BytesIO(FILE), replace=True)
    assert {thread: held(TARGET, thread) for thread in TARGET.thread_ids()} == BEFORE


def test_threads_that_are_there_are_not_touched_unless_told() -> None:
    with pytest.raises(ThreadsThere, match="threads: 't' is there already; pass replace=True") as caught:
        import_threads(TARGET, io.BytesIO(FILE))
    assert caught.value.threads == ["t"]
    assert {thread: held(TARGET, thread) for thread in TARGET.thread_ids()} == BEFORE


def test_writes_without_a_checkpoint_count_as_there() -> None:
    for saver in (InMemorySaver(), Reference(), SqliteSaver(sqlite3.connect(":memory:"))):
        config: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": "x"}}
        saver.put_writes(config, [("log", 1)], "task", "path")
        with pytest.raises(ThreadsThere):
            import_threads(saver, io.BytesIO(FILE))
        back = InMemorySaver()
        import_threads(back, io.BytesIO(file_of(saver, ["t"])))
        assert dict(back.writes["t", "", "x"]) == {("task", 0): ("task", "log", ("msgpack", b"\x01"), "path")}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"saver": 5}, "saver: got int, accepted is a LangGraph checkpointer"),
        ({"file": 5}, "file: got 5, accepted is a path, or a binary file to read"),
        ({"file": io.StringIO()}, "file: got .*, accepted is a path, or a binary file to read"),
        ({"threads": "t"}, "threads: got 't', accepted are ids in a list"),
        ({"threads": [["t"]]}, "threads: unhashable type: 'list', accepted are ids in a list"),
        ({"replace": 1}, "replace: got 1, accepted is True or False"),
        ({"trusted": "yes"}, "trusted: got 'yes', accepted is True or False"),
    ],
)
def test_arguments_that_are_not_accepted(arguments: dict[str, Any], problem: str) -> None:
    given: dict[str, Any] = {"saver": InMemorySaver(), "file": io.BytesIO(FILE), **arguments}
    with pytest.raises(TypeError, match=problem):
        import_threads(given.pop("saver"), given.pop("file"), **given)


def test_a_path_gets_its_file_only_when_all_was_written(tmp_path: Path) -> None:
    saver, path = InMemorySaver(), tmp_path / "threads.jsonl"
    put(saver, "good", "1", {"log": 1})
    export_threads(saver, path)
    before = path.read_bytes()
    put(saver, "bad", "1", {"log": 2})
    saver.storage["bad"][""]["1"] = (("unheard-of", b""), ("null", b""), None)
    with pytest.raises(ValueError, match="saver: thread 'bad', checkpoint 1 cannot be read: Unknown"):
        export_threads(saver, path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["threads.jsonl"]
    copy = InMemorySaver()
    assert import_threads(copy, path).threads == ["good"]
    with pytest.raises(FileNotFoundError):
        import_threads(copy, tmp_path / "none")
