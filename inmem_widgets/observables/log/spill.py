"""Changes that a log let go of, as a file of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from inmem_widgets.observables.log.columns import Block, Whats
from inmem_widgets.observables.log.rows import key_text, log_row
from inmem_widgets.observables.redaction import Redactor, redacting

KEYS: Final = 100
"""Keys of a change that are written."""


class Spill:
    """Appends to a file. One caller at a time.

    Attributes:
        count: Changes written.
        problem: Why no more are; "" while all is well.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path, redactor: Redactor | None = None) -> None:
        self._redactor = redactor
        self.count = 0
        self.problem = ""
        self._file = path.open("a", encoding="utf-8")

    def write(self, block: Block, start: int, stop: int, whats: Whats) -> None:
        """Write changes."""
        for at in range(start, stop) if not self.problem else ():
            change = block.change(at, whats)
            with redacting(self._redactor):
                row = log_row(change, None)
                line = {name: told for name, told in row.items() if name not in ("id", "key", "keys")}
                line["keys"] = [key_text(key) for key in change.keys[:KEYS]]
            if self._redactor is not None:
                line = self._redactor.outgoing(line)
            line["count"] = len(change.keys)
            text = json.dumps(line, ensure_ascii=True) + "\n"
            self.count += self._try(partial(self._file.write, text))

    def flush(self) -> None:
        """Have what was written reach the file."""
        self._try(self._file.flush)

    def close(self) -> None:
        """Have all reach the file, and write no more."""
        self._try(self._file.close)

    def _try(self, do: Callable[[], object]) -> bool:
        """Whether it could be done: a full disk ends the writing, and not the log."""
        try:
            do()
            return True
        except OSError as error:
            self.problem = f"changes that are let go are no longer written: {error}"
            return False
