"""The automatic arrangement: a layered layout, left to right, on whole rows.

Phases, each a module with an invariant of its own: ``graph`` (links from lane names, parts, cycles opened), ``ranks``
(no link points backwards), ``order`` (few crossings), ``rows`` (whole rows, no two stages in one place), ``upright``
and ``lanes`` (lanes in their order where that adds no crossing).
"""

from collections.abc import Sequence

from .board import ROW_PX
from .graph import parts_of
from .lanes import in_lane_order
from .meeting import RANK_PX
from .node import Node
from .order import ordered
from .ranks import ranked
from .rows import cheapest_rows
from .upright import upright

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
        own = [by_key[key] for key in part.keys]
        rows = upright(own, layers.twins, cheapest_rows(layers, ordered(layers)))
        rows = in_lane_order(layers, own, rows)
        lowest = min(rows)
        for index, key in enumerate(part.keys):
            row = rows[index] - lowest + top
            places[key] = (START_X + RANK_PX * layers.rank[index], START_Y + ROW_PX * row)
        top += max(rows) - lowest + 1
    return {node.key: places[node.key] for node in nodes}
