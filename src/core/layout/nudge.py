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
        self._more: list[dict[int, int]] = [{} for _ in layers.rank]
        """For pairs of a rank that were compared: the crossings more with the first above the second than below."""
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
        order, now, known = self._order[node], self._place[node], self._more[node]
        up: list[int] = []
        down: list[int] = []
        gain = 0
        for at in range(now - 1, max(-1, now - 1 - SIGHT), -1):
            other = order[at]
            more = known.get(other)
            gain -= self._compared(node, other) if more is None else more
            up.append(gain)
        gain = 0
        for at in range(now + 1, min(len(order), now + 1 + SIGHT)):
            other = order[at]
            more = known.get(other)
            gain += self._compared(node, other) if more is None else more
            down.append(gain)
        return up, down

    def _compared(self, node: int, other: int) -> int:
        """How many crossings more there are with the number above the other than with it below."""
        place, more = self._place, 0
        for around in (self._above, self._below):
            if near := around[node]:
                theirs = [place[each] for each in around[other]]
                for here in [place[each] for each in near]:
                    for there in theirs:
                        if here > there:
                            more += 1
                        elif here < there:
                            more -= 1
        self._more[node][other], self._more[other][node] = more, -more
        return more

    def _move(self, node: int, new: int) -> None:
        self._steps.append((node, self._place[node]))
        self._put(node, new)

    def _put(self, node: int, new: int) -> None:
        order, place = self._order[node], self._place
        now = place[node]
        order.insert(new, order.pop(now))
        for at in range(new, now + 1) if new < now else range(now, new + 1):
            place[order[at]] = at
        self._passed(node, order[new + 1 : now + 1] if new < now else order[now:new], 2 if new > now else -2)

    def _passed(self, node: int, others: list[int], change: int) -> None:
        """Keeps what is known of the neighbours true: the number is now on the other side of these."""
        known = self._more
        for around in (self._above, self._below):
            if near := around[node]:
                for passed in others:
                    for other in around[passed]:
                        for each in near:
                            if other in known[each]:
                                known[each][other] += change
                                known[other][each] -= change
