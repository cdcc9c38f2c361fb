"""Pickles disassembled, never loaded: opcodes as text, and what loading would import."""

from __future__ import annotations

import pickletools
from itertools import islice
from typing import Any

from inmem_widgets.observables.formats.base import Content, Format, note
from inmem_widgets.observables.formats.text import text_block
from inmem_widgets.observables.preview import cut, preview
from inmem_widgets.wire import Block

PART = 500
"""Opcodes shown at once."""
MOST = 50_000
"""Opcodes read at most …"""
READ = 4_000_000
"""… and bytes."""
ARGUMENT = 120
LINE = 200
NAMED = 20
_TEXT_PICKLES = frozenset(b"(cil]}.NIFSVLpd\x80")
"""First bytes of pickles of protocols 0 and 1 (with those of the others)."""


class Disassembly:
    """Opcodes up to the end, an error or the bound."""

    def __init__(self, data: bytes) -> None:
        self.opcodes: list[tuple[str, Any, int]] = []
        self.problem = ""
        machine = _Stack()
        try:
            for opcode, argument, position in islice(pickletools.genops(data), MOST):
                self.opcodes.append((opcode.name, argument, position or 0))
                machine.step(opcode, argument)
        except Exception as error:  # ValueError, and whatever else garbage leads to
            self.problem = f"{type(error).__name__}: {error}"
        self.whole = bool(self.opcodes) and self.opcodes[-1][0] == "STOP"
        self.imports = list(machine.imports)


_MARK: Any = object()


class _Stack:
    """Follows the texts on a pickle machine's stack, as STACK_GLOBAL imports what two of them name."""

    def __init__(self) -> None:
        self.imports: dict[str, None] = {}
        self.items: list[Any] = []
        self.memo: dict[Any, Any] = {}

    def step(self, opcode: pickletools.OpcodeInfo, argument: Any) -> None:
        name, items = opcode.name, self.items
        if name in ("GLOBAL", "INST"):
            self._import(str(argument).replace(" ", ".", 1))
        elif name == "STACK_GLOBAL":
            self._import(".".join(x if type(x) is str else "…" for x in items[-2:]))
        elif name.startswith("EXT"):
            self._import(f"extension {argument}")
        if name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            self.memo[len(self.memo) if name == "MEMOIZE" else argument] = items[-1] if items else None
            return
        if name == "DUP":
            items.extend(items[-1:])
            return
        before = opcode.stack_before
        if pickletools.stackslice in before:
            while items and items.pop() is not _MARK:
                pass
            taken = before.index(pickletools.markobject)
        else:
            taken = len(before)
        del items[max(0, len(items) - taken) :]
        got = self.memo.get(argument) if name in ("GET", "BINGET", "LONG_BINGET") else argument
        text = got if type(got) is str and name not in ("GLOBAL", "INST", "PERSID") else None
        items.extend(_MARK if after is pickletools.markobject else text for after in opcode.stack_after)

    def _import(self, name: str) -> None:
        if len(self.imports) <= NAMED:
            self.imports[cut(name, ARGUMENT)] = None


def _disassembly(content: Content) -> Disassembly:
    return Disassembly(content.part(0, READ))


def _fit(content: Content) -> float:
    if not content.is_bytes or not content.size or content.head[0] not in _TEXT_PICKLES:
        return 0
    if content.kind == "pickle":
        return 0.85
    if content.part(-1, None) != b"." or content.kind == "json":
        return 0
    # text may read as a pickle of protocol 0 by chance; one that imports something hardly
    found = content.once(_disassembly)
    return 0.0 if not found.whole or len(found.opcodes) < 3 else 0.85 if found.imports else 0.2


def _show(content: Content, offset: int) -> list[Block]:
    found = content.once(_disassembly)
    part = found.opcodes[offset : offset + PART]
    stop = offset + len(part)
    text = "\n".join(_line(*opcode) for opcode in part)
    more = stop if part and stop < len(found.opcodes) else None
    block = text_block(text, offset=offset, total=len(found.opcodes), more=more, unit="opcodes")
    if offset:
        return [block]
    blocks: list[Block] = [note("Disassembled, not loaded: loading a pickle may run any code.")]
    if found.imports:
        names = ", ".join(found.imports[:NAMED]) + (", …" if len(found.imports) > NAMED else "")
        blocks.append(note(f"Loading it would import {names}", "warning"))
    blocks.append(block)
    if found.problem:
        blocks.append(note(f"It cannot be read on from here: {found.problem}"[:300], "error"))
    elif not found.whole:
        blocks.append(note(f"The first {len(found.opcodes):,} opcodes."))
    return blocks


def _line(name: str, argument: Any, position: int) -> str:
    shown = "" if argument is None else preview(argument, ARGUMENT)
    return cut(f"{position:>6}  {name} {repr(shown) if type(argument) is str else shown}".rstrip(), LINE)


FORMAT = Format("pickle", _fit, _show)
