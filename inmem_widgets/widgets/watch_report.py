"""The report of a watched cell or block as a widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import traitlets

from inmem_widgets.observables import Observable
from inmem_widgets.observables.report import Seen
from inmem_widgets.observables.report.text import heading, report_text
from inmem_widgets.observables.session import Session, State
from inmem_widgets.widgets.base import InspectorWidget
from inmem_widgets.widgets.report_html import report_html


class ObservableReport(Observable[Seen]):
    """A report as widgets see it: holds what is shown, which nobody else may."""

    ability: ClassVar[str] = "own stores"  # that is: it tells of what is new

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        super().__init__(seen, records=False)
        self.type_name = f"Cell [{seen.cell}]" if seen.cell is not None else "Watched code"

    def _listen(self, source: Seen, records: bool) -> Callable[[], None]:
        return source.on_update(lambda: None)

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        return self.seen.on_update(fn)

    def figures(self, source: Seen) -> dict[str, Any]:
        return {}


class WatchReport(InspectorWidget[ObservableReport]):
    """What a watched cell or block did to each object, live while it runs.

    Args:
        seen: What `watch` gives.
    """

    bundle_name = "watch_report"
    kind = ObservableReport

    opened = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Sections that are expanded, as "part section": views made anew, as at the end of a cell, keep them."""

    def __init__(self, seen: Seen) -> None:
        super().__init__(ObservableReport(seen), name=seen.name)

    @property
    def closed(self) -> bool:
        return self._observable is None

    @property
    def seen(self) -> Seen:
        return self.observable.seen

    def _state(self, params: Mapping[str, Any]) -> State:
        common = super()._state(params)
        return {name: common[name] for name in ("now", "title", *_OWN)}

    def make_state(self, params: Mapping[str, Any]) -> State:
        seen = self.seen
        return {
            "cell": seen.cell,
            "running": seen.running,
            "seconds": seen.seconds,
            "error": seen.error,
            "parts": seen.told(),
        }

    def finish(self) -> None:
        """The code has ended: what a notebook saves of the widget is how it is now."""
        self._push(at_once=True)
        self.state = Session("", self._state).open({})

    def answer(self, method: str, params: Mapping[str, Any], view: str) -> Any:
        if method != "section":
            return super().answer(method, params, view)
        part, section, start = params.get("part"), params.get("section"), params.get("start", 0)
        if type(part) is not int or type(section) is not str or type(start) is not int:
            raise TypeError("section: accepted are part and start, int, and section, a str")
        return self.seen.page(part, section, start)

    def static_html(self) -> str:
        return report_html(self.seen)

    def __repr__(self) -> str:
        return "<WatchReport: closed>" if self.closed else report_text(self.seen)

    def __str__(self) -> str:
        return f"<{type(self).__name__} of {heading(self.seen)}>"


_OWN = ("cell", "running", "seconds", "error", "parts")
