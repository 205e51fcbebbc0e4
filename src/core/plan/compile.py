"""Compiling: from a flow to the plan that an engine runs."""

from collections.abc import Mapping
from typing import TypeVar

from ..catalogue.definitions import Catalogue, SettingDefinition, StageDefinition, StageType
from ..flow.fragments import resolve_fragments
from ..flow.model import Flow, StageInstance
from ..flow.settings import Settings
from ..validation import sort_stages
from ..values import Json, JsonMap, freeze
from .given import Given
from .model import Delivery, ErrorPolicy, OnError, Plan, StagePlan

Choice = TypeVar("Choice", ErrorPolicy, Delivery, OnError)

_TYPES = {
    "SOURCE": StageType.ORIGIN,
    "PROCESSOR": StageType.PROCESSOR,
    "TARGET": StageType.DESTINATION,
    "EXECUTOR": StageType.EXECUTOR,
}


def compile_flow(flow: Flow, catalogue: Catalogue, parameters: Mapping[str, object] | None = None) -> Plan:
    """The plan of a flow: fragments replaced, stages in running order, defaults filled in.

    ``parameters`` replace the flow's own values of the same name.
    """
    resolved = resolve_fragments(flow)
    settings = _pipeline_settings(resolved, catalogue)
    constants = JsonMap({**_constants(settings), **{name: freeze(value) for name, value in (parameters or {}).items()}})

    def stage(instance: StageInstance | None) -> StagePlan | None:
        return None if instance is None else _stage(instance, catalogue)

    return Plan(
        name=flow.name,
        stages=tuple(_stage(each, catalogue) for each in sort_stages(resolved)),
        error_stage=stage(resolved.error_stage),
        start_stage=stage(next(iter(resolved.start_stages), None)),
        stop_stage=stage(next(iter(resolved.stop_stages), None)),
        test_origin=stage(resolved.test_origin),
        pipeline_id=flow.pipeline_id or flow.name,
        title=flow.title or flow.name,
        parameters=constants,
        error_policy=_choice(ErrorPolicy, settings.text("errorRecordPolicy"), ErrorPolicy.ORIGINAL),
        delivery=_choice(Delivery, settings.text("deliveryGuarantee"), Delivery.AT_LEAST_ONCE),
        rate_limit=settings.integer("rateLimit"),
        retry=settings.flag("shouldRetry"),
        retry_attempts=settings.integer("retryAttempts", -1),
        settings=settings,
    )


def _choice(kind: type[Choice], word: str, default: Choice) -> Choice:
    try:
        return kind(word)
    except ValueError:
        return default


def _pipeline_settings(flow: Flow, catalogue: Catalogue) -> Given:
    return _given(flow.configuration, catalogue.pipeline().settings)


def _constants(settings: Given) -> dict[str, Json]:
    held = settings.get("constants")
    if isinstance(held, JsonMap):
        return dict(held)
    return {row.text("key"): row.get("value") for row in settings.rows("constants")}


def _given(held: Settings, definitions: tuple[SettingDefinition, ...]) -> Given:
    values: dict[str, Json] = {each.name: each.default for each in definitions}
    values.update({name: value for name, value in held.items() if value is not None or name not in values})
    return Given(JsonMap(values))


def _stage(instance: StageInstance, catalogue: Catalogue) -> StagePlan:
    definition = catalogue.stage(instance.stage_name, instance.library) or catalogue.stage(instance.stage_name)
    given = _given(instance.configuration, () if definition is None else definition.settings)
    return StagePlan(
        instance=instance.instance_name,
        kind=instance.stage_name,
        type=_TYPES.get(instance.type_word, StageType.PROCESSOR) if definition is None else definition.type,
        label=instance.label,
        library=instance.library,
        version=instance.stage_version,
        given=given,
        services=_services(instance, definition, catalogue),
        inputs=instance.input_lanes,
        outputs=instance.output_lanes,
        events=instance.event_lanes,
        on_error=_choice(OnError, given.text("stageOnRecordError"), OnError.TO_ERROR),
        required=given.texts("stageRequiredFields"),
        preconditions=given.texts("stageRecordPreconditions"),
        known=definition is not None,
        commits_offsets=definition is not None and definition.offset_commit_trigger,
        resets_offset=definition is not None and definition.reset_offset,
    )


def _services(instance: StageInstance, definition: StageDefinition | None, catalogue: Catalogue) -> Mapping[str, Given]:
    """The services that the file holds, and those that the stage needs beside, with their defaults."""
    needed = {} if definition is None else {use.service: use.values for use in definition.services}
    held = {service.service: service.configuration for service in instance.services}
    made: dict[str, Given] = {}
    for name in {**needed, **held}:
        known = catalogue.service(name)
        given = _given(held.get(name, Settings()), () if known is None else known.settings)
        fixed = {
            key: value for key, value in needed.get(name, {}).items() if name not in held or key == "displayFormats"
        }
        made[name] = Given(JsonMap({**given, **fixed}))
    return made
