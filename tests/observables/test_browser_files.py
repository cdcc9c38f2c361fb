"""Cells that reproduce, and files of what is listed."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from inmem_widgets import KeyTable
from tests.observables.browsing import Make, numbered, store_of

KEYS = ["plain", 'it\'s "quoted"', "new\nline", "\ud800", "‮bidi", "{x}", "\\", "", "مرحبا", "*?[a]"]


def run(code: str, store: Any, name: str = "store") -> Any:
    """What a cell evaluates to, with the widgets it made."""
    names: dict[str, Any] = {name: store}
    *lines, last = code.rsplit("\n", 1) if "\n" in code else ["", code]
    try:
        value = compile(last, "cell", "eval")
    except SyntaxError:
        exec(compile(code, "cell", "exec"), names)
        return None
    exec(compile("\n".join(lines), "cell", "exec"), names)
    return eval(value, names)


@pytest.mark.parametrize("key", KEYS)
def test_cells_run_with_any_key(browse: Make, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    store = store_of({key: "value", "other": 2, "third": 3})
    browser = browse(store, editable=True, name="keys", filter=key, mode="text", sort="key", descending=True)
    browser.open_key, browser.selection = key, [key, "third"]

    def cell(of: str) -> str:
        return str(browser.answer("code", {"of": of})["code"])

    table = run(cell("view"), store, "keys")
    assert isinstance(table, KeyTable)
    assert table.query == browser.query
    assert table.browser.editable
    table.close()
    assert run(cell("value"), store, "keys") == "value"
    assert run(cell("selection"), store, "keys") == {key: "value", "third": 3}
    run(cell("delete"), store, "keys")
    assert [*store.store] == ["other"]
    store.mset([(key, 1)])
    listed = browser.keys()
    run(cell("bulk"), store, "keys")
    assert not set(listed) & store.store.keys()
    assert "deleted" in capsys.readouterr().out


def test_the_cell_of_a_view_says_only_what_differs(browse: Make) -> None:
    store = numbered(2)
    code = browse(store, name="store").answer("code", {"of": "view"})["code"]
    assert code == "from inmem_widgets import inspect\n\ninspect(store)"
    browser = browse(store, name="not a name", filter="prod:*", sort="size", descending=True)
    assert browser.answer("code", {"of": "view"})["code"].endswith(
        "inspect(store, filter='prod:*', sort='size', descending=True)"
    )
    browser = browse(store, name="table", types=("int", "str"), min_size=3, formatters={"x": str})
    assert run(browser.answer("code", {"of": "view"})["code"], store, "table").query == browser.query
    browser.selection = ["k0"]
    run(browser.answer("code", {"of": "bulk"})["code"], store, "table")
    with pytest.raises(LookupError, match="no key is open"):
        browser.answer("code", {"of": "value"})
    with pytest.raises(ValueError, match="of: got 'nothing', accepted are 'view'"):
        browser.answer("code", {"of": "nothing"})
    browser.selection = []
    with pytest.raises(LookupError, match="selection: nothing is selected"):
        browser.answer("code", {"of": "delete"})
    browser.selection = [str(i) for i in range(1_001)]
    with pytest.raises(ValueError, match="selection: 1,001 keys are selected, at most 1,000 fit"):
        browser.answer("code", {"of": "selection"})


def test_files_are_of_what_is_listed(browse: Make) -> None:
    browser = browse(numbered(30), filter="k1", sort="key", descending=True, name="my_store")

    def file(view: str) -> tuple[str, list[str]]:
        data, number = b"", 0
        while True:
            piece = browser.answer("export", {"format": "jsonl", "piece": number}, view)
            data += base64.b64decode(piece["data"])
            number += 1
            if piece["last"]:
                return piece["name"], [json.loads(line)["key"] for line in data.splitlines()]

    assert file("a") == ("my_store.jsonl", browser.keys())
    browser.answer("query", {"filter": "k2"})
    assert file("a") == file("b") == ("my_store.jsonl", browser.keys())
    for params, message in (
        ({"format": "xls", "piece": 0}, "format: got 'xls'"),
        ({"format": "csv"}, "piece: missing"),
        ({"format": "csv", "piece": 1}, "piece: got 1, but no such file"),
        ({"piece": 0}, "format: missing"),
    ):
        with pytest.raises((ValueError, TypeError, LookupError), match=message):
            browser.answer("export", params, "a")


def test_two_views_may_fetch_files_at_the_same_time(browse: Make) -> None:
    store = store_of({f"k{i}": "x" * 10_000 for i in range(200)})
    browser = browse(store)
    pieces: dict[str, list[str]] = {"a": [], "b": []}
    for number in range(3):
        for view, got in pieces.items():
            piece = browser.answer("export", {"format": "csv", "piece": number}, view)
            if number == 0:  # it did not arrive
                store.mset([("k0", view)])
                piece = browser.answer("export", {"format": "csv", "piece": 0}, view)
            got.append(piece["data"])
    assert piece["last"]
    assert len(pieces["a"]) == len(pieces["b"]) == 3
    first = base64.b64decode(pieces["a"][0]).splitlines()[1]
    assert first.endswith(b'x"')  # as it was when the file was begun
