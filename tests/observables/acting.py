"""Graphs to act on, and what their checkpointers hold."""

from __future__ import annotations

import operator
import threading
import time
from types import SimpleNamespace
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langgraph.graph import END, START, StateGraph, add_messages

from inmem_widgets import InMemorySaver
from inmem_widgets.observables import observe
from inmem_widgets.observables.acting.actions import Actions
from inmem_widgets.observables.threads.lanes import Key

T: Any = {"configurable": {"thread_id": "t"}}
SOON = 20.0


class Stage:
    """A graph, its checkpointer, and the actions of a timeline on it; `ran` lists the nodes that ran."""

    def __init__(self, builder: Any, ran: list[str], *, saver: Any = None, **compiled: Any) -> None:
        self.saver = InMemorySaver() if saver is None else saver
        self.graph = builder.compile(checkpointer=self.saver, **compiled)
        self.ran = ran
        own = isinstance(self.saver, InMemorySaver)
        observable: Any = observe(self.saver) if own else Bare(self.saver)
        self.observable = observable
        self.actions = Actions(observable, self.graph)

    def key(self, *next_: str, last: int = 0) -> Key:
        """Of the newest root checkpoint from which these nodes run, or of the `last`th before it."""
        found = [it for it in self.graph.get_state_history(T) if it.next == next_]
        where = found[last].config["configurable"]
        return "", where["checkpoint_id"]

    def text(self, key: Key, name: str) -> str:
        fields = self.actions.form("t", key, "fork")["fields"]
        return next(each["text"] for each in fields if each["name"] == name)

    def state(self) -> Any:
        return self.graph.get_state(T)

    def done(self, begun: Any) -> str:
        """How the run ended."""
        assert begun["problems"] == [], begun
        assert self.actions.wait(SOON)
        return next(run["state"] for run in self.actions.runs if run["id"] == begun["run"])

    def run(self) -> list[str]:
        """The nodes that ran since this was asked last, sorted."""
        names = sorted(self.ran)
        self.ran.clear()
        return names


class Bare:
    """As much of an observable as is needed of a checkpointer that is not ours."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.reader = SimpleNamespace(state=lambda *_: None, writes=lambda *_: None)

    def thread_id(self, thread: str) -> str:
        return thread


def held(saver: Any) -> list[Any]:
    """All there is in a checkpointer."""
    return [
        (it.config, it.checkpoint, it.metadata, it.parent_config, it.pending_writes)
        for it in saver.list(None)
    ]


class Chat(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]
    steps: int
    plan: str


def agent_graph() -> tuple[Any, list[str]]:
    """An agent that calls a tool once, and then answers with its result."""
    ran: list[str] = []

    def agent(state: Chat) -> Any:
        ran.append("agent")
        last = state["messages"][-1]
        if isinstance(last, ToolMessage):
            return {"messages": [AIMessage(f"it is {last.content}")]}
        call = {"name": "add", "args": {"a": 1}, "id": "c1"}
        return {"messages": [AIMessage("", tool_calls=[call])], "steps": 1}

    def tools(state: Chat) -> Any:
        ran.append("tools")
        call = state["messages"][-1].tool_calls[0]
        return {"messages": [ToolMessage(str(call["args"]["a"] + 1), tool_call_id=call["id"])]}

    builder = StateGraph(Chat).add_node("agent", agent).add_node("tools", tools)
    builder.add_edge(START, "agent").add_edge("tools", "agent")
    builder.add_conditional_edges(
        "agent", lambda s: "tools" if getattr(s["messages"][-1], "tool_calls", None) else END, ["tools", END]
    )
    return builder, ran


class Log(TypedDict):
    log: Annotated[list[str], operator.add]
    n: int


def parallel_graph(**nodes: Any) -> tuple[Any, list[str]]:
    """`first`, then all of the nodes in one step, then `last`. Each node is called with the state."""
    ran: list[str] = []

    def noted(name: str, work: Any) -> Any:
        def node(state: Log) -> Any:
            ran.append(name)
            found = work(state) if work is not None else None
            return {"log": [name if found is None else f"{name}:{found}"]}

        return node

    builder = StateGraph(Log).add_node("first", noted("first", None)).add_node("last", noted("last", None))
    builder.add_edge(START, "first")
    for name, work in nodes.items():
        builder.add_node(name, noted(name, work)).add_edge("first", name)
    builder.add_edge(list(nodes), "last")
    return builder, ran


class Once:
    """Fails until told to go on; not before so many others of the step have written, so that these had
    finished."""

    def __init__(self, others: int = 1, saver: Any = None, config: Any = T) -> None:
        self.broken = True
        self.others = others
        self.saver = saver
        self.config = config

    def __call__(self, state: Any) -> None:
        if not self.broken:
            return
        until = time.monotonic() + SOON
        while len(self._written()) < self.others and time.monotonic() < until:
            threading.Event().wait(0.005)
        raise ZeroDivisionError("not yet")

    def _written(self) -> set[str]:
        writes = self.saver.get_tuple(self.config).pending_writes
        return {task for task, channel, _ in writes if channel not in ("__error__", "__interrupt__")}
