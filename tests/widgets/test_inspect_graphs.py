"""`inspect(saver, graph=…)`: what it says where it cannot, and that nothing stays then."""

from __future__ import annotations

from typing import Any

import pytest

import inmem_widgets.inspector as inspector
from inmem_widgets import InMemoryCache, InMemorySaver, inspect
from inmem_widgets.widgets.base import InspectorWidget
from tests.widgets.test_checkpoint_timeline_methods import compiled


def test_a_graph_is_not_what_is_inspected_but_its_checkpointer_is() -> None:
    graph = compiled(InMemorySaver())
    with pytest.raises(TypeError, match=r"accepted is its checkpointer: inspect\(graph.checkpointer, graph="):
        inspect(graph)
    timeline = inspect(graph.checkpointer, graph=graph.with_config({"tags": ["x"]}))
    assert timeline.browser.parts.actions.graph
    timeline.close()


def test_an_option_that_nothing_has() -> None:
    accepted = "accepted for InMemorySaver are name, editable, graph"
    with pytest.raises(TypeError, match=f"graphs: no such option, {accepted}"):
        inspect(InMemorySaver(), graphs=3)
    with pytest.raises(TypeError, match="price: no such option, accepted for InMemoryCache are name, prices"):
        inspect(InMemoryCache(), price={})


def test_where_one_cannot_be_made_none_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[InspectorWidget[Any]] = []
    make = inspector._widget

    def noted(*args: Any, **kwargs: Any) -> Any:
        made.append(make(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(inspector, "_widget", noted)
    first, other = InMemorySaver(), InMemorySaver()
    with pytest.raises(ValueError, match="graph: its checkpointer is another one"):
        inspect(first, other, graph=compiled(first))
    (widget,) = made
    with pytest.raises(RuntimeError, match="closed"):
        _ = widget.observable
