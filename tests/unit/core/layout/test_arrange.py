"""What the arrangement promises of every flow."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from penstock.core.layout import Node, arrange


@st.composite
def flows(draw: st.DrawFn, *, cycles: bool = False) -> list[Node]:
    """Up to twelve stages with any links, forwards only unless ``cycles``."""
    size = draw(st.integers(1, 12))
    ends = st.integers(0, size - 1)
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=24))
    if not cycles:
        pairs = [(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]]
    return [
        Node(f"s{n}", output_lanes=(f"l{n}",), input_lanes=tuple(f"l{a}" for a, b in dict.fromkeys(pairs) if b == n))
        for n in range(size)
    ]


@given(flows(cycles=True))
def test_no_two_stages_overlap_even_in_cycles(nodes: list[Node]) -> None:
    """Every stage has a place of its own on the grid of whole ranks and rows; cycles end."""
    places = list(arrange(nodes).values())
    assert len(set(places)) == len(nodes)
    assert all((x - 50) % 310 == 0 and (y - 50) % 200 == 0 and x >= 50 and y >= 50 for x, y in places)


@given(flows())
def test_no_link_of_an_acyclic_flow_points_backwards(nodes: list[Node]) -> None:
    """A reader is right of each stage that it reads."""
    places = arrange(nodes)
    for node in nodes:
        assert all(places[f"s{lane[1:]}"][0] < places[node.key][0] for lane in node.input_lanes)


@given(flows(cycles=True), st.randoms())
def test_the_order_of_adding_changes_nothing(nodes: list[Node], random: Random) -> None:
    """The same stages in any order give the same picture."""
    mixed = list(nodes)
    random.shuffle(mixed)
    assert arrange(mixed) == arrange(nodes)


def test_lanes_leave_in_order_and_events_hang_below() -> None:
    """Readers of two data lanes and the event lane lie from top to bottom in that order."""
    places = arrange(
        [
            Node("source", ("one", "two"), ("event",)),
            Node("a", input_lanes=("event",)),
            Node("b", input_lanes=("two",)),
            Node("c", input_lanes=("one",)),
        ]
    )
    assert places["c"][1] < places["b"][1] < places["a"][1]


def test_separate_parts_are_stacked() -> None:
    """The lowest stage of a part is above the highest of the next."""
    places = arrange([Node("a", ("l",)), Node("b", (), (), ("l",)), Node("x", ("m",)), Node("y", (), (), ("m",))])
    assert places == {"a": (50, 50), "b": (360, 50), "x": (50, 250), "y": (360, 250)}
