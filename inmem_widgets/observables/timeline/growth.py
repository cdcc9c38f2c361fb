"""Whether what is stored for a channel grows with the steps, or with their square."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Literal

from inmem_widgets.observables.reading.reader import Held
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.lanes import Key

FEWEST = 20
"""Steps before anything is said."""
LOOKED_AT = 400
"""Steps that are looked at, at most."""
SURE = 4.0
"""Times its standard error that a slope is, to be one."""
RISE = 0.2
"""Of its mean, that a value must grow in the later half of the steps: what is trimmed grows no more."""
ANEW = 0.25
"""Of the steps that store a channel, for it to be stored again and again."""


def growth(sizes: Sequence[float], steps: int, stored: int) -> Literal["", "linear", "quadratic"]:
    """How what is stored for a channel grows.

    Every step that changes a channel stores its whole value. Where values stay as large as they are, what is
    stored grows with the steps; where they grow, too, with their square: a line is fitted to the sizes by
    least squares, and its slope is the square's coefficient.

    Args:
        sizes: Bytes of the value at some steps, equally far apart, the oldest first.
        steps: How many there are …
        stored: … and at how many of them the channel was stored.
    """
    if min(steps, len(sizes)) < FEWEST or stored < ANEW * steps:
        return ""
    whole, later = slope(sizes), slope(sizes[len(sizes) // 2 :])
    if all(rise > 0 and rise > SURE * error for rise, error in (whole, later)):
        half = sizes[len(sizes) // 2 :]
        if later[0] * len(half) >= RISE * sum(half) / len(half):
            return "quadratic"
    return "linear"


def slope(values: Sequence[float]) -> tuple[float, float]:
    """(slope, its standard error) of the line that fits values at 0, 1, 2, …: least squares."""
    n = len(values)
    mean, middle = sum(values) / n, (n - 1) / 2
    spread = n * (n * n - 1) / 12
    found = sum((x - middle) * (y - mean) for x, y in enumerate(values)) / spread
    rest = sum((y - mean - found * (x - middle)) ** 2 for x, y in enumerate(values))
    return found, sqrt(rest / (n - 2) / spread)


class Steps:
    """Some of the steps down to a checkpoint, equally far apart, the oldest first."""

    def __init__(self, history: ThreadHistory, key: Key) -> None:
        lanes, headers = history.grown.lanes, history.grown.headers
        path: list[int] = []
        place = lanes.places.get(key, -1)
        while place >= 0:
            path.append(place)
            place = lanes.parents[place]
        path.reverse()
        self.ns = key[0]
        self.count = len(path)
        apart = max(1.0, self.count / LOOKED_AT)
        at = [min(self.count - 1, int((i + 1) * apart) - 1) for i in range(min(self.count, LOOKED_AT))]
        self.versions = [headers[path[i]].channel_versions for i in at]
        self._before = [headers[path[i - 1]].channel_versions if i else {} for i in at]

    def sizes(self, held: Held, channel: str) -> tuple[list[float], int]:
        """Bytes of a channel's value at these steps; at how many of all steps it was stored."""
        sizes, changed = [], 0
        for versions, before in zip(self.versions, self._before, strict=True):
            version = versions.get(channel)
            size = held.blobs.get((self.ns, channel, version), 0) if version is not None else 0
            changed += bool(size) and before.get(channel) != version
            sizes.append(float(size))
        return sizes, round(changed * self.count / max(1, len(sizes)))


def some(values: list[float], most: int) -> list[float]:
    """Values equally far apart, the last one among them."""
    if len(values) <= most:
        return values
    return [values[round(i * (len(values) - 1) / (most - 1))] for i in range(most)]
