"""Values that are wanted by who is told of a reading, on the thread that read."""

from __future__ import annotations

import threading
from pathlib import Path

from langchain_classic.storage import LocalFileStore

from inmem_widgets import observe
from inmem_widgets.observables.tappedstore import TappedStore


def test_values_wanted_while_a_reading_is_told_are_read(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    observable = observe(store)
    assert isinstance(observable, TappedStore)
    observable.interval = None
    stand_in = observable.stand_in
    assert stand_in is not None
    read = threading.Event()

    def told() -> None:
        if stand_in.mirror.get("b") == b"elsewhere":
            read.set()
        elif stand_in.worker.here and "b" in stand_in.mirror:
            stand_in.want(["b"])

    stop = observable.on_update(told)
    (tmp_path / "b").write_bytes(b"elsewhere")
    observable.refresh(10)
    assert read.wait(10)
    stop()
