"""`%%watch` in IPython's own shell: what the cell did is told, and the cell runs as it would without."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from inmem_widgets import InMemoryCache, InMemoryStore, cells

Run = Callable[[str], Any]


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance(colors="nocolor")
    made.user_ns.update(store=InMemoryStore(), cache=InMemoryCache(), stores={"a b": InMemoryStore()})
    made.run_line_magic("load_ext", "inmem_widgets")
    yield made
    made.run_line_magic("unload_ext", "inmem_widgets")
    InteractiveShell.clear_instance()


@pytest.fixture
def run(shell: InteractiveShell) -> Run:
    return lambda code: shell.run_cell(code, store_history=True)


def seen(shell: InteractiveShell, name: str = "seen") -> Any:
    return shell.user_ns[name]


def test_the_report_is_under_the_cell(
    shell: InteractiveShell, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run("%%watch store cache --to seen --name 'my run'\nstore.mset([('a', 1)])\n'the value'")
    assert result.success and result.result == "the value"
    told = capsys.readouterr().out
    assert "store (InMemoryStore): 1 added" in told
    assert "cache (InMemoryCache): nothing changed" in told
    assert seen(shell).cell == shell.execution_count - 1
    assert seen(shell).name == "my run"
    assert f"cell [{seen(shell).cell}] · my run" in told


def test_the_cell_is_the_one_of_what_it_does_where_ipython_counts_cells_at_their_end(
    shell: InteractiveShell, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "COUNTED_FIRST", False)  # as before 9.8
    for _ in range(2):  # cells are followed since the first
        run("%%watch store --to seen\nstore.mset([('a', 1)])")
        assert seen(shell).cell == shell.execution_count
    (change,) = seen(shell).changes(shell.user_ns["store"])
    assert change.by.cell == seen(shell).cell
    cells.unfollow()


def test_what_cannot_be_shown_is_ended_all_the_same(
    shell: InteractiveShell, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("inmem_widgets.ipython.display", fails)
    monkeypatch.setattr(shell, "kernel", None, raising=False)  # as in a notebook
    result = run("%%watch store --to seen\nstore.mset([('a', 1)])")
    assert isinstance(result.error_in_exec, BrokenPipeError)
    assert not (seen(shell).running or shell.user_ns["store"].changes.active)


def test_a_cell_that_raises(shell: InteractiveShell, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    result = run("%%watch store --to seen\nstore.mset([('a', 1)])\n\n1 / 0")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    told = capsys.readouterr().out
    assert "----> 4 1 / 0" in told
    assert "ipython.py" not in told  # nothing of ours is in the traceback
    assert "raised ZeroDivisionError: division by zero" in told
    assert seen(shell).summary(shell.user_ns["store"])["added"] == 1


def test_a_cell_that_cannot_be_compiled(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(run("%%watch store\nif x\n").error_before_exec, SyntaxError)
    assert "added" not in capsys.readouterr().out


def test_await_at_the_top(shell: InteractiveShell, run: Run) -> None:
    code = "import asyncio\nawait asyncio.sleep(0)\nawait store.amset([('a', 1)])"
    assert run(f"%%watch store --to seen\n{code}").success
    assert seen(shell).summary(shell.user_ns["store"])["added"] == 1


def test_in_one_another(shell: InteractiveShell, run: Run) -> None:
    inner = "get_ipython().run_cell('%%watch store --to inner\\nstore.mset([(\"b\", 1)])')"
    empty = "get_ipython().run_cell('')"
    magic = "get_ipython().run_cell_magic('watch', 'store --to magic', 'store.mset([(\"c\", 1)])')"
    run(f"%%watch store --to seen\nstore.mset([('a', 1)])\n{inner}\n{empty}\n{magic}\nstore.mset([('d', 1)])")
    added = {n: seen(shell, n).summary(shell.user_ns["store"])["added"] for n in ("seen", "inner", "magic")}
    assert added == {"seen": 4, "inner": 1, "magic": 1}


def test_what_comes_first_stays_first(shell: InteractiveShell, run: Run) -> None:
    head = "from __future__ import annotations\nfrom __future__ import generator_stop\n"
    assert run(f"%%watch store --to seen\n{head}store.mset([('a', 1)])").success
    assert seen(shell).summary(shell.user_ns["store"])["added"] == 1


def test_below_other_magics(shell: InteractiveShell, run: Run) -> None:
    assert run("%%time\n%%watch store --to seen\nstore.mset([('a', 1)])").success
    assert run("%%capture out\n%%watch cache --to other\ncache.lookup('p', 'm')").success
    assert seen(shell).summary(shell.user_ns["store"])["added"] == 1
    assert seen(shell, "other").summary(shell.user_ns["cache"])["misses"] == 1


def test_above_other_magics(shell: InteractiveShell, run: Run) -> None:
    assert run("%%watch store --to seen\n\n%%time\nstore.mset([('a', 1)])\nx = 1").success
    assert seen(shell).summary(shell.user_ns["store"])["added"] == 1 and shell.user_ns["x"] == 1
    both = "%%watch store --to seen\n%%watch cache --to other\n%%capture out\nprint(cache.lookup('p', 'm'))"
    assert run(both).success
    assert shell.user_ns["out"].stdout == "None\n"
    assert seen(shell, "other").summary(shell.user_ns["cache"])["misses"] == 1
    assert not run("%%watch store\n%%nothing\n1").success
    assert not shell.user_ns["store"].changes.active


def test_a_cell_that_is_interrupted(run: Run, shell: InteractiveShell) -> None:
    result = run("%%watch store --to seen\nstore.mset([('a', 1)])\nraise KeyboardInterrupt")
    assert not result.success and seen(shell).error == "KeyboardInterrupt"
    assert seen(shell).summary(shell.user_ns["store"])["added"] == 1
    assert not shell.user_ns["store"].changes.active


@pytest.mark.parametrize("line", ["store, cache", "stores['a b'] cache", "holder.store", "stores[name]"])
def test_names_attributes_and_subscripts(shell: InteractiveShell, run: Run, line: str) -> None:
    run("class holder: pass\nholder.store = store\nname = 'a b'")
    assert run(f"%%watch {line} --to seen\n1").success
    assert seen(shell).parts[0].name == line.partition(",")[0].partition(" cache")[0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "needs at least one object"),
        ("stor", "there is no variable stor; did you mean store?"),
        ("zzz", "there is no variable zzz: make it in an earlier cell"),
        ("stores[{[]: 1}]", "stores[{[]: 1}]: accepted are names, attributes and subscripts"),
        ("make()", "make(): accepted are names, attributes and subscripts"),
        ("store if 1 else 2", "cannot read 'if'"),
        ("1+", "cannot read '1+'"),
        ("store.nothing", "store.nothing: AttributeError"),
        ("stores['c']", "stores['c']: KeyError"),
        ("name", "name: got builtins.str"),
        ("store --nmae x", "no option --nmae; there are --name, --to and --redact"),
        ("store --to", "--to needs a value"),
        ("store --to 1x", "--to needs the name of a variable"),
        ("store --redact name", "redact: got str"),
    ],
)
def test_what_is_wrong_is_named_and_the_cell_not_run(
    shell: InteractiveShell, run: Run, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    run("name = 'text'\nran = False\ndef make(): return store")
    result = run(f"%%watch {line}\nran = True")
    assert not result.success
    assert shell.user_ns["ran"] is False
    captured = capsys.readouterr()
    assert said in captured.err + captured.out
    assert not shell.user_ns["store"].changes.active


def test_secrets_are_masked(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("def mask(text): return text.replace('hunter2', '•••')")
    run("%%watch store --redact mask\nstore.mset([('a', 'hunter2')])")
    told = capsys.readouterr().out
    assert "•••" in told and "hunter2" not in told


def test_taken_off_again(shell: InteractiveShell, run: Run) -> None:
    run("%load_ext inmem_widgets")
    shell.run_line_magic("reload_ext", "inmem_widgets")
    assert run("%%watch store --to seen\nstore.mset([('a', 1)])").success
    shell.run_line_magic("unload_ext", "inmem_widgets")
    assert not run("%%watch store\n1").success
    shell.run_line_magic("load_ext", "inmem_widgets")


def test_help_is_of_both_kinds(shell: InteractiveShell) -> None:
    for kind in ("line", "cell"):
        assert "--redact NAME" in shell.find_magic("watch", kind).__doc__


@pytest.mark.filterwarnings("ignore:To exit")
def test_tracebacks_and_figures_are_not_the_codes_time(
    shell: InteractiveShell, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    clock = type("clock", (), {"perf_counter": staticmethod(lambda: now[0]), "time": time.time})
    for module in ("inmem_widgets.ipython", "inmem_widgets.observables.report.seen"):
        monkeypatch.setattr(f"{module}.time", clock)
    shell.user_ns["now"] = now

    def slow(self: InteractiveShell, *args: Any, **kwargs: Any) -> None:
        now[0] += 100

    monkeypatch.setattr(InteractiveShell, "showtraceback", slow)
    shell.events.register("post_execute", lambda: slow(shell))  # as figures are drawn
    shown = "try: 1 / 0\nexcept ZeroDivisionError: get_ipython().showtraceback()"
    inner = "get_ipython().run_cell('1 / 0', silent=True)"
    for code, took in (
        ("now[0] += 1", 1),
        ("now[0] += 1\n1 / 0", 1),
        ("now[0] += 1\nraise SystemExit", 1),
        ("import asyncio\nawait asyncio.sleep(0)\nnow[0] += 1\n1 / 0", 1),
        (f"{shown}\nnow[0] += 1", 101),
        (f"{shown}\nnow[0] += 1\n1 / 0", 101),
        (f"{inner}\nnow[0] += 1", 201),
        (f"%%watch cache --to inner\n{shown}\nnow[0] += 1", 101),
    ):
        run(f"%%watch store --to seen\n{code}")
        assert (seen(shell).seconds, code) == (took, code)
    assert "showtraceback" not in vars(shell)


def test_who_shows_tracebacks_otherwise_still_does(shell: InteractiveShell, run: Run) -> None:
    shown: list[str] = []
    shell.user_ns["first"] = lambda *args, **kwargs: shown.append("first")
    shell.user_ns["second"] = lambda *args, **kwargs: shown.append("second")
    run("get_ipython().showtraceback = first")
    run("%%watch store\n1 / 0")
    assert vars(shell)["showtraceback"] is shell.user_ns["first"]
    run("%%watch store\nget_ipython().showtraceback = second\n1 / 0")
    run("1 / 0")
    assert shown == ["first", "second", "second"]


def test_whoever_interrupts_the_end_of_one_the_others_end(
    shell: InteractiveShell, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("inmem_widgets.ipython.display", interrupted)
    run("%%watch store\n%%watch cache\n1")
    assert not (shell.user_ns["store"].changes.active or shell.user_ns["cache"].changes.active)
