"""Cells that do what a view shows."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from dataclasses import fields, replace

from inmem_widgets.observables.keys.query import Query
from inmem_widgets.observables.redaction import redacted

MOST = 1_000
"""Keys written out in a cell."""

IMPORT = "from inmem_widgets import inspect"


def variable(name: str | None) -> str:
    """The variable that holds the store, if the name can be one."""
    fits = name is not None and name.isidentifier() and not keyword.iskeyword(name)
    return name if fits and name is not None else "store"


def view(store: str, query: Query, *, editable: bool = False, own: bool = False) -> str:
    """A cell that makes the same view."""
    lines = [IMPORT, ""]
    if own:
        lines.append("# add formatters={…} for your own")
    return "\n".join([*lines, _inspect(store, query, editable=editable)])


def _inspect(store: str, query: Query, *, editable: bool = False) -> str:
    plain = Query()
    given = {f.name: getattr(query, f.name) for f in fields(query)}
    arguments = [f"{name}={value!r}" for name, value in given.items() if value != getattr(plain, name)]
    return f"inspect({', '.join([store, *arguments, *(['editable=True'] if editable else [])])})"


def value(store: str, key: str) -> str:
    """A cell that reads one value."""
    return f"{store}.mget([{redacted(key)!r}])[0]"


def selection(store: str, keys: Sequence[str]) -> str:
    """A cell that reads the values of the keys."""
    name = _free("keys", store)
    return f"{name} = {_written(keys)}\ndict(zip({name}, {store}.mget({name})))"


def delete(store: str, keys: Sequence[str]) -> str:
    """A cell that deletes the keys."""
    return f"{store}.mdelete({_written(keys)})"


def bulk(store: str, query: Query) -> str:
    """A cell that deletes all keys the query matches."""
    table, keys = _free("table", store), _free("keys", store)
    found = _inspect(store, replace(query, sort="stored", descending=False, delimiters=None))
    lines = (
        f"{IMPORT}\n",
        f"{table} = {found}",
        f"{keys} = {table}.listed_keys()",
        f"{table}.close()",
        f"{store}.mdelete({keys})",
        f'print(f"{{len({keys}):,}} keys deleted")',
    )
    return "\n".join(lines)


def _free(name: str, store: str) -> str:
    return name if name != store else f"{name}_"


def _written(keys: Sequence[str]) -> str:
    if not keys:
        raise LookupError("selection: nothing is selected")
    if len(keys) > MOST:
        raise ValueError(
            f"selection: {len(keys):,} keys are selected, at most {MOST:,} fit in a cell; use table.selection"
        )
    keys = [*map(redacted, keys)]
    return repr(keys) if len(keys) == 1 else "\n".join(["[", *(f"    {key!r}," for key in keys), "]"])
