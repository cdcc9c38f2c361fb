"""Which checkpoint is meant: a config in Python, a text on the wire, a key in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets
from langchain_core.runnables import RunnableConfig

from inmem_widgets.observables.keys.params import Params, param
from inmem_widgets.observables.preview import clean, preview
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.values import type_name

ACCEPTED = "None or {'configurable': {'thread_id': …, 'checkpoint_ns': str, 'checkpoint_id': str}}"


def thread_text(thread_id: Any) -> str:
    """A thread's id as views know it."""
    if type(thread_id) is str:
        return clean(thread_id)
    try:
        return clean(str(thread_id))
    except Exception:  # its own
        return f"<{type_name(thread_id)}>"


def text_of(key: Key) -> str:
    """A key on the wire."""
    return clean("\n".join(key))


def key_from(text: str) -> Key:
    """The key that a text on the wire names."""
    ns, _, checkpoint_id = text.rpartition("\n")
    return ns, checkpoint_id


def config_of(thread_id: Any, key: Key) -> RunnableConfig:
    """The config of a checkpoint."""
    ns, checkpoint_id = key
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": ns, "checkpoint_id": checkpoint_id}}


def place_of(config: RunnableConfig) -> tuple[Any, Key]:
    """(thread id, key) of a checked config."""
    where = config["configurable"]
    return where["thread_id"], (where["checkpoint_ns"], where["checkpoint_id"])


def place_in(params: Params) -> tuple[str, Key]:
    """(thread, key) of a view's request."""
    thread = param(params, "thread", str, "a thread's id as text")
    return thread, key_from(param(params, "at", str, "a checkpoint's key: its namespace, \\n, its id"))


def threads_in(params: Params, default: Any, name: str = "threads") -> Any:
    """The threads of a view's request, as text."""
    threads = param(params, name, list, "a list of threads' ids as text", default)
    wrong = [each for each in threads or () if not isinstance(each, str)]
    if wrong:
        raise TypeError(f"{name}: got {wrong[0]!r:.80} in it, accepted is a list of threads' ids as text")
    return threads


def checked(name: str, value: Any, thread_id: Callable[[str], Any]) -> RunnableConfig | None:
    """The config, with nothing in it but what names a checkpoint.

    Args:
        name: What is to be called wrong.
        thread_id: The id of a thread that a view knows as text.

    Raises:
        ValueError: it names no checkpoint.
    """
    if value is None:
        return None
    where = value.get("configurable") if isinstance(value, dict) else None
    if not isinstance(where, dict):
        raise ValueError(f"{name}: got {preview(value)}, accepted is {ACCEPTED}")
    thread, ns = where.get("thread_id"), where.get("checkpoint_ns", "")
    checkpoint_id = where.get("checkpoint_id")
    if thread is None:
        raise ValueError(f"{name}: thread_id is missing in {preview(where)}, accepted is {ACCEPTED}")
    if not isinstance(checkpoint_id, str) or not isinstance(ns, str):
        wrong = "checkpoint_ns" if isinstance(checkpoint_id, str) else "checkpoint_id"
        raise ValueError(
            f"{name}: got {preview(where.get(wrong))} as {wrong}, accepted is {ACCEPTED}; "
            "`graph.get_state(config).config` is such a config"
        )
    return config_of(thread_id(thread) if isinstance(thread, str) else thread, (ns, checkpoint_id))


class Place(traitlets.TraitType["RunnableConfig | None", Any]):
    """A checkpoint as a `RunnableConfig`, or None."""

    def validate(self, obj: Any, value: Any) -> RunnableConfig | None:
        try:
            return checked(str(self.name), value, obj.thread_id)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
