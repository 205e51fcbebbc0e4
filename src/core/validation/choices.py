"""The values that the engine takes for a choice: those that an editor offers, and others of the same enumeration.

The engine reads a choice as a constant of a Java enumeration and minds no others. Editors offer fewer: not every data
format suits every stage, and constants that went out of use are kept for the flows that have them.
"""

from collections.abc import Mapping, Sequence

from ..records.values import FieldType

_FIELD_TYPES = frozenset(FieldType.__members__)
_LATER = frozenset(("PARQUET",))
"""Constants of newer engines, which those stages take that offer them."""
_CODERS = frozenset(("STRING", "DEFAULT", "CONFLUENT"))
_ENUMERATIONS: Mapping[str, frozenset[str]] = {
    "dataFormat": frozenset(
        (
            *("TEXT", "JSON", "DELIMITED", "XML", "SDC_JSON", "LOG", "AVRO", "BINARY", "PROTOBUF", "DATAGRAM"),
            *("WHOLE_FILE", "SYSLOG", "NETFLOW", "EXCEL", "FLOWFILE"),
        )
    ),
    "schemaLookupMode": frozenset(("SUBJECT", "ID", "AUTO")),
    "executionMode": frozenset(
        (
            *("STANDALONE", "CLUSTER", "CLUSTER_BATCH", "CLUSTER_YARN_STREAMING", "CLUSTER_MESOS_STREAMING"),
            *("SLAVE", "EDGE", "EMR_BATCH", "BATCH", "STREAMING"),
        )
    ),
    "keyDeserializer": _CODERS,
    "valueDeserializer": _CODERS,
    "keySerializer": _CODERS,
    "valueSerializer": _CODERS,
    "partitionStrategy": frozenset(("RANDOM", "ROUND_ROBIN", "EXPRESSION")),
    "multipleValuesBehavior": frozenset(("FIRST_ONLY", "ALL_AS_LIST", "SPLIT_INTO_MULTIPLE_RECORDS")),
    "rowKeyStorageType": frozenset(("BINARY", "TEXT", "JSON_STRING")),
    "coapMethod": frozenset(("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "EXPRESSION")),
    "conf.httpMethod": frozenset(("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "EXPRESSION")),
    "valueType": frozenset(
        ("BOOLEAN", "DATE", "TIMESTAMP", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "BINARY", "STRING")
    ),
}
"""By the name of a setting or its last part, for settings that do not offer all constants."""


def choices_of(name: str, values: Sequence[str]) -> frozenset[str]:
    """What the engine takes for the setting ``name``, whose editor offers ``values``.

    Source: the enumerations of Data Collector 3.23; facts only.
    """
    offered = frozenset(values)
    if {"STRING", "INTEGER"} <= offered <= _FIELD_TYPES:
        return _FIELD_TYPES
    known = _ENUMERATIONS.get(name) or _ENUMERATIONS.get(name.rsplit(".", 1)[-1], offered)
    return known | offered if offered - _LATER <= known else offered
