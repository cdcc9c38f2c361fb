"""What a user runs into: too much of everything, little room, what is gone, what comes back."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemorySaver, inspect
from tests.browser import timelinekernel, timelinestates
from tests.browser.stage import Real, Stage
from tests.browser.test_accessibility import violations
from tests.browser.timelinekernel import TimelineKernel, shown, timeline
from tests.browser.timelinepanes import choose, head, tab
from tests.browser.timelinesteps import STEPS, Step

pytestmark = pytest.mark.browser

LONG = "a_name_that_goes_on_and_on_until_nobody_can_read_it_any_more_and_then_goes_on"
CITIES = ["Oslo", "Hamar", "Otta", "Roros", "Narvik", "Bodo", "Bergen"]
CONFIG: Any = {"configurable": {"thread_id": "t"}}


def overflow(part: Locator) -> int:
    """Pixels that are cut at the side."""
    return int(part.evaluate("element => element.scrollWidth - element.clientWidth"))


def said(widget: Locator) -> Locator:
    return widget.locator("[role=status].sr")


# -- room --


def test_a_node_has_room_beside_what_is_to_be_known_of_it(stage: Stage) -> None:
    badges: Any = [{"kind": "interrupt", "text": "interrupt: " + "Shall I book it? " * 20}]
    steps = [Step("", 1, None, "3f000001", ["review"], "loop", 8, 5, badges), *STEPS]
    widget = shown(stage, TimelineKernel(steps=steps), width=420)
    node = widget.locator(".rows [role=gridcell].node").first
    expect(node).to_have_text("review")
    assert overflow(node) == 0
    assert overflow(widget.locator(".rows")) == 0


def test_long_names_of_what_runs_next_are_cut_with_a_sign(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(kernel: Any, params: Any) -> Any:
        return timelinestates.state(kernel, params) | {"next": [LONG, "tools"]}

    monkeypatch.setitem(timelinekernel.ANSWERS, "state", told)
    widget = shown(stage, timeline())
    chip = widget.locator(".next .chip").first
    expect(chip).to_have_text(LONG)
    assert overflow(widget.locator(".next")) == 0
    assert overflow(chip) > 0 and chip.evaluate("e => getComputedStyle(e).textOverflow") == "ellipsis"


def test_all_that_is_known_of_a_message_is_in_sight(stage: Stage) -> None:
    widget = shown(stage, timeline())
    tool = widget.get_by_role("group", name="tool message").first
    expect(tool).to_be_attached()
    edge = widget.locator(".channel .panel").first.evaluate("e => e.getBoundingClientRect().right")
    rights = widget.locator(".message .facts dd").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().right)"
    )
    assert rights and all(right <= edge for right in rights)


def test_namespaces_are_columns(stage: Stage) -> None:
    widget = shown(stage, timeline())
    tab(widget, "Weight").click()
    rows = widget.get_by_role("region", name="Namespaces").locator("li")
    expect(rows.nth(1)).to_be_visible()
    for part in (".q.num", ".weigh"):
        edge = "right" if part == ".q.num" else "left"
        edges = rows.locator(part).evaluate_all(
            f"all => all.map((each) => each.getBoundingClientRect().{edge})"
        )
        assert len(set(edges)) == 1


def many_channels() -> tuple[InMemorySaver, Any]:
    """A thread of forty channels that waits for an answer."""
    fields: Any = {f"channel_{i:02}": str for i in range(40)}
    state: Any = TypedDict("Many", fields, total=False)  # type: ignore[operator]

    def work(given: Any) -> Any:
        interrupt({"question": "Shall I book it? " * 20, "of": ["yes", "no"]})

    saver = InMemorySaver()
    graph = StateGraph(state).add_node("work", work).add_edge(START, "work").compile(checkpointer=saver)
    graph.invoke(dict.fromkeys(fields, "value"), CONFIG)
    return saver, graph


@pytest.mark.parametrize("width", [None, 420])
def test_what_is_done_with_a_long_form_is_in_reach(stage: Stage, width: int | None) -> None:
    saver, graph = many_channels()
    widget = stage.show(Real(inspect(saver, graph=graph)), width=width)
    stage.page.set_viewport_size({"width": 916, "height": 500})
    widget.get_by_role("button", name="Fork from here").click()
    sheet = widget.get_by_role("dialog", name="Fork from here")
    main = sheet.get_by_role("button", name="Fork and run")
    expect(main).to_be_in_viewport(ratio=1)
    sheet.get_by_role("button", name=re.compile("^channel_39")).click()
    expect(sheet.get_by_label("channel_39")).to_be_focused()
    expect(sheet.get_by_label("channel_39")).to_be_in_viewport()
    expect(main).to_be_in_viewport(ratio=1)
    assert violations(stage) == []
    stage.page.keyboard.press("Escape")
    expect(widget.get_by_role("button", name="Fork from here")).to_be_focused()


def test_a_long_question_is_shown_whole(stage: Stage) -> None:
    saver, graph = many_channels()
    widget = stage.show(Real(inspect(saver, graph=graph)))
    widget.get_by_role("button", name="Resume").click()
    sheet = widget.get_by_role("dialog", name="Resume")
    expect(sheet.locator(".question")).to_contain_text("Shall I book it? " * 20)
    assert "\\n" not in sheet.locator(".question").inner_text()
    expect(sheet).to_contain_text("an answer: JSON, or text as it is")
    assert violations(stage) == []


def test_a_dry_run_has_room_where_that_is_narrow(stage: Stage) -> None:
    saver, graph = many_channels()
    stage.page.set_viewport_size({"width": 436, "height": 900})
    widget = stage.show(Real(inspect(saver, graph=graph, editable=True)), width=420)
    expect(widget.get_by_role("button", name="Copy as code")).to_be_visible()
    widget.get_by_role("button", name="More actions").click()
    widget.get_by_role("menuitem", name="Delete…").click()
    table = widget.get_by_role("dialog").get_by_role("group", name="Dry run")
    expect(table).to_be_visible()
    assert overflow(table) == 0
    for why in table.locator("td:last-child").all():
        assert why.evaluate("e => e.offsetHeight") <= 3 * 18
    assert violations(stage) == []


def test_channels_are_counted_in_words(stage: Stage) -> None:
    class One(TypedDict):
        city: str

    saver = InMemorySaver()
    graph = StateGraph(One).add_node("work", lambda state: {"city": "Bergen"}).add_edge(START, "work")
    graph.compile(checkpointer=saver).invoke({"city": "Oslo"}, CONFIG)
    assert saver.changes.flush(30)
    widget = stage.show(Real(inspect(saver)))
    expect(widget.locator(".ptabs .aside > *")).to_have_attribute("title", "1 channel")


@pytest.mark.parametrize("width", [None, 420])
def test_buttons_say_what_they_do(stage: Stage, width: int | None) -> None:
    widget = shown(stage, timeline(), width=width)
    for name in ("Fork from here", "Re-run", "Copy as code"):
        expect(widget.locator(".actrow").get_by_text(name)).to_be_visible()
    lines = widget.locator(".actrow .btn:visible").evaluate_all("all => all.map((each) => each.offsetTop)")
    assert len(set(lines)) == 1


def test_the_keys_that_there_are_are_told(stage: Stage) -> None:
    widget = shown(stage, timeline())
    widget.locator(".rows [role=row]").nth(1).click()
    stage.page.keyboard.press("?")
    sheet = widget.get_by_role("dialog", name="Keyboard")
    for key in "PDBNMFRC":
        expect(sheet.locator("kbd").filter(has_text=re.compile(f"^{key}$"))).to_have_count(1)


# -- what is gone, or cannot be --


def test_nothing_can_be_done_with_what_is_gone(stage: Stage) -> None:
    kernel = timeline()
    widget = shown(stage, kernel)
    choose(widget, 3)
    expect(head(widget)).to_contain_text("tools · step 6")
    kernel.delete()
    stage.push()
    expect(widget.locator(".banner")).to_contain_text("Thread demo-42 was deleted")
    for name in ("Fork from here", "Re-run", "Copy as code", "Play"):
        expect(widget.get_by_role("button", name=name)).to_have_attribute("aria-disabled", "true")
    widget.get_by_role("button", name="Fork from here").click(force=True)
    expect(said(widget)).to_have_text("The checkpoint is gone")
    expect(widget.get_by_role("dialog")).to_have_count(0)
    assert not kernel.calls or kernel.calls[-1][0] != "code"
    expect(widget.get_by_role("group", name="Watch")).to_be_hidden()
    widget.get_by_role("button", name="More actions").click()
    items = widget.get_by_role("menuitem")
    for item in ("Config", "State", "Copy…", "Prune…", "Delete…"):
        expect(items.filter(has_text=re.compile(f"^{item}$"))).to_have_attribute("aria-disabled", "true")
    assert violations(stage) == []


def test_a_plan_that_is_refused_is_no_mistake(stage: Stage) -> None:
    saver, graph = many_channels()
    widget = stage.show(Real(inspect(saver, graph=graph, editable=True)))
    expect(widget.get_by_role("button", name="Copy as code")).to_be_visible()
    widget.get_by_role("button", name="More actions").click()
    widget.get_by_role("menuitem", name="Sweep what is left over…").click()
    sheet = widget.get_by_role("dialog", name="Sweep what is left over")
    expect(sheet.get_by_role("status")).to_have_text("There is nothing to sweep.")
    expect(sheet.get_by_role("alert")).to_have_count(0)
    expect(sheet.get_by_text("Close")).to_be_focused()
    stage.page.keyboard.press("Enter")
    expect(sheet).to_have_count(0)
    expect(widget.get_by_role("button", name="More actions")).to_be_focused()


# -- what comes back --


def test_what_could_not_be_answered_is_asked_again_by_itself(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = timeline()
    stage.page.clock.install()
    busy = [True]

    def state(kernel: Any, params: Any) -> Any:
        if busy[0]:
            raise ValueError("waiting for the event loop: a cell is running")
        return timelinestates.state(kernel, params)

    monkeypatch.setitem(timelinekernel.ANSWERS, "state", state)
    widget = shown(stage, kernel)  # and nothing is fetched ahead
    choose(widget, 3)
    problem = widget.get_by_role("alert").filter(has_text="waiting for the event loop")
    expect(problem).to_be_visible()
    kernel.add("agent")
    stage.push()
    stage.page.clock.run_for(1_100)
    expect(problem).to_be_visible()
    busy[0] = False
    kernel.add("agent")
    stage.push()
    stage.page.clock.run_for(1_100)
    expect(problem).to_be_hidden()
    expect(widget.locator(".channel").filter(has_text="attempts")).to_contain_text("10")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A notebook's loop, on a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(30)


def test_panes_come_back_once_a_cell_is_done(
    stage: Stage, loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    class Trip(TypedDict):
        city: str

    async def fill() -> Any:
        connected = AsyncSqliteSaver.from_conn_string(str(tmp_path / "checkpoints.sqlite"))
        saver = await connected.__aenter__()
        cities = [(city, lambda state, city=city: {"city": city}) for city in CITIES]
        graph = StateGraph(Trip).add_sequence(cities).add_edge(START, CITIES[0])
        await graph.compile(checkpointer=saver).ainvoke({"city": "Rome"}, CONFIG)
        return saver, connected

    saver, connected = asyncio.run_coroutine_threadsafe(fill(), loop).result(20)
    widget = stage.show(Real(inspect(saver)))
    stage.until(widget.locator(".channel").filter(has_text=CITIES[-1]))
    done = threading.Event()
    loop.call_soon_threadsafe(done.wait)  # a cell that runs
    try:
        choose(widget, 5)  # none that was asked for ahead
        problem = widget.locator(".pane").get_by_text("a cell is running")
        stage.until(problem)
    finally:
        done.set()
    stage.until(widget.locator(".channel").filter(has_text="Hamar"))
    expect(problem).to_be_hidden()
    asyncio.run_coroutine_threadsafe(connected.__aexit__(None, None, None), loop).result(20)
