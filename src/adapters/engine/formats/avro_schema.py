"""Avro schemas: read once, with their names, and what they say of logical types."""

import json
from collections.abc import Iterator, Mapping
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
def schema_of(text: str, what: str = "Avro Schema", code: str = "") -> Any:
    """The parsed schema of a JSON text; names in it are full ones. ``code`` is that of a text that is none.

    Raises:
        InvalidValueError: it is none.
    """
    held = library()
    try:
        return held.parse_schema(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, held.schema.SchemaParseException) as error:
        wanted = f"an Avro schema ({type(error).__name__}: {error})" + (f" ({code})" if code else "")
        raise InvalidValueError(what, text[:80], wanted) from None


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


def unfit_defaults(schema: Any) -> Iterator[str]:
    """The fields with a default that is of another type; of a union counts the first."""
    names = names_of(schema)
    waiting, seen = [schema, *names.values()], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            for field in each.get("fields", ()):
                waiting.append(field["type"])
                if "default" in field and not _fits(field["type"], field["default"], names, 0):
                    yield str(field["name"])
            waiting.extend(each[key] for key in ("items", "values", "type") if isinstance(each.get(key), (dict, list)))


_DEFAULTS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("string", "bytes", "enum", "fixed"), (str,)),
    **dict.fromkeys(("int", "long", "float", "double"), (int, float)),
    "boolean": (bool,),
    "null": (type(None),),
    "array": (list,),
    **dict.fromkeys(("map", "record", "error"), (dict,)),
}


def _fits(schema: Any, value: Any, names: Mapping[str, Any], depth: int) -> bool:
    schema = names.get(schema, schema) if isinstance(schema, str) else schema
    if depth > MAX_SCHEMA_DEPTH:
        return False
    if isinstance(schema, list):
        return bool(schema) and _fits(schema[0], value, names, depth + 1)
    kind = kind_of(schema)
    if isinstance(schema, dict) and isinstance(schema["type"], (dict, list)):
        return _fits(schema["type"], value, names, depth + 1)
    wanted = _DEFAULTS.get(kind)
    if wanted and type(value) not in wanted:
        return False
    if kind == "array":
        return all(_fits(schema["items"], each, names, depth + 1) for each in value)
    if kind == "map":
        return all(_fits(schema["values"], each, names, depth + 1) for each in value.values())
    if kind in ("record", "error"):
        held = ((each["type"], value.get(each["name"], each.get("default"))) for each in schema["fields"])
        return all(_fits(kind, each, names, depth + 1) for kind, each in held)
    return True


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
