"""What a key table and cache counters have in common, without their looks."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Generic, TypeVar

import traitlets

from inmem_widgets.observables.base import Observable
from inmem_widgets.observables.keys.pace import Pace
from inmem_widgets.observables.keys.query import QueryError
from inmem_widgets.observables.keys.screen import problem_of
from inmem_widgets.wire import Problem

O = TypeVar("O", bound=Observable[Any])  # noqa: E741  # an observable's type

PATIENCE: Final = 2.0
"""Seconds to wait for news of the latest changes."""
AT_ONCE: Final = 0.03
"""Seconds that a new list is waited for before it is shown, so that a short one shows whole."""


class ListBrowser(traitlets.HasTraits, Generic[O]):
    """What views of an observable share that list what is in it. Any thread may call its methods."""

    closed_text: ClassVar[str]
    """What to say where it is closed."""

    def __init__(self, observable: O, name: str | None) -> None:
        self.name = name
        self.problem: Problem | None = None
        self.looks = 0
        self.pace = Pace()
        self._observable: O | None = observable
        self._lock = threading.RLock()
        self._stops: list[Callable[[], None]] = []
        super().__init__()

    @property
    def observable(self) -> O:
        """What is shown.

        Raises:
            RuntimeError: the view is closed.
        """
        if self._observable is None:
            raise RuntimeError(self.closed_text)
        return self._observable

    @abstractmethod
    def _answer(self, method: str, params: Mapping[str, Any], view: str) -> Any: ...

    def answer(self, method: str, params: Mapping[str, Any], view: str = "") -> Any:
        """The result of a view's request; see `wire.Request`.

        Raises:
            TypeError, ValueError, LookupError: it cannot be answered; the message names the parameter.
        """
        return self._answer(method, params, view)

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        """Call `fn` when there may be something new to show, on any thread; returns the way to stop."""
        return self.pace.listen(fn)

    def refuse(self, problem: QueryError | None) -> None:
        """Show why a query was not taken over."""
        self.problem = None if problem is None else problem_of(problem)
        self.pace.tell()

    def look_again(self) -> None:
        """Have the views ask for the open value again."""
        self.looks += 1
        self.pace.tell()

    def close(self) -> None:
        """Stop all that is being done, and let go of the observable."""
        with self._lock:
            if self._observable is None:
                return
            for stop in self._stops:
                stop()
            self._stops.clear()  # they hold the observable
            self._observable = None
            self.pace.close()
        self._close()

    @abstractmethod
    def _close(self) -> None:
        """End what is being done: once, after the observable was let go of."""
