"""How alike two cache keys are, by their words."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from inmem_widgets.core.entries import Key
from inmem_widgets.observables.near.llmstrings import read_model
from inmem_widgets.observables.near.messages import messages_of
from inmem_widgets.observables.near.tokens import DIGITS, raw_words, volatile_free
from inmem_widgets.observables.near.trees import ABSENT, text_of

NEAR = 0.6
"""Keys less alike than that are different questions."""
WORDS = 0.85
"""So are prompts that differ in words, not in ids, dates, numbers or order alone, and are less alike."""
READ = 100_000
"""Characters of a prompt that is read as messages; of a longer one, the text."""
HALF = 20_000
"""Characters at either end of a longer text by which it is judged."""
_NORMAL, _RAW = 0.75, 0.25
_PROMPT, _MODEL = 0.65, 0.35
_ALMOST = 0.99
"""Of prompts with the same words."""
_ANOTHER = NEAR - 0.01
"""Of other questions, at the most."""


def essence(prompt: str) -> tuple[str, str]:
    """What a prompt says: all of its messages, and those from the last human one on. Of a prompt that is no
    conversation, twice its text. Each is bounded."""
    messages = messages_of(prompt) if len(prompt) <= READ else []
    if not messages:
        return (text := _bounded(prompt)), text
    texts = [each.text for each in messages]
    asked = max((at for at, each in enumerate(messages) if each.role == "human"), default=len(messages) - 1)
    return _bounded("\n".join(texts)), _bounded("\n".join(texts[asked:]))


class Likeness:
    """How alike keys are to one: 0 to 1, that of the prompts' words, less where parameters differ.

    Words and pairs of words side by side are counted (the coefficient of Sørensen and Dice); ids, dates and
    numbers count little. Of a conversation, its end counts as much as all of it: a long system message in
    common makes no two questions alike. Neither does a short question's frame ("What is the capital of …").
    """

    def __init__(self, key: Key) -> None:
        self._key = key
        self._essence = [_Words(text) for text in dict.fromkeys(essence(key[0]))]

    def to(self, other: Key) -> float:
        prompts = 1.0 if self._key[0] == other[0] else min(self._to_prompt(other[0]), _ALMOST)
        return prompts * (_PROMPT + _MODEL * _models(self._key[1], other[1]))

    def _to_prompt(self, prompt: str) -> float:
        theirs = [_Words(text) for text in dict.fromkeys(essence(prompt))]
        end = self._essence[-1].to(theirs[-1])
        alone = len(self._essence) == len(theirs) == 1
        return end if alone else min(end, self._essence[0].to(theirs[0]))


class _Words:
    """The words of a text, counted with and without those that change from call to call."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = raw_words(text)
        normal = volatile_free(found)
        self.raw, self.normal = _counted(found), _counted(normal)
        self.lasting = [word for word in normal if word != DIGITS]

    def to(self, other: _Words) -> float:
        if self.text == other.text:
            return 1.0
        alike = _NORMAL * _overlap(self.normal, other.normal) + _RAW * _overlap(self.raw, other.raw)
        mine, theirs = self.lasting, other.lasting
        same = Counter(mine) == Counter(theirs) or _overlap(_counted(mine), _counted(theirs)) >= WORDS
        return alike if same else min(alike, _ANOTHER)


Counts = Counter[str | tuple[str, str]]


def _counted(found: list[str]) -> Counts:
    counts: Counts = Counter(found)
    counts.update(pairwise(found))
    return counts


def _overlap(mine: Counts, theirs: Counts) -> float:
    total = mine.total() + theirs.total()
    if len(mine) > len(theirs):
        mine, theirs = theirs, mine
    common = sum([min(count, theirs.get(item, 0)) for item, count in mine.items()])
    return 2 * common / total if total else 0.0


def _models(one: str, other: str) -> float:
    """Share of parameters that are equal."""
    if one == other:
        return 1.0
    mine, theirs = read_model(one), read_model(other)
    if mine is None or theirs is None:
        return _overlap(_counted(raw_words(_bounded(one))), _counted(raw_words(_bounded(other))))
    names = {*mine.params, *theirs.params}
    equal = [
        name
        for name in names
        if text_of(_param(mine.params.get(name, ABSENT))) == text_of(_param(theirs.params.get(name, ABSENT)))
    ]
    return len(equal) / len(names) if names else 0.0


def _param(value: object) -> object:
    return {"absent": True} if value is ABSENT else value


def _bounded(text: str) -> str:
    return text if len(text) <= 2 * HALF else f"{text[:HALF]} {text[-HALF:]}"
