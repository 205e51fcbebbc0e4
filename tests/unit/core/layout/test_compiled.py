"""Compiled or interpreted, the arrangement gives the same places."""

import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from penstock.core.layout import Node, arrange, board

from .graphs import flows, relaxed

SOURCES = Path(__file__).parents[4] / "src" / "core" / "layout"
Places = dict[str, tuple[int, int]]


@pytest.fixture(scope="module")
def interpreted() -> Callable[[Sequence[Node]], Places]:
    """The arrangement from its sources, beside the one that is installed."""
    if board.__file__.endswith(".py"):
        pytest.skip("the arrangement is not compiled here")
    name = "interpreted_layout"
    spec = importlib.util.spec_from_file_location(name, SOURCES / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert sys.modules[f"{name}.board"].__file__ == str(SOURCES / "board.py")
    found: Callable[[Sequence[Node]], Places] = module.arrange
    return found


def layered(size: int, reads: int, seed: int) -> list[Node]:
    """Stages in about √size ranks, each of which reads up to ``reads`` of the three ranks before."""
    random, wide = Random(seed), round(size**0.5)
    nodes = [Node(f"s{n:03}", (f"l{n}",)) for n in range(wide)]
    for n in range(wide, size):
        before = range(max(0, n - n % wide - 3 * wide), n - n % wide)
        read = random.sample(before, min(len(before), random.randint(1, reads)))
        nodes.append(Node(f"s{n:03}", (f"l{n}",), (), tuple(f"l{each}" for each in read)))
    return nodes


@relaxed
@given(nodes=flows(cycles=True))
def test_small_flows_lie_the_same(interpreted: Callable[[Sequence[Node]], Places], nodes: list[Node]) -> None:
    """Whatever their links are, cycles included."""
    assert arrange(nodes) == interpreted(nodes)


@pytest.mark.parametrize("reads", [1, 2, 4])
@pytest.mark.parametrize("size", [20, 36, 60, 150, 400])
def test_flows_with_crossings_lie_the_same(
    interpreted: Callable[[Sequence[Node]], Places], size: int, reads: int
) -> None:
    """Sparse and dense ones, in small and in large parts, to the pixel."""
    nodes = layered(size, reads, seed=size + reads)
    assert arrange(nodes) == interpreted(nodes)
