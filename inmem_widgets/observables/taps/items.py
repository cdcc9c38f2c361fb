"""How LangGraph's stores are read: in memory as they are, any other one by its `search`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langgraph.store.base import GetOp, Item

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.taps.reader import News, Reader, Times, differences
from inmem_widgets.observables.taps.running import Runner
from inmem_widgets.observables.taps.texts import joined, parted

PAGE = 1_000
"""Items asked for at once."""


def place(namespace: Sequence[str], key: Any) -> str:
    """The text that an item's key is shown as."""
    return joined((*namespace, str(key)))


def place_of(text: str) -> tuple[tuple[str, ...], str]:
    """The namespace and key of that text."""
    *namespace, key = parted(text)
    return tuple(namespace), key


def times_of(item: Item) -> Times:
    """When an item was made and when it was written last, in seconds since the epoch."""
    return item.created_at.timestamp(), item.updated_at.timestamp()


class MemoryItems(Reader):
    """LangGraph's `InMemoryStore`: its own items, in its own order."""

    interval = None
    delimiters = "/"
    in_memory = True

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        now = {
            place(namespace, key): item.value
            for namespace in list(obj._data)
            for key, item in list((obj._data.get(namespace) or {}).items())
        }
        written = {key: value for key, value in now.items() if known.get(key, MISSING) is not value}
        return News(written, [key for key in list(known) if key not in now])

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        items = [_item(obj, key) for key in keys]
        return [MISSING if item is None else item.value for item in items]

    def times(self, obj: Any, key: str) -> Times | None:
        item = _item(obj, key)
        return None if item is None else times_of(item)


def _item(store: Any, text: str) -> Any:
    namespace, key = place_of(text)
    found = store._data.get(namespace)  # a lookup by [] would add the namespace
    return None if found is None else found.get(key)


class SearchedItems(Reader):
    """Any other store of LangGraph's interface: read once, then only on demand, since it cannot be asked
    for what is new. No lifetime is prolonged."""

    interval = None
    delimiters = "/"

    def __init__(self, store: Any) -> None:
        self._runner = Runner(store)
        self._stamps: dict[str, Any] = {}
        self._awaited = False

    @property
    def on_its_loop(self) -> bool:
        return self._awaited and self._runner.here

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        found: dict[str, Any] = {}
        stamps: dict[str, Times] = {}
        while True:
            asked = {"limit": PAGE, "offset": len(stamps), "refresh_ttl": False}
            page = self._called(lambda: obj.search((), **asked), lambda: obj.asearch((), **asked))  # noqa: B023
            for item in page:
                text = place(item.namespace, item.key)
                found[text], stamps[text] = item.value, times_of(item)
            if len(page) < PAGE:
                break
        news = differences(stamps, self._stamps, known)
        return News({key: found[key] for key in news.written}, news.gone)

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        ops = [GetOp(*place_of(key), refresh_ttl=False) for key in keys]
        items = self._called(lambda: obj.batch(ops), lambda: obj.abatch(ops))
        return [MISSING if item is None else item.value for item in items]

    def times(self, obj: Any, key: str) -> Times | None:
        return self._stamps.get(key)

    def _called(self, call: Any, begin: Any) -> Any:
        if not self._awaited:
            try:
                return call()
            except NotImplementedError:
                self._awaited = True
        return self._runner.run(begin)
