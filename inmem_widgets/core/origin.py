"""Who did something: the thread, the notebook's cell, and the place in a LangGraph or LangChain run.

A writer calls `capture()`, which only picks up references; `origin()` reads them later, on the thread that
delivers the change. The place in a run is in the run's own context, where langchain-core and LangGraph
put it for whatever a node, a task or a tool calls: `var_child_runnable_config`.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from importlib import import_module
from threading import Thread, current_thread, local
from types import NoneType
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID
from weakref import WeakKeyDictionary

from langchain_core.callbacks import BaseCallbackManager
from langchain_core.runnables.config import var_child_runnable_config

NO_CELL: Final = 0
"""In `CELL`: what runs in this context is no cell's doing."""
CELL: Final[ContextVar[int | None]] = ContextVar("inmem_widgets_cell", default=None)
"""The execution count of the notebook's cell that runs in a context. What the notebook's layer sets."""
ORIGINS: Final = 4_096
"""Different origins that are remembered, so that equal ones are one object."""

Key: TypeAlias = tuple[str, str]
"""(Namespace, id) of a checkpoint."""

_log = logging.getLogger("inmem_widgets")
_run = var_child_runnable_config.get
_cell = CELL.get


class Origin(NamedTuple):
    """Who did something, as far as that is known.

    Attributes:
        os_thread: Name of Python's thread.
        cell: Execution count of the notebook's cell.
        thread_id: LangGraph's thread.
        node: LangGraph's node, or the task of a functional graph.
        step: LangGraph's step.
        task: Id of LangGraph's task.
        ns: Namespace that the node's graph saves its checkpoints in; "" for the outermost.
        run_id: LangChain's id of the run that the call was made in.
        checkpoint: (namespace, id) of the checkpoint that the step began from.
        within: The same of the graphs around the node's own, the outermost first.
    """

    os_thread: str
    cell: int | None = None
    thread_id: Any = None
    node: str | None = None
    step: int | None = None
    task: str | None = None
    ns: str | None = None
    run_id: str | None = None
    checkpoint: Key | None = None
    within: tuple[Key, ...] = ()

    def text(self) -> str:
        """In one line: "planner, step 4, cell [12]"."""
        parts = []
        if self.node is not None:
            parts.append(self.node)
        if self.step is not None:
            parts.append(f"step {self.step}")
        if not parts and type(self.thread_id) in (str, int):
            parts.append(f"thread {self.thread_id}")
        if self.cell is not None:
            parts.append(f"cell [{self.cell}]")
        return ", ".join(parts) or f"thread {self.os_thread}"


class Current:
    """What holds where a context says nothing.

    Attributes:
        cell: The cell that runs now.
        threads: The cells that started threads; others are taken to work for the one that runs.
    """

    cell: int | None = None
    threads: Final[WeakKeyDictionary[Thread, int | None]] = WeakKeyDictionary()


Captured: TypeAlias = tuple[Mapping[str, Any] | None, int | None, Thread | None]
"""The run's config, the cell, and the thread."""


def capture() -> Captured:
    """Who calls, for `origin`; to be called before a write, on its thread. A run of calls mostly is by one:
    they share what is returned."""
    global _caller
    try:
        thread = _here.thread
    except AttributeError:
        thread = _here.thread = current_thread()
    cell, config, last = _cell(), _run(), _caller
    if cell is None:
        cell = Current.threads.get(thread, Current.cell) if _threads else Current.cell
    if last[0] is config and last[1] == cell and last[2] is thread:
        return last
    _caller = last = config, cell, thread
    return last


def origin(captured: Captured | Origin) -> Origin:
    """Who that was, if that is not known already. Never raises, whatever the run's config holds."""
    global _latest
    if isinstance(captured, Origin):  # of what is replayed
        return captured
    last, known = _latest
    if last is captured and known is not None:
        return known
    config, cell, thread = captured
    key = (id(config), cell, id(thread))
    found = _read.get(key)
    if found is None:
        place = _NOWHERE if type(config) is not dict else _place(config)
        name = "" if thread is None else thread.name
        found = _read[key] = captured, _shared(Origin(name, cell or None, *place))
    _latest = captured, found[1]
    return found[1]


def saving(captured: Captured, thread_id: Any, ns: str, parent: str | None, step: Any) -> Origin:
    """Who saved a checkpoint: the graph, after a step, outside of its nodes. What is saved tells which."""
    return _saver(captured, thread_id, ns, parent, None, step if type(step) is int else None, None)


def writing(
    captured: Captured, thread_id: Any, ns: str, checkpoint_id: str, task: str, path: str = ""
) -> Origin:
    """Who made a task's writes. LangGraph's path tells the node, but for those of a `Send`."""
    pull, _, node = path.removeprefix("~").partition(", ")
    named = node if pull == "__pregel_pull" and "," not in node else None
    return _saver(captured, thread_id, ns, checkpoint_id, named, None, task)


def _saver(
    captured: Captured, thread_id: Any, ns: str, id: str | None,
    node: str | None, step: int | None, task: str | None,
) -> Origin:  # fmt: skip
    os_thread, cell, _, _, _, _, _, run, inner, within = origin(captured)
    around = (*within, inner) if ns and inner is not None else ()
    began = None if id is None else (ns, id)
    return _shared(Origin(os_thread, cell, thread_id, node, step, task, ns, run, began, around))


def follow_cells() -> None:
    """Where there is a notebook, have its cells told apart; by a layer above, so it is loaded by name."""
    if "IPython" in sys.modules:
        try:
            import_module("inmem_widgets.cells").follow()
        except Exception:
            _log.exception("cells of this notebook cannot be told apart")


def forget() -> None:
    """Let go of the configs read; to be called when the changes at hand have been delivered."""
    global _caller, _latest
    _read.clear()
    _latest, _caller = (_NOBODY, None), _NOBODY


_NOWHERE: Final = (None, None, None, None, None, None, None, ())
_NOBODY: Final[Captured] = (None, None, None)
_latest: tuple[Captured, Origin | None] = _NOBODY, None  # a run of changes mostly is of one
_caller: Captured = _NOBODY
_here: Final = local()  # its thread, sooner than `current_thread` finds it
_threads: Final[dict[Any, Any]] = Current.threads.data  # type: ignore[attr-defined]  # looked at for each change
_read: dict[tuple[int, int | None, int], tuple[Captured, Origin]] = {}  # by ids of what it holds
_known: dict[Origin, Origin] = {}


def _shared(new: Origin) -> Origin:
    if type(new.thread_id) not in (str, int, NoneType):
        return new  # neither hashed nor compared: that would call what is not ours
    if len(_known) >= ORIGINS:
        _known.clear()
    return _known.setdefault(new, new)


def _place(config: Mapping[str, Any]) -> tuple[Any, ...]:
    """The fields of `Origin` from `thread_id` on. A config may hold anything under these names."""
    configurable, metadata = _dict(config, "configurable"), _dict(config, "metadata")
    thread_id = configurable.get("thread_id", metadata.get("thread_id"))
    callbacks = config.get("callbacks")
    known: Any = callbacks if issubclass(type(callbacks), BaseCallbackManager) else None
    run_id = None if known is None else known.parent_run_id
    run = str(run_id) if type(run_id) is UUID else None
    task, path = configurable.get("__pregel_task_id"), configurable.get("checkpoint_ns")
    if type(task) is not str or type(path) is not str:
        return thread_id, None, None, None, None, run, None, ()
    node, step = metadata.get("langgraph_node"), metadata.get("langgraph_step")
    # the path's last part is the task; a functional task's graph is the one of the entrypoint around it
    ns, saver = path.rpartition("|")[0], configurable.get("__pregel_checkpointer")
    saved = {} if saver is None or saver is False else _dict(configurable, "checkpoint_map")
    chain = [(name, id) for name, id in saved.items() if type(name) is type(id) is str and _holds(name, ns)]
    chain.sort(key=lambda each: len(each[0]))
    levels = [each for n, each in enumerate(chain) if n == 0 or each[1] != chain[n - 1][1]]
    return (
        thread_id, node if type(node) is str else None, step if type(step) is int else None, task,
        levels[-1][0] if levels else ns, run, levels[-1] if levels else None, tuple(levels[:-1]),
    )  # fmt: skip


def _dict(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = found.get(name)
    return value if type(value) is dict else {}


def _holds(outer: str, ns: str) -> bool:
    """Whether a namespace is another, or around it."""
    return not outer or ns == outer or ns.startswith(f"{outer}|")
