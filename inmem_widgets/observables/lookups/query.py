"""Which entries of a cache are listed, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, get_args

from inmem_widgets.observables.keys.query import QueryError, changed
from inmem_widgets.observables.preview import clean
from inmem_widgets.wire import EntryQuery as Wire
from inmem_widgets.wire import EntrySort

LONGEST = 1_000
"""Characters of a filter."""


@dataclass(frozen=True)
class EntryQuery:
    """Which entries, in which order.

    Args:
        filter: text that is in the prompt or in the model's parameters, as they are listed; in any
            case while it is all in lower case. "" lists all.
        sort: "stored" is the cache's own order: the entry that would be evicted first comes first. Ties
            keep it. What is not known comes last.
        descending: the other way round.

    Raises:
        QueryError: (a ValueError) an argument is not one of these.
    """

    filter: str = ""
    sort: EntrySort = "stored"
    descending: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.filter, str):
            raise QueryError("filter", f"got {self.filter!r:.80}, accepted is a str")
        if len(self.filter) > LONGEST:
            raise QueryError(
                "filter", f"got {len(self.filter):,} characters, at most {LONGEST:,} are accepted"
            )
        if self.sort not in get_args(EntrySort):
            accepted = " or ".join(map(repr, get_args(EntrySort)))
            raise QueryError("sort", f"got {self.sort!r:.80}, accepted is {accepted}")
        if not isinstance(self.descending, bool):
            raise QueryError("descending", f"got {self.descending!r:.80}, accepted is True or False")

    @property
    def natural(self) -> bool:
        """Whether it is all entries in the cache's own order, or that reversed."""
        return not self.filter and self.sort == "stored"

    def but(self, changes: Mapping[str, Any]) -> Self:
        """The query with some fields changed.

        Raises:
            QueryError: there is no such field, or its value is not accepted.
        """
        return changed(self, changes)

    def wire(self) -> Wire:
        """For the browser."""
        return Wire(filter=clean(self.filter), sort=self.sort, descending=self.descending)
