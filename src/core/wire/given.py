"""Records that whoever asks for a preview gives to stages, on the wire of the engine's own interface."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import FormatError, UnsupportedError
from ..flow.model import Flow
from ..preview import PreviewOptions
from ..records.json_form import record_from_json, record_to_json
from ..records.record import Header, Record
from ..values import PlainJson
from .read import mapping, rows, text

BODY = "request body"
Lanes = Mapping[str, Sequence[object]]


def given_document(options: PreviewOptions, flow: Flow, *, with_inputs: bool) -> Any:
    """The body of the request: None without given records, outputs of stages as a list, inputs as well in an object.

    Without ``with_inputs``, for an engine that knows outputs only, what an origin gets is what it puts out.

    Raises:
        UnsupportedError: inputs of another stage for such an engine.
    """
    outputs = [_output(name, _by_lane(flow, name, held)) for name, held in options.outputs.items()]
    if not options.inputs:
        return outputs or None
    if with_inputs:
        return {"inputs": {name: _records(held, name) for name, held in options.inputs.items()}, "outputs": outputs}
    for name, held in options.inputs.items():
        stage = flow.find(name)
        if stage is None or stage.input_lanes:
            advice = "Give what the stages before it put out, with outputs=…."
            raise UnsupportedError(f"a preview on this engine with records for {name}", advice)
        outputs.append(_output(name, _by_lane(flow, name, held)))
    return outputs


def _by_lane(flow: Flow, name: str, held: Lanes | Sequence[object]) -> Lanes:
    if isinstance(held, Mapping):
        return held
    stage = flow.find(name)
    return {} if stage is None else dict.fromkeys(stage.output_lanes[:1], held)


def _output(name: str, lanes: Lanes) -> dict[str, PlainJson]:
    made: dict[str, PlainJson] = {lane: _records(held, name) for lane, held in lanes.items()}
    return {"instanceName": name, "output": made, "errorRecords": [], "eventRecords": [], "stageErrors": []}


def _records(held: Sequence[object], stage: str) -> list[PlainJson]:
    return [_record(each, stage, at) for at, each in enumerate(held)]


def _record(item: object, stage: str, at: int) -> PlainJson:
    if not isinstance(item, Record):
        item = Record(item, Header(source_id=f"{stage}::{at}", stage_creator=stage))  # type: ignore[arg-type]
    return record_to_json(item)


def given_from(body: Any) -> tuple[dict[str, list[object]], dict[str, Lanes]]:
    """Inputs by stage, and outputs by stage and lane, from the body of a request.

    Raises:
        FormatError: it has another form.
    """
    if body is None:
        return {}, {}
    if not isinstance(body, dict | list):
        raise FormatError(BODY, "/", "expected the outputs of stages in a list, or an object with inputs and outputs")
    held: Mapping[str, Any] = body if isinstance(body, dict) else {"outputs": body}
    inputs = mapping(held, "/inputs", BODY)
    outputs = {
        text(each, "/instanceName", BODY): mapping(each, "/output", BODY) for each in rows(held, "/outputs", BODY)
    }
    return (
        {stage: _records_from(inputs, stage) for stage in inputs},
        {stage: {lane: _records_from(lanes, lane) for lane in lanes} for stage, lanes in outputs.items()},
    )


def _records_from(held: Mapping[str, Any], key: str) -> list[object]:
    return [record_from_json(each, BODY) for each in rows({"records": held[key]}, "/records", f"{BODY} for {key}")]
