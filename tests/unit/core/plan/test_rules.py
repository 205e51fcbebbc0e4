"""Promises about the rules that travel with a flow: which are watched, and how they are read."""

from penstock.core.plan.given import Given
from penstock.core.plan.rules import NO_RULES, DataRule, MetricRule, Rules, Threshold, rules_of, settings_in
from penstock.core.values import JsonMap, freeze

METRIC = {
    "id": "m",
    "alertText": "too many",
    "metricId": "pipeline.batchErrorRecords.counter",
    "metricType": "COUNTER",
    "metricElement": "COUNTER_COUNT",
    "condition": "${value() > 1}",
    "sendEmail": True,
    "enabled": True,
}
DATA = {
    "id": "d",
    "label": "large",
    "lane": "lane",
    "samplingPercentage": 5.9,
    "condition": "${record:value('/a') > 1}",
    "alertEnabled": True,
    "alertText": "a is ${record:value('/a')}",
    "thresholdType": "PERCENTAGE",
    "thresholdValue": "50",
    "minVolume": 10,
    "meterEnabled": True,
    "enabled": True,
}


def read(**document: object) -> Rules:
    """The rules of a document."""
    frozen = freeze(document)
    assert isinstance(frozen, JsonMap)
    return rules_of(frozen, Given(settings_in(frozen)))


def test_rules_are_read_as_they_are_written() -> None:
    """Shares are whole percentages; a rule about drift counts, whatever it says of thresholds."""
    found = read(
        metricsRuleDefinitions=[METRIC],
        dataRuleDefinitions=[DATA],
        driftRuleDefinitions=[{**DATA, "thresholdValue": 5}],
    )
    metric = ("m", "too many", "pipeline.batchErrorRecords.counter", "COUNTER", "COUNTER_COUNT", "${value() > 1}")
    assert found.metrics == (MetricRule(*metric, mails=True),)
    data, drift = found.data
    assert data == DataRule(
        *("d", "large", "lane", 5, "${record:value('/a') > 1}", "a is ${record:value('/a')}", True),
        threshold=Threshold.PERCENTAGE,
        limit=50.0,
        least=10,
        meters=True,
    )
    assert (drift.drift, drift.threshold, drift.limit) == (True, Threshold.COUNT, 0.0)


def test_rules_that_are_off_are_not_watched() -> None:
    """Nor does a flow without rules watch anything."""
    off = {"enabled": False}
    found = read(metricsRuleDefinitions=[{**METRIC, **off}], dataRuleDefinitions=[{**DATA, **off}])
    assert (found, found.any) == (NO_RULES, False)
    assert rules_of(None, Given()) == NO_RULES


def test_who_is_told_stands_in_the_settings_of_the_rules() -> None:
    """Addresses of old documents count where there are no newer ones; a webhook needs an address."""
    hooks = [{"webhookUrl": "http://h"}, {"webhookUrl": " "}]
    rows = [{"name": "emailIDs", "value": ["a@example.org", " "]}, {"name": "webhookConfigs", "value": hooks}]
    found = read(configuration=rows, emailIds=["old@example.org"])
    assert found.receivers == ("a@example.org",)
    assert [each.text("webhookUrl") for each in found.webhooks] == ["http://h"]
    assert read(configuration=[], emailIds=["old@example.org"]).receivers == ("old@example.org",)


def test_what_is_no_rule_is_passed_over() -> None:
    """Documents come from everywhere."""
    odd = {**DATA, "samplingPercentage": "many", "thresholdValue": "none", "minVolume": None}
    found = read(metricsRuleDefinitions="x", dataRuleDefinitions=[5, None, odd], driftRuleDefinitions=None)
    (rule,) = found.data
    assert (rule.percent, rule.limit, rule.least) == (0, None, 0)
    assert read(dataRuleDefinitions=[{**DATA, "samplingPercentage": 1e9}]).data[0].percent == 100
