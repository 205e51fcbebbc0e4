"""Promises of the conversion of fields: what each type accepts, and the codes of what it does not."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from penstock.core.records.convert import ConversionError, convert, text_code
from penstock.core.records.values import (
    Byte,
    Char,
    Date,
    FieldType,
    FieldValue,
    FileRef,
    Float,
    ListMap,
    Long,
    Null,
    Short,
    Time,
    Zoned,
)

AT = datetime(2017, 7, 14, 2, 40, 0, 123000, UTC)
AT_MS = Long(1_500_000_000_123)


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        ("TRUE", "BOOLEAN", True),
        ("yes", "BOOLEAN", False),
        (2, "BOOLEAN", True),
        (0.0, "BOOLEAN", False),
        (Decimal("0"), "BOOLEAN", False),
        (Decimal("0.0"), "BOOLEAN", True),
        ("xyz", "CHAR", Char("x")),
        (300, "BYTE", Byte(44)),
        (70_000, "SHORT", Short(4464)),
        (Long(2**31), "INTEGER", -(2**31)),
        (3e9, "INTEGER", 2**31 - 1),
        (-1.9, "INTEGER", -1),
        ("+5", "INTEGER", 5),
        ("-5", "LONG", Long(-5)),
        (1e30, "LONG", Long(2**63 - 1)),
        (AT, "LONG", AT_MS),
        (" 1e5d ", "DOUBLE", 1e5),
        ("Infinity", "FLOAT", Float("inf")),
        ("0.1", "FLOAT", Float(0.10000000149011612)),
        ("0.1", "DOUBLE", 0.1),
        (Null(FieldType.MAP), "STRING", None),
        (1, "FLOAT", Float(1.0)),
        ("1.50", "DECIMAL", Decimal("1.50")),
        (0.1, "DECIMAL", Decimal("0.1")),
        (AT_MS, "DATETIME", AT),
        (AT_MS, "DATE", Date(2017, 7, 14, 2, 40, 0, 123000, UTC)),
        (Date(2017, 7, 14, 2, 40, tzinfo=UTC), "TIME", Time(2017, 7, 14, 2, 40, tzinfo=UTC)),
        ("2017-07-14T02:40Z", "DATETIME", datetime(2017, 7, 14, 2, 40, tzinfo=UTC)),
        (1.0, "STRING", "1.0"),
        (1e10, "STRING", "1.0E10"),
        (False, "STRING", "false"),
        (Decimal("1E+5"), "STRING", "1E+5"),
        (AT, "STRING", "Fri Jul 14 02:40:00 UTC 2017"),
        (Zoned(2017, 7, 14, tzinfo=UTC), "STRING", "2017-07-14T00:00:00Z"),
        ([1, 2], "LIST_MAP", ListMap({"0": 1, "1": 2})),
        ({"a": 1}, "LIST_MAP", ListMap({"a": 1})),
        (ListMap({"a": 1}), "MAP", {"a": 1}),
        (ListMap({"a": 1}), "LIST", [1]),
        (None, "INTEGER", Null(FieldType.INTEGER)),
    ],
)
def test_a_value_is_converted(value: FieldValue, target: str, expected: FieldValue) -> None:
    """Numbers wrap round or stop at the ends as in Java; dates share their moment."""
    made = convert(value, FieldType[target])
    assert (made, type(made)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "target", "code"),
    [
        ([1], "BOOLEAN", "API_01"),
        (AT, "BOOLEAN", "API_01"),
        (1, "CHAR", "API_05"),
        (True, "BYTE", "API_04"),
        (True, "SHORT", "API_17"),
        (True, "INTEGER", "API_11"),
        (True, "LONG", "API_14"),
        (True, "FLOAT", "API_10"),
        (True, "DOUBLE", "API_09"),
        (True, "DECIMAL", "API_08"),
        ("2017", "DATE", "API_06"),
        (1.5, "DATE", "API_07"),
        (1.5, "DATETIME", "API_07"),
        (Short(1), "TIME", "API_07"),
        (Char("2"), "DATE", "API_07"),
        (Zoned(2017, 7, 14, tzinfo=UTC), "DATE", "API_07"),
        (Zoned(2017, 7, 14, tzinfo=UTC), "LONG", "API_14"),
        (AT, "INTEGER", "API_11"),
        (AT, "DOUBLE", "API_09"),
        (Char("1"), "INTEGER", "API_11"),
        (Char("t"), "BOOLEAN", "API_01"),
        ("", "CHAR", "API_05"),
        (Char("x"), "ZONED_DATETIME", "API_25"),
        ({"a": 1}, "STRING", "API_18"),
        (ListMap(), "STRING", "API_18"),
        ("x", "BYTE_ARRAY", "API_02"),
        (b"x", "STRING", "API_18"),
        ("x", "MAP", "API_15"),
        ("x", "LIST", "API_12"),
        ("x", "LIST_MAP", "API_21"),
        ("x", "ZONED_DATETIME", "API_26"),
        (1, "ZONED_DATETIME", "API_25"),
        ("x", "FILE_REF", "API_23"),
    ],
)
def test_what_a_type_does_not_accept_has_a_code(value: FieldValue, target: str, code: str) -> None:
    """Of the target, or of a type that has no other forms."""
    with pytest.raises(ConversionError, match=code):
        convert(value, FieldType[target])


@pytest.mark.parametrize("text", ["1.5", " 1", "", "1e3", "٣x"])
def test_whole_numbers_are_read_strictly(text: str) -> None:
    """No blanks, no fractions."""
    with pytest.raises(ValueError, match="digits only"):
        convert(text, FieldType.INTEGER)


def test_a_file_stays_a_file() -> None:
    """Nothing else becomes one, and it becomes nothing else."""
    ref = FileRef(io.BytesIO, {"filename": "x"})
    assert convert(ref, FieldType.FILE_REF) is ref
    with pytest.raises(ConversionError, match="API_18"):
        convert(ref, FieldType.STRING)


@pytest.mark.parametrize(
    ("value", "code"),
    [([1], "API_13"), ({}, "API_16"), (ListMap(), "API_22"), (b"", "API_03"), (1, None), (Null(FieldType.LIST), None)],
)
def test_reading_what_has_no_text_has_a_code_of_its_type(value: FieldValue, code: str | None) -> None:
    """Unlike making a text of it."""
    assert text_code(value) == code
