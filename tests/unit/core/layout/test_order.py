"""Orders: every number once, and few crossings."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from penstock.core.layout.nudge import Steps, nudged
from penstock.core.layout.order import again, ordered
from penstock.core.layout.ranks import Layers
from penstock.core.layout.sift import Orders, crossings, places_of, sift

from .graphs import layered, relaxed


def by_number(layers: Layers) -> Orders:
    """Each rank in the order of its numbers."""
    return [[node for node, rank in enumerate(layers.rank) if rank == each] for each in range(layers.depth)]


def counted(layers: Layers, orders: Orders) -> int:
    """Crossings, pair by pair."""
    place = places_of(layers, orders)
    pieces = [(node, target) for node, targets in enumerate(layers.below) for target in targets]
    return sum(
        layers.rank[a] == layers.rank[c] and (place[a] - place[c]) * (place[b] - place[d]) < 0
        for (a, b), (c, d) in combinations(pieces, 2)
    )


@relaxed
@given(layered())
def test_crossings_are_counted_as_pair_by_pair(layers: Layers) -> None:
    """The tree of partial sums counts the same."""
    orders = by_number(layers)
    assert crossings(layers, orders) == counted(layers, orders)


@relaxed
@given(layered())
def test_sifting_makes_no_crossings(layers: Layers) -> None:
    """Never more crossings than before, and nobody leaves the rank."""
    orders = by_number(layers)
    before = counted(layers, orders)
    sift(layers, orders)
    assert counted(layers, orders) <= before
    assert [sorted(rank) for rank in orders] == by_number(layers)


@relaxed
@given(layered(), st.integers(0, 30))
def test_small_steps_only_take_crossings_away(layers: Layers, turns: int) -> None:
    """Never more crossings than before, nobody leaves the rank, and the orders given stay as they were."""
    given_orders = by_number(layers)
    before = counted(layers, given_orders)
    orders = nudged(layers, given_orders, before, turns)
    assert counted(layers, orders) <= before
    assert [sorted(rank) for rank in orders] == by_number(layers) == given_orders


@relaxed
@given(layered(), st.data())
def test_a_step_tells_how_many_crossings_it_takes_away(layers: Layers, data: st.DataObject) -> None:
    """Also when what earlier steps compared is remembered."""
    steps = Steps(layers, by_number(layers))
    for node in data.draw(st.lists(st.integers(0, len(layers.rank) - 1), max_size=12)):
        before = counted(layers, [[*rank] for rank in steps.orders])
        gain = steps.turn(node)
        assert before - counted(layers, [[*rank] for rank in steps.orders]) == gain


@relaxed
@given(layered())
def test_orders_hold_every_number_once_and_repeat(layers: Layers) -> None:
    """Each rank is a permutation of its numbers, the same every time, with no more crossings than the numbers give."""
    orders = ordered(layers)
    assert [sorted(rank) for rank in orders] == by_number(layers)
    assert orders == ordered(layers)


@relaxed
@given(layered())
def test_more_steps_come_back_only_with_fewer_crossings(layers: Layers) -> None:
    """Orders that cross as much as before are no reason to look at their rows."""
    orders = ordered(layers)
    found = again(layers, orders)
    assert found is None or crossings(layers, found) < crossings(layers, orders)


def test_two_crossing_branches_are_sorted_out() -> None:
    """Two readers of two stages, joined crosswise, change places."""
    layers = Layers(4, [0, 0, 1, 1], [[3], [2], [], []], [[], [], [1], [0]], [(0, 3), (1, 2)])
    assert crossings(layers, ordered(layers)) == 0
