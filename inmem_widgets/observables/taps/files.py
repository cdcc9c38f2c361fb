"""langchain's `LocalFileStore`: which files there are, by name, size and time; contents when asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.taps.reader import News, Reader, differences
from inmem_widgets.observables.taps.unread import Unread

LARGEST = 256 << 20
"""Bytes of a file that is read at all."""


class FileReader(Reader):
    """Looks at directories once a second: a file is read again if its size, inode or time is another.

    Files are read past the store, which may set their access times; the system is asked not to.
    """

    delimiters = "/"
    values = bytes

    def __init__(self) -> None:
        self._stamps: dict[str, Any] = {}

    def text(self, key: Any) -> str:
        return str(os.path.normpath(key))

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        now = dict(_stamps(os.fspath(obj.root_path), ""))
        found = differences(now, self._stamps, known)
        return News({key: Unread(stamp[0]) for key, stamp in found.written.items()}, found.gone)

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        root = os.fspath(obj.root_path)
        return [_content(os.path.join(root, key)) for key in keys]


def _stamps(root: str, inside: str) -> Iterator[tuple[str, tuple[int, int, int]]]:
    try:
        entries = [*os.scandir(os.path.join(root, inside))]
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        name = f"{inside}{entry.name}"
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _stamps(root, f"{name}/")
            elif entry.is_file():
                stat = entry.stat()
                yield name, (stat.st_size, stat.st_mtime_ns, stat.st_ino)
        except OSError:  # gone meanwhile
            continue


def _content(path: str) -> Any:
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    try:
        try:
            number = os.open(path, flags | getattr(os, "O_NOATIME", 0))
        except PermissionError:  # somebody else's file: its access time is the system's affair
            number = os.open(path, flags)
    except FileNotFoundError:
        return MISSING
    with open(number, "rb") as file:
        size = os.fstat(number).st_size
        return file.read() if size <= LARGEST else Unread(size)
