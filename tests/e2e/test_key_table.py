"""The key table's notebook in real JupyterLab: what it promises is on the screen."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import OpenNotebook
from tests.e2e.lab import Notebook

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

STORY = Path(__file__).parents[2] / "notebooks" / "02_key_table.ipynb"


@pytest.fixture(scope="module")
def story(open_notebook: OpenNotebook, lab_folder: Path) -> Notebook:
    """Run up to the first table."""
    notebook = open_notebook(Path(shutil.copy(STORY, lab_folder)))
    run(notebook, "passages", "embed", "table")
    return notebook


def run(notebook: Notebook, *cells: str) -> None:
    for cell in cells:
        notebook.run(cell)
        notebook.wait_until_run(cell)


def table_of(notebook: Notebook, cell: str) -> Locator:
    table = notebook.widget(cell)
    table.scroll_into_view_if_needed()
    return table


def rows(table: Locator) -> Locator:
    return table.locator(".rows [role=row]:not(.blank)")


def open_row(table: Locator, index: int = 0) -> Locator:
    """Opens the value of a row as a user does; the pane."""
    rows(table).nth(index).click()
    table.page.keyboard.press("Enter")
    pane = table.get_by_role("group", name="Value", exact=True)
    expect(pane).to_be_visible()
    return pane


def matches(table: Locator, found: int, total: int) -> None:
    table.scroll_into_view_if_needed()  # off screen it is told nothing
    expect(table.get_by_text(f"{found:,} of {total:,} match", exact=True).first).to_be_visible()


def test_takes_more_space_than_expected(story: Notebook) -> None:
    expected, kept = map(int, re.findall(r"(\d+) MB", story.output("embed").inner_text()))
    assert kept > 4 * expected
    table = table_of(story, "table")
    expect(table.get_by_text(f"{kept} MB").first).to_be_visible()

    rows(table).first.click()
    story.page.keyboard.press("s")
    space = table.get_by_text("Bytes by namespace")
    expect(space).to_be_visible()
    story.page.keyboard.press("s")
    expect(space).to_be_hidden()

    tree = table.get_by_role("tree", name="Namespaces")
    tree.get_by_role("treeitem", name=re.compile("^large")).click()
    story.page.keyboard.press("ArrowRight")
    keys = story.evaluate("len(list(vectors.yield_keys(prefix='large/encodings/')))")
    expect(tree.get_by_role("treeitem", name=re.compile(f"^encodings.* {keys:,} keys"))).to_be_visible()
    tree.get_by_role("treeitem", name=re.compile("^All keys")).click()


def test_a_vector_is_kept_as_text(story: Notebook) -> None:
    run(story, "by-size")
    table = table_of(story, "table")
    total = story.evaluate("len(vectors)")
    expect(table.get_by_label("Filter keys")).to_have_value("large/*")
    matches(table, total // 2, total)
    largest = story.evaluate("max(len(value) for value in vectors.store.values())")
    expect(rows(table).first).to_contain_text(f"{largest / 1000:.1f}kB")
    pane = open_row(table)
    expect(pane.get_by_role("tab", name="Vector")).to_have_attribute("aria-selected", "true")
    pane.get_by_role("tab", name="Text").click()
    expect(pane.get_by_role("tabpanel")).to_contain_text(re.compile(r"\[-?\d\.\d{8,}, "))


def test_own_formatter(story: Notebook) -> None:
    run(story, "float32")
    table = table_of(story, "float32")
    pane = open_row(table)
    pane.get_by_role("tab", name="packed").click()
    expect(pane.get_by_role("tabpanel")).to_contain_text("4,096 bytes")


def test_finds_by_pattern(story: Notebook) -> None:
    table, total = table_of(story, "table"), story.evaluate("len(vectors)")
    run(story, "codecs")
    is_code_page = "key[:18] == 'large/encodings/cp' and key[18].isdigit()"
    pages = story.evaluate(f"sum({is_code_page} for key in vectors.store)")
    matches(table, pages, total)
    run(story, "repeated")
    run(story, "one")
    often = int(story.evaluate("int(repeats.iloc[0])"))
    assert often > 50
    matches(table, often, total)
    expect(rows(table).first).to_contain_text(story.evaluate("often"))


def test_documents_and_a_conflict(story: Notebook) -> None:
    run(story, "documents")
    table = table_of(story, "documents")
    filtering = table.get_by_label("Filter keys")
    filtering.fill("json/decoder.py#000")
    expect(rows(table)).to_have_count(1)
    pane = open_row(table)
    expect(pane.get_by_role("tab", name="Document")).to_have_attribute("aria-selected", "true")
    expect(pane.get_by_role("tabpanel")).to_contain_text("Implementation of JSONDecoder")
    expect(pane.get_by_role("tabpanel")).to_contain_text("json/decoder.py")

    filtering.fill("notes/")
    expect(rows(table).first).to_contain_text("chunking")
    pane = open_row(table)
    pane.get_by_role("button", name="Edit value").click()
    editor = pane.get_by_role("textbox")
    editor.fill(editor.input_value().replace("1000", "2000"))
    run(story, "conflict")
    pane.get_by_role("button", name="Save").click()
    expect(pane.get_by_text("Changed meanwhile")).to_be_visible()
    expect(pane).to_contain_text("500")
    expect(pane).to_contain_text("2000")
    assert story.evaluate("documents.mget(['notes/chunking'])[0]['chunk_size']") == 500


def test_deletes_what_matches(story: Notebook) -> None:
    table, total = table_of(story, "table"), story.evaluate("len(vectors)")
    table.get_by_label("Filter keys").fill("small/*")
    matches(table, total // 2, total)
    rows(table).first.click()
    story.page.keyboard.press("ControlOrMeta+a")
    story.page.keyboard.press("Delete")
    question = table.get_by_role("alertdialog")
    expect(question).to_contain_text(f"Delete {total // 2:,} keys")
    assert story.evaluate("len(vectors)") == total
    question.get_by_role("button", name=f"Delete {total // 2:,} keys").click()
    expect(table.get_by_text(re.compile(rf"^Deleted {total // 2:,}")).first).to_be_visible()
    assert story.evaluate("len(vectors)") == total - total // 2
    run(story, "delete")  # the same in code; nothing is left for it


def test_shrinks_live(story: Notebook) -> None:
    table = table_of(story, "table")
    before = story.evaluate("len(vectors)")
    story.run("shrink")
    table.scroll_into_view_if_needed()
    story.wait_for("cell.querySelectorAll('.rows .row.del, .rows [role=img]').length > 0", "table", "shrink")
    story.wait_until_run("shrink")
    different = story.evaluate("len({text for texts in passages.values() for text in texts})")
    assert different < before
    expect(table.get_by_text(f"{different:,} keys").first).to_be_visible()
    run(story, "after", "code")
    matches(table, different, different)
    pane = open_row(table)
    expect(pane).to_contain_text("4.1 kB")
    expect(pane.get_by_role("tab", name="float32")).to_be_visible()
    expect(story.output("code")).to_contain_text("inspect(vectors")
