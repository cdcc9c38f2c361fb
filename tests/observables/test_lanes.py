"""Lane layout: invariants for any history, and the shapes the timeline's picture shows."""

from hypothesis import given
from hypothesis import strategies as st

from inmem_widgets.observables.lanes import Node, layout, path_rows, segments


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


@given(histories())
def test_lines_meet_at_the_row_borders(nodes: list[Node]) -> None:
    plan = layout(nodes)
    rows = segments(plan, set(), 0, len(nodes))
    below = [sorted(s["bottom"] for s in row if s["part"] != "top") for row in rows]
    above = [sorted(s["top"] for s in row if s["part"] != "bottom") for row in rows]
    assert below[:-1] == above[1:]
    assert (above[0], below[-1]) == ([], [])


@given(histories(), st.data())
def test_a_window_draws_what_the_whole_draws(nodes: list[Node], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(nodes) - 1))
    stop = data.draw(st.integers(start + 1, len(nodes)))
    plan = layout(nodes)
    assert segments(plan, {0}, start, stop) == segments(plan, {0}, 0, len(nodes))[start:stop]
