"""What hits spared: seconds, tokens, money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from inmem_widgets.observables.lookups.entrybook import Entry
from inmem_widgets.wire import Saved

MODELS: Final = 1_000
"""Names of models that are told apart; more count as not known."""

Prices = Mapping[str, tuple[float, float]]
"""Model name: money for a million (input, output) tokens."""


@dataclass(frozen=True, slots=True)
class Savings:
    """Sums over hits at one moment; `later - earlier` are those of the time between.

    Attributes:
        seconds: Load times of the entries hit, where known.
        seconds_unknown: Hits on others.
        tokens_unknown: Hits on entries whose tokens are not known.
        models: By model name (None: not known): (input tokens, output tokens, hits).
    """

    seconds: float = 0.0
    seconds_unknown: int = 0
    tokens_unknown: int = 0
    models: Mapping[str | None, tuple[int, int, int]] = field(default_factory=dict)

    def __sub__(self, earlier: Savings) -> Savings:
        models = {  # what was counted before may be in doubt since: never below nothing
            name: tuple(max(0, a - b) for a, b in zip(sums, earlier.models.get(name, (0, 0, 0)), strict=True))
            for name, sums in self.models.items()
        }
        return Savings(
            self.seconds - earlier.seconds,
            self.seconds_unknown - earlier.seconds_unknown,
            self.tokens_unknown - earlier.tokens_unknown,
            models,  # type: ignore[arg-type]
        )

    def priced(self, prices: Prices | None, currency: str) -> Saved:
        """With money, where there are prices."""
        money, unpriced = 0.0, self.tokens_unknown
        for name, (tokens_in, tokens_out, hits) in self.models.items():
            price = None if prices is None or name is None else prices.get(name)
            if price is None:
                unpriced += hits
            else:
                money += (tokens_in * price[0] + tokens_out * price[1]) / 1e6
        return {
            "seconds": max(0.0, self.seconds),
            "seconds_unknown": self.seconds_unknown,
            "input_tokens": sum(sums[0] for sums in self.models.values()),
            "output_tokens": sum(sums[1] for sums in self.models.values()),
            "tokens_unknown": self.tokens_unknown,
            "money": None if prices is None else money,
            "money_unknown": unpriced,
            "currency": currency,
        }


class Sums:
    """Adds up what hits spare."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.seconds_unknown = self.tokens_unknown = 0
        self._models: dict[str | None, list[int]] = {}

    def of(self, model: str | None) -> list[int]:
        """Input tokens, output tokens and hits on a model's answers: what `Entry.sums` is."""
        if model not in self._models and len(self._models) >= MODELS:
            model = None
        return self._models.setdefault(model, [0, 0, 0])

    def hit(self, entry: Entry) -> None:
        load, sums = entry.load, entry.sums
        if load is None:
            self.seconds_unknown += 1
        else:
            self.seconds += load
        if sums is None:
            self.tokens_unknown += 1
        else:
            sums[0] += entry.input_tokens  # type: ignore[operator]
            sums[1] += entry.output_tokens  # type: ignore[operator]
            sums[2] += 1

    def doubt(self, entry: Entry) -> None:
        """The tokens of all hits on an entry so far are not known after all."""
        if (sums := entry.sums) is not None:
            sums[0] -= entry.hits * (entry.input_tokens or 0)
            sums[1] -= entry.hits * (entry.output_tokens or 0)
            sums[2] -= entry.hits
            self.tokens_unknown += entry.hits

    def now(self) -> Savings:
        models = {name: (sums[0], sums[1], sums[2]) for name, sums in self._models.items()}
        return Savings(self.seconds, self.seconds_unknown, self.tokens_unknown, models)
