"""What a flow does, in words."""

import json
from collections.abc import Iterator

from ..core.catalogue.definitions import Catalogue, SettingDefinition
from ..core.edit.basics import definition_of, type_of
from ..core.edit.defaults import default_value
from ..core.edit.links import LinkKind, consumers
from ..core.flow.credentials import MASK, is_secret, looks_secret
from ..core.flow.model import Flow, StageInstance
from ..core.flow.settings import Settings
from ..core.values import Json, JsonMap, same, thaw

WIDTH = 100


def describe(flow: Flow, catalogue: Catalogue) -> str:
    """Stages in order with where their records go, settings that differ from defaults, parameters, error handling."""
    lines = [flow.name]
    if flow.description:
        lines.append(flow.description)
    lines.append("")
    for stage in flow.stages:
        lines += _stage(flow, stage, catalogue)
    lines += _parameters(flow)
    if flow.error_stage is not None:
        policy = thaw(flow.configuration.get("errorRecordPolicy") or "ORIGINAL_RECORD")
        lines.append(f"error records: {flow.error_stage.label} ({policy})")
        lines += [f"    {line}" for line in _differences(flow.error_stage, catalogue)]
    return "\n".join(lines).rstrip()


def _stage(flow: Flow, stage: StageInstance, catalogue: Catalogue) -> list[str]:
    kind = type_of(stage, catalogue)
    definition = definition_of(stage, catalogue)
    what = definition.label if definition is not None else stage.stage_name
    head = f"{stage.label}  [{kind.word if kind else 'stage'}: {what}]"
    lines = [head, *(f"    {line}" for line in _differences(stage, catalogue))]
    lines += [f"  -> {line}" for line in _targets(flow, stage)]
    return [*lines, ""]


def _targets(flow: Flow, stage: StageInstance) -> Iterator[str]:
    conditions = _conditions(stage)
    for number, lane in enumerate(stage.output_lanes):
        names = [other.label for other in flow.stages if lane in other.input_lanes]
        if not names:
            names = ["(nobody)"]
        condition = conditions.get(lane, f"lane {number + 1}" if len(stage.output_lanes) > 1 else "")
        yield ", ".join(names) + (f"   when {condition}" if condition else "")
    events = consumers(flow, stage, kind=LinkKind.EVENT)
    if events:
        yield ", ".join(other.label for other in events) + "   (events)"


def _conditions(stage: StageInstance) -> dict[str, str]:
    rows = stage.configuration.get("lanePredicates")
    found: dict[str, str] = {}
    for row in rows if isinstance(rows, tuple) else ():
        if isinstance(row, JsonMap):
            found[str(row.get("outputLane"))] = str(row.get("predicate"))
    return found


def _differences(stage: StageInstance, catalogue: Catalogue) -> Iterator[str]:
    definition = definition_of(stage, catalogue)
    skip = {definition.driven_by} if definition is not None else set()
    yield from _changed(stage.configuration, definition.settings if definition else (), skip)
    constants = {} if definition is None else {use.service: use.values for use in definition.services}
    for service in stage.services:
        known = catalogue.service(service.service)
        fixed = set(constants.get(service.service, ()))
        yield from _changed(service.configuration, known.settings if known else (), fixed)


def _changed(held: Settings, settings: tuple[SettingDefinition, ...], skip: set[str]) -> Iterator[str]:
    known = {setting.name: setting for setting in settings}
    for name, value in held.items():
        setting = known.get(name)
        if name in skip or value is None or (setting is not None and same(value, default_value(setting))):
            continue
        if setting is None and value in ("", (), False):
            continue
        shown = MASK if is_secret(name, setting) and value and "${" not in str(value) else _short(value)
        yield f"{setting.attribute if setting is not None else name} = {shown}"


def _short(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(thaw(value), ensure_ascii=False)
    text = text.replace("\n", "\\n")
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def _parameters(flow: Flow) -> list[str]:
    rows = flow.configuration.get("constants")
    found = [row for row in (rows if isinstance(rows, tuple) else ()) if isinstance(row, JsonMap)]
    if not found:
        return []
    lines = ["parameters:"]
    for row in found:
        name = str(row.get("key"))
        value = row.get("value")
        lines.append(f"    {name} = {MASK if looks_secret(name) and value else _short(value)}")
    return [*lines, ""]
