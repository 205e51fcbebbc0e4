"""Finding what differs between two flows."""

from collections.abc import Iterator, Mapping

from ..catalogue.definitions import Catalogue
from ..flow.credentials import MASK, looks_secret, replace_credentials
from ..flow.model import Flow, StageInstance
from ..values import Json, JsonMap, same
from .changes import Diff, LinkChange, Renamed, SettingChange

_PLACE = frozenset({"xPos", "yPos"})
_LABEL = frozenset({"label"})
SLOTS = {"errorStage": "error_stage", "statsAggregatorStage": "stats_stage", "testOriginStage": "test_origin"}


_HIDDEN = "\0credential\0"
"""Stands before a credential while flows are compared; what begins with it is masked."""


def diff(old: Flow, new: Flow, catalogue: Catalogue | None = None) -> Diff:
    """What changes from ``old`` to ``new``; empty (false) when the flows mean the same.

    Shape: changes in the order of the new flow, each with its place, the old and the new value.

    Stages are known by instance name. Ids, times and who saved are not compared. Credentials that differ are listed
    with their values masked: those that the catalogue knows, and what is named like one.
    """
    if catalogue is not None:
        old, new = (replace_credentials(each, catalogue, lambda place: _HIDDEN + place.secret) for each in (old, new))
    before, after = _stages(old), _stages(new)
    both = [(before[name], after[name]) for name in after if name in before]
    links_before, links_after = links_of(old), links_of(new)
    return Diff(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        renamed=tuple(Renamed(a.instance_name, a.label, b.label) for a, b in both if a.label != b.label),
        settings=tuple(_flow_changes(old, new)) + tuple(change for a, b in both for change in _stage_changes(a, b)),
        links_added=tuple(link for link in links_after if link not in links_before),
        links_removed=tuple(link for link in links_before if link not in links_after),
        moved=tuple(a.instance_name for a, b in both if a.position != b.position),
    )


def _stages(flow: Flow) -> dict[str, StageInstance]:
    special = (flow.error_stage, flow.stats_stage, flow.test_origin, *flow.start_stages, *flow.stop_stages)
    return {stage.instance_name: stage for stage in (*flow.stages, *special) if stage is not None}


def links_of(flow: Flow) -> dict[LinkChange, None]:
    """Every link between canvas stages, in order."""
    readers: dict[str, list[str]] = {}
    for stage in flow.stages:
        for lane in stage.input_lanes:
            readers.setdefault(lane, []).append(stage.instance_name)
    found: dict[LinkChange, None] = {}
    for stage in flow.stages:
        for lanes, event in ((stage.output_lanes, False), (stage.event_lanes, True)):
            for lane in lanes:
                for reader in readers.get(lane, ()):
                    found[LinkChange(stage.instance_name, reader, event)] = None
    return found


def _flow_changes(old: Flow, new: Flow) -> Iterator[SettingChange]:
    for attribute, name in (("name", "name"), ("description", "description"), ("engine_version", "engineVersion")):
        before, after = getattr(old, attribute), getattr(new, attribute)
        if before != after:
            yield SettingChange("", name, before, after, "flow")
    yield from _changes("", "", old.configuration, new.configuration)
    for word, attribute in SLOTS.items():
        before, after = _name(getattr(old, attribute)), _name(getattr(new, attribute))
        if before != after:
            yield SettingChange("", word, before, after, "flow")
    for word, attribute in (("startEventStages", "start_stages"), ("stopEventStages", "stop_stages")):
        before, after = (tuple(_name(each) for each in getattr(flow, attribute)) for flow in (old, new))
        if before != after:
            yield SettingChange("", word, before, after, "flow")


def _name(stage: StageInstance | None) -> str | None:
    return None if stage is None else stage.instance_name


def _stage_changes(old: StageInstance, new: StageInstance) -> Iterator[SettingChange]:
    name = new.instance_name
    for word, attribute in (("stageName", "stage_name"), ("library", "library"), ("stageVersion", "stage_version")):
        before, after = getattr(old, attribute), getattr(new, attribute)
        if before != after:
            yield SettingChange(name, word, before, after, "stage")
    yield from _changes(name, "", old.configuration, new.configuration)
    held = {service.service: service for service in old.services}
    for service in new.services:
        earlier = held.get(service.service)
        yield from _changes(
            name, service.service, {} if earlier is None else earlier.configuration, service.configuration
        )
    kept = {service.service for service in new.services}
    for service in old.services:
        if service.service not in kept:
            yield from _changes(name, service.service, service.configuration, {})
    yield from _changes(name, "picture", _without_place(old.ui), _without_place(new.ui))


def _without_place(ui: JsonMap) -> dict[str, Json]:
    return {key: value for key, value in ui.items() if key not in _PLACE and key not in _LABEL}


def _changes(stage: str, part: str, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[SettingChange]:
    for name in {**old, **new}:
        if name in old and name in new and same(old[name], new[name]):
            continue
        only = "" if name in old and name in new else "old" if name in old else "new"
        yield SettingChange(stage, name, _shown(name, old.get(name)), _shown(name, new.get(name)), part, only)


def _shown(name: str, value: Json) -> Json:
    """A value without secrets, however deep they are."""
    if isinstance(value, str):
        if value.startswith(_HIDDEN):
            return MASK
        return MASK if value and "${" not in value and looks_secret(name) else value
    if isinstance(value, tuple):
        return tuple(_shown(name, item) for item in value)
    if isinstance(value, JsonMap):
        key = value.get("key")
        spoken = key if isinstance(key, str) else ""
        return JsonMap(
            {inner: _shown(spoken if inner == "value" and spoken else inner, item) for inner, item in value.items()}
        )
    return value
