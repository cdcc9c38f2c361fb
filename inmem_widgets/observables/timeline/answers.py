"""What views ask of a timeline: parameters checked, done, answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from inmem_widgets.observables.keys.params import Params, number_of, param, path_of
from inmem_widgets.observables.lanes import Key
from inmem_widgets.observables.timeline.blame import makers
from inmem_widgets.observables.timeline.diff import diff
from inmem_widgets.observables.timeline.headers import key_of
from inmem_widgets.observables.timeline.places import config_of, key_from, place_of, text_of
from inmem_widgets.observables.timeline.views import open_view, state_view
from inmem_widgets.observables.timeline.writes import writes
from inmem_widgets.wire import Diff, StateView, ValueNode, ValueView, Writes

if TYPE_CHECKING:
    from inmem_widgets.observables.timeline.browser import TimelineBrowser

JUMPS = ("parent", "child", "fork", "interrupt", "error", "newest")


class Answers:
    """The requests of `wire.Request` that are about checkpoints, by name."""

    def __init__(self, browser: TimelineBrowser) -> None:
        self._browser = browser

    def answer(self, method: str, params: Params, view: str) -> Any:
        if method not in ANSWERS:
            raise ValueError(f"method: got {method!r:.80}, accepted are look, ping, {', '.join(ANSWERS)}")
        return ANSWERS[method](self, params)

    # -- what is chosen --

    def _go(self, params: Params) -> dict[str, str] | None:
        browser = self._browser
        thread = browser.screen.thread(param(params, "thread", str, "a thread's id", None))
        if thread is None:
            return None
        history = browser.history(thread)
        if "row" in params:
            row = number_of(params, "row")
            if row >= history.size:
                return None
            at = text_of(key_of(history.header(row)))
        else:
            to = params.get("to")
            if to not in JUMPS:
                raise ValueError(f"to: got {to!r:.80}, accepted is {' or '.join(map(repr, JUMPS))}")
            wanted = {"thread": thread, "selected": param(params, "at", str, "a key", None)}
            found: str | None = browser.state({**wanted, "start": 0, "stop": 0})["jumps"][to]
            if found is None:
                return None
            at = found
            if to == "newest":
                browser.selection = None
                return {"at": at}
        browser.selection = config_of(browser.thread_id(thread), key_from(at))
        return {"at": at}

    def _pin(self, params: Params) -> None:
        browser = self._browser
        at = param(params, "at", str, "a checkpoint's key, or null", None)
        if at is None:
            browser.pinned = None
        else:
            thread, key = self._place(params)
            browser.pinned = config_of(browser.thread_id(thread), key)

    # -- what a checkpoint holds --

    def _state(self, params: Params) -> StateView:
        browser = self._browser
        thread, key = self._place(params)
        opened: dict[str, Any] = param(params, "open", dict, "the open channels by name", {})
        observable, history = browser.observable, browser.history(thread)
        state = browser.read(thread, key)
        return state_view(state, history, key, opened, partial(makers, observable, thread, key))

    def _value(self, params: Params) -> ValueView | ValueNode:
        from inmem_widgets.observables.formats import child_node  # see `warm`

        thread, key = self._place(params)
        channel = param(params, "channel", str, "a channel's name")
        format = param(params, "format", str, "the name of a format", None)
        offset = number_of(params, "offset", 0)
        state = self._browser.read(thread, key)
        if state.problem:
            raise LookupError(f"at: {state.problem}")
        if channel not in state.values:
            raise LookupError(f"channel: {channel!r:.200} is not in this checkpoint")
        value = state.values[channel]
        if params.get("path") is not None:
            return child_node(value, path_of(params), offset, format=format or "")
        return open_view(value, format, offset)

    def _diff(self, params: Params) -> Diff:
        browser = self._browser
        thread, key = self._place(params)
        against = params.get("against", "parent")
        if against not in ("parent", "pinned"):
            raise ValueError(f"against: got {against!r:.80}, accepted are 'parent' and 'pinned'")
        if against == "parent":
            return diff(browser.observable, thread, key)
        if browser.pinned is None:
            raise LookupError("pinned: no checkpoint is pinned")
        thread_id, other = place_of(browser.pinned)
        return diff(browser.observable, thread, key, other, of=browser.screen.text_of_thread(thread_id))

    def _writes(self, params: Params) -> Writes:
        return writes(self._browser.observable, *self._place(params))

    def _place(self, params: Params) -> tuple[str, Key]:
        thread = param(params, "thread", str, "a thread's id as text")
        return thread, key_from(param(params, "at", str, "a checkpoint's key: its namespace, \\n, its id"))


ANSWERS: dict[str, Callable[[Answers, Params], Any]] = {
    "go": Answers._go,
    "pin": Answers._pin,
    "state": Answers._state,
    "value": Answers._value,
    "diff": Answers._diff,
    "writes": Answers._writes,
}
