"""``python -m benchmarks.layout [FOLDER_OF_EXPORTS]``: the arrangement on exported flows and on random graphs.

Peers are installed below the temporary folder when they are not there yet; ``--without NAME…`` leaves some out.
"""

import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path

from penstock.adapters.packaged.compiled import arrangement
from penstock.core.layout import arrange

from .flows import FAMILIES, Graph, corpus_graphs
from .measure import Score, measure, total
from .original import original
from .peers import PEERS, Missing, Peer, Places, peers

SIZES = {36: 20, 100: 10, 1000: 2, 5000: 1}
"""Stages, and graphs of that size in a family: their seeds are 1, 2, 3 …"""
TURNS = 3
"""Small graphs are arranged that often; the fastest turn counts."""


def saved(graph: Graph) -> Places:
    """The places that the authors chose."""
    return {node.key: (float(node.x or 0), float(node.y or 0)) for node in graph.nodes}


def here(place: Callable[[Graph], Places]) -> Callable[[Sequence[Graph]], tuple[list[Places], float]]:
    """A layout that runs in this process, timed."""

    def placed(graphs: Sequence[Graph]) -> tuple[list[Places], float]:
        seconds = []
        for _ in range(TURNS):
            start = time.process_time()
            places = [place(graph) for graph in graphs]
            seconds.append(time.process_time() - start)
            if seconds[0] > 1:
                break
        return places, min(seconds)

    return placed


def penstock(graph: Graph) -> Places:
    """Ours."""
    return dict(arrange(graph.nodes))


def row(graphs: Sequence[Graph], peer: Peer) -> None:
    """Prints one row of the table: means per graph for random ones, sums for exported flows."""
    try:
        places, seconds = peer.place(graphs)
    except Missing as why:
        print(f"| {peer.name} | {why} | | | | |", flush=True)
        return
    score = total([measure(graph, each) for graph, each in zip(graphs, places, strict=True)])
    print(
        _line(peer.name, score, 1 if graphs[0].nodes[0].x is not None else len(graphs), seconds / len(graphs)),
        flush=True,
    )


def _line(name: str, score: Score, share: int, seconds: float) -> str:
    counts = (score.crossings, score.through_boxes, score.overlaps, score.length_px / 1000)
    figures = " | ".join(
        f"{each / share:,.1f}" if share > 1 and each / share < 100 else f"{each / share:,.0f}" for each in counts
    )
    return f"| {name} | {figures} | {1000 * seconds:,.1f} |"


def compare(title: str, graphs: Sequence[Graph], layouts: Sequence[Peer]) -> None:
    """The table of some graphs."""
    print(f"\n**{title}**\n\n| layout | crossings | through boxes | overlaps | length, kpx | CPU ms per graph |")
    print("|---|---|---|---|---|---|")
    for peer in layouts:
        row(graphs, peer)


def main(folder: Path | None, *, sizes: Sequence[int], names: Sequence[str]) -> None:
    """Prints the tables."""
    print(f"The arrangement is {arrangement().value}.")
    others, missing = peers(names)
    for name, why in missing.items():
        print(f"Without {name}: {why}")
    layouts = [Peer("penstock", here(penstock)), Peer("original", here(original)), *others]
    if folder is not None:
        graphs = corpus_graphs(folder)
        compare(f"{len(graphs)} exported flows, sums", graphs, [Peer("as saved", here(saved)), *layouts])
    for size in sizes:
        for family in FAMILIES:
            graphs = [family.graph(size, seed) for seed in range(1, SIZES[size] + 1)]
            compare(f"{family.name}, {size:,} stages, means of {len(graphs)}", graphs, layouts)


if __name__ == "__main__":
    asked = ArgumentParser(prog="python -m benchmarks.layout")
    asked.add_argument("folder", nargs="?", type=Path, help="a folder of exported flows")
    asked.add_argument("--sizes", nargs="*", type=int, default=list(SIZES), choices=list(SIZES))
    asked.add_argument("--without", nargs="*", default=[], choices=PEERS, help="peers to leave out")
    given = asked.parse_args()
    main(given.folder, sizes=given.sizes, names=[name for name in PEERS if name not in given.without])
