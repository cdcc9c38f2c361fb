"""Lists, arrays and bytes of numbers."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.formats.base import Content, Format
from inmem_widgets.observables.formats.numbers import floats_in, number_blocks, numbers_in
from inmem_widgets.wire import Block

MANY = 8
"""From so many numbers on they are better seen as a vector than one by one."""


def _numbers(content: Content) -> Any:
    return numbers_in(content.data)


def _fit(content: Content) -> float:
    found = content.once(_numbers)
    return 0.0 if found is None or found[1] < 2 else 0.9 if found[1] >= MANY else 0.25


def _show(content: Content, offset: int) -> list[Block]:
    numbers, count = content.once(_numbers)
    return number_blocks(numbers, count, offset)


def _of_bytes(dtype: str, name: str) -> Format:
    def fit(content: Content) -> float:
        width = int(dtype[-1])
        if not content.is_bytes or content.size % width or content.size < 4 * width:
            return 0
        if content.kind == name:
            return 0.85
        return 0.2 if content.kind == "bytes" and _plausible(content, dtype) else 0

    def show(content: Content, offset: int) -> list[Block]:
        numbers, count = floats_in(content, dtype)
        return number_blocks(numbers, count, offset, read_as=f"{name}, little-endian")

    return Format(name, fit, show)


def _plausible(content: Content, dtype: str) -> bool:
    """Most of the first numbers have a magnitude that people use."""
    import numpy as np

    numbers = np.abs(np.frombuffer(content.part(0, 512), dtype=dtype))
    usual = (numbers == 0) | ((numbers > 1e-9) & (numbers < 1e9))
    return bool((numbers != 0).any() and usual.mean() > 0.9)


VECTOR = Format("vector", _fit, _show)
FLOAT32 = _of_bytes("<f4", "float32")
FLOAT64 = _of_bytes("<f8", "float64")
