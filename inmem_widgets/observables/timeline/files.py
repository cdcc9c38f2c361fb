"""The files that views make and give: one export and one import at a time for each view."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from inmem_widgets.observables.acting.code import variable
from inmem_widgets.observables.keys.params import Params, number_of, param
from inmem_widgets.observables.portable.files import ExportFile, ImportFile
from inmem_widgets.observables.threads.places import threads_in
from inmem_widgets.wire import Imported, Piece

if TYPE_CHECKING:
    from inmem_widgets.observables.timeline.browser import TimelineBrowser

FILES = 4
"""Files made, or taken in, at the same time; the one asked for longest ago is given up."""


class Files:
    """Files of threads, by view."""

    def __init__(self) -> None:
        self._exports: OrderedDict[str, ExportFile] = OrderedDict()
        self._imports: OrderedDict[str, ImportFile] = OrderedDict()
        self._lock = threading.Lock()

    def export(self, browser: TimelineBrowser, params: Params, view: str) -> Piece:
        """The next piece of a file; piece 0 begins another one."""
        number, threads = number_of(params, "piece"), threads_in(params, None)
        with self._lock:
            file = self._exports.get(view)
            if number == 0:
                if file is not None:
                    file.close()
                ids = None if threads is None else [browser.thread_id(thread) for thread in threads]
                file = ExportFile(browser.observable, ids, variable(browser.name))
                _keep(self._exports, view, file)
        if file is None:
            raise LookupError(f"piece: got {number}, but no such file is being made; begin with 0")
        return file.piece(number)

    def take(self, browser: TimelineBrowser, params: Params, view: str) -> Imported | None:
        """Takes a piece of a file; see `ImportFile.piece`."""
        browser.check_editable()
        number = number_of(params, "piece")
        text = param(params, "text", str, "a part of the file's text")
        flags = [param(params, name, bool, "true or false", False) for name in ("last", "replace")]
        with self._lock:
            file = self._imports.get(view)
            if file is None:
                file = ImportFile(browser.observable)
                _keep(self._imports, view, file)
        return file.piece(number, text, *flags)

    def close(self) -> None:
        """Give up what is being made."""
        with self._lock:
            for file in self._exports.values():
                file.close()
            self._exports.clear()
            self._imports.clear()


def _keep(files: OrderedDict[str, Any], view: str, file: Any) -> None:
    files[view] = file
    files.move_to_end(view)
    while len(files) > FILES:
        _, oldest = files.popitem(last=False)
        if isinstance(oldest, ExportFile):
            oldest.close()
