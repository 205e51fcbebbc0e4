"""Making, adding, removing, duplicating and renaming stages."""

from collections.abc import Mapping

import attrs

from ..catalogue.definitions import Catalogue, StageDefinition
from ..errors import InvalidValueError, NameInUseError
from ..flow.model import Flow, StageInstance
from ..flow.names import (
    color_icon,
    event_lane,
    free_instance_name,
    free_label,
    instance_stem,
    lane_name,
    pipeline_id,
    predicate_lane,
)
from ..values import JsonMap
from .arrange import next_position
from .basics import NewId, stage_of, with_stage
from .defaults import new_service, pipeline_defaults, stage_defaults

DEFAULT_PREDICATE = "default"


def _first_row(definition: StageDefinition, lane: str) -> JsonMap:
    """The row that drives the one lane of a new stage: the default condition, or a row at its defaults."""
    setting = definition.setting(definition.driven_by)
    if setting is None or setting.model is None or setting.model_type != "LIST_BEAN":
        return JsonMap({"outputLane": lane, "predicate": DEFAULT_PREDICATE})
    return JsonMap({part.name: part.default for part in setting.model.settings} | {"outputLane": lane})


def new_instance(
    definition: StageDefinition,
    catalogue: Catalogue,
    *,
    instance_name: str,
    label: str,
    new_id: NewId,
    position: tuple[int, int] | None = None,
) -> StageInstance:
    """A stage of this kind with every setting at its default and its fixed lanes made."""
    configuration = stage_defaults(definition)
    lanes = tuple(lane_name(new_id()) for _ in range(definition.output_streams))
    if definition.driven_by:
        lanes = (predicate_lane(instance_name, new_id()),)
        configuration = configuration.with_values({definition.driven_by: (_first_row(definition, lanes[0]),)})
    elif definition.variable_outputs and not lanes:
        lanes = (lane_name(new_id()),)
    return StageInstance(
        instance_name=instance_name,
        stage_name=definition.name,
        stage_version=definition.version,
        library=definition.library,
        configuration=configuration,
        ui=_ui(definition, label, position),
        output_lanes=lanes,
        services=tuple(new_service(use, catalogue) for use in definition.services),
    )


def _ui(definition: StageDefinition, label: str, position: tuple[int, int] | None) -> JsonMap:
    x, y = position or (50, 50)
    return JsonMap(
        {
            "colorIcon": color_icon(definition.type.word, definition.label),
            "icon": definition.icon,
            "displayMode": "BASIC",
            "description": "",
            "label": label,
            "xPos": x,
            "yPos": y,
            "stageType": definition.type.value,
            **({"outputStreamLabels": labels} if (labels := definition.output_stream_labels) else {}),
        }
    )


def new_flow(
    name: str, description: str, catalogue: Catalogue, *, new_id: NewId, error_definition: StageDefinition | None = None
) -> Flow:
    """A flow without stages: every pipeline setting at its default, and the given error stage.

    Raises:
        InvalidValueError: for an empty name.
    """
    checked_name(name, "flow name")
    pipeline = catalogue.pipeline()
    flow = Flow(
        name=name,
        description=description,
        engine_version=catalogue.version,
        title=name,
        document_description=description,
        pipeline_id=pipeline_id(name, new_id()),
        uuid=new_id(),
        version=pipeline.version,
        configuration=pipeline_defaults(pipeline),
        ui=JsonMap({"previewConfig": _PREVIEW_CONFIG}),
    )
    if error_definition is None:
        return flow
    from .special import Slot, set_special

    return set_special(flow, Slot.ERROR, error_definition, catalogue, new_id=new_id)[0]


_PREVIEW_CONFIG = JsonMap(
    {
        "previewSource": "CONFIGURED_SOURCE",
        "batchSize": 10,
        "timeout": 30000,
        "writeToDestinations": False,
        "executeLifecycleEvents": False,
        "showHeader": False,
        "showFieldType": True,
        "rememberMe": False,
    }
)


def checked_description(text: object) -> str:
    """The description of a flow when it is a text.

    Raises:
        InvalidValueError: for anything else.
    """
    if not isinstance(text, str):
        raise InvalidValueError("flow description", text, "a text")
    return text


def checked_name(name: object, what: str) -> str:
    """The name when it is a text with something in it.

    Raises:
        InvalidValueError: for anything else, and for more than 500 characters.
    """
    if not isinstance(name, str) or not name.strip():
        raise InvalidValueError(what, name, "a text that is not empty")
    if len(name) > 500:
        raise InvalidValueError(what, name, "at most 500 characters")
    return name


def add_stage(
    flow: Flow,
    definition: StageDefinition,
    catalogue: Catalogue,
    *,
    new_id: NewId,
    instance_name: str | None = None,
) -> tuple[Flow, StageInstance]:
    """The flow with a new stage of this kind, to the right of the last one; and that stage.

    Raises:
        NameInUseError: another stage has the instance name.
    """
    stage = new_instance(
        definition,
        catalogue,
        instance_name=checked_free_name(flow, instance_name) or free_instance_name(definition.label, used_names(flow)),
        label=free_label(definition.label, flow.labels()),
        new_id=new_id,
        position=next_position(flow),
    )
    return flow.with_appended(stage), stage


def checked_free_name(flow: Flow, instance_name: str | None) -> str | None:
    """An instance name that is asked for, when no other stage has it; None when none is asked for.

    Raises:
        InvalidValueError: it is no text, or empty.
        NameInUseError: another stage has it.
    """
    if instance_name is None:
        return None
    if not isinstance(instance_name, str) or not instance_name:
        raise InvalidValueError("instance name", instance_name, "a text that is not empty")
    if instance_name in used_names(flow):
        raise NameInUseError("stage", instance_name, f"flow {flow.name!r}")
    return instance_name


def used_names(flow: Flow) -> Mapping[str, object]:
    """The instance names of all stages, as keys."""
    special = flow.special_stages()
    if not special:
        return flow.index()
    return {**flow.index(), **dict.fromkeys((stage.instance_name for stage in special), 0)}


def remove_stage(flow: Flow, instance_name: str) -> Flow:
    """The flow without this one stage and without the links to and from it; other stages keep their own lanes.

    Raises:
        NotFoundError: with the nearest instance names.
    """
    stage = stage_of(flow, instance_name)
    if flow.find(instance_name) is None:
        raise InvalidValueError(
            "remove_stage", instance_name, "a stage of the canvas; set another special stage instead"
        )
    gone = set(stage.lanes_out)
    kept = tuple(_without_inputs(other, gone) for other in flow.stages if other is not stage)
    return flow.with_stages(kept)


def _without_inputs(stage: StageInstance, gone: set[str]) -> StageInstance:
    if gone.isdisjoint(stage.input_lanes):
        return stage
    return attrs.evolve(stage, input_lanes=tuple(lane for lane in stage.input_lanes if lane not in gone))


def duplicate_stage(
    flow: Flow, instance_name: str, catalogue: Catalogue, *, new_id: NewId
) -> tuple[Flow, StageInstance]:
    """The flow with a copy of a stage (settings and services, no links), to the right of the last one; and the copy.

    Raises:
        NotFoundError: with the nearest instance names.
    """
    original = stage_of(flow, instance_name)
    definition = catalogue.stage(original.stage_name)
    label = definition.label if definition is not None else original.instance_name.rsplit("_", 1)[0]
    name = free_instance_name(label, used_names(flow))
    lanes = {lane: _copied_lane(lane, original, name, new_id) for lane in original.output_lanes}
    x, y = next_position(flow)
    copy = attrs.evolve(
        original,
        instance_name=name,
        input_lanes=(),
        output_lanes=tuple(lanes.values()),
        event_lanes=(),
        configuration=original.configuration.with_values(_renamed_lanes(original, lanes)),
        ui=original.ui.set("label", free_label(label, flow.labels())).set("xPos", x).set("yPos", y),
    )
    return flow.with_appended(copy), copy


def _copied_lane(lane: str, original: StageInstance, name: str, new_id: NewId) -> str:
    return predicate_lane(name, new_id()) if lane.startswith(original.instance_name) else lane_name(new_id())


def _renamed_lanes(stage: StageInstance, lanes: Mapping[str, str]) -> dict[str, object]:
    """The predicate settings of a stage with its lanes under their new names."""
    changed: dict[str, object] = {}
    for setting, value in stage.configuration.items():
        if isinstance(value, tuple) and any(
            isinstance(row, JsonMap) and row.get("outputLane") in lanes for row in value
        ):
            changed[setting] = tuple(
                row.set("outputLane", lanes[lane])
                if isinstance(row, JsonMap) and isinstance(lane := row.get("outputLane"), str) and lane in lanes
                else row
                for row in value
            )
    return changed


def relabel_stage(flow: Flow, instance_name: str, label: str) -> Flow:
    """The flow with another label on a stage; labels are free text, but no two canvas stages share one.

    Raises:
        NameInUseError: when another stage has this label.
    """
    stage = stage_of(flow, instance_name)
    checked_name(label, "stage label")
    if any(other.label == label for other in flow.stages if other.instance_name != instance_name):
        raise NameInUseError("stage label", label, f"flow {flow.name!r}")
    return with_stage(flow, attrs.evolve(stage, ui=stage.ui.set("label", label)))


def rename_stage(flow: Flow, instance_name: str, new_name: str) -> Flow:
    """The flow with another instance name on a stage; its event lane, and the links to it, follow.

    Raises:
        NameInUseError: when another stage has this name.
        InvalidValueError: for a name with other characters than letters, digits and underscore.
    """
    stage = stage_of(flow, instance_name)
    if new_name == instance_name:
        return flow
    if not isinstance(new_name, str) or not new_name or instance_stem(new_name) != new_name:
        raise InvalidValueError("instance name", new_name, "letters, digits and underscores")
    if any(other.instance_name == new_name for other in flow.all_stages()):
        raise NameInUseError("stage", new_name, f"flow {flow.name!r}")
    old_event, new_event = event_lane(instance_name), event_lane(new_name)
    renamed = attrs.evolve(
        stage,
        instance_name=new_name,
        event_lanes=tuple(new_event if lane == old_event else lane for lane in stage.event_lanes),
    )
    stages = tuple(
        renamed
        if other is stage
        else attrs.evolve(
            other, input_lanes=tuple(new_event if lane == old_event else lane for lane in other.input_lanes)
        )
        if old_event in other.input_lanes
        else other
        for other in flow.stages
    )
    return flow.with_stages(stages)
