"""In words: what became of a lookup."""

from __future__ import annotations

from collections.abc import Callable

from inmem_widgets.observables.lookups.feed import LookupRecord
from inmem_widgets.observables.lookups.reasons import GONE_BY
from inmem_widgets.observables.near.prompts import prompt_text
from inmem_widgets.wire import Outcome

_QUOTED = 80


def told(record: LookupRecord) -> str:
    """What a lookup met and why: "Held until 1,204 lookups ago, when …"."""
    return " ".join(filter(None, [_OUTCOMES[record.outcome](record), _answer(record)]))


def _evicted(record: LookupRecord) -> str:
    if (by := _BY.get(record.evicted_by or 0)) is not None:
        return f"Held until {_ago(record)}, when it {by}."
    evictor = record.evictor
    text = "" if evictor is None else prompt_text(evictor if type(evictor) is str else evictor[0], _QUOTED)
    pushed = f"the insertion of “{text}” pushed it out" if text else "another insertion pushed it out"
    return f"Held until {_ago(record)}, when {pushed}."


def _cleared(record: LookupRecord) -> str:
    return f"Held until {_ago(record)}, when the cache was cleared."


def _ago(record: LookupRecord) -> str:
    ago = record.lookups_ago
    return "some time ago" if ago is None else "1 lookup ago" if ago == 1 else f"{ago:,} lookups ago"


def _answer(record: LookupRecord) -> str:
    if record.outcome == "hit":
        return "" if record.load is None else f"It spared {_seconds(record.load)}."
    beside = "An earlier lookup of the same was still unanswered. " if record.beside else ""
    if record.waiting:
        return f"{beside}No answer has been cached so far."
    return beside + ("" if record.load is None else f"Its answer was cached {_seconds(record.load)} later.")


def _seconds(seconds: float) -> str:
    if seconds >= 100:
        return f"{seconds:,.0f} s"
    return f"{seconds:.2g} s" if seconds >= 1 else f"{1_000 * seconds:.3g} ms"


_BY = {GONE_BY["expired"]: "expired", GONE_BY["deleted"]: "was deleted"}
_OUTCOMES: dict[Outcome, Callable[[LookupRecord], str]] = {
    "hit": lambda record: "Found in the cache.",
    "cold": lambda record: "Never cached before.",
    "evicted": _evicted,
    "cleared": _cleared,
    "unknown": lambda record: (
        "Whether it was ever cached is not known: that would have been before watching began, or too long "
        "ago to be remembered."
    ),
}
