"""Checks of the kinds of values: what the engine finds when it turns settings into the fields of a stage."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ..flow.credentials import MASK
from ..values import Json, JsonMap
from .expressions import has_expression
from .issues import Issue
from .places import shown
from .plan import SettingPlan
from .settings import Component, in_row, is_number

_HEX = frozenset("0123456789abcdefABCDEF")


def check_values(component: Component, without: str = "") -> Iterator[Issue]:
    """Values of a wrong kind, unknown choices and wrong expressions, in definition order.

    A value that is missing or null takes its default and is right; inactive settings are looked at like the others.
    The setting named ``without`` is passed over.
    """
    held = component.held
    for setting in component.plan.settings:
        value = held.get(setting.name)
        if value is not None and setting.name != without:
            yield from _check(component, setting, value)


def _check(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    check = _CHECKS.get(setting.kind)
    if check is None:
        return
    if isinstance(value, str) and has_expression(value) and setting.kind not in _LISTS:
        if setting.implicit:
            yield from _check_expression(component, setting, value, _RESULTS.get(setting.kind))
        return
    yield from check(component, setting, value)


Fits = Callable[[SettingPlan, Any], object]
"""Raises an evaluation error for a value that a setting cannot take."""


def _check_expression(
    component: Component, setting: SettingPlan, text: str, fits: Fits | None = None
) -> Iterator[Issue]:
    """An expression that is evaluated once, when the stage is created; ``fits`` judges its value."""
    language, strict = component.language, component.knows_kinds
    reason = "; ".join(language.problems(text, setting.definition if strict else None))
    if not reason and strict:
        reason = language.misfit(text, (lambda value: None) if fits is None else partial(fits, setting))
    if reason:
        reason = "it is not right" if setting.secret else reason
        yield component.issue("CREATION_005", setting, text=_cut(setting, text), reason=reason)


def _fits_number(setting: SettingPlan, value: Any) -> None:
    from ..el.coerce import as_double, as_long

    (as_long if _is_whole(setting) else as_double)(value)


def _fits_boolean(_setting: SettingPlan, value: Any) -> None:
    from ..el.coerce import as_truth

    as_truth(value)


def _fits_choice(setting: SettingPlan, value: Any) -> None:
    from ..el import EvaluationError
    from ..el.coerce import as_text

    # nothing, or an empty text, leaves the default
    text = as_text(value)
    if setting.choices is not None and text and text not in setting.choices:
        raise EvaluationError(f"{shown(text)} is none of the choices")


_RESULTS: Mapping[str, Fits] = {"NUMBER": _fits_number, "BOOLEAN": _fits_boolean, "VALUE_CHOOSER": _fits_choice}


def _cut(setting: SettingPlan, text: str) -> str:
    if setting.secret:
        return MASK
    return text if len(text) <= 120 else text[:119] + "…"


def _shown(setting: SettingPlan, value: Json) -> str:
    return MASK if setting.secret else shown(value)


def _check_text(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    if not isinstance(value, str):
        yield component.issue("CREATION_011", setting, value=_shown(setting, value))


def _check_character(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    if not isinstance(value, str) or not (_is_one(value) or _is_escape(value)):
        yield component.issue("CREATION_012", setting, value=_shown(setting, value))


def _is_one(value: str) -> bool:
    """True for one character; those beyond the first plane are two for the engine."""
    return len(value) == 1 and value <= "\uffff"


def _is_escape(value: str) -> bool:
    return value.startswith("\\u") and len(value) > 5 and _HEX.issuperset(value[2:])


def _check_credential(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    if not isinstance(value, str):
        yield component.issue("CREATION_012", setting, value=_shown(setting, value))


def _check_boolean(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    # the few booleans that a stage evaluates for each record are texts in its code
    if not isinstance(value, bool) and (setting.implicit or not isinstance(value, str)):
        yield component.issue("CREATION_013", setting, value=_shown(setting, value))


def _check_number(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    if not is_number(value):
        yield component.issue("CREATION_014", setting, value=_shown(setting, value))
    elif isinstance(value, float) and _is_whole(setting):
        yield component.issue("CREATION_015", setting, value=value)


def _is_whole(setting: SettingPlan) -> bool:
    """True when the field takes whole numbers only, judged by its default."""
    default = setting.definition.default
    return isinstance(default, int) and not isinstance(default, bool)


def _check_choice(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    if setting.choices is not None and (not isinstance(value, str) or value not in setting.choices):
        model = setting.definition.model
        choices = list(model.values or ()) if model is not None else []
        text = ", ".join(choices[:8]) + (" …" if len(choices) > 8 else "")
        yield component.issue("CREATION_010", setting, value=shown(value), choices=text)


def _check_list(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    if not isinstance(value, tuple):
        yield component.issue("CREATION_020", setting, value=_shown(setting, value))
        return
    for item in value:
        if item is None:
            yield component.issue("CREATION_021", setting)
        elif isinstance(item, str) and has_expression(item):
            if setting.implicit:
                yield from _check_expression(component, setting, item)
        elif setting.choices is not None:
            yield from _check_choice(component, setting, item)


def _check_map(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    if not isinstance(value, tuple):
        yield component.issue("CREATION_030", setting, value=_shown(setting, value))
        return
    for entry in value:
        if not isinstance(entry, JsonMap):
            yield component.issue("CREATION_031", setting, value=_shown(setting, entry))
            continue
        if entry.get("key") is None:
            yield component.issue("CREATION_032", setting)
        item = entry.get("value")
        if item is None:
            yield component.issue("CREATION_033", setting)
        elif isinstance(item, str) and has_expression(item) and setting.implicit:
            yield from _check_expression(component, setting, item)


def _check_rows(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    if not isinstance(value, tuple):
        yield component.issue("CREATION_040", setting, value=_shown(setting, value))
        return
    if setting.rows is None:
        return
    for index, row in enumerate(value):
        if not isinstance(row, JsonMap):
            yield component.issue("CREATION_042", setting, name=f"{setting.name}[{index}]", value=_shown(setting, row))
            continue
        for inner in setting.rows.settings:
            item = row.get(inner.name)
            if item is not None:
                for issue in _check(component, inner, item):
                    yield in_row(issue, setting, index)


_LISTS = frozenset(("LIST", "MAP", "LIST_BEAN", "FIELD_SELECTOR_MULTI_VALUE", "MULTI_VALUE_CHOOSER", "PREDICATE"))
_CHECKS: Mapping[str, Callable[[Component, SettingPlan, Json], Iterator[Issue]]] = {
    "STRING": _check_text,
    "TEXT": _check_text,
    "FIELD_SELECTOR": _check_text,
    "CHARACTER": _check_character,
    "CREDENTIAL": _check_credential,
    "BOOLEAN": _check_boolean,
    "NUMBER": _check_number,
    "VALUE_CHOOSER": _check_choice,
    "LIST": _check_list,
    "FIELD_SELECTOR_MULTI_VALUE": _check_list,
    "MULTI_VALUE_CHOOSER": _check_list,
    "PREDICATE": _check_list,
    "MAP": _check_map,
    "LIST_BEAN": _check_rows,
}
