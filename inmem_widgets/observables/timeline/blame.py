"""Who wrote what: the tasks whose writes made a checkpoint, and when a part of a value became what it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from time import perf_counter
from typing import Any, NamedTuple

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.history import ThreadHistory, key_of, nodes_that_ran, step_of
from inmem_widgets.observables.lanes import Key
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.timeline.places import text_of
from inmem_widgets.observables.timeline.ran import Task, made_by, tasks_beside
from inmem_widgets.observables.timeline.rows import Step
from inmem_widgets.observables.timeline.same import Token, Tokens
from inmem_widgets.observables.values import container_base, fields, first, is_a
from inmem_widgets.wire import Maker

SECONDS = 0.25
"""For which older states are read to find when something changed; what is not found by then is not told."""
NODES = 16
"""Names of nodes told."""
_ALL = "__remove_all__"
"""The id of LangGraph's message that removes all others."""


class _Missing:
    pass


MISSING = _Missing()


class Made(NamedTuple):
    """A step at which a channel was written: the checkpoint, and the one it was made from."""

    header: CheckpointHeader
    parent: CheckpointHeader | None


def makers(
    observable: ObservableSaver, thread: str, key: Key, channels: Collection[str] | None = None
) -> dict[str, Maker]:
    """Who wrote the value that each channel has at a checkpoint; those of whom nothing is known are left out.

    Args:
        channels: Which; all of the checkpoint's by default.
    """
    history = observable.history(thread)
    header = history.by_key.get(key)
    if header is None:
        return {}
    blame = Blame(observable, thread, history)
    left = set(header.channel_versions if channels is None else channels)
    found: dict[str, Maker] = {}
    for made in path_of(history, header):
        before = {} if made.parent is None else made.parent.channel_versions
        for channel in [name for name in left if made.header.channel_versions.get(name) != before.get(name)]:
            left.discard(channel)
            found[channel] = blame.maker(made, channel)
        if not left:
            break
    return found


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


class Blame:
    """Finds out who wrote what in one thread; for one answer, as it keeps what it has read."""

    def __init__(
        self, observable: ObservableSaver, thread: str, history: ThreadHistory, tokens: Tokens | None = None
    ) -> None:
        self.history = history
        self._reader = observable.reader
        self._thread_id = observable.thread_id(thread)
        self._tokens = tokens or Tokens()
        self._tasks: dict[Key, list[Task]] = {}
        self._values: dict[tuple[Key, str], Any] = {}
        self._indexes: dict[int, dict[Any, Any]] = {}
        self._spent = 0.0

    def know(self, key: Key, values: dict[str, Any]) -> None:
        """Some channel values of a checkpoint that have been read."""
        for channel, value in values.items():
            self._values[key, channel] = value

    def maker(self, made: Made, channel: str, step: Step | None = None) -> Maker:
        """Who wrote a channel at a step; of the part of it that `step` leads to, the task that wrote that."""
        header = made.header
        tasks = [task for task in self._made_by(made) if task.wrote(channel)]
        if step is not None and len(tasks) > 1:
            tasks = [task for task in tasks if self._has(task, channel, step)] or tasks
        source = header.metadata.get("source")
        nodes = list(dict.fromkeys(task.node for task in tasks if task.node))
        certain = bool(tasks) and all(task.certain for task in tasks)
        if not tasks and source not in ("input", "update", "fork"):
            nodes = nodes_that_ran(header, made.parent)
        if not tasks and source in ("input", "update", "fork"):
            certain = True
        kinds = {task.kind for task in tasks}
        if kinds == {"input"}:
            source = "input"
        return {
            "nodes": [clean(node) for node in nodes[:NODES]],
            "source": clean(str(source)) if source is not None else "loop",
            "step": step_of(header),
            "task": clean(tasks[0].id) if len(tasks) == 1 else "",
            "key": text_of(key_of(header)),
            "certain": certain,
        }

    def part(self, path: Iterable[Made], channel: str, steps: tuple[Step, ...]) -> Maker | None:
        """Who made a part of a channel's value what it is at the newest of these steps; None if it was so
        before the oldest, or that cannot be found out."""
        written = [
            made
            for made in path
            if made.header.channel_versions.get(channel)
            != (None if made.parent is None else made.parent.channel_versions.get(channel))
        ]
        if not written:
            return None
        at = 0 if len(written) == 1 else self._when(written, channel, steps)
        return None if at is None else self.maker(written[at], channel, steps[0] if steps else None)

    def differs(self, made: list[Made], channel: str, steps: tuple[Step, ...]) -> bool:
        """Whether a part of a channel's value changed from before these steps until after them."""
        if not made:
            return False
        return self._at(made[0].header, channel, steps) != self._at(made[-1].parent, channel, steps)

    def _when(self, written: list[Made], channel: str, steps: tuple[Step, ...]) -> int | None:
        """By halves: a step before which the part was not what it is after it and at the end."""
        began = perf_counter() - self._spent
        final = self._at(written[0].header, channel, steps)
        if self._at(written[-1].parent, channel, steps) == final:
            return None
        low, high = 0, len(written) - 1  # before `high` it was another; after `low` it is as at the end
        while low < high:
            self._spent = perf_counter() - began
            if self._spent > SECONDS:
                return None
            middle = (low + high) // 2
            if self._at(written[middle].parent, channel, steps) == final:
                low = middle + 1
            else:
                high = middle
        return low

    def _at(self, header: CheckpointHeader | None, channel: str, steps: tuple[Step, ...]) -> Token | _Missing:
        """The token of a part of a channel's value at a checkpoint."""
        if header is None:
            return MISSING
        key = key_of(header)
        if (key, channel) not in self._values:
            found = self._reader.channels(self._thread_id, key, [channel]) or {}
            self._values[key, channel] = found.get(channel, MISSING)
        value = self._values[key, channel]
        for step in steps:
            if value is MISSING:
                break
            value = self._inside(value, step)
        return MISSING if value is MISSING else self._tokens.of(value)

    def _inside(self, value: Any, step: Step) -> Any:
        opened = self._tokens.open(value)
        if step.inside == "names":
            return opened.named.get(step.name, (None, MISSING))[1]
        index = self._indexes.get(id(value))
        if index is None:  # by id; values are kept, so is their own
            named = {self._tokens.identity(item): item for item in opened.items}
            index = self._indexes[id(value)] = {("id", name): item for name, item in named.items() if name}
        if step.name is not None:
            return index.get(("id", step.name), MISSING)
        if "tokens" not in index:
            index["tokens"] = {self._tokens.of(item): item for item in opened.items}
        return index["tokens"].get(step.item, MISSING)

    def _made_by(self, made: Made) -> list[Task]:
        if made.parent is None:
            return []
        key = key_of(made.parent)
        if key not in self._tasks:
            self._tasks[key] = tasks_beside(self._reader, self._thread_id, self.history, made.parent)
        return made_by(self._tasks[key], self.history, made.header)

    def _has(self, task: Task, channel: str, step: Step) -> bool:
        """Whether a task wrote the part of a channel that a step leads to."""
        return any(self._holds(write.value, step) for write in task.writes if write.channel == channel)

    def _holds(self, value: Any, step: Step) -> bool:
        value = _written(value)
        if step.inside == "names":
            return step.name in self._tokens.open(value).named
        items = self._tokens.open(value).items if container_base(value) is not None else [value]
        for item in items:
            name = self._tokens.identity(item)
            if name is not None and (name == step.name or name[1] == _ALL):
                return True
            if step.item is not None and self._tokens.of(item) == step.item:
                return True
        return False


def _written(value: Any) -> Any:
    """What an `Overwrite` puts there, else the value."""
    if is_a(value, dict):
        pairs = dict([pair for pair in first(dict.items(value), 2) if type(pair[0]) is str])
        return pairs["__overwrite__"] if len(pairs) == 1 and "__overwrite__" in pairs else value
    if container_base(value) is None and set(found := fields(value) or {}) == {"value"}:
        return found["value"]
    return value
