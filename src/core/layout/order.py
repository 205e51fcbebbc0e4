"""In which order the stages of a rank lie, from top to bottom, so that few links cross."""

from typing import Final

from .arrays import vec
from .near import Near
from .nudge import nudged
from .ranks import Layers
from .sift import Orders, crossings, sift

SWEEPS: Final = 4
WAVES: Final = 30
DAMPED: Final = 0.9
SMALL: Final = 200
SHARE: Final = 10
"""A part of so many stages is worth a small step for each, and a larger one for a tenth of the others."""
FEW: Final = 4
EACH: Final = 3
"""Few crossings are worth few steps."""
MOST_AGAIN: Final = 60
MOST_CROSSINGS_AGAIN: Final = 30
"""Parts of so many stages and crossings are worth one more small step for each stage."""
MOST_LINKS: Final = 2.5
"""With more links for each stage there are fewer small steps, as each looks at more of them."""


def ordered(layers: Layers) -> Orders:
    """The numbers of each rank from top to bottom.

    The first order follows the links from the origins, upper lanes first, so lanes leave in their order where that
    costs no crossing; another takes its place only with fewer, and small steps then keep what crosses as little.

    Cost: bounded by counting steps, not by the clock.
    """
    best = _walked(layers)
    fewest = crossings(layers, best)
    if not fewest:
        return best
    now = _waved(_swept(layers, best), layers.near)
    sift(layers, now)
    count = crossings(layers, now)
    if count < fewest:
        best, fewest = now, count
    crowd = max(1.0, len(layers.links) / layers.stages / MOST_LINKS)
    turns = min(layers.stages, SMALL + layers.stages // SHARE, FEW + EACH * fewest)
    return nudged(layers, best, fewest, int(turns / crowd**2))


def again(layers: Layers, orders: Orders) -> Orders | None:
    """Orders with fewer crossings, by more small steps, where a small part has few but some; otherwise none."""
    if layers.stages > MOST_AGAIN:
        return None
    fewest = crossings(layers, orders)
    if not 0 < fewest <= MOST_CROSSINGS_AGAIN:
        return None
    found = nudged(layers, orders, fewest, layers.stages)
    return found if crossings(layers, found) < fewest else None


def _waved(orders: Orders, near: Near) -> Orders:
    """By the slowest wave of the whole graph that tells stages of a rank apart: neighbours lie near each other.

    Averaging over neighbours again and again leaves the slowest waves. Chebyshev's recurrence, which damps all that
    averaging makes smaller than ``DAMPED``, comes to the same in far fewer rounds.
    """
    size = near.count
    height = vec[float]([0.0] * size)
    before = vec[float]([0.0] * size)
    for rank in orders:
        for at, node in enumerate(rank):
            height[node] = (at + 0.5) / len(rank)  # from 0 at the top to 1 at the bottom
    for turn in range(WAVES):
        if turn % 5 == 0:
            for rank in orders:
                total = 0.0
                for node in rank:
                    total += height[node]
                middle = total / len(rank)
                for node in rank:
                    height[node] -= middle
        before, height = height, _averaged(height, before, near, turn > 0)
    key = [*height]
    return [sorted(rank, key=key.__getitem__) for rank in orders]


def _averaged(height: vec[float], before: vec[float], near: Near, damped: bool) -> vec[float]:
    """For each number the mean of itself and its neighbours' mean, or the next step of the recurrence."""
    first, others = near.first, near.near
    after = vec[float]([0.0] * near.count)
    for node in range(near.count):
        own = height[node]
        begin, end = first[2 * node], first[2 * node + 2]
        if begin < end:
            total = 0.0
            for at in range(begin, end):
                total += height[others[at]]
            own = (total / float(end - begin) + own) / 2
        after[node] = 4 / DAMPED * own - 2 * height[node] - before[node] if damped else own
    return after


def _walked(layers: Layers) -> Orders:
    """Depth first from the left, so that a branch stays together."""
    orders: Orders = [[] for _ in range(layers.depth)]
    seen = [False] * len(layers.rank)
    starts = sorted((node for node in range(layers.stages) if not layers.above[node]), key=layers.rank.__getitem__)
    for start in starts:
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if seen[node]:
                continue
            seen[node] = True
            orders[layers.rank[node]].append(node)
            waiting.extend(reversed(layers.below[node]))
    return orders


def _swept(layers: Layers, orders: Orders) -> Orders:
    """Sorted by the mean place of the neighbours, rank after rank, to and fro."""
    now = [list(rank) for rank in orders]
    place = [0.0] * len(layers.rank)
    for rank in now:
        for at, node in enumerate(rank):
            place[node] = at
    for turn in range(SWEEPS):
        around, ranks = (layers.below, reversed(now)) if turn % 2 else (layers.above, iter(now))
        for rank in ranks:
            for node in rank:
                if near := around[node]:
                    place[node] = sum([place[other] for other in near]) / len(near)
            rank.sort(key=place.__getitem__)
            for at, node in enumerate(rank):
                place[node] = at
    return now
