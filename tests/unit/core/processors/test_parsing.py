"""Promises of JSON Parser, JSON Generator, the Base64 stages and Static Lookup."""

import base64
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.java.kinds import kind_of
from penstock.core.records.values import Byte, FieldType, FieldValue, FileRef, Float, ListMap, Long, Null

from .conftest import Play
from .given import codes, only, values
from .test_fields import DECODE, ENCODE

PARSE = "processor_jsonparser_JsonParserDProcessor"
GENERATE = "processor_jsongenerator_JsonGeneratorDProcessor"
LOOKUP = "processor_kv_local_LocalLookupDProcessor"
PARSING: dict[str, object] = {"fieldPathToParse": "/t", "parsedFieldPath": "/p"}
GENERATING: dict[str, object] = {"fieldPathToSerialize": "/m", "outputFieldPath": "/t"}


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ('{"a": 1, "b": [true, null]}', {"a": 1, "b": [True, None]}),
        ("  [1, 2.5]", [1, 2.5]),
        ("5", 5),
        ('"x"', "x"),
        ("null", None),
        ("2147483648", Long(2147483648)),
        ("9223372036854775807", Long(2**63 - 1)),
        ("9223372036854775808", Decimal("9223372036854775808")),
        ("-9223372036854775808", Long(-(2**63))),
        ("-9223372036854775809", Decimal("-9223372036854775809")),
        ('{"a": 1} {"a": 2}', {"a": 1}),
        ('{"a": 1} {"a": rubbish', {"a": 1}),
        ("[1] true", [1]),
        ("true{", True),
        ("1 2", 1),
    ],
)
def test_the_first_value_of_the_text_is_parsed(play: Play, text: str, after: FieldValue) -> None:
    """Another value may begin behind it; numbers are as large as they must be."""
    made = only(play(PARSE, PARSING, {"t": text}))
    assert isinstance(made, dict)
    assert (made["p"], kind_of(made["p"])) == (after, kind_of(after))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({}, "JSONP_00"),
        ({"t": None}, "JSONP_01"),
        ({"t": "{"}, "JSONP_03"),
        ({"t": '{"a": 1} rubbish'}, "JSONP_03"),
        ({"t": '{"a": 1} }'}, "JSONP_03"),
        ({"t": "[1] 2]"}, "JSONP_03"),
        ({"t": "truex"}, "JSONP_03"),
        ({"t": "12abc"}, "JSONP_03"),
        ({"t": "NaN"}, "JSONP_03"),
        ({"t": [1]}, "API_13"),
    ],
)
def test_what_is_no_json_is_refused(play: Play, value: FieldValue, code: str) -> None:
    """Missing, null, broken, and of a type that has no text."""
    assert codes(play(PARSE, PARSING, value)) == [code]


def test_an_empty_text_changes_nothing(play: Play) -> None:
    """The target is not made."""
    assert only(play(PARSE, PARSING, {"t": "  "})) == {"t": "  "}


def test_control_characters_can_be_removed(play: Play) -> None:
    """Before the text is parsed."""
    assert codes(play(PARSE, PARSING, {"t": '{"a": "x\x01y"}'})) == ["JSONP_03"]
    made = only(play(PARSE, {**PARSING, "removeCtrlChars": True}, {"t": '{"a": "x\x01y"}'}))
    assert isinstance(made, dict)
    assert made["p"] == {"a": "xy"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1, "b": None}, '{"a":1,"b":null}'),
        (ListMap({"b": 1, "a": 2}), '{"b":1,"a":2}'),
        ([True, "x", 1.5], '[true,"x",1.5]'),
        ({"d": datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)}, '{"d":1000}'),
        ({"d": Decimal("1.50")}, '{"d":1.50}'),
        ({"d": b"\x00\x01"}, '{"d":"AAE="}'),
    ],
)
def test_maps_and_lists_become_json(play: Play, value: FieldValue, text: str) -> None:
    """Dates are milliseconds, bytes base64."""
    made = only(play(GENERATE, GENERATING, {"m": value}))
    assert isinstance(made, dict)
    assert made["t"] == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({}, "JSON_00"),
        ({"m": None}, "JSON_01"),
        ({"m": Null(FieldType.MAP)}, "JSON_01"),
        ({"m": "x"}, "JSON_02"),
        ({"m": [FileRef(BytesIO, {})]}, "JSON_03"),
    ],
)
def test_what_has_no_json_is_refused(play: Play, value: FieldValue, code: str) -> None:
    """Missing, null, what is no map or list, and files in one."""
    assert codes(play(GENERATE, GENERATING, value)) == [code]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Float(1.5), "1.5"),
        (12345678.9, "1.23456789E7"),
        (1e-7, "1.0E-7"),
        (float("nan"), '"NaN"'),
        (Byte(7), '"Bw=="'),
        (Decimal("1E+5"), "1E+5"),
    ],
)
def test_numbers_have_the_digits_of_the_original(play: Play, value: FieldValue, text: str) -> None:
    """As Java writes them; a BYTE is bytes."""
    made = only(play(GENERATE, GENERATING, {"m": [value]}))
    assert isinstance(made, dict)
    assert made["t"] == f"[{text}]"


DATA = b"\xfb\xef\xff\x00"


@pytest.mark.parametrize(("safe", "coded"), [(False, b"++//AA=="), (True, b"--__AA")])
def test_bytes_become_base64_bytes(play: Play, safe: bool, coded: bytes) -> None:
    """The form for addresses has other signs, and no padding."""
    settings: dict[str, object] = {"originFieldPath": "/a", "resultFieldPath": "/b", "urlSafe": safe}
    assert only(play(ENCODE, settings, {"a": DATA})) == {"a": DATA, "b": coded}


@pytest.mark.parametrize("coded", [b"++//AA==", b"--__AA", b"++//AA==rest", b"++//\r\nAA=="])
def test_both_forms_are_decoded(play: Play, coded: bytes) -> None:
    """Whatever the setting; line ends and what follows the padding are passed over."""
    settings: dict[str, object] = {"originFieldPath": "/a", "resultFieldPath": "/a"}
    assert only(play(DECODE, settings, {"a": coded})) == {"a": DATA}


@pytest.mark.parametrize(
    "settings",
    [
        {"fieldsToEncode": ["/a", "/b"]},
        {"fieldsToEncode": [{"originFieldPath": "/a"}, {"originFieldPath": "/b", "resultFieldPath": "/b"}]},
    ],
)
def test_newer_engines_encode_several_fields(play: Play, settings: dict[str, object]) -> None:
    """In their place, or as pairs of fields."""
    made = only(play(ENCODE, settings, {"a": b"x", "b": b"y"}))
    assert made == {"a": base64.b64encode(b"x"), "b": base64.b64encode(b"y")}


def test_newer_engines_decode_several_fields(play: Play) -> None:
    """Into other fields as well; a pair without a source is none."""
    rows = [{"originFieldPath": "/a", "resultFieldPath": "/c"}, {"originFieldPath": "/b"}, {"resultFieldPath": "/d"}]
    made = only(play(DECODE, {"fieldsToDecode": rows}, {"a": b"eA==", "b": b"eQ=="}))
    assert made == {"a": b"eA==", "b": b"y", "c": b"x"}


@pytest.mark.parametrize("kind", [ENCODE, DECODE])
def test_only_bytes_have_base64(play: Play, kind: str) -> None:
    """Other types are refused, a missing field passes, a null of bytes stays null."""
    settings: dict[str, object] = {"originFieldPath": "/a", "resultFieldPath": "/a"}
    assert codes(play(kind, settings, {"a": "text"})) == ["CMN_0100"]
    assert only(play(kind, settings, {})) == {}
    assert only(play(kind, settings, {"a": Null(FieldType.BYTE_ARRAY)})) == {"a": Null(FieldType.BYTE_ARRAY)}


def test_what_is_no_base64_is_refused(play: Play) -> None:
    """With a code of its own."""
    settings: dict[str, object] = {"originFieldPath": "/a", "resultFieldPath": "/a"}
    assert codes(play(DECODE, settings, {"a": b"!"})) == ["DATA_FORMAT_302"]


def looking(mode: str, *rows: tuple[str, str], table: dict[str, str] | None = None) -> dict[str, object]:
    """The settings of a lookup."""
    held = {"k": "v"} if table is None else table
    return {
        "conf.mode": mode,
        "conf.values": [{"key": key, "value": value} for key, value in held.items()],
        "conf.lookups": [{"keyExpr": key, "outputFieldPath": path} for key, path in rows],
    }


@pytest.mark.parametrize("mode", ["BATCH", "RECORD"])
def test_a_key_that_is_found_sets_a_field(play: Play, mode: str) -> None:
    """One that is not changes nothing."""
    made = play(LOOKUP, looking(mode, ("${record:value('/a')}", "/b")), {"a": "k"}, {"a": "other"})
    assert values(made) == [{"a": "k", "b": "v"}, {"a": "other"}]


def test_a_key_that_fails_refuses_its_record_or_its_batch(play: Play) -> None:
    """By mode."""
    row = ("${record:value('/a') + 1 > 1 ? 'k' : 'l'}", "/b")
    alone = play(LOOKUP, looking("RECORD", row), {"a": 1}, {"a": "x"})
    assert (values(alone), codes(alone)) == ([{"a": 1, "b": "v"}], ["LOOKUP_01"])
    together = play(LOOKUP, looking("BATCH", row), {"a": 1}, {"a": "x"})
    assert (values(together), codes(together)) == ([], ["LOOKUP_02", "LOOKUP_02"])


def test_an_empty_table_is_refused_at_start(play: Play) -> None:
    """There is nothing to look up."""
    with pytest.raises(InvalidValueError, match="LOOKUP_03"):
        play(LOOKUP, looking("BATCH", table={}), {})
