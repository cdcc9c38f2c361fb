"""Who wrote what: the tasks whose writes made a checkpoint, or a part of a value in it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from inmem_widgets.observables.diffs.ran import Made, Task, made_by, tasks_beside
from inmem_widgets.observables.diffs.rows import Step
from inmem_widgets.observables.diffs.since import ALL, Budget, Enough, Since, put_by
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.reading.reader import Unreadable
from inmem_widgets.observables.same import Tokens, nameless
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.headers import key_of, nodes_that_ran, step_of
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import text_of
from inmem_widgets.observables.values import container_base
from inmem_widgets.wire import Maker

NODES = 16
"""Names of nodes told."""
_NO_STEPS = ("input", "update", "fork")
"""Sources that tell by themselves who wrote."""


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
    left = {
        name: version
        for name, version in header.channel_versions.items()
        if channels is None or name in channels
    }
    found: dict[str, Maker] = {}
    seen: set[Key] = set()
    while header is not None and left and key_of(header) not in seen:
        seen.add(key_of(header))
        parent = history.parent(header)
        before = {} if parent is None else parent.channel_versions
        if not left.items() <= before.items():  # C's speed, for steps that wrote nothing of interest
            made = Made(header, parent)
            for channel in [name for name, version in left.items() if before.get(name) != version]:
                del left[channel]
                found[channel] = blame.maker(made, channel)
        header = parent
    return found


class Blame:
    """Finds out who wrote what in one thread; for one answer, as it keeps what it has read."""

    def __init__(
        self, observable: ObservableSaver, thread: str, history: ThreadHistory, tokens: Tokens | None = None
    ) -> None:
        self._history = history
        self._reader = observable.reader
        self._thread_id = observable.thread_id(thread)
        self._tokens = tokens or Tokens()
        self._budget = Budget(self._reader.own)
        self._beside: dict[Key, list[Task]] = {}
        self._made: dict[Key, list[Task]] = {}
        self._since = Since(self._reader, self._thread_id, self._tokens, self._budget, self._tasks)

    def know(self, key: Key, values: dict[str, Any]) -> None:
        """Some channel values of a checkpoint that have been read."""
        self._since.know(key, values)

    def part(self, path: list[Made], channel: str, steps: tuple[Step, ...]) -> Maker | None:
        """Who made a part of a channel's value what it is after the newest of these steps; None if it was so
        before the oldest, or that takes too long to find out."""
        try:
            made = self._since.step(path, channel, steps)
        except (Enough, Unreadable):
            return None
        return None if made is None else self.maker(made, channel, steps[0] if steps else None)

    def differs(self, path: list[Made], channel: str, steps: tuple[Step, ...]) -> bool:
        """Whether a part of a channel's value changed in these steps; True where that takes too long."""
        try:
            return self._since.differs(path, channel, steps)
        except (Enough, Unreadable):
            return True

    def maker(self, made: Made, channel: str, step: Step | None = None) -> Maker:
        """Who wrote a channel at a step; of the part of it that `step` leads to, the task that wrote that."""
        header = made.header
        try:
            tasks = [task for task in self._tasks(made) if task.wrote(channel)]
        except (Enough, Unreadable):
            tasks = []
        if step is not None and len(tasks) > 1:
            tasks = [task for task in tasks if self._has(task, channel, step)] or tasks
        source = header.metadata.get("source")
        nodes = list(dict.fromkeys(task.node for task in tasks if task.node))
        if not tasks and source not in _NO_STEPS:
            nodes = nodes_that_ran(header, made.parent)
        if {task.kind for task in tasks} == {"input"}:
            source = "input"  # given with an answer
        return {
            "nodes": [clean(node) for node in nodes[:NODES]],
            "source": clean(str(source)) if source is not None else "loop",
            "step": step_of(header),
            "task": clean(tasks[0].id) if len(tasks) == 1 else "",
            "key": text_of(key_of(header)),
            "certain": all(task.certain for task in tasks) if tasks else source in _NO_STEPS,
        }

    def _tasks(self, made: Made) -> list[Task]:
        """Those that made a checkpoint."""
        if made.parent is None:
            return []
        key, parent = key_of(made.header), key_of(made.parent)
        if key not in self._made:
            if parent not in self._beside:
                self._budget.spend()
                self._beside[parent] = tasks_beside(self._reader, self._thread_id, self._history, made.parent)
            self._made[key] = made_by(self._beside[parent], self._history, made.header)
        return self._made[key]

    def _has(self, task: Task, channel: str, step: Step) -> bool:
        """Whether a task wrote the part of a channel that a step leads to."""
        return any(self._holds(write.value, step) for write in task.writes if write.channel == channel)

    def _holds(self, value: Any, step: Step) -> bool:
        value = put_by(value)
        if step.inside == "names":
            return step.name in self._tokens.open(value).named
        items = self._tokens.open(value).items if container_base(value) is not None else [value]
        for item in items:
            name = self._tokens.identity(item)
            if name is not None and (name == step.name or name[1] == ALL):
                return True
            if step.item is not None and self._tokens.of(item) in (step.item, nameless(step.item, step.name)):
                return True
        return False
