"""Settings of stages, their services and the pipeline, addressed by raw or human-readable name and checked."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import attrs

from ..catalogue.definitions import Catalogue, SettingDefinition
from ..catalogue.names import near, resolve
from ..errors import InvalidValueError, UnknownSettingError, nearest
from ..flow.credentials import is_secret, masked_setting
from ..flow.model import Flow, Service, StageInstance
from ..flow.settings import Settings
from ..values import Json, JsonMap, freeze, has_json_form, thaw
from .basics import definition_of, stage_of, with_stage

STAGE = ""
"""Stands for the stage's own settings where a service name is expected."""


@attrs.frozen
class Place:
    """Where a setting of a stage lives: its raw name, and the service (``STAGE`` for the stage itself)."""

    name: str
    service: str
    definition: SettingDefinition | None


def stage_places(stage: StageInstance, catalogue: Catalogue, name: str) -> tuple[Place, ...]:
    """Every setting that ``name`` means on a stage: raw name first, then human-readable; stage before services.

    Raises:
        UnknownSettingError: with the nearest names.
    """
    definition = definition_of(stage, catalogue)
    own = definition.settings if definition is not None else ()
    places = _places(name, own, stage.configuration, STAGE)
    service_settings: list[SettingDefinition] = []
    for service in stage.services:
        known = catalogue.service(service.service)
        if known is not None:
            service_settings.extend(known.settings)
        places += _places(name, known.settings if known else (), service.configuration, service.service)
    raw = tuple(place for place in places if place.name == name)
    found = raw or places
    if found:
        return found
    every = [*own, *service_settings]
    names = near(every, name) or nearest(name, setting_names(stage, catalogue))
    raise UnknownSettingError("setting", name, tuple(names), f"stage {stage.instance_name}")


def _places(name: str, definitions: Sequence[SettingDefinition], held: Settings, service: str) -> tuple[Place, ...]:
    meant = resolve(definitions, name)
    if meant:
        return tuple(Place(each.name, service, each) for each in meant)
    return (Place(name, service, None),) if name in held else ()


def setting_names(stage: StageInstance, catalogue: Catalogue) -> tuple[str, ...]:
    """Every human-readable name that works on a stage, and the raw name where there is no other."""
    definition = definition_of(stage, catalogue)
    names: dict[str, None] = {}
    seen: set[str] = set()
    groups: list[tuple[Sequence[SettingDefinition], Settings]] = [
        (definition.settings if definition else (), stage.configuration)
    ]
    for service in stage.services:
        known = catalogue.service(service.service)
        groups.append((known.settings if known else (), service.configuration))
    for settings, held in groups:
        for setting in settings:
            seen.add(setting.name)
            names[setting.attribute] = None
        for raw in held:
            if raw not in seen:
                names[raw] = None
    return tuple(names)


def get_stage_setting(stage: StageInstance, catalogue: Catalogue, name: str) -> Json:
    """The value of a setting; the default when the document does not hold it."""
    first = stage_places(stage, catalogue, name)
    for place in first:
        held = _held(stage, place.service)
        if place.name in held:
            return held[place.name]
    return first[0].definition.default if first[0].definition is not None else None


def _held(stage: StageInstance, service: str) -> Settings:
    if service == STAGE:
        return stage.configuration
    found = stage.service(service)
    return found.configuration if found is not None else Settings()


def set_stage_settings(flow: Flow, instance_name: str, values: Mapping[str, object], catalogue: Catalogue) -> Flow:
    """The flow with these settings of a stage; all are checked before any is set.

    When several settings share the human-readable name, all of them are set, as the service's client does.

    Raises:
        UnknownSettingError: with the nearest names.
        InvalidValueError: a value that does not fit its definition.
    """
    stage = stage_of(flow, instance_name)
    own: dict[str, object] = {}
    of_service: dict[str, dict[str, object]] = {}
    for name, value in values.items():
        for place in stage_places(stage, catalogue, name):
            checked = checked_value(value, place.definition, f"{instance_name}.{name}")
            (own if place.service == STAGE else of_service.setdefault(place.service, {}))[place.name] = checked
    services = tuple(_with_values(service, of_service) for service in stage.services)
    changed = attrs.evolve(stage, configuration=stage.configuration.with_values(own), services=services)
    return with_stage(flow, changed)


def _with_values(service: Service, of_service: Mapping[str, Mapping[str, object]]) -> Service:
    values = of_service.get(service.service)
    if not values:
        return service
    return attrs.evolve(service, configuration=service.configuration.with_values(values))


def pipeline_places(flow: Flow, catalogue: Catalogue, name: str) -> tuple[Place, ...]:
    """Every pipeline setting that ``name`` means.

    Raises:
        UnknownSettingError: with the nearest names.
    """
    settings = catalogue.pipeline().settings
    if name in flow.configuration:
        definition = next((each for each in settings if each.name == name), None)
        return (Place(name, STAGE, definition),)
    places = _places(name, settings, flow.configuration, STAGE)
    if places:
        return places
    names = near(settings, name) or nearest(name, flow.configuration)
    raise UnknownSettingError("setting", name, tuple(names), f"flow {flow.name!r}")


def get_pipeline_setting(flow: Flow, catalogue: Catalogue, name: str) -> Json:
    """The value of a pipeline setting; the default when the document does not hold it."""
    places = pipeline_places(flow, catalogue, name)
    for place in places:
        if place.name in flow.configuration:
            return flow.configuration[place.name]
    return places[0].definition.default if places[0].definition is not None else None


def set_pipeline_settings(flow: Flow, values: Mapping[str, object], catalogue: Catalogue) -> Flow:
    """The flow with these pipeline settings; all are checked before any is set.

    Raises:
        UnknownSettingError: with the nearest names.
        InvalidValueError: a value that does not fit its definition.
    """
    raw: dict[str, object] = {}
    for name, value in values.items():
        for place in pipeline_places(flow, catalogue, name):
            raw[place.name] = checked_value(value, place.definition, f"flow setting {name}")
    return attrs.evolve(flow, configuration=flow.configuration.with_values(raw))


def pipeline_setting_names(flow: Flow, catalogue: Catalogue) -> tuple[str, ...]:
    """Every human-readable pipeline setting name, and the raw name of settings no definition knows."""
    settings = catalogue.pipeline().settings
    defined = {setting.name for setting in settings}
    names = {setting.attribute: None for setting in settings}
    names.update({raw: None for raw in flow.configuration if raw not in defined})
    return tuple(names)


# --- values -----------------------------------------------------------------------------------------------------------


def checked_value(value: object, definition: SettingDefinition | None, what: str) -> Json:
    """The frozen value when it fits the definition; an expression ``${...}`` fits everywhere.

    Text of a TEXT, STRING or CREDENTIAL setting may be anything; whether expressions are right is for validation.

    Raises:
        InvalidValueError: naming what, the value and what was expected.
    """
    secret = definition is not None and is_secret(definition.name, definition)
    try:
        frozen = freeze(_as_map_rows(value, definition))
    except TypeError as error:
        named = type(value).__name__ if isinstance(value, Collection) else value
        raise InvalidValueError(what, _CREDENTIAL if secret else named, f"a JSON value ({error})") from None
    expected = _mismatch(frozen, definition) if has_json_form(frozen) else ("a JSON value: finite numbers",)
    if expected is None:
        return frozen
    told = thaw(masked_setting(definition.name if definition is not None else "", frozen, definition))
    raise InvalidValueError(what, _CREDENTIAL if secret else told, *expected)


_CREDENTIAL = "(a credential)"


def _is_expression(value: Json) -> bool:
    return isinstance(value, str) and "${" in value


def _as_map_rows(value: object, definition: SettingDefinition | None) -> object:
    """A plain mapping given for a MAP setting, as the list of key/value rows that documents hold."""
    if definition is not None and definition.type == "MAP" and isinstance(value, Mapping):
        return [{"key": key, "value": item} for key, item in value.items()]
    return value


def _mismatch(value: Json, definition: SettingDefinition | None) -> tuple[str, tuple[str, ...]] | tuple[str] | None:
    """What the definition expects instead of the value; None when it fits."""
    if definition is None or value is None or _is_expression(value):
        return None
    kind = definition.type
    if kind == "BOOLEAN" and not isinstance(value, bool):
        return ("true or false, or an expression ${...}",)
    if kind == "NUMBER":
        return _bad_number(value, definition)
    if kind in ("STRING", "TEXT", "CREDENTIAL") and not isinstance(value, str):
        return ("a text",)
    if kind == "CHARACTER" and not (isinstance(value, str) and (len(value) == 1 or _is_escape(value))):
        return ("one character",)
    if kind in ("LIST", "MAP") and not isinstance(value, tuple):
        return ("a list" if kind == "LIST" else "a mapping, or a list of {key, value}",)
    return _bad_model(value, definition) if kind == "MODEL" else None


def _is_escape(value: str) -> bool:
    return len(value) == 6 and value.startswith("\\u")


def _bad_number(value: Json, definition: SettingDefinition) -> tuple[str] | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ("a number, or an expression ${...}",)
    low, high = definition.min, definition.max
    if low is not None and value < low:
        return (f"a number from {low}",)
    if high is not None and value > high:
        return (f"a number up to {high}",)
    return None


def _bad_model(value: Json, definition: SettingDefinition) -> tuple[str, tuple[str, ...]] | tuple[str] | None:
    model = definition.model
    if model is None:
        return None
    if model.type == "VALUE_CHOOSER":
        if not isinstance(value, str):
            return ("one of " + _choices(model.values),)
        if model.values and value not in model.values and model.values_dynamic is None:
            return ("one of " + _choices(model.values), nearest(value, model.values))
    elif model.type == "FIELD_SELECTOR" and not isinstance(value, str):
        return ("a field path",)
    elif model.type in ("FIELD_SELECTOR_MULTI_VALUE", "MULTI_VALUE_CHOOSER", "PREDICATE"):
        if not isinstance(value, tuple):
            return ("a list",)
    elif model.type == "LIST_BEAN":
        return _bad_rows(value, model.settings)
    return None


def _bad_rows(value: Json, settings: Iterable[SettingDefinition]) -> tuple[str, tuple[str, ...]] | tuple[str] | None:
    if not isinstance(value, tuple) or not all(isinstance(row, JsonMap) for row in value):
        return ("a list of objects",)
    known = {setting.name: setting for setting in settings}
    for row in value:
        assert isinstance(row, JsonMap)
        unknown = next((key for key in row if key not in known), None)
        if unknown is not None and known:
            return (f"rows with the keys {', '.join(known)} (not {unknown!r})", nearest(unknown, known))
    return None


def _choices(values: Sequence[str] | None) -> str:
    if not values:
        return "its texts"
    return ", ".join(values[:12]) + (", …" if len(values) > 12 else "")
