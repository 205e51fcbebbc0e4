"""Stages on whole rows with straight links between them, and what another row of a stage would cost."""

from functools import lru_cache
from itertools import accumulate
from math import ceil, floor, hypot
from operator import add
from typing import Final

from .meeting import BOX_W, RANK_PX, meetings
from .ranks import Layers

ROW_PX: Final = 200
BOX_H: Final = 100
HIT_PX: Final = 1500
CROSS_PX: Final = 1000
"""A link through a box, and two that cross, weigh as much as that many px of links."""
Stretch = tuple[float, float, float, float]
"""How far along a link a box begins and ends, as shares of the link, and by what a change of the row there moves its
own end."""
_TOUCH: Final = BOX_H / ROW_PX / 2 - 0.005


class Board:
    """Rows as they are now; for each rank the rows that are taken and the long links that pass."""

    def __init__(self, layers: Layers, row: list[int], room: int) -> None:
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
        self.rows: list[list[int]] = [[] for _ in range(self.depth)]
        self.taken: list[list[int]] = [[] for _ in range(self.depth)]
        for each in range(self.depth):
            self.take(each)
        spans = {rank[target] - rank[source] for source, target in layers.links}
        self.reach = max(spans, default=0)
        self.twins = [0] * layers.stages
        """The same number, not 0, for stages that cost the same in any row."""
        for number, nodes in enumerate(layers.twins, 1):
            for node in nodes:
                self.twins[node] = number
        lengths = {span: self._measured(span) for span in spans}
        self._measures = [(*link, lengths[rank[link[1]] - rank[link[0]]]) for link in layers.links]
        self._near = [
            [(other, lengths[abs(rank[other] - rank[node])]) for other in near] for node, near in enumerate(self.links)
        ]
        ways = {span: _stretches(span) for span in spans}
        self._long = [
            [(other, ways[abs(rank[other] - rank[node])]) for other in near if abs(rank[other] - rank[node]) > 1]
            for node, near in enumerate(self.links)
        ]
        self.weigh(1)

    def take(self, rank: int) -> None:
        """Notes again how many rows are taken above each row."""
        self.rows[rank] = [*map(self.row.__getitem__, self.stages[rank])]
        used = [0] * self.height
        for row in self.rows[rank]:
            used[row] = 1
        self.taken[rank] = [*accumulate(used, initial=0)]

    def hits(self, rank: int) -> list[float]:
        """For each row what a box there costs for the links that pass."""
        changes = [0.0] * (self.height + 1)
        for source, target in self.passing[rank]:
            first, end = self._run_through(source, target, rank)
            changes[first] += self.hit
            changes[end] -= self.hit
        return [*accumulate(changes[:-1])]

    def costs(self, node: int, low: int, high: int, hits: list[float]) -> list[float]:
        """What the stage would cost in the rows from ``low`` to before ``high``, the order within ranks kept."""
        cost, row = hits[low:high], self.row
        at = self.height + low
        size = high - low
        for other, lengths in self._near[node]:
            first = at - row[other]
            for each in range(size):
                cost[each] += lengths[first + each]
        if self._long[node] or self._meetings.meets(node):
            changes = [0.0] * (high - low + 1)
            for other, stretches in self._long[node]:
                self._through(node, other, stretches, low, high, changes)
            self._meetings.long(node, row, low, high, self.cross, changes)
            cost = [*map(add, cost, accumulate(changes))]
        return cost

    def profile(self, node: int, low: int, high: int, hits: list[float]) -> list[float]:
        """What the stage would cost in the rows from ``low`` to before ``high``, crossings of short links included."""
        changes = [0.0] * (high - low + 1)
        self._meetings.short(node, self.row, low, high, self.cross, changes)
        return [*map(add, self.costs(node, low, high, hits), accumulate(changes))]

    def trouble(self, node: int, hits: list[float]) -> float:
        """What links cost that run through its box, and its own ones through boxes and over long links."""
        own, through = self.rank[node], 0
        for other, _ in self._long[node]:
            there = self.rank[other]
            source, target = (node, other) if there > own else (other, node)
            for rank in range(min(own, there) + 1, max(own, there)):
                first, end = self._run_through(source, target, rank)
                through += self.taken[rank][end] - self.taken[rank][first]
        return hits[self.row[node]] + self.hit * through + self.cross * self._meetings.at(node, self.row)

    def weigh(self, weight: float) -> None:
        """Makes links through boxes and crossings that much more costly than length."""
        self.weight, self.hit, self.cross = weight, HIT_PX * weight, CROSS_PX * weight

    def total(self) -> tuple[float, float]:
        """What the crossings and links through boxes of the whole picture cost, and its length."""
        row, height, through = self.row, self.height, 0
        for rank, passing in enumerate(self.passing):
            taken = self.taken[rank]
            for source, target in passing:
                first, end = self._run_through(source, target, rank)
                through += taken[end] - taken[first]
        length = 0.0
        for source, target, lengths in self._measures:
            length += lengths[height + row[target] - row[source]]
        return CROSS_PX * self._meetings.total(row) + HIT_PX * through, length

    def put(self, nodes: list[int], rows: list[int]) -> None:
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

    def _run_through(self, source: int, target: int, rank: int) -> tuple[int, int]:
        """The rows, from the first to before the end, whose boxes in a rank the link runs through."""
        row, start = self.row[source], self.rank[source]
        first, end = _rows(self.rank[target] - start, rank - start, self.row[target] - row)
        return row + first, row + end

    def _through(
        self, node: int, other: int, stretches: list[Stretch], low: int, high: int, changes: list[float]
    ) -> None:
        """Adds how the price of the boxes that the link runs through changes from row to row of its own end."""
        there, rank = self.row[other], self.rank[node]
        step = 1 if self.rank[other] > rank else -1
        hit, last = self.hit, high - 1
        for at_near, at_far, scale, scale_far in stretches:
            rank += step
            one, two = low + (there - low) * at_near, low + (there - low) * at_far
            three, four = last + (there - last) * at_near, last + (there - last) * at_far
            taken = self.taken[rank]
            top = max(0, floor((one if one < two else two) - _TOUCH))
            bottom = min(self.height, ceil((three if three > four else four) + _TOUCH) + 1)
            boxes = self.rows[rank][taken[top] : taken[bottom]]
            if not boxes:
                continue
            shift, shift_far = there * at_near * scale, there * at_far * scale_far
            touch, touch_far = _TOUCH * scale, _TOUCH * scale_far
            for row in boxes:
                one, two = row * scale - shift, row * scale_far - shift_far
                first, first_far = one - touch, two - touch_far
                end, end_far = one + touch, two + touch_far
                begin = ceil(first if first < first_far else first_far)
                close = floor(end if end > end_far else end_far)
                if begin <= last and close >= low and begin <= close:
                    changes[begin - low if begin > low else 0] += hit
                    changes[close + 1 - low if close < last else last + 1 - low] -= hit


def _stretches(span: int) -> list[Stretch]:
    """What lies on the way of a link, rank by rank."""
    width = span * RANK_PX - BOX_W
    shares = [((count * RANK_PX - BOX_W) / width, count * RANK_PX / width) for count in range(1, span)]
    return [(near, far, 1 / (1 - near), 1 / (1 - far)) for near, far in shares]


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
