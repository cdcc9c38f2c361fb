"""What runs next at a checkpoint, and how a thread stands, told from what is stored: without the graph.

LangGraph's rules: a node runs when a channel that triggers it has a value newer than the node has seen
(`langgraph.pregel._algo.prepare_next_tasks`), a task is done once it wrote anything but control writes
(`langgraph.pregel._task_status`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple, Protocol

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.redaction import redactor
from inmem_widgets.observables.same import Tokens
from inmem_widgets.observables.threads.headers import NO_NODES, edited_channels, key_of, source_of
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.values import fields, first, is_a, type_name

Status = Literal["finished", "interrupted", "failed", "running", "stopped"]

LOOK = 20_000
"""Values looked into to tell what was edited."""
STILL = 60.0
"""Seconds without news after which a thread that has more to run is said to be stopped."""
SHORT = 80
"""Characters of an interrupt or error in short."""
LONG = 1_000
"""Characters kept of a text that is shown in short."""

BRANCH = "branch:to:"
JOIN = "join:"
START = "__start__"
TASKS = "__pregel_tasks"
INTERRUPT, RESUME, ERROR = "__interrupt__", "__resume__", "__error__"
CONTROL = frozenset({INTERRUPT, RESUME, ERROR, "__error_source_node__"})
"""Channels that tell what happened to a task, not what it made."""
NO_TASK = "00000000-0000-0000-0000-000000000000"
"""Writes that are input to a step."""

PATH = re.compile(
    r"(?:~~\d+)?~(?:__pregel_pull, (?P<node>.+)|__pregel_push, (?P<at>\d+)(?:, \w+)?)", re.DOTALL
)
"""A task's path: of a node that channels triggered, or of a send."""

Written = tuple[str, str, Any]
"""Task id, channel, value."""


class Marks(NamedTuple):
    """What the few telling values of a checkpoint say."""

    next: tuple[str, ...] = ()
    """Nodes that run from here, those of sends first …"""
    left: tuple[str, ...] = ()
    """… and those of them that are not done yet, as far as the checkpointer keeps the paths of tasks."""
    waiting: tuple[str, ...] = ()
    """Interrupts that wait for an answer, in short …"""
    answered: tuple[str, ...] = ()
    """… and those whose task went on."""
    errors: tuple[str, ...] = ()
    """What failed: class and message, in short."""
    edited: tuple[str, ...] = ()
    """What a manual update changed: channels, and names in those that are dicts, as "plan.city"."""


MarksOf = Callable[[CheckpointHeader, CheckpointHeader | None], Marks]
"""Tells what a header, whose parent's is given too, does not."""


class Reads(Protocol):
    """Of `reader.Reader`."""

    def channels(self, thread_id: Any, key: Key, names: list[str]) -> dict[str, Any] | None: ...

    def writes(self, thread_id: Any, key: Key) -> list[Any] | None: ...


def marks(header: CheckpointHeader, values: Mapping[str, Any], writes: Iterable[Written]) -> Marks:
    """What a checkpoint says.

    Args:
        header: Of the checkpoint.
        values: At least its channels in `control(header)`, those that have a value.
        writes: At least its writes on the channels in `CONTROL`.
    """
    done = finished(header)
    waiting: list[str] = []
    answered: list[str] = []
    errors: list[str] = []
    for task, channel, value in writes:
        if channel == INTERRUPT and task != NO_TASK:
            each = first(value, 20) if is_a(value, (list, tuple)) else [value]
            (answered if task in done else waiting).extend(_question(one) for one in each)
        elif channel == ERROR:
            errors.append(_error(value))
    sent, nodes = _next(header, values)
    pulled, pushed = _done(header)
    left = [
        *(name for at, name in enumerate(sent) if at not in pushed),
        *(n for n in nodes if n not in pulled),
    ]
    return Marks((*sent, *nodes), tuple(left), tuple(waiting), tuple(answered), tuple(errors))


def marks_by(reader: Reads, thread_id: Any) -> MarksOf:
    """Marks of a thread's checkpoints, read when asked for."""

    def read(header: CheckpointHeader, parent: CheckpointHeader | None) -> Marks:
        key = key_of(header)
        names = control(header)
        values = reader.channels(thread_id, key, names) if names else {}
        writes: list[Written] = []
        if any(channel in CONTROL for _, channel, _ in header.writes):
            saved = reader.writes(thread_id, key) or []
            writes = [(each.task, each.channel, each.value) for each in saved]
        found = marks(header, values or {}, writes)
        if parent is None or source_of(header) != "update":
            return found
        changed = edited_channels(header, parent)
        before = reader.channels(thread_id, key_of(parent), changed) or {}
        after = reader.channels(thread_id, key, changed) or {}
        return found._replace(edited=tuple(edits(changed, before, after)))

    return read


def edits(changed: list[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs in channels that were changed: their names, with what is within where that is a dict."""
    tokens = Tokens(LOOK)
    found: list[str] = []
    for channel in changed:
        old, new = before.get(channel), after.get(channel)
        if not (type(old) is dict and type(new) is dict):
            found.append(channel)
            continue
        names = [name for name in {**old, **new} if type(name) is str]
        different = [
            name
            for name in names[:200]
            if (name in old) != (name in new) or tokens.of(old.get(name)) != tokens.of(new.get(name))
        ]
        found += [f"{channel}.{name}" for name in different] or [channel]
    return found


def finished(header: CheckpointHeader) -> set[str]:
    """Ids of the tasks at a checkpoint that are done: they made something."""
    return {task for task, channel, _ in header.writes if channel not in CONTROL and task != NO_TASK}


def control(header: CheckpointHeader) -> list[str]:
    """The channels whose values tell what runs next: newer than what the nodes they trigger have seen."""
    seen = _seen(header)
    return [
        channel
        for channel, version in header.channel_versions.items()
        if channel == TASKS
        or any(_newer(version, seen.get(node, {}).get(channel)) for node in _triggered(channel, seen))
    ]


def _next(header: CheckpointHeader, values: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Those of sends, and those that channels trigger."""
    seen = _seen(header)
    sent = [_target(send) for send in first(values[TASKS], 1_000)] if _listed(values.get(TASKS)) else []
    nodes: dict[str, None] = {}
    for channel, version in header.channel_versions.items():
        if channel == TASKS or channel not in values:
            continue
        for node in _triggered(channel, seen):
            if _newer(version, seen.get(node, {}).get(channel)) and _available(channel, values[channel]):
                nodes[clean(node)] = None
    return [clean(name) for name in sent], list(nodes)


def _done(header: CheckpointHeader) -> tuple[set[str], set[int]]:
    """Of the tasks that are done: nodes that channels triggered, and positions of sends."""
    tasks = finished(header)
    pulled, pushed = set(), set()
    for task, _, path in header.writes:
        if task in tasks and (found := PATH.fullmatch(path)):
            if found["node"]:
                pulled.add(clean(found["node"]))
            else:
                pushed.add(int(found["at"]))
    return pulled, pushed


def status(marks: Marks, header: CheckpointHeader, last: float | None, now: float) -> Status:
    """How a thread stands.

    Args:
        marks, header: Of its newest root checkpoint.
        last: When something last happened in it, and …
        now: … what time it is, in seconds since the epoch.
    """
    if not marks.next:
        return "finished"
    if marks.errors:
        return "failed"
    if asks(marks, header):
        return "interrupted"
    return "running" if last is not None and now - last <= STILL else "stopped"


def asks(marks: Marks, header: CheckpointHeader) -> bool:
    """Whether an interrupt of a checkpoint waits for an answer."""
    answers = [task for task, channel, _ in header.writes if channel == RESUME]
    # an answer goes to no task at first; a task that has taken one and still asks, asks anew
    return bool(marks.waiting) and (not answers or any(task != NO_TASK for task in answers))


def _seen(header: CheckpointHeader) -> dict[str, Mapping[str, Any]]:
    return {name: seen for name, seen in header.versions_seen.items() if name not in NO_NODES}


def _triggered(channel: str, seen: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The nodes that a channel triggers."""
    if channel.startswith(BRANCH):
        return [channel[len(BRANCH) :]]
    if channel.startswith(JOIN):
        return [channel.rpartition(":")[2]]
    known = [node for node, channels in seen.items() if channel in channels]
    return known or ([START] if channel == START else [])


def _newer(version: Any, seen: Any) -> bool:
    """Whether a node has not seen a version: text and numbers that grow."""
    if seen is None:
        return True
    try:
        return bool(version > seen)
    except TypeError:
        return bool(version != seen)


def _available(channel: str, value: Any) -> bool:
    """Whether a channel with that stored value triggers its node now."""
    after_finish = type(value) in (list, tuple) and len(value) == 2 and type(value[1]) is bool
    if channel.startswith(JOIN):
        names = channel[len(JOIN) :].rpartition(":")[0]
        if after_finish:  # of a deferred node: (what has arrived, whether all the rest is done)
            value, done = value
            if not done:
                return False
        arrived = [name for name in first(value, 1_000) if type(name) is str] if _listed(value) else []
        return sum(map(len, arrived)) + len(arrived) - 1 == len(names)  # joined by a "+"
    if channel.startswith(BRANCH) and after_finish:
        return bool(value[1])
    return True


def _listed(value: Any) -> bool:
    return is_a(value, (list, tuple, set, frozenset))


def _target(send: Any) -> str:
    """The node that a `Send` is for."""
    node = (fields(send) or {}).get("node")
    return node if type(node) is str else ""


def _question(interrupt: Any) -> str:
    """What an interrupt asks."""
    value = (fields(interrupt) or {}).get("value", interrupt)
    if is_a(value, dict):
        for name in ("question", "message", "prompt", "description", "action"):
            if type(text := dict.get(value, name)) is str:
                return preview(text, LONG)
    return preview(value, LONG if is_a(value, str) else SHORT)


def _error(value: Any) -> str:
    """Class and message; serializers keep an exception as its `repr`."""
    if is_a(value, BaseException):
        arguments = first(BaseException.__getattribute__(value, "args"), 3)
        inner = ", ".join(preview(each, SHORT) for each in arguments)
        return cut(f"{type_name(value)}({inner})", SHORT)
    return preview(value, SHORT)


def error_class(text: str) -> str:
    """The class that an error in short begins with."""
    name = text.partition("(")[0]
    return name if name.replace(".", "").isidentifier() else in_short(text, 40)


def in_short(text: str, limit: int = SHORT) -> str:
    """As it is shown: masked before it is cut. Nothing if it was cut when it was read: that may be half a
    secret."""
    return "" if redactor() is not None and "…" in text else cut(text, limit)
