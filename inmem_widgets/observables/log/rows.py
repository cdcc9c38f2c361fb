"""Changes as rows of a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from inmem_widgets.core.change import MISSING, UNKNOWN, Change
from inmem_widgets.core.origin import Origin
from inmem_widgets.observables.diffs.contrast import contrast
from inmem_widgets.observables.keys.ids import shown
from inmem_widgets.observables.log.columns import shown_kind
from inmem_widgets.observables.lookups.held import id_of
from inmem_widgets.observables.lookups.said import answer
from inmem_widgets.observables.near.prompts import prompt_text
from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import is_a
from inmem_widgets.wire import By, LogRow

BRIEF: Final = 80
"""Characters of a value."""
LINE: Final = 200
"""Characters of anything else that is text."""
MEASURED: Final = 20
"""Values of a change that are measured; the others are taken to be like them."""


def by_row(origin: Origin | None) -> By | None:
    """Who did something, for the wire; None where it is not known."""
    if origin is None:
        return None
    return {
        "text": origin_text(origin.text()) or "",
        "cell": origin.cell,
        "os_thread": origin_text(origin.os_thread) or "",
        "thread": origin_text(origin.thread_id),
        "node": origin_text(origin.node),
        "step": origin.step,
        "task": origin_text(origin.task),
        "run": origin_text(origin.run_id),
        "checkpoint": None if origin.checkpoint is None else origin_text("\n".join(origin.checkpoint)),
    }


def log_row(change: Change, observable: Any) -> LogRow:
    """One change of the observable's object, for the wire."""
    keys, values, old = change.keys, change.values, change.old
    first = keys[0] if len(keys) else None
    before, after = _brief(old[0] if old else MISSING, values[0] if values else MISSING, first)
    return {
        "number": change.number,
        "time": change.time,
        "kind": shown_kind(change.kind, old),
        "key": "" if first is None else key_text(first),
        "keys": len(keys),
        "id": _told_id(first, observable),
        "size": None if values is None else _size(values),
        "note": cut(clean(_note(change)), LINE),
        "before": before,
        "after": after,
        "by": by_row(change.by),
    }


def key_text(key: Any) -> str:
    """A key of any kind: of a store, of a cache its prompt, of a checkpointer thread and checkpoint."""
    if is_a(key, str):
        return shown(key)
    if _is_entry(key):
        return shown(prompt_text(key[0]))
    if is_a(key, tuple):
        texts = (part if is_a(part, str) else preview(part, LINE) for part in tuple.__iter__(key))
        return shown(" · ".join(text for text in texts if str.__len__(text)))
    return shown(preview(key, LINE))


def searched(key: Any) -> str:
    """The text that a filter looks into."""
    return key if is_a(key, str) else key[0] if _is_entry(key) else key_text(key)


def key_id(key: Any) -> int | None:
    """What views call the key by; None where they cannot open it."""
    return id_of(key) if is_a(key, str) or _is_entry(key) else None


def _told_id(key: Any, observable: Any) -> int | None:
    """The id, which leads back to the key from now on."""
    known = is_a(key, str) and hasattr(observable, "key_id")
    return observable.key_id(key) if known else key_id(key)


def _is_entry(key: Any) -> bool:
    return type(key) is tuple and len(key) == 2 and type(key[0]) is type(key[1]) is str


def _brief(before: Any, after: Any, key: Any) -> tuple[str, str]:
    told = [answer(value) if _is_entry(key) else value for value in (before, after)]
    known = [value is not MISSING and value is not UNKNOWN for value in (before, after)]
    if all(known):
        return contrast(told[0], told[1], BRIEF, inside=False)
    old, new = (preview(value, BRIEF) if there else "" for value, there in zip(told, known, strict=True))
    return old, new


def _size(values: Sequence[Any]) -> int | None:
    sizes = [size_of(value)[0] for value in values[:MEASURED]]
    known = [size for size in sizes if size is not None]
    return sum(known) * len(values) // len(known) if known else None


def _note(change: Change) -> str:
    info = change.info
    notes = []
    if "elsewhere" in info:
        notes.append("found by reading")
    if "evicted" in info:
        notes.append(f"evicted {cut(key_text(info['evicted']), BRIEF)}")
    for name in ("why", "outcome", "step", "source", "task"):
        if name in info:
            found = info[name]
            text = found if isinstance(found, str) else preview(found, BRIEF)
            notes.append(text if name in ("why", "outcome", "source") else f"{name} {text}")
    if names := [cut(each, BRIEF) for each in info.get("channels", ())[:LINE] if is_a(each, str)]:
        notes.append(f"channel{'s' * (len(names) > 1)} {', '.join(names)}")
    return " · ".join(notes)


def origin_text(text: Any) -> str | None:
    """A thread's or a run's id of any kind, as text."""
    if text is None:
        return None
    return cut(clean(text if isinstance(text, str) else preview(text, LINE)), LINE)
