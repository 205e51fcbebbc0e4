"""Avro schemas: read once, with their names, and what they say of logical types."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ....core.errors import InvalidValueError, UnsupportedError
from ....core.records.values import FieldType, FieldValue, Null

MAX_SCHEMA_DEPTH = 64
_NULLS = {
    "array": FieldType.LIST,
    "boolean": FieldType.BOOLEAN,
    "bytes": FieldType.BYTE_ARRAY,
    "fixed": FieldType.BYTE_ARRAY,
    "double": FieldType.DOUBLE,
    "float": FieldType.FLOAT,
    "int": FieldType.INTEGER,
    "long": FieldType.LONG,
    "map": FieldType.MAP,
    "record": FieldType.MAP,
    "error": FieldType.MAP,
    "null": FieldType.MAP,
}
LOGICAL = {
    ("bytes", "decimal"): FieldType.DECIMAL,
    ("int", "date"): FieldType.DATE,
    ("int", "time-millis"): FieldType.TIME,
    ("long", "time-micros"): FieldType.LONG,
    ("long", "timestamp-millis"): FieldType.DATETIME,
    ("long", "timestamp-micros"): FieldType.LONG,
}
"""The logical types that are known, by the type that they stand on."""


def library() -> Any:
    """The Avro library.

    Raises:
        UnsupportedError: it is missing.
    """
    try:
        import fastavro
    except ImportError:
        raise UnsupportedError(
            "the data format AVRO without its library", "Install it with: pip install 'penstock[formats]'"
        ) from None
    return fastavro


@lru_cache(maxsize=64)
def schema_of(text: str, what: str = "Avro Schema") -> Any:
    """The parsed schema of a JSON text; names in it are full ones.

    Raises:
        InvalidValueError: it is none.
    """
    held = library()
    try:
        return held.parse_schema(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, held.schema.SchemaParseException) as error:
        raise InvalidValueError(what, text[:80], f"an Avro schema ({type(error).__name__}: {error})") from None


def text_of(schema: Any) -> str:
    """A schema as JSON text, without what the library adds."""
    return json.dumps(_public(schema), separators=(",", ":"))


def _public(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_public(each) for each in schema]
    if isinstance(schema, dict):
        return {key: _public(value) for key, value in schema.items() if not key.startswith("__")}
    return schema


def names_of(schema: Any) -> dict[str, Any]:
    """The records, enums and fixed types of a schema by their full name."""
    found: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            if "name" in each and each.get("type") in ("record", "error", "enum", "fixed"):
                found[each["name"]] = each
            waiting.extend(field["type"] for field in each.get("fields", ()))
            waiting.extend(each[key] for key in ("items", "values") if key in each)
            if isinstance(each.get("type"), (dict, list)):
                waiting.append(each["type"])
    return found


def kind_of(schema: Any) -> str:
    """The name of a schema's type; ``union`` for a union."""
    return str(schema.get("type")) if isinstance(schema, dict) else "union" if isinstance(schema, list) else str(schema)


def logical_of(schema: Any) -> str:
    """The logical type of a schema, where it stands on the type that it must; empty otherwise."""
    named = schema.get("logicalType") if isinstance(schema, dict) else None
    return str(named) if (kind_of(schema), named) in LOGICAL else ""


def null_of(schema: Any) -> FieldValue:
    """The null that a schema stands for."""
    kind = LOGICAL.get((kind_of(schema), logical_of(schema))) or _NULLS.get(kind_of(schema))
    return None if kind is None else Null(kind)


def of_field(field: Mapping[str, Any]) -> Any:
    """The type of a record's field; a logical type may stand beside the type as well, as older writers have it."""
    kind = field["type"]
    beside = {name: field[name] for name in ("logicalType", "scale", "precision") if name in field}
    if "logicalType" in beside and (isinstance(kind, str) or (isinstance(kind, dict) and "logicalType" not in kind)):
        return {**(kind if isinstance(kind, dict) else {"type": kind}), **beside}
    return kind
