"""Previews: what comes out of every stage, and what is left alone."""

from collections.abc import Callable

import penstock

Make = Callable[..., penstock.StreamingFlow]
LINES = '{"a": 1}\n{"a": 2}'
TRASH: tuple[str, dict[str, object]] = ("Trash", {})


def test_a_preview_shows_the_records_of_the_origin_and_what_reaches_trash(flow_of: Make) -> None:
    """Every parsed object is one record; the destination shows them as its input."""
    origin, trash = flow_of(LINES, TRASH).preview()
    assert origin.input is None
    assert origin.output == [(1,), (2,)]
    assert trash.input == [(1,), (2,)]


def test_a_preview_leaves_destinations_out(flow_of: Make) -> None:
    """Destinations do nothing unless the caller asks for it."""
    preview = flow_of(LINES, TRASH).preview()
    assert preview.skipped == (preview[1].instance_name,)


def test_an_expression_sets_a_field(flow_of: Make) -> None:
    """The Expression Evaluator puts the value of its expression into the field."""
    rows = [{"fieldToSet": "/b", "expression": "${record:value('/a') + 1}"}]
    flow = flow_of(LINES, ("Expression Evaluator", {"expressionProcessorConfigs": rows}), TRASH)
    assert flow.preview()[1].output == [(1, 2), (2, 3)]


def test_dev_record_creator_makes_two_clones_of_a_record(flow_of: Make) -> None:
    """Clones are numbered in the attribute ``expanded``."""
    made = flow_of('{"a": 1}', ("Dev Record Creator", {}), TRASH).preview()[1]
    records = next(iter(made.records.values()))
    assert [record.attributes["expanded"] for record in records] == ["1", "2"]


def test_a_record_without_a_required_field_goes_to_error(flow_of: Make) -> None:
    """The error says which stage refused the record, with the code of preconditions."""
    flow = flow_of('{"a": 1}\n{"b": 2}', ("Dev Identity", {"stageRequiredFields": ["/a"]}), TRASH)
    stage = flow.preview()[1]
    assert stage.output == [(1,)]
    assert stage.errors[0].header.error is not None
    assert stage.errors[0].header.error.code == "COMMON_0001"


def test_supplied_records_stand_in_for_an_origin(flow_of: Make) -> None:
    """``inputs`` for an origin are its output; the origin itself is not asked."""
    flow = flow_of(LINES, TRASH)
    name = flow.stages[0].instance_name
    assert flow.preview(inputs={name: [{"z": 9}]})[0].output == [(9,)]


def test_delay_does_not_hold_up_a_preview(flow_of: Make) -> None:
    """Records pass a delay of an hour at once."""
    flow = flow_of(LINES, ("Delay", {"delay": 3_600_000}), TRASH)
    assert flow.preview()[1].output == [(1,), (2,)]
