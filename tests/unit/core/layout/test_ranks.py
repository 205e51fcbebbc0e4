"""Ranks: forwards, and as short as they can be."""

from itertools import product

from hypothesis import given

from penstock.core.layout import Node
from penstock.core.layout.graph import Part, parts_of
from penstock.core.layout.ranks import MOST_BENDS, Layers, ranked
from penstock.core.layout.shorten import shortened

from .graphs import flows, layered, parts, relaxed


def links(part: Part) -> list[tuple[int, int]]:
    """The links of a part."""
    return [(source, target) for source, targets in enumerate(part.targets) for target in targets]


@relaxed
@given(layered())
def test_every_piece_of_a_link_spans_one_rank(layers: Layers) -> None:
    """Between neighbours lies one rank, the first rank is 0, and both directions tell the same."""
    assert min(layers.rank) == 0
    for node, targets in enumerate(layers.below):
        assert all(layers.rank[target] == layers.rank[node] + 1 and node in layers.above[target] for target in targets)


@relaxed
@given(flows(cycles=True))
def test_ranks_of_cycles_are_found_too(nodes: list[Node]) -> None:
    """A cycle is opened: what is left of its links leads forwards."""
    for part in parts_of(nodes):
        layers = ranked(part)
        assert all(layers.rank[source] < layers.rank[target] for source, target in layers.links)


@relaxed
@given(parts(most=5))
def test_no_other_ranks_are_shorter(part: Part) -> None:
    """The sum of spans is the least of all ranks that lead forwards."""
    size, whole = len(part.keys), links(part)
    layers = ranked(part)
    found = sum(layers.rank[target] - layers.rank[source] for source, target in whole)
    for rank in product(range(size), repeat=size):
        spans = [rank[target] - rank[source] for source, target in whole]
        assert min(spans, default=1) < 1 or sum(spans) >= found


@relaxed
@given(parts(most=30))
def test_shortening_never_lengthens(part: Part) -> None:
    """From ranks with a wide gap before each stage it comes to forwards links that are no longer than before."""
    whole = links(part)
    before = [3 * node for node in range(len(part.keys))]
    after = shortened(before, whole)
    assert all(after[target] > after[source] for source, target in whole)
    assert sum(after[b] - after[a] for a, b in whole) <= sum(before[b] - before[a] for a, b in whole)


def test_the_longest_links_are_left_out_where_all_had_too_many_bends() -> None:
    """A stage that reads all stages of a long chain: time and room grow no more, and every link leads forwards."""
    length = 600
    chain = [(*([at + 1] if at + 1 < length else []), length) for at in range(length)]
    part = Part(tuple(f"s{at:03}" for at in range(length + 1)), (*chain, ()))
    layers = ranked(part)
    assert len(layers.rank) - layers.stages <= MOST_BENDS
    assert all(layers.rank[source] < layers.rank[target] for source, target in links(part))
    left = set(links(part)) - set(layers.links)
    assert left == {(at, length) for at in range(len(left))}
    assert layers.links == [link for link in links(part) if link not in left]
