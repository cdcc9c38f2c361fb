"""The figures of a cache as lines of text, for where no script runs."""

from __future__ import annotations

from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.lookups.screen import COUNTS

REASONS = {
    "cold": "never cached before",
    "evicted": "evicted before",
    "cleared": "cleared before",
    "unknown": "unknown, from before watching began",
}


def figures(cache: ObservableCache) -> list[list[str]]:
    """(what, how much) of all there is to tell."""
    now = cache.trait_values() if (source := cache.source) is None else cache.figures(source)
    saved, reasons, unknown = cache.saved(), cache.recorder.reasons, cache.abilities.unknown
    ratio, size = now["hit_ratio"], now["bytes"]
    counts = [name for name in COUNTS if name not in ("size", "maxsize")]
    limit = (
        "unknown" if "maxsize" in unknown else "no limit" if now["maxsize"] is None else f"{now['maxsize']:,}"
    )
    rows = [
        ["hit ratio", "unknown" if ratio is None else f"{ratio:.1%}"],
        *([name, _count(now[name])] for name in counts),
        ["size", f"{_count(now['size'])} of {limit}"],
        ["memory", "unknown" if size is None else f"~{size:,} B"],
    ]
    if "saved" in unknown:
        return rows
    rows.append(["saved time", _known(f"{saved['seconds']:,.1f} s", saved["seconds_unknown"], now["hits"])])
    tokens = saved["input_tokens"] + saved["output_tokens"]
    rows.append(["saved tokens", _known(f"{tokens:,}", saved["tokens_unknown"], now["hits"])])
    if saved["money"] is not None:
        money = f"{saved['currency']}{saved['money']:,.2f}"
        rows.append(["saved money", _known(money, saved["money_unknown"], now["hits"])])
    texts = (
        REASONS
        if cache.abilities.how == "events"
        else {**REASONS, "cold": "never cached since watching began"}
    )
    missed = {text: getattr(reasons, name) for name, text in texts.items()}
    return rows + [[f"missed: {text}", f"{count:,}"] for text, count in missed.items() if count]


def _count(figure: int | None) -> str:
    return "unknown" if figure is None else f"{figure:,}"


def _known(amount: str, unknown: int, hits: int) -> str:
    """What is unknown of some hits is no zero."""
    if not unknown:
        return amount
    return "unknown" if unknown >= hits else f"at least {amount}; unknown of {unknown:,} hits"
