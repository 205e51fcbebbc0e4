"""Edits below the catalogue: settings, lanes, services and canvas facts as they stand in a document, unchecked.

They are the way to what no definition knows: settings of other versions, stages of other engines, odd lanes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import attrs

from ..errors import InvalidValueError, NotFoundError, nearest
from ..flow.model import Flow, Service, StageInstance
from ..flow.names import free_instance_name, lane_name
from ..flow.settings import Settings
from ..values import JsonMap, freeze
from .arrange import next_position
from .basics import NewId, stage_of, with_stage
from .special import Slot, put_special
from .stages import checked_free_name, used_names

TYPES = ("SOURCE", "PROCESSOR", "TARGET", "EXECUTOR")


def matching(names: Iterable[str], patterns: Sequence[str]) -> tuple[str, ...]:
    """The names that a pattern means: the name itself, or ``conf.*`` for all names below ``conf``."""
    exact = {each for each in patterns if not each.endswith(".*")}
    starts = tuple(each[:-1] for each in patterns if each.endswith(".*"))
    return tuple(name for name in names if name in exact or name.startswith(starts))


def update_raw(flow: Flow, instance_name: str | None, values: Mapping[str, object], service: str = "") -> Flow:
    """The flow with raw settings of a stage, a service of it, or (None) the flow itself."""
    return _change(flow, instance_name, service, lambda held: held.with_values(values))


def drop_raw(flow: Flow, instance_name: str | None, patterns: Sequence[str], service: str = "") -> Flow:
    """The flow without these raw settings; ``conf.*`` means all names below ``conf``, unknown names mean nothing."""

    def without(held: Settings) -> Settings:
        gone = matching(held, patterns)
        return held.without(*gone) if gone else held

    return _change(flow, instance_name, service, without)


def _change(flow: Flow, instance_name: str | None, service: str, change: Callable[[Settings], Settings]) -> Flow:
    if instance_name is None:
        return attrs.evolve(flow, configuration=change(flow.configuration))
    stage = stage_of(flow, instance_name)
    if not service:
        return with_stage(flow, attrs.evolve(stage, configuration=change(stage.configuration)))
    held = _service(stage, service)
    changed = attrs.evolve(held, configuration=change(held.configuration))
    return with_stage(flow, attrs.evolve(stage, services=_replaced(stage.services, service, changed)))


def _service(stage: StageInstance, service: str) -> Service:
    held = stage.service(service)
    if held is None:
        known = [each.service for each in stage.services]
        raise NotFoundError("service", service, nearest(service, known), f"stage {stage.instance_name}")
    return held


def _replaced(services: tuple[Service, ...], name: str, changed: Service) -> tuple[Service, ...]:
    return tuple(changed if each.service == name else each for each in services)


def set_service(flow: Flow, instance_name: str, service: str, version: int) -> Flow:
    """The flow with a service of a stage in this version; one that it does not have comes in without settings."""
    stage = stage_of(flow, instance_name)
    held = stage.service(service)
    if held is None:
        services = (*stage.services, Service(service, version))
    else:
        services = _replaced(stage.services, service, attrs.evolve(held, version=version))
    return with_stage(flow, attrs.evolve(stage, services=services))


def drop_service(flow: Flow, instance_name: str, service: str) -> Flow:
    """The flow without a service of a stage."""
    stage = stage_of(flow, instance_name)
    _service(stage, service)
    kept = tuple(each for each in stage.services if each.service != service)
    return with_stage(flow, attrs.evolve(stage, services=kept))


def set_kind(flow: Flow, instance_name: str, *, version: str | None = None, library: str | None = None) -> Flow:
    """The flow with another version or library noted on a stage; its settings stay as they are."""
    stage = stage_of(flow, instance_name)
    for what, text in (("stage version", version), ("library", library)):
        if text is not None and not isinstance(text, str):
            raise InvalidValueError(f"{what} of {instance_name}", text, "a text")
    changed = attrs.evolve(
        stage,
        stage_version=stage.stage_version if version is None else version,
        library=stage.library if library is None else library,
    )
    return with_stage(flow, changed)


def update_ui(flow: Flow, instance_name: str | None, values: Mapping[str, object]) -> Flow:
    """The flow with these facts that the canvas keeps of a stage, or (None) of the flow itself."""
    if instance_name is None:
        return attrs.evolve(flow, ui=_with(flow.ui, values))
    stage = stage_of(flow, instance_name)
    return with_stage(flow, attrs.evolve(stage, ui=_with(stage.ui, values)))


def _with(held: JsonMap, values: Mapping[str, object]) -> JsonMap:
    return JsonMap({**held, **{key: freeze(value) for key, value in values.items()}})


def drop_ui(flow: Flow, instance_name: str | None, keys: Iterable[str]) -> Flow:
    """The flow without these facts of the canvas; unknown ones mean nothing."""
    gone = set(keys)
    if instance_name is None:
        return attrs.evolve(flow, ui=_without(flow.ui, gone))
    stage = stage_of(flow, instance_name)
    return with_stage(flow, attrs.evolve(stage, ui=_without(stage.ui, gone)))


def _without(held: JsonMap, gone: set[str]) -> JsonMap:
    return JsonMap((key, value) for key, value in held.items() if key not in gone)


def set_lanes(
    flow: Flow,
    instance_name: str,
    *,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    events: Sequence[str] | None = None,
) -> Flow:
    """The flow with the lanes of a stage by name; None leaves a kind of lanes as it is.

    Stages that read an output or event lane of this stage read the one that takes its place.
    """
    stage = stage_of(flow, instance_name)
    for what, names in (("inputs", inputs), ("outputs", outputs), ("events", events)):
        if names is not None and (isinstance(names, str) or not all(isinstance(each, str) for each in names)):
            raise InvalidValueError(f"{what} of {instance_name}", names, "a list of lane names")
    changed = attrs.evolve(
        stage,
        input_lanes=stage.input_lanes if inputs is None else tuple(inputs),
        output_lanes=stage.output_lanes if outputs is None else tuple(outputs),
        event_lanes=stage.event_lanes if events is None else tuple(events),
    )
    new_names = {
        old: new
        for old, new in (
            *zip(stage.output_lanes, changed.output_lanes, strict=False),
            *zip(stage.event_lanes, changed.event_lanes, strict=False),
        )
        if old != new
    }
    flow = with_stage(flow, changed)
    for other in flow.stages:
        if other.instance_name != instance_name and any(lane in new_names for lane in other.input_lanes):
            lanes = tuple(new_names.get(lane, lane) for lane in other.input_lanes)
            flow = with_stage(flow, attrs.evolve(other, input_lanes=lanes))
    return flow


def add_unknown_stage(
    flow: Flow,
    name: str,
    *,
    version: str,
    library: str,
    type: str,
    new_id: NewId,
    outputs: int | None = None,
    slot: Slot | None = None,
    instance_name: str | None = None,
) -> tuple[Flow, StageInstance]:
    """The flow with a stage that no catalogue knows, without settings, and that stage.

    It has one output lane when it is an origin or processor, unless ``outputs`` says how many. With ``slot`` it is a
    special stage in place of the one that is there; start and stop event stages may be several, so they are added.

    Raises:
        InvalidValueError: a type that is none, or an instance name that is in use.
    """
    if type not in TYPES:
        raise InvalidValueError("stage type", type, ", ".join(TYPES), nearest(str(type), TYPES))
    if not isinstance(name, str) or not isinstance(version, str) or not isinstance(library, str):
        raise InvalidValueError("name, version and library of a stage", (name, version, library), "three texts")
    short = name.rsplit("_", 1)[-1]
    chosen = checked_free_name(flow, instance_name) or free_instance_name(short, used_names(flow))
    x, y = next_position(flow) if slot is None else (50, 50)
    lanes = outputs if outputs is not None else int(type in TYPES[:2])
    stage = StageInstance(
        instance_name=chosen,
        stage_name=name,
        stage_version=version,
        library=library,
        ui=JsonMap({"label": chosen, "xPos": x, "yPos": y, "stageType": type}),
        output_lanes=tuple(lane_name(new_id()) for _ in range(lanes)),
    )
    return (flow.with_appended(stage) if slot is None else put_special(flow, slot, stage)), stage
