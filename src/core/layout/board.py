"""Stages on whole rows with straight links between them, and what another row of a stage would cost."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from math import ceil, floor, hypot
from operator import add

from .meeting import BOX_W, RANK_PX, meetings
from .ranks import Layers, twins_of

ROW_PX, BOX_H = 200, 100
HIT_PX, CROSS_PX = 1500, 1000
"""A link through a box, and two that cross, weigh as much as that many px of links."""
NEVER = 1e18
_TOUCH = BOX_H / ROW_PX / 2 - 0.005


class Board:
    """Rows as they are now; for each rank the rows that are taken and the long links that pass."""

    def __init__(self, layers: Layers, row: Sequence[int], room: int) -> None:
        lowest = min(row[: layers.stages]) - room
        self.row = [each - lowest for each in row[: layers.stages]]
        self.height = max(self.row) + 1 + room
        self.rank = rank = layers.rank
        self.depth = layers.depth
        self.stages: list[list[int]] = [[] for _ in range(self.depth)]
        for node in sorted(range(layers.stages), key=self.row.__getitem__):
            self.stages[rank[node]].append(node)
        self.links: list[list[int]] = [[] for _ in self.row]
        self.passing: list[list[tuple[int, int]]] = [[] for _ in range(self.depth)]
        for source, target in layers.links:
            self.links[source].append(target)
            self.links[target].append(source)
            for middle in range(rank[source] + 1, rank[target]):
                self.passing[middle].append((source, target))
        self._meetings = meetings(rank[: layers.stages], layers.links, self.passing)
        self.paired = self._meetings.known
        self.taken: list[list[int]] = [[] for _ in range(self.depth)]
        for each in range(self.depth):
            self.take(each)
        spans = {rank[target] - rank[source] for source, target in layers.links}
        self.reach = max(spans, default=0)
        self.twins = [0] * layers.stages
        """The same number, not 0, for stages that cost the same in any row."""
        for number, nodes in enumerate(twins_of(layers), 1):
            for node in nodes:
                self.twins[node] = number
        self._lengths = {span: self._measured(span) for span in spans}
        self._measures = [(*link, self._lengths[rank[link[1]] - rank[link[0]]]) for link in layers.links]
        self.weigh(1)

    def take(self, rank: int) -> None:
        """Notes again how many rows are taken above each row."""
        used = [0] * self.height
        for node in self.stages[rank]:
            used[self.row[node]] = 1
        self.taken[rank] = [*accumulate(used, initial=0)]

    def hits(self, rank: int) -> list[float]:
        """For each row what a box there costs for the links that pass."""
        changes = [0.0] * (self.height + 1)
        for source, target in self.passing[rank]:
            row, start = self.row[source], self.rank[source]
            first, end = _rows(self.rank[target] - start, rank - start, self.row[target] - row)
            changes[row + first] += self.hit
            changes[row + end] -= self.hit
        return [*accumulate(changes[:-1])]

    def costs(self, node: int, low: int, high: int, hits: list[float]) -> list[float]:
        """What the stage would cost in the rows from ``low`` to before ``high``, the order within ranks kept."""
        cost = hits[low:high]
        for other in self.links[node]:
            span = abs(self.rank[other] - self.rank[node])
            length = self._lengths[span]
            at = self.height + low - self.row[other]
            cost = [*map(add, cost, length[at : at + high - low])]
            if span > 1:
                self._add_through(cost, node, other, low)
        held = self._meetings
        if held.held[node] or held.free[node]:
            cross, crossed = self.cross, held.long(node, self.row, low, high)
            cost = [each + cross * count for each, count in zip(cost, crossed, strict=True)]
        return cost

    def profile(self, node: int, low: int, high: int, hits: list[float]) -> list[float]:
        """What the stage would cost in the rows from ``low`` to before ``high``, crossings of short links included."""
        cost, cross = self.costs(node, low, high, hits), self.cross
        if self._meetings.beside[node]:
            crossed = self._meetings.short(node, self.row, low, high)
            return [each + cross * count for each, count in zip(cost, crossed, strict=True)]
        return cost

    def trouble(self, node: int, hits: list[float]) -> float:
        """What links cost that run through its box, and its own ones through boxes and over long links."""
        row, own = self.row[node], self.rank[node]
        through = 0
        for other in self.links[node]:
            span, fall = self.rank[other] - own, self.row[other] - row
            step, span = (1, span) if span > 0 else (-1, -span)
            for count in range(1, span):
                first, end = _rows(span, count, fall)
                taken = self.taken[own + step * count]
                through += taken[row + end] - taken[row + first]
        return hits[row] + self.hit * through + self.cross * self._meetings.at(node, self.row)

    def weigh(self, weight: float) -> None:
        """Makes links through boxes and crossings that much more costly than length."""
        self.weight, self.hit, self.cross = weight, HIT_PX * weight, CROSS_PX * weight

    def total(self) -> tuple[float, float]:
        """What the crossings and links through boxes of the whole picture cost, and its length."""
        row, height, through = self.row, self.height, 0
        for rank, passing in enumerate(self.passing):
            taken = self.taken[rank]
            for source, target in passing:
                start, own = self.rank[source], row[source]
                first, end = _rows(self.rank[target] - start, rank - start, row[target] - own)
                through += taken[own + end] - taken[own + first]
        length = sum([lengths[height + row[target] - row[source]] for source, target, lengths in self._measures])
        return CROSS_PX * self._meetings.total(row) + HIT_PX * through, length

    def put(self, nodes: Sequence[int], rows: Sequence[int]) -> None:
        """Moves stages to free rows."""
        for node, row in zip(nodes, rows, strict=True):
            self.row[node] = row
        for rank in {self.rank[node] for node in nodes}:
            self.stages[rank].sort(key=self.row.__getitem__)
            self.take(rank)

    def _measured(self, span: int) -> list[float]:
        """The lengths of a link by the rows that it falls, from all rows up to all rows down."""
        made = [hypot(RANK_PX * span - BOX_W, ROW_PX * rows) for rows in range(self.height + 1)]
        return made[:0:-1] + made

    def _add_through(self, cost: list[float], node: int, other: int, low: int) -> None:
        """Adds what the boxes cost that the link runs through with its own end in each of the rows from ``low``."""
        rank, there, hit, size = self.rank[node], self.row[other], self.hit, len(cost)
        step = 1 if self.rank[other] > rank else -1
        span = (self.rank[other] - rank) * step
        for count in range(1, span):
            rank += step
            taken = self.taken[rank]
            for at, (first, end) in enumerate(_spreads(span, count, there - low, size)):
                if boxes := taken[low + end] - taken[low + first]:
                    cost[at] += hit * boxes


@lru_cache(maxsize=1 << 15)
def _rows(span: int, count: int, fall: int) -> tuple[int, int]:
    """Which rows' boxes, from the first to before the end, a link runs through that many ranks on, seen from its end.

    ``span`` ranks long it falls by ``fall`` rows.
    """
    slope = fall / (span * RANK_PX - BOX_W)
    near = slope * (count * RANK_PX - BOX_W)
    far = near + slope * BOX_W
    if near > far:
        near, far = far, near
    return ceil(near - _TOUCH), floor(far + _TOUCH) + 1


@lru_cache(maxsize=1 << 12)
def _spreads(span: int, count: int, fall: int, size: int) -> list[tuple[int, int]]:
    """The same for links that begin in each of so many rows and end in one place, all counted from the first row."""
    rows = [_rows(span, count, fall - row) for row in range(size)]
    return [(row + first, row + end) for row, (first, end) in enumerate(rows)]
