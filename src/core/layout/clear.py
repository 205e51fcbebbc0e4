"""Rows for short links that run clear of other boxes: rank by rank, and for small parts stage by stage."""

from math import inf
from typing import Final

from .arrays import i64, vec
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
MOST_GAPS: Final = 12
"""With more rows in which no stage lies none is kept."""
HUB: Final = 4
"""Links of a stage that others hang on."""


def cleared(layers: Layers, row: list[int]) -> list[int]:
    """The rows of the stages, moved within their ranks; no two of a rank share one."""
    board = Board(layers, row, ROOM)
    reach: int = REACH
    turns: int = TURNS
    if not board.paired:  # crossings don't count here, so there are more links through boxes to take away
        passing = sum(map(len, board.passing)) / layers.stages
        crowded = layers.stages > CROWD and passing > CROWDED
        board.weigh(CROWDED_WEIGHT if crowded else WEIGHTS[-1])
        if crowded:
            reach, turns = FAR, max(1, min(FEW_TURNS, int(MOST_PASSED / passing)))
    _settle_all(board, reach, turns)
    if board.paired and layers.stages <= MOST_STAGES and any(board.passing):
        _improved(board)
    return _closed(board)


def _improved(board: Board) -> None:
    """Looks for better rows in small parts with links through boxes or crossings, and takes the best ones found."""
    best, least = board.now(), board.total()
    if not 0 < least[0] <= MOST_TROUBLE_PX:
        return
    for weight in WEIGHTS:
        board.weigh(weight)
        if weight > 1:
            _settle_all(board)
        _loosened(board)
        if (found := board.total()) < least:
            best, least = board.now(), found
        if least[0] <= LITTLE_PX:
            break
    board.weigh(1)
    board.lay(best)


def _closed(board: Board) -> list[int]:
    """The rows without empty ones, but for those that keep links clear of boxes or of each other."""
    before, cost = board.now(), _whole(board)
    used = sorted(set(before))
    closed = {row: at for at, row in enumerate(used)}
    gaps = used[-1] - used[0] + 1 - len(used)
    board.lay([closed[row] for row in before])
    if not gaps or gaps > MOST_GAPS or _whole(board) <= cost:
        return board.now()
    for gap in range(used[-1], used[0], -1):
        if gap not in closed:
            tried = [row - 1 if row > gap else row for row in before]
            board.lay(tried)
            if (found := _whole(board)) <= cost:
                before, cost = tried, found
    return [row - used[0] for row in before]


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


def _settle(board: Board, rank: i64, reach: i64) -> bool:
    """The cheapest growing rows of a rank while all others stay, the order kept; whether that made it cheaper.

    No stage moves further than ``reach`` rows.
    """
    nodes = board.stages[rank]
    hits = board.hits(rank)
    lows: list[int] = []
    sums: list[vec[float]] = []
    best, first, present = vec[float]([0.0]), 0, 0.0
    alike: dict[int, vec[float]] = {}
    spare = board.height - len(nodes) + 1
    for above, node in enumerate(nodes):
        now = board.row[node]
        low, high = max(above, now - reach), min(spare + above, now + reach + 1)
        at: i64 = 0
        if twins := int(board.twins[node]):
            if twins not in alike:
                alike[twins] = board.costs(node, 0, board.height, hits)
            cost, at = alike[twins], low
        else:
            cost = board.costs(node, low, high, hits)
        present += cost[at + now - low]
        before, shift, end = best, low - first, len(best) - 1
        first, least = low + 1, inf
        best = vec[float]([0.0] * (high - low))
        for each in range(high - low):
            place = shift + each
            value = before[place if place < end else end] + cost[at + each]
            if value < least:
                least = value
            best[each] = least
        lows.append(low)
        sums.append(best)
    if best[len(best) - 1] > present - 1e-6:
        return False
    row = board.height
    for number in range(len(nodes) - 1, -1, -1):
        low, best = lows[number], sums[number]
        at = (row - low if row - low < len(best) else len(best)) - 1
        while at and best[at - 1] <= best[at]:
            at -= 1
        row = low + at
        board.move(nodes[number], row)
    board.take(rank)
    return True


def _swung(board: Board) -> bool:
    """Moves groups that hang on hubs only above or below all others, where that costs less: out of fans of links."""
    changed = False
    hits = [board.hits(rank) for rank in range(board.depth)]
    troubled = [(-trouble, group) for group in _groups(board) if (trouble := _trouble(board, group, hits))]
    cost = _whole(board) if troubled else 0.0
    for _, group in sorted(troubled)[:GROUPS]:
        used = [int(board.row[other]) for node in group for other in board.stages[board.rank[node]]]
        before = [int(board.row[node]) for node in group]
        for row in (min(used) - 1, max(used) + 1):
            if not 0 <= row < board.height:
                continue
            board.put(group, [row] * len(group))
            found = _whole(board)
            if found < cost:
                cost, before, changed = found, [row] * len(group), True
        board.put(group, before)
    return changed


def _trouble(board: Board, group: list[int], hits: list[vec[float]]) -> float:
    return sum([board.trouble(node, hits[board.rank[node]]) for node in group])


def _groups(board: Board) -> list[list[int]]:
    """What stays together of the stages without the hubs, where it is one stage a rank."""
    found: list[list[int]] = []
    seen: set[int] = set()
    links = board.links
    for start in range(len(board.row)):
        if start in seen or links.degree(start) >= HUB:
            continue
        group = [int(start)]
        for node in group:
            group += [other for other in links.near(node) if links.degree(other) < HUB and other not in group]
        seen.update(group)
        if len({int(board.rank[node]) for node in group}) == len(group):
            found.append(group)
    return found


def _moved(board: Board) -> bool:
    """Moves single stages to any row of their rank, into a free place or changing places, where that costs less."""
    changed = False
    for rank, nodes in enumerate(board.stages):
        hits = board.hits(rank)
        alike: dict[int, vec[float]] = {}
        for node in [node for node in nodes if board.links.degree(node) <= HUB and board.trouble(node, hits)]:
            twins = int(board.twins[node])
            cost = alike[twins] if twins in alike else board.profile(node, 0, board.height, hits)
            if _placed(board, rank, node, cost, hits):
                changed = True
                alike.clear()
            elif twins:
                alike[twins] = cost
        board.sort(rank)
        board.take(rank)
    return changed


def _placed(board: Board, rank: int, node: int, cost: vec[float], hits: vec[float]) -> bool:
    now, twins = board.row[node], board.twins[node]
    present = cost[now]
    better = sorted([(cost[row], int(row)) for row in range(board.height) if cost[row] < present])
    by_row = {int(board.row[other]): other for other in board.stages[rank]} if better else {}
    for _, row in better[:TRIES]:
        other = by_row.get(row)
        if other is None:
            board.move(node, row)
            return True
        if twins and twins == board.twins[other]:
            continue
        before = present + _price(board, other, row, hits)
        board.move(node, row)
        board.move(other, now)
        if _price(board, node, row, hits) + _price(board, other, now, hits) < before:
            return True
        board.move(node, now)
        board.move(other, row)
    return False


def _price(board: Board, node: i64, row: i64, hits: vec[float]) -> float:
    return board.profile(node, row, row + 1, hits)[0]


def _whole(board: Board) -> float:
    trouble, length = board.total()
    return board.weight * trouble + length
