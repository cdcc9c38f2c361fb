"""What a piece of code did to stores, caches and checkpointers: gathered while it runs, kept bounded."""

from inmem_widgets.observables.report.seen import Seen
from inmem_widgets.observables.report.text import report_text

__all__ = ["Seen", "report_text"]
