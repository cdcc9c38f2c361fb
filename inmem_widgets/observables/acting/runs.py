"""Runs begun from a timeline: each elsewhere, none waited for, stopped after the step they are at."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import weakref
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any, Literal, NamedTuple

from langchain_core.runnables import RunnableConfig

from inmem_widgets.observables.acting import calls
from inmem_widgets.observables.acting.calls import Calls
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.threads.places import text_of
from inmem_widgets.wire import FieldProblem, Run

KEPT = 8
"""Runs listed."""
ERROR = 500
"""Characters of an error."""
State = Literal["running", "done", "interrupted", "failed", "stopping", "stopped"]

_log = logging.getLogger("inmem_widgets")
_busy: weakref.WeakKeyDictionary[Any, dict[str, Job]] = weakref.WeakKeyDictionary()
"""By checkpointer and thread: one thing is done to a thread at a time, whichever timeline began it."""
_busy_lock = threading.Lock()


def busy(saver: Any) -> frozenset[str]:
    """The threads of a checkpointer to which something is being done."""
    with _busy_lock:
        return frozenset(_busy.get(saver, ()))


class Refused(ValueError):
    """Why nothing was done."""

    def __init__(self, problems: list[FieldProblem]) -> None:
        super().__init__("; ".join(": ".join(filter(None, (p["name"], p["message"]))) for p in problems))
        self.problems = problems

    @classmethod
    def because(cls, message: str, name: str = "") -> Refused:
        return cls([{"name": name, "message": message}])


class Start(NamedTuple):
    """How a run goes on, once all it needs is written."""

    input: Any
    config: RunnableConfig
    made: RunnableConfig | None
    """Of the checkpoint that was made for it."""
    newest: str
    """The newest checkpoint's id before the run."""


Prepare = Callable[[Calls], Coroutine[Any, Any, Start]]


class Job:
    """Something done to a thread, with or without a run of the graph."""

    def __init__(self, number: int, what: Literal["fork", "rerun", "resume"], thread: str, run: bool) -> None:
        from langgraph.runtime import RunControl

        self.number, self.what, self.thread, self.run = number, what, thread, run
        self.state: State = "running"
        self.error: Exception | None = None
        self.owed = False
        """Whether the error is still to be told to whoever waits."""
        self.started = time.time()
        self.steps = 0
        self.made: RunnableConfig | None = None
        """The config of the checkpoint that a fork made."""
        self.ready = threading.Event()
        """What had to be written before the run is; or nothing was, for `error`."""
        self.begun = False
        self.ended = threading.Event()
        self.control = RunControl()
        self.loop: asyncio.AbstractEventLoop | None = None

    @property
    def alive(self) -> bool:
        return not self.ended.is_set()

    def wire(self) -> Run:
        return {
            "id": self.number,
            "what": self.what,
            "thread": self.thread,
            "state": self.state,
            "error": "" if self.error is None else error_text(self.error),
            "started": self.started,
            "steps": self.steps,
        }

    def wait(self, event: threading.Event, timeout: float | None) -> bool:
        """Whether it came in time; False at once on the thread of the loop that has to bring it about."""
        if self.loop is not None and calls.on_thread_of(self.loop):
            return event.is_set()
        return event.wait(timeout)


class Runs:
    """What is being done, and the latest of what was."""

    def __init__(self, graph: Any, tell: Callable[[], None]) -> None:
        self._graph, self._tell = graph, tell
        self._lock = threading.Lock()
        self._jobs: list[Job] = []
        self._count = 0

    def begin(
        self, what: Literal["fork", "rerun", "resume"], thread: str, prepare: Prepare, *, run: bool = True
    ) -> Job:
        """Prepare, and run, elsewhere.

        Raises:
            Refused: something is being done to the thread.
            RuntimeError: the checkpointer's event loop does not run.
        """
        with self._lock:
            self._count += 1
            job = Job(self._count, what, thread, run)
        job.loop = calls.loop_of(self._graph.checkpointer)
        with _busy_lock:
            threads = _busy.setdefault(self._graph.checkpointer, {})
            if thread in threads:
                raise Refused.because(
                    f"a run of thread {thread!r:.80} is going on: stop it, or wait for its end"
                )
            threads[thread] = job
        try:
            calls.begin(self._graph, f"inmem-widgets run {job.number}", lambda c: self._work(job, prepare, c))
        except BaseException:
            self._free(job)
            raise
        return job

    def show(self, job: Job) -> None:
        """Show it among the runs."""
        with self._lock:
            if job not in self._jobs:
                self._jobs.insert(0, job)
            ended = [each for each in self._jobs if not each.alive]
            for each in ended[KEPT:]:
                self._jobs.remove(each)
        self._told()

    def wire(self) -> list[Run]:
        """The latest ones, newest first."""
        with self._lock:
            return [job.wire() for job in self._jobs[:KEPT]]

    def stop(self, number: int) -> None:
        """Have a run end after the step it is at; it can be gone on with later.

        Raises:
            LookupError: there is no such run.
        """
        with self._lock:
            job = next((each for each in self._jobs if each.number == number), None)
        if job is None:
            raise LookupError(f"run: there is none of number {number}")
        self._stop(job)

    def wait(self, timeout: float | None = None) -> bool:
        """Whether all that was begun has ended, within the time given.

        Raises:
            ValueError: something was refused after whoever asked for it had gone on.
            RuntimeError: it would wait for the event loop whose thread this is.
        """
        until = None if timeout is None else time.monotonic() + timeout
        for job in self.alive():
            if job.loop is not None and calls.on_thread_of(job.loop) and job.alive:
                raise RuntimeError(
                    "wait: the run needs the event loop that would be waiting: await finished()"
                )
            if not job.ended.wait(None if until is None else max(0.0, until - time.monotonic())):
                return False
        self._pay()
        return True

    async def finished(self) -> None:
        """Once all that was begun has ended; for cells that run on the event loop it needs."""
        for job in self.alive():
            await asyncio.get_running_loop().run_in_executor(None, job.ended.wait)
        self._pay()

    def _pay(self) -> None:
        """Raise why something was not even begun, once."""
        with self._lock:
            owing = [job for job in self._jobs if job.owed and job.error is not None and not job.begun]
        for job in owing:
            job.owed = False
            if job.error is not None:
                raise job.error

    def alive(self) -> list[Job]:
        with self._lock:
            return [job for job in self._jobs if job.alive]

    def close(self) -> None:
        """Stop all runs after the step they are at; does not wait."""
        for job in self.alive():
            self._stop(job)

    def _stop(self, job: Job) -> None:
        if job.alive and job.state == "running":
            job.state = "stopping"
            job.control.request_drain("stopped from the timeline")
            self._told()

    async def _work(self, job: Job, prepare: Prepare, c: Calls) -> None:
        from langgraph.errors import GraphDrained

        state: State = "failed"
        try:
            start = await prepare(c)
            job.made = start.made
            job.begun = True
            job.ready.set()
            self._told()
            if job.run:
                await self._run(job, start, c)
                left = await c.state(newest_of(start.config))
                state = "interrupted" if left.next else "done"
            else:
                state = "done"
        except GraphDrained:
            state = "stopped"
        except asyncio.CancelledError:  # its loop ends
            state = "stopped"
            raise
        except Exception as error:
            job.error = error
        finally:
            job.state = state
            self._free(job)
            job.ended.set()
            job.ready.set()
            self._told()

    async def _run(self, job: Job, start: Start, c: Calls) -> None:
        seen: set[str] = set()
        async with aclosing(c.stream(start.input, start.config, job.control)) as stream:
            async for told in stream:
                made = told["config"]["configurable"]["checkpoint_id"]
                if made > start.newest and made not in seen:  # ids grow with time
                    seen.add(made)
                    job.steps = len(seen)
                    self._told()

    def _free(self, job: Job) -> None:
        with _busy_lock:
            threads = _busy.get(self._graph.checkpointer, {})
            if threads.get(job.thread) is job:
                del threads[job.thread]

    def _told(self) -> None:
        try:
            self._tell()
        except Exception:
            _log.exception("a report of a run failed")


def newest_of(config: RunnableConfig) -> RunnableConfig:
    """The config of the newest checkpoint of a config's thread."""
    return {"configurable": {"thread_id": str(config["configurable"]["thread_id"])}}


def error_text(error: BaseException) -> str:
    """An error in bounded text, even where its own text fails."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:
        text = type(error).__name__
    return cut(clean(text), ERROR)


def key_text(config: RunnableConfig | None) -> str | None:
    """The checkpoint a config names, as on the wire."""
    if config is None:
        return None
    where = config["configurable"]
    return text_of((where.get("checkpoint_ns", ""), where["checkpoint_id"]))
