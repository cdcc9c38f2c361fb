"""One timeline without its looks: what is chosen and pinned, and what its views show."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import traitlets
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver

from inmem_widgets.observables.diffs.diff import diff
from inmem_widgets.observables.keys.pace import Pace
from inmem_widgets.observables.keys.warm import warm
from inmem_widgets.observables.reading.foreign import WAITING
from inmem_widgets.observables.reading.reader import State as Read
from inmem_widgets.observables.reading.reader import Unreadable
from inmem_widgets.observables.saver import ON_ITS_LOOP, ObservableSaver
from inmem_widgets.observables.session import State
from inmem_widgets.observables.threads.headers import key_of
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import Place, config_of, place_of, thread_text
from inmem_widgets.observables.timeline.answers import Answers
from inmem_widgets.observables.timeline.kept import gone
from inmem_widgets.observables.timeline.parts import Parts
from inmem_widgets.observables.timeline.screen import Screen
from inmem_widgets.observables.timeline.travel import Travel
from inmem_widgets.wire import Applied, Diff

READ_ONLY = "the timeline is read-only; make one with inspect(saver, editable=True) to change threads"


class TimelineBrowser(traitlets.HasTraits):
    """What one timeline shows of a checkpointer; all its views share it. Any thread may call its methods.

    Raises:
        TypeError: `editable` is no bool.
    """

    selection = Place(None)
    """The chosen checkpoint as a `RunnableConfig`, settable; None follows the newest."""
    pinned = Place(None)
    """The checkpoint that others are compared with, settable."""

    def __init__(
        self,
        observable: ObservableSaver,
        *,
        name: str | None = None,
        graph: Any = None,
        editable: bool = False,
    ) -> None:
        if not isinstance(editable, bool):
            raise TypeError(f"editable: got {editable!r:.80}, accepted is True or False")
        self.name = name
        self.editable = editable
        self.pace = Pace()
        self._parts: Parts | None = Parts(observable, graph, self.pace.tell_soon)
        self._lock = threading.RLock()
        self.screen = Screen(self)
        self.travel = Travel(self)
        self._answers = Answers(self)
        super().__init__()
        warm()
        self._attending: Callable[[], None] | None = None

    @property
    def observable(self) -> ObservableSaver:
        """What is shown.

        Raises:
            RuntimeError: the timeline is closed.
        """
        return self.parts.observable

    @property
    def source(self) -> BaseCheckpointSaver[Any]:
        """The checkpointer.

        Raises:
            LookupError: nothing holds it any more.
        """
        source = self.observable.source
        if source is None:
            raise LookupError("the checkpointer is gone: nothing in the kernel holds it any more")
        return source

    @property
    def parts(self) -> Parts:
        """What does the work.

        Raises:
            RuntimeError: the timeline is closed.
        """
        if self._parts is None:
            raise RuntimeError("the timeline is closed: make another with inspect(saver)")
        return self._parts

    def check_editable(self) -> None:
        """Whether threads may be deleted, copied, pruned and imported here.

        Raises:
            PermissionError: they may not.
        """
        if not self.editable:
            raise PermissionError(READ_ONLY)

    def watch(self, name: str, fn: Callable[[Mapping[str, Any]], Any]) -> None:
        """See `Watches.add`."""
        self.parts.watches.add(name, fn)
        self.pace.tell()

    def unwatch(self, name: str) -> None:
        """See `Watches.remove`."""
        self.parts.watches.remove(name)
        self.pace.tell()

    def apply(self, token: str) -> Applied:
        """See `Plans.apply`.

        Raises:
            PermissionError: the timeline is read-only.
        """
        self.check_editable()
        done = self.parts.plans.apply(token)
        self.pace.tell()
        return done

    def thread_id(self, thread: str) -> Any:
        """The thread id that views show as this text."""
        return thread if self._parts is None else self._parts.observable.thread_id(thread)

    def state(self, params: Mapping[str, Any]) -> State:
        """A `TimelineState` but for `seq`, `now` and `title`; parameters: start, stop, thread, selected,
        find, anchor.

        Raises:
            TypeError, ValueError: a parameter is not accepted.
        """
        return self.screen.state(params)

    def shown(self) -> tuple[str, Key] | None:
        """(thread, key) of the chosen checkpoint, else of the newest one; None where there is none."""
        if self.selection is not None:
            thread_id, key = place_of(self.selection)
            return thread_text(thread_id), key
        thread = self.screen.thread()
        head = None if thread is None else self.observable.history(thread).head
        return None if thread is None or head is None else (thread, key_of(head))

    @property
    def config(self) -> RunnableConfig:
        """The config of the chosen checkpoint, or of the newest one there is now.

        Raises:
            LookupError: there is none.
        """
        self.observable.look_again(whole=False)
        shown = self.shown()
        if shown is None:
            raise LookupError("selection: there is no checkpoint yet")
        thread, key = shown
        return config_of(self.thread_id(thread), key)

    @property
    def values(self) -> dict[str, Any]:
        """The state of the chosen checkpoint, or of the newest one: fresh objects by channel.

        Raises:
            LookupError: there is none, or it is gone.
            RuntimeError: it cannot be read now.
        """
        thread_id, key = place_of(self.config)
        state = self.observable.reader.state(thread_id, key)
        if state is None:
            raise gone(thread_text(thread_id), key)
        if state.problem:
            with self.read_now():
                raise Unreadable(f"values: {state.problem}")
        return state.values

    @contextmanager
    def read_now(self) -> Iterator[None]:
        """Whatever is read within must have its answer, and cannot be asked for again by a view.

        Raises:
            RuntimeError: it cannot be read, or not on this event loop; says what to do then.
        """
        try:
            yield
        except Unreadable as error:
            late = str(error).endswith(WAITING) or bool(getattr(self.observable.reader, "busy", ""))
            raise RuntimeError(ON_ITS_LOOP if late and self.observable.on_its_loop else str(error)) from None

    def read(self, thread: str, key: Key) -> Read:
        """The state of a checkpoint, to be looked at only: it may be asked for again.

        Raises:
            LookupError: it is gone.
        """
        return self.parts.states.of(self.observable, thread, key)

    def diff(self, after: RunnableConfig, before: RunnableConfig | None) -> Diff:
        """See `diff.diff`."""
        thread_id, key = place_of(after)
        thread = thread_text(thread_id)
        if before is None:
            return diff(self.observable, thread, key)
        other_id, other = place_of(before)
        return diff(self.observable, thread, key, other, of=thread_text(other_id))

    def history(self, thread: str) -> ThreadHistory:
        """The checkpoints of a thread."""
        return self.observable.history(thread)

    def answer(self, method: str, params: Mapping[str, Any], view: str = "") -> Any:
        """The result of a view's request; see `wire.Request`.

        Raises:
            TypeError, ValueError, LookupError: it cannot be answered; the message names the parameter.
        """
        return self._answers.answer(method, params, view)

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        """Call `fn` when there may be something new to show, on any thread; returns the way to stop."""
        self.attend(True)
        return self.pace.listen(fn)

    def attend(self, on: bool) -> None:
        """Whether somebody looks: a checkpointer that tells of no changes is read for as long."""
        with self._lock:
            if not on and self._attending is not None:
                self._attending()
                self._attending = None
            elif on and self._attending is None:
                self._attending = self.observable.on_update(self.pace.tell_soon)

    def close(self) -> None:
        """Stop all that is being done, and let go of the observable."""
        with self._lock:
            self.attend(False)
            parts, self._parts = self._parts, None
            if parts is None:
                return
            self.pace.close()
        parts.close()
        self.screen.close()

    @traitlets.observe("selection", "pinned")
    def _on_choice(self, change: Any) -> None:
        self.pace.tell()
