"""The closest cached entry: the index beside a scan with difflib."""

from __future__ import annotations

import json
import random
from difflib import SequenceMatcher
from statistics import median
from time import perf_counter, thread_time

from inmem_widgets.core.entries import Key
from inmem_widgets.observables.near.differences import differences
from inmem_widgets.observables.near.index import NearIndex
from tests.benchmarks.harness import Pair, benchmark

COUNT = 100_000
SAMPLE = 100
"""Entries the reference compares; it takes as long for each."""
MODEL = "[('model', 'gpt-4o'), ('stop', None), ('temperature', 0.0)]"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def prompts(count: int) -> list[str]:
    rng = random.Random(1)
    words = ["".join(rng.choices(LETTERS, k=rng.randint(2, 9))) for _ in range(5_000)]
    weights = [1 / (at + 4) for at in range(len(words))]
    texts = rng.choices(words, weights, k=40 * count)
    system = " ".join(rng.choices(words, weights, k=60))
    return [
        f'[{{"role": "system", "content": "{system}"}}, {{"role": "user", "content": "'
        f'{" ".join(texts[40 * at : 40 * at + rng.randint(8, 40)])}"}}]'
        for at in range(count)
    ]  # fmt: skip


def indexed(keys: list[Key]) -> tuple[NearIndex, str]:
    index, longest, began = NearIndex(), 0.0, perf_counter()
    at = thread_time()
    for _ in index.follow(keys, lambda key: -1):
        longest, at = max(longest, thread_time() - at), thread_time()
    note = (
        f"built in {perf_counter() - began:.1f} s, longest step {1_000 * longest:.1f} ms; "
        f"{index.bytes / len(keys):.0f} B an entry"
    )
    return index, note


@benchmark("closest of 100,000 entries (the reference: difflib, a scan of them)", goal=0.01)
def _() -> Pair:
    keys = [(prompt, MODEL) for prompt in prompts(COUNT)]
    for key in keys:
        hash(key)
    index, note = indexed(keys)
    missed = [(key[0].replace(" a", " zz", 4), key[1]) for key in keys[:: COUNT // 20]]
    found, took = 0, []
    for key, original in zip(missed, keys[:: COUNT // 20], strict=True):
        began = perf_counter()
        nearest = index.nearest(key, keys)
        took.append(perf_counter() - began)
        found += nearest is not None and nearest.key == original
    some = random.Random(2).sample(keys, SAMPLE)

    def scan() -> None:
        matcher = SequenceMatcher(None, b=missed[0][0])
        for key in some:
            matcher.set_seq1(key[0])
            matcher.ratio()

    return Pair(
        ours=lambda: index.nearest(missed[0], keys),
        reference=scan,
        per_reference=SAMPLE,
        per=COUNT,
        rounds=7,
        note=f"{note}; a search {1_000 * median(took):.0f} ms, {found} of {len(missed)} found",
    )


@benchmark("differences of two prompts of 5 MB (the reference: json.loads of both, 10 ms)", goal=100)
def _() -> Pair:
    rng = random.Random(3)
    text = " ".join(rng.choices(["the", "quick", "brown", "fox", "1234", "jumps", "over"], k=1_000_000))
    other = "".join("Z" if at % 250_000 == 7 else sign for at, sign in enumerate(text))
    one, two = ((json.dumps([{"role": "user", "content": each}]), MODEL) for each in (text, other))
    return Pair(
        ours=lambda: differences(one, two),
        reference=lambda: (json.loads(one[0]), json.loads(two[0])),
        rounds=5,
    )
