"""Promises about the XML stages, the Schema Generator and the Windowing Aggregator."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError
from penstock.core.plan import Given, StagePlan
from penstock.core.plan.unfit import UnfitError
from penstock.core.processors import Out, StopFault, Tools, find
from penstock.core.records.record import Header, Record
from penstock.core.records.values import Char, Date, FieldType, FieldValue, Float, Long, Null, Short, Time, Zoned
from penstock.core.values import JsonMap, freeze

from .conftest import PREFIX, Play
from .given import codes

PARSER = "processor_xmlparser_XmlParserDProcessor"
FLATTENER = "processor_xmlflattener_XMLFlatteningDProcessor"
SCHEMAS = "processor_schemagen_SchemaGeneratorDProcessor"
WINDOWS = "processor_aggregation_AggregationDProcessor"
XML = "<root><msg><t>1</t></msg><msg><t>2</t></msg></root>"


def parser(**more: object) -> dict[str, object]:
    """The settings of an XML Parser over /x."""
    return {"configs.fieldPathToParse": "/x", "configs.parsedFieldPath": "/x"} | {
        f"configs.{k}": v for k, v in more.items()
    }


@pytest.mark.parametrize(
    ("several", "values"),
    [
        ("FIRST_ONLY", [{"x": {"t": [{"value": "1"}]}}]),
        ("ALL_AS_LIST", [{"x": [{"t": [{"value": "1"}]}, {"t": [{"value": "2"}]}]}]),
        ("SPLIT_INTO_MULTIPLE_RECORDS", [{"x": {"t": [{"value": "1"}]}}, {"x": {"t": [{"value": "2"}]}}]),
    ],
)
def test_the_parser_gives_one_all_or_a_record_each(play: Play, several: str, values: list[object]) -> None:
    """As ``multipleValuesBehavior`` says."""
    out = play(PARSER, parser(xmlRecordElement="msg", multipleValuesBehavior=several), {"x": XML})
    assert [record.value for record in out.lanes[0]] == values


def test_the_parser_drops_records_without_the_field_and_refuses_broken_text(play: Play) -> None:
    """Missing is dropped, broken is XMLP_01, no result is a null."""
    out = play(PARSER, parser(xmlRecordElement="none"), {"y": 1}, {"x": "<a>"}, {"x": XML})
    assert [error.code for error in out.errors] == ["XMLP_01"]
    assert [record.value for record in out.lanes[0]] == [{"x": None}]


def test_the_parser_knows_name_spaces_and_leaves_control_characters_out(play: Play) -> None:
    """Prefixes are those of the settings; a path that is none is refused at the start."""
    text = "<r xmlns='u'><m>a\x01b</m></r>"
    found = parser(xmlRecordElement="/n:r/n:m", xPathNamespaceContext=[{"key": "n", "value": "u"}])
    assert codes(play(PARSER, found, {"x": text})) == ["XMLP_01"]
    assert play(PARSER, {**found, "configs.removeCtrlChars": True}, {"x": text}).lanes[0][0].value == {
        "x": {"value": "ab"}
    }
    with pytest.raises(InvalidValueError):
        play(PARSER, parser(xmlRecordElement="/r[x"))


@pytest.mark.parametrize(
    ("more", "paths"),
    [
        ({"multipleValuesBehavior": "ALL_AS_LIST"}, ["/x[0]", "/x[1]"]),
        ({"multipleValuesBehavior": "SPLIT_INTO_MULTIPLE_RECORDS"}, ["/x"]),
        ({"parsedFieldPath": "/"}, [""]),
    ],
)
def test_attributes_of_elements_are_where_the_elements_are(
    play: Play, more: dict[str, object], paths: list[str]
) -> None:
    """Of every element of a list."""
    settings = parser(xmlRecordElement="m", outputFieldAttributes=True, **more)
    out = play(PARSER, settings, {"x": "<r><m k='1'>x</m><m k='2'>y</m></r>"})
    (first, *_) = out.lanes[0]
    assert [first.notes[path]["xmlAttr:k"] for path in paths] == ["1", "2"][: len(paths)]


def flattener(**more: object) -> dict[str, object]:
    """The settings of an XML Flattener over /x."""
    return {"fromField": "/x", "recordDelimiter": "msg", "fieldDelimiter": ".", "attrDelimiter": "#", **more}


def test_the_flattener_makes_a_record_per_element_and_counts_siblings(play: Play) -> None:
    """Attributes, namespaces and texts are flat names; only repeated siblings are counted."""
    text = "<r><msg id='7'><t>1</t><t>2</t><u xmlns='http://u'>3</u></msg><msg/></r>"
    out = play(FLATTENER, flattener(keepOriginalFields=False), {"x": text, "k": 1})
    first, second = (record.value for record in out.lanes[0])
    assert first == {"msg#id": "7", "msg.t(0)": "1", "msg.t(1)": "2", "msg.u#xmlns": "http://u", "msg.u": "3"}
    assert second == {}
    assert [record.header.source_id for record in out.lanes[0]] == ["r0_1", "r0_2"]


def test_the_flattener_keeps_fields_and_overwrites_only_on_request(play: Play) -> None:
    """An existing field of the same name stays unless new ones may overwrite."""
    old = {"x": "<msg>new</msg>", "msg": "old"}
    kept = play(FLATTENER, flattener(keepOriginalFields=True), old).lanes[0][0].value
    new = play(FLATTENER, flattener(keepOriginalFields=True, newFieldOverwrites=True), old).lanes[0][0].value
    assert isinstance(kept, dict)
    assert isinstance(new, dict)
    assert (kept["msg"], new["msg"]) == ("old", "new")


@pytest.mark.parametrize("place", ["/o", "o"])
def test_flat_fields_can_stand_in_a_field_of_their_own(play: Play, place: str) -> None:
    """It is made where it is not there."""
    out = play(FLATTENER, flattener(outputField=place), {"x": "<msg><t>1</t></msg>"}, {"x": "<msg/>", "o": {"k": 1}})
    assert [record.value for record in out.lanes[0]] == [
        {"x": "<msg><t>1</t></msg>", "o": {"msg.t": "1"}},
        {"x": "<msg/>", "o": {"k": 1}},
    ]


def test_without_a_record_element_the_document_is_one_record(play: Play) -> None:
    """Names lead from its root."""
    text = "<root><child><leaf>1</leaf></child><child/><o>2</o></root>"
    out = play(FLATTENER, flattener(recordDelimiter="", keepOriginalFields=False), {"x": text})
    assert [record.value for record in out.lanes[0]] == [{"root.child(0).leaf": "1", "root.o": "2"}]


def test_record_elements_are_found_at_every_depth(play: Play) -> None:
    """In the order in which their parents begin; many siblings are counted as few are."""
    text = "<r><a><msg>1</msg></a><msg>2</msg></r>"
    out = play(FLATTENER, flattener(keepOriginalFields=False), {"x": text})
    assert [record.value for record in out.lanes[0]] == [{"msg": "2"}, {"msg": "1"}]
    many = "<msg>" + "<t>x</t>" * 1500 + "<u>y</u></msg>"
    (record,) = play(FLATTENER, flattener(keepOriginalFields=False), {"x": many}).lanes[0]
    assert isinstance(record.value, dict)
    assert (len(record.value), record.value["msg.t(1499)"], record.value["msg.u"]) == (1501, "x", "y")


def test_a_root_that_is_no_map_takes_no_fields(play: Play) -> None:
    """Unless it is given up."""
    whole = flattener(fromField="/")
    refused = play(FLATTENER, whole, "<msg>1</msg>")
    assert (codes(refused), refused.lanes) == (["CMN_0100"], [[]])
    (record,) = play(FLATTENER, {**whole, "keepOriginalFields": False}, "<msg>1</msg>").lanes[0]
    assert record.value == {"msg": "1"}


@pytest.mark.parametrize(
    ("value", "code"), [({"x": 1}, "CMN_0100"), ({"x": "<a"}, "DATA_FORMAT_303"), ({"x": None}, "DATA_FORMAT_303")]
)
def test_the_flattener_refuses_what_is_no_xml_text(play: Play, value: dict[str, object], code: str) -> None:
    """With the original's codes."""
    assert [error.code for error in play(FLATTENER, flattener(), value).errors] == [code]


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


def windows(now: list[int], **more: object) -> tuple[object, Tools]:
    """An aggregator whose clock is the last number of a list."""
    rows = [
        {"enabled": True, "aggregationName": "n", "aggregationFunction": "COUNT"},
        {
            "enabled": True,
            "aggregationName": "by",
            "aggregationFunction": "AVG_DOUBLE",
            "aggregationExpression": "${record:value('/v')}",
            "groupBy": True,
            "groupByExpression": "${record:value('/g')}",
            "filter": True,
            "filterPredicate": "${record:value('/v') > 0}",
        },
    ]
    settings = {"config.aggregatorConfigs": rows} | {f"config.{name}": value for name, value in more.items()}
    frozen = freeze(settings)
    assert isinstance(frozen, JsonMap)
    plan = StagePlan("S_01", PREFIX + WINDOWS, StageType.PROCESSOR, given=Given(frozen), outputs=("out",))
    tools = Tools(plan, lambda: now[-1], lambda: 0.5, lambda: "id", scope=Scope())
    build = find(plan.kind)
    assert build is not None
    return build(plan, tools), tools


def batch(*values: tuple[str, float]) -> list[Record]:
    """Records with a group and a value."""
    return [Record({"g": group, "v": value}, Header()) for group, value in values]


def test_a_rolling_window_tells_what_it_saw_when_it_closes() -> None:
    """Records pass; the event comes with the first batch behind the end of the window, and at the end of the run."""
    now = [1_000]
    stage, _ = windows(now, timeWindow="TW_5S", eventRecordWithTextField=False)
    first, second, last = Out(1), Out(1), Out(1)
    stage(batch(("a", 1.0), ("a", 3.0), ("b", -1.0)), first)  # type: ignore[operator]
    assert (len(first.lanes[0]), first.events) == (3, [])
    now.append(5_000)
    stage(batch(("b", 2.0)), second)  # type: ignore[operator]
    (event,) = second.events
    assert event.attributes["sdc.event.type"] == "ROLLING.window.all.aggregators"
    average = {"name": "a", "count": 2, "total": 4.0, "average": 2.0}
    assert event.value == [
        {"name": "n", "time": 5_000, "aggregatable": {"name": "n", "count": 3}},
        {"name": "by", "time": 5_000, "aggregatable": {"name": "by", "groups": {"a": average}}},
    ]
    stage.close(last)  # type: ignore[attr-defined]
    assert isinstance(last.events[0].value, list)
    assert last.events[0].value[0]["aggregatable"]["count"] == 1  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    ("of_all", "each", "kinds"),
    [
        (True, False, ["ROLLING.window.all.aggregators"]),
        (False, True, ["ROLLING.window.aggregator"] * 2),
        (True, True, ["ROLLING.window.all.aggregators", *["ROLLING.window.aggregator"] * 2]),
        (False, False, []),
    ],
)
def test_results_are_told_together_or_one_by_one(of_all: bool, each: bool, kinds: list[str]) -> None:
    """As the settings say; as text unless fields are wanted."""
    stage, _ = windows([1_000], allAggregatorsEvent=of_all, perAggregatorEvents=each)
    out = Out(1)
    stage.close(out)  # type: ignore[attr-defined]
    assert [event.attributes["sdc.event.type"] for event in out.events] == kinds
    assert all(isinstance(event.value, str) for event in out.events)


@pytest.mark.parametrize(
    ("word", "ends"),
    [
        ("TW_5S", "2024-05-17T10:20:35"),
        ("TW_1M", "2024-05-17T10:21:00"),
        ("TW_10M", "2024-05-17T10:30:00"),
        ("TW_6H", "2024-05-17T12:00:00"),
        ("TW_1D", "2024-05-18T00:00:00"),
    ],
)
@pytest.mark.parametrize(("zone", "hours"), [("UTC", 0), ("Asia/Tokyo", 9)])
def test_windows_close_at_full_times(word: str, ends: str, zone: str, hours: int) -> None:
    """Of the zone that is set."""
    at = datetime(2024, 5, 17, 10, 20, 33, tzinfo=UTC) - timedelta(hours=hours)
    now = [int(at.timestamp() * 1000)]
    stage, _ = windows(now, timeWindow=word, timeZoneID=zone)
    now.append(now[0] + 86_400_000)
    out = Out(1)
    stage([], out)  # type: ignore[operator]
    (first, *_) = [json.loads(str(event.value))[0]["time"] for event in out.events]
    assert first == int((datetime.fromisoformat(f"{ends}+00:00") - timedelta(hours=hours)).timestamp() * 1000)


def test_aggregations_that_are_off_count_nothing() -> None:
    """They are not told of."""
    rows = [{"enabled": on, "aggregationName": str(on), "aggregationFunction": "COUNT"} for on in (True, False)]
    stage, _ = windows([1_000], aggregatorConfigs=rows)
    out = Out(1)
    stage.close(out)  # type: ignore[attr-defined]
    assert [each["name"] for each in json.loads(str(out.events[0].value))] == ["True"]


def test_a_sliding_window_joins_its_parts() -> None:
    """A minute is made of twelve times five seconds."""
    now = [1_000]
    stage, _ = windows(now, windowType="SLIDING", windowLength="TW_1M")
    counts: list[int] = []
    for _ in range(14):
        out = Out(1)
        stage(batch(("a", 1.0)), out)  # type: ignore[operator]
        counts += [json.loads(str(event.value))[0]["aggregatable"]["count"] for event in out.events]
        now.append(now[-1] + 5_000)
    assert counts == [*range(1, 13), 12]


@pytest.mark.parametrize(
    ("function", "facts"),
    [
        ("SUM_DOUBLE", {"sum": 10.0}),
        ("MIN_DOUBLE", {"min": -1.0}),
        ("MAX_DOUBLE", {"max": 6.0}),
        ("AVG_DOUBLE", {"count": 4, "total": 10.0, "average": 2.5}),
        ("STD_DEV", {"count": 4, "total": 10.0, "totalSquare": 50.0}),
    ],
)
def test_what_is_known_of_parts_is_joined(function: str, facts: dict[str, object]) -> None:
    """Sums are added, the least and the most are those of all parts, whichever of them had it."""
    now = [1_000]
    row = {"enabled": True, "aggregationName": "n", "aggregationFunction": function}
    rows = [{**row, "aggregationExpression": "${record:value('/v')}"}]
    stage, _ = windows(now, windowType="SLIDING", windowLength="TW_1M", aggregatorConfigs=rows)
    for part in ((2.0,), (-1.0, 6.0), (), (3.0,)):
        stage(batch(*(("a", value) for value in part)), Out(1))  # type: ignore[operator]
        now.append(now[-1] + 5_000)
    out = Out(1)
    stage([], out)  # type: ignore[operator]
    (told,) = json.loads(str(out.events[0].value))
    assert facts.items() <= told["aggregatable"].items()


@pytest.mark.parametrize(
    ("word", "seconds"),
    [
        ("TW_1M", 5),
        ("TW_5M", 5),
        ("TW_10M", 10),
        ("TW_30M", 30),
        ("TW_1H", 60),
        ("TW_6H", 300),
        ("TW_12H", 600),
        ("TW_1D", 1200),
    ],
)
def test_a_sliding_window_is_told_of_at_the_end_of_every_part(word: str, seconds: int) -> None:
    """How long a part is goes with the window."""
    now = [0]
    stage, _ = windows(now, windowType="SLIDING", windowLength=word)
    times: list[int] = []
    for at_ms in (seconds * 1000 - 1, seconds * 1000, seconds * 2000 - 1, seconds * 2000):
        now.append(at_ms)
        out = Out(1)
        stage([], out)  # type: ignore[operator]
        times += [json.loads(str(event.value))[0]["time"] for event in out.events]
    assert times == [seconds * 1000, seconds * 2000]


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


def aggregated(function: str, expression: str, *values: float, **more: object) -> dict[str, object]:
    """What one function makes of the values of a window."""
    now = [1_000]
    row = {"enabled": True, "aggregationName": "n", "aggregationFunction": function}
    stage, _ = windows(
        now, aggregatorConfigs=[{**row, "aggregationExpression": expression}], timeWindow="TW_5S", **more
    )
    stage(batch(*(("a", value) for value in values)), Out(1))  # type: ignore[operator]
    out = Out(1)
    stage.close(out)  # type: ignore[attr-defined]
    (told,) = json.loads(str(out.events[0].value))
    found: dict[str, object] = told["aggregatable"]
    return found


@pytest.mark.parametrize(
    ("function", "values", "facts"),
    [
        ("COUNT", (5.0, 6.0), {"count": 2}),
        ("SUM_DOUBLE", (1.5, 2.0), {"sum": 3.5, "count": 2.0}),
        ("SUM_INTEGER", (1.5, 2.0), {"sum": 3, "count": 2.0}),
        ("MIN_DOUBLE", (1.5, -2.0), {"min": -2.0}),
        ("MAX_INTEGER", (1.5, -2.0), {"max": 1}),
        ("AVG_DOUBLE", (1.0, 2.0), {"count": 2, "total": 3.0, "average": 1.5}),
        ("AVG_INTEGER", (1.0, 2.0), {"count": 2, "total": 3, "average": 2}),
        ("AVG_INTEGER", (2.0, 3.0), {"count": 2, "total": 5, "average": 2}),
        ("STD_DEV", (1.0, 3.0), {"count": 2, "total": 4.0, "totalSquare": 10.0, "stdDev": 2.0**0.5}),
        ("STD_DEV", (1.0,), {"count": 1, "total": 1.0, "totalSquare": 1.0, "stdDev": -1.0}),
        ("SUM_DOUBLE", (), {"sum": 0.0, "count": 0.0}),
        ("SUM_INTEGER", (), {"sum": 0, "count": 0.0}),
        ("AVG_DOUBLE", (), {"count": 0, "total": 0.0, "average": None}),
        ("AVG_LONG", (), {"count": 0, "total": 0, "average": None}),
        ("MIN_LONG", (1.5, -2.0), {"min": -2}),
        ("MAX_DOUBLE", (), {"max": None}),
    ],
)
def test_every_function_tells_what_it_was_made_from(
    function: str, values: tuple[float, ...], facts: dict[str, object]
) -> None:
    """Averages of whole numbers are rounded to the even one; nothing has no average, least or most."""
    made = aggregated(function, "${record:value('/v')}", *values)
    assert repr(made) == repr({"name": "n", **facts})


def test_an_aggregation_that_fails_ends_the_run() -> None:
    """The original does not refuse the record."""
    with pytest.raises(StopFault, match="CTRCMN_0100"):
        aggregated("SUM_DOUBLE", "${record:value('/g') + 1}", 1.0)


def test_windows_without_a_batch_are_told_of_too() -> None:
    """The first three; then there is no room for more in the original."""
    now = [1_000]
    stage, _ = windows(now, timeWindow="TW_5S")
    for at, ends in ((12_000, [5_000, 10_000]), (60_000, [15_000, 20_000, 25_000]), (65_000, [65_000])):
        now.append(at)
        out = Out(1)
        stage([], out)  # type: ignore[operator]
        assert [json.loads(str(event.value))[0]["time"] for event in out.events] == ends


def test_a_time_zone_that_nobody_knows_is_gmt() -> None:
    """As Java takes it."""
    now = [1_000]
    stage, _ = windows(now, timeWindow="TW_5S", timeZoneID="x")
    now.append(6_000)
    out = Out(1)
    stage([], out)  # type: ignore[operator]
    assert [json.loads(str(event.value))[0]["time"] for event in out.events] == [5_000]


def test_events_of_a_sliding_window_say_so() -> None:
    """They have a version; times in fields are LONG. Without an aggregation there is nothing to tell."""
    settings: dict[str, object] = {"windowType": "SLIDING", "windowLength": "TW_1M", "perAggregatorEvents": True}
    stage, _ = windows([1_700_000_000_000], eventRecordWithTextField=False, **settings)
    out = Out(1)
    stage.close(out)  # type: ignore[attr-defined]
    kinds = ["SLIDING.window.all.aggregators", *["SLIDING.window.aggregator"] * 2]
    assert [event.attributes["sdc.event.type"] for event in out.events] == kinds
    assert {event.attributes["sdc.event.version"] for event in out.events} == {"1"}
    assert type(out.events[1].value["time"]) is Long  # type: ignore[index, call-overload]
    nothing, none = Out(1), windows([0], aggregatorConfigs=[], **settings)[0]
    none.close(nothing)  # type: ignore[attr-defined]
    assert nothing.events == []


@pytest.mark.parametrize("word", ["", "TW_", "TW_M", "TW_5X", "TW_5"])
def test_a_window_that_there_is_not_is_refused(word: str) -> None:
    """At the start."""
    with pytest.raises(InvalidValueError, match="Time Window"):
        windows([0], timeWindow=word)


def test_names_of_aggregations_are_unique() -> None:
    """Those that are off count too."""
    rows = [{"aggregationName": "n", "enabled": enabled} for enabled in (True, False)]
    with pytest.raises(InvalidValueError, match="AGGREGATOR_00"):
        windows([0], aggregatorConfigs=rows)


@pytest.mark.parametrize(
    ("name", "text", "code"), [("fieldDelimiter", "/", "XMLF_02"), ("attrDelimiter", "'", "XMLF_01")]
)
def test_delimiters_that_are_part_of_paths_are_refused(play: Play, name: str, text: str, code: str) -> None:
    """Quotes, slashes and brackets."""
    with pytest.raises(InvalidValueError, match=code):
        play(FLATTENER, flattener(**{name: text}), {"x": "<a/>"})


def test_both_delimiters_are_looked_at(play: Play) -> None:
    """Two that cannot be are two findings."""
    with pytest.raises(UnfitError) as caught:
        play(FLATTENER, flattener(fieldDelimiter="]", attrDelimiter="["), {"x": "<a/>"})
    assert [(each.code, each.setting) for each in caught.value.found] == [
        ("XMLF_01", "attrDelimiter"),
        ("XMLF_02", "fieldDelimiter"),
    ]


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, {"msg.a.b", "msg.a#k", "msg.a#xmlns", "msg.a.b#xmlns"}),
        ({"ignoreAttributes": True}, {"msg.a.b", "msg.a#xmlns", "msg.a.b#xmlns"}),
        ({"ignoreNamespace": True}, {"msg.a.b", "msg.a#k"}),
        ({"fieldDelimiter": "_", "attrDelimiter": "@"}, {"msg_a_b", "msg_a@k", "msg_a@xmlns", "msg_a_b@xmlns"}),
        ({"recordDelimiter": ""}, {"r.msg.a.b", "r.msg.a#k", "r.msg.a#xmlns", "r.msg.a.b#xmlns"}),
    ],
)
def test_the_flattener_names_as_set(play: Play, more: dict[str, object], names: set[str]) -> None:
    """With the delimiters, and without what is to be left out; no record element takes the whole document."""
    text = "<r><msg><a k='1' xmlns='http://u'><b>x</b></a></msg></r>"
    value = play(FLATTENER, flattener(**{"keepOriginalFields": False, **more}), {"x": text}).lanes[0][0].value
    assert isinstance(value, dict)
    assert set(value) == names


def test_of_two_texts_in_an_element_the_last_stays(play: Play) -> None:
    """Unless fields that are there stay."""
    text = "<msg>a<t>1</t>b</msg>"
    for more, left in (({"keepOriginalFields": False}, "b"), ({}, "a"), ({"newFieldOverwrites": True}, "b")):
        value = play(FLATTENER, flattener(**more), {"x": text}).lanes[0][0].value
        assert isinstance(value, dict)
        assert value["msg"] == left


def test_the_flattener_drops_records_without_the_field(play: Play) -> None:
    """Nothing is refused."""
    out = play(FLATTENER, flattener(), {"y": 1})
    assert (out.lanes[0], out.errors) == ([], [])


def test_the_parser_keeps_attributes_as_set(play: Play) -> None:
    """As fields or as attributes of fields, with their path."""
    text = "<r><m k='1'>x</m></r>"
    plain = play(PARSER, parser(outputFieldAttributes=False), {"x": text}).lanes[0][0]
    assert plain.value == {"x": {"m": [{"attr|k": "1", "value": "x"}]}}
    (noted,) = play(PARSER, parser(outputFieldAttributes=True, includeFieldXpathAttributes=True), {"x": text}).lanes[0]
    assert noted.value == {"x": {"m": [{"value": "x"}]}}
    assert noted.notes["/x/m[0]"] == {"xmlAttr:k": "1"}
    assert noted.notes["/x/m[0]/value"] == {"xpath": "/r/m"}


def test_letters_of_any_script_name_avro_fields(play: Play) -> None:
    """As the library of the original has it."""
    (record,) = play(SCHEMAS, {"config.schemaName": "n", "config.attributeName": "s"}, {"\u00e9": 1}).lanes[0]
    assert '"\u00e9"' in record.attributes["s"]


@pytest.mark.parametrize(("element", "found"), [("a", {"value": "1"}), ("/r/a", None)])
def test_a_name_alone_fits_elements_of_every_namespace(play: Play, element: str, found: object) -> None:
    """A path with slashes does not."""
    settings = {"configs.fieldPathToParse": "/t", "configs.parsedFieldPath": "/o", "configs.xmlRecordElement": element}
    (record,) = play(PARSER, settings, {"t": '<r xmlns:p="u"><p:a>1</p:a></r>'}).lanes[0]
    assert record.value["o"] == found  # type: ignore[index,call-overload]


def test_an_empty_text_is_no_xml(play: Play) -> None:
    """The record is refused."""
    settings: dict[str, object] = {"configs.fieldPathToParse": "/t", "configs.parsedFieldPath": "/o"}
    assert codes(play(PARSER, settings, {"t": ""})) == ["XMLP_01"]


def test_a_null_is_no_xml_to_flatten(play: Play) -> None:
    """The record is refused."""
    assert codes(play(FLATTENER, {"fromField": "/t"}, {"t": None})) == ["DATA_FORMAT_303"]
