"""The part of a plan that is about settings: of the flow, of stages and of their services."""

import keyword
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from ..catalogue.definitions import Catalogue, SettingDefinition
from ..edit.basics import definition_of
from ..edit.defaults import default_value
from ..edit.settings import Place, pipeline_places, stage_places
from ..errors import PenstockError
from ..flow.model import Flow, StageInstance
from ..flow.settings import EMPTY_SETTINGS, Settings
from ..values import Json, JsonMap, same
from .secrets import Secret
from .steps import FLOW, Lanes, Predicates, Raw, Set, SetService, Step, rows_as_mapping, stage_named

if TYPE_CHECKING:
    from .planning import Plan

# what the stage handles of both clients have of their own: a setting of such a name is an entry of ``configuration``
STAGE_ATTRIBUTES = frozenset(
    {
        "add_predicates",
        "configuration",
        "connect_event_to",
        "connect_input_to",
        "connect_output_to",
        "disconnect_event_from",
        "disconnect_input_from",
        "disconnect_output_from",
        "drop_raw",
        "drop_service",
        "drop_ui",
        "event_lanes",
        "events",
        "input_lanes",
        "inputs",
        "instance_name",
        "kind",
        "label",
        "library",
        "name",
        "output_lanes",
        "outputs",
        "position",
        "predicates",
        "remove_predicate",
        "set_attributes",
        "set_lanes",
        "set_raw",
        "set_service",
        "stage_id",
        "stage_name",
        "stage_version",
        "to_dict",
        "type",
        "ui_info",
        "update_raw",
        "update_ui",
        "value",
        "configuration_data",
        "services_data",
        "use_connection",
        "copy",
        "dict",
        "json",
        "construct",
        "schema",
        "validate",
        "fields",
        "model_config",
        "model_fields",
        "model_dump",
        "model_copy",
    }
)
USUAL = (("stageOnRecordError", "TO_ERROR"),)
EMPTY: tuple[Json, ...] = (None, "", (), False, JsonMap())


def equal_stage(one: StageInstance, other: StageInstance) -> bool:
    """True when two stages are the same but for their lanes."""
    bare = [attrs.evolve(each, input_lanes=(), output_lanes=(), event_lanes=()) for each in (one, other)]
    return bare[0] == bare[1]


def plan_flow(plan: "Plan") -> None:
    """The settings of the flow: those that differ, by name where the definition takes the value, raw otherwise."""
    known = {each.name: each for each in plan.catalogue.pipeline().settings}
    unknown: dict[str, Json] = {}
    for name, value in plan.target.configuration.items():
        if _has(plan.built.configuration, name, value):
            continue
        definition = known.get(name)
        if definition is not None and _says_nothing(definition, value):
            continue
        if definition is None or not _take_set(plan, plan.settings, FLOW, definition, value, ""):
            unknown[name] = value
    said = {name: value for name, value in unknown.items() if name in known}
    if said:
        plan.take(plan.settings, Raw(FLOW, JsonMap(said)))


def _has(held: Mapping[str, Json], name: str, value: Json) -> bool:
    return name in held and same(held[name], value)


def plan_stage(plan: "Plan", part: list[Step], stage: StageInstance) -> None:
    """The settings of a stage and its services, and its predicates."""
    name = stage.instance_name
    for service in stage.services:
        held = stage_named(plan.built, name).service(service.service)
        if held is None or held.version != service.version:
            plan.take(part, SetService(name, service.service, service.version))
    driving = _predicates(plan, part, stage)
    definition = definition_of(stage, plan.catalogue)
    _plan_settings(plan, part, stage, stage.configuration, "", definition.settings if definition else (), driving)
    for service in stage.services:
        known = plan.catalogue.service(service.service)
        _plan_settings(plan, part, stage, service.configuration, service.service, known.settings if known else ())


def _plan_settings(
    plan: "Plan",
    part: list[Step],
    stage: StageInstance,
    wanted: Settings,
    service: str,
    definitions: Sequence[SettingDefinition],
    skip: str = "",
) -> None:
    known = {each.name: each for each in definitions}
    unknown: dict[str, Json] = {}
    for name, value in wanted.items():
        if name == skip or _has(held_by(stage_named(plan.built, stage.instance_name), service), name, value):
            continue
        definition = known.get(name)
        if definition is not None and _says_nothing(definition, value):
            continue
        if definition is None or not _take_set(plan, part, stage.instance_name, definition, value, service):
            unknown[name] = value
    usual = usual_values(plan.catalogue)
    said = {
        name: value for name, value in unknown.items() if name in known or not is_usual(name, value, usual, definitions)
    }
    if said:
        plan.take(part, Raw(stage.instance_name, JsonMap(said), service))


def _says_nothing(definition: SettingDefinition, value: Json) -> bool:
    """True for a default, and for another way to leave something empty; ``details`` sees to them."""
    default = default_value(definition)
    if definition.is_credential and is_empty(value):
        return True
    return same(value, default) or (is_empty(value) and is_empty(default))


def is_empty(value: Json) -> bool:
    """True for nothing, false, and texts and lists without anything in them."""
    if isinstance(value, tuple):
        return all(map(is_empty, value))
    return any(same(value, each) for each in EMPTY) and not isinstance(value, Secret)


def held_by(stage: StageInstance, service: str) -> Settings:
    """The settings of a stage, or of a service of it; none when it has no such service."""
    if not service:
        return stage.configuration
    found = stage.service(service)
    return EMPTY_SETTINGS if found is None else found.configuration


def _take_set(
    plan: "Plan", part: list[Step], stage: str, definition: SettingDefinition, value: Json, service: str
) -> bool:
    """Takes the step that sets a setting under one of its names; False when none of them does just that."""
    if stage != FLOW and _drives_lanes(plan, stage, definition.name):
        return False
    mapping = definition.type == "MAP" and rows_as_mapping(value) is not None
    for name, attribute in _ways(stage, definition):
        step = Set(stage, name, value, definition.name, attribute, mapping)
        made = plan.try_step(step)
        if made is not None and _does_it(plan, made, stage, name, definition.name, service):
            plan.take(part, step)
            return True
    return False


def _drives_lanes(plan: "Plan", stage: str, name: str) -> bool:
    """True for the setting that a stage handle changes by its predicates only."""
    definition = definition_of(stage_named(plan.built, stage), plan.catalogue)
    return definition is not None and definition.driven_by == name


def _ways(stage: str, definition: SettingDefinition) -> Iterator[tuple[str, bool]]:
    """Names that a setting may be written under, and whether as an attribute of the stage."""
    name = definition.attribute
    if name.isascii() and not name.startswith("_"):
        clean = stage != FLOW and not keyword.iskeyword(name) and name not in STAGE_ATTRIBUTES
        yield name, clean
    yield definition.name, False


def _does_it(plan: "Plan", made: Flow, stage: str, name: str, raw_name: str, service: str) -> bool:
    """True when every setting that the name means has the value that it shall have now, and ours is among them."""
    try:
        if stage == FLOW:
            places: tuple[Place, ...] = pipeline_places(plan.built, plan.catalogue, name)
        else:
            places = stage_places(stage_named(plan.built, stage), plan.catalogue, name)
    except PenstockError:
        return False
    if not any(place.name == raw_name and place.service == service for place in places):
        return False
    for place in places:
        if stage == FLOW:
            now, wanted = made.configuration, plan.target.configuration
        else:
            now = held_by(stage_named(made, stage), place.service)
            wanted = held_by(stage_named(plan.target, stage), place.service)
        if place.name not in now or not _has(wanted, place.name, now[place.name]):
            return False
    return True


def _predicates(plan: "Plan", part: list[Step], stage: StageInstance) -> str:
    """Takes the step that gives a stage its predicates; the name of the setting that is settled by it."""
    definition = definition_of(stage, plan.catalogue)
    driving = definition.driven_by if definition is not None else "lanePredicates"
    rows = stage.configuration.get(driving) if driving else None
    if not isinstance(rows, tuple) or not rows:
        return ""
    plain = [row for row in rows if isinstance(row, JsonMap) and set(row) == {"outputLane", "predicate"}]
    if len(plain) == len(rows) and definition is not None:
        step = Predicates(stage.instance_name, tuple(plain))
        made = plan.try_step(step)
        if made is not None:
            found = stage_named(made, stage.instance_name)
            if same(found.configuration[driving], rows) and found.output_lanes == stage.output_lanes:
                plan.take(part, step)
                return driving
    plan.take(part, Raw(stage.instance_name, JsonMap({driving: rows})))
    plan.take(part, Lanes(stage.instance_name, outputs=stage.output_lanes))
    return driving


Usual = Mapping[str, tuple[Json, ...]]
_USUAL: dict[int, tuple[Catalogue, Usual]] = {}


def usual_values(catalogue: Catalogue) -> Usual:
    """The last part of a setting's name -> the defaults of the services' settings that end so."""
    known = _USUAL.get(id(catalogue))
    if known is None:
        made: dict[str, tuple[Json, ...]] = {}
        for service in catalogue.services():
            for each in service.settings:
                tail = each.name.rsplit(".", 1)[-1]
                made[tail] = (*made.get(tail, ()), each.default)
        _USUAL.clear()
        known = _USUAL[id(catalogue)] = (catalogue, made)
    return known[1]


def is_usual(name: str, value: Json, usual: Usual, definitions: Sequence[SettingDefinition]) -> bool:
    """True for a setting that no definition knows when it says nothing, or what new stages say under such a name."""
    tail = name.rsplit(".", 1)[-1]
    defaults = (*usual.get(tail, ()), *(each.default for each in definitions if each.name.endswith(tail)))
    return is_empty(value) or (name, value) in USUAL or any(same(value, each) for each in defaults)
