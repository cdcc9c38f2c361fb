"""What a notebook does with a timeline: watch, look for, fork, resume, clean up, take away."""

from __future__ import annotations

import sqlite3
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from langgraph.checkpoint.memory import InMemorySaver as Upstream
from langgraph.checkpoint.sqlite import SqliteSaver

from inmem_widgets import InMemorySaver, inspect, to_frame
from inmem_widgets.widgets import CheckpointTimeline
from tests.observables.timelines import Saving, config
from tests.observables.trips import WHERE, at, compiled


def sqlite() -> SqliteSaver:
    return SqliteSaver(sqlite3.connect(":memory:", check_same_thread=False))


@pytest.fixture(params=[InMemorySaver, Upstream, sqlite], ids=["own", "upstream", "sqlite"])
def saver(request: pytest.FixtureRequest) -> Any:
    return request.param()


Made = tuple[Any, Any, CheckpointTimeline]


@pytest.fixture
def made(saver: Any) -> Iterator[Made]:
    graph = compiled(saver)
    graph.invoke({"city": "Oslo", "log": []}, WHERE)
    timeline = inspect(saver, graph=graph, editable=True)
    timeline.browser.attend(True)
    yield saver, graph, timeline
    timeline.close()


def test_it_is_gone_back_and_tried_again(made: Made) -> None:
    _, graph, timeline = made
    assert timeline.values == {"city": "Oslo", "log": ["plan Oslo"], **internals(timeline)}
    chosen = timeline.first(lambda state: state["log"])
    assert chosen == timeline.selection
    assert graph.get_state(timeline.selection).next == ("confirm",)
    timeline.selection = at(graph, "plan")
    made_config = timeline.fork({"city": "Rome"})
    assert timeline.selection == made_config
    assert graph.get_state(timeline.selection).values["city"] == "Rome"
    timeline.rerun()
    assert timeline.wait(30)
    assert timeline.selection is None
    state = graph.get_state(WHERE)
    assert (state.values["log"], state.next) == (["plan Rome"], ("confirm",))
    timeline.observable.read_whole()
    timeline.resume("yes")
    assert timeline.wait(30)
    assert graph.get_state(WHERE).values["log"] == ["plan Rome", "confirmed yes"]
    timeline.observable.read_whole()
    assert timeline.values["log"] == ["plan Rome", "confirmed yes"]
    assert timeline.go(0) == timeline.selection
    assert timeline.go("parent") == timeline.selection is not None
    assert timeline.go("newest") is None is timeline.selection
    with pytest.raises(ValueError, match="to: got 'there', accepted are 'parent'"):
        timeline.go("there")


def internals(timeline: CheckpointTimeline) -> dict[str, Any]:
    return {name: value for name, value in timeline.values.items() if name.startswith("branch:")}


def test_a_value_that_is_none_of_its_channels_is_refused(made: Made) -> None:
    _, graph, timeline = made
    timeline.selection = chosen = at(graph, "plan")
    before = len(list(graph.get_state_history(WHERE)))
    with pytest.raises(ValueError, match="city"):
        timeline.fork({"city": 5})
    assert len(list(graph.get_state_history(WHERE))) == before
    assert timeline.selection == chosen


def test_watch_expressions_are_drawn(made: Made) -> None:
    _, _, timeline = made
    timeline.watch("logs", lambda state: len(state["log"]))
    timeline.watch("city", lambda state: state["city"])
    browser = timeline.browser
    browser.state({})
    assert browser.parts.watches.wait(30)
    size, logs, city = browser.state({})["watches"]
    assert (size["name"], size["unit"], size["own"]) == ("size", "bytes", False)
    assert (logs["at"], logs["kind"], logs["own"]) == ("1", "number", True)
    assert (city["at"], city["kind"], city["failures"]) == ("Oslo", "text", 1)  # the input has none yet
    browser.answer("watch", {"name": "logs", "on": False})
    assert [watch["name"] for watch in browser.state({})["watches"]] == ["size", "city"]
    timeline.unwatch("city")
    with pytest.raises(KeyError, match="nothing"):
        timeline.unwatch("nothing")
    with pytest.raises(ValueError, match="raised at all"):
        timeline.first(lambda state: state["nothing"])
    with pytest.raises(ValueError, match="config: thread_id is missing"):
        timeline.first(bool, config={"configurable": {}})


def test_frames(made: Made) -> None:
    saver, graph, timeline = made
    frame = timeline.checkpoints_frame()
    assert (
        frame["checkpoint_id"].tolist()
        == [s.config["configurable"]["checkpoint_id"] for s in graph.get_state_history(WHERE)][::-1]
    )
    assert frame["step"].tolist() == [-1, 0, 1]
    assert frame["nodes"].tolist()[-1] == ("plan",)
    pd.testing.assert_frame_equal(frame, to_frame(saver))
    writes = timeline.writes_frame()
    log = writes[writes["channel"] == "log"]
    assert log["preview"].tolist()[-1] == "['plan Oslo']"
    assert log["node"].tolist()[-1] == "plan"
    weights = timeline.weight_frame()
    assert set(weights["kind"]) == {"checkpoint", "writes", "value"}
    assert weights["bytes"].min() >= 0
    timeline.selection = at(graph, "confirm")
    changes = timeline.diff_frame()
    added = changes[changes["path"].str.startswith("log")]
    assert (added["op"].tolist(), added["nodes"].tolist()) == (["add"], ["plan"])
    whole = timeline.diff_frame(at(graph, "__start__"))
    assert "city" in whole["path"].tolist()
    with pytest.raises(ValueError, match="before: .*accepted is None or"):
        timeline.diff_frame({"thread": 3})  # type: ignore[arg-type]


def test_clean_up_with_a_dry_run_first(made: Made) -> None:
    _, graph, timeline = made
    dry = timeline.plan("delete", ["t"])
    assert (dry["goes"], dry["rows"][0]["verdict"]) == (0, "stays")  # it waits for an answer
    dry = timeline.plan("delete", ["t"], named=["t"])
    assert dry["goes"] == 3
    assert len(list(graph.get_state_history(WHERE))) == 3
    assert timeline.apply(dry)["done"]
    assert list(graph.get_state_history(WHERE)) == []
    assert timeline.browser.state({})["deleted"]
    with pytest.raises(LookupError, match="token"):
        timeline.apply(dry)
    with pytest.raises(TypeError, match="threads: got 't', accepted is a sequence"):
        timeline.plan("delete", "t")


def test_without_editable_nothing_is_changed(saver: Any, tmp_path: Path) -> None:
    Saving(saver).line("t", 2)
    timeline = inspect(saver)
    with pytest.raises(PermissionError, match="editable=True"):
        timeline.apply(timeline.plan("delete", ["t"]))
    timeline.export(tmp_path / "file.jsonl")
    with pytest.raises(PermissionError, match="editable=True"):
        timeline.import_file(tmp_path / "file.jsonl")
    with pytest.raises(PermissionError, match="editable=True"):
        timeline.browser.answer("import", {"piece": 0, "text": "", "last": True, "replace": False})
    assert len(to_frame(saver)) == 2


def test_threads_travel_in_a_file(saver: Any, tmp_path: Path) -> None:
    line = Saving(saver).line("t", 3)
    inspect(saver).export(tmp_path / "file.jsonl", ["t"])
    other = InMemorySaver()
    timeline = inspect(other, editable=True)
    assert timeline.import_file(tmp_path / "file.jsonl").checkpoints == 3
    timeline.selection = config("t", line[1])
    assert timeline.values == {"n": 1}
    pieces, number = b"", 0
    while True:
        piece = timeline.browser.answer("export", {"threads": None, "piece": number}, "v")
        pieces += b64decode(piece["data"])
        if piece["last"]:
            break
        number += 1
    assert pieces.count(b"\n") == len((tmp_path / "file.jsonl").read_bytes().splitlines())


def test_frames_without_rows_have_the_same_columns_and_types() -> None:
    full, empty = InMemorySaver(), InMemorySaver()
    graph = compiled(full)
    graph.invoke({"city": "Oslo", "log": []}, WHERE)
    some, none = inspect(full), inspect(empty)
    some.selection = at(graph, "plan")
    some.watch("n", len)
    same(to_frame(full), to_frame(empty))
    for name in ("checkpoints_frame", "writes_frame", "weight_frame"):
        same(getattr(some, name)(), getattr(none, name)())
    same(some.diff_frame(), some.diff_frame(some.selection, some.selection))
    with pytest.raises(LookupError, match="there is no checkpoint yet"):
        none.diff_frame()


def same(with_rows: pd.DataFrame, without: pd.DataFrame) -> None:
    assert len(with_rows) and not len(without)
    assert list(with_rows.columns) == list(without.columns)
    for column in with_rows:
        left, right = with_rows[column].dtype, without[column].dtype
        assert left == right or {type(left), type(right)} == {pd.CategoricalDtype}, column
