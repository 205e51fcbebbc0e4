"""What a picture costs its reader: crossings, links through boxes, overlaps and length, links drawn straight.

The measure knows nothing of the layout that it judges. Links and boxes are met from left to right, so that only those
are compared that share a stretch of the picture.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import hypot

import attrs

from .flows import Graph

WIDTH_PX, HEIGHT_PX = 130, 100
BORDER_PX = 1
"""A link may touch the border of a box."""

Places = Mapping[str, tuple[float, float]]
Link = tuple[float, float, float, float, int, int]
"""Left end, right end, producer, consumer."""


@attrs.frozen
class Score:
    """The figures of one picture, or the sums over several."""

    crossings: int = 0
    through_boxes: int = 0
    overlaps: int = 0
    backward: int = 0
    length_px: float = 0.0

    def __add__(self, other: "Score") -> "Score":
        return Score(*(a + b for a, b in zip(attrs.astuple(self), attrs.astuple(other), strict=True)))


def measure(graph: Graph, places: Places) -> Score:
    """The figures of one picture; links that share a stage never cross each other."""
    corners = [places[node.key] for node in graph.nodes]
    links = [_link(corners, maker, taker) for maker, taker in graph.links()]
    return Score(
        crossings=sum(_crossed(one, other) for one, other in _beside(links)),
        through_boxes=_through_boxes(links, corners),
        overlaps=_overlaps(corners),
        backward=sum(corners[maker][0] >= corners[taker][0] for maker, taker in graph.links()),
        length_px=sum(hypot(x2 - x1, y2 - y1) for x1, y1, x2, y2, _, _ in links),
    )


def total(scores: Sequence[Score]) -> Score:
    """The sums over several pictures."""
    return sum(scores, Score())


def _link(corners: Sequence[tuple[float, float]], maker: int, taker: int) -> Link:
    (x1, y1), (x2, y2) = corners[maker], corners[taker]
    one, other = (x1 + WIDTH_PX, y1 + HEIGHT_PX / 2), (x2, y2 + HEIGHT_PX / 2)
    return (*min(one, other), *max(one, other), maker, taker)


def _beside(links: list[Link]) -> Iterator[tuple[Link, Link]]:
    """The pairs that share a stretch from left to right and no stage."""
    active: list[Link] = []
    for link in sorted(links):
        left, maker, taker = link[0], link[4], link[5]
        active = [other for other in active if other[2] >= left]
        for other in active:
            if maker != other[4] and maker != other[5] and taker != other[4] and taker != other[5]:
                yield link, other
        active.append(link)


def _crossed(one: Link, other: Link) -> bool:
    """Whether the two have a point in common, lying on each other included."""
    return _parted(one, other) <= 0 and _parted(other, one) <= 0


def _parted(line: Link, other: Link) -> float:
    """Above zero where both ends of the other lie on one side of the line."""
    x1, y1, x2, y2 = line[:4]
    width, height = x2 - x1, y2 - y1
    return (width * (other[1] - y1) - height * (other[0] - x1)) * (width * (other[3] - y1) - height * (other[2] - x1))


def _through_boxes(links: list[Link], corners: Sequence[tuple[float, float]]) -> int:
    """Pairs of a link and a box that is neither of its ends, where the link runs inside the box."""
    boxes = sorted((x + BORDER_PX, y, at) for at, (x, y) in enumerate(corners))
    width, count = WIDTH_PX - 2 * BORDER_PX, 0
    active: list[Link] = []
    waiting = sorted(links, reverse=True)
    for left, top, at in boxes:
        while waiting and waiting[-1][0] < left + width:
            active.append(waiting.pop())
        active = [link for link in active if link[2] > left]
        count += sum(_inside(link, left, top) for link in active if at != link[4] and at != link[5])
    return count


def _inside(link: Link, left: float, top: float) -> bool:
    x1, y1, x2, y2 = link[:4]
    first, last = max(x1, left), min(x2, left + WIDTH_PX - 2 * BORDER_PX)
    if first >= last:
        return False
    slope = (y2 - y1) / (x2 - x1)
    high, low = sorted((y1 + slope * (first - x1), y1 + slope * (last - x1)))
    return high < top + HEIGHT_PX - BORDER_PX and low > top + BORDER_PX


def _overlaps(corners: Sequence[tuple[float, float]]) -> int:
    count = 0
    active: list[tuple[float, float]] = []
    for x, y in sorted(corners):
        active = [other for other in active if other[0] > x - WIDTH_PX]
        count += sum(abs(y - other[1]) < HEIGHT_PX for other in active)
        active.append((x, y))
    return count
