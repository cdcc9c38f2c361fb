"""An object that threads use while it is tapped and untapped."""

from __future__ import annotations

import threading

from inmem_widgets.observables.taps.registry import tap, untap
from tests.observables.taps.own import PUT, Heard, Own


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
