"""Promises of fields as plain JSON."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.java.text import double_text
from penstock.core.records.json_data import json_bytes
from penstock.core.records.values import Byte, Date, FieldValue, Float


@pytest.mark.parametrize(
    ("value", "text"),
    [(Float(1.1), b"1.1"), ([Float(2.0)], b"[2.0]"), (Float("nan"), b'"NaN"'), (Float("inf"), b'"Infinity"')],
)
def test_a_float_is_a_number(value: FieldValue, text: bytes) -> None:
    """As a DOUBLE is one; what JSON has no number for is a text."""
    assert json_bytes(value) == text


@given(st.integers(-(10**12), 4 * 10**12))
def test_a_date_is_its_milliseconds(ms: int) -> None:
    """To the last of them."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    assert json_bytes({"at": at}) == f'{{"at":{ms}}}'.encode()
    assert json_bytes(Date.fromtimestamp(0, UTC)) == b"0"


NUMBERS = st.one_of(
    st.floats(), st.floats(-1e-2, 1e-2), st.floats(9e6, 1e8), st.sampled_from([1e16, 1e-5, 1e300, 5e-324])
)


@given(NUMBERS)
def test_a_number_has_the_digits_of_the_original(number: float) -> None:
    """Plain between a thousandth and ten million, with an exponent outside; alone, in a map, in a list, or negative."""
    text = double_text(number) if math.isfinite(number) else f'"{double_text(number)}"'
    assert json_bytes(number).decode() == text
    assert json_bytes({"a": number, "b": [number, 1]}).decode() == f'{{"a":{text},"b":[{text},1]}}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [Byte(-1)]}, '{"a":["/w=="]}'),
        ("\x0b\x1f\n\\u001f", '"\\u000B\\u001F\\n\\\\u001f"'),
        ("12345678.5 é\x1b", '"12345678.5 é\\u001B"'),
        ({"a": None, "b": 1.5}, '{"a":null,"b":1.5}'),
        ([1.0e7, 10.0004, 0.001, -0.0005, 1e22], "[1.0E7,10.0004,0.001,-5.0E-4,1.0E22]"),
    ],
)
def test_what_the_library_spells_otherwise_is_spelled_as_in_the_original(value: FieldValue, text: str) -> None:
    """A BYTE is binary, escapes have capital digits."""
    assert json_bytes(value).decode() == text
