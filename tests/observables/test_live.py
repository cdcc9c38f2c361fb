"""Reading a live dict beside its writer."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from inmem_widgets.observables.keys.live import newest, window_of
from inmem_widgets.observables.keys.total import TotalBytes


@pytest.fixture
def written() -> Iterator[dict[str, Any]]:
    """A dict whose size another thread changes all the time."""
    data: dict[str, Any] = {str(i): i for i in range(50)}
    stop, interval = threading.Event(), sys.getswitchinterval()

    def write() -> None:
        while not stop.is_set():
            for i in range(200):
                data[f"x{i}"] = i
            for i in range(200):
                del data[f"x{i}"]

    sys.setswitchinterval(1e-6)
    writer = threading.Thread(target=write)
    writer.start()
    yield data
    stop.set()
    writer.join()
    sys.setswitchinterval(interval)


@pytest.mark.parametrize(
    "read",
    [
        lambda data: newest(data, 10),
        lambda data: window_of(data, 2, 9),
        lambda data: window_of(data, len(data) - 9, len(data)),
        lambda data: TotalBytes().of(data, 0),
    ],
    ids=["newest", "window from the start", "window from the end", "bytes"],
)
def test_a_read_beside_a_writer_never_fails(
    written: dict[str, Any], read: Callable[[dict[str, Any]], object]
) -> None:
    for _ in range(3_000):
        read(written)
