"""The state of a checkpoint, as its pane shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.reading.reader import State, Undecodable
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.threads.headers import internal
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import text_of
from inmem_widgets.observables.threads.status import Marks
from inmem_widgets.observables.values import child_count, type_label
from inmem_widgets.wire import Block, Channel, How, Maker, StateView, ValueView

MOST = 200
"""Channels shown, of each kind."""
NAME = 200
"""Characters of a channel's name."""
OPEN = 20
"""Channels that are answered as open at once."""
READ_ONLY = "a checkpoint is shown, not changed; fork from it to go on with other values"


def state_view(
    state: State,
    history: ThreadHistory,
    key: Key,
    opened: Mapping[str, Any],
    makers: Callable[[list[str]], Mapping[str, Maker]],
) -> StateView:
    """The channels of a state; those named in `opened` with their values as blocks.

    Args:
        makers: Tells who wrote the values of channels.
    """
    values, changed = state.values, _changed(history, key)
    header = history.by_key.get(key)
    own = [name for name in values if not internal(name)]
    theirs = [name for name in values if internal(name)]
    wanted = [name for name in own[:MOST] if name in opened][:OPEN]
    made = makers(own[:MOST])

    def channel(name: str) -> Channel:
        value = values[name]
        broken = isinstance(value, Undecodable)
        size, how = _size(state, name)
        return {
            "name": cut(clean(name), NAME),
            "type": value.type if broken else type_label(value),
            "preview": "" if broken else preview(value),
            "size": size,
            "how": how,
            "count": None if broken else child_count(value),
            "changed": changed is None or name in changed,
            "by": made.get(name),
            "remark": state.remarks.get(name, value.error if broken else ""),
            "broken": broken,
            "view": open_view(value, _format(opened[name])) if name in wanted else None,
        }

    return {
        "key": text_of(key),
        "channels": [channel(name) for name in own[:MOST]],
        "internal": [channel(name) for name in theirs[:MOST]],
        "more": max(0, len(own) - MOST) + max(0, len(theirs) - MOST),
        "next": [] if header is None else _next(history.marks(header)),
        "problem": state.problem,
    }


def open_view(value: Any, format: str | None = None, offset: int = 0) -> ValueView:
    """A value as blocks."""
    from inmem_widgets.observables.formats import view_value  # see `warm`

    if isinstance(value, Undecodable):
        told = f"Cannot be deserialised: {value.size:,} bytes of {value.type}. {value.error}"
        blocks: list[Block] = [{"kind": "note", "text": told, "tone": "error"}]
        return {
            "id": 0, "version": 0, "formats": [], "format": "", "packed": None, "blocks": blocks,
            "edit": None, "reason": READ_ONLY,
        }  # fmt: skip
    view = view_value(value, format=format, offset=offset)
    return {"id": 0, "version": 0, **view, "edit": None, "reason": READ_ONLY}


def _next(marks: Marks) -> list[str]:
    """What has not run yet, of a step that is partly done; else all that runs."""
    return list(marks.left or marks.next)


def _size(state: State, channel: str) -> tuple[int | None, How]:
    """Bytes as stored where that is known, else in memory."""
    value, stored = state.values[channel], state.sizes.get(channel)
    if stored is not None:
        return stored, "exact"
    return (value.size, "exact") if isinstance(value, Undecodable) else size_of(value)


def _format(how: Any) -> str | None:
    format = how.get("format") if isinstance(how, dict) else None
    return format if isinstance(format, str) else None


def _changed(history: ThreadHistory, key: Key) -> set[str] | None:
    """Channels of another version than at the parent; None where all are new."""
    header = history.by_key.get(key)
    parent = None if header is None else history.parent(header)
    if header is None or parent is None:
        return None
    before = parent.channel_versions
    return {name for name, version in header.channel_versions.items() if before.get(name) != version}
