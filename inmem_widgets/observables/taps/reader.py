"""How an object is read without being changed: what each kind of object has its own one of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from inmem_widgets.observables.taps.texts import Texts

Times = tuple[float, float]
"""(when it was made, when it was written last), in seconds since the epoch."""


class News(NamedTuple):
    """What a reading found to be different.

    Attributes:
        written: The keys that are new or changed, with their values, `UNREAD` or an `Unread`.
        gone: The keys that are not there any more.
        old: The values before, where the object's own dict has the new ones already.
        anew: Whether the object is shown in another way from now on.
    """

    written: Mapping[str, Any]
    gone: Sequence[str] = ()
    old: Mapping[str, Any] | None = None
    anew: bool = False


class Reader:
    """Reads one object. All but `held` and `text` run on its worker's thread, and may raise
    anything.

    Attributes:
        interval: Seconds between two readings at the least; None where nothing has to be read again.
        delimiters: What the keys' namespaces are parted by, if that is known.
        largest: Bytes of a value, where that is known beforehand, that is read without being asked for.
        in_memory: Whether values are there anyway, and reading one costs nothing.
        by_caller: Whether it may be read only by who calls us: all values at once, and none later.
        texts: The texts of its keys, where these may be no text.
        values: What all values are, as in `InMemoryBaseStore._values`.
    """

    interval: float | None = 1.0
    delimiters: str | None = None
    largest = 1 << 20
    in_memory = False
    by_caller = False
    texts: Texts | None = None
    values: type = object

    @property
    def on_its_loop(self) -> bool:
        """Whether the calling thread is the one that an answer needs."""
        return False

    def held(self, obj: Any) -> dict[str, Any] | None:
        """The dict of str keys that the object itself keeps everything in, if it does."""
        return None

    def text(self, key: Any) -> str:
        """The text that a key of the object is shown as."""
        return str(key)

    def found(self, key: str) -> bool:
        """Whether it is remembered as there at the last reading, beside what was known from that."""
        return False

    def news(self, obj: Any, known: Mapping[str, Any]) -> News:
        """What differs from what is known from the last reading, and from what was told since."""
        raise NotImplementedError

    def read(self, obj: Any, keys: Sequence[str]) -> list[Any]:
        """The values of keys; `MISSING` for those that are not there."""
        raise NotImplementedError

    def asked(self, obj: Any, key: str) -> Any:
        """The value of a key that somebody opens; `MISSING` if it is not there."""
        return self.read(obj, [key])[0]

    def rest(self) -> None:
        """Let go of what was kept for the next reading, since nobody looks."""

    def times(self, obj: Any, key: str) -> Times | None:
        """When a key was written, as the object or the last reading tells; on any thread."""
        return None

    def close(self) -> None:
        """Let go of what was opened for reading."""


def differences(now: Mapping[str, Any], stamps: dict[str, Any], known: Mapping[str, Any]) -> News:
    """News from a stamp of each key there is, another one for each value; `stamps`, those of the last
    reading, are brought up to date."""
    last = stamps.get
    written = {key: stamp for key, stamp in now.items() if key not in known or last(key) != stamp}
    gone = [key for key in list(known) if key not in now]
    stamps.clear()
    stamps.update(now)
    return News(written, gone)
