"""Rows: none shared, and what a move costs is known without making it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.layout.board import Board
from penstock.core.layout.clear import cleared
from penstock.core.layout.graph import Part
from penstock.core.layout.order import ordered
from penstock.core.layout.ranks import Layers, ranked
from penstock.core.layout.rows import rows_of

from .graphs import layered, relaxed


def spread(layers: Layers) -> list[int]:
    """Stages of a rank two rows apart."""
    return [2 * layers.rank[:node].count(layers.rank[node]) for node in range(layers.stages)]


def assert_apart(layers: Layers, rows: list[int]) -> None:
    """No two stages of a rank share a row."""
    assert len(rows) == layers.stages
    assert len(set(zip(layers.rank, rows, strict=False))) == layers.stages


@relaxed
@given(layered())
def test_no_two_stages_of_a_rank_share_a_row(layers: Layers) -> None:
    """Rows are whole and start at 0; without long links, which may need room, none between is empty."""
    rows = rows_of(layers, ordered(layers))
    assert_apart(layers, rows)
    assert min(rows) == 0
    assert len(layers.rank) > layers.stages or set(rows) == set(range(max(rows) + 1))


@relaxed
@given(layered())
def test_clearing_makes_no_picture_costlier(layers: Layers) -> None:
    """Crossings, links through boxes and length together never grow."""
    before = spread(layers)
    after = cleared(layers, before)
    assert_apart(layers, after)
    assert sum(Board(layers, after, 2).total()) <= sum(Board(layers, before, 2).total()) + 1e-6


@relaxed
@given(layered(), st.data())
def test_the_cost_of_a_move_is_what_the_picture_changes_by(layers: Layers, data: st.DataObject) -> None:
    """The profile of a stage tells for every free row how much crossings, boxes and length change."""
    board = Board(layers, spread(layers), 2)
    node = data.draw(st.integers(0, layers.stages - 1))
    rank, now = layers.rank[node], board.row[node]
    free = [row for row in range(board.height) if row not in {board.row[other] for other in board.stages[rank]}]
    row = data.draw(st.sampled_from(free))
    cost = board.profile(node, 0, board.height, board.hits(rank))
    before = sum(board.total())
    board.put([node], [row])
    change = cost[row] - cost[now]
    assert abs(sum(board.total()) - before - change) < 1e-6


@relaxed
@given(layered())
def test_twins_cost_the_same_in_every_row(layers: Layers) -> None:
    """So one of a fan speaks for all, and twins need not change places."""
    board = Board(layers, spread(layers), 2)
    hits = [board.hits(rank) for rank in range(board.depth)]
    seen: dict[int, list[float]] = {}
    for node in range(layers.stages):
        cost = [*board.profile(node, 0, board.height, hits[layers.rank[node]])]
        if number := board.twins[node]:
            assert cost == pytest.approx(seen.setdefault(number, cost))


def test_the_stages_of_a_fan_are_twins() -> None:
    """Between the same two neighbours; not those with a link more."""
    fan = Part(tuple("abcdef"), ((1, 2, 3), (4,), (4,), (4, 5), (), ()))
    board = Board(ranked(fan), [0, 0, 1, 2, 0, 1], 2)
    a, b, c, d, e, f = board.twins
    assert b == c > 0
    assert [a, d, e, f] == [0, 0, 0, 0]
