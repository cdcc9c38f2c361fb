"""An object that is watched and that nobody looks at: its observable would take in all changes for nobody."""

from __future__ import annotations

import weakref
from typing import Any

from inmem_widgets.observables.base import Observable
from inmem_widgets.observables.taps.standin import StandIn


class Unobserved:
    """What a report needs of an observable that is then let go.

    Attributes:
        abilities, type_name: As of the observable.
    """

    def __init__(self, observable: Observable[Any]) -> None:
        self.abilities, self.type_name = observable.abilities, observable.type_name
        source = observable.source
        self._stand_in = source if isinstance(source, StandIn) else None  # holds the object weakly
        self._source = None if source is None or self._stand_in is not None else weakref.ref(source)

    @property
    def source(self) -> Any:
        """What has the changes; None once nobody else holds the object."""
        if self._stand_in is not None:
            return None if self._stand_in.object is None else self._stand_in
        return None if self._source is None else self._source()

    @property
    def feed(self) -> Any:
        """The feed of its changes; None once nobody else holds it."""
        source = self.source
        return None if source is None else source.changes

    @property
    def object(self) -> Any:
        """The watched object; None once nobody else holds it."""
        return self._stand_in.object if self._stand_in is not None else self.source
