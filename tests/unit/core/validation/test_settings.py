"""The rules about single settings: required, ranges, names, models, kinds of values."""

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.core.catalogue.definitions import SettingDefinition, StageType
from penstock.core.validation import Issue, Report

from .small import COMMON, codes, flow, found, kind, model, only, setting, stage, straight, with_service

NUMBER = setting("size", "NUMBER", default=5, min=1, max=9)
EXPLICIT: dict[str, Any] = {"evaluation": "EXPLICIT"}
ROWS = model(
    "rows",
    "LIST_BEAN",
    rows=(setting("path"), model("way", "VALUE_CHOOSER", values=("UP",)), setting("n", "NUMBER", default=1)),
)


def report(definition: SettingDefinition, *others: SettingDefinition, **values: Any) -> Report:
    """The report on a flow whose processor has these settings and these values."""
    tested = kind("tested", StageType.PROCESSOR, definition, *others)
    return found(straight(stage("p", "tested", "a", "b", settings=values)), tested)


def shorts(definition: SettingDefinition, *others: SettingDefinition, **values: Any) -> list[str]:
    """The codes of that report."""
    return [issue.code.removeprefix("VALIDATION_") for issue in report(definition, *others, **values).issues]


def one(definition: SettingDefinition, *others: SettingDefinition, **values: Any) -> Issue:
    """The one issue of that report."""
    (issue,) = report(definition, *others, **values).issues
    return issue


def test_required_setting_is_named_by_its_label_with_its_group() -> None:
    """0007 is about one setting: its raw name and its group are in the issue, its label in the sentence."""
    issue = one(setting("dir", required=True, group="FILES"))
    assert (issue.code, issue.level, issue.config_name, issue.config_group) == (
        "VALIDATION_0007",
        "STAGE_CONFIG",
        "dir",
        "FILES",
    )
    assert issue.text == "p: Dir is required; enter a value"


@pytest.mark.parametrize(
    ("type", "value", "empty"),
    [
        ("STRING", "", True),
        ("STRING", None, True),
        ("LIST", [], True),
        ("MAP", [], True),
        ("TEXT", "", False),
        ("CREDENTIAL", "", False),
        ("NUMBER", None, True),
        ("BOOLEAN", False, False),
    ],
)
def test_what_counts_as_empty_depends_on_the_type(type: str, value: object, empty: bool) -> None:
    """An empty TEXT or CREDENTIAL passes, an empty STRING, LIST or MAP does not, null never does."""
    assert ("0007" in shorts(setting("it", type, required=True), it=value)) is empty


def test_missing_setting_takes_its_default() -> None:
    """A required setting that the document leaves out is right when it has a default."""
    assert shorts(setting("dir", required=True, default="/tmp")) == []


def test_inactive_setting_is_not_required() -> None:
    """A setting counts only while everything that it depends on has a value that triggers it."""
    mode = model("mode", "VALUE_CHOOSER", values=("FILE", "NONE"), default="NONE")
    needed = setting("dir", required=True, depends_on={"mode": ["FILE"]})
    assert shorts(mode, needed) == []
    assert shorts(mode, needed, mode="FILE") == ["0007"]


def test_trigger_is_compared_as_text() -> None:
    """The true of a document triggers what the definition writes as a boolean."""
    flag = setting("on", "BOOLEAN", default=False)
    needed = setting("dir", required=True, depends_on={"on": [True]})
    assert shorts(flag, needed, on=True) == ["0007"]


@pytest.mark.parametrize(
    ("value", "trigger"),
    [(["A", "B"], "[A, B]"), ([], "[]"), (None, "null"), (5, "5"), (1.5, 1.5), (False, "false"), ("${x}", "${x}")],
    ids=repr,
)
def test_triggers_are_compared_as_the_engine_writes_values(value: object, trigger: object) -> None:
    """Lists in brackets, null and truth values as words."""
    deciding = setting("deciding", "RUNTIME")
    needed = setting("dir", required=True, depends_on={"deciding": ["other", trigger]})
    assert shorts(deciding, needed, deciding=value) == ["0007"]
    assert shorts(deciding, needed, deciding="A") == []


def test_all_settings_that_one_depends_on_have_to_trigger_it() -> None:
    """One that says something else is enough to leave it out."""
    first, second = (model(name, "VALUE_CHOOSER", values=("A", "B"), default="A") for name in ("first", "second"))
    needed = setting("dir", required=True, depends_on={"first": ["A"], "second": ["A", "B"]})
    assert shorts(first, second, needed) == ["0007"]
    assert shorts(first, second, needed, second="B") == ["0007"]
    assert shorts(first, second, needed, first="B") == []


def test_a_part_of_a_row_may_depend_on_its_row_or_its_stage() -> None:
    """A setting of the stage comes before a part of the row with the same name; null contradicts nothing."""
    way = model("way", "VALUE_CHOOSER", values=("UP", "DOWN"))
    path = model("path", "FIELD_SELECTOR", depends_on={"way": ["UP"]})
    rows = model("rows", "LIST_BEAN", rows=(way, path))
    assert shorts(rows, rows=[{"way": "UP", "path": "abc"}]) == ["0033"]
    assert shorts(rows, rows=[{"way": "DOWN", "path": "abc"}]) == []
    assert shorts(rows, rows=[{"way": None, "path": "abc"}]) == ["0033"]
    assert shorts(rows, rows=[{"path": "abc"}]) == ["0033"]
    assert shorts(way, rows, way="UP", rows=[{"way": "DOWN", "path": "abc"}]) == ["0033"]
    assert shorts(way, rows, way="DOWN", rows=[{"way": "UP", "path": "abc"}]) == []


def test_setting_that_depends_on_an_absent_one_is_inactive() -> None:
    """A hidden setting that others depend on is not there, so they are not asked for."""
    assert shorts(setting("dir", required=True, depends_on={"nobody": ["X"]})) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, []),
        (10, ["0034"]),
        (0, ["0035"]),
        ("5", ["CREATION_014", "0009"]),
        (True, ["CREATION_014", "0009"]),
        (2.5, ["CREATION_015"]),
        ("${1}s", ["CREATION_005", "0009"]),
        ("s${1}", ["CREATION_005", "0009"]),
        (1, []),
        (9, []),
        (2**63, ["CREATION_014", "0009"]),
        (-(2**63) - 1, ["CREATION_014", "0009"]),
        (2**63 - 1, ["0034"]),
        (-(2**63), ["0035"]),
    ],
    ids=repr,
)
def test_numbers_are_numbers_in_their_range(value: object, expected: list[str]) -> None:
    """0034 and 0035 give the limits; a text is no number, an expression is one; whole numbers have no fraction."""
    assert shorts(NUMBER, size=value) == expected


def test_inactive_number_may_be_out_of_range() -> None:
    """Ranges are looked at while a setting is active only."""
    number = setting("size", "NUMBER", max=9, depends_on={"on": [True]})
    assert shorts(setting("on", "BOOLEAN", default=False), number, size=100) == []


def test_unknown_setting_is_a_finding_of_the_stage() -> None:
    """0008 has no config name; several of one stage are counted."""
    issue = one(NUMBER, odd=1, strange=2)
    assert (issue.code, issue.level, issue.count) == ("VALIDATION_0008", "STAGE", 2)
    assert not report(NUMBER, odd=1).previewable


def test_hidden_setting_may_be_in_the_document() -> None:
    """A setting that the kind hides is no unknown one."""
    tested = kind("tested", StageType.PROCESSOR, NUMBER, hidden_settings=("odd",))
    assert found(straight(stage("p", "tested", "a", "b", settings={"odd": 1})), tested).valid


def test_unknown_key_of_a_row_is_unknown_too() -> None:
    """0008 for a key of a list row."""
    assert shorts(ROWS, rows=[{"path": "x", "odd": 1}]) == ["0008"]


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        (model("it", "FIELD_SELECTOR"), ["/a"]),
        (model("it", "FIELD_SELECTOR_MULTI_VALUE"), "/a"),
        (model("it", "PREDICATE"), "x"),
        (model("it", "VALUE_CHOOSER", values=("A",)), 1),
    ],
    ids=["path", "paths", "predicates", "choice"],
)
def test_models_have_their_form(definition: SettingDefinition, value: object) -> None:
    """0009 says what is expected."""
    assert "0009" in shorts(definition, it=value)


@pytest.mark.parametrize("path", ["abc", "/a/", "/a[b]", "/'a", "${a", "}${", "a${\n}"], ids=repr)
def test_field_paths_have_their_syntax(path: str) -> None:
    """0033 for a single path, and for the first wrong one of a list."""
    one, many = model("it", "FIELD_SELECTOR", **EXPLICIT), model("it", "FIELD_SELECTOR_MULTI_VALUE", **EXPLICIT)
    assert shorts(one, it=path) == ["0033"]
    assert shorts(many, it=["/ok", path, path]) == ["0033"]


def test_a_path_of_many_beginnings_is_looked_at_once() -> None:
    """A made-up path costs no time that grows with its square."""
    start = process_time()
    assert shorts(model("it", "FIELD_SELECTOR", **EXPLICIT), it="${" * 60_000) == ["0033"]
    assert process_time() - start < 1


@pytest.mark.parametrize("path", [1, True, {}, ["/a"]], ids=repr)
def test_a_path_in_a_list_is_a_text(path: object) -> None:
    """0033 says so, and later paths are not looked at."""
    paths = model("it", "FIELD_SELECTOR_MULTI_VALUE", **EXPLICIT)
    assert "it is no text" in one(paths, it=["/ok", path, "abc"]).text


def test_every_row_with_a_wrong_part_is_a_finding_of_its_own() -> None:
    """Its place is the setting, the number of the row and the part."""
    rows = model("it", "LIST_BEAN", rows=(model("path", "FIELD_SELECTOR"),))
    found = report(rows, it=[{"path": "abc"}, {"path": "/ok"}, {"path": "xyz"}]).issues
    assert [(each.config_name, each.count) for each in found] == [("it#0:path", 1), ("it#2:path", 1)]
    assert ["'abc'" in found[0].text, "'xyz'" in found[1].text] == [True, True]


def test_an_empty_list_of_rows_counts_as_set() -> None:
    """Only null is empty for a model, whatever it holds."""
    rows = model("it", "LIST_BEAN", rows=(setting("path"),), required=True)
    assert shorts(rows, it=[]) == []
    assert shorts(rows, it=None) == ["0007"]
    assert shorts(model("it", "FIELD_SELECTOR_MULTI_VALUE", required=True), it=[]) == []


@pytest.mark.parametrize("index", ["0", "*", "?", str(2**31 - 1), "0000000001"])
def test_an_index_is_a_number_of_32_bits(index: str) -> None:
    """Or a wildcard."""
    assert shorts(model("it", "FIELD_SELECTOR", **EXPLICIT), it=f"/a[{index}]") == []
    assert shorts(model("it", "FIELD_SELECTOR", **EXPLICIT), it=f"/a[{2**31}]") == ["0033"]


@pytest.mark.parametrize("path", ["", "/", "/a/b[0]/'c d'", "/*", "/a[*]", "/a//b", "/${x}"], ids=repr)
def test_right_field_paths_pass(path: str) -> None:
    """Wildcards, quoted names, doubled slashes and expressions are right."""
    assert shorts(model("it", "FIELD_SELECTOR_MULTI_VALUE", evaluation="EXPLICIT"), it=[path]) == []


def test_empty_entry_of_a_field_list_stops_previews_without_an_issue() -> None:
    """The engine refuses the preview and names no reason; the remark does."""
    made = report(model("it", "FIELD_SELECTOR_MULTI_VALUE", evaluation="EXPLICIT"), it=["/a", None])
    assert [issue.code for issue in made.issues] == ["CREATION_021"]
    assert [remark.code for remark in made.remarks] == ["PENSTOCK_0003"]
    assert not made.previewable


def test_contradicted_model_is_not_looked_at() -> None:
    """The form of a model does not matter while what it depends on is set to something else."""
    mode = model("mode", "VALUE_CHOOSER", values=("A", "B"), default="A")
    path = model("it", "FIELD_SELECTOR", depends_on={"mode": ["A"]})
    assert shorts(mode, path, it="abc", mode="B") == []
    assert shorts(mode, path, it="abc", mode="A") == ["0033"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("x", ["0019"]),
        ({"predicate": "${p}"}, ["0020"]),
        ({"outputLane": None, "predicate": "p"}, ["0021"]),
        ({"outputLane": 1, "predicate": "p"}, ["0022"]),
        ({"outputLane": "l", "predicate": ""}, ["0023"]),
        ({}, ["0020"]),
    ],
    ids=["no object", "missing", "null", "no text", "empty", "both missing"],
)
def test_predicate_rows_are_complete(row: object, expected: list[str]) -> None:
    """Each row of conditions has a lane and a condition, both texts with something in them."""
    assert shorts(model("it", "PREDICATE"), it=[row]) == expected


def test_condition_is_called_so() -> None:
    """The key predicate is reported under the name that people see."""
    issue = one(model("it", "PREDICATE"), it=[{"outputLane": "l"}])
    assert issue.text == "p: row 1 of It has no condition; add it"


@pytest.mark.parametrize(
    ("definition", "value", "code"),
    [
        (setting("it", "STRING"), 1, "CREATION_011"),
        (setting("it", "CHARACTER"), "ab", "CREATION_012"),
        (setting("it", "CHARACTER"), "", "CREATION_012"),
        (setting("it", "CHARACTER"), "\\u00zz", "CREATION_012"),
        (setting("it", "CHARACTER"), "\\u01", "CREATION_012"),
        (setting("it", "CHARACTER"), "ab0041", "CREATION_012"),
        (setting("it", "CHARACTER"), "\U0001f600", "CREATION_012"),
        (setting("it", "CREDENTIAL"), 1, "CREATION_012"),
        (setting("it", "BOOLEAN"), "true", "CREATION_013"),
        (setting("it", "LIST"), "x", "CREATION_020"),
        (setting("it", "LIST"), 1, "CREATION_020"),
        (setting("it", "LIST"), {"a": "b"}, "CREATION_020"),
        (setting("it", "MAP"), 1, "CREATION_030"),
        (ROWS, 1, "CREATION_040"),
        (ROWS, {"path": "a"}, "CREATION_040"),
        (setting("it", "LIST"), [None], "CREATION_021"),
        (setting("it", "MAP"), {"k": "v"}, "CREATION_030"),
        (setting("it", "MAP"), ["x"], "CREATION_031"),
        (setting("it", "MAP"), [{"value": "v"}], "CREATION_032"),
        (setting("it", "MAP"), [{"key": "k"}], "CREATION_033"),
        (ROWS, "x", "CREATION_040"),
        (model("it", "VALUE_CHOOSER", values=("A", "B")), "C", "CREATION_010"),
        (model("it", "MULTI_VALUE_CHOOSER", values=("A", "B")), ["A", "C"], "CREATION_010"),
    ],
    ids=lambda value: value.type if isinstance(value, SettingDefinition) else repr(value),
)
def test_values_have_their_kind(definition: SettingDefinition, value: object, code: str) -> None:
    """What the engine cannot turn into the field of a stage is told with the setting's name and group."""
    issue = one(definition, **{definition.name: value})
    assert (issue.code, issue.config_name, issue.config_group) == (code, definition.name, "GROUP")


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        (setting("it", "LIST"), "CREATION_020"),
        (setting("it", "MAP"), "CREATION_030"),
        (model("it", "LIST_BEAN", rows=(setting("path"),)), "CREATION_040"),
        (model("it", "MULTI_VALUE_CHOOSER", values=("A",)), "CREATION_020"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.type,
)
def test_no_expression_stands_for_a_list(definition: SettingDefinition, code: str) -> None:
    """Lists and maps are written out; their elements may be expressions."""
    assert shorts(definition, it="${1}") == [code]


@pytest.mark.parametrize(
    ("type", "value"), [("MAP", [{"key": "k", "value": "${x}"}]), ("LIST", ["${x}"]), ("STRING", "${x}")]
)
def test_what_a_stage_evaluates_is_not_evaluated_when_it_is_created(type: str, value: object) -> None:
    """A name that nobody knows is a remark there."""
    made = report(setting("it", type, evaluation="EXPLICIT", el_sets=("RecordEL",)), it=value)
    assert made.valid
    assert [remark.code for remark in made.remarks] == ["PENSTOCK_0007"]


def test_every_type_of_a_field_may_be_chosen_where_types_are() -> None:
    """The editor offers those of values; the engine knows maps and lists as well."""
    types = model("type", "VALUE_CHOOSER", values=("BOOLEAN", "INTEGER", "STRING"))
    assert shorts(types, type="LIST_MAP") == []
    assert shorts(types, type="MAPS") == ["CREATION_010"]


def evaluated(name: str) -> SettingDefinition:
    """A setting that the stage evaluates itself."""
    return setting(name, evaluation="EXPLICIT", el_sets=("RecordEL",))


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("expressionProcessorConfigs", "expression"), "EXPR_00"),
        (("conf", "subject"), "EMAIL_01"),
        (("others", "expression"), "PENSTOCK_0004"),
    ],
    ids=lambda value: value if isinstance(value, str) else "/".join(value),
)
def test_an_expression_that_cannot_be_read_has_the_code_of_its_stage(names: tuple[str, str], code: str) -> None:
    """That under which the engine refuses to start."""
    rows, part = names
    assert one(model(rows, "LIST_BEAN", rows=(evaluated(part),)), **{rows: [{part: "${1 +}"}]}).code == code


def test_a_name_that_nobody_knows_is_a_remark_where_a_stage_evaluates() -> None:
    """Expressions are read at the start, names are looked for with each record."""
    found = report(evaluated("it"), it="${x + 'x'}")
    assert found.issues == ()
    assert [remark.code for remark in found.remarks] == ["PENSTOCK_0007"]


def test_row_that_is_no_object_is_named_with_its_index() -> None:
    """CREATION_042 has the index in the config name."""
    assert one(ROWS, rows=[{"path": "x"}, "y"]).config_name == "rows[1]"


def test_a_finding_about_a_part_of_a_row_says_which_row() -> None:
    """Counted from 1, with the label of the list; equal ones are counted, and the first is told."""
    (issue,) = report(ROWS, rows=[{"way": "UP"}, {"way": "DOWN"}, {"way": "LEFT"}]).issues
    assert (issue.code, issue.config_name, issue.count) == ("CREATION_010", "way", 2)
    assert issue.text.startswith("p: Way is 'DOWN'")
    assert issue.text.endswith("(row 2 of Rows)")
    paths = model("it", "LIST_BEAN", rows=(model("path", "FIELD_SELECTOR"),))
    assert one(paths, it=[{"path": "/a"}, {"path": "abc"}]).text.endswith("(row 2 of It)")
    assert one(paths, it=[{"path": "/a", "odd": 1}]).text.endswith("(row 1 of It)")
    others = model("others", "LIST_BEAN", rows=(evaluated("expression"),))
    assert one(others, others=[{}, {"expression": "${1 +}"}]).text.endswith("(row 2 of Others)")


def test_values_inside_rows_are_checked() -> None:
    """A choice and a number of a row have their own findings."""
    assert shorts(ROWS, rows=[{"way": "DOWN", "n": "x"}]) == ["CREATION_010", "CREATION_014"]


@pytest.mark.parametrize("value", ["\\u0001", "a", ","], ids=repr)
def test_one_character_may_be_an_escape(value: str) -> None:
    """A character is written as itself or as its code."""
    assert shorts(setting("it", "CHARACTER"), it=value) == []


def test_wrong_credential_is_not_shown() -> None:
    """No finding shows a credential, whatever is wrong with it."""
    assert "4711" not in one(setting("it", "CREDENTIAL"), it=4711).message


@pytest.mark.parametrize("text", ["record:exists('/a')", "${1 == 1", "x ${1 == 1}"], ids=repr)
def test_precondition_is_one_expression(text: str) -> None:
    """0080 for a precondition that does not start with ${ and end with }."""
    value = straight(stage("p", "processor", "a", "b", settings={"stageRecordPreconditions": [text]}))
    assert codes(value) == ["0080"]


def test_precondition_in_blanks_is_right() -> None:
    """Blanks around a precondition do not count."""
    value = straight(stage("p", "processor", "a", "b", settings={"stageRecordPreconditions": [" ${1 == 1} "]}))
    assert codes(value) == []


def test_connection_setting_takes_any_connection() -> None:
    """A setting that chooses a connection holds MANUAL or an id that only the project knows."""
    choice = model("connection", "VALUE_CHOOSER", values=("MANUAL",), default="MANUAL", connection_type="JDBC")
    assert shorts(choice, connection="4711-0815") == []


def test_services_are_those_of_the_kind() -> None:
    """0200 when the document has other services than the definition needs."""
    value = flow(stage("p", "parser", "", "a"), stage("t", "target", "a"))
    issue = only(value)
    assert (issue.code, issue.config_group) == ("VALIDATION_0200", "p")


def test_settings_of_services_are_checked_under_their_service() -> None:
    """Findings about a service's setting carry the service's name."""
    value = flow(with_service(format="", depth=10), stage("t", "target", "a"))
    made = found(value).stage_issues
    assert [(issue.code, issue.config_name) for issue in made] == [
        ("VALIDATION_0007", "format"),
        ("VALIDATION_0034", "depth"),
    ]
    assert {issue.service_name for issue in made} == {"org.example.Parser"}
    (created, number) = found(flow(with_service(format="x", depth="x"), stage("t", "target", "a"))).stage_issues
    assert [created.code, number.code] == ["CREATION_014", "VALIDATION_0009"]
    assert created.service_name == number.service_name == "org.example.Parser"


def test_common_settings_have_an_empty_group() -> None:
    """The three settings that every stage has are in no group."""
    value = straight(stage("p", "processor", "a", "b", settings={"stageOnRecordError": "NEVER"}))
    issue = only(value)
    assert (issue.code, issue.config_group) == ("CREATION_010", "")
    assert {each.group for each in COMMON} == {""}


def test_secret_texts_are_not_shown() -> None:
    """A plain text that is named like a secret is not shown either."""
    assert "4711" not in one(setting("password"), password=4711).message


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.just("${x}"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.just("key"), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["it", "rows", "lanes", "odd", "{}"]), VALUES), VALUES)
def test_no_value_makes_validation_fail(values: dict[str, Any], predicates: Any) -> None:
    """Whatever a document holds, there is a report and it can be written as JSON."""
    tested = kind(
        "tested", StageType.PROCESSOR, model("it", "FIELD_SELECTOR_MULTI_VALUE"), ROWS, model("lanes", "PREDICATE")
    )
    settings = {**values, "stageRecordPreconditions": predicates}
    made = found(
        straight(stage("p", "tested", "a", "b", settings=settings), settings={"constants": predicates}), tested
    )
    assert json.dumps(made.document())
