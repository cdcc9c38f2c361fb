"""What models said, as logs and reports show it."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, Generation

from inmem_widgets import observe, watch
from inmem_widgets.observables.log.rows import log_row
from inmem_widgets.observables.lookups.said import answer


class Loud(str):
    def __str__(self) -> str:
        raise AssertionError("code of a value was run")

    __len__ = __str__  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([Generation(text="Noted.")], "Noted."),
        ([ChatGeneration(message=AIMessage("Noted."))], "Noted."),
        ((Generation(text="one"), Generation(text="two")), "one"),
        ([Generation.model_construct(text=Loud("Noted."))], "Noted."),
    ],
)
def test_it_is_the_text_of_the_first_generation(value: Any, text: str) -> None:
    found = answer(value)
    assert (found, type(found)) == (text, str)


@pytest.mark.parametrize("value", [[], [Generation(text="")], ["text"], "text", None, [Generation], 5])
def test_what_is_no_generation_is_left_alone(value: Any) -> None:
    assert answer(value) is value


def test_log_and_report_of_a_cache_say_what_the_model_said() -> None:
    cache = InMemoryCache()
    log = observe(cache).log
    with watch(cache) as seen:
        cache.update("Which cake?", "model", [ChatGeneration(message=AIMessage("Try the walnut cake."))])
    observable = observe(cache)
    assert [log_row(change, observable)["after"] for change in log.changes(log.first, log.last + 1)] == [
        "Try the walnut cake."
    ]
    assert seen.widget.seen.page(0, "inserted", 0)["rows"][0]["after"] == "Try the walnut cake."
