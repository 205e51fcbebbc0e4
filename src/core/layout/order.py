"""In which order the stages of a rank lie, from top to bottom, so that few links cross."""

from collections.abc import Callable

from .ranks import Layers

Orders = list[list[int]]
SWEEPS = 24
PATIENCE = 6
SWAPS_UP_TO = 1200
"""Neighbours are swapped one by one in parts up to this size."""


def ordered(layers: Layers) -> Orders:
    """The numbers of each rank from top to bottom: the best of several sweeps, the first one where that is as good.

    The first order follows the links from the origins, upper lanes first, so lanes leave in their order where that
    costs no crossing.
    """
    best = _walked(layers)
    fewest = _crossings(layers, best)
    for downwards in (True, False):
        now = [list(rank) for rank in _walked(layers)]
        idle = 0
        for sweep in range(SWEEPS):
            if not fewest or idle >= PATIENCE:
                break
            _sweep(layers, now, downwards=(sweep % 2 == 0) == downwards)
            if len(layers.rank) <= SWAPS_UP_TO:
                _swap(layers, now)
            count = _crossings(layers, now)
            idle += 1
            if count < fewest:
                best, fewest, idle = [list(rank) for rank in now], count, 0
    return best


def _walked(layers: Layers) -> Orders:
    """Depth first from the left, so that a branch stays together."""
    orders: Orders = [[] for _ in range(layers.depth)]
    seen = [False] * len(layers.rank)
    starts = sorted((node for node in range(layers.stages) if not layers.above[node]), key=lambda n: layers.rank[n])
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


def _sweep(layers: Layers, orders: Orders, *, downwards: bool) -> None:
    place = _places(layers, orders)
    ranks = range(1, len(orders)) if downwards else range(len(orders) - 2, -1, -1)
    around = layers.above if downwards else layers.below

    def middle(node: int) -> float:
        near = around[node]
        return sum(place[other] for other in near) / len(near) if near else place[node]

    for rank in ranks:
        orders[rank].sort(key=middle)
        for at, node in enumerate(orders[rank]):
            place[node] = at


def _places(layers: Layers, orders: Orders) -> list[int]:
    place = [0] * len(layers.rank)
    for rank in orders:
        for at, node in enumerate(rank):
            place[node] = at
    return place


def _swap(layers: Layers, orders: Orders) -> None:
    """Swaps neighbours as long as that takes crossings away, a few rounds."""
    place = _places(layers, orders)
    for _ in range(4):
        changed = False
        for rank in orders:
            for at in range(len(rank) - 1):
                upper, lower = rank[at], rank[at + 1]
                if _between(layers, place, upper, lower) > _between(layers, place, lower, upper):
                    rank[at], rank[at + 1] = lower, upper
                    place[upper], place[lower] = at + 1, at
                    changed = True
        if not changed:
            return


def _between(layers: Layers, place: list[int], upper: int, lower: int) -> int:
    """Crossings among the links of two neighbours when ``upper`` is above ``lower``."""
    return sum(
        place[mine] > place[other]
        for around in (layers.above, layers.below)
        for mine in around[upper]
        for other in around[lower]
    )


def _crossings(layers: Layers, orders: Orders) -> int:
    place = _places(layers, orders)
    return sum(
        _inversions([place[t] for n in rank for t in sorted(layers.below[n], key=_at(place))]) for rank in orders
    )


def _at(place: list[int]) -> Callable[[int], int]:
    return place.__getitem__


def _inversions(values: list[int]) -> int:
    """Pairs in the wrong order, counted with a tree of partial sums."""
    size = max(values, default=0) + 1
    tree = [0] * (size + 1)
    total = 0
    for seen, value in enumerate(values):
        at, smaller = value + 1, 0
        while at:
            smaller += tree[at]
            at -= at & -at
        total += seen - smaller
        at = value + 1
        while at <= size:
            tree[at] += 1
            at += at & -at
    return total
