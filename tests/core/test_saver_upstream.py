"""langgraph-checkpoint's own tests of its in-memory saver, and the conformance suite, on ours."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import Capability

from inmem_widgets import InMemorySaver
from tests.upstream import contents, load

module = load(
    "langgraph-checkpoint",
    "tests/test_memory.py",
    {"langgraph.checkpoint.memory": {"InMemorySaver": InMemorySaver}},
)
assert module.InMemorySaver is InMemorySaver
# The tests name their model by this module.
module.MemoryPydantic.__module__ = "tests.test_memory"
sys.modules.setdefault("tests.test_memory", module)
globals().update(contents(module))


@checkpointer_test(name="InMemorySaver")
async def ours() -> AsyncIterator[InMemorySaver]:
    yield InMemorySaver()


async def test_conformance_with_all_capabilities() -> None:
    report = await validate(ours)
    results = report.to_dict()
    assert report.passed_all(), results
    assert set(report.results) == {each.value for each in Capability}
    assert all(result.detected and result.passed for result in report.results.values()), results
