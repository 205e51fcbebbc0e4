"""Which rank a stage is in: every link leads to a later rank, and links are as short as that allows."""

from functools import cached_property
from typing import Final

import attrs

from .graph import Part
from .near import Near
from .shorten import shortened

TIGHTENINGS: Final = 4
MOST_BENDS: Final = 100_000
"""With more the longest links are left out, whose ways nobody could follow with the eye."""


@attrs.frozen
class Layers:
    """Stages and the bends of long links, by rank.

    The first ``stages`` numbers are stages, the others bends. ``below[i]`` are the neighbours one rank to the right of
    ``i``, ``above[i]`` those to the left; a link between them spans exactly one rank. ``links`` are the whole links,
    without those that are left out for their length.
    """

    stages: int
    rank: list[int]
    below: list[list[int]]
    above: list[list[int]]
    links: list[tuple[int, int]]

    @property
    def depth(self) -> int:
        """How many ranks there are."""
        return max(self.rank) + 1

    @cached_property
    def near(self) -> Near:
        """``above`` and ``below`` as arrays."""
        return Near(self.above, self.below)

    @cached_property
    def twins(self) -> list[list[int]]:
        """Stages of a rank that hang between the same two, or on the same one: in any row one is as good as the other.

        In the order of the lanes that they read.
        """
        rank = self.rank
        near: list[list[int]] = [[] for _ in range(self.stages)]
        for source, target in self.links:
            near[source].append(target)
            near[target].append(source)
        alike: dict[tuple[int, int, int], list[int]] = {}
        for node in dict.fromkeys([*(target for _, target in self.links), *range(self.stages)]):
            around, own = near[node], rank[node]
            if len(around) == 1:
                alike.setdefault((own, around[0], -1), []).append(node)
            elif len(around) == 2:
                left, right = around if rank[around[0]] < own else (around[1], around[0])
                if rank[left] < own < rank[right]:
                    alike.setdefault((own, left, right), []).append(node)
        return [nodes for nodes in alike.values() if len(nodes) > 1]


def ranked(part: Part) -> Layers:
    """The ranks of a part, long links bent once per rank that they pass."""
    whole = [(source, target) for source, targets in enumerate(part.targets) for target in targets]
    rank = shortened(_tightened(part, _longest_paths(part)), whole)
    lowest = min(rank)
    rank = [each - lowest for each in rank]
    stages = len(part.keys)
    below: list[list[int]] = [[] for _ in range(stages)]
    above: list[list[int]] = [[] for _ in range(stages)]
    links = _short_enough(whole, rank)
    for source, target in links:
        last = source
        for middle in range(rank[source] + 1, rank[target]):
            rank.append(middle)
            below.append([])
            above.append([])
            below[last].append(len(rank) - 1)
            above[-1].append(last)
            last = len(rank) - 1
        below[last].append(target)
        above[target].append(last)
    return Layers(stages, rank, below, above, links)


def _short_enough(links: list[tuple[int, int]], rank: list[int]) -> list[tuple[int, int]]:
    """The links, without the longest ones where all together had too many bends."""
    bends, longest = 0, 0
    for span in sorted([rank[target] - rank[source] for source, target in links]):
        bends += span - 1
        if bends > MOST_BENDS:
            return [link for link in links if rank[link[1]] - rank[link[0]] <= longest]
        longest = span
    return links


def _sorted(part: Part) -> list[int]:
    waiting_for = [0] * len(part.keys)
    for targets in part.targets:
        for target in targets:
            waiting_for[target] += 1
    ready = [node for node, count in enumerate(waiting_for) if not count]
    for node in ready:
        for target in part.targets[node]:
            waiting_for[target] -= 1
            if not waiting_for[target]:
                ready.append(target)
    return ready


def _longest_paths(part: Part) -> list[int]:
    rank = [0] * len(part.keys)
    for node in _sorted(part):
        for target in part.targets[node]:
            rank[target] = max(rank[target], rank[node] + 1)
    return rank


def _tightened(part: Part, rank: list[int]) -> list[int]:
    """Stages with more links to the right than to the left move right, which shortens the sum of links."""
    sources: list[list[int]] = [[] for _ in rank]
    for node, targets in enumerate(part.targets):
        for target in targets:
            sources[target].append(node)
    order = _sorted(part)
    for _ in range(TIGHTENINGS):
        before = list(rank)
        for node in reversed(order):
            targets = part.targets[node]
            if targets and len(targets) > len(sources[node]):
                rank[node] = min(rank[target] for target in targets) - 1
        for node in order:
            if sources[node] and len(sources[node]) > len(part.targets[node]):
                rank[node] = max(rank[source] for source in sources[node]) + 1
        if rank == before:
            break
    return rank
