"""Many changes in a line of a recording: odd ones among them, secrets, gaps, and reading them quickly."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, InMemoryStore, observe, record, replay, watched_dict
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.recording import recorders, replaying
from inmem_widgets.observables.redaction import FAILED
from tests.observables.recordings import changes_of, lines_of


def loop() -> list[Any]:
    made: list[Any] = [1]
    made.append(made)
    return made


def odd_values() -> dict[str, Any]:
    import numpy as np
    import pandas as pd

    return {
        "text": "plain", "é\ud800": "half \ud800", "nan": math.nan, "inf": [1.0, -math.inf], "loop": loop(),
        "bytes": b"\xff\x00", "big": 1 << 100, "wide": 1 << 64, "least": -(1 << 63), "tuple": (1, {2: 3}),
        "none": None, "message": AIMessage("hi"), "generations": [Generation(text="a")],
        "array": np.arange(3), "frame": pd.DataFrame({"a": [1]}), "what": {"$": "bytes"},
        "huge": "x" * 300_000,
    }  # fmt: skip


def test_odd_values_among_many_are_recorded_as_they_are(tmp_path: Path) -> None:
    given = {f"plain {n}": {"n": n, "tags": ["a", None, 1.5]} for n in range(50)} | odd_values()
    before, store = InMemoryStore[Any](), InMemoryStore[Any]()
    before.mset([*given.items()])
    with record(tmp_path / "r.jsonl", before, store) as recording:
        recording.flush()
        for pair in given.items():
            store.mset([pair])
    assert len(lines_of(tmp_path / "r.jsonl")) < 20
    with replay(tmp_path / "r.jsonl") as found:
        assert not found.problem and found.total == len(given)
        held, written = (each.store for each in found.objects.values())
        assert [*held] == [*written] == [key.replace("\ud800", "\\ud800") for key in given]
        assert {key: preview(value) for key, value in held.items()} == {
            key: preview(value) for key, value in written.items()
        }
        for key in ("text", "bytes", "big", "wide", "least", "tuple", "none", "message", "what", "plain 7"):
            assert written[key] == given[key] and type(written[key]) is type(given[key])
        assert math.isnan(written["nan"]) and written["inf"] == [1.0, -math.inf]
        assert written["é\\ud800"] == "half \\ud800" and "not recorded" in written["huge"]


def test_keys_of_other_types(tmp_path: Path) -> None:
    notes: dict[Any, Any] = watched_dict({(1, "a"): 1})
    with record(tmp_path / "r.jsonl", notes) as recording:
        recording.flush()
        for key in (1, 2.5, "text", ("t", 2), None, b"b"):
            notes[key] = "value"
    with replay(tmp_path / "r.jsonl") as found:
        assert not found.problem and found.total == 6
        assert len(found.objects["notes"].store) == 7


def raising(text: str) -> str:
    raise ValueError(text)


@pytest.mark.parametrize("redact", [raising, lambda text: None, lambda text: 1])
def test_where_redact_fails_nothing_is_written(tmp_path: Path, redact: Any) -> None:
    store = InMemoryStore[Any]()
    with record(tmp_path / "r.jsonl", store, redact=redact) as recording:
        recording.flush()
        for n in range(20):
            store.mset([(f"secret-{n}", {"a": ["secret", n]}), (f"other-secret-{n}", b"secret")])
            store.mset([(f"last-secret-{n}", "secret")])
    assert b"secret" not in (tmp_path / "r.jsonl").read_bytes()
    with replay(tmp_path / "r.jsonl") as found:
        assert len(found.objects["store"].store) == 60  # names stay different
        assert all(FAILED in key for key in found.objects["store"].store)


def test_what_is_redacted_differs_from_what_is_not_in_one_line(tmp_path: Path) -> None:
    store = InMemoryStore[Any]()
    values = ["text", "my secret", {"a": "secret"}, {"secret": 1}, [1, 2], b"secret", 4711, None]
    with record(
        tmp_path / "r.jsonl", store, redact=lambda text: text.replace("secret", "***").replace("4711", "#")
    ) as recording:
        recording.flush()
        for n, value in enumerate(values * 5):
            store.mset([(f"{n}", value)])
    with replay(tmp_path / "r.jsonl") as found:
        shown = ["text", "my ***", {"a": "***"}, {"***": 1}, [1, 2], b"***", "#", None]
        assert [*found.objects["store"].store.values()] == shown * 5


def test_files_of_version_1_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    head = {
        "is": "head", "format": "inmem-widgets/recording", "version": 1, "started": 1.0,
        "objects": {"s": {"kind": "store", "label": "Old"}},
    }  # fmt: skip
    rest = [
        {"is": "entry", "of": "s", "key": "a", "value": 1 << 70},
        {"is": "ready", "of": "s"},
        {"is": "change", "of": "s", "n": 1, "t": 2.0, "kind": "set", "keys": ["b"], "values": ["\ud800"]},
        {"is": "end", "t": 3.0},
    ]
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in (head, *rest)))
    with replay(path) as found:
        assert found.objects["s"].store == {"a": 1 << 70, "b": "\ud800"} and found.total == 1
        assert found.ended and not found.problem


@pytest.mark.parametrize(
    ("field", "value"),
    [("keys", ["a"]), ("keys", 1), ("t", []), ("values", None), ("by", [1]), ("kind", [[]])],
)
def test_a_line_of_columns_that_do_not_fit_is_left_out(tmp_path: Path, field: str, value: Any) -> None:
    path, store = tmp_path / "r.jsonl", InMemoryStore[Any]()
    with record(path, store) as recording:
        recording.flush()
        with store.changes._lock:
            for n in range(3):
                store.mset([(f"{n}", n)])
    lines = lines_of(path)
    (several,) = (line for line in lines if line["is"] == "changes")
    several[field] = value
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with replay(path) as found:
        assert found.objects["store"].store == {} and "1 lines could not be understood" in found.problem


def test_a_file_that_is_behind_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was made and is not written when the process is killed is no secret."""
    monkeypatch.setattr(recorders, "BEHIND", -1.0)
    path, store = tmp_path / "r.jsonl", InMemoryStore[Any]()
    with record(path, store) as recording:
        recording.flush()
        with store.changes._lock:
            for n in range(3):
                store.mset([(f"{n}", n)])
    data = path.read_bytes()
    with replay(path) as found:
        assert found.objects["store"].store == {"0": 0, "1": 1, "2": 2} and not found.problem
    cut = data.index(b"\n", data.index(b'{"is":"behind"')) + 1
    path.write_bytes(data[:cut])
    with replay(path) as found:
        assert "3 changes or more are not in the file" in found.problem


def test_far_away_only_what_logs_keep_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "STEP", 5)
    monkeypatch.setattr(recorders, "CHUNK", 10)
    store, cache = InMemoryStore[Any](), InMemoryCache(maxsize=3)
    with record(tmp_path / "r.jsonl", store, cache):
        for n in range(200):
            store.mset([(f"{n % 20}", n)])
            cache.lookup(f"p{n % 5}", "llm")
            cache.update(f"p{n % 7}", "llm", [Generation(text=f"{n}")])
    times = [line["t"] for line in changes_of(tmp_path / "r.jsonl", "store")]
    with replay(tmp_path / "r.jsonl") as found:
        found.seek(0)
        replayed, seen = found.objects["store"], observe(found.objects["store"])
        seen.log.limit(most=20)
        lookups = observe(found.objects["cache"])
        lookups.log.limit(most=20)
        for _ in range(2):
            found.seek(found.total)
            assert replayed.store == store.store and seen.log.kept == 20
            assert [each.time for each in seen.log.changes()] == times[-20:]
            assert found.objects["cache"]._cache == cache._cache
            assert found.objects["cache"].stats() == cache.stats()
            assert lookups.recorder.seen == 200
            found.seek(3)


def test_closing_twice(tmp_path: Path) -> None:
    store = InMemoryStore[Any]()
    recording = record(tmp_path / "r.jsonl", store)
    recording.close()
    recording.close()
    assert recording.closed and [line["is"] for line in lines_of(tmp_path / "r.jsonl")].count("end") == 1
