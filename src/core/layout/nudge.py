"""Fewer crossings by small steps: one number is moved away, and those that hang on it follow."""

from typing import Final

from .arrays import i64, vec
from .ranks import Layers
from .sift import Orders, places_of

AWAY: Final = 3
"""A number is moved away by that many places at most,"""
SIGHT: Final = 12
"""and follows to the best of that many places to each side."""
FOLLOWERS: Final = 10
HUB: Final = 64
"""A number with more neighbours is compared too slowly; it stays where sifting put it."""
SLOTS: Final = 16
"""So many comparisons are kept for each number."""


def nudged(layers: Layers, orders: Orders, fewest: int, turns: int) -> Orders:
    """The orders with at most as many crossings: turns that make more are taken back.

    Cost: a turn looks at a bounded number of places, whatever the length of the ranks.
    """
    tried = Steps(layers, orders)
    movable = [node for rank in orders if len(rank) > 1 for node in rank if not tried.hub(node)]
    while turns and fewest and movable:
        fewest -= tried.turn(movable[tried.chosen(len(movable))])
        turns -= 1
    return [[int(node) for node in tried.orders[rank]] for rank in range(len(orders))]


class Steps:
    """The orders while they are worked on, and the steps of the present turn."""

    def __init__(self, layers: Layers, orders: Orders) -> None:
        self.orders = vec[vec[i64]]([vec[i64](rank) for rank in orders])
        self._rank = vec[i64](layers.rank)
        self._place = vec[i64](places_of(layers, orders))
        self._near = layers.near
        self._chance = 1
        slots = 64
        while slots < SLOTS * len(layers.rank):
            slots *= 2
        self._mask: i64 = slots - 1
        self._pair = vec[i64]([-1] * slots)
        self._more = vec[i64]([0] * slots)
        """Of pairs of a rank that were compared the crossings more with the first above the second than below, as long
        as no other pair needs the slot."""
        self._steps: list[tuple[int, int]] = []

    def chosen(self, count: int) -> int:
        """One of so many, by chance: by the same numbers each time."""
        self._chance = (self._chance * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return count * (self._chance >> 33) >> 31

    def hub(self, node: i64) -> bool:
        """Whether so much hangs on a number that it stays."""
        return self._near.first[2 * node + 2] - self._near.first[2 * node] > HUB

    def turn(self, node: int) -> int:
        """Moves a number away and lets others follow; how many crossings fewer that makes, none where it was undone."""
        first, near = self._near.first, self._near.near
        self._steps.clear()
        gain = self._sent(node)
        waiting = [int(near[at]) for at in range(first[2 * node], first[2 * node + 2])]
        for count, other in enumerate(waiting):
            if count == FOLLOWERS:
                break
            better = -1 if self.hub(other) else self._led(other)
            if better >= 0:
                gain += better
                if len(waiting) < FOLLOWERS:
                    waiting += [int(near[at]) for at in range(first[2 * other], first[2 * other + 2])]
        better = self._led(node)
        if better > 0:
            gain += better
        if gain >= 0:
            return gain
        for moved, now in reversed(self._steps):
            self._put(moved, now)
        return 0

    def _sent(self, node: i64) -> int:
        order, now = self.orders[self._rank[node]], self._place[node]
        last = len(order) - 1
        step: i64 = 1 + self.chosen(AWAY)
        new = now - step if self.chosen(2) else now + step
        if not 0 <= new <= last:
            new = 2 * now - new
            if new < 0:
                new = 0
            if new > last:
                new = last
        gain: i64 = 0
        for at in range(now - 1, new - 1, -1):
            gain -= self._more_above(node, order[at])
        for at in range(now + 1, new + 1):
            gain += self._more_above(node, order[at])
        if new != now:
            self._move(node, new)
        return gain

    def _led(self, node: i64) -> i64:
        """Moves a number to a best place, a different one where that is as good; less than 0 where it stays."""
        order, now = self.orders[self._rank[node]], self._place[node]
        best: list[int] = []
        most: i64 = 0
        gain: i64 = 0
        at, end = now - 1, now - SIGHT
        if end < 0:
            end = 0
        while at >= end:
            gain -= self._more_above(node, order[at])
            if gain > most:
                most, best = gain, [at]
            elif gain == most:
                best.append(at)
            at -= 1
        gain = 0
        at, end = now + 1, now + 1 + SIGHT
        if end > len(order):
            end = len(order)
        while at < end:
            gain += self._more_above(node, order[at])
            if gain > most:
                most, best = gain, [at]
            elif gain == most:
                best.append(at)
            at += 1
        if not best:
            return -1
        self._move(node, best[self.chosen(len(best))] if len(best) > 1 else best[0])
        return most

    def _more_above(self, node: i64, other: i64) -> i64:
        """How many crossings more there are with the number above the other than with it below."""
        pair = node * self._near.count + other
        slot = pair & self._mask
        if self._pair[slot] == pair:
            return self._more[slot]
        more = self._compared(node, other)
        self._pair[slot], self._more[slot] = pair, more
        pair = other * self._near.count + node
        slot = pair & self._mask
        self._pair[slot], self._more[slot] = pair, -more
        return more

    def _compared(self, node: i64, other: i64) -> i64:
        first, near, place = self._near.first, self._near.near, self._place
        more: i64 = 0
        for side in range(2):
            begin, end = first[2 * other + side], first[2 * other + side + 1]
            for at in range(first[2 * node + side], first[2 * node + side + 1]):
                here = place[near[at]]
                for each in range(begin, end):
                    there = place[near[each]]
                    if here > there:
                        more += 1
                    elif here < there:
                        more -= 1
        return more

    def _move(self, node: i64, new: i64) -> None:
        self._steps.append((node, self._place[node]))
        self._put(node, new)

    def _put(self, node: i64, new: i64) -> None:
        order, place = self.orders[self._rank[node]], self._place
        now = place[node]
        step: i64 = 1 if new > now else -1
        while now != new:
            passed = order[now + step]
            self._passed(node, passed, 2 * step)
            order[now] = passed
            place[passed] = now
            now += step
        order[new] = node
        place[node] = new

    def _passed(self, node: i64, passed: i64, change: i64) -> None:
        """Keeps what is known of the neighbours true: the number is now on the other side of this one."""
        first, near, count, mask = self._near.first, self._near.near, self._near.count, self._mask
        for side in range(2):
            begin, end = first[2 * node + side], first[2 * node + side + 1]
            for at in range(first[2 * passed + side], first[2 * passed + side + 1]):
                other = near[at]
                for own in range(begin, end):
                    each = near[own]
                    pair = each * count + other
                    if self._pair[pair & mask] == pair:
                        self._more[pair & mask] += change
                    pair = other * count + each
                    if self._pair[pair & mask] == pair:
                        self._more[pair & mask] -= change
