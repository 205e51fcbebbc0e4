"""Adding, removing, duplicating and renaming stages."""

import pytest

from penstock.core import edit
from penstock.core.errors import InvalidValueError, NameInUseError, NotFoundError

from .conftest import Builder


def test_names_and_labels_count_per_kind(build: Builder) -> None:
    """The second stage of a kind gets the next number in its instance name and in its label."""
    build.add("Dev Raw Data Source")
    build.add("Trash")
    build.add("Trash")
    named = [(stage.instance_name, stage.label) for stage in build.flow.stages]
    assert named == [
        ("DevRawDataSource_01", "Dev Raw Data Source 1"),
        ("Trash_01", "Trash 1"),
        ("Trash_02", "Trash 2"),
    ]


def test_a_new_stage_lands_right_of_the_last_one(build: Builder) -> None:
    """The first stage stands at 50, 50; each next one 310 px further right at the same height."""
    for label in ("Dev Raw Data Source", "Dev Identity", "Trash"):
        build.add(label)
    assert [stage.position for stage in build.flow.stages] == [(50, 50), (360, 50), (670, 50)]


def test_labels_stay_unique_after_a_relabel(build: Builder) -> None:
    """A stage added after another was renamed never gets a label that is taken."""
    first = build.add("Trash")
    build.add("Trash")
    build.flow = edit.relabel_stage(build.flow, first, "Bin")
    build.add("Trash")
    assert len(set(build.flow.labels())) == 3


def test_relabel_to_a_label_in_use_is_refused(build: Builder) -> None:
    """Two canvas stages never share a label."""
    first = build.add("Trash")
    build.add("Trash")
    with pytest.raises(NameInUseError) as refused:
        edit.relabel_stage(build.flow, first, "Trash 2")
    assert refused.value.name == "Trash 2"


def test_remove_takes_one_stage_and_its_links_only(build: Builder) -> None:
    """Removing one of two equal stages leaves the other, and no lane that nobody produces."""
    origin, first, second, sink = (
        build.add(each) for each in ("Dev Raw Data Source", "Dev Identity", "Dev Identity", "Trash")
    )
    for source, target in ((origin, first), (first, second), (second, sink)):
        build.connect(source, target)
    flow = edit.remove_stage(build.flow, first)
    assert [stage.instance_name for stage in flow.stages] == [origin, second, sink]
    assert flow.stages[1].input_lanes == ()
    assert flow.stages[2].input_lanes == flow.stages[1].output_lanes


def test_remove_of_an_unknown_stage_names_the_nearest(build: Builder) -> None:
    """A typo in an instance name is answered with the name that was meant."""
    build.add("Trash")
    with pytest.raises(NotFoundError) as missing:
        edit.remove_stage(build.flow, "Trsh_01")
    assert missing.value.near == ("Trash_01",)


def test_remove_of_the_error_stage_is_refused(build: Builder) -> None:
    """The error stage is no stage of the canvas."""
    with pytest.raises(InvalidValueError):
        edit.remove_stage(build.flow, "Discard_ErrorStage")


def test_duplicate_copies_settings_but_no_links(build: Builder) -> None:
    """A copy has the settings of the original, its own lanes, and no neighbour."""
    origin, sink = build.add("Dev Raw Data Source"), build.add("Trash")
    build.connect(origin, sink)
    build.flow = edit.set_stage_settings(build.flow, origin, {"raw_data": "{}"}, build.catalogue)
    flow, copy = edit.duplicate_stage(build.flow, origin, build.catalogue, new_id=build.new_id)
    assert copy.instance_name == "DevRawDataSource_02"
    assert copy.configuration["rawData"] == "{}"
    assert set(copy.output_lanes).isdisjoint(flow.stages[0].output_lanes)
    assert flow.stages[1].input_lanes == flow.stages[0].output_lanes


def test_duplicate_of_a_selector_gets_lanes_of_its_own(build: Builder) -> None:
    """The predicates of a copied selector name the lanes of the copy."""
    selector = build.add("Stream Selector")
    flow, copy = edit.duplicate_stage(build.flow, selector, build.catalogue, new_id=build.new_id)
    lanes = [each.output_lane for each in edit.predicates_of(flow, copy.instance_name, build.catalogue)]
    assert tuple(lanes) == copy.output_lanes
    assert set(lanes).isdisjoint(flow.stages[0].output_lanes)


def test_rename_carries_the_event_lane_along(build: Builder) -> None:
    """After a rename the consumer of the events still reads them."""
    origin, finisher = build.add("Directory"), build.add("Pipeline Finisher Executor")
    build.connect(origin, finisher, kind=edit.links.LinkKind.EVENT)
    flow = edit.rename_stage(build.flow, origin, "Files")
    assert flow.stages[0].event_lanes == ("Files_EventLane",)
    assert flow.stages[1].input_lanes == ("Files_EventLane",)


@pytest.mark.parametrize("name", ["", "two words", "dots.in.it", "hyphen-ated"])
def test_rename_to_a_name_that_lanes_cannot_carry_is_refused(build: Builder, name: str) -> None:
    """Instance names are letters, digits and underscores."""
    trash = build.add("Trash")
    with pytest.raises(InvalidValueError):
        edit.rename_stage(build.flow, trash, name)


def test_editing_leaves_the_earlier_value_alone(build: Builder) -> None:
    """An edit gives another flow; the one before stays as it was."""
    before = build.flow
    build.add("Trash")
    assert before.stages == ()
    assert before != build.flow


def test_equal_edits_make_equal_flows(build: Builder) -> None:
    """Equality and hash mean content: setting a value and setting it back gives an equal flow."""
    trash = build.add("Dev Raw Data Source")
    before = build.flow
    there = edit.set_stage_settings(before, trash, {"stop_after_first_batch": True}, build.catalogue)
    back = edit.set_stage_settings(there, trash, {"stop_after_first_batch": False}, build.catalogue)
    assert there != before
    assert back == before
    assert hash(back) == hash(before)


@pytest.mark.parametrize("name", ["", "   ", None, 5])
def test_a_flow_needs_a_name(build: Builder, name: object) -> None:
    """An empty name, or something that is no text, is refused."""
    with pytest.raises(InvalidValueError):
        edit.new_flow(name, "", build.catalogue, new_id=build.new_id)  # type: ignore[arg-type]
