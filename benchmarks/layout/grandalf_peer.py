"""Lays out the graphs on standard input with grandalf, run by a Python that has it; grandalf draws downwards."""

import json
import sys
import time

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import SugiyamaLayout

STEP_X_PX, STEP_Y_PX, WIDTH_PX, HEIGHT_PX = 310, 200, 130, 100


class View:
    """The turned box of a vertex."""

    def __init__(self) -> None:
        self.w, self.h, self.xy = HEIGHT_PX, WIDTH_PX, (0.0, 0.0)


def placed(size: int, links: list[tuple[int, int]]) -> list[tuple[float, float]]:
    """The corners, axes swapped; parts are stacked."""
    vertices = [Vertex(at) for at in range(size)]
    for vertex in vertices:
        vertex.view = View()
    drawn = Graph(vertices, [Edge(vertices[a], vertices[b]) for a, b in links])
    top = 0.0
    for part in drawn.C:
        layout = SugiyamaLayout(part)
        layout.xspace, layout.yspace = STEP_Y_PX - HEIGHT_PX, STEP_X_PX - WIDTH_PX
        layout.init_all()
        layout.draw()
        rows = [vertex.view.xy[0] for vertex in part.sV]
        for vertex in part.sV:
            vertex.view.xy = (vertex.view.xy[0] - min(rows) + top, vertex.view.xy[1])
        top += max(rows) - min(rows) + STEP_Y_PX
    return [(vertex.view.xy[1], vertex.view.xy[0]) for vertex in vertices]


sys.setrecursionlimit(100_000)
graphs = json.load(sys.stdin)
start = time.process_time()
corners = [placed(graph["size"], graph["links"]) for graph in graphs]
json.dump({"corners": corners, "seconds": time.process_time() - start}, sys.stdout)
