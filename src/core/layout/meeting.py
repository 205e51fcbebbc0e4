"""Where straight links cross: for every stage the pairs of links that may, and in which of its rows they do."""

from functools import lru_cache
from math import ceil, floor
from typing import Final

from .arrays import i64, packed, vec
from .links import Links

RANK_PX: Final = 310
BOX_W: Final = 130
MOST_PAIRS: Final = 12_000
MOST_SHORT_PAIRS: Final = 50_000
_NEAR: Final = 1e-9
_SIGHT: Final = 7

Sight = tuple[float, float, float, float, float, float, float]
"""What an end of a link sees of another one: first whether it is free at both borders of the stretch that they share
(1) or held at one, where it counts nothing (0).

If free, how much the rows of the other link's ends and of the far end count for the row at which the left border is
met, and the same for the right one. If held, the share of the other link at that border, and those three for the other
border."""
Shares = tuple[float, float, float, float]
"""Which shares of two links, of the first and of the second, lie before the borders of the stretch that they share."""


class Meetings:
    """Pairs of links that may cross; ``known`` is false where there were too many to note."""

    def __init__(self, stages: int, links: Links) -> None:
        self.known = True
        self._links = links
        self._met: list[list[int]] = [[] for _ in range(links.count)]
        """For each link four numbers for each that it may meet: the ends of that, and what its own two ends see."""
        self._beside: list[list[int]] = [[] for _ in range(links.count)]
        """For each link the ends of those between the same two ranks."""
        self._meets = [False] * stages
        self._short: list[int] = []
        self._long: list[int] = []
        """The four ends of all pairs, and for long ones which stretch they share."""
        self._sights: list[float] = []
        self._shares: list[float] = []
        self._stretches: dict[tuple[int, int, int], int] = {}

    def close(self) -> None:
        """Ends the noting."""
        self.met = vec[vec[i64]]([packed(each) for each in self._met])
        self.beside = vec[vec[i64]]([packed(each) for each in self._beside])
        self.pairs = vec[i64](self._short)
        self.long_pairs = vec[i64](self._long)
        self.sights = vec[float](self._sights)
        self.shares = vec[float](self._shares)

    def meets(self, node: i64) -> bool:
        """Whether the stage has links that may cross one that is longer than a rank."""
        return self._meets[node]

    def long(self, node: i64, y: vec[float], low: i64, high: i64, price: float, changes: vec[float]) -> None:
        """Adds how the price of crossings with links longer than a rank changes from each row of the stage to the next,
        from ``low`` to before ``high``."""
        links, sights = self._links, self.sights
        size, lowest = float(high - low), float(low)
        for own in range(links.first[node], links.first[node + 1]):
            there, met = y[links.other[own]], self.met[links.number[own]]
            side: i64 = 3 - links.begins[own]
            for at in range(0, len(met), 4):
                above, below = y[met[at]], y[met[at + 1]]
                see = met[at + side]
                if sights[see] > 0:
                    one = above * sights[see + 1] + below * sights[see + 2] - there * sights[see + 3] - lowest
                    two = above * sights[see + 4] + below * sights[see + 5] - there * sights[see + 6] - lowest
                    if one > two:
                        one, two = two, one
                    if one < size and two > -_NEAR:
                        changes[ceil(one - _NEAR) if one > 0 else 0] += price
                        if two < size - 1:
                            changes[floor(two + _NEAR) + 1] -= price
                else:
                    gap = above + (below - above) * sights[see + 1] - there
                    one = above * sights[see + 2] + below * sights[see + 3] - there * sights[see + 4] - lowest
                    if gap > _NEAR:
                        if one < size:
                            changes[ceil(one - _NEAR) if one > 0 else 0] += price
                    elif gap < -_NEAR:
                        if one > -_NEAR:
                            changes[0] += price
                            if one < size - 1:
                                changes[floor(one + _NEAR) + 1] -= price
                    else:  # the other link runs into the far end itself
                        changes[0] += price

    def short(self, node: i64, row: vec[i64], low: i64, high: i64, price: float, changes: vec[float]) -> None:
        """Adds how the price of crossings with links beside its own changes from each row of the stage to the next,
        from ``low`` to before ``high``."""
        links, last = self._links, high - low
        for own in range(links.first[node], links.first[node + 1]):
            there, beside = row[links.other[own]], self.beside[links.number[own]]
            side = links.begins[own]
            for each in range(0, len(beside), 2):
                far, near = row[beside[each + 1 - side]], row[beside[each + side]]
                at = far - low
                if there < near:
                    changes[0 if at < 0 else at if at < last else last] += price
                elif at >= 0:
                    changes[0] += price
                    changes[at + 1 if at < last else last] -= price

    def at(self, node: i64, y: vec[float]) -> i64:
        """Crossings of the stage's links with links that are longer than a rank, everything where it is."""
        links, sights, here = self._links, self.sights, y[node]
        count: i64 = 0
        for own in range(links.first[node], links.first[node + 1]):
            there, met = y[links.other[own]], self.met[links.number[own]]
            side: i64 = 3 - links.begins[own]
            for at in range(0, len(met), 4):
                above, below = y[met[at]], y[met[at + 1]]
                see = met[at + side]
                if sights[see] > 0:
                    one = here - above * sights[see + 1] - below * sights[see + 2] + there * sights[see + 3]
                    two = here - above * sights[see + 4] - below * sights[see + 5] + there * sights[see + 6]
                    if one * two <= _NEAR:
                        count += 1
                else:
                    gap = above + (below - above) * sights[see + 1] - there
                    one = here - above * sights[see + 2] - below * sights[see + 3] + there * sights[see + 4]
                    if abs(gap) <= _NEAR or one * gap >= -_NEAR:
                        count += 1
        return count

    def total(self, row: vec[i64], y: vec[float]) -> i64:
        """Crossings of the whole picture."""
        count: i64 = 0
        pairs = self.pairs
        for at in range(0, len(pairs), 4):
            if (row[pairs[at]] - row[pairs[at + 2]]) * (row[pairs[at + 1]] - row[pairs[at + 3]]) <= 0:
                count += 1
        pairs, shares = self.long_pairs, self.shares
        for at in range(0, len(pairs), 5):
            a, c, share = y[pairs[at]], y[pairs[at + 2]], pairs[at + 4]
            gap, drop, above = y[pairs[at + 1]] - a, y[pairs[at + 3]] - c, a - c
            left = gap * shares[share] - drop * shares[share + 2] + above
            right = gap * shares[share + 1] - drop * shares[share + 3] + above
            if left * right <= _NEAR:
                count += 1
        return count

    def note_short(self, first: i64, second: i64) -> None:
        """Takes two links between the same neighbouring ranks in, by their numbers."""
        source, target = self._links.source, self._links.target
        a, b, c, d = source[first], target[first], source[second], target[second]
        if a != c and b != d:
            self._short += (a, b, c, d)
            self._beside[first] += (c, d)
            self._beside[second] += (a, b)

    def note_long(self, first: i64, second: i64, rank: list[int]) -> None:
        """Takes two links in of which one is longer than a rank, by their numbers."""
        source, target = self._links.source, self._links.target
        a, b, c, d = source[first], target[first], source[second], target[second]
        if a == c or b == d:
            return
        start = rank[a]
        kind = rank[b] - start, rank[c] - start, rank[d] - start
        number = self._stretches.get(kind)
        if number is None:
            number = self._stretches[kind] = len(self._stretches)
            shares, seen = _stretch(*kind)
            self._shares += shares
            for each in seen:
                self._sights += each
        see = number * 4 * _SIGHT
        self._long += (a, b, c, d, number * 4)
        self._met[first] += (c, d, see, see + _SIGHT)
        self._met[second] += (a, b, see + 2 * _SIGHT, see + 3 * _SIGHT)
        self._meets[a] = self._meets[b] = self._meets[c] = self._meets[d] = True


def meetings(rank: list[int], links: Links, passing: list[list[int]], *, every: bool = False) -> Meetings:
    """The pairs of links that may cross, those between neighbouring ranks only beside long ones unless ``every``.

    ``passing`` are for each rank the links that pass it.
    """
    depth = len(passing)
    found = Meetings(len(rank), links)
    short: list[list[int]] = [[] for _ in range(depth)]
    for at in range(links.count):
        start = rank[links.source[at]]
        if rank[links.target[at]] - start == 1:
            short[start].append(at)
    long = [sorted({*passing[at], *passing[at + 1]}) for at in range(depth - 1)]
    sizes = [(len(far), len(near)) for far, near in zip(long, short, strict=False) if far or every]
    pairs, short_pairs = sum([far * (far + near) for far, near in sizes]), sum([near * near // 2 for _, near in sizes])
    if pairs > MOST_PAIRS or short_pairs > MOST_SHORT_PAIRS:
        found.known = False
    else:
        for at, far in enumerate(long):
            if not far and not every:
                continue
            near = short[at]
            for count, one in enumerate(far, 1):
                for other in near:
                    found.note_long(one, other, rank)
                begins = rank[links.source[one]] == at
                for other in far[count:]:
                    if begins or rank[links.source[other]] == at:
                        found.note_long(one, other, rank)
            for count, one in enumerate(near, 1):
                for other in near[count:]:
                    found.note_short(one, other)
    found.close()
    return found


@lru_cache(maxsize=1 << 12)
def _stretch(end: int, start_other: int, end_other: int) -> tuple[Shares, tuple[Sight, Sight, Sight, Sight]]:
    """Where on two links the stretch lies that they share, and what each of the four ends sees; ranks from the first
    link's first one."""
    left, right = max(0, start_other) * RANK_PX + BOX_W, min(end, end_other) * RANK_PX
    l1, r1 = _share(0, end, left, right)
    l2, r2 = _share(start_other, end_other, left, right)
    seen = (
        _seen((1 - l1, 1 - r1), (l2, r2)),
        _seen((l1, r1), (l2, r2)),
        _seen((1 - l2, 1 - r2), (l1, r1)),
        _seen((l2, r2), (l1, r1)),
    )
    return (l1, r1, l2, r2), seen


def _share(first: int, last: int, left: int, right: int) -> tuple[float, float]:
    start = first * RANK_PX + BOX_W
    width = last * RANK_PX - start
    return (left - start) / width, (right - start) / width


def _seen(own: tuple[float, float], other: tuple[float, float]) -> Sight:
    (left, right), (left_other, right_other) = own, other
    if left > _NEAR and right > _NEAR:
        return (1.0, *_met(left, left_other), *_met(right, right_other))
    if left > _NEAR:
        return (0.0, right_other, *_met(left, left_other), 0.0, 0.0)
    return (0.0, left_other, *_met(right, right_other), 0.0, 0.0)


def _met(own: float, share: float) -> tuple[float, float, float]:
    """How much the rows of the other link's ends and of the far end count where the own end counts ``own``."""
    return (1 - share) / own, share / own, (1 - own) / own
