"""What stands for a key, so that it need not be kept alive: its 64-bit hash."""

from __future__ import annotations

from typing import Any

from inmem_widgets.observables.values import is_a


def digest_of(key: Any) -> int:
    """`hash(key)` of a (prompt, llm_string). Of subclasses of str, as if they were plain: their own code
    is not run."""
    if type(key) is tuple and len(key) == 2 and type(key[0]) is type(key[1]) is str:
        return hash(key)
    parts = key if type(key) is tuple else (key,)
    return hash(tuple(str.__getitem__(p, slice(None)) if is_a(p, str) else id(type(p)) for p in parts))
