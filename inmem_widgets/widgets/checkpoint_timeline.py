"""The live timeline of a checkpointer's threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets
from langchain_core.runnables import RunnableConfig

from inmem_widgets.observables import observed
from inmem_widgets.observables.redaction import Redact, Redactor
from inmem_widgets.observables.saver import ObservableSaver
from inmem_widgets.observables.threads.places import Place, thread_text
from inmem_widgets.observables.timeline.browser import TimelineBrowser
from inmem_widgets.widgets.browsing import BrowserWidget
from inmem_widgets.widgets.keeping import Keeping
from inmem_widgets.widgets.travelling import Travelling


def _to_view(config: Any, widget: Any) -> Any:
    """Thread ids may be any object; views know them as text."""
    if config is None:
        return None
    where = config["configurable"]
    found = {"configurable": {**where, "thread_id": thread_text(where["thread_id"])}}
    return found if widget.redactor is None else widget.redactor.outgoing(found)


class CheckpointTimeline(Travelling, Keeping, BrowserWidget[ObservableSaver]):
    """Threads, checkpoints in lanes that show forks and subgraphs, and what the chosen one holds.

    Args:
        obj: The checkpointer, or its observable.
        name: What to call it on screen: the variable that holds it.
        graph: The compiled graph, for forks and runs from the view. The timeline holds it until it is closed,
            and with it the checkpointer, which otherwise is only watched and not kept alive.
        editable: Whether views may delete, copy, prune and import threads.
        log, redact: As of `KeyTable`.

    Raises:
        TypeError: `obj` is no checkpointer, or an argument has another type.
    """

    bundle_name = "checkpoint_timeline"
    module_name = "checkpoint_panes"
    reads = frozenset({"module", "state", "value", "diff", "writes", "weight"})
    rest = 48  # views ask for the state of each newest checkpoint as well
    kind = ObservableSaver
    selection = Place(None).tag(sync=True, to_json=_to_view)
    """The chosen checkpoint as a `RunnableConfig`, for `graph.get_state` and the like; settable. None: the
    newest is shown, whatever comes."""
    pinned = Place(None)
    """The checkpoint that others are compared with; settable."""
    browser: TimelineBrowser

    def __init__(
        self,
        obj: Any,
        *,
        name: str | None = None,
        graph: Any = None,
        editable: bool = False,
        log: bool | int = True,
        redact: Redact | Redactor | None = None,
    ) -> None:
        observable = observed(obj, ObservableSaver)
        self.browser = TimelineBrowser(observable, name=name, graph=graph, editable=editable)
        try:
            super().__init__(observable, name=name, log=log, redact=redact)
        except BaseException:
            self.browser.close()
            raise
        for trait in ("selection", "pinned"):
            traitlets.link((self.browser, trait), (self, trait))

    @property
    def values(self) -> dict[str, Any]:
        """The state of the chosen checkpoint, or of the newest: fresh objects by channel.

        Raises:
            LookupError: there is none, or it is gone.
        """
        return self.browser.values

    @property
    def config(self) -> RunnableConfig:
        """The config of what is shown: of the chosen checkpoint, or of the newest.

        Raises:
            LookupError: there is none.
        """
        return self.browser.config

    def thread_id(self, thread: str) -> Any:
        """The thread id that views show as this text."""
        return self.browser.thread_id(thread)

    # -- as a widget --

    def listen(self, push: Callable[[], None]) -> Callable[[], None]:
        return self.browser.pace.listen(push)

    def attend(self, on: bool) -> None:
        self.browser.attend(on)

    def elsewhere(self) -> bool:
        return self.observable.on_its_loop

    def html_rows(self) -> tuple[list[str], list[list[str]], str]:
        saver = self.observable
        threads = saver.thread_list()[0][:10]
        rows = [
            [t["id"], f"{t['checkpoints']:,}", "" if t["step"] is None else str(t["step"]), t["status"]]
            for t in threads
        ]
        caption = f"{_counted(saver.checkpoints, 'checkpoint')} in {_counted(saver.threads, 'thread')}"
        return ["Thread", "Checkpoints", "Last step", "Status"], rows, caption


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
