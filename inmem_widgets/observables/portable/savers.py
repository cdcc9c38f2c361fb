"""How the threads of a checkpointer are read and written, whichever it is: by its public interface."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from inspect import Parameter, signature
from typing import Any, NamedTuple

from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple, get_checkpoint_id, writes_sort_key

from inmem_widgets.core.checkpoints.codec import Typed
from inmem_widgets.observables.threads.lanes import Key
from inmem_widgets.observables.threads.places import config_of


class Write(NamedTuple):
    """A write saved beside a checkpoint, as it is stored."""

    task: str
    path: str
    at: int | None
    """Its index; None where the checkpointer does not tell."""
    channel: str
    value: Typed


@dataclass(slots=True)
class Saved:
    """A checkpoint as it is stored."""

    parent: str | None
    checkpoint: Typed
    metadata: Typed
    versions: Mapping[str, Any]
    values: Mapping[str, Any]
    """By channel, those that have one; see `Access.dump`."""
    writes: list[Write] = field(default_factory=list)


class Access:
    """Threads of any checkpointer.

    Args:
        saver: The checkpointer.
        loop: Where its asynchronous methods are to run, if it has no others.

    Raises:
        RuntimeError: This thread runs the loop that the checkpointer needs, or that loop has ended.
    """

    by_version = True
    """Whether it may hold one value only for each version of a channel; so do all that are not known."""
    texts = True
    """Whether thread ids may become text."""

    def __init__(
        self, saver: BaseCheckpointSaver[Any], loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        self.saver: Any = saver
        self.serde = saver.serde
        self._sync = _has(saver, "list") and _has(saver, "get_tuple")
        bound = getattr(saver, "loop", None)
        self._loop = bound if isinstance(bound, asyncio.AbstractEventLoop) else loop
        if self._loop is not None and (not self._sync or self._loop is bound):
            if self._loop is _running():
                raise RuntimeError(
                    f"saver: {type(saver).__name__} is read on this thread's event loop, which cannot wait "
                    "for itself: use await aexport_threads(…), await aimport_threads(…)"
                )
            if not self._loop.is_running():
                raise RuntimeError(f"saver: the event loop of {type(saver).__name__} does not run (any more)")
        self._paths = _takes_path(saver.put_writes if self._sync else saver.aput_writes)

    def run(self, made: Coroutine[Any, Any, Any]) -> Any:
        """The result of a coroutine, on the checkpointer's loop."""
        if self._loop is None:
            return asyncio.run(made)
        return asyncio.run_coroutine_threadsafe(made, self._loop).result()

    def call(self, name: str, *args: Any, **more: Any) -> Any:
        """The result of a method, in whichever form there is."""
        if self._sync:
            return getattr(self.saver, name)(*args, **more)
        return self.run(getattr(self.saver, f"a{name}")(*args, **more))

    def can(self, name: str) -> bool:
        """Whether the checkpointer has the method."""
        return _has(self.saver, name if self._sync else f"a{name}")

    # -- reading --

    def listed(
        self, config: Any, take: Callable[[CheckpointTuple], Any], limit: int | None = None
    ) -> list[Any]:
        """What is taken of each checkpoint; held in one go, so that nobody waits for a lock."""
        if self._sync:
            return [take(each) for each in self.saver.list(config, limit=limit)]

        async def collected(found: AsyncIterator[CheckpointTuple]) -> list[Any]:
            return [take(each) async for each in found]

        made: list[Any] = self.run(collected(self.saver.alist(config, limit=limit)))
        return made

    def threads(self) -> list[Any]:
        """Ids of those with checkpoints."""
        return list(dict.fromkeys(self.listed(None, lambda each: each.config["configurable"]["thread_id"])))

    def has(self, thread_id: Any) -> bool:
        """Whether there is anything of a thread."""
        return bool(self.listed(_thread(thread_id), _key, 1))

    def keys(self, thread_id: Any) -> list[Key]:
        """Its checkpoints, the oldest first."""
        return sorted(self.listed(_thread(thread_id), _key), key=lambda key: (key[1], key[0]))

    def orphans(self, thread_id: Any) -> list[tuple[Key, list[Write]]]:
        """Writes without their checkpoint, where they can be seen."""
        return []

    def saved(self, thread_id: Any, key: Key) -> Saved | None:
        """A checkpoint; None if it is gone."""
        found = self.call("get_tuple", config_of(thread_id, key))
        if found is None:
            return None
        body: dict[str, Any] = dict(found.checkpoint)
        values = body.pop("channel_values", None) or {}
        parent = get_checkpoint_id(found.parent_config) if found.parent_config else None
        dump = self.serde.dumps_typed
        pending = found.pending_writes or []
        return Saved(
            parent or None,
            dump(body),
            dump(found.metadata),
            body.get("channel_versions") or {},
            values,
            [
                Write(task, path, index, channel, dump(value))
                for (task, channel, value), (path, index) in zip(
                    pending, self._places(thread_id, key, pending), strict=True
                )
            ],
        )

    def _places(self, thread_id: Any, key: Key, pending: Sequence[Any]) -> list[tuple[str, int | None]]:
        """(Task path, index) of writes in replay order. Where paths are unknown, numbers keep that order."""
        tasks = list(dict.fromkeys(each[0] for each in pending))
        path = (
            dict.fromkeys(tasks, "")
            if tasks == sorted(tasks)
            else {t: f"{i:06}" for i, t in enumerate(tasks)}
        )
        return [(path[each[0]], None) for each in pending]

    def dump(self, value: Any) -> Typed:
        """A value of `Saved.values` as it is stored."""
        kind, data = self.serde.dumps_typed(value)
        return kind, bytes(data)

    def fingerprint(self, thread_id: Any) -> bytes:
        """Another one when the thread has changed."""
        digest = hashlib.sha256()
        for part in sorted(self.listed(_thread(thread_id), _mark)):
            digest.update(repr(part).encode("utf-8", "backslashreplace"))
        return digest.digest()

    def lock(self) -> AbstractContextManager[Any]:
        """Under which nothing changes, where there is such a lock."""
        return nullcontext()

    # -- writing --

    def put(
        self,
        thread_id: Any,
        ns: str,
        parent: str | None,
        checkpoint: Any,
        metadata: Any,
        new: Mapping[str, Any],
    ) -> None:
        where: dict[str, Any] = {"thread_id": thread_id, "checkpoint_ns": ns}
        if parent is not None:
            where["checkpoint_id"] = parent
        self.call("put", {"configurable": where}, checkpoint, metadata, new)

    def put_writes(
        self, thread_id: Any, key: Key, writes: Sequence[tuple[str, Any]], task: str, path: str
    ) -> None:
        more = (path,) if self._paths else ()
        self.call("put_writes", config_of(thread_id, key), writes, task, *more)

    def delete(self, thread_id: Any) -> None:
        self.call("delete_thread", thread_id)

    def keep(self, thread_ids: Iterable[Any]) -> Callable[[], None]:
        """A copy of threads that are to be replaced; gives the way to put them back once they are deleted."""
        from inmem_widgets.observables.portable.exporting import finish, writing
        from inmem_widgets.observables.portable.importing import reading

        file = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the way back
        finish(writing(self, list(thread_ids), file.write))

        def restore() -> None:
            file.seek(0)
            finish(reading(self, file, checked=True))

        return restore


def ordered(writes: Iterable[Write]) -> list[Write]:
    """In replay order."""
    return sorted(writes, key=lambda each: writes_sort_key(each.path, each.task, each.at or 0))


def _thread(thread_id: Any) -> Any:
    return {"configurable": {"thread_id": thread_id}}


def _key(found: CheckpointTuple) -> Key:
    where = found.config["configurable"]
    return where.get("checkpoint_ns", ""), where["checkpoint_id"]


def _mark(found: CheckpointTuple) -> tuple[Any, ...]:
    return *_key(found), [(task, channel) for task, channel, _ in found.pending_writes or ()]


def _has(saver: Any, name: str) -> bool:
    """Whether a method is more than the base class's, which raises."""
    return getattr(type(saver), name, None) not in (None, getattr(BaseCheckpointSaver, name, None))


def _takes_path(method: Any) -> bool:
    """Whether `put_writes` takes a task's path: checkpointers of old do not."""
    found = signature(method).parameters.values()
    return any(each.name == "task_path" or each.kind is Parameter.VAR_POSITIONAL for each in found)


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
