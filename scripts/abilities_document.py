"""Writes docs/abilities.md: what can be known of each kind of object. A test holds it to that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from inmem_widgets.observables.taps.abilities import ABILITIES, Abilities

PATH = Path(__file__).parents[1] / "docs" / "abilities.md"
HOW = {
    "events": "tells by itself",
    "tapped": "watched in place",
    "read": "read",
    "recorded": "from a file",
}
ROWS = (
    ("counters", "Counters"), ("content", "Content"), ("values", "Values"), ("old", "Values before a change"),
    ("evictions", "Evictions"), ("elsewhere", "Changes made elsewhere"),
)  # fmt: skip
HEAD = """\
# What can be known of what you watch

<!-- made by `python -m scripts.abilities_document` -->

`inspect(obj)`, `observe(obj)` and `watch(obj)` accept all of these. `observable.abilities` has the same
for code, and the view says it under the name of the object. What cannot be known is shown as "unknown"
and is None in Python, never 0.

An object that is tapped is the same object as before: its identity, class, pickles and copies stay, every
reference that others hold tells, too, and an error is its caller's. `observable.detach()` takes all hands off
it. While nobody listens nothing is in the way.

| What | How | Events |
|---|---|---|
"""


def document() -> str:
    """The whole page."""
    lines = [f"| {able.accepts} | {HOW[able.how]} | {_events(able)} |" for able in ABILITIES.values()]
    return HEAD + "\n".join([*lines, *_sections()]) + "\n"


def _events(able: Abilities) -> str:
    return ", ".join(f"`{kind}`" for kind in able.events) or "none"


def _sections() -> Iterator[str]:
    for name, able in ABILITIES.items():
        yield from ("", f"## {name[0].upper()}{name[1:]}", "", f"{able.accepts}.", "")
        if able.note:
            yield from (able.note, "")
        yield from ("| | |", "|---|---|")
        for field, label in ROWS:
            yield f"| {label} | {getattr(able, field)} |"
        if able.unknown:
            unknown = "; ".join(f"`{figure}`: {why}" for figure, why in able.unknown.items())
            yield f"| Unknown | {unknown} |"


if __name__ == "__main__":
    PATH.write_text(document(), "utf-8")
