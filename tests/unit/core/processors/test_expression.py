"""Promises of the Expression Evaluator."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from penstock.core.plan.unfit import UnfitError
from penstock.core.records.paths import NoPlaceError
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
    Zoned,
)

from .conftest import Play
from .given import codes, only

EXPRESSION = "processor_expression_ExpressionDProcessor"


def setting(*rows: tuple[str, str]) -> dict[str, object]:
    """The settings that set fields."""
    return {"expressionProcessorConfigs": [{"fieldToSet": path, "expression": text} for path, text in rows]}


def header(name: str, text: str) -> dict[str, object]:
    """The settings that set a header attribute."""
    return {"headerAttributeConfigs": [{"attributeToSet": name, "headerAttributeExpression": text}]}


def noted(path: str, name: str, text: str) -> dict[str, object]:
    """The settings that set an attribute of a field."""
    row = {"fieldToSet": path, "attributeToSet": name, "fieldAttributeExpression": text}
    return {"fieldAttributeConfigs": [row]}


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("plain", "plain"),
        ("", ""),
        ("${1}", Long(1)),
        ("${1.5}", 1.5),
        ("${1 == 1}", True),
        ("${record:value('/i')}", 7),
        ("${record:value('/c')}", Char("c")),
        ("${record:value('/d')}", Decimal("1.50")),
        ("${record:value('/l')}", [1]),
        ("${record:value('/m')}", ListMap({"k": 1})),
        ("${record:value('/sh')}", Short(1)),
        ("${record:value('/by')}", Byte(1)),
        ("${record:value('/f')}", Float(1.5)),
        ("${record:value('/bytes')}", b"x"),
        ("${record:value('/day')}", datetime(2020, 1, 1, tzinfo=UTC)),
        ("${record:value('/z')}", "2020-01-01T00:00:00Z"),
        ("${record:type('/i')}", "INTEGER"),
        ("${str:split('a,b', ',')}", ["a", "b"]),
        ("${time:now()}", datetime.fromtimestamp(1, UTC)),
        ("a${1}b", "a1b"),
        ("${NULL}", None),
    ],
)
def test_a_result_is_typed_by_its_value(play: Play, text: str, after: FieldValue) -> None:
    """What a template gives beside other text is a STRING; maps come back as LIST_MAP."""
    before: dict[str, FieldValue] = {"i": 7, "c": Char("c"), "d": Decimal("1.50"), "l": [1], "m": {"k": 1}}
    before |= {"sh": Short(1), "by": Byte(1), "f": Float(1.5), "bytes": b"x"}
    before |= {"day": Date(2020, 1, 1, tzinfo=UTC), "z": Zoned(2020, 1, 1, tzinfo=UTC)}
    made = only(play(EXPRESSION, setting(("/new", text)), before))
    assert isinstance(made, dict)
    assert (made["new"], type(made["new"])) == (after, type(after))


@pytest.mark.parametrize(("text", "kind"), [("${emptyMap()}", dict), ("${str:splitKV('a=1', ',', '=')}", dict)])
def test_maps_without_an_order_stay_maps(play: Play, text: str, kind: type) -> None:
    """Those that functions make, unlike those of a record."""
    made = only(play(EXPRESSION, setting(("/new", text)), {}))
    assert isinstance(made, dict)
    assert isinstance(made["new"], kind)
    assert not isinstance(made["new"], ListMap)


def test_a_list_grows_at_its_end(play: Play) -> None:
    """By the next index; one beyond it ends the run. A list-map has no place for it."""
    assert only(play(EXPRESSION, setting(("/l[1]", "x")), {"l": [1]})) == {"l": [1, "x"]}
    with pytest.raises(NoPlaceError):
        play(EXPRESSION, setting(("/l[2]", "x")), {"l": [1]})
    assert codes(play(EXPRESSION, setting(("/l[1]", "x")), {"l": ListMap(a=1)})) == ["EXPR_02"]
    assert codes(play(EXPRESSION, setting(("/m[0]", "x")), {"m": {}})) == ["EXPR_04"]


@pytest.mark.parametrize("path", ["/l[x]", "/l[*]", "/l[2147483648]", "l", "/'l"])
def test_what_is_no_path_has_no_value(play: Play, path: str) -> None:
    """The record is refused, whichever function reads the path."""
    for name in ("value", "exists", "type"):
        text = "${record:" + name + "('" + path.replace("'", "\\'") + "')}"
        assert codes(play(EXPRESSION, setting(("/a", text)), {"l": [1]})) == ["EXPR_03"]


def test_null_keeps_the_type_of_the_field(play: Play) -> None:
    """A field that is not there becomes a STRING."""
    made = only(play(EXPRESSION, setting(("/a", "${NULL}"), ("/b", "${NULL}")), {"a": 1}))
    assert made == {"a": Null(FieldType.INTEGER), "b": None}


def test_a_record_inside_itself_is_a_copy(play: Play) -> None:
    """Its own root can be a value of one of its fields."""
    assert only(play(EXPRESSION, setting(("/a", "${record:value('/')}")), {"b": 1})) == {"b": 1, "a": {"b": 1}}


def test_a_pattern_sets_every_field_that_fits(play: Play) -> None:
    """None is made."""
    assert only(play(EXPRESSION, setting(("/l[*]/n", "x")), {"l": [{"n": 1}, {"n": 2}]})) == {
        "l": [{"n": "x"}, {"n": "x"}]
    }
    assert only(play(EXPRESSION, setting(("/none/*", "x")), {"a": 1})) == {"a": 1}


def test_a_row_without_a_name_sets_nothing(play: Play) -> None:
    """Of fields, header attributes and attributes of fields."""
    (record,) = play(EXPRESSION, {**setting(("", "x")), **header("", "x"), **noted("/a", "", "x")}, {"a": 1}).lanes[0]
    assert (record.value, record.attributes, record.notes) == ({"a": 1}, {}, {})


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (setting(("/a", "${1 + 'x'}")), "EXPR_03"),
        (setting(("/none/a", "x")), "EXPR_04"),
        (header("h", "${1 + 'x'}"), "EXPR_03"),
        (noted("/b", "n", "${1 + 'x'}"), "EXPR_03"),
        (noted("/none", "n", "x"), "EXPR_05"),
    ],
)
def test_what_cannot_be_set_refuses_the_record(play: Play, settings: dict[str, object], code: str) -> None:
    """Each cause has its code."""
    assert codes(play(EXPRESSION, settings, {"b": 1})) == [code]


def test_fields_are_set_before_headers_and_attributes(play: Play) -> None:
    """Attributes see new fields."""
    settings = {
        **setting(("/a", "x")),
        **header("h", "${record:value('/a')}"),
        **noted("/a", "n", "${record:value('/a')}"),
    }
    (record,) = play(EXPRESSION, settings, {}).lanes[0]
    assert record.attributes["h"] == "x"
    assert record.notes == {"/a": {"n": "x"}}


def test_a_header_of_null_is_empty(play: Play) -> None:
    """The attribute is there."""
    (record,) = play(EXPRESSION, header("h", "${NULL}"), {}).lanes[0]
    assert record.attributes["h"] == ""


def test_rows_without_a_name_are_passed_over(play: Play) -> None:
    """They are what a fresh stage has."""
    settings = {**setting(("", "x")), **header("", "x"), **noted("", "n", "x")}
    assert only(play(EXPRESSION, settings, {"a": 1})) == {"a": 1}


def test_expressions_that_cannot_be_read_are_told_at_the_start(play: Play) -> None:
    """All of them, with the setting that each is in."""
    settings: dict[str, object] = {
        "expressionProcessorConfigs": [{"fieldToSet": "/a", "expression": "${(1}"}],
        "headerAttributeConfigs": [{"attributeToSet": "a", "headerAttributeExpression": "${2 +}"}],
    }
    with pytest.raises(UnfitError) as caught:
        play("processor_expression_ExpressionDProcessor", settings)
    found = [(each.code, each.setting) for each in caught.value.found]
    assert found == [("EXPR_00", "expressionProcessorConfigs"), ("EXPR_00", "headerAttributeConfigs")]
