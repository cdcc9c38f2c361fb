"""Another branch from a checkpoint, with what its tasks had done."""

from __future__ import annotations

import copy
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base.id import uuid6

from inmem_widgets.observables.acting.at import At, look
from inmem_widgets.observables.acting.calls import Calls
from inmem_widgets.observables.acting.form import asked
from inmem_widgets.observables.acting.runs import Refused

RESUME = "__resume__"
_NOT_OUTPUT = ("__error__", "__error_source_node__", "__interrupt__", RESUME)
COPY = "__copy__"
"""What LangGraph calls the manual update that copies a checkpoint, for its siblings."""


async def branch(calls: Calls, at: At, but: Collection[str] = ()) -> RunnableConfig:
    """A copy of a checkpoint, from which its thread goes on next.

    Args:
        but: Tasks that run again in any case.
    """
    if at.called_in_place:
        made = await calls.update(at.config, [(None, COPY)])
        await carry(calls, at, made, but)
        return made
    return await _called_again(calls, at, but)


async def reachable(calls: Calls, at: At) -> At:
    """The checkpoint, where what is made from it is gone on with; of a subgraph whose call is over, its copy
    in another such call."""
    if at.called_in_place:
        return at
    where = (await _called_again(calls, at))["configurable"]
    return await look(calls, where["thread_id"], (where["checkpoint_ns"], where["checkpoint_id"]))


async def carry(calls: Calls, at: At, made: RunnableConfig, but: Collection[str] = ()) -> None:
    """Give the tasks of a new checkpoint what the same tasks had written at the one it was made from."""
    kept = at.finished if not but else [task for task in at.snapshot.tasks if task.result is not None]
    kept = [task for task in kept if task.id not in but]
    if not kept:
        return
    again = {_same(task): task for task in (await calls.state(made)).tasks}
    for task in kept:
        if (new := again.get(_same(task))) is not None:
            writes = [
                (channel, value)
                for task_id, channel, value in at.saved.pending_writes or ()
                if task_id == task.id and channel not in _NOT_OUTPUT
            ]
            await calls.put_writes(made, writes, new.id, path_text(new.path))


async def asked_again(calls: Calls, at: At, answers: dict[str, Any]) -> tuple[RunnableConfig, dict[str, Any]]:
    """A branch at which the same is asked; and the answers by the ids that the interrupts have there.

    Raises:
        Refused: it was asked inside a subgraph.
    """
    from langgraph.types import Interrupt

    wanted = {interrupt.id: task for task, interrupt in asked(at) if interrupt.id in answers}
    if inside := next((task.name for task in wanted.values() if task.state is not None), None):
        raise Refused.because(
            f"the graph has moved on since, and this was asked inside {inside!r:.80}: "
            "answer it at the subgraph's own checkpoint, or re-run from here"
        )
    made = await branch(calls, at, but={task.id for task in wanted.values()})
    again = {_same(task): task for task in (await calls.state(made)).tasks}
    ns = str(made["configurable"].get("checkpoint_ns", ""))
    found: dict[str, Any] = {}
    for interrupt_id, task in wanted.items():
        new = again[_same(task)]
        # also where there were none: LangGraph looks for answers only where something is written
        await calls.put_writes(made, [(RESUME, _answers(at, task))], new.id, path_text(new.path))
        inner = f"{new.name}:{new.id}"
        found[Interrupt.from_ns(None, f"{ns}|{inner}" if ns else inner).id] = answers[interrupt_id]
    return made, found


def _answers(at: At, task: Any) -> list[Any]:
    """The answers given to a task before what it asked last."""
    saved = at.saved.pending_writes or ()
    found: Any = next(
        (value for task_id, channel, value in saved if (task_id, channel) == (task.id, RESUME)), []
    )
    given = found if isinstance(found, list) else [found]
    return given[:-1] if task.result is not None else given


async def _called_again(calls: Calls, at: At, but: Collection[str] = ()) -> RunnableConfig:
    """Copies of a subgraph's checkpoint, and of those that it was called from: as the newest of the thread.

    The namespace of a call is made of the checkpoint that it came from, so each has to be put anew.
    """
    from langgraph.channels import DeltaChannel

    thread_id = at.config["configurable"]["thread_id"]
    levels = sorted(at.parents.items(), key=lambda level: len(level[0]))
    places = [await look(calls, thread_id, level) for level in levels]
    if any(isinstance(it, DeltaChannel) for place in places[1:] for it in place.pregel.channels.values()):
        raise Refused.because(
            "the graph has moved on since, and no subgraph with delta channels can be called again from here"
        )
    outer = places[0]
    made = await calls.update(outer.config, [(None, COPY)])
    parents = {"": made["configurable"]["checkpoint_id"]}
    for place in places[1:]:
        call = place.ns.removeprefix(outer.ns).removeprefix("|")
        task = next((task for task in outer.snapshot.tasks if f":{task.id}" in call), None)
        again = {_same(task): task for task in (await calls.state(made)).tasks}
        new = again.get(_same(task)) if task is not None else None
        if task is None or new is None:
            raise Refused.because(
                "the graph does not call this subgraph at the checkpoint it was called from"
            )
        await carry(calls, outer, made, but={task.id})
        name = call.replace(task.id, new.id)
        ns = f"{made['configurable']['checkpoint_ns']}|{name}" if outer.ns else name
        checkpoint = copy.deepcopy(place.saved.checkpoint)
        checkpoint["id"] = str(uuid6())
        checkpoint["ts"] = datetime.now(UTC).isoformat()
        metadata: Any = {
            "source": "fork",
            "step": place.saved.metadata.get("step", -1),
            "parents": dict(parents),
        }
        made = await calls.put(
            {"configurable": {"thread_id": thread_id, "checkpoint_ns": ns}}, checkpoint, metadata
        )
        parents[ns] = checkpoint["id"]
        outer = place
    await carry(calls, outer, made, but)
    return made


def _same(task: Any) -> tuple[str, str]:
    """What a task is recognised by at another checkpoint."""
    return task.name, str(task.path)


def path_text(path: Any) -> str:
    """A task's path as LangGraph saves it beside writes."""
    if isinstance(path, tuple | list):
        return f"~{', '.join(map(path_text, path))}"
    return f"{path:010d}" if isinstance(path, int) else str(path)
