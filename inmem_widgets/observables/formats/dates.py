"""Dates and times: as objects, as ISO 8601 text, and as seconds since 1970."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from inmem_widgets.observables.formats.base import Content, Format, facts
from inmem_widgets.observables.preview import ZONES
from inmem_widgets.observables.values import is_a, is_exactly, library, numpy_scalar
from inmem_widgets.wire import Block

_ISO = re.compile(
    r"\s*\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?\s*", re.ASCII
)
_DIGITS = re.compile(r"\s*\d{9,19}(?:\.\d{1,9})?\s*", re.ASCII)
_UNITS = ((1, "seconds"), (10**3, "milliseconds"), (10**6, "microseconds"), (10**9, "nanoseconds"))
_FIRST, _LAST = 631_152_000, 4_102_444_800  # 1990 … 2100
_DAY, _TIME = ("year", "month", "day"), ("hour", "minute", "second", "microsecond")
_STEPS = ((60, "second"), (60, "minute"), (24, "hour"), (30.44, "day"), (12, "month"))


def _read(content: Content) -> tuple[Any, str, float] | None:
    """(the date or time, what it was read from, how sure that is)."""
    value = content.value
    if is_a(value, (dt.date, dt.time)):
        plain = _plain(value)
        return None if plain is None else (plain, "", 0.9)
    if library(value) == "numpy" and is_a(scalar := numpy_scalar(value), dt.date):
        return scalar, "", 0.9
    text = content.begins if content.size <= 40 else None
    if text is not None and _ISO.fullmatch(text):
        try:
            return _parse(text.strip()), "", 0.8
        except ValueError:
            return None
    number = value if is_exactly(value, (int, float)) else None
    if text is not None and _DIGITS.fullmatch(text):
        number = float(text) if "." in text else int(text)
    return None if number is None else _epoch(number)


def _plain(value: Any) -> Any:
    """The same date or time without a foreign time zone or subclass; pandas' NaT is None."""
    if library(value) == "pandas":
        if type(value).__name__ != "Timestamp":
            return None
        value = value.to_pydatetime(warn=False)
    if not is_a(value, dt.date):
        base: Any = dt.time
    else:
        base = dt.datetime if is_a(value, dt.datetime) else dt.date
    day = [dt.date.__dict__[part].__get__(value) for part in _DAY] if base is not dt.time else []
    if base is dt.date:
        return dt.date(*day)
    time = [base.__dict__[part].__get__(value) for part in _TIME]
    zone = base.__dict__["tzinfo"].__get__(value)
    return base(*day, *time, tzinfo=zone if is_exactly(zone, ZONES) else None)


def _parse(text: str) -> Any:
    return (
        dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text.replace(",", "."))
    )


def _epoch(number: float) -> tuple[Any, str, float] | None:
    for factor, unit in _UNITS:
        if _FIRST * factor <= number < _LAST * factor:
            seconds = number / factor
            return dt.datetime.fromtimestamp(seconds, dt.UTC), f"{unit} since 1970", 0.2
    return None


def _show(content: Content, offset: int) -> list[Block]:
    found = content.once(_read)
    if found is None:
        return []
    value, source, _ = found
    if not isinstance(value, dt.datetime):
        midnight = None if isinstance(value, dt.time) else dt.datetime.combine(value, dt.time())
        return [facts(ISO=value.isoformat(), day=_day(value), when=_ago(midnight) if midnight else "")]
    local = value.astimezone()
    return [
        facts(
            UTC=f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}" + _fraction(value),
            local=f"{local:%Y-%m-%d %H:%M:%S}{_fraction(value)} {local:%Z}",
            zone="none given; read as local time" if value.tzinfo is None else str(value.tzinfo),
            ISO=value.isoformat(),
            epoch=f"{value.timestamp():.6f}".rstrip("0").rstrip("."),
            day=_day(value),
            when=_ago(value),
            read_as=source,
        )
    ]


def _fraction(value: dt.datetime) -> str:
    return f".{value.microsecond:06d}".rstrip("0") if value.microsecond else ""


def _day(value: Any) -> str:
    return "" if isinstance(value, dt.time) else f"{value:%A}"


def _ago(value: dt.datetime) -> str:
    """ "3 days ago", "in 2 hours"."""
    left = (dt.datetime.now(value.tzinfo) - value).total_seconds()
    size, unit = abs(left), "year"
    if size < 1:
        return "now"
    for step, name in _STEPS:
        if size < step:
            unit = name
            break
        size /= step
    text = f"{int(size)} {unit}{'' if int(size) == 1 else 's'}"
    return f"{text} ago" if left > 0 else f"in {text}"


def _fit(content: Content) -> float:
    found = content.once(_read)
    return 0.0 if found is None else found[2]


FORMAT = Format("date-time", _fit, _show)
