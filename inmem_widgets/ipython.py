"""`%load_ext inmem_widgets`, then `%%watch store cache` on top of a cell.

The cell runs as it would without that line: the first line of its code begins to watch, and what IPython
calls after a cell ends it. So tracebacks, `await`, magics and the cell's value are the usual ones.
"""

from __future__ import annotations

import ast
import difflib
import re
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from inmem_widgets.cells import count_of
from inmem_widgets.watching import Watch

MAGIC: Final = "watch"
_HEAD = re.compile(rf"%%{MAGIC}(?=\s|$)(.*)")
_FUTURE = re.compile(r"from\s+__future__\s+import\s+[^(]*$")
_USAGE = "%%watch store cache: names of variables, or what they hold, such as app.store or stores['a']"


@dataclass
class _Cell:
    """A cell that runs.

    Attributes:
        info: What IPython knows of it.
        number: Its execution count.
        watches: What was begun in it, and where that is shown.
        ran: When its code ended, by `time.perf_counter`.
        raised: The exception of which a traceback was shown last, and when that began.
        left: What is to be undone when it has ended.
    """

    info: Any
    number: int | None
    watches: list[tuple[Watch, Any]] = field(default_factory=list)
    ran: float | None = None
    raised: tuple[BaseException | None, float | None] = None, None
    left: ExitStack = field(default_factory=ExitStack)

    def ended(self, error: BaseException | None) -> float | None:
        """When its code did: only then tracebacks are shown, and figures drawn."""
        shown, at = self.raised
        return at if error is not None and shown is error else self.ran

    def time_errors(self, shell: InteractiveShell) -> None:
        """Note when a traceback is shown, which takes long."""
        own = vars(shell)
        show, before = shell.showtraceback, own.get("showtraceback")

        def noting(*args: Any, **kwargs: Any) -> Any:
            self.raised = sys.exc_info()[1], time.perf_counter()
            return show(*args, **kwargs)

        def restore() -> None:
            if own.get("showtraceback") is noting:  # else somebody has put another one around it
                del own["showtraceback"]
                own.update({} if before is None else {"showtraceback": before})

        own["showtraceback"] = noting
        self.left.callback(restore)


class CellWatcher:
    """The magic, of one shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self._running = threading.local()  # cells run in others, and subshells beside them
        self.transform.__func__.has_side_effects = True  # type: ignore[attr-defined]  # for no incomplete cell

    @property
    def _cells(self) -> list[_Cell]:
        if not hasattr(self._running, "cells"):
            self._running.cells = []
        cells: list[_Cell] = self._running.cells
        return cells

    def install(self) -> None:
        shell = self.shell
        shell.input_transformers_cleanup.append(self.transform)
        shell.events.register("pre_run_cell", self.before)
        shell.events.callbacks["post_execute"].insert(0, self.ran)  # before others draw figures
        shell.events.register("post_run_cell", self.after)
        for kind, magic in (("line", self.begin), ("cell", self.run)):
            shell.magics_manager.register_function(magic, kind, MAGIC)

    def remove(self) -> None:
        shell = self.shell
        if self.transform in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.remove(self.transform)
            shell.events.unregister("pre_run_cell", self.before)
            shell.events.unregister("post_execute", self.ran)
            shell.events.unregister("post_run_cell", self.after)
            for kind in ("line", "cell"):
                shell.magics_manager.magics[kind].pop(MAGIC, None)

    def transform(self, lines: list[str]) -> list[str]:
        """Of a cell that is watched: its first line is code, and no line moves."""
        found = _HEAD.match(lines[0].rstrip("\n")) if lines else None
        if found is None:
            return lines
        call = f"get_ipython().run_line_magic({MAGIC!r}, {found[1].strip()!r})"
        body, first = lines[1:], next((i for i, line in enumerate(lines[1:]) if line.strip()), 0)
        if body and body[first].startswith("%%"):
            return [f"{call}\n", *body[:first], *self._magic(body[first:])]
        last = first - 1
        while last + 1 < len(body) and _FUTURE.match(body[last + 1]):
            last += 1
        if last < first:
            return [f"{call}\n", *body]
        body[last] = f"{body[last].rstrip()}; {call}\n"  # those have to come first
        return ["\n", *body]

    def _magic(self, lines: list[str]) -> list[str]:
        """Another cell magic below this one."""
        if _HEAD.match(lines[0].rstrip("\n")):
            return self.transform(lines)
        name, _, line = lines[0][2:].strip().partition(" ")
        return [f"get_ipython().run_cell_magic({name!r}, {line!r}, {''.join(lines[1:])!r})\n"]

    def before(self, info: Any) -> None:
        count = count_of(self.shell, info)
        outer = self._cells[-1].number if self._cells else None
        self._cells.append(_Cell(info, count or outer))

    def begin(self, line: str) -> None:
        """Watch what the rest of the cell does to stores, caches and checkpointers.

        `%%watch store cache` on top of a cell; expressions of names, attributes and subscripts will do.

        --name NAME     what to call the report
        --to NAME       the variable that gets it, as of `with watch(…) as seen`
        --redact NAME   a function that masks secrets in texts
        """
        cells = self._cells
        if not cells:
            raise UsageError("%watch: only in a cell, and only as %%watch on top of it")
        options, targets = _parsed(line)
        objs = [_value(target, self.shell.user_ns) for target in targets]
        redact = _value(options["redact"], self.shell.user_ns) if options["redact"] else None
        cell = cells[-1]
        try:
            watched = Watch(objs, targets, cell=cell.number, name=options["name"], redact=redact)
            watched.begin()
        except (TypeError, ReferenceError) as error:
            raise UsageError(f"%%watch: {_which(error, objs, targets)}") from None
        if options["to"]:
            self.shell.user_ns[options["to"]] = watched
        if not cell.watches:
            cell.time_errors(self.shell)
        cell.watches.append((watched, None))  # it is ended, whatever showing it raises
        cell.watches[-1] = watched, self._show(watched)
        watched.start_clock()

    def after(self, result: Any) -> None:
        """The cell has ended, in whatever way."""
        cells = self._cells
        if result is not None and not any(cell.info is result.info for cell in cells):
            return  # an empty one, which is not told of before, or the one that loaded this
        error = None if result is None else result.error_in_exec or result.error_before_exec
        while cells:
            cell = cells.pop()
            cell.left.close()
            with ExitStack() as ends:  # the last one first; whatever one of them raises, the others end
                for watched, handle in cell.watches:
                    ends.callback(self._end, watched, handle, error, cell.ended(error))
            if result is None or cell.info is result.info:
                return

    def ran(self) -> None:
        """The code of a cell has ended."""
        if cells := self._cells:
            cells[-1].ran = time.perf_counter()

    def _end(self, watched: Watch, handle: Any, error: BaseException | None, at: float | None) -> None:
        watched.end(error, at)
        if handle is None:
            display(watched)  # type: ignore[no-untyped-call]
        else:
            watched.widget.finish()
            handle.update(watched)

    def run(self, line: str, cell: str) -> None:  # of cells that other code runs
        self.shell.run_cell(f"%%{MAGIC} {line}\n{cell}")  # type: ignore[no-untyped-call]

    run.__doc__ = begin.__doc__  # what `%%watch?` shows

    def _show(self, watched: Watch) -> Any:
        """Shown at once where it can be live; in a terminal when all is over."""
        if not hasattr(self.shell, "kernel"):
            return None
        return display(watched, display_id=True)  # type: ignore[no-untyped-call]


def _parsed(line: str) -> tuple[Mapping[str, str | None], list[str]]:
    words = _words(line)
    options: dict[str, str | None] = dict.fromkeys(("name", "to", "redact"))
    targets: list[str] = []
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            targets.append(word)
            continue
        option, equals, value = word[2:].partition("=")
        if option not in options:
            raise UsageError(f"%%watch: no option --{option}; there are --name, --to and --redact")
        if not equals and not words:
            raise UsageError(f"%%watch: --{option} needs a value")
        value = value if equals else words.pop(0)
        options[option] = _unquoted(value) if option == "name" else value
    if not targets:
        raise UsageError(f"%%watch needs at least one object: {_USAGE}")
    if options["to"] and not options["to"].isidentifier():
        raise UsageError(f"%%watch: --to needs the name of a variable, got {options['to']}")
    return options, targets


def _words(line: str) -> list[str]:
    """Parted by spaces and commas, but not within brackets or quotes."""
    words, word, depth, quote = [], "", 0, ""
    for char in line:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif depth == 0 and (char.isspace() or char == ","):
            if word:
                words.append(word)
            word = ""
            continue
        word += char
    return [*words, word] if word else words


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _value(target: str, names: Mapping[str, Any]) -> Any:
    """What a name, attribute or subscript stands for; nothing is called."""
    try:
        tree = ast.parse(target, mode="eval").body
    except SyntaxError:
        raise UsageError(f"%%watch: cannot read {target!r}; accepted is {_USAGE}") from None
    return _resolved(tree, target, names)


def _resolved(node: ast.expr, target: str, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Name(id=name):
            if name not in names:
                close = difflib.get_close_matches(name, [n for n in names if not n.startswith("_")], 1)
                meant = f"; did you mean {close[0]}?" if close else ": make it in an earlier cell"
                raise UsageError(f"%%watch: there is no variable {name}{meant}")
            return names[name]
        case ast.Attribute(value=inner, attr=name):
            found = _resolved(inner, target, names)
            try:
                return getattr(found, name)
            except Exception as error:
                raise UsageError(f"%%watch: {target}: {type(error).__name__}: {error}") from None
        case ast.Subscript(value=inner, slice=index):
            found, key = _resolved(inner, target, names), _key(index, target, names)
            try:
                return found[key]
            except Exception as error:
                raise UsageError(f"%%watch: {target}: {type(error).__name__}: {error}") from None
    raise UsageError(f"%%watch: {target}: accepted are names, attributes and subscripts; nothing is called")


def _key(node: ast.expr, target: str, names: Mapping[str, Any]) -> Any:
    try:
        return ast.literal_eval(node)
    except (TypeError, ValueError):  # no literal; or one that is no key, such as a dict's in a set
        return _resolved(node, target, names)


def _which(error: Exception, objs: list[Any], targets: list[str]) -> str:
    """The error, with the names of what has such a type."""
    text = str(error).removeprefix("obj: ")
    types = [f"{type(obj).__module__}.{type(obj).__qualname__}" for obj in objs]
    named = [target for target, name in zip(targets, types, strict=True) if name in text]
    return f"{', '.join(named)}: {text}" if named else text


_watchers: dict[int, CellWatcher] = {}


def load(shell: InteractiveShell) -> None:
    """`%load_ext inmem_widgets`; again does nothing."""
    if id(shell) not in _watchers:
        _watchers[id(shell)] = CellWatcher(shell)
        _watchers[id(shell)].install()


def unload(shell: InteractiveShell) -> None:
    """`%unload_ext inmem_widgets`."""
    if (watcher := _watchers.pop(id(shell), None)) is not None:
        watcher.remove()
