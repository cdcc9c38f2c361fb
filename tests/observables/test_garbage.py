"""Garbage is collected later, and then as before."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from inmem_widgets.observables.garbage import collected_later

FIRST_PAINT = """
import sys
from inmem_widgets import InMemorySaver, inspect
from inmem_widgets.observables.keys import warm
from tests.observables.timelines import Saving
warm.warm = lambda: None
saver = InMemorySaver()
Saving(saver).put("t", {"n": 1}, parent=None)
loaded = "numpy" in sys.modules
assert inspect(saver).state["size"] == 1
assert loaded or "numpy" not in sys.modules
"""


def test_nothing_is_collected_within_it_however_deep() -> None:
    with collected_later():
        with collected_later():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_is_collected_again_after_an_error() -> None:
    with pytest.raises(KeyError), collected_later():
        raise KeyError
    assert gc.isenabled()


def test_who_has_switched_the_collector_off_finds_it_so() -> None:
    gc.disable()
    try:
        with collected_later():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_timeline_is_shown_without_numpy() -> None:
    subprocess.run([sys.executable, "-c", FIRST_PAINT], check=True, timeout=60)
