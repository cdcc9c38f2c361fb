"""What a notebook does with what a timeline shows: keep it in files and frames, and clean up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import RunnableConfig

from inmem_widgets.export import checkpoints as frames
from inmem_widgets.export.masked import framed
from inmem_widgets.observables.redaction import Redactor
from inmem_widgets.observables.threads.places import checked, thread_text
from inmem_widgets.observables.timeline.browser import TimelineBrowser
from inmem_widgets.portable import Exported, File, Imported, export_threads, import_threads
from inmem_widgets.wire import Applied, Plan

if TYPE_CHECKING:
    import pandas as pd


class Keeping:
    """Methods of `CheckpointTimeline`."""

    browser: TimelineBrowser
    redactor: Redactor | None

    # -- to clean up, with `editable=True` --

    def plan(
        self, what: str, threads: Sequence[Any] = (), *, target: Any = None, named: Sequence[Any] = ()
    ) -> Plan:
        """What a clean-up would do; nothing is changed.

        Args:
            what: "delete" threads, "copy" one to `target`, "prune" to the latest checkpoint of each
                namespace, or "sweep" what is left without a checkpoint.
            threads: Their ids; none means all.
            target: The thread to copy to.
            named: Threads that wait for an answer to an interrupt, and are to go all the same.

        Returns:
            The plan, for `apply`: what goes, what stays and why, bytes freed.

        Raises:
            TypeError, ValueError: an argument is not accepted; the message names it.
        """
        for name, given in (("threads", threads), ("named", named)):
            if isinstance(given, str):
                raise TypeError(f"{name}: got {given!r:.80}, accepted is a sequence of thread ids")
        to = None if target is None else thread_text(target)
        return self.browser.parts.plans.plan(
            what, [*map(thread_text, threads)], to, [*map(thread_text, named)]
        )

    def apply(self, plan: Plan | str) -> Applied:
        """Do exactly what a plan says, unless something changed since: then nothing is done, and it is said.

        Raises:
            PermissionError: the timeline is read-only.
            LookupError: there is no such plan (any more).
            ValueError: the plan says why it cannot be carried out.
        """
        self.browser.check_editable()
        if not isinstance(plan, str) and plan["refused"]:
            raise ValueError(f"plan: {plan['refused']}")
        return self.browser.apply(plan if isinstance(plan, str) else plan["token"])

    # -- files and frames --

    def export(self, file: File, threads: Iterable[Any] | None = None) -> Exported:
        """See `inmem_widgets.export_threads`."""
        return export_threads(self.browser.source, file, threads, redact=self.redactor)

    def import_file(
        self, file: File, *, threads: Iterable[Any] | None = None, replace: bool = False
    ) -> Imported:
        """See `inmem_widgets.import_threads`.

        Raises:
            PermissionError: the timeline is read-only.
        """
        self.browser.check_editable()
        done = import_threads(self.browser.source, file, threads=threads, replace=replace)
        self.browser.observable.look_again()
        return done

    def checkpoints_frame(self, thread: Any = None) -> pd.DataFrame:
        """Checkpoints of a thread, by default of that shown; columns as in `to_frame(saver)`."""
        saver, shown = self.browser.observable, self._thread(thread)
        return framed(lambda: frames.checkpoints_frame(saver, shown), self.redactor)

    def writes_frame(self, thread: Any = None) -> pd.DataFrame:
        """What tasks wrote, saved beside the checkpoints of a thread, the oldest first, in replay order.

        Columns: `thread_id`, `checkpoint_ns`, `checkpoint_id` (beside which it is saved: its task ran from
        there), `step`, `task` (id), `node`, `path`, `channel`, `type`, `size` (bytes as stored), `preview`,
        `error` (why it cannot be deserialised). What is not known is missing.
        """
        with self.browser.read_now():
            saver, shown = self.browser.observable, self._thread(thread)
            return framed(lambda: frames.writes_frame(saver, shown), self.redactor)

    def states_frame(self, thread: Any = None) -> pd.DataFrame:
        """The state of each checkpoint of a thread, by default of that shown, the oldest first: a column for
        each channel; the others are those of `to_frame(saver, "states")`."""
        with self.browser.read_now():
            saver, shown = self.browser.observable, self._thread(thread)
            return framed(lambda: frames.states_frame(saver, shown), self.redactor)

    def weight_frame(self, thread: Any = None) -> pd.DataFrame:
        """What is stored for the checkpoints of a thread, the oldest first.

        Columns: `thread_id`, `checkpoint_ns`, `checkpoint_id`, `step`, `kind` (category: the checkpoint
        itself, the writes saved beside it, a channel's value), `channel`, `version`, `bytes` (as stored),
        `holders` (how many checkpoints lead to it: what is shared is stored once).
        """
        with self.browser.read_now():
            saver, shown = self.browser.observable, self._thread(thread)
            return framed(lambda: frames.weight_frame(saver, shown), self.redactor)

    def diff_frame(
        self, before: RunnableConfig | None = None, after: RunnableConfig | None = None
    ) -> pd.DataFrame:
        """What changed between two checkpoints, and who changed it; at most 400 changes.

        Args:
            before: By default what is pinned, else the parent of the other.
            after: By default what is shown.

        Columns: `op` (category: add, del, mod, move), `path` (as in code), `before`, `after` (in short),
        `moved_from`, `moved_to` (positions), and of who made it `nodes` (or the source, such as "update"),
        `step`, `task`, `checkpoint_id`. What is not known is missing.

        Raises:
            LookupError: there is no checkpoint, or it is gone.
            ValueError: an argument names no checkpoint.
            RuntimeError: the checkpointer is read on the event loop of this cell.
        """
        browser = self.browser
        of, end = (checked(n, c, browser.thread_id) for n, c in (("before", before), ("after", after)))
        browser.observable.look_again(whole=False)
        with browser.read_now():
            ends = end or browser.config, of or browser.pinned
            return framed(lambda: frames.diff_frame(browser.diff(*ends)), self.redactor)

    def _thread(self, thread: Any) -> str | None:
        self.browser.observable.look_again(whole=False)
        if thread is not None:
            return thread_text(thread)
        shown = self.browser.shown()
        return None if shown is None else shown[0]
