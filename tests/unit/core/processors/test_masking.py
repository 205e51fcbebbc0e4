"""Promises of the Field Masker."""

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.records.values import Char, FieldType, FieldValue, Null

from .conftest import Play
from .given import codes, only

MASK = "processor_fieldmask_FieldMaskDProcessor"


def masking(kind: str, *fields: str, **more: object) -> dict[str, object]:
    """The settings of a masker with one rule."""
    return {"fieldMaskConfigs": [{"fields": list(fields) or ["/a"], "maskType": kind, **more}]}


@pytest.mark.parametrize(
    ("kind", "more", "text", "masked"),
    [
        ("FIXED_LENGTH", {}, "abc", "xxxxxxxxxx"),
        ("VARIABLE_LENGTH", {}, "abc", "xxx"),
        ("VARIABLE_LENGTH", {}, "", ""),
        ("CUSTOM", {"mask": "-#-#"}, "abcd", "-b-d"),
        ("CUSTOM", {"mask": "##"}, "abcd", "ab"),
        ("CUSTOM", {"mask": "####-####"}, "ab", "ab"),
        ("CUSTOM", {"mask": "x##-xx##"}, "abcde", "xbc-x"),
        ("CUSTOM", {"mask": ""}, "abc", ""),
        ("REGEX", {"regex": "(\\d+)-(\\d+)-(\\d+)", "groupsToShow": "1, 3"}, "12-345-6", "12xxxxx6"),
        ("REGEX", {"regex": "(\\d+)-(\\d+)", "groupsToShow": "1"}, "no match", "no match"),
        ("REGEX", {"regex": "(\\d+)", "groupsToShow": "1"}, "12 and more", "12 and more"),
        ("REGEX", {"regex": "(a)|(b)", "groupsToShow": "1"}, "b", "x"),
    ],
)
def test_texts_are_masked(play: Play, kind: str, more: dict[str, object], text: str, masked: str) -> None:
    """By ten letters, as long as they were, by a pattern, or but for groups of an expression that fits them whole."""
    assert only(play(MASK, masking(kind, **more), {"a": text})) == {"a": masked}


@pytest.mark.parametrize("value", [1, True, Char("c"), ["x"], {"b": "x"}, Null(FieldType.INTEGER)])
def test_what_is_no_text_is_refused(play: Play, value: FieldValue) -> None:
    """A number that is null too."""
    assert codes(play(MASK, masking("FIXED_LENGTH"), {"a": value})) == ["MASK_00"]


def test_null_and_missing_fields_stay(play: Play) -> None:
    """Nothing is refused for them."""
    assert only(play(MASK, masking("FIXED_LENGTH", "/a", "/b"), {"a": None})) == {"a": None}


def test_texts_are_masked_before_the_record_is_refused(play: Play) -> None:
    """The refused record shows no text that should be hidden."""
    made = play(MASK, masking("FIXED_LENGTH", "/a", "/b"), {"a": 1, "b": "secret"})
    assert made.errors[0].record.value == {"a": 1, "b": "xxxxxxxxxx"}


def test_wildcards_are_masked_everywhere(play: Play) -> None:
    """Elements of lists and fields of maps."""
    settings = masking("VARIABLE_LENGTH", "/l[*]/n")
    assert only(play(MASK, settings, {"l": [{"n": "a"}, {"n": "bb"}]})) == {"l": [{"n": "x"}, {"n": "xx"}]}


def test_an_expression_that_runs_away_refuses_the_record(play: Play) -> None:
    """It costs no more than a second."""
    settings = masking("REGEX", regex=r"(?:(a+)(a+)(a+))+\3b", groupsToShow="1")
    assert codes(play(MASK, settings, {"a": "a" * 3000})) == ["MASK_00"]


@pytest.mark.parametrize(
    ("regex", "groups", "code"),
    [
        ("(a)", "2", "MASK_01"),
        ("(a)", "0", "MASK_01"),
        ("(a)", "\u00b2", "MASK_01"),
        ("(a)", "x", "MASK_01"),
        ("(a)", "", "MASK_02"),
        ("a", "1", "MASK_03"),
    ],
)
def test_groups_that_are_not_there_are_refused_at_start(play: Play, regex: str, groups: str, code: str) -> None:
    """With the code of the original."""
    with pytest.raises(InvalidValueError, match=code):
        play(MASK, masking("REGEX", regex=regex, groupsToShow=groups), {"a": "a"})
