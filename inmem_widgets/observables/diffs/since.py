"""Since when a part of a channel's value is what it is, on the way to a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic, thread_time
from typing import Any

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.diffs.ran import Made, Task
from inmem_widgets.observables.diffs.rows import Step
from inmem_widgets.observables.reading.reader import Reader
from inmem_widgets.observables.same import Token, Tokens, nameless
from inmem_widgets.observables.threads.headers import key_of
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.values import container_base, fields, first, is_a, is_named

SECONDS, WAITED = 0.1, 0.25
"""Of computing, and of waiting for another's checkpointer, in which older states and writes are read to find
when something changed …"""
READS = 2_000
"""… and how many of them; what is not found by then is not told."""
ALL = "__remove_all__"
"""The id of LangGraph's message that removes all others."""


class _Missing:
    pass


MISSING = _Missing()

Touches = dict[Hashable, list[tuple[int, Any]]]
"""Per part (a name's token, an item's id or token) the steps at which it was written, and its token."""


class Enough(Exception):
    """No more is read."""


class Budget:
    """What may be read for one answer: counts, and has enough some time after the first reading.

    Args:
        own: Whether reading is computing, here; else it is waiting.
    """

    def __init__(self, own: bool = True) -> None:
        self._clock, self._most = (thread_time, SECONDS) if own else (monotonic, WAITED)
        self._began: float | None = None
        self._reads = 0

    def spend(self) -> None:
        """Before each reading.

        Raises:
            Enough: there were too many.
        """
        if self._began is None:
            self._began = self._clock()
        self._reads += 1
        if self._reads > READS or self._clock() - self._began > self._most:
            raise Enough


class Since:
    """Finds the steps at which parts of values changed; keeps what it has read.

    Args:
        made_by: Gives the tasks that made a checkpoint.
    """

    def __init__(
        self,
        reader: Reader,
        thread_id: Any,
        tokens: Tokens,
        budget: Budget,
        made_by: Callable[[Made], list[Task]],
    ) -> None:
        self._reader = reader
        self._thread_id = thread_id
        self._tokens = tokens
        self._budget = budget
        self._made_by = made_by
        self._values: dict[tuple[Key, str], Any] = {}
        self._indexes: dict[int, dict[Any, Any]] = {}
        self._written: dict[tuple[int, str], list[Made]] = {}
        self._touched: dict[tuple[int, str], Touches | None] = {}

    def know(self, key: Key, values: dict[str, Any]) -> None:
        """Some channel values of a checkpoint that have been read."""
        for channel, value in values.items():
            self._values[key, channel] = value

    def step(self, path: list[Made], channel: str, steps: tuple[Step, ...]) -> Made | None:
        """The one of these steps, newest first, that made a part of a channel's value what it is after the
        newest; None if it was so before the oldest.

        Raises:
            Enough: that takes too long to find out.
        """
        written = self._written.get((id(path), channel))
        if written is None:
            written = [
                made for made in path if _version(made.header, channel) != _version(made.parent, channel)
            ]
            self._written[id(path), channel] = written
        if not written:
            return None
        at = 0 if len(written) == 1 else self._when(written, channel, steps)
        return None if at is None else written[at]

    def differs(self, path: list[Made], channel: str, steps: tuple[Step, ...]) -> bool:
        """Whether a part of a channel's value changed from before these steps until after them; raises as
        `step` does."""
        if not path:
            return False
        return self._at(path[0].header, channel, steps) != self._at(path[-1].parent, channel, steps)

    def _when(self, written: list[Made], channel: str, steps: tuple[Step, ...]) -> int | None:
        """The step since which a part is as it is at the end."""
        final = self._at(written[0].header, channel, steps)
        found = self._by_writes(written, channel, steps[0], final) if len(steps) == 1 else None
        return self._by_halves(written, channel, steps, final) if found is None else found

    def _by_writes(
        self, written: list[Made], channel: str, step: Step, final: Token | _Missing
    ) -> int | None:
        """The oldest of the latest writes of the same."""
        key = id(written), channel
        if key not in self._touched:
            self._touched[key] = None  # also if it takes too long
            self._touched[key] = self._touches(written, channel)
        touches = self._touched[key]
        if touches is None:
            return None
        found = touches.get(step.name if step.name is not None else ("token", step.item)) or []
        last: int | None = None
        for at, token in found:
            if token != final:
                return last
            last = at
        bare = self._without_id(touches, step, final, last) if step.inside == "items" else []
        if not bare or (last is not None and self._at(written[last].parent, channel, (step,)) != final):
            return last
        return bare[0][0] if len(bare) == 1 and bare[0][1] == nameless(final, step.name) else None

    def _without_id(
        self, touches: Touches, step: Step, final: Token | _Missing, last: int | None
    ) -> list[tuple[int, Any]]:
        """Writes before `last` of what had no id, and may have become an item that has one."""
        bare = nameless(final, step.name)
        return [
            (at, token)
            for at, token in (touches.get(("bare", _said(final))) or [] if bare != final else [])
            if (last is None or at > last) and (token == bare or _kind(token) != _kind(bare))
        ]

    def _touches(self, written: list[Made], channel: str) -> Touches | None:
        """What was written at each step, newest first; None where that is not known of one."""
        touches: Touches = {}
        for at, made in enumerate(written):
            values = [
                write.value
                for task in self._made_by(made)
                for write in task.writes
                if write.channel == channel
            ]
            if not values:
                return None
            for value in map(put_by, values):
                opened = self._tokens.open(value)
                for name, (_, each) in opened.named.items():
                    touches.setdefault(name, []).append((at, self._tokens.of(each)))
                for item in opened.items if container_base(value) is not None else [value]:
                    name, token = self._tokens.identity(item), self._tokens.of(item)
                    if name is not None and name[1] == ALL:
                        return None
                    gone = is_named(item, "langchain_core.messages.modifier", "RemoveMessage")
                    touches.setdefault(name or ("token", token), []).append((at, MISSING if gone else token))
                    if name is None or name[0] != "id":
                        touches.setdefault(("bare", _said(token)), []).append((at, token))
        return touches

    def _by_halves(
        self, written: list[Made], channel: str, steps: tuple[Step, ...], final: Token | _Missing
    ) -> int | None:
        """A step before which the part was not what it is after it and at the end."""
        if self._at(written[-1].parent, channel, steps) == final:
            return None
        low, high = 0, len(written) - 1  # before `high` it was another; after `low` it is as at the end
        while low < high:
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
            self._budget.spend()
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


def _said(token: Any) -> Hashable:
    """What a message says, or something that becomes one: a text, (role, text), or what has "content"."""
    if type(token) is not tuple:
        return token  # type: ignore[no-any-return]
    inside = token[-1]
    if type(inside) is frozenset:
        return next((each[1] for each in inside if type(each) is tuple and each[0] == "content"), None)
    return inside[1] if type(inside) is tuple and len(inside) == 2 else None


def _kind(token: Any) -> Hashable:
    return token[0] if type(token) is tuple else None


def _version(header: CheckpointHeader | None, channel: str) -> Any:
    return None if header is None else header.channel_versions.get(channel)


def put_by(value: Any) -> Any:
    """What an `Overwrite` puts there, else the value."""
    if is_a(value, dict):
        pairs = dict([pair for pair in first(dict.items(value), 2) if type(pair[0]) is str])
        return pairs["__overwrite__"] if len(pairs) == 1 and "__overwrite__" in pairs else value
    if container_base(value) is None and set(found := fields(value) or {}) == {"value"}:
        return found["value"]
    return value
