"""Which function builds which stage: own stages by module, those of others by decorator."""

from collections.abc import Callable
from importlib import import_module

from ..plan.model import StagePlan
from .api import Process, Tools

Build = Callable[[StagePlan, Tools], Process]
Lookup = Callable[[str], "Callable[[], Build] | None"]

_PREFIX = "com_streamsets_pipeline_stage_"
_MODULES = {
    "processor_logparser_LogParserDProcessor": "logs",
    "processor_fieldtypeconverter_FieldTypeConverterDProcessor": "converting",
    "processor_expression_ExpressionDProcessor": "expression",
    "processor_selector_SelectorDProcessor": "selector",
    "processor_httprouter_HttpRouterDProcessor": "routing",
    "processor_fieldfilter_FieldFilterDProcessor": "removing",
    "processor_fieldmask_FieldMaskDProcessor": "masking",
    "processor_fieldmerger_FieldMergerDProcessor": "moving",
    "processor_fieldflattener_FieldFlattenerDProcessor": "flattening",
    "processor_listpivot_ListPivotDProcessor": "pivoting",
    "processor_fieldreplacer_FieldReplacerDProcessor": "replacing",
    "processor_dedup_DeDupDProcessor": "dedup",
    "processor_jsonparser_JsonParserDProcessor": "json_fields",
    "processor_jsongenerator_JsonGeneratorDProcessor": "json_fields",
    "processor_kv_local_LocalLookupDProcessor": "lookup",
    "processor_fieldrenamer_FieldRenamerDProcessor": "renaming",
    "processor_fieldhasher_FieldHasherDProcessor": "hashing",
    "processor_splitter_SplitterDProcessor": "splitting",
    "processor_fieldorder_FieldOrderDProcessor": "ordering",
    "processor_zip_FieldZipDProcessor": "zipping",
    "processor_mapper_FieldMapperDProcessor": "mapping",
    "processor_fieldvaluereplacer_FieldValueReplacerDProcessor": "value_replacing",
    "processor_base64_Base64EncodingDProcessor": "base64_fields",
    "processor_base64_Base64DecodingDProcessor": "base64_fields",
    "processor_xmlparser_XmlParserDProcessor": "xml_fields",
    "processor_xmlflattener_XMLFlatteningDProcessor": "xml_fields",
    "processor_schemagen_SchemaGeneratorDProcessor": "schemas",
    "processor_aggregation_AggregationDProcessor": "windows",
    "processor_identity_IdentityProcessor": "dev",
    "devtest_RecordCreatorProcessor": "dev",
    "devtest_RandomErrorProcessor": "dev",
    "destination_devnull_NullDTarget": "sinks",
    "destination_devnull_ToErrorNullDTarget": "sinks",
    "destination_devnull_StatsNullDTarget": "sinks",
    "destination_devnull_StatsDpmDirectlyDTarget": "sinks",
    "destination_toerror_ToErrorDTarget": "sinks",
    "destination_tooriginresponse_ToOriginResponseDTarget": "responses",
    "destination_tooriginresponse_ToErrorOriginResponseDTarget": "responses",
    "destination_ToEventTarget": "sinks",
    "executor_finishpipeline_PipelineFinisherDExecutor": "sinks",
}
_builders: dict[str, Build] = {}
_loaded_from: dict[str, str] = {}
_outside: list[Lookup] = []


def processor(name: str) -> Callable[[Build], Build]:
    """Registers the builder of a stage by its stage name; the later registration wins.

    ``build(plan, tools)`` is called once per run and gives the function that is called for every batch.
    """

    def register(build: Build) -> Build:
        _builders[name] = build
        _loaded_from[name] = build.__module__
        return build

    return register


def find(name: str) -> Build | None:
    """The builder of a stage; None when nobody registered one."""
    found = _builders.get(name)
    if found is None and name.startswith(_PREFIX):
        module = _MODULES.get(name.removeprefix(_PREFIX))
        if module is not None:
            import_module(f".{module}", __package__)
            found = _builders.get(name)
    if found is None and (load := _from_outside(name)) is not None:
        found = load()
        processor(name)(found)
    return found


def registered(name: str) -> Build:
    """The builder that a stage was registered with.

    Raises:
        KeyError: nobody did.
    """
    return _builders[name]


def look_outside(lookup: Lookup) -> None:
    """Adds a place where stages may come from that nobody registered: it gives what loads a builder."""
    _outside.append(lookup)


def _from_outside(name: str) -> Callable[[], Build] | None:
    return next((load for lookup in _outside if (load := lookup(name)) is not None), None)


def can_run(name: str) -> bool:
    """True when a stage of this name can be built."""
    return name in _builders or name.removeprefix(_PREFIX) in _MODULES or _from_outside(name) is not None


def is_own(name: str) -> bool:
    """True for a stage whose code is here: building it touches nothing."""
    known = name.removeprefix(_PREFIX) in _MODULES
    return known and _loaded_from.get(name, __name__).startswith(f"{__package__}.")


def modules_of_others() -> tuple[str, ...]:
    """The modules that stages come from which are not part of this package, for another process to load.

    A script that is run has no name under which it could be loaded: its stages are not among them.
    """
    ours = __name__.partition(".")[0] + "."
    return tuple(sorted({name for name in _loaded_from.values() if not name.startswith(ours) and name != "__main__"}))
