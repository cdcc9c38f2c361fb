"""Editing in the value pane: forms, saving, conflicts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from inmem_widgets import InMemoryStore
from tests.browser import valuekernel as v
from tests.browser.panes import TREE, editable, opened, shown
from tests.browser.stage import Stage
from tests.browser.test_accessibility import violations
from tests.browser.valuekernel import ValueKernel

pytestmark = pytest.mark.browser


def test_a_real_edit_and_a_real_conflict(stage: Stage) -> None:
    store: InMemoryStore[Any] = InMemoryStore()
    store.mset([("session", {"user": "u_812", "qty": 2})])
    _, value = opened(stage, store, "session")
    value.get_by_role("button", name="Edit value").click()
    area = value.get_by_role("textbox", name="Value")
    area.fill(area.input_value().replace("2\n", "3\n"))
    stage.page.keyboard.press("Control+s")
    expect(area).to_have_count(0)
    assert store.mget(["session"]) == [{"user": "u_812", "qty": 3}]
    assert store.changes.flush(30)
    stage.push()
    expect(value.get_by_role("treeitem", name="qty")).to_contain_text("3")
    value.get_by_role("button", name="Edit value").click()
    area.fill(area.input_value().replace("3\n", "4\n"))
    store.mset([("session", {"user": "u_977", "qty": 3})])
    stage.page.keyboard.press("Control+s")
    expect(value.locator(".difflines .del")).to_contain_text(["u_977", '"qty": 3'])
    assert store.mget(["session"]) == [{"user": "u_977", "qty": 3}]
    value.get_by_role("button", name="Overwrite with mine").click()
    expect(value.get_by_role("heading", name="Changed meanwhile")).to_have_count(0)
    assert store.mget(["session"]) == [{"user": "u_812", "qty": 4}]


def test_read_only_offers_no_editing(stage: Stage) -> None:
    kernel = ValueKernel({"JSON": TREE})
    expect(shown(stage, kernel).get_by_role("button", name="Edit value")).to_have_count(0)


def test_what_cannot_be_edited_says_why(stage: Stage) -> None:
    value = shown(stage, ValueKernel({"hex": [v.hexdump(b"x")]}, editable=True))
    button = value.get_by_role("button", name="Edit value")
    expect(button).to_have_attribute("title", "only text and JSON can be edited")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    expect(value.get_by_role("textbox")).to_have_count(0)


@pytest.mark.parametrize("keys", ["Control+s", "Control+Enter"])
def test_saves_with_the_token(stage: Stage, keys: str) -> None:
    kernel, value = editable(stage)
    value.get_by_role("textbox").fill('{"a": 3}')
    stage.page.keyboard.press(keys)
    expect(value.get_by_role("textbox")).to_have_count(0)
    stage.eventually(
        lambda: kernel.written, [{"id": 1, "token": "token 1", "language": "json", "text": '{"a": 3}'}]
    )
    expect(value.get_by_role("treeitem").first).to_be_focused()


def test_json_is_checked_as_it_is_typed(stage: Stage) -> None:
    kernel, value = editable(stage)
    area = value.get_by_role("textbox")
    area.fill('{"a": }')
    expect(value.get_by_text("Unexpected token '}'")).to_be_visible()
    expect(area).to_have_attribute("aria-invalid", "true")
    stage.page.keyboard.press("Control+s")
    expect(area).to_be_focused()
    value.get_by_role("button", name="Text", exact=True).click()
    value.get_by_role("button", name="Save").click()
    expect(area).to_have_count(0)
    stage.eventually(lambda: [written["language"] for written in kernel.written], ["text"])


def test_escape_asks_only_where_something_was_changed(stage: Stage) -> None:
    kernel, value = editable(stage)
    area = value.get_by_role("textbox")
    area.fill('{"a": 3}')
    stage.page.keyboard.press("Escape")
    discard = value.get_by_role("button", name="Discard changes")
    expect(discard).to_be_focused()
    stage.page.keyboard.press("Escape")
    expect(area).to_be_focused()
    expect(area).to_have_value('{"a": 3}')
    stage.page.keyboard.press("Escape")
    discard.click()
    expect(area).to_have_count(0)
    value.get_by_role("button", name="Edit value").click()
    stage.page.keyboard.press("Escape")
    expect(area).to_have_count(0)
    assert kernel.written == []


def test_what_is_typed_is_no_command(stage: Stage) -> None:
    _, value = editable(stage)
    area = value.get_by_role("textbox")
    area.fill("")
    stage.page.keyboard.type("c 1?/t")
    expect(area).to_have_value("c 1?/t")
    expect(value.get_by_role("button", name="Live, pause")).to_have_count(0)


def conflict(stage: Stage) -> tuple[ValueKernel, Locator]:
    kernel, value = editable(stage)
    value.get_by_role("textbox").fill('{\n  "a": 1,\n  "b": 20\n}')
    kernel.edit_text = '{\n  "a": 1,\n  "b": 3\n}'
    kernel.touch()
    stage.push()
    expect(value.get_by_text("Changed meanwhile. Saving will show both.")).to_be_visible()
    expect(value.get_by_role("textbox")).to_have_value('{\n  "a": 1,\n  "b": 20\n}')
    stage.page.keyboard.press("Control+s")
    expect(value.get_by_role("heading", name="Changed meanwhile")).to_be_visible()
    return kernel, value


def test_a_conflict_shows_both(stage: Stage) -> None:
    kernel, value = conflict(stage)
    expect(value.locator(".difflines .del")).to_have_text('−  "b": 3')
    expect(value.locator(".difflines .add")).to_have_text('+  "b": 20')
    assert kernel.written == []
    value.get_by_role("button", name="Keep theirs").click()
    expect(value.get_by_role("treeitem").first).to_be_visible()
    assert kernel.written == []


def test_a_conflict_can_be_overwritten(stage: Stage) -> None:
    kernel, value = conflict(stage)
    value.get_by_role("button", name="Overwrite with mine").click()
    expect(value.get_by_role("heading", name="Changed meanwhile")).to_have_count(0)
    stage.eventually(lambda: [written["token"] for written in kernel.written], ["token 2"])


def test_a_conflict_can_be_edited_on(stage: Stage) -> None:
    kernel, value = conflict(stage)
    stage.page.keyboard.press("Escape")
    expect(value.get_by_role("textbox")).to_have_value('{\n  "a": 1,\n  "b": 20\n}')
    stage.page.keyboard.press("Control+s")
    expect(value.get_by_role("heading", name="Changed meanwhile")).to_be_visible()
    assert kernel.written == []


def test_a_key_deleted_while_it_was_edited(stage: Stage) -> None:
    kernel, value = editable(stage)
    value.get_by_role("textbox").fill("{}")
    kernel.is_gone = True
    stage.page.keyboard.press("Control+s")
    expect(value.get_by_text("The key was deleted meanwhile. Nothing was written.")).to_be_visible()
    expect(value.get_by_role("textbox")).to_have_value("{}")


def test_another_key_does_not_take_away_what_was_typed(stage: Stage) -> None:
    kernel, value = editable(stage)
    value.get_by_role("textbox").fill("{}")
    kernel.open = 3
    stage.push()
    expect(value.get_by_text("Another key was opened.")).to_be_visible()
    expect(value.get_by_role("heading", name="prod:sess:9f31c2")).to_be_visible()
    stage.page.keyboard.press("Control+s")
    expect(value.get_by_role("heading", name="prod:sess:a0027e")).to_be_visible()
    stage.eventually(lambda: [written["id"] for written in kernel.written], [1])


def test_a_form_in_which_nothing_was_typed_gives_way(stage: Stage) -> None:
    kernel, value = editable(stage)
    kernel.open = 3
    stage.push()
    expect(value.get_by_role("textbox")).to_have_count(0)
    expect(value.get_by_role("heading", name="prod:sess:a0027e")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_for_forms(stage: Stage, theme: str) -> None:
    stage.theme(theme)
    _, value = editable(stage)
    value.get_by_role("textbox").fill("{")
    assert violations(stage) == []


def test_axe_for_conflicts(stage: Stage) -> None:
    conflict(stage)
    assert violations(stage) == []
