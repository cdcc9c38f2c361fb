"""Numbers as facts, a small plot and the figures themselves."""

from __future__ import annotations

import array
from typing import TYPE_CHECKING, Any

from inmem_widgets.observables.formats.base import Content, facts
from inmem_widgets.observables.formats.text import text_block
from inmem_widgets.observables.values import first, is_a, is_named, library
from inmem_widgets.wire import Block

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[tuple[int], np.dtype[np.float64]]

MOST = 1_000_000
"""Numbers read at most."""
SLICES = 240
BARS = 40
PART = 500
"""Numbers shown as text at once."""


def numbers_in(value: Any) -> tuple[Floats, int] | None:
    """(the first numbers, how many there are) of a list, a tuple or a 1-D array of nothing else."""
    import numpy as np

    for base in (list, tuple):
        if is_a(value, base):
            items = first(base.__iter__(value), MOST)
            return _converted(items, base.__len__(value))
    if type(value) is array.array and value.typecode not in "uw":
        return np.array(value[:MOST], dtype=np.float64), len(value)
    if is_plain_array(value) and value.ndim == 1 and value.dtype.kind in "iuf":
        return np.array(value[:MOST], dtype=np.float64), len(value)
    if library(value) == "pandas" and is_named(value, "pandas", "Series") and library(value.dtype) == "numpy":
        return numbers_in(value.to_numpy())
    return None


def is_plain_array(value: Any) -> bool:
    """A NumPy array that is one in all its methods."""
    return library(value) == "numpy" and type(value).__name__ in ("ndarray", "memmap")


def _converted(items: list[Any], count: int) -> tuple[Floats, int] | None:
    import numpy as np

    own = {id(kind) for kind in (int, float)}
    own |= {
        id(vars(np)[name]) for name in ("float16", "float32", "float64", "int8", "int16", "int32", "int64")
    }
    if not items or not all(id(type(item)) in own for item in items):
        return None
    try:
        return np.array(items, dtype=np.float64), count
    except OverflowError:  # an int beyond all floats
        return None


def floats_in(content: Content, dtype: str) -> tuple[Floats, int]:
    """The first of the little-endian numbers that bytes hold."""
    import numpy as np

    width = np.dtype(dtype).itemsize
    count = content.size // width
    data = content.part(0, min(count, MOST) * width)
    with np.errstate(all="ignore"):
        return np.frombuffer(data, dtype=dtype).astype(np.float64), count


def number_blocks(numbers: Floats, count: int, offset: int, **more: str) -> list[Block]:
    """Statistics, plots and figures; from an offset on the figures alone."""
    if offset:
        return [_figures(numbers, count, offset)]
    return [statistics(numbers, count, **more), *plots(numbers), _figures(numbers, count, 0)]


def statistics(numbers: Floats, count: int, **more: str) -> Block:
    import numpy as np

    finite = numbers[np.isfinite(numbers)]
    found: dict[str, str] = {**more, "count": f"{count:,}"}
    if count > len(numbers):
        found["statistics of"] = f"the first {len(numbers):,}"
    with np.errstate(all="ignore"):
        if len(finite):
            largest = float(np.abs(finite).max())
            scale = largest or 1.0
            scaled = finite / scale  # so that squares do not overflow
            found |= {
                "min": show(finite.min()),
                "max": show(finite.max()),
                "mean": show(float(scaled.mean()) * scale),
                "std": show(float(scaled.std()) * scale),
                "L2 norm": show(float(np.linalg.norm(scaled)) * scale),
                "zeros": f"{len(finite) - int(np.count_nonzero(finite)):,}",
            }
    if len(finite) < len(numbers):
        found["not finite"] = f"{len(numbers) - len(finite):,}"
    return facts(**found)


def plots(numbers: Floats) -> list[Block]:
    """The numbers in their order, smallest and largest of each slice; and how often they are how large."""
    import numpy as np

    finite = numbers[np.isfinite(numbers)]
    if len(finite) < 2:
        return []
    seen = np.where(np.isfinite(numbers), numbers, np.nan)
    edges = np.linspace(0, len(seen), min(SLICES, len(seen)) + 1).astype(int)[:-1]
    with np.errstate(all="ignore"):
        low, high = np.fmin.reduceat(seen, edges), np.fmax.reduceat(seen, edges)
        halves = finite / 2  # a range of floats may be no float
        try:
            counts, _ = np.histogram(halves, bins=min(BARS, max(4, len(finite) // 4)))
        except ValueError:  # they are too close to each other
            counts = np.array([len(finite)])
    return [
        {
            "kind": "plot",
            "label": "in order",
            "style": "line",
            "low": _wire(low),
            "high": _wire(high),
            "first": "0",
            "last": f"{len(numbers) - 1:,}",
        },
        {
            "kind": "plot",
            "label": "distribution",
            "style": "bars",
            "low": [0.0] * len(counts),
            "high": [float(n) for n in counts],
            "first": show(finite.min()),
            "last": show(finite.max()),
        },
    ]


def _wire(numbers: Floats) -> list[float | None]:
    return [x if x == x else None for x in numbers.tolist()]


def _figures(numbers: Floats, count: int, offset: int) -> Block:
    stop = min(offset + PART, len(numbers))
    text = "\n".join(f"{x:.9g}" for x in numbers[offset:stop].tolist())
    return text_block(
        text, offset=offset, total=count, more=stop if offset < stop < len(numbers) else None, unit="numbers"
    )


def show(number: Any) -> str:
    return f"{float(number):.6g}"
