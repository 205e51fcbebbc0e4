"""Connecting and disconnecting stages."""

import pytest

from penstock.core import edit
from penstock.core.edit.links import LinkKind, consumers, producers
from penstock.core.errors import InvalidValueError, LinkError, NotFoundError, UnsupportedError

from .conftest import Builder


def test_a_link_is_the_lane_of_the_producer_among_the_inputs(build: Builder) -> None:
    """Connecting writes the producer's lane into the consumer."""
    origin, sink = build.add("Dev Raw Data Source"), build.add("Trash")
    build.connect(origin, sink)
    assert build.flow.stages[1].input_lanes == build.flow.stages[0].output_lanes


def test_connecting_twice_stores_the_lane_once(build: Builder) -> None:
    """A link that is there already changes nothing."""
    origin, sink = build.add("Dev Raw Data Source"), build.add("Trash")
    build.connect(origin, sink)
    once = build.flow
    build.connect(origin, sink)
    assert build.flow is once


@pytest.mark.parametrize(
    ("source", "target", "word"),
    [
        ("Trash_01", "DevIdentity_01", "destination"),
        ("DevIdentity_01", "DevRawDataSource_01", "origin"),
        ("DevIdentity_01", "DevIdentity_01", "itself"),
        ("Trash_01", "DevRawDataSource_01", "origin"),
        ("PipelineFinisherExecutor_01", "Trash_01", "executor"),
    ],
)
def test_links_that_no_flow_can_have_are_refused(build: Builder, source: str, target: str, word: str) -> None:
    """Out of a destination or executor, into an origin, to itself: the error says which and why."""
    for label in ("Dev Raw Data Source", "Dev Identity", "Trash", "Pipeline Finisher Executor"):
        build.add(label)
    with pytest.raises(LinkError, match=word):
        build.connect(source, target)


@pytest.mark.parametrize("output", [-1, 1, True, "0"])
def test_an_output_index_out_of_range_is_refused(build: Builder, output: object) -> None:
    """Only indexes of lanes that are there are accepted."""
    origin, sink = build.add("Dev Raw Data Source"), build.add("Trash")
    with pytest.raises(InvalidValueError):
        build.connect(origin, sink, output=output)


def test_a_lane_that_does_not_exist_is_refused(build: Builder) -> None:
    """A made-up lane name is answered with the lanes that there are."""
    origin, sink = build.add("Dev Raw Data Source"), build.add("Trash")
    with pytest.raises(LinkError, match="no output lane"):
        build.connect(origin, sink, lane="nonsense")


def test_the_event_lane_is_made_at_the_first_event_link(build: Builder) -> None:
    """Two consumers share the one event lane of a stage."""
    origin, first, second = build.add("Directory"), build.add("Trash"), build.add("Trash")
    build.connect(origin, first, kind=LinkKind.EVENT)
    build.connect(origin, second, kind=LinkKind.EVENT)
    assert build.flow.stages[0].event_lanes == ("Directory_01_EventLane",)
    assert build.flow.stages[1].input_lanes == build.flow.stages[2].input_lanes == ("Directory_01_EventLane",)


def test_events_of_a_stage_without_events_are_refused(build: Builder) -> None:
    """A stage whose definition produces no events has no event lane to link."""
    identity, trash = build.add("Dev Identity"), build.add("Trash")
    with pytest.raises(LinkError, match="produces no events"):
        build.connect(identity, trash, kind=LinkKind.EVENT)


def test_disconnect_removes_data_links_and_leaves_events(build: Builder) -> None:
    """Each kind of link is removed on its own."""
    origin, trash = build.add("Directory"), build.add("Trash")
    build.connect(origin, trash)
    build.connect(origin, trash, kind=LinkKind.EVENT)
    flow = edit.disconnect(build.flow, origin, trash)
    assert flow.stages[1].input_lanes == ("Directory_01_EventLane",)


def test_disconnecting_strangers_changes_nothing(build: Builder) -> None:
    """Without a link there is nothing to remove."""
    origin, trash = build.add("Directory"), build.add("Trash")
    assert edit.disconnect(build.flow, origin, trash) is build.flow


def test_neighbours_are_found_through_lanes(build: Builder) -> None:
    """Producers and consumers of a stage are those that share a lane with it."""
    origin, trash = build.add("Dev Raw Data Source"), build.add("Trash")
    build.connect(origin, trash)
    first, second = build.flow.stages
    assert consumers(build.flow, first) == (second,)
    assert producers(build.flow, second) == (first,)


def test_a_fresh_selector_has_the_default_predicate(build: Builder) -> None:
    """A stage with predicates starts with one lane, for the records that meet no condition."""
    selector = build.add("Stream Selector")
    (only,) = edit.predicates_of(build.flow, selector, build.catalogue)
    assert only.is_default
    assert build.flow.stages[0].output_lanes == (only.output_lane,)


def test_new_predicates_go_to_the_front_with_their_lanes(build: Builder) -> None:
    """Lanes and predicates keep the same order, the default last."""
    selector = build.add("Stream Selector")
    flow = edit.add_predicates(build.flow, selector, ["${1 == 1}"], build.catalogue, new_id=build.new_id)
    made = edit.predicates_of(flow, selector, build.catalogue)
    assert [each.predicate for each in made] == ["${1 == 1}", "default"]
    assert flow.stages[0].output_lanes == tuple(each.output_lane for each in made)


def test_a_list_without_default_gets_one(build: Builder) -> None:
    """Setting conditions alone adds the default lane at the end."""
    selector = build.add("Stream Selector")
    flow = edit.set_predicates(build.flow, selector, ["${a}", "${b}"], build.catalogue, new_id=build.new_id)
    conditions = [each.predicate for each in edit.predicates_of(flow, selector, build.catalogue)]
    assert conditions == ["${a}", "${b}", "default"]


def test_removing_a_predicate_removes_the_links_through_it(build: Builder) -> None:
    """A lane that goes away is read by nobody afterwards."""
    selector, trash = build.add("Stream Selector"), build.add("Trash")
    build.flow = edit.add_predicates(build.flow, selector, ["${a}"], build.catalogue, new_id=build.new_id)
    build.connect(selector, trash, output=0)
    flow = edit.remove_predicate(build.flow, selector, "${a}", build.catalogue)
    assert flow.stages[1].input_lanes == ()
    assert len(flow.stages[0].output_lanes) == 1


@pytest.mark.parametrize(
    "predicates", [["default", "${a}"], ["${a}", "${a}"], [""], [{"outputLane": "x"}], [{"condition": "${a}"}], "${a}"]
)
def test_predicates_that_cannot_work_are_refused(build: Builder, predicates: object) -> None:
    """The default stands last, each condition once, none empty, in a list."""
    selector = build.add("Stream Selector")
    with pytest.raises(InvalidValueError):
        edit.set_predicates(build.flow, selector, predicates, build.catalogue, new_id=build.new_id)  # type: ignore[arg-type]


def test_the_default_predicate_stays(build: Builder) -> None:
    """Removing the default is refused, a condition that is not there is named with the nearest."""
    selector = build.add("Stream Selector")
    with pytest.raises(InvalidValueError):
        edit.remove_predicate(build.flow, selector, "default", build.catalogue)
    with pytest.raises(NotFoundError):
        edit.remove_predicate(build.flow, selector, "${nope}", build.catalogue)


def test_predicates_of_a_plain_stage_are_refused(build: Builder) -> None:
    """Only stages whose lanes follow conditions have predicates."""
    trash = build.add("Trash")
    with pytest.raises(UnsupportedError):
        edit.predicates_of(build.flow, trash, build.catalogue)
