"""Two values as the lines of a diff: what was added, removed, changed and moved, and what leads there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from inmem_widgets.observables.diffs.align import Pair, align, entries
from inmem_widgets.observables.diffs.brief import NAME, SHORT, brief, calls_of, is_message, label_of
from inmem_widgets.observables.formats.records import record_of
from inmem_widgets.observables.near.found import in_one
from inmem_widgets.observables.near.texts import compare
from inmem_widgets.observables.near.trees import ABSENT
from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.reading.reader import Undecodable
from inmem_widgets.observables.same import Opened, Token, Tokens
from inmem_widgets.observables.values import is_a
from inmem_widgets.wire import Part

LONG = 60
"""Characters of a text from which on it is shown with what differs marked in it …"""
COMPARED = 40_000
"""… as long as all such texts have no more than this."""
DEPTH = 8
"""Levels that are shown one by one."""

Op = Literal["same", "add", "del", "mod", "move", "fold"]


class Step(NamedTuple):
    """One level down into a value: a name by its token; an item by its id, else by what it is."""

    name: Hashable
    item: Token | None = None
    inside: Literal["names", "items"] = "names"


class Where(NamedTuple):
    """A place in two values."""

    label: str
    depth: int
    path: str
    before: tuple[Step, ...]
    after: tuple[Step, ...]


@dataclass(slots=True)
class Line:
    """A line of a diff, as `wire.DiffRow` has it; `where` is None of what stands for several."""

    op: Op
    depth: int
    label: str
    path: str = ""
    before: str | None = None
    after: str | None = None
    parts: list[Part] = field(default_factory=list)
    count: int = 0
    moved: tuple[int, int] | None = None
    where: Where | None = None


class Differ:
    """Compares values, and collects what is different.

    Attributes:
        lines: The first ones.
        counts: All that there are, by "add", "del", "mod" and "move".
        more: How many of these are not among the lines.
    """

    def __init__(self, most: int, tokens: Tokens | None = None) -> None:
        self.tokens = tokens or Tokens()
        self.lines: list[Line] = []
        self.counts: Counter[Op] = Counter()
        self.more = 0
        self._most = most
        self._left = COMPARED

    def names(self, before: Opened, after: Opened, at: Where, folds: str, unchanged: int = 0) -> None:
        """Compare what two values have by name, in the order of the first; what is equal comes last, in one.

        Args:
            at: Where they are; its depth is that of the lines.
            folds: What the names are called; "" to leave out what is equal.
            unchanged: How many others are equal.
        """
        last: tuple[Where, Any] | None = None
        for token in {**before.named, **after.named}:
            name, old = before.named.get(token, (None, None))
            other, new = after.named.get(token, (None, None))
            name = name if token in before.named else other
            label = cut(clean(name if type(name) is str else preview(name, NAME)), NAME)
            step = (Step(token),)
            where = Where(label, at.depth, _joined(at.path, name, label), at.before + step, at.after + step)
            if token not in before.named:
                self._whole("add", where, new)
            elif token not in after.named:
                self._whole("del", where, old)
            elif self.tokens.of(old) != self.tokens.of(new) or _unread(old, new):
                self.values(where, old, new)
            else:
                unchanged += 1
                last = where, new
        if (
            unchanged == 1
            and last is not None
            and folds
            and self.lines
            and self.tokens.open(last[1]).kind == "leaf"
        ):
            self._put("same", *last)
        elif unchanged and folds:
            more = "more " if self.lines else ""
            self._fold(at.depth, unchanged, f"{unchanged:,} {more}{folds[: -1 if unchanged == 1 else None]}")

    def values(
        self, where: Where, before: Any, after: Any, moved: tuple[int, int] | None = None, item: bool = False
    ) -> None:
        """Two values that differ."""
        old, new = self.tokens.open(before), self.tokens.open(after)
        record = record_of(after) if new.kind in ("dict", "fields") else None
        alike = old.kind == new.kind and (type(before) is type(after) or (record and record_of(before)))
        if old.kind == "leaf" or not alike or where.depth >= DEPTH or _unread(before, after):
            self._changed(where, before, after, moved)
            return
        said = item and not moved and record is not None and record.sort == "message"
        if said and old.kind == "fields" and self._differing(old, new) == ["content"]:
            self._message(where, old, new)
            return
        op: Op = "move" if moved else "same"
        self._put(op, where, after if item else ABSENT, moved=moved)
        inner = where._replace(depth=where.depth + 1)
        if old.kind == "list":
            self.items(inner, old.items, new.items)
        elif old.kind == "set":
            self._sets(inner, old.items, new.items)
        else:
            self.names(old, new, inner, "" if record else "keys" if old.kind == "dict" else "fields")

    def items(self, at: Where, before: list[Any], after: list[Any]) -> None:
        """Compare the items of two lists."""
        mine, theirs = entries(before, self.tokens), entries(after, self.tokens)
        equal = 0
        for pair in align(mine, theirs):
            i, j = pair.before, pair.after
            if i is not None and j is not None and not pair.moved and mine[i].token == theirs[j].token:
                equal += 1
                continue
            self._equal(at.depth, equal)
            equal = 0
            old, new = (None if i is None else before[i]), (None if j is None else after[j])
            position = (i if j is None else j) or 0
            where = Where(
                "" if self._full else label_of(old if j is None else new, position),
                at.depth,
                f"{at.path}[{position}]",
                at.before if i is None else (*at.before, Step(mine[i].id, mine[i].token, "items")),
                at.after if j is None else (*at.after, Step(theirs[j].id, theirs[j].token, "items")),
            )
            self._pair(
                where, pair, old, new, equal=i is None or j is None or mine[i].token == theirs[j].token
            )
        self._equal(at.depth, equal)

    def _pair(self, where: Where, pair: Pair, old: Any, new: Any, equal: bool) -> None:
        if pair.before is None:
            self._whole("add", where._replace(before=()), new)
        elif pair.after is None:
            self._whole("del", where._replace(after=()), old)
        else:
            moved = (pair.before, pair.after) if pair.moved else None
            if equal:
                self._put("move", where, new, moved=moved)
            else:
                self.values(where, old, new, moved, item=True)

    def _sets(self, at: Where, before: list[Any], after: list[Any]) -> None:
        mine = {self.tokens.of(each): each for each in before}
        theirs = {self.tokens.of(each): each for each in after}
        sides: list[tuple[Op, Any, Any]] = [("del", mine, theirs), ("add", theirs, mine)]
        for op, of, other in sides:
            only = [(token, each) for token, each in of.items() if token not in other]
            for token, each in sorted(only, key=lambda pair: preview(pair[1], SHORT)):
                step = (Step(None, token, "items"),)
                self._put(op, Where("", at.depth, at.path, at.before + step, at.after + step), each)
        self._equal(at.depth, len(mine.keys() & theirs.keys()))

    def _whole(self, op: Literal["add", "del"], where: Where, value: Any) -> None:
        """What only one side has: a message with its calls, a list of messages one by one."""
        opened = self.tokens.open(value)
        if opened.kind == "list" and opened.items and all(map(is_message, opened.items)):
            self._put("same", where)
            for at, item in enumerate(opened.items):
                step = (Step(self.tokens.identity(item), self.tokens.of(item), "items"),)
                self._whole(op, Where(
                    "" if self._full else label_of(item, at), where.depth + 1, f"{where.path}[{at}]",
                    where.before + step, where.after + step,
                ), item)  # fmt: skip
            return
        self._put(op, where, value)
        calls: Any = opened.named.get("tool_calls", ("", None))[1]
        if is_a(calls, list) and list.__len__(calls) and (called := calls_of(value)):
            below = where._replace(label="tool_calls", depth=where.depth + 1, path=f"{where.path}.tool_calls")
            line = self._put(op, below)
            if line is not None:
                line.before, line.after = (None, called) if op == "add" else (called, None)

    def _changed(self, where: Where, before: Any, after: Any, moved: tuple[int, int] | None) -> None:
        listed = self._put("mod", where, after, before, moved)
        if listed is None or not is_a(before, str) or not is_a(after, str):
            return
        old, new = (str.__getitem__(each, slice(None)) for each in (before, after))
        size = len(old) + len(new)
        if max(len(old), len(new)) > LONG and size <= self._left:
            self._left -= size
            listed.parts = in_one(old, new, compare(old, new))

    def _message(self, where: Where, old: Opened, new: Opened) -> None:
        """A message that says something else, as its only change."""
        name, before = old.named["content"]
        self._changed(where._replace(path=f"{where.path}.{name}"), before, new.named["content"][1], None)

    def _differing(self, old: Opened, new: Opened) -> list[Hashable]:
        mine, theirs = (
            {token: self.tokens.of(value) for token, (_, value) in each.named.items()} for each in (old, new)
        )
        return [
            token
            for token in {**mine, **theirs}
            if token not in mine or token not in theirs or mine[token] != theirs[token]
        ]

    def _equal(self, depth: int, count: int) -> None:
        if count:
            self._fold(depth, count, f"{count:,} unchanged")

    def _fold(self, depth: int, count: int, label: str) -> None:
        if not self._full:
            text = label if label.endswith("unchanged") else f"{label} unchanged"
            self.lines.append(Line("fold", depth, text, count=count))

    @property
    def _full(self) -> bool:
        return len(self.lines) >= self._most

    def _put(
        self,
        op: Op,
        where: Where,
        value: Any = ABSENT,
        before: Any = ABSENT,
        moved: tuple[int, int] | None = None,
    ) -> Line | None:
        """Count a line, and list it; None where there is no room for it."""
        change = op != "same"
        self.counts[op] += change
        if self._full:
            self.more += change
            return None
        if op == "del":
            value, before = before, value
        old, new = (None if each is ABSENT else brief(each) for each in (before, value))
        line = Line(op, where.depth, where.label, where.path, old, new, moved=moved, where=where)
        self.lines.append(line)
        return line


def _joined(path: str, name: Any, label: str) -> str:
    if type(name) is str and name.isidentifier():
        return f"{path}.{name}" if path else name
    text = json.dumps(label, ensure_ascii=False) if type(name) is str else label
    return f"{path}[{text}]" if path else label


def _unread(before: Any, after: Any) -> bool:
    """What cannot be deserialised may always have changed."""
    return Undecodable in (type(before), type(after))
