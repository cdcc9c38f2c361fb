"""The key browser's faces: space, the latest changes, and all of them beside a real store."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryByteStore, inspect
from tests.browser.facekernel import FaceKernel
from tests.browser.stage import Real, Stage
from tests.browser.test_accessibility import violations
from tests.browser.test_namespaces import FEED, NAMESPACES, SPACE, asked, item, opened, show

pytestmark = pytest.mark.browser


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
        spaces = widget.get_by_role("region", name="Bytes by namespace").get_by_role("button")
        wanted: list[dict[str, object]] = []
        for part, narrowed, whole in (
            (rows.nth(2), {"types": ["json"]}, {"types": []}),
            (spaces.first, {"namespace": "llm:"}, {"namespace": ""}),
        ):
            for pressed, query in (("true", narrowed), ("false", whole)):
                part.click()
                expect(part).to_have_attribute("aria-pressed", pressed)
                wanted.append(query)
                stage.eventually(lambda: asked(kernel), wanted)

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
        stage.eventually(lambda: ("open", {"id": 1}) in kernel.calls)

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
        stage.eventually(lambda: ("open", {"id": kernel.log[1]["id"]}) in kernel.calls)
        assert [method for method, _ in kernel.calls].count("open") == 1

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


class TestRealStore:
    """The faces of the real widget, beside a store that changes."""

    def made(self, stage: Stage, *faces: str) -> tuple[InMemoryByteStore, Real, Locator]:
        store = InMemoryByteStore()
        store.mset([(f"prod:sess:{i:04}", b"x" * 100) for i in range(300)])
        store.mset([(f"prod:user:{i}", b"y" * 500) for i in range(100)])
        store.mset([("llm:a/b", b"z" * 50_000), ("loose", b"1")])
        kernel = Real(inspect(store))
        widget = stage.show(kernel)
        opened(widget, *faces)
        return store, kernel, widget

    def test_namespaces_drill_down_and_follow(self, stage: Stage) -> None:
        store, _, widget = self.made(stage, NAMESPACES)
        stage.until(item(widget, "prod:").filter(has_text="400"))
        item(widget, "prod:").locator(".twisty").click()
        stage.until(item(widget, "prod:user:").filter(has_text="100"))
        expect(item(widget, "prod:user:")).to_have_attribute("title", re.compile("100 keys, 50,000 B"))
        item(widget, "prod:user:").click()
        expect(item(widget, "prod:user:")).to_have_attribute("aria-selected", "true")
        expect(widget.get_by_text("100 of 402 match")).to_be_visible()
        expect(widget.get_by_role("group", name="Breadcrumbs").get_by_role("button")).to_have_text(
            ["All keys", "prod:", "user:"]
        )
        store.mset([("prod:user:new", b"n")])
        assert store.changes.flush(30)
        stage.until(item(widget, "prod:user:").filter(has_text="101"))
        expect(item(widget, "prod:user:")).to_be_focused()
        expect(item(widget, "All keys")).to_contain_text("403")

    def test_space_adds_up(self, stage: Stage) -> None:
        store, _, widget = self.made(stage, SPACE)
        space = widget.get_by_role("region", name="Space")
        stage.until(space.locator("dd").last.filter(has_text="402 exact"))
        expect(space.locator("dd").first).to_have_text("130 kB")
        spaces = widget.get_by_role("region", name="Bytes by namespace").get_by_role("listitem")
        expect(spaces).to_have_text([re.compile("^prod:"), re.compile("^llm:"), re.compile("^all others.*1")])
        widget.get_by_role("region", name="Largest keys").get_by_role("button").first.click()
        expect(widget.get_by_role("complementary").or_(widget.locator(".val"))).to_contain_text("llm:")
        expect(widget.get_by_role("region", name="Busiest keys")).to_contain_text("no change seen yet")
        for _ in range(3):
            store.mset([("loose", b"2")])
        assert store.changes.flush(30)
        stage.until(
            widget.get_by_role("region", name="Busiest keys").get_by_role("listitem").filter(has_text="3")
        )

    def test_the_feed_jumps_to_the_key(self, stage: Stage) -> None:
        store, _, widget = self.made(stage, FEED)
        store.mset([("prod:user:77", b"other")])
        store.mset([(f"bulk:{i}", b"1") for i in range(50)])
        store.mdelete(["loose"])
        assert store.changes.flush(30)
        feed = widget.get_by_role("region", name="Latest changes")
        stage.until(feed.get_by_role("listitem").first.filter(has_text="loose"))
        expect(feed.get_by_role("listitem").nth(1)).to_contain_text("and 49 more")
        feed.get_by_role("button", name="prod:user: 77").click()
        row = widget.get_by_role("grid").get_by_role("row").filter(has_text="prod:user:77")
        expect(row).to_have_attribute("aria-selected", "true")
        expect(row).to_be_in_viewport()
