"""Which changes of a log are listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast, get_args

from inmem_widgets.core.origin import Origin
from inmem_widgets.observables.log.columns import Block, Whats
from inmem_widgets.observables.log.rows import key_id, origin_text, searched
from inmem_widgets.wire import Grouping, LogQuery

EMPTY: Final[LogQuery] = {
    "filter": "", "kinds": [], "node": None, "step": None, "thread": None, "cell": None, "key": None,
    "group": "",
}  # fmt: skip
FILTER: Final = 1_000
"""Characters of a filter."""
KEYS: Final = 1_000
"""Keys of one change that are searched."""
ORIGINS: Final = 10_000
"""Origins whose answer is remembered."""

_ACCEPTED: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    "filter": ((str,), "a str"),
    "kinds": ((list,), "a list of kinds (str)"),
    "node": ((str, type(None)), "a str or null"),
    "step": ((int, type(None)), "an int or null"),
    "thread": ((str, type(None)), "a str or null"),
    "cell": ((int, type(None)), "an int or null"),
    "key": ((int, type(None)), "a key's id (int) or null"),
    "group": ((str,), "the name of a grouping"),
}


def changed(query: LogQuery, changes: Mapping[str, Any]) -> LogQuery:
    """The query with some fields changed.

    Raises:
        TypeError, ValueError: a field is not accepted; the message names it.
    """
    for name, given in changes.items():
        if name not in _ACCEPTED:
            raise ValueError(f"{name}: no field of a log's query, accepted are {', '.join(_ACCEPTED)}")
        kinds, accepted = _ACCEPTED[name]
        if not isinstance(given, kinds) or isinstance(given, bool):
            raise TypeError(f"{name}: got {given!r:.80}, accepted is {accepted}")
    new = cast(LogQuery, {**query, **changes})
    if len(new["filter"]) > FILTER:
        raise ValueError(f"filter: got {len(new['filter']):,} characters, at most {FILTER:,} are accepted")
    if not all(isinstance(kind, str) for kind in new["kinds"]):
        raise TypeError(f"kinds: got {new['kinds']!r:.80}, accepted is a list of kinds (str)")
    if new["group"] not in get_args(Grouping):
        raise ValueError(f"group: got {new['group']!r:.80}, accepted are {get_args(Grouping)}")
    return new


class Matcher:
    """Finds the changes that a query lets through."""

    def __init__(self, query: LogQuery) -> None:
        wanted = query["filter"]
        self.everything = query == {**EMPTY, "group": query["group"]}
        self._query = query
        self._wanted = wanted
        self._fold: Callable[[str], str] = str if wanted != wanted.lower() else str.lower
        self._by_fields = any(query[name] is not None for name in ("node", "step", "thread", "cell"))
        self._origins: dict[int, tuple[Origin | None, bool, bool]] = {}

    def find(self, block: Block, start: int, stop: int, whats: Whats) -> list[int]:
        """Places of the changes start … stop - 1 that match, ascending; a few hundred at a time."""
        query = self._query
        found: list[int] = list(range(start, stop))
        if query["kinds"]:
            kinds = set(query["kinds"])
            codes = {code for code, what in enumerate(whats.all) if what.shown in kinds}
            found = [at for at in found if block.codes[at] in codes]
        if self._by_fields:
            found = [at for at in found if self._origin(block.bys[at])[0]]
        if (key := query["key"]) is not None:
            found = [at for at in found if any(key_id(each) == key for each in _keys(block, at))]
        if self._wanted and found:
            fold, wanted = self._fold, self._wanted
            found = [
                at
                for at in found
                if any(wanted in fold(searched(key)) for key in _keys(block, at))
                or self._origin(block.bys[at])[1]
            ]
        return found

    def _origin(self, origin: Origin | None) -> tuple[bool, bool]:
        """Whether it has what is asked for, and whether its text does."""
        found = self._origins.get(id(origin))
        if found is None or found[0] is not origin:
            if len(self._origins) >= ORIGINS:
                self._origins.clear()
            query = self._query
            fits = origin is not None and all(
                wanted is None or wanted == told
                for wanted, told in (
                    (query["node"], origin_text(origin.node)),
                    (query["step"], origin.step),
                    (query["thread"], origin_text(origin.thread_id)),
                    (query["cell"], origin.cell),
                )
            )
            has = origin is not None and self._wanted in self._fold(origin.text())
            found = self._origins[id(origin)] = origin, fits, has
        return found[1:]


def _keys(block: Block, at: int) -> list[Any]:
    start = block.starts[at]
    return block.keys[start : min(block.starts[at + 1], start + KEYS)]
