"""Widgets without a browser: what they send is collected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inmem_widgets.widgets.base import InspectorWidget

Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """`ask(widget, message…)`: hand over messages as the browser would; returns all that was sent since."""
    sent: list[tuple[InspectorWidget, dict[str, Any]]] = []
    monkeypatch.setattr(
        InspectorWidget, "send", lambda self, content, buffers=None: sent.append((self, content))
    )

    def ask(widget: InspectorWidget, *messages: Any) -> list[dict[str, Any]]:
        for message in messages:
            widget._receive(widget, message, [])
        while widget._outbox:
            widget._flush()
        with widget._sending:  # another thread may be sending it
            count = len(sent)
        found = [content for sender, content in sent[:count] if sender is widget]
        del sent[:count]
        return found

    return ask


def answers(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without patches: they also come when something was reckoned, whenever that is."""
    return [message for message in messages if message["kind"] != "patch"]
