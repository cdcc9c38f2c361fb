"""What stands for a key, so that it need not be kept alive: its 64-bit hash."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any

from inmem_widgets.core.cache import Key
from inmem_widgets.observables.values import is_a, is_exactly

_HARMLESS = (str, bytes, int, float, bool, type(None))
CHUNK = 16_384
BRIEF = 160
"""Characters of a prompt that is remembered in short."""
_MESSAGES = '[{"lc"'
_CONTENT = '"content": "'
_STRING = re.compile(r'(?:[^"\\]|\\.)*')  # of JSON, up to its end


def digest_of(key: Any) -> int:
    """`hash(key)` of a (prompt, llm_string). Subclasses of str count as the plain text that they are, other
    foreign objects as themselves: no code of theirs is run."""
    if type(key) is tuple and len(key) == 2 and type(key[0]) is type(key[1]) is str:
        return hash(key)
    parts = tuple.__iter__(key) if is_a(key, tuple) else (key,)
    return hash(tuple(map(_part, parts)))


def digests_of(keys: list[Any]) -> list[int]:
    """The digest of each, in chunks of some milliseconds."""
    digests: list[int] = []
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        plain = {*map(type, chunk)} == {tuple} and {*map(len, chunk)} == {2}
        plain = plain and {*map(type, chain.from_iterable(chunk))} == {str}
        digests += map(hash if plain else digest_of, chunk)
    return digests


def _part(part: Any) -> Any:
    if is_a(part, str):
        return str.__getitem__(part, slice(None))
    return part if is_exactly(part, _HARMLESS) else id(part)


def plain_key(key: Any) -> Key | None:
    """The key as plain text, a copy only where it is none; None if it is no text at all."""
    if not is_a(key, tuple) or tuple.__len__(key) != 2:
        return None
    prompt, llm_string = tuple.__iter__(key)
    if type(prompt) is type(llm_string) is str:
        return prompt, llm_string
    if not is_a(prompt, str) or not is_a(llm_string, str):
        return None
    return str.__getitem__(prompt, slice(None)), str.__getitem__(llm_string, slice(None))


def brief(prompt: str) -> str:
    """How a prompt begins, in whole words; of serialised messages, the last one's text. Not masked: a cut
    word might be half a secret, which nobody would know for one."""
    at = prompt.rfind(_CONTENT, -4_000) if prompt.startswith(_MESSAGES) else -1
    start = 0 if at < 0 else at + len(_CONTENT)
    if at < 0:
        text, whole = prompt[:BRIEF], len(prompt) <= BRIEF
    else:
        found = _STRING.match(prompt, start, start + BRIEF)
        text = found.group() if found else ""
        whole = prompt[start + len(text) : start + len(text) + 1] == '"'
    return text if whole else text[: max(text.rfind(" "), text.rfind("\n"), 0)]
