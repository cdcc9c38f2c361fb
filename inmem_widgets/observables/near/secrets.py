"""Secrets in prompts and model parameters, hidden before anything is shown or exported."""

from __future__ import annotations

import re

_NAMED = re.compile(
    r"""(?ix) (["']? \b [\w-]* (?: api_?key | secret | password | passwd | authorization | access_?token )
    \w* ["']? \s* [:=] \s* ["']? ) (?!…) (?: bearer \s+ )? ([^\s"',}\])]{4,})"""
)
_SHAPED = re.compile(r"\b(?:sk-[\w-]{16,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|gh[pousr]_\w{20,}|AKIA[0-9A-Z]{16})")


def mask(text: str) -> str:
    """The text with keys, tokens and passwords replaced by "…(secret)", by field name and by shape."""
    return _SHAPED.sub("…(secret)", _NAMED.sub(r"\1…(secret)", text))
