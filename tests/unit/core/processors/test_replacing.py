"""Promises of Field Replacer and Value Replacer."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from penstock.core.processors import StopFault
from penstock.core.records.values import Char, Date, FieldType, FieldValue, Long, Null, Time

from .conftest import Play
from .given import codes, only
from .test_fields import REPLACE as VALUE

FIELD = "processor_fieldreplacer_FieldReplacerDProcessor"


def rules(*rows: tuple[str, str | None], wanted: str = "CONTINUE") -> dict[str, object]:
    """The settings of a Field Replacer: fields and replacement, None for null."""
    made = [{"fields": fields, "setToNull": new is None, "replacement": new or ""} for fields, new in rows]
    return {"conf.rules": made, "conf.onStagePreConditionFailure": wanted}


@pytest.mark.parametrize(
    ("new", "after"),
    [
        ("text", "text"),
        ("${1 + 1}", Long(2)),
        ("${1.5}", 1.5),
        ("${true}", True),
        ("${NULL}", None),
        ("${str:toUpper(f:value())}", "OLD"),
    ],
)
def test_a_replacement_is_typed_by_its_value(play: Play, new: str, after: FieldValue) -> None:
    """A text gives a STRING, a number its own type."""
    assert only(play(FIELD, rules(("/a", new)), {"a": "old"})) == {"a": after}


def test_setting_to_null_keeps_the_type(play: Play) -> None:
    """Of every field that fits."""
    made = only(play(FIELD, rules(("/*", None)), {"a": 1, "b": "x"}))
    assert made == {"a": Null(FieldType.INTEGER), "b": None}


def test_rules_are_followed_in_order(play: Play) -> None:
    """The second sees what the first did."""
    made = only(play(FIELD, rules(("/a", "x"), ("/a", "${str:concat(f:value(), 'y')}")), {"a": 1}))
    assert made == {"a": "xy"}


@pytest.mark.parametrize(
    ("wanted", "version", "new", "after"),
    [
        ("CONTINUE", "1", "x", {"b": "x"}),
        ("CONTINUE", "1", None, {}),
        ("CONTINUE", "2", "x", {}),
        ("ADD_FIELD", "2", "x", {"b": "x"}),
        ("ADD_FIELD", "2", None, {"b": None}),
    ],
)
def test_missing_fields_are_added_or_passed_over(
    play: Play, wanted: str, version: str, new: str | None, after: FieldValue
) -> None:
    """The first version of the stage added them; later ones only when they are told so."""
    assert only(play(FIELD, rules(("/b", new), wanted=wanted), {}, version=version)) == after


@pytest.mark.parametrize("fields", ["/b", "/b/*"])
def test_missing_fields_can_be_an_error(play: Play, fields: str) -> None:
    """A path that is not there, and a pattern that nothing fits."""
    assert codes(play(FIELD, rules((fields, "x"), wanted="TO_ERROR"), {"a": 1})) == ["FIELD_REPLACER_00"]
    assert only(play(FIELD, rules(("/a", "x"), wanted="TO_ERROR"), {"a": 1})) == {"a": "x"}


def test_an_expression_that_fails_ends_the_run(play: Play) -> None:
    """The original does not expect it."""
    with pytest.raises(StopFault, match="CTRCMN_0100"):
        play(FIELD, rules(("/a", "${1 + 'x'}")), {"a": 1})


def nulled(*fields: str, condition: str = "") -> dict[str, object]:
    """The first group of a Value Replacer."""
    return {"nullReplacerConditionalConfigs": [{"fieldsToNull": list(fields), "condition": condition}]}


def filled(value: str, *fields: str) -> dict[str, object]:
    """The second group."""
    return {"fieldsToReplaceIfNull": [{"fields": list(fields), "newValue": value}]}


def compared(operator: str, wanted: str, new: str, *fields: str) -> dict[str, object]:
    """The third group."""
    row = {"fieldNames": list(fields), "operator": operator, "comparisonValue": wanted, "replacementValue": new}
    return {"fieldsToConditionallyReplace": [row]}


def test_fields_become_null_where_the_condition_holds(play: Play) -> None:
    """Their type stays; no condition always holds."""
    assert only(play(VALUE, nulled("/a", condition="${record:value('/b') > 0}"), {"a": 1, "b": 1})) == {
        "a": Null(FieldType.INTEGER),
        "b": 1,
    }
    assert only(play(VALUE, nulled("/a", condition="${record:value('/b') > 1}"), {"a": 1, "b": 1})) == {"a": 1, "b": 1}
    assert only(play(VALUE, nulled("/a"), {"a": "x"})) == {"a": None}


@pytest.mark.parametrize(
    ("held", "text", "after"),
    [
        (None, "x", "x"),
        (Null(FieldType.INTEGER), "7", 7),
        (Null(FieldType.LONG), "7", Long(7)),
        (Null(FieldType.DOUBLE), "1.5", 1.5),
        (Null(FieldType.DECIMAL), "1.50", Decimal("1.50")),
        (Null(FieldType.BOOLEAN), "TRUE", True),
        (Null(FieldType.CHAR), "c", Char("c")),
        (Null(FieldType.BYTE_ARRAY), "é", "é".encode()),
        (Null(FieldType.DATETIME), "2024-01-02 03:04:05.006+0000", datetime(2024, 1, 2, 3, 4, 5, 6000, UTC)),
        (Null(FieldType.DATE), "2024-01-02", Date(2024, 1, 2, tzinfo=UTC)),
        (Null(FieldType.TIME), "03:04:05", Time(1970, 1, 1, 3, 4, 5, tzinfo=UTC)),
        (1, "7", 1),
    ],
)
def test_nulls_get_the_value_in_their_type(play: Play, held: FieldValue, text: str, after: FieldValue) -> None:
    """Values that are there stay."""
    assert only(play(VALUE, filled(text, "/a"), {"a": held})) == {"a": after}


def test_what_is_no_value_of_the_type_is_refused(play: Play) -> None:
    """In the second group."""
    assert codes(play(VALUE, filled("x", "/a"), {"a": Null(FieldType.INTEGER)})) == ["VALUE_REPLACER_00"]


@pytest.mark.parametrize(
    ("operator", "wanted", "after"),
    [
        ("EQUALS", "5", 9),
        ("EQUALS", "4", 5),
        ("LESS_THAN", "6", 9),
        ("LESS_THAN", "5", 5),
        ("GREATER_THAN", "4", 9),
        ("GREATER_THAN", "5", 5),
    ],
)
def test_values_are_replaced_by_comparison(play: Play, operator: str, wanted: str, after: int) -> None:
    """The field stands on the left."""
    assert only(play(VALUE, compared(operator, wanted, "9", "/a"), {"a": 5})) == {"a": after}


def test_all_values_can_be_replaced(play: Play) -> None:
    """Of every type, null too; nothing is compared."""
    assert only(play(VALUE, compared("ALL", "", "true", "/a", "/b"), {"a": False, "b": None})) == {
        "a": True,
        "b": "true",
    }


@pytest.mark.parametrize(
    ("held", "settings", "code"),
    [
        (5, compared("EQUALS", "x", "9", "/a"), "VALUE_REPLACER_03"),
        (5, compared("EQUALS", "5", "x", "/a"), "VALUE_REPLACER_03"),
        (None, compared("EQUALS", "5", "9", "/a"), "VALUE_REPLACER_03"),
        (Null(FieldType.INTEGER), compared("EQUALS", "5", "9", "/a"), "VALUE_REPLACER_03"),
        (Char("5"), compared("EQUALS", "5", "9", "/a"), "VALUE_REPLACER_03"),
        (True, compared("EQUALS", "true", "false", "/a"), "VALUE_REPLACER_03"),
        (5, compared("EQUALS", " ", "9", "/a"), "VALUE_REPLACER_04"),
        (5, compared("EQUALS", "5", "", "/a"), "VALUE_REPLACER_05"),
    ],
)
def test_what_cannot_be_compared_ends_the_run(
    play: Play, held: FieldValue, settings: dict[str, object], code: str
) -> None:
    """Values and replacements of another type, and settings that are not there."""
    with pytest.raises(StopFault, match=code):
        play(VALUE, settings, {"a": held})


@pytest.mark.parametrize("settings", [nulled("/b"), filled("x", "/b"), nulled("/b/*")])
def test_missing_fields_are_refused_in_the_first_two_groups(play: Play, settings: dict[str, object]) -> None:
    """Or passed over, when told so."""
    assert codes(play(VALUE, settings, {"a": 1})) == ["VALUE_REPLACER_01"]
    lax = {**settings, "onStagePreConditionFailure": "CONTINUE"}
    assert only(play(VALUE, lax, {"a": 1})) == {"a": 1}


def test_missing_fields_are_nothing_in_the_third_group(play: Play) -> None:
    """The record passes."""
    assert only(play(VALUE, compared("ALL", "", "x", "/b"), {"a": 1})) == {"a": 1}


def test_a_condition_that_fails_refuses_the_record(play: Play) -> None:
    """With a code of its own."""
    assert codes(play(VALUE, nulled("/a", condition="${1 + 'x' == 2}"), {"a": 1})) == ["VALUE_REPLACER_06"]


def test_a_condition_is_looked_at_before_fields_are_missed(play: Play) -> None:
    """Its fault is told first."""
    rows = [{"fieldsToNull": ["/none"], "condition": "${1 / 0}"}]
    settings: dict[str, object] = {"nullReplacerConditionalConfigs": rows}
    assert codes(play(VALUE, settings, {})) == ["VALUE_REPLACER_06"]
