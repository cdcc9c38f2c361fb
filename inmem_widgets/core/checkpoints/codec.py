"""Values as the saver keeps them.

Upstream keeps `(type, bytes)` pairs made by the serializer. Plain data, by far the most, is kept
here as the bytes alone: msgpack without extension types, byte for byte what `JsonPlusSerializer`
writes. It means the same under every allowlist, so it can be read without the serializer's hooks.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import ormsgpack
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    EXCLUDED_METADATA_KEYS,
    CheckpointMetadata,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

Typed: TypeAlias = tuple[str, bytes]
Stored: TypeAlias = bytes | Typed
"""Bytes: plain msgpack. A pair: whatever the serializer made."""

EMPTY: Final[Typed] = ("empty", b"")
"""A channel's version without a value, as upstream marks it."""
NULL: Final[Typed] = ("null", b"")

# What is not plain raises instead of being written, and goes to the serializer.
PLAIN: Final = (
    ormsgpack.OPT_NON_STR_KEYS
    | ormsgpack.OPT_PASSTHROUGH_DATACLASS
    | ormsgpack.OPT_PASSTHROUGH_DATETIME
    | ormsgpack.OPT_PASSTHROUGH_ENUM
    | ormsgpack.OPT_PASSTHROUGH_UUID
)
PLAIN_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_LIKELY_PLAIN: Final = PLAIN_SCALARS | {list, dict, tuple}


def dump(serde: SerializerProtocol, value: Any) -> Stored:
    """A channel value or write to store."""
    kind = type(value)
    if type(serde) is JsonPlusSerializer:
        if value is None:
            return NULL
        if kind in PLAIN_SCALARS or (
            (kind is list and (not value or type(value[0]) in _LIKELY_PLAIN)) or kind is dict or kind is tuple
        ):
            try:
                return ormsgpack.packb(value, None, PLAIN)
            except (TypeError, ValueError):
                pass
    return _dump_typed(serde, value)


def dump_record(serde: SerializerProtocol, value: Any) -> Stored:
    """A checkpoint or its metadata to store: a mapping, nearly always plain."""
    if type(serde) is JsonPlusSerializer:
        try:
            return ormsgpack.packb(value, None, PLAIN)
        except (TypeError, ValueError):
            pass
    return _dump_typed(serde, value)


def _dump_typed(serde: SerializerProtocol, value: Any) -> Typed:
    data: Any
    kind, data = serde.dumps_typed(value)
    return kind, bytes(data) if isinstance(data, bytearray) else data  # never the caller's own


def load(serde: SerializerProtocol, stored: Stored) -> Any:
    """A fresh object."""
    if isinstance(stored, bytes):
        if type(serde) is JsonPlusSerializer:
            try:
                return ormsgpack.unpackb(stored, option=ormsgpack.OPT_NON_STR_KEYS)
            except ValueError:  # an `ormsgpack.Ext` made by hand
                pass
        stored = ("msgpack", stored)
    return serde.loads_typed(stored)


def load_plain(stored: Stored) -> Any:
    """A fresh object if that takes no serializer, else None."""
    if isinstance(stored, bytes):
        try:
            return ormsgpack.unpackb(stored, option=ormsgpack.OPT_NON_STR_KEYS)
        except ValueError:
            pass
    return None


def typed(stored: Stored) -> Typed:
    """As upstream stores it."""
    return ("msgpack", stored) if isinstance(stored, bytes) else stored


def merged_metadata(config: RunnableConfig, metadata: CheckpointMetadata) -> CheckpointMetadata:
    """Upstream's `get_checkpoint_metadata`, which is called only where it would change something."""
    unmixed = not config.get("metadata") and EXCLUDED_METADATA_KEYS.issuperset(config["configurable"])
    if unmixed and type(metadata) is dict:
        for value in metadata.values():
            if isinstance(value, str) and "\0" in value:
                break
        else:
            return metadata
    return get_checkpoint_metadata(config, metadata)
