"""Files of threads piece by piece, as a view asks for them."""

from __future__ import annotations

import asyncio
import base64
import gc
import io
import weakref
from typing import Any

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from inmem_widgets import InMemorySaver, aexport_threads, observe
from inmem_widgets.observables.portable import files as portfile
from inmem_widgets.observables.portable.files import ExportFile, ImportFile
from tests.observables.porting import INPUT, at, graph_on, held, story


def exported(file: ExportFile) -> bytes:
    pieces: list[Any] = []
    while not pieces or not pieces[-1]["last"]:
        pieces.append(file.piece(len(pieces)))
        assert file.piece(len(pieces) - 1) == pieces[-1]  # asked for again
    assert pieces[-1]["done"] == pieces[-1]["total"]
    return b"".join(base64.b64decode(piece["data"]) for piece in pieces)


def imported(file: ImportFile, text: str, *, cut: int = 1000, replace: bool = False) -> Any:
    parts = [text[i : i + cut] for i in range(0, len(text), cut)]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        found = file.piece(number, part, last, replace)
        assert last or found is None
    while found is None:
        found = file.piece(len(parts) - 1, parts[-1], True, replace)
    return found


def waited(file: ImportFile, number: int, text: str, replace: bool) -> Any:
    while (found := file.piece(number, text, True, replace)) is None:
        pass
    return found


def test_out_in_pieces_and_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfile, "PIECE", 4000)
    source, target = InMemorySaver(), InMemorySaver()
    story(source)
    data = exported(ExportFile(observe(source), ["t"]))
    done = imported(ImportFile(observe(target)), data.decode())
    assert held(target) == held(source)
    assert done == {
        "threads": ["t"],
        "checkpoints": len(held(source)),
        "writes": sum(len(each[-1]) for each in held(source)),
        "replaced": [],
    }


@pytest.mark.parametrize("cut", [1000, 10_000_000])
def test_threads_that_are_there_are_named_first(cut: int) -> None:
    source, target = InMemorySaver(), InMemorySaver()
    story(source)
    graph_on(target).invoke(INPUT, at("t"))
    before = held(target)
    file = ImportFile(observe(target))
    text = exported(ExportFile(observe(source), None)).decode()
    parts = [text[i : i + cut] for i in range(0, len(text), cut)]
    assert imported(file, text, cut=cut)["replaced"] == ["t"]
    assert held(target) == before
    assert waited(file, len(parts) - 1, parts[-1], True)["replaced"] == ["t"]
    assert held(target) == held(source)
    # the same file again is another import, not the answer of before
    target.delete_thread("t")
    assert imported(file, text, cut=cut)["replaced"] == []
    assert held(target) == held(source)


def test_pieces_come_in_their_order() -> None:
    source = InMemorySaver()
    story(source)
    file = ExportFile(observe(source), None)
    with pytest.raises(LookupError, match="piece: got 3, the next is 0"):
        file.piece(3)
    into = ImportFile(observe(source))
    with pytest.raises(LookupError, match="piece: got 3, the next is 0"):
        into.piece(3, "", False, False)


def test_another_file_is_refused_with_the_line() -> None:
    target = InMemorySaver()
    for text in ("", "hello", "{}\n", "\ud800\n", "PK\x03\x04\ufffd"):
        with pytest.raises(ValueError, match="line 1: "):
            imported(ImportFile(observe(target)), text or " ")
    assert target.count() == 0


async def test_on_the_event_loop_that_the_checkpointer_needs() -> None:
    """As in a notebook: requests are served on the loop that the checkpointer is read on."""
    async with AsyncSqliteSaver.from_conn_string(":memory:") as saver:
        await graph_on(saver).ainvoke(INPUT, at("t"))

        class Observable:
            source = saver

        observable: Any = Observable()
        file, pieces = ExportFile(observable, None), list[Any]()
        while not pieces or not pieces[-1]["last"]:
            pieces.append(file.piece(len(pieces)))
            await asyncio.sleep(0)
        data = b"".join(base64.b64decode(piece["data"]) for piece in pieces)
        copy = InMemorySaver()
        assert imported(ImportFile(observe(copy)), data.decode())["threads"] == ["t"]
        into = ImportFile(observable)
        found = None
        for _ in range(100_000):
            found = found or into.piece(0, data.decode(), True, True)
            await asyncio.sleep(0)
            if found:
                break
        assert found and found["replaced"] == ["t"]
        again = io.BytesIO()
        await aexport_threads(saver, again)
        strip = [line.split(b'"crc"')[0] for line in data.splitlines()[1:-1]]
        assert [line.split(b'"crc"')[0] for line in again.getvalue().splitlines()[1:-1]] == strip


def test_a_checkpointer_that_cannot_be_read_or_written_is_told_and_not_kept_alive() -> None:
    source = InMemorySaver()
    story(source)
    good = ExportFile(observe(source), None)
    text = exported(good).decode()
    source.storage["t"][""]["1"] = (("unheard-of", b""), ("null", b""), None)
    bad, into = ExportFile(observe(source), None), ImportFile(observe(source))
    with pytest.raises(ValueError, match="saver: thread 't', checkpoint 1 cannot be read"):
        exported(bad)
    with pytest.raises(ValueError, match="line 1: "):
        imported(into, "text")
    assert imported(into, text)["replaced"] == ["t"]
    gone = weakref.ref(source)
    del source
    gc.collect()
    assert gone() is None
    with pytest.raises(ReferenceError):
        imported(into, text)
    assert good and bad
