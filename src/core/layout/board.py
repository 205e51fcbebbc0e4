"""Stages on whole rows with straight links between them, and what another row of a stage would cost."""

from math import ceil, floor, hypot
from typing import Final

from .arrays import i64, vec
from .links import Links
from .meeting import BOX_W, RANK_PX, meetings
from .ranks import Layers

ROW_PX: Final = 200
BOX_H: Final = 100
HIT_PX: Final = 1500
CROSS_PX: Final = 1000
"""A link through a box, and two that cross, weigh as much as that many px of links."""
_TOUCH: Final = BOX_H / ROW_PX / 2 - 0.005


class Board:
    """Rows as they are now; for each rank the rows that are taken and the long links that pass.

    A place where a link passes a rank has a number; those of a link follow each other, from left to right. Crossings
    between neighbouring ranks that no long link passes count only if ``every`` one shall.
    """

    def __init__(self, layers: Layers, row: list[int], room: int, *, every: bool = False) -> None:
        count, rank = layers.stages, layers.rank
        lowest = min(row[:count]) - room
        held = [each - lowest for each in row[:count]]
        self.row = vec[i64](held)
        self.y = vec[float]([float(each) for each in held])
        """The rows once more, to reckon with."""
        self.height: i64 = max(held) + 1 + room
        self.rank = vec[i64](rank[:count])
        self.depth: i64 = layers.depth
        self.stages: list[list[int]] = [[] for _ in range(self.depth)]
        for node in sorted(range(count), key=held.__getitem__):
            self.stages[rank[node]].append(node)
        self.links = Links(count, layers.links)
        self.twins = vec[i64]([0] * count)
        """The same number, not 0, for stages that cost the same in any row."""
        for number, nodes in enumerate(layers.twins, 1):
            for node in nodes:
                self.twins[node] = number
        self.reach: i64 = 0
        self._span = vec[i64]([0] * len(layers.links))
        self._entry = vec[i64]([0] * len(layers.links))
        self.passes: i64 = 0
        """How many places there are where a link passes a rank."""
        for link in range(self.links.count):
            span = self.rank[self.links.target[link]] - self.rank[self.links.source[link]]
            self._span[link], self._entry[link] = span, self.passes
            self.passes += span - 1
            if span > self.reach:
                self.reach = span
        self._begin = vec[i64]([0] * self.passes)
        self._close = vec[i64]([0] * self.passes)
        """The rows, from the first to before the end, whose boxes the link runs through there."""
        self.passing: list[list[int]] = [[] for _ in range(self.depth)]
        self._entries: list[list[int]] = [[] for _ in range(self.depth)]
        for link in range(self.links.count):
            if self._span[link] > 1:
                middle = self.rank[self.links.source[link]] + 1
                for count in range(self._span[link] - 1):
                    self.passing[middle + count].append(link)
                    self._entries[middle + count].append(self._entry[link] + count)
                self._pass(link)
        self._meetings = meetings(layers.rank[: layers.stages], self.links, self.passing, every=every)
        self.paired = self._meetings.known
        self.rows = vec[vec[i64]]([vec[i64]() for _ in range(self.depth)])
        self.taken = vec[vec[i64]]([vec[i64]() for _ in range(self.depth)])
        for each in range(self.depth):
            self.take(each)
        used = {int(self._span[link]) for link in range(self.links.count)}
        self._lengths = vec[vec[float]](
            [self._measured(span) if span in used else vec[float]() for span in range(self.reach + 1)]
        )
        self._ways = vec[vec[float]](
            [_stretches(span) if span in used else vec[float]() for span in range(self.reach + 1)]
        )
        self.weight = 1.0
        self.hit = 1.0 * HIT_PX
        self.cross = 1.0 * CROSS_PX

    def now(self) -> list[int]:
        """The row of every stage."""
        return [int(row) for row in self.row]

    def weigh(self, weight: float) -> None:
        """Makes links through boxes and crossings that much more costly than length."""
        self.weight, self.hit, self.cross = weight, HIT_PX * weight, CROSS_PX * weight

    def move(self, node: i64, row: i64) -> None:
        """Puts a stage into another row; ``take`` notes it for the rank."""
        if row == self.row[node]:
            return
        self.row[node], self.y[node] = row, float(row)
        links = self.links
        for at in range(links.first[node], links.first[node + 1]):
            link = links.number[at]
            if self._span[link] > 1:
                self._pass(link)

    def _pass(self, link: i64) -> None:
        """Notes the boxes anew that a link runs through."""
        span, entry = self._span[link], self._entry[link]
        start, end = self.y[self.links.source[link]], self.y[self.links.target[link]]
        slope = (end - start) / (float(span) * RANK_PX - BOX_W)
        row = self.row[self.links.source[link]]
        for count in range(1, span):
            near = slope * (float(count) * RANK_PX - BOX_W)
            far = near + slope * BOX_W
            if near > far:
                near, far = far, near
            self._begin[entry + count - 1] = row + ceil(near - _TOUCH)
            self._close[entry + count - 1] = row + floor(far + _TOUCH) + 1

    def take(self, rank: i64) -> None:
        """Notes again how many rows are taken above each row."""
        nodes = self.stages[rank]
        rows = vec[i64]([0] * len(nodes))
        taken = vec[i64]([0] * (self.height + 1))
        for at, node in enumerate(nodes):
            rows[at] = row = self.row[node]
            taken[row + 1] = 1
        for each in range(self.height):
            taken[each + 1] += taken[each]
        self.rows[rank], self.taken[rank] = rows, taken

    def hits(self, rank: i64) -> vec[float]:
        """For each row what a box there costs for the links that pass."""
        changes = vec[float]([0.0] * (self.height + 1))
        hit = self.hit
        for entry in self._entries[rank]:
            changes[self._begin[entry]] += hit
            changes[self._close[entry]] -= hit
        sum_ = 0.0
        for each in range(self.height):
            sum_ += changes[each]
            changes[each] = sum_
        return changes

    def costs(self, node: i64, low: i64, high: i64, hits: vec[float]) -> vec[float]:
        """What the stage would cost in the rows from ``low`` to before ``high``, the order within ranks kept."""
        size = high - low
        cost = hits[low:high]
        links, long = self.links, self._meetings.meets(node)
        for at in range(links.first[node], links.first[node + 1]):
            span = self._span[links.number[at]]
            if span > 1:
                long = True
            lengths, start = self._lengths[span], self.height + low - self.row[links.other[at]]
            for each in range(size):
                cost[each] += lengths[start + each]
        if long:
            changes = vec[float]([0.0] * (size + 1))
            for at in range(links.first[node], links.first[node + 1]):
                span = self._span[links.number[at]]
                if span > 1:
                    self._through(node, links.other[at], span, low, high, changes)
            self._meetings.long(node, self.y, low, high, self.cross, changes)
            change = 0.0
            for each in range(size):
                change += changes[each]
                cost[each] += change
        return cost

    def profile(self, node: i64, low: i64, high: i64, hits: vec[float]) -> vec[float]:
        """What the stage would cost in the rows from ``low`` to before ``high``, crossings of short links included."""
        changes = vec[float]([0.0] * (high - low + 1))
        self._meetings.short(node, self.row, low, high, self.cross, changes)
        cost = self.costs(node, low, high, hits)
        change = 0.0
        for each in range(high - low):
            change += changes[each]
            cost[each] += change
        return cost

    def trouble(self, node: i64, hits: vec[float]) -> float:
        """What links cost that run through its box, and its own ones through boxes and over long links."""
        links = self.links
        through: i64 = 0
        for at in range(links.first[node], links.first[node + 1]):
            link = links.number[at]
            if self._span[link] > 1:
                through += self._boxes(link)
        meets = self._meetings.at(node, self.y)
        return hits[self.row[node]] + self.hit * float(through) + self.cross * float(meets)

    def _boxes(self, link: i64) -> i64:
        """How many boxes a link runs through."""
        count: i64 = 0
        entry, rank = self._entry[link], self.rank[self.links.source[link]] + 1
        for each in range(self._span[link] - 1):
            taken = self.taken[rank + each]
            count += taken[self._close[entry + each]] - taken[self._begin[entry + each]]
        return count

    def total(self) -> tuple[float, float]:
        """What the crossings and links through boxes of the whole picture cost, and its length."""
        links, row = self.links, self.row
        through: i64 = 0
        length = 0.0
        for link in range(links.count):
            span = self._span[link]
            if span > 1:
                through += self._boxes(link)
            length += self._lengths[span][self.height + row[links.target[link]] - row[links.source[link]]]
        return CROSS_PX * float(self._meetings.total(row, self.y)) + HIT_PX * float(through), length

    def lay(self, rows: list[int]) -> None:
        """Puts all stages into these rows."""
        self.put([*range(len(rows))], rows)

    def put(self, nodes: list[int], rows: list[int]) -> None:
        """Moves stages to free rows."""
        for node, row in zip(nodes, rows, strict=True):
            self.move(node, row)
        for rank in {int(self.rank[node]) for node in nodes}:
            self.sort(rank)
            self.take(rank)

    def sort(self, rank: i64) -> None:
        """Brings the stages of a rank into the order of their rows; most of them are already."""
        nodes, row = self.stages[rank], self.row
        for at in range(1, len(nodes)):
            node = nodes[at]
            free = at
            while free and row[nodes[free - 1]] > row[node]:
                nodes[free] = nodes[free - 1]
                free -= 1
            nodes[free] = node

    def _measured(self, span: i64) -> vec[float]:
        """The lengths of a link by the rows that it falls, from all rows up to all rows down."""
        height = self.height
        made = vec[float]([0.0] * (2 * height + 1))
        for rows in range(height + 1):
            made[height + rows] = made[height - rows] = hypot(RANK_PX * span - BOX_W, ROW_PX * rows)
        return made

    def _through(self, node: i64, other: i64, span: i64, low: i64, high: i64, changes: vec[float]) -> None:
        """Adds how the price of the boxes that the link runs through changes from row to row of its own end."""
        there, rank = self.y[other], self.rank[node]
        step: i64 = 1 if self.rank[other] > rank else -1
        hit, last = self.hit, high - 1
        lowest, highest = float(low), float(last)
        ways = self._ways[span]
        for way in range(0, len(ways), 4):
            at_near, at_far, scale, scale_far = ways[way], ways[way + 1], ways[way + 2], ways[way + 3]
            rank += step
            one, two = lowest + (there - lowest) * at_near, lowest + (there - lowest) * at_far
            three, four = highest + (there - highest) * at_near, highest + (there - highest) * at_far
            taken, rows = self.taken[rank], self.rows[rank]
            top: i64 = floor((one if one < two else two) - _TOUCH)
            bottom: i64 = ceil((three if three > four else four) + _TOUCH) + 1
            if top < 0:
                top = 0
            if bottom > self.height:
                bottom = self.height
            if top >= bottom:
                continue
            shift, shift_far = there * at_near * scale, there * at_far * scale_far
            touch, touch_far = _TOUCH * scale, _TOUCH * scale_far
            for at in range(taken[top], taken[bottom]):
                row = float(rows[at])
                one, two = row * scale - shift, row * scale_far - shift_far
                first, first_far = one - touch, two - touch_far
                end, end_far = one + touch, two + touch_far
                begin: i64 = ceil(first if first < first_far else first_far)
                close: i64 = floor(end if end > end_far else end_far)
                if begin <= last and close >= low and begin <= close:
                    changes[begin - low if begin > low else 0] += hit
                    changes[close + 1 - low if close < last else last + 1 - low] -= hit


def _stretches(span: int) -> vec[float]:
    """What lies on the way of a link, rank by rank: how far along it a box begins and ends, as shares of the link, and
    by what a change of the row there moves its own end."""
    width = span * RANK_PX - BOX_W
    ways: list[float] = []
    for count in range(1, span):
        near, far = (count * RANK_PX - BOX_W) / width, count * RANK_PX / width
        ways += [near, far, 1 / (1 - near), 1 / (1 - far)]
    return vec[float](ways)
