"""Checks of one stage's place in the flow: kind, names, lanes, events. Settings are checked elsewhere."""

import re
from collections.abc import Iterator

from ..catalogue.definitions import StageDefinition, StageType
from ..flow.model import StageInstance
from .issues import Issue
from .places import Place, listed, place_of

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_\s]+")


def is_valid_name(name: str) -> bool:
    """True for a name of letters, digits, underscores and blanks that is not empty."""
    if _PLAIN_NAME.fullmatch(name):
        return True
    return bool(name) and all(char.isalpha() or char.isdecimal() or char == "_" or char.isspace() for char in name)


def check_structure(
    stage: StageInstance, definition: StageDefinition, *, first: bool, on_canvas: bool, fragment: bool
) -> Iterator[Issue]:
    """The findings about a stage's kind, name, lanes and events, in the engine's order."""
    place = place_of(stage)
    yield from _check_kind(place, definition, first=first, fragment=fragment)
    yield from _check_names(place, stage, definition, on_canvas=on_canvas)
    yield from _check_input_count(place, stage, definition, fragment=fragment)
    if definition.type in (StageType.ORIGIN, StageType.PROCESSOR):
        yield from _check_source_or_processor(place, stage, definition, on_canvas=on_canvas, fragment=fragment)
    else:
        yield from _check_target(place, stage, definition, on_canvas=on_canvas, fragment=fragment)
    if on_canvas:
        yield from _check_events(place, stage, definition)


def _check_kind(place: Place, definition: StageDefinition, *, first: bool, fragment: bool) -> Iterator[Issue]:
    is_origin = definition.type is StageType.ORIGIN
    if first and not is_origin and not fragment:
        yield place.issue("VALIDATION_0003")
    if not first and is_origin:
        yield place.issue("VALIDATION_0004")


def _check_names(
    place: Place, stage: StageInstance, definition: StageDefinition, *, on_canvas: bool
) -> Iterator[Issue]:
    if not is_valid_name(stage.instance_name):
        yield place.issue("VALIDATION_0016")
    if on_canvas and definition.hide_stage and not definition.connection_verifier:
        yield place.issue("VALIDATION_0037")
    for code, lanes in (
        ("VALIDATION_0017", stage.input_lanes),
        ("VALIDATION_0018", stage.output_lanes),
        ("VALIDATION_0100", stage.event_lanes),
    ):
        for lane in lanes:
            if not is_valid_name(lane):
                yield place.issue(code, lane=lane)


def _check_input_count(
    place: Place, stage: StageInstance, definition: StageDefinition, *, fragment: bool
) -> Iterator[Issue]:
    expected, found = definition.input_streams, len(stage.input_lanes)
    # -1 leaves the number to the framework, 0 means any number
    if expected > 0 and (found > expected or (found < expected and not fragment)):
        yield place.issue("VALIDATION_0094", expected=expected, found=found)


def _check_source_or_processor(
    place: Place, stage: StageInstance, definition: StageDefinition, *, on_canvas: bool, fragment: bool
) -> Iterator[Issue]:
    if definition.type is StageType.ORIGIN and stage.input_lanes:
        yield place.issue("VALIDATION_0012", subject="An origin", lanes=listed(stage.input_lanes))
    if not on_canvas:
        return
    if definition.type is StageType.PROCESSOR and not stage.input_lanes and not fragment:
        yield place.issue("VALIDATION_0014", subject="Processor")
    if definition.variable_outputs:
        if not stage.output_lanes:
            yield place.issue("VALIDATION_0032")
    elif definition.output_streams != len(stage.output_lanes):
        yield place.issue("VALIDATION_0015", expected=definition.output_streams, found=len(stage.output_lanes))


def _check_target(
    place: Place, stage: StageInstance, definition: StageDefinition, *, on_canvas: bool, fragment: bool
) -> Iterator[Issue]:
    if on_canvas and not stage.input_lanes and not fragment:
        yield place.issue("VALIDATION_0014", subject="Target")  # the word for executors, too
    if not on_canvas and stage.input_lanes:
        yield place.issue("VALIDATION_0012", subject="A stage beside the canvas", lanes=listed(stage.input_lanes))
    if stage.output_lanes:
        subject = "An executor" if definition.type is StageType.EXECUTOR else "A destination"
        yield place.issue("VALIDATION_0013", subject=subject, lanes=listed(stage.output_lanes))
    if not on_canvas and stage.event_lanes:
        yield place.issue("VALIDATION_0036", lanes=listed(stage.event_lanes))


def _check_events(place: Place, stage: StageInstance, definition: StageDefinition) -> Iterator[Issue]:
    if len(stage.event_lanes) > 1:
        yield place.issue("VALIDATION_0101", found=len(stage.event_lanes))
    if stage.event_lanes and not definition.produces_events:
        yield place.issue("VALIDATION_0102")
