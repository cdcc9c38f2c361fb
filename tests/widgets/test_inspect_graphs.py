"""`inspect(saver, graph=…)`: what it says where it cannot, and that nothing stays then."""

from __future__ import annotations

from typing import Any

import pytest

import inmem_widgets.inspector as inspector
from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, inspect, observe, watch
from inmem_widgets.widgets.base import InspectorWidget
from tests.widgets.test_checkpoint_timeline_methods import compiled


def test_a_graph_is_not_what_is_inspected_but_its_checkpointer_is() -> None:
    graph = compiled(InMemorySaver())
    with pytest.raises(TypeError, match=r"accepted is its checkpointer: inspect\(graph.checkpointer, graph="):
        inspect(graph)
    timeline = inspect(graph.checkpointer, graph=graph.with_config({"tags": ["x"]}))
    assert timeline.browser.parts.actions.graph
    timeline.close()


class Embeddings:
    """Holds a store, as `CacheBackedEmbeddings` does."""

    def __init__(self) -> None:
        self._private, self.name = InMemoryStore[Any](), "e"
        self.document_embedding_store = InMemoryStore[Any]()


def test_what_was_meant_is_named() -> None:
    with pytest.raises(TypeError, match="; its attribute document_embedding_store is one$"):
        inspect(Embeddings())
    with pytest.raises(TypeError, match=r"^obj: got the class .*InMemoryCache, accepted are .*lru_cache$"):
        inspect(InMemoryCache)
    with pytest.raises(TypeError, match="got builtins.object, accepted are .*lru_cache$"):
        watch(object())


def test_an_observable_says_what_it_is_of() -> None:
    cache = InMemoryCache()
    observable = observe(cache)
    assert repr(observable) == "<ObservableCache: InMemoryCache>"
    inspect(cache).close()
    assert repr(observable) == "<ObservableCache of cache: InMemoryCache>"


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
