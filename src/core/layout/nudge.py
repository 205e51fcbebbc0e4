"""Fewer crossings by small steps: one number is moved away, and those that hang on it follow."""

from typing import Final

from .ranks import Layers
from .sift import Orders, places_of

AWAY: Final = 3
"""A number is moved away by that many places at most,"""
SIGHT: Final = 12
"""and follows to the best of that many places to each side."""
FOLLOWERS: Final = 10


def nudged(layers: Layers, orders: Orders, fewest: int, turns: int) -> Orders:
    """The orders with at most as many crossings: turns that make more are taken back.

    Cost: a turn looks at a bounded number of places, whatever the length of the ranks.
    """
    tried = Steps(layers, orders)
    movable = [node for rank in orders if len(rank) > 1 for node in rank]
    while turns and fewest:
        fewest -= tried.turn(movable[tried.chosen(len(movable))])
        turns -= 1
    return tried.orders


class Steps:
    """The orders while they are worked on, and the steps of the present turn."""

    def __init__(self, layers: Layers, orders: Orders) -> None:
        self.orders = [list(rank) for rank in orders]
        self._order = [self.orders[rank] for rank in layers.rank]
        self._place = places_of(layers, orders)
        self._above, self._below = layers.above, layers.below
        self._chance = 1
        self._more: list[dict[int, int]] = [{} for _ in layers.rank]
        """For pairs of a rank that were compared: the crossings more with the first above the second than below."""
        self._steps: list[tuple[int, int]] = []

    def chosen(self, count: int) -> int:
        """One of so many, by chance: by the same numbers each time."""
        self._chance = (self._chance * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return count * (self._chance >> 33) >> 31

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
        gain = 0
        for at in range(now - 1, new - 1, -1):
            gain -= self._more_above(node, self._order[node][at])
        for at in range(now + 1, new + 1):
            gain += self._more_above(node, self._order[node][at])
        if new != now:
            self._move(node, new)
        return gain

    def _led(self, node: int) -> int | None:
        """Moves a number to a best place, a different one where that is as good; None where it stays."""
        order, now = self._order[node], self._place[node]
        best: list[int] = []
        most = gain = 0
        for at in range(now - 1, max(-1, now - 1 - SIGHT), -1):
            gain -= self._more_above(node, order[at])
            if gain > most:
                most, best = gain, [at]
            elif gain == most:
                best.append(at)
        gain = 0
        for at in range(now + 1, min(len(order), now + 1 + SIGHT)):
            gain += self._more_above(node, order[at])
            if gain > most:
                most, best = gain, [at]
            elif gain == most:
                best.append(at)
        if not best:
            return None
        self._move(node, best[self.chosen(len(best))] if len(best) > 1 else best[0])
        return most

    def _more_above(self, node: int, other: int) -> int:
        """How many crossings more there are with the number above the other than with it below."""
        more = self._more[node].get(other)
        return self._compared(node, other) if more is None else more

    def _compared(self, node: int, other: int) -> int:
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
