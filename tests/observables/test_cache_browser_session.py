"""The screen tells the truth: a view of cache counters that applies its patches has what a fresh one gets."""

from __future__ import annotations

import types
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache, observe
from inmem_widgets.observables import cache as cache_module
from inmem_widgets.observables.lookups.browser import CacheBrowser
from inmem_widgets.observables.session import Session
from tests.observables.caching import answer, ask, chat_prompt, llm_string, settled
from tests.observables.test_session import Client

NUMBERS = st.integers(0, 9)
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "filter": st.sampled_from(["", "1", "P", "gpt", "zz", 3]),
        "sort": st.sampled_from(["stored", "prompt", "model", "hits", "size", "tokens", "age", "colour"]),
        "descending": st.booleans(),
    },
)
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "start": st.integers(0, 8),
        "stop": st.integers(0, 12),
        "lookups": st.sampled_from(["", "all", "missed"]),
        "why": st.booleans(),
        "whatif": st.booleans(),
        "entries": st.booleans(),
    },
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), NUMBERS),
        st.tuples(st.just("chat"), NUMBERS),
        st.tuples(st.just("miss"), NUMBERS),
        st.tuples(st.just("update"), NUMBERS),
        st.tuples(st.just("direct"), NUMBERS),
        st.tuples(st.just("burst"), NUMBERS),
        st.tuples(st.just("clear"), st.none()),
        st.tuples(st.just("mark"), st.booleans()),
        st.tuples(st.just("prices"), st.booleans()),
        st.tuples(st.just("whatif"), st.booleans()),
        st.tuples(st.just("open"), st.none() | NUMBERS),
        st.tuples(st.just("entries"), QUERIES),
        st.tuples(st.just("look"), PARAMS),
        st.tuples(st.just("again"), PARAMS),
        st.tuples(st.just("update view"), st.none()),
    ),
    max_size=30,
)


def step(cache: InMemoryCache, browser: CacheBrowser, clients: list[Client], what: str, arg: Any) -> None:
    if what == "ask":
        ask(cache, f"p{arg}")
    elif what == "chat":
        ask(cache, chat_prompt(f"Plan {arg // 2}", id=str(arg)), llm_string(temperature=arg % 3), answer())
    elif what == "miss":
        cache.lookup(f"never {arg}", "m")
    elif what == "update":
        cache.update(f"p{arg}", "m", [Generation(text="x" * arg)])
    elif what == "direct":  # behind our back: no event, but never a wrong row once looked at
        cache._cache.pop((f"p{arg}", "m"), None)
    elif what == "burst":
        for i in range(100):
            ask(cache, f"p{i % (arg + 1)}")
    elif what == "clear":
        cache.clear()
    elif what == "mark":
        browser.answer("mark", {"on": arg})
    elif what == "prices":
        browser.observable.prices = {"gpt-4o": (2.5, 10.0)} if arg else None
    elif what == "whatif":
        browser.answer("whatif", {"run": arg})
    elif what == "open":
        browser.open_key = None if arg is None else (f"p{arg}", "m")
    elif what == "entries":
        browser.answer("entries", arg)
    elif what == "look":
        clients[0].update(arg)
    elif what == "again":
        clients[0].open(arg)
    else:
        clients[0].update()


def clock() -> Any:
    """That stands still: rates and histories are then the same whenever they are asked for."""
    return types.SimpleNamespace(time=lambda: 1_700_000_000.0, monotonic=lambda: 1_000.0)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["fifo", "lru"]), st.sampled_from([None, 1, 4]), STEPS)
def test_patches_lead_to_what_a_fresh_view_gets(
    policy: Any, maxsize: Any, steps: list[tuple[str, Any]]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cache_module, "time", clock())
        cache = InMemoryCache(maxsize=maxsize, policy=policy)
        browser = CacheBrowser(observe(cache))
        clients = [Client(Session("v", browser.state)), Client(Session("w", browser.state))]
        try:
            for client in clients:
                client.open({})
            for what, arg in steps:
                step(cache, browser, clients, what, arg)
            everything = {"lookups": "all", "why": True, "whatif": True, "entries": True}
            for client, params in zip(clients, ({}, everything), strict=True):
                client.update(params)
                settled(browser, **client.session.params)
                client.update()
                # what another view asked for may have begun something
                settled(browser, **client.session.params)
                client.update()
                expected = client.should_show(browser.state)
                assert client.shows() == expected
                for part in ("history", "all"):
                    assert client.state[part] == browser.state(client.session.params)[part]
            stats = cache.stats()
            for name in ("hits", "misses", "inserts", "refreshes", "evictions", "clears"):
                assert clients[0].state[name] == getattr(stats, name)
            assert sum(clients[1].state["history"]["hits"]) == stats.hits
            assert clients[1].state["seen"] == stats.lookups
        finally:
            browser.close()
