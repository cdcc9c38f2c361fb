"""What a saver is made of: its tables, the mappings it shows, its feed of changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, ExitStack
from copy import deepcopy
from time import time
from types import TracebackType
from typing import Any, Self, TypeAlias

from langgraph.checkpoint.serde.base import SerializerProtocol

from inmem_widgets.core.change import NO_INFO, told
from inmem_widgets.core.changes import Changes
from inmem_widgets.core.checkpoints.asynchronous import AsyncForms
from inmem_widgets.core.checkpoints.flat import Blobs, Writes
from inmem_widgets.core.checkpoints.mapped import MappedTables
from inmem_widgets.core.checkpoints.storage import Storage
from inmem_widgets.core.checkpoints.tables import Tables
from inmem_widgets.core.origin import capture

Mappings: TypeAlias = tuple[MutableMapping[Any, Any], MutableMapping[Any, Any], MutableMapping[Any, Any]]


def _shown(tables: Tables) -> Mappings:
    """Upstream's `storage`, `writes` and `blobs`."""
    if isinstance(tables, MappedTables):
        return tables.storage, tables.writes, tables.blobs
    return Storage(tables), Writes(tables), Blobs(tables)


class TablesSaver(AsyncForms, AbstractContextManager[Any], AbstractAsyncContextManager[Any]):
    """A saver's holdings, without its operations."""

    changes: Changes
    stack: ExitStack
    _tables: Tables
    _mappings: Mappings

    def __init__(
        self, *, serde: SerializerProtocol | None = None, factory: Callable[..., Any] = defaultdict
    ) -> None:
        super().__init__(serde=serde)
        self.changes = Changes()
        self.stack = ExitStack()
        if factory is defaultdict:
            self._tables = Tables()
            self._mappings = _shown(self._tables)
        else:
            made = factory(lambda: defaultdict(dict)), factory(dict), factory()
            for each in made:
                if hasattr(type(each), "__exit__"):
                    self.stack.enter_context(each)
            self._show(*made)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        copied = memo[id(self)] = type(self).__new__(type(self))
        for name, value in vars(self).items():
            if name != "_mappings":
                setattr(copied, name, deepcopy(value, memo))
        copied._mappings = _shown(copied._tables)
        return copied

    def __enter__(self) -> Self:
        self.stack.__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return self.stack.__exit__(exc_type, exc_value, traceback)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return self.__exit__(exc_type, exc_value, traceback)

    # --- upstream's mappings ---------------------------------------------------------------------

    def _show(
        self,
        storage: MutableMapping[str, Any],
        writes: MutableMapping[tuple[str, str, str], Any],
        blobs: MutableMapping[tuple[str, str, str, Any], Any],
    ) -> None:
        """Keep everything in these from now on."""
        self._tables = MappedTables(storage, writes, blobs)
        self._mappings = _shown(self._tables)

    @property
    def storage(self) -> MutableMapping[str, Any]:
        """Thread id to namespace to checkpoint id to (checkpoint, metadata, parent's id).

        Live, with values as the serializer's (type, bytes). Looking up a thread adds none. A mapping
        assigned to a thread or namespace is copied. Another mapping in place of the whole is used as
        it is, at upstream's speed; the same holds for `writes` and `blobs`.
        """
        return self._mappings[0]

    @storage.setter
    def storage(self, mapping: MutableMapping[str, Any]) -> None:
        self._show(mapping, self.writes, self.blobs)

    @property
    def writes(self) -> MutableMapping[tuple[str, str, str], Any]:
        """(Thread, namespace, checkpoint id) to (task id, index) to (task id, channel, value, task path)."""
        return self._mappings[1]

    @writes.setter
    def writes(self, mapping: MutableMapping[tuple[str, str, str], Any]) -> None:
        self._show(self.storage, mapping, self.blobs)

    @property
    def blobs(self) -> MutableMapping[tuple[str, str, str, Any], Any]:
        """(Thread, namespace, channel, version) to the channel's value."""
        return self._mappings[2]

    @blobs.setter
    def blobs(self, mapping: MutableMapping[tuple[str, str, str, Any], Any]) -> None:
        self._show(self.storage, self.writes, mapping)

    # --- changes ---------------------------------------------------------------------------------

    def _note(self, kind: str, keys: Sequence[str]) -> None:
        """Tell of a change just made, under the lock."""
        changes = self.changes
        if changes.active:
            now = time() if changes.wants_time else None
            by = capture() if changes.wants_origin else None
            changes.append((told, kind, keys, None, None, now, NO_INFO, by))

    def _wake(self) -> None:
        """To call when the lock is left."""
        if self.changes.active and self.changes.asleep:
            self.changes.wake()
