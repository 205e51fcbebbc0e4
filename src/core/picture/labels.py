"""Where the conditions of links stand: clear of boxes and of each other, as long as there is room."""

from collections.abc import Iterable, Iterator, Sequence

import attrs

from .scene import BOX_H, BOX_W, Link, Scene
from .text import brief, cut, distinct, units

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
    """A condition at its place: the middle of its line of text, and as much of it as fits there."""

    link: Link
    x: float
    y: float
    text: str


Ends = tuple[tuple[float, float], tuple[float, float]]


def place_labels(scene: Scene, lines: Sequence[tuple[Link, Ends]]) -> list[Label]:
    """The labels of links, each with the ends of its line; none where not even a short one finds room."""
    taken = _Taken(Area(box.x - 4, box.y - 4, box.x + BOX_W + 4, box.y + BOX_H + 4) for box in scene.boxes)
    texts: dict[str, list[str]] = {}
    for link, _ in lines:
        texts.setdefault(link.source.stage.instance_name, []).append(brief(link.text))
    made: list[Label] = []
    for link, line in lines:
        whole = brief(link.text)
        others = [text for text in texts[link.source.stage.instance_name] if text != whole]
        best = _best(link, line, whole, distinct(whole, others), taken)
        if best is not None:
            made.append(best[0])
            taken.add(best[1])
    return made


def _best(link: Link, line: Ends, whole: str, telling: str, taken: _Taken) -> tuple[Label, Area] | None:
    """The longest text that finds room: all of it, else what tells it from the others, shortened as far as needed."""
    width = units(whole)
    texts = [whole] if width <= LONGEST else []
    texts += [cut(telling, each) for each in _LENGTHS if each < max(width, SHORTEST + 1)]
    for text in dict.fromkeys(texts):
        for part in _ALONG:
            label, area = _at(link, line, part, text)
            if not taken.meets(area):
                return label, area
    return None


def _at(link: Link, line: Ends, part: float, text: str) -> tuple[Label, Area]:
    (x1, y1), (x2, y2) = line
    x, y = x1 + (x2 - x1) * part, y1 + (y2 - y1) * part - 6
    half = units(text) * UNIT_PX / 2
    return Label(link, x, y, text), Area(x - half, y - HEIGHT + 3, x + half, y + 3)
