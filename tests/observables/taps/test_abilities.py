"""Which objects are accepted, and what is told of what can be known of them."""

from __future__ import annotations

import subprocess
import sys
from collections import UserDict
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from cachetools import LRUCache
from langchain_core.caches import BaseCache
from langchain_core.caches import InMemoryCache as UpstreamCache
from langchain_core.stores import InMemoryStore as UpstreamStore
from langgraph.checkpoint.memory import InMemorySaver as Upstream

from inmem_widgets import InMemoryCache, InMemorySaver, InMemoryStore, observe
from inmem_widgets.observables.taps.abilities import ABILITIES, watched_state
from scripts.abilities_document import PATH, document


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


def test_the_page_is_made_from_the_table() -> None:
    assert PATH.read_text("utf-8") == document(), "run `python -m scripts.abilities_document`"


def test_each_kind_is_what_it_says(tmp_path: Path) -> None:
    from langchain_classic.storage import LocalFileStore
    from langgraph.store.memory import InMemoryStore as LongTerm

    class Bare(BaseCache):
        def lookup(self, prompt: str, llm_string: str) -> Any:
            return None

        def update(self, prompt: str, llm_string: str, return_val: Any) -> None:
            pass

        def clear(self, **kwargs: Any) -> None:
            pass

    kinds: dict[str, Any] = {
        "own stores": InMemoryStore(),
        "own caches": InMemoryCache(),
        "own savers": InMemorySaver(),
        "stores": LocalFileStore(tmp_path),
        "memory stores": UpstreamStore(),
        "long-term stores": LongTerm(),
        "mappings": UserDict(),
        "dicts": {},
        "caches": Bare(),
        "memory caches": UpstreamCache(),
        "cachetools": LRUCache(3),
        "lru functions": lru_cache(len),
        "savers": Upstream(),
    }
    assert {*kinds, "recorded"} == {*ABILITIES}
    for name, obj in kinds.items():
        observable = observe(obj)
        able = observable.abilities
        assert able.how == ABILITIES[name].how and able.accepts == ABILITIES[name].accepts, name
        said = watched_state(observable)
        assert (said is None) == (able.how == "events")
        if said is not None:
            assert said["unknown"] == dict(able.unknown) and said["note"] == able.note
            # what is unknown is None for code, where it is a figure
            figures = observable.trait_values()
            assert all(figures[each] is None for each in able.unknown if each in figures), name
