"""What `inmem_widgets` exports, pinned, and that importing it costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import inmem_widgets

NAMES = [
    "CacheCounters",
    "CacheStats",
    "Change",
    "Changes",
    "CheckpointTimeline",
    "InMemoryBaseStore",
    "InMemoryByteStore",
    "InMemoryCache",
    "InMemorySaver",
    "InMemoryStore",
    "Inspector",
    "KeyTable",
    "MemorySaver",
    "Recording",
    "Replay",
    "Watch",
    "WatchReport",
    "aexport_threads",
    "aimport_threads",
    "export_threads",
    "hit_ratios",
    "import_threads",
    "inspect",
    "lru_curve",
    "observe",
    "record",
    "replay",
    "to_frame",
    "watch",
    "watched_dict",
]


def run(code: str) -> str:
    """Output of the code in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_exported_names() -> None:
    assert sorted(inmem_widgets.__all__) == NAMES


def test_all_of_them_are_there_in_whatever_order() -> None:
    """No submodule may bear a public name: the import system would put it in its place."""
    for names in (NAMES, NAMES[::-1]):
        code = f"import types, inmem_widgets as w\nnames = {names}\n"
        code += "for name in names: getattr(w, name)\n"
        code += "print([name for name in names if isinstance(getattr(w, name), types.ModuleType)])"
        assert run(code) == "[]\n"


def test_an_unknown_name_is_named() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        inmem_widgets.nothing  # noqa: B018


def test_importing_loads_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import inmem_widgets; print(set(sys.modules) - before)"
    heavy = ["pandas", "anywidget", "ipywidgets", "traitlets", "IPython", "langchain_core", "langgraph"]
    loaded = run(code)
    assert not [name for name in heavy if f"'{name}'" in loaded]


def test_the_core_needs_no_notebook() -> None:
    names = "InMemoryByteStore, InMemoryCache, InMemorySaver"
    code = f"import sys; from inmem_widgets import {names}; print(list(sys.modules))"
    loaded = run(code)
    heavy = ["pandas", "anywidget", "ipywidgets", "traitlets", "IPython"]
    assert not [name for name in heavy if f"'{name}'" in loaded]


def test_what_is_shown_is_loaded_and_nothing_beside() -> None:
    shown = {
        "InMemoryStore": ("key_table", ["cache_counters", "checkpoint_timeline", "watch_report"]),
        "InMemoryCache": ("cache_counters", ["key_table", "checkpoint_timeline", "watch_report"]),
        "InMemorySaver": ("checkpoint_timeline", ["key_table", "cache_counters", "watch_report"]),
    }
    for kind, (own, others) in shown.items():
        loaded = run(f"import sys, inmem_widgets as w; w.inspect(w.{kind}()); print(list(sys.modules))")
        assert f"'inmem_widgets.widgets.{own}'" in loaded
        beside = [*(f"inmem_widgets.widgets.{name}" for name in others), "inmem_widgets.observables.report"]
        beside += ["pandas", "sqlalchemy", "cachetools", "langgraph.graph", "langgraph.store.memory"]
        assert not [name for name in beside if f"'{name}'" in loaded]


def test_importing_has_no_side_effects() -> None:
    code = (
        "import atexit, logging, signal, threading, warnings\n"
        "def world():\n"
        "    return (threading.active_count(), atexit._ncallbacks(), list(logging.root.handlers),\n"
        "            signal.getsignal(signal.SIGINT), list(warnings.filters))\n"
        "before = world()\n"
        "import inmem_widgets\n"
        "print(world() == before)"
    )
    assert run(code) == "True\n"
