"""What views ask of a timeline: parameters checked, done, answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inmem_widgets.observables.diffs.blame import makers
from inmem_widgets.observables.diffs.writes import writes
from inmem_widgets.observables.keys.params import Params, number_of, param, path_of
from inmem_widgets.observables.reading.reader import Unreadable
from inmem_widgets.observables.threads.places import config_of, key_from, place_in, text_of
from inmem_widgets.observables.timeline.acts import ACTS
from inmem_widgets.observables.timeline.views import open_view, state_view
from inmem_widgets.wire import Diff, Effects, Maker, StateView, ValueNode, ValueView, Weight, Writes

if TYPE_CHECKING:
    from inmem_widgets.observables.timeline.browser import TimelineBrowser


WAY = "1 (newer) or -1 (older)"


class Answers:
    """The requests of `wire.Request` that are about checkpoints, by name."""

    def __init__(self, browser: TimelineBrowser) -> None:
        self._browser = browser

    def answer(self, method: str, params: Params, view: str) -> Any:
        if method == "export":
            return self._browser.parts.files.export(self._browser, params, view)
        if method == "import":
            return self._browser.parts.files.take(self._browser, params, view)
        if method in ACTS:
            return ACTS[method](self._browser, params)
        if method not in ANSWERS:
            accepted = ", ".join([*ANSWERS, *ACTS, "export", "import"])
            raise ValueError(f"method: got {method!r:.80}, accepted are look, ping, {accepted}")
        return ANSWERS[method](self, params)

    # -- what is chosen --

    def _go(self, params: Params) -> dict[str, str] | None:
        browser = self._browser
        thread = browser.screen.thread(param(params, "thread", str, "a thread's id", None))
        if thread is None:
            return None
        at = param(params, "at", str, "a checkpoint's key", None)
        if "row" in params:  # of as many as the view knew of: newer ones come before it
            size = browser.history(thread).size
            to: str | int = number_of(params, "row") + size - number_of(params, "size", size)
        else:
            to = param(params, "to", str, "a name in Jumps")
        start = None if at is None else key_from(at)
        if to == "incident":
            found = browser.travel.incident(thread, param(params, "way", int, WAY, 1), start)
        else:
            found = browser.travel.to(thread, to, start)
        return None if found is None else {"at": text_of(found)}

    def _pin(self, params: Params) -> None:
        browser = self._browser
        at = param(params, "at", str, "a checkpoint's key, or null", None)
        if at is None:
            browser.pinned = None
        else:
            thread, key = place_in(params)
            browser.pinned = config_of(browser.thread_id(thread), key)

    # -- what a checkpoint holds --

    def _state(self, params: Params) -> StateView:
        browser = self._browser
        thread, key = place_in(params)
        opened: dict[str, Any] = param(params, "open", dict, "the open channels by name", {})
        observable, history = browser.observable, browser.history(thread)
        state = browser.read(thread, key)

        def made(channels: list[str]) -> dict[str, Maker]:
            try:
                return makers(observable, thread, key, channels)
            except Unreadable:  # the state was kept
                return {}

        return state_view(state, history, key, opened, made)

    def _value(self, params: Params) -> ValueView | ValueNode:
        from inmem_widgets.observables.formats import child_node  # see `warm`

        thread, key = place_in(params)
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
        thread, key = place_in(params)
        against = params.get("against", "parent")
        if against not in ("parent", "pinned"):
            raise ValueError(f"against: got {against!r:.80}, accepted are 'parent' and 'pinned'")
        if against == "pinned" and browser.pinned is None:
            raise LookupError("pinned: no checkpoint is pinned")
        after = config_of(browser.thread_id(thread), key)
        return browser.diff(after, browser.pinned if against == "pinned" else None)

    def _writes(self, params: Params) -> Writes:
        return writes(self._browser.observable, *place_in(params))

    def _effects(self, params: Params) -> Effects:
        from inmem_widgets.observables.effects import effects  # its log is that of other objects

        browser = self._browser
        thread, key = place_in(params)
        since = param(params, "since", str, "the key of an earlier checkpoint, or null", None)
        return effects(browser.observable, thread, key, None if since is None else key_from(since))

    def _weight(self, params: Params) -> Weight:
        return self._browser.parts.weights.of(*place_in(params))


ANSWERS: dict[str, Callable[[Answers, Params], Any]] = {
    "go": Answers._go,
    "pin": Answers._pin,
    "state": Answers._state,
    "value": Answers._value,
    "diff": Answers._diff,
    "writes": Answers._writes,
    "weight": Answers._weight,
    "effects": Answers._effects,
}
