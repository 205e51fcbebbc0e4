"""The definitions document of an engine, made from a catalogue."""

from collections.abc import Collection, Mapping
from typing import Any

from ..catalogue.definitions import Catalogue, SettingDefinition, StageDefinition
from ..catalogue.document import LONG_MAX, LONG_MIN, Definitions
from ..errors import UnsupportedError
from ..values import PlainJson, thaw

_FACTS_OF_THE_BUILD = ("className", "yamlUpgrader", "sourceKind", "onlineHelpRefUrl", "inputStreamLabelProviderClass")


# what a reader takes for granted where it is absent; half of a document would be such keys
_TAKEN_FOR_GRANTED: Mapping[str, Any] = {
    "upload": "NO",
    "dependsOn": "",
    "triggeredByValues": None,
    "dependsOnMap": {},
    "min": LONG_MIN,
    "max": LONG_MAX,
    "mode": "text/plain",
    "lines": 0,
    "evaluation": "IMPLICIT",
    "elDefs": [],
    "connectionType": "",
    "displayMode": "BASIC",
    "model": None,
    "valuesProviderClass": None,
    "filteringConfig": "",
    "labels": None,
    "values": None,
    "configDefinitions": None,
    "configGroupDefinition": None,
    "inputStreamLabels": None,
    "outputStreamLabelProviderClass": None,
    "rawSourceDefinition": None,
}


def definitions_document(catalogue: Catalogue, libraries: Collection[str] = ()) -> dict[str, PlainJson]:
    """Every stage, service and pipeline setting, in the shape of ``GET /rest/v1/definitions``.

    ``catalogue_from_document`` reads it back to a catalogue that knows the same. Every stage is listed in the library
    that it comes from by default, and in those of ``libraries`` that hold it too.

    Raises:
        UnsupportedError: the catalogue was not read from a definitions document.
    """
    if not isinstance(catalogue, Definitions):
        raise UnsupportedError("a definitions document of a catalogue that was not read from one")
    stages: dict[str, PlainJson] = {}
    rows: list[PlainJson] = []
    labels = catalogue.library_labels()
    for summary in catalogue.summaries():
        raw, definition = catalogue.raw_stage(summary.name), catalogue.stage(summary.name)
        if raw is None:
            continue  # of a newer engine: the document has no words for it
        assert definition is not None
        stages[f"{summary.name}::{summary.version}"] = _stage(raw, definition)
        rows.extend(
            {
                "name": summary.name,
                "version": summary.version,
                "library": library,
                "libraryLabel": labels.get(library, library),
            }
            for library in summary.libraries
            if library == summary.library or library in libraries
        )
    return {
        "schemaVersion": "2",
        "version": catalogue.pipeline().version,
        "executorVersion": catalogue.version,
        "category": None,
        "categoryLabel": None,
        "pipeline": _described(catalogue.raw_part("pipeline")),
        "pipelineFragment": _described(catalogue.raw_part("pipelineFragment")),
        "pipelineRules": _described(catalogue.raw_part("pipelineRules")),
        "services": _described(catalogue.raw_part("services")),
        "rulesElMetadata": {},
        "elCatalog": None,
        "elClasses": catalogue.raw_part("elClasses") or {},
        "runtimeConfigs": [],
        "stageIcons": None,
        "legacyStageLibs": [{"library": each} for each in sorted(catalogue.legacy_libraries())],
        "libraries": catalogue.raw_part("libraries") or [],
        "connections": catalogue.raw_part("connections") or [],
        "catalogue": catalogue.raw_part("catalogue") or {},
        "eventDefinitions": catalogue.raw_part("eventDefinitions") or {},
        "stageDefinitionMap": stages,
        "stageDefinitionMinimalList": rows,
    }


def _stage(raw: Mapping[str, Any], definition: StageDefinition) -> dict[str, PlainJson]:
    made = {key: value for key, value in _short(raw).items() if key not in _FACTS_OF_THE_BUILD}
    known = {each.name: each for each in definition.settings}
    settings = [_told(each, known.get(each["name"])) for each in raw.get("configDefinitions") or ()]
    held = {each.get("name") for each in settings}
    settings.extend(_setting(each) for each in definition.settings if each.name not in held)
    return {
        **made,
        "description": definition.description,
        "errorStage": bool(raw.get("errorStage")),
        "configDefinitions": settings,
        "services": [
            {"service": each.service, "configuration": {key: thaw(value) for key, value in each.values.items()}}
            for each in definition.services
        ],
    }


def _told(raw: Mapping[str, Any], setting: SettingDefinition | None) -> dict[str, Any]:
    """A setting as the engine told it, its rows with the parts that newer engines have beside."""
    made = _with_description(raw)
    parts = (made.get("model") or {}).get("configDefinitions") or []
    if parts and setting is not None and setting.model is not None:
        held = {each["name"] for each in parts}
        parts.extend(_setting(each) for each in setting.model.settings if each.name not in held)
    return made


def _described(parts: Any) -> list[PlainJson]:
    return [
        {**part, "configDefinitions": [_with_description(each) for each in part.get("configDefinitions") or ()]}
        for part in parts or ()
    ]


def _with_description(raw: Mapping[str, Any]) -> dict[str, Any]:
    made = {**_short(raw), "description": raw.get("description") or "", "required": bool(raw.get("required"))}
    if raw.get("dependsOnMap"):
        made.pop("dependsOn", None)
        made.pop("triggeredByValues", None)
    model = raw.get("model")
    if isinstance(model, Mapping):
        made["model"] = {key: value for key, value in _short(model).items() if key != "valuesProviderClass"}
        if model.get("configDefinitions"):
            made["model"]["configDefinitions"] = [_with_description(each) for each in model["configDefinitions"]]
    return made


def _short(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if value != _TAKEN_FOR_GRANTED.get(key, _NEVER)}


_NEVER = object()


def _setting(setting: SettingDefinition) -> dict[str, PlainJson]:
    """The document of a setting that the catalogue knows beyond what the engine told."""
    model: PlainJson = None
    if setting.model is not None:
        model = {
            "modelType": setting.model.type,
            "values": None if setting.model.values is None else list(setting.model.values),
            "labels": None if setting.model.labels is None else list(setting.model.labels),
            "valuesProviderClass": None,
            "configDefinitions": [_setting(each) for each in setting.model.settings] or None,
            "filteringConfig": "",
        }
    return {
        "name": setting.name,
        "fieldName": setting.field_name,
        "type": setting.type,
        "label": setting.label,
        "description": setting.description,
        "defaultValue": thaw(setting.default),
        "required": setting.required,
        "group": setting.group,
        "model": model,
        "dependsOn": "",
        "triggeredByValues": None,
        "dependsOnMap": {name: [thaw(each) for each in values] for name, values in setting.depends_on.items()},
        "displayPosition": setting.display_position,
        "displayMode": setting.display_mode,
        "min": LONG_MIN if setting.min is None else setting.min,
        "max": LONG_MAX if setting.max is None else setting.max,
        "mode": setting.mode,
        "lines": setting.lines,
        "evaluation": setting.evaluation,
        "elDefs": list(setting.el_sets),
        "connectionType": setting.connection_type,
    }
