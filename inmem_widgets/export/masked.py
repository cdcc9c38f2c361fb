"""Frames as they may leave: a last look at all texts and values in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from inmem_widgets.export.schemas import ALL
from inmem_widgets.observables.redaction import Redactor, redacting

if TYPE_CHECKING:
    import pandas as pd


def framed(make: Callable[[], pd.DataFrame], redactor: Redactor | None) -> pd.DataFrame:
    """What is made, for whoever sees only what the redactor lets through."""
    with redacting(redactor):
        frame = make()
    return frame if redactor is None else masked_frame(frame, redactor)


def masked_frame(frame: pd.DataFrame, redactor: Redactor) -> pd.DataFrame:
    """The frame with each text and value redacted; the index and names of channels too, one to one."""
    import pandas as pd

    made: Any = frame.copy(deep=False)
    for at, column in enumerate(frame.columns):
        series = frame[column] if frame.columns.is_unique else frame.iloc[:, at]
        if isinstance(series.dtype, pd.CategoricalDtype):
            made.isetitem(at, _categories(series, redactor))
        elif series.dtype == object or pd.api.types.is_string_dtype(series.dtype):
            name = redactor.name if column in NAMES else redactor.text
            cells = [_cell(each, redactor, name) for each in series]
            made.isetitem(at, pd.Series(cells, index=frame.index, dtype=series.dtype))
    named = [
        redactor.name(each) if type(each) is str and each not in DECLARED else each for each in frame.columns
    ]
    made.columns = pd.Index(named, dtype=frame.columns.dtype)
    if frame.index.dtype == object or pd.api.types.is_string_dtype(frame.index.dtype):
        index = [redactor.name(each) if type(each) is str else each for each in frame.index]
        made.index = pd.Index(index, dtype=frame.index.dtype, name=frame.index.name)
    masked: pd.DataFrame = made
    return masked


DECLARED: Final = frozenset(column.name for schema in ALL for column in schema)
"""Names of columns that are ours."""
NAMES: Final = frozenset(("key", "thread", "thread_id", "id", "ns", "parent"))
"""Columns of names, which stay one to one."""


def _cell(value: Any, redactor: Redactor, name: Any) -> Any:
    if type(value) is str:
        return name(value)
    return value if value is None or type(value) in (bool, int, float) else redactor.value(value)


def _categories(series: pd.Series, redactor: Redactor) -> pd.Series:
    import pandas as pd

    texts = [redactor.name(each) if type(each) is str else each for each in series.cat.categories]
    named: Any = pd.Index(texts, dtype=series.cat.categories.dtype)
    return series.cat.rename_categories(named)
