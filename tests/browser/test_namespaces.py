"""The key browser's faces: namespaces, breadcrumbs, space, latest changes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from inmem_widgets.observables.keys.query import Query
from tests.browser.facekernel import FaceKernel
from tests.browser.stage import Stage
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser

FACES = NAMESPACES, SPACE, FEED = "Namespaces", "Space", "Latest changes"


def show(stage: Stage, kernel: FaceKernel, *faces: str, width: int | None = None) -> Locator:
    """The widget with these faces open."""
    widget = stage.show(kernel, width=width)
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    for face in FACES:
        toggle = widget.get_by_role("group", name="Faces").get_by_role("button", name=face, exact=True)
        if (toggle.get_attribute("aria-pressed") == "true") != (face in faces):
            toggle.click()
    return widget


def item(widget: Locator, prefix: str) -> Locator:
    return widget.locator(f'[role=treeitem][title^="{prefix},"]')


def names(widget: Locator) -> Locator:
    return widget.get_by_role("treeitem").locator(".lab bdi")


def asked(kernel: FaceKernel) -> list[dict[str, object]]:
    return [params for method, params in kernel.calls if method == "query"]


class TestNamespaces:
    def test_counts_and_bytes_of_each(self, stage: Stage) -> None:
        widget = show(stage, FaceKernel(), NAMESPACES)
        expect(names(widget)).to_have_text(["All keys", "llm", "embed", "prod"])
        expect(item(widget, "All keys")).to_have_accessible_description(
            "All keys, 1,000,000 keys, 412,000,000 B"
        )
        llm = item(widget, "llm:")
        expect(llm).to_have_accessible_description(
            "llm:, 861,204 keys, 268,000,000 B, 65.0\u2009% of all bytes"
        )
        expect(llm).to_have_attribute("aria-level", "1")
        expect(llm).to_have_accessible_name("llm 861,204 keys")
        widths = [
            item(widget, name)
            .locator(".meter")
            .evaluate("meter => meter.firstElementChild.offsetWidth / meter.offsetWidth")
            for name in ("All keys", "llm:", "prod:")
        ]
        assert widths == pytest.approx([1, 268 / 412, 58 / 412], abs=0.05)

    def test_opens_and_closes_as_this_view_wishes(self, stage: Stage) -> None:
        kernel = FaceKernel()
        widget = show(stage, kernel, NAMESPACES)
        item(widget, "prod:").locator(".twisty").click()
        expect(names(widget)).to_have_text(["All keys", "llm", "embed", "prod", "sess", "user", "docs"])
        expect(item(widget, "prod:")).to_have_attribute("aria-expanded", "true")
        expect(item(widget, "prod:docs:")).to_have_attribute("aria-level", "2")
        expect(item(widget, "prod:docs:")).to_have_attribute("aria-expanded", "false")
        expect(item(widget, "prod:sess:")).not_to_have_attribute("aria-expanded", re.compile(""))
        item(widget, "prod:").locator(".twisty").click()
        expect(names(widget)).to_have_text(["All keys", "llm", "embed", "prod"])
        assert asked(kernel) == []  # opening narrows nothing

    def test_a_click_narrows_and_another_takes_it_back(self, stage: Stage) -> None:
        kernel = FaceKernel()
        widget = show(stage, kernel, NAMESPACES)
        item(widget, "llm:").click()
        expect(item(widget, "llm:")).to_have_attribute("aria-selected", "true")
        stage.page.clock.install()  # two clicks, not a double click
        stage.page.mouse.move(0, 0)
        item(widget, "llm:").press("Enter")
        expect(item(widget, "llm:")).to_have_attribute("aria-selected", "false")
        expect(item(widget, "All keys")).to_have_attribute("aria-selected", "true")
        assert asked(kernel) == [{"namespace": "llm:"}, {"namespace": ""}]

    def test_a_double_click_narrows_and_opens(self, stage: Stage) -> None:
        kernel = FaceKernel()
        widget = show(stage, kernel, NAMESPACES)
        item(widget, "prod:").dblclick()
        expect(item(widget, "prod:")).to_have_attribute("aria-selected", "true")
        expect(item(widget, "prod:")).to_have_attribute("aria-expanded", "true")
        expect(item(widget, "prod:sess:")).to_be_visible()
        assert asked(kernel) == [{"namespace": "prod:"}]

    def test_the_keyboard(self, stage: Stage) -> None:
        kernel = FaceKernel()
        widget = show(stage, kernel, NAMESPACES)
        tree = widget.get_by_role("tree", name="Namespaces")
        expect(tree.locator("[tabindex='0']")).to_have_count(1)
        item(widget, "All keys").focus()
        press = stage.page.keyboard.press
        for key, focused in (
            ("ArrowDown", "llm:"),
            ("ArrowUp", "All keys"),
            ("ArrowUp", "All keys"),
            ("End", "prod:"),
            ("ArrowRight", "prod:"),
        ):
            press(key)
            expect(item(widget, focused)).to_be_focused()
        expect(item(widget, "prod:docs:")).to_be_visible()
        for key, focused in (
            ("ArrowRight", "prod:sess:"),
            ("ArrowRight", "prod:sess:"),  # holds no other
            ("ArrowDown", "prod:user:"),
            ("ArrowLeft", "prod:"),
            ("ArrowLeft", "prod:"),
        ):
            press(key)
            expect(item(widget, focused)).to_be_focused()
        expect(item(widget, "prod:sess:")).to_have_count(0)
        press("Enter")
        expect(item(widget, "prod:")).to_have_attribute("aria-selected", "true")
        expect(item(widget, "prod:")).to_be_focused()
        expect(tree.locator("[tabindex='0']")).to_have_count(1)
        press("Escape")
        expect(widget.get_by_role("grid").locator("[role=row]:focus")).to_have_count(1)

    def test_shows_where_code_has_narrowed_to(self, stage: Stage) -> None:
        kernel = FaceKernel()
        widget = show(stage, kernel, NAMESPACES)
        expect(item(widget, "prod:")).to_be_visible()
        kernel.ask({"namespace": "prod:docs:chunk:"})
        stage.push()
        expect(item(widget, "prod:docs:chunk:")).to_have_attribute("aria-selected", "true")
        expect(item(widget, "prod:docs:chunk:")).to_have_attribute("aria-level", "3")

    def test_focus_and_scroll_stay_when_counts_change(self, stage: Stage) -> None:
        kernel = FaceKernel([(f"n{i:03}:", 10, 100) for i in range(150)])
        widget = show(stage, kernel, NAMESPACES)
        item(widget, "n100:").focus()
        scroll = widget.locator(".names .scroll")
        top = scroll.evaluate("element => element.scrollTop")
        assert top > 0
        kernel.store.insert(0, ("a:", 5, 50))
        kernel.store[101] = ("n100:", 12, 120)
        stage.push()
        expect(item(widget, "n100:")).to_have_accessible_name("n100 12 keys")
        expect(item(widget, "n100:")).to_be_focused()
        assert abs(scroll.evaluate("element => element.scrollTop") - top) <= 24
        del kernel.store[101]
        stage.push()
        expect(item(widget, "n100:")).to_have_count(0)
        expect(widget.get_by_role("tree", name="Namespaces").locator(":focus")).to_have_count(1)

    def test_what_is_not_listed_is_said_in_words(self, stage: Stage) -> None:
        kernel = FaceKernel()
        rows = kernel.rows([])
        more = dict(prefix="", name="", level=0, keys=4_812, bytes=None, expanded=None, more=1_204)
        kernel.over["tree"] = [*rows, more]
        widget = show(stage, kernel, NAMESPACES)
        last = widget.get_by_role("treeitem").last
        expect(last).to_have_accessible_description("1,204 more namespaces, 4,812 keys")
        expect(last).to_have_accessible_name("1,204 more 4,812 keys")
        last.click(force=True)
        item(widget, "prod:").focus()
        stage.page.keyboard.press("ArrowDown")
        expect(item(widget, "prod:")).to_be_focused()
        assert asked(kernel) == []

    def test_bytes_not_measured_yet(self, stage: Stage) -> None:
        kernel = FaceKernel()
        kernel.over["tree"] = [{**row, "bytes": None} for row in kernel.rows([])]
        widget = show(stage, kernel, NAMESPACES)
        expect(item(widget, "llm:")).to_have_accessible_description(
            "llm:, 861,204 keys, bytes not measured yet"
        )
        expect(item(widget, "llm:").locator(".meter")).to_be_hidden()

    def test_names_are_text(self, stage: Stage) -> None:
        kernel = FaceKernel([("<b onclick=alert(1)>:", 3, 9), ("a::b:", 1, 1), ("\u202ex:", 1, 1)])
        kernel.ask({"namespace": "a::"})
        widget = show(stage, kernel, NAMESPACES)
        expect(names(widget)).to_have_text(["All keys", "<b onclick=alert(1)>", "a", "(empty)", "\\u202ex"])
        expect(widget.locator("b")).to_have_count(0)


class TestDelimiters:
    def test_several_own_ones_and_none(self, stage: Stage) -> None:
        kernel = FaceKernel()
        widget = show(stage, kernel, NAMESPACES)
        widget.get_by_role("button", name="delimiter : guessed").click()
        group = widget.get_by_role("group", name="Delimiters")

        def button(name: str) -> Locator:
            return group.get_by_role("button", name=name, exact=True)

        expect(button("colon")).to_have_attribute("aria-pressed", "true")
        expect(button("Guess")).to_have_attribute("aria-pressed", "true")
        item(widget, "llm:").locator(".twisty").click()
        expect(item(widget, "llm:claude/opus:")).to_be_visible()
        button("slash").click()
        expect(item(widget, "llm:claude/")).to_be_visible()
        expect(widget.get_by_role("button", name="delimiter : /")).to_be_visible()
        expect(button("Guess")).to_have_attribute("aria-pressed", "false")
        group.get_by_label("Other delimiters").fill("#")
        group.get_by_label("Other delimiters").press("Enter")
        expect(widget.get_by_role("button", name="delimiter : / #")).to_be_visible()
        button("None").click()
        expect(widget.get_by_text("no delimiter chosen")).to_be_visible()
        expect(names(widget)).to_have_text(["All keys"])
        button("Guess").click()
        expect(names(widget)).to_contain_text(["All keys", "llm"])
        assert asked(kernel) == [{"delimiters": x} for x in (":/", ":/#", "", None)]
        stage.page.keyboard.press("Escape")
        expect(group).to_be_hidden()
        expect(widget.get_by_role("button", name="delimiter : guessed")).to_be_focused()

    @pytest.mark.parametrize(
        ("over", "said"),
        [
            ({"delimiters": ""}, "no delimiter found in the keys: choose one below"),
            ({"delimiters": ":/", "query": Query(delimiters=":/").wire()}, "no key has : or / in it"),
            ({"delimiters": ":", "query": Query(filter="x").wire(), "size": 0, "rows": []}, "no key matches"),
            ({"delimiters": ":"}, "counting …"),
        ],
    )
    def test_why_there_is_no_namespace(self, stage: Stage, over: dict[str, object], said: str) -> None:
        kernel = FaceKernel()
        kernel.over |= {"tree": [], **over}
        widget = show(stage, kernel, NAMESPACES)
        expect(widget.locator(".names .note")).to_have_text(said)


class TestCrumbs:
    def test_each_step_narrows_to_itself(self, stage: Stage) -> None:
        kernel = FaceKernel()
        kernel.ask({"namespace": "prod:docs:chunk:"})
        widget = show(stage, kernel)
        crumbs = widget.get_by_role("group", name="Breadcrumbs")
        buttons = crumbs.get_by_role("button")
        expect(buttons).to_have_text(["All keys", "prod:", "docs:", "chunk:"])
        expect(buttons.last).to_have_attribute("aria-current", "location")
        expect(crumbs.locator("[aria-current]")).to_have_count(1)
        buttons.nth(1).click()
        expect(buttons).to_have_text(["All keys", "prod:"])
        expect(buttons.last).to_be_focused()
        buttons.first.click()
        expect(crumbs).to_be_hidden()
        assert asked(kernel) == [{"namespace": "prod:"}, {"namespace": ""}]

    def test_many_steps_fit(self, stage: Stage) -> None:
        kernel = FaceKernel()
        kernel.ask({"namespace": "a-rather-long-name:" * 9})
        widget = show(stage, kernel, width=420)
        crumbs = widget.get_by_role("group", name="Breadcrumbs")
        buttons = crumbs.get_by_role("button")
        expect(buttons).to_have_text(["All keys", "…:", *["a-rather-long-name:"] * 4])
        expect(buttons.nth(1)).to_have_attribute("title", "a-rather-long-name:" * 5)
        last = buttons.last
        expect(last).to_be_visible()
        inside, whole = last.bounding_box(), crumbs.bounding_box()
        assert inside and whole
        assert inside["x"] + inside["width"] <= whole["x"] + whole["width"]


class TestSpace:
    def test_totals_and_how_they_were_measured(self, stage: Stage) -> None:
        widget = show(stage, FaceKernel(), SPACE)
        space = widget.get_by_role("region", name="Space")
        expect(space.locator("dd")).to_have_text(
            ["~412 MB", "31.0 MB", "1,000,000", re.compile("998,000 exact, 2,000 sampled · [345] s ago")]
        )
        expect(space.get_by_role("progressbar")).to_be_hidden()

    def test_progress(self, stage: Stage) -> None:
        kernel = FaceKernel()
        kernel.space_over |= {"progress": 0.42, "measured": None, "exact": 420_000, "sampled": 0}
        widget = show(stage, kernel, SPACE)
        space = widget.get_by_role("region", name="Space")
        expect(space.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "42")
        expect(space.locator("dd").last).to_have_text("420,000 exact · measuring, 42\u2009%")

    def test_a_part_narrows_to_it_and_takes_it_back(self, stage: Stage) -> None:
        kernel = FaceKernel()
        widget = show(stage, kernel, SPACE)
        types = widget.get_by_role("region", name="Bytes by type")
        rows = types.get_by_role("button")
        expect(rows.first).to_contain_text(re.compile(r"str\s*255\s*MB\s*860,000\s*61\.9|62\.0"))
        rows.nth(2).click()
        expect(rows.nth(2)).to_have_attribute("aria-pressed", "true")
        rows.nth(2).click()
        expect(rows.nth(2)).to_have_attribute("aria-pressed", "false")
        spaces = widget.get_by_role("region", name="Bytes by namespace").get_by_role("button")
        spaces.first.click()
        expect(spaces.first).to_have_attribute("aria-pressed", "true")
        spaces.first.click()
        expect(spaces.first).to_have_attribute("aria-pressed", "false")
        assert asked(kernel) == [{"types": ["json"]}, {"types": []}, {"namespace": "llm:"}, {"namespace": ""}]

    def test_bars_are_as_long_as_their_bytes(self, stage: Stage) -> None:
        widget = show(stage, FaceKernel(), SPACE)
        bars = widget.get_by_role("region", name="Bytes by namespace").locator(".track i")
        expect(bars).to_have_count(3)
        widths = bars.evaluate_all("bars => bars.map(bar => bar.offsetWidth)")
        assert [w / widths[0] for w in widths] == pytest.approx([1, 86 / 268, 58 / 268], abs=0.02)

    def test_a_large_key_is_opened(self, stage: Stage) -> None:
        kernel = FaceKernel()
        widget = show(stage, kernel, SPACE)
        largest = widget.get_by_role("region", name="Largest keys").get_by_role("button")
        expect(largest).to_have_count(10)
        expect(largest.first).to_contain_text("~4.2")
        expect(largest.first).to_have_attribute("title", re.compile("4,200,000 B, sampled"))
        largest.nth(1).click()
        expect(
            widget.get_by_role("region", name="Busiest keys").get_by_role("button").first
        ).to_have_attribute("title", re.compile("at least 12,408 changes"))
        assert ("open", {"id": 1}) in kernel.calls

    def test_nothing_there_yet(self, stage: Stage) -> None:
        kernel = FaceKernel()
        kernel.space_over |= {"busiest": [], "namespaces": []}
        widget = show(stage, kernel, SPACE)
        expect(widget.get_by_role("region", name="Busiest keys")).to_contain_text("no change seen yet")
        expect(widget.get_by_role("region", name="Bytes by namespace")).to_contain_text(
            "no key has a namespace"
        )

    @pytest.mark.parametrize("width", [400, 900])
    def test_fits(self, stage: Stage, width: int) -> None:
        widget = show(stage, FaceKernel(), SPACE, width=width)
        space = widget.get_by_role("region", name="Space")
        expect(space.get_by_text("Bytes by type")).to_be_visible()
        over = space.locator("button.row, dl, .sect").evaluate_all(
            "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
        )
        assert over == []


class TestFeed:
    def feed(self, widget: Locator) -> Locator:
        return widget.get_by_role("region", name="Latest changes")

    def keys(self, widget: Locator) -> Locator:
        return self.feed(widget).locator(".key")

    def test_newest_first_with_what_happened(self, stage: Stage) -> None:
        kernel = FaceKernel()
        kernel.change("prod:a", "inserted", ago=70)
        kernel.change("prod:b", "changed", ago=5)
        kernel.change("prod:c", "deleted", ago=5)
        kernel.change("prod:d0", "inserted", keys=1_000, ago=5)
        kernel.change("", "reset", keys=12, ago=5)
        widget = show(stage, kernel, FEED)
        expect(self.keys(widget)).to_have_text(
            ["replaced by 12 keys", "prod:d0", "prod:c", "prod:b", "prod:a"]
        )
        labels = (
            self.feed(widget)
            .get_by_role("img")
            .evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
        )
        assert labels == ["reset", "inserted", "deleted", "changed", "inserted"]
        rows = self.feed(widget).get_by_role("listitem")
        expect(rows.nth(1)).to_contain_text("and 999 more")
        expect(rows.nth(4)).to_contain_text(re.compile(r"1\s*min"))

    def test_jumps_to_a_key_but_not_to_one_that_is_gone(self, stage: Stage) -> None:
        kernel = FaceKernel()
        kernel.change("prod:gone", "deleted")
        kernel.change("prod:b", "changed")
        widget = show(stage, kernel, FEED)
        self.feed(widget).get_by_role("button", name="prod: gone").click(force=True)
        self.feed(widget).get_by_role("button", name="prod: b").press("Enter")
        stage.page.wait_for_function("() => true")
        assert [params for method, params in kernel.calls if method == "open"] == [
            {"id": kernel.log[1]["id"]}
        ]

    def test_holds_under_the_pointer(self, stage: Stage) -> None:
        kernel = FaceKernel()
        kernel.change("k:1")
        kernel.change("k:2")
        widget = show(stage, kernel, FEED)
        expect(self.keys(widget)).to_have_text(["k:2", "k:1"])
        self.keys(widget).first.hover()
        for i in range(3, 8):
            kernel.change(f"k:{i}")
        stage.push()
        newer = self.feed(widget).get_by_role("button", name="newer")
        expect(newer).to_have_text("5 newer")
        expect(self.keys(widget)).to_have_text(["k:2", "k:1"])
        newer.click()
        expect(self.keys(widget).first).to_have_text("k:7")
        expect(newer).to_be_hidden()
        self.keys(widget).first.hover()
        kernel.change("k:8")
        stage.push()
        expect(newer).to_have_text("1 newer")
        stage.page.mouse.move(0, 0)
        expect(self.keys(widget).first).to_have_text("k:8")
        expect(newer).to_be_hidden()

    def test_the_keyboard_holds_it_too(self, stage: Stage) -> None:
        kernel = FaceKernel()
        for i in range(5):
            kernel.change(f"k:{i}")
        widget = show(stage, kernel, FEED)
        feed = self.feed(widget)
        expect(feed.locator("li [tabindex='0']")).to_have_count(1)
        feed.locator("li [tabindex='0']").focus()
        for key, focused in (
            ("ArrowDown", "k: 3"),
            ("End", "k: 0"),
            ("ArrowDown", "k: 0"),
            ("ArrowUp", "k: 1"),
        ):
            stage.page.keyboard.press(key)
            expect(feed.get_by_role("button", name=focused)).to_be_focused()
        kernel.change("k:5")
        stage.push()
        expect(feed.get_by_role("button", name="newer")).to_have_text("1 newer")
        expect(feed.get_by_role("button", name="k: 1")).to_be_focused()
        stage.page.keyboard.press("Enter")
        stage.page.keyboard.press("Tab")
        expect(self.keys(widget).first).to_have_text("k:5")

    def test_is_bounded_and_says_when_there_is_nothing(self, stage: Stage) -> None:
        kernel = FaceKernel()
        widget = show(stage, kernel, FEED)
        expect(self.feed(widget)).to_contain_text("no change seen yet")
        for i in range(300):
            kernel.change(f"k:{i}")
        stage.push()
        expect(self.keys(widget)).to_have_count(200)
        kernel.log.clear()
        stage.push()
        expect(self.keys(widget)).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(stage: Stage, theme: str) -> None:
    stage.theme(theme)
    kernel = FaceKernel()
    for kind in ("inserted", "changed", "deleted", "reset"):
        kernel.change("prod:a", kind, keys=20)
    kernel.ask({"namespace": "prod:docs:", "types": ["json"]})
    widget = show(stage, kernel, NAMESPACES, SPACE, FEED)
    widget.get_by_role("button", name="delimiter").click()
    expect(item(widget, "prod:docs:")).to_be_visible()
    assert violations(stage) == []
    bare = widget.locator(":is(button, input, select, a, [tabindex]):not([data-lm-suppress-shortcuts])")
    expect(bare).to_have_count(0)
