"""Which cell made a change: sync and async cells, their tasks and threads, and nothing that can break."""

from __future__ import annotations

import asyncio
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

from inmem_widgets import cells
from inmem_widgets.core.change import Change
from inmem_widgets.core.origin import Current, capture
from inmem_widgets.core.store import InMemoryStore
from inmem_widgets.widgets import KeyTable

WAIT = 30.0


class Notebook:
    """An IPython, and a store its cells write to."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.store, self.got = InMemoryStore[Any](), list[Change]()
        self.gate, self.done = threading.Event(), threading.Event()
        shell.user_ns.update(
            store=self.store, write=self.write, follow=self.follow, gate=self.gate, done=self.done,
            threading=threading, asyncio=asyncio, pool=ThreadPoolExecutor(1), wait=WAIT,
        )  # fmt: skip

    def follow(self) -> None:
        self.store.changes.listen(self.got.append, origin=True)

    def write(self, key: str) -> None:
        self.store.mset([(key, 1)])

    def run(self, code: str) -> int:
        """Run a cell; its number."""
        return self.shell.run_cell(code, store_history=True).execution_count

    async def arun(self, code: str) -> int:
        """As ipykernel does while its loop runs: in a task, and told of the end outside of it."""
        shell = self.shell
        ran = shell.run_cell_async(code, store_history=True, transformed_cell=shell.transform_cell(code))
        result = await asyncio.ensure_future(ran)
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
        result.raise_error()
        return result.execution_count

    def cells(self) -> dict[str, int | None]:
        assert self.store.changes.flush(WAIT)
        return {change.keys[0]: change.by.cell for change in self.got if change.by}


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    assert not InteractiveShell.initialized()
    made = Notebook(InteractiveShell.instance())
    yield made
    made.gate.set()
    cells.unfollow()
    assert not Current.threads
    InteractiveShell.clear_instance()
    assert capture()[1] is None


def test_each_cell_has_its_number_from_the_first_listener_on(notebook: Notebook) -> None:
    first = notebook.run("write('before'); follow(); write('a')")
    write = notebook.run("write('b')")
    last = notebook.run("write('c')\nraise ZeroDivisionError")
    notebook.write("outside")
    assert notebook.cells() == {"a": first, "b": write, "c": last, "outside": None}
    assert last == first + 2
    change = notebook.got[1]
    assert change.by is not None
    assert change.by.text() == f"cell [{write}]"


def test_listening_before_any_cell(notebook: Notebook) -> None:
    notebook.follow()
    notebook.write("none")
    number = notebook.run("write('a')")
    assert notebook.cells() == {"none": None, "a": number}


async def test_async_cells_and_what_they_leave_running(notebook: Notebook) -> None:
    notebook.follow()
    code = """
ready = asyncio.Event()
async def later():
    await ready.wait()
    write('task')
    await asyncio.to_thread(write, 'thread of the task')
left = asyncio.ensure_future(later())
await asyncio.sleep(0)
write('a')
await asyncio.to_thread(write, 'to_thread')
"""
    first = await notebook.arun(code)
    notebook.write("between")
    second = await notebook.arun("write('b'); ready.set(); await left; write('c')")
    assert notebook.cells() == {
        "a": first, "to_thread": first, "between": None, "b": second, "task": first,
        "thread of the task": first, "c": second,
    }  # fmt: skip


async def test_cells_that_run_at_the_same_time(notebook: Notebook) -> None:
    notebook.follow()
    code = "write('{0} 1'); await asyncio.sleep(0); write('{0} 2'); await asyncio.sleep(0); write('{0} 3')"
    numbers = await asyncio.gather(*(notebook.arun(code.format(n)) for n in range(3)))
    assert notebook.cells() == {f"{n} {k}": numbers[n] for n in range(3) for k in (1, 2, 3)}


def test_a_bare_thread_is_its_starters_and_a_pools_works_for_the_cell_that_runs(notebook: Notebook) -> None:
    notebook.follow()
    first = notebook.run(
        """
def slowly():
    write('thread, at once')
    done.set()
    gate.wait(wait)
    write('thread, later')
    done.set()
thread = threading.Thread(target=slowly)
thread.start()
done.wait(wait); done.clear()
pool.submit(write, 'pool, first').result()
"""
    )
    second = notebook.run("gate.set(); done.wait(wait); pool.submit(write, 'pool, second').result()")
    notebook.shell.user_ns["pool"].submit(notebook.write, "pool, no cell").result()
    assert notebook.cells() == {
        "thread, at once": first, "pool, first": first, "thread, later": first, "pool, second": second,
        "pool, no cell": None,
    }  # fmt: skip


def test_code_that_a_cell_has_run_is_the_cells(notebook: Notebook) -> None:
    notebook.follow()
    first = notebook.run("get_ipython().run_cell('write(1 and \\'inner\\')'); write('after')")
    numbered = (
        "ran = get_ipython().run_cell('write(\\'numbered\\')', store_history=True); write('after that')"
    )
    second = notebook.run(numbered)
    inner = notebook.shell.user_ns["ran"].execution_count
    assert notebook.cells() == {
        "inner": first, "after": first, "numbered": inner, "after that": second,
    }  # fmt: skip


def test_taking_the_hooks_off_breaks_nothing(notebook: Notebook) -> None:
    notebook.follow()
    notebook.run("write('a')")
    notebook.shell.events.unregister("pre_run_cell", cells._begin)
    number = notebook.run("write('b')")
    assert notebook.cells()["b"] is None
    cells.follow()
    notebook.shell.events.unregister("post_run_cell", cells._end)
    notebook.run("write('c')")
    cells.unfollow()
    cells.unfollow()
    notebook.run("write('d')")
    assert notebook.cells() == {"a": number - 1, "b": None, "c": number + 1, "d": None}
    assert notebook.shell.events.callbacks["pre_run_cell"] == []


def test_following_twice_is_following_once(notebook: Notebook) -> None:
    notebook.follow()
    notebook.follow()
    cells.follow()
    assert notebook.shell.events.callbacks["pre_run_cell"].count(cells._begin) == 1
    assert notebook.shell.events.callbacks["post_run_cell"].count(cells._end) == 1


def test_without_ipython_nothing_is_followed_nor_loaded() -> None:
    code = """
import sys
from inmem_widgets.core.store import InMemoryStore
store, got = InMemoryStore(), []
store.changes.listen(got.append, origin=True)
store.mset([("a", 1)])
store.changes.flush()
assert got[0].by.cell is None
assert "IPython" not in sys.modules and "inmem_widgets.cells" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=WAIT * 2)


def test_a_failure_to_follow_is_told_and_hurts_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("another IPython")

    monkeypatch.setattr(cells, "follow", fail)
    store, got = InMemoryStore[int](), queue.SimpleQueue[Change]()
    store.changes.listen(got.put, origin=True)
    store.mset([("a", 1)])
    assert got.get(timeout=WAIT).keys == ("a",)
    assert "cells of this notebook" in caplog.text


def test_in_a_real_kernel() -> None:
    sources = [
        "import asyncio, threading\nfrom inmem_widgets import InMemoryStore",
        "store, got = InMemoryStore(), []",
        "stop = store.changes.listen(got.append, origin=True)\nstore.mset([('first', 0)])",
        "store.mset([('sync', 0)])",
        "await asyncio.sleep(0)\nawait store.amset([('async', 0)])",
        "task = asyncio.create_task(asyncio.to_thread(store.mset, [('later', 0)]))",
        "await task\nthread = threading.Thread(target=store.mset, args=([('thread', 0)],))\n"
        "thread.start(); thread.join()",
        "print({change.keys[0]: change.by.cell for change in got if store.changes.flush() or True})",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in sources])
    NotebookClient(notebook, timeout=WAIT * 2, kernel_name="python3").execute()
    _, _, first, sync, others, later, thread, _ = [cell.execution_count for cell in notebook.cells]
    told = {"first": first, "sync": sync, "async": others, "later": later, "thread": thread}
    assert notebook.cells[-1].outputs[0].text.strip() == str(told)


def test_what_somebody_does_in_a_view_is_no_cells_doing(notebook: Notebook) -> None:
    table = KeyTable(notebook.store, editable=True)
    notebook.shell.user_ns["click"] = lambda: table._receive(table, message, [])
    params = {"key": "typed", "text": "1", "language": "json"}
    message = {"kind": "request", "view": "v", "id": 1, "method": "edit", "params": params}
    notebook.run("follow(); write('a'); click(); write('b')")
    found = notebook.cells()
    table.close()
    assert found == {"a": 1, "typed": None, "b": 1}
