"""Rows for short links that run clear of other boxes: rank by rank, and for small parts stage by stage."""

from math import inf
from typing import Final

from .board import Board
from .ranks import Layers

REACH: Final = 5
FAR: Final = 20
ROOM: Final = 2
TURNS: Final = 4
FEW_TURNS: Final = 3
ROUNDS: Final = 3
TRIES: Final = 3
MOST_STAGES: Final = 60
MOST_TROUBLE_PX: Final = 30_000
GROUPS: Final = 6
WEIGHTS: Final = (1, 2)
LITTLE_PX: Final = 2500
"""A crossing and a link through a box: with no more there is but one try."""
CROWDED: Final = 1.5
CROWD: Final = 300
CROWDED_WEIGHT: Final = 8
"""With more long links than that passing by for each of so many stages, clear boxes are worth rows further away."""
MOST_PASSED: Final = 6
"""So many long links that pass by for each stage are looked at, in all turns together."""
HUB: Final = 4
"""Links of a stage that others hang on."""


def cleared(layers: Layers, row: list[int]) -> list[int]:
    """The rows of the stages, moved within their ranks; no two of a rank share one."""
    board = Board(layers, row, ROOM)
    reach, turns = REACH, TURNS
    if not board.paired:  # crossings don't count here, so there are more links through boxes to take away
        passing = sum(map(len, board.passing)) / layers.stages
        crowded = layers.stages > CROWD and passing > CROWDED
        board.weigh(CROWDED_WEIGHT if crowded else WEIGHTS[-1])
        if crowded:
            reach, turns = FAR, max(1, min(FEW_TURNS, int(MOST_PASSED / passing)))
    _settle_all(board, reach, turns)
    if not board.paired or layers.stages > MOST_STAGES or not any(board.passing):
        return board.row
    best, least = list(board.row), board.total()
    if not 0 < least[0] <= MOST_TROUBLE_PX:
        return best
    for weight in WEIGHTS:
        board.weigh(weight)
        if weight > 1:
            _settle_all(board)
        _loosened(board)
        if (found := board.total()) < least:
            best, least = list(board.row), found
        if least[0] <= LITTLE_PX:
            break
    return best


def _loosened(board: Board) -> None:
    if _swung(board):
        _settle_all(board)
    for _ in range(ROUNDS):
        if not _moved(board):
            break
        _settle_all(board)


def _settle_all(board: Board, reach: int = REACH, turns: int = TURNS) -> None:
    """Rank after rank, to and fro, as long as one changes; only those that a change concerns."""
    turn = 0
    waiting = set(range(board.depth))
    while waiting and turn < turns:
        for rank in sorted(waiting, reverse=turn % 2 == 1):
            waiting.discard(rank)
            if _settle(board, rank, reach):
                waiting.update(range(max(0, rank - board.reach), min(board.depth, rank + board.reach + 1)))
                waiting.discard(rank)
        turn += 1


def _settle(board: Board, rank: int, reach: int) -> bool:
    """The cheapest growing rows of a rank while all others stay, the order kept; whether that made it cheaper.

    No stage moves further than ``reach`` rows.
    """
    nodes = board.stages[rank]
    hits = board.hits(rank)
    sums: list[tuple[int, list[float]]] = []
    best, first, present = [0.0], 0, 0.0
    alike: dict[int, list[float]] = {}
    spare = board.height - len(nodes) + 1
    for above, node in enumerate(nodes):
        now = board.row[node]
        low, high = max(above, now - reach), min(spare + above, now + reach + 1)
        if twins := board.twins[node]:
            if twins not in alike:
                alike[twins] = board.costs(node, 0, board.height, hits)
            cost, at = alike[twins], low
        else:
            cost, at = board.costs(node, low, high, hits), 0
        present += cost[at + now - low]
        before, shift, end = best, low - first, len(best) - 1
        best, first, least = [], low + 1, inf
        for each in range(high - low):
            value = before[min(shift + each, end)] + cost[at + each]
            if value < least:
                least = value
            best.append(least)
        sums.append((low, best))
    if best[-1] > present - 1e-6:
        return False
    end = board.height
    for place in range(len(nodes) - 1, -1, -1):
        node, (low, best) = nodes[place], sums[place]
        at = min(end - low, len(best)) - 1
        while at and best[at - 1] <= best[at]:
            at -= 1
        end = board.row[node] = low + at
    board.take(rank)
    return True


def _swung(board: Board) -> bool:
    """Moves groups that hang on hubs only above or below all others, where that costs less: out of fans of links."""
    changed = False
    hits = [board.hits(rank) for rank in range(board.depth)]
    troubled = [(-trouble, group) for group in _groups(board) if (trouble := _trouble(board, group, hits))]
    cost = _whole(board) if troubled else 0.0
    for _, group in sorted(troubled)[:GROUPS]:
        used = [row for node in group for row in map(board.row.__getitem__, board.stages[board.rank[node]])]
        before = [board.row[node] for node in group]
        for row in (min(used) - 1, max(used) + 1):
            if not 0 <= row < board.height:
                continue
            board.put(group, [row] * len(group))
            found = _whole(board)
            if found < cost:
                cost, before, changed = found, [row] * len(group), True
        board.put(group, before)
    return changed


def _trouble(board: Board, group: list[int], hits: list[list[float]]) -> float:
    return sum([board.trouble(node, hits[board.rank[node]]) for node in group])


def _groups(board: Board) -> list[list[int]]:
    """What stays together of the stages without the hubs, where it is one stage a rank."""
    found: list[list[int]] = []
    seen: set[int] = set()
    for start, near in enumerate(board.links):
        if start in seen or len(near) >= HUB:
            continue
        group = [start]
        for node in group:
            group += [other for other in board.links[node] if len(board.links[other]) < HUB and other not in group]
        seen.update(group)
        if len({board.rank[node] for node in group}) == len(group):
            found.append(group)
    return found


def _moved(board: Board) -> bool:
    """Moves single stages to any row of their rank, into a free place or changing places, where that costs less."""
    changed = False
    for rank, nodes in enumerate(board.stages):
        hits = board.hits(rank)
        alike: dict[int, list[float]] = {}
        for node in [node for node in nodes if len(board.links[node]) <= HUB and board.trouble(node, hits)]:
            cost = alike.get(board.twins[node]) or board.profile(node, 0, board.height, hits)
            if _placed(board, rank, node, cost, hits):
                changed = True
                alike.clear()
            elif board.twins[node]:
                alike[board.twins[node]] = cost
        nodes.sort(key=board.row.__getitem__)
        board.take(rank)
    return changed


def _placed(board: Board, rank: int, node: int, cost: list[float], hits: list[float]) -> bool:
    now, twins = board.row[node], board.twins[node]
    by_row = {board.row[other]: other for other in board.stages[rank]}
    better = [row for row in range(board.height) if cost[row] < cost[now]]
    for row in sorted(better, key=cost.__getitem__)[:TRIES]:
        other = by_row.get(row)
        if other is None:
            board.row[node] = row
            return True
        if twins and twins == board.twins[other]:
            continue
        before = cost[now] + _price(board, other, row, hits)
        board.row[node], board.row[other] = row, now
        if _price(board, node, row, hits) + _price(board, other, now, hits) < before:
            return True
        board.row[node], board.row[other] = now, row
    return False


def _price(board: Board, node: int, row: int, hits: list[float]) -> float:
    return board.profile(node, row, row + 1, hits)[0]


def _whole(board: Board) -> float:
    trouble, length = board.total()
    return board.weight * trouble + length
