"""Checks of the expressions that a stage evaluates itself, for each record or batch.

The engine parses them when the stage starts, not before; here they are read early, for they will not get better.
"""

from collections.abc import Iterator, Mapping

from ..values import Json, JsonMap
from .expressions import has_expression, setting_problems
from .issues import Issue
from .plan import PRECONDITIONS, Plan, SettingPlan
from .settings import Component

START_CODES = {"fieldMapperConfig.": "INVALID_EXPRESSION_04"}
"""Under which code a stage of the engine refuses to start with such an expression, by how the setting's name begins."""


def check_explicit(component: Component) -> Iterator[Issue]:
    """Wrong expressions in settings that are in use and that a stage evaluates; preconditions are checked elsewhere."""
    yield from _check_plan(component, component.plan, component.held)


def _check_plan(component: Component, plan: Plan, held: Mapping[str, Json]) -> Iterator[Issue]:
    for setting in plan.explicit:
        value = held.get(setting.name)
        if value is None or setting.name == PRECONDITIONS:
            continue
        if setting.rows is not None:
            for inner in value if isinstance(value, tuple) else ():
                if isinstance(inner, JsonMap):
                    yield from _check_plan(component, setting.rows, inner)
        elif not setting.contradicted(component.values, held):
            yield from _check_value(component, setting, value)


def _check_value(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    for text in _texts(value):
        if has_expression(text):
            problems = setting_problems(text, setting.definition, component.names)
            if problems:
                codes = [code for start, code in START_CODES.items() if setting.name.startswith(start)]
                reason = "; ".join(problems) + "".join(f" ({code})" for code in codes)
                yield component.issue("PENSTOCK_0004", setting, text=text[:120], reason=reason)


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
