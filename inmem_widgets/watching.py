"""`with watch(store, cache) as seen`: what a piece of code does to stores, caches and checkpointers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from inmem_widgets.observables.report import Seen, report_text
from inmem_widgets.variables import variable_of

if TYPE_CHECKING:
    import pandas as pd

    from inmem_widgets.widgets.watch_report import WatchReport


class Watch(Seen):
    """What `watch` gives: watches while its block runs, and shows itself at the end of a cell.

    `print(seen)` writes the same as text. It can be read while the block runs, too.
    """

    _widget: WatchReport | None = None

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(error)

    def frame(self) -> pd.DataFrame:
        """One row a change or lookup, of all objects, oldest first: see `docs/frames.md`."""
        from inmem_widgets.export.watched import watched_frame

        return watched_frame(self)

    @property
    def widget(self) -> WatchReport:
        """The report as a widget; always the same one."""
        if self._widget is None or self._widget.closed:
            from inmem_widgets.widgets.watch_report import WatchReport

            self._widget = WatchReport(self)
        return self._widget

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        ipython = sys.modules.get("IPython")
        if ipython is None or not hasattr(ipython.get_ipython(), "kernel"):
            return {"text/plain": str(self)}  # a terminal
        return self.widget._repr_mimebundle_(**kwargs)

    def __str__(self) -> str:
        self.settle()
        return report_text(self)

    __repr__ = __str__


def watch(*objs: Any, name: str | None = None, redact: Callable[[str], str] | None = None) -> Watch:
    """Watch stores, caches and checkpointers while a block runs: `with watch(store, cache) as seen: …`.

    Afterwards (and meanwhile) `seen` tells what the block did to each, and who in it: keys added, changed
    and deleted, hits, misses with their reasons, evictions, checkpoints by thread. It shows itself as a
    widget; `print(seen)`, `seen.changes(store)`, `seen.summary(store)` and `seen.frame()` are for code.
    What the block raises is told, and goes on its way.

    In a notebook `%load_ext inmem_widgets`, then `%%watch store cache` on top of a cell, does the same.

    Args:
        objs: What `inspect` accepts; an object given twice is watched once. They are held weakly.
        name: What to call the report.
        redact: Masks secrets: gets each text that is shown, gives the text to show.

    Raises:
        TypeError: no object, one of another type, or another argument of a wrong type.
    """
    if name is not None and not isinstance(name, str):
        raise TypeError(f"name: got {name!r:.80}, accepted is a str or None")
    caller = sys._getframe(1)
    return Watch(objs, [variable_of(obj, caller) for obj in objs], name=name, redact=redact)
