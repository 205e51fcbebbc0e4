"""Definition documents: what an engine answers on ``GET /rest/v1/definitions``, read into a lazy catalogue."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from ..errors import FormatError, LimitError
from ..values import EMPTY_MAP, Json, JsonMap, freeze
from .definitions import (
    ModelDefinition,
    PipelineDefinition,
    ServiceDefinition,
    ServiceUse,
    SettingDefinition,
    StageDefinition,
    StageSummary,
    StageType,
)
from .newer import newer_stages, row_of
from .overlay import with_overlay

MAX_STAGES = 5_000
MAX_SETTINGS = 2_000
MAX_DEPTH = 6
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1


class Definitions:
    """A catalogue over raw definitions: a row per stage is read at once, a stage when it is asked for.

    ``load`` gives the raw definition of a stage; ``parts`` gives the rest (services, pipeline, libraries …) by key.
    """

    def __init__(
        self,
        version: str,
        summaries: Iterable[StageSummary],
        load: Callable[[str], Mapping[str, Any] | None],
        parts: Callable[[str], Any],
        source: str = "definitions",
    ) -> None:
        self._version = version
        self._summaries = {each.name: each for each in summaries}
        self._newer = newer_stages(self._summaries.values())
        self._summaries.update({name: row_of(each) for name, each in self._newer.items()})
        self._load, self._parts, self._source = load, parts, source
        self._stages: dict[tuple[str, str | None], StageDefinition] = {}
        self._services: dict[str, ServiceDefinition] | None = None
        self._pipelines: dict[str, PipelineDefinition] = {}

    @property
    def version(self) -> str:
        """The engine version."""
        return self._version

    def summaries(self) -> tuple[StageSummary, ...]:
        """Every stage, without settings."""
        return tuple(self._summaries.values())

    def stage(self, name: str, library: str | None = None) -> StageDefinition | None:
        """The definition of a kind; None for an unknown name, or a library that does not hold it."""
        known = self._stages.get((name, library))
        if known is not None:
            return known
        summary = self._summaries.get(name)
        if summary is None or (library is not None and library not in summary.libraries):
            return None
        if library is not None and library != summary.library:
            plain = self.stage(name)
            label = self.library_labels().get(library, library)
            made = None if plain is None else attrs.evolve(plain, library=library, library_label=label)
        elif library is not None:
            made = self.stage(name)
        else:
            raw = self._load(name) if name not in self._newer else None
            made = self._newer.get(name) if raw is None else with_overlay(decode_stage(raw, summary, self._source))
        if made is not None:
            self._stages[(name, library)] = made
        return made

    def service(self, name: str) -> ServiceDefinition | None:
        """The service with this interface name."""
        return self._by_name().get(name)

    def services(self) -> tuple[ServiceDefinition, ...]:
        """Every service."""
        return tuple(self._by_name().values())

    def _by_name(self) -> Mapping[str, ServiceDefinition]:
        if self._services is None:
            raw = self._parts("services") or ()
            self._services = {
                made.name: made for made in (decode_service(each, self._source, i) for i, each in enumerate(raw))
            }
        return self._services

    def pipeline(self) -> PipelineDefinition:
        """The settings of a pipeline."""
        return self._pipeline("pipeline", "pipelineConfigVersion", 23)

    def fragment(self) -> PipelineDefinition:
        """The settings of a fragment."""
        return self._pipeline("pipelineFragment", "pipelineFragmentConfigVersion", 3)

    def rules(self) -> PipelineDefinition:
        """The settings of a rules document."""
        return self._pipeline("pipelineRules", "pipelineRulesConfigVersion", 2)

    def _pipeline(self, key: str, version_key: str, default_version: int) -> PipelineDefinition:
        known = self._pipelines.get(key)
        if known is None:
            raw = self._parts(key) or [{}]
            facts = self._parts("catalogue") or {}
            version = raw[0].get("version", facts.get(version_key, default_version))
            settings = decode_settings(raw[0].get("configDefinitions") or (), self._source, f"/{key}/0")
            known = self._pipelines[key] = PipelineDefinition(int(version), settings)
        return known

    def library_labels(self) -> Mapping[str, str]:
        """Library id -> name for people."""
        labels = {each["id"]: each["label"] for each in self._parts("libraries") or () if "id" in each}
        for row in self._parts("stageDefinitionMinimalList") or ():
            labels.setdefault(row["library"], row.get("libraryLabel") or row["library"])
        for summary in self._summaries.values():
            labels.setdefault(summary.library, summary.library_label)
        return labels

    def legacy_libraries(self) -> frozenset[str]:
        """Libraries that once existed."""
        rows = self._parts("legacyStageLibs") or ()
        return frozenset(str(each.get("library", "") if isinstance(each, Mapping) else each) for each in rows)

    def el_sets(self) -> Mapping[str, Any]:
        """The function classes of the expression language with their functions, as the document has them."""
        found: Mapping[str, Any] = self._parts("elClasses") or {}
        return found

    def default_el_sets(self) -> tuple[str, ...]:
        """The function classes that every setting can use."""
        facts = self._parts("catalogue") or {}
        return tuple(facts.get("defaultElDefs") or ())

    def event_definitions(self) -> Mapping[str, Any]:
        """The kinds of events, by their class name."""
        found: Mapping[str, Any] = self._parts("eventDefinitions") or {}
        return found

    def connections(self) -> tuple[Mapping[str, Any], ...]:
        """The kinds of connections, as the document has them."""
        return tuple(self._parts("connections") or ())

    def extended(self, stages: Iterable[Mapping[str, Any]], source: str = "stages") -> "Definitions":
        """This catalogue with more stages, each as an engine describes it; one of a known name takes its place.

        Shape: ``name``, ``type`` and ``library`` are needed; what else a definition leaves out has its usual default.

        Raises:
            FormatError: no definition of a stage; with its index.
        """
        added = _raw_stages({"stages": list(stages)}, source)
        summaries = {each.name: each for each in self.summaries()}
        summaries |= {name: summary_of(raw, (), source) for name, raw in added.items()}

        def load(name: str) -> Mapping[str, Any] | None:
            return added.get(name) or self._load(name)

        return Definitions(self._version, summaries.values(), load, self._parts, self._source)

    def raw_stage(self, name: str) -> Mapping[str, Any] | None:
        """The raw definition of a stage, as the document has it."""
        return self._load(name)

    def raw_part(self, key: str) -> Any:
        """A raw part of the document other than the stages."""
        return self._parts(key)


# --- reading ----------------------------------------------------------------------------------------------------------


def catalogue_from_document(document: object, source: str = "definitions", version: str | None = None) -> Definitions:
    """A catalogue from a definitions document, checked in outline now and stage by stage when asked.

    Raises:
        FormatError: it is no definitions document; with file and path.
        LimitError: more than 5,000 stages.
    """
    if not isinstance(document, Mapping):
        raise FormatError(source, "", "expected a JSON object with stageDefinitionMap or stages")
    stages = _raw_stages(document, source)
    libraries = _libraries(document, source)
    summaries = [summary_of(raw, libraries.get(name, ()), source) for name, raw in stages.items()]
    said = version or document.get("executorVersion") or document.get("engineVersion")
    return Definitions(str(said or "unknown"), summaries, stages.get, document.get, source)


def _raw_stages(document: Mapping[str, Any], source: str) -> dict[str, Mapping[str, Any]]:
    found = document.get("stageDefinitionMap")
    rows = list(found.values()) if isinstance(found, Mapping) else document.get("stages")
    if not isinstance(rows, list):
        raise FormatError(source, "", "expected a JSON object with stageDefinitionMap or stages")
    if len(rows) > MAX_STAGES:
        raise LimitError(source, "/stageDefinitionMap", f"{len(rows)} stages; at most {MAX_STAGES} are read")
    named: dict[str, Mapping[str, Any]] = {}
    for index, raw in enumerate(rows):
        if not isinstance(raw, Mapping) or not isinstance(raw.get("name"), str):
            raise FormatError(source, f"/stages/{index}", "expected a stage definition with a name")
        older = named.get(raw["name"])
        if older is None or _version(raw) >= _version(older):
            named[raw["name"]] = raw
    return named


def _version(raw: Mapping[str, Any]) -> int:
    text = str(raw.get("version", "0"))
    return int(text) if text.isdigit() and len(text) < 9 else 0


def _libraries(document: Mapping[str, Any], source: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for index, row in enumerate(document.get("stageDefinitionMinimalList") or ()):
        if not isinstance(row, Mapping) or not isinstance(row.get("name"), str) or "library" not in row:
            raise FormatError(source, f"/stageDefinitionMinimalList/{index}", "expected name and library")
        found.setdefault(row["name"], []).append(str(row["library"]))
    return found


def stage_type(word: object, source: str, path: str) -> StageType:
    """The stage type of a document's word."""
    try:
        return StageType(word)
    except ValueError:
        words = ", ".join(each.value for each in StageType)
        raise FormatError(source, path, f"{word!r} is no stage type; expected {words}") from None


def is_hidden(raw: Mapping[str, Any]) -> bool:
    """True for a stage that may not stand on the canvas."""
    flags = ("errorStage", "statsAggregatorStage", "connectionVerifierStage")
    return bool(raw.get("hideStage")) or any(raw.get(flag) for flag in flags)


def summary_of(raw: Mapping[str, Any], libraries: Iterable[str], source: str) -> StageSummary:
    """The row of a stage in a list."""
    name = str(raw["name"])
    listed = raw.get("libraries")
    held = tuple(dict.fromkeys([*(listed if isinstance(listed, list) else ()), *libraries]))
    library = str(raw.get("library") or (held[0] if held else ""))
    return StageSummary(
        name=name,
        version=str(raw.get("version", "1")),
        label=str(raw.get("label") or name),
        type=stage_type(raw.get("type"), source, f"/stageDefinitionMap/{name}/type"),
        library=library,
        library_label=str(raw.get("libraryLabel") or library),
        libraries=held or (library,),
        error_stage=bool(raw.get("errorStage")),
        stats_aggregator=bool(raw.get("statsAggregatorStage")),
        lifecycle=bool(raw.get("pipelineLifecycleStage")),
        hidden=is_hidden(raw),
        produces_events=bool(raw.get("producingEvents")),
        output_streams=_count(raw.get("outputStreams"), 0),
        driven_by=str(raw.get("outputStreamsDrivenByConfig") or ""),
        icon=str(raw.get("icon") or ""),
    )


def _count(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and -1 <= value <= 1000 else default


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, (list, tuple)) else ()


def decode_stage(raw: Mapping[str, Any], summary: StageSummary, source: str) -> StageDefinition:
    """The definition of a stage.

    Raises:
        FormatError: with file and path.
    """
    path = f"/stageDefinitionMap/{summary.name}"
    groups = (raw.get("configGroupDefinition") or {}).get("groupNameToLabelMapList") or ()
    return StageDefinition(
        name=summary.name,
        version=summary.version,
        label=summary.label,
        type=summary.type,
        library=summary.library,
        library_label=summary.library_label,
        libraries=summary.libraries,
        icon=summary.icon,
        description=str(raw.get("description") or ""),
        error_stage=summary.error_stage,
        stats_aggregator=summary.stats_aggregator,
        lifecycle=summary.lifecycle,
        connection_verifier=bool(raw.get("connectionVerifierStage")),
        offset_commit_trigger=bool(raw.get("offsetCommitTrigger")),
        preconditions=bool(raw.get("preconditions", True)),
        on_record_error=bool(raw.get("onRecordError", True)),
        variable_outputs=bool(raw.get("variableOutputStreams")),
        output_streams=summary.output_streams,
        output_stream_labels=_texts(raw.get("outputStreamLabels")),
        driven_by=summary.driven_by,
        input_streams=_count(raw.get("inputStreams"), -1),
        execution_modes=_texts(raw.get("executionModes")),
        reset_offset=bool(raw.get("resetOffset")),
        produces_events=summary.produces_events,
        services=_service_uses(raw.get("services"), source, path),
        settings=decode_settings(raw.get("configDefinitions") or (), source, path),
        hidden_settings=_texts(raw.get("hideConfigs")),
        hide_stage=_texts(raw.get("hideStage")),
        groups=tuple((str(each.get("name")), str(each.get("label"))) for each in groups),
        tags=_texts([each.get("name", each) if isinstance(each, Mapping) else each for each in raw.get("tags") or ()]),
        event_types=_texts(raw.get("eventDefs")),
        hidden=summary.hidden,
    )


def _service_uses(raw: object, source: str, path: str) -> tuple[ServiceUse, ...]:
    uses: list[ServiceUse] = []
    for index, each in enumerate(raw if isinstance(raw, list) else ()):
        if not isinstance(each, Mapping) or not isinstance(each.get("service"), str):
            raise FormatError(source, f"{path}/services/{index}", "expected an object with the key service")
        values = each.get("configuration") or {}
        frozen = freeze(values) if isinstance(values, Mapping) else EMPTY_MAP
        uses.append(ServiceUse(each["service"], frozen if isinstance(frozen, JsonMap) else EMPTY_MAP))
    return tuple(uses)


def decode_service(raw: object, source: str, index: int) -> ServiceDefinition:
    """The definition of a service."""
    path = f"/services/{index}"
    if not isinstance(raw, Mapping) or not isinstance(raw.get("provides"), str):
        raise FormatError(source, path, "expected a service definition with the key provides")
    settings = decode_settings(raw.get("configDefinitions") or (), source, path)
    version = str(raw.get("version", 1))
    number = int(version) if version.isdigit() and len(version) < 9 else 1
    return ServiceDefinition(raw["provides"], number, str(raw.get("label") or raw["provides"]), settings)


def decode_settings(raw: object, source: str, path: str, depth: int = 0) -> tuple[SettingDefinition, ...]:
    """The settings of a component, bounded in number and depth."""
    if not isinstance(raw, (list, tuple)) or len(raw) > MAX_SETTINGS or depth > MAX_DEPTH:
        limits = f"a list of at most {MAX_SETTINGS} settings, nested at most {MAX_DEPTH} deep"
        raise FormatError(source, f"{path}/configDefinitions", f"expected {limits}")
    return tuple(_setting(each, source, f"{path}/configDefinitions/{index}", depth) for index, each in enumerate(raw))


def _setting(raw: object, source: str, path: str, depth: int) -> SettingDefinition:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("name"), str):
        raise FormatError(source, path, "expected a setting with a name")
    model = raw.get("model")
    return SettingDefinition(
        name=raw["name"],
        field_name=str(raw.get("fieldName") or raw["name"]),
        label=str(raw.get("label") or ""),
        type=str(raw.get("type") or "STRING"),
        default=freeze(raw.get("defaultValue")),
        required=raw.get("required") is True,
        group=None if raw.get("group") is None else str(raw.get("group")),
        model=_model(model, source, path, depth) if isinstance(model, Mapping) else None,
        depends_on=_dependencies(raw),
        min=_bound(raw.get("min"), LONG_MIN),
        max=_bound(raw.get("max"), LONG_MAX),
        evaluation=str(raw.get("evaluation") or "IMPLICIT"),
        el_sets=_texts(raw.get("elDefs")),
        mode=str(raw.get("mode") or "text/plain"),
        lines=_count(raw.get("lines"), 0),
        display_mode=str(raw.get("displayMode") or "BASIC"),
        display_position=_count(raw.get("displayPosition"), 0),
        connection_type=str(raw.get("connectionType") or ""),
        description=str(raw.get("description") or ""),
    )


def _model(raw: Mapping[str, Any], source: str, path: str, depth: int) -> ModelDefinition:
    values, labels = raw.get("values"), raw.get("labels")
    return ModelDefinition(
        type=str(raw.get("modelType")),
        values=_texts(values) if values else None,
        labels=_texts(labels) if labels else None,
        values_dynamic=None if raw.get("valuesDynamic") is None else str(raw.get("valuesDynamic")),
        settings=decode_settings(raw.get("configDefinitions") or (), source, f"{path}/model", depth + 1),
    )


def _dependencies(raw: Mapping[str, Any]) -> Mapping[str, tuple[Json, ...]]:
    found = raw.get("dependsOnMap")
    if not isinstance(found, Mapping) or not found:
        on, by = raw.get("dependsOn"), raw.get("triggeredByValues")
        found = {on: by} if isinstance(on, str) and on and isinstance(by, list) else {}
    made: dict[str, Json] = {}
    for name, values in found.items():
        frozen = freeze(values)
        made[str(name)] = frozen if isinstance(frozen, tuple) else ()
    return JsonMap(made)  # type: ignore[return-value]


def _bound(value: object, unlimited: int) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value == unlimited:
        return None
    return value
