"""Differences as they are shown: short, masked, counted."""

from __future__ import annotations

from typing import Any, Literal

from inmem_widgets.observables.near.literals import Opaque, shown
from inmem_widgets.observables.near.prompts import line
from inmem_widgets.observables.near.secrets import hidden, is_secret, mask
from inmem_widgets.observables.near.texts import TextDiff, compare, shared
from inmem_widgets.observables.near.trees import ABSENT, Change, name_of, path_text
from inmem_widgets.observables.preview import clean, cut
from inmem_widgets.wire.cache import Difference, Nature
from inmem_widgets.wire.values import Part

SHORT = 120
"""Characters of a text in one line; of a longer one the parts are shown, too."""
AROUND = 40
"""Characters shown of what is equal, before and after what differs."""
HUNK = 300
HUNKS = 20
"""Replacements shown of a text."""
BEYOND = 100
"""Differences beyond those listed that are looked at; the rest is counted by place."""
MARGIN = 8_000
"""Characters before and after a difference that may tell that it is a secret."""
COMPARED = 1_000_000
"""Characters of each text from the first difference on that are compared by words."""
_SPACES = str.maketrans({" ": "·", "\n": "⏎", "\t": "⇥", "\r": "␍"})

Where = Literal["prompt", "model"]
Path = tuple[str | int, ...]


class Found:
    """Collects differences.

    Attributes:
        differences: The first `most`.
        more: How many there are beyond.
        sorts: What differs, in a word or two each: (where, "message id").
        whole: Whether everything was compared.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.differences: list[Difference] = []
        self.more = 0
        self.sorts: set[tuple[Where, str]] = set()
        self.whole = True

    def put(self, where: Where, change: Change) -> None:
        """Take in a place where two structures differ."""
        before, after, path = change.before, change.after, change.path
        if (name := _secret_in(path)) is not None:
            self._secret(where, path, hidden(name), before is ABSENT, after is ABSENT)
        elif before is ABSENT or after is ABSENT:
            nature: Nature = "added" if before is ABSENT else "removed"
            self._add(where, path, nature, _short(before), _short(after))
        elif change.order:
            self._add(where, path, "order", _names(before), _names(after))
        elif isinstance(before, str | Opaque) and isinstance(after, str | Opaque):
            self.put_texts(where, path, shown(before), shown(after))
        else:
            numbers = where == "prompt" and {type(before), type(after)} <= {int, float}
            nature = "number" if numbers else "value"
            self._add(where, path, nature, _short(before), _short(after))

    def put_texts(self, where: Where, path: Path, before: str, after: str) -> None:
        """Take in two texts that differ: a difference for each nature of their words."""
        if self.more > BEYOND:
            self.more, self.whole = self.more + 1, False
            return
        mine, theirs, whole = _masked(before, after)
        if mine == theirs:
            self._secret(where, (*path, "secret"), "…(secret)")
            return
        if path and _is_id(path[-1]) and max(len(mine), len(theirs)) <= SHORT:
            self._add(where, path, "id", mine, theirs)
            return
        diff = compare(mine, theirs)
        self.whole = self.whole and whole and diff.whole
        if where == "model" and max(len(mine), len(theirs)) <= SHORT and "text" in diff.natures:
            self._add(where, path, "value", mine, theirs)
            return
        parts = (
            in_one(mine, theirs, diff) if len(diff.hunks) > 1 or max(len(mine), len(theirs)) > SHORT else []
        )
        for nature in dict.fromkeys(diff.natures):
            hunks = [hunk for hunk, its in zip(diff.hunks, diff.natures, strict=True) if its == nature]
            olds = [mine[hunk.a : hunk.b] for hunk in hunks[:3]]
            news = [theirs[hunk.c : hunk.d] for hunk in hunks[:3]]
            self._add(where, path, nature, _listed(olds, nature), _listed(news, nature), parts)
            parts = []

    def _secret(
        self, where: Where, path: Path, text: str, added: bool = False, removed: bool = False
    ) -> None:
        nature: Nature = "added" if added else "removed" if removed else "value"
        after = text if added else f"another {text}"
        self._add(where, path, nature, None if added else text, None if removed else after)

    def _add(
        self,
        where: Where,
        path: Path,
        nature: Nature,
        before: str | None,
        after: str | None,
        parts: list[Part] | None = None,
    ) -> None:
        path = tuple(mask(part) if type(part) is str else part for part in path)
        self.sorts.add((where, _sort(where, path, nature, f"{before} {after}")))
        if len(self.differences) >= self.most:
            self.more += 1
            return
        self.differences.append({
            "where": where, "path": clean(cut(path_text(path), SHORT)), "nature": nature,
            "before": None if before is None else cut(clean(before), HUNK),
            "after": None if after is None else cut(clean(after), HUNK), "parts": parts or [],
        })  # fmt: skip


def _sort(where: Where, path: Path, nature: Nature, texts: str) -> str:
    """What differs, in a word or two."""
    names = [part for part in path if type(part) is str]
    last = names[-1]
    if nature == "order":
        return f"order of {'lines' if last in ('prompt', 'content') else last}"
    if nature == "id" and "0x" in texts:
        return "memory address"
    if where == "model":
        return names[0]
    if names[0] == "messages" and len(path) == 2:
        return "one more message" if nature == "added" else "one message less"
    if nature == "id":
        called = "tool_call_id" in names or "tool_calls" in names
        return "tool call id" if called else "message id" if names == ["messages", "id"] else "id"
    return {"date": "date", "number": "number", "space": "white space", "text": "words"}.get(nature, last)


def _is_id(name: str | int) -> bool:
    return type(name) is str and (name == "id" or name.endswith(("_id", "Id", "ID", "uuid")))


def _secret_in(path: Path) -> str | None:
    """The field on the way there that holds secrets; a tool that is called so, or its parameter, is none."""
    for at in range(len(path) - 1, -1, -1):
        name, last = path[at], at == len(path) - 1
        described = not last and (path[0] in ("tools", "functions") or path[at - 1 : at] == ("properties",))
        if type(name) is str and not described and is_secret(name):
            return name
    return None


def _short(value: Any) -> str | None:
    return None if value is ABSENT else line(shown(value), SHORT)


def _names(values: list[Any]) -> str:
    names = [name_of(value) for value in values[:20]]
    known = [name for name in names if name is not None]
    return line(", ".join(known) if len(known) == len(names) else shown(values[:20]), SHORT)


def _listed(texts: list[str], nature: Nature) -> str | None:
    if not any(texts):
        return None
    if nature == "space":
        return ", ".join(cut(text, AROUND).translate(_SPACES) for text in texts if text)
    return ", ".join(line(text, SHORT) for text in texts if text)


def _masked(before: str, after: str) -> tuple[str, str, bool]:
    """What differs of two texts and what is around it, without secrets, and whether that is all."""
    first = max(0, shared(before, after) - MARGIN)
    tail = shared(before[::-1], after[::-1]) - MARGIN
    tail = max(0, min(tail, len(before) - first, len(after) - first))
    mine, theirs = before[first : len(before) - tail], after[first : len(after) - tail]
    return mask(mine[:COMPARED]), mask(theirs[:COMPARED]), max(len(mine), len(theirs)) <= COMPARED


def in_one(before: str, after: str, diff: TextDiff) -> list[Part]:
    """Both texts in one: what differs with a little of what is around it."""
    parts: list[Part] = []
    at = 0
    for number, hunk in enumerate(diff.hunks[:HUNKS]):
        _part(parts, "same", _around(before[at : hunk.a], begins=number == 0, ends=False))
        _part(parts, "removed", cut(before[hunk.a : hunk.b], HUNK))
        _part(parts, "added", cut(after[hunk.c : hunk.d], HUNK))
        at = hunk.b
    _part(parts, "same", _around(before[at:], begins=False, ends=True))
    return parts


def _part(parts: list[Part], op: Literal["same", "removed", "added"], text: str) -> None:
    if text:
        parts.append({"op": op, "text": clean(text)})


def _around(text: str, *, begins: bool, ends: bool) -> str:
    if len(text) <= 2 * AROUND:
        return text
    head, tail = "" if begins else text[:AROUND], "" if ends else text[-AROUND:]
    return f"{head}…{tail}"
