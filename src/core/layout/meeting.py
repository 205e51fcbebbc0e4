"""Where straight links cross: for every stage the pairs of links that may, and in which of its rows they do."""

from functools import lru_cache
from itertools import accumulate
from math import ceil, floor
from typing import Final

RANK_PX: Final = 310
BOX_W: Final = 130
MOST_PAIRS: Final = 12_000
MOST_SHORT_PAIRS: Final = 50_000
_NEAR: Final = 1e-9

Link = tuple[int, int]
Beside = tuple[int, int, int]
"""Two links between the same ranks, seen from an end: the other end, the other link's end beside that, its far one."""
Held = tuple[int, int, int, tuple[float, float, float, float]]
"""Two links that share a stretch at one border of which the own end counts nothing: the other end, the other link's
ends; its share there, and how much the rows of its ends and of the far end count for the row at which the other border
is met."""
Free = tuple[int, int, int, tuple[float, float, float, float, float, float]]
"""Two links that share a stretch: the other end, the other link's ends, and how much their rows count for the rows at
which the left and the right border are met."""
Shares = tuple[float, float, float, float]
Whole = tuple[int, int, int, int, Shares]
"""Two links, and which shares of the first and of the second lie before the borders of the stretch that they share."""
Seen = tuple[tuple[float, float, float, float] | None, tuple[float, float, float, float, float, float] | None]
"""What an end sees of the other link: it is held at a border, or free at both."""


class Meetings:
    """Pairs of links that may cross, by stage; ``known`` is false where there were too many to note."""

    def __init__(self, stages: int) -> None:
        self.known = True
        self.beside: list[list[Beside]] = [[] for _ in range(stages)]
        self.held: list[list[Held]] = [[] for _ in range(stages)]
        self.free: list[list[Free]] = [[] for _ in range(stages)]
        self._short: list[tuple[int, int, int, int]] = []
        self._long: list[Whole] = []

    def meets(self, node: int) -> bool:
        """Whether the stage has links that may cross one that is longer than a rank."""
        return bool(self.held[node] or self.free[node])

    def long(self, node: int, row: list[int], low: int, high: int, price: float, changes: list[float]) -> None:
        """Adds how the price of crossings with links longer than a rank changes from each row of the stage to the next,
        from ``low`` to before ``high``."""
        size = high - low
        for end, a, b, (share, of_a, of_b, of_end) in self.held[node]:
            there, above = row[end], row[a]
            gap = above + (row[b] - above) * share - there
            at = above * of_a + row[b] * of_b - there * of_end - low
            if gap > _NEAR:
                if at < size:
                    changes[ceil(at - _NEAR) if at > 0 else 0] += price
            elif gap < -_NEAR:
                if at > -_NEAR:
                    changes[0] += price
                    if at < size - 1:
                        changes[floor(at + _NEAR) + 1] -= price
            else:  # the other link runs into the far end itself
                changes[0] += price
        for end, a, b, (of_a, of_b, of_end, far_a, far_b, far_end) in self.free[node]:
            there, above, below = row[end], row[a], row[b]
            one = above * of_a + below * of_b - there * of_end - low
            two = above * far_a + below * far_b - there * far_end - low
            if one > two:
                one, two = two, one
            if one < size and two > -_NEAR:
                changes[ceil(one - _NEAR) if one > 0 else 0] += price
                if two < size - 1:
                    changes[floor(two + _NEAR) + 1] -= price

    def short(self, node: int, row: list[int], low: int, high: int) -> list[int]:
        """With the stage in each row from ``low`` to before ``high``: its crossings with links beside its own."""
        last = high - low
        changes = [0] * (last + 1)
        for end, near, far in self.beside[node]:
            at = row[far] - low
            if row[end] < row[near]:
                changes[0 if at < 0 else at if at < last else last] += 1
            elif at >= 0:
                changes[0] += 1
                changes[at + 1 if at < last else last] -= 1
        return [*accumulate(changes[:-1])]

    def at(self, node: int, row: list[int]) -> int:
        """Crossings of the stage's links with links that are longer than a rank, everything where it is."""
        own, count = row[node], 0
        for end, a, b, (share, of_a, of_b, of_end) in self.held[node]:
            there, above = row[end], row[a]
            gap = above + (row[b] - above) * share - there
            if abs(gap) <= _NEAR or (own - above * of_a - row[b] * of_b + there * of_end) * gap >= -_NEAR:
                count += 1
        for end, a, b, (of_a, of_b, of_end, far_a, far_b, far_end) in self.free[node]:
            there, above, below = row[end], row[a], row[b]
            one = own - above * of_a - below * of_b + there * of_end
            if one * (own - above * far_a - below * far_b + there * far_end) <= _NEAR:
                count += 1
        return count

    def total(self, row: list[int]) -> int:
        """Crossings of the whole picture."""
        count = 0
        for a, b, c, d in self._short:
            if (row[a] - row[c]) * (row[b] - row[d]) <= 0:
                count += 1
        for a, b, c, d, (left, right, left_other, right_other) in self._long:
            gap, drop, above = row[b] - row[a], row[d] - row[c], row[a] - row[c]
            if (gap * left - drop * left_other + above) * (gap * right - drop * right_other + above) <= _NEAR:
                count += 1
        return count

    def note_short(self, one: Link, other: Link) -> None:
        """Takes two links between the same neighbouring ranks in."""
        (a, b), (c, d) = one, other
        if a != c and b != d:
            self._short.append((a, b, c, d))
            self.beside[a].append((b, d, c))
            self.beside[b].append((a, c, d))
            self.beside[c].append((d, b, a))
            self.beside[d].append((c, a, b))

    def note_long(self, one: Link, other: Link, rank: list[int]) -> None:
        """Takes two links in of which one is longer than a rank."""
        (a, b), (c, d) = one, other
        if a == c or b == d:
            return
        start = rank[a]
        shares, (seen_a, seen_b, seen_c, seen_d) = _stretch(rank[b] - start, rank[c] - start, rank[d] - start)
        self._long.append((a, b, c, d, shares))
        self._see(a, b, c, d, seen_a)
        self._see(b, a, c, d, seen_b)
        self._see(c, d, a, b, seen_c)
        self._see(d, c, a, b, seen_d)

    def _see(self, node: int, end: int, x: int, y: int, seen: Seen) -> None:
        held, free = seen
        if held is not None:
            self.held[node].append((end, x, y, held))
        elif free is not None:
            self.free[node].append((end, x, y, free))


def meetings(rank: list[int], links: list[Link], passing: list[list[Link]]) -> Meetings:
    """The pairs of links that may cross, those between neighbouring ranks only beside long ones.

    ``passing`` are for each rank the links that pass it.
    """
    depth = len(passing)
    found = Meetings(len(rank))
    short: list[list[Link]] = [[] for _ in range(depth)]
    for source, target in links:
        if rank[target] - rank[source] == 1:
            short[rank[source]].append((source, target))
    long = [sorted({*passing[at], *passing[at + 1]}) for at in range(depth - 1)]
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
            begins = rank[one[0]] == at
            for other in far[count:]:
                if begins or rank[other[0]] == at:
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
