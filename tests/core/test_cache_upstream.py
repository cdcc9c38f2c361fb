"""langchain-core's own tests of its in-memory cache, on ours."""

from inmem_widgets import InMemoryCache
from tests.upstream import contents, load

module = load(
    "langchain-core",
    "tests/unit_tests/caches/test_in_memory_cache.py",
    {"langchain_core.caches": {"InMemoryCache": InMemoryCache}},
)
assert module.InMemoryCache is InMemoryCache
globals().update(contents(module))
