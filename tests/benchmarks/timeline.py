"""The timeline of long threads: lanes, rows, watches, weights; and what following a run costs it.

Where no reference does the same, the reference is the goal itself: so much processor time spent.
"""

from __future__ import annotations

import json
import operator
import random
import threading
from collections.abc import Callable
from itertools import count
from time import perf_counter, process_time, sleep
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages

from inmem_widgets import inspect, observe
from inmem_widgets.core.saver import InMemorySaver
from inmem_widgets.observables.threads.axis import axis
from inmem_widgets.observables.threads.history import ThreadHistory
from inmem_widgets.observables.threads.jumps import ticks
from inmem_widgets.observables.threads.lanes import Lanes, Layout, Node, segments
from inmem_widgets.observables.timeline.watches import Watches
from inmem_widgets.observables.timeline.weight import Weights
from tests.benchmarks.harness import Pair, benchmark
from tests.observables.headers import header

SIZE, FORKS = 10_000, 500
WAIT = 60.0
REST = 0.5
"""Seconds in which what goes on in the background ends: it is no part of the next run."""


def within(seconds: float, run: Callable[[], object], rounds: int = 15) -> Pair:
    """Processor time, of all threads, beside the goal."""

    def goal() -> None:
        end = process_time() + seconds
        while process_time() < end:
            pass

    return Pair(run, goal, rounds=rounds, clock=process_time)


def tree(size: int = SIZE, forks: int = FORKS) -> list[int]:
    """Parents of a thread's checkpoints; forks anywhere in it."""
    draw = random.Random(1)
    at = set(draw.sample(range(2, size), forks))
    return [draw.randrange(place) if place in at else place - 1 for place in range(size)]


def nodes() -> list[Node]:
    return [
        Node(("", str(place)), ("", str(parent)) if place else None, None)
        for place, parent in enumerate(tree())
    ]


def long_thread() -> ThreadHistory:
    headers = [header(place, parent if place else None) for place, parent in enumerate(tree())]
    return ThreadHistory(headers[::-1])


@benchmark("lanes of 10,000 with 500 forks, beside 30 ms", goal=1)
def _() -> Pair:
    given = nodes()
    return within(0.030, lambda: Lanes(given), rounds=15)


@benchmark("segments of 40 rows in the midst of them, beside 10 ms", goal=1)
def _() -> Pair:
    plan = Layout(Lanes(nodes()))

    def run() -> None:
        segments(plan, plan.path(("", str(SIZE - 1)), 5_040), 5_000, 5_040, 24)

    return within(0.010, run, rounds=15)


@benchmark("a checkpoint more in 10,000, beside 1 ms", goal=1)
def _() -> Pair:
    history, ids = long_thread(), count(SIZE)

    def run() -> None:
        nonlocal history
        number = next(ids)
        history = history.with_headers([header(number, number - 1)])

    return within(0.001, run, rounds=31)


@benchmark("rows, axis, ticks of 10,000, beside 10 ms", goal=1)
def _() -> Pair:
    history = long_thread()

    def run() -> None:
        json.dumps([history.window(None, 0, 40), axis(history), ticks(history)])

    return within(0.010, run, rounds=15)


class Chat(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]
    total: int


def chat(steps: int) -> InMemorySaver:
    """A thread whose state grows by a message a step."""
    graph = StateGraph(Chat)
    graph.add_node(
        "agent",
        lambda state: {
            "messages": [AIMessage(f"answer {state['total']} " * 20)],
            "total": state["total"] + 1,
        },
    )
    graph.add_edge(START, "agent")
    graph.add_conditional_edges("agent", lambda state: "agent" if state["total"] < steps else END)
    saver = InMemorySaver()
    config: Any = {"configurable": {"thread_id": "thread"}, "recursion_limit": 2 * steps}
    graph.compile(checkpointer=saver).invoke({"messages": [HumanMessage("hi")], "total": 0}, config)
    return saver


@benchmark("a watch over 1,000 checkpoints of up to 1,000 messages, beside 1 s", goal=1)
def _() -> Pair:
    saver = chat(1_000)
    observable = observe(saver)
    observable.history("thread")

    def run() -> None:
        watches = Watches(observable, lambda: None)
        watches.add("messages", lambda state: len(state["messages"]))
        watches.states("thread", None)
        assert watches.wait(WAIT)
        assert watches.states("thread", None)[1]["high"][-1] == 1_001
        watches.close()

    pair = within(1.0, run, rounds=3)
    pair.kept = saver  # type: ignore[attr-defined]
    return pair


@benchmark("weighing a thread of 1,000, beside 1 s", goal=1)
def _() -> Pair:
    saver = chat(1_000)
    observable = observe(saver)
    head = observable.history("thread").head
    assert head is not None

    def run() -> None:
        weights = Weights(observable, lambda: None)
        weights.of("thread", ("", head.checkpoint_id))
        assert weights.wait(WAIT)
        assert weights.of("thread", ("", head.checkpoint_id))["progress"] is None
        weights.close()

    pair = within(1.0, run, rounds=3)
    pair.kept = saver  # type: ignore[attr-defined]
    return pair


class State(TypedDict):
    steps: Annotated[list[str], operator.add]
    total: int


def runner(saver: InMemorySaver, shown: list[str]) -> Callable[[], None]:
    """Runs a graph of 200 steps, on a thread of its own each time: the last one of `shown`."""
    graph = StateGraph(State)
    graph.add_node("work", lambda state: {"steps": [f"step {state['total']}"], "total": state["total"] + 1})
    graph.add_edge(START, "work")
    graph.add_conditional_edges("work", lambda state: "work" if state["total"] < 200 else END)
    compiled = graph.compile(checkpointer=saver)

    def run() -> None:
        shown.append(str(len(shown)))
        config: Any = {"configurable": {"thread_id": shown[-1]}, "recursion_limit": 500}
        compiled.invoke({"steps": [], "total": 0}, config)

    return run


def followed_run(clock: Callable[[], float]) -> Pair:
    """As the widget follows it: an open session, its patches, and what its pane asks for after each."""
    ours, theirs = InMemorySaver(), InMemorySaver()
    timeline: Any = inspect(ours)
    shown, followed, news = ["none"], set(), threading.Event()
    state: dict[str, Any] = {}

    def receive(message: dict[str, Any], buffers: Any = None) -> None:
        json.dumps(message)
        state.update(message.get("set") or message.get("state") or {})
        followed.add((state["thread"], state["size"]))
        news.set()

    def ask() -> None:
        asked = None
        while True:
            news.wait()
            at, thread = state["selected"], state["thread"]
            news.clear()
            if at is not None and at != asked:
                params = {"thread": thread, "at": at, "open": {"messages": {}}}
                timeline._receive(
                    None, {"kind": "request", "view": "v", "id": 1, "method": "state", "params": params}, []
                )
                asked = at

    timeline.send = receive
    timeline._receive(None, {"kind": "open", "view": "v", "params": {"start": 0, "stop": 40}}, [])
    threading.Thread(target=ask, daemon=True).start()
    run, alone = runner(ours, shown), runner(theirs, ["none"])

    def settled() -> None:
        ours.changes.flush()
        end = perf_counter() + WAIT
        while (shown[-1], 202) not in followed:
            assert perf_counter() < end
            sleep(0.01)
        sleep(REST)

    pair = Pair(run, alone, after_ours=settled, rounds=21, clock=clock)
    pair.kept = timeline  # type: ignore[attr-defined]
    return pair


@benchmark("a graph run of 200 steps, followed, beside one that is not", goal=1.1)
def _() -> Pair:
    return followed_run(perf_counter)


@benchmark("the same in processor time of all threads", goal=1.1)
def _() -> Pair:
    return followed_run(process_time)
