"""Layouts of other programs, installed on demand below the temporary folder and run in processes of their own.

elkjs and dagre come from npm, grandalf from PyPI, dot from Debian's packages, unpacked and not installed.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from .flows import Graph

Places = dict[str, tuple[float, float]]
HOME = Path(tempfile.gettempdir()) / "penstock-layout-peers"
HERE = Path(__file__).resolve().parent
MOST_S = 100
DEBIAN = (
    "graphviz",
    "libgvc6",
    "libcgraph6",
    "libcdt5",
    "libpathplan4",
    "libxdot4",
    "libgvpr2",
    "libltdl7",
    "libexpat1",
)


class Missing(Exception):
    """A peer that cannot be run here, and why."""


@attrs.frozen
class Peer:
    """Another layout: ``place`` answers every graph with places and the CPU seconds that they took."""

    name: str
    place: Callable[[Sequence[Graph]], tuple[list[Places], float]]


def peers(names: Sequence[str]) -> tuple[list[Peer], dict[str, str]]:
    """The peers that can be run here, and why the others cannot."""
    found: list[Peer] = []
    missing: dict[str, str] = {}
    for name in names:
        try:
            found.append(Peer(name, PEERS[name]()))
        except Missing as why:
            missing[name] = str(why)
    return found, missing


def _run(command: Sequence[str], text: str = "", *, limit_s: float = 600, **more: str) -> str:
    try:
        done = subprocess.run(
            command,
            input=text,
            capture_output=True,
            text=True,
            check=True,
            timeout=limit_s,
            cwd=HOME,
            env=os.environ | more,
        )
    except FileNotFoundError:
        raise Missing(f"there is no {command[0]}") from None
    except subprocess.TimeoutExpired:
        raise Missing(f"not within {limit_s:.0f} s") from None
    except subprocess.CalledProcessError as error:
        raise Missing(f"{command[0]}: {(error.stderr or error.stdout).strip()[-200:]}") from None
    return done.stdout


def _elkjs() -> Callable[[Sequence[Graph]], tuple[list[Places], float]]:
    return _node("elkjs")


def _dagre() -> Callable[[Sequence[Graph]], tuple[list[Places], float]]:
    return _node("@dagrejs/dagre")


def _node(package: str) -> Callable[[Sequence[Graph]], tuple[list[Places], float]]:
    HOME.mkdir(exist_ok=True)
    if not (HOME / "node_modules" / package).exists():
        _run(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(HOME), package])
    script = HOME / "peers.cjs"
    shutil.copyfile(HERE / "peers.cjs", script)
    return lambda graphs: _spoken(graphs, ["node", "--stack-size=60000", str(script), package])


def _grandalf() -> Callable[[Sequence[Graph]], tuple[list[Places], float]]:
    HOME.mkdir(exist_ok=True)
    python = HOME / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(HOME / "venv", with_pip=True)
    if not list(HOME.glob("venv/lib/*/site-packages/grandalf")):
        _run([str(python), "-m", "pip", "install", "--quiet", "grandalf"])
    return lambda graphs: _spoken(graphs, [str(python), str(HERE / "grandalf_peer.py")])


def _spoken(graphs: Sequence[Graph], command: Sequence[str]) -> tuple[list[Places], float]:
    """Sizes and links in, corners and seconds out, both as JSON."""
    asked = [{"size": len(graph.nodes), "links": graph.links()} for graph in graphs]
    answer = json.loads(_run(command, json.dumps(asked), limit_s=MOST_S * len(graphs)))
    placed = [
        {node.key: (float(x), float(y)) for node, (x, y) in zip(graph.nodes, corners, strict=True)}
        for graph, corners in zip(graphs, answer["corners"], strict=True)
    ]
    return placed, float(answer["seconds"])


def _dot() -> Callable[[Sequence[Graph]], tuple[list[Places], float]]:
    HOME.mkdir(exist_ok=True)
    command, more = shutil.which("dot"), {}
    if command is None:
        root = HOME / "debian"
        command = str(root / "usr/bin/dot")
        if not Path(command).exists():
            _unpacked(root)
        libraries = next(root.glob("usr/lib/*/graphviz"))
        more = {"LD_LIBRARY_PATH": str(libraries.parent), "GVBINDIR": str(libraries)}
        _run([command, "-c"], **more)
    return lambda graphs: _drawn(graphs, command, more)


def _unpacked(root: Path) -> None:
    root.mkdir(exist_ok=True)
    for package in DEBIAN:
        _run(["apt-get", "download", package])
    for archive in HOME.glob("*.deb"):
        _run(["dpkg-deb", "-x", str(archive), str(root)])


def _drawn(graphs: Sequence[Graph], command: str, more: dict[str, str]) -> tuple[list[Places], float]:
    """Dot from left to right, boxes of the same size and distance (72 points are 100 px here)."""
    unit = 100
    texts = []
    for graph in graphs:
        head = f"graph [rankdir=LR, nodesep={100 / unit}, ranksep={180 / unit}]"
        lines = [head, "node [shape=box, fixedsize=true, width=1.3, height=1.0]"]
        lines += [f"n{at}" for at in range(len(graph.nodes))] + [f"n{a} -> n{b}" for a, b in graph.links()]
        texts.append("digraph {" + ";\n".join(lines) + "}")
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:]); "
        "print('seconds', resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime)"
    )
    answer = _run(
        [sys.executable, "-c", script, command, "-Tplain"], "\n".join(texts), limit_s=MOST_S * len(graphs), **more
    )
    placed: list[Places] = []
    seconds = 0.0
    for line in answer.splitlines():
        word, *parts = line.split()
        if word == "graph":
            placed.append({})
        elif word == "node":
            x, y = float(parts[1]) * unit, float(parts[2]) * unit
            placed[-1][graphs[len(placed) - 1].nodes[int(parts[0][1:])].key] = (x - 65, -y - 50)
        elif word == "seconds":
            seconds = float(parts[0])
    return placed, seconds


PEERS = {"elkjs": _elkjs, "dagre": _dagre, "dot": _dot, "grandalf": _grandalf}
