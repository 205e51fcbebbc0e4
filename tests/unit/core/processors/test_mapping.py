"""Promises of the Field Mapper: what is visited, in which order, and where results go."""

import pytest

from penstock.core.el import ElError
from penstock.core.processors import StopFault
from penstock.core.records.values import FieldValue, Long

from .conftest import Play
from .given import codes, only
from .test_fields import MAP


def mapping(operate: str, expression: str, **more: object) -> dict[str, object]:
    """The settings of a mapper."""
    settings = {"operateOn": operate, "mappingExpression": expression, "aggregationExpression": "", **more}
    return {f"fieldMapperConfig.{name}": value for name, value in settings.items()}


def test_values_are_mapped_for_leaves_only(play: Play) -> None:
    """Maps and lists keep their form; a result is typed like one of the Expression Evaluator."""
    made = only(
        play(MAP, mapping("FIELD_VALUES", "${str:toUpper(f:value())}"), {"a": "x", "l": ["y"], "m": {"b": "z"}})
    )
    assert made == {"a": "X", "l": ["Y"], "m": {"b": "Z"}}


def test_values_are_mapped_one_after_the_other(play: Play) -> None:
    """A later field sees what an earlier one became."""
    expression = "${f:path() == '/b' ? record:value('/a') : f:value() + 1}"
    assert only(play(MAP, mapping("FIELD_VALUES", expression), {"a": 1, "b": 5})) == {"a": Long(2), "b": Long(2)}


def test_only_fields_that_fit_the_condition_are_mapped(play: Play) -> None:
    """An empty condition takes all of them."""
    settings = mapping("FIELD_VALUES", "x", conditionalExpression="${f:type() == 'INTEGER'}")
    assert only(play(MAP, settings, {"a": 1, "b": "s"})) == {"a": "x", "b": "s"}


def test_names_are_mapped_for_all_fields_that_have_one(play: Play) -> None:
    """Elements of lists have none; a renamed field goes to the end."""
    before = {"a": {"b": 1}, "l": [{"c": 2}], "Z": 3}
    made = only(play(MAP, mapping("FIELD_NAMES", "${str:toUpper(f:name())}"), before))
    assert made == {"Z": 3, "A": {"B": 1}, "L": [{"C": 2}]}
    assert isinstance(made, dict)
    assert list(made) == ["Z", "A", "L"]


def test_old_names_can_stay(play: Play) -> None:
    """The new name gets a copy."""
    settings = mapping("FIELD_NAMES", "${str:concat(f:name(), '2')}", maintainOriginalPaths=True)
    assert only(play(MAP, settings, {"a": 1})) == {"a": 1, "a2": 1}


@pytest.mark.parametrize(
    ("more", "before", "after"),
    [
        ({}, {"a": 1}, {"t": 1}),
        ({}, {"a": 1, "b": 2}, {"t": [1, 2]}),
        ({}, {"a": 1, "t": [9]}, {"t": [1]}),
        ({"appendListValues": True}, {"a": 1, "t": [9]}, {"t": [9, 1]}),
        ({"structureChangeAllowed": False}, {"a": 1, "t": [9]}, {"t": [1]}),
        ({"structureChangeAllowed": False}, {"a": 1}, {}),
        ({"maintainOriginalPaths": True}, {"a": 1}, {"a": 1, "t": 1}),
    ],
)
def test_without_aggregation_a_path_takes_one_or_a_list(
    play: Play, more: dict[str, object], before: FieldValue, after: FieldValue
) -> None:
    """A list that is there is refilled or appended to; otherwise one field stays one and several become a list."""
    settings = mapping("FIELD_PATHS", "/t", conditionalExpression="${f:path() == '/a' || f:path() == '/b'}", **more)
    assert only(play(MAP, settings, before)) == after


@pytest.mark.parametrize(
    ("aggregation", "after"),
    [
        ("${fields}", [1, 5, 2]),
        ("${sum(fields)}", Long(8)),
        ("${max(fields)}", 5),
        ("${min(fields)}", 1),
        ("${map(fields, previousPath())}", ["/a", "/b", "/c"]),
        ("${map(fields, fieldByPreviousPath())}", [{"/a": 1}, {"/b": 5}, {"/c": 2}]),
        ("${asFields(fields)}", [1, 5, 2]),
        ("${length(fields)}", 3),
    ],
)
def test_fields_of_one_path_are_aggregated(play: Play, aggregation: str, after: FieldValue) -> None:
    """``fields`` are those that were mapped to the path."""
    settings = mapping("FIELD_PATHS", "/t", aggregationExpression=aggregation)
    assert only(play(MAP, settings, {"a": 1, "b": 5, "c": 2})) == {"t": after}


def test_fields_of_several_types_have_no_sum(play: Play) -> None:
    """Nor does something that is no function change them."""
    for text in ("${sum(fields)}", "${map(fields, 1)}"):
        settings = mapping("FIELD_PATHS", "/t", aggregationExpression=text)
        assert codes(play(MAP, settings, {"a": 1, "b": 2.5})) == ["EXPRESSION_EVALUATION_FAILURE_03"]


def test_one_field_is_a_list_for_the_aggregation_too(play: Play) -> None:
    """``${fields}`` gives a list, always."""
    assert only(play(MAP, mapping("FIELD_PATHS", "/t", aggregationExpression="${fields}"), {"a": 1})) == {"t": [1]}


def test_a_field_that_is_mapped_to_its_own_path_is_removed(play: Play) -> None:
    """Old paths are removed when all new ones are set, whatever they are."""
    assert only(play(MAP, mapping("FIELD_PATHS", "${f:path()}"), {"a": 1})) == {}


def test_a_path_that_cannot_be_reached_ends_the_run(play: Play) -> None:
    """As in the original, where nobody expects it."""
    with pytest.raises(StopFault, match="FIELD_MAPPER_05"):
        play(MAP, mapping("FIELD_PATHS", "/none/x"), {"a": 1})


def test_what_is_no_path_is_refused(play: Play) -> None:
    """The record goes to error."""
    assert codes(play(MAP, mapping("FIELD_PATHS", "none"), {"a": 1})) == ["INVALID_EVALUATED_FIELD_PATH_02"]


@pytest.mark.parametrize("name", ["conditionalExpression", "mappingExpression", "aggregationExpression"])
def test_an_expression_that_fails_refuses_the_record(play: Play, name: str) -> None:
    """Whichever of the three."""
    settings = mapping("FIELD_PATHS", "/t", **{"conditionalExpression": "", name: "${1 + 'x'}"})
    assert codes(play(MAP, settings, {"a": 1})) == ["EXPRESSION_EVALUATION_FAILURE_03"]


def test_an_expression_that_cannot_be_read_is_refused_at_start(play: Play) -> None:
    """With its code."""
    with pytest.raises(ElError, match="INVALID_EXPRESSION_04"):
        play(MAP, mapping("FIELD_VALUES", "${f:value("), {"a": 1})


def test_attributes_stay_with_values_and_go_with_paths(play: Play) -> None:
    """A field keeps its attributes when its value is mapped, and takes them along to another path."""
    notes = {"/a": {"k": "v"}}
    for settings, path in ((mapping("FIELD_VALUES", "x"), "/a"), (mapping("FIELD_PATHS", "/t"), "/t")):
        (record,) = play(MAP, settings, {"a": 1}, notes=notes).lanes[0]
        assert record.notes == {path: {"k": "v"}}


def test_attributes_go_with_fields_into_a_list(play: Play) -> None:
    """Each with its element."""
    notes = {"/b": {"k": "v"}, "/b/c": {"m": "n"}}
    settings = mapping("FIELD_PATHS", "/t", conditionalExpression="${f:path() == '/a' || f:path() == '/b/c'}")
    (record,) = play(MAP, settings, {"a": 1, "b": {"c": 2}}, notes=notes).lanes[0]
    assert record.value == {"b": {}, "t": [1, 2]}
    assert record.notes == {"/b": {"k": "v"}, "/t[1]": {"m": "n"}}


@pytest.mark.parametrize(
    ("keeps", "after"), [(True, {"a": 1, "m": {"b": 2, "": 2}, "": {"b": 2, "": 2}}), (False, {"": {"": 2}})]
)
def test_a_field_may_have_no_name(play: Play, keeps: bool, after: FieldValue) -> None:
    """The last of those that lose theirs is kept; nothing else is lost."""
    settings = {**mapping("FIELD_NAMES", ""), "fieldMapperConfig.maintainOriginalPaths": keeps}
    assert only(play(MAP, settings, {"a": 1, "m": {"b": 2}})) == after


def test_conditions_are_asked_of_every_field(play: Play) -> None:
    """Also of those without a name: one that has no value for them refuses the record."""
    settings = {**mapping("FIELD_NAMES", "x"), "fieldMapperConfig.conditionalExpression": "${f:value() > 1}"}
    assert codes(play(MAP, settings, {"a": 2})) == ["EXPRESSION_EVALUATION_FAILURE_03"]
