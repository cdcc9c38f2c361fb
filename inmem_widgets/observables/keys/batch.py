"""What a list of a store's changes comes to, in C calls: some 0.2 µs a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, compress, repeat

from inmem_widgets.core.change import Change
from inmem_widgets.core.records import keys_in, kinds_in

MOST = 50_000
"""Keys of one batch that are looked at one by one, the last ones."""


class Batch:
    """Changes since the last batch, at least one.

    Attributes:
        changes: those since the last "reset" in it.
        time: of the batch, in seconds since the epoch.
        reset: the last one.
        keys: every key of every change, in order, repeated as often as it changed.
        written: the last keys that were set and not deleted after that, each with the batch's time.
        deleted: keys that were deleted at some point.
        gone: those of them that were not set again.
        whole: whether no change and no key is missing.

    Args:
        times: when keys were written, if that is another time; after a reset, of all of them.
    """

    def __init__(
        self,
        changes: Sequence[Change],
        time: float,
        *,
        lost: bool = False,
        times: Mapping[str, float] | None = None,
    ) -> None:
        if times is not None and changes[-1].time is not None:
            time = changes[-1].time
        kinds = kinds_in(changes)
        self.reset: Change | None = None
        if "reset" in kinds:
            since = len(kinds) - kinds[::-1].index("reset")
            self.reset = changes[since - 1]
            changes, kinds = changes[since:], kinds[since:]
        self.changes, self.time = changes, time
        self.keys: list[str]
        self.keys, lengths = keys_in(changes)
        self.whole = not lost and self.reset is None and len(self.keys) <= MOST
        recent = self.keys[-MOST:]
        self.written: dict[str, float] = {}
        self.deleted: dict[str, None] = {}
        self.gone: dict[str, None] = {}
        if kinds.count("set") == len(kinds):
            self.written = dict.fromkeys(recent, time)
        elif kinds.count("delete") == len(kinds):
            self.deleted = self.gone = dict.fromkeys(recent)
        else:
            each = [*chain.from_iterable(map(repeat, kinds, lengths))]
            last = dict(zip(recent, each[-MOST:], strict=True))
            self.written = {key: time for key, kind in last.items() if kind == "set"}
            self.gone = dict.fromkeys(key for key, kind in last.items() if kind == "delete")
            removals = [*compress(self.keys, map("delete".__eq__, each))]
            self.deleted = dict.fromkeys(removals[-MOST:])
        if times is not None:
            keys = [*times] if self.reset is not None else [*self.written]
            self.written = {key: times.get(key, time) for key in keys[-MOST:]}
