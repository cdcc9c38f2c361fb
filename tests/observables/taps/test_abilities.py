"""Which objects are accepted, and what is told of what can be known of them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from langgraph.checkpoint.memory import InMemorySaver as Upstream

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, observe
from inmem_widgets.observables.taps.abilities import ABILITIES, watched_state


@pytest.mark.parametrize("kind", [InMemoryStore, InMemoryCache, InMemorySaver])
def test_ours_tell_of_all_by_themselves(kind: type) -> None:
    mine = kind()
    observable = observe(mine)
    assert observable.object is observable.source is mine
    assert observable.abilities.how == "events" and not observable.abilities.unknown
    assert watched_state(observable) is None


def test_a_foreign_checkpointer_says_how_it_is_read() -> None:
    saver = Upstream()
    observable = observe(saver)
    assert observable.object is saver
    assert observable.abilities is ABILITIES["savers"]
    said = watched_state(observable)
    assert said is not None and (said["how"], said["interval"]) == ("tapped", 1.0)


def test_what_is_not_accepted_is_told_with_what_is() -> None:
    with pytest.raises(TypeError, match=r"obj: got builtins\.int, accepted are .*BaseStore.*lru_cache"):
        observe(3)


def test_nothing_is_imported_that_is_not_there_already() -> None:
    """Neither for who only imports, nor for who watches something else."""
    code = (
        "import sys\n"
        "from inmem_widgets import InMemoryStore, observe\n"
        "o = observe(InMemoryStore())\n"
        "try: observe(1)\n"
        "except TypeError: pass\n"
        "found = {'cachetools', 'langchain_community', 'langgraph.graph', 'langgraph.pregel', 'sqlalchemy',"
        " 'inmem_widgets.observables.taps.caches'} & {*sys.modules}\n"
        "assert not found, found\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
