"""Finding what differs between two flows."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from ..catalogue.definitions import Catalogue
from ..flow.model import Flow, Service, StageInstance
from ..values import Json, JsonMap, same
from .changes import Diff, LinkChange, Renamed, SettingChange
from .links import changed_links
from .masking import mark_credentials, shown
from .matching import LISTS, SLOTS, Matching, Pair, match_stages, renaming
from .parts import BY_HUB, OF_PREVIEWS

_PLACE_AND_LABEL = ("xPos", "yPos", "label")
_FLOW = {
    "name": "name",
    "description": "description",
    "engineType": "engine_type",
    "parameterSets": "parameter_sets",
    "connections": "connection_ids",
    "schemaVersion": "schema_version",
    "version": "version",
    "fragment": "fragment",
}
_OF_PROJECT = {"engineVersion": "engine_version", "environment": "environment_id"}
"""What only a flow of a project has; beside a flow of a file they are no difference."""
_STAGE = {"stageName": "stage_name", "library": "library", "stageVersion": "stage_version"}
_JUDGED = ("issues", "valid", "previewable", "ruleIssues", "configIssues")
"""What an engine found out about a document when it wrote it."""
_SAVED = ("uuid", "timestamp")
_RULES = ("metricsRuleDefinitions", "dataRuleDefinitions", "driftRuleDefinitions")

Translate = Callable[[str], str]


def diff(old: Flow, new: Flow, catalogue: Catalogue | None = None) -> Diff:
    """What changes from ``old`` to ``new``; empty (false) when the flows mean the same.

    Shape: changes in the order of the new flow, each with its place, the old and the new value.

    Stages are known by instance name, else by kind and label; links by the output that they leave, whatever lanes are
    called. Ids, times, who saved and what an engine found out are not compared. Credentials that differ are listed
    with their values masked: those that the catalogue knows, and what is named like one.
    """
    if catalogue is not None:
        old, new = mark_credentials(old, catalogue), mark_credentials(new, catalogue)
    return _joined([_compared(old, new), *_fragment_diffs(old, new)])


def _joined(parts: list[Diff]) -> Diff:
    names = [field.name for field in attrs.fields(Diff)]
    return Diff(**{name: tuple(change for part in parts for change in getattr(part, name)) for name in names})


def _compared(old: Flow, new: Flow) -> Diff:
    matching = match_stages(old, new)
    links_added, links_removed = changed_links(old, new, matching)
    translate = renaming(matching.pairs)
    of_stages = (change for pair in matching.pairs for change in _stage_changes(pair))
    return Diff(
        added=tuple(stage.instance_name for stage in matching.added),
        removed=tuple(stage.instance_name for stage in matching.removed),
        renamed=tuple(renamed for pair in matching.pairs for renamed in _renamed(pair)),
        settings=(*_flow_changes(old, new, translate), *of_stages, *_unfed_changes(old, new, matching, translate)),
        links_added=links_added,
        links_removed=links_removed,
        moved=tuple(pair.new.instance_name for pair in matching.pairs if pair.on_canvas and _moved(pair)),
    )


def _renamed(pair: Pair) -> Iterator[Renamed]:
    old, new = pair.old, pair.new
    if old.instance_name != new.instance_name:
        yield Renamed(new.instance_name, old.instance_name, new.instance_name, "instance")
    elif old.label != new.label:
        yield Renamed(new.instance_name, old.label, new.label)


def _moved(pair: Pair) -> bool:
    return pair.old.position != pair.new.position


# --- the flow itself --------------------------------------------------------------------------------------------------


def _flow_changes(old: Flow, new: Flow, translate: Translate) -> Iterator[SettingChange]:
    yield from _attribute_changes("", "flow", _FLOW, old, new)
    both = {name: each for name, each in _OF_PROJECT.items() if getattr(old, each) and getattr(new, each)}
    yield from _attribute_changes("", "flow", both, old, new)
    yield from _changes("", "", old.configuration, new.configuration)
    yield from _changes("", "flow", _named_stages(old), _named_stages(new))
    yield from _changes("", "metadata", _without(old.metadata or {}, BY_HUB), _without(new.metadata or {}, BY_HUB))
    yield from _changes("", "picture", _without(old.ui, OF_PREVIEWS), _without(new.ui, OF_PREVIEWS))
    yield from _rule_changes(old, new, translate)
    yield from _changes("", "other", _other(old), _other(new))


def _attribute_changes(
    stage: str, part: str, attributes: Mapping[str, str], old: object, new: object
) -> Iterator[SettingChange]:
    for name, attribute in attributes.items():
        before, after = getattr(old, attribute), getattr(new, attribute)
        if before != after:
            yield SettingChange(stage, name, before, after, part)


def _named_stages(flow: Flow) -> dict[str, Json]:
    """The instance names of the stages that are not on the canvas."""
    single = {slot: getattr(flow, attribute) for slot, attribute in SLOTS.items()}
    lists = {slot: getattr(flow, attribute) for slot, attribute in LISTS.items()}
    return {
        **{slot: None if stage is None else stage.instance_name for slot, stage in single.items()},
        **{slot: tuple(stage.instance_name for stage in stages) for slot, stages in lists.items()},
    }


def _other(flow: Flow) -> dict[str, Json]:
    """What penstock knows no meaning of."""
    around = {} if flow.envelope is None else flow.envelope.extra
    return {**around, **_without(flow.extra, (*_JUDGED, "fragmentId", "fragmentInstanceId"))}


def _without(values: Mapping[str, Json], names: Iterable[str]) -> dict[str, Json]:
    return {name: value for name, value in values.items() if name not in names}


def _rule_changes(old: Flow, new: Flow, translate: Translate) -> Iterator[SettingChange]:
    """Rules that only one of the flows has, whole; of the others each part that differs."""
    before, after = _rules(old), _rules(new)
    lanes = {lane: translate(lane) for lane in _produced(old)}, {lane: lane for lane in _produced(new)}
    both = [name for name, rule in after.items() if isinstance(rule, JsonMap) and isinstance(before.get(name), JsonMap)]
    yield from _changes("", "rules", _without(before, both), _without(after, both))
    for name in both:
        parts = _parts(name, before[name]), _parts(name, after[name])
        yield from _changes("", "rules", *parts, lanes)


def _rules(flow: Flow) -> dict[str, Json]:
    """Every rule under a name of its own."""
    rules = None if flow.envelope is None else flow.envelope.rules
    if rules is None:
        return {}
    found = _without(rules, (*_RULES, *_JUDGED, *_SAVED, "schemaVersion", "version"))
    for kind in _RULES:
        for at, rule in enumerate(_rows(rules.get(kind))):
            spoken = rule.get("id")
            place = f"{kind}[{spoken if isinstance(spoken, str) else at}]"
            found[place] = JsonMap(_without(rule, (*_JUDGED, *_SAVED)))
    return found


def _parts(name: str, value: Json) -> dict[str, Json]:
    return {f"{name}.{part}": item for part, item in value.items()} if isinstance(value, JsonMap) else {}


def _rows(value: Json) -> Iterator[JsonMap]:
    if isinstance(value, tuple):
        yield from (row for row in value if isinstance(row, JsonMap))


# --- stages -----------------------------------------------------------------------------------------------------------


def _stage_changes(pair: Pair) -> Iterator[SettingChange]:
    old, new, name = pair.old, pair.new, pair.new.instance_name
    yield from _attribute_changes(name, "stage", _STAGE, old, new)
    yield from _lane_changes(pair)
    known = {lane: pair.lanes.get(lane, lane) for lane in old.lanes_out}, {lane: lane for lane in new.lanes_out}
    yield from _changes(name, "", old.configuration, new.configuration, known)
    yield from _service_changes(pair)
    yield from _changes(name, "picture", _without(old.ui, _PLACE_AND_LABEL), _without(new.ui, _PLACE_AND_LABEL))
    yield from _changes(name, "other", old.extra, new.extra)


def _lane_changes(pair: Pair) -> Iterator[SettingChange]:
    """Outputs that came, went or changed places, where no predicate tells of them."""
    for word, attribute in (("outputLanes", "output_lanes"), ("eventLanes", "event_lanes")):
        before, after = getattr(pair.old, attribute), getattr(pair.new, attribute)
        known = tuple(pair.lanes.get(lane, lane) for lane in before)
        if known != after and not (_predicated(pair.old, before) and _predicated(pair.new, after)):
            yield SettingChange(pair.new.instance_name, word, before, after, "stage")


def _predicated(stage: StageInstance, lanes: tuple[str, ...]) -> bool:
    return any(lanes == tuple(row.get("outputLane") for row in _rows(value)) for value in stage.configuration.values())


def _service_changes(pair: Pair) -> Iterator[SettingChange]:
    before, after = ({service.service: service for service in stage.services} for stage in (pair.old, pair.new))
    for service in {**after, **before}:
        old, new = before.get(service), after.get(service)
        yield from _changes(pair.new.instance_name, service, _service_facts(old), _service_facts(new))


def _service_facts(service: Service | None) -> Mapping[str, Json]:
    if service is None:
        return {}
    return {"serviceVersion": service.version, **service.extra, **service.configuration}


def _unfed_changes(old: Flow, new: Flow, matching: Matching, translate: Translate) -> Iterator[SettingChange]:
    """Inputs that no stage of the canvas feeds: they are no links, but a fragment or a mistake."""
    before, after = _produced(old), _produced(new)
    for pair in matching.pairs:
        known = {translate(lane) for lane in pair.old.input_lanes if lane not in before}
        unfed = {lane for lane in pair.new.input_lanes if lane not in after}
        if known != unfed:
            values = tuple(sorted(known)), tuple(sorted(unfed))
            yield SettingChange(pair.new.instance_name, "inputLanes", *values, "stage")


def _produced(flow: Flow) -> set[str]:
    return {lane for stage in flow.stages for lane in stage.lanes_out}


Lanes = Mapping[str, str]
"""The outputs of a stage -> what the new flow calls them."""


def _changes(
    stage: str,
    part: str,
    old: Mapping[str, Json],
    new: Mapping[str, Json],
    lanes: tuple[Lanes, Lanes] = ({}, {}),
) -> Iterator[SettingChange]:
    for name in {**old, **new}:
        if name in old and name in new and same(_meant(name, old[name], lanes[0]), _meant(name, new[name], lanes[1])):
            continue
        only = "" if name in old and name in new else "old" if name in old else "new"
        yield SettingChange(stage, name, shown(name, old.get(name)), shown(name, new.get(name)), part, only)


def _meant(name: str, value: Json, lanes: Lanes) -> Json:
    """The value with its lanes, those of predicates and of rules, under the names that they have in the new flow."""
    if not lanes:
        return value
    if isinstance(value, tuple):
        return tuple(_with_lane(row, lanes) if isinstance(row, JsonMap) else row for row in value)
    return _lane(value, lanes) if name.endswith("].lane") and isinstance(value, str) else value


def _with_lane(row: JsonMap, lanes: Lanes) -> JsonMap:
    lane = row.get("outputLane")
    return row.set("outputLane", _lane(lane, lanes)) if isinstance(lane, str) else row


def _lane(name: str, lanes: Lanes) -> str:
    # one that no stage writes is none of those that are only called differently
    return lanes.get(name, f"\0{name}")


# --- fragments --------------------------------------------------------------------------------------------------------


def _fragment_diffs(old: Flow, new: Flow) -> Iterator[Diff]:
    before, after = _fragments(old), _fragments(new)
    for name in {**before, **after}:
        held, holds = before.get(name), after.get(name)
        found = diff(held or Flow(""), holds or Flow(""))
        if held is not None and holds is not None:
            yield _within(name, found)
            continue
        old_name, new_name = None if held is None else held.name, None if holds is None else holds.name
        only = "new" if held is None else "old"
        yield Diff(settings=(SettingChange("", name, old_name, new_name, "fragment", only),))
        yield _within(name, attrs.evolve(found, settings=()))


def _fragments(flow: Flow) -> dict[str, Flow]:
    found: dict[str, Flow] = {}
    for at, fragment in enumerate(flow.fragments):
        name = fragment.extra.get("fragmentInstanceId")
        found[name if isinstance(name, str) and name not in found else f"fragment {at + 1}"] = fragment
    return found


def _within(fragment: str, found: Diff) -> Diff:
    def under(name: str) -> str:
        return f"{fragment}/{name}" if name else fragment

    def link(each: LinkChange) -> LinkChange:
        return attrs.evolve(each, source=under(each.source), target=under(each.target))

    return Diff(
        added=tuple(map(under, found.added)),
        removed=tuple(map(under, found.removed)),
        renamed=tuple(attrs.evolve(each, stage=under(each.stage)) for each in found.renamed),
        settings=tuple(attrs.evolve(each, stage=under(each.stage)) for each in found.settings),
        links_added=tuple(map(link, found.links_added)),
        links_removed=tuple(map(link, found.links_removed)),
        moved=tuple(map(under, found.moved)),
    )
