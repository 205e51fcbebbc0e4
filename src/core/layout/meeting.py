"""Where straight links cross: for every stage the pairs of links that may, and in which of its rows they do."""

from collections.abc import Sequence
from itertools import accumulate, combinations
from math import ceil, floor

import attrs

RANK_PX, BOX_W = 310, 130
MOST_PAIRS = 12_000
_NEAR = 1e-9

Link = tuple[int, int]
Beside = tuple[int, int, int]
"""Two links between the same ranks, seen from an end: the other end, the other link's end beside that, its far one."""
Held = tuple[int, int, int, float, float, float, float]
"""Two links that share a stretch at one border of which the own end counts nothing: the other end, the other link's
ends and its share there; how much their rows count for the row at which the other border is met."""
Free = tuple[int, int, int, float, float, float, float, float, float]
"""Two links that share a stretch: the other end, the other link's ends, and how much their rows count for the rows at
which the left and the right border are met."""
Whole = tuple[int, int, int, int, float, float, float, float]
"""Two links, and which shares of them lie before the borders of the stretch that they share."""


@attrs.define
class Meetings:
    """Pairs of links that may cross, by stage; ``known`` is false where there were too many to note."""

    known: bool
    beside: list[list[Beside]]
    held: list[list[Held]]
    free: list[list[Free]]
    _short: list[tuple[int, int, int, int]] = attrs.Factory(list)
    _long: list[Whole] = attrs.Factory(list)

    def long(self, node: int, row: Sequence[int], height: int) -> list[float]:
        """For each row of the stage how many crossings there are with links that are longer than a rank."""
        changes = [0.0] * (height + 1)
        for end, a, b, share, of_a, of_b, of_end in self.held[node]:
            there, above = row[end], row[a]
            gap = above + (row[b] - above) * share - there
            at = above * of_a + row[b] * of_b - there * of_end
            if gap > _NEAR:
                if at < height:
                    changes[ceil(at - _NEAR) if at > 0 else 0] += 1
            elif gap < -_NEAR:
                if at > -_NEAR:
                    changes[0] += 1
                    if at < height - 1:
                        changes[floor(at + _NEAR) + 1] -= 1
            else:  # the other link runs into the far end itself
                changes[0] += 1
        for end, a, b, of_a, of_b, of_end, far_a, far_b, far_end in self.free[node]:
            there, above, below = row[end], row[a], row[b]
            one = above * of_a + below * of_b - there * of_end
            two = above * far_a + below * far_b - there * far_end
            if one > two:
                one, two = two, one
            if one < height and two > -_NEAR:
                changes[ceil(one - _NEAR) if one > 0 else 0] += 1
                if two < height - 1:
                    changes[floor(two + _NEAR) + 1] -= 1
        return [*accumulate(changes[:-1])]

    def short(self, node: int, row: Sequence[int], height: int) -> list[float]:
        """For each row of the stage how many crossings there are with links beside its own."""
        changes = [0.0] * (height + 1)
        for end, near, far in self.beside[node]:
            if row[end] < row[near]:
                changes[row[far]] += 1
            else:
                changes[0] += 1
                changes[row[far] + 1] -= 1
        return [*accumulate(changes[:-1])]

    def at(self, node: int, row: Sequence[int]) -> int:
        """Crossings of the stage's links with links that are longer than a rank, everything where it is."""
        own, count = row[node], 0
        for end, a, b, share, of_a, of_b, of_end in self.held[node]:
            there, above = row[end], row[a]
            gap = above + (row[b] - above) * share - there
            if abs(gap) <= _NEAR or (own - above * of_a - row[b] * of_b + there * of_end) * gap >= -_NEAR:
                count += 1
        for end, a, b, of_a, of_b, of_end, far_a, far_b, far_end in self.free[node]:
            there, above, below = row[end], row[a], row[b]
            one = own - above * of_a - below * of_b + there * of_end
            if one * (own - above * far_a - below * far_b + there * far_end) <= _NEAR:
                count += 1
        return count

    def total(self, row: Sequence[int]) -> int:
        """Crossings of the whole picture."""
        count = sum([(row[a] - row[c]) * (row[b] - row[d]) <= 0 for a, b, c, d in self._short])
        for a, b, c, d, left, right, left_other, right_other in self._long:
            gap, drop, above = row[b] - row[a], row[d] - row[c], row[a] - row[c]
            if (gap * left - drop * left_other + above) * (gap * right - drop * right_other + above) <= _NEAR:
                count += 1
        return count

    def note(self, one: Link, other: Link, rank: Sequence[int]) -> None:
        """Takes two links in, unless they share a stage."""
        (a, b), (c, d) = one, other
        if a in other or b in other:
            return
        if rank[a] == rank[c] and rank[b] == rank[d]:
            self._short.append((a, b, c, d))
            for node, end, near, far in ((a, b, d, c), (b, a, c, d), (c, d, b, a), (d, c, a, b)):
                self.beside[node].append((end, near, far))
            return
        left, right = max(rank[a], rank[c]) * RANK_PX + BOX_W, min(rank[b], rank[d]) * RANK_PX
        (l1, r1), (l2, r2) = (_shares(link, rank, left, right) for link in (one, other))
        self._long.append((a, b, c, d, l1, r1, l2, r2))
        self._see(a, b, (1 - l1, 1 - r1), (c, d), (l2, r2))
        self._see(b, a, (l1, r1), (c, d), (l2, r2))
        self._see(c, d, (1 - l2, 1 - r2), (a, b), (l1, r1))
        self._see(d, c, (l2, r2), (a, b), (l1, r1))

    def _see(self, node: int, end: int, own: tuple[float, float], other: Link, shares: tuple[float, float]) -> None:
        (left, right), (share_left, share_right) = own, shares
        if left > _NEAR and right > _NEAR:
            self.free[node].append((end, *other, *_met(left, share_left), *_met(right, share_right)))
        elif left > _NEAR:
            self.held[node].append((end, *other, share_right, *_met(left, share_left)))
        else:
            self.held[node].append((end, *other, share_left, *_met(right, share_right)))


def meetings(rank: Sequence[int], links: Sequence[Link], passing: Sequence[Sequence[Link]]) -> Meetings:
    """The pairs of links that may cross, those between neighbouring ranks only beside long ones.

    ``passing`` are for each rank the links that pass it.
    """
    depth = len(passing)
    found = Meetings(True, [[] for _ in rank], [[] for _ in rank], [[] for _ in rank])
    short: list[list[Link]] = [[] for _ in range(depth)]
    for source, target in links:
        if rank[target] - rank[source] == 1:
            short[rank[source]].append((source, target))
    long = [sorted({*passing[at], *passing[at + 1]}) for at in range(depth - 1)]
    if sum(len(a) * (len(a) + len(b)) for a, b in zip(long, short, strict=False)) > MOST_PAIRS:
        found.known = False
        return found
    for at, far in enumerate(long):
        near = short[at] if far else []
        for one in far:
            for other in near:
                found.note(one, other, rank)
        for one, other in combinations(far, 2):
            if at in (rank[one[0]], rank[other[0]]):
                found.note(one, other, rank)
        for one, other in combinations(near, 2):
            found.note(one, other, rank)
    return found


def _shares(link: Link, rank: Sequence[int], left: int, right: int) -> tuple[float, float]:
    start = rank[link[0]] * RANK_PX + BOX_W
    width = rank[link[1]] * RANK_PX - start
    return (left - start) / width, (right - start) / width


def _met(own: float, share: float) -> tuple[float, float, float]:
    """How much the rows of the other link's ends and of the far end count where the own end counts ``own``."""
    return (1 - share) / own, share / own, (1 - own) / own
