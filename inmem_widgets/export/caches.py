"""What is known of a cache, as DataFrames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache as memoize
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import MISSING, UNKNOWN
from inmem_widgets.core.entries import Key
from inmem_widgets.export.schemas import ENTRIES, HISTORY, LOOKUPS, WHAT_IF
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.entrybytes import entry_size
from inmem_widgets.observables.lookups.feed import LookupRecord
from inmem_widgets.observables.lookups.figures import figures_of
from inmem_widgets.observables.lookups.held import keys_in, value_in
from inmem_widgets.observables.near.prompts import prompt_text
from inmem_widgets.observables.near.secrets import mask
from inmem_widgets.observables.values import fields, is_a, is_named
from inmem_widgets.wire import History, WhatIf

if TYPE_CHECKING:
    import pandas as pd

PATIENCE = 2.0
"""Seconds to wait for news of the latest lookups."""
NO_HISTORY: History = {"end": 0.0, "interval": 1.0, "hits": [], "misses": [], "evictions": []}


def entries_frame(
    cache: InMemoryCache | None, watched: ObservableCache | None, *, masked: bool, values: bool = False
) -> pd.DataFrame:
    """See `to_frame`; `watched`, if anybody watches the cache, knows of hits and loads."""
    if cache is not None and watched is not None:
        cache.changes.flush(PATIENCE)
    items = [(key, value_in(cache, key)) for key in keys_in(cache)]
    items = [(key, value) for key, value in items if value is not MISSING]
    return frame_of_entries(items, watched, masked=masked, values=values)


def frame_of_entries(
    items: Sequence[tuple[Key, Any]], watched: ObservableCache | None, *, masked: bool, values: bool = False
) -> pd.DataFrame:
    """Of entries (key, value), as they are or were."""
    known = [figures_of(watched, *item) for item in items]
    shown, asked = _masker(masked), memoize(prompt_text)
    more = {"value": [None if value is UNKNOWN else value for _, value in items]} if values else {}
    return ENTRIES.frame(
        prompt=[shown(prompt) for (prompt, _), _ in items],
        llm_string=[shown(llm) for (_, llm), _ in items],
        asked=[asked(prompt) for (prompt, _), _ in items],
        generations=[_count(value) for _, value in items],
        text=[None if (text := _text(value)) is None else shown(text) for _, value in items],
        hits=[each.hits for each in known],
        inserted=[each.inserted for each in known],
        last_hit=[each.used for each in known],
        load_time=[each.load for each in known],
        input_tokens=[each.input_tokens for each in known],
        output_tokens=[each.output_tokens for each in known],
        size=[None if item[1] is UNKNOWN else entry_size(*item)[0] for item in items],
        **more,
    )


def lookups_frame(records: Iterable[LookupRecord], *, masked: bool) -> pd.DataFrame:
    """The lookups recorded, one row each."""
    rows, shown, asked = [*records], _masker(masked), memoize(prompt_text)
    return LOOKUPS.frame(
        number=[row.number for row in rows],
        time=[row.time for row in rows],
        outcome=[row.outcome for row in rows],
        prompt=[None if row.key is None else shown(row.key[0]) for row in rows],
        llm_string=[None if row.key is None else shown(row.key[1]) for row in rows],
        asked=[None if row.key is None else asked(row.key[0]) for row in rows],
        load_time=[row.load for row in rows],
        waiting=[row.waiting for row in rows],
        beside=[row.beside for row in rows],
        lookups_ago=[row.lookups_ago for row in rows],
    )


def history_frame(history: History) -> pd.DataFrame:
    """Counts per bucket, one row each."""
    interval, count = history["interval"], len(history["hits"])
    begin = history["end"] - count * interval
    return HISTORY.frame(
        time=[begin + i * interval for i in range(count)],
        seconds=[interval] * count,
        hits=history["hits"],
        misses=history["misses"],
        evictions=history["evictions"],
    )


def what_if_frame(state: WhatIf) -> pd.DataFrame:
    """Simulated curves, one row for each size and policy."""
    curves, sizes = state["curves"], state["sizes"]
    unknown: list[float | None] = [None] * len(sizes)
    return WHAT_IF.frame(
        policy=[curve["policy"] for curve in curves for _ in sizes],
        maxsize=[size for _ in curves for size in sizes],
        hit_ratio=[x for curve in curves for x in curve["ratios"]],
        saved_seconds=[x for curve in curves for x in curve["seconds"] or unknown],
        saved_tokens=[x for curve in curves for x in curve["tokens"] or unknown],
    )


def _masker(masked: bool) -> Callable[[str], str]:
    """Masks; a text that comes again, as parameters of models do, is not read again."""
    if not masked:
        return lambda text: text
    known: dict[str, str] = {}

    def shown(text: str) -> str:
        found = known.get(text)
        if found is None:
            found = known[text] = mask(text)
        return found

    return shown


def _count(value: Any) -> int | None:
    base: Any = next((base for base in (list, tuple) if is_a(value, base)), None)
    return None if base is None else base.__len__(value)


def _text(value: Any) -> str | None:
    """Of the first generation; no code of the value is run."""
    base: Any = list if is_a(value, list) else tuple
    if not _count(value):
        return None
    generation = base.__getitem__(value, 0)
    if not is_named(generation, "langchain_core.outputs.generation", "Generation"):
        return None
    text = (fields(generation) or {}).get("text")
    return text if type(text) is str else None
