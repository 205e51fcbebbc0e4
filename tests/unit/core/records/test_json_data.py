"""Promises of fields as plain JSON."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.records.json_data import json_bytes
from penstock.core.records.values import Date, FieldValue, Float


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
