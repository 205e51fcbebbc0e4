"""Promises of the Field Remover beyond the table of its actions."""

from decimal import Decimal

import pytest

from penstock.core.records.values import Char, FieldType, FieldValue, Null

from .conftest import Play
from .given import only

REMOVE = "processor_fieldfilter_FieldFilterDProcessor"


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        (["/m"], {"m": {"a": 1, "b": [1, {"c": 2}]}}),
        (["/m/b"], {"m": {"b": [1, {"c": 2}]}}),
        (["/m/b[1]/c"], {"m": {"b": [{"c": 2}]}}),
        (["/m/b[*]"], {"m": {"b": [1, {"c": 2}]}}),
        (["/none"], {}),
        (["/m/a", "/x"], {"m": {"a": 1}, "x": 3}),
        (["/'o k'"], {"o k": 4}),
        (["/mn"], {"mn": 5}),
    ],
)
def test_keeping_keeps_parents_and_everything_below(play: Play, fields: list[str], left: FieldValue) -> None:
    """What is around a kept field stays without its other content; what is below stays whole."""
    record: FieldValue = {"m": {"a": 1, "b": [1, {"c": 2}]}, "x": 3, "o k": 4, "mn": 5}
    assert only(play(REMOVE, {"filterOperation": "KEEP", "fields": fields}, record)) == left


def test_fields_go_in_the_reverse_of_the_listed_order(play: Play) -> None:
    """So indexes stay right when they are listed upwards, and only then."""
    assert only(play(REMOVE, {"fields": ["/l[0]", "/l[1]"]}, {"l": [1, 2, 3]})) == {"l": [3]}
    assert only(play(REMOVE, {"fields": ["/l[1]", "/l[0]"]}, {"l": [1, 2, 3]})) == {"l": [2]}


@pytest.mark.parametrize(
    ("action", "left"),
    [
        ("REMOVE_NULL", {"e": "", "c": "1", "i": 1, "h": Char("1"), "s": " "}),
        ("REMOVE_EMPTY", {"n": None, "t": Null(FieldType.LONG), "c": "1", "i": 1, "h": Char("1"), "s": " "}),
        ("REMOVE_CONSTANT", {"n": None, "t": Null(FieldType.LONG), "e": "", "s": " "}),
    ],
)
def test_null_empty_and_constant_are_told_apart(play: Play, action: str, left: FieldValue) -> None:
    """Empty is the empty text only; a constant is compared with the text form of scalars."""
    record: FieldValue = {
        "n": None,
        "t": Null(FieldType.LONG),
        "e": "",
        "c": "1",
        "i": 1,
        "h": Char("1"),
        "s": " ",
    }
    settings = {"filterOperation": action, "fields": ["/*"], "constant": "1"}
    assert only(play(REMOVE, settings, record)) == left


@pytest.mark.parametrize(
    ("constant", "gone"),
    [
        ("42", "i"),
        ("5.5", "d"),
        ("true", "b"),
        ("1.50", "n"),
        ("{}", None),
        ("[B", None),
        ("MISSING", None),
        ("null", None),
        ("", "e"),
        ("none", None),
    ],
)
def test_a_constant_is_what_a_field_is_as_text(play: Play, constant: str, gone: str | None) -> None:
    """Numbers, flags and texts go where their text form is the constant; maps, nulls and missing fields never do."""
    record: dict[str, FieldValue] = {"i": 42, "d": 5.5, "b": True, "n": Decimal("1.50"), "m": {}, "z": None, "e": ""}
    record |= {"y": b"x", "t": Null(FieldType.LONG)}
    settings = {"filterOperation": "REMOVE_CONSTANT", "fields": ["/*", "/none"], "constant": constant}
    assert only(play(REMOVE, settings, {**record})) == {name: value for name, value in record.items() if name != gone}
