"""Which browser shows an earlier moment, and what a widget may ask of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.log.past.moment import Moment
from inmem_widgets.observables.log.travel.counters import PastCounters
from inmem_widgets.observables.log.travel.keys import PastKeys
from inmem_widgets.observables.lookups.browser import CacheBrowser


class Past(Protocol):
    """What a widget shows while it travels.

    Attributes:
        moment: The one shown.
        browser: In place of the live one.
        unknown: Fields of the state that are not known of that time, and why.
    """

    moment: Moment
    unknown: Mapping[str, str]

    @property
    def browser(self) -> Any: ...

    def at(self, number: int) -> Moment: ...
    def show(self, moment: Moment) -> None: ...
    def close(self) -> None: ...


def past_of(live: Any, moment: Moment, tell: Callable[[], None]) -> Past:
    """The way a live browser's object was; query, selection and what is open are the live browser's.

    Args:
        tell: Called when there may be something new to show.
    """
    return PastKeys(live, moment, tell) if isinstance(live, KeyBrowser) else PastCounters(live, moment, tell)


def travels(browser: Any) -> bool:
    """Whether there are moments to travel to."""
    return isinstance(browser, KeyBrowser | CacheBrowser)


def ago(moment: Moment) -> str:
    """For captions: which moment it is."""
    when = "" if moment.time is None else time.strftime(" (%H:%M:%S)", time.localtime(moment.time))
    return f"as it was after change {moment.number:,}{when}"
