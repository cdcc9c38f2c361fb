"""Going to a checkpoint, and on from it in another way; what is gone to is chosen for all views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import RunnableConfig

from inmem_widgets.observables.threads.headers import key_of
from inmem_widgets.observables.threads.jumps import incident, jumps
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import (
    checked,
    config_of,
    key_from,
    place_of,
    thread_text,
)
from inmem_widgets.wire import Begun, Jumps

if TYPE_CHECKING:
    from inmem_widgets.observables.timeline.browser import TimelineBrowser

JUMPS = tuple(Jumps.__annotations__)


class Travel:
    """What the timeline's keys and buttons do, from where it is."""

    def __init__(self, browser: TimelineBrowser) -> None:
        self._browser = browser

    def to(self, thread: str, to: str | int, at: Key | None = None) -> Key | None:
        """Choose another checkpoint of a thread; None where it leads nowhere, and then nothing is chosen.

        Args:
            to: A name in `Jumps`, where "newest" follows it again, or a row, 0 being the newest.
            at: Where a jump starts from; by default from what is shown.

        Raises:
            ValueError: there is no such jump.
        """
        history = self._browser.history(thread)
        if isinstance(to, int):
            if not 0 <= to < history.size:
                return None
            found = key_of(history.header(to))
        else:
            if to not in JUMPS:
                raise ValueError(f"to: got {to!r:.80}, accepted are {', '.join(map(repr, JUMPS))}")
            text = jumps(history, at or self._start(thread))[to]  # type: ignore[literal-required]
            if text is None:
                return None
            found = key_from(text)
        if to == "newest":
            self.follow(thread)
        else:
            self.choose(thread, found)
        return found

    def incident(self, thread: str, way: int, at: Key | None = None) -> Key | None:
        """Choose the interrupt or error next to a checkpoint; None where there is none. See `jumps.incident`.

        Raises:
            ValueError: `way` is neither 1 nor -1.
        """
        if way not in (1, -1):
            raise ValueError(f"way: got {way!r}, accepted are 1 (newer) and -1 (older)")
        found = incident(self._browser.history(thread), at or self._start(thread), way)
        if found is not None:
            self.choose(thread, found)
        return found

    def choose(self, thread: str, key: Key) -> RunnableConfig:
        browser = self._browser
        browser.selection = chosen = config_of(browser.thread_id(thread), key)
        return chosen

    def follow(self, thread: str) -> None:
        """Show the newest checkpoint of a thread, whatever comes."""
        self._browser.screen.stay(thread)
        self._browser.selection = None

    def _start(self, thread: str) -> Key | None:
        shown = self._browser.shown()
        if shown is not None and shown[0] == thread:
            return shown[1]
        head = self._browser.history(thread).head
        return None if head is None else key_of(head)

    def first(
        self, predicate: Callable[[Mapping[str, Any]], Any], end: RunnableConfig
    ) -> RunnableConfig | None:
        """See `Watches.first`; what is found is chosen."""
        browser = self._browser
        thread_id, key = place_of(end)
        thread = thread_text(thread_id)
        found = browser.parts.watches.first(thread, key, predicate)
        return None if found is None else self.choose(thread, found)

    # -- with a graph --

    def fork(self, values: Mapping[str, Any], as_node: str | None, run: bool) -> RunnableConfig | None:
        """See `Actions.fork_values`."""
        browser = self._browser
        config = browser.config
        made = browser.parts.actions.fork_values(config, values, as_node=as_node, run=run)
        plain = checked("fork", made, browser.thread_id)
        if plain is not None and not run:
            browser.selection = plain
        else:
            self._ran(config)
        return plain

    def rerun(self) -> None:
        config = self._browser.config
        self._browser.parts.actions.rerun_config(config)
        self._ran(config)

    def resume(self, value: Any) -> None:
        config = self._browser.config
        self._browser.parts.actions.resume_value(config, value)
        self._ran(config)

    def begun(self, thread: str, begun: Begun) -> Begun:
        """Show what an action of a view has led to."""
        if not begun["problems"]:
            if begun["run"] is None and begun["key"] is not None:
                self.choose(thread, key_from(begun["key"]))
            else:
                self.follow(thread)
        return begun

    def _ran(self, config: RunnableConfig) -> None:
        self.follow(thread_text(place_of(config)[0]))
