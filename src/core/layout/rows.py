"""Which row a stage lies in: whole numbers in the order of the rank, as near to the neighbours as that allows."""

from math import ceil, floor
from typing import Final

from .arrays import i64, vec
from .board import Board
from .clear import cleared
from .near import Near
from .order import again
from .ranks import Layers
from .sift import Orders

ROUNDS: Final = 2


def cheapest_rows(layers: Layers, orders: Orders) -> list[int]:
    """The rows for these orders, or for those of ``again`` where that picture costs less: straight long links may cross
    more though the orders have fewer crossings.
    """
    rows, others = rows_of(layers, orders), again(layers, orders)
    if others is None:
        return rows
    found = rows_of(layers, others)
    return found if _price(layers, found) < _price(layers, rows) else rows


def _price(layers: Layers, rows: list[int]) -> float:
    trouble, length = Board(layers, rows, 0, every=True).total()
    return trouble + length


def rows_of(layers: Layers, orders: Orders) -> list[int]:
    """The row of every stage; no two of a rank share one."""
    near = layers.near
    row = vec[i64]([0] * near.count)
    for rank in orders:
        for at, node in enumerate(rank):
            row[node] = at
    for _ in range(ROUNDS):
        _settle(orders, row, near, 0)
        _settle(orders, row, near, 1)
    _settle(orders, row, near, 0)
    return cleared(layers, [int(each) for each in row])


def _settle(orders: Orders, row: vec[i64], near: Near, side: i64) -> None:
    """Each rank as near to its neighbours on one side as its order allows, rows grow strictly.

    Halves go down for readers and up for producers, so that of two branches the upper one is straight.
    """
    for rank in reversed(orders) if side else orders:
        wanted = vec[float]([0.0] * len(rank))
        for at, node in enumerate(rank):
            wanted[at] = _pull(row, near, node, side) - at
        _grow(wanted)
        for at, node in enumerate(rank):
            row[node] = at + (ceil(wanted[at] - 0.5) if side else floor(wanted[at] + 0.5))


def _pull(row: vec[i64], near: Near, node: i64, side: i64) -> float:
    begin, end = near.first[2 * node + side], near.first[2 * node + side + 1]
    if begin == end:
        return float(row[node])
    total: i64 = 0
    for at in range(begin, end):
        total += row[near.near[at]]
    return float(total) / float(end - begin)


def _grow(values: vec[float]) -> None:
    """Makes them the nearest sequence that never falls (least squares: neighbours that fall are put together at their
    mean)."""
    totals = vec[float]([0.0] * len(values))
    counts = vec[i64]([0] * len(values))
    blocks: i64 = 0
    for at in range(len(values)):
        total = values[at]
        count: i64 = 1
        while blocks and totals[blocks - 1] * float(count) >= total * float(counts[blocks - 1]):
            blocks -= 1
            total, count = totals[blocks] + total, counts[blocks] + count
        totals[blocks], counts[blocks] = total, count
        blocks += 1
    end: i64 = 0
    for block in range(blocks):
        mean = totals[block] / float(counts[block])
        for _ in range(counts[block]):
            values[end] = mean
            end += 1
