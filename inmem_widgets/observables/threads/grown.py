"""A thread's checkpoints as they come in: kept once, for all histories of the thread."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence

from inmem_widgets.core.saver import CheckpointHeader
from inmem_widgets.observables.threads.headers import key_of, node_of, source_of, timestamp
from inmem_widgets.observables.threads.lanes import Key, Lanes
from inmem_widgets.observables.threads.status import ERROR, INTERRUPT, Marks
from inmem_widgets.wire import CheckpointRow


class Grown:
    """What the histories of a growing thread share, by place, the oldest first."""

    def __init__(self, headers: Sequence[CheckpointHeader]) -> None:
        self.headers: list[CheckpointHeader] = []
        self.by_key: dict[Key, CheckpointHeader] = {}
        self.lanes = Lanes()
        self.times: list[float] = []
        """Never falling; a checkpoint that does not tell has that of the one before."""
        self.gaps: list[float] = []
        """Seconds between two checkpoints, sorted."""
        self.roots: list[int] = []
        """Places of the root graph's checkpoints …"""
        self.places: dict[str, list[int]] = {"interrupt": [], "error": [], "fork": [], "update": []}
        """… and of those worth finding, ascending."""
        self.marks: dict[Key, tuple[CheckpointHeader, Marks]] = {}
        self.rows: dict[int, tuple[CheckpointHeader, bool, CheckpointRow]] = {}
        for header in headers:
            self.add(header)

    def add(self, header: CheckpointHeader) -> None:
        node, place = node_of(header), len(self.headers)
        self.by_key[node.key] = header
        self.headers.append(header)
        before = self.times[-1] if place else 0.0
        self.times.append(max(timestamp(header.ts) or 0.0, before))
        if before:
            insort(self.gaps, self.times[-1] - before)
        if not header.checkpoint_ns:
            self.roots.append(place)
        if source_of(header) == "update":
            self.places["update"].append(place)
        self._note(place, header)
        self.lanes.add(node)
        parent = self.lanes.parents[place]
        if parent >= 0 and len(self.lanes.children[parent]) == 2:
            insort(self.places["fork"], parent)

    def replace(self, header: CheckpointHeader) -> None:
        """Take in new writes of a checkpoint."""
        key = key_of(header)
        place = self.lanes.places[key]
        self.headers[place] = self.by_key[key] = header
        self._note(place, header)

    def _note(self, place: int, header: CheckpointHeader) -> None:
        channels = {channel for _, channel, _ in header.writes}
        for kind, channel in (("interrupt", INTERRUPT), ("error", ERROR)):
            if channel in channels:
                places = self.places[kind]
                at = bisect_left(places, place)
                if at == len(places) or places[at] != place:
                    places.insert(at, place)
