"""Markdown as structure: headings, paragraphs, items, … of plain text. HTML stays text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from inmem_widgets.observables.formats.base import Content, Format, note
from inmem_widgets.observables.preview import clean
from inmem_widgets.wire import Block, OutlineBlock, OutlineItem, Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

PART = 20_000
"""Characters that are read as Markdown."""
ITEMS = 1_000
SPANS = 4_000
TEXT = 60_000
"""Characters shown: a link's target can be repeated often by short text."""
TARGET = 500
_SIGNS = tuple(
    re.compile(sign, re.MULTILINE)
    for sign in (
        r"\A\s*#{1,3} \S.*\n\s*\n|^#{2,6} \S",
        r"^\s{0,3}[-*+] \S.*\n(?:.*\n)*?\s{0,3}[-*+] \S",
        r"^\s{0,3}\d{1,3}[.)] \S.*\n(?:.*\n)*?\s{0,3}\d{1,3}[.)] \S",
        r"^```",
        r"\*\*[^\s*][^*\n]*\*\*|(?<!\w)__[^\s_][^_\n]*__(?!\w)",
        r"\[[^\]\n]{1,200}\]\([^()\s]{1,500}\)",
        r"^\|?[ :]*-{3,}[ :]*\|[ :|-]*$",
        r"^> \S",
        r"(?<!`)`[^`\n]{1,200}`(?!`)",
    )
)
Style = Literal["", "strong", "em", "code", "link"]
Kind = Literal["heading", "paragraph", "item", "code", "quote", "rule", "row"]


def markdown_signs(text: str) -> int:
    """How many kinds of Markdown marks the beginning of a text has."""
    return sum(1 for sign in _SIGNS if sign.search(text[:4_000]))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # CommonMark with tables; without "html" its marks stay what they are, text
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")


def outline(text: str) -> OutlineBlock:
    """The structure of a Markdown text of at most `PART` characters.

    Links are followed by their target in parentheses; the cells of a row are parted by " │ ".
    """
    return {"kind": "outline", "items": _Outline().read(_parser().parse(clean(text[:PART])))}


class _Outline:
    def __init__(self) -> None:
        self.items: list[OutlineItem] = []
        self.lists: list[int | None] = []
        """The next number of each list we are in; None for those without."""
        self.mark = ""
        self.heading = self.quotes = 0
        self.header = False
        self.row: list[list[Span]] | None = None
        self.spans, self.characters = SPANS, TEXT

    def read(self, tokens: list[Token]) -> list[OutlineItem]:
        for token in tokens:
            if len(self.items) >= ITEMS or self.spans <= 0 or self.characters <= 0:
                break
            self._token(token)
        return self.items

    def _token(self, token: Token) -> None:
        kind = token.type
        if kind == "inline":
            spans = self._inline(token.children or [])
            if self.row is not None:
                self.row.append(spans)
            else:
                self._text(spans)
        elif kind in ("fence", "code_block"):
            self._add("code", len(self.lists), [self._span(token.content.rstrip("\n"), "")])
        elif kind == "hr":
            self._add("rule", 0, [])
        elif kind in ("heading_open", "heading_close"):
            self.heading = int(token.tag[1:]) if kind == "heading_open" else 0
        elif kind == "bullet_list_open":
            self.lists.append(None)
        elif kind == "ordered_list_open":
            self.lists.append(int(token.attrs.get("start", 1)))
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif kind == "list_item_open":
            number = self.lists[-1]
            self.mark = "•" if number is None else f"{number}."
            self.lists[-1] = None if number is None else number + 1
        elif kind in ("blockquote_open", "blockquote_close"):
            self.quotes += 1 if kind == "blockquote_open" else -1
        elif kind in ("thead_open", "thead_close"):
            self.header = kind == "thead_open"
        elif kind == "tr_open":
            self.row = []
        elif kind == "tr_close":
            between: Span = {"text": " │ ", "style": ""}
            cells = [part for cell in self.row or [] for part in (between, *cell)]
            self.row = None
            self._add("row", 0, cells[1:])

    def _text(self, spans: list[Span]) -> None:
        if self.heading:
            self._add("heading", self.heading, spans)
        elif self.lists:
            self._add("item", len(self.lists), spans)
        else:
            self._add("quote" if self.quotes else "paragraph", 0, spans)

    def _add(self, kind: Kind, level: int, spans: list[Span]) -> None:
        self.items.append({"kind": kind, "level": level, "mark": self.mark, "spans": spans})
        self.mark = ""

    def _inline(self, tokens: list[Token]) -> list[Span]:
        spans: list[Span] = []
        styles: list[Style] = ["strong"] if self.header else []
        targets: list[str] = []
        for token in tokens:
            kind = token.type
            if kind in ("strong_open", "em_open", "link_open"):
                styles.append("strong" if kind[0] == "s" else "em" if kind[0] == "e" else "link")
                if kind == "link_open":
                    targets.append(str(token.attrs.get("href", "")))
            elif kind in ("strong_close", "em_close", "link_close"):
                styles.pop()
                if kind == "link_close":
                    spans += self._target(targets.pop(), spans)
            elif kind == "image":
                spans.append(self._span(token.content or "image", "link"))
                spans += self._target(str(token.attrs.get("src", "")), spans)
            else:
                text = " " if kind == "softbreak" else "\n" if kind == "hardbreak" else token.content
                style: Style = "code" if kind == "code_inline" else styles[-1] if styles else ""
                if "link" in styles and style != "code":
                    style = "link"
                if spans and spans[-1]["style"] == style:
                    spans[-1]["text"] += self._span(text, style)["text"]
                elif text:
                    spans.append(self._span(text, style))
            if self.spans <= 0 or self.characters <= 0:
                break
        return spans

    def _target(self, target: str, spans: list[Span]) -> list[Span]:
        if spans and spans[-1]["text"] == target:
            return []
        return [self._span(f" ({target[:TARGET]})", "")]

    def _span(self, text: str, style: Style) -> Span:
        text = text[: max(0, self.characters)]
        self.spans -= 1
        self.characters -= len(text)
        return {"text": text, "style": style}


def _fit(content: Content) -> float:
    signs = 0 if content.begins is None or content.kind == "json" else markdown_signs(content.begins)
    return (0.0, 0.3, 0.7)[min(signs, 2)]


def _show(content: Content, offset: int) -> list[Block]:
    if content.is_str:
        text = str.__getitem__(content.value, slice(PART))
    else:
        text = content.part(0, PART).decode("utf-8", "ignore")
    blocks: list[Block] = [outline(text)]
    if content.size > PART:
        blocks.append(note(f"The first {PART:,} of {content.size:,}; all of it as text."))
    return blocks


FORMAT = Format("Markdown", _fit, _show)
