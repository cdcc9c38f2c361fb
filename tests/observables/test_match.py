"""Filters find what a plain reading of them finds, and none of them hangs."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets.observables.keys.match import matcher
from inmem_widgets.observables.keys.query import Query, QueryError

TEXT = st.text(st.sampled_from("abAB:*?[]!^-\n.ßİσΣς\ud800"), max_size=8)
KEYS = st.lists(TEXT, max_size=20)


def matches(keys: list[str], **query: Any) -> list[str]:
    return [keys[i - 100] for i in matcher(Query(**query))(keys, 100)]


@settings(deadline=None)
@given(KEYS, TEXT)
def test_text_ignores_case_while_it_has_none(keys: list[str], wanted: str) -> None:
    lower = wanted == wanted.lower()
    expected = [key for key in keys if wanted in (key.lower() if lower else key)]
    assert matches(keys, filter=wanted, mode="text") == expected


@settings(deadline=None)
@given(KEYS, TEXT)
def test_a_glob_is_of_whole_keys(keys: list[str], wanted: str) -> None:
    expected = [key for key in keys if not wanted or fnmatchcase(key, wanted)]
    assert matches(keys, filter=wanted, mode="glob") == expected


@given(KEYS, st.sampled_from(["a", "a+b", "^a|b$", ":.*b", "(a|b)+:", "a{2}", "(?i)ab", "."]))
@settings(deadline=None)
def test_a_regular_expression_is_searched_for(keys: list[str], wanted: str) -> None:
    expected = [key for key in keys if regex.search(wanted, key)]
    assert matches(keys, filter=wanted, mode="regex") == expected


@given(KEYS, TEXT, TEXT)
@settings(deadline=None)
def test_the_namespace_narrows(keys: list[str], wanted: str, namespace: str) -> None:
    within = [key for key in matches(keys, filter=wanted, mode="text") if key.startswith(namespace)]
    assert matches(keys, filter=wanted, mode="text", namespace=namespace) == within


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        (r"(.*)(.*)(.*)(.*)(.*)[^\x00-\U0010ffff]", "a" * 500),
        (r"(\w|\d|_)+(\w|_)+(\d|\w)+[^\x00-\U0010ffff]", "1" * 200),
    ],
)
def test_an_expression_that_backtracks_is_stopped(wanted: str, key: str) -> None:
    with pytest.raises(QueryError, match="filter: takes too long on key") as caught:
        matches(["harmless", key], filter=wanted, mode="regex")
    assert len(str(caught.value)) < 200


def test_stars_of_a_glob_do_not_backtrack() -> None:
    assert matches(["a" * 10_000], filter="*a" * 30 + "b") == []


@pytest.mark.parametrize(
    "wanted", ["a{1000000000}", "((a{1000}){1000}){1000}", "(a|b){1_0}{99999}", "(" * 3_000 + ")" * 3_000]
)
def test_an_expression_too_large_to_compile_is_refused(wanted: str) -> None:
    with pytest.raises(QueryError, match="filter: "):
        Query(filter=wanted, mode="regex")
