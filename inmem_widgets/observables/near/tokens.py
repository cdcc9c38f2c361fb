"""Words of texts, and those that change from call to call by their nature: ids, dates, numbers."""

from __future__ import annotations

import re

from inmem_widgets.wire.cache import Nature

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]{0,6}"
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_ZONE = r"(?:\s?(?:Z|UTC|GMT)\b)?(?:\s?[+-]\d\d:?\d\d\b)?"
_CLOCK = rf"\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?[AaPp]\.?[Mm]\b)?{_ZONE}"
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"

TOKEN = re.compile(
    rf"""
    (?P<space> \s+ )
    | (?P<id> \b (?: [0-9a-fA-F]{{8}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{12}}
      | 0x[0-9a-fA-F]{{4,}}
      | (?=[\w-]{{0,80}}\d) (?: call | chatcmpl | doc | lc | lc_run- | msg | req | resp | run | rs | sess
        | session | thread | toolu | trace ) [_-]+ [\w-]{{6,}}
      | (?=[a-fA-F]*\d[0-9a-fA-F]*\b) (?=\d*[a-fA-F]) [0-9a-fA-F]{{8,}}
      | (?=[A-Za-z_]*\d[A-Za-z_]*\d) (?=\d*[A-Za-z_]) [A-Za-z0-9_]{{16,}} ) \b )
    | (?P<date> \b (?: \d{{4}}-\d\d-\d\d (?: [T ] {_CLOCK} )? | \d{{4}}/\d\d/\d\d
      | \d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}} \b | {_CLOCK}
      | {_MONTH}\.?\ \d{{1,2}}(?:st|nd|rd|th)?(?:,?\ \d{{4}})? \b
      | \d{{1,2}}\.?\ {_MONTH}(?:,?\ \d{{4}})? \b | (?: {_DAY} ) \b ) )
    | (?P<number> (?: \d+ (?: [.,_]\d+ )* (?: [eE][+-]?\d+ \b )? ) )
    | (?P<word> [{_CJK}] | [^\W\d{_CJK}]+ | \w )
    | (?P<other> . )""",
    re.VERBOSE | re.DOTALL,
)
"""Each character of a text is in one token; a run of letters is, or one Chinese, Japanese or Korean sign."""
_WORD = re.compile(r"\w+")
_ANY_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
DIGITS = "0"
"""Stands for any word that has a digit."""
VOLATILE: tuple[Nature, ...] = ("id", "date", "number")
"""Natures of what changes from call to call while the question stays the same."""


def raw_words(text: str) -> list[str]:
    """The words, in lower case."""
    return _WORD.findall(text.lower()) if text.isascii() else _ANY_WORD.findall(text.lower())


def volatile_free(found: list[str]) -> list[str]:
    """Words with `DIGITS` for each that has a digit: what a prompt asks, without ids, dates and numbers."""
    return [word if word.isalpha() else DIGITS for word in found]


def words(text: str) -> list[str]:
    """Both of these."""
    return volatile_free(raw_words(text))


def tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) of each token; kinds are the groups of `TOKEN`."""
    return [(found.lastgroup or "other", found[0]) for found in TOKEN.finditer(text)]
