"""The graphs that layouts are compared on: exported flows read straight from their files, and random layered ones."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import attrs

from penstock.core.layout import Node

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


@attrs.frozen
class Graph:
    """A named graph in the form that the layout takes."""

    name: str
    nodes: tuple[Node, ...]

    def links(self) -> list[tuple[int, int]]:
        """The distinct pairs of producer and consumer, by index, without self-links."""
        makers: dict[str, list[int]] = {}
        for index, node in enumerate(self.nodes):
            for lane in node.output_lanes + node.event_lanes:
                makers.setdefault(lane, []).append(index)
        pairs = {
            (maker, index): None
            for index, node in enumerate(self.nodes)
            for lane in node.input_lanes
            for maker in makers.get(lane, ())
            if maker != index
        }
        return list(pairs)


def corpus_graphs(folder: Path = CORPUS) -> list[Graph]:
    """Every flow and fragment of every file in ``folder``, in the order of the names."""
    graphs = []
    for path in sorted([*folder.glob("*.json"), *folder.glob("*.zip")]):
        if path.name == "INDEX.json":
            continue
        for count, document in enumerate(_documents(path.name, path.read_bytes())):
            graphs.append(Graph(f"{path.stem}#{count}", tuple(map(_node, document["stages"]))))
    return graphs


def _documents(name: str, raw: bytes) -> Iterator[dict[str, Any]]:
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in sorted(archive.namelist()):
                if member.endswith((".json", ".zip")):
                    yield from _documents(member, archive.read(member))
        return
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except ValueError:
        return
    if isinstance(data, dict):
        yield from _pipelines(data)


def _pipelines(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    held = data.get("pipelineConfig") or data.get("pipelineFragmentConfig") or data
    if isinstance(held, dict) and isinstance(held.get("stages"), list) and held["stages"]:
        yield held
    for fragment in data.get("fragments") or ():
        if isinstance(fragment, dict) and fragment.get("stages"):
            yield fragment


def _node(stage: dict[str, Any]) -> Node:
    ui = stage.get("uiInfo") or {}
    return Node(
        key=stage["instanceName"],
        output_lanes=tuple(stage.get("outputLanes") or ()),
        event_lanes=tuple(stage.get("eventLanes") or ()),
        input_lanes=tuple(stage.get("inputLanes") or ()),
        x=ui.get("xPos"),
        y=ui.get("yPos"),
    )


@attrs.frozen
class Family:
    """Random graphs of about √size ranks of equal size.

    Every stage behind the first rank reads ``reads`` different stages, all equally likely numbers: the first from the
    rank before, the others from up to ``reach`` ranks before.
    """

    name: str
    reads: tuple[int, ...]
    reach: int

    def graph(self, size: int, seed: int) -> Graph:
        """One of them; the same seed always gives the same graph."""
        random = Random(seed)
        depth = max(2, round(size**0.5))
        nodes = [Node(f"s{n:05}", output_lanes=(f"l{n}",)) for n in range(size)]
        for n in range(size):
            rank = n % depth
            if rank:
                before = [list(range(rank - back, size, depth)) for back in range(1, 1 + min(rank, self.reach))]
                read = {random.choice(before[0])}
                for _ in range(random.choice(self.reads) - 1):
                    read.add(random.choice(random.choice(before)))
                nodes[n] = attrs.evolve(nodes[n], input_lanes=tuple(f"l{maker}" for maker in sorted(read)))
        return Graph(f"{self.name}-{size}-{seed}", tuple(nodes))


FAMILIES = (
    Family("sparse", reads=(1, 2), reach=1),
    Family("reaching", reads=(1, 2), reach=4),
    Family("dense", reads=(2, 3, 4), reach=3),
)
