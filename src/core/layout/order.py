"""In which order the stages of a rank lie, from top to bottom, so that few links cross."""

from collections.abc import Iterator
from math import log2

from .ranks import Layers
from .sift import Orders, crossings, sift

SWEEPS = 4
PASSES = 2
AGAIN = 2
WAVES = 30
DAMPED = 0.9
SPREAD = 40
DEPTHS = 2
SHAKE = 0.8


def ordered(layers: Layers) -> Orders:
    """The numbers of each rank from top to bottom: the best of several starts, an earlier one where that is as good.

    The first order follows the links from the origins, upper lanes first, so lanes leave in their order where that
    costs no crossing.

    Cost: bounded by counting steps, not by the clock.
    """
    best = _walked(layers)
    fewest = crossings(layers, best)
    if not fewest:
        return best
    near = [above + below for above, below in zip(layers.above, layers.below, strict=True)]
    step = _cost_of_pass(layers, best)
    work = _affordable(layers)
    starts = [_swept(layers, best), _waved(_swept(layers, best), near)]
    if PASSES * step * 10 > work:
        starts = [min(starts, key=lambda each: crossings(layers, each))]
    for now in starts:
        work -= step * _settle(layers, now, PASSES)
        count = crossings(layers, now)
        if count < fewest:
            best, fewest = now, count
        if not fewest:
            return best
    return _refined(layers, best, fewest, near, work)


def _affordable(layers: Layers) -> int:
    """Steps to spend: in large parts in proportion to n·log n·(links per rank)."""
    size = layers.stages * log2(layers.stages) * sum(map(len, layers.below)) / layers.depth
    return int(min(6 * size**1.3, 600_000 + 6 * size, 400_000 + 3_000 * layers.stages))


def _refined(layers: Layers, best: Orders, fewest: int, near: list[list[int]], work: int) -> Orders:
    """Again and again the best order, blurred a little and settled."""
    chance = _chances()
    step = _cost_of_pass(layers, best)
    while work > 0 and fewest:
        rounds = 1 + int(min(SPREAD, DEPTHS * layers.depth) * next(chance))
        now = _blurred(best, near, rounds, chance)
        passes = _settle(layers, now, AGAIN, chance)
        count = crossings(layers, now)
        if count <= fewest:
            best, fewest = now, count
        work -= passes * step + (rounds * 5 + 15) * len(near)
    return best


def _cost_of_pass(layers: Layers, orders: Orders) -> int:
    """Steps of a pass of sifting: for every number the links beside its rank."""
    sizes = [sum(len(layers.below[node]) for node in rank) for rank in orders]
    return sum(
        len(rank) * (50 + 2 * (left + right)) for rank, left, right in zip(orders, [0, *sizes], sizes, strict=False)
    )


def _chances() -> Iterator[float]:
    """The same numbers from 0 to 1 each time."""
    state = 1
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        yield (state >> 33) / 2147483648


def _settle(layers: Layers, orders: Orders, passes: int, chance: Iterator[float] | None = None) -> int:
    for turn in range(passes):
        if not sift(layers, orders, range(len(orders))[:: -1 if turn % 2 else 1], chance):
            return turn + 1
    return passes


def _waved(orders: Orders, near: list[list[int]]) -> Orders:
    """By the slowest wave of the whole graph that tells stages of a rank apart: neighbours lie near each other.

    Averaging over neighbours again and again leaves the slowest waves. Chebyshev's recurrence, which damps all that
    averaging makes smaller than ``DAMPED``, comes to the same in far fewer rounds.
    """
    height = _heights(orders, near)
    before = height
    for turn in range(WAVES):
        if turn % 5 == 0:
            for rank in orders:
                middle = sum([height[node] for node in rank]) / len(rank)
                for node in rank:
                    height[node] -= middle
        after = _averaged(height, near)
        if turn:
            after = [4 / DAMPED * a - 2 * h - b for a, h, b in zip(after, height, before, strict=True)]
        before, height = height, after
    return [sorted(rank, key=height.__getitem__) for rank in orders]


def _blurred(orders: Orders, near: list[list[int]], rounds: int, chance: Iterator[float]) -> Orders:
    shake = SHAKE * next(chance)
    height = [h + shake * c for h, c in zip(_heights(orders, near), chance, strict=False)]
    for _ in range(rounds):
        height = _averaged(height, near)
    return [sorted(rank, key=height.__getitem__) for rank in orders]


def _heights(orders: Orders, near: list[list[int]]) -> list[float]:
    """From 0 at the top to 1 at the bottom of each rank."""
    height = [0.0] * len(near)
    for rank in orders:
        for at, node in enumerate(rank):
            height[node] = (at + 0.5) / len(rank)
    return height


def _averaged(height: list[float], near: list[list[int]]) -> list[float]:
    of = height.__getitem__
    return [(sum(map(of, each)) / len(each) + own) / 2 if each else own for own, each in zip(height, near, strict=True)]


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
