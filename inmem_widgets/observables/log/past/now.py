"""What a store or cache holds now, from which its past is told."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.keys.live import steadily

if TYPE_CHECKING:
    from inmem_widgets.observables.log.eventlog import EventLog


def source_of(log: EventLog) -> Any:
    """What is logged.

    Raises:
        LookupError: it is gone.
    """
    source = log.source
    if source is None:
        raise LookupError("the object is gone: nothing in the kernel holds it any more")
    return source


def held_by(log: EventLog) -> dict[Any, Any]:
    """What a store or cache holds: the very dict.

    Raises:
        TypeError: it is neither.
        LookupError: it is gone.
    """
    source = source_of(log)
    held = getattr(source, "_store", None)
    if held is None:
        held = getattr(source, "_cache", None)
    if not isinstance(held, dict):
        raise TypeError(
            f"obj: got {type(source).__name__}, accepted are stores and caches: a checkpointer keeps its "
            "history itself, as states_frame() tells it"
        )
    return held


def contents(log: EventLog) -> dict[Any, Any]:
    """What a store or cache holds: a copy made beside its writers.

    Raises:
        As `held_by`.
    """
    held = held_by(log)
    if type(held) is dict:
        return held.copy()
    keys: list[Any] = steadily(lambda: list(held))
    pairs = zip(keys, map(dict.get, repeat(held), keys, repeat(MISSING)), strict=True)
    return {key: value for key, value in pairs if value is not MISSING}
