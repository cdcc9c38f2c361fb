"""Time travel, how an object is watched, and what cannot be known of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import states
from tests.browser.logkernel import Book, logged, opened
from tests.browser.stage import Scripted, Stage
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser


def slider(widget: Locator) -> Locator:
    return widget.get_by_role("slider", name="Moment")


def banner(widget: Locator) -> Locator:
    return widget.get_by_role("group", name="The past")


def at(widget: Locator, place: int, of: int) -> None:
    expect(slider(widget)).to_have_attribute("aria-valuenow", str(place))
    expect(widget.locator(".moments .place")).to_have_text(
        "now" if place == of else f"change {place:,} of {of:,}"
    )


def test_the_slider_goes_by_keys_and_its_end_is_now(stage: Stage) -> None:
    book = Book("store", 40)
    widget = opened(stage, logged(states.key_table(14), book))
    expect(slider(widget)).to_have_attribute("aria-valuetext", "now")
    slider(widget).focus()
    for key, place in (
        ("ArrowLeft", 39), ("ArrowDown", 38), ("ArrowRight", 39), ("ArrowUp", 40), ("PageDown", 35),
        ("PageUp", 40), ("Home", 0), ("ArrowLeft", 0), ("ArrowRight", 1), ("End", 40), ("ArrowRight", 40),
    ):  # fmt: skip
        stage.page.keyboard.press(key)
        at(widget, place, 40)
    expect(slider(widget)).to_be_focused()
    stage.eventually(lambda: book.at, None)


def test_the_past_is_marked_as_such(stage: Stage) -> None:
    book = Book("store", 45)
    kernel = logged(states.key_table(14), book)
    widget = opened(stage, kernel)
    body = widget.locator(".frame > .body")
    paper = body.evaluate("e => getComputedStyle(e).backgroundColor")
    expect(banner(widget)).to_be_hidden()
    book.note = "3 values are not known"
    widget.get_by_role("button", name="Step back").click()
    row = book.rows[43]
    text = f"{row['by']['text']} deleted {row['key']}"
    expect(banner(widget)).to_contain_text(re.compile(rf"after change 44: .*{re.escape(text)}"))
    expect(banner(widget)).to_contain_text("3 values are not known")
    expect(slider(widget)).to_have_attribute("aria-valuetext", re.compile(re.escape("after change 44, ")))
    stage.eventually(lambda: body.evaluate("e => getComputedStyle(e).backgroundColor") != paper)
    expect(widget.get_by_role("status").filter(has_text="The past, as it was after change 44")).to_have_count(
        1
    )
    # Closing the log leaves the way back.
    widget.get_by_role("button", name="Log", exact=True).click()
    expect(slider(widget)).to_be_visible()
    banner(widget).get_by_role("button", name="Back to now").click()
    expect(banner(widget)).to_be_hidden()
    expect(widget.locator(".frame")).to_be_focused()  # the button is gone
    expect(slider(widget)).to_be_hidden()
    stage.eventually(lambda: book.at, None)


def test_a_change_leads_to_the_state_after_it(stage: Stage) -> None:
    book = Book("store", 40)
    widget = opened(stage, logged(states.key_table(14), book))
    widget.locator(".log .rows [aria-rowindex='6']").click()
    then = widget.get_by_role("button", name="Show the state then")
    then.click()
    at(widget, 36, 40)
    expect(then).to_have_attribute("aria-pressed", "true")
    later = widget.locator(".log .rows .row.later")
    expect(later).to_have_count(4)
    widget.get_by_role("button", name="Now", exact=True).click()
    at(widget, 40, 40)
    expect(slider(widget)).to_be_focused()


def test_a_drag_asks_for_the_newest_wish_only(stage: Stage) -> None:
    book = Book("store", 1_000)
    widget = opened(stage, logged(states.key_table(14), book))
    at(widget, 1_000, 1_000)
    expect(widget.locator(".log .rows [role=row]").first).to_be_visible()
    box = slider(widget).bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    stage.page.mouse.move(box["x"] + box["width"] / 2, y)
    stage.page.mouse.down()
    for step in range(40):
        stage.page.mouse.move(box["x"] + box["width"] / 2 - 4 * step, y)
    stage.page.mouse.up()
    expect(widget.locator(".moments")).to_have_class(re.compile(r"\bon\b"))
    place = slider(widget).get_attribute("aria-valuenow")
    expect(banner(widget)).to_contain_text(f"after change {place}")
    stage.eventually(lambda: book.at, int(place or 0))


def test_play_goes_from_the_first_to_now(stage: Stage) -> None:
    stage.page.clock.install()
    book = Book("store", 3)
    widget = opened(stage, logged(states.key_table(14), book))
    stage.halt()
    widget.get_by_role("button", name="Play").click()

    def reached() -> str | None:
        stage.page.clock.run_for(100)
        return slider(widget).get_attribute("aria-valuenow")

    for place in (0, 1, 2, 3):
        stage.eventually(reached, str(place))
        at(widget, place, 3)
    stage.page.clock.run_for(600)
    expect(widget.get_by_role("button", name="Play")).to_be_visible()
    stage.eventually(
        lambda: [params["at"] for method, params in book.asked if method == "travel"], [0, 1, 2, None]
    )


def test_the_past_holds_while_code_goes_on(stage: Stage) -> None:
    book = Book("store", 40)
    widget = opened(stage, logged(states.key_table(14), book))
    widget.get_by_role("button", name="Step back").click()
    at(widget, 39, 40)
    book.add(4)
    stage.push()
    at(widget, 39, 44)
    expect(widget.get_by_text("44 changes", exact=True)).to_be_visible()


def test_a_moment_that_is_gone_is_said(stage: Stage) -> None:
    book = Book("store", 40)
    kernel = logged(states.key_table(14), book)
    widget = opened(stage, kernel)
    receive = kernel.receive

    def refusing(message: dict[str, Any]) -> list[dict[str, Any]]:
        if message.get("method") == "travel":
            return [{"kind": "reply", "view": message["view"], "id": message["id"], "error": "let go of"}]
        return receive(message)

    kernel.receive = refusing  # type: ignore[method-assign]
    widget.get_by_role("button", name="Step back").click()
    expect(widget.get_by_role("status").filter(has_text="let go of")).to_have_count(1)
    at(widget, 40, 40)


def test_an_empty_past_is_no_invitation(stage: Stage) -> None:
    book = Book("store", 40)
    book.at = 1
    widget = stage.show(logged(states.key_table(0), book))
    expect(banner(widget)).to_be_visible()
    expect(widget.get_by_text("No keys yet")).to_be_hidden()
    expect(widget.locator(".foot")).to_contain_text("no rows")


def test_an_object_that_is_gone_says_so_in_the_past_too(stage: Stage) -> None:
    book = Book("store", 40)
    kernel = logged(states.key_table(14), book)
    widget = opened(stage, kernel)
    kernel.over["title"] = {"type": "InMemoryByteStore", "name": "store", "gone": True, "ended": True}
    stage.push()
    expect(widget.get_by_text("The object is gone")).to_be_visible()


def test_an_object_that_was_detached_is_not_said_to_be_watched(stage: Stage) -> None:
    book = Book("store", 40)
    kernel = logged(states.key_table(14), book)
    widget = opened(stage, kernel)
    kernel.over["title"] = {"type": "InMemoryByteStore", "name": "store", "gone": False, "ended": True}
    stage.push()
    expect(widget.locator(".bar").get_by_text("No longer watched", exact=True)).to_be_visible()
    expect(widget.get_by_role("button", name="Live, pause")).to_have_count(0)
    expect(widget.get_by_role("grid", name="Keys")).to_be_visible()  # as it was last


WATCHED = {
    "how": "tapped", "interval": 1.0, "read": None, "progress": None, "problem": "",
    "unknown": {}, "note": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"interval": None}, "watched in place"),
        ({"how": "read"}, "read every 1 s Read now"),
        ({"progress": 0.4}, "watched in place · reading 40\u2009% Read now"),
        ({"problem": "disk I/O error", "note": "not said then"}, "disk I/O error Read now"),
        ({"how": "recorded", "interval": None, "note": "ended at 14:02"}, "from a recording ended at 14:02"),
    ],
)
def test_how_it_is_watched(stage: Stage, parts: dict[str, Any], text: str) -> None:
    book = Book("store", 4)
    book.watched = {**WATCHED, **parts}
    widget = stage.show(logged(states.key_table(14), book))
    expect(widget.locator(".watchline")).to_have_text(text, use_inner_text=True)


UNKNOWN = {
    "evictions": "the cache does not tell what it evicts",
    "size": "only seen ones",
    "maxsize": "not told",
}


def test_what_is_unknown_is_never_zero(stage: Stage) -> None:
    book = Book("cache", 4)
    book.watched = {**WATCHED, "unknown": UNKNOWN}
    kernel = logged(states.cache_counters(), book)
    make = kernel.make
    kernel.make = lambda params: {**make(params), "evictions": 0, "maxsize": None, "size": 31}
    widget = stage.show(kernel)
    for label, name in (("Evictions", "evictions"), ("Size", "size")):
        figure = widget.locator(".hero > div").filter(has_text=label).locator("dd > span, dd:not(:has(span))")
        expect(figure.first).to_have_text("unknown")
        expect(figure.first).to_have_attribute("title", UNKNOWN[name])
    expect(widget.locator(".hero small").first).to_contain_text("31 seen, limit unknown")
    expect(widget.locator(".foot")).to_contain_text("evictions unknown")
    expect(widget.locator(".summary")).to_contain_text("limit unknown")
    expect(widget.locator(".watchline .lack")).to_have_attribute("title", re.compile("maxsize: not told"))
    widget.locator(".foot button").click()
    rates = widget.get_by_role("dialog", name="Rates").get_by_role("row").filter(has_text="last 1 s")
    expect(rates.get_by_role("cell").nth(4)).to_have_text("unknown")
    expect(rates.get_by_role("cell").nth(3)).not_to_have_text("unknown")


def test_sections_that_cannot_be_known_say_why(stage: Stage) -> None:
    book = Book("cache", 4)
    why = "single calls are not seen"
    names = ("saved", "why", "whatif", "lookups", "rows", "inserts", "bytes")
    book.watched = {**WATCHED, "how": "read", "unknown": dict.fromkeys(names, why)}
    widget = stage.show(logged(states.cache_counters(), book))
    expect(widget.get_by_text(f"Unknown: {why}")).to_have_count(4)
    expect(widget.locator(".lacks .plot, .lacks ul").locator("visible=true")).to_have_count(0)
    expect(widget.locator(".hero")).to_contain_text("unknown · single calls are not seen".replace(" · ", " "))
    expect(widget.get_by_text("inserts ·")).to_be_hidden()
    widget.get_by_role("button", name="Entries").click()
    expect(widget.get_by_text(f"Unknown: {why}").locator("visible=true")).to_have_count(1)


def test_what_stores_did_in_a_step(stage: Stage) -> None:
    book = Book("store", 9)
    effects = {
        "effects": [
            {"name": "store", "type": "InMemoryStore", "changes": 9, "hits": 0, "misses": 0, "bytes": 812,
             "rows": book.rows[:3]},
            {"name": "cache", "type": "InMemoryCache", "changes": 4, "hits": 2, "misses": 1, "bytes": 0,
             "rows": []},
        ],
        "watched": 2, "note": "two forks began from its parent: parted by time",
    }  # fmt: skip
    kernel = logged(states.timeline(), book)
    answer = kernel.answer
    asked = []

    def both(method: str, params: Any) -> Any:
        if method == "effects":
            asked.append(params)
            return effects
        return answer(method, params)

    kernel.answer = both
    widget = stage.show(kernel)
    widget.get_by_role("tab", name="Stores").click()
    panel = widget.get_by_role("tabpanel", name="Stores")
    store = panel.get_by_role("region", name="store")
    expect(store).to_contain_text("9 changes · 812 B written")
    expect(store.get_by_role("listitem")).to_have_count(3)
    expect(store).to_contain_text("6 more, in its log")
    expect(panel.get_by_role("region", name="cache")).to_contain_text("1 change · 2 hits · 1 miss")
    expect(panel).to_contain_text("two forks began from its parent")
    assert asked[0]["thread"] == "demo-42"
    effects.update(effects=[], watched=0, note="the same in the words of Python")
    widget.locator(".panes .rows [role=row]").nth(4).click()
    expect(panel).to_contain_text("No store or cache is logged in this kernel")
    expect(panel).not_to_contain_text("in the words of Python")
    assert violations(stage) == []


@pytest.mark.parametrize("theme", ["light", "dark", "forced-colors", "narrow"])
@pytest.mark.parametrize("kind", ["store", "cache", "saver"])
def test_no_violations(stage: Stage, kind: str, theme: str) -> None:
    if theme == "forced-colors":
        stage.page.emulate_media(forced_colors="active")
    stage.theme("dark" if theme == "dark" else "light")
    kernels: dict[str, Callable[[], Scripted]] = {
        "store": lambda: states.key_table(14),
        "cache": states.cache_counters,
        "saver": states.timeline,
    }
    book = Book(kind, 60, travels=kind != "saver")
    book.note = "3 values are not known"
    book.watched = {**WATCHED, "unknown": UNKNOWN} if kind == "cache" else None
    widget = opened(stage, logged(kernels[kind](), book), width=420 if theme == "narrow" else None)
    widget.get_by_label("Group", exact=True).select_option("node")
    widget.get_by_role("button", name="planner", exact=True).first.click()
    widget.locator(".log .rows .row").nth(2).click()
    if kind != "saver":
        widget.get_by_role("button", name="Show the state then").click()
        expect(banner(widget)).to_be_visible()
    assert violations(stage) == []
