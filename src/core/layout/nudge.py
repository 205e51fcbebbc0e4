"""Fewer crossings by small steps: one number is moved away, and those that hang on it follow."""

from collections.abc import Iterator

from .ranks import Layers
from .sift import Orders, places_of

AWAY = 3
"""A number is moved away by that many places at most,"""
SIGHT = 12
"""and follows to the best of that many places to each side."""
FOLLOWERS = 10


def nudged(layers: Layers, orders: Orders, fewest: int, turns: int) -> Orders:
    """The orders with at most as many crossings: turns that make more are taken back.

    Cost: a turn looks at a bounded number of places, whatever the length of the ranks.
    """
    tried = _Orders(layers, orders)
    movable = [node for rank in orders if len(rank) > 1 for node in rank]
    while turns and fewest:
        fewest -= tried.turn(movable[tried.chosen(len(movable))])
        turns -= 1
    return tried.orders


def _chances() -> Iterator[float]:
    """The same numbers from 0 to 1 each time."""
    state = 1
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        yield (state >> 33) / 2147483648


class _Orders:
    """The orders while they are worked on, and the steps of the present turn."""

    def __init__(self, layers: Layers, orders: Orders) -> None:
        self.orders = [list(rank) for rank in orders]
        self._order = [self.orders[rank] for rank in layers.rank]
        self._place = places_of(layers, orders)
        self._above, self._below = layers.above, layers.below
        self._chance = _chances()
        self._steps: list[tuple[int, int]] = []

    def chosen(self, count: int) -> int:
        """One of so many, by chance."""
        return int(count * next(self._chance))

    def turn(self, node: int) -> int:
        """Moves a number away and lets others follow; how many crossings fewer that makes, none where it was undone."""
        self._steps.clear()
        gain = self._sent(node)
        waiting = [*self._above[node], *self._below[node]]
        for count, other in enumerate(waiting):
            if count == FOLLOWERS:
                break
            better = self._led(other)
            if better is not None:
                gain += better
                waiting += self._above[other]
                waiting += self._below[other]
        gain += self._led(node) or 0
        if gain >= 0:
            return gain
        for moved, now in reversed(self._steps):
            self._put(moved, now)
        return 0

    def _sent(self, node: int) -> int:
        now, last = self._place[node], len(self._order[node]) - 1
        step = 1 + self.chosen(AWAY)
        new = now - step if self.chosen(2) else now + step
        if not 0 <= new <= last:
            new = min(max(0, 2 * now - new), last)
        if new == now:
            return 0
        up, down = self._gains(node)
        self._move(node, new)
        return up[now - new - 1] if new < now else down[new - now - 1]

    def _led(self, node: int) -> int | None:
        """Moves a number to a best place, a different one where that is as good; None where it stays."""
        up, down = self._gains(node)
        most = max(max(up, default=-1), max(down, default=-1))
        if most < 0:
            return None
        now = self._place[node]
        best = [now - step for step, gain in enumerate(up, 1) if gain == most]
        best += [now + step for step, gain in enumerate(down, 1) if gain == most]
        self._move(node, best[self.chosen(len(best))] if len(best) > 1 else best[0])
        return most

    def _gains(self, node: int) -> tuple[list[int], list[int]]:
        """How many crossings fewer there are with the number one, two … places further up, and further down."""
        order, place = self._order[node], self._place
        now = place[node]
        up = order[max(0, now - SIGHT) : now]
        up.reverse()
        down = order[now + 1 : now + 1 + SIGHT]
        gained_up, gained_down = [0] * len(up), [0] * len(down)
        for around in (self._above, self._below):
            if near := around[node]:
                own = [place[each] for each in near]
                for others, gained, way in ((up, gained_up, 1), (down, gained_down, -1)):
                    gain = 0
                    for at, other in enumerate(others):
                        for each in around[other]:
                            there = place[each]
                            for here in own:
                                if there > here:
                                    gain += way
                                elif there < here:
                                    gain -= way
                        gained[at] += gain
        return gained_up, gained_down

    def _move(self, node: int, new: int) -> None:
        self._steps.append((node, self._place[node]))
        self._put(node, new)

    def _put(self, node: int, new: int) -> None:
        order, place = self._order[node], self._place
        now = place[node]
        order.insert(new, order.pop(now))
        for at in range(new, now + 1) if new < now else range(now, new + 1):
            place[order[at]] = at
