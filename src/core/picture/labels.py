"""Where the conditions of links stand: clear of boxes and of each other, as long as there is room."""

from collections.abc import Iterable, Iterator

import attrs

from .scene import BOX_H, BOX_W, Link, Scene

UNIT_PX = 6.3
HEIGHT = 14.0
LONGEST, SHORTEST = 60, 6
# nearer to the source first, where the lanes of one stage are still told apart by their direction
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.82)
_LENGTHS = (LONGEST, 44, 32, 24, 18, 14, 10, SHORTEST)
_CELL = 256.0


@attrs.frozen
class Area:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Area") -> bool:
        """True when both share some place."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def cells(self) -> Iterator[tuple[int, int]]:
        """The squares of a grid that it touches."""
        for x in range(int(self.left // _CELL), int(self.right // _CELL) + 1):
            for y in range(int(self.top // _CELL), int(self.bottom // _CELL) + 1):
                yield x, y


class _Taken:
    """What is taken already, found by place."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._cells: dict[tuple[int, int], list[Area]] = {}
        for area in areas:
            self.add(area)

    def add(self, area: Area) -> None:
        for cell in area.cells():
            self._cells.setdefault(cell, []).append(area)

    def meets(self, area: Area) -> bool:
        return any(area.meets(other) for cell in area.cells() for other in self._cells.get(cell, ()))


@attrs.frozen
class Label:
    """A condition at its place: the middle of its line of text, and how many units of it fit."""

    link: Link
    x: float
    y: float
    length: int


Ends = tuple[tuple[float, float], tuple[float, float]]


def place_labels(scene: Scene, ends: Iterable[tuple[Link, Ends, float]]) -> list[Label]:
    """The labels of links, each with the ends of its line and the width of its whole text in units."""
    taken = _Taken(Area(box.x - 4, box.y - 4, box.x + BOX_W + 4, box.y + BOX_H + 4) for box in scene.boxes)
    made: list[Label] = []
    for link, line, width in ends:
        label, area = _best(link, line, width, taken)
        taken.add(area)
        made.append(label)
    return made


def _best(link: Link, line: Ends, width: float, taken: _Taken) -> tuple[Label, Area]:
    for length in dict.fromkeys(min(each, int(width) + 1) for each in _LENGTHS):
        for part in _ALONG:
            label, area = _at(link, line, part, length)
            if not taken.meets(area):
                return label, area
    return _at(link, line, _ALONG[0], min(SHORTEST, int(width) + 1))


def _at(link: Link, line: Ends, part: float, length: int) -> tuple[Label, Area]:
    (x1, y1), (x2, y2) = line
    x, y = x1 + (x2 - x1) * part, y1 + (y2 - y1) * part - 6
    half = length * UNIT_PX / 2
    return Label(link, x, y, length), Area(x - half, y - HEIGHT + 3, x + half, y + 3)
