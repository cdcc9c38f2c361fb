"""Cells that do what cache counters show."""

from __future__ import annotations

import keyword

from inmem_widgets.core.entries import Key
from inmem_widgets.observables.lookups.query import EntryQuery
from inmem_widgets.observables.near.secrets import mask
from inmem_widgets.observables.redaction import redacted
from inmem_widgets.wire import EntrySort, Mark

LONGEST = 10_000
"""Characters of a key written into a cell."""

COLUMNS: dict[EntrySort, str] = {
    "prompt": "prompt",
    "model": "llm_string",
    "hits": "hits",
    "age": "inserted",
    "used": "last_hit",
    "load": "load_time",
    "size": "size",
}
"""Columns of the frame by which it is sorted as the table is."""


def variable(name: str | None) -> str:
    """The variable that holds the cache, if the name can be one."""
    return name if name is not None and name.isidentifier() and not keyword.iskeyword(name) else "cache"


def stats(cache: str, mark: Mark | None) -> str:
    """A cell that counts, from the mark on if there is one."""
    if mark is None:
        return f"{cache}.stats()"
    counts = ", ".join(f"{name}={count!r}" for name, count in mark.items() if name != "time")
    return f"from inmem_widgets import CacheStats\n\n{cache}.stats() - CacheStats({counts})"


def entries(cache: str, query: EntryQuery) -> str:
    """A cell that lists the entries."""
    name = _free("entries", cache)
    lines = ["from inmem_widgets import to_frame", "", f"{name} = to_frame({cache})"]
    if query.filter:
        case = "" if query.filter != query.filter.lower() else ", case=False"
        contains = f".str.contains({query.filter!r}{case}, regex=False)"
        lines.append(f'found = {name}["prompt"]{contains} | {name}["llm_string"]{contains}')
        lines.append(f"{name} = {name}[found]")
    if query.sort == "tokens":
        lines.append(f'{name}["tokens"] = {name}["input_tokens"] + {name}["output_tokens"]')
    if query.sort != "stored":
        column, ascending = COLUMNS.get(query.sort, "tokens"), query.descending == (query.sort == "age")
        order = "" if ascending else ", ascending=False"
        lines.append(f'{name} = {name}.sort_values("{column}"{order}, kind="stable")')
    elif query.descending:
        lines.append(f"{name} = {name}[::-1]")
    return "\n".join([*lines, name])


def frame(cache: str, of: str) -> str:
    """A cell with one of the frames that the counters make: "lookups", "history" or "whatif"."""
    method = {"lookups": "lookups_frame", "history": "history_frame", "whatif": "what_if"}[of]
    counters, name = _free("counters", cache), _free(of, cache)
    return "\n".join(
        (
            "from inmem_widgets import inspect\n",
            f"{counters} = inspect({cache})",
            f"{name} = {counters}.{method}()",
            f"{counters}.close()",
            name,
        )
    )


def value(cache: str, key: Key) -> str:
    """A cell that reads one value.

    Raises:
        ValueError: the key cannot be written out.
    """
    if sum(map(len, key)) > LONGEST:
        raise ValueError(
            f"value: the key has more than {LONGEST:,} characters; use the counters' own `value`"
        )
    if any(mask(text) != text for text in key):
        raise ValueError("value: there are secrets in the key; use the counters' `value`")
    return f"{cache}.lookup(\n    {redacted(key[0])!r},\n    {redacted(key[1])!r},\n)  # counts as a lookup"


def _free(name: str, cache: str) -> str:
    return name if name != cache else f"{name}_"
