"""Definitions prepared for checking: what has to be looked at, worked out once per definition and kept."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import attrs

from ..catalogue.definitions import SettingDefinition
from ..flow.credentials import is_secret
from ..values import EMPTY_MAP, Json
from .choices import choices_of
from .places import java_text

_LIST_LIKE = frozenset(("FIELD_SELECTOR_MULTI_VALUE", "MULTI_VALUE_CHOOSER", "PREDICATE"))
_CHECKED_MODELS = frozenset(("VALUE_CHOOSER", "FIELD_SELECTOR", "FIELD_SELECTOR_MULTI_VALUE", "LIST_BEAN", "PREDICATE"))
PRECONDITIONS = "stageRecordPreconditions"


@attrs.frozen(eq=False)
class SettingPlan:
    """One setting: its definition, and what the checks ask of it again and again."""

    definition: SettingDefinition
    name: str
    required: bool
    is_number: bool
    kind: str
    """The type; for models the model's type."""
    depends_on: tuple[tuple[str, frozenset[str]], ...]
    has_model: bool
    """True when the value has a form that the model checks look at."""
    choices: frozenset[str] | None
    """The allowed values, where the catalogue lists all of them."""
    rows: "Plan | None"
    """The settings of the rows, for a list of beans."""
    implicit: bool
    secret: bool
    """True when no finding may show the value."""

    def active(self, values: Mapping[str, Json]) -> bool:
        """True when every setting that this one depends on is there and has a value that triggers it."""
        return all(name in values and java_text(values[name]) in triggers for name, triggers in self.depends_on)

    def contradicted(self, values: Mapping[str, Json], row: Mapping[str, Json] = EMPTY_MAP) -> bool:
        """True when a setting that this one depends on is set to something else; a missing one contradicts nothing."""
        for name, triggers in self.depends_on:
            value = values[name] if name in values else row.get(name)
            if value is not None and triggers and java_text(value) not in triggers:
                return True
        return False

    def is_empty(self, value: Json) -> bool:
        """True for null, for an empty text of type STRING, and for an empty LIST or MAP."""
        if value is None:
            return True
        if self.kind == "STRING":
            return value == ""
        return self.kind in ("LIST", "MAP") and not value and not isinstance(value, (bool, int, float, str))


@attrs.frozen(eq=False)
class Plan:
    """The settings of a stage, service, pipeline or list row."""

    settings: tuple[SettingPlan, ...]
    by_name: Mapping[str, SettingPlan]
    required_or_number: tuple[SettingPlan, ...]
    explicit: tuple[SettingPlan, ...]
    """Settings with expressions that the stage evaluates itself, and lists whose rows have some."""
    defaults: Mapping[str, Json]


class HasSettings(Protocol):
    """A definition of the catalogue that has settings."""

    @property
    def settings(self) -> tuple[SettingDefinition, ...]:
        """The settings in definition order."""
        ...


# Settings are decoded once and live as long as their catalogue, so identity is the right key; they are kept beside
# the plan so that their id cannot be given to others meanwhile.
_PLANS: dict[int, tuple[tuple[SettingDefinition, ...], Plan]] = {}
_KEEP = 2048


def plan_of(definition: HasSettings) -> Plan:
    """The plan of a definition; made at the first call and kept."""
    settings = definition.settings
    known = _PLANS.get(id(settings))
    if known is None:
        if len(_PLANS) >= _KEEP:
            _PLANS.clear()
        known = _PLANS[id(settings)] = (settings, _plan(settings))
    return known[1]


def _plan(settings: Sequence[SettingDefinition]) -> Plan:
    plans = tuple(_setting_plan(setting) for setting in settings)
    return Plan(
        settings=plans,
        by_name={plan.name: plan for plan in plans},
        required_or_number=tuple(plan for plan in plans if plan.required or plan.is_number),
        explicit=tuple(plan for plan in plans if _has_explicit(plan)),
        defaults={plan.name: _default(plan) for plan in plans},
    )


def _has_explicit(plan: SettingPlan) -> bool:
    if plan.rows is not None:
        return bool(plan.rows.explicit)
    return not plan.implicit and bool(plan.definition.el_sets)


def _setting_plan(setting: SettingDefinition) -> SettingPlan:
    model = setting.model
    kind = setting.type if setting.type != "MODEL" or model is None else model.type
    # a connection setting holds MANUAL or the id of any connection
    listed = model is not None and model.values and model.values_dynamic is None and not setting.connection_type
    return SettingPlan(
        definition=setting,
        name=setting.name,
        required=setting.required,
        is_number=setting.type == "NUMBER",
        kind=kind,
        depends_on=tuple(
            (name, frozenset(java_text(value) for value in values)) for name, values in setting.depends_on.items()
        ),
        has_model=kind in _CHECKED_MODELS,
        choices=choices_of(setting.name, model.values) if model is not None and model.values and listed else None,
        rows=_plan(model.settings) if kind == "LIST_BEAN" and model is not None else None,
        implicit=setting.evaluation == "IMPLICIT",
        secret=is_secret(setting.name, setting),
    )


def _default(plan: SettingPlan) -> Json:
    """The default in the form that documents use: lists and maps that have none are empty."""
    value = plan.definition.default
    if not value and not isinstance(value, (bool, int, float, str)) and (plan.kind in ("LIST", "MAP")):
        return None if value is None else ()
    if not value and plan.kind in _LIST_LIKE and value is not None:
        return ()
    return value
