"""Cells that do what a timeline shows, and what can be done from it; they run as they are.

A cell needs the checkpointer under its name, and `graph` where it runs one: a graph compiled with that
checkpointer. Nothing but plain data is written out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inmem_widgets.observables.acting import actcode
from inmem_widgets.observables.acting.actions import Actions
from inmem_widgets.observables.acting.calls import loop_of
from inmem_widgets.observables.acting.literal import literal
from inmem_widgets.observables.keys.code import IMPORT
from inmem_widgets.observables.keys.code import variable as _variable
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import config_of

OF = (
    "config", "state", "diff", "fork", "rerun", "resume", "first",
    "watch", "export", "import", "delete", "copy", "prune", "sweep",
)  # fmt: skip
"""Those of the first line are about a checkpoint."""
FILE = "threads.jsonl"


def variable(name: str | None) -> str:
    """The variable that holds the checkpointer, if the name can be one."""
    return _variable(name) if name is not None and _variable(name) == name else "saver"


def code(
    of: str,
    actions: Actions,
    name: str | None = None,
    *,
    thread: str | None = None,
    key: Key | None = None,
    pinned: Mapping[str, Any] | None = None,
    threads: Sequence[str] | None = None,
    target: str | None = None,
    channel: str | None = None,
    values: Mapping[str, str] | None = None,
    as_node: str | None = None,
) -> str:
    """A cell.

    Args:
        of: One of `OF`.
        name: Of the variable with the checkpointer.
        thread, key: The checkpoint it is about.
        pinned: The config of the one that it is compared with; by default its parent.
        threads: What is exported, deleted, copied, pruned; by default the thread.
        target: The thread that a copy goes to.
        channel: What a watch is about.
        values, as_node: As in `Actions.fork` and `Actions.resume`.

    Raises:
        ValueError: `of` is none of those, or something would have to be written that is no plain data.
        LookupError: a graph is there, and the checkpoint is not.
    """
    observable = actions.observable
    saver = variable(name)
    waits = loop_of(observable.source) is not None
    if of not in OF:
        raise ValueError(f"of: got {of!r:.80}, accepted are {', '.join(map(repr, OF))}")
    if of in ("config", "state", "diff", "fork", "rerun", "resume", "first") and (
        thread is None or key is None
    ):
        raise ValueError(f"at: missing, the code of {of!r} is about a checkpoint")
    if thread is not None and key is not None:
        config = config_of(observable.thread_id(thread), key)
        if of == "config":
            return _config(config)
        if of == "state":
            return _state(saver, config, waits, actions.graph is not None)
        if of == "diff":
            return _diff(saver, config, pinned)
        if of in ("fork", "rerun", "resume"):
            return actcode.act(of, actions, saver, thread, key, values or {}, as_node)
        if of == "first":
            return _first(saver, config, channel)
    if of == "watch":
        return _watch(saver, channel)
    ids = [observable.thread_id(each) for each in threads or ([] if thread is None else [thread])]
    if of == "export":
        return _export(saver, ids if threads is not None else None, waits)
    if of == "import":
        return _import(saver, waits)
    if of == "sweep":
        lines = ('plan = timeline.plan("sweep")', 'plan if plan["refused"] else timeline.apply(plan)')
        return "\n".join([_timeline(saver, "editable=True"), *lines])
    return _threads(of, saver, ids, target, waits)


def _config(config: Any) -> str:
    return f"config = {literal(config)}"


def _state(saver: str, config: Any, waits: bool, graph: bool) -> str:
    if graph:
        call = "(await graph.aget_state(config))" if waits else "graph.get_state(config)"
        return f"{_config(config)}\n{call}.values"
    call = f"(await {saver}.aget_tuple(config))" if waits else f"{saver}.get_tuple(config)"
    return f'{_config(config)}\n{call}.checkpoint["channel_values"]'


def _timeline(saver: str, *arguments: str) -> str:
    return f"{IMPORT}\n\ntimeline = inspect({', '.join([saver, *arguments])})"


def _diff(saver: str, config: Any, pinned: Mapping[str, Any] | None) -> str:
    lines = [_config(config), "timeline.selection = config"]
    if pinned is not None:
        lines.append(f"timeline.pinned = {literal(dict(pinned))}")
    return "\n".join([_timeline(saver), *lines, "timeline.diff_frame()"])


def _watch(saver: str, channel: str | None) -> str:
    if channel is None:
        shown = 'timeline.watch("channels", lambda state: len(state))'
    else:
        shown = f"timeline.watch({literal(channel)}, lambda state: len(state[{literal(channel)}]))"
    return f"{_timeline(saver)}\n{shown}\ntimeline"


def _first(saver: str, config: Any, channel: str | None) -> str:
    holds = "bool(state)" if channel is None else f"bool(state[{literal(channel)}])"
    lines = (_timeline(saver), _config(config), f"timeline.first(lambda state: {holds}, config=config)")
    return "\n".join(lines)


def _export(saver: str, ids: list[Any] | None, waits: bool) -> str:
    function, call = ("aexport_threads", "await aexport_threads") if waits else ("export_threads",) * 2
    some = "" if ids is None else f", threads={literal(ids)}"
    return f'from inmem_widgets.portable import {function}\n\n{call}({saver}, "{FILE}"{some})'


def _import(saver: str, waits: bool) -> str:
    function, call = ("aimport_threads", "await aimport_threads") if waits else ("import_threads",) * 2
    return f'from inmem_widgets.portable import {function}\n\n{call}({saver}, "{FILE}")'


def _threads(of: str, saver: str, ids: list[Any], target: str | None, waits: bool) -> str:
    if not ids:
        raise ValueError(f"threads: missing, the code of {of!r} is about some")
    call = f"await {saver}.a" if waits else f"{saver}."
    if of == "prune":
        return f'{call}prune({literal(ids)}, strategy="keep_latest")'
    if of == "copy":
        if not target or len(ids) != 1:
            raise ValueError("target: a copy is of one thread, to another")
        return f"{call}copy_thread({literal(ids[0])}, {literal(target)})"
    if len(ids) == 1:
        return f"{call}delete_thread({literal(ids[0])})"
    return f"for thread_id in {literal(ids)}:\n    {call}delete_thread(thread_id)"
