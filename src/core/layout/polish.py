"""Moving single stages so that straight links run through fewer boxes; small parts only, where it costs little."""

from .ranks import Layers

RANK_PX, ROW_PX, BOX_W, BOX_H = 310, 200, 130, 100
MOST_LINKS = 90
ROUNDS = 3
Line = tuple[float, float, float, float]


def polished(layers: Layers, row: list[int]) -> list[int]:
    """The rows with stages moved within their rank wherever that makes the picture better.

    No two stages share a place, as before. Better means fewer links through boxes and fewer crossings, then shorter.
    """
    if len(layers.links) > MOST_LINKS or not _through(layers, row):
        return row
    best, cost = list(row), _cost(layers, row)
    for _ in range(ROUNDS):
        before = cost
        for node in range(layers.stages):
            for made in _moves(layers, best, node):
                found = _cost(layers, made)
                if found < cost:
                    best, cost = made, found
        if cost == before:
            break
    return best


def _moves(layers: Layers, row: list[int], node: int) -> list[list[int]]:
    """The stage one or two rows away: into a free place, or changing places with who is there."""
    rank = {row[other]: other for other in range(layers.stages) if layers.rank[other] == layers.rank[node]}
    made: list[list[int]] = []
    for step in (-1, 1, -2, 2):
        moved = list(row)
        there = rank.get(row[node] + step)
        if there is not None:
            moved[there] = row[node]
        moved[node] = row[node] + step
        made.append(moved)
    return made


def _cost(layers: Layers, row: list[int]) -> tuple[int, float]:
    lines = [_line(layers, row, source, target) for source, target in layers.links]
    length = sum(abs(line[3] - line[1]) for line in lines)
    return _through(layers, row) + _crossed(layers, lines), length


def _line(layers: Layers, row: list[int], source: int, target: int) -> Line:
    x1, x2 = layers.rank[source] * RANK_PX + BOX_W, layers.rank[target] * RANK_PX
    return x1, row[source] * ROW_PX + BOX_H / 2, x2, row[target] * ROW_PX + BOX_H / 2


def _through(layers: Layers, row: list[int]) -> int:
    """How often a link runs through a box that is neither of its ends."""
    count = 0
    for source, target in layers.links:
        first, last = layers.rank[source], layers.rank[target]
        if last - first < 2:
            continue
        x1, y1, x2, y2 = _line(layers, row, source, target)
        slope = (y2 - y1) / (x2 - x1)
        for node in range(layers.stages):
            if first < layers.rank[node] < last:
                left = layers.rank[node] * RANK_PX
                one, other = y1 + slope * (left - x1), y1 + slope * (left + BOX_W - x1)
                top = row[node] * ROW_PX
                count += min(one, other) < top + BOX_H and max(one, other) > top
    return count


def _crossed(layers: Layers, lines: list[Line]) -> int:
    """How many pairs of links without a common stage cross."""
    count = 0
    for at, one in enumerate(lines):
        ends = layers.links[at]
        for other_at in range(at):
            other = lines[other_at]
            if max(one[0], other[0]) >= min(one[2], other[2]) or set(ends) & set(layers.links[other_at]):
                continue
            left, right = max(one[0], other[0]), min(one[2], other[2])
            count += (_at(one, left) - _at(other, left)) * (_at(one, right) - _at(other, right)) <= 0
    return count


def _at(line: Line, x: float) -> float:
    x1, y1, x2, y2 = line
    return y1 + (y2 - y1) * (x - x1) / (x2 - x1)
