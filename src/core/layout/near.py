"""The neighbours of stages and bends, one rank to the left and one to the right."""

from .arrays import i64, vec


class Near:
    """Of each number those to the left, then those to the right.

    Those on a side (0 or 1) of ``node`` are ``near`` from ``first[2 * node + side]`` to before
    ``first[2 * node + side + 1]``.
    """

    def __init__(self, above: list[list[int]], below: list[list[int]]) -> None:
        self.count: i64 = len(above)
        self.first = vec[i64]([0] * (2 * len(above) + 1))
        total = 0
        for each in above:
            total += len(each)
        for each in below:
            total += len(each)
        self.near = vec[i64]([0] * total)
        at: i64 = 0
        for node in range(self.count):
            for other in above[node]:
                self.near[at] = other
                at += 1
            self.first[2 * node + 1] = at
            for other in below[node]:
                self.near[at] = other
                at += 1
            self.first[2 * node + 2] = at
