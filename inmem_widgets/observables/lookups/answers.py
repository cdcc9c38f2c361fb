"""What views ask of cache counters: parameters checked, done, answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.entries import Key
from inmem_widgets.observables.keys.params import Params, number_of, param, path_of
from inmem_widgets.observables.keys.query import QueryError
from inmem_widgets.observables.lookups import code
from inmem_widgets.observables.lookups.held import find
from inmem_widgets.wire import Explanation, ValueNode, ValueView

if TYPE_CHECKING:
    from inmem_widgets.observables.lookups.browser import CacheBrowser

READ_ONLY = "what a model answered is shown, not changed"


class Answers:
    """The requests of `wire.Request` that are about caches, by name."""

    def __init__(self, browser: CacheBrowser) -> None:
        self._browser = browser

    def answer(self, method: str, params: Params, view: str) -> Any:
        if method not in ANSWERS:
            raise ValueError(f"method: got {method!r:.80}, accepted are look, ping, {', '.join(ANSWERS)}")
        return ANSWERS[method](self, params)

    def _mark(self, params: Params) -> None:
        self._browser.observable.mark(param(params, "on", bool, "true or false"))

    def _explain(self, params: Params) -> Explanation:
        browser, number = self._browser, number_of(params, "number")
        record = browser.observable.recorder.record(number)
        if record is None:
            raise LookupError(f"number: lookup {number} is not kept any more, only the latest are")
        return browser.survey.explain(record)

    def _what_if(self, params: Params) -> None:
        browser = self._browser
        if param(params, "run", bool, "true or false"):
            browser.simulation.begin(browser.observable.recorder)
        else:
            browser.simulation.cancel()

    def _entries(self, params: Params) -> None:
        browser = self._browser
        try:
            browser.query = browser.query.but(params)
        except QueryError as error:
            browser.refuse(error)
        else:
            if browser.problem is not None:
                browser.refuse(None)

    def _open(self, params: Params) -> None:
        browser = self._browser
        if "id" in params and params["id"] is None:
            browser.open_key = None
        else:
            browser.open_key = self._key(number_of(params, "id"))
            browser.look_again()

    def _locate(self, params: Params) -> dict[str, int | None]:
        return {"row": self._browser.entries.row_of(self._key(number_of(params, "id")))}

    def _value(self, params: Params) -> ValueView | ValueNode:
        from inmem_widgets.observables.formats import child_node, view_value  # see `warm`

        browser = self._browser
        format = param(params, "format", str, "the name of a format", None)
        offset = number_of(params, "offset", 0)
        opened, value = browser.screen.open_state(), browser.value
        assert opened is not None
        if params.get("path") is not None:
            return child_node(value, path_of(params), offset, format=format or "")
        return {
            "id": opened["id"],
            "version": opened["version"],
            **view_value(value, format=format, offset=offset),
            "edit": None,
            "reason": READ_ONLY,
        }

    def _code(self, params: Params) -> dict[str, str]:
        browser, of = self._browser, params.get("of")
        cache = code.variable(browser.name)
        if of == "stats":
            text = code.stats(cache, browser.observable.marked)
        elif of == "entries":
            text = code.entries(cache, browser.query)
        elif of in ("lookups", "history", "whatif"):
            text = code.frame(cache, of)
        elif of == "value":
            if browser.open_key is None:
                raise LookupError("open_key: no entry is open")
            text = code.value(cache, browser.open_key)
        else:
            accepted = "'stats', 'entries', 'lookups', 'history', 'whatif', 'value'"
            raise ValueError(f"of: got {of!r:.80}, accepted are {accepted}")
        return {"code": text}

    def _key(self, number: int) -> Key:
        key = find(self._browser.observable.source, number)
        if key is None:
            raise LookupError(f"id: {number} is of no entry that is cached now")
        return key


ANSWERS: dict[str, Callable[[Answers, Params], Any]] = {
    "mark": Answers._mark,
    "explain": Answers._explain,
    "whatif": Answers._what_if,
    "entries": Answers._entries,
    "open": Answers._open,
    "locate": Answers._locate,
    "value": Answers._value,
    "code": Answers._code,
}
