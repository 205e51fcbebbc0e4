"""Which way up: lanes leave in their order where that costs nothing."""

from .node import Node


def upright(nodes: list[Node], twins: list[list[int]], rows: list[int]) -> list[int]:
    """The rows, upside down where more lanes leave in their order then; twins in the order of the lanes they read."""
    bottom = max(rows)
    down, up = _in_turn(list(rows), twins), _in_turn([bottom - row for row in rows], twins)
    return up if _turned(nodes, up) < _turned(nodes, down) else down


def _in_turn(rows: list[int], twins: list[list[int]]) -> list[int]:
    for each in twins:
        taken = sorted([rows[node] for node in each])
        for at, node in enumerate(each):
            rows[node] = taken[at]
    return rows


def _turned(nodes: list[Node], rows: list[int]) -> int:
    """How many lanes of a stage lead further up than the one before."""
    row_of: dict[str, int] = {}
    for at, node in enumerate(nodes):
        row = rows[at]
        for lane in node.input_lanes:
            if row < row_of.get(lane, row + 1):
                row_of[lane] = row
    count = 0
    for node in nodes:
        before = -1
        for lane in (*node.output_lanes, *node.event_lanes):
            row = row_of.get(lane, -1)
            if row >= 0:
                if row < before:
                    count += 1
                before = row
    return count
