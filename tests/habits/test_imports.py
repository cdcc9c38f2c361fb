"""Imports go one way: core <- observables <- export <- widgets <- inspector <- ipython; wire is a leaf."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import inmem_widgets

ROOT = Path(inmem_widgets.__file__).parent
MAY_IMPORT: dict[str, set[str]] = {
    "wire": {"wire"},
    "core": {"core"},
    "observables": {"core", "observables", "wire"},
    "export": {"core", "observables", "export", "wire"},
    "cells": {"core"},
    "whatif": {"observables"},
    "portable": {"observables"},
    "recording": {"inspector", "observables", "variables"},
    "widgets": {"cells", "observables", "export", "portable", "widgets", "wire"},
    "mappings": {"observables"},
    "variables": set(),
    "inspector": {"observables", "widgets", "variables"},
    "watching": {"observables", "export", "variables", "widgets"},
    "ipython": {"watching"},
}
NOTEBOOK_ONLY = {"IPython", "anywidget", "comm", "ipykernel", "ipywidgets", "jupyter_client"}
BARRED = {
    "wire": NOTEBOOK_ONLY | {"traitlets", "pandas", "langchain_core", "langgraph"},
    "core": NOTEBOOK_ONLY | {"traitlets", "pandas"},
    "observables": NOTEBOOK_ONLY | {"pandas"},
    "export": NOTEBOOK_ONLY,
    "whatif": NOTEBOOK_ONLY | {"langchain_core"},
    "portable": NOTEBOOK_ONLY | {"pandas"},
}
FILES = sorted(ROOT.rglob("*.py"))


def layer(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imported(path: Path) -> set[str]:
    """Absolute names of all that a file imports, wherever in it."""
    package = ["inmem_widgets", *path.relative_to(ROOT).parent.parts]
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module == "inmem_widgets":
                names.update(f"inmem_widgets.{alias.name}" for alias in node.names)
            else:
                names.add(module)
    return names


def test_every_file_has_a_layer() -> None:
    assert {layer(path) for path in FILES} - {"__init__"} <= set(MAY_IMPORT)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    if layer(path) == "__init__":
        return  # the lazy table of public names points anywhere
    own = {name.split(".")[1] for name in imported(path) if name.startswith("inmem_widgets.")}
    assert own <= MAY_IMPORT[layer(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_layer_knows_only_its_libraries(path: Path) -> None:
    foreign = {name.split(".")[0] for name in imported(path)}
    assert not foreign & BARRED.get(layer(path), set())
