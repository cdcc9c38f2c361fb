"""Markdown becomes structure, and nothing of it stays markup."""

from typing import Any

import pytest

from inmem_widgets.observables.formats import view_value


def items_of(text: str) -> list[Any]:
    (block,) = view_value("# Heading\n\n" + text, format="Markdown")["blocks"]
    assert block["kind"] == "outline"
    return list(block["items"][1:])


def spans_of(text: str) -> list[tuple[str, str]]:
    return [(span["text"], span["style"]) for item in items_of(text) for span in item["spans"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("### C", [("heading", 3, "")]),
        ("a\n\nb", [("paragraph", 0, ""), ("paragraph", 0, "")]),
        ("- a\n- b\n  - c\n", [("item", 1, "•"), ("item", 1, "•"), ("item", 2, "•")]),
        ("3. a\n4. b\n", [("item", 1, "3."), ("item", 1, "4.")]),
        ("- a\n\n  more\n", [("item", 1, "•"), ("item", 1, "")]),
        ("> q", [("quote", 0, "")]),
        ("```py\nx = 1\n```", [("code", 0, "")]),
        ("---", [("rule", 0, "")]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", [("row", 0, ""), ("row", 0, "")]),
    ],
    ids=["heading", "paragraphs", "list", "numbers", "item", "quote", "code", "rule", "table"],
)
def test_items(text: str, expected: list[tuple[str, int, str]]) -> None:
    assert [(item["kind"], item["level"], item["mark"]) for item in items_of(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a **b** *c* `d`", [("a ", ""), ("b", "strong"), (" ", ""), ("c", "em"), (" ", ""), ("d", "code")]),
        ("[text](https://x.org)", [("text", "link"), (" (https://x.org)", "")]),
        ("<https://x.org>", [("https://x.org", "link")]),
        ("![alt](https://x.org/i.png)", [("alt", "link"), (" (https://x.org/i.png)", "")]),
        ("one\ntwo", [("one two", "")]),
        ("| a | b |\n|---|---|\n| 1 | 2 |",
         [("a", "strong"), (" │ ", ""), ("b", "strong"), ("1", ""), (" │ ", ""), ("2", "")]),
    ],
    ids=["styles", "link", "autolink", "image", "soft break", "table"],
)  # fmt: skip
def test_spans(text: str, expected: list[tuple[str, str]]) -> None:
    assert spans_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <b onclick=x>c</b>",
        "<!-- hidden -->",
        "[x](javascript:alert(1))",
        "<img src=x>",
    ],
)
def test_html_and_script_stay_text_that_is_seen(text: str) -> None:
    assert "".join(part for part, _ in spans_of(text)) == text
    assert "link" not in [style for _, style in spans_of(text)]


def test_markdown_over_the_bound_says_so() -> None:
    blocks = view_value("# Heading\n\n" + "**word** " * 5_000, format="Markdown")["blocks"]
    assert [block["kind"] for block in blocks] == ["outline", "note"]
