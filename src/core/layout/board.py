"""Stages on whole rows with straight links between them, and what another row of a stage would cost."""

from collections.abc import Sequence
from itertools import accumulate
from math import ceil, floor, hypot
from operator import add

from .meeting import BOX_W, RANK_PX, meetings
from .ranks import Layers

ROW_PX, BOX_H = 200, 100
HIT_PX, CROSS_PX = 1500, 1000
"""A link through a box, and two that cross, weigh as much as that many px of links."""
NEVER = 1e18
_TOUCH = BOX_H / ROW_PX / 2 - 0.005


class Board:
    """Rows as they are now; for each rank the rows that are taken and the long links that pass."""

    def __init__(self, layers: Layers, row: Sequence[int], room: int) -> None:
        self.weigh(1)
        lowest = min(row[: layers.stages]) - room
        self.row = [each - lowest for each in row[: layers.stages]]
        self.height = max(self.row) + 1 + room
        self.rank = layers.rank
        self.depth = layers.depth
        self.stages: list[list[int]] = [[] for _ in range(self.depth)]
        for node in sorted(range(layers.stages), key=self.row.__getitem__):
            self.stages[self.rank[node]].append(node)
        self.links: list[list[int]] = [[] for _ in self.row]
        self.passing: list[list[tuple[int, int]]] = [[] for _ in range(self.depth)]
        for source, target in layers.links:
            self.links[source].append(target)
            self.links[target].append(source)
            for rank in range(self.rank[source] + 1, self.rank[target]):
                self.passing[rank].append((source, target))
        self._meetings = meetings(layers.rank[: layers.stages], layers.links, self.passing)
        self.paired = self._meetings.known
        self.rows: list[list[int]] = [[] for _ in range(self.depth)]
        self.taken: list[list[int]] = [[] for _ in range(self.depth)]
        for rank in range(self.depth):
            self.take(rank)
        self.reach = max((self.rank[target] - self.rank[source] for source, target in layers.links), default=0)
        self._lengths: dict[int, list[float]] = {}
        self._ways: dict[int, list[tuple[float, float, float, float]]] = {}

    def take(self, rank: int) -> None:
        """Notes the taken rows again, and how many there are above each row."""
        self.rows[rank] = [*map(self.row.__getitem__, self.stages[rank])]
        used = [0] * self.height
        for row in self.rows[rank]:
            used[row] = 1
        self.taken[rank] = [*accumulate(used, initial=0)]

    def hits(self, rank: int) -> list[float]:
        """For each row what a box there costs for the links that pass."""
        changes = [0.0] * (self.height + 1)
        for source, target in self.passing[rank]:
            first, last = self._covered(source, self.row[source], target, self.row[target], rank)
            if first <= last:
                changes[first] += self.hit
                changes[last + 1] -= self.hit
        return [*accumulate(changes[:-1])]

    def costs(self, node: int, low: int, high: int, hits: list[float]) -> list[float]:
        """What the stage would cost in the rows from ``low`` to before ``high``, the order within ranks kept."""
        cost = hits[low:high]
        for other in self.links[node]:
            span = abs(self.rank[other] - self.rank[node])
            length = self._lengths.get(span) or self._measured(span)
            there = self.row[other]
            if there >= high:
                part = length[there - high + 1 : there - low + 1][::-1]
            elif there <= low:
                part = length[low - there : high - there]
            else:
                part = length[there - low : 0 : -1] + length[: high - there]
            cost = [*map(add, cost, part)]
            if span > 1:
                cost = [*map(add, cost, self._through(node, other, low, high))]
        held = self._meetings
        if held.held[node] or held.free[node]:
            cross, crossed = self.cross, held.long(node, self.row, self.height)
            cost = [each + cross * count for each, count in zip(cost, crossed[low:high], strict=True)]
        return cost

    def profile(self, node: int, hits: list[float]) -> list[float]:
        """What each row would cost, crossings of short links included."""
        cost, cross = self.costs(node, 0, self.height, hits), self.cross
        if self._meetings.beside[node]:
            crossed = self._meetings.short(node, self.row, self.height)
            return [each + cross * count for each, count in zip(cost, crossed, strict=True)]
        return cost

    def trouble(self, node: int, hits: list[float]) -> float:
        """What links cost that run through its box, and its own ones through boxes and over long links."""
        row = self.row[node]
        through = sum([self._through(node, other, row, row + 1)[0] for other in self.links[node]])
        return hits[row] + through + self.cross * self._meetings.at(node, self.row)

    def weigh(self, weight: float) -> None:
        """Makes links through boxes and crossings that much more costly than length."""
        self.weight, self.hit, self.cross = weight, HIT_PX * weight, CROSS_PX * weight

    def total(self) -> tuple[float, float]:
        """What the crossings and links through boxes of the whole picture cost, and its length."""
        row, length = self.row, 0.0
        trouble: float = CROSS_PX * self._meetings.total(row)
        for rank, nodes in enumerate(self.stages):
            hits = self.hits(rank) if self.passing[rank] else ()
            for node in nodes:
                trouble += hits[row[node]] / self.weight if hits else 0
                for other in self.links[node]:
                    if (span := self.rank[other] - rank) > 0:
                        length += hypot(RANK_PX * span - BOX_W, ROW_PX * (row[other] - row[node]))
        return trouble, length

    def put(self, nodes: Sequence[int], rows: Sequence[int]) -> None:
        """Moves stages to free rows."""
        for node, row in zip(nodes, rows, strict=True):
            self.row[node] = row
        for rank in {self.rank[node] for node in nodes}:
            self.stages[rank].sort(key=self.row.__getitem__)
            self.take(rank)

    def _measured(self, span: int) -> list[float]:
        made = [hypot(RANK_PX * span - BOX_W, ROW_PX * rows) for rows in range(self.height)]
        self._lengths[span] = made
        return made

    def _covered(self, source: int, source_row: int, target: int, target_row: int, rank: int) -> tuple[int, int]:
        """The rows, first and last, whose boxes in a rank the link runs through."""
        start = self.rank[source] * RANK_PX + BOX_W
        slope = (target_row - source_row) / (self.rank[target] * RANK_PX - start)
        left = source_row + slope * (rank * RANK_PX - start)
        right = left + slope * BOX_W
        if left > right:
            left, right = right, left
        return ceil(left - _TOUCH), floor(right + _TOUCH)

    def _through(self, node: int, other: int, low: int, high: int) -> list[float]:
        """What the boxes cost that the link runs through with its own end in each of the rows."""
        step = 1 if self.rank[other] > self.rank[node] else -1
        there, rank = self.row[other], self.rank[node]
        changes = [0.0] * (high - low + 1)
        hit, last = self.hit, high - 1
        for at_near, at_far, scale, scale_far in self._stretches(abs(self.rank[other] - rank)):
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
        return [*accumulate(changes[:-1])]

    def _stretches(self, span: int) -> list[tuple[float, float, float, float]]:
        """For each rank on the way of a link: how far along the box begins and ends, as shares of the link, and by
        what a change of the row there moves the own end."""
        known = self._ways.get(span)
        if known is None:
            width = span * RANK_PX - BOX_W
            known = []
            for count in range(1, span):
                near = (count * RANK_PX - BOX_W) / width
                far = near + BOX_W / width
                known.append((near, far, 1 / (1 - near), 1 / (1 - far)))
            self._ways[span] = known
        return known
