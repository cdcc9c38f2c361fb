"""Graphs whose nodes use a store and a cache that are logged, beside a timeline of their checkpointer."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, observe
from inmem_widgets.observables.threads.places import text_of
from inmem_widgets.observables.timeline.browser import TimelineBrowser
from inmem_widgets.wire import Effects
from tests.observables.timelines import Browse

T = {"configurable": {"thread_id": "T"}}


class State(TypedDict):
    x: Annotated[int, operator.add]


class World:
    """A store and a cache that nodes use, logged; a graph's checkpointer, and a timeline of it."""

    def __init__(self, browse: Browse) -> None:
        self.store, self.cache, self.saver = InMemoryStore[Any](), InMemoryCache(), InMemorySaver()
        self.kept = [observe(self.store), observe(self.cache)]
        for each in self.kept:
            assert each.log.kept == 0
        self.browser: TimelineBrowser = browse(self.saver)

    def write(self, key: str, value: Any = b"12345") -> None:
        self.store.mset([(key, value)])

    def node(self, key: str) -> Callable[[Any], Any]:
        def node(state: Any) -> Any:
            self.write(key)
            return {"x": 1}

        return node

    def line(self, *nodes: Any, **compiled: Any) -> Any:
        graph: Any = StateGraph(State)
        names = []
        for node in nodes:
            name, made = node if isinstance(node, tuple) else (node, self.node(node))
            graph.add_node(name, made)
            names.append(name)
        for start, end in zip([START, *names], [*names, END], strict=True):
            graph.add_edge(start, end)
        return graph.compile(**{"checkpointer": self.saver, **compiled})

    def effects(self, config: Any, thread: str = "T") -> Effects:
        where = config["configurable"]
        at = text_of((where["checkpoint_ns"], where["checkpoint_id"]))
        found: Effects = self.browser.answer("effects", {"thread": thread, "at": at})
        return found

    def keys(self, config: Any, thread: str = "T") -> list[str]:
        """Keys that the store's changes in the step were of."""
        return [row["key"] for each in self.effects(config, thread)["effects"] for row in each["rows"]]

    def by_step(self, ns: str = "") -> dict[int, list[str]]:
        where: Any = {"configurable": {"thread_id": "T", "checkpoint_ns": ns}}
        return {each.metadata["step"]: self.keys(each.config) for each in self.saver.list(where)}
