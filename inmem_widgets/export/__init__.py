"""What is watched as pandas DataFrames; needs no widget."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from itertools import repeat
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from inmem_widgets.core.cache import InMemoryCache
from inmem_widgets.core.change import MISSING
from inmem_widgets.core.store import InMemoryBaseStore
from inmem_widgets.export.caches import entries_frame
from inmem_widgets.export.checkpoints import checkpoints_frame
from inmem_widgets.export.columns import texts
from inmem_widgets.observables import known, observe
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.preview import preview
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import type_label

if TYPE_CHECKING:
    import pandas as pd


def to_frame(obj: Any, *, mask: bool | None = None) -> pd.DataFrame:
    """A DataFrame of what an in-memory store, cache or checkpointer holds, one row an item.

    - store: `key`, `type`, `size` (bytes), `exact` (False where the size is an estimate), `preview`
    - cache, in the order in which it would evict: `prompt`, `llm_string`, `asked` (the prompt as a view
      shows it: what was asked last, in short and masked), `generations` (how many), `text` (of the first),
      `hits`, `inserted`, `last_hit` (UTC), `load_time` (seconds from the miss to the answer),
      `input_tokens`, `output_tokens`, `size` (bytes of key and value, an estimate). Hits, times and loads
      are known while somebody watches the cache, as `inspect(cache)` does; what cannot be known is missing.
      Secrets in texts are masked, unless `mask=False`.
    - checkpointer: `thread_id`, `checkpoint_ns`, `checkpoint_id`, `parent_id`, `step`, `source`,
      `nodes` (tuple of the names that ran), `time` (UTC), `took` (seconds since the parent); oldest first
      within a thread. Any `BaseCheckpointSaver` is read whole for it; timelines (`inspect`) also have
      frames of writes, weights and diffs.

    The columns and their types are the same when there are no rows. Lone surrogates in texts,
    which Arrow cannot hold, become visible escapes.

    Args:
        mask: of caches: whether secrets are masked, as they are by default.

    Raises:
        TypeError: for any other object, or an option that does not go with it.
        RuntimeError: a checkpointer cannot be read now, or from its own event loop.
    """
    if mask is None:
        return _frame(obj)
    if not isinstance(obj, InMemoryCache):
        raise TypeError(f"mask: for caches only, and not for {type(obj).__name__}")
    if not isinstance(mask, bool):
        raise TypeError(f"mask: got {mask!r:.80}, accepted is True or False")
    return entries_frame(obj, known(obj), masked=mask)


@singledispatch
def _frame(obj: Any) -> pd.DataFrame:
    observe(obj)  # one place knows, and says, what is accepted
    raise AssertionError("unreachable")


@_frame.register(InMemoryBaseStore)
def _(obj: InMemoryBaseStore) -> pd.DataFrame:  # type: ignore[type-arg]
    return _items_frame(list(obj._store.items()))  # `.store` would make the prefix index doubt itself


@_frame.register(KeyBrowser)
def _(obj: KeyBrowser) -> pd.DataFrame:
    source, keys = obj.observable.source, obj.keys()
    values = map(({} if source is None else source._store).get, keys, repeat(MISSING))
    return _items_frame(
        [(key, value) for key, value in zip(keys, values, strict=True) if value is not MISSING]
    )


def _items_frame(items: Sequence[tuple[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    sizes = [size_of(value) for _, value in items]
    return pd.DataFrame(
        {
            "key": texts(key for key, _ in items),
            "type": pd.Series([type_label(value) for _, value in items], dtype="category"),
            "size": pd.Series([size for size, _ in sizes], dtype="Int64"),
            "exact": pd.Series([how == "exact" for _, how in sizes], dtype="bool"),
            "preview": texts(preview(value) for _, value in items),
        }
    )


@_frame.register(InMemoryCache)
def _(obj: InMemoryCache) -> pd.DataFrame:
    return entries_frame(obj, known(obj), masked=True)


@_frame.register(BaseCheckpointSaver)
def _(obj: BaseCheckpointSaver[Any]) -> pd.DataFrame:
    return checkpoints_frame(observe(obj))
