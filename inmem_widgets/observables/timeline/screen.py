"""What the views of a timeline show."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from inmem_widgets.observables.session import State
from inmem_widgets.observables.states import windowed
from inmem_widgets.observables.threads.axis import axis
from inmem_widgets.observables.threads.headers import key_of
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.jumps import jumps, ticks
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import key_from, place_of, text_of, thread_text
from inmem_widgets.wire import Thread

if TYPE_CHECKING:
    from inmem_widgets.observables.timeline.browser import TimelineBrowser


SCRUBBERS = 4
"""Threads whose axis is kept while nothing changes in them."""


class Screen:
    """Makes the states of a browser's views."""

    def __init__(self, browser: TimelineBrowser) -> None:
        self._browser = browser
        self._thread: str | None = None
        self._scrubbers: OrderedDict[str | None, tuple[ThreadHistory, State]] = OrderedDict()

    def state(self, params: Mapping[str, Any]) -> State:
        """See `TimelineBrowser.state`."""
        browser = self._browser
        saver = browser.observable
        find = _text(params, "find") or ""
        threads, found = saver.thread_list(find)
        size, how = saver.total_bytes()
        thread = self.thread(_text(params, "thread"), None if find else threads)
        history = saver.history(thread) if thread is not None else ThreadHistory([])
        chosen = self._chosen(params, thread)
        head = history.head
        key = chosen or (key_of(head) if head is not None else None)
        pinned = None if browser.pinned is None else self._of_thread(browser.pinned, thread)

        def fetch(start: int, stop: int) -> tuple[int, list[Any]]:
            return history.size, history.window(key, start, stop)

        return {
            "editable": browser.editable,
            "graph": browser.parts.actions.graph,
            "reading": saver.reading,
            "threads": threads,
            "thread_count": saver.threads,
            "found": found,
            "checkpoint_count": saver.checkpoints,
            "bytes": size,
            "bytes_how": how,
            "thread": thread,
            "deleted": thread is not None and not history.size and saver.was(thread),
            "selected": None if key is None else text_of(key),
            "selected_row": history.row_of(key),
            "following": chosen is None,
            "pinned": None if pinned is None else text_of(pinned),
            "pinned_row": history.row_of(pinned),
            "jumps": jumps(history, key),
            "lanes": history.lanes,
            **windowed(fetch, self._window(history, params)),
            **self._scrubber(thread, history),
            "watches": [] if thread is None else browser.parts.watches.states(thread, key, history),
            "runs": browser.parts.actions.runs,
        }

    def thread(self, wanted: str | None = None, threads: list[Thread] | None = None) -> str | None:
        """The thread that a view shows: the one it wants, else that of the chosen checkpoint, else the one
        that changed last; of several that run at a time, the one that was shown."""
        browser = self._browser
        if browser.observable.source is None:
            return None
        if wanted is not None:
            return wanted
        if browser.selection is not None:
            return thread_text(place_of(browser.selection)[0])
        threads = browser.observable.thread_list()[0] if threads is None else threads
        shown = next((each for each in threads if each["id"] == self._thread), None)
        if threads and (self._thread is None or (shown is not None and shown["status"] != "running")):
            self._thread = threads[0]["id"]
        return self._thread

    def stay(self, thread: str) -> None:
        """Show this thread where no view wants another."""
        self._thread = thread

    def _chosen(self, params: Mapping[str, Any], thread: str | None) -> Key | None:
        """What the view has chosen, else what was chosen for all of them."""
        wanted, selection = _text(params, "selected"), self._browser.selection
        if wanted is not None:
            return key_from(wanted)
        return None if selection is None else self._of_thread(selection, thread)

    def _of_thread(self, config: Any, thread: str | None) -> Key | None:
        thread_id, key = place_of(config)
        return key if thread_text(thread_id) == thread else None

    def _window(self, history: ThreadHistory, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """With an anchor the window stays with its row, while others come on top."""
        anchor = _text(params, "anchor")
        row = None if anchor is None else history.row_of(key_from(anchor))
        if row is None:
            return params
        moved: dict[str, Any] = {**params, "start": row}
        if "stop" in params:
            moved["stop"] = row + int(params["stop"]) - int(params.get("start", 0))
        return moved

    def _scrubber(self, thread: str | None, history: ThreadHistory) -> State:
        """Axis and ticks, which change with the history only."""
        kept = self._scrubbers.pop(thread, None)
        if kept is None or kept[0] is not history:
            kept = history, {"axis": axis(history), "ticks": ticks(history)}
        self._scrubbers[thread] = kept
        while len(self._scrubbers) > SCRUBBERS:
            self._scrubbers.popitem(last=False)
        return kept[1]

    def close(self) -> None:
        """Let go of all."""
        self._scrubbers.clear()


def _text(params: Mapping[str, Any], name: str) -> str | None:
    value = params.get(name)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name}: got {value!r:.80}, accepted is a str or null")
    return value
