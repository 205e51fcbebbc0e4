"""Promises about Avro: types, unions, logical types, schemas from everywhere, codecs, and files that lie."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import fastavro
import pytest

from penstock.adapters.engine.formats import avro_container
from penstock.adapters.engine.formats.fault import FormatFault
from penstock.adapters.engine.formats.reading import read_items
from penstock.core.errors import InvalidValueError
from penstock.core.records.record import Header, Record
from penstock.core.records.values import Byte, Date, FieldType, FieldValue, Float, ListMap, Long, Null, Short, Time

from .using import items, records, settings, starts, values, written

FIELDS: list[dict[str, Any]] = [
    {"name": "i", "type": "int"},
    {"name": "l", "type": "long"},
    {"name": "f", "type": "float"},
    {"name": "x", "type": "double"},
    {"name": "b", "type": "boolean"},
    {"name": "s", "type": ["null", "string"]},
    {"name": "y", "type": "bytes"},
    {"name": "fix", "type": {"type": "fixed", "name": "two", "size": 2}},
    {"name": "e", "type": {"type": "enum", "name": "suit", "symbols": ["A", "B"]}},
    {"name": "d", "type": {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}},
    {"name": "day", "type": {"type": "int", "logicalType": "date"}},
    {"name": "time", "type": {"type": "int", "logicalType": "time-millis"}},
    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    {"name": "us", "type": {"type": "long", "logicalType": "timestamp-micros"}},
    {"name": "list", "type": {"type": "array", "items": "int"}},
    {"name": "map", "type": {"type": "map", "values": "long"}},
    {"name": "u", "type": ["int", "string", "long"], "default": 7},
]
SCHEMA = {"type": "record", "name": "r", "fields": FIELDS}
VALUE: dict[str, FieldValue] = {
    "i": 1,
    "l": Long(2),
    "f": Float(0.5),
    "x": 0.25,
    "b": True,
    "s": None,
    "y": b"\x00\xff",
    "fix": b"ab",
    "e": "B",
    "d": Decimal("12.50"),
    "day": Date(2024, 2, 29, tzinfo=UTC),
    "time": Time(1970, 1, 1, 1, 2, 3, tzinfo=UTC),
    "at": datetime(2024, 2, 29, 1, 2, 3, 4000, tzinfo=UTC),
    "us": Long(5),
    "list": [1, 2],
    "map": {"k": Long(9)},
    "u": Long(3),
}


def schema(*fields: dict[str, Any]) -> str:
    """The text of a schema with these fields."""
    return json.dumps({"type": "record", "name": "r", "fields": list(fields)})


def one(kind: object, value: FieldValue, **more: object) -> FieldValue:
    """A field that was written with a type and read again."""
    text = schema({"name": "v", "type": kind})
    found = values("AVRO", written("AVRO", {"v": value}, avroSchema=text, **more))[0]
    assert isinstance(found, dict)
    return found["v"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("codec", ["NULL", "DEFLATE", "BZIP2", "SNAPPY"])
def test_a_file_comes_back_with_its_types_in_every_codec(codec: str) -> None:
    """A record is a list-map; nulls have their type."""
    data = written("AVRO", VALUE, VALUE, avroSchema=json.dumps(SCHEMA), avroCompression=codec)
    first, second = records("AVRO", data)
    assert (type(first.value), first.value) == (ListMap, VALUE)
    assert isinstance(first.value, dict)
    assert [type(first.value[name]) for name in ("l", "f", "day", "time", "u")] == [Long, Float, Date, Time, Long]
    assert second.value == VALUE
    assert starts("AVRO", data)[0].endswith("::1")
    assert starts("AVRO", data)[1].endswith("::2")


def test_a_record_knows_its_schema_its_branches_and_its_logical_types() -> None:
    """In header attributes and field attributes."""
    data = written("AVRO", VALUE, avroSchema=json.dumps(SCHEMA))
    (record,) = records("AVRO", data)
    assert json.loads(record.attributes["avroSchema"])["name"] == "r"
    assert record.attributes["avro.union.typeIndex./u"] == "2"
    assert "avro.union.typeIndex./s" not in record.attributes
    assert record.header.field_attributes["/d"] == {"avro.type": "decimal", "scale": "2", "precision": "6"}
    assert record.header.field_attributes["/at"] == {"avro.type": "timestamp-millis"}
    (skipped,) = records("AVRO", data, avroSkipUnionIndex=True)
    assert list(skipped.attributes) == ["avroSchema"]


def test_nulls_of_an_optional_field_have_its_type() -> None:
    """And decimals their precision, even when they are null."""
    decimal = {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}
    text = schema({"name": "d", "type": ["null", decimal]}, {"name": "l", "type": ["null", "long"]})
    (record,) = records("AVRO", written("AVRO", {"d": None, "l": None}, avroSchema=text))
    assert record.value == {"d": Null(FieldType.DECIMAL), "l": Null(FieldType.LONG)}
    assert record.header.field_attributes["/d"] == {"scale": "2", "precision": "4"}
    assert one("null", None) == Null(FieldType.MAP)


def test_paths_of_unions_lead_through_lists_and_maps() -> None:
    """With indexes and names."""
    union = ["string", {"type": "record", "name": "in", "fields": [{"name": "a", "type": ["null", "int"]}]}]
    text = schema({"name": "l", "type": {"type": "array", "items": union}})
    (record,) = records("AVRO", written("AVRO", {"l": ["x", {"a": 1}]}, avroSchema=text))
    assert record.value == {"l": ["x", {"a": 1}]}
    named = {name: at for name, at in record.attributes.items() if name != "avroSchema"}
    start = "avro.union.typeIndex."
    assert named == {f"{start}/l[0]": "0", f"{start}/l[1]": "1", f"{start}/l[1]/a": "1"}


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        (2424.5, "float", Float(2424.5)),
        (2424.2424, "string", "2424.2424"),
        (Long(2424), "int", 2424),
        (Long(1 << 32), "int", 0),
        (2424, "string", "2424"),
        (2424, "double", 2424.0),
        (Decimal("2424"), "int", 2424),
        (Decimal("-1.5"), "string", "-1.5"),
        ("2424.25", "double", 2424.25),
        ("-12345678912345", "long", Long(-12345678912345)),
        ("true", "boolean", True),
        (datetime(1970, 1, 2, tzinfo=UTC), "long", Long(86_400_000)),
    ],
)
def test_fields_of_other_types_are_converted(value: FieldValue, kind: str, wanted: FieldValue) -> None:
    """By the rules of fields."""
    found = one(kind, value)
    assert (type(found), found) == (type(wanted), wanted)


@pytest.mark.parametrize(
    ("value", "kind", "logical", "wanted"),
    [
        (Byte(31), "bytes", "decimal", b"\x016"),
        (Date(1970, 1, 2, tzinfo=UTC), "int", "date", 1),
        (Date(1970, 1, 2, tzinfo=UTC), "int", "time-millis", 86_400_000),
        (Date(1970, 1, 2, tzinfo=UTC), "long", "timestamp-millis", Long(86_400_000)),
    ],
)
def test_a_logical_type_may_stand_beside_the_type(
    value: FieldValue, kind: str, logical: str, wanted: FieldValue
) -> None:
    """It is written so; read, it is what it stands on."""
    text = schema({"name": "v", "type": kind, "logicalType": logical, "scale": 1})
    assert values("AVRO", written("AVRO", {"v": value}, avroSchema=text)) == [{"v": wanted}]


def test_decimals_get_the_scale_of_the_schema() -> None:
    """Unless that would round them."""
    decimal = {"type": "bytes", "logicalType": "decimal", "precision": 40, "scale": 5}
    assert str(one(decimal, Decimal("1.10"))) == "1.10000"
    assert one(decimal, Decimal("-123456789012345678901234567890.5")) == Decimal(
        "-123456789012345678901234567890.50000"
    )
    with pytest.raises(FormatFault, match="AVRO_GENERATOR_06"):
        one(decimal, Decimal("1.1234567"))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ({"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}, Decimal("12.01")),
        ({"type": "int", "logicalType": "date"}, Date(2024, 2, 29, tzinfo=UTC)),
        ({"type": "array", "items": "int"}, [1, 2]),
        ({"type": "map", "values": "int"}, {"k": 1}),
        ({"type": "enum", "name": "suit", "symbols": ["A", "B"]}, "B"),
        ({"type": "fixed", "name": "two", "size": 2}, b"ab"),
    ],
    ids=["decimal", "date", "array", "map", "enum", "fixed"],
)
def test_an_optional_field_may_be_of_any_type(kind: object, value: FieldValue) -> None:
    """Also of one that has more than a name."""
    assert one(["null", kind], value) == value


def test_a_map_of_one_tells_the_branch_of_a_union() -> None:
    """As Avro writes unions in JSON: the name of a record around what it holds."""
    first = {"type": "record", "name": "far.first", "fields": [{"name": "a", "type": "int"}]}
    second = {"type": "record", "name": "second", "fields": [{"name": "b", "type": "int"}]}
    assert one([first, second], {"second": {"b": 1}}) == one([first, second], {"b": 1}) == {"b": 1}
    assert one([first, second], {"far.first": {"a": 1}}) == one([first, second], {"first": {"a": 1}}) == {"a": 1}


def test_bare_messages_need_the_schema_given() -> None:
    """Without a container nothing tells the schema; several may follow each other."""
    text = json.dumps(SCHEMA)
    data = written("AVRO", VALUE, VALUE, avroSchema=text, includeSchema=False)
    assert values("AVRO", data, avroSchemaSource="INLINE", avroSchema=text) == [VALUE, VALUE]
    assert values("AVRO", data) == ["AVRO_PARSER_00"]


def test_messages_have_bytes() -> None:
    """Otherwise there would be no end of them."""
    found = read_items(io.BytesIO(b"\0"), "AVRO", settings(avroSchemaSource="INLINE", avroSchema='"null"'))
    with pytest.raises(FormatFault, match="AVRO_PARSER_01.*without any bytes"):
        next(found)


def test_a_file_is_read_with_the_schema_that_is_given() -> None:
    """Fields that it lacks are left out, new ones have their default."""
    data = written(
        "AVRO", {"a": 1, "b": "x"}, avroSchema=schema({"name": "a", "type": "int"}, {"name": "b", "type": "string"})
    )
    wanted = schema({"name": "b", "type": "string"}, {"name": "c", "type": "long", "default": 5})
    assert values("AVRO", data, avroSchemaSource="INLINE", avroSchema=wanted) == [{"b": "x", "c": Long(5)}]
    other = schema({"name": "z", "type": "int"})
    assert values("AVRO", data, avroSchemaSource="INLINE", avroSchema=other) == ["AVRO_PARSER_01"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"i": "none"}, "AVRO_GENERATOR_05"),
        ({"s": {"a": 1}}, "AVRO_GENERATOR_05"),
        ({"b": []}, "AVRO_GENERATOR_05"),
        ({"list": "x"}, "AVRO_GENERATOR_05"),
        ({"e": "Z"}, "AVRO_GENERATOR_05"),
        ({"u": 1.5}, "CMN_0106"),
        ({"u": Short(1)}, "CMN_0106"),
        ({"i": None}, "AVRO_GENERATOR_01"),
    ],
)
def test_a_record_that_does_not_fit_its_schema_has_a_code(change: dict[str, FieldValue], code: str) -> None:
    """And a field that is missing without a default another."""
    with pytest.raises(FormatFault, match=code):
        written("AVRO", {**VALUE, **change}, avroSchema=json.dumps(SCHEMA))
    with pytest.raises(FormatFault, match="AVRO_GENERATOR_00"):
        written("AVRO", {"i": 1}, avroSchema=json.dumps(SCHEMA))


def test_a_field_that_is_not_there_or_null_gets_the_default() -> None:
    """Of a union, of a record, of bytes."""
    inner = {"type": "record", "name": "in", "fields": [{"name": "y", "type": "bytes", "default": "\u00ff"}]}
    text = schema(
        {"name": "u", "type": ["int", "string"], "default": 7},
        {"name": "s", "type": "string", "default": "x"},
        {"name": "in", "type": inner},
    )
    assert values("AVRO", written("AVRO", {"s": None, "in": {}}, avroSchema=text)) == [
        {"u": 7, "s": "x", "in": {"y": b"\xff"}}
    ]


def test_the_schema_may_be_in_a_header() -> None:
    """The same for all records of a file."""

    def record(kind: str | None) -> Record:
        attributes = {} if kind is None else {"avroSchema": schema({"name": "v", "type": kind})}
        return Record({"v": 1}, Header(attributes=attributes))

    more = {"avroSchemaSource": "HEADER"}
    assert values("AVRO", written("AVRO", record("int"), record("int"), **more)) == [{"v": 1}, {"v": 1}]
    for second, code in ((None, "03"), ("long", "04")):
        with pytest.raises(FormatFault, match=f"AVRO_GENERATOR_{code}"):
            written("AVRO", record("int"), record(second), **more)
    with pytest.raises(FormatFault, match="AVRO_GENERATOR_02"):
        written("AVRO", record("none"), **more)


def test_what_cannot_be_is_said_at_the_start() -> None:
    """A schema that is none, a registry, a codec that there is not."""
    with pytest.raises(InvalidValueError, match="an Avro schema.*DATA_FORMAT_300"):
        written("AVRO", avroSchema="{")
    deep: FieldValue = 1
    for _ in range(700):
        deep = [deep]
    node = (
        '{"type": "record", "name": "n", "fields": [{"name": "a", "type": ["null", {"type": "array", "items": "n"}]}]}'
    )
    with pytest.raises(FormatFault, match="AVRO_GENERATOR_05"):
        written("AVRO", {"a": deep}, avroSchema=node)
    with pytest.raises(InvalidValueError, match="SNAPPY"):
        written("AVRO", avroSchema='"int"', avroCompression="SNAPY")
    with pytest.raises(InvalidValueError, match="asks no registry"):
        written("AVRO", avroSchemaSource="REGISTRY")
    with pytest.raises(InvalidValueError, match="asks no registry"):
        items("AVRO", b"", avroSchemaSource="REGISTRY")


def test_files_of_another_writer_are_read() -> None:
    """Here those of the library, with a recursive schema."""
    node = {
        "type": "record",
        "name": "n",
        "fields": [{"name": "v", "type": "int"}, {"name": "next", "type": ["null", "n"]}],
    }
    out = io.BytesIO()
    fastavro.writer(out, fastavro.parse_schema(node), [{"v": 1, "next": {"v": 2, "next": None}}], codec="deflate")
    assert values("AVRO", out.getvalue()) == [{"v": 1, "next": {"v": 2, "next": Null(FieldType.MAP)}}]
    deep: Any = None
    for _ in range(300):
        deep = {"v": 1, "next": deep}
    out = io.BytesIO()
    fastavro.writer(out, fastavro.parse_schema(node), [deep])
    assert values("AVRO", out.getvalue()) == ["AVRO_PARSER_01"]


def container(schema_text: str, count: int, data: bytes, codec: str = "null") -> bytes:
    """A file with one block that says what it likes."""

    def long(value: int) -> bytes:
        value = (value << 1) ^ (value >> 63)
        made = b""
        while value > 0x7F:
            made += bytes([value & 0x7F | 0x80])
            value >>= 7
        return made + bytes([value])

    facts = {"avro.schema": schema_text.encode(), "avro.codec": codec.encode()}
    meta = b"".join(long(len(name)) + name.encode() + long(len(fact)) + fact for name, fact in facts.items())
    sync = b"0123456789abcdef"
    return b"Obj\x01" + long(len(facts)) + meta + long(0) + sync + long(count) + long(len(data)) + data + sync


@pytest.mark.parametrize(
    "data",
    [
        container('"null"', 1 << 60, b""),
        container('{"type": "array", "items": "null"}', 1, b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f"),
        container('"bytes"', 1, b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f"),
        container('"int"', 1, b"\xff" * 30),
        container('["null", "int"]', 1, b"\x08"),
        container('"int"', 1, b"\x00", "lzma"),
        container("not a schema", 1, b"\x00"),
        container('"int"', 1, b"\x00")[:-3],
        b"Obj\x01" + b"\xff" * 50,
    ],
    ids=["records", "items", "bytes", "number", "branch", "codec", "schema", "short", "facts"],
)
def test_a_file_that_lies_ends_in_a_fault(data: bytes) -> None:
    """Before anything is done in the measure of what it claims."""
    found = values("AVRO", data)
    assert found[-1] == "AVRO_PARSER_01"
    assert len(found) < 3


def test_a_block_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In every codec."""
    text = schema({"name": "y", "type": "bytes"})
    value: FieldValue = {"y": b"0" * 100_000}
    packed = [written("AVRO", value, avroSchema=text, avroCompression=each) for each in ("DEFLATE", "BZIP2", "SNAPPY")]
    monkeypatch.setattr(avro_container, "MAX_BLOCK", 50_000)
    assert [values("AVRO", data) for data in packed] == [["AVRO_PARSER_01"]] * 3


def test_the_schema_in_the_header_has_one_order_and_short_names() -> None:
    """As the original writes it, whatever the order and the names in the schema that was given."""
    inner = {"symbols": ["A"], "name": "far.E", "type": "enum", "doc": "ü"}
    fields: list[object] = [
        {"default": "A", "type": inner, "name": "e", "order": "DESCENDING", "more": 1},
        {"name": "f", "type": ["null", "far.E", "near.R"], "order": "ascending", "aliases": ["old"]},
        {"name": "d", "type": {"precision": 4, "logicalType": "decimal", "scale": 2, "type": "bytes"}},
        {"name": "i", "type": {"type": "array", "items": {"type": "int"}}},
    ]
    given = {"fields": fields, "type": "record", "name": "R", "namespace": "near", "aliases": ["near.Q"]}
    data = written("AVRO", {"e": "A", "f": None, "d": Decimal(1), "i": []}, avroSchema=json.dumps(given))
    (item,) = items("AVRO", data)
    assert isinstance(item.value, Record)
    assert item.value.attributes["avroSchema"] == (
        '{"type":"record","name":"R","namespace":"near","fields":['
        '{"name":"e","type":{"type":"enum","name":"E","namespace":"far","doc":"ü","symbols":["A"]},"default":"A",'
        '"order":"descending","more":1},'
        '{"name":"f","type":["null","far.E","R"],"aliases":["old"]},'
        '{"name":"d","type":{"type":"bytes","precision":4,"logicalType":"decimal","scale":2}},'
        '{"name":"i","type":{"type":"array","items":"int"}}],"aliases":["Q"]}'
    )


@pytest.mark.parametrize(
    ("kind", "default"),
    [("int", True), (["null", "int"], 5), (["int", "null"], None), ({"type": "array", "items": "int"}, ["x"])],
)
def test_a_default_of_another_type_is_refused_at_the_start(kind: object, default: object) -> None:
    """In a schema to write with; of a union the first type counts."""
    text = schema({"name": "v", "type": kind, "default": default})
    with pytest.raises(InvalidValueError, match="DATA_FORMAT_300"):
        written("AVRO", avroSchema=text)
    record = Record({}, Header(attributes={"avroSchema": text}))
    with pytest.raises(FormatFault, match="AVRO_GENERATOR_02"):
        written("AVRO", record, avroSchemaSource="HEADER")


def test_a_date_fits_no_number_of_a_union_and_a_map_no_list() -> None:
    with pytest.raises(FormatFault, match="CMN_0106"):
        one(["null", "long", "double"], Date(2024, 2, 29, tzinfo=UTC))
    with pytest.raises(FormatFault, match="AVRO_GENERATOR_05"):
        one({"type": "array", "items": "int"}, {"a": 1})
    assert one({"type": "array", "items": "int"}, ListMap(a=1)) == [1]
