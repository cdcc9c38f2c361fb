"""All logic of one key table: what is listed, selected and open, and what its views ask for."""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Callable, Mapping
from typing import Any

import regex
import traitlets

from inmem_widgets.observables.keys.query import Query, QueryError
from inmem_widgets.observables.session import State
from inmem_widgets.observables.states import windowed
from inmem_widgets.observables.store import ObservableStore
from inmem_widgets.observables.tree import descend, value_node
from inmem_widgets.wire import KeyRow, OpenKey, Problem

SELECTED = 100_000
"""Keys selected at the most."""


class Keys(traitlets.List):  # type: ignore[type-arg]
    """A list of keys, checked in one go."""

    def validate(self, obj: Any, value: Any) -> list[str]:
        accepted = f"accepted is a list of at most {SELECTED:,} keys (str)"
        if not isinstance(value, list | tuple):
            raise traitlets.TraitError(f"{self.name}: got {type(value).__name__}, {accepted}")
        wrong = next((key for key in value if not isinstance(key, str)), None)
        if wrong is not None:
            raise traitlets.TraitError(f"{self.name}: got {wrong!r:.80} in it, {accepted}")
        if len(value) > SELECTED:
            raise traitlets.TraitError(f"{self.name}: got {len(value):,} keys, {accepted}")
        return list(dict.fromkeys(value))


class KeyBrowser(traitlets.HasTraits):
    """What one key table shows of a store."""

    query = traitlets.Instance(Query)
    selection = Keys()
    open_key = traitlets.Unicode(None, allow_none=True)

    def __init__(
        self,
        observable: ObservableStore,
        *,
        query: Query = Query(),  # noqa: B008  # immutable
        editable: bool = False,
        formatters: Mapping[str, Callable[[Any], Any]] | None = None,
    ) -> None:
        self._observable: ObservableStore | None = observable
        self.editable = editable
        self._lock = threading.RLock()
        self._updates: list[Callable[[], None]] = []
        self._problem: Problem | None = None
        self._known: dict[int, str] = {}
        super().__init__(query=query)
        self.observe(lambda _: self._tell(), ["query", "selection", "open_key"])
        self._stop = observable.on_update(self._tell)

    @property
    def observable(self) -> ObservableStore:
        if self._observable is None:
            raise RuntimeError("the table is closed: make another with inspect(store)")
        return self._observable

    def on_update(self, fn: Callable[[], None]) -> Callable[[], None]:
        """Call `fn` whenever there may be something new to show; returns the way to stop."""
        self._updates.append(fn)

        def stop() -> None:
            if fn in self._updates:
                self._updates.remove(fn)

        return stop

    def _tell(self) -> None:
        for fn in tuple(self._updates):
            fn()

    def close(self) -> None:
        """Stop, and let go of the observable."""
        if self._observable is None:
            return
        self._stop()
        del self._stop  # it holds the observable
        self._updates.clear()
        self._observable = None

    # -- what is shown --

    def keys(self) -> list[str]:
        """All keys listed, in the order shown."""
        source = self.observable.source
        if source is None:
            return []
        query, data = self.query, source._store
        keys = [k for k in list(data) if k.startswith(query.namespace)]
        if query.filter:
            text, folded = query.filter, query.filter.islower()
            if query.matching == "text":
                keys = [k for k in keys if text in (k.lower() if folded else k)]
            else:
                pattern = text if query.matching == "regex" else fnmatch.translate(text)
                keys = [k for k in keys if regex.search(pattern, k)]
        rows = {key: self._row(key) for key in keys} if query.by_value else {}
        if query.types:
            keys = [k for k in keys if rows[k]["type"] in query.types]
        if query.min_size is not None or query.max_size is not None:
            low, high = query.min_size or 0, query.max_size or 1 << 62
            keys = [k for k in keys if low <= (rows[k]["size"] or 0) <= high]
        if query.sort == "key":
            keys.sort()
        elif query.sort != "stored":
            keys.sort(key=lambda k: str(rows[k].get(query.sort)))
        return keys[::-1] if query.descending else keys

    def _row(self, key: str) -> KeyRow:
        source = self.observable.source
        value = None if source is None else source._store.get(key)
        return self.observable._row(key, value)

    def _window(self, start: int, stop: int) -> tuple[int, list[KeyRow]]:
        if self.query.natural:
            return self.observable.window(start, stop)
        keys = self.keys()
        return len(keys), [self._row(key) for key in keys[start:stop]]

    def state(self, params: Mapping[str, Any]) -> State:
        """A `KeyTableState` but for `seq`, `now` and `title`; parameters: start, stop, tree, expanded,
        space, recent."""
        shown = windowed(self._window, params)
        source = self.observable.source
        for row in shown["rows"]:
            self._known[row["id"]] = row["key"]
        selection = self.selection
        return {
            "total": self.observable.size,
            "bytes": None,
            "bytes_how": "sampled",
            **shown,
            "changes": self.observable.changes,
            "query": self.query.wire(),
            "matching": self.query.matching,
            "delimiters": ":" if self.query.delimiters is None else self.query.delimiters,
            "problem": self._problem,
            "progress": None,
            "doing": "",
            "selection": [self._row(key)["id"] for key in selection[:200]],
            "selected": len(selection),
            "open": self._open_state(),
            "deleted": [],
            "editable": self.editable,
            "takes": "bytes" if getattr(source, "_values", object) is bytes else "any",
            "tree": [] if params.get("tree") else None,
            "space": None,
            "recent": [] if params.get("recent") else None,
            "bulk": None,
        }

    def _open_state(self) -> OpenKey | None:
        key, source = self.open_key, self.observable.source
        if key is None:
            return None
        row = self._row(key)
        gone = source is None or key not in source
        version = hash((row["size"], row["preview"], row["changed"])) & ((1 << 53) - 1)
        return {
            "id": row["id"], "key": row["key"], "type": row["type"], "size": row["size"], "how": row["how"],
            "changed": row["changed"], "version": version, "gone": gone,
        }  # fmt: skip

    # -- what views ask for --

    def answer(self, method: str, params: Mapping[str, Any]) -> Any:
        """The result of a request; see `wire.Request`."""
        if method == "query":
            try:
                self.query, self._problem = self.query.but(params), None
            except QueryError as error:
                self._problem = {"field": error.field, "message": error.message, "at": error.at}
                self._tell()
        elif method == "select":
            if "ids" in params:
                keys = [self._known[number] for number in params["ids"]]
            else:
                keys = self.keys()[params["first"] : params["last"] + 1]
            self.selection = [*self.selection, *keys] if params.get("add") else keys
        elif method == "open":
            self.open_key = None if params.get("id") is None else self._known[params["id"]]
        elif method == "locate":
            key, keys = self._known[params["id"]], self.keys()
            return {"row": keys.index(key) if key in keys else None}
        elif method == "value":
            opened, source = self._open_state(), self.observable.source
            if opened is None or source is None or self.open_key is None:
                raise LookupError("no key is open")
            value = source._store[self.open_key]
            if "path" in params:
                return value_node(*descend(value, params["path"]), depth=1)
            tree = {"kind": "tree", "node": value_node("", value, depth=1), "loads": True}
            return {
                "id": opened["id"], "version": opened["version"], "formats": ["fields"], "format": "fields",
                "packed": None, "blocks": [tree], "edit": None, "reason": "not editable",
            }  # fmt: skip
        else:
            raise ValueError(f"method: got {method!r}, which this kernel does not answer")
        return None
