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


def test_replace_loses_no_update() -> None:
    store, got = InMemoryStore[list[int]](), list[Change]()
    store.mset([("n", [0])])
    store.changes.listen(got.append)

    def add(times: int) -> None:
        for _ in range(times):
            while True:
                (old,) = store.mget(["n"])
                assert old is not None
                if store.replace("n", old, [old[0] + 1]):
                    break

    together(*[lambda: add(500) for _ in range(4)])
    assert store.mget(["n"]) == [[2_000]]
    assert store.changes.flush(WAIT)
    assert [change.values[0][0] for change in got if change.values] == list(range(1, 2_001))


def test_a_key_written_meanwhile_is_not_deleted() -> None:
    store = InMemoryStore[object]()
    written = [object() for _ in range(2_000)]
    for _ in range(20):
        before = [object() for _ in range(2_000)]
        keys = [str(i) for i in range(2_000)]
        store.mset(list(zip(keys, before, strict=True)))

        def write(keys: list[str] = keys) -> None:
            for i in range(0, 2_000, 7):
                store.mset([(keys[i], written[i])])

        def delete(keys: list[str] = keys, before: list[object] = before) -> None:
            for i in range(0, 2_000, 50):
                store._delete(keys[i : i + 50], before[i : i + 50])

        together(write, delete)
        assert store.store == {keys[i]: written[i] for i in range(0, 2_000, 7)}
