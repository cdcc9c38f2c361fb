"""Values as the saver keeps them.

Upstream keeps `(type, bytes)` pairs made by the serializer. Plain data, by far the most, is kept
here as the bytes alone: msgpack without extension types, byte for byte what `JsonPlusSerializer`
writes. It means the same under every allowlist, so it can be read without the serializer's hooks.
Scalars, which nobody can change, are kept as they are, and checkpoints themselves (without their
values) as dicts, which are quicker to copy than msgpack is to write and read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import ormsgpack
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    EXCLUDED_METADATA_KEYS,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from ormsgpack import packb, unpackb

Typed: TypeAlias = tuple[str, bytes]
Stored: TypeAlias = bytes | Typed | str | int | float
"""Bytes: plain msgpack. A pair: whatever the serializer made. Else the value itself."""
Body: TypeAlias = dict[str, Any]
"""A checkpoint without its values, of the usual keys and plain data only. Never changed, so
neighbours share what is equal in them."""

Blob: TypeAlias = tuple[str, Any, Stored]
"""Channel, version, value."""

EMPTY: Final[Typed] = ("empty", b"")
"""A channel's version without a value, as upstream marks it."""
NULL: Final[Typed] = ("null", b"")

OPTION: Final = ormsgpack.OPT_NON_STR_KEYS
# What is not plain raises instead of being written, and goes to the serializer.
PLAIN: Final = (
    OPTION
    | ormsgpack.OPT_PASSTHROUGH_DATACLASS
    | ormsgpack.OPT_PASSTHROUGH_DATETIME
    | ormsgpack.OPT_PASSTHROUGH_ENUM
    | ormsgpack.OPT_PASSTHROUGH_UUID
)
_BODY_KEYS: Final = frozenset(
    {"v", "ts", "id", "channel_versions", "versions_seen", "updated_channels", "pending_sends"}
)
PLAIN_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_CONTAINERS: Final = frozenset({dict, tuple})
_PLAIN_IN_LIST: Final = frozenset({str, int, float, bool, list, dict, tuple})


def dump(serde: SerializerProtocol, value: Any) -> Stored:
    """A channel value or write to store."""
    if type(serde) is JsonPlusSerializer:
        kind = type(value)
        if kind is str:
            if value.isascii():  # others may hold surrogates, which do not come back as they were
                return value
        elif kind is int:
            if -0x8000_0000_0000_0000 <= value <= 0xFFFF_FFFF_FFFF_FFFF:
                return value
        elif kind is float or kind is bool:
            return value
        elif value is None:
            return NULL
        # Look into a list: failing at its end costs more than asking.
        elif kind in _CONTAINERS or (kind is list and (not value or type(value[0]) in _PLAIN_IN_LIST)):
            return _dump_plain(serde, value)
    return _dump_typed(serde, value)


def dump_checkpoint(
    serde: SerializerProtocol,
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    new_versions: ChannelVersions,
) -> tuple[Stored | Body, Stored, list[Blob], Mapping[str, Any] | None]:
    """What to store of a checkpoint: itself, its metadata, its new values; and plain metadata as they are.

    Metadata are merged with the config's, as upstream does. A body still holds the caller's
    `versions_seen`: `Tables.put` copies what is new in them.
    """
    body: Body = checkpoint.copy()  # type: ignore[assignment]
    values = body.pop("channel_values")
    stored: Stored | Body = body
    meta: Stored
    plain: Mapping[str, Any] | None = metadata
    if type(serde) is JsonPlusSerializer:
        versions, updated = body.get("channel_versions"), body.get("updated_channels")
        if (
            _BODY_KEYS.issuperset(body)
            and type(versions) is type(body.get("versions_seen")) is dict
            and (updated is None or type(updated) is list)
            and not body.get("pending_sends")
        ):
            body["channel_versions"] = versions.copy()
            if updated:
                body["updated_channels"] = updated.copy()
        else:
            stored = _dump_plain(serde, body)
        try:
            if config.get("metadata") or not EXCLUDED_METADATA_KEYS.issuperset(config["configurable"]):
                plain = get_checkpoint_metadata(config, metadata)
            meta = packb(plain, None, PLAIN)
            if b"\0" in meta and plain is metadata:  # perhaps in a string, where it does not belong
                plain = get_checkpoint_metadata(config, metadata)
                meta = packb(plain, None, PLAIN)
        except (TypeError, ValueError):
            meta, plain = _dump_typed(serde, get_checkpoint_metadata(config, metadata)), None
    else:
        stored = _dump_typed(serde, body)
        meta, plain = _dump_typed(serde, get_checkpoint_metadata(config, metadata)), None
    blobs = []
    for channel, version in new_versions.items():
        blobs.append((channel, version, dump(serde, values[channel]) if channel in values else EMPTY))
    return stored, meta, blobs, plain


def load_checkpoint(serde: SerializerProtocol, stored: Stored | Body) -> Body:
    """A fresh checkpoint, without its values."""
    if type(stored) is not dict:
        loaded: Body = load(serde, stored)  # type: ignore[arg-type]
        return loaded
    checkpoint = stored.copy()
    checkpoint["channel_versions"] = stored["channel_versions"].copy()
    checkpoint["versions_seen"] = {node: seen.copy() for node, seen in stored["versions_seen"].items()}
    if stored.get("updated_channels"):
        checkpoint["updated_channels"] = stored["updated_channels"].copy()
    if "pending_sends" in stored:
        checkpoint["pending_sends"] = []
    return checkpoint


def channel_versions(serde: SerializerProtocol, stored: Stored | Body) -> Mapping[str, Any]:
    """A checkpoint's channel versions; not to be changed."""
    body = stored if isinstance(stored, dict) else load(serde, stored)
    versions: Mapping[str, Any] = body.get("channel_versions", {})
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


def is_empty(stored: Stored | None) -> bool:
    """Whether a channel's version has no value."""
    return stored is None or (type(stored) is tuple and stored[0] == "empty")


def typed(stored: Stored | Body) -> Typed:
    """As upstream stores it."""
    if isinstance(stored, tuple):
        return stored
    if isinstance(stored, bytes):
        return "msgpack", stored
    return JsonPlusSerializer().dumps_typed(stored)
