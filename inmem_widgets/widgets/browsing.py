"""What widgets share whose logic is all a browser's, and those of them that list things by a query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, Self, TypeVar

from inmem_widgets.observables import Observable
from inmem_widgets.observables.session import State
from inmem_widgets.widgets.base import InspectorWidget

Shown = TypeVar("Shown", bound=Observable[Any])
Key = TypeVar("Key")


class Query(Protocol):
    """What is listed, and how."""

    def but(self, changes: Mapping[str, Any], /) -> Self: ...


Q = TypeVar("Q", bound=Query)


class Browser(Protocol):
    """A widget without its looks."""

    def state(self, params: Mapping[str, Any], /) -> State: ...
    def answer(self, method: str, params: Mapping[str, Any], view: str, /) -> Any: ...
    def on_update(self, fn: Callable[[], None], /) -> Callable[[], None]: ...
    def close(self) -> None: ...


class ListBrowser(Browser, Protocol):
    """One that lists things by a query, and opens one of them."""

    query: Any
    open_key: Any

    @property
    def value(self) -> Any: ...


class BrowserWidget(InspectorWidget[Shown], Generic[Shown]):
    """Base of the widgets that have a `browser`; it has to be there before `InspectorWidget.__init__`."""

    browser: Browser = None  # type: ignore[assignment]  # `close` also runs on a widget not made

    def make_state(self, params: Mapping[str, Any]) -> State:
        state: State = self.shown.state(params)
        return state

    def listen(self, push: Callable[[], None]) -> Callable[[], None]:
        return self.browser.on_update(push)

    def answer(self, method: str, params: Mapping[str, Any], view: str) -> Any:
        return self.shown.answer(method, params, view)

    def close(self) -> None:
        super().close()
        if self.browser is not None:
            self.browser.close()


class BrowsingWidget(BrowserWidget[Shown], Generic[Shown, Q, Key]):
    """Base of the widgets that list things."""

    browser: ListBrowser

    @property
    def query(self) -> Q:
        """What is listed, settable; `show` changes parts of it."""
        query: Q = self.browser.query
        return query

    @query.setter
    def query(self, query: Q) -> None:
        self.browser.query = query

    def show(self, **query: Any) -> None:
        """Change some fields of the query: `widget.show(filter="tea", descending=True)`.

        Raises:
            ValueError: there is no such field, or its value is not accepted; nothing is changed.
        """
        self.query = self.query.but(query)

    @property
    def open_key(self) -> Key | None:
        """The key whose value is shown, settable; of a cache's entry its (prompt, llm_string)."""
        key: Key | None = self.browser.open_key
        return key

    @open_key.setter
    def open_key(self, key: Key | None) -> None:
        self.browser.open_key = key

    @property
    def value(self) -> Any:
        """The value of the open key: the object itself. Reading it is no lookup.

        Raises:
            LookupError: no key is open, or it is not there (any more).
        """
        return self.shown.value
