"""What a view with given parameters should show: the states of `wire`, but for `seq`, `now` and `title`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inmem_widgets.observables.history import ThreadHistory, key_of
from inmem_widgets.observables.lanes import Key
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.session import State

FIRST_ROWS = 40
"""Rows of a window when the view has not asked for any yet."""
MOST_ROWS = 400
"""Rows a view may ask for at once."""

MakeState = Callable[[Mapping[str, Any]], State]


def windowed(fetch: Callable[[int, int], tuple[int, list[Any]]], params: Mapping[str, Any]) -> State:
    """`size`, `start` and `rows` of the window asked for; the last one if the rows ended before it."""
    start = max(0, int(params.get("start", 0)))
    most = min(max(0, int(params.get("stop", start + FIRST_ROWS)) - start), MOST_ROWS)
    size, rows = fetch(start, start + most)
    if start and start >= size:
        start = max(0, size - most)
        size, rows = fetch(start, start + most)
    return {"size": size, "start": start, "rows": rows}


def checkpoint_timeline(saver: ObservableSaver) -> MakeState:
    """Makes `TimelineState`s; parameters: start, stop, thread, selected."""

    def make(params: Mapping[str, Any]) -> State:
        threads = saver.thread_list()
        thread = params.get("thread")
        history = saver.history(thread) if isinstance(thread, str) else None
        if history is None or not history.headers:
            thread = threads[0]["id"] if threads else None
            history = saver.history(thread) if thread is not None else ThreadHistory([])
        selected = params.get("selected")
        head = history.head
        if isinstance(selected, str):
            ns, _, checkpoint_id = selected.rpartition("\n")
            key: Key | None = (ns, checkpoint_id)
        else:
            key = key_of(head) if head is not None else None

        def fetch(start: int, stop: int) -> tuple[int, list[Any]]:
            return len(history.headers), history.window(key, start, stop)

        return {
            "threads": threads,
            "thread_count": saver.threads,
            "checkpoint_count": saver.checkpoints,
            "thread": thread,
            "selected": "\n".join(key) if key else None,
            "selected_row": history.row_of(key),
            "lanes": history.plan.width,
            **windowed(fetch, params),
        }

    return make
