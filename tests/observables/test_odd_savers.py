"""Checkpoints as nobody should make them: one that is odd hides no other, and breaks no view."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple, empty_checkpoint

from inmem_widgets import InMemorySaver, observe
from inmem_widgets.observables.diffs.diff import diff
from inmem_widgets.observables.reading.worker import Job
from inmem_widgets.observables.timeline.browser import TimelineBrowser
from tests.observables.graphs import config

GOOD = "good"
ODD: list[Any] = [None, 3, "x", [1], {"a": None}, {1: 2}]
FIELDS = ("ts", "channel_versions", "versions_seen", "channel_values", "v", "updated_channels")
METADATA: list[Any] = [
    None, {}, {"source": 3, "step": "x"}, {"source": None, "step": None}, {"step": float("nan")},
    {"source": ["loop"], "step": True}, {"source": "\ud800", "step": 10**18, "parents": 3, "writes": 3},
]  # fmt: skip


def body(id: str, **changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        **empty_checkpoint(), "id": id, "channel_values": {"n": 1}, "channel_versions": {"n": id},
    }  # fmt: skip
    return {name: value for name, value in {**made, **changed}.items() if value is not ...}


def bodies(fields: Iterable[str] = FIELDS) -> Iterator[dict[str, Any]]:
    for name in fields:
        for odd in [..., *ODD]:
            yield {name: odd}


class Listing(BaseCheckpointSaver[Any]):
    """Has what it is given, and lists it in an order of its own."""

    def __init__(self, tuples: list[Any], order: Callable[[list[Any]], list[Any]] | None = None) -> None:
        super().__init__()
        self.tuples, self.order = tuples, order or (lambda found: sorted(found, key=_id, reverse=True))

    def list(self, config: Any, *, filter: Any = None, before: Any = None, limit: Any = None) -> Any:
        wanted = None if config is None else config["configurable"]["thread_id"]
        found = [each for each in self.tuples if wanted in (None, each.config["configurable"]["thread_id"])]
        if before is not None:
            found = [each for each in found if _id(each) < before["configurable"]["checkpoint_id"]]
        yield from self.order(found)[:limit]

    def get_tuple(self, config: Any) -> Any:
        names = ("thread_id", "checkpoint_ns", "checkpoint_id")
        place = [config["configurable"].get(name) for name in names]
        same = (t for t in self.tuples if [t.config["configurable"].get(name) for name in names] == place)
        return next(same, None)


def _id(found: Any) -> str:
    id: str = found.config["configurable"]["checkpoint_id"]
    return id


def listed(id: str, thread: Any = "t", metadata: Any = (), **changed: Any) -> CheckpointTuple:
    place: Any = {"configurable": {"thread_id": thread, "checkpoint_ns": "", "checkpoint_id": id}}
    known = {"source": "loop", "step": 1} if metadata == () else metadata
    return CheckpointTuple(place, body(id, **changed), known, None, [])  # type: ignore[arg-type]


def look(saver: Any) -> dict[str, str]:
    """What a timeline shows of each thread, all of it; the good one's value."""
    observable: Any = observe(saver)
    observable.read_whole()
    browser = TimelineBrowser(observable)
    json.dumps(browser.state({}), ensure_ascii=False).encode()
    shown = {}
    for thread in [thread["id"] for thread in observable.thread_list()[0]]:
        json.dumps(browser.state({"thread": thread}), ensure_ascii=False).encode()
        for header in observable.history(thread).headers:
            where = {"thread": thread, "at": f"{header.checkpoint_ns}\n{header.checkpoint_id}"}
            state = browser.answer("state", {**where, "open": {"n": {}}})
            for answer in (state, *(browser.answer(name, where) for name in ("diff", "writes", "weight"))):
                json.dumps(answer, ensure_ascii=False).encode()
            shown[thread] = "".join(each["preview"] for each in state["channels"])
    browser.close()
    return shown


def test_odd_bodies_and_metadata_in_our_saver() -> None:
    saver = InMemorySaver()
    changes = [*bodies(name for name in FIELDS if name != "channel_values")]
    for at, changed in enumerate(changes):
        saver.put(config(f"body {at}"), body("0001", **changed), {"step": 0}, {"n": "0001"})  # type: ignore
    for at, metadata in enumerate(METADATA):
        saver.put(config(f"metadata {at}"), body("0001"), metadata, {"n": "0001"})  # type: ignore[arg-type]
    saver.put(config(GOOD), body("0001"), {"step": 0}, {"n": "0001"})  # type: ignore[arg-type]
    shown = look(saver)
    assert len(shown) == len(changes) + len(METADATA) + 1
    assert shown[GOOD] == "1"
    assert {text for thread, text in shown.items() if thread.startswith("metadata")} == {"1"}


def test_odd_bodies_and_metadata_in_another() -> None:
    odd = [listed(f"{at:04d}", f"body {at}", **changed) for at, changed in enumerate(bodies())]
    odd += [listed("0001", f"metadata {at}", metadata) for at, metadata in enumerate(METADATA)]
    shown = look(Listing([*odd, listed("0001", GOOD)]))
    assert len(shown) == len(odd) + 1
    assert shown[GOOD] == "1"
    assert {text for thread, text in shown.items() if thread.startswith("metadata")} == {"1"}


@pytest.mark.parametrize("writes", [None, [None], [("t",)], [("t", "n", 1, "path")], [(1, 2, 3)], ["abc"]])
def test_odd_writes(writes: Any) -> None:
    saver = Listing([listed("0001")._replace(pending_writes=writes), listed("0002")])
    assert look(saver) == {"t": "1"}


@pytest.mark.parametrize("parent", [{}, {"configurable": {}}, {"configurable": {"checkpoint_id": 5}}, "x"])
def test_odd_parents(parent: Any) -> None:
    assert look(Listing([listed("0001")._replace(parent_config=parent)])) == {"t": "1"}


def test_parents_in_a_circle() -> None:
    first, second, own = listed("0001"), listed("0002"), listed("0003")
    circle = [
        first._replace(parent_config=second.config), second._replace(parent_config=first.config),
        own._replace(parent_config=own.config),
    ]  # fmt: skip
    assert look(Listing(circle)) == {"t": "1"}


@pytest.mark.parametrize(
    "order",
    [
        lambda found: sorted(found, key=_id),
        lambda found: random.Random(5).sample(found, len(found)),
        lambda found: [*found, *found],
        lambda found: sorted(found, key=lambda each: (each.config["configurable"]["thread_id"], _id(each))),
    ],
    ids=["oldest first", "none", "twice", "by thread"],
)
def test_odd_orders(order: Any) -> None:
    tuples = [listed(f"{at:04d}", f"t{at % 3}") for at in range(150)]
    saver = Listing(tuples, order)
    observable: Any = observe(saver)
    observable.read_whole()
    assert observable.checkpoints == 150
    assert [len(observable.history(f"t{at}").headers) for at in range(3)] == [50] * 3


def test_an_id_that_is_no_text_is_told() -> None:
    place: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": "", "checkpoint_id": 7}}
    saver = Listing([listed("0001")], lambda found: [each._replace(config=place) for each in found])
    observable: Any = observe(saver)
    with pytest.raises(RuntimeError, match="a checkpoint's id is a int, not text"):
        observable.read_whole()


class Nameless:
    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


@pytest.mark.parametrize("make", [InMemorySaver, lambda: Listing([])])
def test_threads_whose_ids_are_no_text(make: Callable[[], Any]) -> None:
    saver, threads = make(), [5, ("a", 1), b"x", True, Nameless()]
    for thread in threads:
        if isinstance(saver, Listing):
            saver.tuples.append(listed("0001", thread))
        else:
            saver.put(config(thread), body("0001"), {}, {"n": "0001"})  # type: ignore[arg-type]
    assert look(saver) == dict.fromkeys(["5", "('a', 1)", "b'x'", "True", "<Nameless>"], "1")


class Silent(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize("error", [Silent, asyncio.CancelledError, SystemExit])
def test_whatever_is_raised_is_told_and_reading_goes_on(error: type[BaseException]) -> None:
    class Failing(Listing):
        fails = True

        def list(self, *args: Any, **options: Any) -> Any:
            if self.fails:
                raise error
            return super().list(*args, **options)

    saver = Failing([listed("0001")])
    observable: Any = observe(saver)
    with pytest.raises(RuntimeError, match=f"the checkpointer cannot be read: {error.__name__}"):
        observable.read_whole()
    assert observable.reading["problem"].startswith(error.__name__)
    saver.fails = False
    observable.read_whole()
    assert observable.reading["problem"] == "" and observable.checkpoints == 1


def test_what_was_changed_is_shown_though_who_did_it_cannot_be_read() -> None:
    class Failing(Listing):
        left = 0

        def get_tuple(self, config: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise OSError("gone")
            return super().get_tuple(config)

    tuples = [listed("0001", channel_values={"n": 0})]
    for at in range(2, 6):
        made = listed(f"{at:04d}", channel_values={"n": at})
        tuples.append(made._replace(parent_config=tuples[-1].config))
    saver = Failing(tuples)
    observable: Any = observe(saver)
    observable.read_whole()
    saver.left = 2
    (row,) = diff(observable, "t", ("", "0005"), ("", "0001"))["rows"]
    assert (row["before"], row["after"]) == ("0", "5")
    assert row["by"] is None or not row["by"]["certain"]


def test_one_that_hangs_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float | None] = []

    class Hanging(Listing):
        go = threading.Event()

        def get_tuple(self, config: Any) -> Any:
            assert self.go.wait(20)
            return super().get_tuple(config)

    saver = Hanging([listed("0001"), listed("0002")])
    observable: Any = observe(saver)
    observable.read_whole()
    monkeypatch.setattr("inmem_widgets.observables.reading.foreign.WAIT", 0.02)
    monkeypatch.setattr("inmem_widgets.observables.reading.foreign.BRIEF", 0.01)
    before = Job.wait
    monkeypatch.setattr(Job, "wait", lambda job, most: (waited.append(most), before(job, most))[1])
    for at in (1, 2):
        assert observable.reader.state("t", ("", f"000{at}")).problem == "it is being read"
    assert waited == [0.02, 0.01]
    saver.go.set()
