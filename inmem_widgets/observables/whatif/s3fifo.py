"""S3-FIFO."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

SMALL = 10
"""The small queue has one entry in so many, rounded up."""
MOST = 3
"""Uses counted at most."""
ABSENT = -1


class S3Fifo:
    """New keys pass a small queue; only what is used more than once there comes into the main one.

    Yang, Zhang, Qiu, Yue and Rashmi, "FIFO queues are all you need for cache eviction", SOSP 2023, as in
    the authors' simulator (libCacheSim, S3FIFOv0). The small queue has a tenth of the entries, the main
    queue nine tenths; the ghost queue remembers as many keys evicted from the small queue as the main
    one holds: such a key comes into the main queue at once. A refresh is a use.
    """

    def __init__(self, keys: int, maxsize: int) -> None:
        self._maxsize = maxsize
        self._share = -(-maxsize // SMALL)
        self._small: deque[int] = deque()
        self._main: deque[int] = deque()
        self._uses = [ABSENT] * keys
        # ghosts are numbered, as the paper does it: the last ones are those in the queue
        self._room = maxsize - self._share
        self._ghosts = self._room
        self._ghost = [0] * keys

    def access(self, keys: Sequence[int], miss: Callable[[int], None]) -> None:
        uses, insert = self._uses, self._insert
        for key in keys:
            count = uses[key]
            if count < 0:
                miss(key)
                insert(key)
            elif count < MOST:
                uses[key] = count + 1

    def hit(self, key: int) -> bool:
        count = self._uses[key]
        if 0 <= count < MOST:
            self._uses[key] = count + 1
        return count >= 0

    def update(self, key: int) -> None:
        if not self.hit(key):
            self._insert(key)

    def _insert(self, key: int) -> None:
        small, main = self._small, self._main
        while len(small) + len(main) >= self._maxsize:
            if len(small) >= self._share:
                self._evict_small()
            else:
                self._evict_main()
        if self._ghost[key] > self._ghosts - self._room:
            self._ghost[key] = 0
            main.append(key)
        else:
            small.append(key)
        self._uses[key] = 0

    def _evict_small(self) -> None:
        small, uses = self._small, self._uses
        while small:
            key = small.popleft()
            if uses[key] > 1:
                uses[key] = 0
                self._main.append(key)
            else:
                uses[key] = ABSENT
                self._ghosts += 1
                self._ghost[key] = self._ghosts
                return

    def _evict_main(self) -> None:
        main, uses = self._main, self._uses
        while count := uses[key := main.popleft()]:
            uses[key] = count - 1
            main.append(key)
        uses[key] = ABSENT

    def clear(self) -> None:
        for queue in (self._small, self._main):
            for key in queue:
                self._uses[key] = ABSENT
            queue.clear()
        self._ghosts += self._room
