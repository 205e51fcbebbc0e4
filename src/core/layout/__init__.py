"""The automatic arrangement: a layered layout, left to right, on whole rows.

Phases, each a module with an invariant of its own: ``graph`` (links from lane names, parts, cycles opened), ``ranks``
(no link points backwards), ``order`` (few crossings), ``rows`` (whole rows, no two stages in one place).
"""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from .board import ROW_PX
from .graph import Node, parts_of
from .meeting import RANK_PX
from .order import ordered
from .ranks import Layers, ranked
from .rows import rows_of

__all__ = ["Node", "arrange"]

START_X, START_Y = 50, 50


def arrange(nodes: Sequence[Node]) -> dict[str, tuple[int, int]]:
    """Where every stage goes.

    Shape: key → (x, y) of the upper left corner, in the order of ``nodes``.

    Units: px; ranks are 310 apart, rows 200, the first is at 50, 50.

    Cost: about n·log n on flows with few links per stage. The order of ``nodes`` changes nothing.
    """
    places: dict[str, tuple[int, int]] = {}
    by_key = {node.key: node for node in nodes}
    top = 0
    for part in parts_of(nodes):
        layers = ranked(part)
        rows = _upright([by_key[key] for key in part.keys], layers, rows_of(layers, ordered(layers)))
        lowest = min(rows)
        for index, key in enumerate(part.keys):
            row = rows[index] - lowest + top
            places[key] = (START_X + RANK_PX * layers.rank[index], START_Y + ROW_PX * row)
        top += max(rows) - lowest + 1
    return {node.key: places[node.key] for node in nodes}


def _upright(nodes: Sequence[Node], layers: Layers, rows: list[int]) -> list[int]:
    """The rows, upside down where more lanes leave in their order then; twins in the order of the lanes they read."""
    bottom, twins = max(rows), layers.twins
    ways = _in_turn(list(rows), twins), _in_turn([bottom - row for row in rows], twins)
    return min(ways, key=partial(_turned, nodes))


def _in_turn(rows: list[int], twins: list[list[int]]) -> list[int]:
    for each in twins:
        for node, row in zip(each, sorted(rows[node] for node in each), strict=True):
            rows[node] = row
    return rows


def _turned(nodes: Sequence[Node], rows: list[int]) -> int:
    """How many lanes of a stage lead further up than the one before."""
    row_of: dict[str, int] = {}
    for node, row in zip(nodes, rows, strict=True):
        for lane in node.input_lanes:
            row_of[lane] = min(row, row_of.get(lane, row))
    lanes = ([lane for lane in (*node.output_lanes, *node.event_lanes) if lane in row_of] for node in nodes)
    return sum(row_of[lower] < row_of[upper] for each in lanes for upper, lower in pairwise(each))
