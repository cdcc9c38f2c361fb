"""States for tests and the gallery, typed by `wire`; the data is invented."""

from __future__ import annotations

from tests.browser.cachekernel import cache_counters as cache_counters
from tests.browser.keykernel import key_table as key_table
from tests.browser.timelinekernel import timeline as timeline
from tests.browser.timelinesteps import full as full
