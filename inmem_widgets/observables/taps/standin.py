"""What the rooms read in place of an object that is not ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inmem_widgets.core.changes import Changes
from inmem_widgets.observables.taps.abilities import Abilities
from inmem_widgets.wire import Reading


class StandIn:
    """Base of the stand-ins: one for each object, which lives as long as the object and holds it weakly.

    Attributes:
        changes: The object's changes, as ours would tell them.
        abilities: What can be known of the object.
        written_at: When keys were written, where that is not when their changes are told; else None.
    """

    changes: Changes
    abilities: Abilities
    written_at: Mapping[str, float] | None = None

    @property
    def object(self) -> Any:
        """The object itself; None once nobody else holds it."""
        raise NotImplementedError

    @property
    def type_name(self) -> str:
        """What kind of object it is, for people."""
        return type(self.object).__name__

    @property
    def reading(self) -> Reading | None:
        """How what changes elsewhere is read; None where nothing is."""
        return None

    def pace(self, seconds: float | None) -> None:
        """Read so often from now on, where something has to be read; None: on demand only."""

    def detach(self) -> None:
        """Take all hands off the object, for good: it is exactly as it was."""
        raise NotImplementedError
