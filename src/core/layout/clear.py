"""Rows for short links that run clear of other boxes: rank by rank, and for small parts stage by stage."""

from collections.abc import Sequence
from itertools import accumulate

from .board import NEVER, Board
from .ranks import Layers

REACH = 5
ROOM = 2
TURNS = 4
ROUNDS = 3
TRIES = 3
MOST_STAGES = 60


def cleared(layers: Layers, row: Sequence[int]) -> list[int]:
    """The rows of the stages, moved within their ranks; no two of a rank share one."""
    board = Board(layers, row, ROOM)
    _settle_all(board)
    if board.paired and layers.stages <= MOST_STAGES and any(board.passing):
        for _ in range(ROUNDS):
            if not _moved(board):
                break
            _settle_all(board)
    return board.row


def _settle_all(board: Board) -> None:
    for turn in range(TURNS):
        before = list(board.row)
        for rank in range(board.depth)[:: -1 if turn % 2 else 1]:
            _settle(board, rank)
        if board.row == before:
            break


def _settle(board: Board, rank: int) -> None:
    """The cheapest growing rows of a rank while all others stay, the order kept."""
    nodes = board.stages[rank]
    hits = board.hits(rank)
    sums: list[list[float]] = []
    best = [0.0] * (board.height + 1)
    for node in nodes:
        now = board.row[node]
        low, high = max(0, now - REACH), min(board.height, now + REACH + 1)
        cost = board.costs(node, low, high, hits)
        best = [*accumulate(map(float.__add__, best[low:high], cost), min)]
        best = [NEVER] * (low + 1) + best + [best[-1]] * (board.height - high)
        sums.append(best)
    end = board.height
    for at in range(len(nodes) - 1, -1, -1):
        best = sums[at]
        while best[end - 1] <= best[end]:
            end -= 1
        end -= 1
        board.row[nodes[at]] = end
    board.take(rank)


def _moved(board: Board) -> bool:
    """Moves single stages to any row of their rank, into a free place or changing places, where that costs less."""
    changed = False
    for rank, nodes in enumerate(board.stages):
        hits = board.hits(rank)
        for node in tuple(nodes):
            changed |= _placed(board, rank, node, hits)
        nodes.sort(key=board.row.__getitem__)
        board.take(rank)
    return changed


def _placed(board: Board, rank: int, node: int, hits: list[float]) -> bool:
    cost = _profile(board, node, hits)
    now = board.row[node]
    by_row = {board.row[other]: other for other in board.stages[rank]}
    better = [row for row in range(board.height) if cost[row] < cost[now]]
    for row in sorted(better, key=cost.__getitem__)[:TRIES]:
        other = by_row.get(row)
        if other is None:
            board.row[node] = row
            return True
        before = cost[now] + _profile(board, other, hits)[row]
        board.row[node], board.row[other] = row, now
        if _profile(board, node, hits)[row] + _profile(board, other, hits)[now] < before:
            return True
        board.row[node], board.row[other] = now, row
    return False


def _profile(board: Board, node: int, hits: list[float]) -> list[float]:
    """What each row would cost, crossings of short links included."""
    cost = board.costs(node, 0, board.height, hits)
    return [*map(float.__add__, cost, board.crossed(board.short_pairs[node]))]
