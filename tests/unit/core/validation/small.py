"""A catalogue of a handful of stages and short ways to write flows, so that a test shows what it is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from penstock.core.catalogue.definitions import (
    ModelDefinition,
    PipelineDefinition,
    ServiceDefinition,
    ServiceUse,
    SettingDefinition,
    StageDefinition,
    StageSummary,
    StageType,
)
from penstock.core.flow.model import Flow, Service, StageInstance
from penstock.core.flow.settings import Settings
from penstock.core.validation import Issue, Report, Strictness, validate
from penstock.core.values import Json, freeze

LIBRARY = "lib"
PARSER = "org.example.Parser"
MODES = ("STANDALONE", "CLUSTER_BATCH")


def setting(name: str, type: str = "STRING", **facts: Any) -> SettingDefinition:
    """A setting whose label is its name in capitals."""
    depends = {key: tuple(values) for key, values in facts.pop("depends_on", {}).items()}
    facts.setdefault("group", "GROUP")
    default: Json = freeze(facts.pop("default", None))
    label = name.capitalize()
    return SettingDefinition(name, name, label, type, default, depends_on=depends, **facts)


def model(
    name: str, kind: str, *, values: Sequence[str] = (), rows: Sequence[SettingDefinition] = (), **facts: Any
) -> SettingDefinition:
    """A setting of type MODEL."""
    definition = ModelDefinition(kind, tuple(values) or None, settings=tuple(rows))
    return setting(name, "MODEL", model=definition, **facts)


COMMON = (
    model("stageOnRecordError", "VALUE_CHOOSER", values=("DISCARD", "TO_ERROR"), default="TO_ERROR", group=""),
    model("stageRequiredFields", "FIELD_SELECTOR_MULTI_VALUE", group=""),
    setting("stageRecordPreconditions", "LIST", default=[], evaluation="EXPLICIT", el_sets=("RecordEL",), group=""),
)


def kind(name: str, type: StageType, *settings: SettingDefinition, **facts: Any) -> StageDefinition:
    """A kind of stage with the three common settings."""
    facts.setdefault("output_streams", 1 if type in (StageType.ORIGIN, StageType.PROCESSOR) else 0)
    facts.setdefault("execution_modes", MODES)
    return StageDefinition(
        name=name,
        version=facts.pop("version", "2"),
        label=name.capitalize(),
        type=type,
        library=LIBRARY,
        library_label="Library",
        libraries=(LIBRARY,),
        settings=(*settings, *COMMON),
        **facts,
    )


PIPELINE = PipelineDefinition(
    23,
    (
        model(
            "executionMode",
            "VALUE_CHOOSER",
            values=("STANDALONE", "CLUSTER_BATCH", "EDGE", "BATCH"),
            default="STANDALONE",
            required=True,
            group="",
        ),
        model(
            "deliveryGuarantee",
            "VALUE_CHOOSER",
            values=("AT_LEAST_ONCE", "AT_MOST_ONCE"),
            default="AT_LEAST_ONCE",
            group="",
        ),
        setting("constants", "MAP", default=[], group="PARAMETERS"),
        setting("maxRunners", "NUMBER", default=0, min=0, required=True, group=""),
        setting("badRecordsHandling", required=True, group="BAD_RECORDS"),
        model("webhookConfigs", "LIST_BEAN", rows=(setting("webhookUrl"),), default=[], group="NOTIFICATIONS"),
        setting("advancedErrorHandling", "BOOLEAN", default=False, group=""),
    ),
)


EL_SETS = {
    "StringEL": ("str:length", "str:toUpper", "str:substring", "str:concat"),
    "RuntimeEL": ("runtime:conf",),
    "RecordEL": ("record:value", "record:valueOrDefault", "record:exists"),
}


class SmallCatalogue:
    """A catalogue that holds what a test gives to it."""

    version = "3.23.0"

    def __init__(self, *kinds: StageDefinition) -> None:
        self._kinds = {each.name: each for each in (*KINDS, *kinds)}

    def summaries(self) -> tuple[StageSummary, ...]:
        """Nobody asks here."""
        return ()

    def stage(self, name: str, library: str | None = None) -> StageDefinition | None:
        """The kind with this name."""
        found = self._kinds.get(name)
        return found if found is None or library in (None, *found.libraries) else None

    def service(self, name: str) -> ServiceDefinition | None:
        """The one service there is."""
        return SERVICE if name == PARSER else None

    def services(self) -> tuple[ServiceDefinition, ...]:
        """The one service there is."""
        return (SERVICE,)

    def rules(self) -> PipelineDefinition:
        """The settings of a document of rules: none."""
        return PipelineDefinition(2, ())

    def pipeline(self) -> PipelineDefinition:
        """A few settings of the real one."""
        return PIPELINE

    def legacy_libraries(self) -> frozenset[str]:
        """One library that once existed."""
        return frozenset(("old-lib",))

    def library_labels(self) -> Mapping[str, str]:
        """No library has a label of its own."""
        return {}

    def el_sets(self) -> Mapping[str, object]:
        """Two sets that every setting has, and one for records."""
        return {name: {"functions": [{"name": each} for each in functions]} for name, functions in EL_SETS.items()}


SERVICE = ServiceDefinition(PARSER, 2, "Parser", (setting("format", required=True), setting("depth", "NUMBER", max=9)))
KINDS = (
    kind("origin", StageType.ORIGIN, produces_events=True),
    kind("processor", StageType.PROCESSOR),
    kind(
        "selector",
        StageType.PROCESSOR,
        model("lanes", "PREDICATE", default={}, required=True),
        variable_outputs=True,
        output_streams=0,
        driven_by="lanes",
    ),
    kind("joiner", StageType.PROCESSOR, input_streams=2),
    kind("target", StageType.DESTINATION),
    kind("executor", StageType.EXECUTOR),
    kind("committer", StageType.DESTINATION, offset_commit_trigger=True),
    kind("parser", StageType.ORIGIN, services=(ServiceUse(PARSER),)),
    kind("errors", StageType.DESTINATION, error_stage=True, lifecycle=True, hide_stage=("ERROR_STAGE",)),
)


def stage(name: str, kind: str, inputs: str = "", outputs: str = "", events: str = "", **facts: Any) -> StageInstance:
    """A stage; lanes are written with blanks between them, settings as a dict."""
    return StageInstance(
        instance_name=name,
        stage_name=kind,
        stage_version=facts.pop("version", "2"),
        library=facts.pop("library", LIBRARY),
        configuration=Settings.of(facts.pop("settings", {})),
        input_lanes=tuple(inputs.split()),
        output_lanes=tuple(outputs.split()),
        event_lanes=tuple(events.split()),
        **facts,
    )


ERRORS = stage("errors", "errors")


def flow(*stages: StageInstance, settings: Mapping[str, object] | None = None, **facts: Any) -> Flow:
    """A flow with an error stage."""
    facts.setdefault("error_stage", ERRORS)
    return Flow("small", stages=stages, configuration=Settings.of(settings or {}), **facts)


def straight(*between: StageInstance, **facts: Any) -> Flow:
    """Origin ``o``, the given stages (from lane ``a``, to lane ``b``), destination ``t``: right as it stands."""
    end = "b" if between else "a"
    return flow(stage("o", "origin", "", "a"), *between, stage("t", "target", end), **facts)


def found(value: Flow, *kinds: StageDefinition, strictness: Strictness = Strictness.TOLERANT) -> Report:
    """The report on a flow by the small catalogue with more kinds."""
    return validate(value, SmallCatalogue(*kinds), strictness=strictness)


def codes(value: Flow, *kinds: StageDefinition, strictness: Strictness = Strictness.TOLERANT) -> list[str]:
    """The codes of the issues in order, without their area: ``0003``."""
    return [issue.code.removeprefix("VALIDATION_") for issue in found(value, *kinds, strictness=strictness).issues]


def only(value: Flow, *kinds: StageDefinition, strictness: Strictness = Strictness.TOLERANT) -> Issue:
    """The one issue of a flow."""
    (issue,) = found(value, *kinds, strictness=strictness).issues
    return issue


def remarks(value: Flow, *kinds: StageDefinition) -> list[str]:
    """The codes of the remarks in order."""
    return [issue.code for issue in found(value, *kinds).remarks]


def with_service(name: str = "p", **settings: object) -> StageInstance:
    """An origin that parses with the one service there is."""
    service = Service(PARSER, 2, Settings.of(settings or {"format": "TEXT"}))
    return stage(name, "parser", "", "a", services=(service,))
