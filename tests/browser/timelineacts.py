"""What a scripted timeline answers where something is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def code(kernel: Any, params: Mapping[str, Any]) -> Any:
    return {"code": f"timeline.{params['of']}()"}


ANSWERS = {"code": code}
