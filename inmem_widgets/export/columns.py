"""Columns whose type is the same with and without rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from inmem_widgets.observables.preview import clean

if TYPE_CHECKING:
    import pandas as pd


def texts(values: Iterable[Any]) -> pd.Series[str]:
    """Text; lone surrogates, which Arrow cannot hold, become visible escapes."""
    import pandas as pd

    return pd.Series([None if value is None else clean(str(value)) for value in values], dtype="str")


def whole(values: Iterable[int | None]) -> pd.Series[Any]:
    """Whole numbers, `<NA>` where unknown."""
    import pandas as pd

    return pd.Series([*values], dtype="Int64")


def real(values: Iterable[float | None]) -> pd.Series[Any]:
    """Numbers, `<NA>` where unknown."""
    import pandas as pd

    return pd.Series([*values], dtype="Float64")


def times(values: Iterable[float | None]) -> pd.Series[Any]:
    """Moments in UTC, `NaT` where unknown, of seconds since the epoch."""
    import pandas as pd

    return pd.to_datetime(pd.Series([*values], dtype="float64"), unit="s", utc=True).dt.as_unit("us")


def categories(values: Iterable[str], all_of_them: Iterable[str] | None = None) -> pd.Series[Any]:
    """Texts of which there are few; named in order, if they are known beforehand."""
    import pandas as pd

    kind = pd.CategoricalDtype(None if all_of_them is None else [*all_of_them])
    return pd.Series([*values], dtype="str" if all_of_them is None else kind).astype(kind)
