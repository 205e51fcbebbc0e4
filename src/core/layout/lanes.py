"""Branches that change places so that the lanes of a stage leave in their order, where that adds no crossing."""

from collections.abc import Iterator
from typing import Final

from .board import Board
from .meeting import BOX_W, RANK_PX
from .node import Node
from .ranks import Layers

MOST_STAGES: Final = 200
ROOM: Final = 2
MOST_TRIES: Final = 40
WORTH_PX: Final = 400
"""A pair of lanes in its order is worth that much length,"""
NEAR: Final = 8
"""if there are not more lanes between the two,"""
MOST_PAIRS: Final = 10_000
"""and not more pairs of readers in the whole part."""

Pair = tuple[int, int, int]
"""A stage and two readers of its lanes, first the one of the earlier lane."""


def in_lane_order(layers: Layers, nodes: list[Node], rows: list[int]) -> list[int]:
    """The rows with branches exchanged that leave a stage in the wrong order, where that makes no crossing and no link
    through a box, and links hardly longer.

    Cost: none where lanes leave in their order already; parts of more than 200 stages stay as they are.
    """
    if layers.stages > MOST_STAGES:
        return rows
    pairs = _pairs(nodes)
    wrong = _wrong(layers, pairs, rows)
    if not wrong:
        return rows
    board = Board(layers, rows, ROOM, every=True)
    if not board.paired:
        return rows
    now = board.now()
    trouble, length = board.total()
    tries: int = MOST_TRIES
    waiting = list(wrong)
    while waiting and tries > 0:
        _, upper, lower = waiting.pop()
        for tried in _exchanged(layers, now, upper, lower):
            turned = _wrong(layers, pairs, tried)
            tries -= 1
            if len(turned) >= len(wrong) or min(tried) < 0 or max(tried) >= board.height:
                continue
            board.lay(tried)
            more, longer = board.total()
            if more <= trouble and longer <= length + WORTH_PX * (len(wrong) - len(turned)):
                now, trouble, length, wrong = tried, more, longer, turned
                waiting = list(turned)
                break
    return now


def _pairs(nodes: list[Node]) -> list[Pair]:
    """What is to leave one above the other: readers of two lanes of a stage, each of one only; none if too many."""
    readers: dict[str, list[int]] = {}
    for at, node in enumerate(nodes):
        for lane in dict.fromkeys(node.input_lanes):
            readers.setdefault(lane, []).append(at)
    found: dict[Pair, None] = {}
    count = 0
    for at, node in enumerate(nodes):
        lanes = [readers[lane] for lane in (*node.output_lanes, *node.event_lanes) if lane in readers]
        for number, first in enumerate(lanes):
            for second in lanes[number + 1 : number + 1 + NEAR]:
                count += len(first) * len(second)
                if count > MOST_PAIRS:
                    return []
                for upper in first:
                    for lower in second:
                        if upper not in second and lower not in first and at not in (upper, lower):
                            found[at, upper, lower] = None
    return list(found)


def _wrong(layers: Layers, pairs: list[Pair], rows: list[int]) -> list[Pair]:
    """The pairs that leave the other way round."""
    rank = layers.rank
    found: list[Pair] = []
    for pair in pairs:
        stage, upper, lower = pair
        if rank[upper] <= rank[stage] or rank[lower] <= rank[stage]:
            continue
        far = RANK_PX * (rank[upper] - rank[stage]) - BOX_W
        near = RANK_PX * (rank[lower] - rank[stage]) - BOX_W
        if (rows[lower] - rows[stage]) * far < (rows[upper] - rows[stage]) * near:
            found.append(pair)
    return found


def _exchanged(layers: Layers, rows: list[int], upper: int, lower: int) -> Iterator[list[int]]:
    """Rows in which the two, or all that hangs on them, have changed places; no two stages of a rank share one."""
    rank = layers.rank
    if rank[upper] == rank[lower]:
        yield _moved(rows, [upper], rows[lower] - rows[upper], [lower])
    one, other = _branch(layers, upper), _branch(layers, lower)
    if not set(one).isdisjoint(other):
        return
    tried = [_moved(rows, one, rows[lower] - rows[upper], other)]
    top, bottom = min([rows[node] for node in one]), max([rows[node] for node in one])
    first, last = min([rows[node] for node in other]), max([rows[node] for node in other])
    if last < top:
        bands = list(rows)
        for node in one:
            bands[node] -= top - first
        for node in other:
            bands[node] += bottom - last
        tried.append(bands)
    turned = list(rows)
    for node in [*one, *other]:
        turned[node] = min(top, first) + max(bottom, last) - rows[node]
    tried.append(turned)
    for each in tried:
        if len(set(zip(rank, each, strict=False))) == layers.stages:
            yield each


def _moved(rows: list[int], one: list[int], step: int, other: list[int]) -> list[int]:
    made = list(rows)
    for node in one:
        made[node] += step
    for node in other:
        made[node] -= step
    return made


def _branch(layers: Layers, root: int) -> list[int]:
    """The stage, and all that is fed by it alone."""
    found = [root]
    fed: dict[int, int] = {}
    sources: dict[int, int] = {}
    targets: list[list[int]] = [[] for _ in range(layers.stages)]
    for source, target in layers.links:
        targets[source].append(target)
        sources[target] = sources.get(target, 0) + 1
    for node in found:
        for target in targets[node]:
            fed[target] = fed.get(target, 0) + 1
            if fed[target] == sources[target]:
                found.append(target)
    return found
