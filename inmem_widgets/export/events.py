"""What happened, as DataFrames: the changes of a log, and what differs between two moments."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from operator import is_
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.origin import Origin
from inmem_widgets.export.schemas import DIFFERENCE, EVENTS
from inmem_widgets.observables.log.kept import Columns, Kept
from inmem_widgets.observables.log.past.differing import Differing
from inmem_widgets.observables.near.secrets import mask
from inmem_widgets.observables.preview import preview

if TYPE_CHECKING:
    import pandas as pd

    from inmem_widgets.export.bulk import Facts
    from inmem_widgets.observables.log.eventlog import EventLog


def events_frame(log: EventLog | None, *, preview: bool | None = None) -> pd.DataFrame:
    """What a log holds, one row a change, the oldest first; see docs/frames.md.

    Args:
        log: None: nothing is logged.
        preview: As of `to_frame`.
    """
    if log is None:
        return changes_frame(Kept(0, 1, 1).columns(), None, preview=preview)
    log.catch_up()
    return changes_frame(log.columns(), getattr(log.observable, "type_name", None), preview=preview)


def changes_frame(logged: Columns, name: str | None, *, preview: bool | None = None) -> pd.DataFrame:
    """Changes of an object of that name, one row each."""
    import numpy as np

    from inmem_widgets.export.bulk import facts
    from inmem_widgets.export.columns import coded

    count, keys, before, after = len(logged.keys), logged.keys, logged.befores, logged.afters
    new = told = facts(after, sized=False)
    if any(map(is_, after, repeat(MISSING))):  # what was deleted
        values = [old if value is MISSING else value for old, value in zip(before, after, strict=True)]
        told = facts(values, sized=False)
    masked = next((is_entry(key) for key in keys if key is not None), False)
    kinds = [*dict.fromkeys(logged.kinds)]
    place = np.array([kinds.index(kind) for kind in logged.kinds], np.int64)
    more: dict[str, Any] = {}
    if preview is not False:
        every = preview is True
        more["before"] = _begins(facts(before, sized=False), masked, every=every, latest=True)
        more["after"] = _begins(new, masked, every=every, latest=True)
    return EVENTS.frame(
        number=np.array(logged.numbers),
        time=np.array(logged.times),
        kind=coded(place[np.frombuffer(logged.codes, np.uint8)], kinds),
        key=_key_texts(keys),
        keys=np.array(logged.counts),
        type=coded(told.codes, told.labels),
        size=np.array(logged.sizes),
        object=coded(np.zeros(count) if name is not None else np.full(count, -1), [name or ""]),
        **_origins(logged.bys),
        **more,
    )


def _key_texts(keys: list[Any]) -> list[str | None]:
    if {*map(id, map(type, keys))} <= {id(str), id(type(None))}:
        return keys
    each = {id(key): None if key is None else key_text(key) for key in _distinct(keys)}
    return [*map(each.__getitem__, map(id, keys))]


def _distinct(objects: list[Any]) -> list[Any]:
    """Each object once, by identity, in order."""
    return [*dict(zip(map(id, objects), objects, strict=True)).values()]


def _origins(bys: list[Origin | None]) -> dict[str, pd.Series[Any]]:
    """The columns of who it was, made of each once."""
    import numpy as np
    import pandas as pd

    codes, _ = pd.factorize(np.fromiter(map(id, bys), np.int64, len(bys)))
    who = _distinct(bys)
    columns: dict[str, list[Any]] = {
        "cell": [by and by.cell for by in who],
        "os_thread": [by and by.os_thread for by in who],
        "thread_id": [by and _text(by.thread_id) for by in who],
        "node": [by and _text(by.node) for by in who],
        "step": [by and by.step for by in who],
        "task": [by and _text(by.task) for by in who],
        "run_id": [by and _text(by.run_id) for by in who],
        "checkpoint_id": [by and by.checkpoint and by.checkpoint[1] for by in who],
    }
    made = {column.name: column for column in EVENTS if column.name in columns}
    return {name: pd.Series(made[name].make(each).array.take(codes)) for name, each in columns.items()}


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
        before=_begins(was, of_cache, every=True),
        after=_begins(now, of_cache, every=True),
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


def _begins(known: Facts, masked: bool, *, every: bool, latest: bool = False) -> list[str | None]:
    from inmem_widgets.export.previews import previews

    found = previews(known, every=every, latest=latest)
    return [None if text is None else mask(text) for text in found] if masked else found


def _text(part: Any) -> str | None:
    return part if part is None or isinstance(part, str) else preview(part)
