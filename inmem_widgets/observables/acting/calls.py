"""A graph's own methods, called as its checkpointer and its nodes allow: plainly, or on an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.memory import InMemorySaver as Upstream

T = TypeVar("T")
PATIENCE = 10.0
"""Seconds for which an event loop may keep whoever asks for a form waiting."""


class Calls:
    """The methods of a graph and its checkpointer, awaitable either way.

    Called plainly, they never suspend: such a coroutine needs no event loop (see `drive`).
    """

    def __init__(self, graph: Any, *, plain: bool) -> None:
        self.graph = graph
        self._plain = plain

    async def state(self, config: RunnableConfig) -> Any:
        """A `StateSnapshot`."""
        return self.graph.get_state(config) if self._plain else await self.graph.aget_state(config)

    async def saved(self, config: RunnableConfig) -> CheckpointTuple | None:
        """None where there is none; upstream's `InMemorySaver` would begin a thread for whoever asks."""
        saver, where = self.graph.checkpointer, config["configurable"]
        threads = saver.storage if isinstance(saver, Upstream) else None
        if threads is not None and where.get("checkpoint_ns", "") not in threads.get(where["thread_id"], ()):
            return None
        found: CheckpointTuple | None = (
            saver.get_tuple(config) if self._plain else await saver.aget_tuple(config)
        )
        return found

    async def update(
        self, config: RunnableConfig, updates: Sequence[tuple[Any, str | None]]
    ) -> RunnableConfig:
        """One superstep of manual updates, (values, as_node) each; the config of the checkpoint made."""
        from langgraph.types import StateUpdate

        steps = [[StateUpdate(values, as_node) for values, as_node in updates]]
        made: RunnableConfig = (
            self.graph.bulk_update_state(config, steps)
            if self._plain
            else await self.graph.abulk_update_state(config, steps)
        )
        return made

    async def put(self, config: RunnableConfig, checkpoint: Any, metadata: Any) -> RunnableConfig:
        saver, versions = self.graph.checkpointer, checkpoint["channel_versions"]
        made: RunnableConfig = (
            saver.put(config, checkpoint, metadata, versions)
            if self._plain
            else await saver.aput(config, checkpoint, metadata, versions)
        )
        return made

    async def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task: str, path: str
    ) -> None:
        saver = self.graph.checkpointer
        if self._plain:
            saver.put_writes(config, writes, task, path)
        else:
            await saver.aput_writes(config, writes, task, path)

    async def stream(self, input: Any, config: RunnableConfig, control: Any) -> AsyncGenerator[Any]:
        """What the graph tells of its checkpoints, its subgraphs' too, while it runs."""
        how: dict[str, Any] = {"stream_mode": "checkpoints", "subgraphs": True, "control": control}
        if self._plain:
            for _, told in self.graph.stream(input, config, **how):
                yield told
        else:
            async with aclosing(self.graph.astream(input, config, **how)) as chunks:
                async for _, told in chunks:
                    yield told


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends. There is no loop around it: nodes may have their own."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    work.close()
    raise RuntimeError("a plain call has to wait")


def loop_of(saver: Any) -> asyncio.AbstractEventLoop | None:
    """The event loop an asynchronous checkpointer lives on, such as an `AsyncSqliteSaver`'s."""
    loop = getattr(saver, "loop", None)
    return loop if isinstance(loop, asyncio.AbstractEventLoop) else None


def on_thread_of(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def needs_loop(graph: Any) -> bool:
    """Whether a node, a tool, an edge, or one of a subgraph's can only be awaited."""
    return any(
        (hasattr(each, "afunc") and getattr(each, "func", None) is None)
        or any(
            getattr(tool, "coroutine", None) is not None and getattr(tool, "func", None) is None
            for tool in getattr(each, "tools_by_name", {}).values()
        )
        or (hasattr(each, "nodes") and needs_loop(each))
        for node in graph.nodes.values()
        for part in (
            getattr(node, "bound", None),
            *getattr(node, "flat_writers", ()),
            *getattr(node, "subgraphs", ()),
        )
        for each in (part, *getattr(part, "steps", ()))
    )


def _can_be_awaited(saver: Any) -> bool:
    """Whether a checkpointer has asynchronous methods: some only say that they have none."""
    if isinstance(saver, Upstream):  # it would begin a thread for whoever asks
        return True
    try:
        asyncio.run(saver.aget_tuple({"configurable": {"thread_id": "", "checkpoint_ns": ""}}))
    except NotImplementedError:
        return False
    except Exception:
        pass
    return True


def ask(graph: Any, work: Callable[[Calls], Coroutine[Any, Any, T]]) -> T:
    """Read something and wait for it.

    Raises:
        RuntimeError: it would wait for the event loop whose thread this is.
        TimeoutError: the event loop does not answer.
    """
    loop = loop_of(graph.checkpointer)
    if loop is None:
        return drive(work(Calls(graph, plain=True)))
    check_loop(loop)
    if on_thread_of(loop):
        raise RuntimeError("waiting for the event loop: a cell is running on it; ask again when it has ended")
    future = asyncio.run_coroutine_threadsafe(work(Calls(graph, plain=False)), loop)
    try:
        return future.result(PATIENCE)
    except TimeoutError:
        future.cancel()
        raise TimeoutError("waiting for the event loop: a cell is running on it; try again later") from None


def check_loop(loop: asyncio.AbstractEventLoop) -> None:
    if not loop.is_running():
        raise RuntimeError("the event loop of the checkpointer is not running (any more)")


def begin(graph: Any, name: str, work: Callable[[Calls], Coroutine[Any, Any, None]]) -> None:
    """Have something done elsewhere: on the checkpointer's loop, else on a thread of its own."""
    loop = loop_of(graph.checkpointer)
    if loop is not None:
        check_loop(loop)
        asyncio.run_coroutine_threadsafe(work(Calls(graph, plain=False)), loop)
        return

    def run() -> None:
        if needs_loop(graph) and _can_be_awaited(graph.checkpointer):
            asyncio.run(work(Calls(graph, plain=False)))
        else:
            drive(work(Calls(graph, plain=True)))

    threading.Thread(target=run, name=name, daemon=True).start()
