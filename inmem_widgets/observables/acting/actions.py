"""Going back and trying again: forks, re-runs and answers to interrupts, with a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from langchain_core.runnables import RunnableConfig

from inmem_widgets.observables.acting import prepared
from inmem_widgets.observables.acting.at import At, look
from inmem_widgets.observables.acting.calls import Calls, ask, needs_loop
from inmem_widgets.observables.acting.form import Of, form_of
from inmem_widgets.observables.acting.runs import (
    Job,
    Prepare,
    Refused,
    Runs,
    error_text,
    key_text,
)
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import place_of
from inmem_widgets.wire import Begun, Form, Run

WAIT = 5.0
"""Seconds until what must be written before a run counts as done later."""
NO_GRAPH = (
    "there is no graph to run: make the timeline with inspect(saver, graph=graph), or copy the action as code"
)


class Actions:
    """What can be done from a checkpoint of a thread. Any thread may call; nothing here waits for a run.

    A fork writes its values as a manual update does, so that what runs next is found anew; values are
    checked by the types the graph declares before anything is written, and replace what a reducer would add
    to. What a task of the step had written, while another had not, is kept: it is not run again.

    Args:
        graph: A compiled LangGraph graph whose checkpointer is the one observed. `graph.with_config(…)`
            gives runs a config of their own.

    Raises:
        TypeError: the graph is none.
        ValueError: its checkpointer is another one.
    """

    def __init__(
        self, observable: ObservableSaver, graph: Any = None, tell: Callable[[], None] = lambda: None
    ) -> None:
        if graph is not None:
            check(graph, observable.source)
        self.observable = observable
        self._graph = graph
        self._runs = Runs(graph, tell)

    @property
    def graph(self) -> str | None:
        """The graph's name; None without one."""
        if self._graph is None:
            return None
        return clean(cut(str(getattr(self._graph, "name", None) or "graph"), 80))

    @property
    def runs(self) -> list[Run]:
        """The latest runs, newest first."""
        return self._runs.wire()

    def form(self, thread: str, key: Key, of: Of) -> Form:
        """What can be given at a checkpoint: values for its channels, or answers to its interrupts.

        Raises:
            PermissionError: there is no graph.
            LookupError: the checkpoint is gone, or the graph cannot reach it.
            RuntimeError, TimeoutError: the event loop of the checkpointer is busy.
        """
        if of not in ("fork", "resume"):
            raise ValueError(f"of: got {of!r:.80}, accepted are 'fork' and 'resume'")
        thread_id = self._id(thread)

        async def work(calls: Calls) -> Form:
            return form_of(await look(calls, thread_id, key), of)

        return ask(self._there(), work)

    def at(self, thread: str, key: Key) -> At | None:
        """The checkpoint as the graph sees it; None without a graph, and where its event loop is busy."""
        if self._graph is None:
            return None
        thread_id = self._id(thread)
        try:
            return ask(self._graph, lambda calls: look(calls, thread_id, key))
        except (RuntimeError, TimeoutError):
            return None

    @property
    def awaits(self) -> bool:
        """Whether the graph can only be awaited."""
        return self._graph is not None and needs_loop(self._graph)

    def fork(self, thread: str, key: Key, values: Mapping[str, str], as_node: str | None, run: bool) -> Begun:
        """A new checkpoint with other values, made from one; and a run from there.

        Args:
            values: By channel, texts as in the form's fields; those left as they are may be missing.
            as_node: Which node the values are to come from; None has LangGraph take the one that ran.
        """
        prepare = prepared.fork(self._id(thread), key, values, as_node, typed=True)
        return self._begun("fork", thread, prepare, run)

    def rerun(self, thread: str, key: Key) -> Begun:
        """Run the graph from a checkpoint; from the newest one it goes on."""
        return self._begun("rerun", thread, prepared.rerun(self._id(thread), key), True)

    def resume(self, thread: str, key: Key, values: Mapping[str, str]) -> Begun:
        """Answer interrupts of a checkpoint, by their ids, and run; those not answered ask again."""
        prepare = prepared.resume(self._id(thread), key, values, typed=True)
        return self._begun("resume", thread, prepare, True)

    # -- the same with objects --

    def fork_values(
        self,
        config: RunnableConfig,
        values: Mapping[str, Any],
        *,
        as_node: str | None = None,
        run: bool = False,
    ) -> RunnableConfig | None:
        """`fork` with objects as values.

        Returns:
            The config of the new checkpoint; None where it is made later, as the event loop is busy.

        Raises:
            ValueError: a value is not of the type its channel declares; nothing was written.
        """
        thread, key = self._place(config)
        prepare = prepared.fork(self._id(thread), key, values, as_node, typed=False)
        return self._done("fork", thread, prepare, run)

    def rerun_config(self, config: RunnableConfig) -> None:
        """`rerun` from the checkpoint a config names."""
        thread, key = self._place(config)
        self._done("rerun", thread, prepared.rerun(self._id(thread), key), True)

    def resume_value(self, config: RunnableConfig, value: Any) -> None:
        """`resume` with an object as the answer; where several things were asked, with answers by id.

        Raises:
            ValueError: nothing was asked, or several things and the answers are not by id.
        """
        thread, key = self._place(config)
        prepare = prepared.resume(self._id(thread), key, value, typed=False)
        self._done("resume", thread, prepare, True)

    # -- runs --

    def stop(self, run: int) -> None:
        """Have a run end after the step it is at."""
        self._runs.stop(run)

    def wait(self, timeout: float | None = None) -> bool:
        """Whether all runs have ended, within the time given (seconds)."""
        return self._runs.wait(timeout)

    async def finished(self) -> None:
        """Once all runs have ended."""
        await self._runs.finished()

    def close(self) -> None:
        """Stop the runs after the step they are at."""
        self._runs.close()

    # -- how --

    def _begun(
        self, what: Literal["fork", "rerun", "resume"], thread: str, prepare: Prepare, run: bool
    ) -> Begun:
        try:
            job = self._begin(what, thread, prepare, run)
        except Refused as error:
            return {"problems": error.problems, "run": None, "key": None}
        except RuntimeError as error:
            return {"problems": [{"name": "", "message": str(error)}], "run": None, "key": None}
        if isinstance(job.error, Refused):
            return {"problems": job.error.problems, "run": None, "key": None}
        if job.error is not None and not job.begun:
            return {"problems": [{"name": "", "message": error_text(job.error)}], "run": None, "key": None}
        listed = run or not job.ready.is_set()
        return {"problems": [], "run": job.number if listed else None, "key": key_text(job.made)}

    def _done(
        self, what: Literal["fork", "rerun", "resume"], thread: str, prepare: Prepare, run: bool
    ) -> RunnableConfig | None:
        job = self._begin(what, thread, prepare, run)
        if job.error is not None and not job.begun:
            raise job.error
        job.owed = True
        return job.made

    def _begin(
        self, what: Literal["fork", "rerun", "resume"], thread: str, prepare: Prepare, run: bool
    ) -> Job:
        self._there()
        job = self._runs.begin(what, thread, prepare, run=run)
        # what is not run has ended when this returns, so that the next action need not wait for it
        if not job.wait(job.ready if run else job.ended, WAIT) or (job.begun and run):
            self._runs.show(job)
        return job

    def _id(self, thread: str) -> Any:
        return self.observable.thread_id(thread)

    def _there(self) -> Any:
        if self._graph is None:
            raise PermissionError(NO_GRAPH)
        return self._graph

    def _place(self, config: RunnableConfig) -> tuple[str, Key]:
        thread_id, key = place_of(config)
        return clean(str(thread_id)), key


def check(graph: Any, saver: Any) -> None:
    """Whether a graph can act on a checkpointer.

    Raises:
        TypeError: it is no compiled graph.
        ValueError: its checkpointer is another one.
    """
    if not all(callable(getattr(graph, name, None)) for name in ("stream", "get_state", "bulk_update_state")):
        raise TypeError(f"graph: got {type(graph).__name__}, accepted is a compiled LangGraph graph")
    if saver is not None and getattr(graph, "checkpointer", None) is not saver:
        found = type(getattr(graph, "checkpointer", None)).__name__
        raise ValueError(
            f"graph: its checkpointer is another one ({found}), accepted is "
            "builder.compile(checkpointer=saver) with the checkpointer that is inspected"
        )
