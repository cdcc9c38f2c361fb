"""A store with a log of what was done with it."""

from __future__ import annotations

from typing import Any

from inmem_widgets import InMemoryStore, observe
from inmem_widgets.observables.log import EventLog


def filled(count: int = 100, **limits: Any) -> tuple[InMemoryStore[Any], EventLog]:
    store = InMemoryStore[Any]()
    log = EventLog(observable := observe(store), **limits)
    store.__dict__["kept"] = observable  # as long as the store
    for n in range(count):
        store.mset([(f"key {n}", n)])
    log.catch_up()
    return store, log
