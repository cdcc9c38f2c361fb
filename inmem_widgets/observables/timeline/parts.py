"""What a timeline is made of while it is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inmem_widgets.observables.acting.actions import Actions
from inmem_widgets.observables.reading.delta import Specs, graph_specs
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.timeline.files import Files
from inmem_widgets.observables.timeline.kept import States
from inmem_widgets.observables.timeline.plans import Plans
from inmem_widgets.observables.timeline.watches import Watches
from inmem_widgets.observables.timeline.weight import Weights


class Parts:
    """All that holds the observable, to be let go of together.

    Raises:
        TypeError, ValueError: `graph` is none, or another checkpointer's.
    """

    def __init__(self, observable: ObservableSaver, graph: Any, tell: Callable[[], None]) -> None:
        self.observable = observable
        self.actions = Actions(observable, graph, tell)
        self.watches = Watches(observable, tell)
        self.weights = Weights(observable, tell)
        self.plans = Plans(observable)
        self.states = States()
        self.files = Files()
        self._channels: Specs | None = None
        if graph is not None:
            observable.reader.channels_of = self._channels = graph_specs(graph)

    def close(self) -> None:
        """Let go of all, and have runs stop after the step they are at."""
        for part in (self.actions, self.watches, self.weights, self.states, self.files):
            part.close()
        if self._channels is not None and self.observable.reader.channels_of is self._channels:
            self.observable.reader.channels_of = None  # it holds the graph
