"""The key browser's namespaces and breadcrumbs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from inmem_widgets.observables.keys.query import Query
from tests.browser.facekernel import FaceKernel
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser

FACES = NAMESPACES, SPACE, FEED = "Namespaces", "Space", "Latest changes"


def show(stage: Stage, kernel: FaceKernel, *faces: str, width: int | None = None) -> Locator:
    """The widget with these faces open, and no other."""
    widget = stage.show(kernel, width=width)
    opened(widget, *faces)
    return widget


def opened(widget: Locator, *faces: str) -> None:
    expect(widget.get_by_role("button", name="Live, pause")).to_be_visible()
    for face in FACES:
        toggle = widget.get_by_role("group", name="Faces").get_by_role("button", name=face, exact=True)
        if (toggle.get_attribute("aria-pressed") == "true") != (face in faces):
            toggle.click()


def item(widget: Locator, prefix: str) -> Locator:
    return widget.locator(f'[role=treeitem][title^="{prefix},"]')


def names(widget: Locator) -> Locator:
    return widget.get_by_role("treeitem").locator(".lab bdi")


def asked(kernel: FaceKernel) -> list[dict[str, object]]:
    return [params for method, params in kernel.calls if method == "query"]


def height(widget: Locator) -> float:
    box = widget.locator(".panes").bounding_box()
    assert box
    return box["height"]


def test_the_panes_are_as_high_as_there_are_keys_or_namespaces(stage: Stage) -> None:
    few = FaceKernel([("prod:sess:", 1, 400), ("prod:user:", 1, 800)])
    small = show(stage, few, NAMESPACES)
    expect(small.locator(".gridbox .rows .row:not(.blank)")).to_have_count(2)
    assert height(small) == 5 * 24 + 1  # four rows and the head: not the fourteen of a long list
    wide = show(stage, FaceKernel([(f"{name}:", 1, 400) for name in "abcdefg"]), NAMESPACES)
    names = wide.get_by_role("group", name="Namespaces").last
    expect(names.get_by_role("treeitem")).to_have_count(8)
    assert height(wide) == 10 * 24 + 1  # beside its head: all keys, seven, the delimiters
    scrolled = names.locator(".scroll").evaluate("e => e.scrollHeight > e.clientHeight")
    assert not scrolled


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
        stage.eventually(lambda: asked(kernel), [{"namespace": "llm:"}, {"namespace": ""}])

    def test_a_double_click_narrows_and_opens(self, stage: Stage) -> None:
        kernel = FaceKernel()
        widget = show(stage, kernel, NAMESPACES)
        item(widget, "prod:").dblclick()
        expect(item(widget, "prod:")).to_have_attribute("aria-selected", "true")
        expect(item(widget, "prod:")).to_have_attribute("aria-expanded", "true")
        expect(item(widget, "prod:sess:")).to_be_visible()
        stage.eventually(lambda: asked(kernel), [{"namespace": "prod:"}])

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
        stage.eventually(lambda: asked(kernel), [{"delimiters": x} for x in (":/", ":/#", "", None)])
        stage.page.keyboard.press("Escape")
        expect(group).to_be_hidden()
        expect(widget.get_by_role("button", name="delimiter : guessed")).to_be_focused()

    @pytest.mark.parametrize(
        ("over", "said"),
        [
            ({"delimiters": ""}, "no delimiter found in the keys: choose one below"),
            ({"delimiters": ":/", "query": Query(delimiters=":/").wire()}, "no key has : or / in it"),
            ({"delimiters": ":", "query": Query(filter="x").wire(), "size": 0, "rows": []}, "no key matches"),
            ({"delimiters": "/"}, "no key has / in it"),  # what the object says parts them
            ({"delimiters": ":", "tree": None}, "counting …"),
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
        stage.eventually(lambda: asked(kernel), [{"namespace": "prod:"}, {"namespace": ""}])

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
