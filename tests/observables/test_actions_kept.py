"""Going on, re-running and answering: what had finished is not run again, what was asked is asked once."""

from __future__ import annotations

from typing import Any

import pytest
from langgraph.graph import START, StateGraph
from langgraph.types import Command, Send, interrupt

from inmem_widgets.observables.threads.lanes import Key
from tests.observables.acting import Log, Once, Stage, T, held, parallel_graph


@pytest.fixture
def failed() -> tuple[Stage, Once, Key]:
    """A step of which `ok` finished and `bad` failed."""
    once = Once()
    stage = Stage(*parallel_graph(ok=None, bad=once))
    once.saver = stage.saver
    with pytest.raises(ZeroDivisionError):
        stage.graph.invoke({"n": 1}, T)
    stage.run()
    once.broken = False
    (checkpoint,) = [it for it in stage.graph.get_state_history(T) if set(it.next) == {"ok", "bad"}]
    return stage, once, ("", checkpoint.config["configurable"]["checkpoint_id"])


def test_going_on_after_a_failure(failed: tuple[Stage, Once, Key]) -> None:
    stage, _, key = failed
    form = stage.actions.form("t", key, "fork")
    assert set(form["next"]) == {"ok", "bad"} and form["kept"] == ["ok"]
    count = len(held(stage.saver))
    assert stage.done(stage.actions.rerun("t", key)) == "done"
    assert stage.run() == ["bad", "last"]
    assert stage.state().values["log"] == ["first", "bad", "ok", "last"]
    assert len(held(stage.saver)) == count + 2  # no fork: the run went on where it stood


def test_a_fork_of_a_failed_step(failed: tuple[Stage, Once, Key]) -> None:
    stage, _, key = failed
    assert stage.done(stage.actions.fork("t", key, {"n": "2"}, None, True)) == "done"
    assert stage.run() == ["bad", "last"]
    assert stage.state().values == {"n": 2, "log": ["first", "bad", "ok", "last"]}


def test_re_running_a_failed_step_that_the_thread_has_left(failed: tuple[Stage, Once, Key]) -> None:
    stage, _, key = failed
    stage.done(stage.actions.fork("t", key, {"n": "2"}, None, True))
    stage.run()
    assert stage.actions.form("t", key, "fork")["kept"] == ["ok"]
    assert stage.done(stage.actions.rerun("t", key)) == "done"
    assert stage.run() == ["bad", "last"]
    assert stage.state().values == {"n": 1, "log": ["first", "bad", "ok", "last"]}


def test_re_running_a_step_that_had_come_to_its_end(failed: tuple[Stage, Once, Key]) -> None:
    stage, _, key = failed
    stage.done(stage.actions.rerun("t", key))
    stage.run()
    assert stage.actions.form("t", key, "fork")["kept"] == []
    assert stage.done(stage.actions.rerun("t", key)) == "done"
    assert stage.run() == ["bad", "last", "ok"]
    assert stage.state().values["log"] == ["first", "bad", "ok", "last"]


def test_a_failure_that_stays_one(failed: tuple[Stage, Once, Key]) -> None:
    stage, once, key = failed
    once.broken = True
    assert stage.done(stage.actions.rerun("t", key)) == "failed"
    assert stage.actions.runs[0]["error"] == "ZeroDivisionError: not yet"
    assert stage.run() == ["bad"]
    once.broken = False
    assert stage.done(stage.actions.rerun("t", key)) == "done" and stage.run() == ["bad", "last"]


def test_nothing_runs_from_an_end(failed: tuple[Stage, Once, Key]) -> None:
    stage, _, key = failed
    stage.done(stage.actions.rerun("t", key))
    before = held(stage.saver)
    begun = stage.actions.rerun("t", stage.key())
    assert "nothing runs from here" in begun["problems"][0]["message"] and begun["run"] is None
    assert held(stage.saver) == before


def asking() -> Stage:
    """`ask` asks, beside `other`, which finishes."""

    def ask(state: Log) -> str:
        return str(interrupt({"question": "go?"}))

    return Stage(*parallel_graph(ask=ask, other=None))


def asked_at(stage: Stage) -> tuple[Key, str]:
    found = next(it for it in stage.graph.get_state_history(T) if it.interrupts)
    return ("", found.config["configurable"]["checkpoint_id"]), found.interrupts[0].id


def test_answering_an_interrupt() -> None:
    stage = asking()
    stage.graph.invoke({"n": 1}, T)
    stage.run()
    key, asked = asked_at(stage)
    form = stage.actions.form("t", key, "resume")
    assert form["kept"] == ["other"] and [each["name"] for each in form["fields"]] == [asked]
    assert form["fields"][0]["label"] == "ask" and "go?" in form["fields"][0]["reason"]
    count = len(held(stage.saver))
    assert stage.done(stage.actions.resume("t", key, {asked: "yes"})) == "done"
    assert stage.run() == ["ask", "last"]
    assert stage.state().values["log"] == ["first", "ask:yes", "other", "last"]
    assert len(held(stage.saver)) == count + 2


def test_another_answer_later_makes_a_branch() -> None:
    stage = asking()
    stage.graph.invoke({"n": 1}, T)
    key, asked = asked_at(stage)
    stage.done(stage.actions.resume("t", key, {asked: "yes"}))
    before = held(stage.saver)
    stage.run()
    assert stage.done(stage.actions.resume("t", key, {asked: '{"so": 1}'})) == "done"
    assert stage.run() == ["ask", "last"]  # `other` is not run again
    assert stage.state().values["log"] == ["first", "ask:{'so': 1}", "other", "last"]
    after = held(stage.saver)
    assert after[-len(before) :] == before and len(after) == len(before) + 3  # the copy, the step, the last


def test_another_answer_where_nothing_else_had_finished() -> None:
    stage = Stage(*parallel_graph(ask=lambda state: str(interrupt("go?"))))
    stage.graph.invoke({"n": 1}, T)
    key, asked = asked_at(stage)
    stage.done(stage.actions.resume("t", key, {asked: "yes"}))
    stage.run()
    assert stage.done(stage.actions.resume("t", key, {asked: "no"})) == "done"
    assert stage.run() == ["ask", "last"]
    assert stage.state().values["log"] == ["first", "ask:no", "last"]


def test_re_running_an_interrupt_asks_again() -> None:
    stage = asking()
    stage.graph.invoke({"n": 1}, T)
    key, asked = asked_at(stage)
    assert stage.done(stage.actions.rerun("t", key)) == "interrupted"
    stage.done(stage.actions.resume("t", key, {asked: "yes"}))
    stage.run()
    assert stage.done(stage.actions.rerun("t", key)) == "interrupted"
    assert len(stage.state().interrupts) == 1
    newest = stage.state()
    again = ("", newest.config["configurable"]["checkpoint_id"])
    assert stage.done(stage.actions.resume("t", again, {newest.interrupts[0].id: "no"})) == "done"
    assert "ask:no" in stage.state().values["log"]


@pytest.mark.parametrize(
    ("values", "name"), [({}, ""), ({"nonesuch": "1"}, "nonesuch"), ({"ID": '{"a": '}, "ID")]
)
def test_answers_that_are_none(values: dict[str, str], name: str) -> None:
    stage = asking()
    stage.graph.invoke({"n": 1}, T)
    key, asked = asked_at(stage)
    before = held(stage.saver)
    stage.run()
    given = {each.replace("ID", asked): text for each, text in values.items()}
    begun = stage.actions.resume("t", key, given)
    assert [each["name"] for each in begun["problems"]] == [name.replace("ID", asked)]
    assert held(stage.saver) == before and stage.run() == []


def test_nothing_was_asked() -> None:
    stage = Stage(*parallel_graph(a=None))
    stage.graph.invoke({"n": 1}, T)
    begun = stage.actions.resume("t", stage.key("last"), {"x": "1"})
    assert "no interrupt waits" in begun["problems"][0]["message"]
    with pytest.raises(ValueError, match="no interrupt waits"):
        stage.actions.resume_value(stage.state().config, 1)


def several() -> Stage:
    """Two nodes of a step ask; one of them twice."""

    def one(state: Log) -> str:
        return f"{interrupt('first?')}+{interrupt('second?')}"

    def two(state: Log) -> str:
        return str(interrupt("other?"))

    return Stage(*parallel_graph(one=one, two=two, quiet=None))


def test_several_interrupts_one_by_one() -> None:
    stage = several()
    stage.graph.invoke({"n": 1}, T)
    stage.run()

    def fields() -> tuple[Key, dict[str, str]]:
        where = stage.state().config["configurable"]
        key = "", where["checkpoint_id"]
        form = stage.actions.form("t", key, "resume")
        return key, {each["label"]: each["name"] for each in form["fields"]}

    key, ids = fields()
    assert ids.keys() == {"one", "two"}
    assert stage.done(stage.actions.resume("t", key, {ids["one"]: "1"})) == "interrupted"
    assert stage.run() == ["one", "two"]  # LangGraph runs all that wait; they ask again
    key, ids = fields()
    assert stage.done(stage.actions.resume("t", key, {ids["one"]: "2", ids["two"]: "3"})) == "done"
    assert "quiet" not in stage.run()
    assert stage.state().values["log"] == ["first", "one:1+2", "quiet", "two:3", "last"]

    # another second answer, later: the first one, and the other node's, are kept
    record = stage.actions.form("t", key, "resume")
    ids = {each["label"]: each["name"] for each in record["fields"]}
    assert stage.done(stage.actions.resume("t", key, {ids["one"]: "9"})) == "done"
    assert stage.run() == ["last", "one"]
    assert stage.state().values["log"] == ["first", "one:1+9", "quiet", "two:3", "last"]


def test_answers_as_objects() -> None:
    stage = several()
    stage.graph.invoke({"n": 1}, T)
    config = stage.state().config
    with pytest.raises(ValueError, match="2 things are asked: give answers by the ids"):
        stage.actions.resume_value(config, "yes")
    ids = [each.id for each in stage.state().interrupts]
    stage.actions.resume_value(config, dict.fromkeys(ids, (1, 2)))
    assert stage.actions.wait(20)
    assert stage.actions.runs[0]["state"] == "interrupted"  # `one` asks its second question
    stage.actions.resume_value(config, "end")
    assert stage.actions.wait(20) and stage.actions.runs[0]["state"] == "done"
    assert "one:(1, 2)+end" in stage.state().values["log"] or "one:[1, 2]+end" in stage.state().values["log"]


def test_breakpoints() -> None:
    stage = Stage(*parallel_graph(a=None, b=None), interrupt_before=["a"])
    stage.graph.invoke({"n": 1}, T)
    assert stage.run() == ["first"]
    key = ("", stage.state().config["configurable"]["checkpoint_id"])
    assert stage.actions.form("t", key, "resume")["fields"] == []
    assert stage.done(stage.actions.rerun("t", key)) == "done"
    assert stage.run() == ["a", "b", "last"]
    # whoever runs on from a breakpoint passes it, LangGraph says
    assert stage.done(stage.actions.fork("t", key, {"n": "5"}, None, True)) == "done"
    assert stage.run() == ["a", "b", "last"] and stage.state().values["n"] == 5


def test_sends_that_had_finished() -> None:
    once, ran = Once(others=2), []

    def work(job: Any) -> Any:
        ran.append(job["job"])
        if job["job"] == 2:
            once(None)
        return {"n": 1}

    builder: Any = StateGraph(Log).add_node("plan", lambda s: {}).add_node("work", work)
    builder.add_edge(START, "plan")
    builder.add_conditional_edges("plan", lambda s: [Send("work", {"job": i}) for i in (1, 2, 3)], ["work"])

    def last(state: Log) -> Any:
        return {"log": ["last"]}

    builder.add_node("last", last).add_edge("work", "last")
    stage = Stage(_single(builder), ran)
    once.saver = stage.saver
    with pytest.raises(ZeroDivisionError):
        stage.graph.invoke({"n": 0}, T)
    key = ("", stage.state().config["configurable"]["checkpoint_id"])
    ran.clear()
    once.broken = False
    assert stage.done(stage.actions.fork("t", key, {"log": '["typed"]'}, None, True)) == "done"
    assert ran == [2]
    assert stage.state().values["log"] == ["typed", "last"]


def _single(builder: Any) -> Any:
    """Many tasks write `n` in one step."""
    from langgraph.channels import AnyValue

    builder.channels["n"] = AnyValue(int)
    return builder


def test_a_command_given_by_hand_is_as_good() -> None:
    """What our runs leave behind is what LangGraph's own would."""
    ours, theirs = asking(), asking()
    for stage in (ours, theirs):
        stage.graph.invoke({"n": 1}, T)
    key, asked = asked_at(ours)
    ours.done(ours.actions.resume("t", key, {asked: "yes"}))
    theirs.graph.invoke(Command(resume="yes"), T)
    assert ours.state().values == theirs.state().values
    shape = [[(m["source"], m["step"]) for _, _, m, _, _ in held(stage.saver)] for stage in (ours, theirs)]
    assert shape[0] == shape[1]
