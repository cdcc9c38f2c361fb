"""langchain-core's own tests of its in-memory store, on ours."""

from inmem_widgets import InMemoryByteStore, InMemoryStore
from tests.upstream import contents, load

module = load(
    "langchain-core",
    "tests/unit_tests/stores/test_in_memory.py",
    {"langchain_core.stores": {"InMemoryStore": InMemoryStore, "InMemoryByteStore": InMemoryByteStore}},
)
assert module.InMemoryStore is InMemoryStore
globals().update(contents(module))
