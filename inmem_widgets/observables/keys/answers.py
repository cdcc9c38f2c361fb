"""What views ask of a key table: parameters checked, done, answered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.change import MISSING
from inmem_widgets.core.store import InMemoryBaseStore
from inmem_widgets.observables.keys import code
from inmem_widgets.observables.keys.edits import NotEditable, editable, write
from inmem_widgets.observables.keys.exports import Export
from inmem_widgets.observables.keys.keylist import MOST
from inmem_widgets.observables.keys.params import REQUIRED, Params, number_of, param, path_of
from inmem_widgets.observables.keys.query import QueryError
from inmem_widgets.wire import Edit, Edited, Piece, ValueNode, ValueView

if TYPE_CHECKING:
    from inmem_widgets.observables.keys.browser import KeyBrowser

EXPORTS = 4
"""Files made at the same time; the one asked for longest ago is given up."""
KEY = 10_000
"""Characters of a new key."""
READ_ONLY = "the table is read-only; make one with inspect(store, editable=True) to change values"


class Answers:
    """The requests of `wire.Request` that are about keys, by name."""

    def __init__(self, browser: KeyBrowser) -> None:
        self._browser = browser
        self._exports: OrderedDict[tuple[str, str], Export] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, method: str, params: Params, view: str) -> Any:
        if method == "export":
            return self._export(params, view)
        if method not in ANSWERS:
            raise ValueError(
                f"method: got {method!r:.80}, accepted are look, ping, {', '.join(ANSWERS)}, export"
            )
        return ANSWERS[method](self, params)

    def close(self) -> None:
        with self._lock:
            self._exports.clear()

    # -- what is listed and marked --

    def _query(self, params: Params) -> None:
        browser = self._browser
        try:
            if isinstance(namespace := params.get("namespace"), str):
                params = {**params, "namespace": browser.screen.namespaces.full(namespace)}
            browser.query = browser.query.but(params)
        except QueryError as error:
            browser.refuse(error)
        else:
            if browser.problem is not None:
                browser.refuse(None)

    def _cancel(self, params: Params) -> None:
        bulk = self._browser.bulk
        if bulk is not None and bulk.running:
            bulk.cancel()
        else:
            self._browser.listing.cancel()

    def _select(self, params: Params) -> None:
        browser = self._browser
        if "ids" in params:
            keys = self._keys(_ids(params))
        else:
            first, last = number_of(params, "first"), number_of(params, "last")
            if last - first >= MOST:
                raise ValueError(
                    f"last: {last - first + 1:,} rows from {first:,} on, at most {MOST:,} keys can be "
                    "selected; narrow the filter"
                )
            keys = browser.listed.keys(first, last + 1)
        add = param(params, "add", bool, "true or false", False)
        browser.selection = [*browser.selection, *keys] if add else keys

    def _open(self, params: Params) -> None:
        number = params.get("id", REQUIRED)
        if number is None:
            self._browser.open_key = None
        else:
            self._browser.open_key = self._key(number_of(params, "id"))
            self._browser.look_again()

    def _locate(self, params: Params) -> dict[str, int | None]:
        return {"row": self._browser.listed.row_of(self._key(number_of(params, "id")))}

    # -- values --

    def _value(self, params: Params) -> ValueView | ValueNode:
        from inmem_widgets.observables.formats import child_node, view_value  # see `warm`

        browser = self._browser
        format = param(params, "format", str, "the name of a format", None)
        offset = number_of(params, "offset", 0)
        opened, value = browser.screen.open_state(), browser.value
        assert opened is not None
        if params.get("path") is not None:
            return child_node(value, path_of(params), offset, format=format or "", own=browser.formatters)
        edit, reason = self._edit_of(value)
        return {
            "id": opened["id"],
            "version": opened["version"],
            **view_value(value, format=format, offset=offset, own=browser.formatters),
            "edit": None if offset else edit,
            "reason": reason,
        }

    def _edit_of(self, value: object) -> tuple[Edit | None, str]:
        if not self._browser.editable:
            return None, READ_ONLY
        try:
            return editable(value), ""
        except NotEditable as error:
            return None, str(error)

    # -- changes --

    def _edit(self, params: Params) -> Edited:
        store = self._writable()
        language = params.get("language")
        if language not in ("text", "json"):
            raise ValueError(f"language: got {language!r:.80}, accepted are 'text' and 'json'")
        text = param(params, "text", str, "a str")
        new = "key" in params
        if new:
            key = param(params, "key", str, "a str")
            if len(key) > KEY:
                raise ValueError(f"key: got {len(key):,} characters, at most {KEY:,} are accepted")
        else:
            key = self._key(number_of(params, "id"))
        token = "" if new else param(params, "token", str, "what the value to be edited came with")
        done = write(store, key, text, language, None if new else token)
        if isinstance(done, bool):
            return {
                "id": self._browser.observable.key_id(key) if done else None,
                "conflict": None,
                "missing": not done,
            }
        return {"id": None, "conflict": done, "missing": False}

    def _delete(self, params: Params) -> dict[str, int]:
        browser, store = self._browser, self._writable()
        if params.get("ids", REQUIRED) is None:
            keys, count = browser.selection, number_of(params, "count")
            if count != len(keys):
                raise ValueError(
                    f"count: {count:,} keys were confirmed, {len(keys):,} are selected now; confirm again"
                )
        else:
            keys = self._keys(_ids(params))
        deleted = store._delete(keys)
        gone = set(keys)
        if not gone.isdisjoint(browser.selection):
            browser.selection = [key for key in browser.selection if key not in gone]
        return {"deleted": deleted}

    def _bulk(self, params: Params) -> None:
        self._writable()
        if params.get("query") != self._browser.query.wire():
            raise ValueError("query: what was confirmed is not what is listed now; confirm again")
        self._browser.delete_all(number_of(params, "count"), number_of(params, "changes"))

    # -- to take away --

    def _export(self, params: Params, view: str) -> Piece:
        browser = self._browser
        form = param(params, "format", str, "'csv', 'jsonl' or 'parquet'")
        number = number_of(params, "piece")
        place = view, form
        with self._lock:
            export = self._exports.get(place)
            if number == 0 and (export is None or not export.fresh):
                export = Export(browser.observable, browser.keys(), form, code.variable(browser.name))
                self._exports[place] = export
                self._exports.move_to_end(place)
                while len(self._exports) > EXPORTS:
                    self._exports.popitem(last=False)
        if export is None:
            raise LookupError(f"piece: got {number}, but no such file is being made; begin with 0")
        return export.piece(number)

    def _code(self, params: Params) -> dict[str, str]:
        browser = self._browser
        store, of = code.variable(browser.name), params.get("of")
        if of == "view":
            text = code.view(store, browser.query, editable=browser.editable, own=bool(browser.formatters))
        elif of == "value":
            if browser.open_key is None:
                raise LookupError("open_key: no key is open")
            text = code.value(store, browser.open_key)
        elif of == "selection":
            text = code.selection(store, browser.selection)
        elif of == "delete":
            text = code.delete(store, browser.selection)
        elif of == "bulk":
            text = code.bulk(store, browser.query)
        else:
            raise ValueError(
                f"of: got {of!r:.80}, accepted are 'view', 'value', 'selection', 'delete', 'bulk'"
            )
        return {"code": text}

    # -- shared --

    def _writable(self) -> InMemoryBaseStore[Any]:
        if not self._browser.editable:
            raise PermissionError(READ_ONLY)
        source = self._browser.observable.source
        if source is None:
            raise LookupError("the store is gone: nothing in the kernel holds it any more")
        return source

    def _key(self, number: int) -> str:
        key = self._browser.observable.key_of(number)
        if key is None:
            raise LookupError(f"id: {number} is of no key shown lately; scroll to it and try again")
        return key

    def _keys(self, numbers: list[int]) -> list[str]:
        return list(map(self._key, numbers))


ANSWERS: dict[str, Callable[[Answers, Params], Any]] = {
    "query": Answers._query,
    "cancel": Answers._cancel,
    "select": Answers._select,
    "open": Answers._open,
    "locate": Answers._locate,
    "value": Answers._value,
    "edit": Answers._edit,
    "delete": Answers._delete,
    "bulk": Answers._bulk,
    "code": Answers._code,
}


def _ids(params: Params) -> list[int]:
    ids: list[int] = param(params, "ids", list, "a list of ids (int)")
    wrong = next((number for number in ids if type(number) is not int), MISSING)
    if wrong is not MISSING:
        raise TypeError(f"ids: got {wrong!r:.80} in it, accepted is a list of ids (int)")
    return ids
