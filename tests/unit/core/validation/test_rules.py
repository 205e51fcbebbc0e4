"""The alert rules that travel with a flow."""

from typing import Any

import pytest

from penstock.core.flow.model import Envelope, Flow
from penstock.core.validation import RuleIssue, check_rules
from penstock.core.values import JsonMap, freeze

DATA = {
    "id": "d",
    "label": "l",
    "condition": "${1 == 1}",
    "samplingPercentage": 5,
    "thresholdValue": "10",
    "thresholdType": "COUNT",
}
METRIC = {"id": "m", "alertText": "t", "metricId": "i", "condition": "${value() > 100}"}


def _issues(**rules: Any) -> list[RuleIssue]:
    return list(
        check_rules(Flow("f", envelope=Envelope(rules=JsonMap((key, freeze(each)) for key, each in rules.items()))))
    )


def test_right_rules_have_no_finding() -> None:
    """A complete data rule and a complete metric rule are valid, and so is a flow without rules."""
    assert _issues(dataRuleDefinitions=[DATA], metricsRuleDefinitions=[METRIC]) == []
    assert check_rules(Flow("f")) == ()


@pytest.mark.parametrize(
    ("change", "code", "part"),
    [
        ({"label": ""}, "0040", "label"),
        ({"condition": ""}, "0040", "condition"),
        ({"samplingPercentage": 101}, "0041", "Sampling Percentage"),
        ({"sendEmail": True}, "0042", "emailIds"),
        ({"thresholdValue": "many"}, "0043", "Threshold Value"),
        ({"thresholdValue": "101", "thresholdType": "PERCENTAGE"}, "0044", "Threshold Value"),
        ({"condition": "${1 =="}, "0045", "condition"),
        ({"condition": "${nobody}"}, "0045", "condition"),
        ({"samplingPercentage": -1}, "0041", "Sampling Percentage"),
        ({"thresholdValue": None}, "0043", "Threshold Value"),
        ({"thresholdValue": True}, "0043", "Threshold Value"),
        ({"thresholdValue": []}, "0043", "Threshold Value"),
        ({"thresholdValue": "-1", "thresholdType": "PERCENTAGE"}, "0044", "Threshold Value"),
    ],
    ids=lambda value: str(value),
)
def test_data_rules(change: dict[str, Any], code: str, part: str) -> None:
    """Each finding names its rule and the part of it that is wrong."""
    (issue,) = _issues(dataRuleDefinitions=[{**DATA, **change}])
    assert (issue.rule_id, issue.code, issue.property) == ("d", f"VALIDATION_{code}", part)


@pytest.mark.parametrize(
    ("change", "code", "part"),
    [
        ({"alertText": ""}, "0050", "label"),
        ({"metricId": None}, "0050", "metric id"),
        ({"condition": ""}, "0050", "condition"),
        ({"condition": "${1 > 2}"}, "0046", "condition"),
        ({"condition": "value() > 2"}, "0046", "condition"),
        ({"condition": "${value() > 2} "}, "0046", "condition"),
        ({"condition": "${value() > nobody}"}, "0047", "condition"),
        ({"sendEmail": True}, "0042", "emailIds"),
    ],
    ids=lambda value: str(value),
)
def test_metric_rules(change: dict[str, Any], code: str, part: str) -> None:
    """Conditions of metric rules compare value() with a number."""
    (issue,) = _issues(metricsRuleDefinitions=[{**METRIC, **change}])
    assert (issue.rule_id, issue.code, issue.property) == ("m", f"VALIDATION_{code}", part)


@pytest.mark.parametrize(
    "change",
    [
        {"samplingPercentage": 0},
        {"samplingPercentage": 100},
        {"samplingPercentage": None},
        {"thresholdValue": "0", "thresholdType": "PERCENTAGE"},
        {"thresholdValue": 100, "thresholdType": "PERCENTAGE"},
        {"thresholdValue": "101"},
        {"condition": "${record:value('/a') > 1}"},
    ],
    ids=str,
)
def test_data_rules_at_the_edge_are_right(change: dict[str, Any]) -> None:
    """The limits themselves are allowed."""
    assert _issues(dataRuleDefinitions=[{**DATA, **change}]) == []


@pytest.mark.parametrize("condition", ["${time:now() - value() > 1}", "${value() > pipeline:startTime()}"])
def test_metric_conditions_may_ask_for_the_time(condition: str) -> None:
    """It counts as a number."""
    assert _issues(metricsRuleDefinitions=[{**METRIC, "condition": condition}]) == []


def test_known_address_allows_emails() -> None:
    """An address in the rules' configuration is enough, or where older documents have it."""
    data, metric = {**DATA, "sendEmail": True}, {**METRIC, "sendEmail": True}
    rules = {"dataRuleDefinitions": [data], "metricsRuleDefinitions": [metric]}
    configuration = [{"name": "other", "value": []}, {"name": "emailIDs", "value": ["a@example.org"]}]
    assert _issues(**rules, configuration=configuration) == []
    assert _issues(**rules, emailIds=["a@example.org"]) == []
    assert len(_issues(**rules, configuration=[{"name": "emailIDs", "value": []}])) == 2


def test_json_form_of_a_finding() -> None:
    """The engine's keys: rule, message with code, and the property as additional information."""
    (issue,) = _issues(dataRuleDefinitions=[{**DATA, "label": ""}])
    document = issue.document()
    assert document["ruleId"] == "d"
    assert str(document["message"]).startswith("VALIDATION_0040 - ")
    assert document["additionalInfo"] == {"property": "label"}
