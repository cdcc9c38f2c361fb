"""README, CHANGELOG and the tree itself keep their word."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_readme_code_runs() -> None:
    """All Python blocks, in order, as one program."""
    python = blocks("python")
    assert python
    names: dict[str, object] = {"__name__": "readme", "builder": a_graph()}
    for number, block in enumerate(python, 1):
        exec(compile(block, f"README.md, block {number}", "exec"), names)


class Planned(TypedDict, total=False):
    plan: str
    agreed: bool


def a_graph() -> StateGraph[Any]:
    """What a reader has: a graph that asks before it is done."""

    def ask(state: dict[str, Any]) -> dict[str, Any]:
        return {"agreed": interrupt("Go on?")}

    return StateGraph(Planned).add_node(ask).add_edge(START, "ask").add_edge("ask", END)


def test_readme_shows_the_two_commands() -> None:
    shell = "".join(blocks("shell"))
    assert re.search(r"^make demo\b", shell, re.MULTILINE)
    assert re.search(r"^make test\b", shell, re.MULTILINE)


def test_readme_points_at_what_exists() -> None:
    local = re.findall(r"\]\((?!https?:|#)([^)#]+)", README.read_text("utf-8"))
    local += re.findall(r'(?:src|srcset)="(?!https?:)([^"]+)"', README.read_text("utf-8"))
    assert not [target for target in local if not (ROOT / target).exists()]


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
