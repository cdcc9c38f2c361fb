"""Numbers, tables, images and dates as facts, plots and pictures."""

import base64
import datetime
import json
from typing import Any

import numpy as np
import pandas as pd

from inmem_widgets.observables.formats import view_value
from tests.observables.test_formats import ISO, JPEG, PNG


def facts_of(value: Any, format: str | None = None) -> dict[str, str]:
    found = {}
    for block in view_value(value, format=format)["blocks"]:
        if block["kind"] == "facts":
            found |= {each["label"]: each["text"] for each in block["facts"]}
    return found


def test_a_vector_says_what_numpy_says() -> None:
    numbers = [3.0, -4.0, 0.0, float("nan"), float("inf"), 0.0, 12.0, 2.0, 1.0]
    finite = np.array([x for x in numbers if np.isfinite(x)])
    for value in (numbers, tuple(numbers), json.dumps(numbers), np.array(numbers), pd.Series(numbers)):
        facts = facts_of(value, "vector")
        assert facts == {
            "count": "9",
            "min": "-4",
            "max": "12",
            "mean": f"{finite.mean():.6g}",
            "std": f"{finite.std():.6g}",
            "L2 norm": f"{np.linalg.norm(finite):.6g}",
            "zeros": "2",
            "not finite": "2",
        }


def test_a_vector_is_plotted_with_the_extremes_of_each_slice() -> None:
    numbers = np.sin(np.arange(100_000.0))
    numbers[77_777] = 50.0
    numbers[10] = np.nan
    line, bars = (b for b in view_value(numbers)["blocks"] if b["kind"] == "plot")
    assert (line["style"], bars["style"]) == ("line", "bars")
    assert len(line["low"]) == len(line["high"]) == 240
    assert max(x for x in line["high"] if x is not None) == 50.0
    assert sum(x for x in bars["high"] if x is not None) == 99_999
    assert set(bars["low"]) == {0.0}
    assert (line["first"], line["last"]) == ("0", "99,999")
    assert bars["last"] == "50"
    short = [1.0, 5.0, float("inf"), 2.0]
    line = next(b for b in view_value(short, format="vector")["blocks"] if b["kind"] == "plot")
    assert line["low"] == line["high"] == [1.0, 5.0, None, 2.0]


def test_a_vector_of_many_numbers_says_what_was_read() -> None:
    facts = facts_of([1.5] * 1_200_000)
    assert (facts["count"], facts["statistics of"]) == ("1,200,000", "the first 1,000,000")


def test_an_array_shows_shape_dtype_statistics_and_head() -> None:
    facts = facts_of(np.arange(12, dtype="i2").reshape(3, 4))
    assert (facts["shape"], facts["dtype"], facts["bytes"], facts["max"]) == ("3 × 4", "int16", "24", "11")
    records = np.array([(1, "x"), (2, "y")], [("n", "i4"), ("s", "U3")])
    (table,) = (b for b in view_value(records)["blocks"] if b["kind"] == "table")
    assert (table["columns"], table["rows"]) == (["", "n", "s"], [["0", "1", "x"], ["1", "2", "y"]])
    deep = view_value(np.zeros((2, 3, 4)))["blocks"]
    assert [b["kind"] for b in deep] == ["facts", "note", "table"]


def test_a_frame_shows_its_columns_and_index() -> None:
    frame = pd.DataFrame(
        {"n": [1.5, None], "s": pd.Categorical(["a", "b"]), "t": pd.to_datetime(["2026-01-01", None])},
        index=pd.MultiIndex.from_tuples([("x", 1), ("y", 2)]),
    )
    facts = facts_of(frame)
    assert (facts["type"], facts["shape"], facts["index"]) == ("DataFrame", "2 × 3", "MultiIndex")
    assert facts["dtypes"].startswith("n float64 · s category · t datetime64")
    (table,) = (b for b in view_value(frame)["blocks"] if b["kind"] == "table")
    assert table["columns"] == ["", "n", "s", "t"]
    assert table["numeric"] == [False, True, False, False]
    assert table["rows"][0] == ["('x', 1)", "1.5", "a", "2026-01-01 00:00:00"]
    wide = view_value(pd.DataFrame(np.zeros((1, 100))))["blocks"]
    assert "The first 30 of 100 columns." in [b["text"] for b in wide if b["kind"] == "note"]


def test_an_image_with_its_dimensions() -> None:
    for data, mime, size in ((PNG, "image/png", (1, 1)), (JPEG, "image/jpeg", (32, 16))):
        facts, image = view_value(data)["blocks"]
        assert facts["kind"] == "facts"
        assert image["kind"] == "image"
        assert (image["mime"], (image["width"], image["height"])) == (mime, size)
        assert base64.b64decode(image["data"]) == data


def test_dates_in_utc_local_and_iso_and_how_long_ago() -> None:
    moment = datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.UTC)
    seconds = int(moment.timestamp())
    for value in (moment, ISO, pd.Timestamp(moment), seconds, seconds * 1000, str(seconds), ISO.encode()):
        facts = facts_of(value, "date-time")
        assert facts["UTC"] == "2026-11-20 10:00:00"
        assert facts["ISO"] == "2026-11-20T10:00:00+00:00"
        assert facts["epoch"] == str(seconds)
        assert facts["day"] == "Friday"
        assert {"local", "when", "zone"} <= set(facts)
    now = datetime.datetime.now(datetime.UTC)
    for gap, text in (
        (datetime.timedelta(days=-3, hours=-1), "3 days ago"),
        (datetime.timedelta(hours=2, minutes=1), "in 2 hours"),
        (datetime.timedelta(days=-800), "2 years ago"),
        (datetime.timedelta(minutes=-1, seconds=-20), "1 minute ago"),
    ):
        assert facts_of(now + gap)["when"] == text
    assert facts_of(seconds, "date-time")["read as"] == "seconds since 1970"
    assert facts_of(datetime.date(2026, 11, 20))["ISO"] == "2026-11-20"
