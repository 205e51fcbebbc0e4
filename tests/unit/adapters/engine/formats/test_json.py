"""Promises about JSON: types, both kinds of files, lengths, and what is no JSON; and records of engines."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from penstock.adapters.engine.formats.fault import FormatFault
from penstock.adapters.engine.formats.writing import writers
from penstock.core.errors import UnsupportedError
from penstock.core.java.kinds import kind_of
from penstock.core.records.record import Header, Record
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

from .using import Slow, records, settings, starts, values, written

ARRAY = {"jsonContent": "ARRAY_OBJECTS"}
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 40), 1 << 40) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2147483647", FieldType.INTEGER),
        ("-2147483648", FieldType.INTEGER),
        ("2147483648", FieldType.LONG),
        ("-9223372036854775808", FieldType.LONG),
        ("9223372036854775808", FieldType.DECIMAL),
        ("100000000000100000000000100000000000100000000000", FieldType.DECIMAL),
        ("1.0", FieldType.DOUBLE),
        ("1e3", FieldType.DOUBLE),
        ("true", FieldType.BOOLEAN),
        ('"x"', FieldType.STRING),
        ("null", FieldType.STRING),
        ("[]", FieldType.LIST),
        ("{}", FieldType.MAP),
    ],
)
def test_values_have_the_type_that_they_need(text: str, kind: FieldType) -> None:
    """Whole numbers the smallest that holds them."""
    ((root),) = values("JSON", text)
    assert kind_of(root) is kind
    (inner,) = values("JSON", f'{{"a": {text}}}')
    assert isinstance(inner, dict)
    assert kind_of(inner["a"]) is kind


@hypothesis_settings(deadline=None)
@given(st.lists(PLAIN, max_size=4))
def test_values_are_the_same_however_the_file_is_cut(roots: list[object]) -> None:
    """One after the other, or in an array; a number needs a blank behind it."""
    assert values("JSON", "\n".join(map(json.dumps, roots))) == roots
    assert values("JSON", json.dumps(roots), **ARRAY) == roots


@pytest.mark.parametrize("size", [*range(1, 12), 1 << 16])
def test_words_and_numbers_may_be_cut_anywhere(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a point, an exponent or its sign, and within a word."""
    roots = [1.5, -2e-7, 0.0, True, 12, None, -3, {"a": 1.25e22}, False, [1e16], 123456789.125]
    texts = [
        "1.5",
        "-2e-7",
        "0.0E+1",
        "true",
        "12",
        "null",
        "-3",
        '{"a": 1.25E22}',
        "false",
        "[1e+16]",
        "123456789.125",
    ]
    monkeypatch.setattr(Slow, "most", size)
    assert values("JSON", "\n".join(texts)) == roots
    assert values("JSON", f"[{','.join(texts)}]", **ARRAY) == roots


def test_values_may_stand_close_together() -> None:
    """Scalars and arrays are roots as well; offsets tell where they begin."""
    assert values("JSON", '"Hello""Bye"{"a":1}[2]true') == ["Hello", "Bye", {"a": 1}, [2], True]
    assert starts("JSON", '["Hello"]\n["Bye"]') == ["0", "10"]
    assert values("JSON", '{"b": 1, "a": 2, "b": 3}') == [{"b": 3, "a": 2}]
    assert list(values("JSON", '{"b": 1, "a": 2}')[0]) == ["b", "a"]  # type: ignore[call-overload]


def test_an_array_must_begin_with_a_bracket_and_ends_the_file() -> None:
    """What stands behind it is not looked at."""
    assert values("JSON", ' [{"a": 1}, 2] oops', **ARRAY) == [{"a": 1}, 2]
    assert values("JSON", '{"a": 1}', **ARRAY) == ["JSON_PARSER_00"]
    assert values("JSON", "[]", **ARRAY) == []


@pytest.mark.parametrize(
    "long", ['{"x": "' + "y" * 300_000 + '"}', '["\\"' + "]" * 300_000 + '"]', json.dumps(["z\\" * 200_000])]
)
def test_what_is_too_long_ends_the_file(long: str) -> None:
    """Whatever is in it, and however long; what came before it is there."""
    assert values("JSON", '{"b": 1}' + long + "[2]", jsonMaxObjectLen=50) == [{"b": 1}, "JSON_PARSER_02"]
    assert values("JSON", f'[{{"b": 1}}, {long}, 2]', jsonMaxObjectLen=50, **ARRAY) == [{"b": 1}, "JSON_PARSER_02"]


@pytest.mark.parametrize(
    ("text", "longest", "settings"),
    [
        ('["a"]["bcdefghijkl"]', 13, {}),
        ('["bcdefghijkl"]["a"]', 14, {}),
        ('[["bcdefghijkl"]]', 15, ARRAY),
        ('[[], ["bcdefghijkl" ]]', 16, ARRAY),
    ],
)
def test_length_is_counted_up_to_the_last_thing_in_an_object(text: str, longest: int, settings: dict[str, Any]) -> None:
    """From the place where the parser stood when it was asked for the object."""
    assert values("JSON", text, jsonMaxObjectLen=longest, **settings)[-1] != "JSON_PARSER_02"
    assert values("JSON", text, jsonMaxObjectLen=longest - 1, **settings)[-1] == "JSON_PARSER_02"
    assert values("JSON", '"longer than that"', jsonMaxObjectLen=5) == ["longer than that"]


def test_an_offset_in_an_array_is_the_last_sign_before_a_value() -> None:
    """0 for the first; of a text or number its beginning, otherwise the bracket that closes it."""
    assert starts("JSON", '[{"a":1},\n {"a":2}, 5, "x" ]', **ARRAY) == ["0", "7", "17", "20"]
    assert starts("JSON", ' {"a":1}\n\n {"b":2}\n') == ["0", "11"]


@pytest.mark.parametrize(
    ("text", "expected"), [("", []), ("[1,", [1]), ("[1", [1]), ("[1 2]", [1]), ("[1,]", [1]), ("[,1]", [])]
)
def test_an_array_that_is_broken_ends_in_a_fault(text: str, expected: list[object]) -> None:
    """What stands before the place is there."""
    assert values("JSON", text, **ARRAY) == [*expected, "JSON_PARSER_00"]


@pytest.mark.parametrize(
    "bad", ["1" * 401, '{"a" 1}', '{"a": Infinity}', '"a\nb"', "[1", '{"x": "' + "y" * 3000, "[" * 5000]
)
def test_what_is_no_json_ends_the_file(bad: str) -> None:
    """What came before it is there."""
    assert values("JSON", '{"a": 1} ' + bad) == [{"a": 1}, "JSON_PARSER_00"]


@pytest.mark.parametrize("bad", ["oops", "NaN", "}", "]", ",", "tru", "nullx", "12a", "-", "+1", "01"])
def test_a_value_is_there_only_when_another_or_the_end_follows(bad: str) -> None:
    """The parser reads the first sign of the next before it gives one; the text may be cut anywhere."""
    assert values("JSON", '{"a": 1}{"b": 2}' + bad) == [{"a": 1}, "JSON_PARSER_00"]
    assert values("JSON", f'{{"a": 1}}\n{{"b": 2}}\n{bad}\n{{"c": 3}}') == [{"a": 1}, "JSON_PARSER_00"]


@pytest.mark.parametrize("text", ['5{"a": 1}', '12"x"', "true1", "nullnull"])
def test_numbers_and_words_end_before_something_else_begins(text: str) -> None:
    """They would go on."""
    assert values("JSON", text) == ["JSON_PARSER_00"]
    assert values("JSON", '12 true{"a": 1}null') == [12, True, {"a": 1}, None]


def test_control_characters_are_taken_away_on_request() -> None:
    """Without that they are no JSON."""
    text = '{"a" :\0 "foo\2ba\3r\4"}'
    assert values("JSON", text, removeCtrlChars=True) == [{"a": "foobar"}]
    assert values("JSON", text) == ["JSON_PARSER_00"]
    assert values("JSON", '"ä"'.encode("latin-1"), charset="ISO-8859-1") == ["ä"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (Null(FieldType.DATE), "null"),
        (Char("c"), '"c"'),
        (Short(2), "2"),
        (Long(1 << 40), "1099511627776"),
        (0.5, "0.5"),
        (Float(0.1), "0.1"),
        (Byte(5), '"BQ=="'),
        (Byte(-1), '"/w=="'),
        (Date(1970, 1, 2, tzinfo=UTC), "86400000"),
        (Time(1970, 1, 1, 0, 0, 1, tzinfo=UTC), "1000"),
        (float("nan"), '"NaN"'),
        (float("-inf"), '"-Infinity"'),
        (Decimal("1.50"), "1.50"),
        (Decimal("12345678901234567890.123456789"), "12345678901234567890.123456789"),
        (1 << 70, "1180591620717411303424"),
        ("\ud800x", b'"\xed\xa0\x80x"'.decode("utf-8", "surrogatepass")),
        (datetime(1970, 1, 2, tzinfo=UTC), "86400000"),
        (Zoned(2024, 1, 2, 3, 4, 5, tzinfo=UTC), '"2024-01-02T03:04:05Z"'),
        (b"\x00\xff", '"AP8="'),
        ("é\u2028", '"é\u2028"'),
        (ListMap(b=1, a=[{}]), '{"b":1,"a":[{}]}'),
    ],
)
def test_every_type_is_written_in_its_way(value: FieldValue, text: str) -> None:
    """At the root and inside."""
    assert written("JSON", value).decode("utf-8", "surrogatepass") == text
    assert written("JSON", {"v": value}).decode("utf-8", "surrogatepass") == f'{{"v":{text}}}'


def test_objects_are_written_with_line_ends_between_or_as_one_array() -> None:
    """No line end behind the last."""
    assert written("JSON", 10, {"a": 1}) == b'10\n{"a":1}'
    assert written("JSON", 1, None, jsonMode="ARRAY_OBJECTS") == b"[1,null]"
    assert written("JSON", jsonMode="ARRAY_OBJECTS") == b"[]"
    with pytest.raises(FormatFault, match="JSON_GENERATOR_01"):
        written("JSON", {"f": FileRef(lambda: None, {})})  # type: ignore[arg-type, return-value]
    deep: FieldValue = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(FormatFault, match="JSON_GENERATOR_00"):
        written("JSON", deep)


ODD = st.sampled_from([1e22, 1e-7, -0.0, float("nan"), "\x01", "\x7f", Decimal("1E+2"), 1 << 70, 0.5, 1e16])


@hypothesis_settings(deadline=None)
@given(st.lists(PLAIN | ODD | st.lists(ODD, max_size=2), max_size=5), st.booleans())
def test_many_values_are_written_as_one_by_one(roots: list[FieldValue], array: bool) -> None:
    """Whatever is in them, as objects or in an array."""
    given = settings(jsonMode="ARRAY_OBJECTS" if array else "MULTIPLE_OBJECTS")
    several = writers("JSON", given)()
    made = b"".join(bytes(several.many(part)) for part in (roots[:2], roots[2:]) if part)  # type: ignore[attr-defined]
    assert made + several.finish() == written("JSON", *roots, jsonMode=given.text("jsonMode"))


def test_a_format_that_nobody_writes_is_refused() -> None:
    """With those that are written."""
    with pytest.raises(UnsupportedError, match=r"EXCEL.*DELIMITED"):
        writers("EXCEL", settings())


def test_records_of_engines_come_back_with_headers_and_types() -> None:
    """A byte before them tells their form; one record stands in each line."""
    root: FieldValue = {"a": Long(1), "b": Null(FieldType.DATE), "c": ListMap(x=Decimal("1.0"))}
    record = Record(root, Header("id", attributes={"k": "v"}))
    data = written("SDC_JSON", record, record)
    assert (data[:1], data.count(b"\n"), data[-1:]) == (b"\xa1", 2, b"\n")
    first, second = records("SDC_JSON", data)
    assert (first.value, first.header.source_id, first.attributes) == (root, "id", {"k": "v"})
    assert second == first
    assert data[1:].splitlines()[1].startswith(b' {"header":')
    for none in (b"\xa2x", b"{}", b""):
        assert values("SDC_JSON", none) == ["SDC_RECORD_PARSER_00"]
    assert values("SDC_JSON", b"\xa1") == []


def test_what_is_no_record_of_an_engine_ends_the_file() -> None:
    """Though it is JSON, and a record comes behind it."""
    data = written("SDC_JSON", Record(1, Header("id")))
    assert values("SDC_JSON", data + b'{"header": 1}' + data[1:]) == [1, "SDC_RECORD_PARSER_02"]
    assert values("SDC_JSON", data + b"{no") == [1, "JSON_PARSER_00"]


def test_bytes_are_one_record_up_to_a_limit() -> None:
    """And written from one field."""
    assert values("BINARY", b"\x00\xff1234", binaryMaxObjectLen=6) == [b"\x00\xff1234"]
    assert values("BINARY", b"12345", binaryMaxObjectLen=4) == ["BINARY_PARSER_00"]
    assert values("BINARY", b"") == []
    assert written("BINARY", b"ab", b"c") == b"abc"
    assert written("BINARY", {"x": b"ab"}, {"x": None}, {}, binaryFieldPath="/x") == b"ab"
    with pytest.raises(FormatFault, match="BINARY_GENERATOR_00"):
        written("BINARY", "text")
