"""What writers left and the pump has not numbered yet, oldest first: raw tuples, or rows of their items.

Many objects that live until the pump comes by set off garbage collections, which writers pay for. A queue of
rows has none: the items of each stand in it one after the other, `WIDTH` of them. But to queue a row takes an
iterator, an allocation more, at which Python before 3.12 may let other threads run: it is for those whose
write and event are not one step anyway.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat, starmap
from operator import itemgetter
from typing import Any, Protocol

from inmem_widgets.core.change import Raw, Single
from inmem_widgets.core.delivery import MANY
from inmem_widgets.core.records import WIDTH, Records, reads_among, row


class Backlog(Protocol):
    """A queue; the pump has it by itself, but for writers, who append.

    Attributes:
        append: Takes a raw tuple.
        patient: Whether to wait costs it nothing but room.
    """

    append: Callable[[Raw], None]
    patient: bool

    def __len__(self) -> int:
        """How many raw tuples wait."""

    @property
    def full(self) -> bool:
        """Whether it may have dropped some of them, nobody knows how many."""

    def reads(self) -> int:
        """How many of them are reads, which take no number."""

    def take(self, count: int) -> Sequence[Any]:
        """The oldest ones, for `reads_in` and `records`."""

    def reads_in(self, taken: Sequence[Any]) -> int:
        """How many are reads."""

    def records(self, first: int, taken: Sequence[Any]) -> Records:
        """Their changes, numbered from `first`."""

    def clear(self) -> None:
        """Forget them."""


class Tuples:
    """Raw tuples as they are; `pair` is the kind of change of one that is a (key, value)."""

    patient = False

    def __init__(self, pair: str) -> None:
        self._pair = pair
        self._queue: deque[Raw] = deque(maxlen=MANY)  # if the pump gets no processor time at all
        self.append, self.clear = self._queue.append, self._queue.clear

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def full(self) -> bool:
        return len(self._queue) == MANY

    def reads(self) -> int:
        return self.reads_in(self._queue.copy())

    def take(self, count: int) -> list[Raw]:
        return [*starmap(self._queue.popleft, repeat((), count))]

    def reads_in(self, taken: Sequence[Raw]) -> int:
        return reads_among([*map(_first, taken)])

    def records(self, first: int, taken: Sequence[Raw]) -> Records:
        return Records.of(first, taken, self._pair)


class Rows:
    """The items of raw lists of a `Single`.

    Attributes:
        extend: Takes such a list, for who has no other.
    """

    patient = True
    full = False  # what drops its oldest items by itself would let go of them amid a row

    def __init__(self) -> None:
        self._queue: deque[Any] = deque()
        self.extend, self.clear = self._queue.extend, self._queue.clear
        self.append = _appending(self.extend)

    def __len__(self) -> int:
        return len(self._queue) // WIDTH

    def reads(self) -> int:
        return self.reads_in([*self._queue.copy()])

    def take(self, count: int) -> list[Any]:
        return [*starmap(self._queue.popleft, repeat((), WIDTH * count))]

    def reads_in(self, taken: Sequence[Any]) -> int:
        return reads_among(taken[::WIDTH])

    def records(self, first: int, taken: Sequence[Any]) -> Records:
        return Records.of_rows(first, taken)


def _appending(extend: Callable[[Raw], None]) -> Callable[[Raw], None]:
    def append(raw: Raw) -> None:
        extend(raw if raw[0].__class__ is Single else row(raw))

    return append


_first = itemgetter(0)
