"""Who is told of news: each as often as it was added, whatever another one does."""

from __future__ import annotations

import pytest

from inmem_widgets.observables.listeners import Listeners
from tests.threads import together


def test_each_is_told_until_it_is_removed(caplog: pytest.LogCaptureFixture) -> None:
    listeners: Listeners[[int]] = Listeners()
    assert not listeners
    told: list[int] = []

    def broken(_: int) -> None:
        raise ValueError("its own")

    listeners.add(broken)
    first, second = listeners.add(told.append), listeners.add(told.append)
    listeners.tell(1)
    assert (told, len(caplog.records)) == ([1, 1], 1)
    listeners.remove(first)
    listeners.remove(first)  # and not the other one
    listeners.tell(2)
    assert told == [1, 1, 2]
    listeners.remove(second)
    assert listeners
    listeners.clear()
    listeners.tell(3)
    assert (told, bool(listeners)) == ([1, 1, 2], False)


def test_beside_those_who_come_and_go() -> None:
    listeners: Listeners[[]] = Listeners()
    told: list[None] = []
    listeners.add(lambda: told.append(None))

    def come_and_go() -> None:
        for _ in range(2_000):
            listeners.remove(listeners.add(lambda: None))

    def tell() -> None:
        for _ in range(2_000):
            listeners.tell()

    together(come_and_go, come_and_go, tell)
    assert len(told) == 2_000
