"""Crossings between neighbouring ranks: counting them, and moving single places to where their links cross least."""

from itertools import pairwise

from .arrays import add_sums, i64, least, shift, steps, vec
from .near import Near
from .ranks import Layers

Orders = list[list[int]]


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
    tree = vec[i64]([0] * (size + 1))
    total: i64 = 0
    for seen, value in enumerate(values):
        at: i64 = value + 1
        smaller: i64 = 0
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
    near, place = layers.near, vec[i64](places_of(layers, orders))
    for rank, order in enumerate(orders):
        if len(order) > 1:
            before = Side(near, 0, order, len(orders[rank - 1]) if rank else 0, place)
            behind = Side(near, 1, order, len(orders[rank + 1]) if rank + 1 < len(orders) else 0, place)
            _sift(order, place, before, behind)


class Side:
    """The links to one side of a rank: the places of the neighbours there, in the order of the rank, and where those of
    each number begin."""

    def __init__(self, near: Near, side: i64, order: list[int], width: i64, place: vec[i64]) -> None:
        self._near, self._side, self._width, self._place = near, side, width, place
        self.starts = vec[i64]([0] * (len(order) + 1))
        done: i64 = 0
        for count, node in enumerate(order, 1):
            done += near.first[2 * node + side + 1] - near.first[2 * node + side]
            self.starts[count] = done
        self.places = vec[i64]([0] * done)
        at: i64 = 0
        for node in order:
            for each in range(near.first[2 * node + side], near.first[2 * node + side + 1]):
                self.places[at] = place[near.near[each]]
                at += 1

    def add(self, total: vec[i64], node: i64) -> None:
        """Adds the crossings with the number above the first, second … of its rank, relative to the first place."""
        near, begin = self._near, self._near.first[2 * node + self._side]
        size = near.first[2 * node + self._side + 1] - begin
        if size:
            own = vec[i64]([0] * size)
            for at in range(size):
                own[at] = self._place[near.near[begin + at]]
            add_sums(total, steps(own, self._width), self.places, self.starts)

    def move(self, now: i64, above: i64) -> None:
        """Moves the links of the number at ``now`` before those of the one at ``above``."""
        starts = self.starts
        size = starts[now + 1] - starts[now]
        shift(self.places, starts[now], starts[now + 1], starts[above])
        if above <= now:
            for at in range(now, above, -1):
                starts[at] = starts[at - 1] + size
        else:
            for at in range(now + 1, above):
                starts[at] = starts[at + 1] - size


def _sift(order: list[int], place: vec[i64], before: Side, behind: Side) -> None:
    for node in tuple(order):
        cost = vec[i64]([0] * (len(order) + 1))
        before.add(cost, node)
        behind.add(cost, node)
        now, above = place[node], least(cost)
        if cost[now] > cost[above]:
            before.move(now, above)
            behind.move(now, above)
            order.pop(now)
            new = above if above <= now else above - 1
            order.insert(new, node)
            for at in range(now if now < new else new, (new if now < new else now) + 1):
                place[order[at]] = at
