"""Compiling: from a flow to the plan that an engine runs."""

from collections.abc import Mapping
from typing import TypeVar

import attrs

from ..catalogue.definitions import Catalogue, SettingDefinition, StageDefinition, StageType
from ..el import ElError, EvaluationError, Scope, calls_of, compile_text, parse_template
from ..el.scope import EMPTY_SCOPE, UNDEFINED
from ..flow.fragments import resolve_fragments
from ..flow.model import Flow, StageInstance
from ..flow.settings import Settings
from ..flow.stage_upgrade import upgrade_stages
from ..java import java_string
from ..validation.issues import Issue
from ..validation.order import running_order
from ..values import Json, JsonMap, freeze, thaw
from .given import Given
from .model import Delivery, ErrorPolicy, OnError, Plan, StagePlan
from .rules import NO_RULES, Rules, rules_of, settings_in

Choice = TypeVar("Choice", ErrorPolicy, Delivery, OnError)

HUB_VERSION = "dpm.pipeline.version"
_TYPES = {
    "SOURCE": StageType.ORIGIN,
    "PROCESSOR": StageType.PROCESSOR,
    "TARGET": StageType.DESTINATION,
    "EXECUTOR": StageType.EXECUTOR,
}


def compile_flow(
    flow: Flow,
    catalogue: Catalogue,
    parameters: Mapping[str, object] | None = None,
    now_ms: int = 0,
    around: Scope = EMPTY_SCOPE,
) -> Plan:
    """The plan of a flow: fragments replaced, stages brought to the catalogue's versions and in running order, defaults
    filled in.

    ``parameters`` replace the flow's own values of the same name, whose expressions are evaluated. Expressions in
    settings that are evaluated once, at start, are values in the plan; one that has no value is an issue of the plan.
    ``now_ms`` is the time that they see, ``around`` what they see of the engine and the job.
    """
    resolved = upgrade_stages(resolve_fragments(flow), catalogue).flow
    settings = _pipeline_settings(resolved, catalogue)
    pipeline_id, title = flow.pipeline_id or flow.name, flow.title or flow.name
    version = _version(flow)
    facts = attrs.evolve(around.facts, pipeline_id=pipeline_id, title=title, version=version)
    around = attrs.evolve(around, facts=facts)
    own = _Resolver({}, now_ms, around).values(_constants(settings))
    constants = JsonMap({**own, **{name: freeze(value) for name, value in (parameters or {}).items()}})
    resolve = _Resolver(dict(constants), now_ms, around)

    def stage(instance: StageInstance | None) -> StagePlan | None:
        return None if instance is None else _stage(instance, catalogue, resolve)

    stages = tuple(_stage(each, catalogue, resolve) for each in running_order(resolved))
    return Plan(
        name=flow.name,
        stages=stages,
        error_stage=stage(resolved.error_stage),
        start_stage=stage(next(iter(resolved.start_stages), None)),
        stop_stage=stage(next(iter(resolved.stop_stages), None)),
        test_origin=stage(resolved.test_origin),
        pipeline_id=pipeline_id,
        title=title,
        version=version,
        parameters=constants,
        error_policy=_choice(ErrorPolicy, settings.text("errorRecordPolicy"), ErrorPolicy.ORIGINAL),
        delivery=_choice(Delivery, settings.text("deliveryGuarantee"), Delivery.AT_LEAST_ONCE),
        rate_limit=settings.integer("rateLimit"),
        retry=settings.flag("shouldRetry"),
        retry_attempts=settings.integer("retryAttempts", -1),
        settings=settings,
        issues=tuple(resolve.issues),
        rules=_rules(flow, catalogue, constants, now_ms, around),
    )


def _version(flow: Flow) -> str:
    """The version that a control hub gave the flow."""
    held = None if flow.metadata is None else flow.metadata.get(HUB_VERSION)
    return UNDEFINED if held is None else java_string(held)


def _rules(flow: Flow, catalogue: Catalogue, constants: JsonMap, now_ms: int, around: Scope) -> Rules:
    """The rules that travel with a flow; expressions of their settings that have no value stay text."""
    document = None if flow.envelope is None else flow.envelope.rules
    if document is None:
        return NO_RULES
    definitions = catalogue.rules().settings
    resolve = _Resolver(dict(constants), now_ms, around)
    return rules_of(document, resolve.given(_given(settings_in(document), definitions), definitions, ""))


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


def _given(held: Mapping[str, Json], definitions: tuple[SettingDefinition, ...]) -> Given:
    values: dict[str, Json] = {each.name: each.default for each in definitions}
    values.update({name: value for name, value in held.items() if value is not None or name not in values})
    for each in definitions:
        if each.model is not None and each.model.settings:
            values[each.name] = _filled(values[each.name], each.model.settings)
    return Given(JsonMap(values))


def _filled(rows: Json, parts: tuple[SettingDefinition, ...]) -> Json:
    """The rows of a list setting with the defaults of what they leave out."""
    if not isinstance(rows, tuple):
        return rows
    defaults = {each.name: each.default for each in parts if each.default is not None}
    return tuple(
        JsonMap({**defaults, **{key: value for key, value in row.items() if value is not None or key not in defaults}})
        if isinstance(row, JsonMap)
        else row
        for row in rows
    )


TOKENS = ("OFFSET", "PATTERN")
"""They stand for themselves: origins look for the one in queries, for the other in paths."""


class _Resolver:
    """Evaluates the settings that are evaluated at start, and collects what cannot be."""

    def __init__(self, parameters: dict[str, object], now_ms: int, around: Scope) -> None:
        tokens = {name: f"${{{name}}}" for name in TOKENS}
        held = {**tokens, **{name: _plain(value) for name, value in parameters.items()}}
        trusted = attrs.evolve(around, parameters=held, now_ms=lambda: now_ms, parameters_first=True, memory={})
        self._trusted = trusted
        self.scope = trusted if trusted.secret is None else attrs.evolve(trusted, secret=_no_secret)
        self.issues: list[Issue] = []

    def values(self, held: Mapping[str, Json]) -> dict[str, Json]:
        """Values with what their expressions give; a text whose expression gives nothing stays as it is, and so does
        one that asks for a record."""
        return {
            name: value if _looks_at_record(value) else self._value(value, "", name, frozenset(), frozenset())
            for name, value in held.items()
        }

    def given(self, held: Given, definitions: tuple[SettingDefinition, ...], instance: str) -> Given:
        """The settings with values in place of expressions."""
        known = {each.name for each in definitions}
        explicit = {each.name for each in definitions if each.evaluation == "EXPLICIT"}
        secrets = {each.name: _secret_parts(each) for each in definitions}
        texts = {name for name, value in held.items() if name not in explicit and _holds_expression(value)}
        if not texts:
            return held
        beans = {each.name: _explicit_rows(each) for each in definitions}
        before = len(self.issues)
        values = {
            name: self._value(value, instance, name, beans.get(name, frozenset()), secrets.get(name, frozenset()))
            if name in texts
            else value
            for name, value in held.items()
        }
        # what nobody knows nobody reads: settings of other releases
        self.issues[before:] = [each for each in self.issues[before:] if each.config_name in known]
        return Given(JsonMap(values))

    def _value(
        self, value: Json, instance: str, name: str, explicit: frozenset[str], secrets: frozenset[str], part: str = ""
    ) -> Json:
        if isinstance(value, str) and "${" in value:
            try:
                return _frozen(compile_text(value)(self._trusted if part in secrets else self.scope))
            except (ElError, EvaluationError) as error:
                text = f"the expression of setting {name} cannot be evaluated: {error}"
                self.issues.append(Issue("CREATION_005", text, instance, name))
                return value
        if isinstance(value, tuple):
            # a path with a condition on its fields, such as /*[${f:type() == 'STRING'}], is for the stage
            return tuple(
                item if _looks_at_record(item) else self._value(item, instance, name, explicit, secrets)
                for item in value
            )
        if isinstance(value, JsonMap):
            return JsonMap(
                {
                    key: item if key in explicit else self._value(item, instance, name, explicit, secrets, key)
                    for key, item in value.items()
                }
            )
        return value


def _looks_at_record(value: Json) -> bool:
    if not isinstance(value, str) or "${" not in value:
        return False
    try:
        parts = [part for part in parse_template(value).parts if not isinstance(part, str)]
    except ElError:
        return False
    return any(call.name.startswith(("record:", "f:", "error:")) for part in parts for call in calls_of(part))


def _explicit_rows(setting: SettingDefinition) -> frozenset[str]:
    """The parts of a list setting that the stage evaluates itself."""
    if setting.model is None:
        return frozenset()
    return frozenset(each.name for each in setting.model.settings if each.evaluation == "EXPLICIT") | {"predicate"}


def _secret_parts(setting: SettingDefinition) -> frozenset[str]:
    """The parts of a setting that hold secrets; the whole of it has no name."""
    parts = () if setting.model is None else setting.model.settings
    return frozenset([*([""] if setting.is_credential else []), *(each.name for each in parts if each.is_credential)])


def _no_secret(store: str, group: str, name: str) -> str:
    raise EvaluationError("functions of credentials work in settings that hold credentials only")


def _holds_expression(value: Json) -> bool:
    if isinstance(value, str):
        return "${" in value
    if isinstance(value, tuple):
        return any(map(_holds_expression, value))
    return isinstance(value, JsonMap) and any(map(_holds_expression, value.values()))


def _plain(value: object) -> object:
    return thaw(value) if isinstance(value, (JsonMap, tuple)) else value


def _frozen(value: object) -> Json:
    try:
        return freeze(value)
    except TypeError:
        return java_string(value)


def bare_stages(flow: Flow, catalogue: Catalogue) -> tuple[StagePlan, ...]:
    """The stages of ``compile_flow`` without settings: what they are and in which order. In a tenth of the time."""
    return tuple(_bare(each, _definition(each, catalogue)) for each in running_order(resolve_fragments(flow)))


def _definition(instance: StageInstance, catalogue: Catalogue) -> StageDefinition | None:
    return catalogue.stage(instance.stage_name, instance.library) or catalogue.stage(instance.stage_name)


def _bare(instance: StageInstance, definition: StageDefinition | None) -> StagePlan:
    return StagePlan(
        instance=instance.instance_name,
        kind=instance.stage_name,
        type=_TYPES.get(instance.type_word, StageType.PROCESSOR) if definition is None else definition.type,
        label=instance.label,
        library=instance.library,
        version=instance.stage_version,
        inputs=instance.input_lanes,
        outputs=instance.output_lanes,
        events=instance.event_lanes,
        known=definition is not None,
    )


def _stage(instance: StageInstance, catalogue: Catalogue, resolve: _Resolver) -> StagePlan:
    definition = _definition(instance, catalogue)
    settings = () if definition is None else definition.settings
    given = resolve.given(_given(instance.configuration, settings), settings, instance.instance_name)
    return attrs.evolve(
        _bare(instance, definition),
        given=given,
        services=_services(instance, definition, catalogue, resolve),
        on_error=_choice(OnError, given.text("stageOnRecordError"), OnError.TO_ERROR),
        required=given.texts("stageRequiredFields"),
        preconditions=given.texts("stageRecordPreconditions"),
        commits_offsets=definition is not None and definition.offset_commit_trigger,
        resets_offset=definition is not None and definition.reset_offset,
    )


def _services(
    instance: StageInstance, definition: StageDefinition | None, catalogue: Catalogue, resolve: _Resolver
) -> Mapping[str, Given]:
    """The services that the file holds, and those that the stage needs beside, with their defaults."""
    needed = {} if definition is None else {use.service: use.values for use in definition.services}
    held = {service.service: service.configuration for service in instance.services}
    made: dict[str, Given] = {}
    for name in {**needed, **held}:
        known = catalogue.service(name)
        settings = () if known is None else known.settings
        given = resolve.given(_given(held.get(name, Settings()), settings), settings, instance.instance_name)
        fixed = {
            key: value for key, value in needed.get(name, {}).items() if name not in held or key == "displayFormats"
        }
        made[name] = Given(JsonMap({**given, **fixed}))
    return made
