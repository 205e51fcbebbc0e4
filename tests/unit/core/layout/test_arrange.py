"""What the arrangement promises of every flow."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.layout.flows import Graph
from benchmarks.layout.measure import measure
from penstock.core.layout import Node, arrange

from .graphs import flows, relaxed, trees


@relaxed
@given(flows(cycles=True))
def test_no_two_stages_overlap_even_in_cycles(nodes: list[Node]) -> None:
    """Every stage has a place of its own on the grid of whole ranks and rows; cycles end."""
    places = list(arrange(nodes).values())
    assert len(set(places)) == len(nodes)
    assert all((x - 50) % 310 == 0 and (y - 50) % 200 == 0 and x >= 50 and y >= 50 for x, y in places)


@relaxed
@given(flows())
def test_no_link_of_an_acyclic_flow_points_backwards(nodes: list[Node]) -> None:
    """A reader is right of each stage that it reads."""
    places = arrange(nodes)
    for node in nodes:
        assert all(places[f"s{int(lane[1:]):02}"][0] < places[node.key][0] for lane in node.input_lanes)


@relaxed
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


def test_a_link_passes_beside_the_stage_that_it_skips() -> None:
    """Of a chain whose first stage also feeds the last one, the middle stage does not lie on that link."""
    places = arrange(
        [Node("a", ("one", "two")), Node("b", ("three",), (), ("one",)), Node("c", (), (), ("two", "three"))]
    )
    middle = (places["a"][1] + places["c"][1]) / 2
    assert [places[key][0] for key in "abc"] == [50, 360, 670]
    assert abs(places["b"][1] - middle) >= 100


def test_the_first_branch_goes_straight_on() -> None:
    """A chain that forks stays in the row of its first lane; the event hangs below."""
    places = arrange(
        [
            Node("a", ("one",)),
            Node("b", ("two",), ("event",), ("one",)),
            Node("c", (), (), ("two",)),
            Node("d", (), (), ("event",)),
        ]
    )
    assert [places[key][1] for key in "abcd"] == [50, 50, 50, 250]


def test_a_new_branch_moves_no_other_stage() -> None:
    """Behind the last lane of a router one more chain goes below what was there."""
    router = Node("router", tuple(f"r{n}" for n in range(5)))
    heads = [Node(f"head{n}", (f"h{n}",), (), (f"r{n}",)) for n in range(5)]
    tails = [Node(f"tail{n}", (), (), (f"h{n}",)) for n in range(5)]
    before, after = arrange([router, *heads[:4], *tails[:4]]), arrange([router, *heads, *tails])
    assert {key: before[key] for key in before if key != "router"} == {
        key: after[key] for key in before if key != "router"
    }
    assert [after[f"head{n}"][1] for n in range(5)] == [50, 250, 450, 650, 850]


def test_a_fan_keeps_its_order_around_what_must_pass_it() -> None:
    """Stages between the same two neighbours lie in their order, though a longer branch was moved out of the fan."""
    fan = [Node(f"s{at:02}", (f"out{at:02}",), (), ("origin",)) for at in range(12)]
    longer = Node("t", ("passed",), (), ("out05",))
    ends = tuple(lane for node in (*fan, longer) for lane in node.output_lanes)
    places = arrange([Node("a", ("origin",)), *fan, longer, Node("z", (), (), (*ends, "origin"))])
    rows = [places[node.key][1] for node in fan if node.key != "s05"]
    assert rows == sorted(rows)


def test_a_row_stays_empty_where_that_keeps_a_link_clear_of_a_box() -> None:
    """A second way past a long chain lies two rows above it: from one row above, its link would run through a box."""
    chain = [Node(f"c{at}", (f"l{at}",), (), (f"l{at - 1}" if at else "second",)) for at in range(5)]
    origin, passing = Node("a", ("first", "second", "third")), Node("b", ("past",), (), ("first",))
    ends = [Node("d", ("on",), (), ("l4", "past")), Node("e", (), (), ("on",)), Node("f", (), (), ("third",))]
    graph = Graph("", (origin, passing, *chain, *ends))
    score = measure(graph, arrange(graph.nodes))
    assert (score.crossings, score.through_boxes) == (0, 0)


def test_long_chains_do_not_recurse() -> None:
    """Three thousand stages one after the other lie in one row."""
    nodes = [Node(f"s{n:04}", (f"l{n}",), (), (f"l{n - 1}",)) for n in range(3000)]
    assert [*arrange(nodes).values()] == [(50 + 310 * n, 50) for n in range(3000)]


def test_a_branch_that_ends_late_leaves_below_that_of_an_earlier_lane() -> None:
    """Of two branches the later lane's goes below, whichever of them is longer or forks."""
    chain = [Node(f"b{at}", (f"m{at}",), (), (f"m{at - 1}" if at else "second",)) for at in range(3)]
    fork = [Node(f"f{at}", (), (), ("first",)) for at in range(2)]
    places = arrange([Node("a", ("first", "second"), ("event",)), *fork, *chain, Node("e", (), (), ("event",))])
    assert max(places[key][1] for key in ("f0", "f1")) < places["b0"][1] < places["e"][1]


@relaxed
@given(st.data())
def test_lanes_of_a_tree_leave_in_order(data: st.DataObject) -> None:
    """Where nothing has to cross, every lane leaves below the one before, events below data."""
    nodes = data.draw(trees())
    graph = Graph("", tuple(nodes))
    places = arrange(nodes)
    assert measure(graph, places).crossings == 0
    reader = {lane: node.key for node in nodes for lane in node.input_lanes}
    for node in nodes:
        rows = [places[reader[lane]][1] for lane in (*node.output_lanes, *node.event_lanes) if lane in reader]
        assert rows == sorted(rows)


def test_branches_change_places_where_that_crosses_nothing() -> None:
    """An event hangs below the data lane also where the data stages are linked among each other."""
    places = arrange(
        [
            Node("a", ("one",), ("started",)),
            Node("b", ("two",), ("done",), ("one",)),
            Node("c", (), (), ("two", "one")),
            Node("d", (), (), ("done",)),
            Node("e", (), (), ("started",)),
        ]
    )
    assert places["c"][1] < places["b"][1] < places["e"][1]
    assert places["c"][1] < places["d"][1]
