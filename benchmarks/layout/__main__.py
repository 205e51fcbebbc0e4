"""``python -m benchmarks.layout [FOLDER_OF_EXPORTS]``: the arrangement on exported flows and on random graphs."""

import sys
import time
from pathlib import Path

from penstock.core.layout import arrange

from .flows import Graph, corpus_graphs, layered
from .measure import Score, measure, worst
from .original import original
from .peers import peers

SIZES = (36, 100, 1000, 5000)
MOST_FOR_PEERS = 1000
"""Larger graphs take peers minutes."""


def saved(graph: Graph) -> dict[str, tuple[float, float]]:
    """The places that the authors chose."""
    return {node.key: (node.x or 0.0, node.y or 0.0) for node in graph.nodes}


def row(name: str, score: Score, seconds: float) -> None:
    """Prints one row of the table."""
    figures = f"{score.crossings:,} | {score.through_boxes:,} | {score.overlaps:,} | {score.length_px / 1000:,.0f}"
    print(f"| {name} | {figures} | {1000 * seconds:,.1f} |", flush=True)


def compare(name: str, graphs: list[Graph]) -> None:
    """The rows of some graphs: as saved, the original arrangement, ours."""
    chosen = {"original": original, "penstock": lambda graph: arrange(graph.nodes), **peers()}
    for word, place in chosen.items():
        if word in ("dot", "grandalf") and len(graphs[0].nodes) > MOST_FOR_PEERS and len(graphs) == 1:
            continue
        start = time.perf_counter()
        places = [place(graph) for graph in graphs]
        seconds = (time.perf_counter() - start) / max(1, len(graphs))
        row(f"{name}: {word}", worst([measure(g, p) for g, p in zip(graphs, places, strict=True)]), seconds)


def main(folder: Path | None) -> None:
    """Prints the table."""
    print("| graphs | crossings | through boxes | overlaps | length, kpx | ms per graph |")
    print("|---|---|---|---|---|---|")
    if folder is not None:
        graphs = corpus_graphs(folder)
        row(f"{len(graphs)} exported flows: as saved", worst([measure(graph, saved(graph)) for graph in graphs]), 0.0)
        compare(f"{len(graphs)} exported flows", graphs)
    for size in SIZES:
        compare(f"random, {size} stages", [layered(size, seed=1)])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
