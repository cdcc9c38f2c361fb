"""Secrets in prompts and model parameters, hidden before anything is shown or exported."""

from __future__ import annotations

import re

_KEYS = (
    "access", "account", "api", "auth", "encryption", "license", "master", "private", "secret", "service",
    "shared", "signing", "subscription",
)  # fmt: skip
_NAME = rf"""
    (?: key (?: {"|".join(f"(?<={name}key)|(?<={name}[_ -]key)" for name in _KEYS)} )
    | credential | passw(?:or)?d | passphrase | pwd | secret
    | token (?<! maxtoken ) (?<! max_token ) (?<! num_token ) (?<! next_token )
    | authori[sz]ation | cookie | signature ) (?: (?<! token ) s )? \d{{0,3}}
"""
_FIELD = re.compile(
    rf"""(?x) (?P<name> {_NAME} ) (?P<quote> \\{{0,3}} ["'] )? \s{{0,9}}
    (?P<sep> => | [:=>] | , (?: \s{{0,9}} \\{{0,3}} ["'] value \\{{0,3}} ["'] \s{{0,9}} : )? ) \s{{0,9}}
    (?: [bru]? (?P<open> \\{{0,3}} ["'] ) )? (?: (?: bearer | basic | digest | token ) \s+ )? """
)
"""A field's name up to where its value begins, in JSON, in Python, in a header or in a shell. In lower
case, as each alternative begins with a letter of its own: that is what makes it fast."""
_ENDS_IN_NAME = re.compile(rf"(?x) .* {_NAME}", re.DOTALL)
_BARE = re.compile(r"[^\s\"',;&}\]\\]{4,}")
_NO_SECRET = re.compile(
    r"(?i)(?:optional|str|string|int|bool|bytes|none|null|true|false|undefined|secretstr|required|self|os)\b"
)
"""What follows a field's name in code."""
_SCHEMA = re.compile(
    r"""(?x) \{ \s* \\{0,3} ["'] (?: \$ref | anyOf | allOf | oneOf | default | description | enum | title
    | type \\{0,3} ["'] \s* : \s* \\{0,3} ["'] (?:string|object|array|number|integer|boolean|null) )
    \\{0,3} ["']"""
)
"""What follows the name of a parameter that a tool is given: no value, but its description."""
_PAIR = re.compile(r"""(?:\(|[\[,]\s{0,9}\[)\s{0,9}\\{0,3}["'][\w -]*$""")
"""What is before the name in a pair, ('api_key', '…'), or in one of several, [["X-Api-Key", "…"]]."""
_SEVERAL = re.compile(r"[\[({]")
_TAG = re.compile(r"<[\w:.-]*$")
_TAGGED = re.compile(r"[^<>]{1,2000}(?=</)")
_MARK = re.compile(r"""(?<!\\)(\\*)(["'])|[\[\](){}]""")
REACH = 20_000
"""Characters of a list or an object that are looked through for its end."""
_MASKED = re.compile(r"…\([\w ]{1,20}\)")
_OF_PROVIDERS = (
    "sk-", "sk_", "pk_", "rk_", "gsk_", "hf_", "r8_", "xai-", "nvapi-", "pplx-", "tvly-", "lsv2_", "AIza",
    "npm_", "pypi-", "glpat-", "gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_", "xoxa-", "xoxb-",
    "xoxp-", "xoxr-", "xoxs-", "ya29.", "SG.", "AKIA", "ASIA",
)  # fmt: skip
_SHAPES = (
    ("-----BEGIN ", "private key", r"[A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END[A-Z ]*-----|\Z)"),
    ("eyJ", "JWT", r"[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"),
    *((start, "api key", r"[\w.-]{16,}") for start in _OF_PROVIDERS),
    ("://", "password", r"(?P<kept>[^\s/:@]{0,100}:)[^\s/@]{1,200}(?=@)"),
    ("Bearer ", "token", r"(?P<kept>)[\w.~+/=-]{16,}"),
)
"""How a secret begins, what it is, how it goes on; `kept` and what is before it is no secret."""


def mask(text: str) -> str:
    """The text with API keys, tokens, passwords and the like replaced by "…(api key)" and so on.

    Found by the name of their field ("api_key", "password", "authorization", …) or by their shape
    ("sk-…", JWT, PEM, "user:password@host"). What is masked already stays as it is. Linear in time.
    """
    text = _without_fields(text)
    for start, kind, pattern in _COMPILED:
        if start in text:
            text = pattern.sub(lambda found, kind=kind: _without_shape(found, kind), text)  # type: ignore[misc]
    return text


def hidden(name: str) -> str:
    """What stands in place of the secret of a field of that name."""
    lower = name.lower()
    kinds = {"key": "api key", "pass": "password", "pwd": "password", "token": "token", "cookie": "cookie"}
    return f"…({next((kind for root, kind in kinds.items() if root in lower), 'secret')})"


def is_secret(name: str) -> bool:
    """Whether a field of that name holds a secret."""
    return _ENDS_IN_NAME.fullmatch(name[-100:].lower()) is not None


def _alone(start: str) -> str:
    """That it does not begin in the midst of a word; after it, so that the search is one for its text."""
    return rf"(?<!\w{re.escape(start)})" if start[0].isalpha() else ""


_COMPILED = tuple(
    (start, kind, re.compile(f"{re.escape(start)}{_alone(start)}{rest}")) for start, kind, rest in _SHAPES
)


def _without_shape(found: re.Match[str], kind: str) -> str:
    kept = found.end("kept") - found.start() if "kept" in found.re.groupindex else 0
    return f"{found[0][:kept]}…({kind})"


def _without_fields(text: str) -> str:
    pieces: list[str] = []
    done = 0
    lower = text.replace("İ", "I").lower()  # as long as the text: İ alone has two characters in lower case
    for field in _FIELD.finditer(lower):
        if field.start() >= done and (end := _end(text, field)) is not None:
            pieces += text[done : field.end()], hidden(field["name"])
            done = end
    return "".join([*pieces, text[done:]]) if pieces else text


def _end(text: str, field: re.Match[str]) -> int | None:
    """Where the value of a field ends; None where it has none to hide."""
    quote, begin, sep = field["open"], field.end(), field["sep"]
    before = text[max(0, field.start() - 40) : field.start()]
    if sep[0] == "," and not (quote and field["quote"] and (len(sep) > 1 or _PAIR.search(before))):
        return None
    if sep == ">" and not _TAG.search(before):
        return None
    if quote:
        end = _closing(text, quote, begin)
    elif _SEVERAL.match(text, begin) and (field["quote"] or text[begin + 1 : begin + 2] in ("'", '"')):
        end = begin if _SCHEMA.match(text, begin) else _closing_bracket(text, begin)
    else:
        bare = (_TAGGED if sep == ">" else _BARE).match(text, begin)
        if bare is None or _NO_SECRET.match(text, begin):
            return None
        end = bare.end()
    masked = _MASKED.match(text, begin)
    return None if end == begin or (masked and end <= masked.end()) else end


def _closing(text: str, quote: str, begin: int) -> int:
    """Where a text in quotes ends: at one that is escaped as often as that with which it begins."""
    level = len(quote) - 1
    for mark in re.compile(rf"(?<!\\)(\\*){quote[-1]}").finditer(text, begin):
        if len(mark[1]) % (2 * level + 2) == level:
            return mark.end() - len(quote)
    return len(text)


def _closing_bracket(text: str, begin: int) -> int:
    """Where a list or an object ends, within `REACH`."""
    stop = min(len(text), begin + REACH)
    at, depth = begin, 0
    while mark := _MARK.search(text, at, stop):
        at = mark.end()
        if mark[2]:
            at = _closing(text, mark[0], at) + len(mark[0])
            continue
        depth += 1 if mark[0] in "[({" else -1
        if not depth:
            return at
    return stop
