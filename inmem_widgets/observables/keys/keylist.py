"""A trait that holds keys."""

from __future__ import annotations

from typing import Any

import traitlets

from inmem_widgets.core.change import MISSING

MOST = 100_000
"""Keys in it at the most."""


class KeyList(traitlets.TraitType[list[str], Any]):
    """A list of distinct keys."""

    def make_dynamic_default(self, obj: Any = None) -> list[str]:
        return []

    def validate(self, obj: Any, value: Any) -> list[str]:
        accepted = f"accepted is a list of at most {MOST:,} keys (str)"
        if not isinstance(value, list | tuple):
            raise traitlets.TraitError(f"{self.name}: got {type(value).__name__} {value!r:.80}, {accepted}")
        wrong = next((key for key in value if not isinstance(key, str)), MISSING)
        if wrong is not MISSING:
            raise traitlets.TraitError(f"{self.name}: got {wrong!r:.80} in it, {accepted}")
        if len(value) > MOST:
            raise traitlets.TraitError(f"{self.name}: got {len(value):,} keys, {accepted}")
        return list(dict.fromkeys(value))
