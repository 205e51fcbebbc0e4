"""Promises of the processors, one line of behaviour each."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.plan import Given
from penstock.core.processors import Out
from penstock.core.processors.logs import PREFIX, SERVICE
from penstock.core.records.values import FieldType, FieldValue, Long, Null
from penstock.core.values import JsonMap, freeze

Play = Callable[..., Out]
FILTER = "processor_fieldfilter_FieldFilterDProcessor"
MASK = "processor_fieldmask_FieldMaskDProcessor"
MERGE = "processor_fieldmerger_FieldMergerDProcessor"
FLATTEN = "processor_fieldflattener_FieldFlattenerDProcessor"
PIVOT = "processor_listpivot_ListPivotDProcessor"
REPLACE = "processor_fieldreplacer_FieldReplacerDProcessor"
SELECT = "processor_selector_SelectorDProcessor"
EXPRESSION = "processor_expression_ExpressionDProcessor"
DEDUP = "processor_dedup_DeDupDProcessor"
PARSE = "processor_jsonparser_JsonParserDProcessor"
CONVERT = "processor_fieldtypeconverter_FieldTypeConverterDProcessor"
LOG = "processor_logparser_LogParserDProcessor"
GROUPS, ROW = f"{PREFIX}fieldPathsToGroupName", freeze([{"fieldPath": "all", "group": 1}])
GENERATE = "processor_jsongenerator_JsonGeneratorDProcessor"


def values(out: Out, lane: int = 0) -> list[FieldValue]:
    """The root fields on a lane."""
    return [record.value for record in out.lanes[lane]]


def codes(out: Out) -> list[str]:
    """The codes of refused records."""
    return [error.code for error in out.errors]


@pytest.mark.parametrize(
    ("action", "fields", "left"),
    [
        ("REMOVE", ["/a", "/none"], {"b": "", "c": None, "d": {"e": 1, "f": 2}}),
        ("REMOVE", ["/d/*"], {"a": "x", "b": "", "c": None, "d": {}}),
        ("KEEP", ["/d/e"], {"d": {"e": 1}}),
        ("REMOVE_NULL", ["/*"], {"a": "x", "b": "", "d": {"e": 1, "f": 2}}),
        ("REMOVE_EMPTY", ["/*"], {"a": "x", "c": None, "d": {"e": 1, "f": 2}}),
        ("REMOVE_NULL_EMPTY", ["/*"], {"a": "x", "d": {"e": 1, "f": 2}}),
        ("REMOVE_CONSTANT", ["/*"], {"b": "", "c": None, "d": {"e": 1, "f": 2}}),
    ],
)
def test_the_field_remover_removes_what_its_action_says(
    play: Play, action: str, fields: list[str], left: object
) -> None:
    """Each action removes its fields; missing ones are passed over."""
    settings = {"filterOperation": action, "fields": fields, "constant": "x"}
    assert values(play(FILTER, settings, {"a": "x", "b": "", "c": None, "d": {"e": 1, "f": 2}})) == [left]


def test_the_field_remover_removes_list_elements_from_the_end(play: Play) -> None:
    """Indexes stay right while elements go."""
    assert values(play(FILTER, {"fields": ["/l[0]", "/l[1]"]}, {"l": [1, 2, 3]})) == [{"l": [3]}]


@pytest.mark.parametrize(
    ("rule", "masked"),
    [
        ({"maskType": "FIXED_LENGTH"}, "xxxxxxxxxx"),
        ({"maskType": "VARIABLE_LENGTH"}, "xxxxxxxxxxx"),
        ({"maskType": "CUSTOM", "mask": "###-##"}, "123-45"),
        ({"maskType": "REGEX", "regex": "(.*)-(.*)-(.*)", "groupsToShow": "3"}, "xxxxxxx6789"),
        ({"maskType": "REGEX", "regex": "(nothing)", "groupsToShow": "1"}, "123-45-6789"),
    ],
)
def test_the_field_masker_hides_texts(play: Play, rule: dict[str, object], masked: str) -> None:
    """By length, by a pattern, by groups; a text that does not match stays."""
    rules = {"fieldMaskConfigs": [{"fields": ["/ssn", "/none"], **rule}]}
    assert values(play(MASK, rules, {"ssn": "123-45-6789"})) == [{"ssn": masked}]


def test_the_field_masker_refuses_numbers(play: Play) -> None:
    """A field that is no text sends the record to error; null stays null."""
    out = play(MASK, {"fieldMaskConfigs": [{"fields": ["/a"]}]}, {"a": 5}, {"a": None})
    assert codes(out) == ["MASK_00"]
    assert values(out) == [{"a": None}]


def test_the_field_merger_moves_and_joins(play: Play) -> None:
    """A missing target is made, maps and lists are joined, the source goes."""
    settings = {"mergeMapping": [{"fromField": "/a", "toField": "/b"}]}
    out = play(MERGE, settings, {"a": {"x": 1}}, {"a": {"x": 1}, "b": {"y": 2}}, {"a": [1], "b": [0]})
    assert values(out) == [{"b": {"x": 1}}, {"b": {"y": 2, "x": 1}}, {"b": [0, 1]}]


def test_the_field_merger_names_what_is_wrong(play: Play) -> None:
    """A missing source, a name in both, different kinds, no collection."""
    settings = {"mergeMapping": [{"fromField": "/a", "toField": "/b"}]}
    out = play(MERGE, settings, {}, {"a": {"x": 1}, "b": {"x": 2}}, {"a": [1], "b": {}}, {"a": 1})
    assert codes(out) == ["FIELD_MERGER_00", "FIELD_MERGER_01", "FIELD_MERGER_02", "FIELD_MERGER_03"]


def test_the_field_flattener_joins_names(play: Play) -> None:
    """Elements go by their number; empty collections vanish."""
    record: FieldValue = {"a": {"b": 1, "c": [2, {"d": 3}]}, "e": {}, "f": 4}
    assert values(play(FLATTEN, {}, record)) == [{"a.b": 1, "a.c.0": 2, "a.c.1.d": 3, "f": 4}]


def test_the_field_pivoter_makes_a_record_per_element(play: Play) -> None:
    """Other fields are copied; ids get a number; an empty list gives nothing."""
    out = play(PIVOT, {"listPath": "/l"}, {"k": 1, "l": ["a", "b"]}, {"k": 2, "l": []})
    assert values(out) == [{"k": 1, "l": "a"}, {"k": 1, "l": "b"}]
    assert [record.header.source_id for record in out.lanes[0]] == ["r0_1", "r0_2"]


def test_the_field_pivoter_refuses_what_is_no_list(play: Play) -> None:
    """Missing and wrong fields have codes of their own."""
    found = play(PIVOT, {"listPath": "/l"}, {}, {"l": 5}, {"l": Null(FieldType.INTEGER)})
    assert codes(found) == ["LIST_PIVOT_01", "LIST_PIVOT_00", "LIST_PIVOT_00"]


def test_the_field_replacer_sees_the_field_in_hand(play: Play) -> None:
    """The replacement is evaluated per field; null keeps the type."""
    rules = [
        {"fields": "/n*", "replacement": "${f:value() + 1}"},
        {"fields": "/x", "setToNull": True},
    ]
    out = play(REPLACE, {"conf.rules": rules}, {"n1": 1, "n2": 2, "x": 5})
    assert values(out) == [{"n1": 2, "n2": 3, "x": Null(FieldType.INTEGER)}]


def test_the_stream_selector_copies_to_every_true_lane(play: Play) -> None:
    """The default lane gets only what no condition took."""
    rows = [
        {"outputLane": "a", "predicate": "${record:value('/n') > 1}"},
        {"outputLane": "b", "predicate": "${record:value('/n') > 2}"},
        {"outputLane": "c", "predicate": "default"},
    ]
    out = play(SELECT, {"lanePredicates": rows}, {"n": 1}, {"n": 2}, {"n": 3}, lanes=("a", "b", "c"))
    assert [values(out, lane) for lane in range(3)] == [[{"n": 2}, {"n": 3}], [{"n": 3}], [{"n": 1}]]


@pytest.mark.parametrize(
    ("rows", "lanes", "code"),
    [
        ([], ("a",), "SELECTOR_00"),
        ([("a", "default")], ("a", "b"), "SELECTOR_01"),
        ([("none", "${true}"), ("b", "default")], ("a", "b"), "SELECTOR_02"),
        ([("a", "${1 +}"), ("b", "default")], ("a", "b"), "SELECTOR_03"),
        ([("a", "default"), ("b", "${true}")], ("a", "b"), "SELECTOR_07"),
        ([("a", "true"), ("b", "default")], ("a", "b"), "SELECTOR_08"),
    ],
)
def test_conditions_with_which_a_stream_selector_cannot_start(
    play: Play, rows: list[tuple[str, str]], lanes: tuple[str, ...], code: str
) -> None:
    """With the codes of the original."""
    given = [{"outputLane": lane, "predicate": text} for lane, text in rows]
    with pytest.raises(InvalidValueError, match=code):
        play(SELECT, {"lanePredicates": given}, lanes=lanes)


def test_a_lane_that_is_not_there_hides_no_wrong_condition(play: Play) -> None:
    """What is wrong with a Stream Selector is told at once."""
    rows = [("x", "x${true}"), ("b", "default")]
    given = [{"outputLane": lane, "predicate": text} for lane, text in rows]
    with pytest.raises(InvalidValueError, match=r"(?s)SELECTOR_02.*SELECTOR_08"):
        play(SELECT, {"lanePredicates": given}, lanes=("a", "b"))


def test_lanes_of_a_fragment_are_known_by_the_end_of_their_name(play: Play) -> None:
    """A fragment puts its own name before them."""
    rows = [{"outputLane": "a", "predicate": "${true}"}, {"outputLane": "b", "predicate": "default"}]
    out = play(SELECT, {"lanePredicates": rows}, 1, lanes=("f_b", "f_a"))
    assert [values(out, lane) for lane in range(2)] == [[], [1]]


def test_the_stream_selector_refuses_what_it_cannot_judge(play: Play) -> None:
    """A condition without a value sends the record to error."""
    rows = [
        {"outputLane": "a", "predicate": "${record:value('/n') + 1 > 1}"},
        {"outputLane": "b", "predicate": "default"},
    ]
    assert codes(play(SELECT, {"lanePredicates": rows}, {"n": "x"}, lanes=("a", "b"))) == ["SELECTOR_09"]


def test_the_expression_evaluator_sets_fields_in_order(play: Play) -> None:
    """A later expression sees what an earlier one set; wildcards set every match."""
    rows = [
        {"fieldToSet": "/b", "expression": "${record:value('/a') * 2}"},
        {"fieldToSet": "/c", "expression": "${record:value('/b') + 1}"},
        {"fieldToSet": "/l[*]", "expression": "text"},
    ]
    out = play(EXPRESSION, {"expressionProcessorConfigs": rows}, {"a": 2, "l": [1, 2]})
    assert values(out) == [{"a": 2, "l": ["text", "text"], "b": 4, "c": 5}]


def test_the_expression_evaluator_sets_attributes(play: Play) -> None:
    """Header attributes are texts; a null becomes an empty one."""
    rows = [
        {"attributeToSet": "n", "headerAttributeExpression": "${record:value('/a')}"},
        {"attributeToSet": "none", "headerAttributeExpression": "${NULL}"},
    ]
    out = play(EXPRESSION, {"headerAttributeConfigs": rows}, {"a": 2})
    assert out.lanes[0][0].attributes == {"n": "2", "none": ""}


def test_the_expression_evaluator_names_what_is_wrong(play: Play) -> None:
    """An expression without a value and a missing parent have codes of their own."""
    bad = {"expressionProcessorConfigs": [{"fieldToSet": "/b", "expression": "${'x' + 1}"}]}
    lost = {"expressionProcessorConfigs": [{"fieldToSet": "/x/y", "expression": "1"}]}
    assert codes(play(EXPRESSION, bad, {})) + codes(play(EXPRESSION, lost, {})) == ["EXPR_03", "EXPR_04"]


def test_the_deduplicator_parts_new_from_seen(play: Play) -> None:
    """By all fields, or by some; a missing field is an error."""
    out = play(DEDUP, {}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2}, lanes=("new", "seen"))
    assert (values(out, 0), values(out, 1)) == ([{"a": 1, "b": 2}, {"a": 2}], [{"b": 2, "a": 1}])
    some = {"compareFields": "SPECIFIED_FIELDS", "fieldsToCompare": ["/a"]}
    out = play(DEDUP, some, {"a": 1, "b": 1}, {"a": 1, "b": 2}, {"b": 1}, lanes=("new", "seen"))
    assert (len(out.lanes[0]), len(out.lanes[1]), codes(out)) == (1, 1, ["DEDUP_04"])


def test_json_goes_both_ways(play: Play) -> None:
    """Text to fields and back; broken, null and missing texts have codes of their own."""
    settings = {"fieldPathToParse": "/t", "parsedFieldPath": "/p"}
    out = play(PARSE, settings, {"t": '{"a": [1]}'}, {"t": "{"}, {"t": None}, {})
    assert values(out) == [{"t": '{"a": [1]}', "p": {"a": [1]}}]
    assert codes(out) == ["JSONP_03", "JSONP_01", "JSONP_00"]
    made = play(
        GENERATE, {"fieldPathToSerialize": "/p", "outputFieldPath": "/t"}, {"p": {"a": [1, None]}}, {"p": 1}, {}
    )
    assert values(made) == [{"p": {"a": [1, None]}, "t": '{"a":[1,null]}'}]
    assert codes(made) == ["JSON_02", "JSON_00"]


@pytest.mark.parametrize(
    ("value", "rule", "converted"),
    [
        ("12abc", {"targetType": "INTEGER"}, 12),
        ("1,234", {"targetType": "LONG"}, 1234),
        ("1.9", {"targetType": "INTEGER"}, 1),
        (300, {"targetType": "BYTE"}, 44),
        (1.9, {"targetType": "INTEGER"}, 1),
        (" TRUE ", {"targetType": "BOOLEAN"}, True),
        (True, {"targetType": "LONG"}, 1),
        (
            "1.255",
            {"targetType": "DECIMAL", "scale": 2, "decimalScaleRoundingStrategy": "ROUND_HALF_UP"},
            Decimal("1.26"),
        ),
        ("2020-02-03", {"targetType": "DATETIME", "dateFormat": "YYYY_MM_DD"}, datetime(2020, 2, 3, tzinfo=UTC)),
        (Long(0), {"targetType": "STRING", "treatInputFieldAsDate": True, "dateFormat": "YYYY_MM_DD"}, "1970-01-01"),
        (0.5, {"targetType": "STRING"}, "0.5"),
        (None, {"targetType": "INTEGER"}, Null(FieldType.INTEGER)),
        ("é", {"targetType": "BYTE_ARRAY"}, b"\xc3\xa9"),
    ],
)
def test_the_type_converter_converts_as_java_does(
    play: Play, value: FieldValue, rule: object, converted: object
) -> None:
    """Texts by what they begin with, numbers narrowed, dates by their mask; null keeps no value but the type."""
    assert isinstance(rule, dict)
    assert values(
        play(CONVERT, {"fieldTypeConverterConfigs": [{"fields": ["/a", "/none"], **rule}]}, {"a": value})
    ) == [{"a": converted}]


def test_the_type_converter_refuses_what_has_no_form(play: Play) -> None:
    """The error names field, type and target; other records go on."""
    rules = {"fieldTypeConverterConfigs": [{"fields": ["/a"], "targetType": "INTEGER"}]}
    out = play(CONVERT, rules, {"a": "x"}, {"a": [1]}, {"a": "5"})
    assert codes(out) == ["CONVERTER_00", "CONVERTER_00"]
    assert values(out) == [{"a": 5}]


def test_the_type_converter_finds_fields_by_type(play: Play) -> None:
    """Every leaf of the type, however deep."""
    rules = {"convertBy": "BY_TYPE", "wholeTypeConverterConfigs": [{"sourceType": "INTEGER", "targetType": "STRING"}]}
    assert values(play(CONVERT, rules, {"a": 1, "b": {"c": [2, 2.5]}})) == [{"a": "1", "b": {"c": ["2", 2.5]}}]


def test_the_log_parser_reads_web_server_lines(play: Play) -> None:
    """Groups become texts, missing ones null; a line that does not fit is an error."""
    line = '10.0.0.1 - ada [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 -'
    out = play(LOG, {"fieldPathToParse": "/text", "parsedFieldPath": "/"}, {"text": line}, {"text": "odd"})
    (fields,) = values(out)
    assert isinstance(fields, dict)
    assert (fields["auth"], fields["verb"], fields["response"], fields["bytes"]) == ("ada", "GET", "200", None)
    assert codes(out) == ["LOGP_03"]


@pytest.mark.parametrize(("value", "code"), [({}, "LOGP_00"), ({"text": None}, "LOGP_01"), ({"text": "x"}, "LOGP_03")])
def test_the_log_parser_names_what_is_wrong(play: Play, value: FieldValue, code: str) -> None:
    """Missing, null, a line that does not fit."""
    assert codes(play(LOG, {"fieldPathToParse": "/text", "parsedFieldPath": "/"}, value)) == [code]


def test_the_format_of_a_log_is_that_of_its_service(play: Play) -> None:
    """The first line counts; the line itself and control characters are treated as told."""
    told = JsonMap({"logMode": "REGEX", "regex": "(.*)", "retainOriginalLine": True, "removeCtrlChars": True})
    service = Given(JsonMap({PREFIX + name: value for name, value in told.items()}).set(GROUPS, ROW))
    settings: dict[str, object] = {"fieldPathToParse": "/text", "parsedFieldPath": "/to"}
    (record,) = values(play(LOG, settings, {"text": "a\x01b\nrest"}, services={SERVICE: service}))
    assert record == {"text": "a\x01b\nrest", "to": {"originalLine": "ab", "all": "ab"}}


@pytest.mark.parametrize(("longest", "line"), [(3, "abc"), (4, "abcd"), (5, "abcd"), (-1, "abcd")])
def test_a_line_of_a_log_is_as_long_as_allowed(play: Play, longest: int, line: str) -> None:
    """What is behind that is cut, which the fields tell; -1 is without a limit."""
    told = JsonMap({"logMode": "REGEX", "regex": "(.*)", "logMaxObjectLen": longest})
    service = Given(JsonMap({PREFIX + name: value for name, value in told.items()}).set(GROUPS, ROW))
    settings: dict[str, object] = {"fieldPathToParse": "/text", "parsedFieldPath": "/to"}
    (record,) = values(play(LOG, settings, {"text": "abcd"}, services={SERVICE: service}))
    cut = {"truncated": True} if line != "abcd" else {}
    assert record == {"text": "abcd", "to": {"all": line, **cut}}


def test_an_empty_text_is_an_empty_line_of_a_log(play: Play) -> None:
    """In every format."""
    settings: dict[str, object] = {"fieldPathToParse": "/t", "parsedFieldPath": "/o"}
    assert values(play(LOG, settings, {"t": ""})) == [{"t": "", "o": {"parsedLine": ""}}]
