"""Checks of the expressions that a stage evaluates itself, for each record or batch.

The engine parses them when the stage starts, not before; here they are read early, for they will not get better.
"""

from collections.abc import Iterator, Mapping

import attrs

from ..values import Json, JsonMap
from .expressions import has_expression
from .issues import Issue
from .plan import PRECONDITIONS, Plan, SettingPlan
from .settings import Component, in_row

START_CODES = {
    "fieldMapperConfig.": "INVALID_EXPRESSION_04",
    "expressionProcessorConfigs/expression": "EXPR_00",
    "headerAttributeConfigs/headerAttributeExpression": "EXPR_00",
    "fieldAttributeConfigs/fieldAttributeExpression": "EXPR_00",
    "lanePredicates": "SELECTOR_03",
    "conf/subject": "EMAIL_01",
    "conf/body": "EMAIL_02",
    "conf/condition": "EMAIL_06",
    "conf/email": "EMAIL_07",
    "conf.recordProcessedAckMessage": "TCP_30",
    "conf.batchCompletedAckMessage": "TCP_31",
}
"""Under which code a stage of the engine refuses to start with such an expression, by how the setting's name begins;
that of a part of a row stands behind the name of the list."""


def check_explicit(component: Component) -> Iterator[Issue]:
    """Wrong expressions in settings that are in use and that a stage evaluates; preconditions are checked elsewhere."""
    yield from _check_plan(component, component.plan, component.held, "")


def _check_plan(component: Component, plan: Plan, held: Mapping[str, Json], within: str) -> Iterator[Issue]:
    for setting in plan.explicit:
        value = held.get(setting.name)
        if value is None or setting.name == PRECONDITIONS:
            continue
        if setting.rows is not None:
            for at, inner in enumerate(value if isinstance(value, tuple) else ()):
                if isinstance(inner, JsonMap):
                    for issue in _check_plan(component, setting.rows, inner, f"{setting.name}/"):
                        yield in_row(issue, setting, at)
        elif not setting.contradicted(component.values, held):
            yield from _check_value(component, setting, value, within)


def _check_value(component: Component, setting: SettingPlan, value: Json, within: str) -> Iterator[Issue]:
    for text in _texts(value):
        if has_expression(text):
            faults, unknown = component.language.faults(text), component.language.unknown(text)
            facts = {"text": text[:120], "reason": "; ".join((*faults, *unknown))}
            if unknown and not faults:
                # a name is looked for when the expression is evaluated, not at the start
                yield attrs.evolve(component.issue("PENSTOCK_0007", setting, **facts), advice=True)
            elif faults:
                name = within + setting.name
                code = next((code for start, code in START_CODES.items() if name.startswith(start)), "PENSTOCK_0004")
                yield attrs.evolve(component.issue("PENSTOCK_0004", setting, **facts), code=code)


def _texts(value: Json) -> Iterator[str]:
    """The texts of a value, of lists and of rows."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, JsonMap):
        for item in value.values():
            yield from _texts(item)
