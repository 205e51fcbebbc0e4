"""What newer engines and the published documentation use beyond the catalogue, each entry with its source."""

from collections.abc import Mapping

import attrs

from .definitions import ModelDefinition, SettingDefinition, StageDefinition
from .descriptions import DESCRIPTIONS
from .newer_web import DEFAULTS, EXPLICIT, PASS_RECORD, PROCESSOR, WEB_SETTINGS

_PAGE = "the SDK's documentation of flows"
_NEWER = "published material on engines 5 and 6"


def _number(name: str, label: str, default: int | None, source: str = _NEWER) -> SettingDefinition:
    return SettingDefinition(name, name.rsplit(".", 1)[-1], label, "NUMBER", default, source=source)


def _switch(name: str, label: str, default: bool, source: str = _NEWER) -> SettingDefinition:
    return SettingDefinition(name, name.rsplit(".", 1)[-1], label, "BOOLEAN", default, source=source)


def _text(name: str, label: str, default: str, source: str = _NEWER) -> SettingDefinition:
    return SettingDefinition(name, name.rsplit(".", 1)[-1], label, "STRING", default, source=source)


def _paths(name: str, label: str) -> SettingDefinition:
    return SettingDefinition(name, name, label, "LIST", (), source=_NEWER)


def _choice(name: str, label: str, default: str, *values: str) -> SettingDefinition:
    model = ModelDefinition("VALUE_CHOOSER", values=values, labels=values)
    return SettingDefinition(name, name.rsplit(".", 1)[-1], label, "MODEL", default, model=model, source=_NEWER)


_EVENT_TYPE = SettingDefinition(
    "config.eventType",
    "eventType",
    "Event Type",
    "STRING",
    "",
    required=True,
    depends_on={"config.reactToEvents": (True,)},
    source=_NEWER,
)
_ON_ERROR = SettingDefinition(
    "stageOnRecordError",
    "stageOnRecordError",
    "On Record Error",
    "MODEL",
    "TO_ERROR",
    required=True,
    model=ModelDefinition(
        "VALUE_CHOOSER",
        values=("DISCARD", "TO_ERROR", "STOP_PIPELINE"),
        labels=("Discard", "Send to Error", "Stop Pipeline"),
    ),
    source=_NEWER,
)
_STAGE = "com_streamsets_pipeline_stage_"
_WRITTEN = "configs.dataGeneratorFormatConfig."
_PARQUET = f"{_WRITTEN}parquetFormatConfig."


def _several(name: str, label: str, default: str) -> SettingDefinition:
    """A delimiter of several characters, asked for where rows are written with such."""
    held = {
        "configs.dataFormat": ("DELIMITED",),
        f"{_WRITTEN}csvFileFormat": ("MULTI_CHARACTER",),
    }
    return attrs.evolve(_text(f"{_WRITTEN}{name}", label, default), required=True, depends_on=held)


_ROWS: Mapping[str, tuple[str, tuple[SettingDefinition, ...]]] = {
    f"{_STAGE}processor_fieldtypeconverter_FieldTypeConverterDProcessor": (
        "TypeConverterConfigs",
        (_choice("inputFieldEmpty", "Input Field Empty", "ERROR", "ERROR", "NULL", "DELETE", "IGNORE"),),
    ),
    PROCESSOR: ("responseStatusActionConfigs", (PASS_RECORD,)),
    f"{_STAGE}devtest_RandomDataGeneratorSource": (
        "dataGenConfigs",
        (SettingDefinition("fieldAttributes", "fieldAttributes", "Field Attributes", "MAP", (), source=_NEWER),),
    ),
}
"""Parts of the rows of list settings whose names end so."""
_CHOICES = {
    (f"{_STAGE}processor_fieldtypeconverter_FieldTypeConverterDProcessor", "dateFormat"): (
        "UNIX_TIMESTAMP_IN_MILLISECONDS",
        "UNIX_TIMESTAMP_IN_SECONDS",
    ),
}
"""Values that a part of a row takes in newer engines."""
LIFECYCLE = frozenset({f"{_STAGE}destination_recordstolocalfilesystem_ToErrorLocalFSDTarget"})
"""Stages that newer engines also take for the start and the stop event."""
_WINDOWS = ("TW_5S", "TW_10S", "TW_30S", "TW_15M", "TW_20M", "TW_8H")
_VALUES: Mapping[tuple[str, str], tuple[str, ...]] = {
    (f"{_STAGE}destination_localfilesystem_LocalFileSystemDTarget", "configs.dataFormat"): ("PARQUET",),
    (f"{_STAGE}origin_spooldir_SpoolDirDSource", "conf.dataFormat"): ("PARQUET", "BINARY"),
    (f"{_STAGE}processor_schemagen_SchemaGeneratorDProcessor", "config.schemaType"): ("PARQUET",),
    (f"{_STAGE}processor_fieldreplacer_FieldReplacerDProcessor", "conf.onStagePreConditionFailure"): ("ADD_FIELD",),
    (f"{_STAGE}processor_aggregation_AggregationDProcessor", "config.windowLength"): _WINDOWS,
}
"""Values that choices of newer engines have, and those that an editor does not offer and an engine takes."""
SETTINGS: Mapping[str, tuple[SettingDefinition, ...]] = {
    **WEB_SETTINGS,
    f"{_STAGE}devtest_rawdata_RawDataDSource": (_number("numberOfThreads", "Number of Threads", 1, _PAGE),),
    f"{_STAGE}devtest_RandomDataGeneratorSource": (_number("numberOfRecords", "Records to be Generated", 0),),
    f"{_STAGE}origin_spooldir_SpoolDirDSource": (
        _switch("conf.ignoreTmpFiles", "Ignore Temporary Files", False),
        _number("conf.fileProcessingDelay", "File Processing Delay (ms)", 0),
        _number("conf.maxTotalSpoolFiles", "Max Files Hard Limit", 0),
        _switch("conf.useEventReader", "Use Event Reader", False),
        _choice(
            "conf.dataFormatConfig.compressionLibrary", "Compression Library", "AUTODETECT", "AUTODETECT", "SNAPPY"
        ),
    ),
    f"{_STAGE}processor_fieldflattener_FieldFlattenerDProcessor": (
        _choice("config.outputType", "Output Type", "MAP", "MAP", "LIST_MAP"),
    ),
    f"{_STAGE}processor_fieldfilter_FieldFilterDProcessor": (_ON_ERROR,),
    f"{_STAGE}processor_base64_Base64EncodingDProcessor": (_paths("fieldsToEncode", "Fields To Encode"),),
    f"{_STAGE}processor_base64_Base64DecodingDProcessor": (_paths("fieldsToDecode", "Fields To Decode"),),
    f"{_STAGE}executor_finishpipeline_PipelineFinisherDExecutor": (
        _switch("config.reactToEvents", "React To Events", False),
        _EVENT_TYPE,
    ),
    f"{_STAGE}executor_shell_ShellDExecutor": (
        _switch("config.reactToEvents", "React To Events", False),
        _EVENT_TYPE,
    ),
    **{
        f"{_STAGE}processor_{name}": (_switch("scriptErrorAsRecordError", "Script Error as Record Error", False),)
        for name in ("jython_JythonDProcessor", "javascript_JavaScriptDProcessor", "groovy_GroovyDProcessor")
    },
    f"{_STAGE}destination_localfilesystem_LocalFileSystemDTarget": (
        _several("multiCharacterFieldDelimiter", "Multi Character Field Delimiter", "||"),
        _several("multiCharacterLineDelimiter", "Multi Character Line Delimiter", r"${str:unescapeJava('\\n')}"),
        _text(f"{_WRITTEN}csvCustomSeparator", "Record Separator String", r"${str:unescapeJava('\\r\\n')}"),
        _choice(f"{_PARQUET}schemaSource", "Parquet Schema Location", "HEADER", "HEADER", "INLINE", "INFER"),
        _text(f"{_PARQUET}schemaSubject", "Parquet Schema", ""),
        _choice(
            f"{_PARQUET}compressionCodec",
            "Parquet Compression Codec",
            "UNCOMPRESSED",
            *("UNCOMPRESSED", "SNAPPY", "GZIP", "LZO"),
        ),
        _switch(f"{_PARQUET}nullableFields", "Nullable Fields", False),
    ),
}


_PYTHON = """# Every record goes on as it came in: change record.value here, or write records of your own.
for record in sdc.records:
    try:
        sdc.output.write(record)
    except Exception as error:
        sdc.error.write(record, str(error))
"""
_JAVASCRIPT = """// Every record goes on as it came in: change record.value here, or write records of your own.
for (var i = 0; i < sdc.records.length; i++) {
  try {
    sdc.output.write(sdc.records[i]);
  } catch (error) {
    sdc.error.write(sdc.records[i], String(error));
  }
}
"""
_PYTHON_ORIGIN = """# Counts: every record is the prefix (a parameter of the script) and the next number.
offset = int(sdc.lastOffsets.get('', 0))
prefix = sdc.userParams.get('recordPrefix', '')

batch = sdc.createBatch()
while not sdc.isStopped():
    offset += 1
    record = sdc.createRecord('record %d' % offset)
    record.value = prefix + ':' + str(offset)
    batch.add(record)
    if batch.size() >= sdc.batchSize:
        # goes through the flow, and commits the offset
        batch.process('', str(offset))
        batch = sdc.createBatch()

if batch.size():
    batch.process('', str(offset))
"""
_JAVASCRIPT_ORIGIN = """// Counts: every record is the prefix (a parameter of the script) and the next number.
var offset = Number(sdc.lastOffsets.get('') || 0);
var prefix = sdc.userParams.get('recordPrefix') || '';

var batch = sdc.createBatch();
while (!sdc.isStopped()) {
  offset++;
  var record = sdc.createRecord('record ' + offset);
  record.value = prefix + ':' + offset;
  batch.add(record);
  if (batch.size() >= sdc.batchSize) {
    // goes through the flow, and commits the offset
    batch.process('', offset);
    batch = sdc.createBatch();
  }
}
if (batch.size()) batch.process('', offset);
"""
SCRIPTS = {
    f"{_STAGE}origin_javascript_JavascriptDSource": _JAVASCRIPT_ORIGIN,
    f"{_STAGE}origin_jython_JythonDSource": _PYTHON_ORIGIN,
    f"{_STAGE}processor_jython_JythonDProcessor": _PYTHON,
    f"{_STAGE}processor_javascript_JavaScriptDProcessor": _JAVASCRIPT,
}
"""Scripts of new stages, where the definition keeps them in a file of its own."""


_ONE = ("originFieldPath", "resultFieldPath")
SEVERAL = {
    f"{_STAGE}processor_base64_Base64EncodingDProcessor": "fieldsToEncode",
    f"{_STAGE}processor_base64_Base64DecodingDProcessor": "fieldsToDecode",
}
"""The list of fields that newer engines take in place of one field."""


def with_overlay(definition: StageDefinition) -> StageDefinition:
    """The definition with the newer settings that it lacks, and with a description of our own where it has none."""
    held = {each.name for each in definition.settings}
    labels = {each.attribute for each in definition.settings}
    settings = tuple(_with_parts(each, definition.name) for each in definition.settings)
    script = SCRIPTS.get(definition.name)
    if script is not None:
        settings = tuple(_with_default(each, "script", script) for each in settings)
    several = SEVERAL.get(definition.name)
    if several is not None:  # the one field of older engines is asked for only where the list is empty
        settings = tuple(
            attrs.evolve(each, depends_on={**each.depends_on, several: ((),)}) if each.name in _ONE else each
            for each in settings
        )
    newer = tuple(
        each for each in SETTINGS.get(definition.name, ()) if each.name not in held and each.attribute not in labels
    )
    description = definition.description or DESCRIPTIONS.get(definition.name, "")
    lifecycle = definition.lifecycle or definition.name in LIFECYCLE
    return attrs.evolve(definition, settings=(*settings, *newer), description=description, lifecycle=lifecycle)


def _with_default(setting: SettingDefinition, name: str, default: str) -> SettingDefinition:
    return attrs.evolve(setting, default=default) if setting.name == name and not setting.default else setting


def _with_parts(setting: SettingDefinition, stage: str) -> SettingDefinition:
    """A setting with the default and values, and a list setting with the parts of its rows, of newer engines."""
    if (stage, setting.name) in DEFAULTS:
        return attrs.evolve(setting, default=DEFAULTS[stage, setting.name])
    if (stage, setting.name) in EXPLICIT:
        return attrs.evolve(setting, evaluation="EXPLICIT")
    more = _VALUES.get((stage, setting.name), ())
    if more and setting.model is not None:
        model = setting.model
        values, labels = model.values or (), model.labels or ()
        added = tuple(each for each in more if each not in values)
        model = attrs.evolve(model, values=(*values, *added), labels=(*labels, *added))
        return attrs.evolve(setting, model=model)
    end, parts = _ROWS.get(stage, ("", ()))
    if not parts or not setting.name.endswith(end) or setting.model is None:
        return setting
    held = tuple(_with_choices(each, stage) for each in setting.model.settings)
    return attrs.evolve(setting, model=attrs.evolve(setting.model, settings=(*held, *parts)))


def _with_choices(part: SettingDefinition, stage: str) -> SettingDefinition:
    more = _CHOICES.get((stage, part.name), ())
    if not more or part.model is None:
        return part
    values, labels = ((*(held or ()), *more) for held in (part.model.values, part.model.labels))
    return attrs.evolve(part, model=attrs.evolve(part.model, values=values, labels=labels))
