"""A way round one defect of ipykernel 7.4, in one place."""

from __future__ import annotations

from typing import Any


def answer_on_subshells(comm: Any) -> None:
    """Let the browser's messages on this comm be served on the subshell they name.

    ipykernel 7.4.0 sends a comm's incoming messages to whichever shell last *sent* on that comm
    (`BaseComm._reply_subshell_for`), so a widget that a busy cell pushes to cannot answer the
    browser until the cell ends. Its router asks for the attribute and does without if it is None.
    Other versions have no such attribute and are left alone.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = None
