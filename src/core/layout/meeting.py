"""Where straight links cross: for every stage the pairs of links that may, and in which of its rows they do."""

from functools import lru_cache
from math import ceil, floor
from typing import Final

RANK_PX: Final = 310
BOX_W: Final = 130
MOST_PAIRS: Final = 12_000
MOST_SHORT_PAIRS: Final = 50_000
_NEAR: Final = 1e-9

Link = tuple[int, int]
Held = tuple[float, float, float, float]
"""Two links that share a stretch at one border of which the own end counts nothing: the share of the other link there,
and how much the rows of the other link's ends and of the far end count for the row at which the other border is met."""
Free = tuple[float, float, float, float, float, float]
"""Two links that share a stretch: how much the rows of the other link's ends and of the far end count for the rows at
which the left and the right border are met."""
Seen = tuple[Held | None, Free | None]
"""What an end sees of another link: it is held at a border, or free at both."""
Shares = tuple[float, float, float, float]
"""Which shares of two links, of the first and of the second, lie before the borders of the stretch that they share."""


class Meetings:
    """Pairs of links that may cross; ``known`` is false where there were too many to note."""

    def __init__(self, stages: int, links: list[Link]) -> None:
        self.known = True
        self._links = links
        self._met: list[list[Link]] = [[] for _ in links]
        self._at_source: list[list[Seen]] = [[] for _ in links]
        self._at_target: list[list[Seen]] = [[] for _ in links]
        """For each link others that it may meet, and what its ends see of these."""
        self._beside: list[list[Link]] = [[] for _ in links]
        """For each link those between the same two ranks."""
        self._sights: list[list[tuple[int, list[Link], list[Seen]]]] = [[] for _ in range(stages)]
        self._sides: list[list[tuple[int, bool, list[Link]]]] = [[] for _ in range(stages)]
        """The same for each stage and its links: the other end, and whether the link starts at the stage."""
        for number, (source, target) in enumerate(links):
            self._sights[source].append((target, self._met[number], self._at_source[number]))
            self._sights[target].append((source, self._met[number], self._at_target[number]))
            self._sides[source].append((target, True, self._beside[number]))
            self._sides[target].append((source, False, self._beside[number]))
        self._meets = [False] * stages
        self._short: list[Link] = []
        self._long: list[Link] = []
        self._shares: list[Shares] = []
        """All pairs, one link after the other."""

    def meets(self, node: int) -> bool:
        """Whether the stage has links that may cross one that is longer than a rank."""
        return self._meets[node]

    def long(self, node: int, row: list[int], low: int, high: int, price: float, changes: list[float]) -> None:
        """Adds how the price of crossings with links longer than a rank changes from each row of the stage to the next,
        from ``low`` to before ``high``."""
        size = high - low
        for end, met, seen in self._sights[node]:
            there = row[end]
            for at in range(len(met)):
                a, b = met[at]
                above, below = row[a], row[b]
                held, free = seen[at]
                if held is not None:
                    share, of_a, of_b, of_end = held
                    gap = above + (below - above) * share - there
                    one = above * of_a + below * of_b - there * of_end - low
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
                elif free is not None:
                    near_a, near_b, near_end, far_a, far_b, far_end = free
                    one = above * near_a + below * near_b - there * near_end - low
                    two = above * far_a + below * far_b - there * far_end - low
                    if one > two:
                        one, two = two, one
                    if one < size and two > -_NEAR:
                        changes[ceil(one - _NEAR) if one > 0 else 0] += price
                        if two < size - 1:
                            changes[floor(two + _NEAR) + 1] -= price

    def short(self, node: int, row: list[int], low: int, high: int, price: float, changes: list[float]) -> None:
        """Adds how the price of crossings with links beside its own changes from each row of the stage to the next,
        from ``low`` to before ``high``."""
        last = high - low
        for end, starts, beside in self._sides[node]:
            there = row[end]
            for other in beside:
                far, near = other if starts else (other[1], other[0])
                at = row[far] - low
                if there < row[near]:
                    changes[0 if at < 0 else at if at < last else last] += price
                elif at >= 0:
                    changes[0] += price
                    changes[at + 1 if at < last else last] -= price

    def at(self, node: int, row: list[int]) -> int:
        """Crossings of the stage's links with links that are longer than a rank, everything where it is."""
        own, count = row[node], 0
        for end, met, seen in self._sights[node]:
            there = row[end]
            for at in range(len(met)):
                a, b = met[at]
                above, below = row[a], row[b]
                held, free = seen[at]
                if held is not None:
                    share, of_a, of_b, of_end = held
                    gap = above + (below - above) * share - there
                    if abs(gap) <= _NEAR or (own - above * of_a - below * of_b + there * of_end) * gap >= -_NEAR:
                        count += 1
                elif free is not None:
                    near_a, near_b, near_end, far_a, far_b, far_end = free
                    one = own - above * near_a - below * near_b + there * near_end
                    if one * (own - above * far_a - below * far_b + there * far_end) <= _NEAR:
                        count += 1
        return count

    def total(self, row: list[int]) -> int:
        """Crossings of the whole picture."""
        count = 0
        pairs = self._short
        for at in range(0, len(pairs), 2):
            a, b = pairs[at]
            c, d = pairs[at + 1]
            if (row[a] - row[c]) * (row[b] - row[d]) <= 0:
                count += 1
        pairs = self._long
        for at in range(0, len(pairs), 2):
            a, b = pairs[at]
            c, d = pairs[at + 1]
            left, right, left_other, right_other = self._shares[at >> 1]
            gap, drop, above = row[b] - row[a], row[d] - row[c], row[a] - row[c]
            if (gap * left - drop * left_other + above) * (gap * right - drop * right_other + above) <= _NEAR:
                count += 1
        return count

    def note_short(self, first: int, second: int) -> None:
        """Takes two links between the same neighbouring ranks in, by their numbers."""
        one, other = self._links[first], self._links[second]
        if one[0] != other[0] and one[1] != other[1]:
            self._short.append(one)
            self._short.append(other)
            self._beside[first].append(other)
            self._beside[second].append(one)

    def note_long(self, first: int, second: int, rank: list[int]) -> None:
        """Takes two links in of which one is longer than a rank, by their numbers."""
        one, other = self._links[first], self._links[second]
        if one[0] == other[0] or one[1] == other[1]:
            return
        start = rank[one[0]]
        shares, seen = _stretch(rank[one[1]] - start, rank[other[0]] - start, rank[other[1]] - start)
        self._long.append(one)
        self._long.append(other)
        self._shares.append(shares)
        self._met[first].append(other)
        self._met[second].append(one)
        for node in (*one, *other):
            self._meets[node] = True
        self._at_source[first].append(seen[0])
        self._at_target[first].append(seen[1])
        self._at_source[second].append(seen[2])
        self._at_target[second].append(seen[3])


def meetings(rank: list[int], links: list[Link], passing: list[list[Link]]) -> Meetings:
    """The pairs of links that may cross, those between neighbouring ranks only beside long ones.

    ``passing`` are for each rank the links that pass it.
    """
    depth = len(passing)
    found = Meetings(len(rank), links)
    short: list[list[int]] = [[] for _ in range(depth)]
    number: dict[Link, int] = {}
    for at, (source, target) in enumerate(links):
        number[source, target] = at
        if rank[target] - rank[source] == 1:
            short[rank[source]].append(at)
    long = [sorted({number[link] for link in passing[at] + passing[at + 1]}) for at in range(depth - 1)]
    sizes = [(len(far), len(near)) for far, near in zip(long, short, strict=False) if far]
    pairs, short_pairs = sum(far * (far + near) for far, near in sizes), sum(near * near // 2 for _, near in sizes)
    if pairs > MOST_PAIRS or short_pairs > MOST_SHORT_PAIRS:
        found.known = False
        return found
    for at, far in enumerate(long):
        if not far:
            continue
        near = short[at]
        for count, one in enumerate(far, 1):
            for other in near:
                found.note_long(one, other, rank)
            begins = rank[links[one][0]] == at
            for other in far[count:]:
                if begins or rank[links[other][0]] == at:
                    found.note_long(one, other, rank)
        for count, one in enumerate(near, 1):
            for other in near[count:]:
                found.note_short(one, other)
    return found


@lru_cache(maxsize=1 << 12)
def _stretch(end: int, start_other: int, end_other: int) -> tuple[Shares, tuple[Seen, Seen, Seen, Seen]]:
    """Where on two links the stretch lies that they share, and what each of the four ends sees; ranks from the first
    link's first one."""
    left, right = max(0, start_other) * RANK_PX + BOX_W, min(end, end_other) * RANK_PX
    l1, r1 = _shares(0, end, left, right)
    l2, r2 = _shares(start_other, end_other, left, right)
    seen = (
        _seen((1 - l1, 1 - r1), (l2, r2)),
        _seen((l1, r1), (l2, r2)),
        _seen((1 - l2, 1 - r2), (l1, r1)),
        _seen((l2, r2), (l1, r1)),
    )
    return (l1, r1, l2, r2), seen


def _shares(first: int, last: int, left: int, right: int) -> tuple[float, float]:
    start = first * RANK_PX + BOX_W
    width = last * RANK_PX - start
    return (left - start) / width, (right - start) / width


def _seen(own: tuple[float, float], other: tuple[float, float]) -> Seen:
    (left, right), (left_other, right_other) = own, other
    if left > _NEAR and right > _NEAR:
        return None, (*_met(left, left_other), *_met(right, right_other))
    if left > _NEAR:
        return (right_other, *_met(left, left_other)), None
    return (left_other, *_met(right, right_other)), None


def _met(own: float, share: float) -> tuple[float, float, float]:
    """How much the rows of the other link's ends and of the far end count where the own end counts ``own``."""
    return (1 - share) / own, share / own, (1 - own) / own
