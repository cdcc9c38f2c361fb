"""Watch expressions over a thread: in the background, kept, each error at its own step."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.timeline.series import POINTS, bytes_text
from inmem_widgets.observables.timeline.views import state_view
from inmem_widgets.observables.timeline.watches import MOST, SIZE, Watches
from tests.core.checkpointing import put
from tests.observables.stories import CONFIG, STORIES, nested_done, tool_loop

WAIT = 30.0


class Watched:
    """Watches of a saver's thread "t", and what was told."""

    def __init__(self, saver: InMemorySaver) -> None:
        self.saver, self.told = saver, threading.Semaphore(0)
        self.watches = Watches(observe(saver), self.told.release)

    def done(self, selected: Any = None) -> dict[str, Any]:
        """The watches once all is evaluated."""
        for _ in range(100):
            found = self.watches.states("t", selected)
            series = self.watches._kept["t"]
            if all(each.missing(len(each.state)) < 0 for each in series.values()):
                return {watch["name"]: watch for watch in self.watches.states("t", selected)}
            assert self.told.acquire(timeout=WAIT)
        raise AssertionError(found)


@pytest.fixture
def watched() -> Iterator[Any]:
    made: list[Watched] = []

    def make(saver: InMemorySaver) -> Watched:
        made.append(Watched(saver))
        return made[-1]

    yield make
    for each in made:
        each.watches.close()


def counting(number: int, start: int = 0, saver: InMemorySaver | None = None) -> InMemorySaver:
    """A thread whose state counts; its ids are 00000, 00001, …"""
    saver = saver or InMemorySaver()
    for n in range(start, start + number):
        put(saver, "t", f"{n:05}", {"n": n, "log": ["x"] * (n % 7)}, {"n": n + 1, "log": n + 1},
            parent=f"{n - 1:05}" if n else None)  # fmt: skip
    return saver


def key(n: int) -> tuple[str, str]:
    return "", f"{n:05}"


def test_a_watch_over_a_thread(watched: Any) -> None:
    on = watched(counting(10))
    on.watches.add("n", lambda s: s["n"] * 2)
    found = on.done(key(4))
    assert list(found) == [SIZE, "n"]
    assert found["n"] == {
        "name": "n", "unit": "", "kind": "number", "rows": [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
        "low": [0, 2, 4, 6, 8, 10, 12, 14, 16, 18], "high": [0, 2, 4, 6, 8, 10, 12, 14, 16, 18],
        "failed": [], "failures": 0, "at": "8", "error": None, "progress": None, "own": True,
    }  # fmt: skip
    assert (found[SIZE]["unit"], found[SIZE]["own"], found[SIZE]["kind"]) == ("bytes", False, "number")


def test_the_size_is_that_of_the_state_as_stored(watched: Any) -> None:
    saver = InMemorySaver()
    tool_loop(saver)
    on = watched(saver)
    newest = observe(saver).history("t").headers[0]
    at = newest.checkpoint_ns, newest.checkpoint_id
    stored = sum(
        len(blob[1])
        for (_, _, channel, version), blob in saver.blobs.items()
        if newest.channel_versions.get(channel) == version
    )
    found = on.done(at)[SIZE]
    assert (found["at"], found["high"][-1]) == (bytes_text(stored), stored)


class Rows(BaseCheckpointSaver[int]):
    """Keeps small values in a checkpoint's row, beside the serializer, as `PostgresSaver` does."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, tuple[Any, Any, dict[str, Any], dict[str, Any]]] = {}

    def put(self, config: Any, checkpoint: Any, metadata: Any, new_versions: Any) -> Any:
        values = checkpoint["channel_values"]
        large = {name: self.serde.dumps_typed(each) for name, each in values.items() if type(each) is list}
        small = {name: each for name, each in values.items() if name not in large}
        self.rows[checkpoint["id"]] = checkpoint, metadata, small, large
        return config

    def list(self, config: Any, **_: Any) -> Iterator[CheckpointTuple]:
        return map(self.read, sorted(self.rows, reverse=True))

    def get_tuple(self, config: Any) -> CheckpointTuple:
        return self.read(config["configurable"].get("checkpoint_id") or max(self.rows))

    def read(self, id: str) -> CheckpointTuple:
        checkpoint, metadata, small, large = self.rows[id]
        values = {**small, **{name: self.serde.loads_typed(each) for name, each in large.items()}}
        at: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": id}}
        return CheckpointTuple(at, {**checkpoint, "channel_values": values}, metadata)


def test_the_size_of_values_kept_in_a_row_is_the_one_shown_with_the_state(watched: Any) -> None:
    saver: Any = Rows()
    on = watched(counting(3, saver=saver))
    observable = observe(saver)
    for n in (0, 2):
        state = observable.reader.state("t", key(n))
        assert state is not None
        shown = state_view(state, observable.history("t"), key(n), {}, lambda _: {})["channels"]
        sizes = [channel["size"] or 0 for channel in shown]
        assert min(sizes) > 0
        assert on.done(key(n))[SIZE]["at"] == bytes_text(sum(sizes))


def test_an_expression_that_raises_is_an_error_at_that_step_only(watched: Any) -> None:
    on = watched(counting(10))
    on.watches.add("odd", lambda s: s["n"] if s["n"] % 2 else s["plan"])
    found = on.done(key(4))["odd"]
    assert (found["at"], found["error"]) == (None, "KeyError: 'plan'")
    assert (found["failed"], found["failures"]) == ([1, 3, 5, 7, 9], 5)
    assert found["low"] == [None, 1, None, 3, None, 5, None, 7, None, 9]
    assert on.done(key(5))["odd"]["at"] == "5"


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), RecursionError(), GeneratorExit()])
def test_whatever_is_raised_the_others_go_on(watched: Any, error: BaseException) -> None:
    def raising(state: Mapping[str, Any]) -> None:
        raise error

    on = watched(counting(3))
    on.watches.add("bad", raising)
    on.watches.add("n", lambda s: s["n"])
    found = on.done(key(2))
    assert found["bad"]["failures"] == 3
    assert found["bad"]["error"].startswith(type(error).__name__)
    assert found["n"]["at"] == "2"


def test_results_that_are_no_numbers_are_text(watched: Any) -> None:
    values: list[Any] = ["text" * 100, None, float("nan"), 10**400, True, 2.5, [1, 2]]
    on = watched(counting(len(values)))
    on.watches.add("v", lambda s: values[s["n"]])
    told = [on.done(key(n))["v"] for n in range(len(values))]
    assert [each["at"] for each in told][1:] == [
        "None", "nan", "int of 1329 bits", "True", "2.5", "[1, 2]",
    ]  # fmt: skip
    assert len(told[0]["at"]) == 80
    assert told[0]["low"] == [None, None, None, None, 1, 2.5, None]
    on.watches.add("t", lambda s: "a")
    assert (on.done()["t"]["kind"], on.done()["t"]["rows"]) == ("text", [])


def test_a_long_thread_is_drawn_by_least_and_greatest(watched: Any) -> None:
    on = watched(counting(2_000))
    on.watches.add("n", lambda s: s["n"])
    found = on.done()["n"]
    assert len(found["rows"]) == POINTS
    assert (found["low"][0], found["high"][-1]) == (0, 1_999)
    assert all(
        low <= 1_999 - row <= high
        for row, low, high in zip(found["rows"], found["low"], found["high"], strict=True)
    )


def test_each_checkpoint_is_evaluated_once_however_the_thread_grows(watched: Any) -> None:
    seen: list[int] = []
    on = watched(counting(50))
    on.watches.add("n", lambda s: seen.append(s["n"]) or s["n"])
    on.done()
    assert seen == list(range(49, -1, -1))  # the newest first
    counting(10, 50, on.saver)
    on.saver.changes.flush()
    assert on.done(key(59))["n"]["at"] == "59"
    assert sorted(seen) == list(range(60))


def test_an_expression_may_be_replaced_and_taken_away(watched: Any) -> None:
    on = watched(counting(3))
    on.watches.add("n", lambda s: s["n"])
    assert on.done(key(2))["n"]["at"] == "2"
    on.watches.add("n", lambda s: -s["n"])
    assert on.done(key(2))["n"]["at"] == "-2"
    on.watches.remove("n")
    assert list(on.done()) == [SIZE]
    with pytest.raises(KeyError, match="accepted are none"):
        on.watches.remove("n")


def test_a_thread_made_anew_under_the_same_ids_is_evaluated_anew(watched: Any) -> None:
    on = watched(counting(3))
    on.watches.add("n", lambda s: s["n"])
    assert on.done(key(2))["n"]["at"] == "2"
    on.saver.delete_thread("t")
    put(on.saver, "t", "00002", {"n": 7}, {"n": 99})
    on.saver.changes.flush()
    assert on.done(key(2))["n"]["at"] == "7"


def test_a_slow_expression_is_not_begun_twice_while_the_thread_grows(watched: Any) -> None:
    begun, go = [], threading.Event()

    def slow(state: Mapping[str, Any]) -> int:
        begun.append(state["n"])
        assert go.wait(WAIT)
        return int(state["n"])

    on = watched(counting(3))
    on.watches.add("slow", slow)
    for n in range(3, 8):
        on.watches.states("t", None)
        counting(1, n, on.saver)
        on.saver.changes.flush()
    go.set()
    assert on.done(key(7))["slow"]["at"] == "7"
    assert sorted(begun) == list(range(8))


def test_equal_messages_of_many_states_are_decoded_once(watched: Any) -> None:
    saver = InMemorySaver()
    messages = [AIMessage(f"answer {n}", id=str(n)) for n in range(5)]
    for n in range(5):
        put(saver, "t", f"{n:05}", {"messages": messages[: n + 1]}, {"messages": n + 1})
    found: list[Any] = []
    on = watched(saver)
    on.watches.add("first", lambda s: found.append(s["messages"]) or len(s["messages"]))
    assert on.done(key(4))["first"]["at"] == "5"
    assert len({id(each) for each in found}) == 5
    assert len({id(each[0]) for each in found}) == 1
    assert [m.content for m in found[0]] == [m.content for m in messages]


def test_bad_input_names_the_argument(watched: Any) -> None:
    watches = watched(counting(1)).watches
    with pytest.raises(TypeError, match="fn: got int"):
        watches.add("n", 3)
    with pytest.raises(TypeError, match="name: got int"):
        watches.add(3, len)
    for name in ("", SIZE, "x" * 81):
        with pytest.raises(ValueError, match="name: got"):
            watches.add(name, len)
    for n in range(MOST):
        watches.add(str(n), len)
    with pytest.raises(ValueError, match=f"{MOST} watch expressions already"):
        watches.add("one more", len)
    assert len(watches.names) == MOST


def test_the_first_checkpoint_at_which_something_holds(watched: Any) -> None:
    on = watched(counting(20))
    first = on.watches.first
    assert first("t", None, lambda s: s["n"] >= 7) == key(7)
    assert first("t", key(5), lambda s: s["n"] >= 7) is None
    assert first("t", None, lambda s: s["n"] >= 7 and (s["n"] < 9 or s["plan"])) == key(7)
    assert first("t", None, lambda s: s["plan"] if s["n"] < 3 else True) == key(3)
    with pytest.raises(ValueError, match=r"at all 20 checkpoints, at the last one KeyError: 'plan'"):
        first("t", None, lambda s: s["plan"])
    with pytest.raises(LookupError, match="gone"):
        first("t", ("", "x"), len)
    with pytest.raises(TypeError, match="predicate: got str"):
        first("t", None, "n > 3")


def test_the_first_on_a_path_does_not_look_at_other_branches(watched: Any) -> None:
    saver = counting(3)
    put(saver, "t", "00010", {"n": 10}, {"n": 10}, parent="00001")
    put(saver, "t", "00011", {"n": 11}, {"n": 11}, parent="00002")
    assert watched(saver).watches.first("t", key(11), lambda s: s["n"] >= 10) == key(11)


def test_the_path_of_a_subgraph_goes_through_its_callers(watched: Any) -> None:
    saver = InMemorySaver()
    nested_done(saver)
    innermost = next(h for h in saver.headers("t") if "|" in h.checkpoint_ns)
    found = watched(saver).watches.first(
        "t", (innermost.checkpoint_ns, innermost.checkpoint_id), lambda s: True
    )
    root = saver.headers("t")[-1]
    assert found == (root.checkpoint_ns, root.checkpoint_id)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_an_expression_is_given_the_state_that_the_graph_has(watched: Any, story: Any) -> None:
    saver = InMemorySaver()
    graph = story(saver)
    on = watched(saver)
    on.watches.add("log", lambda s: ",".join(s.get("log", ())))
    for state in list(graph.get_state_history(CONFIG)):
        values = state.values if isinstance(state.values, dict) else {}
        at = "", state.config["configurable"]["checkpoint_id"]
        assert on.done(at)["log"]["at"] == repr(",".join(values.get("log", ())))[1:-1]


def test_a_value_by_itself(watched: Any) -> None:
    on = watched(counting(3))
    on.watches.add("n", lambda s: [s["n"]])
    assert on.watches.value("n", "t", key(1)) == [1]
    with pytest.raises(LookupError, match="gone"):
        on.watches.value("n", "t", key(9))


def test_looking_leaves_the_saver_as_it_was(watched: Any) -> None:
    on = watched(counting(3))
    on.watches.add("bad", lambda s: s["log"].append("mine") or s["n"])
    on.done()
    assert (
        on.saver.get_tuple({"configurable": {"thread_id": "t"}}).checkpoint["channel_values"]["log"]
        == ["x"] * 2
    )
    on.watches.states("no such thread", None)
    assert on.saver.thread_ids() == ["t"]
