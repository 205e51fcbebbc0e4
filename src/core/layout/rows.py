"""Which row a stage lies in: whole numbers in the order of the rank, as near to the neighbours as that allows."""

from math import ceil, floor
from typing import Final

from .clear import cleared
from .ranks import Layers
from .sift import Orders

ROUNDS: Final = 2


def rows_of(layers: Layers, orders: Orders) -> list[int]:
    """The row of every stage; no two of a rank share one."""
    row = [0] * len(layers.rank)
    for rank in orders:
        for at, node in enumerate(rank):
            row[node] = at
    for _ in range(ROUNDS):
        _settle(orders, row, layers.above, forwards=True)
        _settle(orders, row, layers.below, forwards=False)
    _settle(orders, row, layers.above, forwards=True)
    return _closed(cleared(layers, row))


def _settle(orders: Orders, row: list[int], around: list[list[int]], *, forwards: bool) -> None:
    """Each rank as near to its neighbours as its order allows, rows grow strictly.

    Halves go down for readers and up for producers, so that of two branches the upper one is straight.
    """
    for rank in orders if forwards else reversed(orders):
        wanted = [_pull(row, node, around[node]) - at for at, node in enumerate(rank)]
        grown = _growing(wanted)
        for at, node in enumerate(rank):
            row[node] = (floor(grown[at] + 0.5) if forwards else ceil(grown[at] - 0.5)) + at


def _pull(row: list[int], node: int, near: list[int]) -> float:
    if not near:
        return row[node]
    total = 0
    for other in near:
        total += row[other]
    return total / len(near)


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


def _closed(row: list[int]) -> list[int]:
    """Without the rows in which no stage lies."""
    used = {each: at for at, each in enumerate(sorted(set(row)))}
    return [used[each] for each in row]
