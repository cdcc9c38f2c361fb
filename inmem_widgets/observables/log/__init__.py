"""The log of a watched object: what happened, who did it, and how it was after each change.

`observable.log` is its `EventLog`; `logs()` are all there are in this kernel.
"""

from inmem_widgets.observables.log.eventlog import EventLog, logs
from inmem_widgets.observables.log.past.moment import Moment
from inmem_widgets.observables.log.rows import by_row, log_row

__all__ = ["EventLog", "Moment", "by_row", "log_row", "logs"]
