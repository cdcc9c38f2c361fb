"""How values are shown: formats chosen by content, blocks within a bound, no code of a value run.

A format is one file with a `Format`; `registry` lists them. `view_value` shows a value in one of them.
"""

from inmem_widgets.observables.formats.own import Formatter, check_formatters
from inmem_widgets.observables.formats.view import FormatView, child_node, view_value

__all__ = ["FormatView", "Formatter", "check_formatters", "child_node", "view_value"]
