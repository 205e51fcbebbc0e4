"""Promises about the Schema Generator."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.processors import Out, StopFault
from penstock.core.records.values import Char, Date, FieldType, FieldValue, Float, Long, Null, Short, Time, Zoned

from .conftest import Play

SCHEMAS = "processor_schemagen_SchemaGeneratorDProcessor"


def test_a_schema_for_parquet_is_a_message_type(play: Play) -> None:
    """In an attribute of its own, unless one is named; what may be null is optional."""
    value: FieldValue = {"i": 1, "t": "x", "l": [1.5], "m": {"k": True}, "b": b"", "d": Decimal("1.5")}
    settings = {"config.schemaName": "s", "config.schemaType": "PARQUET"}
    notes = {"/d": {"precision": "2", "scale": "1"}}
    (record,) = play(SCHEMAS, settings, value, notes=notes).lanes[0]
    fields = [
        "required int32 i;",
        "required binary t (UTF8);",
        "required group l (LIST) { repeated group list { required double element; } }",
        "required group m (MAP) { repeated group key_value { required binary key (UTF8); required boolean value; } }",
        "required binary b;",
        "required binary d (DECIMAL(2,1));",
    ]
    assert record.attributes == {"parquetSchema": f"message s {{ {' '.join(fields)} }}"}
    more = {"config.avroNullableFields": True, "config.attributeName": "own"}
    at: FieldValue = {**AT, "f": Float(1.0), "l": [Long(1)]}
    (record,) = play(SCHEMAS, {**settings, **more}, at).lanes[0]
    fields = [
        "optional int32 a (DATE);",
        "optional int32 b (TIME_MILLIS);",
        "optional int64 c (TIMESTAMP_MILLIS);",
        "optional float f;",
        "optional group l (LIST) { repeated group list { optional int64 element; } }",
    ]
    assert record.attributes == {"own": f"message s {{ {' '.join(fields)} }}"}


def schema(out: Out) -> dict[str, object]:
    """The schema in the first record's header."""
    made: dict[str, object] = json.loads(out.lanes[0][0].attributes["avroSchema"])
    return made


def test_the_schema_names_every_field_with_its_type(play: Play) -> None:
    """Maps and lists have the type of what is in them."""
    made = schema(play(SCHEMAS, {"config.schemaName": "s"}, {"a": 1, "b": "x", "c": [1.5], "d": {"k": True}}))
    assert made == {
        "type": "record",
        "name": "s",
        "doc": "",
        "fields": [
            {"name": "a", "type": "int"},
            {"name": "b", "type": "string"},
            {"name": "c", "type": {"type": "array", "items": "double"}},
            {"name": "d", "type": {"type": "map", "values": "boolean"}},
        ],
    }


def test_nullable_fields_are_unions_with_a_null_default(play: Play) -> None:
    """As ``avroNullableFields`` and ``avroDefaultNullable`` say."""
    made = schema(play(SCHEMAS, {"config.schemaName": "s", "config.avroNullableFields": True}, {"a": 1}))
    assert made["fields"] == [{"name": "a", "type": ["null", "int"], "default": None}]


DEFAULTS = [{"avroType": "INTEGER", "defaultValue": "5"}, {"avroType": "STRING", "defaultValue": "x"}]
AT: dict[str, FieldValue] = {
    "a": Date(2020, 1, 1, tzinfo=UTC),
    "b": Time(2020, 1, 1, tzinfo=UTC),
    "c": datetime(2020, 1, 1, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("settings", "value", "types"),
    [
        ({"avroNullableFields": True, "avroDefaultNullable": False}, {"a": 1}, [["null", "int"]]),
        ({"avroExpandTypes": True}, {"a": Short(1), "b": Char("x")}, ["int", "string"]),
        ({"defaultPrecision": 5, "defaultScale": 2}, {"a": Decimal("1.5")}, [(5, 2)]),
        ({"precisionAttribute": "p", "scaleAttribute": "s"}, {"n": Decimal("1.5")}, [(7, 3)]),
        ({}, AT, [("int", "date"), ("int", "time-millis"), ("long", "timestamp-millis")]),
        (
            {"avroNullableFields": True, "avroDefaultNullable": False, "avroExpandTypes": True},
            {"a": [Short(1)]},
            [["null", {"type": "array", "items": ["null", "int"]}]],
        ),
        ({}, {"a": None, "b": Null(FieldType.LONG), "c": b"", "d": True, "e": Float(1.0)}, None),
    ],
)
def test_types_are_those_of_the_settings(
    play: Play, settings: dict[str, object], value: FieldValue, types: list[object] | None
) -> None:
    """Nullable without a default, wider where allowed, digits from attributes or settings, logical types of dates."""
    given = {"config.schemaName": "s", **{f"config.{name}": each for name, each in settings.items()}}
    fields = schema(play(SCHEMAS, given, value, notes={"/n": {"p": "7", "s": "3"}}))["fields"]
    assert isinstance(fields, list)
    assert not any("default" in field for field in fields)
    found = [each["type"] for each in fields]
    shown = [
        (each.get("precision"), each.get("scale"))
        if isinstance(each, dict) and "precision" in each
        else (each["type"], each["logicalType"])
        if isinstance(each, dict)
        else each
        for each in found
    ]
    assert shown == (types or ["string", "long", "bytes", "boolean", "float"])


@pytest.mark.parametrize(
    ("word", "text", "value", "default"),
    [
        ("BOOLEAN", "TRUE", True, True),
        ("BOOLEAN", "yes", True, False),
        ("LONG", "7", Long(1), 7),
        ("FLOAT", "1.5", Float(1.0), 1.5),
        ("DOUBLE", "2.5", 1.0, 2.5),
        ("STRING", "", "x", ""),
    ],
)
def test_defaults_are_read_as_their_type(play: Play, word: str, text: str, value: FieldValue, default: object) -> None:
    """Everything but true is false."""
    rows = [{"avroType": word, "defaultValue": text}]
    made = schema(play(SCHEMAS, {"config.schemaName": "s", "config.avroDefaultTypes": rows}, {"a": value}))
    assert made["fields"][0]["default"] == default  # type: ignore[index]


@pytest.mark.parametrize(
    ("notes", "found"),
    [
        ({"precision": "1", "scale": "0"}, (1, 0)),
        ({"precision": "0", "scale": "1"}, None),
        ({"precision": "5", "scale": "-1"}, None),
        ({"precision": "5", "scale": "-2"}, None),
        ({"precision": "\u0665", "scale": "1"}, None),
        ({"precision": "5"}, None),
    ],
)
def test_digits_of_a_decimal_are_whole_numbers(
    play: Play, notes: dict[str, str], found: tuple[int, int] | None
) -> None:
    """One digit at least, none behind the point; without them, and without a default, there is no schema."""
    settings: dict[str, object] = {"config.schemaName": "s"}
    out = play(SCHEMAS, settings, {"a": Decimal("1.5")}, notes={"/a": notes})
    if found is None:
        assert [each.code for each in out.errors] == ["SCHEMA_GEN_0004"]
        return
    made = schema(out)["fields"][0]["type"]  # type: ignore[index]
    assert made == {"type": "bytes", "logicalType": "decimal", "precision": found[0], "scale": found[1]}


def test_fields_have_the_default_of_their_type(play: Play) -> None:
    """Elements too, beside their type; there is one default for a type."""
    given: dict[str, object] = {"config.schemaName": "s", "config.avroDefaultTypes": DEFAULTS}
    fields = schema(play(SCHEMAS, given, {"a": 1, "b": "y", "c": [2], "d": 1.5}))["fields"]
    assert fields == [
        {"name": "a", "type": "int", "default": 5},
        {"name": "b", "type": "string", "default": "x"},
        {"name": "c", "type": {"type": "array", "items": {"type": "int", "defaultValue": 5}}},
        {"name": "d", "type": "double"},
    ]
    for wrong, told in (([DEFAULTS[0]] * 2, "SCHEMA_GEN_0009"), ([{**DEFAULTS[0], "defaultValue": "y"}], "int")):
        with pytest.raises(InvalidValueError, match=told):
            play(SCHEMAS, {**given, "config.avroDefaultTypes": wrong}, {})


def test_a_schema_has_the_names_of_the_settings(play: Play) -> None:
    """Name space, description, and the attribute that it goes to."""
    settings = {"schemaName": "s", "avroNamespace": "n", "avroDoc": "d", "attributeName": "own"}
    given: dict[str, object] = {f"config.{name}": each for name, each in settings.items()}
    made = json.loads(play(SCHEMAS, given, {"a": 1}).lanes[0][0].attributes["own"])
    assert (made["name"], made["namespace"], made["doc"]) == ("s", "n", "d")


def test_the_schema_of_a_key_is_forgotten_when_there_are_too_many(play: Play) -> None:
    """The one that was not used for longest."""
    settings = {"schemaName": "s", "enableCache": True, "cacheKeyExpression": "${record:value('/k')}", "cacheSize": 2}
    given: dict[str, object] = {f"config.{name}": each for name, each in settings.items()}
    more: FieldValue = {"k": "x", "a": 1}
    made = play(SCHEMAS, given, {"k": "x"}, {"k": "y"}, more, {"k": "z"}, more, {"k": "y", "a": 1}).lanes[0]
    assert [len(json.loads(record.attributes["avroSchema"])["fields"]) for record in made] == [1, 1, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([1], "0003"),
        ({"a": Short(1)}, "0002"),
        ({"a": Zoned(2020, 1, 1, tzinfo=UTC)}, "0002"),
        ({"a": {"x": 1, "y": "s"}}, "0007"),
        ({"a": Null(FieldType.LIST)}, "0006"),
        ({"a": Null(FieldType.MAP)}, "0008"),
        ({"a": Decimal("1.5")}, "0004"),
        ({"a": [1, "x"]}, "0005"),
        ({"a": []}, "0006"),
        ({"a": {}}, "0008"),
    ],
)
def test_what_has_no_schema_is_refused(play: Play, value: object, code: str) -> None:
    """With the original's codes."""
    out = play(SCHEMAS, {"config.schemaName": "s"}, value)
    assert [error.code for error in out.errors] == [f"SCHEMA_GEN_{code}"]


def test_a_name_that_avro_does_not_allow_ends_the_run(play: Play) -> None:
    """As it does where the original builds the schema."""
    with pytest.raises(StopFault, match="SCHEMA_GEN_0010"):
        play(SCHEMAS, {"config.schemaName": "s"}, {"a-b": 1})


def test_records_of_one_key_share_a_schema(play: Play) -> None:
    """Whatever their fields are; a key that cannot be evaluated ends the run."""
    settings = {"config.schemaName": "s", "config.enableCache": True, "config.cacheKeyExpression": "k"}
    one, two = play(SCHEMAS, settings, {"a": 1}, {"b": "x"}).lanes[0]
    assert one.attributes["avroSchema"] == two.attributes["avroSchema"]
    with pytest.raises(StopFault, match="CTRCMN_0100"):
        play(SCHEMAS, {**settings, "config.cacheKeyExpression": "${1 + 'x'}"}, {"a": 1})


def test_an_empty_description_is_written_too(play: Play) -> None:
    """Only one that is not there is left out."""
    (record,) = play(SCHEMAS, {"config.schemaName": "s", "config.avroDoc": ""}, {"a": 1}).lanes[0]
    assert json.loads(record.attributes["avroSchema"])["doc"] == ""


def test_letters_of_any_script_name_avro_fields(play: Play) -> None:
    """As the library of the original has it."""
    (record,) = play(SCHEMAS, {"config.schemaName": "n", "config.attributeName": "s"}, {"\u00e9": 1}).lanes[0]
    assert '"\u00e9"' in record.attributes["s"]
