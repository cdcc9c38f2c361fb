"""Columns whose type is the same with and without rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from inmem_widgets.core.change import MISSING
from inmem_widgets.observables.preview import clean
from inmem_widgets.observables.redaction import redacted, redactor

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


def text_type() -> Any:
    """pandas' own type of texts, which is Arrow's where pyarrow is installed: `str` from pandas 3 on,
    `string` before."""
    import pandas as pd

    usual = pd.Series([], dtype="str").dtype
    if isinstance(usual, pd.StringDtype):
        return usual
    try:
        return pd.StringDtype("pyarrow")
    except ImportError:
        return pd.StringDtype("python")


def texts(values: Iterable[Any]) -> pd.Series[str]:
    """Text, missing where None; lone surrogates, which Arrow cannot hold, become visible escapes."""
    import pandas as pd

    kind, given = text_type(), [*values]
    if kind.storage == "pyarrow" and redactor() is None:
        import pyarrow as pa  # type: ignore[import-untyped,unused-ignore]

        try:
            return pd.Series(kind.__from_arrow__(pa.array(given, pa.large_string())))
        except (UnicodeEncodeError, pa.ArrowException, TypeError):
            pass
    return pd.Series([None if value is None else clean(redacted(str(value))) for value in given], dtype=kind)


def cells(texts: NDArray[np.uint8]) -> pd.Series[str] | None:
    """Texts of one length, a row of UTF-8 each; None where pandas does not hold texts side by side."""
    import numpy as np
    import pandas as pd

    kind = text_type()
    if kind.storage != "pyarrow":
        return None
    import pyarrow as pa

    count, width = texts.shape
    starts = np.arange(count + 1, dtype="int64") * width
    data = pa.py_buffer(np.ascontiguousarray(texts))
    return pd.Series(kind.__from_arrow__(pa.LargeStringArray.from_buffers(count, pa.py_buffer(starts), data)))


def whole(values: Iterable[int | None]) -> pd.Series[Any]:
    """Whole numbers, `<NA>` where unknown: None, and in an array what is below 0."""
    import numpy as np
    import pandas as pd

    if isinstance(values, np.ndarray):
        return pd.Series(pd.arrays.IntegerArray(values.astype("int64", copy=False), values < 0))
    return pd.Series([*values], dtype="Int64")


def counts(values: Iterable[int]) -> pd.Series[Any]:
    """Whole numbers that are always known."""
    import numpy as np
    import pandas as pd

    return pd.Series(values if isinstance(values, np.ndarray) else [*values], dtype="int64")


def real(values: Iterable[float | None]) -> pd.Series[Any]:
    """Numbers, `<NA>` where unknown."""
    import pandas as pd

    return pd.Series([*values], dtype="Float64")


def numbers(values: Iterable[float]) -> pd.Series[Any]:
    """Numbers that are always known."""
    import pandas as pd

    return pd.Series([*values], dtype="float64")


def flags(values: Iterable[bool]) -> pd.Series[Any]:
    """True or False."""
    import numpy as np
    import pandas as pd

    return pd.Series(values if isinstance(values, np.ndarray) else [*values], dtype="bool")


def times(values: Iterable[float | None]) -> pd.Series[Any]:
    """Moments in UTC, `NaT` where unknown, of seconds since the epoch."""
    import numpy as np
    import pandas as pd

    seconds = np.asarray(values if isinstance(values, np.ndarray) else [*values], dtype="float64")
    known = np.abs(seconds) < 9e12  # what 64 bits hold, and no NaN
    moments = np.full(len(seconds), np.datetime64("NaT"), dtype="datetime64[us]")
    moments[known] = np.rint(seconds[known] * 1e6).astype("int64").view("datetime64[us]")
    return pd.Series(moments).dt.tz_localize("UTC")


def categories(values: Iterable[str | None], all_of_them: Iterable[str] | None = None) -> pd.Series[Any]:
    """Texts of which there are few, missing where None; named in order, if they are known beforehand."""
    given = [*values]
    named = all_of_them is not None
    names = [*all_of_them] if all_of_them is not None else sorted({x for x in given if x is not None})
    number = {name: i for i, name in enumerate(names)}
    return coded([-1 if x is None else number.get(x, -1) for x in given], names, named=named)


def coded(codes: Sequence[int] | Any, names: Sequence[str], *, named: bool = False) -> pd.Series[Any]:
    """Texts by their place among `names`, missing where -1; those not used are left out, unless `named`."""
    import numpy as np
    import pandas as pd

    codes = np.asarray(codes, dtype="int64")
    if not named:
        order = sorted({*np.unique(codes).tolist()} - {-1}, key=lambda code: names[code])
        place = np.full(len(names) + 1, -1)
        place[order] = range(len(order))
        codes, names = place[codes], [names[code] for code in order]
    kind = pd.CategoricalDtype(pd.Index(texts(names)))
    return pd.Series(pd.Categorical.from_codes(codes, dtype=kind))


def objects(values: Iterable[Any]) -> pd.Series[Any]:
    """Any objects, as they are."""
    import numpy as np
    import pandas as pd

    given = [*values]
    column = np.empty(len(given), dtype=object)
    for i, value in enumerate(given):  # as a whole, NumPy would look into values
        column[i] = value
    return pd.Series(column, dtype=object)


def anything(values: Iterable[Any]) -> pd.Series[Any]:
    """Values of one type as a column of that type, others as objects; missing where `MISSING`."""
    import pandas as pd

    given = [*values]
    there = [value for value in given if value is not MISSING]
    plain = [None if value is MISSING else value for value in given]
    if there and all(type(value) is str for value in there):
        return texts(plain)
    for kind, name in ((bool, "boolean"), (int, "Int64"), (float, "Float64")):
        if there and all(type(value) is kind for value in there):
            if kind is int and not all(-(1 << 63) <= value < 1 << 63 for value in there):
                break
            return pd.Series(plain, dtype=name)
    return objects(pd.NA if value is MISSING else value for value in given)
