"""An object that threads use while it is tapped and untapped."""

from __future__ import annotations

import threading
from typing import Any

from inmem_widgets.observables.taps.calls import Call, Method
from inmem_widgets.observables.taps.registry import Tap, tap, untap


def put(call: Call) -> Any:
    return lambda result: [("set", (call.args[0],), (call.args[1],))]


PUT = {"put": Method(put), "aput": Method(put), "tput": Method(put), "__setitem__": Method(put)}


class Heard(list[Any]):
    """What a listener of a tap was told."""

    def __init__(self, tapped: Tap) -> None:
        self.feed = tapped.feed
        self.stop = tapped.feed.listen(self.append)

    def keys(self) -> list[Any]:
        assert self.feed.flush(10)
        return [key for change in self for key in change.keys]


class Own:
    """No base at all."""

    def __init__(self) -> None:
        self.held: dict[Any, Any] = {}

    def put(self, key: Any, value: Any) -> Any:
        self.held[key] = value
        return self

    async def aput(self, key: Any, value: Any) -> Any:
        return self.put(key, value)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.put(key, value)


def test_threads_write_while_it_is_tapped_and_untapped() -> None:
    obj, done = Own(), threading.Event()
    errors: list[BaseException] = []
    counts = [0] * 4

    def write(n: int) -> None:
        try:
            while not done.is_set():
                obj.put((n, counts[n]), 1)
                counts[n] += 1
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        heard = Heard(tap(obj, PUT))
        heard.stop()
        untap(obj)
    heard = Heard(tap(obj, PUT))
    while any(count < 500 for count in counts):
        pass
    done.set()
    for thread in threads:
        thread.join()
    told = heard.keys()
    heard.stop()
    assert not errors and len(obj.held) == sum(counts)
    for n in range(4):  # each thread's are in order, and none is missing from the first told on
        mine = [at for thread, at in told if thread == n]
        assert mine == [*range(counts[n] - len(mine), counts[n])]
