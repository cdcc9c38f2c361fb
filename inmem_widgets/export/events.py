"""What happened, as DataFrames: the changes of a log, and what differs between two moments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.change import MISSING, UNKNOWN
from inmem_widgets.export.schemas import DIFFERENCE, EVENTS
from inmem_widgets.observables.log.differing import Differing
from inmem_widgets.observables.near.secrets import mask
from inmem_widgets.observables.preview import preview

if TYPE_CHECKING:
    import pandas as pd

    from inmem_widgets.export.bulk import Facts
    from inmem_widgets.observables.log.eventlog import EventLog


def events_frame(log: EventLog | None, name: str | None = None) -> pd.DataFrame:
    """What a log holds, one row a change, the oldest first; see docs/frames.md.

    Args:
        log: None: nothing is logged.
        name: What to call its object; its type, if not given.
    """
    from inmem_widgets.export.bulk import facts
    from inmem_widgets.export.columns import coded

    if log is not None:
        log.catch_up()
        name = name or getattr(log.observable, "type_name", None)
    changes = [] if log is None else log.changes()
    logged = None if log is None else log.columns()
    row = {} if logged is None else {number: i for i, number in enumerate(logged.numbers)}
    changes = [change for change in changes if change.number in row]
    rows = [row[change.number] for change in changes]
    kinds = [] if logged is None else [logged.kinds[i] for i in rows]
    sizes = [] if logged is None else [None if logged.sizes[i] < 0 else logged.sizes[i] for i in rows]
    before = [change.old[0] if change.old else UNKNOWN for change in changes]
    after = [change.values[0] if change.values else MISSING for change in changes]
    told = facts([new if new is not MISSING else old for old, new in zip(before, after, strict=True)])
    by = [change.by for change in changes]
    masked = next((is_entry(change.keys[0]) for change in changes if len(change.keys)), False)
    return EVENTS.frame(
        number=[change.number for change in changes],
        time=[change.time for change in changes],
        kind=kinds,
        key=[key_text(change.keys[0]) if len(change.keys) else None for change in changes],
        keys=[len(change.keys) for change in changes],
        type=coded(told.codes, told.labels),
        size=sizes,
        before=_begins(facts(before), masked),
        after=_begins(facts(after), masked),
        cell=[None if who is None else who.cell for who in by],
        os_thread=[None if who is None else who.os_thread for who in by],
        thread_id=[None if who is None else _text(who.thread_id) for who in by],
        node=[None if who is None else _text(who.node) for who in by],
        step=[None if who is None else who.step for who in by],
        task=[None if who is None else _text(who.task) for who in by],
        run_id=[None if who is None else _text(who.run_id) for who in by],
        checkpoint_id=[None if who is None or who.checkpoint is None else who.checkpoint[1] for who in by],
        object=[name] * len(changes),
    )


def difference_frame(pairs: Differing, of_cache: bool) -> pd.DataFrame:
    """What differs between two moments, one row a key; see docs/frames.md."""
    from inmem_widgets.export.bulk import facts
    from inmem_widgets.export.columns import coded

    left, right = [old for _, old, _ in pairs], [new for _, _, new in pairs]
    was, now = facts(left), facts(right)
    more: dict[str, Sequence[Any]] = {}
    if of_cache:
        more["llm_string"] = [mask(key[1]) if is_entry(key) else None for key, _, _ in pairs]
    return DIFFERENCE.frame(
        key=[key_text(key) for key, _, _ in pairs],
        change=[
            "added" if old is MISSING else "deleted" if new is MISSING else "changed" for _, old, new in pairs
        ],
        type_before=coded(was.codes, was.labels),
        type_after=coded(now.codes, now.labels),
        size_before=was.sizes,
        size_after=now.sizes,
        before=_begins(was, of_cache),
        after=_begins(now, of_cache),
        **more,
    )


def key_text(key: Any) -> str:
    """A key in one text: of a cache the prompt, masked; of a checkpointer thread, namespace and id."""
    if is_entry(key):
        return mask(key[0])
    if isinstance(key, tuple):
        return " · ".join(text for part in key if (text := _text(part)))
    return _text(key) or ""


def is_entry(key: Any) -> bool:
    """Whether it is one of a cache: (prompt, llm_string)."""
    return type(key) is tuple and len(key) == 2 and type(key[0]) is type(key[1]) is str


def _begins(known: Facts, masked: bool) -> list[str | None]:
    from inmem_widgets.export.previews import previews

    found = previews(known, every=True)
    return [None if text is None else mask(text) for text in found] if masked else found


def _text(part: Any) -> str | None:
    return part if part is None or isinstance(part, str) else preview(part)
