"""The rules about expressions: what can be read, called and named, and what comes of those evaluated at creation."""

from typing import Any

import pytest

from penstock.adapters.packaged import packaged_catalogue
from penstock.core.catalogue.definitions import SettingDefinition, StageType
from penstock.core.validation import Issue, Report, Strictness, validate
from penstock.core.validation.expressions import Language

from .small import SmallCatalogue, codes, flow, found, kind, model, setting, stage, straight

NUMBER = setting("it", "NUMBER", default=1)
PARAMETERS = {
    "port": 80,
    "text": "abc",
    "digits": "7",
    "blank": "",
    "yes": "true",
    "conf": "${runtime:conf('x')}",
    "apiKey": "4711x",
}


def report(definition: SettingDefinition, value: object, **more: Any) -> Report:
    """The report on a flow with parameters whose processor has this value."""
    tested = kind("tested", StageType.PROCESSOR, definition)
    rows = [{"key": name, "value": held} for name, held in PARAMETERS.items()]
    held = straight(stage("p", "tested", "a", "b", settings={"it": value}), settings={"constants": rows})
    return validate(held, SmallCatalogue(tested), **more)


def fault(definition: SettingDefinition, value: object) -> str:
    """The sentence of the one CREATION_005 of that report; empty when there is no issue."""
    issues = report(definition, value).issues
    if not issues:
        return ""
    (issue,) = issues
    assert (issue.code, issue.level, issue.config_name) == ("CREATION_005", "STAGE_CONFIG", "it")
    return issue.text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${1 +}", "expected"),
        ("${port", "not closed"),
        ("${nobody}", "'nobody' is neither a parameter nor a constant"),
        ("${prot}", "did you mean port?"),
        ("${str:lenth('a')}", "did you mean str:length"),
        ("${str:length('a', 'b')}", "takes 1 argument"),
        ("${record:value('/a')}", "record:value cannot be used in this setting"),
        ("a ${text} and ${text + 1}", "'abc' is no number"),
    ],
    ids=["end", "open", "name", "near name", "function", "arguments", "place", "value"],
)
def test_an_expression_that_gives_nothing_is_told_with_its_reason(text: str, reason: str) -> None:
    """CREATION_005 for syntax, names, functions, arguments, functions of other settings, and what has no value."""
    assert reason in fault(setting("it"), text)


@pytest.mark.parametrize(
    "text",
    ["${port}", "${port + 1} of ${text}", "${str:toUpper(text)}", "${conf}", "${runtime:conf('a')}", "$port", "{port}"],
)
def test_a_right_expression_is_no_fault(text: str) -> None:
    """Parameters, functions that every setting may use, and texts that only look like expressions."""
    assert fault(setting("it"), text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "${base64:encodeString('a', true, 'UTF-8')}",
        "${file:fileName('/a')}",
        "${jvm:maxMemoryMB()}",
        "${math:abs(1)}",
        "${runtime:availableProcessors()}",
        "${runtime:loadResource('a', true)}",
        "${sdc:hostname()}",
        "${str:trim('a')}",
        "${list:join(x, ',')}",
        "${uuid:uuid()}",
        "${pipeline:id()}",
        "${job:id()}",
        "${time:dateAddition(x, 'DAY', 1)}",
    ],
)
def test_some_functions_may_be_used_in_every_setting(text: str) -> None:
    """Those of the sets that every setting has, and those that came after the catalogue."""
    language = Language({"x": 1}, classes=packaged_catalogue().el_sets())
    assert not [each for each in language.faults(text, setting("it")) if "cannot be used" in each]


@pytest.mark.parametrize(
    "text", ["${record:value('/a')}", "${f:name()}", "${time:now()}", "${YYYY()}", "${credential:get('a', 'b', 'c')}"]
)
def test_functions_of_other_settings_are_told(text: str) -> None:
    """Records, fields and time are not there while a stage is created; secrets go into credentials only."""
    language = Language(classes=packaged_catalogue().el_sets())
    assert "cannot be used in this setting" in "".join(language.faults(text, setting("it")))
    secret = setting("it", "CREDENTIAL")
    assert bool(language.faults(text, secret)) is not text.startswith("${credential")


@pytest.mark.parametrize("text", ["${avro:decode('s', x)}", "${asFields(x)}", "${drift:other()}"])
def test_functions_of_stages_that_do_not_run_here_are_not_judged(text: str) -> None:
    """Neither their names nor their arguments."""
    assert Language({"x": 1}).faults(text, setting("it")) == ()


def test_a_function_of_a_set_may_be_used_where_the_setting_has_the_set() -> None:
    """Each setting names the sets of its expressions."""
    assert fault(setting("it", el_sets=("RecordEL",)), "${record:exists('/a')}") == ""


@pytest.mark.parametrize("text", ["${port}", "${digits}", "${blank}", "${1 + 1}", "${conf}", "${NULL}"])
def test_an_expression_in_a_number_gives_a_number(text: str) -> None:
    """Texts that write one are numbers, nothing is 0, what only the engine knows is let through."""
    assert fault(NUMBER, text) == ""


@pytest.mark.parametrize("text", ["${text}", "${1 == 1}", "${port.x}", "${str:toUpper('a')}"])
def test_an_expression_in_a_number_that_gives_none_is_told(text: str) -> None:
    """The engine cannot turn its value into the field of the stage."""
    assert "cannot be evaluated" in fault(NUMBER, text)


def test_the_value_of_a_secret_parameter_is_not_shown() -> None:
    """The reason says that it does not fit, and no more."""
    assert "4711" not in fault(NUMBER, "${apiKey}")
    assert "its value does not fit" in fault(NUMBER, "${apiKey}")
    assert "4711" not in fault(model("it", "VALUE_CHOOSER", values=("A",)), "${apiKey}")


def test_a_number_without_a_whole_default_takes_every_number() -> None:
    """Whether a field holds whole numbers is seen by its default."""
    ratio = setting("it", "NUMBER", default=0.5)
    assert fault(ratio, "${'1.5'}") == ""
    assert "'1.5' is no number" in fault(NUMBER, "${'1.5'}")


def test_an_expression_in_a_boolean_gives_a_truth_value() -> None:
    """Texts are true or false, numbers are neither."""
    flag = setting("it", "BOOLEAN", default=False)
    assert fault(flag, "${yes}") == ""
    assert fault(flag, "${port > 1}") == ""
    assert "no truth value" in fault(flag, "${port}")


def test_an_expression_in_a_choice_gives_one_of_the_choices() -> None:
    """A name in a parameter is right, nothing leaves the default, everything else is told."""
    choice = model("it", "VALUE_CHOOSER", values=("abc", "def"))
    assert fault(choice, "${text}") == ""
    assert fault(choice, "${blank}") == ""
    assert "'80' is none of the choices" in fault(choice, "${port}")
    assert fault(model("it", "VALUE_CHOOSER"), "${port}") == ""


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        (setting("it", "LIST"), ["a", "${nobody}"]),
        (setting("it", "MAP"), [{"key": "k", "value": "${nobody}"}]),
        (model("it", "FIELD_SELECTOR_MULTI_VALUE"), ["/${nobody}"]),
    ],
    ids=["list", "map", "paths"],
)
def test_elements_are_evaluated_one_by_one(definition: SettingDefinition, value: object) -> None:
    """A wrong expression in a list or map is told at the setting."""
    assert "'nobody'" in fault(definition, value)


def test_a_runtime_value_counts_instead_of_the_parameters_own() -> None:
    """Values at the start replace declared ones and add none."""
    assert report(NUMBER, "${text}", parameters={"text": "5"}).valid
    assert not report(NUMBER, "${digits}", parameters={"digits": "x"}).valid
    assert not report(NUMBER, "${nobody}", parameters={"nobody": 5}).valid


def test_parameters_of_sets_are_known_without_their_values() -> None:
    """``set__name`` is a parameter where the set is named, whatever its value."""
    assert report(NUMBER, "${env__port}", parameter_set_names=("env",)).valid
    assert not report(NUMBER, "${other__port}", parameter_set_names=("env",)).valid


def told(constants: list[dict[str, object]]) -> list[Issue]:
    """The issues of a flow with these parameters."""
    return list(found(straight(settings={"constants": constants})).issues)


def test_parameters_are_evaluated_without_one_another() -> None:
    """CREATION_005 of the flow for a parameter that names another; functions may be used."""
    (issue,) = told([{"key": "a", "value": "x"}, {"key": "b", "value": "${a}"}])
    assert (issue.code, issue.level, issue.config_name) == ("CREATION_005", "PIPELINE_CONFIG", "constants")
    assert told([{"key": "a", "value": "${runtime:conf('a')}"}, {"key": "b", "value": "${str:toUpper('b')}"}]) == []


def test_wrong_parameters_are_told_before_other_settings_and_keep_stages_from_being_created() -> None:
    """They are evaluated first, as every other setting may name them."""
    held = straight(
        stage("p", "processor", "a", "b", settings={"stageOnRecordError": "NEVER"}),
        settings={"executionMode": "NEVER", "constants": [{"key": "b", "value": "${a}"}]},
    )
    assert codes(held)[:2] == ["CREATION_005", "CREATION_010"]


@pytest.mark.parametrize(
    "text",
    [
        "${record:exists('/a')}",
        "${record:value('/a') > 5}",
        "${str:length(record:value('/a')) == 0}",
        "${record:value('/a')}",
        "${'true'}",
        "${runtime:conf('a')}",
    ],
)
def test_a_precondition_is_judged_by_a_record_without_fields(text: str) -> None:
    """What gives a truth value for it is right; null and texts are truth values."""
    assert codes(_with_precondition(text)) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${record:valueOrDefault('/a', 5)}", "no truth value"),
        ("${1 + 1}", "no truth value"),
        ("${record:value('a') == 1}", "'a' is not valid"),
        ("${record:vale('/a')}", "did you mean record:value"),
        ("${nobody}", "neither a parameter nor a constant"),
        ("${1 ==}", "expected"),
    ],
    ids=["default", "number", "path", "function", "name", "end"],
)
def test_a_precondition_that_gives_no_truth_value_is_told(text: str, reason: str) -> None:
    """0081 with the precondition and why."""
    (issue,) = found(_with_precondition(text)).issues
    assert (issue.code, issue.config_name) == ("VALIDATION_0081", "stageRecordPreconditions")
    assert text in issue.text
    assert reason in issue.text


def _with_precondition(text: str) -> Any:
    return straight(stage("p", "processor", "a", "b", settings={"stageRecordPreconditions": [text]}))


def test_what_a_newer_stage_may_use_is_not_judged() -> None:
    """A newer definition may evaluate a setting for each record, or as another kind."""
    tested = kind("tested", StageType.PROCESSOR, NUMBER, version="1")
    held = straight(stage("p", "tested", "a", "b", settings={"it": "${record:value('/a')}"}))
    assert codes(held, tested) == []
    assert "CREATION_005" in codes(held, tested, strictness=Strictness.ENGINE)


def test_hints_are_given_for_a_bounded_number_of_names() -> None:
    """Thousands of wrong names are told without looking for the nearest of each."""
    rows = [{"outputLane": f"l{at}", "predicate": f"${{recrd:value{at}('/a')}}"} for at in range(200)]
    lanes = model("it", "PREDICATE", evaluation="EXPLICIT", el_sets=("RecordEL",))
    tested = kind("tested", StageType.PROCESSOR, lanes, variable_outputs=True)
    held = flow(stage("p", "tested", "", " ".join(f"l{at}" for at in range(200)), settings={"it": rows}))
    (issue,) = [each for each in found(held, tested).issues if each.code == "PENSTOCK_0004"]
    assert issue.count == 200
