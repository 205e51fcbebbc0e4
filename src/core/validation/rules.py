"""Checks of the alert rules that travel with a flow: data rules and metric rules."""

from collections.abc import Iterator, Sequence

import attrs

from ..flow.model import Flow
from ..values import Json, JsonMap, PlainJson
from .expressions import Language
from .session import first_text, parameters_of

_NUMBERS = ("value()", "time:now()", "pipeline:startTime()")
_TEXTS = {
    "VALIDATION_0040": "the data rule has no {what}; enter one",
    "VALIDATION_0041": "the sampling percentage must be from 0 to 100; change it",
    "VALIDATION_0042": "the rule sends an email, and no address is known; enter one or turn the email off",
    "VALIDATION_0043": "the threshold value is no number; enter one",
    "VALIDATION_0044": "the threshold value is a percentage and must be from 0 to 100; change it",
    "VALIDATION_0045": "the condition {what} cannot be evaluated: {reason}; correct it",
    "VALIDATION_0046": "the condition must have the form ${{value() > 100}}; correct it",
    "VALIDATION_0047": "the condition {what} cannot be evaluated; correct it",
    "VALIDATION_0050": "the metric rule has no {what}; enter one",
}


@attrs.frozen
class RuleIssue:
    """One finding about a rule; ``property`` is the part of the rule that is wrong."""

    rule_id: str
    code: str
    text: str
    property: str

    def document(self) -> dict[str, PlainJson]:
        """The JSON object of the engine's interface."""
        return {
            "ruleId": self.rule_id,
            "message": f"{self.code} - {self.text}",
            "additionalInfo": {"property": self.property},
        }


def check_rules(flow: Flow) -> tuple[RuleIssue, ...]:
    """The findings about the rules of a flow, data rules first; a rule without findings is valid.

    Lanes and stages that rules name are not looked at, as in the engine.
    """
    rules = flow.envelope.rules if flow.envelope is not None else None
    if rules is None:
        return ()
    language, emails = Language(parameters_of(flow)), _emails(rules)
    found: list[RuleIssue] = []
    for rule in _rows(rules, "dataRuleDefinitions"):
        found += _data_rule(rule, emails, language)
    for rule in _rows(rules, "metricsRuleDefinitions"):
        found += _metric_rule(rule, emails, language)
    return tuple(found)


def _rows(rules: JsonMap, key: str) -> Iterator[JsonMap]:
    value = rules.get(key)
    return (row for row in value if isinstance(row, JsonMap)) if isinstance(value, tuple) else iter(())


def _emails(rules: JsonMap) -> Sequence[Json]:
    for row in _rows(rules, "configuration"):
        if row.get("name") == "emailIDs" and isinstance(addresses := row.get("value"), tuple):
            return addresses
    legacy = rules.get("emailIds")
    return legacy if isinstance(legacy, tuple) else ()


def _issue(rule: JsonMap, code: str, part: str, what: str = "", reason: str = "") -> RuleIssue:
    return RuleIssue(first_text(rule, "id"), code, _TEXTS[code].format(what=what, reason=reason), part)


def _data_rule(rule: JsonMap, emails: Sequence[Json], language: Language) -> Iterator[RuleIssue]:
    if not first_text(rule, "label"):
        yield _issue(rule, "VALIDATION_0040", "label", "label")
    condition = first_text(rule, "condition")
    if not condition:
        yield _issue(rule, "VALIDATION_0040", "condition", "condition")
    elif problems := language.problems(condition):
        yield _issue(rule, "VALIDATION_0045", "condition", repr(condition), "; ".join(problems))
    percentage = _number(rule.get("samplingPercentage", 0))
    if percentage is not None and not 0 <= percentage <= 100:
        yield _issue(rule, "VALIDATION_0041", "Sampling Percentage")
    if rule.get("sendEmail") is True and not emails:
        yield _issue(rule, "VALIDATION_0042", "emailIds")
    threshold = _number(rule.get("thresholdValue"))
    if threshold is None:
        yield _issue(rule, "VALIDATION_0043", "Threshold Value")
    elif rule.get("thresholdType") == "PERCENTAGE" and not 0 <= threshold <= 100:
        yield _issue(rule, "VALIDATION_0044", "Threshold Value")


def _metric_rule(rule: JsonMap, emails: Sequence[Json], language: Language) -> Iterator[RuleIssue]:
    for key, part in (("alertText", "label"), ("metricId", "metric id"), ("condition", "condition")):
        if not first_text(rule, key):
            yield _issue(rule, "VALIDATION_0050", part, part)
    condition = first_text(rule, "condition")
    if condition:
        yield from _metric_condition(rule, condition, language)
    if rule.get("sendEmail") is True and not emails:
        yield _issue(rule, "VALIDATION_0042", "emailIds")


def _metric_condition(rule: JsonMap, condition: str, language: Language) -> Iterator[RuleIssue]:
    if not condition.startswith("${") or not condition.endswith("}") or "value()" not in condition:
        yield _issue(rule, "VALIDATION_0046", "condition")
        return
    plain = condition
    for call in _NUMBERS:
        plain = plain.replace(call, "10")
    if language.problems(plain):
        yield _issue(rule, "VALIDATION_0047", "condition", repr(condition))


def _number(value: Json) -> float | None:
    """The number that a value is or writes; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None
