"""What of a recording is missing, as far as it has been read."""

from __future__ import annotations

from collections.abc import Iterator


class Missing:
    """Counts of it.

    Attributes:
        failed: Lines that could not be understood.
        lost: Changes that came too fast.
    """

    def __init__(self) -> None:
        self.failed = self.lost = 0
        self._made: dict[str, int] = {}  # by object, up to which number it was told that there are changes
        self._read: dict[str, int] = {}

    def made(self, of: str, number: int) -> None:
        """There were so many changes, when the file was behind."""
        self._made[of] = max(number, self._made.get(of, 0))

    def read(self, of: str, number: int) -> None:
        """The change of that number is in the file."""
        self._read[of] = max(number, self._read.get(of, 0))

    def told(self, *, torn: bool, damaged: int, ended: bool) -> Iterator[str]:
        """All of it, in words."""
        if torn:
            yield "the last line is cut off: the recording was interrupted there, or goes on"
        if damaged:
            yield f"{damaged:,} damaged lines were left out"
        if self.failed:
            yield f"{self.failed:,} lines could not be understood"
        if self.lost:
            yield f"{self.lost:,} changes came too fast to be recorded"
        unwritten = sum(max(0, number - self._read.get(of, 0)) for of, number in self._made.items())
        if unwritten and not ended:
            yield f"{unwritten:,} changes or more are not in the file: it was behind when it was last written"
