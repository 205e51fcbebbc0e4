"""Rows: none shared, and what a move costs is known without making it."""

from hypothesis import given
from hypothesis import strategies as st

from penstock.core.layout.board import Board
from penstock.core.layout.clear import cleared
from penstock.core.layout.order import ordered
from penstock.core.layout.ranks import Layers
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
    """Rows are whole, start at 0, and none between is empty."""
    rows = rows_of(layers, ordered(layers))
    assert_apart(layers, rows)
    assert set(rows) == set(range(max(rows) + 1))


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
    cost = board.profile(node, board.hits(rank))
    before = sum(board.total())
    board.put([node], [row])
    change = cost[row] - cost[now]
    assert abs(sum(board.total()) - before - change) < 1e-6
