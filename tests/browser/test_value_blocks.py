"""Every kind of block of the value pane: what it shows, as text only, and accessibly."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import valuekernel as v
from tests.browser.panes import HOSTILE, KINDS, REST, panel, shown
from tests.browser.stage import Stage
from tests.browser.test_accessibility import violations
from tests.browser.valuekernel import ValueKernel

pytestmark = pytest.mark.browser


def test_text_keeps_its_lines_and_shows_what_cannot_be_seen(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"text": KINDS["text"]()}))
    expect(panel(value).locator(".textblock")).to_have_text("a\\u200bb\n\tc\\x1b", use_inner_text=True)
    expect(value.get_by_text("65,536 of 100,000 characters")).to_be_visible()


@pytest.mark.parametrize(
    ("block", "says"), [(v.text(""), "no characters"), (v.hexdump(b""), "no bytes")], ids=["text", "hex"]
)
def test_nothing_is_said_to_be_nothing(stage: Stage, block: dict[str, Any], says: str) -> None:
    value = shown(stage, ValueKernel({"text": [block]}))
    expect(panel(value)).to_have_text(says)


@pytest.mark.parametrize(("width", "line"), [(420, "00 01 02 03  04 05 06 07"), (916, "00 01 02 03")])
def test_hex_has_offset_bytes_and_ascii(stage: Stage, width: int, line: str) -> None:
    value = shown(stage, ValueKernel({"hex": [v.hexdump(v.BINARY)]}), width=width)
    columns = panel(value).locator("pre")
    expect(columns).to_have_count(3)
    expect(columns.nth(0)).to_have_text(re.compile("^0000\n0008|^0000\n0010"), use_inner_text=True)
    assert columns.nth(1).inner_text().startswith(line)
    assert "\nABCDEFG"[1:] in columns.nth(2).inner_text()


def test_hex_has_16_bytes_a_line_where_there_is_room(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1_700, "height": 900})
    value = shown(stage, ValueKernel({"hex": [v.hexdump(bytes(64))]}), width=1_640)
    expect(panel(value).locator("pre").nth(0)).to_have_text("0000\n0010\n0020\n0030", use_inner_text=True)


def test_plots_say_what_they_show(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"vector": v.vector()}))
    expect(value.get_by_role("img", name="Values: 256 points from −0.459 to 0.417")).to_be_visible()
    expect(value.get_by_role("img", name="Counts: 32 bars from 0 to 400")).to_be_visible()
    expect(value.locator(".facts")).to_contain_text("float32")
    for path in value.locator(".shape").all():
        assert len(path.get_attribute("d") or "") > 100


def test_tables_are_tables(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"table": [v.table(8, total=8)]}))
    expect(value.get_by_role("columnheader", name="population")).to_be_visible()
    expect(value.get_by_role("row")).to_have_count(9)
    number = value.get_by_role("cell", name="717,710")
    assert number.evaluate("e => getComputedStyle(e).textAlign") == "right"


def test_images_are_as_large_as_the_pane_at_most(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"image": [v.image(640, 400)]}), width=420)
    image = value.get_by_role("img", name="PNG image, 640 × 400 pixels")
    expect(image).to_be_visible()
    assert image.evaluate("e => e.naturalWidth") == 640
    assert image.bounding_box()["width"] <= panel(value).bounding_box()["width"]  # type: ignore[index]


def test_what_is_no_image_says_so(stage: Stage) -> None:
    broken = {**v.image(4, 4), "data": "bm8gaW1hZ2U="}
    value = shown(stage, ValueKernel({"image": [broken]}))
    expect(value.get_by_text("The image cannot be shown")).to_be_visible()


def test_outlines_have_structure_and_no_markup(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"Markdown": [v.OUTLINE]}))
    expect(value.get_by_role("heading", name="Handbook", level=3)).to_be_visible()
    expect(value.get_by_role("heading", name="Steps", level=4)).to_be_visible()
    expect(value.get_by_role("listitem")).to_have_count(4)
    expect(panel(value).get_by_role("link")).to_have_count(0)
    expect(value.get_by_text('<img src=x onerror="alert(1)"> stays text')).to_be_visible()


def test_messages_say_who_and_what_was_called(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"messages": v.MESSAGES}), width=420)
    expect(value.get_by_role("group", name="message")).to_have_count(5)
    call = value.get_by_role("group", name="ai message").first
    expect(call).to_contain_text("callssearch_flightscall_7Hq2")
    expect(call.get_by_role("treeitem", name="dates")).to_be_visible()
    expect(call.locator(".facts")).to_contain_text("312 in, 48 out")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_becomes_markup(stage: Stage, kind: str) -> None:
    def poisoned(part: Any) -> Any:
        if isinstance(part, str):
            return HOSTILE
        if isinstance(part, list):
            return [poisoned(one) for one in part]
        if isinstance(part, dict):
            fixed = {"kind", "style", "data", "mime", "tone", "unit"}
            return {k: one if k in fixed else poisoned(one) for k, one in part.items()}
        return part

    value = shown(stage, ValueKernel({HOSTILE: poisoned(KINDS[kind]())}))
    expect(panel(value).locator("> *").first).to_be_visible()
    assert value.locator("script, a, [onerror]").count() == 0
    assert value.locator("img").count() == (1 if kind == "image" else 0)


@pytest.mark.parametrize("theme", ["light", "dark", "forced-colors"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe(stage: Stage, kind: str, theme: str) -> None:
    if theme == "forced-colors":
        stage.page.emulate_media(forced_colors="active")
    stage.theme("dark" if theme == "dark" else "light")
    value = shown(stage, ValueKernel({kind: KINDS[kind](), **REST, "base64": [v.text("x")]}), width=420)
    expect(panel(value).locator("> *").first).to_be_visible()
    assert violations(stage) == []
