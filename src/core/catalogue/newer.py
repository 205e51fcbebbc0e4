"""Whole stages that newer engines have and the catalogue lacks; what is not known for certain of them is a guess."""

from collections.abc import Iterable, Mapping

import attrs

from .definitions import ModelDefinition, SettingDefinition, StageDefinition, StageSummary, StageType

SOURCE = "published material on engine 6"
DEV_LIBRARY = "streamsets-datacollector-dev-lib"
SYNTHETIC = "com_streamsets_pipeline_stage_devtest_SyntheticDataGeneratorSource"
_GROUPS = (("DATA_GENERATOR", "Data Generator"),)
_TYPES = (
    "Boolean",
    "Integer",
    "Long",
    "Float",
    "Double",
    "Decimal",
    "Date",
    "Datetime",
    "Time",
    "String",
    "Byte_Array",
)
_FIELD_TYPES = (*(f"System__Field__{each}" for each in _TYPES), "Base__Internet__EmailAddress")


def _setting(name: str, label: str, kind: str, default: str | int | tuple[()] | None) -> SettingDefinition:
    return SettingDefinition(name, name, label, kind, default, group=_GROUPS[0][0], source=SOURCE)


def _rows(name: str, label: str, *parts: SettingDefinition) -> SettingDefinition:
    model = ModelDefinition("LIST_BEAN", settings=parts)
    return attrs.evolve(_setting(name, label, "MODEL", ()), model=model)


_CHOICE = ModelDefinition("VALUE_CHOOSER", values=_FIELD_TYPES, labels=_FIELD_TYPES)
_STAGES = (
    StageDefinition(
        name=SYNTHETIC,
        version="1",
        label="Dev Synthetic Data Generator",
        type=StageType.ORIGIN,
        library=DEV_LIBRARY,
        library_label="Dev (for development only)",
        libraries=(DEV_LIBRARY,),
        icon="dev.png",
        description="Makes a given number of records with fixed or random values in the fields that you list.",
        preconditions=False,
        output_streams=1,
        output_stream_labels=("Output",),
        execution_modes=("STANDALONE",),
        produces_events=True,
        groups=_GROUPS,
        settings=(
            _rows(
                "recordFields",
                "Record Fields",
                _setting("fieldName", "Field Name", "STRING", ""),
                attrs.evolve(_setting("fieldType", "Field Type", "MODEL", "System__Field__String"), model=_CHOICE),
                _setting("fieldValue", "Field Value", "STRING", ""),
            ),
            _rows(
                "recordHeaderAttributes",
                "Record Header Attributes",
                _setting("attributeName", "Attribute Name", "STRING", ""),
                _setting("attributeValue", "Attribute Value", "STRING", ""),
            ),
            _setting("recordsToGenerate", "Records To Generate", "NUMBER", 1000),
            _setting("batchSize", "Batch Size", "NUMBER", 1000),
            _setting("generatorThreads", "Generator Threads", "NUMBER", 1),
            _setting("eventName", "Event Name", "STRING", "generated-event"),
        ),
    ),
)


def newer_stages(known: Iterable[StageSummary]) -> Mapping[str, StageDefinition]:
    """The stages by name whose library is among those of a catalogue, and which it does not have itself."""
    held = tuple(known)
    names, libraries = {each.name for each in held}, {each.library for each in held}
    return {each.name: each for each in _STAGES if each.library in libraries and each.name not in names}


def row_of(stage: StageDefinition) -> StageSummary:
    """The row of a stage in a list."""
    return StageSummary(
        name=stage.name,
        version=stage.version,
        label=stage.label,
        type=stage.type,
        library=stage.library,
        library_label=stage.library_label,
        libraries=stage.libraries,
        error_stage=stage.error_stage,
        stats_aggregator=stage.stats_aggregator,
        lifecycle=stage.lifecycle,
        hidden=stage.hidden,
        produces_events=stage.produces_events,
        output_streams=stage.output_streams,
        driven_by=stage.driven_by,
        icon=stage.icon,
    )
