"""Stores under writers, readers and scans at once."""

from __future__ import annotations

from inmem_widgets import Change, InMemoryStore
from tests.threads import together

WAIT = 10.0


def test_scans_reads_and_writers_together() -> None:
    store = InMemoryStore[int]()
    store.mset([(f"stay {i}", i) for i in range(6_000)])

    def write(name: str) -> None:
        for i in range(300):
            store.mset([(f"{name} {i} {part}", i) for part in range(5)])
            store.mdelete([f"{name} {i - 3} {part}" for part in range(5)])
            store.mset([(f"{name} last", i)])

    def scan() -> None:
        for _ in range(40):
            assert sum(1 for _ in store.yield_keys(prefix="stay 59")) == 111
            assert sum(key.startswith("stay") for key in store.yield_keys()) == 6_000

    def read() -> None:
        for i in range(300):
            group = store.mget([f"a {i} {part}" for part in range(5)])
            assert group in ([i] * 5, [None] * 5)  # a batch is there or not

    together(lambda: write("a"), lambda: write("b"), scan, scan, read)
    for prefix in ("stay 5", "a ", "b 29"):
        assert list(store.yield_keys(prefix=prefix)) == [
            key for key in store._store if key.startswith(prefix)
        ]


def test_the_order_of_events_is_the_order_of_writes() -> None:
    store, got = InMemoryStore[int](), list[Change]()
    store.changes.listen(got.append)

    def write(seed: int) -> None:
        for i in range(2_000):
            number = seed * 10_000 + i
            match (i + seed) % 4:
                case 0:
                    store.mset([("a", number)])
                case 1:
                    store.mset([("a", number), ("b", number)])
                case 2:
                    store.mdelete(["a"])
                case 3:
                    store.mdelete(["a", "b"])

    together(*[lambda seed=seed: write(seed) for seed in range(4)])
    assert store.changes.flush(WAIT)
    state: dict[str, int] = {}
    for change in got:
        if change.kind == "set":
            assert change.values is not None
            state.update(zip(change.keys, change.values, strict=True))
        else:
            for key in change.keys:
                del state[key]  # it was there
    assert state == store.store
