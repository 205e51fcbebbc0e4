"""Promises of the Field Hasher: what is hashed, in which order, and what is refused."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.java.hashset import hash_order
from penstock.core.processors import StopFault
from penstock.core.records.values import Byte, Char, FieldType, FieldValue, FileRef, Float, Long, Null, Short, Zoned

from .conftest import Play
from .given import codes, only
from .test_fields import HASH, hashing

NAMES = "/name /age /address/city /z /b /a /list[0] /list[1] /xx /yy /zz /q1 /q2 /ü".split()  # noqa: SIM905
WALKED = "/age /z /ü /xx /yy /zz /q1 /q2 /a /name /b /list[0] /list[1] /address/city".split()  # noqa: SIM905


def md5(data: bytes) -> str:
    """The digest of bytes."""
    return hashlib.md5(data).hexdigest()


def test_sets_of_texts_are_walked_as_java_walks_them() -> None:
    """The order was seen in the original."""
    assert hash_order(NAMES) == WALKED


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (Byte(-1), b"\xff"),
        (Short(1), b"\x01\x00"),
        (Float(1.0), b"\x00\x00\x80?"),
        (Char("é"), b"\xe9\x00"),
        (Decimal("1.50"), b"1.50"),
        (datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), b"\xe8\x03" + b"\x00" * 6),
        (Zoned(1970, 1, 1, tzinfo=UTC), b""),
    ],
)
def test_a_field_is_hashed_by_the_bytes_of_its_type(play: Play, value: FieldValue, data: bytes) -> None:
    """Numbers little-endian, characters as two bytes, dates as milliseconds; zoned dates have none."""
    assert only(play(HASH, hashing("inPlace", ["/a"]), {"a": value})) == {"a": md5(data)}


def test_several_fields_are_hashed_in_the_order_of_the_original(play: Play) -> None:
    """The separator stands behind every field, where it is used."""
    settings = {
        **hashing("target", ["/z", "/age", "/name"], targetField="/h"),
        "hasherConfig.useSeparator": True,
        "hasherConfig.separatorCharacter": "|",
    }
    made = only(play(HASH, settings, {"name": "n", "age": "a", "z": "z"}))
    assert isinstance(made, dict)
    assert made["h"] == md5("".join(f"{part}|" for part in ("n", "a", "z")).encode())


def whole(**more: object) -> dict[str, object]:
    """The settings that hash the record into /h."""
    settings: dict[str, object] = {"hashEntireRecord": True, "targetField": "/h", **more}
    return {f"hasherConfig.recordHasherConfig.{name}": value for name, value in settings.items()}


def test_a_record_is_hashed_by_its_leaves_that_have_a_value(play: Play) -> None:
    """Nulls and what is around fields is left out."""
    made = only(play(HASH, whole(), {"m": {"x": "1"}, "n": None, "e": {}}))
    assert isinstance(made, dict)
    assert made["h"] == md5(b"1")


def test_a_record_is_hashed_after_its_fields_were(play: Play) -> None:
    """The digest is that of what the fields are by then."""
    made = only(play(HASH, {**hashing("inPlace", ["/a"]), **whole()}, {"a": "x"}))
    assert made == {"a": md5(b"x"), "h": md5(md5(b"x").encode())}


def test_the_header_counts_where_it_is_included(play: Play) -> None:
    """Its values stand at the end, with the separator that is set for fields; alone they are not hashed."""
    settings = {**whole(includeRecordHeaderForHashing=True, useSeparator=True), "hasherConfig.separatorCharacter": ";"}
    made = only(play(HASH, settings, {"a": "x"}, attributes={"k": "v"}))
    assert isinstance(made, dict)
    assert made["h"] == md5(b"x;v;")
    assert only(play(HASH, settings, {}, attributes={"k": "v"})) == {}
    assert only(play(HASH, whole(), {"a": "x"}, attributes={"k": "v"})) == {"a": "x", "h": md5(b"x")}


def test_nothing_to_hash_sets_nothing(play: Play) -> None:
    """Neither field nor header."""
    lax = {**hashing("target", ["/a"], targetField="/h"), "onStagePreConditionFailure": "CONTINUE"}
    assert only(play(HASH, lax, {"b": 1})) == {"b": 1}


def test_a_refused_record_keeps_what_was_hashed(play: Play) -> None:
    """Maps, lists, nulls and missing fields are told at the end."""
    out = play(HASH, hashing("inPlace", ["/a", "/m", "/n", "/none"]), {"a": "x", "m": {}, "n": Null(FieldType.LONG)})
    assert codes(out) == ["HASH_01"]
    assert out.errors[0].record.value == {"a": md5(b"x"), "m": {}, "n": Null(FieldType.LONG)}


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({}, "HASH_04"),
        (hashing("target", ["/a"]), "HASH_03"),
        (hashing("target", ["/a"], targetField="/h*"), "HASH_02"),
        (whole(targetField=""), "HASH_03"),
    ],
)
def test_settings_without_sense_are_refused(play: Play, settings: dict[str, object], code: str) -> None:
    """Before the first record."""
    with pytest.raises(InvalidValueError, match=code):
        play(HASH, settings, {"a": Long(1)})


def test_what_no_digest_can_be_made_of_has_a_code(play: Play) -> None:
    """A digest that nobody knows refuses the record, a file ends the run."""
    assert codes(play(HASH, hashing("inPlace", ["/a"], "CRC"), {"a": "x"})) == ["HASH_00"]
    with pytest.raises(StopFault, match="HASH_00"):
        play(HASH, hashing("inPlace", ["/a"]), {"a": FileRef(BytesIO, {})})
