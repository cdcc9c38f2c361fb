"""What views have done from a checkpoint: parameters checked, done, answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from inmem_widgets.observables.acting.code import code
from inmem_widgets.observables.keys.params import Params, number_of, param
from inmem_widgets.observables.threads.places import key_from, place_in, threads_in
from inmem_widgets.wire import Applied, Begun, Form, Plan

if TYPE_CHECKING:
    from inmem_widgets.observables.timeline.browser import TimelineBrowser

Act = Callable[["TimelineBrowser", Params], Any]


def _form(browser: TimelineBrowser, params: Params) -> Form:
    of: Literal["fork", "resume"] = param(params, "of", str, "'fork' or 'resume'")
    return browser.parts.actions.form(*place_in(params), of)


def _fork(browser: TimelineBrowser, params: Params) -> Begun:
    thread, key = place_in(params)
    as_node = param(params, "as_node", str, "a node's name, or null", None)
    run = param(params, "run", bool, "true or false", False)
    return browser.travel.begun(
        thread, browser.parts.actions.fork(thread, key, _values(params), as_node, run)
    )


def _rerun(browser: TimelineBrowser, params: Params) -> Begun:
    thread, key = place_in(params)
    return browser.travel.begun(thread, browser.parts.actions.rerun(thread, key))


def _resume(browser: TimelineBrowser, params: Params) -> Begun:
    thread, key = place_in(params)
    return browser.travel.begun(thread, browser.parts.actions.resume(thread, key, _values(params)))


def _stop(browser: TimelineBrowser, params: Params) -> None:
    browser.parts.actions.stop(number_of(params, "run"))


def _plan(browser: TimelineBrowser, params: Params) -> Plan:
    target = param(params, "target", str, "a thread's id as text", None)
    what = param(params, "what", str, "what is to be done")
    return browser.parts.plans.plan(what, threads_in(params, []), target, threads_in(params, [], "named"))


def _apply(browser: TimelineBrowser, params: Params) -> Applied:
    return browser.apply(param(params, "token", str, "what the plan came with"))


def _watch(browser: TimelineBrowser, params: Params) -> None:
    if param(params, "on", bool, "false"):
        raise ValueError("on: got true, accepted is false; timeline.watch(name, function) makes one")
    browser.unwatch(param(params, "name", str, "the name of a watch expression"))


def _code(browser: TimelineBrowser, params: Params) -> dict[str, str]:
    thread = param(params, "thread", str, "a thread's id as text", None)
    at = param(params, "at", str, "a checkpoint's key", None)
    text = code(
        param(params, "of", str, "what the code is to do"),
        browser.parts.actions,
        browser.name,
        thread=thread,
        key=None if at is None else key_from(at),
        pinned=browser.pinned,
        threads=threads_in(params, None),
        target=param(params, "target", str, "a thread's id as text", None),
        channel=param(params, "channel", str, "a channel's name", None),
        values=_values(params),
        as_node=param(params, "as_node", str, "a node's name, or null", None),
    )
    return {"code": text}


def _values(params: Params) -> dict[str, str]:
    values: dict[str, Any] = param(params, "values", dict, "texts by name", {})
    for name, text in values.items():
        if not isinstance(text, str):
            raise TypeError(f"values: got {text!r:.80} for {name!r:.80}, accepted is a text")
    return values


ACTS: dict[str, Act] = {
    "form": _form,
    "fork": _fork,
    "rerun": _rerun,
    "resume": _resume,
    "stop": _stop,
    "plan": _plan,
    "apply": _apply,
    "watch": _watch,
    "code": _code,
}
