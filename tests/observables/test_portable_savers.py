"""Asynchronous and unknown checkpointers, thread ids of all kinds, large threads."""

from __future__ import annotations

import asyncio
import io
import tracemalloc
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.checkpoint.memory import InMemorySaver as Reference
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from inmem_widgets import (
    InMemorySaver,
    aexport_threads,
    aimport_threads,
    export_threads,
    import_threads,
)
from inmem_widgets.portable import FileRefused
from tests.core.checkpointing import put
from tests.observables.porting import (
    INPUT,
    RUNS,
    at,
    carried,
    graph_on,
    held,
    interrupted,
    saver_of,
    snapshots,
    story,
)

# -- on an event loop --


async def test_a_thread_of_an_asynchronous_checkpointer_goes_out_and_back() -> None:
    async with (
        AsyncSqliteSaver.from_conn_string(":memory:") as source,
        AsyncSqliteSaver.from_conn_string(":memory:") as target,
    ):
        await graph_on(source).ainvoke(INPUT, at("t"))
        for saver, call in ((source, export_threads), (target, import_threads)):
            with pytest.raises(RuntimeError, match="await aexport_threads"):
                call(saver, io.BytesIO())
        file = io.BytesIO()
        await aexport_threads(source, file)
        assert (await aimport_threads(target, io.BytesIO(file.getvalue()))).threads == ["t"]
        seen = [await asyncio.to_thread(held, saver) for saver in (source, target)]
        assert seen[0] == seen[1]
        seen = [await asyncio.to_thread(snapshots, saver) for saver in (source, target)]
        assert seen[0] == seen[1]

        own, back = InMemorySaver(), io.BytesIO()
        import_threads(own, io.BytesIO(file.getvalue()))
        assert held(own) == await asyncio.to_thread(held, source)
        await aexport_threads(own, back)
        found = await aimport_threads(target, io.BytesIO(back.getvalue()), replace=True)
        assert found.replaced == ["t"]
        assert await asyncio.to_thread(held, target) == held(own)
        RUNS.clear()
        ends = [
            await graph_on(saver).ainvoke(Command(resume="yes"), at("t")) for saver in (source, target, own)
        ]
        assert ends[0] == ends[1] == ends[2] and RUNS == ["ask", "end"] * 3


async def test_from_another_thread_the_plain_forms_do() -> None:
    async with AsyncSqliteSaver.from_conn_string(":memory:") as source:
        await graph_on(source).ainvoke(INPUT, at("t"))
        copy = InMemorySaver()
        await asyncio.to_thread(carried, source, copy)
        assert held(copy) == await asyncio.to_thread(held, source)
    with pytest.raises((RuntimeError, ValueError)):
        await asyncio.to_thread(export_threads, source, io.BytesIO())  # closed


class OnlyAsync(BaseCheckpointSaver[str]):
    """A checkpointer of somebody's, with the asynchronous methods alone, for one event loop."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.home = Reference(), asyncio.get_running_loop()

    def get_next_version(self, current: str | None, channel: None) -> str:
        return self.inner.get_next_version(current, channel)

    async def aget_tuple(self, config: Any) -> Any:
        assert asyncio.get_running_loop() is self.home
        return self.inner.get_tuple(config)

    async def alist(self, config: Any, **more: Any) -> AsyncIterator[Any]:
        assert asyncio.get_running_loop() is self.home
        for each in self.inner.list(config, **more):
            yield each

    async def aput(self, *args: Any) -> Any:
        assert asyncio.get_running_loop() is self.home
        return self.inner.put(*args)

    async def aput_writes(  # type: ignore[override]  # as of old: without a path
        self, config: Any, writes: Any, task_id: str
    ) -> None:
        self.inner.put_writes(config, writes, task_id)

    async def adelete_thread(self, thread_id: str) -> None:
        self.inner.delete_thread(thread_id)


async def test_a_checkpointer_with_asynchronous_methods_alone() -> None:
    source, target = OnlyAsync(), OnlyAsync()
    await graph_on(source).ainvoke(INPUT, at("t"))
    file = io.BytesIO()
    await aexport_threads(source, file)
    await aimport_threads(target, io.BytesIO(file.getvalue()))
    assert held(target.inner) == held(source.inner)
    own = InMemorySaver()
    import_threads(own, io.BytesIO(file.getvalue()))
    assert held(own) == held(source.inner)


# -- others --


class Minimal(BaseCheckpointSaver[int]):
    """A checkpointer of somebody's: values inside the checkpoint, versions that are plain numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[Any, Any] = {}

    def put(self, config: Any, checkpoint: Any, metadata: Any, new_versions: Any) -> Any:
        where = {**config["configurable"]}
        parent = where.get("checkpoint_id")
        where["checkpoint_id"] = checkpoint["id"]
        key = where["thread_id"], where["checkpoint_ns"], checkpoint["id"]
        self.rows[key] = self.serde.dumps_typed((checkpoint, metadata, parent))
        return {"configurable": where}

    def put_writes(self, config: Any, writes: Any, task_id: str, task_path: str = "") -> None:
        pass

    def list(self, config: Any, *, filter: Any = None, before: Any = None, limit: Any = None) -> Any:
        for (thread, ns, id), row in list(self.rows.items())[:limit]:
            if config and thread != config["configurable"]["thread_id"]:
                continue
            checkpoint, metadata, parent = self.serde.loads_typed(row)
            yield CheckpointTuple(
                at_(thread, ns, id), checkpoint, metadata, parent and at_(thread, ns, parent), []
            )

    def get_tuple(self, config: Any) -> Any:
        where = config["configurable"]
        found = [each for each in self.list(config) if each.config["configurable"] == where]
        return found[0] if found else None


def at_(thread: Any, ns: str, id: str) -> Any:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": ns, "checkpoint_id": id}}


def two_branches(saver: Any) -> None:
    """Numbers as versions are the same in both branches, with other values."""
    first = put(saver, "t", "1", {"log": ["a"]}, {"log": 1})
    parent = first["configurable"]["checkpoint_id"]
    put(saver, "t", "2", {"log": ["a", "b"]}, {"log": 2}, parent=parent)
    put(saver, "t", "3", {"log": ["a", "c"]}, {"log": 2}, parent=parent)
    put(saver, "t", "4", {"log": ["a", "b"], "new": 1}, {"log": 2, "new": 3}, parent="2")


def test_versions_used_twice_keep_their_values_or_are_refused() -> None:
    source = Minimal()
    two_branches(source)
    file = io.BytesIO()
    export_threads(source, file)
    with saver_of("sqlite") as target:
        import_threads(target, io.BytesIO(file.getvalue()))
        assert held(target) == held(source)
    for other in (InMemorySaver(), Reference()):
        with pytest.raises(FileRefused, match="several values.* keeps one of each"):
            import_threads(other, io.BytesIO(file.getvalue()))
        assert not other.storage
    with pytest.raises(
        ValueError, match="Minimal has no delete_thread: a failure midway could not be undone"
    ):
        import_threads(Minimal(), io.BytesIO(file.getvalue()))


def test_thread_ids_of_all_kinds() -> None:
    source, target = InMemorySaver(), InMemorySaver()
    ids: list[Any] = ["text", 5, uuid.UUID(int=7), "\ud800", "5"]
    for i, thread in enumerate(ids):
        put(source, thread, str(i), {"log": i})
    assert carried(source, target).threads == ids == target.thread_ids()
    with saver_of("sqlite") as text, pytest.raises(ValueError, match="keeps thread ids as text"):
        carried(source, text)
    odd: Any = ("a", 1)
    put(source, odd, "1", {"log": 1})
    with pytest.raises(ValueError, match=r"threads: the id \('a', 1\) does not outlive"):
        carried(source, target)


def test_saving_goes_on_while_a_file_is_written() -> None:
    """What is deleted meanwhile is left out, and nobody waits."""
    with saver_of("sqlite") as source:
        story(source)
        interrupted(source, "next")
        done: list[Any] = []

        class File(io.BytesIO):
            def write(self, data: Any) -> int:
                if len(done) == 3:
                    interrupted(source, "meanwhile")  # would wait forever for the lock
                    source.delete_thread("next")
                done.append(len(data))
                return super().write(data)

        file = File()
        export_threads(source, file)
        copy = InMemorySaver()
        assert import_threads(copy, io.BytesIO(file.getvalue())).threads == ["next", "t"]
        assert copy.count("next") == 1 and held(copy, snapshots=False) == held(source, snapshots=False)


# -- size --


def long_thread(saver: Any, steps: int) -> None:
    """A conversation of 200 kB, with a new version every 100 steps."""
    parent = None
    versions: dict[str, Any] = {}
    messages = [HumanMessage("x" * 10_000, id=str(i)) for i in range(20)]
    for step in range(steps):
        versions["step"] = f"{step + 1:032}.0"
        if step % 100 == 0:
            versions["messages"] = f"{step + 1:032}.0"
        id = f"{step:08}"
        new = {name: version for name, version in versions.items() if version.startswith(f"{step + 1:032}")}
        checkpoint: Any = {
            "v": 4, "id": id, "ts": "", "channel_values": {"step": step, "messages": messages},
            "channel_versions": dict(versions), "versions_seen": {}, "updated_channels": None,
        }  # fmt: skip
        config: Any = {"configurable": {"thread_id": "long", "checkpoint_ns": ""}}
        if parent:
            config["configurable"]["checkpoint_id"] = parent
        saver.put(config, checkpoint, {"source": "loop", "step": step, "parents": {}}, new)
        saver.put_writes(at_("long", "", id), [("step", step)], "task", "path")
        parent = id


def peak(call: Any) -> int:
    """Bytes allocated at most while it runs."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["ours", "sqlite"])
def test_a_file_is_written_and_read_in_bounded_memory(kind: str, tmp_path: Any) -> None:
    steps, path = 300, tmp_path / "long.jsonl"
    source, target = InMemorySaver(), InMemorySaver()
    long_thread(source, steps)
    with saver_of("sqlite") as lite:
        if kind == "sqlite":
            long_thread(lite, steps)  # 60 MB
        of = lite if kind == "sqlite" else source
        export_threads(of, path, [])  # all is imported that there is to import
        assert peak(lambda: export_threads(of, path)) < 8_000_000
        assert path.stat().st_size < 5_000_000
        assert peak(lambda: import_threads(target, path)) < 20_000_000  # what it holds then is in it
    assert held(target, "long") == held(source, "long")


@pytest.mark.slow
def test_ten_thousand_checkpoints() -> None:
    source, target, file = InMemorySaver(), InMemorySaver(), io.BytesIO()
    steps = 10_000
    long_thread(source, steps)
    done = export_threads(source, file)
    assert (done.checkpoints, done.writes, done.values) == (steps, steps, steps + steps // 100)
    assert done.bytes < 60_000_000  # of states of 2 GB
    import_threads(target, io.BytesIO(file.getvalue()))
    assert target.count() == steps and len(target.blobs) == len(source.blobs)
    last = at_("long", "", f"{steps - 1:08}")
    assert target.get_tuple(last) == source.get_tuple(last)
