"""Values as the saver keeps them.

Upstream keeps `(type, bytes)` pairs made by the serializer. Plain data, by far the most, is kept
here as the bytes alone: msgpack without extension types, byte for byte what `JsonPlusSerializer`
writes. It means the same under every allowlist, so it can be read without the serializer's hooks.
Scalars, which nobody can change, are kept as they are. A checkpoint's channel versions, often asked
for by themselves, are kept beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import ormsgpack
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    EXCLUDED_METADATA_KEYS,
    Checkpoint,
    CheckpointMetadata,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from ormsgpack import packb, unpackb

Typed: TypeAlias = tuple[str, bytes]
Stored: TypeAlias = Any
"""Bytes: plain msgpack. A `Typed` pair: whatever the serializer made. Else the value itself, a scalar."""
Versions: TypeAlias = dict[str, Any]
"""Version by channel."""
Row: TypeAlias = tuple[Stored, Stored, str | None, Versions | None]
"""A checkpoint without its values, its metadata, its parent's id, and, if the checkpoint was stored
without them, its channel versions; then the first two are plain and have string keys."""

Blob: TypeAlias = tuple[str, Any, Stored]
"""Channel, version, value."""

EMPTY: Final[Typed] = ("empty", b"")
"""A channel's version without a value, as upstream marks it."""
NULL: Final[Typed] = ("null", b"")

OPTION: Final = ormsgpack.OPT_NON_STR_KEYS
# What is not plain raises instead of being written, and goes to the serializer.
RECORD: Final = (
    ormsgpack.OPT_PASSTHROUGH_DATACLASS
    | ormsgpack.OPT_PASSTHROUGH_DATETIME
    | ormsgpack.OPT_PASSTHROUGH_ENUM
    | ormsgpack.OPT_PASSTHROUGH_UUID
)
"""How checkpoints and metadata are written: all keys are strings, which is quicker."""
PLAIN: Final = RECORD | OPTION
"""How values are written."""
_AS_IS: Final = frozenset({str, float, bool})
PLAIN_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_ANY: Final = PLAIN | ormsgpack.OPT_REPLACE_SURROGATES
_CONTAINERS: Final = frozenset({dict, tuple})
_PLAIN_IN_LIST: Final = frozenset({str, int, float, bool, list, dict, tuple})


def dump(serde: SerializerProtocol, value: Any) -> Stored:
    """A channel value or write to store."""
    if type(serde) is JsonPlusSerializer:
        kind = type(value)
        if kind in _AS_IS or (kind is int and -0x8000_0000_0000_0000 <= value <= 0xFFFF_FFFF_FFFF_FFFF):
            return value
        if value is None:
            return NULL
        # Look into a list: failing at its end costs more than asking.
        if kind in _CONTAINERS or (kind is list and (not value or type(value[0]) in _PLAIN_IN_LIST)):
            return _dump_plain(serde, value)
    return _dump_typed(serde, value)


def dump_checkpoint(
    serde: SerializerProtocol, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata
) -> tuple[Row, Mapping[str, Any] | None]:
    """A checkpoint's row, and its metadata if they are plain data.

    Metadata are merged with the config's, as upstream does.
    """
    body: dict[str, Any] = checkpoint.copy()  # type: ignore[assignment]
    del body["channel_values"]
    configurable = config["configurable"]
    parent = configurable.get("checkpoint_id")
    merged: CheckpointMetadata = metadata
    # A thread, a namespace and perhaps a parent are none of the metadata: nothing else, nothing to merge.
    more = len(configurable) > (2 if parent is None else 3)
    if config.get("metadata") or (more and not EXCLUDED_METADATA_KEYS.issuperset(configurable)):
        merged = get_checkpoint_metadata(config, metadata)
    if type(serde) is JsonPlusSerializer:
        versions = body.get("channel_versions")
        if type(versions) is dict:
            body["channel_versions"] = None
        try:
            meta = packb(merged, None, RECORD)
            if merged is metadata and 0 in meta:  # a NUL, perhaps in a string, where it does not belong
                merged = get_checkpoint_metadata(config, metadata)
                meta = packb(merged, None, RECORD)
            if type(versions) is dict:
                return (packb(body, None, RECORD), meta, parent, versions.copy()), merged
        except (TypeError, ValueError):
            pass
        if type(versions) is dict:
            body["channel_versions"] = versions
    if merged is metadata:
        merged = get_checkpoint_metadata(config, metadata)
    return (_dump_typed(serde, body), _dump_typed(serde, merged), parent, None), None


def load_checkpoint(serde: SerializerProtocol, row: Row) -> dict[str, Any]:
    """A fresh checkpoint, without its values."""
    checkpoint: dict[str, Any] = load(serde, row[0])
    if row[3] is not None:
        checkpoint["channel_versions"] = row[3].copy()
    return checkpoint


def channel_versions(serde: SerializerProtocol, row: Row) -> Versions:
    """A checkpoint's channel versions; not to be changed."""
    versions: Versions = row[3] if row[3] is not None else load(serde, row[0]).get("channel_versions") or {}
    return versions


def _dump_plain(serde: SerializerProtocol, value: Any) -> Stored:
    try:
        return packb(value, None, PLAIN)
    except (TypeError, ValueError):
        return _dump_typed(serde, value)


def _dump_typed(serde: SerializerProtocol, value: Any) -> Typed:
    data: Any
    kind, data = serde.dumps_typed(value)
    return kind, bytes(data) if isinstance(data, bytearray) else data  # never the caller's own


def load(serde: SerializerProtocol, stored: Stored) -> Any:
    """A fresh object."""
    kind = type(stored)
    if kind is bytes:
        if type(serde) is JsonPlusSerializer:
            try:
                return unpackb(stored, option=OPTION)
            except ValueError:  # an `ormsgpack.Ext` made by hand
                pass
        return serde.loads_typed(("msgpack", stored))
    if kind is tuple:
        return serde.loads_typed(stored)
    return stored


def load_plain(stored: Stored) -> Any:
    """A fresh object if that takes no serializer, else None."""
    if isinstance(stored, bytes):
        try:
            return unpackb(stored, option=OPTION)
        except ValueError:
            pass
    return None


def typed(stored: Stored) -> Typed:
    """As upstream stores it."""
    if isinstance(stored, tuple):
        return stored
    return "msgpack", stored if isinstance(stored, bytes) else packb(stored, None, _ANY)


def typed_row(row: Row) -> tuple[Typed, Typed, str | None]:
    """As upstream stores it."""
    if row[3] is not None:
        serde = JsonPlusSerializer()
        return serde.dumps_typed(load_checkpoint(serde, row)), typed(row[1]), row[2]
    return typed(row[0]), typed(row[1]), row[2]
