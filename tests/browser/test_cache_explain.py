"""Why lookups missed, and the feed of lookups, on screen."""

from __future__ import annotations

import re

import pytest
from langchain_core.outputs import Generation
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryCache, inspect
from tests.browser import states
from tests.browser.cachekernel import shown
from tests.browser.stage import Real, Stage

pytestmark = pytest.mark.browser

THIN = "\u2009"


def why(widget: Locator) -> Locator:
    return widget.get_by_role("region", name="Why lookups missed")


def feed(widget: Locator) -> Locator:
    return widget.get_by_role("region", name="Lookups", exact=True)


def aside(stage: Stage) -> None:
    """The pointer is elsewhere, and so is the focus."""
    stage.page.mouse.move(1, 1)
    stage.page.evaluate("document.activeElement.blur()")


def test_why_lookups_missed(stage: Stage) -> None:
    section = why(shown(stage, states.cache_counters()))
    expect(section.get_by_role("heading")).to_have_text("Why 3,368 lookups missed")
    shares = f"cold ~40{THIN}%, evicted 22{THIN}%, near miss ~35{THIN}%, cleared 3{THIN}%"
    expect(section.get_by_role("img", name=shares)).to_be_visible()
    assert ", ".join(section.locator(".legend > span").all_inner_texts()).replace("\n", " ") == shares
    said = "Of the latest 200 cold misses, 94 came near a cached entry, and differ in"
    expect(section.get_by_text(said)).to_be_visible()
    rows = section.get_by_role("button")
    expect(rows.nth(0)).to_have_text(re.compile("^message idPlan the trip .*38 near misses$"))
    expect(rows.nth(4)).to_have_text(re.compile("^asked again while loading.*9 misses$"))


def test_a_pattern_unfolds_to_what_differs(stage: Stage) -> None:
    section = why(shown(stage, states.cache_counters()))
    row = section.get_by_role("button", name="only temperature")
    row.press("Enter")
    expect(row).to_have_attribute("aria-expanded", "true")
    expect(section.get_by_text(f"Closest entry, 99{THIN}% alike")).to_be_visible()
    place = section.locator("dl").get_by_text("temperature", exact=True)
    change = place.locator("xpath=following-sibling::dd[1]")
    expect(change.get_by_role("deletion")).to_have_text("0.0")
    expect(change.get_by_role("insertion")).to_have_text("0.2")
    expect(section.get_by_text("equal: the prompt, model, stop and 4 more")).to_be_visible()
    # by its sign, whatever the colour
    sign = "e => getComputedStyle(e, '::before').content"
    assert change.get_by_role("deletion").evaluate(sign) == '"− "'
    assert change.get_by_role("insertion").evaluate(sign) == '"+ "'
    row.press("Enter")
    expect(row).to_have_attribute("aria-expanded", "false")
    expect(change).to_have_count(0)


def test_longer_texts_are_one_with_what_differs_marked(stage: Stage) -> None:
    section = why(shown(stage, states.cache_counters()))
    section.get_by_role("button", name="date and number").click()
    text = section.locator(".parts")
    expect(text.get_by_role("deletion")).to_have_text(["12", "2026-05-03"])
    expect(text.get_by_role("insertion")).to_have_text(["14", "2026-05-04"])
    lines = "e => getComputedStyle(e).textDecorationLine"
    assert text.get_by_role("deletion").first.evaluate(lines) == "line-through"
    assert text.get_by_role("insertion").first.evaluate(lines) == "underline"
    expect(section.get_by_text("3 more differences")).to_be_visible()
    # what only one has
    only = section.get_by_text("metadata.session").locator("xpath=following-sibling::dd[1]")
    expect(only.get_by_role("deletion")).to_have_count(0)
    expect(only.get_by_role("insertion")).to_have_text("s-4471")


def test_the_closest_entry_is_shown_among_the_entries(stage: Stage) -> None:
    kernel = states.cache_counters()
    widget = shown(stage, kernel)
    why(widget).get_by_role("button", name="white space").click()
    why(widget).get_by_role("button", name="Show entry").click()
    expect(widget.get_by_role("grid")).to_be_visible()
    expect(widget.get_by_role("row", selected=True)).to_contain_text("Which of the hotels has a sauna")
    stage.eventually(lambda: ("open", {"id": 4}) in kernel.calls)


def test_patterns_keep_their_places_under_the_pointer(stage: Stage) -> None:
    kernel = states.cache_counters()
    section = why(shown(stage, kernel))
    names = section.locator(".row .what")
    before = ["message id", "only temperature", "date and number", "white space", "asked again while loading"]
    expect(names).to_have_text(before)
    names.nth(1).hover()
    patterns = kernel.why()["patterns"]
    kernel.over["why"] = {**kernel.why(), "patterns": [{**patterns[1], "misses": 77}, patterns[0]]}
    stage.push()
    expect(section.locator(".row").nth(1)).to_contain_text("77 near misses")  # what is in it is new
    expect(names).to_have_text(before)
    aside(stage)
    expect(names).to_have_text(["only temperature", "message id", "asked again while loading"])


def test_what_could_not_be_explained_is_said(stage: Stage) -> None:
    none = {"near": 0, "progress": 0.4, "patterns": [], "unknown": 32, "examined": 80}
    kernel = states.cache_counters(missed_events=1_204)
    kernel.over["why"] = {**kernel.why(), **none}
    section = why(shown(stage, kernel))
    dropped = "1,204 lookups came too fast to be explained, and are in the counts only"
    expect(section.get_by_text(dropped)).to_be_visible()
    expect(section.get_by_text(f"comparing, 40{THIN}%")).to_be_visible()
    expect(section.get_by_text("Of the latest 80 cold misses, 0 came near a cached entry")).to_be_visible()
    expect(section.locator(".legend")).to_contain_text(f"not known1{THIN}%")


def test_hits_alone(stage: Stage) -> None:
    none = dict.fromkeys(("cold", "evicted", "cleared", "unknown", "examined", "near"), 0)
    kernel = states.cache_counters(why={**none, "progress": None, "patterns": []})
    kernel.over["stampedes"] = {"count": 0, "misses": 0, "answers": 0, "latest": ""}
    section = why(shown(stage, kernel))
    expect(section.get_by_text("No lookup has missed since watching began")).to_be_visible()
    expect(section.get_by_role("img")).to_have_count(0)
    expect(section.get_by_role("button")).to_have_count(0)


def test_stampedes_are_named(stage: Stage) -> None:
    section = why(shown(stage, states.cache_counters()))
    section.get_by_role("button", name="asked again while loading").click()
    said = (
        "Before 6 calls were answered (or as they failed), the same was looked up 9 more times; "
        "7 answers were made twice."
    )
    expect(section.get_by_text(said)).to_be_visible()
    expect(section.locator(".unfolded")).to_contain_text("latest: Summarise these 14 reviews")


def test_nothing_is_listed_until_why_is_known(stage: Stage) -> None:
    kernel = states.cache_counters()
    kernel.over["why"] = None  # as in the first message, which comes before the view has asked
    widget = shown(stage, kernel)
    section = why(widget)
    expect(feed(widget).get_by_role("listitem")).to_have_count(50)  # painted as these rows would be
    expect(section.get_by_role("button")).to_have_count(0)
    del kernel.over["why"]
    stage.push()
    expect(section.get_by_role("button")).to_have_count(5)
    expect(section.get_by_role("button").last).to_have_text(re.compile("^asked again while loading"))


def test_the_feed(stage: Stage) -> None:
    kernel = states.cache_counters()
    section = feed(shown(stage, kernel))
    rows = section.get_by_role("button").filter(has=stage.page.locator(".mark"))
    expect(rows).to_have_count(50)
    waiting, hit, cold = rows.nth(0), rows.nth(1), rows.nth(2)
    expect(waiting.get_by_role("img", name="missed")).to_be_visible()
    expect(waiting).to_have_text(re.compile(r"^\d\d:\d\d:\d\d.*cleared 40 lookups agono answer yet$"))
    expect(hit.get_by_role("img", name="hit")).to_be_visible()
    expect(hit).to_have_text(re.compile(r"gpt-4o-mini · temperature 0.2saved 3.13 s$"))
    expect(cold).to_have_text(re.compile(r"cold2.76 s$"))
    section.get_by_role("button", name="Missed", exact=True).click()
    expect(section.get_by_role("img", name="hit")).to_have_count(0)
    assert next(iter(kernel.sessions.values())).params["lookups"] == "missed"
    expect(section.get_by_role("img", name="missed").first).to_be_visible()


def test_markup_in_prompts_is_text(stage: Stage) -> None:
    section = feed(shown(stage, states.cache_counters()))
    expect(section.get_by_text("<b onclick=").first).to_be_visible()
    expect(section.locator("b")).to_have_count(0)


def test_a_lookup_unfolds_to_what_happened(stage: Stage) -> None:
    kernel = states.cache_counters()
    section = feed(shown(stage, kernel))
    section.get_by_role("button", name=re.compile("evicted 1,204")).first.click()
    said = "Held until 1,204 lookups ago, when the insertion of “Plan the trip” pushed it out"
    expect(section.get_by_text(said)).to_be_visible()
    expect(section.get_by_role("group", name="Prompt")).to_contain_text("system: You book trips.")
    cold = section.get_by_role("button", name=re.compile(r"cold 2\.76 s")).first
    cold.click()
    expect(section.get_by_text(f"Closest of 128 entries, 83{THIN}% alike")).to_be_visible()
    asked = [("explain", {"number": 11_776}), ("explain", {"number": 11_778})]
    stage.eventually(lambda: [call for call in kernel.calls if call[0] == "explain"], asked)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"problem": "too many entries to search"}, "too many entries to search"),
        ({}, "None of 128 entries comes close"),
    ],
)
def test_an_explanation_without_a_near_entry(stage: Stage, parts: dict[str, str], said: str) -> None:
    kernel = states.cache_counters()
    explain = kernel.explain
    kernel.explain = lambda number: {**explain(number), "near": None, **parts}  # type: ignore[method-assign]
    section = feed(shown(stage, kernel))
    section.get_by_role("button", name=re.compile(r"cold 2\.76 s")).first.click()
    expect(section.get_by_text(said)).to_be_visible()


def test_a_lookup_that_cannot_be_explained(stage: Stage) -> None:
    kernel = states.cache_counters()
    kernel.refuse = "lookup 11776 is no longer remembered"
    section = feed(shown(stage, kernel))
    section.get_by_role("button", name=re.compile("evicted 1,204")).first.click()
    expect(section.get_by_text(kernel.refuse)).to_be_visible()


def test_rows_do_not_move_while_pointed_at_or_unfolded(stage: Stage) -> None:
    kernel = states.cache_counters()
    section = feed(shown(stage, kernel))
    first = section.locator(".row").first
    expect(first).to_contain_text("no answer yet")
    prompt = first.locator("bdi").first.inner_text()
    first.hover()
    kernel.look_up(2, 1)
    stage.push()
    newer = section.get_by_role("button", name="3 newer")
    expect(newer).to_be_visible()
    expect(first.locator("bdi").first).to_have_text(prompt)
    expect(first).to_contain_text(" s")  # what is in it goes on: it was answered
    expect(first).not_to_contain_text("no answer yet")
    first.click()
    aside(stage)
    expect(first).to_have_attribute("aria-expanded", "true")
    expect(newer).to_be_visible()  # still held
    newer.click()
    expect(newer).not_to_be_visible()
    expect(section.locator(".unfolded")).to_have_count(0)
    expect(first.locator("bdi").first).not_to_have_text(prompt)
    expect(first).to_be_focused()


def test_the_feed_by_keyboard(stage: Stage) -> None:
    kernel = states.cache_counters()
    section = feed(shown(stage, kernel))
    rows = section.locator(".row")
    expect(section.locator(".row[tabindex='0']")).to_have_count(1)  # one stop for the Tab key
    rows.first.focus()
    stage.page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    stage.page.keyboard.press("Enter")
    expect(rows.nth(1)).to_have_attribute("aria-expanded", "true")
    kernel.look_up(2, 0)
    stage.push()
    expect(section.get_by_role("button", name="2 newer")).to_be_visible()
    stage.page.keyboard.press("End")
    expect(rows.nth(49)).to_be_focused()
    stage.page.keyboard.press("Escape")
    expect(rows.nth(49)).not_to_be_focused()


def test_only_what_changed_is_painted(stage: Stage) -> None:
    """Twenty pushes a second must not cost frames."""
    kernel = states.cache_counters()
    widget = shown(stage, kernel)
    expect(widget.get_by_role("heading", name="What if maxsize were…")).to_be_visible()
    aside(stage)
    stage.page.wait_for_function("document.querySelectorAll('.feed .row').length === 50")
    widget.evaluate(
        """(widget) => {
            window.painted = new Set();
            new MutationObserver((records) => {
                for (const { target } of records) {
                    const element = target.nodeType === 1 ? target : target.parentElement;
                    const part = element?.closest('.why, .feed ul, .hero');
                    if (part) window.painted.add(`${part.className} ${element.outerHTML.slice(0, 90)}`);
                }
            }).observe(widget, { subtree: true, childList: true, characterData: true, attributes: true });
        }"""
    )
    for _ in range(5):
        kernel.over["refreshes"] = kernel.over.get("refreshes", 36) + 1
        stage.push()
    expect(widget.get_by_text("41 refreshes")).to_be_visible()
    assert stage.page.evaluate("[...window.painted]") == []


def test_a_real_cache_explains_itself(stage: Stage) -> None:
    cache = InMemoryCache(maxsize=2)
    kernel = Real(inspect(cache))
    widget = stage.show(kernel)
    for prompt in ("Plan the trip", "Extract the dates", "Translate the voucher", "Plan the trip"):
        cache.lookup(prompt, "llm")
        cache.update(prompt, "llm", [Generation(text=prompt)])
    assert cache.changes.flush(30)
    stage.until(why(widget).get_by_role("heading", name="Why 4 lookups missed"))
    expect(why(widget).locator(".legend")).to_contain_text("evicted25")
    stage.until(feed(widget).get_by_role("button", name=re.compile("Plan the trip.*evicted")))
    feed(widget).get_by_role("button", name=re.compile("Plan the trip.*evicted")).click()
    stage.until(feed(widget).get_by_role("group", name="Prompt"))
