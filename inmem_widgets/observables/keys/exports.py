"""What a table lists as a file, made piece by piece.

Columns: `key`, `type`, `size` (bytes), `changed` (when last written, UTC), `encoding` (of the value: text,
json, base64, or preview where a value is neither text nor bytes nor plain data) and `value`.

CSV is opened in spreadsheets, which run a cell that begins with `=`, `+`, `-` or `@` as a formula. A
text that does is written as a JSON string, quotes first, and `encoding` says so; a key or type gets an
apostrophe before it. The other formats have all as it is.
"""

from __future__ import annotations

import io
import json
import threading
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.keys.cells import SLICE, Encoding, cell, encodable, quoted
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.redaction import redacting, redactor
from inmem_widgets.observables.sizes import size_of
from inmem_widgets.observables.values import type_label
from inmem_widgets.wire import Piece

if TYPE_CHECKING:
    from inmem_widgets.observables.store import ObservableStore

PIECE = 720_000
"""Bytes of a piece; 960,000 in base64."""
GROUP = 8_000_000
"""Characters of a Parquet row group."""
EMBEDDED = 10_000_000
"""Characters of a JSON text that is checked, to be held as JSON in JSON lines."""
FRESH = 15.0
"""Seconds in which a view repeats what it asks for."""
COLUMNS = ("key", "type", "size", "changed", "encoding", "value")

_RISKY = tuple("=+-@\t\r\n＝＋－＠")


class _Record(NamedTuple):
    key: str
    type: str
    size: int | None
    changed: datetime | None
    encoding: Encoding
    value: Iterable[str]
    """In parts."""


Write = Callable[[Iterator[_Record]], Iterator[bytes]]


class Export:
    """One file of the keys given, in their order; those deleted meanwhile are left out.

    Raises:
        ValueError: there is no such format.
        ImportError: Parquet without pyarrow; says how to install it.
    """

    def __init__(self, observable: ObservableStore, keys: Sequence[str], form: str, name: str) -> None:
        if form not in FORMATS:
            raise ValueError(f"format: got {form!r:.80}, accepted are {', '.join(map(repr, FORMATS))}")
        self._mime, write = FORMATS[form]
        if form == "parquet":
            _pyarrow()
        self._observable, self._keys = observable, keys
        self._redactor = redactor()
        self._name = f"{name}.{form}"
        self._done = 0
        self._lock = threading.Lock()
        self._pieces = _cut(write(self._records()))
        self._ahead = next(self._pieces, b"")
        self._number = -1
        self._began = monotonic()
        self._last: Piece | None = None

    @property
    def fresh(self) -> bool:
        """Whether the first piece may be asked for again, by a view that did not get it in time."""
        more = self._last is None or not self._last["last"]
        return self._number < 1 and more and monotonic() - self._began < FRESH

    def piece(self, number: int) -> Piece:
        """A piece: the next one, or the one before again.

        Raises:
            LookupError: it is neither.
        """
        with self._lock:
            if self._last is not None and number == self._number:
                return self._last
            if number != self._number + 1 or (self._last is not None and self._last["last"]):
                raise LookupError(f"piece: got {number}, the next is {self._number + 1}; begin again with 0")
            data, self._ahead = self._ahead, next(self._pieces, b"")
            self._number = number
            self._last = {
                "name": self._name,
                "mime": self._mime,
                "data": b64encode(data).decode(),
                "done": self._done,
                "total": len(self._keys),
                "last": not self._ahead,
            }
            return self._last

    def _records(self) -> Iterator[_Record]:
        for key in self._keys:
            self._done += 1
            value = self._observable.value(key)
            if value is MISSING:
                continue
            mark = self._observable.mark(key)
            changed = None if mark is None else datetime.fromtimestamp(mark[0], UTC)
            size, name = size_of(value)[0], key
            if self._redactor is not None:
                value, name = self._redactor.value(value), self._redactor.name(key)
            with redacting(self._redactor):
                record = _Record(name, type_label(value), size, changed, *cell(value))
            yield record


def _cut(stream: Iterator[bytes]) -> Iterator[bytes]:
    """The stream in pieces of one size."""
    waiting = bytearray()
    for data in stream:
        waiting += data
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)


def _row(before: str, parts: Iterable[str], after: str) -> Iterator[bytes]:
    """A small row in one."""
    waiting, length = [before], 0
    for part in parts:
        waiting.append(part)
        length += len(part)
        if length > SLICE:
            yield "".join(waiting).encode()
            waiting, length = [], 0
    yield "".join([*waiting, after]).encode()


def _iso(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat()


# -- CSV --


def _csv(records: Iterator[_Record]) -> Iterator[bytes]:
    yield (",".join(COLUMNS) + "\r\n").encode()
    for record in records:
        encoding, parts = record.encoding, record.value
        if encoding == "text" and not _harmless(record.value):
            encoding, parts = "json", quoted(parts)
        elif encoding == "preview":
            parts = [_inert("".join(parts))]
        head = [
            _in_quotes(_inert(clean(record.key))),
            _in_quotes(_inert(record.type)),
            "" if record.size is None else str(record.size),
            _iso(record.changed) or "",
            encoding,
        ]
        yield from _row(",".join(head) + ',"', (part.replace('"', '""') for part in parts), '"\r\n')


def _harmless(parts: Iterable[str]) -> bool:
    """Whether no spreadsheet takes the text for a formula, and UTF-8 can hold it."""
    return all(encodable(part) and (i or not part.startswith(_RISKY)) for i, part in enumerate(parts))


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


def _in_quotes(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


# -- JSON lines --


def _json_lines(records: Iterator[_Record]) -> Iterator[bytes]:
    for record in records:
        encoding, parts = record.encoding, record.value
        if encoding == "text" and record.type == "json" and (found := _one_line(record)) is not None:
            encoding, parts = "json", [found]
        elif encoding != "json":
            parts = quoted(parts)
        head = (
            f'"key": {_json(record.key)}, "type": {_json(record.type)}, "size": {_json(record.size)}, '
            f'"changed": {_json(_iso(record.changed))}, "encoding": "{encoding}"'
        )
        yield from _row(f'{{{head}, "value": ', parts, "}\n")


def _json(field: str | int | None) -> str:
    return json.dumps(field, ensure_ascii=isinstance(field, str) and not encodable(field))


def _one_line(record: _Record) -> str | None:
    """A text that is JSON on one line, digits and all as they are; None if it is none."""
    if record.size is None or record.size > EMBEDDED:
        return None
    text = "".join(record.value)
    try:
        json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return text.replace("\r", " ").replace("\n", " ")  # between its parts only: in strings they are escaped


def _no_constant(name: str) -> Any:
    raise ValueError(name)


# -- Parquet --


def _pyarrow() -> Any:
    try:
        import pyarrow.parquet  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise ImportError('Parquet needs pyarrow: pip install "inmem-widgets[parquet]"') from None
    return pyarrow


class _Sink(io.RawIOBase):
    """Takes what a writer writes, to be handed on."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def take(self) -> bytes:
        data = bytes(self._waiting)
        self._waiting.clear()
        return data


def _parquet(records: Iterator[_Record]) -> Iterator[bytes]:
    arrow = _pyarrow()
    text = arrow.string()
    kinds = (text, text, arrow.int64(), arrow.timestamp("us", tz="UTC"), text, text)
    schema = arrow.schema(list(zip(COLUMNS, kinds, strict=True)))
    sink = _Sink()
    with arrow.parquet.ParquetWriter(sink, schema) as writer:
        for rows in _groups(records):
            writer.write_table(arrow.table(list(map(list, zip(*rows, strict=True))), schema=schema))
            yield sink.take()
    yield sink.take()


def _groups(records: Iterator[_Record]) -> Iterator[list[tuple[Any, ...]]]:
    rows: list[tuple[Any, ...]] = []
    length = 0
    for record in records:
        encoding, value = record.encoding, "".join(record.value)
        if not encodable(value):
            encoding, value = "json", "".join(quoted([value]))
        rows.append((clean(record.key), record.type, record.size, record.changed, encoding, value))
        length += 100 + len(value)
        if length >= GROUP:
            yield rows
            rows, length = [], 0
    if rows:
        yield rows


FORMATS: dict[str, tuple[str, Write]] = {
    "csv": ("text/csv;charset=utf-8", _csv),
    "jsonl": ("application/jsonl", _json_lines),
    "parquet": ("application/vnd.apache.parquet", _parquet),
}
