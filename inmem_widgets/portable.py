"""Threads of a LangGraph checkpointer as a file, and back into any checkpointer."""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from langgraph.checkpoint.base import BaseCheckpointSaver

from inmem_widgets.observables.portable.exporting import Exported, finish, writing
from inmem_widgets.observables.portable.importing import Imported, ThreadsThere, reading
from inmem_widgets.observables.portable.kinds import access
from inmem_widgets.observables.portable.lines import FileRefused
from inmem_widgets.observables.portable.records import shown
from inmem_widgets.observables.portable.savers import Access
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.redaction import Redact, Redactor, redactor_of

__all__ = [
    "Exported",
    "FileRefused",
    "Imported",
    "ThreadsThere",
    "aexport_threads",
    "aimport_threads",
    "export_threads",
    "import_threads",
]

File = str | os.PathLike[str] | BinaryIO


def export_threads(
    saver: BaseCheckpointSaver[Any],
    file: File,
    threads: Iterable[Any] | None = None,
    *,
    redact: Redact | Redactor | None = None,
) -> Exported:
    """Write threads of a checkpointer to one file, for a bug report or to go on elsewhere.

    **The file holds all values of all states**: messages, documents, keys if there are some among them.
    Look at it before you give it away. What an encrypting serializer wrote stays encrypted.

    JSON lines: a line for each checkpoint, for each write saved beside it, and for each version of a
    channel's value, which many checkpoints may share. Values are in base64 as the checkpointer's
    serializer makes them; of in-memory checkpointers, the very bytes they hold. Lines are numbered and
    have checksums.

    Args:
        saver: Any checkpointer. It is read checkpoint by checkpoint, and never locked for longer.
        file: A path, which is replaced once all is written; or a binary file, written where it stands.
        threads: Ids; by default all threads that have checkpoints.
        redact: Gets each text of values, metadata and ids, whole, and gives the one to write in its place.
            Values that are encrypted stay so, pickles are left out.

    Raises:
        TypeError: `saver`, `file`, `threads` or `redact` is none.
        ValueError: A thread is not there, or a checkpoint cannot be read; names it.
        RuntimeError: The checkpointer needs this thread's event loop: use `aexport_threads`.
    """
    return _export(access(saver), file, threads, redactor_of(redact))


async def aexport_threads(
    saver: BaseCheckpointSaver[Any],
    file: File,
    threads: Iterable[Any] | None = None,
    *,
    redact: Redact | Redactor | None = None,
) -> Exported:
    """`export_threads` for checkpointers that need an event loop, such as `AsyncSqliteSaver`."""
    loop = asyncio.get_running_loop()
    masks = redactor_of(redact)
    return await asyncio.to_thread(lambda: _export(access(saver, loop), file, threads, masks))


def import_threads(
    saver: BaseCheckpointSaver[Any],
    file: File,
    *,
    threads: Iterable[Any] | None = None,
    replace: bool = False,
    trusted: bool = False,
) -> Imported:
    """Put the threads of a file that `export_threads` wrote into a checkpointer.

    Checkpoints, values, writes, parents and metadata are as they were: a graph resumes, and forks, as
    it would have done there. The whole file is checked first, and if saving fails midway, what was saved
    goes again and threads that were to be replaced come back: nothing is half-imported.

    Args:
        saver: Any checkpointer that can `delete_thread`; what it already has is left alone.
        file: A path or a binary file.
        threads: Ids of those to import; by default all.
        replace: Whether threads of the same ids may be replaced, whole.
        trusted: Whether values may run code when they are read: pickles, and msgpack that names anything
            but classes of data (pydantic, dataclasses, enums, …) imported here. A serializer that
            allows neither still refuses them.

    Raises:
        TypeError: `saver`, `file` or `threads` is none.
        FileRefused: A ValueError with `line` and `reason`: the file is damaged or no such file, or names
            what must be trusted first.
        ThreadsThere: A ValueError with `threads`: they are there already.
        ValueError: A thread is not in the file, or the checkpointer did not take something.
        RuntimeError: The checkpointer needs this thread's event loop: use `aimport_threads`.
    """
    return _import(access(saver), file, threads, replace, trusted)


async def aimport_threads(
    saver: BaseCheckpointSaver[Any],
    file: File,
    *,
    threads: Iterable[Any] | None = None,
    replace: bool = False,
    trusted: bool = False,
) -> Imported:
    """`import_threads` for checkpointers that need an event loop, such as `AsyncSqliteSaver`."""
    loop = asyncio.get_running_loop()
    return await asyncio.to_thread(lambda: _import(access(saver, loop), file, threads, replace, trusted))


def _export(
    of: Access, file: File, threads: Iterable[Any] | None, redactor: Redactor | None = None
) -> Exported:
    given = _ids(threads)
    with _target(file) as out:
        ids = of.threads() if given is None else given
        if missing := [thread_id for thread_id in given or () if not of.has(thread_id)]:
            raise ValueError(f"threads: {shown(missing[0])} is not there; there are {preview(of.threads())}")
        return finish(writing(of, ids, out.write, redactor))


def _import(of: Access, file: File, threads: Iterable[Any] | None, replace: bool, trusted: bool) -> Imported:
    for name, value in (("replace", replace), ("trusted", trusted)):
        if not isinstance(value, bool):
            raise TypeError(f"{name}: got {shown(value)}, accepted is True or False")
    with _source(file) as source:
        return finish(reading(of, source, threads=_ids(threads), replace=replace, trusted=trusted))


def _ids(threads: Iterable[Any] | None) -> list[Any] | None:
    if threads is None:
        return None
    if isinstance(threads, str | bytes) or not isinstance(threads, Iterable):
        raise TypeError(f"threads: got {shown(threads)}, accepted are ids in a list, or None for all")
    try:
        return list(dict.fromkeys(threads))
    except TypeError as error:
        raise TypeError(f"threads: {error}, accepted are ids in a list, or None for all") from None


@contextmanager
def _target(file: File) -> Iterator[BinaryIO]:
    """Where to write; a path gets its file when all went well."""
    if not isinstance(file, str | os.PathLike):
        _check_binary(file, "write")
        yield file
        return
    path = Path(file)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


@contextmanager
def _source(file: File) -> Iterator[BinaryIO]:
    """What to read, from its beginning, and several times."""
    if isinstance(file, str | os.PathLike):
        with open(file, "rb") as found:
            yield found
        return
    _check_binary(file, "read")
    with tempfile.TemporaryFile() as copy:  # a file may change, or be a stream
        while data := file.read(1 << 20):
            copy.write(data)
        yield copy


def _check_binary(file: Any, method: str) -> None:
    if not callable(getattr(file, method, None)) or isinstance(file, io.TextIOBase):
        raise TypeError(f"file: got {preview(file, 80)}, accepted is a path, or a binary file to {method}")
