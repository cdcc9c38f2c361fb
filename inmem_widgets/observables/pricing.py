"""The price table a user gives: checked when it is set."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from types import MappingProxyType
from typing import Any

import traitlets

Prices = Mapping[str, tuple[float, float]]
"""Model name: money for a million (input, output) tokens."""

_ACCEPTED = "a mapping of model names to (input, output) prices of a million tokens, or None"


class Setting(traitlets.TraitType[Any, Any]):
    """A trait of an `Observable` upon which its figures depend."""

    def set(self, obj: Any, value: Any) -> None:
        super().set(obj, value)
        obj.tell()


class PriceTable(Setting):
    """`Prices`, or None; a copy is kept, which cannot be changed.

    Raises:
        TypeError: It is no mapping, a name is no str, or a price is no pair of numbers.
        ValueError: A price is negative or not finite.
    """

    def validate(self, obj: Any, value: Any) -> Prices | None:
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise TypeError(f"{self.name}: got {type(value).__name__}, accepted is {_ACCEPTED}")
        return MappingProxyType({self._model(name): self._pair(name, value[name]) for name in value})

    def _model(self, name: Any) -> str:
        if not isinstance(name, str):
            raise TypeError(f"{self.name}: got {name!r:.80} as a model name, accepted is {_ACCEPTED}")
        return name

    def _pair(self, name: str, pair: Any) -> tuple[float, float]:
        two = isinstance(pair, tuple | list) and len(pair) == 2
        if not two or not all(isinstance(p, Real) and not isinstance(p, bool) for p in pair):
            raise TypeError(f"{self.name}[{name!r:.80}]: got {pair!r:.80}, accepted is {_ACCEPTED}")
        if not all(math.isfinite(p) and p >= 0 for p in pair):
            raise ValueError(f"{self.name}[{name!r:.80}]: got {pair!r:.80}, a price is finite and >= 0")
        return float(pair[0]), float(pair[1])


class Currency(Setting):
    """What stands before an amount of money: a short text.

    Raises:
        TypeError: It is no str.
        ValueError: It has more than 8 characters.
    """

    def validate(self, obj: Any, value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{self.name}: got {type(value).__name__}, accepted is a str such as '$'")
        if len(value) > 8:
            raise ValueError(f"{self.name}: got {value!r:.40}, accepted are at most 8 characters")
        return value
