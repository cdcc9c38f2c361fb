"""A block that is watched beside writers: nothing is called lost that was not."""

from __future__ import annotations

from typing import Any

import pytest

from inmem_widgets import InMemoryStore, watch
from inmem_widgets.core.changes import Changes


def test_who_writes_while_watching_begins_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    store = InMemoryStore[Any]()
    for n in range(5):
        store.mset([("before", n)])
    listen = Changes.listen_batched

    def overtaken(self: Changes, *args: Any, **asked: Any) -> Any:
        stop = listen(self, *args, **asked)
        store.mset([("beside", 1)])
        self.flush(0.3)  # it is delivered before anything else is done
        return stop

    seen = watch(store)
    monkeypatch.setattr(Changes, "listen_batched", overtaken)
    with seen:
        store.mset([("within", 1)])
    assert seen.summary(store)["lost"] == 0
    assert "within" in str(seen)
