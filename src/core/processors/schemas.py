"""Schema Generator: the schema of a record for Avro or Parquet, as a header attribute."""

import json
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ..el import EvaluationError
from ..el.coerce import as_text
from ..errors import InvalidValueError
from ..java.kinds import kind_of
from ..plan.model import StagePlan
from ..records.paths import quoted
from ..records.record import Record, own_attributes
from ..records.values import FieldType, FieldValue, Null
from .api import Process, RecordFault, StopFault, Tools, each
from .parquet_text import message_text
from .registry import processor

_PLAIN = {
    FieldType.BOOLEAN: "boolean",
    FieldType.INTEGER: "int",
    FieldType.LONG: "long",
    FieldType.FLOAT: "float",
    FieldType.DOUBLE: "double",
    FieldType.STRING: "string",
    FieldType.BYTE_ARRAY: "bytes",
}
_LOGICAL = {
    FieldType.DATE: ("int", "date"),
    FieldType.TIME: ("int", "time-millis"),
    FieldType.DATETIME: ("long", "timestamp-millis"),
}
_WIDER = {FieldType.SHORT: "int", FieldType.CHAR: "string"}
_READ: dict[str, tuple[str, Callable[[str], Any]]] = {
    "BOOLEAN": ("boolean", lambda text: text.lower() == "true"),
    "INTEGER": ("int", int),
    "LONG": ("long", int),
    "FLOAT": ("float", float),
    "DOUBLE": ("double", float),
    "STRING": ("string", str),
}
_NOTHING = object()
_NAME = re.compile(r"[^\W\d]\w*")


@processor("com_streamsets_pipeline_stage_processor_schemagen_SchemaGeneratorDProcessor")
def schema_generator(plan: StagePlan, tools: Tools) -> Process:
    """Fields become fields of one record; with a cache, records of one key share a schema. That for Parquet goes to
    ``parquetSchema`` unless another attribute than that for Avro is named.

    A name that Avro does not allow and a key that cannot be evaluated end the run.

    Raises:
        InvalidValueError: a type has two defaults (SCHEMA_GEN_0009), or one that it cannot have.
    """
    given = plan.given.under("config.")
    schema = _Schemas(plan)
    attribute = given.text("attributeName", "avroSchema")
    if schema.for_parquet and attribute == "avroSchema":
        attribute = "parquetSchema"
    key_of = tools.evaluate(given.text("cacheKeyExpression")) if given.flag("enableCache") else None
    size = max(1, given.integer("cacheSize", 50))
    cache: OrderedDict[str, str] = OrderedDict()

    def handle(record: Record) -> Record:
        if key_of is None:
            record.attributes.update(own_attributes({attribute: schema.of(record)}))
            return record
        try:
            key = as_text(key_of(record))
        except EvaluationError as error:
            raise StopFault("CTRCMN_0100", f"the key of the cache cannot be evaluated: {error}") from None
        if key not in cache:
            cache[key] = schema.of(record)
            if len(cache) > size:
                cache.popitem(last=False)
        cache.move_to_end(key)
        record.attributes.update(own_attributes({attribute: cache[key]}))
        return record

    return each(handle)


class _Schemas:
    def __init__(self, plan: StagePlan) -> None:
        given = plan.given.under("config.")
        self._given = given
        self.for_parquet = given.text("schemaType", "AVRO") == "PARQUET"
        self._nullable, self._null = given.flag("avroNullableFields"), given.flag("avroDefaultNullable", True)
        self._wider = given.flag("avroExpandTypes")
        self._precision = given.text("precisionAttribute", "precision"), given.integer("defaultPrecision", -1)
        self._scale = given.text("scaleAttribute", "scale"), given.integer("defaultScale", -1)
        self._defaults: dict[str, Any] = {}
        for row in given.rows("avroDefaultTypes"):
            name, read = _READ.get(row.text("avroType"), ("string", str))
            if name in self._defaults:
                raise InvalidValueError("Default Values for Types", name, "one default per type (SCHEMA_GEN_0009)")
            try:
                self._defaults[name] = read(row.text("defaultValue"))
            except ValueError:
                raise InvalidValueError("Default Values for Types", row.text("defaultValue"), f"a {name}") from None

    def of(self, record: Record) -> str:
        """The schema of a record: JSON text for Avro, a message type for Parquet."""
        if not isinstance(record.value, dict):
            kind = kind_of(record.value).name
            raise RecordFault("SCHEMA_GEN_0003", f"the root field is a {kind}; only a map has a schema")
        fields = []
        for name, value in record.value.items():
            if not _NAME.fullmatch(name):
                raise StopFault("SCHEMA_GEN_0010", f"{name!r} is no name in Avro")
            simple = self._simple(f"/{quoted(name)}", record, value)
            field = {"name": name, "type": ["null", simple] if self._nullable else simple}
            default = self._default(simple)
            if default is not _NOTHING:
                field["default"] = default
            fields.append(field)
        made: dict[str, Any] = {"type": "record", "name": self._given.text("schemaName")}
        if self._given.text("avroNamespace"):
            made["namespace"] = self._given.text("avroNamespace")
        made["doc"] = self._given.text("avroDoc")
        made["fields"] = fields
        if self.for_parquet:
            return message_text(made)
        return json.dumps(made, separators=(",", ":"), ensure_ascii=False)

    def _default(self, simple: Any) -> Any:
        if self._nullable:
            return None if self._null else _NOTHING
        name = simple["type"] if isinstance(simple, dict) else simple
        return self._defaults.get(name, _NOTHING)

    def _inner(self, path: str, record: Record, value: FieldValue) -> Any:
        """The schema of an element, with the default beside it, as there is no field to hold it."""
        simple = self._simple(path, record, value)
        made = ["null", simple] if self._nullable else simple
        default = self._default(simple)
        if default is _NOTHING or isinstance(made, list):
            return made
        return {**(made if isinstance(made, dict) else {"type": made}), "defaultValue": default}

    def _simple(self, path: str, record: Record, value: FieldValue) -> Any:
        kind = kind_of(value)
        if kind in _PLAIN:
            return _PLAIN[kind]
        if kind in _LOGICAL:
            base, logical = _LOGICAL[kind]
            return {"type": base, "logicalType": logical}
        if kind is FieldType.DECIMAL:
            precision = self._digits(path, record, *self._precision, least=1)
            scale = self._digits(path, record, *self._scale, least=0)
            return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}
        if kind in _WIDER and self._wider:
            return _WIDER[kind]
        if isinstance(value, Null) or kind not in (FieldType.LIST, FieldType.MAP, FieldType.LIST_MAP):
            if kind in (FieldType.LIST, FieldType.MAP, FieldType.LIST_MAP):
                code = "SCHEMA_GEN_0006" if kind is FieldType.LIST else "SCHEMA_GEN_0008"
                raise RecordFault(code, f"field {path} is empty, so the type of what is in it is unknown")
            raise RecordFault("SCHEMA_GEN_0002", f"field {path} is a {kind.name}, which Avro does not have")
        if isinstance(value, list):
            inner = [self._inner(f"{path}[{at}]", record, item) for at, item in enumerate(value)]
            return {"type": "array", "items": self._same(path, inner, "SCHEMA_GEN_0006", "SCHEMA_GEN_0005")}
        assert isinstance(value, dict)
        inner = [self._inner(f"{path}/{quoted(name)}", record, item) for name, item in value.items()]
        return {"type": "map", "values": self._same(path, inner, "SCHEMA_GEN_0008", "SCHEMA_GEN_0007")}

    def _same(self, path: str, inner: list[Any], empty: str, differs: str) -> Any:
        if not inner:
            raise RecordFault(empty, f"field {path} is empty, so the type of what is in it is unknown")
        if any(each != inner[0] for each in inner):
            raise RecordFault(differs, f"field {path} holds values of different types")
        return inner[0]

    def _digits(self, path: str, record: Record, attribute: str, default: int, *, least: int) -> int:
        text = record.header.field_attributes.get(path, {}).get(attribute, "")
        found = int(text) if text.isascii() and text.lstrip("-").isdigit() else -1
        if found < least:
            found = default
        if found < least:
            raise RecordFault("SCHEMA_GEN_0004", f"field {path} has no {attribute}, and there is no default for it")
        return found
