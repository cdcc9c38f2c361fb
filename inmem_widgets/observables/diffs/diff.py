"""Two states compared, and who made each change."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.diffs.blame import Blame
from inmem_widgets.observables.diffs.ran import Made, path_of
from inmem_widgets.observables.diffs.rows import Differ, Line, Where
from inmem_widgets.observables.garbage import collected_later
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.observables.same import Opened, Tokens
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.headers import internal, key_of, nodes_that_ran, step_of
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import text_of
from inmem_widgets.wire import Diff, DiffRow, DiffSide, Maker

ROWS = 400
"""Lines of a diff."""
LABEL = 80


@dataclass
class Side:
    """One of the two states.

    Attributes:
        header: None where there is none to compare with.
        path: The steps down to it from what both have in common, newest first.
    """

    thread: str
    history: ThreadHistory
    header: CheckpointHeader | None
    blame: Blame
    path: list[Made] = field(default_factory=list)

    @cached_property
    def all(self) -> list[Made]:
        """The steps down to it from the first."""
        return [] if self.header is None else path_of(self.history, self.header)

    @property
    def versions(self) -> dict[str, Any]:
        return {} if self.header is None else self.header.channel_versions


def diff(
    observable: ObservableSaver, thread: str, after: Key, before: Key | None = None, *, of: str | None = None
) -> Diff:
    """What is different in a state from another one, with who made it so.

    Args:
        thread: Of `after`.
        before: The other checkpoint, of any branch or namespace; the parent by default.
        of: The thread of `before`, where it is another one.

    Raises:
        LookupError: there is no such checkpoint.
    """
    # another checkpointer may let one wait
    with collected_later() if observable.reader.own else nullcontext():
        return _diff(observable, thread, after, before, of or thread)


def _diff(observable: ObservableSaver, thread: str, after: Key, before: Key | None, of: str) -> Diff:
    tokens = Tokens()
    new = _side(observable, thread, after, tokens)
    if before is None:
        assert new.header is not None
        old = Side(thread, new.history, new.history.parent(new.header), new.blame)
    else:
        old = _side(observable, of, before, tokens)
    common = _paths(old, new)
    names = _to_read(old, new, observable.reader.own)
    values = [_values(observable, side, names) for side in (old, new)]
    differ = Differ(ROWS, tokens)
    equal = sum(not internal(name) for name in old.versions.keys() & new.versions.keys() - names)
    differ.names(_opened(values[0]), _opened(values[1]), Where("", 0, "", (), ()), "keys", equal)
    return {
        "before": None if old.header is None else _told(old),
        "after": _told(new),
        "common": common,
        "added": differ.counts["add"],
        "changed": differ.counts["mod"],
        "removed": differ.counts["del"],
        "moved": differ.counts["move"],
        "rows": [_row(line, _who(line, old, new)) for line in differ.lines],
        "more": differ.more,
        "internal": sum(map(internal, names)),
        "problem": _problem(values, tokens),
    }


def _side(observable: ObservableSaver, thread: str, key: Key, tokens: Tokens) -> Side:
    history = observable.history(thread)
    header = history.by_key.get(key)
    if header is None:
        raise LookupError(f"checkpoint {key[1]} of thread {thread} is gone")
    return Side(thread, history, header, Blame(observable, thread, history, tokens))


def _paths(old: Side, new: Side) -> str | None:
    """Find the steps that led to each; the key of their youngest common ancestor if they are on two
    branches."""
    assert new.header is not None
    if old.header is None or old.thread != new.thread:
        new.path, old.path = new.all, old.all
        return None
    if old.header is new.history.parent(new.header):
        new.path = path_of(new.history, new.header, key_of(old.header))
        return None
    new.path, old.path = new.all, old.all
    places = {key_of(made.header): at for at, made in enumerate(new.path)}
    for at, made in enumerate(old.path):
        if (found := places.get(key_of(made.header))) is not None:
            new.path, old.path = new.path[:found], old.path[:at]
            return text_of(key_of(made.header)) if new.path and old.path else None
    return None


def _to_read(old: Side, new: Side, own: bool) -> set[str]:
    """Channels that may differ. Versions with a random part are of one value; others are of one in a
    namespace of our own saver, and on the way from one checkpoint to the other."""
    assert new.header is not None
    near = old.thread == new.thread and old.header is not None
    straight = not (old.path and new.path)
    one_space = near and old.header is not None and old.header.checkpoint_ns == new.header.checkpoint_ns
    one_value = one_space and (own or straight)
    mine, theirs = old.versions, new.versions

    def equal(name: str) -> bool:
        version = theirs.get(name)
        random = type(version) is str and "." in version
        return name in mine and name in theirs and mine[name] == version and (one_value or random)

    return {name for name in mine.keys() | theirs.keys() if not equal(name)}


def _values(observable: ObservableSaver, side: Side, names: set[str]) -> dict[str, Any] | None:
    """What the channels that people named hold, in their order; None where it cannot be read."""
    if side.header is None:
        return {}
    wanted = [name for name in side.versions if name in names and not internal(name)]
    key = key_of(side.header)
    found = observable.reader.channels(observable.thread_id(side.thread), key, wanted)
    if found is not None:
        side.blame.know(key, found)
    return found


def _opened(values: dict[str, Any] | None) -> Opened:
    return Opened("dict", {name: (name, value) for name, value in (values or {}).items()}, [])


def _problem(values: list[dict[str, Any] | None], tokens: Tokens) -> str:
    if None in values:
        return "one of the states cannot be read"
    return "" if tokens.whole else "too large: only a part was compared"


def _told(side: Side) -> DiffSide:
    header = side.header
    assert header is not None
    source, step = header.metadata.get("source"), step_of(header)
    ran = nodes_that_ran(header, side.history.parent(header)) if source not in ("input", "fork") else []
    name = ", ".join(ran) if ran else str(source or "checkpoint")
    return {
        "key": text_of(key_of(header)),
        "label": clean(f"{cut(name, LABEL)} · step {step}" if step is not None else cut(name, LABEL)),
        "thread": clean(side.thread),
    }


def _who(line: Line, old: Side, new: Side) -> Maker | None:
    where = line.where
    if where is None or (line.op == "same" and (line.after is None or not where.after)):
        return None
    removed = line.op == "del"
    first, *rest = where.before if removed else where.after
    channel, steps = str(first.name), tuple(rest)
    if line.op == "same":
        return new.blame.part(new.all, channel, steps)
    side = new
    if old.path and not new.blame.differs(new.path, channel, steps):
        side = old
    return side.blame.part(side.path, channel, steps)


def _row(line: Line, by: Maker | None) -> DiffRow:
    return {
        "op": line.op,
        "depth": line.depth,
        "label": line.label,
        "path": line.path,
        "before": line.before,
        "after": line.after,
        "parts": line.parts,
        "count": line.count,
        "moved": line.moved,
        "by": by,
    }
