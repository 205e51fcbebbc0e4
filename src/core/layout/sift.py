"""Crossings between neighbouring ranks: counting them, and moving single places to where their links cross least."""

from itertools import accumulate, chain, pairwise
from operator import add

from .ranks import Layers

Orders = list[list[int]]
Side = tuple[list[list[int]], int, list[int], list[int]]
"""Neighbours, the length of the neighbouring rank, the neighbours' places in the order of this rank, and where each
one's places begin."""


def places_of(layers: Layers, orders: Orders) -> list[int]:
    """At which place of its rank each number stands."""
    place = [0] * len(layers.rank)
    for rank in orders:
        for at, node in enumerate(rank):
            place[node] = at
    return place


def crossings(layers: Layers, orders: Orders) -> int:
    """Pairs of links that cross between neighbouring ranks.

    Cost: links times the logarithm of the longest rank.
    """
    place = places_of(layers, orders)
    below = layers.below
    total = 0
    for rank, after in pairwise(orders):
        targets: list[int] = []
        for node in rank:
            near = below[node]
            targets += [place[near[0]]] if len(near) == 1 else sorted([place[other] for other in near])
        total += _inversions(targets, len(after))
    return total


def _inversions(values: list[int], size: int) -> int:
    """Pairs in the wrong order, counted with a tree of partial sums."""
    tree = [0] * (size + 1)
    total = 0
    for seen, value in enumerate(values):
        at, smaller = value + 1, 0
        while at:
            smaller += tree[at]
            at &= at - 1
        total += seen - smaller
        at = value + 1
        while at <= size:
            tree[at] += 1
            at += at & -at
    return total


def sift(layers: Layers, orders: Orders) -> None:
    """Moves each number to the best place of its rank, the others fixed, rank after rank.

    Cost: for each number the links at both sides of its rank.
    """
    place = places_of(layers, orders)
    for rank, order in enumerate(orders):
        if len(order) > 1:
            _sift(layers, orders, place, rank)


def _sift(layers: Layers, orders: Orders, place: list[int], rank: int) -> None:
    order = orders[rank]
    sides = _sides(layers, orders, place, rank)
    for node in tuple(order):
        cost = _costs(sides, place, node)
        if cost and cost[place[node]] > (least := min(cost)):
            _move(order, place, sides, place[node], cost.index(least))


def _sides(layers: Layers, orders: Orders, place: list[int], rank: int) -> list[Side]:
    made: list[Side] = []
    for around, other in ((layers.above, rank - 1), (layers.below, rank + 1)):
        if 0 <= other < len(orders):
            near = [[place[each] for each in around[node]] for node in orders[rank]]
            made.append((around, len(orders[other]), [*chain(*near)], [*accumulate(map(len, near), initial=0)]))
    return made


def _costs(sides: list[Side], place: list[int], node: int) -> list[int]:
    """Crossings with the node above the first, second … number of its rank, relative to the first place."""
    total: list[int] = []
    for around, width, flat, starts in sides:
        near = around[node]
        if near:
            steps = _steps([*map(place.__getitem__, near)], width)
            sums = [*accumulate(map(steps.__getitem__, flat), initial=0)]
            here = map(sums.__getitem__, starts)
            total = [*map(add, total, here)] if total else [*here]
    return total


def _steps(near: list[int], width: int) -> list[int]:
    """For each place of the neighbouring rank: how many of ``near`` are above it less how many are below it."""
    count = len(near)
    if count == 1:
        at = near[0]
        return [-1] * at + [0] + [1] * (width - at - 1)
    steps: list[int] = []
    done, value = 0, -count
    for at in sorted(near):
        steps += [value] * (at - done)
        steps.append(value + 1)
        done, value = at + 1, value + 2
    steps += [value] * (width - done)
    return steps


def _move(order: list[int], place: list[int], sides: list[Side], now: int, above: int) -> None:
    """Moves the number at ``now`` to stand before the one at ``above``; keeps places and sides true."""
    node = order.pop(now)
    new = above if above <= now else above - 1
    order.insert(new, node)
    first, last = min(now, new), max(now, new)
    for at in range(first, last + 1):
        place[order[at]] = at
    for around, _, flat, starts in sides:
        begin, end = starts[now], starts[now + 1]
        moved = flat[begin:end]
        target = starts[above] if above <= now else starts[above] - len(moved)
        del flat[begin:end]
        flat[target:target] = moved
        lengths = [len(around[order[at]]) for at in range(first, last + 1)]
        starts[first : last + 2] = accumulate(lengths, initial=starts[first])
