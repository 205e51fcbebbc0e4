"""Predicates of stages whose output lanes follow conditions: first match order, the default last."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import TypeAlias

import attrs

from ..catalogue.definitions import Catalogue, SettingDefinition, StageDefinition
from ..errors import InvalidValueError, NotFoundError, UnsupportedError, nearest
from ..flow.model import Flow, StageInstance
from ..flow.names import predicate_lane
from ..values import Json, JsonMap
from .basics import NewId, definition_of, stage_of, with_stage
from .stages import DEFAULT_PREDICATE

PredicateLike: TypeAlias = "str | Mapping[str, object] | Predicate"


@attrs.frozen
class Predicate:
    """A condition and the lane that the records go to which meet it."""

    predicate: str
    output_lane: str

    @property
    def is_default(self) -> bool:
        """True for the lane of the records that met no other condition."""
        return self.predicate == DEFAULT_PREDICATE


def driving_setting(stage: StageInstance, catalogue: Catalogue) -> str:
    """The name of the setting that holds the predicates.

    Raises:
        UnsupportedError: the stage has no predicates.
    """
    definition = definition_of(stage, catalogue)
    if definition is not None and definition.driven_by and _lane_rows(definition) is None:
        return definition.driven_by
    if definition is None and "lanePredicates" in stage.configuration:
        return "lanePredicates"
    raise UnsupportedError(
        f"a predicate on {stage.instance_name}",
        "Only stages such as Stream Selector have predicates; the lanes of others follow their settings.",
    )


def has_lane_rows(flow: Flow, instance_name: str, catalogue: Catalogue) -> bool:
    """True for a stage such as HTTP Router, where each output lane has a row of settings."""
    definition = definition_of(stage_of(flow, instance_name), catalogue)
    return definition is not None and _lane_rows(definition) is not None


def _lane_rows(definition: StageDefinition) -> SettingDefinition | None:
    setting = definition.setting(definition.driven_by) if definition.driven_by else None
    return setting if setting is not None and setting.model_type == "LIST_BEAN" else None


def follow_lane_rows(flow: Flow, instance_name: str, catalogue: Catalogue, *, new_id: NewId) -> Flow:
    """The flow with an output lane for each row of the setting that drives the lanes of a stage.

    A row that names no lane takes the one at its place; links through lanes that go away are removed.

    Raises:
        InvalidValueError: a lane occurs twice.
    """
    stage = stage_of(flow, instance_name)
    definition = definition_of(stage, catalogue)
    setting = _lane_rows(definition) if definition is not None else None
    rows = stage.configuration.get(setting.name) if setting is not None else None
    if setting is None or not isinstance(rows, tuple):
        return flow
    named = [row.get("outputLane") if isinstance(row, JsonMap) else None for row in rows]
    free = [lane if lane not in named else None for lane in stage.output_lanes]
    lanes = [
        lane if isinstance(lane, str) and lane else kept or predicate_lane(instance_name, new_id())
        for lane, kept in zip_longest(named, free[: len(named)])
    ]
    _once("lane", lanes, instance_name)
    made = tuple(
        row.set("outputLane", lane) if isinstance(row, JsonMap) else row for row, lane in zip(rows, lanes, strict=True)
    )
    return _with_lanes(flow, stage, setting.name, made, lanes)


def predicates_of(flow: Flow, instance_name: str, catalogue: Catalogue) -> tuple[Predicate, ...]:
    """The predicates of a stage in order, the default last."""
    stage = stage_of(flow, instance_name)
    rows = stage.configuration.get(driving_setting(stage, catalogue))
    if not isinstance(rows, tuple):
        return ()
    return tuple(
        Predicate(str(row.get("predicate", "")), str(row.get("outputLane", "")))
        for row in rows
        if isinstance(row, JsonMap)
    )


def set_predicates(
    flow: Flow, instance_name: str, predicates: Sequence[PredicateLike], catalogue: Catalogue, *, new_id: NewId
) -> Flow:
    """The flow with exactly these predicates on a stage; a missing default is added at the end.

    A condition that the stage has already keeps its lane and its links; links through lanes that go away are removed.

    Raises:
        InvalidValueError: the default is not the last one, a condition or a lane occurs twice, or one is empty.
    """
    stage = stage_of(flow, instance_name)
    old = {each.predicate: each.output_lane for each in predicates_of(flow, instance_name, catalogue)}
    made = [_predicate(each, stage, old, new_id) for each in _checked_list(predicates, instance_name)]
    defaults = [at for at, each in enumerate(made) if each.is_default]
    if not defaults:
        made.append(_predicate(DEFAULT_PREDICATE, stage, old, new_id))
    elif defaults != [len(made) - 1]:
        raise InvalidValueError(
            f"predicates of {instance_name}", DEFAULT_PREDICATE, "one default, at the end of the list"
        )
    _once("condition", [each.predicate for each in made], instance_name)
    _once("lane", [each.output_lane for each in made], instance_name)
    return _written(flow, stage, made, catalogue)


def _once(what: str, values: Sequence[str], instance_name: str) -> None:
    twice = next((value for value, times in Counter(values).items() if times > 1), None)
    if twice is not None:
        raise InvalidValueError(f"predicates of {instance_name}", twice, f"each {what} once")


def _checked_list(predicates: Sequence[PredicateLike], instance_name: str) -> Sequence[PredicateLike]:
    if isinstance(predicates, (str, Mapping)) or not isinstance(predicates, Iterable):
        raise InvalidValueError(f"predicates of {instance_name}", predicates, "a list of predicates")
    return predicates


def _predicate(given: PredicateLike, stage: StageInstance, old: Mapping[str, str], new_id: NewId) -> Predicate:
    if isinstance(given, Predicate):
        return given
    lane: object = None
    condition: object = given
    if isinstance(given, Mapping):
        condition, lane = given.get("predicate"), given.get("outputLane")
        unknown = set(given) - {"predicate", "outputLane"}
        if unknown:
            expected = "the keys predicate and outputLane"
            raise InvalidValueError(f"predicate of {stage.instance_name}", sorted(unknown)[0], expected)
    if not isinstance(condition, str) or not condition.strip():
        raise InvalidValueError(f"predicate of {stage.instance_name}", condition, "a condition such as ${...}")
    if lane is None or lane == "":
        lane = old.get(condition) or predicate_lane(stage.instance_name, new_id())
    if not isinstance(lane, str):
        raise InvalidValueError(f"lane of a predicate of {stage.instance_name}", lane, "a lane name")
    return Predicate(condition, lane)


def _written(flow: Flow, stage: StageInstance, made: Sequence[Predicate], catalogue: Catalogue) -> Flow:
    rows = tuple(JsonMap({"outputLane": each.output_lane, "predicate": each.predicate}) for each in made)
    return _with_lanes(flow, stage, driving_setting(stage, catalogue), rows, [each.output_lane for each in made])


def _with_lanes(flow: Flow, stage: StageInstance, setting: str, rows: tuple[Json, ...], lanes: Sequence[str]) -> Flow:
    """The flow with these rows and lanes on a stage, without the links through lanes that it had and has no more."""
    gone = set(stage.output_lanes) - set(lanes)
    configuration = stage.configuration.with_values({setting: rows})
    changed = attrs.evolve(stage, configuration=configuration, output_lanes=tuple(lanes))
    flow = with_stage(flow, changed)
    for other in flow.stages:
        if not gone.isdisjoint(other.input_lanes):
            kept = tuple(lane for lane in other.input_lanes if lane not in gone)
            flow = with_stage(flow, attrs.evolve(other, input_lanes=kept))
    return flow


def add_predicates(
    flow: Flow, instance_name: str, predicates: Sequence[PredicateLike], catalogue: Catalogue, *, new_id: NewId
) -> Flow:
    """The flow with more predicates in front of the ones a stage has; one that is there already is left as it is."""
    stage = stage_of(flow, instance_name)
    now = predicates_of(flow, instance_name, catalogue)
    old = {each.predicate: each.output_lane for each in now}
    front: list[PredicateLike] = []
    for given in _checked_list(predicates, instance_name):
        made = _predicate(given, stage, old, new_id)
        if made.predicate not in old:
            front.insert(0, made)
            old[made.predicate] = made.output_lane
    return set_predicates(flow, instance_name, [*front, *now], catalogue, new_id=new_id)


def remove_predicate(flow: Flow, instance_name: str, predicate: PredicateLike, catalogue: Catalogue) -> Flow:
    """The flow without one predicate of a stage, its lane, and the links through it.

    Raises:
        NotFoundError: the stage has no such predicate; with the nearest ones.
        InvalidValueError: the default cannot be removed.
    """
    stage = stage_of(flow, instance_name)
    now = predicates_of(flow, instance_name, catalogue)
    found = find_predicate(now, predicate, instance_name)
    if found.is_default:
        raise InvalidValueError(
            f"remove_predicate of {instance_name}", DEFAULT_PREDICATE, "any predicate but the default"
        )
    return _written(flow, stage, [each for each in now if each != found], catalogue)


def find_predicate(now: Sequence[Predicate], wanted: PredicateLike, instance_name: str) -> Predicate:
    """The predicate with this condition or lane.

    Raises:
        NotFoundError: with the nearest conditions.
    """
    condition: object
    lane: object = None
    if isinstance(wanted, Predicate):
        condition, lane = wanted.predicate, wanted.output_lane
    elif isinstance(wanted, Mapping):
        condition, lane = wanted.get("predicate"), wanted.get("outputLane")
    else:
        condition = wanted
    for each in now:
        if (condition is None or each.predicate == condition) and (not lane or each.output_lane == lane):
            return each
    text = str(condition if condition is not None else lane)
    raise NotFoundError("predicate", text, nearest(text, [each.predicate for each in now]), f"stage {instance_name}")
