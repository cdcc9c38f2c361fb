"""What a notebook does with a timeline: look around, go back, and try again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from langchain_core.runnables import RunnableConfig

from inmem_widgets.observables.threads.places import checked
from inmem_widgets.observables.timeline.browser import TimelineBrowser
from inmem_widgets.observables.timeline.series import Expression


class Travelling:
    """Methods of `CheckpointTimeline`."""

    browser: TimelineBrowser

    # -- to look around --

    def go(self, to: str | int) -> RunnableConfig | None:
        """Choose another checkpoint of the thread shown.

        Args:
            to: "parent", "child", "fork", "interrupt", "error" (the next newer, else the nearest older one),
                "newest" to follow again; or a row, 0 being the newest.

        Returns:
            The selection, None where it leads nowhere or follows the newest.

        Raises:
            ValueError: there is no such jump.
        """
        self.browser.observable.look_again(whole=False)
        shown = self.browser.shown()
        if shown is None or self.browser.travel.to(shown[0], to) is None:
            return None
        return self.browser.selection

    def watch(self, name: str, fn: Expression) -> None:
        """Evaluate an expression over the whole history, in the background, and draw it along the lanes.

        Args:
            name: What it is called.
            fn: Takes a state, a read-only mapping of channel values that it must not change, and gives a
                number to be drawn, or anything else, to be shown as text. Where it raises, its error is.

        Raises:
            TypeError, ValueError: an argument is not accepted; the message names it.
        """
        self.browser.watch(name, fn)

    def unwatch(self, name: str) -> None:
        """Take a watch expression away.

        Raises:
            KeyError: there is none of that name.
        """
        self.browser.unwatch(name)

    def first(self, predicate: Expression, *, config: RunnableConfig | None = None) -> RunnableConfig | None:
        """Choose the oldest checkpoint, on the path from the root to one, whose state fulfils a predicate.

        Args:
            predicate: Takes a state, as in `watch`. Where it raises it is not fulfilled.
            config: Where the path ends; by default at what is shown.

        Returns:
            Its config; None where there is none.

        Raises:
            TypeError: `predicate` is no function.
            LookupError: there is no checkpoint, or it is gone.
            ValueError: the predicate raised at every checkpoint; says what. Or `config` names none.
            RuntimeError: the checkpointer is read on the event loop of this cell.
        """
        self.browser.observable.look_again(whole=False)
        end = checked("config", config, self.browser.thread_id) or self.browser.config
        with self.browser.read_now():
            return self.browser.travel.first(predicate, end)

    # -- to go back and try again, with `graph=` --

    def fork(
        self, values: Mapping[str, Any], *, as_node: str | None = None, run: bool = False
    ) -> RunnableConfig | None:
        """Make a checkpoint with other values from what is shown; it is chosen, or its run is followed.

        Args:
            values: By channel; they replace what is there, whatever the channel's reducer.
            as_node: Which node they are to come from; by default the one that ran.
            run: Whether the graph is to go on from there, in the background; see `wait`.

        Returns:
            The config of the new checkpoint; None where it is made later, as the event loop is busy.

        Raises:
            PermissionError: the timeline has no graph.
            ValueError: a value is not of the type its channel declares; nothing is written.
        """
        return self.browser.travel.fork(values, as_node, run)

    def rerun(self) -> None:
        """Run the graph from what is shown, in the background; see `wait`.

        Raises:
            PermissionError: the timeline has no graph.
            ValueError: nothing runs from there.
        """
        self.browser.travel.rerun()

    def resume(self, value: Any) -> None:
        """Answer the interrupt of what is shown, and run, in the background; see `wait`.

        Args:
            value: The answer; where several were asked, a dict of them by the interrupts' ids.

        Raises:
            PermissionError: the timeline has no graph.
            ValueError: nothing was asked, or several things.
        """
        self.browser.travel.resume(value)

    def wait(self, timeout: float | None = None) -> bool:
        """Whether all runs begun here have ended, within so many seconds.

        Raises:
            ValueError: something that was begun while the event loop was busy was refused; says why.
            RuntimeError: a run needs the event loop that would be waiting: `await timeline.finished()`.
        """
        ended = self.browser.parts.actions.wait(timeout)
        self.browser.observable.look_again(whole=False)
        return ended

    async def finished(self) -> None:
        """Once all runs begun here have ended.

        Raises:
            ValueError: something that was begun while the event loop was busy was refused; says why.
        """
        await self.browser.parts.actions.finished()
        await asyncio.to_thread(self.browser.observable.look_again, whole=False)
