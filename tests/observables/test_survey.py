from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.outputs import Generation

from inmem_widgets import InMemoryCache
from inmem_widgets.observables.cache import ObservableCache
from inmem_widgets.observables.lookups.survey import Survey
from inmem_widgets.wire.cache import Explanation, Why
from tests.observables.chats import WEATHER, Chat, called

WAIT = 30.0


class Watched:
    """A cache, watched and surveyed."""

    def __init__(self, **settings: Any) -> None:
        self.cache = InMemoryCache(**settings)
        self.observable = ObservableCache(self.cache)
        self.news = threading.Event()
        self.survey = Survey(self.observable, self.news.set)

    def ask(self, prompt: Any, **model: Any) -> None:
        Chat(cache=self.cache, **model).invoke(prompt)

    def why(self) -> Why:
        """What is found in the end."""
        assert self.cache.changes.flush(WAIT)
        while True:
            self.news.clear()
            why = self.survey.why()
            if why["progress"] is None and why["examined"] == min(why["cold"], 200):
                return why
            assert why["progress"] is None or self.news.wait(WAIT)

    def explain(self, number: int) -> Explanation:
        assert self.cache.changes.flush(WAIT)
        record = self.observable.recorder.feed.get(number)
        assert record is not None
        while True:
            self.news.clear()
            told = self.survey.explain(record)
            if told["progress"] is None:
                return told
            assert self.news.wait(WAIT)


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched(maxsize=100)
    yield made
    made.survey.close()
    made.observable.close()


def test_patterns_are_summed_up(watched: Watched) -> None:
    for number in range(12):
        watched.ask(f"Where is order {4_700 + number}, please?")
    for number in range(5):
        watched.ask("What is the weather in Rome?", temperature=number / 10)
    for number in range(3):
        watched.ask(called(f"call_{number}"))
    watched.ask("Bread, home made")
    why = watched.why()
    assert (why["cold"], why["examined"], why["near"]) == (21, 21, 17)
    assert [(each["text"], each["misses"]) for each in why["patterns"]] == [
        ("number", 11), ("only temperature", 4), ("tool call id", 2),
    ]  # fmt: skip
    example = why["patterns"][1]["example"]
    assert example["equal"] == "the prompt, model and stop"
    assert [each["path"] for each in example["differences"]] == ["temperature"]


def test_what_a_miss_itself_had_cached_is_not_near_to_it(watched: Watched) -> None:
    watched.ask("Where is order 1?")
    watched.ask("Where is order 2?")
    first, second = watched.explain(1), watched.explain(2)
    assert first["near"] is None and first["searched"] == 2
    assert second["near"] is not None and second["near"]["prompt"] == "Where is order 1?"
    assert second["near"]["pattern"] == "number"
    assert second["text"].startswith("Never cached before.")


def test_reasons_in_words(watched: Watched) -> None:
    cache = watched.cache
    watched.ask("Am I still there?")
    for number in range(100):
        cache.update(f"filler {number}", "m", [Generation(text="")])
    watched.ask("Am I still there?")
    assert "the insertion of “filler 99” pushed it out" in watched.explain(2)["text"]
    assert watched.explain(2)["text"].startswith("Held until 1 lookup ago")
    watched.ask("Am I still there?")
    assert watched.explain(3)["text"].startswith("Found in the cache.")
    cache.clear()
    watched.ask("Am I still there?")
    told = watched.explain(4)
    assert told["text"].startswith("Held until 1 lookup ago, when the cache was cleared.")
    assert told["near"] is None and told["searched"] == 0


def test_entries_older_than_watching_are_near_too() -> None:
    cache = InMemoryCache()
    Chat(cache=cache).invoke([HumanMessage("hi")])
    watched = Watched()
    watched.cache, watched.observable = cache, ObservableCache(cache)
    watched.survey = Survey(watched.observable, watched.news.set)
    Chat(cache=cache).invoke("hi", tools=[WEATHER])
    told = watched.explain(1)
    assert told["near"] is not None and told["near"]["pattern"] == "only tools"


def test_what_was_evicted_since_was_near_all_the_same() -> None:
    watched = Watched(maxsize=2)
    for number in range(6):
        watched.ask(f"Where is order {4_700 + number}, please?")
    watched.ask("Bread, home made")
    watched.ask("Tea, freshly brewed")  # no order is cached any more
    why = watched.why()
    assert [(each["text"], each["misses"]) for each in why["patterns"]] == [("number", 5)]
    assert why["patterns"][0]["example"]["gone"]
    watched.survey.close()


def test_nothing_of_a_secret_is_told(watched: Watched) -> None:
    watched.cache.update("password: hunter2 please", "[('api_key', 'aaaa1111')]", [Generation(text="")])
    watched.cache.lookup("password: hunter3 please", "[('api_key', 'bbbb2222')]")
    told = str([watched.explain(1), watched.why()])
    assert "password" in told
    assert not any(secret in told for secret in ("hunter2", "hunter3", "aaaa1111", "bbbb2222"))


def test_counts_are_honest_beyond_the_bound(watched: Watched) -> None:
    for number in range(260):
        watched.cache.lookup(f"{'x' * number} question", "m")
    why = watched.why()
    assert (why["cold"], why["examined"], why["near"]) == (260, 200, 0)


def test_closed_it_tells_nothing_any_more(watched: Watched) -> None:
    watched.ask("hi")
    watched.survey.close()
    assert watched.survey.why()["cold"] == 0
    watched.cache.changes.flush(WAIT)
    record = watched.observable.recorder.feed.get(1)
    assert record is not None
    assert watched.survey.explain(record)["near"] is None
