"""The values that a new stage, service or pipeline starts with."""

from collections.abc import Iterable

from ..catalogue.definitions import Catalogue, PipelineDefinition, ServiceUse, SettingDefinition, StageDefinition
from ..flow.model import Service
from ..flow.settings import Settings
from ..values import EMPTY_MAP, Json, JsonMap

_LISTS = ("LIST", "MAP")
_LIST_MODELS = ("FIELD_SELECTOR_MULTI_VALUE", "LIST_BEAN", "PREDICATE", "MULTI_VALUE_CHOOSER")


def default_value(setting: SettingDefinition) -> Json:
    """The value of a setting in a new stage: its default, with the empty forms that documents use."""
    value = setting.default
    if setting.type == "BOOLEAN" and value is None:
        return False
    if setting.type in _LISTS and not value:
        return ()
    if setting.type == "MODEL" and (value is None or value == EMPTY_MAP):
        if setting.model_type == "LIST_BEAN" and value is None and setting.model is not None:
            row = {inner.name: inner.default for inner in setting.model.settings if inner.default is not None}
            return (JsonMap(row),)
        if setting.model_type in _LIST_MODELS:
            return ()
    return value


def default_settings(settings: Iterable[SettingDefinition]) -> Settings:
    """Every setting at its default, in definition order."""
    return Settings((setting.name, default_value(setting)) for setting in settings)


# Definitions are decoded once and live as long as their catalogue, so identity is the right key; the definition is
# kept beside the result so that its id cannot be given to another one meanwhile.
_STAGE_DEFAULTS: dict[int, tuple[StageDefinition, Settings]] = {}
_PIPELINE_DEFAULTS: dict[int, tuple[PipelineDefinition, Settings]] = {}
_KEEP = 1024


def stage_defaults(definition: StageDefinition) -> Settings:
    """The settings of a new stage of this kind; made once per definition and shared."""
    known = _STAGE_DEFAULTS.get(id(definition))
    if known is None:
        if len(_STAGE_DEFAULTS) > _KEEP:
            _STAGE_DEFAULTS.clear()
        known = _STAGE_DEFAULTS[id(definition)] = (definition, default_settings(definition.settings))
    return known[1]


def pipeline_defaults(definition: PipelineDefinition) -> Settings:
    """The settings of a new pipeline; made once per definition and shared."""
    known = _PIPELINE_DEFAULTS.get(id(definition))
    if known is None:
        if len(_PIPELINE_DEFAULTS) > _KEEP:
            _PIPELINE_DEFAULTS.clear()
        known = _PIPELINE_DEFAULTS[id(definition)] = (definition, default_settings(definition.settings))
    return known[1]


_SERVICE_DEFAULTS: dict[int, tuple[ServiceUse, Service]] = {}


def new_service(use: ServiceUse, catalogue: Catalogue) -> Service:
    """A service instance with its defaults and the constants that the stage declares; shared between stages."""
    known = _SERVICE_DEFAULTS.get(id(use))
    if known is not None:
        return known[1]
    definition = catalogue.service(use.service)
    settings = Settings() if definition is None else default_settings(definition.settings)
    made = Service(use.service, 1 if definition is None else definition.version, settings.with_values(use.values))
    if len(_SERVICE_DEFAULTS) > _KEEP:
        _SERVICE_DEFAULTS.clear()
    _SERVICE_DEFAULTS[id(use)] = (use, made)
    return made
