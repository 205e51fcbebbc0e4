"""Promises of the Field Type Converter, one row of its table each."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.java import java_string
from penstock.core.java.kinds import kind_of
from penstock.core.java.zones import region
from penstock.core.records.values import (
    Byte,
    Char,
    Date,
    FieldType,
    FieldValue,
    Float,
    ListMap,
    Long,
    Null,
    Short,
    Time,
    Zoned,
)

from .conftest import Play
from .given import codes, only

CONVERT = "processor_fieldtypeconverter_FieldTypeConverterDProcessor"
AT = datetime(2017, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
ZONED = Zoned(2017, 1, 1, 10, tzinfo=region("Europe/Paris"))


def by_field(target: str, **more: object) -> dict[str, object]:
    """The settings that convert /a."""
    return {"fieldTypeConverterConfigs": [{"fields": ["/a"], "targetType": target, **more}]}


@pytest.mark.parametrize(
    ("value", "target", "more", "made"),
    [
        ("12abc", "SHORT", {}, Short(12)),
        ("1,234,567", "INTEGER", {}, 1234567),
        ("1.9", "LONG", {}, Long(1)),
        ("1E3x", "INTEGER", {}, 1000),
        ("99999999999", "INTEGER", {}, 1215752191),
        ("1E30", "INTEGER", {}, 2147483647),
        ("300", "BYTE", {}, Byte(44)),
        ("1.234,5", "DOUBLE", {"dataLocale": "de,DE"}, 1234.5),
        (" .5 ", "FLOAT", {}, Float(0.5)),
        (" true ", "BOOLEAN", {}, True),
        ("yes", "BOOLEAN", {}, False),
        ("xyz", "CHAR", {}, Char("x")),
        ("é", "BYTE_ARRAY", {}, b"\xc3\xa9"),
        ("text", "STRING", {}, "text"),
        (" 2017-01-02 ", "DATE", {}, Date(2017, 1, 2, tzinfo=UTC)),
        ("03:04", "TIME", {"dateFormat": "OTHER", "otherDateFormat": "HH:mm"}, Time(1970, 1, 1, 3, 4, tzinfo=UTC)),
        ("2017-13-01 tail", "DATETIME", {}, datetime(2018, 1, 1, tzinfo=UTC)),
        ("1.50", "DECIMAL", {}, Decimal("1.50")),
        ("11235813213455.55342113853211", "DECIMAL", {}, Decimal("11235813213455.55342113853211")),
        (Long(0), "STRING", {"treatInputFieldAsDate": True}, "1970-01-01"),
        (0, "STRING", {"treatInputFieldAsDate": True}, "0"),
        (AT, "LONG", {}, Long(1483326245678)),
        (AT, "STRING", {"dateFormat": "YYYY_MM_DD_HH_MM_SS_SSS"}, "2017-01-02 03:04:05.678"),
        (Date(2017, 1, 2, tzinfo=UTC), "DATETIME", {}, datetime(2017, 1, 2, tzinfo=UTC)),
        (ZONED, "STRING", {}, "2017-01-01T10:00:00+01:00[Europe/Paris]"),
        (ZONED, "STRING", {"zonedDateTimeFormat": "ISO_OFFSET_DATE_TIME"}, "2017-01-01T10:00:00+01:00"),
        (b"\xe9", "STRING", {"encoding": "ISO-8859-1"}, "é"),
        (True, "SHORT", {}, Short(1)),
        (False, "LONG", {}, Long(0)),
        (True, "STRING", {}, "true"),
        (2.5, "INTEGER", {}, 2),
        (Decimal("0.0"), "BOOLEAN", {}, True),
        (70000, "SHORT", {}, Short(4464)),
        (1e10, "STRING", {}, "1.0E10"),
        ([1], "LIST_MAP", {}, ListMap({"0": 1})),
        (ListMap(a=1), "LIST", {}, [1]),
    ],
    ids=str,
)
def test_a_value_becomes_what_the_table_says(
    play: Play, value: FieldValue, target: str, more: dict[str, object], made: FieldValue
) -> None:
    """Type and value; texts by what they begin with, numbers narrowed as Java does it."""
    out = play(CONVERT, by_field(target, **more), {"a": value})
    record = only(out)
    assert isinstance(record, dict)
    assert (kind_of(record["a"]), record["a"]) == (kind_of(made), made)


@pytest.mark.parametrize("target", [kind.name for kind in FieldType if kind.name != "FILE_REF"])
def test_a_null_text_becomes_the_null_of_every_type(play: Play, target: str) -> None:
    """It keeps no value but gets the type."""
    record = only(play(CONVERT, by_field(target), {"a": None}))
    assert record == {"a": None if target == "STRING" else Null(FieldType[target])}


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("r", "INTEGER"),
        ("+5", "LONG"),
        (" 5", "BYTE"),
        ("", "CHAR"),
        ("r", "DATE"),
        ("99:99", "DATETIME"),
        ("2017-01-01", "ZONED_DATETIME"),
        ("x", "DECIMAL"),
        (True, "DOUBLE"),
        (b"x", "INTEGER"),
        ({}, "STRING"),
        (1.5, "DATE"),
        (True, "BYTE"),
    ],
)
def test_what_has_no_form_is_refused(play: Play, value: FieldValue, target: str) -> None:
    """With CONVERTER_00."""
    assert codes(play(CONVERT, by_field(target), {"a": value})) == ["CONVERTER_00"]


def test_a_zoned_date_becomes_text_only(play: Play) -> None:
    """Every other target is CONVERTER_04, for a null too."""
    assert codes(play(CONVERT, by_field("LONG"), {"a": ZONED}, {"a": Null(FieldType.ZONED_DATETIME)})) == [
        "CONVERTER_04",
        "CONVERTER_04",
    ]


@pytest.mark.parametrize(
    ("settings", "value", "text"),
    [
        ({}, "2017-01-01T10:00+01:00[Europe/Paris]", "2017-01-01T10:00:00+01:00[Europe/Paris]"),
        (
            {"zonedDateTimeFormat": "OTHER", "otherZonedDateTimeFormat": "yyyy-MM-dd HH:mm:ss.SSSX"},
            "2020-01-01 00:00:00.500+02",
            "2020-01-01T00:00:00.5+02:00",
        ),
        ({"zonedDateTimeTargetTimeZone": "UTC"}, AT, "2017-01-02T03:04:05.678Z[UTC]"),
    ],
    ids=["iso", "pattern", "date"],
)
def test_zoned_dates_are_made_from_texts_and_dates(
    play: Play, settings: dict[str, object], value: FieldValue, text: str
) -> None:
    """By an ISO format or a pattern of one's own; a date in the zone that is set."""
    record = only(play(CONVERT, by_field("ZONED_DATETIME", **settings), {"a": value}))
    assert isinstance(record, dict)
    assert java_string(record["a"]) == text


def test_a_zoned_format_without_a_date_is_refused_at_the_start(play: Play) -> None:
    """CONVERTER_03."""
    settings = by_field("ZONED_DATETIME", zonedDateTimeFormat="OTHER", otherZonedDateTimeFormat="HH:mmX")
    with pytest.raises(InvalidValueError, match="CONVERTER_03"):
        play(CONVERT, settings, {})


@pytest.mark.parametrize(
    ("strategy", "made"),
    [
        ("ROUND_UP", "1.26"),
        ("ROUND_DOWN", "1.25"),
        ("ROUND_CEILING", "1.26"),
        ("ROUND_FLOOR", "1.25"),
        ("ROUND_HALF_UP", "1.26"),
        ("ROUND_HALF_DOWN", "1.25"),
        ("ROUND_HALF_EVEN", "1.26"),
        ("ROUND_UNNECESSARY", None),
    ],
)
def test_decimals_are_scaled_by_their_strategy(play: Play, strategy: str, made: str | None) -> None:
    """Where rounding is not allowed a longer one is refused; the digits are told in attributes."""
    out = play(CONVERT, by_field("DECIMAL", scale=2, decimalScaleRoundingStrategy=strategy), {"a": "1.255"})
    if made is None:
        assert codes(out) == ["CONVERTER_00"]
        return
    assert only(out) == {"a": Decimal(made)}
    assert out.lanes[0][0].notes == {"/a": {"precision": "3", "scale": "2"}}


@pytest.mark.parametrize(
    ("before", "target"),
    [(1, "BYTE"), (True, "STRING"), ("x", "CHAR"), (AT, "LONG"), (None, "LONG"), ("", "LONG"), ({"b": 1}, "LIST_MAP")],
    ids=str,
)
def test_a_field_keeps_its_attributes(play: Play, before: FieldValue, target: str) -> None:
    """Whatever it becomes."""
    settings = by_field(target, inputFieldEmpty="NULL")
    out = play(CONVERT, settings, {"a": before, "c": 1}, notes={"/a": {"k": "v"}})
    assert out.lanes[0][0].notes == {"/a": {"k": "v"}}


@pytest.mark.parametrize(
    ("before", "noted", "target", "after"),
    [
        ({"b": 1, "c.d": {"e": 2}}, "/a/'c.d'/e", "LIST_MAP", "/a/'c.d'/e"),
        (ListMap(b=1), "/a/b", "MAP", "/a/b"),
        (ListMap(b=1, c=[2]), "/a/c[0]", "LIST", "/a[1][0]"),
        ([1, [2]], "/a[1][0]", "LIST_MAP", "/a/1[0]"),
        ([1], "/a[0]", "LIST", "/a[0]"),
    ],
)
def test_what_is_in_a_field_keeps_its_attributes(
    play: Play, before: FieldValue, noted: str, target: str, after: str
) -> None:
    """Under the path that it has then."""
    (record,) = play(CONVERT, by_field(target), {"a": before}, notes={noted: {"k": "v"}}).lanes[0]
    assert record.notes == {after: {"k": "v"}}


def test_a_number_becomes_an_exact_decimal(play: Play) -> None:
    """Of its text: 0.1 stays 0.1."""
    assert only(play(CONVERT, by_field("DECIMAL"), {"a": 0.1})) == {"a": Decimal("0.1")}


def test_every_leaf_of_a_type_goes_through_all_rules(play: Play) -> None:
    """One after the other, so a rule may take up what the rule before it made."""
    rules = [{"sourceType": "INTEGER", "targetType": "STRING"}, {"sourceType": "STRING", "targetType": "LONG"}]
    settings: dict[str, object] = {"convertBy": "BY_TYPE", "wholeTypeConverterConfigs": rules}
    made = only(play(CONVERT, settings, {"a": 1, "l": ["2", 3.5], "m": {"b": 4}}))
    assert made == {"a": 1, "l": [2, 3.5], "m": {"b": 4}}
    assert isinstance(made, dict)
    assert type(made["a"]) is Long
    assert only(play(CONVERT, settings, "7")) == Long(7)


def test_missing_fields_are_passed_over(play: Play) -> None:
    """A selector that fits nothing does nothing."""
    rule = {"fields": ["/none", "/n*"], "targetType": "INTEGER"}
    assert only(play(CONVERT, {"fieldTypeConverterConfigs": [rule]}, {"a": "1"})) == {"a": "1"}


@pytest.mark.parametrize(
    ("word", "left"),
    [("NULL", {"a": Null(FieldType.INTEGER)}), ("DELETE", {}), ("IGNORE", {"a": ""}), ("ERROR", None)],
)
def test_newer_engines_say_what_becomes_of_an_empty_text(play: Play, word: str, left: FieldValue) -> None:
    """A null, nothing, the text itself, or a refused record as before."""
    out = play(CONVERT, by_field("INTEGER", inputFieldEmpty=word), {"a": ""})
    assert (codes(out) if left is None else only(out)) == (["CONVERTER_00"] if left is None else left)


def test_times_of_day_are_kept_whole(play: Play) -> None:
    """DATE, DATETIME and TIME hold the same moment."""
    for target in ("DATE", "TIME"):
        record = only(play(CONVERT, by_field(target), {"a": AT}))
        assert isinstance(record, dict)
        assert record["a"] - AT == timedelta()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        ("5.20", {"precision": "3", "scale": "2"}),
        (5, {"precision": "1", "scale": "0"}),
        (Long(7), {"precision": "1", "scale": "0"}),
    ],
)
def test_decimals_tell_their_digits(play: Play, value: FieldValue, digits: dict[str, str]) -> None:
    """In attributes of the field, as newer engines have it for numbers too."""
    settings: dict[str, object] = {"fieldTypeConverterConfigs": [{"fields": ["/a"], "targetType": "DECIMAL"}]}
    (record,) = play(CONVERT, settings, {"a": value}).lanes[0]
    assert record.notes["/a"] == digits


def test_there_is_no_negative_zero_among_decimals(play: Play) -> None:
    """Rounded to nothing it is plain zero."""
    row = {"fields": ["/a"], "targetType": "DECIMAL", "scale": 0, "decimalScaleRoundingStrategy": "ROUND_DOWN"}
    made = only(play(CONVERT, {"fieldTypeConverterConfigs": [row]}, {"a": "-0.5"}))
    assert str(made["a"]) == "0"  # type: ignore[index,call-overload]


def test_a_date_format_of_nothing_reads_nothing(play: Play) -> None:
    """A text is no date then."""
    row = {"fields": ["/a"], "targetType": "DATETIME", "dateFormat": "OTHER", "otherDateFormat": ""}
    assert codes(play(CONVERT, {"fieldTypeConverterConfigs": [row]}, {"a": "2020"})) == ["CONVERTER_00"]
