"""Deleting, copying, pruning and sweeping: the dry run tells what happens, and exactly that happens."""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.checkpoint.base.id import uuid6
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.reading.stored import held_in
from inmem_widgets.observables.timeline.plans import Plans
from tests.core.checkpointing import put, rows
from tests.observables.porting import at, graph_on, held, saver_of, story
from tests.observables.porting import interrupted as delta_interrupted


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def plain_graph(saver: Any) -> Any:
    """Two steps, a subgraph, and an interrupt in the second step if asked; no delta channels."""

    def ask(state: State) -> Any:
        return {"log": [interrupt("which?")] if "ask" in state["log"] else ["no"]}

    inner = StateGraph(State)
    inner.add_node("in", lambda state: {"log": ["in"]})
    inner.add_edge(START, "in")
    graph = StateGraph(State)
    graph.add_node("sub", inner.compile())
    graph.add_node("ask", ask)
    graph.add_edge(START, "sub")
    graph.add_edge("sub", "ask")
    return graph.compile(checkpointer=saver)


def finished(saver: Any, thread: str) -> None:
    plain_graph(saver).invoke({"log": ["x"]}, at(thread))


def waiting(saver: Any, thread: str) -> None:
    plain_graph(saver).invoke({"log": ["ask"]}, at(thread))


def size(saver: InMemorySaver, thread: str) -> int:
    return held_in(saver._tables, thread).total


def made() -> tuple[InMemorySaver, Plans]:
    saver = InMemorySaver()
    finished(saver, "done")
    waiting(saver, "waits")
    observable = observe(saver)
    plans = Plans(observable)
    plans.__dict__["keep"] = observable  # it is held weakly elsewhere
    return saver, plans


def test_delete_says_what_goes_and_frees_just_that() -> None:
    saver, plans = made()
    count, bytes_before = saver.count("done"), size(saver, "done")
    plan = plans.plan("delete", ["done"])
    assert saver.count("done") == count  # a dry run
    assert {row["verdict"] for row in plan["rows"]} == {"goes"}
    assert (plan["goes"], plan["stays"], plan["freed"], plan["refused"]) == (count, 0, bytes_before, "")
    assert sum(row["checkpoints"] for row in plan["rows"]) == count
    assert plans.apply(plan["token"]) == {"done": True, "changed": "", "goes": count, "freed": bytes_before}
    assert saver.thread_ids() == ["waits"] and size(saver, "done") == 0


def test_a_thread_that_waits_stays_unless_it_is_named() -> None:
    saver, plans = made()
    plan = plans.plan("delete")  # all
    stays = [row for row in plan["rows"] if row["thread"] == "waits"]
    assert {row["verdict"] for row in stays} == {"stays"} and "interrupt" in stays[0]["why"]
    assert plan["stays"] == saver.count("waits")
    plans.apply(plan["token"])
    assert saver.thread_ids() == ["waits"]
    alone = plans.plan("delete", ["waits"])
    assert alone["refused"] and alone["goes"] == 0
    with pytest.raises(LookupError, match="token"):
        plans.apply(alone["token"])
    assert plans.apply(plans.plan("delete", ["waits"], named=["waits"])["token"])["done"]
    assert saver.count() == 0


def test_prune_keeps_the_latest_and_its_interrupt() -> None:
    saver, plans = made()
    before = {thread: (saver.count(thread), size(saver, thread)) for thread in ("done", "waits")}
    expected = InMemorySaver()
    for thread in ("done", "waits"):
        (finished if thread == "done" else waiting)(expected, thread)
    expected.prune(["done", "waits"])
    plan = plans.plan("prune", ["done", "waits"])
    assert plans.apply(plan["token"])["done"]
    assert {t: len(rows(saver, t)["checkpoints"]) for t in before} == {
        t: len(rows(expected, t)["checkpoints"]) for t in before
    }
    assert plan["goes"] == sum(count for count, _ in before.values()) - saver.count()
    assert plan["stays"] == saver.count()
    assert plan["freed"] == sum(total for _, total in before.values()) - sum(size(saver, t) for t in before)
    whys = {(row["thread"], row["verdict"]): row["why"] for row in plan["rows"] if not row["ns"]}
    assert "interrupt" in whys["waits", "stays"] and "interrupt" not in whys["done", "stays"]
    assert whys["done", "goes"] == "older than the latest"
    assert plain_graph(saver).invoke(Command(resume="this"), at("waits"))["log"][-1] == "this"


def test_prune_spares_an_interrupt_on_an_older_branch() -> None:
    saver, plans = made()
    graph = plain_graph(saver)
    past = next(each for each in graph.get_state_history(at("waits")) if each.next == ("sub",))
    graph.invoke(None, graph.update_state(past.config, {"log": ["more"]}))  # another branch waits, too
    before = saver.count("waits")
    plan = plans.plan("prune", ["waits"])
    assert plan["refused"] and {row["verdict"] for row in plan["rows"]} == {"stays"}
    assert "name the thread to prune" in plan["rows"][0]["why"]
    assert plan["stays"] == before
    named = plans.plan("prune", ["waits"], named=["waits"])
    assert plans.apply(named["token"])["done"] and saver.count("waits") == named["stays"]


def test_delta_channels_keep_what_they_are_rebuilt_from() -> None:
    saver, plans = made()
    story(saver, "delta")
    before = held(saver, "delta")
    plan = plans.plan("prune")
    found = [row for row in plan["rows"] if row["thread"] == "delta"]
    assert {row["verdict"] for row in found} == {"stays"} and "delta channels" in found[0]["why"]
    assert plans.apply(plan["token"])["done"]
    assert held(saver, "delta") == before
    assert len(rows(saver, "done")["checkpoints"]) == 1


def test_copy_says_what_it_replaces() -> None:
    saver, plans = made()
    story(saver, "t")
    plan = plans.plan("copy", ["t"], "u")
    assert {row["verdict"] for row in plan["rows"]} == {"copied"} and plan["freed"] == 0
    assert plans.apply(plan["token"])["done"]
    assert [each[3:] for each in held(saver, "u")] == [each[3:] for each in held(saver, "t")]
    put(saver, "u", "0", {"log": ["other"]})
    again = plans.plan("copy", ["t"], "u")
    verdicts = {
        row["verdict"]: row["checkpoints"] for row in again["rows"] if row["thread"] == "u" and not row["ns"]
    }
    assert verdicts["stays"] == 1 and verdicts["replaced"] == len(
        [key for key in rows(saver, "t")["checkpoints"] if not key[0]]
    )
    assert plans.plan("copy", ["t"], "t")["refused"]
    with pytest.raises(ValueError, match="target: got None"):
        plans.plan("copy", ["t"])
    with pytest.raises(ValueError, match="threads: got 2"):
        plans.plan("copy", ["t", "u"], "v")


def test_sweep_takes_ghosts_and_orphans_not_what_a_run_may_still_need() -> None:
    saver, plans = made()
    old, young = "1ef00000-0000-6000-8000-000000000000", str(uuid6())
    for thread, id in (("ghost", old), ("new", young), ("done", old), ("done", young)):
        config: Any = {"configurable": {"thread_id": thread, "checkpoint_ns": "", "checkpoint_id": id}}
        saver.put_writes(config, [("log", ["x"] * 100)], "task")
    before = sum(size(saver, t) for t in ("ghost", "new", "done"))
    kept = held(saver, "done")
    plan = plans.plan("sweep")
    assert {(row["thread"], row["verdict"]) for row in plan["rows"]} == {
        ("ghost", "goes"),
        ("new", "stays"),
        ("done", "goes"),
        ("done", "stays"),
    }
    assert plans.apply(plan["token"])["done"]
    assert plan["freed"] == before - sum(size(saver, t) for t in ("ghost", "new", "done"))
    assert sorted(saver.writes) == sorted(key for key in saver.writes if key[2] != old)
    assert held(saver, "done") == kept
    assert plans.plan("sweep")["refused"]


@pytest.mark.parametrize("what", ["delete", "prune", "copy"])
def test_nothing_is_done_once_something_has_changed(what: str) -> None:
    saver, plans = made()
    plan = plans.plan(what, ["done"], "copied" if what == "copy" else None)
    saver.put_writes(
        next(iter(saver.list(at("done")))).config, [("log", ["late"])], "00000000-0000-0000-0000-000000000000"
    )
    before = held(saver, "done")
    done = plans.apply(plan["token"])
    assert not done["done"] and done["changed"].startswith("done has changed since")
    assert held(saver, "done") == before and saver.count("copied") == 0
    with pytest.raises(LookupError):
        plans.apply(plan["token"])  # one plan, one attempt


def test_a_thread_that_is_not_there_and_words_not_known() -> None:
    saver, plans = made()
    assert saver.thread_ids() == ["done", "waits"]
    assert plans.plan("delete", ["nobody"])["refused"] == "There is no thread nobody (any more)."
    with pytest.raises(ValueError, match="what: got 'burn'"):
        plans.plan("burn")
    with pytest.raises(TypeError, match="threads: got done"):
        plans.plan("delete", "done")
    tokens = [plans.plan("delete", ["done"])["token"] for _ in range(20)]
    with pytest.raises(LookupError):
        plans.apply(tokens[0])  # plans are bounded
    assert plans.apply(tokens[-1])["done"]


def test_others_checkpointers_do_what_they_can() -> None:
    for kind, can in (("sqlite", {"delete"}), ("reference", {"delete"})):
        with saver_of(kind) as saver:
            finished(saver, "done")
            delta_interrupted(saver, "waits")
            observable = observe(saver)
            plans = Plans(observable)
            for what in ("delete", "copy", "prune", "sweep"):
                plan = plans.plan(what, ["done"], "copied" if what == "copy" else None)
                assert bool(plan["refused"]) == (what not in can), plan
                if what not in can:
                    assert type(saver).__name__ in plan["refused"]
            plan = plans.plan("delete", ["done", "waits"])
            verdicts = {(row["thread"], row["verdict"]) for row in plan["rows"]}
            assert verdicts == {("done", "goes"), ("waits", "stays")}
            assert plan["goes"] == sum(1 for _ in saver.list(at("done")))
            assert (plan["freed"] or 0) > 0 if kind == "reference" else plan["freed"] is None
            assert plans.apply(plan["token"])["done"]
            assert not held(saver, "done") if kind == "sqlite" else "done" not in saver.storage
            assert held(saver, "waits")
            assert graph_on(saver).invoke(Command(resume="x"), at("waits"))["log"][-1] == "end"


async def test_a_checkpointer_on_an_event_loop() -> None:
    async with AsyncSqliteSaver.from_conn_string(":memory:") as saver:
        await plain_graph(saver).ainvoke({"log": ["x"]}, at("done"))
        observable = observe(saver)
        plans = Plans(observable)
        assert "In a cell: await saver.adelete_thread" in plans.plan("delete", ["done"])["refused"]
        plan = await asyncio.to_thread(plans.plan, "delete", ["done"])
        assert plan["goes"] == len([each async for each in saver.alist(at("done"))])
        await plain_graph(saver).ainvoke({"log": ["y"]}, at("done"))
        assert (await asyncio.to_thread(plans.apply, plan["token"]))["changed"]
        plan = await asyncio.to_thread(plans.plan, "delete", ["done"])
        assert (await asyncio.to_thread(plans.apply, plan["token"]))["done"]
        assert [each async for each in saver.alist(at("done"))] == []
        observable.close()
