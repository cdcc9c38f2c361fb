"""Which tasks wrote what is saved beside a checkpoint, and of which nodes they were.

LangGraph saves what a task writes beside the checkpoint it runs from; the checkpoint that comes of it says
which nodes ran. A task's path names its node. Where a checkpointer does not tell the path, the id does: it
is a hash of what it runs from, made again in `taskids` for all nodes it may be of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid5

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.diffs.taskids import (
    OF_NODE,
    PUSH,
    called_ids,
    hash_of,
    names_at,
    run_ids,
)
from inmem_widgets.observables.reading.reader import Reader, SavedWrite
from inmem_widgets.observables.threads.headers import key_of, nodes_that_ran
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.values import children, fields, is_a

NULL_TASK = "00000000-0000-0000-0000-000000000000"
"""The id of what is written by no task, such as a resume."""
TASKS = "__pregel_tasks"
"""The channel of what was sent (`Send`)."""
SPECIAL = frozenset({
    "__error__", "__error_source_node__", "__interrupt__", "__no_writes__", "__resume__", "__return__",
    "__scheduled__",
})  # fmt: skip
"""What tasks write about themselves."""
SENDS = 1_000
"""Tasks sent at once whose nodes are told."""
_LATE = re.compile(r"~~\d+(?=~)")
"""Before the path of a task of a run that saved at its end only."""
_SENT = re.compile(rf"~{PUSH}, (\d+)(?:, \w+)?")

Kind = Literal["task", "update", "input"]


@dataclass(slots=True)
class Task:
    """A task that has written beside a checkpoint.

    Attributes:
        id: The task's id.
        kind: What wrote: a task of a node, a manual update, or who gave an input or an answer.
        node: "" where unknown; of an update, and of an input, too.
        certain: Whether the node is told by its path or id; else it is the only one it can be.
        writes: In replay order.
    """

    id: str
    path: str
    kind: Kind = "task"
    node: str = ""
    certain: bool = True
    writes: list[SavedWrite] = field(default_factory=list)

    def wrote(self, channel: str) -> bool:
        return any(write.channel == channel for write in self.writes)


class Made(NamedTuple):
    """A step at which a channel was written: the checkpoint, and the one it was made from."""

    header: CheckpointHeader
    parent: CheckpointHeader | None


def path_of(history: ThreadHistory, header: CheckpointHeader, until: Key | None = None) -> list[Made]:
    """The steps down to a checkpoint, newest first, as far as one that is not among them."""
    found: list[Made] = []
    seen: set[Key] = set()
    while (key := key_of(header)) != until and key not in seen:
        seen.add(key)
        parent = history.parent(header)
        found.append(Made(header, parent))
        if parent is None:
            break
        header = parent
    return found


def tasks_beside(
    reader: Reader, thread_id: Any, history: ThreadHistory, header: CheckpointHeader
) -> list[Task]:
    """Tasks that have written beside a checkpoint, in replay order."""
    found: dict[str, Task] = {}
    for write in reader.writes(thread_id, key_of(header)) or []:
        task = found.setdefault(write.task, Task(write.task, write.path))
        task.path = task.path or write.path
        task.writes.append(write)
    if not found:
        return []
    sent = cache(partial(_sent, reader, thread_id, header))
    unknown: dict[str, Task] = {}
    for task in found.values():
        task.kind = _kind(task, header)
        if task.kind == "task" and not _set_node(task, sent):
            unknown[task.id] = task
    if unknown and (hashed := hash_of(header)) is not None:
        names, joins = names_at(history, header)
        _match(unknown, run_ids(hashed, header, names, joins, sent()))
        callers = [(task.id, task.node, task.path) for task in found.values() if task.node]
        _match(unknown, called_ids(hashed, header, names, callers))
    _guess(list(unknown.values()), list(found.values()), history, header)
    return list(found.values())


def made_by(tasks: list[Task], history: ThreadHistory, header: CheckpointHeader) -> list[Task]:
    """Of the tasks that have written beside its parent, those that made a checkpoint."""
    parent = history.parent(header)
    source = header.metadata.get("source")
    ran = nodes_that_ran(header, parent)
    if source == "input":
        return [task for task in tasks if task.kind == "input" and task.id != NULL_TASK]
    if source == "update":
        oldest = parent is None or key_of(history.children(parent)[0]) == key_of(header)
        mine = [task for task in tasks if task.kind == "task" and task.node in ran]
        updates = [task for task in tasks if task.kind == "update"]
        if oldest and not updates:  # under the ids of tasks that were to run
            return [task for task in tasks if task.kind == "task" and _left(task)] or mine
        return [*mine, *updates] if oldest else []  # of an older checkpoint: what ran from that is not in it
    answers = [task for task in tasks if task.id == NULL_TASK]
    return [
        *answers,
        *(task for task in tasks if task.kind == "task" and (task.node in ran or not task.node)),
    ]


def _left(task: Task) -> bool:
    return any(write.channel not in SPECIAL for write in task.writes)


def _kind(task: Task, header: CheckpointHeader) -> Kind:
    if task.path.startswith("~__interrupt__"):
        return "update"
    if task.path:
        return "task"
    if task.id == NULL_TASK:
        return "input"
    try:
        space = UUID(header.checkpoint_id)
    except ValueError:
        return "task"
    if task.id == str(uuid5(space, "__input__")):
        return "input"
    updates = (uuid5(space, f"__interrupt__:{at}" if at else "__interrupt__") for at in range(16))
    return "update" if any(task.id == str(each) for each in updates) else "task"


def _set_node(task: Task, sent: Callable[[], list[str]]) -> bool:
    """Whether a task's path tells its node."""
    path = _LATE.sub("", task.path)
    if found := _SENT.fullmatch(path):
        nodes, at = sent(), int(found[1])
        task.node = nodes[at] if at < len(nodes) else ""
    elif path.startswith(OF_NODE) and ", node_error_handler, " not in path:
        task.node = path.removeprefix(OF_NODE)
    return bool(task.node)


def _sent(reader: Reader, thread_id: Any, header: CheckpointHeader) -> list[str]:
    """The nodes that are sent something from a checkpoint, in order."""
    values = reader.channels(thread_id, key_of(header), [TASKS]) if TASKS in header.channel_versions else None
    packets = (values or {}).get(TASKS)
    if not is_a(packets, (list, tuple)):
        return []
    nodes = [(fields(packet) or {}).get("node") for _, packet in children(packets, 0, SENDS) or []]
    return [node if type(node) is str else "" for node in nodes]


def _match(unknown: dict[str, Task], ids: Iterator[tuple[str, str]]) -> None:
    """Name tasks by their ids, and take them off."""
    while unknown and (known := next(ids, None)) is not None:
        if (task := unknown.pop(known[0], None)) is not None:
            task.node = known[1]


def _guess(unknown: list[Task], tasks: list[Task], history: ThreadHistory, header: CheckpointHeader) -> None:
    """Tasks that are left are of the node that is, if it is one."""
    ran = {name for child in history.children(header) for name in nodes_that_ran(child, header)}
    left = ran - {task.node for task in tasks}
    for task in unknown:
        task.certain = False
        task.node = next(iter(left)) if len(left) == 1 else ""
