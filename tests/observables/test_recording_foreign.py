"""Objects of others, and checkpointers: recorded in one process, and replayed in another."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langgraph.store.memory import InMemoryStore as LongTermStore

from inmem_widgets import observe, record, replay, to_frame
from tests.observables.browsing import Make
from tests.observables.recordings import lines_of

FRAMES = """
import json
from inmem_widgets import to_frame

LEFT_OUT = ["created", "changed", "inserted", "last_hit", "size"]  # when it was read, and how it is in memory

def frame(obj):
    return json.loads(to_frame(obj).drop(columns=LEFT_OUT, errors="ignore").to_json(orient="records"))
"""
WRITER = (
    FRAMES
    + """
import asyncio, os, signal, sqlite3, sys
import cachetools
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.store.memory import InMemoryStore
from inmem_widgets import InMemorySaver, observe, record, watched_dict

def graph(saver):
    made = StateGraph(MessagesState)
    made.add_node("node", lambda state: {"messages": [AIMessage("answer", id="a")]})
    made.add_edge(START, "node")
    return made.compile(checkpointer=saver)

def given(thread):
    return {"messages": [HumanMessage("question", id="q")]}, {"configurable": {"thread_id": thread}}

async def main(path, end):
    off_the_loop = asyncio.to_thread
    async with AsyncSqliteSaver.from_conn_string(":memory:") as awaited:
        sqlite = SqliteSaver(sqlite3.connect(":memory:", check_same_thread=False))
        savers = {"own": InMemorySaver(), "upstream": Upstream(), "sqlite": sqlite}
        items, counted, plain = InMemoryStore(), cachetools.LRUCache(2), {"a": 1}
        watched = watched_dict({"a": 1})
        others = {"items": items, "counted": counted, "plain": plain, "watched": watched}
        objs = {**others, **savers, "awaited": awaited}
        items.put(("users", "ann"), "before", {"n": 1})
        for saver in savers.values():
            graph(saver).invoke(*given("before"))
        await graph(awaited).ainvoke(*given("before"))
        held = [await off_the_loop(observe, each) for each in objs.values()]
        recording = await off_the_loop(lambda: record(path, *objs.values(), names=[*objs]))
        items.put(("users", "ann"), "after", {"n": 2})
        items.delete(("users", "ann"), "before")
        for n in range(3):
            counted[f"k{n}"] = n
        counted.get("none"), counted["k2"]
        for each in (plain, watched):
            each["b"] = [1]
            del each["a"]
        for saver in savers.values():
            graph(saver).invoke(*given("after"))
        await graph(awaited).ainvoke(*given("after"))
        await off_the_loop(recording.close if end == "close" else recording.flush)
        print(json.dumps({name: await off_the_loop(frame, each) for name, each in objs.items()}), flush=True)
        if end == "kill":
            os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(*sys.argv[1:]))
"""
)
READER = (
    FRAMES
    + """
import sys
from inmem_widgets import replay

with replay(sys.argv[1]) as found:
    assert not found.problem, found.problem
    print(json.dumps({name: frame(each) for name, each in found.objects.items()}))
"""
)


def run(script: str, *args: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", script, *args], stdout=subprocess.PIPE, timeout=120, check=False
    )
    return done.returncode, json.loads(done.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
@pytest.mark.parametrize("end", ["close", "kill"])
def test_another_process_shows_the_same_frames(tmp_path: Path, end: str) -> None:
    pytest.importorskip("langgraph.checkpoint.sqlite")
    path = str(tmp_path / "r.jsonl")
    code, wanted = run(WRITER, path, end)
    assert code == (0 if end == "close" else -signal.SIGKILL)
    assert wanted["items"][0]["namespace"] == "users/ann" and wanted["plain"][0]["key"] == "b"
    assert [each["thread_id"] for each in wanted["awaited"]] == ["before"] * 3 + ["after"] * 3
    code, replayed = run(READER, path)
    assert code == 0 and replayed == wanted


def test_namespaces_of_long_term_stores_are_known_in_a_replay(tmp_path: Path, browse: Make) -> None:
    store, again = LongTermStore(), tmp_path / "again.jsonl"
    with record(tmp_path / "r.jsonl", store):
        store.put(("users", "ann"), "likes", {"tea": True})
    with replay(tmp_path / "r.jsonl") as found:
        shown = found.objects["store"]
        assert to_frame(shown)[["namespace", "key"]].to_numpy().tolist() == [["users/ann", "likes"]]
        assert to_frame(observe(shown).at(found.total)).namespace.tolist() == ["users/ann"]
        assert browse(shown).state({})["delimiters"] == "/"
        with record(again, shown):
            pass
    assert lines_of(again)[0]["objects"]["shown"]["delimiters"] == "/"
    with replay(again) as found:
        assert to_frame(found.objects["shown"]).namespace.tolist() == ["users/ann"]
