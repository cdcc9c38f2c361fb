"""States that were read lately, so that the next question about one does not read it again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from inmem_widgets.observables.reading.reader import State
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import text_of

MOST = 64
"""States kept …"""
BYTES = 64 << 20
"""… while they are not larger than this together, as stored."""


class States:
    """The latest states read, of all threads; whoever gets one must not change it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, Key], tuple[Any, State]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, observable: ObservableSaver, thread: str, key: Key) -> State:
        """The state of a checkpoint.

        Raises:
            LookupError: it is gone.
        """
        place = thread, key
        header = observable.history(thread).by_key.get(key)
        # an id may be put again, with other values
        version = None if header is None else (header.ts, header.channel_versions)
        with self._lock:
            kept = self._kept.get(place)
            if kept is not None and kept[0] == version:
                self._kept.move_to_end(place)
                return kept[1]
        state = observable.reader.state(observable.thread_id(thread), key)
        if state is None:
            raise gone(thread, key)
        if not state.problem:
            with self._lock:
                self._kept[place] = version, state
                self._kept.move_to_end(place)
                size = sum(_size(kept) for _, kept in self._kept.values())
                while len(self._kept) > MOST or (size > BYTES and len(self._kept) > 1):
                    _, (_, oldest) = self._kept.popitem(last=False)
                    size -= _size(oldest)
        return state

    def close(self) -> None:
        """Let go of all."""
        with self._lock:
            self._kept.clear()


def gone(thread: str, key: Key) -> LookupError:
    ns = f" in {key[0]}" if key[0] else ""
    return LookupError(f"at: checkpoint {text_of(('', key[1])).strip()}{ns} of thread {thread} is gone")


def _size(state: State) -> int:
    return sum(state.sizes.values())
