"""All built-in formats."""

from __future__ import annotations

from inmem_widgets.observables.formats import binary, fields, jsons, text
from inmem_widgets.observables.formats.base import Content, Format

FORMATS: tuple[Format, ...] = (
    jsons.FORMAT,
    fields.FORMAT,
    text.FORMAT,
    binary.HEX,
    binary.BASE64,
)


def fitting(content: Content) -> list[Format]:
    """The formats that can show the content, the best first."""
    found = [(fit, format) for format in FORMATS if (fit := _fit(format, content)) > 0]
    return [format for _, format in sorted(found, key=lambda pair: -pair[0])]


def _fit(format: Format, content: Content) -> float:
    try:
        return format.fit(content)
    except Exception:  # hostile input has its ways; the others still show it
        return 0
