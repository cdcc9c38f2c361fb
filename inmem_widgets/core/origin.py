"""Who did something: the thread, the notebook's cell, and the place in a LangGraph or LangChain run.

A writer calls `capture()`, which only picks up references; `origin()` reads them later, on the thread that
delivers the change. The place in a run is in the run's own context, where langchain-core and LangGraph
put it for whatever a node, a task or a tool calls: `var_child_runnable_config`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from threading import current_thread
from typing import Any, Final, NamedTuple, TypeAlias

from langchain_core.runnables.config import var_child_runnable_config

NO_CELL: Final = 0
"""In `CELL`: what runs in this context is no cell's doing."""
CELL: Final[ContextVar[int | None]] = ContextVar("inmem_widgets_cell", default=None)
"""The execution count of the notebook's cell that runs in a context. What the notebook's layer sets."""
ORIGINS: Final = 4_096
"""Different origins that are remembered, so that equal ones are one object."""

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
        ns: Namespace the node's graph saves its checkpoints in; "" for the outermost.
        run_id: LangChain's id of the run that the call was made in.
        checkpoint: (namespace, id) of the checkpoint that the step began from.
    """

    os_thread: str
    cell: int | None = None
    thread_id: Any = None
    node: str | None = None
    step: int | None = None
    task: str | None = None
    ns: str | None = None
    run_id: str | None = None
    checkpoint: tuple[str, str] | None = None

    def text(self) -> str:
        """In one line: "planner, step 4, cell [12]"."""
        parts = []
        if self.node is not None:
            parts.append(self.node)
        if self.step is not None:
            parts.append(f"step {self.step}")
        if not parts and self.thread_id is not None:
            parts.append(f"thread {self.thread_id}")
        if self.cell is not None:
            parts.append(f"cell [{self.cell}]")
        return ", ".join(parts) or f"thread {self.os_thread}"


class Current:
    """What holds where a context says nothing.

    Attributes:
        cell: The cell that runs now: threads started without their starter's context are taken to be its.
    """

    cell: int | None = None


Captured: TypeAlias = tuple[Mapping[str, Any] | None, int | None, str]
"""The run's config, the cell, and the thread's name."""


def capture() -> Captured:
    """Who calls, for `origin`; to be called before a write, on its thread."""
    cell = _cell()
    return _run(), Current.cell if cell is None else cell, current_thread().name


def origin(captured: Captured) -> Origin:
    """Who that was."""
    _, cell, thread = captured
    return Origin(thread, cell or None)
