"""What watched objects do, in a file: `record` writes it, `replay` shows it again, anywhere."""

from __future__ import annotations

import os
import sys
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from inmem_widgets.observables import Observable, ObservableCache, ObservableSaver, ObservableStore, observe
from inmem_widgets.observables.recording.freezing import MOST
from inmem_widgets.observables.recording.lines import FORMAT, VERSION, NoRecording
from inmem_widgets.observables.recording.recorders import Recorder
from inmem_widgets.observables.recording.replaying import Player
from inmem_widgets.observables.recording.savers import SaverRecorder
from inmem_widgets.observables.recording.stores import CacheRecorder, StoreRecorder
from inmem_widgets.observables.recording.tape import Tape
from inmem_widgets.observables.redaction import Redact, redactor_of
from inmem_widgets.variables import variable_of

__all__ = ["NoRecording", "Recording", "Replay", "record", "replay"]

PATIENCE = 10.0
"""Seconds that closing waits for what is not written yet."""
_KINDS: tuple[tuple[type[Observable[Any]], type[Recorder]], ...] = (
    (ObservableStore, StoreRecorder),
    (ObservableCache, CacheRecorder),
    (ObservableSaver, SaverRecorder),
)


class Recording:
    """A recording that goes on until it is closed; a context manager that closes it.

    Attributes:
        path: Of the file.
    """

    def __init__(self, path: Path, recorders: Sequence[Recorder], tape: Tape) -> None:
        self.path = path
        self._recorders, self._tape = recorders, tape
        self._thread = threading.Thread(
            target=_begin, args=(recorders,), name="inmem-widgets recording", daemon=True
        )
        self._thread.start()
        for recorder in recorders:
            if (source := recorder.source) is not None:
                weakref.finalize(source, _keep, self).atexit = False
        tape.on_stop = self._end
        if not tape.open:
            self._end()

    @property
    def names(self) -> tuple[str, ...]:
        """What the objects are called in the file."""
        return tuple(each.name for each in self._recorders)

    @property
    def problem(self) -> str:
        """Why nothing is recorded any more (the disk is full, …); "" while all goes well."""
        return self._tape.problem

    @property
    def closed(self) -> bool:
        """Whether nothing is recorded any more."""
        return not self._tape.open

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all that happened before this call is in the file; whether it is.

        On the event loop that a recorded checkpointer needs, nothing can be waited for:
        `await asyncio.to_thread(recording.flush)`.

        Args:
            timeout: Seconds to wait at most; None waits as long as it takes.
        """
        until = None if timeout is None else time.monotonic() + timeout
        done = True
        if self._here:
            timeout, until = 0.0, time.monotonic()
        for each in self._recorders:
            left = None if until is None else max(0.0, until - time.monotonic())
            done = each.flush(left) and done
        self._tape.flush()
        return done and not self.problem

    def close(self) -> None:
        """Write what has happened until now, and end; the objects are as they were.

        Waits for that, but on the event loop that a recorded checkpointer needs: there it is done soon after.
        """
        if self._here:
            threading.Thread(target=self._finish, name="inmem-widgets recording").start()
        else:
            self._finish()

    @property
    def _here(self) -> bool:
        return any(each.on_its_loop for each in self._recorders)

    def _finish(self) -> None:
        if not self.closed:
            self.flush(PATIENCE)
        self._end()
        if self._tape.open:
            self._tape.line("end", t=time.time())
        self._tape.close()

    def _end(self) -> None:
        for each in self._recorders:
            each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = f"stopped: {self.problem}" if self.problem else "closed" if self.closed else "recording"
        return f"<Recording of {', '.join(self.names)} to {self.path}: {state}>"


class Replay(Player):
    """What a recording tells, as objects of ours that change as those did; see `replay`.

    Attributes:
        objects: What stands in for each, by its name in the file: for `inspect`, `observe`, `to_frame`.
    """

    def inspect(self, *names: str, **options: Any) -> Any:
        """The widgets of the objects named, or of all; options as of `inspect`.

        Raises:
            KeyError: none is called so.
        """
        from inmem_widgets.inspector import Inspector, inspect  # recording needs no widgets

        for name in names:
            if name not in self.objects:
                raise KeyError(f"{name!r:.80} is not in the recording, which has {', '.join(self.objects)}")
        made = [inspect(self.objects[name], name=name, **options) for name in names or self.objects]
        return made[0] if len(made) == 1 else Inspector(made)


def record(
    path: str | os.PathLike[str],
    *objs: Any,
    names: Sequence[str] | None = None,
    redact: Redact | None = None,
    most: int = MOST,
) -> Recording:
    """Write what stores, caches and checkpointers hold, and each change from now on, to a file.

    A file of JSON lines, which `replay` reads. A thread of its own writes it, and has the system take it
    after each batch of changes: a process that is killed loses less than its last second, up to some 50,000
    texts, dicts or lookups a second (20,000 texts with `redact`), or 5,000 answers of models. Whoever changes
    an object never waits for it: in a faster flood the file falls behind, by a million changes of an object
    at the most; what is beyond is lost, which the file says, and what the object holds then is written anew.
    If the file cannot be written any more, that is logged once, and the recording ends. It goes on until it
    is closed, or all objects are gone.

    **The file holds all keys and values**, bounded, unless `redact` masks them. Values are written as JSON
    that says of what types they are, without running any of their code: text, numbers, lists, dicts, bytes,
    objects by their fields; of anything else its type, and how it begins. Of checkpointers the bytes that
    their serializer makes.

    Args:
        path: Of the file. A recording that is there is replaced, and ended if it still goes on.
        objs: What `observe` accepts.
        names: What to call the objects, one each; by default the caller's variables that hold them.
        redact: Gets each text of keys, values, messages and prompts, whole, and gives the text to write in
            its place. If it raises or gives no str, a marker is written.
        most: Characters written of one value of a store or cache; what is left out is told in its place.

    Raises:
        TypeError: no object, one that cannot be watched, or an argument of another type.
        ValueError: `names` are not as many, or not different; `most` is below 1.
        FileExistsError: there is a file that is no recording.
        IsADirectoryError: `path` is a folder.
        FileNotFoundError: its folder is not there.
        OSError: the file cannot be made.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path: got {type(path).__name__}, accepted is the path of a file to write")
    if not objs:
        raise TypeError("record() needs at least one object: record(path, store, saver)")
    if type(most) is not int or most < 1:
        raise (TypeError if type(most) is not int else ValueError)(
            f"most: got {most!r:.80}, accepted is an int >= 1"
        )
    redactor = redactor_of(redact)
    observables = [observe(obj) for obj in objs]  # all are checked before anything is written
    called = _names(objs, observables, names, sys._getframe(1))
    tape = Tape(Path(path))
    recorders: list[Recorder] = []
    try:
        for observable, name in zip(observables, called, strict=True):
            make = next(recorder for kind, recorder in _KINDS if isinstance(observable, kind))
            recorders.append(make(observable, name, tape, redactor, most))
    except BaseException:
        for each in recorders:
            each.close()
        tape.close()
        raise
    heads = {each.name: each.head() for each in recorders}
    tape.line(
        "head", format=FORMAT, version=VERSION, by=_by(), started=time.time(), redacted=redactor is not None,
        most=most, objects=heads,
    )  # fmt: skip
    tape.flush()
    return Recording(Path(path), recorders, tape)


def replay(path: str | os.PathLike[str], *, speed: float | None = None) -> Replay:
    """What a file that `record` wrote tells, as objects to inspect: `replay(path).inspect()`.

    Neither the recorded objects nor their classes need be there: nothing of the file is evaluated, unpickled
    or imported. A file that is still written is followed. Of a long recording those changes are told, and
    logged, that logs keep: what was before them happens unseen. What was cut off, because the process was
    killed, or is damaged, is left out and told in `problem`.

    Args:
        path: Of the file.
        speed: None: all that was recorded is there at once. Else it happens again, so many times as fast
            as it did; see `Replay.play`.

    Raises:
        TypeError: an argument is of another type.
        ValueError: `speed` is not above 0.
        NoRecording: A ValueError: this is no recording.
        IsADirectoryError: `path` is a folder.
        FileNotFoundError: it is not there.
        OSError: the file cannot be read.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path: got {type(path).__name__}, accepted is the path of a recording")
    return Replay(Path(path), speed)


def _begin(recorders: Sequence[Recorder]) -> None:
    for each in recorders:
        each.begin()


def _keep(recording: Recording) -> None:
    """Ends the recording with the last of its objects, and holds it until then."""
    if all(each.source is None for each in recording._recorders):
        threading.Thread(target=recording.close, name="inmem-widgets recording", daemon=True).start()


def _names(
    objs: Sequence[Any], observables: Sequence[Observable[Any]], names: Sequence[str] | None, caller: Any
) -> list[str]:
    if names is None:
        found = [
            variable_of(obj, caller) or seen.type_name for obj, seen in zip(objs, observables, strict=True)
        ]
        return [
            name if (n := found[:i].count(name)) == 0 else f"{name} ({n + 1})" for i, name in enumerate(found)
        ]
    if isinstance(names, str | Mapping) or not all(isinstance(name, str) for name in names):
        raise TypeError(
            f"names: got {type(names).__name__}, accepted are names in a list, one for each object"
        )
    if len(names) != len(objs) or len(set(names)) != len(names):
        raise ValueError(f"names: got {len(names)}, accepted are {len(objs)} different ones")
    return list(names)


def _by() -> str:
    try:
        return f"inmem-widgets {version('inmem-widgets')}"
    except PackageNotFoundError:
        return "inmem-widgets"
