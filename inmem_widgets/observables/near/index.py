"""Finds the cached entry closest to a lookup that missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.core.entries import Key
from inmem_widgets.observables.keys.background import Making
from inmem_widgets.observables.near.likeness import NEAR, Likeness, essence
from inmem_widgets.observables.near.sketches import BINS, EMPTY, WHOLE, sketches

ROWS = 4_096
"""Entries of a block."""
CHUNK = 5_000
"""Keys looked at in one step."""
LETTERS = 6_000
"""Characters of prompts sketched in one step, but for a single longer one."""
TOGETHER = 32
"""Prompts sketched in one step."""
CANDIDATES = 24
"""Entries compared word by word."""
READ = 300_000
"""Characters of them, after the first three."""
_DIGEST, _PROMPT, _MODEL, _BORN, _PLACE = range(5)


class _Block:
    """Room for `ROWS` entries."""

    def __init__(self) -> None:
        self.used = np.zeros(ROWS, np.bool_)
        self.facts = np.zeros((5, ROWS), np.int64)
        self.sketches = np.full((BINS, ROWS), EMPTY, np.uint16)


@dataclass(frozen=True, slots=True)
class Nearest:
    """Attributes:
    key: Of the entry.
    likeness: See `Likeness`.
    """

    key: Key
    likeness: float


class NearIndex:
    """Sketches of cached keys. It holds no key: about 240 bytes an entry, in blocks of 4,096.

    A search compares the sketch of what was looked up with all of them, by NumPy (some 10 ms among
    100,000), then the best candidates word by word. Entries with the same prompt are always found; of
    prompts that differ in ids, dates, numbers or some words, the closest or one about as close in 97 of
    100 searches (tests/observables/test_near_index.py). Not thread-safe: one task at a time.

    Attributes:
        size: Entries in it.
    """

    def __init__(self) -> None:
        self.size = 0
        self._blocks: list[_Block] = []
        self._free: list[int] = []

    @property
    def bytes(self) -> int:
        """Of memory."""
        return sum(each.used.nbytes + each.facts.nbytes + each.sketches.nbytes for each in self._blocks)

    def follow(self, keys: Sequence[Key], born: Callable[[Key], int]) -> Making[None]:
        """Bring it in step with the cache, in steps of some milliseconds.

        Args:
            keys: All that are cached now.
            born: The number of the latest lookup when a key was cached; below 0 where it was before the
                first one.
        """
        digests = np.empty(len(keys), np.int64)
        births = np.empty(len(keys), np.int64)
        for start in range(0, len(keys), CHUNK):
            some = keys[start : start + CHUNK]
            digests[start : start + CHUNK] = np.fromiter(map(hash, some), np.int64, len(some))
            births[start : start + CHUNK] = np.fromiter(map(born, some), np.int64, len(some))
            yield 0.0
        order = np.argsort(digests)  # NumPy lets other threads go on meanwhile
        yield 0.0
        rows, mine = self._rows()
        sorted_digests = digests[order]
        self._remove(rows[~_among(mine, sorted_digests)])
        yield 0.0
        rows, mine = self._rows()
        by_digest = np.argsort(mine)
        yield 0.0
        mine, rows = mine[by_digest], rows[by_digest]
        known = _among(digests, mine)
        rows = rows[np.searchsorted(mine, digests[known])]
        for block, row, birth in self._spread(rows, births[known]):
            block.facts[_BORN, row] = birth
        for block, row, place in self._spread(rows, np.flatnonzero(known)):
            block.facts[_PLACE, row] = place
        yield 0.0
        new = iter(np.flatnonzero(~known).tolist())
        done, most = 0, int((~known).sum())
        while batch := self._batch(keys, new):
            self._add([keys[each] for each in batch], births[batch], batch)
            done += len(batch)
            yield done / most

    def nearest(
        self,
        key: Key,
        keys: Sequence[Key],
        *,
        before: int | None = None,
        there: Callable[[Key], bool] = lambda key: True,
    ) -> Nearest | None:
        """The entry that is most like it, if one is like it at all (`NEAR`); never the key itself.

        Args:
            key: What was looked up.
            keys: Those it was brought in step with last.
            before: Only entries cached before the lookup of that number.
            there: Whether a key counts.
        """
        found = self._candidates(key, before)
        best: Nearest | None = None
        likeness = Likeness(key)
        read = 0
        for number, place in enumerate(found):
            other = keys[place]
            if other == key or not there(other):
                continue
            read += min(len(other[0]), 100_000)
            if number >= 3 and read > READ:
                break
            alike = likeness.to(other)
            if alike >= NEAR and (best is None or alike > best.likeness):
                best = Nearest(other, alike)
        return best

    def _candidates(self, key: Key, before: int | None) -> list[int]:
        """Places among the keys of the entries with the most similar sketches, best first."""
        sketch = sketches([essence(key[0])])[0][:, None]
        digest, prompt, model = hash(key), hash(key[0]), hash(key[1])
        blank = bool((sketch == EMPTY).all())
        scores: list[NDArray[np.float32]] = []
        for block in self._blocks:
            same = block.sketches == sketch
            whole = same[:WHOLE].sum(0, np.uint8) * np.float32(1 / WHOLE)
            end = same[WHOLE:].sum(0, np.uint8) * np.float32(1 / (BINS - WHOLE))
            score = np.minimum(whole, end) + np.float32(0.2) * np.maximum(whole, end)
            if blank:
                score[:] = 0
            score += np.float32(0.1) * (block.facts[_MODEL] == model)
            score[block.facts[_PROMPT] == prompt] += 2
            barred = ~block.used | (block.facts[_DIGEST] == digest)
            if before is not None:
                barred |= block.facts[_BORN] >= before
            score[barred] = -1
            scores.append(score)
        if not scores:
            return []
        score = np.concatenate(scores)
        best = np.argpartition(score, -CANDIDATES)[-CANDIDATES:]
        best = best[np.argsort(-score[best], kind="stable")]
        return [
            int(self._blocks[each // ROWS].facts[_PLACE, each % ROWS]) for each in best if score[each] > 0.1
        ]

    def _batch(self, keys: Sequence[Key], new: Iterator[int]) -> list[int]:
        batch: list[int] = []
        letters = 0
        for each in islice(new, TOGETHER):
            batch.append(each)
            letters += len(keys[each][0])
            if letters >= LETTERS:
                break
        return batch

    def _add(self, keys: list[Key], births: NDArray[np.int64], places: list[int]) -> None:
        rows = [self._row() for _ in keys]
        made = sketches([essence(key[0]) for key in keys])
        for row, key, birth, place, sketch in zip(rows, keys, births.tolist(), places, made, strict=True):
            block, at = self._blocks[row // ROWS], row % ROWS
            block.facts[:, at] = hash(key), hash(key[0]), hash(key[1]), birth, place
            block.sketches[:, at] = sketch
            block.used[at] = True
        self.size += len(rows)

    def _row(self) -> int:
        if not self._free:
            first = len(self._blocks) * ROWS
            self._blocks.append(_Block())
            self._free.extend(range(first + ROWS - 1, first - 1, -1))
        return self._free.pop()

    def _remove(self, rows: NDArray[np.int64]) -> None:
        for block, row, _ in self._spread(rows, rows):
            block.used[row] = False
        self._free.extend(rows.tolist())
        self.size -= rows.size
        if not self.size:
            self._blocks, self._free = [], []

    def _rows(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows that are used, and their digests."""
        if not self._blocks:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        used = np.flatnonzero(np.concatenate([block.used for block in self._blocks]))
        return used, np.concatenate([block.facts[_DIGEST] for block in self._blocks])[used]

    def _spread(
        self, rows: NDArray[np.int64], values: NDArray[np.int64]
    ) -> Iterator[tuple[_Block, NDArray[np.int64], NDArray[np.int64]]]:
        """Rows and values by block."""
        for number, block in enumerate(self._blocks):
            here = rows // ROWS == number
            if here.any():
                yield block, rows[here] % ROWS, values[here]


def _among(values: NDArray[np.int64], of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the values are in a sorted array."""
    if not of.size:
        return np.zeros(values.size, np.bool_)
    found: NDArray[np.bool_] = of[np.minimum(np.searchsorted(of, values), of.size - 1)] == values
    return found
