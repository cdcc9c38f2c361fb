"""Every action as a cell: the cell runs, and does what the action does."""

from __future__ import annotations

import ast
import asyncio
import inspect as inspecting
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from inmem_widgets import InMemorySaver
from inmem_widgets.observables import observe
from inmem_widgets.observables.acting.actions import Actions
from inmem_widgets.observables.acting.code import OF, code, variable
from inmem_widgets.observables.acting.literal import literal
from tests.observables.acting import Bare, Stage, T, agent_graph, held, parallel_graph
from tests.observables.test_actions_kept import asked_at, asking, failed, several
from tests.observables.test_actions_states import Plan, Strict, _through
from tests.observables.test_actions_subgraphs import inside, nested

__all__ = ["failed"]


def run(text: str, **names: Any) -> Any:
    """Run a cell; the value of its last line."""
    return asyncio.run(arun(text, **names))


async def arun(text: str, **names: Any) -> Any:
    tree = ast.parse(text)
    last = tree.body[-1]
    if isinstance(last, ast.Expr):
        tree.body[-1] = ast.copy_location(ast.Assign([ast.Name("_last", ast.Store())], last.value), last)
        ast.fix_missing_locations(tree)
    done = eval(compile(tree, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
    if inspecting.isawaitable(done):
        await done
    if (timeline := names.get("timeline")) is not None:
        assert timeline.wait(20)
        timeline.close()
    return names.get("_last")


def cell(stage: Stage, of: str, key: Any = None, *, graph: bool = True, **more: Any) -> Any:
    """The cell, run; without its graph, as where there is none in the timeline."""
    actions = stage.actions if graph else Actions(stage.observable)
    text = code(of, actions, "saver", thread="t", key=key, **more)
    before = stage.saver.headers("t") if hasattr(stage.saver, "headers") else None
    assert before is None or stage.saver.headers("t") == before  # writing a cell changes nothing
    found = run(text, saver=stage.saver, graph=stage.graph)
    return found


@pytest.fixture
def chat() -> Stage:
    stage = Stage(*agent_graph())
    stage.graph.invoke({"messages": [("user", 'it\'s "1" + 1?\n')], "plan": "add"}, T)
    stage.run()
    return stage


@pytest.mark.parametrize("graph", [True, False])
def test_config_and_state(chat: Stage, graph: bool) -> None:
    key = chat.key("tools")
    text = code("config", chat.actions, "saver", thread="t", key=key)
    names: dict[str, Any] = {}
    exec(text, names)
    state = chat.graph.get_state(names["config"])
    assert state.next == ("tools",)
    found = cell(chat, "state", key, graph=graph)
    assert found["messages"] == state.values["messages"]


@pytest.mark.parametrize("graph", [True, False])
def test_a_fork(chat: Stage, graph: bool) -> None:
    key = chat.key("tools")
    messages = chat.text(key, "messages").replace('"a": 1', '"a": 41')
    found = cell(chat, "fork", key, graph=graph, values={"messages": messages, "plan": "it's"})
    assert [m.content for m in found["messages"]] == ['it\'s "1" + 1?\n', "", "42", "it is 42"]
    assert found["plan"] == "it's" and chat.run() == ["agent", "tools"]
    ours = chat.graph.get_state(config_of(key)).values["messages"]
    assert [m.id for m in found["messages"][:2]] == [m.id for m in ours]


@pytest.mark.parametrize("graph", [True, False])
def test_a_fork_of_an_input(chat: Stage, graph: bool) -> None:
    key = chat.key("__start__")
    text = '[{"role": "user", "content": "2?"}]'
    if not graph:
        text = '[["user", "2?"]]'
    found = cell(chat, "fork", key, graph=graph, values={"messages": text})
    assert [m.content for m in found["messages"]] == ["2?", "", "2", "it is 2"]
    assert found["plan"] == "add"


@pytest.mark.parametrize("graph", [True, False])
def test_a_fork_to_be_edited(chat: Stage, graph: bool) -> None:
    found = cell(chat, "fork", chat.key("tools"), graph=graph)
    assert chat.run() == ["agent", "tools"] or graph
    if not graph:  # all that can be written out is: what is to be changed is changed there
        assert [m.content for m in found["messages"]][-1] == "it is 2"
        text = code("fork", Actions(chat.observable), "saver", thread="t", key=chat.key("tools"))
        assert '"steps": 1' in text and '"plan": "add"' in text


@pytest.mark.parametrize("graph", [True, False])
def test_a_fork_as_of_two_nodes(graph: bool) -> None:
    stage = Stage(*parallel_graph(a=None, b=None))
    stage.graph.invoke({"n": 1}, T)
    stage.run()
    found = cell(stage, "fork", stage.key("last"), graph=graph, values={"log": '["x"]'})
    assert found == {"n": 1, "log": ["x", "last"]} and stage.run() == ["last"]


@pytest.mark.parametrize("graph", [True, False])
def test_a_fork_as_of_a_node(chat: Stage, graph: bool) -> None:
    key = chat.key("tools")
    given: Any = {"steps": "3"}
    text = code("fork", chat.actions if graph else Actions(chat.observable), "saver", thread="t", key=key,
                values=given, as_node="tools")  # fmt: skip
    assert 'as_node="tools"' in text
    assert cell(chat, "fork", key, graph=graph, values=given, as_node="tools")["steps"] == 1


def test_values_of_declared_types() -> None:
    from langgraph.graph import START, StateGraph

    builder: Any = StateGraph(Strict).add_node("one", _through).add_node("two", _through)
    stage = Stage(builder.add_edge(START, "one").add_edge("one", "two"), [])
    stage.graph.invoke({"plan": Plan(city="Rome", days=2)}, T)
    found = cell(stage, "fork", stage.key("two"), values={"plan": '{"city": "Oslo", "days": 3}'})
    assert found["plan"] == Plan(city="Oslo", days=3)


def test_values_that_are_wrong_are_no_code(chat: Stage) -> None:
    with pytest.raises(ValueError, match="steps: "):
        code("fork", chat.actions, "saver", thread="t", key=chat.key("tools"), values={"steps": "x"})


@pytest.mark.parametrize("graph", [True, False])
def test_a_re_run(chat: Stage, graph: bool) -> None:
    cell(chat, "rerun", chat.key("tools"), graph=graph)
    assert chat.run() == ["agent", "tools"]


@pytest.mark.parametrize("graph", [True, False])
def test_going_on(failed: Any, graph: bool) -> None:
    stage, _, key = failed
    cell(stage, "rerun", key, graph=graph)
    assert stage.run() == ["bad", "last"]


@pytest.mark.parametrize("graph", [True, False])
@pytest.mark.parametrize("given", [None, "maybe"])
def test_an_answer(graph: bool, given: str | None) -> None:
    stage = asking()
    stage.graph.invoke({"n": 1}, T)
    key, asked = asked_at(stage)
    found = cell(stage, "resume", key, graph=graph, values={} if given is None else {asked: given})
    assert f"ask:{given or 'yes'}" in found["log"]
    text = code("resume", stage.actions, "saver", thread="t", key=key)
    assert text.count("# asked: ") == 1 and "go?" in text


@pytest.mark.parametrize("graph", [True, False])
def test_several_answers(graph: bool) -> None:
    stage = several()
    stage.graph.invoke({"n": 1}, T)
    key, _ = asked_at(stage)
    cell(stage, "resume", key, graph=graph)
    assert [each.value for each in stage.state().interrupts] == ["second?"]


@pytest.mark.parametrize("graph", [True, False])
def test_what_langgraph_alone_would_run_again(failed: Any, graph: bool) -> None:
    stage, _, key = failed
    cell(stage, "fork", key, graph=graph, values={"n": "2"})
    assert stage.run() == ["bad", "last"] and stage.state().values["n"] == 2
    cell(stage, "rerun", key, graph=graph)
    assert stage.run() == ["bad", "last"] and stage.state().values["n"] == 1


@pytest.mark.parametrize("graph", [True, False])
def test_another_answer_later(graph: bool) -> None:
    stage = asking()
    stage.graph.invoke({"n": 1}, T)
    key, asked = asked_at(stage)
    stage.done(stage.actions.resume("t", key, {asked: "yes"}))
    stage.run()
    cell(stage, "resume", key, graph=graph, values={asked: "no"})
    assert stage.run() == ["ask", "last"] and "ask:no" in stage.state().values["log"]


@pytest.mark.parametrize("graph", [True, False])
def test_inside_a_subgraph(graph: bool) -> None:
    stage = nested()
    stage.graph.invoke({"x": 1}, T)
    stage.run()
    key = inside(stage, 1)
    cell(stage, "fork", key, graph=graph, values={"x": "7"})
    assert stage.state().values["x"] == 70 and stage.run() == ["i2", "last"]
    cell(stage, "rerun", key, graph=graph)
    assert stage.state().values["x"] == 20 and stage.run() == ["i2", "last"]


@pytest.mark.parametrize("graph", [True, False])
async def test_what_must_be_awaited(tmp_path: Path, graph: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    builder, ran = agent_graph()
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "c.db")) as saver:
        compiled = builder.compile(checkpointer=saver)
        await compiled.ainvoke({"messages": [("user", "1 + 1?")]}, T)
        history = [it async for it in compiled.aget_state_history(T)]
        (at,) = [it for it in history if it.next == ("tools",)]
        key = ("", at.config["configurable"]["checkpoint_id"])
        observable: Any = Bare(saver)
        actions = Actions(observable, compiled if graph else None)
        if not graph:
            observable.history = lambda _: type("H", (), {"head": None, "by_key": {}})()
        names = {"saver": saver, "graph": compiled}

        async def done(of: str, **more: Any) -> Any:
            text = await asyncio.to_thread(lambda: code(of, actions, "saver", thread="t", key=key, **more))
            assert "await " in text
            return await arun(text, **names)

        assert (await done("state"))["steps"] == 1
        ran.clear()
        assert (await done("fork", values={"steps": "5"}))["steps"] == 5
        assert ran == ["tools", "agent"]
        assert (await done("rerun"))["steps"] == 1
        await done("export")
        await done("delete")
        assert [it async for it in saver.alist(None)] == []
        await done("import")
        assert [it async for it in saver.alist(None)] != []


def test_threads(chat: Stage) -> None:
    other = chat.saver
    count = len(held(other))
    cell(chat, "copy", target='it\'s a "copy"')
    assert len(held(other)) == 2 * count
    cell(chat, "prune")
    assert other.count("t") == 1
    cell(chat, "delete", threads=["t", 'it\'s a "copy"'])
    assert held(other) == []


def test_files(chat: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = held(chat.saver)
    cell(chat, "export", threads=["t"])
    cell(chat, "export")
    chat.saver.delete_thread("t")
    cell(chat, "import")
    assert held(chat.saver) == before


@pytest.mark.parametrize("of", ["watch", "first", "diff", "sweep"])
def test_cells_of_the_timeline_itself(chat: Stage, of: str) -> None:
    pinned = config_of(chat.key("__start__"))
    more: Any = {"diff": {"pinned": pinned}, "sweep": {}}.get(of, {"channel": "messages"})
    found = cell(chat, of, chat.key("tools"), **more)
    if of == "first":
        assert found["configurable"]["checkpoint_id"] == chat.key("agent", last=1)[1]


def test_sweeping(chat: Stage) -> None:
    assert cell(chat, "sweep")["refused"]  # there is nothing
    chat.saver.put_writes(config_of(("", "1ef00000-0000-6000-8000-000000000000")), [("plan", 1)], "task")
    assert cell(chat, "sweep")["done"]


@pytest.mark.parametrize("of", [each for each in OF if each not in ("copy",)])
def test_hostile_names_stay_text(of: str) -> None:
    evil = "t'\"; raise SystemExit #\n\\{}"
    builder, _ = agent_graph()
    saver = InMemorySaver()
    graph = builder.compile(checkpointer=saver)
    graph.invoke({"messages": [("user", evil)], "plan": evil}, {"configurable": {"thread_id": evil}})
    key = ("", graph.get_state({"configurable": {"thread_id": evil}}).config["configurable"]["checkpoint_id"])
    for actions in (Actions(observe(saver)), Actions(observe(saver), graph)):
        text = code(of, actions, evil, thread=evil, key=key, channel=evil, target=evil)
        for node in ast.walk(ast.parse(text)):
            assert not isinstance(node, ast.Raise)


def test_what_is_no_plain_data_is_refused() -> None:
    class Odd:
        def __repr__(self) -> str:
            return "__import__('os').getcwd()"

        def __str__(self) -> str:
            return "odd"

    saver = InMemorySaver()
    Stage(*agent_graph(), saver=saver).graph.invoke({"messages": [("user", "hi")]}, T)
    (tuple_, *_) = saver.list(T)
    saver.put(
        {"configurable": {"thread_id": Odd(), "checkpoint_ns": ""}}, tuple_.checkpoint, tuple_.metadata, {}
    )
    actions = Actions(observe(saver))
    with pytest.raises(ValueError, match="a Odd cannot be written as code"):
        code("config", actions, "saver", thread="odd", key=("", tuple_.checkpoint["id"]))


@pytest.mark.parametrize(
    ("of", "more", "error"),
    [
        ("nonesuch", {}, "of: got 'nonesuch', accepted are 'config'"),
        ("fork", {}, "at: missing"),
        ("delete", {}, "threads: missing"),
        ("copy", {"thread": "t"}, "target: "),
    ],
)
def test_cells_that_cannot_be(of: str, more: Any, error: str) -> None:
    saver = InMemorySaver()
    with pytest.raises(ValueError, match=error):
        code(of, Actions(observe(saver)), "saver", **more)


def test_literals() -> None:
    class Text(str):
        pass

    values: list[Any] = [
        None, True, 1, -1.5, 1e300, "it's", 'a "b"', "'\"", b"\x00", [], {}, (), (1,),
        {"a": [1, {"b": (2, 3)}]}, ["x" * 60, {"k": "y" * 60}], "\ud800", {1: "a"},
    ]  # fmt: skip
    for value in values:
        assert eval(literal(value)) == value
    assert str(eval(literal([float("nan"), float("inf")]))) == "[nan, inf]"
    for odd in (Text("a"), {1, 2}, AIMessage("a"), Plan(city="x", days=1), object()):
        with pytest.raises(ValueError, match="cannot be written as code"):
            literal(odd)


def test_variables() -> None:
    assert variable("mine") == "mine"
    assert variable(None) == variable("not a name") == variable("class") == "saver"


def config_of(key: Any) -> Any:
    return {"configurable": {"thread_id": "t", "checkpoint_ns": key[0], "checkpoint_id": key[1]}}
