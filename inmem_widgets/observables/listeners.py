"""Whom to call when there is news."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")
_log = logging.getLogger("inmem_widgets")


class Listeners(Generic[P]):
    """Functions that are called one after the other; what one of them raises is logged, and stops no other.

    Any thread may add, remove and tell.
    """

    def __init__(self) -> None:
        self._fns: dict[object, Callable[P, object]] = {}

    def __bool__(self) -> bool:
        return bool(self._fns)

    def add(self, fn: Callable[P, object]) -> object:
        """Call `fn` from now on; returns what to give to `remove`."""
        token = object()  # a function may be added twice
        self._fns[token] = fn
        return token

    def remove(self, token: object) -> None:
        """Call that one no longer; again, this does nothing."""
        self._fns.pop(token, None)

    def tell(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call all of them."""
        for fn in tuple(self._fns.values()):
            try:
                fn(*args, **kwargs)
            except Exception:
                _log.exception("%s could not take in news", fn)

    def clear(self) -> None:
        """Call none of them any more."""
        self._fns.clear()
