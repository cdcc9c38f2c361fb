"""How often what changes elsewhere is read: the same for all kinds, and on demand."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from langchain_classic.storage import LocalFileStore
from langchain_core.caches import InMemoryCache as Upstream
from langgraph.checkpoint.memory import InMemorySaver as UpstreamSaver

from inmem_widgets import InMemoryStore, inspect, observe


@lru_cache
def double(x: int) -> int:
    return 2 * x


MAKERS: dict[str, Any] = {
    "files": lambda path: LocalFileStore(path),
    "saver": lambda path: UpstreamSaver(),
    "dict": lambda path: {"a": 1},
    "function": lambda path: double,
}


@pytest.mark.parametrize("kind", [*MAKERS])
def test_the_interval_is_stated_and_can_be_told(kind: str, tmp_path: Path) -> None:
    obj = MAKERS[kind](tmp_path)

    def interval(widget: Any) -> Any:
        return widget._state({})["watched"]["interval"]

    widgets = [inspect(obj, refresh=0.5), inspect(obj), inspect(obj, refresh=None)]
    assert [interval(each) for each in widgets] == [None] * 3  # of all who look, the last word counts
    observe(obj).interval = 2.0
    assert interval(widgets[0]) >= 2.0  # more where reading takes its time
    assert widgets[0].refresh(20)
    for each in widgets:
        each.close()


def test_files_written_elsewhere_show_on_demand(tmp_path: Path) -> None:
    store = LocalFileStore(tmp_path)
    table = inspect(store, refresh=None)
    assert table.observable.size == 0
    (tmp_path / "new").write_bytes(b"x")
    assert table.refresh(20)
    assert table.observable.size == 1
    table.close()


def test_what_is_never_read_takes_it_in_good_part() -> None:
    objs: list[Any] = [InMemoryStore(), Upstream()]
    for obj in objs:
        widget = inspect(obj, refresh=3)
        assert observe(obj).interval is None and widget.refresh()
        widget.close()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [("1", TypeError), (True, TypeError), (0, ValueError), (-1, ValueError), (float("inf"), ValueError)],
)
def test_what_is_no_interval_is_refused_before_anything_is_made(wrong: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="refresh: got .*, accepted is"):
        inspect(InMemoryStore(), refresh=wrong)
