"""Short descriptions of the stages that the embedded engine runs, in our own words."""

from collections.abc import Mapping

_PREFIX = "com_streamsets_pipeline_stage_"
_WORDS = {
    "devtest_rawdata_RawDataDSource": (
        "Sends the records that you type into it, again in every batch; for trying flows out."
    ),
    "devtest_RandomDataGeneratorSource": ("Makes random records with the fields and types that you list."),
    "devtest_RandomSource": ("Makes records with random whole numbers in the fields that you name, some of them null."),
    "origin_spooldir_SpoolDirDSource": (
        "Reads the files of a folder one after the other, in name or time order, and remembers how far it got."
    ),
    "origin_logtail_FileTailDSource": ("Follows files as they grow and roll over, line by line."),
    "origin_http_HttpClientDSource": ("Reads records from a web address: once, at intervals, or as an endless stream."),
    "processor_expression_ExpressionDProcessor": (
        "Sets fields, header attributes and field attributes to the results of expressions."
    ),
    "processor_selector_SelectorDProcessor": (
        "Sends each record to every lane whose condition it meets, or to the default lane."
    ),
    "processor_fieldfilter_FieldFilterDProcessor": (
        "Keeps or removes fields: those you list, or those that are null, empty or equal to a constant."
    ),
    "processor_fieldrenamer_FieldRenamerDProcessor": ("Renames fields, by path or by pattern with groups."),
    "processor_fieldtypeconverter_FieldTypeConverterDProcessor": (
        "Converts fields to other types, field by field or all fields of a type."
    ),
    "processor_fieldmask_FieldMaskDProcessor": (
        "Hides the characters of text fields, all of them or those a mask or pattern leaves out."
    ),
    "processor_fieldhasher_FieldHasherDProcessor": (
        "Replaces fields by their hash, or writes hashes of several fields or of the record elsewhere."
    ),
    "processor_fieldmerger_FieldMergerDProcessor": ("Merges a map or list field into another one."),
    "processor_splitter_SplitterDProcessor": ("Splits a text field into several fields at a separator."),
    "processor_fieldflattener_FieldFlattenerDProcessor": ("Turns nested fields into one level with joined names."),
    "processor_listpivot_ListPivotDProcessor": ("Makes one record of every element of a list or map field."),
    "processor_fieldorder_FieldOrderDProcessor": ("Puts fields into a fixed order, as delimited data needs it."),
    "processor_zip_FieldZipDProcessor": ("Joins two lists element by element."),
    "processor_mapper_FieldMapperDProcessor": (
        "Maps the values, names or paths of all fields that meet a condition by one expression."
    ),
    "processor_fieldreplacer_FieldReplacerDProcessor": ("Replaces field values by an expression or by null."),
    "processor_fieldvaluereplacer_FieldValueReplacerDProcessor": (
        "Replaces nulls and values that meet a comparison; the older relative of Field Replacer."
    ),
    "processor_dedup_DeDupDProcessor": (
        "Sends records that were seen before to a second lane, within a window of records or time."
    ),
    "processor_jsonparser_JsonParserDProcessor": ("Parses the JSON text in a field into fields."),
    "processor_xmlparser_XmlParserDProcessor": ("Parses the XML text in a field into fields."),
    "processor_xmlflattener_XMLFlatteningDProcessor": (
        "Flattens the XML text in a field into one level of fields, one record per element."
    ),
    "processor_logparser_LogParserDProcessor": (
        "Parses a log line in a field by a known format, a grok pattern or a regular expression."
    ),
    "processor_parser_DataParserDProcessor": ("Parses the data in a field by any of the data formats."),
    "processor_jsongenerator_JsonGeneratorDProcessor": ("Writes a map or list field as JSON text into another field."),
    "processor_generator_DataGeneratorDProcessor": ("Writes the whole record in a data format into a field."),
    "processor_delay_DelayProcessor": ("Holds every batch back for some milliseconds."),
    "processor_kv_local_LocalLookupDProcessor": (
        "Looks keys up in a fixed table and writes what it finds into fields."
    ),
    "processor_base64_Base64EncodingDProcessor": ("Encodes a byte array field as Base64."),
    "processor_base64_Base64DecodingDProcessor": ("Decodes a Base64 field into a byte array."),
    "processor_http_HttpDProcessor": ("Calls a web address per record or batch and adds the answer to the records."),
    "processor_identity_IdentityProcessor": ("Passes records on as they are."),
    "devtest_RandomErrorProcessor": ("Sends some records to error at random; for trying error handling out."),
    "devtest_RecordCreatorProcessor": ("Makes two records of each one; for trying flows out."),
    "processor_jython_JythonDProcessor": (
        "Runs a Python script over the records; switched off unless code is allowed."
    ),
    "processor_javascript_JavaScriptDProcessor": (
        "Runs a JavaScript script over the records; switched off unless code is allowed."
    ),
    "processor_aggregation_AggregationDProcessor": (
        "Counts and sums over time windows and sends the results as events."
    ),
    "processor_schemagen_SchemaGeneratorDProcessor": (
        "Writes an Avro schema that fits the record into a header attribute."
    ),
    "destination_devnull_NullDTarget": ("Drops every record."),
    "destination_toerror_ToErrorDTarget": ("Sends every record to the error handling of the flow."),
    "destination_localfilesystem_LocalFileSystemDTarget": (
        "Writes records to files in folders that can depend on record and time."
    ),
    "destination_http_HttpClientDTarget": ("Sends records to a web address."),
    "destination_ToEventTarget": ("Makes an event of every record; for trying events out."),
    "executor_finishpipeline_PipelineFinisherDExecutor": (
        "Ends the flow after the batch in which a record or event reaches it."
    ),
    "executor_shell_ShellDExecutor": ("Runs a shell script per record; switched off unless code is allowed."),
    "executor_emailexecutor_EmailDExecutor": ("Sends an email per record that meets a condition."),
    "destination_devnull_ToErrorNullDTarget": ("Drops error records."),
    "destination_recordstolocalfilesystem_ToErrorLocalFSDTarget": (
        "Writes error records to files, whole and with the reason in their header."
    ),
    "destination_sdcipc_ToErrorSdcIpcDTarget": ("Hands error records to another flow."),
}
DESCRIPTIONS: Mapping[str, str] = {f"{_PREFIX}{name}": words for name, words in _WORDS.items()}
"""Stage name -> one sentence."""
