"""The state of a checkpoint, as its pane shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inmem_widgets.observables.history import ThreadHistory
from inmem_widgets.observables.lanes import Key
from inmem_widgets.observables.preview import clean, cut, preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.timeline.places import text_of
from inmem_widgets.observables.values import child_count, type_label
from inmem_widgets.wire import Channel, StateView, ValueView

MOST = 200
"""Channels shown, of each kind."""
NAME = 200
"""Characters of a channel's name."""
OPEN = 20
"""Channels that are answered as open at once."""
INTERNAL = ("branch:to:", "branch:", "start:", "__")
"""How the names of LangGraph's own channels begin."""
REASON = "a checkpoint is shown, not changed; fork from it to go on with other values"


def internal(channel: str) -> bool:
    """Whether a channel is LangGraph's own."""
    return channel.startswith(INTERNAL)


def state_view(
    values: Mapping[str, Any], history: ThreadHistory, key: Key, opened: Mapping[str, Any]
) -> StateView:
    """The channels of a state; those named in `opened` with their values as blocks."""
    names = list(values)
    own = [name for name in names if not internal(name)]
    theirs = [name for name in names if internal(name)]
    changed = _changed(history, key)
    wanted = [name for name in own if name in opened][:OPEN]

    def channel(name: str) -> Channel:
        value = values[name]
        size, how = size_of(value)
        return {
            "name": cut(clean(name), NAME),
            "type": type_label(value),
            "preview": preview(value),
            "size": size,
            "how": how,
            "count": child_count(value),
            "changed": changed is None or name in changed,
            "by": None,
            "remark": "",
            "broken": False,
            "view": open_view(value, opened[name]) if name in wanted else None,
        }

    return {
        "key": text_of(key),
        "channels": [channel(name) for name in own[:MOST]],
        "internal": [channel(name) for name in theirs[:MOST]],
        "more": max(0, len(own) - MOST) + max(0, len(theirs) - MOST),
        "next": [],
        "problem": "",
    }


def open_view(value: Any, how: Any) -> ValueView:
    """A value as blocks, in the format that `how` names, if it names one."""
    from inmem_widgets.observables.formats import view_value  # see `warm`

    format = how.get("format") if isinstance(how, dict) else None
    view = view_value(value, format=format if isinstance(format, str) else None)
    return {"id": 0, "version": 0, **view, "edit": None, "reason": REASON}


def _changed(history: ThreadHistory, key: Key) -> set[str] | None:
    """Channels of another version than at the parent; None where all are new."""
    header = history.by_key.get(key)
    parent = None if header is None else history.parent(header)
    if header is None or parent is None:
        return None
    before = parent.channel_versions
    return {name for name, version in header.channel_versions.items() if before.get(name) != version}
