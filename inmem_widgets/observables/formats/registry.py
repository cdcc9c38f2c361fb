"""All built-in formats."""

from __future__ import annotations

from inmem_widgets.observables.formats import (
    arrays,
    binary,
    dates,
    documents,
    fields,
    images,
    jsons,
    markdown,
    messages,
    msgpack,
    pickles,
    tables,
    text,
    vector,
)
from inmem_widgets.observables.formats.base import Content, Format

FORMATS: tuple[Format, ...] = (
    images.FORMAT,
    messages.FORMAT,
    documents.FORMAT,
    tables.FORMAT,
    dates.FORMAT,
    vector.VECTOR,
    vector.FLOAT32,
    vector.FLOAT64,
    arrays.FORMAT,
    pickles.FORMAT,
    msgpack.FORMAT,
    jsons.FORMAT,
    fields.FORMAT,
    markdown.FORMAT,
    text.FORMAT,
    binary.HEX,
    binary.BASE64,
)
"""Of those that fit equally well the first comes first."""


def fitting(content: Content) -> list[Format]:
    """The formats that can show the content, the best first."""
    found = [(fit, format) for format in FORMATS if (fit := _fit(format, content)) > 0]
    return [format for _, format in sorted(found, key=lambda pair: -pair[0])]


def _fit(format: Format, content: Content) -> float:
    try:
        return format.fit(content)
    except Exception:  # hostile input has its ways; the others still show it
        return 0
