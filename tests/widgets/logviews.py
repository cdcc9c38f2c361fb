"""A view that shows the log of a widget, and travels in it."""

from __future__ import annotations

from typing import Any

from inmem_widgets import (
    InMemoryStore,
)
from inmem_widgets.observables.session import apply
from inmem_widgets.widgets.base import InspectorWidget
from tests.widgets.conftest import Ask


def opened(**params: Any) -> dict[str, Any]:
    return {"kind": "open", "view": "v", "params": {"start": 0, "stop": 20, **params}}


def request(method: str, **params: Any) -> dict[str, Any]:
    return {"kind": "request", "view": "v", "id": 1, "method": method, "params": params}


class View:
    """What the front end holds."""

    def __init__(self, widget: InspectorWidget[Any], ask: Ask, **params: Any) -> None:
        self.widget, self.ask = widget, ask
        self.state: dict[str, Any] = {}
        self.result: Any = None
        self.error = ""
        self._send(opened(log=True, **params))

    def look(self) -> dict[str, Any]:
        if (source := self.widget.observable.source) is not None:
            assert source.changes.flush(30)
            log = self.widget.observable.logged
            assert log is None or log.catch_up()
        self._send(request("look"))
        return self.state

    def do(self, method: str, **params: Any) -> Any:
        self.error = ""
        self._send(request(method, **params))
        return self.result

    def _send(self, message: dict[str, Any]) -> None:
        for each in self.ask(self.widget, message):
            if each["kind"] == "opened":
                self.state = each["state"]
            elif each["kind"] == "patch":
                self.state = apply(self.state, each)  # type: ignore[arg-type]
            else:
                self.result, self.error = each.get("result"), each.get("error", "")


def store_of(**values: Any) -> InMemoryStore[Any]:
    store = InMemoryStore[Any]()
    store.mset(list(values.items()))
    return store


def keys_in(state: dict[str, Any]) -> dict[str, str]:
    return {row["key"]: row["preview"] for row in state["rows"]}
