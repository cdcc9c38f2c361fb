"""Lane layout: invariants for any history, and the shapes the timeline's picture shows."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from inmem_widgets.observables.threads.lanes import Lanes, Layout, Node, layout, path_rows, segments


def chain(*pairs: tuple[str, str | None]) -> list[Node]:
    """Nodes given oldest first as (id, parent), returned newest first."""
    return [Node(("", i), None if p is None else ("", p), None) for i, p in reversed(pairs)]


def test_a_line_is_one_lane() -> None:
    plan = layout(chain(("a", None), ("b", "a"), ("c", "b")))
    assert (plan.lanes, plan.width, len(plan.edges)) == ([0, 0, 0], 1, 2)


def test_a_fork_takes_the_next_lane_and_leaves_the_old_branch_where_it_was() -> None:
    before = chain(("a", None), ("b", "a"), ("c", "b"))
    after = chain(("a", None), ("b", "a"), ("c", "b"), ("fork", "a"), ("d", "fork"))
    assert layout(after).lanes == [1, 1, 0, 0, 0]
    assert layout(after).lanes[2:] == layout(before).lanes


def test_a_lane_is_used_again_once_its_branch_has_ended() -> None:
    plan = layout(chain(("a", None), ("b", "a"), ("x", "a"), ("c", "b"), ("y", "b")))
    # x ends before y's fork point is reached from above only if their rows do not overlap
    assert plan.width == 3
    plan = layout(chain(("a", None), ("b", "a"), ("x", "a"), ("c", "b"), ("d", "c"), ("y", "c")))
    assert plan.width == 2


def test_a_subgraph_hangs_dashed_between_its_caller_and_what_came_of_it() -> None:
    nodes = [
        Node(("", "3"), ("", "1"), None),
        Node(("sub:t", "2b"), ("sub:t", "2a"), ("", "1")),
        Node(("sub:t", "2a"), None, ("", "1")),
        Node(("", "1"), None, None),
    ]
    plan = layout(nodes)
    assert plan.lanes == [0, 1, 1, 0]
    dashed = sorted((e.older, e.newer) for e in plan.edges if e.dashed)
    assert dashed == [(1, 0), (2, 1), (3, 2)]
    assert path_rows(nodes, ("sub:t", "2b")) == {1, 2, 3}


def test_a_checkpoint_that_names_itself_or_a_cycle_as_parent_does_not_hang() -> None:
    nodes = [
        Node(("", "b"), ("", "a"), None),
        Node(("", "a"), ("", "b"), None),
        Node(("", "c"), ("", "c"), None),
    ]
    plan = layout(nodes)
    assert len(plan.lanes) == 3
    assert path_rows(nodes, ("", "b")) == {0, 1}


@st.composite
def histories(draw: st.DrawFn) -> list[Node]:
    """Any forest of checkpoints, some of them subgraph calls of others; newest first."""
    nodes: list[Node] = []
    for i in range(draw(st.integers(1, 40))):
        older = draw(st.none() | st.sampled_from(nodes)) if nodes else None
        if older is not None and draw(st.booleans()) and draw(st.booleans()):
            nodes.append(Node((f"{older.key[0]}|sub:{i}".strip("|"), str(i)), None, older.key))
        elif older is not None:
            nodes.append(Node((older.key[0], str(i)), older.key, older.caller))
        else:
            nodes.append(Node(("", str(i)), None, None))
    return nodes[::-1]


@settings(deadline=None, max_examples=60)
@given(histories())
def test_no_two_things_are_drawn_in_one_place(nodes: list[Node]) -> None:
    plan = layout(nodes)
    rows = segments(plan, set(), 0, len(nodes))
    for i, row in enumerate(rows):
        through = [s["top"] for s in row if s["part"] == "through"]
        assert len(through) == len(set(through)), "two lines run along one lane"
        assert plan.lanes[i] not in through, "a line runs through a checkpoint that is not its own"
        tops = [s["top"] for s in row if s["part"] == "top"]
        assert len(tops) == len(set(tops))
        assert all(0 <= s["top"] < plan.width and 0 <= s["bottom"] < plan.width for s in row)


@settings(deadline=None, max_examples=60)
@given(histories())
def test_lines_meet_at_the_row_borders(nodes: list[Node]) -> None:
    plan = layout(nodes)
    rows = segments(plan, set(), 0, len(nodes))
    below = [sorted(s["bottom"] for s in row if s["part"] != "top") for row in rows]
    above = [sorted(s["top"] for s in row if s["part"] != "bottom") for row in rows]
    assert below[:-1] == above[1:]
    assert (above[0], below[-1]) == ([], [])


@settings(deadline=None, max_examples=60)
@given(histories(), st.data())
def test_a_window_draws_what_the_whole_draws(nodes: list[Node], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(nodes) - 1))
    stop = data.draw(st.integers(start + 1, len(nodes)))
    plan = layout(nodes)
    assert segments(plan, {0}, start, stop) == segments(plan, {0}, 0, len(nodes))[start:stop]


@settings(deadline=None, max_examples=60)
@given(histories(), st.data())
def test_lanes_that_grow_are_those_laid_out_at_once_at_every_moment(
    nodes: list[Node], data: st.DataObject
) -> None:
    grown, moments = Lanes(), []
    for node in reversed(nodes):
        grown.add(node)
        moments.append(Layout(grown))
    for size, then in enumerate(moments, 1):
        fresh = layout(nodes[-size:])
        assert (then.lanes, then.width) == (fresh.lanes, fresh.width)
        assert sorted(then.edges) == sorted(fresh.edges)
    key = data.draw(st.sampled_from(nodes)).key
    size = data.draw(st.integers(1, len(nodes)))
    assert moments[size - 1].path(key) == path_rows(nodes[-size:], key)


@settings(deadline=None, max_examples=60)
@given(histories())
def test_nothing_that_is_drawn_ever_moves(nodes: list[Node]) -> None:
    lanes = [layout(nodes[-size:]).lanes[::-1] for size in range(1, len(nodes) + 1)]
    assert all(later[: len(before)] == before for before, later in pairwise(lanes))


@settings(deadline=None, max_examples=60)
@given(histories(), st.data())
def test_a_windows_path_is_that_of_the_whole_there(nodes: list[Node], data: st.DataObject) -> None:
    plan, stop = layout(nodes), data.draw(st.integers(1, len(nodes)))
    key = data.draw(st.sampled_from(nodes)).key
    whole, part = plan.path(key), plan.path(key, stop)
    assert part <= whole
    assert {row for row in part if row < stop} == {row for row in whole if row < stop}
    assert segments(plan, part, 0, stop) == segments(plan, whole, 0, stop)


@settings(deadline=None, max_examples=60)
@given(histories(), st.integers(1, 4))
def test_lanes_beyond_the_last_one_are_drawn_as_one(nodes: list[Node], most: int) -> None:
    plan = layout(nodes)
    for narrow, wide in zip(
        segments(plan, set(), 0, len(nodes), most), segments(plan, set(), 0, len(nodes)), strict=True
    ):
        assert all(0 <= s["top"] < most and 0 <= s["bottom"] < most for s in narrow)
        assert len({tuple(s.items()) for s in narrow}) == len(narrow)
        assert [s for s in narrow if max(s["top"], s["bottom"]) < most - 1] == [
            s for s in wide if max(s["top"], s["bottom"]) < most - 1
        ]


def test_subgraphs_of_any_depth_hang_under_their_callers() -> None:
    root, a, b = ("", "1"), ("a:1", "2"), ("a:1|b:2", "3")
    nodes = [Node(("", "4"), root, None), Node(b, None, a), Node(a, None, root), Node(root, None, None)]
    plan = layout(nodes)
    assert plan.lanes == [0, 2, 1, 0]
    assert path_rows(nodes, b) == {1, 2, 3}


def test_a_subgraph_that_remembers_hangs_on_its_callers_and_on_its_last_call() -> None:
    first, second = ("", "1"), ("", "3")
    nodes = [
        Node(("sub", "4"), ("sub", "2"), second),
        Node(second, first, None),
        Node(("sub", "2"), None, first),
        Node(first, None, None),
    ]
    edges = {(e.older, e.newer) for e in layout(nodes).edges if e.dashed}
    assert edges == {(3, 2), (2, 1), (1, 0), (2, 0)}


def test_a_checkpoint_with_very_many_forks_takes_no_time_for_each_pair_of_them() -> None:
    looked = 0

    class Counted(list[int]):
        def __getitem__(self, at):  # type: ignore[no-untyped-def]
            nonlocal looked
            looked += 1
            return super().__getitem__(at)

    lanes = Lanes([Node(("", "0"), None, None)])
    lanes._tops = Counted(lanes._tops)
    for i in range(1, 2_000):
        lanes.add(Node(("", str(i)), ("", "0"), None))
    assert lanes.lanes == list(range(2_000))[:1] + list(range(1_999))
    assert looked < 20_000
