"""A class of no base, and who listens to one of its objects."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.taps.calls import Call, Method
from inmem_widgets.observables.taps.registry import Tap


def put(call: Call) -> Any:
    return lambda result: [("set", (call.args[0],), (call.args[1],))]


PUT = {"put": Method(put), "aput": Method(put), "tput": Method(put), "__setitem__": Method(put)}


class Heard(list[Any]):
    """What a listener of a tap was told."""

    def __init__(self, tapped: Tap) -> None:
        self.feed = tapped.feed
        self.stop = tapped.feed.listen(self.append)

    def keys(self) -> list[Any]:
        assert self.feed.flush(10)
        return [key for change in self for key in change.keys]


class Own:
    """No base at all."""

    def __init__(self) -> None:
        self.held: dict[Any, Any] = {}

    def put(self, key: Any, value: Any) -> Any:
        self.held[key] = value
        return self

    async def aput(self, key: Any, value: Any) -> Any:
        return self.put(key, value)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.put(key, value)
