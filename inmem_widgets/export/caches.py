"""What is known of a cache, as DataFrames."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache as memoize
from typing import TYPE_CHECKING, Any, get_args

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import MISSING
from inmem_widgets.export.columns import categories, real, texts, times, whole
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.entrybytes import entry_size
from inmem_widgets.observables.lookups.feed import LookupRecord
from inmem_widgets.observables.lookups.figures import figures_of
from inmem_widgets.observables.lookups.held import keys_in, value_in
from inmem_widgets.observables.near.prompts import prompt_text
from inmem_widgets.observables.near.secrets import mask
from inmem_widgets.observables.values import fields, is_a, is_named
from inmem_widgets.wire import History, Outcome, WhatIf

if TYPE_CHECKING:
    import pandas as pd

PATIENCE = 2.0
"""Seconds to wait for news of the latest lookups."""


def entries_frame(
    cache: InMemoryCache | None, watched: ObservableCache | None, *, masked: bool
) -> pd.DataFrame:
    """See `to_frame`; `watched`, if anybody watches the cache, knows of hits and loads."""
    import pandas as pd

    if cache is not None and watched is not None:
        cache.changes.flush(PATIENCE)
    items = [(key, value_in(cache, key)) for key in keys_in(cache)]
    items = [(key, value) for key, value in items if value is not MISSING]
    known = [figures_of(watched, *item) for item in items]
    shown, asked = _masker(masked), memoize(prompt_text)
    return pd.DataFrame(
        {
            "prompt": texts(shown(prompt) for (prompt, _), _ in items),
            "llm_string": texts(shown(llm) for (_, llm), _ in items),
            "asked": texts(asked(prompt) for (prompt, _), _ in items),
            "generations": whole(_count(value) for _, value in items),
            "text": texts(None if (text := _text(value)) is None else shown(text) for _, value in items),
            "hits": whole(each.hits for each in known),
            "inserted": times(each.inserted for each in known),
            "last_hit": times(each.used for each in known),
            "load_time": real(each.load for each in known),
            "input_tokens": whole(each.input_tokens for each in known),
            "output_tokens": whole(each.output_tokens for each in known),
            "size": whole(entry_size(*item)[0] for item in items),
        }
    )


def lookups_frame(records: Iterable[LookupRecord], *, masked: bool) -> pd.DataFrame:
    """The lookups recorded, one row each."""
    import pandas as pd

    rows, shown, asked = [*records], _masker(masked), memoize(prompt_text)
    return pd.DataFrame(
        {
            "number": pd.Series([row.number for row in rows], dtype="int64"),
            "time": times(row.time for row in rows),
            "outcome": categories((row.outcome for row in rows), get_args(Outcome)),
            "prompt": texts(None if row.key is None else shown(row.key[0]) for row in rows),
            "llm_string": texts(None if row.key is None else shown(row.key[1]) for row in rows),
            "asked": texts(None if row.key is None else asked(row.key[0]) for row in rows),
            "load_time": real(row.load for row in rows),
            "waiting": pd.Series([row.waiting for row in rows], dtype="bool"),
            "beside": pd.Series([row.beside for row in rows], dtype="bool"),
            "lookups_ago": whole(row.lookups_ago for row in rows),
        }
    )


def history_frame(history: History) -> pd.DataFrame:
    """Counts per bucket, one row each."""
    import pandas as pd

    interval, count = history["interval"], len(history["hits"])
    begin = history["end"] - count * interval
    return pd.DataFrame(
        {
            "time": times(begin + i * interval for i in range(count)),
            "seconds": pd.Series([interval] * count, dtype="float64"),
            "hits": pd.Series(history["hits"], dtype="int64"),
            "misses": pd.Series(history["misses"], dtype="int64"),
            "evictions": pd.Series(history["evictions"], dtype="int64"),
        }
    )


def what_if_frame(state: WhatIf) -> pd.DataFrame:
    """Simulated curves, one row for each size and policy."""
    import pandas as pd

    curves, sizes = state["curves"], state["sizes"]
    unknown: list[float | None] = [None] * len(sizes)
    return pd.DataFrame(
        {
            "policy": categories(curve["policy"] for curve in curves for _ in sizes),
            "maxsize": pd.Series([size for _ in curves for size in sizes], dtype="int64"),
            "hit_ratio": pd.Series([x for curve in curves for x in curve["ratios"]], dtype="float64"),
            "saved_seconds": real(x for curve in curves for x in curve["seconds"] or unknown),
            "saved_tokens": real(x for curve in curves for x in curve["tokens"] or unknown),
        }
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
