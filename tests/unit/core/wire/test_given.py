"""Records for a preview, on their way to an engine."""

import pytest

from penstock.core.errors import FormatError, UnsupportedError
from penstock.core.preview import PreviewOptions
from penstock.core.records.record import Record
from penstock.core.wire.given import given_document, given_from
from penstock.testing import sample_flow

FLOW = sample_flow()
ORIGIN = next(stage for stage in FLOW.stages if not stage.input_lanes)
OTHER = next(stage for stage in FLOW.stages if stage.input_lanes)


def values(held: object) -> list[object]:
    """The values of records."""
    assert isinstance(held, list)
    return [record.value for record in held]


def test_nothing_given_sends_nothing() -> None:
    """And an empty request gives nothing."""
    assert given_document(PreviewOptions(), FLOW, with_inputs=True) is None
    assert given_from(None) == ({}, {})


@pytest.mark.parametrize("with_inputs", [True, False])
def test_outputs_arrive_as_they_were_given(with_inputs: bool) -> None:
    """By lane; a plain list is for the first lane. Any engine knows this form: a list of stages."""
    lane = ORIGIN.output_lanes[0]
    options = PreviewOptions(outputs={ORIGIN.instance_name: [{"a": 1}, Record({"a": 2})]})
    body = given_document(options, FLOW, with_inputs=with_inputs)
    assert isinstance(body, list)
    inputs, outputs = given_from(body)
    assert inputs == {}
    assert {name: list(lanes) for name, lanes in outputs.items()} == {ORIGIN.instance_name: [lane]}
    assert values(outputs[ORIGIN.instance_name][lane]) == [{"a": 1}, {"a": 2}]


def test_inputs_and_outputs_arrive_together() -> None:
    """Where the engine is one of penstock's."""
    options = PreviewOptions(inputs={OTHER.instance_name: [{"b": "x"}]}, outputs={ORIGIN.instance_name: {"lane": []}})
    inputs, outputs = given_from(given_document(options, FLOW, with_inputs=True))
    assert values(inputs[OTHER.instance_name]) == [{"b": "x"}]
    assert outputs == {ORIGIN.instance_name: {"lane": []}}


def test_an_engine_that_knows_outputs_only_gets_what_an_origin_is_to_put_out() -> None:
    """Inputs of other stages are refused, with the way out."""
    to_origin = PreviewOptions(inputs={ORIGIN.instance_name: [{"a": 1}]})
    _, outputs = given_from(given_document(to_origin, FLOW, with_inputs=False))
    assert values(outputs[ORIGIN.instance_name][ORIGIN.output_lanes[0]]) == [{"a": 1}]
    with pytest.raises(UnsupportedError, match="outputs="):
        given_document(PreviewOptions(inputs={OTHER.instance_name: []}), FLOW, with_inputs=False)


@pytest.mark.parametrize(
    "body", ["text", {"inputs": []}, {"outputs": {}}, [{"output": {}}], [7], {"inputs": {"a": {}}}], ids=str
)
def test_a_body_of_another_form_is_refused(body: object) -> None:
    """With the place in it."""
    with pytest.raises(FormatError, match="expected"):
        given_from(body)
