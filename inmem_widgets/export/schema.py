"""What columns a frame has: declared once, for the frames and for docs/frames.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from inmem_widgets.export import columns

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "category", "whole", "count", "real", "number", "time", "flag", "object"]
DTYPES: Final[dict[Kind, str]] = {
    "text": "str",
    "category": "category",
    "whole": "Int64",
    "count": "int64",
    "real": "Float64",
    "number": "float64",
    "time": "datetime64[us, UTC]",
    "flag": "bool",
    "object": "object",
}
"""As pandas 3 calls them."""
_MAKE: Final[dict[Kind, Callable[[Iterable[Any]], pd.Series[Any]]]] = {
    "text": columns.texts,
    "category": columns.categories,
    "whole": columns.whole,
    "count": columns.counts,
    "real": columns.real,
    "number": columns.numbers,
    "time": columns.times,
    "flag": columns.flags,
    "object": columns.objects,
}


class Column(NamedTuple):
    """One column: what it is called, holds and means.

    Attributes:
        among: Of categories: all there are, in order, where that is known beforehand.
        optional: Whether it is there only if asked for, or where it applies.
    """

    name: str
    kind: Kind
    doc: str
    among: tuple[str, ...] = ()
    optional: bool = False

    def make(self, values: Iterable[Any]) -> pd.Series[Any]:
        """The column of these values, or as it is where it has been made."""
        import pandas as pd

        if isinstance(values, pd.Series):
            return values
        return columns.categories(values, self.among) if self.among else _MAKE[self.kind](values)


class Schema:
    """The columns of one kind of frame.

    Args:
        title: What a row is.
        calls: What gives the frame.
        doc: What else there is to know.
    """

    def __init__(self, title: str, calls: tuple[str, ...], doc: str, *of: Column) -> None:
        self.title, self.calls, self.doc, self.columns = title, calls, doc, of

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def frame(self, **data: Iterable[Any]) -> pd.DataFrame:
        """The frame of the columns given; optional ones may be missing."""
        import pandas as pd

        made = {
            column.name: column.make(data.pop(column.name))
            for column in self.columns
            if not column.optional or column.name in data
        }
        if data:
            raise KeyError(f"no columns of this frame: {', '.join(data)}")
        # one by one, as they are: pandas would copy them to lay those of a type side by side
        return pd.DataFrame(made, copy=False)
