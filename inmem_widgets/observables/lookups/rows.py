"""Entries and lookups as rows."""

from __future__ import annotations

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.entries import Key
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.entrybytes import entry_size
from inmem_widgets.observables.lookups.feed import LookupRecord
from inmem_widgets.observables.lookups.figures import figures_of
from inmem_widgets.observables.lookups.held import id_of, value_in
from inmem_widgets.observables.lookups.texts import Texts
from inmem_widgets.wire import EntryRow, Lookup


def entry_row(cache: ObservableCache, key: Key, texts: Texts) -> EntryRow:
    """One entry, there or gone."""
    prompt, model = texts.of(key)
    value = value_in(cache.source, key)
    size, how = (None, "exact") if value is MISSING else entry_size(key, value)
    known = figures_of(cache, key, value)
    return {
        "id": id_of(key), "prompt": prompt, "model": model, "hits": known.hits, "inserted": known.inserted,
        "used": known.used, "load": known.load, "tokens": known.tokens, "size": size, "how": how,
    }  # fmt: skip


def lookup_row(record: LookupRecord, texts: Texts) -> Lookup:
    """One lookup of the feed."""
    prompt, model = ("", "") if record.key is None else texts.of(record.key)
    return {
        "number": record.number, "time": record.time, "outcome": record.outcome, "prompt": prompt,
        "model": model, "load": record.load, "waiting": record.waiting, "beside": record.beside,
        "note": _note(record),
    }  # fmt: skip


def _note(record: LookupRecord) -> str:
    notes = []
    if record.outcome in ("evicted", "cleared") and record.lookups_ago is not None:
        ago = record.lookups_ago
        notes.append(f"{record.outcome} {ago:,} lookup{'' if ago == 1 else 's'} ago")
    if record.key is None:
        notes.append("prompts of so many bytes are not kept")
    return " · ".join(notes)
