"""What tests of tapped stores share."""

from __future__ import annotations

from typing import Any

from inmem_widgets import observe
from inmem_widgets.core.change import Change
from inmem_widgets.observables.tappedstore import TappedStore
from tests.threads import WAIT, until


def seen(store: Any) -> TappedStore:
    """The observable of a store that is not ours."""
    found = observe(store)
    assert isinstance(found, TappedStore)
    return found


class Listened(list[Change]):
    """The changes of a tapped store from now on."""

    def __init__(self, observable: TappedStore, **asked: bool) -> None:
        self._feed = observable.source.changes  # type: ignore[union-attr]
        self.stop = self._feed.listen(self.append, **asked)

    def told(self) -> list[tuple[Any, ...]]:
        """(kind, keys, values) of each."""
        assert self._feed.flush(WAIT)
        return [
            (each.kind, [*each.keys], None if each.values is None else [*each.values])
            for each in self
        ]  # fmt: skip


def rows(observable: TappedStore) -> dict[str, Any]:
    """The rows, by key."""
    return {row["key"]: row for row in observable.window(0, 1_000)[1]}


def types(observable: TappedStore) -> dict[str, str]:
    return {key: row["type"] for key, row in rows(observable).items()}


def previews(observable: TappedStore) -> dict[str, str]:
    """The previews once all values were read."""
    return until(lambda: _read(observable))


def _read(observable: TappedStore) -> Any:
    found = rows(observable)
    if any(row["type"] == "not read" for row in found.values()):
        return None
    return {key: row["preview"] for key, row in found.items()} or {None: ""}
