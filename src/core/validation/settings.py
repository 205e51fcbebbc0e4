"""Checks of the settings of a stage, service or the flow: required, ranges, unknown names, the forms of models."""

from collections.abc import Iterator, Mapping
from typing import TypeGuard

import attrs

from ..values import EMPTY_MAP, Json, JsonMap
from .expressions import Language
from .issues import Issue
from .paths import path_problem
from .places import Place, java_text, listed
from .plan import PRECONDITIONS, Plan, SettingPlan


@attrs.frozen(eq=False)
class Component:
    """What is checked: a place, the plan of its definition, and its values.

    ``held`` is what the document says; ``values`` has the defaults of what it leaves out as well. ``language`` is what
    expressions may use. ``lenient`` holds the codes that are remarks here, because the definition is not the one that
    the document was written for.
    """

    place: Place
    plan: Plan
    held: Mapping[str, Json]
    values: Mapping[str, Json]
    language: Language = attrs.field(factory=Language)
    hidden: frozenset[str] = frozenset()
    lenient: frozenset[str] = frozenset()
    may_miss: bool = False
    """True when a required setting that the document lacks is a remark: the engine's upgrade may have filled it."""

    def issue(self, code: str, setting: SettingPlan, *, name: str | None = None, **facts: object) -> Issue:
        """A finding about one setting."""
        return self.place.setting_issue(code, setting.definition, name=name, advice=code in self.lenient, **facts)

    @property
    def knows_kinds(self) -> bool:
        """False where the definition cannot tell of what kind a setting is by now."""
        return "CREATION_014" not in self.lenient


def check_required_and_numbers(component: Component, skip_group: str | None = None) -> Iterator[Issue]:
    """Settings that are active but empty, and numbers out of range, in definition order.

    ``skip_group`` names a group whose settings are not asked to be there.
    """
    for setting in component.plan.required_or_number:
        value = component.values.get(setting.name)
        if setting.is_empty(value):
            skipped = skip_group is not None and setting.definition.group == skip_group
            if setting.required and not skipped and setting.active(component.values):
                yield _required(component, setting)
        elif setting.is_number and setting.active(component.values):
            yield from _check_number(component, setting, value)


def _required(component: Component, setting: SettingPlan) -> Issue:
    advice = "VALIDATION_0007" in component.lenient or (component.may_miss and setting.name not in component.held)
    return component.place.setting_issue("VALIDATION_0007", setting.definition, advice=advice)


def is_number(value: Json) -> TypeGuard[int | float]:
    """True for what the engine reads as a number: whole ones have 64 bits at most."""
    if isinstance(value, int):
        return not isinstance(value, bool) and -(2**63) <= value < 2**63
    return isinstance(value, float)


def _check_number(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    if isinstance(value, str) and value.startswith("${") and value.endswith("}"):
        return
    if not is_number(value):
        yield component.issue("VALIDATION_0009", setting, expected="a number or an expression ${...}")
        return
    high, low = setting.definition.max, setting.definition.min
    if high is not None and value > high:
        yield component.issue("VALIDATION_0034", setting, value=value, limit=high)
    if low is not None and value < low:
        yield component.issue("VALIDATION_0035", setting, value=value, limit=low)


def check_held(component: Component) -> Iterator[Issue]:
    """Names that the definition does not know, and values whose form does not fit their model, in document order."""
    unknown: list[str] = []
    for name, value in component.held.items():
        setting = component.plan.by_name.get(name)
        if setting is None:
            if name not in component.hidden:
                unknown.append(name)
                yield from _unknown(component, name)
        elif setting.has_model and value is not None:
            yield from _check_one(component, component.plan, name, value, EMPTY_MAP)
    if unknown and "VALIDATION_0008" in component.lenient:
        yield component.place.issue("VALIDATION_0008", advice=True, unknown=listed(unknown))


def _unknown(component: Component, name: str) -> Iterator[Issue]:
    """A name that the definition does not have; where that is a remark, the names are gathered into one instead."""
    if "VALIDATION_0008" not in component.lenient:
        yield component.place.issue("VALIDATION_0008", unknown=name)


def _check_one(component: Component, plan: Plan, name: str, value: Json, row: Mapping[str, Json]) -> Iterator[Issue]:
    setting = plan.by_name.get(name)
    if setting is None:
        if name not in component.hidden:
            yield from _unknown(component, name)
    elif value is not None and setting.has_model and not setting.contradicted(component.values, row):
        yield from _check_model(component, setting, value)


def _check_model(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    match setting.kind:
        case "VALUE_CHOOSER":
            if not isinstance(value, str):
                yield component.issue("VALIDATION_0009", setting, expected="a text")
        case "FIELD_SELECTOR":
            if isinstance(value, str):
                yield from _check_path(component, setting, value)
            else:
                yield component.issue("VALIDATION_0009", setting, expected="a field path")
        case "FIELD_SELECTOR_MULTI_VALUE":
            yield from _check_paths(component, setting, value)
        case "LIST_BEAN":
            rows = value if isinstance(value, tuple) else (value,)
            for at, row in enumerate(rows):
                if isinstance(row, JsonMap) and setting.rows is not None:
                    for name, item in row.items():
                        for issue in _check_one(component, setting.rows, name, item, row):
                            yield _in_row(issue, setting, at)
        case "PREDICATE":
            yield from _check_predicates(component, setting, value)


def _in_row(issue: Issue, setting: SettingPlan, at: int) -> Issue:
    """A finding about a part of a row says which row it is, so that two rows are two findings."""
    told, part = in_row(issue, setting, at), issue.config_name
    return told if part is None else attrs.evolve(told, config_name=f"{setting.name}#{at}:{part}")


def in_row(issue: Issue, setting: SettingPlan, at: int) -> Issue:
    """The finding with the number of its row in the sentence, counted from 1 as people do."""
    label = setting.definition.label or setting.name
    return attrs.evolve(issue, text=f"{issue.text} (row {at + 1} of {label})")


def _check_paths(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    """The first path of a list that is none; later ones are not looked at."""
    if not isinstance(value, tuple):
        yield component.issue("VALIDATION_0009", setting, expected="a list of field paths")
        return
    for path in value:
        if path is None:
            place, definition = component.place, setting.definition
            yield place.setting_issue("PENSTOCK_0003", definition, advice=True)
            return
        if not isinstance(path, str):
            yield component.issue("VALIDATION_0033", setting, path=java_text(path), reason="it is no text")
            return
        problems = tuple(_check_path(component, setting, path))
        if problems:
            yield from problems
            return


def _check_path(component: Component, setting: SettingPlan, path: str) -> Iterator[Issue]:
    line = path.partition("\n")[0]
    if 0 <= line.find("${") < line.rfind("}"):
        return  # what an expression gives is known at run time only
    reason = path_problem(path)
    if reason is not None:
        yield component.issue("VALIDATION_0033", setting, path=path, reason=reason)


def _check_predicates(component: Component, setting: SettingPlan, value: Json) -> Iterator[Issue]:
    if not isinstance(value, tuple):
        yield component.issue("VALIDATION_0009", setting, expected="a list of conditions")
        return
    for index, row in enumerate(value, start=1):
        if not isinstance(row, JsonMap):
            yield component.issue("VALIDATION_0019", setting, index=index)
            continue
        for key, part in (("outputLane", "outputLane"), ("predicate", "condition")):
            code = _row_problem(row, key)
            if code is not None:
                yield component.issue(code, setting, index=index, part=part)


def _row_problem(row: JsonMap, key: str) -> str | None:
    if key not in row:
        return "VALIDATION_0020"
    value = row[key]
    if value is None:
        return "VALIDATION_0021"
    if not isinstance(value, str):
        return "VALIDATION_0022"
    return None if value else "VALIDATION_0023"


def check_preconditions(component: Component) -> Iterator[Issue]:
    """Preconditions that are no expression, or one that cannot be evaluated."""
    setting = component.plan.by_name.get(PRECONDITIONS)
    rows = component.held.get(PRECONDITIONS)
    if setting is None or not isinstance(rows, tuple):
        return
    for row in rows:
        text = row.strip() if isinstance(row, str) else java_text(row)
        if not text.startswith("${") or not text.endswith("}"):
            yield component.issue("VALIDATION_0080", setting, text=text)
            continue
        reason = _precondition_problem(component, setting, text)
        if reason:
            yield component.issue("VALIDATION_0081", setting, text=text, reason=reason)


def _precondition_problem(component: Component, setting: SettingPlan, text: str) -> str:
    """Why a precondition gives no truth value for a record without fields, by which the engine judges it."""
    from ..el.coerce import as_truth

    language = component.language
    problems = language.problems(text, setting.definition)
    return "; ".join(problems) or language.misfit(text, as_truth, with_record=True)
