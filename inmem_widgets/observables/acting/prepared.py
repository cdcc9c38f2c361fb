"""What has to be written before a run, once all that was given is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.runnables import RunnableConfig

from inmem_widgets.observables.acting.at import ROOT, START, At, look
from inmem_widgets.observables.acting.branches import asked_again, branch, carry, reachable
from inmem_widgets.observables.acting.calls import Calls
from inmem_widgets.observables.acting.form import asked
from inmem_widgets.observables.acting.given import answers, edits
from inmem_widgets.observables.acting.runs import Prepare, Refused, Start, error_text, newest_of
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.wire import FieldProblem


def fork(thread_id: Any, key: Key, values: Mapping[str, Any], as_node: str | None, *, typed: bool) -> Prepare:
    """See `Actions.fork`; `typed` tells texts from objects."""

    async def prepare(calls: Calls) -> Start:
        at = await look(calls, thread_id, key)
        found = edits(at, values, typed=typed)
        _check_storable(calls.graph.checkpointer, found)
        if as_node is not None and as_node not in at.as_nodes:
            accepted = ", ".join(at.as_nodes)
            raise Refused.because(f"got {as_node!r:.80}, accepted are {accepted}", "as_node")
        if not found and as_node is None:
            made = await branch(calls, at)
        else:
            updates = updates_of(at, found, as_node)
            base = await reachable(calls, at)
            made = await calls.update(base.config, updates)
            await carry(calls, base, made)
        return _start(at, made)

    return prepare


def _check_storable(saver: Any, found: Mapping[str, Any]) -> None:
    """Whether values can be serialised: LangGraph would find out when some are written."""
    problems: list[FieldProblem] = []
    for name, value in found.items():
        try:
            saver.serde.dumps_typed(value)
        except Exception as error:  # whatever a serializer raises
            problems.append({"name": clean(name), "message": f"cannot be stored: {error_text(error)}"})
    if problems:
        raise Refused(problems)


def rerun(thread_id: Any, key: Key) -> Prepare:
    """See `Actions.rerun`."""

    async def prepare(calls: Calls) -> Start:
        at = await look(calls, thread_id, key)
        if not at.snapshot.next:
            raise Refused.because("nothing runs from here: the graph had come to its end")
        if not at.in_place and (at.finished or at.ns):
            made = await branch(calls, at)
            return Start(None, newest_of(at.config), made, at.newest.checkpoint["id"])
        # LangGraph makes a branch of its own where it is needed
        config = newest_of(at.config) if at.in_place else at.config
        return Start(None, config, None, at.newest.checkpoint["id"])

    return prepare


def resume(thread_id: Any, key: Key, given: Any, *, typed: bool) -> Prepare:
    """See `Actions.resume`."""

    async def prepare(calls: Calls) -> Start:
        from langgraph.types import Command

        at = await look(calls, thread_id, key)
        found = answers(at, given if typed else _by_id(at, given), typed=typed)
        newest = at.newest.checkpoint["id"]
        live = await calls.state(newest_of(at.config))
        if found.keys() <= {interrupt.id for interrupt in live.interrupts}:
            return Start(Command(resume=found), newest_of(at.config), None, newest)
        made, found = await asked_again(calls, at, found)
        return Start(Command(resume=found), newest_of(at.config), made, newest)

    return prepare


def _by_id(at: At, answer: Any) -> dict[str, Any]:
    """An answer by the id of what it is for."""
    ids = [interrupt.id for _, interrupt in asked(at)]
    if isinstance(answer, dict) and answer and answer.keys() <= set(ids):
        return answer
    if len(ids) > 1:
        raise Refused.because(f"{len(ids)} things are asked: give answers by the ids {', '.join(ids)}")
    return dict.fromkeys(ids, answer)


def _start(at: At, made: RunnableConfig) -> Start:
    """Go on from a new checkpoint: addressed, unless it was given writes, which LangGraph would then drop."""
    config = newest_of(at.config) if at.finished or at.ns else made
    return Start(None, config, made, at.newest.checkpoint["id"])


def updates_of(at: At, found: dict[str, Any], as_node: str | None) -> list[tuple[Any, str | None]]:
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
    return [(values, at.as_node if as_node is None and at.sent else as_node)]
