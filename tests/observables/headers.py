"""Headers of checkpoints that no saver holds."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import strategies as st

from inmem_widgets.core.saver import CheckpointHeader

BEGAN = 1_700_000_000


def header(
    number: int,
    parent: int | None = None,
    *,
    ns: str = "",
    at: float | None = None,
    source: str | None = "loop",
    writes: tuple[tuple[str, str, str], ...] = (),
    caller: int | None = None,
    versions: dict[str, Any] | None = None,
    seen: dict[str, dict[str, Any]] | None = None,
) -> CheckpointHeader:
    """A checkpoint made `at` seconds after the beginning; its id is its number."""
    moment = datetime.datetime.fromtimestamp(BEGAN + (number if at is None else at), datetime.UTC)
    metadata: dict[str, Any] = {"step": number, "parents": {}}
    if source is not None:
        metadata["source"] = source
    if caller is not None:
        metadata["parents"] = {ns.rpartition("|")[0]: id_of(caller)}
    return CheckpointHeader(
        "t", ns, id_of(number), None if parent is None else id_of(parent), moment.isoformat(),
        versions or {}, seen or {}, metadata, writes,
    )  # fmt: skip


def id_of(number: int) -> str:
    return f"{number:08}"


KINDS = ("", "", "", "__error__", "__interrupt__", "log")


@st.composite
def stories(draw: st.DrawFn) -> list[CheckpointHeader]:
    """Any thread, with forks, subgraphs in subgraphs, writes and idle stretches; the oldest first."""
    made: list[CheckpointHeader] = []
    at = 0.0
    for number in range(draw(st.integers(1, 30))):
        at += draw(st.sampled_from([0.0, 1.0, 2.0, 900.0]))
        older = draw(st.none() | st.sampled_from(made)) if made else None
        channel = draw(st.sampled_from(KINDS))
        writes = ((f"task {number}", channel, "~__pregel_pull, agent"),) if channel else ()
        source = draw(st.sampled_from(["loop", "loop", "update", "input", None]))
        parent = ns = caller = None
        if older is not None and draw(st.integers(0, 3)) == 0:
            ns, caller = f"{older.checkpoint_ns}|sub:{number}".strip("|"), int(older.checkpoint_id)
        elif older is not None:
            parent, ns = int(older.checkpoint_id), older.checkpoint_ns
            outer = older.metadata["parents"].get(ns.rpartition("|")[0])
            caller = None if outer is None else int(outer)
        made.append(header(number, parent, ns=ns or "", at=at, source=source, writes=writes, caller=caller))
    return made
