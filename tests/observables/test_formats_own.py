"""The user's own formatters."""

from typing import Any

import pandas as pd
import pytest

from inmem_widgets.observables.formats import check_formatters, child_node, view_value


def test_an_own_formatter_comes_first_where_it_fits() -> None:
    own = {"upper": lambda value: value.upper() if isinstance(value, str) else None}
    found = view_value("hello", own=own)
    assert found["formats"] == ["upper", "text"]
    assert found["blocks"][0]["text"] == "HELLO"  # type: ignore[typeddict-item]
    assert view_value(5, own=own)["formats"] == ["text"]


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ("x", "text"),
        (b"\x00\xff", "hex"),
        ({"a": 1}, "tree"),
        ("# T\n\n**b**", "outline"),
        (pd.DataFrame({"a": [1]}), "table"),
    ],
    ids=["str", "bytes", "dict", "Markdown", "DataFrame"],
)
def test_what_it_returns_is_shown_as_what_it_is(result: Any, kind: str) -> None:
    found = view_value(b"raw", own={"mine": lambda value: result})
    assert found["format"] == "mine"
    assert kind in [block["kind"] for block in found["blocks"]]


def test_its_trees_and_texts_can_be_read_on() -> None:
    own = {"tree": lambda value: {"inside": [value]}, "long": lambda value: "x" * 50_000}
    assert child_node("v", [0, 0], format="tree", own=own)["preview"] == "v"
    first = view_value("v", format="long", own=own)["blocks"][0]
    assert first["kind"] == "text"
    more = view_value("v", format="long", offset=first["more"] or 0, own=own)["blocks"][0]
    assert more["kind"] == "text"
    assert more["offset"] == first["more"]


def test_one_that_fails_says_so_and_stands_back() -> None:
    def broken(value: Any) -> Any:
        raise KeyError("no such part")

    found = view_value("hello", own={"broken": broken})
    assert (found["formats"], found["format"]) == (["text", "broken"], "text")
    (block,) = view_value("hello", format="broken", own={"broken": broken})["blocks"]
    assert (block["kind"], block["tone"]) == ("note", "error")
    assert "KeyError: 'no such part'" in block["text"]
    with pytest.raises(LookupError):
        child_node("hello", [0], format="broken", own={"broken": broken})


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ([str], TypeError, "formatters: list given"),
        ({1: str}, TypeError, "the name 1 is not a str"),
        ({"": str}, ValueError, "'' is no name"),
        ({"x" * 41: str}, ValueError, "is no name"),
        ({"json": str}, ValueError, "'JSON' is a built-in format"),
        ({"mine": "str"}, TypeError, r"formatters\['mine'\]: str given"),
    ],
)
def test_bad_formatters_are_named(given: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        check_formatters(given)


def test_formatters_are_copied() -> None:
    given = {"mine": str}
    checked = check_formatters(given)
    given.clear()
    assert checked == {"mine": str}
    assert check_formatters(None) == {}
