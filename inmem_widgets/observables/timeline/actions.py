"""Going back and trying again: forks, re-runs and answers to interrupts, with a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from langchain_core.runnables import RunnableConfig

from inmem_widgets.observables.lanes import Key
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.timeline.at import ROOT, START, At, look
from inmem_widgets.observables.timeline.branches import asked_again, branch, carry, reachable
from inmem_widgets.observables.timeline.calls import Calls, ask
from inmem_widgets.observables.timeline.form import Of, form_of
from inmem_widgets.observables.timeline.given import answers, edits
from inmem_widgets.observables.timeline.places import place_of
from inmem_widgets.observables.timeline.runs import (
    Job,
    Prepare,
    Refused,
    Runs,
    Start,
    error_text,
    key_text,
    newest_of,
)
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
        self._observable = observable
        self._graph = graph
        self._runs = Runs(graph, tell)

    @property
    def graph(self) -> str | None:
        """The graph's name; None without one."""
        return (
            None if self._graph is None else clean(cut(str(getattr(self._graph, "name", "") or "graph"), 80))
        )

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
        thread_id = self._observable.thread_id(thread)

        async def work(calls: Calls) -> Form:
            return form_of(await look(calls, thread_id, key), of)

        return ask(self._there(), work)

    def fork(self, thread: str, key: Key, values: Mapping[str, str], as_node: str | None, run: bool) -> Begun:
        """A new checkpoint with other values, made from one; and a run from there.

        Args:
            values: By channel, texts as in the form's fields; those left as they are may be missing.
            as_node: Which node the values are to come from; None has LangGraph take the one that ran.
        """
        return self._begun("fork", thread, self._fork(thread, key, values, as_node, typed=True), run)

    def rerun(self, thread: str, key: Key) -> Begun:
        """Run the graph from a checkpoint; from the newest one it goes on."""
        return self._begun("rerun", thread, self._rerun(thread, key), True)

    def resume(self, thread: str, key: Key, values: Mapping[str, str]) -> Begun:
        """Answer interrupts of a checkpoint, by their ids, and run; those not answered ask again."""
        return self._begun("resume", thread, self._resume(thread, key, values, typed=True), True)

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
        return self._done("fork", thread, self._fork(thread, key, values, as_node, typed=False), run)

    def rerun_config(self, config: RunnableConfig) -> None:
        """`rerun` from the checkpoint a config names."""
        thread, key = self._place(config)
        self._done("rerun", thread, self._rerun(thread, key), True)

    def resume_value(self, config: RunnableConfig, value: Any) -> None:
        """`resume` with an object as the answer; where several things were asked, with answers by id.

        Raises:
            ValueError: nothing was asked, or several things and the answers are not by id.
        """
        thread, key = self._place(config)
        self._done("resume", thread, self._resume(thread, key, value, typed=False), True)

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

    def _fork(
        self, thread: str, key: Key, values: Mapping[str, Any], as_node: str | None, *, typed: bool
    ) -> Prepare:
        thread_id = self._observable.thread_id(thread)

        async def prepare(calls: Calls) -> Start:
            at = await look(calls, thread_id, key)
            found = edits(at, values, typed=typed)
            if as_node is not None and as_node not in at.as_nodes:
                accepted = ", ".join(at.as_nodes)
                raise Refused.because(f"got {as_node!r:.80}, accepted are {accepted}", "as_node")
            if not found and as_node is None:
                made = await branch(calls, at)
            else:
                updates = _updates(at, found, as_node)
                base = await reachable(calls, at)
                made = await calls.update(base.config, updates)
                await carry(calls, base, made)
            return _start(at, made)

        return prepare

    def _rerun(self, thread: str, key: Key) -> Prepare:
        thread_id = self._observable.thread_id(thread)

        async def prepare(calls: Calls) -> Start:
            at = await look(calls, thread_id, key)
            if not at.snapshot.next:
                raise Refused.because("nothing runs from here: the graph had come to its end")
            if not at.in_place and (at.finished or at.ns):
                await branch(calls, at)
            elif not at.in_place:  # LangGraph makes the branch itself
                return Start(None, at.config, None, at.newest.checkpoint["id"])
            return Start(None, newest_of(at.config), None, at.newest.checkpoint["id"])

        return prepare

    def _resume(self, thread: str, key: Key, given: Any, *, typed: bool) -> Prepare:
        thread_id = self._observable.thread_id(thread)

        async def prepare(calls: Calls) -> Start:
            from langgraph.types import Command

            at = await look(calls, thread_id, key)
            found = answers(at, given, typed=typed)
            newest = at.newest.checkpoint["id"]
            live = await calls.state(newest_of(at.config))
            if found.keys() <= {interrupt.id for interrupt in live.interrupts}:
                return Start(Command(resume=found), newest_of(at.config), None, newest)
            made, found = await asked_again(calls, at, found)
            return Start(Command(resume=found), newest_of(at.config), made, newest)

        return prepare

    def _begun(
        self, what: Literal["fork", "rerun", "resume"], thread: str, prepare: Prepare, run: bool
    ) -> Begun:
        try:
            job = self._begin(what, thread, prepare, run)
        except Refused as error:
            return {"problems": error.problems, "run": None, "key": None}
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
        return job.made

    def _begin(
        self, what: Literal["fork", "rerun", "resume"], thread: str, prepare: Prepare, run: bool
    ) -> Job:
        self._there()
        job = self._runs.begin(what, thread, prepare, run=run)
        if not job.wait(job.ready, WAIT) or (job.begun and run):
            self._runs.show(job)
        return job

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


def _start(at: At, made: RunnableConfig) -> Start:
    """Go on from a new checkpoint: addressed, unless it was given writes, which LangGraph would then drop."""
    config = newest_of(at.config) if at.finished or at.ns else made
    return Start(None, config, made, at.newest.checkpoint["id"])


def _updates(at: At, found: dict[str, Any], as_node: str | None) -> list[tuple[Any, str | None]]:
    """The manual updates that write values, and have what runs next found as it was."""
    from langgraph.types import Overwrite

    values: Any = {name: Overwrite(it) if at.slots[name].reduces else it for name, it in found.items()}
    if at.input:
        values = {**at.values, **values}
    if ROOT in at.slots:
        values = values.get(ROOT)
    if at.input:
        return [(values, START)]
    if as_node == START:
        missing = sorted(found.keys() - at.pregel.builder.schemas[at.pregel.builder.input_schema].keys())
        if missing:
            raise Refused.because(f"{START} only writes what the graph's input has", missing[0])
    if as_node is None and at.as_node is None and (ran := at.ran):
        return [(values if i == 0 else None, name) for i, name in enumerate(ran)]
    return [(values, as_node)]
