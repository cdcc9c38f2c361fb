"""What hits spared: seconds, tokens, money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inmem_widgets.wire import Saved

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
        models = {
            name: tuple(a - b for a, b in zip(sums, earlier.models.get(name, (0, 0, 0)), strict=True))
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
