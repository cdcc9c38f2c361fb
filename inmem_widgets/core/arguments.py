"""What stores are given, checked: keys, and pairs of a key and a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn


def refuse(name: str, given: object, accepted: str) -> NoReturn:
    raise TypeError(f"{name}: expected {accepted}, got {type(given).__name__} {given!r:.80}")


def checked(keys: Iterable[str]) -> list[str]:
    """The keys as a list, if they are all str."""
    if isinstance(keys, (str, bytes)) or not isinstance(keys, Iterable):
        refuse("keys", keys, "a sequence of str")
    keys = list(keys)
    for key in keys:
        if not isinstance(key, str):
            refuse("keys", key, "str keys")
    return keys


def checked_pairs(given: Any, values: type) -> dict[str, Any]:
    """The pairs or mapping as a dict, if all keys are str and all values instances of a class."""
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        refuse("key_value_pairs", given, "pairs (key, value) or a mapping")
    pairs = given if isinstance(given, Mapping) else [_pair(each) for each in given]
    try:
        new = dict(pairs)
    except TypeError as error:
        raise TypeError(f"key_value_pairs: expected pairs (key, value) with str keys: {error}") from None
    checked(new)
    for key, value in new.items():
        if not isinstance(value, values):
            refuse(f"the value of {key!r:.80}", value, values.__name__)
    return new


def _pair(given: Any) -> tuple[Any, Any]:
    if not isinstance(given, (str, bytes, Mapping)) and isinstance(given, Iterable):
        pair = tuple(given)
        if len(pair) != 2:
            raise ValueError(
                f"key_value_pairs: expected pairs (key, value), got {len(pair)} in {given!r:.80}"
            )
        return pair
    refuse("key_value_pairs", given, "pairs (key, value)")
