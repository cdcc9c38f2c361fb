"""Checkpointers that are not ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.sqlite import SqliteSaver


def sqlite(serde: Any = None) -> SqliteSaver:
    return SqliteSaver(sqlite3.connect(":memory:", check_same_thread=False), serde=serde)


def upstream(serde: Any = None) -> Upstream:
    return Upstream(serde=serde)


Make = Callable[..., Any]
