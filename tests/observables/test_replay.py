"""A recording replayed: the same views, times and origins, wherever it is."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import Generation
from langgraph.graph import START, MessagesState, StateGraph

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, observe, record, replay
from inmem_widgets.observables.formats import view_value
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.recording.freezing import freeze
from inmem_widgets.observables.recording.lines import NoRecording
from inmem_widgets.observables.recording.thawing import thaw
from inmem_widgets.observables.values import type_label
from tests.observables.recordings import changes_of, lines_of
from tests.threads import until

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=12,
)

RECORDER = """
import dataclasses, sys, types
import pydantic
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import Generation
from langgraph.graph import START, MessagesState, StateGraph
from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, record

shop = types.ModuleType("shop")
sys.modules["shop"] = shop
exec('''
import dataclasses, enum, pydantic
from langchain_core.messages import AIMessage
@dataclasses.dataclass
class Order:
    item: str
    pieces: int
class Buyer(pydantic.BaseModel):
    name: str
    orders: list[Order] = []
class Polite(AIMessage):
    pass
class State(enum.Enum):
    paid = "paid"
''', shop.__dict__)
store, cache, saver = InMemoryStore(), InMemoryCache(maxsize=2), InMemorySaver()
store.mset([("buyer", shop.Buyer(name="Ann", orders=[shop.Order("tea", 2)])), ("plain", {"a": [1, 2]})])

class State(MessagesState):
    buyer: object

graph = StateGraph(State)
graph.add_node("sell", lambda state: {"messages": [AIMessage("sold")], "buyer": shop.Buyer(name="Ann")})
graph.add_edge(START, "sell")
compiled = graph.compile(checkpointer=saver)
with record(sys.argv[1], store, cache, saver):
    store.mset([("order", shop.Order("coffee", 1)), ("chat", [HumanMessage("hello"), shop.Polite("hi")])])
    store.mdelete(["plain"])
    for n in range(3):
        cache.lookup(f"p{n}", "llm")
        cache.update(f"p{n}", "llm", [Generation(text=f"answer {n}")])
    cache.lookup("p2", "llm")
    compiled.invoke({"messages": [HumanMessage("buy")]}, {"configurable": {"thread_id": "t"}})
"""

LOOKER = """
import json, sys
from inmem_widgets import observe, replay
from inmem_widgets.observables.formats import view_value
from inmem_widgets.observables.values import type_label
from inmem_widgets.observables.preview import preview
with replay(sys.argv[1]) as found:
    store, cache, saver = (found.objects[name] for name in ("store", "cache", "saver"))
    values = dict(zip(store.store, store.mget(list(store.store))))
    newest = next(iter(saver.list(None)))
    table, counters, line = found.inspect().widgets
    told = {
        "problem": found.problem,
        "kinds": {key: type_label(value) for key, value in values.items()},
        "previews": {key: preview(value) for key, value in values.items()},
        "formats": {key: view_value(value)["format"] for key, value in values.items()},
        "channels": {name: preview(value) for name, value in newest.checkpoint["channel_values"].items()},
        "imported": "shop" in sys.modules,
        "how": [each.state["watched"]["how"] for each in (table, counters, line)],
        "titles": [each.state["title"]["type"] for each in (table, counters, line)],
        "size": table.state["size"],
        "hits": counters.state["hits"] if "hits" in counters.state else observe(cache).hits,
        "threads": [each["id"] for each in line.state["threads"]],
        "rows": len(line.state["rows"]),
        "log": [[each.kind, each.by is not None, each.time] for each in observe(store).log.changes()],
        "nodes": sorted({each.by.node or "" for each in observe(saver).log.changes()}),
    }
print(json.dumps(told, default=str))
"""


def run(code: str, *args: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@settings(max_examples=200, deadline=None)
@given(PLAIN)
def test_plain_values_come_back_as_they_were(value: Any) -> None:
    found = thaw(json.loads(json.dumps(freeze(value))))
    assert type_label(found) == type_label(value) and preview(found) == preview(value)
    if "\\ud" not in ascii(value):  # lone surrogates are told as escapes
        assert found == value


def test_in_a_kernel_without_the_classes_the_views_are_the_same(tmp_path: Path) -> None:
    path = str(tmp_path / "shop.jsonl")
    began = time.time()
    run(RECORDER, path)
    ended = time.time()
    found = json.loads(run(LOOKER, path))
    assert found["problem"] == "" and not found["imported"]
    assert found["kinds"] == {"buyer": "Buyer", "order": "Order", "chat": "list"}
    assert found["previews"]["buyer"] == "Buyer(name='Ann', orders=[Order(item='tea', pieces=2)])"
    assert found["previews"]["order"] == "Order(item='coffee', pieces=1)"
    assert found["formats"] == {"buyer": "fields", "order": "fields", "chat": "messages"}
    assert found["channels"]["buyer"].startswith("Buyer(name='Ann'")
    assert "sold" in found["channels"]["messages"]
    assert found["how"] == ["recorded"] * 3
    assert found["titles"] == ["InMemoryStore", "InMemoryCache", "InMemorySaver"]
    assert found["size"] == 3 and found["threads"] == ["t"] and found["rows"] == 3
    assert found["hits"] == 1
    assert [kind for kind, _, _ in found["log"]] == ["set", "delete"]
    assert all(who and began <= when <= ended for _, who, when in found["log"]), "of then, not of now"
    assert "sell" in found["nodes"]


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    store, cache, saver = InMemoryStore[Any](), InMemoryCache(maxsize=2), InMemorySaver()
    store.mset([("before", 0)])
    graph = StateGraph(MessagesState)
    graph.add_node("node", lambda state: {"messages": [AIMessage("answer")]})
    graph.add_edge(START, "node")
    compiled = graph.compile(checkpointer=saver)
    with record(tmp_path / "r.jsonl", store, cache, saver):
        for n in range(5):
            store.mset([(f"k{n}", n)])
            cache.lookup(f"p{n}", "llm")
            cache.update(f"p{n}", "llm", [Generation(text=f"{n}")])
        store.mdelete(["before", "k0"])
        compiled.invoke({"messages": [HumanMessage("a")]}, {"configurable": {"thread_id": "t"}})
    return tmp_path / "r.jsonl"


def holding(found: Any) -> tuple[Any, ...]:
    store, cache, saver = found.objects.values()
    checkpoints = [(each.config, each.checkpoint, each.pending_writes) for each in saver.list(None)]
    return dict(store.store), dict(cache._cache), cache.stats(), checkpoints


def test_any_moment_is_the_same_from_either_side(recorded: Path) -> None:
    with replay(recorded) as found, replay(recorded, speed=1e-6) as other:
        total = found.total
        other.pause()
        forward = []
        for n in range(total + 1):
            other.seek(n)
            forward.append(holding(other))
        assert holding(found) == forward[-1]
        for n in (total, 0, total // 2, 1, total - 1):
            found.seek(n)
            assert holding(found) == forward[n] and found.position == n
        assert forward[0][0] == {"before": 0} and forward[0][3] == []
        with pytest.raises(IndexError, match=f"0 to {total}"):
            found.seek(total + 1)
        with pytest.raises(TypeError, match="n: got str"):
            found.seek("1")  # type: ignore[arg-type]


def test_it_plays_pauses_and_goes_on(recorded: Path) -> None:
    with replay(recorded, speed=1e-6) as found:
        store = found.objects["store"]
        until(lambda: found.position >= 1)
        assert repr(found).startswith("<Replay of") and store.store["before"] == 0
        states = [found.playing]
        found.pause()
        states.append(found.playing)
        assert states == [True, False]
        found.play(1000.0)
        until(lambda: found.ended and "before" not in store.store)
        found.seek(0)
        assert store.store == {"before": 0}
        found.play(None)
        until(lambda: found.position == found.total and "before" not in store.store)


def test_a_view_of_what_is_not_recorded_is_refused(recorded: Path) -> None:
    with replay(recorded) as found, pytest.raises(KeyError, match="'nope' is not in the recording"):
        found.inspect("store", "nope")


def test_views_follow_a_seek(recorded: Path) -> None:
    with replay(recorded) as found:
        seen = {name: observe(each) for name, each in found.objects.items()}
        end = seen["store"].size, seen["cache"].hits + seen["cache"].misses, seen["saver"].checkpoints
        found.seek(0)
        assert (seen["store"].size, seen["cache"].misses, seen["saver"].checkpoints) == (1, 0, 0)
        assert seen["saver"].thread_list()[0] == []
        found.seek(found.total)
        assert end == (
            seen["store"].size, seen["cache"].hits + seen["cache"].misses, seen["saver"].checkpoints
        )  # fmt: skip


def test_a_file_that_is_still_written_is_followed(tmp_path: Path) -> None:
    store = InMemoryStore[Any]()
    recording = record(tmp_path / "r.jsonl", store)
    recording.flush()
    with replay(tmp_path / "r.jsonl") as found:
        assert found.objects["store"].store == {} and not found.ended
        store.mset([("a", 1)])
        until(lambda: found.objects["store"].store == {"a": 1})
        recording.close()
        until(lambda: found.ended)


def test_the_log_travels(recorded: Path) -> None:
    with replay(recorded) as found:
        seen = observe(found.objects["store"])
        log = seen.log
        assert log.kept == 6
        moment = log.at(log.first + 1)
        assert moment.values == {"before": 0, "k0": 0, "k1": 1}
        times = [line["t"] for line in changes_of(recorded, "store")]
        assert [each.time for each in log.changes()] == times


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no recording"),
        (b"hello\n", "no recording"),
        (b'{"is":"head","format":"inmem-widgets/recording","version":99,"objects":{}}\n', "version 99"),
        (b'{"is":"head","format":"inmem-widgets/recording","version":1,"objects":{"a":1}}\n', "does not say"),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, data: bytes, told: str) -> None:
    (tmp_path / "r.jsonl").write_bytes(data)
    with pytest.raises(NoRecording, match=told):
        replay(tmp_path / "r.jsonl")


@pytest.mark.parametrize("speed", [0, -1, float("nan"), "fast", True])
def test_a_speed_that_is_none_is_refused(recorded: Path, speed: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="speed"):
        replay(recorded, speed=speed)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damage_anywhere_never_breaks_it(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "r.jsonl"
    store = InMemoryStore[Any]()
    with record(path, store):
        store.mset([("a", {"x": (1, b"2", HumanMessage("m"))})])
    raw = bytearray(path.read_bytes())
    start = raw.index(b"\n") + 1
    for place in data.draw(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=4)):
        raw[start + int(place * (len(raw) - start))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    with replay(path) as found:
        assert len(found.objects["store"].store) <= 1
        preview(found.objects["store"].store)


def test_nothing_of_a_file_is_imported_or_unpickled(tmp_path: Path) -> None:
    """What names a class to be made, or is a pickle, is shown as what it says, and not made."""
    import base64
    import pickle

    import ormsgpack
    from langgraph.checkpoint.serde import jsonplus

    class Evil:
        def __reduce__(self) -> Any:
            return (sys.exit, ("unpickled",))

    saver = InMemorySaver()
    graph = StateGraph(MessagesState)
    graph.add_node("node", lambda state: {"messages": [AIMessage("x")]})
    graph.add_edge(START, "node")
    compiled = graph.compile(checkpointer=saver)
    with record(tmp_path / "r.jsonl", saver):
        compiled.invoke({"messages": [HumanMessage("a")]}, {"configurable": {"thread_id": "t"}})
    call = ormsgpack.packb(("antigravity", "fly", {"a": 1}))
    evil = {
        "msgpack": ormsgpack.packb(ormsgpack.Ext(jsonplus.EXT_CONSTRUCTOR_KW_ARGS, call)),
        "pickle": pickle.dumps(Evil()),
    }
    for kind, payload in evil.items():
        lines = lines_of(tmp_path / "r.jsonl")
        for line in lines:
            if line["is"] == "value" and line["channel"] == "messages":
                line["value"] = [kind, base64.b64encode(payload).decode()]
        path = tmp_path / f"{kind}.jsonl"
        path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
        with replay(path) as found:
            seen = observe(found.objects["saver"])
            row = seen.history("t").header(0)
            state = seen.reader.state("t", (row.checkpoint_ns, row.checkpoint_id))
            assert "messages" in str(state)
        assert "antigravity" not in sys.modules


def test_messages_are_shown_as_a_conversation() -> None:
    value = [
        HumanMessage("a question"),
        AIMessage("an answer", tool_calls=[{"name": "f", "args": {}, "id": "1"}]),
    ]
    found = thaw(json.loads(json.dumps(freeze(value))))
    assert view_value(found) == view_value(value)


def test_bytes_of_entries_that_are_only_looked_up(tmp_path: Path) -> None:
    cache = InMemoryCache()
    cache.update("p", "m", [Generation(text="42")])
    with record(tmp_path / "r.jsonl", cache, names=["cache"]):
        cache.lookup("p", "m")
    with replay(tmp_path / "r.jsonl") as found:
        assert observe(found.objects["cache"]).bytes > 0
