"""Sketches of prompts: a few numbers each, by which prompts of many equal words are found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inmem_widgets.observables.near.tokens import words

WHOLE, END = 32, 64
"""Bins for all of a prompt and for its end; the end tells more."""
BINS = WHOLE + END
Sketch = NDArray[np.uint16]
EMPTY = 0xFFFF
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_OTHER = np.uint64(0xC2B2AE3D27D4EB4F)
_TRIES = np.random.default_rng(7)
_WHOLE_FILL = np.stack([_TRIES.permutation(WHOLE) for _ in range(64)])
_END_FILL = np.stack([_TRIES.permutation(END) for _ in range(128)])


def sketches(essences: Sequence[tuple[str, str]]) -> Sketch:
    """A row of `BINS` numbers per prompt: one-permutation min-hashes (Li, Owen and Zhang, 2012) of its
    words and of pairs of words, empty bins filled from others (Shrivastava, 2017). The share of equal
    numbers of two rows estimates the share of words they have in common.

    Args:
        essences: (all, end) of each prompt; see `likeness.essence`.
    """
    hashes = [[_hashes(text) for text in dict.fromkeys(pair)] for pair in essences]
    whole = _binned([each[0] for each in hashes], WHOLE, _WHOLE_FILL)
    end = _binned([each[-1] for each in hashes], END, _END_FILL)
    return np.concatenate([whole, end], axis=1)


def _hashes(text: str) -> NDArray[np.uint64]:
    found = words(text)
    ones = np.fromiter(map(hash, found), np.int64, len(found)).view(np.uint64) * _FACTOR
    ones ^= ones >> np.uint64(29)
    pairs = (ones[:-1] * _OTHER + ones[1:]) * _FACTOR
    both = np.concatenate([ones * _OTHER, pairs ^ (pairs >> np.uint64(32))])
    mixed: NDArray[np.uint64] = both ^ (both >> np.uint64(31))
    return mixed


def _binned(hashes: list[NDArray[np.uint64]], bins: int, fill: NDArray[np.int64]) -> Sketch:
    sizes = [each.size for each in hashes]
    every = np.concatenate(hashes)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    place = rows * bins + (every & np.uint64(bins - 1)).astype(np.int64)
    least = np.full(len(sizes) * bins, EMPTY, np.uint16)
    np.minimum.at(least, place, (every >> np.uint64(40)).astype(np.uint16))
    first = least.reshape(len(sizes), bins)
    filled = first.copy()
    for order in fill:  # bin i takes that of bin order[i]
        empty = filled == EMPTY
        if not empty.any(axis=1).any() or not (empty.any(axis=1) & ~empty.all(axis=1)).any():
            break
        np.copyto(filled, first[:, order], where=empty)
    return filled
