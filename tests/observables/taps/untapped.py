"""What an object is when no hand is on it."""

from __future__ import annotations

from typing import Any

from tests.observables.waiting import let_go


def untapped(obj: Any) -> Any:
    """The object's class and all that it has, of its own."""
    let_go()
    # copyreg keeps something there when an instance is copied or pickled
    return type(obj), {name: value for name, value in vars(type(obj)).items() if name != "__slotnames__"}
