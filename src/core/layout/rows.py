"""Which row a stage lies in: whole numbers in the order of the rank, as near to the neighbours as that allows."""

from math import ceil

from .clear import cleared
from .ranks import Layers
from .sift import Orders

ROUNDS = 4
STRAIGHT = 8
"""How much more a bend pulls at its neighbouring bends than a stage pulls at a stage: long links stay straight."""


def rows_of(layers: Layers, orders: Orders) -> list[int]:
    """The row of every stage and bend; in each rank rows grow strictly in the given order."""
    row = [0] * len(layers.rank)
    for rank in orders:
        for at, node in enumerate(rank):
            row[node] = at
    for turn in range(ROUNDS):
        _settle(layers, orders, row, layers.above, forwards=True)
        _settle(layers, orders, row, layers.below, forwards=False)
        if turn % 2:
            _settle(layers, orders, row, None, forwards=True)
    _settle(layers, orders, row, layers.above, forwards=True)
    return _closed(layers, cleared(layers, row))


def _settle(layers: Layers, orders: Orders, row: list[int], around: list[list[int]] | None, *, forwards: bool) -> None:
    for rank in orders if forwards else reversed(orders):
        wanted = [_pull(layers, row, node, around) - at for at, node in enumerate(rank)]
        for at, (node, place) in enumerate(zip(rank, _growing(wanted), strict=True)):
            row[node] = ceil(place - 0.5) + at


def _pull(layers: Layers, row: list[int], node: int, around: list[list[int]] | None) -> float:
    near = layers.above[node] + layers.below[node] if around is None else around[node]
    if not near:
        return row[node]
    bend = node >= layers.stages
    total = weights = 0.0
    for other in near:
        weight = STRAIGHT if bend and other >= layers.stages else 1
        total += weight * row[other]
        weights += weight
    return total / weights


def _growing(wanted: list[float]) -> list[float]:
    """The nearest sequence that never falls (least squares: neighbours that fall are put together at their mean)."""
    blocks: list[tuple[float, int]] = []
    for value in wanted:
        total, count = value, 1
        while blocks and blocks[-1][0] * count >= total * blocks[-1][1]:
            earlier, size = blocks.pop()
            total, count = total + earlier, count + size
        blocks.append((total, count))
    return [total / count for total, count in blocks for _ in range(count)]


def _closed(layers: Layers, row: list[int]) -> list[int]:
    """Without the rows in which no stage lies."""
    used = {each: at for at, each in enumerate(sorted(set(row[: layers.stages])))}
    return [used[each] for each in row[: layers.stages]]
