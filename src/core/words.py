"""What a flow does, in words: for terminals, notebooks and whoever reads a foreign flow for the first time."""

import json
from collections.abc import Iterable, Iterator, Mapping

from .catalogue.definitions import Catalogue, SettingDefinition, StageType
from .edit.basics import definition_of, type_of
from .edit.defaults import default_value
from .edit.links import LinkKind, consumers
from .flow.credentials import MASK, is_active, looks_secret, mask_credentials
from .flow.model import Flow, StageInstance
from .flow.settings import Settings
from .flow.stage_upgrade import upgrade_stages
from .values import EMPTY_MAP, Json, JsonMap, same, thaw

WIDTH = 100
_SLOTS = ("statsAggregatorStage", "startEventStage", "stopEventStage", "testOriginStage")
MOST_NAMED = 6
"""How many stages of a kind the first line names before it counts them."""
# settings of the flow that have lines of their own
_NOT_TOLD = frozenset({"constants", "errorRecordPolicy", "badRecordsHandling", *_SLOTS})


def describe(flow: Flow, catalogue: Catalogue) -> str:
    """The way of the records, then stage by stage what differs from defaults, then parameters and error handling.

    Stages of older versions are told as the engine would upgrade them. Credentials are masked, by the names that they
    had and by those that they get.
    """
    held = mask_credentials(upgrade_stages(mask_credentials(flow, catalogue), catalogue).flow, catalogue)
    lines = [flow.name, *([flow.description] if flow.description else []), "", *way_of(held, catalogue), ""]
    for stage in held.stages:
        lines += [*_stage(held, stage, catalogue), ""]
    lines += _block("settings of the flow", _pipeline(held, catalogue))
    lines += _block("parameters", _parameters(held))
    for title, beside in _beside(held, catalogue):
        lines += [f"{title}: {beside.label}", *_indented(_written(stage_settings(beside, catalogue)))]
    return "\n".join(lines).rstrip()


def way_of(flow: Flow, catalogue: Catalogue) -> list[str]:
    """One line per part of a flow that hangs together: ``origin -> … -> destinations``."""
    return [_way(part, catalogue) for part in _parts(flow)] or ["(no stages)"]


def _way(part: list[StageInstance], catalogue: Catalogue) -> str:
    kinds = [type_of(stage, catalogue) for stage in part]
    first = [stage.label for stage, kind in zip(part, kinds, strict=True) if kind is StageType.ORIGIN]
    inner = [stage.label for stage, kind in zip(part, kinds, strict=True) if kind is StageType.PROCESSOR]
    last = [stage.label for stage, kind in zip(part, kinds, strict=True) if kind not in _BEFORE_THE_END]
    middle = inner if len(inner) <= MOST_NAMED else [f"{len(inner)} processors"]
    ends = [_named(each, what) for each, what in ((first, "origins"), (last, "destinations and executors"))]
    return " -> ".join([ends[0] or "(no origin)", *middle, ends[1] or "(no destination)"])


_BEFORE_THE_END = (StageType.ORIGIN, StageType.PROCESSOR)


def _named(labels: list[str], what: str) -> str:
    return ", ".join(labels) if len(labels) <= MOST_NAMED else f"{len(labels)} {what}"


def _parts(flow: Flow) -> list[list[StageInstance]]:
    """The stages that hang together by lanes of any kind, in the order of the flow."""
    group: dict[str, int] = {}
    members: dict[int, set[str]] = {}
    for at, stage in enumerate(flow.stages):
        lanes = {*stage.input_lanes, *stage.lanes_out}
        joined = {group[lane] for lane in lanes if lane in group}
        held = lanes.union(*(members.pop(each) for each in joined))
        members[at] = held
        group.update(dict.fromkeys(held, at))
    found: dict[int, list[StageInstance]] = {}
    for at, stage in enumerate(flow.stages):
        lane = next(iter((*stage.input_lanes, *stage.lanes_out)), None)
        found.setdefault(-1 - at if lane is None else group[lane], []).append(stage)
    return list(found.values())


def _stage(flow: Flow, stage: StageInstance, catalogue: Catalogue) -> list[str]:
    kind = type_of(stage, catalogue)
    definition = definition_of(stage, catalogue)
    what = definition.label if definition is not None else f"{stage.stage_name}, not in the catalogue"
    return [
        f"{stage.label}  [{kind.word if kind else 'stage'}: {what}]",
        *_indented(_written(stage_settings(stage, catalogue))),
        *(f"  -> {line}" for line in targets_of(flow, stage, catalogue)),
    ]


def targets_of(flow: Flow, stage: StageInstance, catalogue: Catalogue) -> Iterator[str]:
    """Where the records of a stage go, lane by lane with their conditions, and its events."""
    conditions = _conditions(stage)
    for number, lane in enumerate(stage.output_lanes):
        names = [other.label for other in flow.stages if lane in other.input_lanes] or ["(nobody)"]
        note = f"   when {conditions[lane]}" if lane in conditions else _lane_label(stage, number, catalogue)
        yield ", ".join(names) + note
    events = consumers(flow, stage, kind=LinkKind.EVENT)
    if events:
        yield ", ".join(other.label for other in events) + "   (events)"


def _lane_label(stage: StageInstance, number: int, catalogue: Catalogue) -> str:
    if len(stage.output_lanes) < 2:
        return ""
    definition = definition_of(stage, catalogue)
    labels = definition.output_stream_labels if definition is not None else ()
    return f"   ({labels[number] if number < len(labels) else f'lane {number + 1}'})"


def _conditions(stage: StageInstance) -> dict[str, str]:
    return {
        str(row.get("outputLane")): str(row.get("predicate")) for row in _rows(stage.configuration, "lanePredicates")
    }


def stage_settings(stage: StageInstance, catalogue: Catalogue) -> Iterator[tuple[str, Json]]:
    """The settings of a stage and its services that differ from their defaults, by human-readable name.

    Credentials are not masked here: ``mask_credentials`` first.
    """
    definition = definition_of(stage, catalogue)
    skip = {definition.driven_by} if definition is not None else set()
    yield from _changed(stage.configuration, definition.settings if definition else (), skip)
    constants = {} if definition is None else {use.service: use.values for use in definition.services}
    for service in stage.services:
        known = catalogue.service(service.service)
        fixed = constants.get(service.service, EMPTY_MAP)
        settings = known.settings if known else ()
        yield from _changed(service.configuration.with_values(dict(fixed)), settings, set(fixed))


def _changed(
    held: Settings, settings: Iterable[SettingDefinition], skip: "set[str] | frozenset[str]"
) -> Iterator[tuple[str, Json]]:
    known = {setting.name: setting for setting in settings}
    values = {**{name: each.default for name, each in known.items()}, **held}
    for name, value in held.items():
        setting = known.get(name)
        if name in skip or value in (None, "", ()):
            continue
        if setting is None:
            if value is not False:
                yield name, value
        elif is_active(setting, values) and not same(value, default_value(setting)):
            yield setting.attribute, value


def _pipeline(flow: Flow, catalogue: Catalogue) -> Iterator[tuple[str, Json]]:
    """The settings of the flow that the engine of today knows; older versions had others."""
    settings = catalogue.pipeline().settings
    names = {setting.attribute for setting in settings}
    yield from (pair for pair in _changed(flow.configuration, settings, _NOT_TOLD) if pair[0] in names)


def _parameters(flow: Flow) -> Iterator[tuple[str, Json]]:
    for row in _rows(flow.configuration, "constants"):
        name, value = str(row.get("key")), row.get("value")
        yield name, MASK if looks_secret(name) and value else value


def _rows(settings: Mapping[str, Json], name: str) -> list[JsonMap]:
    held = settings.get(name)
    return [row for row in (held if isinstance(held, tuple) else ()) if isinstance(row, JsonMap)]


def _beside(flow: Flow, catalogue: Catalogue) -> Iterator[tuple[str, StageInstance]]:
    """The stages beside the canvas, each with what it is there for; those that every new flow has are not told."""
    settings = {setting.name: setting for setting in catalogue.pipeline().settings}
    usual = [str(default_value(settings[name])) for name in _SLOTS if name in settings]
    yield from (
        pair
        for pair in _all_beside(flow)
        if pair[1] is flow.error_stage or not any(f"::{pair[1].stage_name}::" in each for each in usual)
    )


def _all_beside(flow: Flow) -> Iterator[tuple[str, StageInstance]]:
    if flow.error_stage is not None:
        policy = thaw(flow.configuration.get("errorRecordPolicy") or "ORIGINAL_RECORD")
        yield f"error records ({policy})", flow.error_stage
    if flow.stats_stage is not None:
        yield "statistics", flow.stats_stage
    yield from (("when it starts", stage) for stage in flow.start_stages)
    yield from (("when it stops", stage) for stage in flow.stop_stages)
    if flow.test_origin is not None:
        yield "test origin", flow.test_origin


def _block(title: str, pairs: Iterable[tuple[str, Json]]) -> list[str]:
    lines = _written(pairs)
    return [f"{title}:", *_indented(lines), ""] if lines else []


def _written(pairs: Iterable[tuple[str, Json]]) -> list[str]:
    return [f"{name} = {short_value(value)}" for name, value in pairs]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def short_value(value: Json, width: int = WIDTH) -> str:
    """A value on one line, cut to ``width``."""
    text = value if isinstance(value, str) else json.dumps(thaw(value), ensure_ascii=False)
    text = text.replace("\n", "\\n")
    return text if len(text) <= width else text[: width - 1] + "…"
