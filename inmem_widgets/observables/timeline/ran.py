"""Which tasks wrote what is saved beside a checkpoint, and of which nodes they were.

LangGraph saves what a task writes beside the checkpoint it runs from; the checkpoint that comes of it says
which nodes ran. A task's path names its node. Where a checkpointer does not tell the path, the id does: it
is a hash of the checkpoint, the node and what triggered it, made again here for all nodes it may be of.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any, Literal
from uuid import UUID, uuid5

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.history import ThreadHistory, key_of, nodes_that_ran, step_of
from inmem_widgets.observables.timeline.reader import Reader, SavedWrite
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
_PULL, _PUSH = "__pregel_pull", "__pregel_push"
_LATE = re.compile(r"~~\d+(?=~)")
"""Before the path of a task of a run that saved at its end only."""
_SENT = re.compile(rf"~{_PUSH}, (\d+)(?:, \w+)?")
_CALLED = re.compile(rf"~{_PUSH}, ~{_PULL}, (.+), \d+, True")

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
    sent = partial(_sent, reader, thread_id, header)
    ids: dict[str, str] | None = None
    for task in found.values():
        task.kind = _kind(task, header)
        if task.kind != "task":
            continue
        task.node = _of_path(task.path, sent)
        if not task.node:
            if ids is None:
                ids = dict(_ids(history, header, sent()))
            task.node = ids.get(task.id, "")
        if not task.node and (called := _CALLED.fullmatch(_LATE.sub("", task.path))):
            task.node, task.certain = (
                called[1],
                False,
            )  # a task that this one calls; its own name is not saved
    _guess(list(found.values()), history, header)
    return list(found.values())


def made_by(tasks: list[Task], history: ThreadHistory, header: CheckpointHeader) -> list[Task]:
    """Of the tasks that have written beside its parent, those that made a checkpoint."""
    parent = history.parent(header)
    source = header.metadata.get("source")
    ran = nodes_that_ran(header, parent)
    if source == "input":
        return [task for task in tasks if task.kind == "input" and task.id != NULL_TASK]
    if source == "update":
        oldest = parent is None or min(map(key_of, children_of(history, parent))) == key_of(header)
        mine = [task for task in tasks if task.kind == "task" and task.node in ran]
        updates = [task for task in tasks if task.kind == "update"]
        if oldest and not updates:  # under the ids of tasks that were to run
            return [task for task in tasks if task.kind == "task" and _left(task)] or mine
        return [*mine, *(updates if oldest else [])]
    answers = [task for task in tasks if task.id == NULL_TASK]
    return [
        *answers,
        *(task for task in tasks if task.kind == "task" and (task.node in ran or not task.node)),
    ]


def children_of(history: ThreadHistory, header: CheckpointHeader) -> list[CheckpointHeader]:
    """Checkpoints made from one, newest first."""
    ns, checkpoint_id = key_of(header)
    return [each for each in history.headers if each.parent_id == checkpoint_id and each.checkpoint_ns == ns]


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


def _of_path(path: str, sent: Callable[[], list[str]]) -> str:
    path = _LATE.sub("", path)
    if found := _SENT.fullmatch(path):
        nodes, at = sent(), int(found[1])
        return nodes[at] if at < len(nodes) else ""
    name = path.removeprefix(f"~{_PULL}, ")
    return "" if name == path or ", node_error_handler, " in name else name


def _sent(reader: Reader, thread_id: Any, header: CheckpointHeader) -> list[str]:
    """The nodes that are sent something from a checkpoint, in order."""
    values = reader.channels(thread_id, key_of(header), [TASKS]) if TASKS in header.channel_versions else None
    packets = (values or {}).get(TASKS)
    if not is_a(packets, (list, tuple)):
        return []
    nodes = [(fields(packet) or {}).get("node") for _, packet in children(packets, 0, SENDS) or []]
    return [node if type(node) is str else "" for node in nodes]


def _ids(history: ThreadHistory, header: CheckpointHeader, sent: list[str]) -> Iterator[tuple[str, str]]:
    """The ids of tasks that may run from a checkpoint, with the names of their nodes."""
    try:
        from xxhash import xxh3_128_hexdigest  # LangGraph has it

        start = binascii.unhexlify(header.checkpoint_id.replace("-", ""))
    except (ImportError, ValueError):
        return
    ns, step = header.checkpoint_ns, (step_of(header) or 0) + 1

    def made(name: str, *parts: str) -> str:
        text = "".join((f"{ns}|{name}" if ns else name, str(step), name, *parts))
        found = xxh3_128_hexdigest(start + text.encode("utf-8", "surrogatepass"))
        return f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"

    names, joins = _names(history, header)
    for at, name in enumerate(sent):
        yield made(name, _PUSH, str(at)), name
    for name, seen in names.items():
        own = {f"branch:to:{name}"}
        joined = {join for join in joins if join.endswith(f":{name}")}
        for triggers in {tuple(sorted(each)) for each in (own, seen, own | seen, own | joined, joined)}:
            yield made(name, _PULL, *triggers), name
    failed = {task for task, channel, _ in header.writes if channel == "__error_source_node__"}
    for task, name in product(failed, names):
        yield made(name, _PUSH, "node_error_handler", task), name


def _names(history: ThreadHistory, header: CheckpointHeader) -> tuple[dict[str, set[str]], list[str]]:
    """Nodes that may run from a checkpoint, with channels that have triggered each; channels of joins."""
    names: dict[str, set[str]] = {"__start__": {"__start__"}}
    joins: set[str] = set()
    for each in [header, *children_of(history, header)]:
        for name, seen in each.versions_seen.items():
            names.setdefault(name, set()).update(seen)
        for channel in each.channel_versions:
            if channel.startswith("branch:to:"):
                names.setdefault(channel.removeprefix("branch:to:"), set())
            elif channel.startswith("join:"):
                joins.add(channel)
    return names, sorted(joins)


def _guess(tasks: list[Task], history: ThreadHistory, header: CheckpointHeader) -> None:
    """A task that is left is of the node that is."""
    unknown = [task for task in tasks if task.kind == "task" and not task.node]
    if not unknown:
        return
    ran = {name for child in children_of(history, header) for name in nodes_that_ran(child, header)}
    left = ran - {task.node for task in tasks}
    for task in unknown:
        task.certain = False
        task.node = next(iter(left)) if len(left) == 1 else ""
