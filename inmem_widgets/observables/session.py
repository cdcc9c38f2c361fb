"""One view's share of an observable: its parameters, what it was last sent, and the next patch.

Pure: no widget, no comm. `apply` is the reference for the front end's own, and what the tests hold
`Session` to: applying the patches to the first state gives the state a fresh view would get.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inmem_widgets.wire import Patch

State = dict[str, Any]
"""A KeyTableState, CacheState or TimelineState."""


class Session:
    """What one view wants to see and what it has."""

    def __init__(self, view: str, make: Callable[[Mapping[str, Any]], State]) -> None:
        self.view = view
        self.params: dict[str, Any] = {}
        self._make = make
        self._sent: State = {}
        self._seq = 0

    def open(self, params: Mapping[str, Any]) -> State:
        """The whole state, for a view that begins or has lost count."""
        state = self._look(params)
        self._seq += 1
        self._sent = {**state, "seq": self._seq}
        return self._sent

    def patch(self, params: Mapping[str, Any] | None = None) -> Patch | None:
        """What brings the view up to date; None if it is."""
        state = self._look(params or {})
        fields, rows = diff(self._sent, state)
        if not rows and fields.keys() <= {"now"}:
            return None
        prev, self._seq = self._seq, self._seq + 1
        self._sent = {**state, "seq": self._seq}
        return Patch(kind="patch", view=self.view, prev=prev, seq=self._seq, set=fields, rows=rows)

    def _look(self, params: Mapping[str, Any]) -> State:
        """The state for changed parameters, which are kept only if they make one."""
        wanted = {**self.params, **params}
        state = self._make(wanted)
        self.params = wanted
        return state


def diff(old: State, new: State) -> tuple[dict[str, Any], dict[str, Any]]:
    """(fields to replace, single rows to replace) that turn `old` into `new`."""
    fields = {k: v for k, v in new.items() if k not in ("rows", "seq") and old.get(k, _MISSING) != v}
    if "rows" not in new:
        return fields, {}
    before, after = old.get("rows", []), new["rows"]
    if len(before) != len(after) or "start" in fields:
        return {**fields, "rows": after}, {}
    rows = {str(i): row for i, (was, row) in enumerate(zip(before, after, strict=True)) if was != row}
    return fields, rows


def apply(state: State, patch: Patch) -> State:
    """The state after a patch.

    Raises:
        ValueError: the patch does not follow on this state; open again.
    """
    if state["seq"] != patch["prev"]:
        raise ValueError(f"patch follows {patch['prev']}, state is {state['seq']}")
    after: State = {**state, **patch["set"], "seq": patch["seq"]}
    if patch["rows"]:
        after["rows"] = list(after["rows"])
        for i, row in patch["rows"].items():
            after["rows"][int(i)] = row
    return after


_MISSING = object()
