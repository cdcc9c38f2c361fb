"""Imports go one way: core <- observables <- export <- widgets <- inspector <- ipython; wire is a leaf.

Within the observables: what is watched <- log <- report and effects; what is watched <- recording.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

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
    "ipython": {"cells", "watching"},
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
ON_TOP: dict[str, set[str]] = {"log": set(), "effects": {"log"}, "report": {"log"}, "recording": set()}
"""Rooms on top of all others in the observables, and which of one another they load; the others load none,
but ask for one by name when it is needed: an observable for its log."""
FILES = sorted(ROOT.rglob("*.py"))


def layer(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


@cache
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


@cache
def loaded(path: Path) -> set[str]:
    """Own modules that a file loads as it is loaded: not those for types alone, nor those in functions."""

    def nodes(within: ast.Module | ast.If | ast.Try) -> Iterator[ast.ImportFrom]:
        for node in within.body:
            if isinstance(node, ast.ImportFrom):
                yield node
            elif isinstance(node, ast.If | ast.Try) and "TYPE_CHECKING" not in ast.dump(node):
                yield from nodes(node)

    found = set()
    for node in nodes(ast.parse(path.read_text("utf-8"))):
        assert node.level == 0
        module = node.module or ""
        found |= {name if name in MODULES else module for name in (f"{module}.{a.name}" for a in node.names)}
    return found & set(MODULES)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in FILES}


def test_every_file_has_a_layer() -> None:
    assert {layer(path) for path in FILES} - {"__init__"} <= set(MAY_IMPORT)


def test_imports_go_one_way() -> None:
    wrong = {}
    for path in FILES:
        if layer(path) == "__init__":
            continue  # the lazy table of public names points anywhere
        own = {name.split(".")[1] for name in imported(path) if name.startswith("inmem_widgets.")}
        wrong[name_of(path)] = own - MAY_IMPORT[layer(path)]
    assert not {name: names for name, names in wrong.items() if names}


def test_a_layer_knows_only_its_libraries() -> None:
    foreign = {path: {name.split(".")[0] for name in imported(path)} for path in FILES}
    wrong = {name_of(path): names & BARRED.get(layer(path), set()) for path, names in foreign.items()}
    assert not {name: names for name, names in wrong.items() if names}


def test_no_file_loads_itself_however_far_around() -> None:
    TopologicalSorter({name: loaded(path) - {name} for name, path in MODULES.items()}).prepare()


def test_rooms_are_on_top_of_each_other() -> None:
    wrong = {}
    for name in MODULES:
        if ".observables." in name:
            own = name.split(".")[2]
            used = {module.split(".")[2] for module in loaded(MODULES[name]) if ".observables." in module}
            wrong[name] = (used & set(ON_TOP)) - {own} - ON_TOP.get(own, set())
    assert not {name: names for name, names in wrong.items() if names}
