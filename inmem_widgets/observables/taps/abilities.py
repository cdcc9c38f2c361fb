"""What can be known of each kind of object, and what cannot: docs/abilities.md is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from inmem_widgets.wire import Watched

if TYPE_CHECKING:
    from inmem_widgets.observables.base import Observable

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Abilities(NamedTuple):
    """What watching an object tells. All texts are for people.

    Attributes:
        accepts: The types.
        how: As `wire.Watched.how`.
        events: Kinds of the changes it tells of, as `Change.kind`.
        counters: Where figures come from.
        content: What is listed.
        values: Where shown values come from.
        old: Whether the values before a change are known.
        evictions: Whether it is known what had to go.
        elsewhere: How changes show that others make: another process, code that goes past the object.
        unknown: Figures that cannot be known, by the name of the state's field, and why.
        note: What is good to know; "" for nothing.
        namespaced: Whether keys are the texts of places in one of LangGraph's stores.
    """

    accepts: str
    how: Literal["events", "tapped", "read", "recorded"]
    events: tuple[str, ...]
    counters: str
    content: str
    values: str
    old: str
    evictions: str
    elsewhere: str
    unknown: Mapping[str, str] = NOTHING
    note: str = ""
    namespaced: bool = False


STORE = ("set", "delete", "get", "reset")
CACHE = ("hit", "miss", "insert", "refresh", "clear")
SAVER = ("put", "put_writes", "delete_thread", "copy_thread", "prune", "delete_for_runs")
EVERY = "read every second while anybody looks, and on demand"
NO_EVICTIONS = "the cache does not tell what it evicts"
RACING = "but what threads do to one key at the same moment may count as an insert or eviction more"
SEEN = "Entries are those seen since watching began; never cached (cold) means not since then."

ABILITIES: Final[Mapping[str, Abilities]] = MappingProxyType(
    {
        "own stores": Abilities(
            "`inmem_widgets.InMemoryStore`, `InMemoryByteStore`",
            "events", STORE, "exact", "all keys", "the store itself", "yes", "nothing is evicted",
            "there is none but what is written into its dict directly, which shows without an event",
        ),
        "own caches": Abilities(
            "`inmem_widgets.InMemoryCache`",
            "events", CACHE, "exact, of its whole life", "all entries", "the cache itself", "yes", "each",
            "there is none",
        ),
        "own savers": Abilities(
            "`inmem_widgets.InMemorySaver`",
            "events", SAVER, "exact", "all checkpoints", "the checkpointer itself", "checkpoints stay",
            "nothing is evicted", "there is none",
        ),
        "stores": Abilities(
            "any `langchain_core.stores.BaseStore`",
            "tapped", STORE[:3], "exact since watching began", "all keys, from `yield_keys`",
            "read when they are shown", "of keys seen since watching began", "unknown",
            f"keys: {EVERY}",
        ),
        "memory stores": Abilities(
            "`langchain_core.stores.InMemoryStore`, `InMemoryByteStore`",
            "tapped", STORE[:3], "exact since watching began", "all keys", "the store itself", "yes",
            "nothing is evicted", "what is written into its dict directly shows without an event",
        ),
        "long-term stores": Abilities(
            "any `langgraph.store.base.BaseStore`",
            "tapped", STORE[:3], "exact since watching began", "all items, namespaces as the tree",
            "read when they are shown", "of items seen since watching began",
            "unknown: what expires (TTL) is gone at the next reading",
            f"of SQLite and Postgres {EVERY}; of others on demand", namespaced=True,
        ),
        "mappings": Abilities(
            "any other `MutableMapping`, and `watched_dict(…)`",
            "tapped", STORE[:3], "exact since watching began", "all keys, as text", "the mapping itself",
            "yes", "unknown", f"keys: {EVERY}",
        ),
        "dicts": Abilities(
            "`dict`, and other mappings that cannot be tapped: written in C, or with `__slots__` but no "
            "`__weakref__`",
            "read", ("set", "delete"), "as read", "all keys, as text", "the mapping itself", "as read",
            "nothing is evicted", EVERY,
            note="It cannot tell of changes: it is read. watched_dict(d) is a dict that does, and says who.",
        ),
        "caches": Abilities(
            "any other `langchain_core.caches.BaseCache`, sync or async",
            "tapped", CACHE, "exact since watching began", "entries seen since watching began",
            "the latest 2,000 seen; none is looked up", "of entries seen", "unknown",
            "entries show when they are hit",
            MappingProxyType({
                "evictions": NO_EVICTIONS,
                "size": "only entries seen since watching began are known",
                "maxsize": "the cache does not tell its limit",
                "bytes": "only entries seen since watching began are known",
            }),
            SEEN,
        ),
        "memory caches": Abilities(
            "`langchain_core.caches.InMemoryCache`",
            "tapped", CACHE, f"exact since watching began, {RACING}", "all entries", "the cache itself",
            "yes", "each, told by what is gone after an update",
            "what is written into its dict directly shows without an event",
            note="Never cached (cold) means not since watching began.",
        ),
        "cachetools": Abilities(
            "`cachetools` caches, and functions under `cachetools.cached` by their cache",
            "tapped", (*CACHE, "evict"), "exact since watching began", "all entries, keys as text",
            "the cache itself", "yes", "each: what had to make room, and what expired",
            "what cachetools itself does is seen; there is nothing else",
            note="Never cached (cold) means not since watching began.",
        ),
        "lru functions": Abilities(
            "functions under `functools.lru_cache` and `functools.cache`",
            "read", (), f"`cache_info()`, {EVERY}", "nothing: the entries cannot be reached", "none", "no",
            "unknown", "counted by the function itself",
            MappingProxyType({
                "inserts": "the function counts no inserts",
                "refreshes": "the function counts no inserts",
                "evictions": "the function does not tell what it evicts",
                "clears": "the function counts no clears",
                "bytes": "the entries cannot be reached",
                "saved": "single calls are not seen",
                "stampedes": "single calls are not seen",
                "lookups": "single calls are not seen",
                "why": "single calls are not seen",
                "whatif": "single calls are not seen",
                "rows": "the entries cannot be reached",
            }),
            "Counters only: Python tells no more. They go on after a cache_clear(), if a reading notices it.",
        ),
        "savers": Abilities(
            "any other `BaseCheckpointSaver`, sync or async",
            "tapped", SAVER, "exact for what has been read", "all checkpoints, the newest first",
            "read when they are shown", "checkpoints stay", "nothing is evicted",
            f"{EVERY}: what is new at once, all of it now and then",
        ),
        "recorded": Abilities(
            "what `replay(…)` opens",
            "recorded", (), "as recorded", "as recorded", "as recorded", "as recorded", "as recorded",
            "nothing changes but what was recorded",
        ),
    }
)  # fmt: skip
"""By the name of the kind."""


def namespaced(observable: Observable[Any]) -> bool:
    """Whether keys are the texts of places in one of LangGraph's stores."""
    return observable.abilities.namespaced


def watched_state(observable: Observable[Any]) -> Watched | None:
    """How an object is watched, for the wire; None where it tells of its changes by itself."""
    able = observable.abilities
    if able.how == "events":
        return None
    reading = observable.reading
    return {
        "how": able.how,
        "interval": None if reading is None else reading["every"],
        "read": None if reading is None else reading["read"],
        "progress": None if reading is None else reading["progress"],
        "problem": "" if reading is None else reading["problem"],
        "unknown": dict(able.unknown),
        "note": able.note,
    }
