"""Since when a part of a value is what it is: found from the writes, or from older states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.graph import START, StateGraph

from inmem_widgets import InMemorySaver
from inmem_widgets.observables.diffs import since
from inmem_widgets.observables.diffs.blame import makers
from inmem_widgets.observables.diffs.diff import diff
from inmem_widgets.observables.threads.history import key_of
from tests.observables.blaming import CONFIG, State, blamed, run, tool_loop
from tests.observables.graphs import config
from tests.observables.seeing import SAVERS, at_step, newest, saver_of, seen


@pytest.fixture(params=SAVERS)
def saver(request: Any) -> Iterator[Any]:
    with saver_of(request.param) as made:
        yield made


def test_what_was_written_again_is_blamed_on_who_wrote_it_first(saver: Any) -> None:
    graph = StateGraph(State)
    graph.add_node("first", lambda state: {"plan": {"city": "Oslo", "nights": 1}})
    graph.add_node("again", lambda state: {"plan": {**state["plan"], "nights": 2}})
    graph.add_node("more", lambda state: {"plan": {**state["plan"], "hotel": "Bryggen"}})
    graph.add_edge(START, "first")
    graph.add_edge("first", "again")
    graph.add_edge("again", "more")
    run(graph, saver, {"log": [], "plan": {"city": "?"}})
    observable = seen(saver)
    assert blamed(diff(observable, "t", newest(observable), at_step(observable, 0))) == {
        "mod plan.city": ("first", 1, True),
        "add plan.nights": ("again", 2, True),
        "add plan.hotel": ("more", 3, True),
    }
    assert makers(observable, "t", newest(observable))["plan"]["nodes"] == ["more"]


def test_run_again_from_the_past_the_branch_says_who_made_it(saver: Any) -> None:
    graph = tool_loop(saver)
    graph.invoke({"messages": [HumanMessage("hi", id="h")]}, CONFIG)
    past = next(each for each in graph.get_state_history(CONFIG) if each.metadata["step"] == 2)
    graph.invoke(None, past.config)
    observable = seen(saver)
    fork = next(h for h in observable.history("t").headers if h.metadata["source"] == "fork")
    same = diff(observable, "t", key_of(fork))
    assert (same["added"], same["changed"], same["removed"], same["moved"]) == (0, 0, 0, 0)
    step = fork.metadata["step"]
    assert blamed(diff(observable, "t", newest(observable), key_of(fork)))["add messages[3]"] == (
        "agent", step + 1, True,
    )  # fmt: skip


def test_parts_that_no_write_tells_of_are_found_by_halves(saver: Any) -> None:
    graph = tool_loop(saver)
    for turn in range(4):  # saved at its end only: there are no writes
        message = HumanMessage(f"turn {turn}", id=f"h{turn}")
        graph.invoke({"messages": [message], "log": [f"turn {turn}"]}, CONFIG, durability="exit")
    observable = seen(saver)
    ends = [h for h in observable.history("t").headers if h.metadata["source"] == "loop"][::-1]
    assert len(ends) == 4
    found = diff(observable, "t", key_of(ends[3]), key_of(ends[0]))
    rows = {row["after"]: row["by"] for row in found["rows"] if row["path"].startswith("log[")}
    assert {text: by["key"] for text, by in rows.items() if by} == {
        f'"turn {turn}"': "\n".join(key_of(ends[turn])) for turn in (1, 2, 3)
    }


def test_what_takes_too_long_to_find_out_is_left_out(saver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tool_loop(saver).invoke({"messages": [HumanMessage("hi", id="h")]}, CONFIG)
    monkeypatch.setattr(since, "READS", 0)
    observable = seen(saver)
    found = diff(observable, "t", newest(observable), at_step(observable, 0))
    assert found["added"] == 9
    assert all(row["by"] is None or not row["by"]["certain"] for row in found["rows"])
    # with its parent there is nothing to look for but whose writes they were
    row = diff(observable, "t", newest(observable))["rows"][2]
    assert row["by"] is not None and row["by"]["nodes"] == ["agent"] and not row["by"]["certain"]


def test_checkpoints_whose_parent_is_gone(saver: Any) -> None:
    tool_loop(saver).invoke({"messages": [HumanMessage("hi", id="h")]}, CONFIG)
    observable = seen(saver)
    history = observable.history("t")
    cut = [h for h in history.headers if h.metadata["step"] >= 3]
    shortened = type(history)(cut)
    observable.history = lambda thread: shortened
    found = diff(observable, "t", key_of(cut[-1]))
    assert found["before"] is None
    assert found["added"] and not found["removed"]
    assert makers(observable, "t", key_of(cut[0]))["messages"]["step"] == 5


def test_checkpoints_that_are_each_others_parents_end() -> None:
    with saver_of("ours") as saver:
        tool_loop(saver).invoke({"messages": [HumanMessage("hi", id="h")]}, CONFIG)
        observable = seen(saver)
        history = observable.history("t")
        oldest, *_, newer = history.headers[::-1][:3]
        turned = [h._replace(parent_id=newer.checkpoint_id) if h is oldest else h for h in history.headers]
        circular = type(history)(turned)
        observable.history = lambda thread: circular
        assert makers(observable, "t", key_of(turned[0]))["city"]["nodes"] == ["agent"]
        assert diff(observable, "t", key_of(turned[0]), key_of(turned[-1]))["added"]


def test_a_message_written_again_by_id_is_blamed_on_who_wrote_it_without_one(saver: Any) -> None:
    inner = StateGraph(State)
    inner.add_node("talk", lambda state: {"log": ["talked"]})
    inner.add_edge(START, "talk")
    graph = StateGraph(State)
    # as `ToolNode` does it: a name, but no id
    graph.add_node(
        "tools", lambda state: {"messages": [ToolMessage("full", tool_call_id="c", name="hotels")]}
    )
    graph.add_node("agent", lambda state: {"messages": [AIMessage("so it is", id="ai")]})
    graph.add_node("guide", inner.compile())  # returns all there is
    graph.add_edge(START, "tools")
    graph.add_edge("tools", "agent")
    graph.add_edge("agent", "guide")
    run(graph, saver, {"messages": [("user", "hi")]})
    observable = seen(saver)
    expected = {
        "add messages[0]": ("__start__", 0, True),
        "add messages[1]": ("tools", 1, True),
        "add messages[2]": ("agent", 2, True),
    }
    first = key_of(observable.history("t").headers[-1])
    last = newest(observable)
    found = blamed(diff(observable, "t", last, first))
    assert {path: by for path, by in found.items() if path in expected} == expected
    found = blamed(diff(observable, "t", last, at_step(observable, 0)))
    assert {path: by for path, by in found.items() if "messages" in path} == {
        path: by for path, by in expected.items() if path != "add messages[0]"
    }


def test_messages_that_say_the_same_are_told_apart_by_when_they_came(saver: Any) -> None:
    graph = StateGraph(State)
    for name in ("one", "two", "three"):
        graph.add_node(name, lambda state: {"messages": [ToolMessage("ok", tool_call_id="c", name="t")]})
    graph.add_node("again", lambda state: {"messages": state["messages"], "log": ["x"]})
    graph.add_edge(START, "one")
    graph.add_edge("one", "two")
    graph.add_edge("two", "again")
    graph.add_edge("again", "three")
    run(graph, saver, {"messages": [HumanMessage("hi", id="h")]})
    observable = seen(saver)
    found = blamed(diff(observable, "t", newest(observable), at_step(observable, 0)))
    assert [found[f"add messages[{at}]"] for at in (1, 2, 3)] == [
        ("one", 1, True), ("two", 2, True), ("three", 4, True),
    ]  # fmt: skip


def test_of_parallel_tools_each_message_names_the_one_that_wrote_it(saver: Any) -> None:
    graph = StateGraph(State)
    for name in ("left", "right"):
        graph.add_node(
            name, lambda state, name=name: {"messages": [ToolMessage(name, tool_call_id=name, name="t")]}
        )
        graph.add_edge(START, name)
    run(graph, saver, {"log": []})
    observable = seen(saver)
    assert blamed(diff(observable, "t", newest(observable))) == {
        "add messages[0]": ("left", 1, True), "add messages[1]": ("right", 1, True),
    }  # fmt: skip


def long_talk(count: int) -> Any:
    """A saver with as many steps, each of which says something, every other without an id."""
    saver, place, said = InMemorySaver(), config("t"), []
    for at in range(count):
        node = "tools" if at % 2 else "agent"
        new = ToolMessage(f"{at}", tool_call_id="c", name="t") if at % 2 else AIMessage(f"{at}", id=f"m{at}")
        if at:
            saver.put_writes(place, [("messages", [new])], f"task {at}", f"~__pregel_pull, {node}")
        said.append(new.model_copy(update={"id": f"m{at}"}))
        body: Any = {
            **empty_checkpoint(), "id": f"{at:06d}", "channel_values": {"messages": said},
            "channel_versions": {"messages": f"{at:06d}"}, "versions_seen": {node: {"messages": at}},
        }  # fmt: skip
        place = saver.put(place, body, {"source": "loop", "step": at}, body["channel_versions"])
    return saver


def test_over_a_thousand_steps_each_message_names_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(since, "SECONDS", 60)
    saver = long_talk(1_000)
    observable = seen(saver)
    found = blamed(diff(observable, "t", newest(observable), at_step(observable, 0)))
    assert len(found) > 390
    assert found == {
        f"add messages[{at}]": ("tools" if at % 2 else "agent", at, True) for at in range(1, len(found) + 1)
    }


def test_what_takes_too_long_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    saver, tried = long_talk(20), []
    before = since.Since._touches
    monkeypatch.setattr(since.Since, "_touches", lambda *args: (tried.append(1), before(*args))[1])
    monkeypatch.setattr(since, "READS", 3)
    observable = seen(saver)
    assert blamed(diff(observable, "t", newest(observable), at_step(observable, 0))) == {}
    assert len(tried) == 1


def test_of_another_checkpointer_it_is_waiting_that_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10_000))
    monkeypatch.setattr(since, "monotonic", lambda: next(clock))  # each look at it is a second later
    since.Budget(own=True).spend()
    with pytest.raises(since.Enough):
        since.Budget(own=False).spend()
