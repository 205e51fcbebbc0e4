"""What a picture costs its reader: crossings, links through boxes, overlaps and length, links drawn straight.

The measure knows nothing of the layout that it judges and is exact: integers in, orientation signs, no tolerance but
one pixel at the border of a box, which a link may touch.
"""

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from .flows import Graph

WIDTH_PX, HEIGHT_PX = 130, 100
_CHUNK = 512

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@attrs.frozen
class Score:
    """The figures of one picture, or the sums over several."""

    crossings: int = 0
    through_boxes: int = 0
    overlaps: int = 0
    length_px: float = 0.0

    def __add__(self, other: "Score") -> "Score":
        return Score(*(a + b for a, b in zip(attrs.astuple(self), attrs.astuple(other), strict=True)))


def measure(graph: Graph, places: Mapping[str, tuple[float, float]]) -> Score:
    """The figures of one picture; links that share a stage never cross each other."""
    corners = np.array([places[node.key] for node in graph.nodes], dtype=np.float64).reshape(-1, 2)
    links = np.array(graph.links(), dtype=np.int64).reshape(-1, 2)
    starts = corners[links[:, 0]] + (WIDTH_PX, HEIGHT_PX / 2)
    ends = corners[links[:, 1]] + (0, HEIGHT_PX / 2)
    return Score(
        crossings=_crossings(links, starts, ends),
        through_boxes=_through_boxes(links, starts, ends, corners),
        overlaps=_overlaps(corners),
        length_px=float(np.hypot(*(ends - starts).T).sum()),
    )


def _side(a: Floats, b: Floats, c: Floats) -> Floats:
    """The sign of the turn a, b, c; arguments broadcast over all but the last axis."""
    width, height = b[..., 0] - a[..., 0], b[..., 1] - a[..., 1]
    return np.sign(width * (c[..., 1] - a[..., 1]) - height * (c[..., 0] - a[..., 0]))


def _crossings(links: npt.NDArray[np.int64], starts: Floats, ends: Floats) -> int:
    """Pairs of links that have a point in common, collinear overlap included."""
    total = 0
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    for first in range(0, len(links), _CHUNK):
        part = slice(first, first + _CHUNK)
        a, b, c, d = starts[part, None], ends[part, None], starts[None, first:], ends[None, first:]
        near = ((low[part, None] <= high[None, first:]) & (low[None, first:] <= high[part, None])).all(axis=2)
        apart = np.ones(near.shape, dtype=bool)
        for mine in (0, 1):
            for other in (0, 1):
                apart &= links[part, None, mine] != links[None, first:, other]
        rows, columns = np.nonzero(near & apart & _after(near.shape))
        a, b, c, d = a[rows, 0], b[rows, 0], c[0, columns], d[0, columns]
        meet = (_side(a, b, c) * _side(a, b, d) <= 0) & (_side(c, d, a) * _side(c, d, b) <= 0)
        total += int(meet.sum())
    return total


def _after(shape: tuple[int, ...]) -> Flags:
    return np.arange(shape[1])[None, :] > np.arange(shape[0])[:, None]


def _through_boxes(links: npt.NDArray[np.int64], starts: Floats, ends: Floats, corners: Floats) -> int:
    """Pairs of a link and a box that is neither of its ends, where the link runs inside the box."""
    total = 0
    top_left, size = corners + 1, np.array((WIDTH_PX - 2.0, HEIGHT_PX - 2.0))
    for first in range(0, len(links), _CHUNK):
        part = slice(first, first + _CHUNK)
        a, way = starts[part, None], (ends - starts)[part, None]
        enter, leave = np.zeros((a.shape[0], len(corners))), np.ones((a.shape[0], len(corners)))
        for axis in (0, 1):
            step = np.where(way[..., axis] == 0, 1e-9, way[..., axis])
            one = (top_left[None, :, axis] - a[..., axis]) / step
            two = (top_left[None, :, axis] + size[axis] - a[..., axis]) / step
            enter, leave = np.maximum(enter, np.minimum(one, two)), np.minimum(leave, np.maximum(one, two))
        own = (links[part, None, 0] == np.arange(len(corners))) | (links[part, None, 1] == np.arange(len(corners)))
        total += int(((enter <= leave) & ~own).sum())
    return total


def _overlaps(corners: Floats) -> int:
    total = 0
    for first in range(0, len(corners), _CHUNK):
        gap = np.abs(corners[first : first + _CHUNK, None] - corners[None, first:])
        hit = (gap[..., 0] < WIDTH_PX) & (gap[..., 1] < HEIGHT_PX)
        total += int((hit & _after(hit.shape)).sum())
    return total


def worst(scores: Sequence[Score]) -> Score:
    """The sums over several pictures."""
    return sum(scores, Score())
