"""Layouts of other programs, where they are installed: grandalf from PyPI, dot from Graphviz."""

import shutil
import subprocess
from collections.abc import Callable
from typing import Any

from .flows import Graph

Places = dict[str, tuple[float, float]]
STEP_X_PX, STEP_Y_PX = 310, 200


def peers() -> dict[str, Callable[[Graph], Places]]:
    """The peers that can be run here, by name."""
    found: dict[str, Callable[[Graph], Places]] = {}
    try:
        import grandalf  # noqa: F401
    except ImportError:
        pass
    else:
        found["grandalf"] = grandalf_places
    if shutil.which("dot"):
        found["dot"] = dot_places
    return found


def grandalf_places(graph: Graph) -> Places:
    """Grandalf draws downwards: its axes are swapped; parts are stacked."""
    from grandalf.graphs import Edge, Vertex
    from grandalf.graphs import Graph as Drawn
    from grandalf.layouts import SugiyamaLayout

    vertices: list[Any] = [Vertex(at) for at in range(len(graph.nodes))]
    for vertex in vertices:
        vertex.view = type("View", (), {"w": 100, "h": 130})()
    drawn = Drawn(vertices, [Edge(vertices[a], vertices[b]) for a, b in graph.links()])
    places: Places = {}
    top = 0.0
    for part in drawn.C:
        layout = SugiyamaLayout(part)
        layout.xspace, layout.yspace = STEP_Y_PX - 100, STEP_X_PX - 130
        layout.init_all()
        layout.draw()
        rows = [vertex.view.xy[0] for vertex in part.sV]
        for vertex in part.sV:
            places[graph.nodes[vertex.data].key] = (vertex.view.xy[1], vertex.view.xy[0] - min(rows) + top)
        top += max(rows) - min(rows) + STEP_Y_PX
    return places


def dot_places(graph: Graph) -> Places:
    """Graphviz dot from left to right, boxes of the same size and distance (72 points are 100 px here)."""
    unit = 100
    head = "node [shape=box, fixedsize=true, width=1.3, height=1.0]"
    lines = [f"graph [rankdir=LR, nodesep={100 / unit}, ranksep={180 / unit}]", head]
    lines += [f"n{at}" for at in range(len(graph.nodes))] + [f"n{a} -> n{b}" for a, b in graph.links()]
    text = "digraph {" + ";\n".join(lines) + "}"
    done = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, text=True, check=True)
    places: Places = {}
    for line in done.stdout.splitlines():
        word, *parts = line.split()
        if word == "node":
            x, y = float(parts[1]) * unit, float(parts[2]) * unit
            places[graph.nodes[int(parts[0][1:])].key] = (x - 65, -y - 50)
    return places
