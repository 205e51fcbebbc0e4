"""Ranks with the least sum of spans: the network simplex method, links all of the same weight.

A spanning tree of links that span one rank is kept. A stage whose branch of the tree would shorten more links than it
lengthens moves, the whole branch with it, until the next link is tight; that link takes the place of the one cut.
"""

from typing import Final

Links = list[tuple[int, int]]

MOST_STEPS: Final = 500_000


def shortened(rank: list[int], links: Links) -> list[int]:
    """The ranks moved so that the sum of spans is least; every link still leads to a later rank.

    Cost: stops after a fixed number of steps, at the best that was found until then.
    """
    if sum(rank[target] - rank[source] for source, target in links) == len(links):
        return rank
    return _Tree(list(rank), links).shortest()


class _Tree:
    """The spanning tree while it is worked on: for each stage the one above it and the link that joins them."""

    def __init__(self, rank: list[int], links: Links) -> None:
        count = len(rank)
        self.rank = rank
        self.near: list[list[tuple[int, int]]] = [[] for _ in rank]  # other end, 1 where it lies to the right
        self.surplus = [0] * count  # over a branch: links that leave it less links that enter it
        for source, target in links:
            self.near[source].append((target, 1))
            self.near[target].append((source, -1))
            self.surplus[source] += 1
            self.surplus[target] -= 1
        self.above = [-1] * count
        self.way = [0] * count  # 1 where the one above lies to the right
        self.under: list[set[int]] = [set() for _ in rank]
        self._grow(links)

    def _grow(self, links: Links) -> None:
        """Joins everything by tight links, moving what is joined so far to the nearest rest."""
        inside = [False] * len(self.rank)
        inside[0] = True
        joined = [0]
        done = 0
        while True:
            while done < len(joined):
                node = joined[done]
                done += 1
                for other, way in self.near[node]:
                    if not inside[other] and (self.rank[other] - self.rank[node]) * way == 1:
                        inside[other] = True
                        self._hang(other, node, -way)
                        joined.append(other)
            if done == len(self.rank):
                break
            slack, source, target = min(
                (self.rank[target] - self.rank[source] - 1, source, target)
                for source, target in links
                if inside[source] != inside[target]
            )
            step = slack if inside[source] else -slack
            for node in joined:
                self.rank[node] += step
            node, above, way = (target, source, -1) if inside[source] else (source, target, 1)
            inside[node] = True
            self._hang(node, above, way)
            joined.append(node)
        for node in reversed(joined[1:]):
            self.surplus[self.above[node]] += self.surplus[node]

    def _hang(self, node: int, above: int, way: int) -> None:
        self.above[node], self.way[node] = above, way
        self.under[above].add(node)

    def shortest(self) -> list[int]:
        """Changes links of the tree until none is to be had or the steps are used up."""
        count = len(self.rank)
        steps = MOST_STEPS
        at = idle = 0
        while idle < count and steps > 0:
            if self.surplus[at] * self.way[at] < 0:
                steps -= self._change(at)
                idle = 0
            else:
                idle += 1
            at = (at + 1) % count
            steps -= 1
        return self.rank

    def _change(self, top: int) -> int:
        """Cuts the branch of ``top`` off, moves it away from the link cut and hangs it up by the next tight link."""
        branch = [top]
        for node in branch:
            branch += self.under[node]
        inside = set(branch)
        wanted = -self.way[top]
        slack, inner, outer = self._next(branch, inside, wanted)
        if slack:
            for node in branch:
                self.rank[node] += slack * wanted
        self._rehang(top, inner, outer, wanted)
        return 3 * len(branch) + 20

    def _next(self, branch: list[int], inside: set[int], wanted: int) -> tuple[int, int, int]:
        """The link out of the branch with the least room, how much that is, and its ends; the first tight one."""
        rank = self.rank
        least, inner, outer = MOST_STEPS, -1, -1
        for node in branch:
            own = rank[node]
            for other, way in self.near[node]:
                if way == wanted and other not in inside:
                    slack = (rank[other] - own) * way - 1
                    if slack < least:
                        least, inner, outer = slack, node, other
                        if not slack:
                            return 0, inner, outer
        return least, inner, outer

    def _rehang(self, top: int, inner: int, outer: int, way: int) -> None:
        total = self.surplus[top]
        self._add(self.above[top], -total)
        self.under[self.above[top]].discard(top)
        node, above, before = inner, outer, 0
        while True:
            old_above, old_way, old = self.above[node], self.way[node], self.surplus[node]
            self.surplus[node] = total - before
            self.above[node], self.way[node] = above, way
            self.under[above].add(node)
            if node == top:
                break
            self.under[old_above].discard(node)
            node, above, way, before = old_above, node, -old_way, old
        self._add(outer, total)

    def _add(self, node: int, value: int) -> None:
        while node >= 0:
            self.surplus[node] += value
            node = self.above[node]
