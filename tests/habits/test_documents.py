"""README, docs, CHANGELOG and the tree itself keep their word."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TypedDict

import pytest
from langchain_core.caches import InMemoryCache
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.store.memory import InMemoryStore

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@each_page
def test_code_runs(page: Path) -> None:
    """All Python blocks of a page, in order, as one program; the README's with what its reader has."""
    names: dict[str, object] = {"__name__": page.stem, **(what_a_reader_has() if page == README else {})}
    for number, block in enumerate(blocks(page, "python"), 1):
        exec(compile(block, f"{page.name}, block {number}", "exec"), names)


class Asked(TypedDict, total=False):
    question: str
    answer: str


def what_a_reader_has() -> dict[str, object]:
    def answer(state: Asked) -> Asked:
        return {"answer": state["question"].upper()}

    memory, checkpointer = InMemoryStore(), InMemorySaver()
    graph = StateGraph(Asked).add_node(answer).add_edge(START, "answer")
    return {
        "memory": memory, "cache": InMemoryCache(), "checkpointer": checkpointer,
        "graph": graph.compile(checkpointer=checkpointer, store=memory),
    }  # fmt: skip


def test_readme_shows_the_two_commands() -> None:
    shell = "".join(blocks(README, "shell"))
    assert re.search(r"^make demo\b", shell, re.MULTILINE)
    assert re.search(r"^make test\b", shell, re.MULTILINE)


@each_page
def test_a_page_points_at_what_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    local = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    local += re.findall(r'(?:src|srcset)="(?!https?:)([^"]+)"', text)
    assert not [target for target in local if not (page.parent / target).exists()]


def test_readme_leads_to_each_page() -> None:
    assert not [page.name for page in PAGES[1:] if f"(docs/{page.name})" not in README.read_text("utf-8")]


def test_pictures_are_small() -> None:
    assert not [path.name for path in (ROOT / "docs" / "img").glob("*.png") if path.stat().st_size > 150_000]


def test_changelog_has_unreleased_on_top() -> None:
    versions = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert versions[0] == "Unreleased"


def test_no_path_of_a_machine_in_the_tree() -> None:
    paths = re.compile(rb"(?<![\w.])/(?:root|home/\w+|Users/\w+|work)/")
    found = []
    for path in tracked():
        if path.suffix in {".png", ".ico"} or path == Path(__file__):
            continue
        found += [f"{path.relative_to(ROOT)}: {hit.decode()}" for hit in paths.findall(path.read_bytes())]
    assert not found


def test_files_stay_small() -> None:
    """About 200 lines, 350 at most; what is generated does not count."""
    sources = {".py", ".ts", ".mjs"}
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix in sources and ".gen." not in path.name
        if (lines := len(path.read_text("utf-8").splitlines())) > 350
    }
    assert not long
