"""Checkpoints for tests of the saver."""

from __future__ import annotations

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint

Saver = BaseCheckpointSaver[str]


class Reversed:
    """A cipher."""

    def encrypt(self, plaintext: bytes) -> tuple[str, bytes]:
        return "reversed", plaintext[::-1]

    def decrypt(self, ciphername: str, ciphertext: bytes) -> bytes:
        return ciphertext[::-1]


def at(thread: str, ns: str = "", id: str | None = None) -> RunnableConfig:
    """A config."""
    configurable = {"thread_id": thread, "checkpoint_ns": ns}
    if id is not None:
        configurable["checkpoint_id"] = id
    return {"configurable": configurable}


def body(
    id: str, values: dict[str, Any] | None = None, versions: dict[str, Any] | None = None, v: int = 4
) -> Any:
    """A checkpoint. Versions are all "1" where none are given."""
    values = values or {}
    versions = dict.fromkeys(values, "1") if versions is None else versions
    return {**empty_checkpoint(), "v": v, "id": id, "channel_values": values, "channel_versions": versions}


def put(
    saver: Saver,
    thread: str,
    id: str,
    values: dict[str, Any] | None = None,
    versions: dict[str, Any] | None = None,
    *,
    ns: str = "",
    parent: str | None = None,
    metadata: dict[str, Any] | None = None,
    v: int = 4,
) -> RunnableConfig:
    """Save a checkpoint whose given values are all new."""
    checkpoint = body(id, values, versions, v)
    new = {channel: checkpoint["channel_versions"][channel] for channel in checkpoint["channel_values"]}
    given: Any = {"source": "loop", "step": 1, "parents": {}, **(metadata or {})}
    return saver.put(at(thread, ns, parent), checkpoint, given, new)


def ids(found: Any) -> list[str]:
    return [each.config["configurable"]["checkpoint_id"] for each in found]


def rows(saver: Any, thread: str) -> dict[str, list[tuple[Any, ...]]]:
    """Keys of all that a thread has, as the tables of a database would hold them."""
    return {
        "checkpoints": sorted(
            (ns, id) for ns, found in saver.storage.get(thread, {}).items() for id in found
        ),
        "writes": sorted(
            (*key[1:], *inner) for key, found in saver.writes.items() if key[0] == thread for inner in found
        ),
        "blobs": sorted(key[1:] for key in saver.blobs if key[0] == thread),
    }
