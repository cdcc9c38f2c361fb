"""A step from one moment to another gives what that one is when it is made anew."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets import InMemoryStore, observe
from inmem_widgets.core.change import UNKNOWN, change
from inmem_widgets.observables.keys.browser import KeyBrowser
from inmem_widgets.observables.log.eventlog import EventLog
from inmem_widgets.observables.log.past import seek as module
from inmem_widgets.observables.log.past.seek import seek
from inmem_widgets.observables.log.travel.keys import PastKeys
from tests.observables.log.filling import WRITES, few, write


@pytest.mark.parametrize("keys", [0, 1_000_000])
@settings(max_examples=60, deadline=None)
@given(writes=WRITES, before=st.dictionaries(st.sampled_from("abc"), st.integers()), data=st.data())
def test_a_step_is_as_the_moment_made_anew(
    keys: int, writes: list[tuple[str, Any]], before: dict[str, int], data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        few(patched, keys)
        store = InMemoryStore[int]()
        store.mset(list(before.items()))
        log = EventLog(observable := observe(store))
        for what, arguments in writes:
            write(store, what, arguments)
        log.catch_up()
        moments = st.integers(log.first - 1, log.last)
        number = data.draw(moments)
        shown = dict(log.at(number).values)
        for to in data.draw(st.lists(moments, max_size=6)):
            last = [*shown.items()]
            expected = dict(log.at(to).values)
            if seek(log, shown, number, to):
                assert shown == expected
                first = next(
                    (each for each in log.changes(max(number, to) + 1) if each.kind == "reset"), None
                )
                end = store._store if first is None else first.info["before"]
                # but those deleted since, which come last, are not in any order
                assert [key if key in end else "" for key in shown] == [
                    key if key in end else "" for key in expected
                ]
                number = to
            else:
                assert [*shown.items()] == last
                between = log.changes(min(number, to) + 1, max(number, to) + 1)
                later = log.changes(min(number, to) + 1)
                assert {"reset", "delete"} & {each.kind for each in (later if to > number else between)}
        assert observable.source is store


def test_where_it_is_not_known_what_was_held_no_step_is_taken() -> None:
    store = InMemoryStore[int]()
    log = EventLog(observable := observe(store))
    log.add([change(1, "set", ("a",), (1,), [UNKNOWN], 1.0)])
    log.add([change(2, "colour", ("a",), None, [1], 2.0), change(5, "set", ("a",), (2,), [1], 3.0)])
    log.add([change(6, "set", ("b",), (UNKNOWN,), [UNKNOWN], 4.0)])
    shown: dict[Any, Any] = {"a": 1}
    assert not seek(log, shown, 1, 2)  # of no kind it knows
    assert not seek(log, shown, 2, 5)  # two were lost
    assert not seek(log, shown, 5, 6)  # no value was told
    assert shown == {"a": 1}
    assert observable.source is store


def test_the_table_of_a_moment_goes_on_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    store = InMemoryStore[int]()
    observable = observe(store)
    log = observable.log
    store.mset([("gone", 0)])
    for n in range(30):
        store.mset([(f"k{n % 7}", n)])
        if n == 10:
            store.mdelete(["gone"])
    log.catch_up()
    live = KeyBrowser(observable)
    taken: list[bool] = []
    monkeypatch.setattr(
        "inmem_widgets.observables.log.travel.keys.seek",
        lambda *given: taken.append(seek(*given)) or taken[-1],  # type: ignore[func-returns-value]
    )
    past = PastKeys(live, log.at(20), lambda: None)
    for number in (21, 20, 31, 14, 11, 12, 0, 3):
        past.show(past.at(number))
        expected = log.at(number).values
        assert (past.moment.number, past.browser.keys()) == (number, [*expected])
        assert {key: past.browser.observable.value(key) for key in expected} == expected
    # across the deletion backwards, and of keys inserted onwards while one is to be deleted: made anew
    assert taken == [True, True, True, True, True, True, True, False]
    with pytest.raises(LookupError, match="when: got 99"):
        past.at(99)
    assert past.moment.number == 3
    monkeypatch.setattr(module, "FAR", 3)
    past.show(past.at(30))
    assert taken[-1] is False
    assert past.browser.keys() == [*log.at(30).values]
    past.close()
    live.close()
