"""What can be added to a flow: stage infos with their setting definitions, made when somebody looks."""

from functools import cached_property

import attrs

from ..core.catalogue.definitions import Catalogue, SettingDefinition, StageSummary
from ..core.edit.defaults import default_value
from .results import SeekableList, shown


@attrs.frozen
class ConfigDefinition:
    """One setting of a stage: its human-readable ``name``, its ``raw_name`` in documents, and what it accepts."""

    name: str
    raw_name: str = attrs.field(repr=False)
    label: str = attrs.field(repr=False)
    type: str
    required: bool
    default: object = attrs.field(repr=False)
    description: str = attrs.field(repr=False)
    accepted_values: list[str] = attrs.field(repr=False)


class StageInfo:
    """A stage that can be added to a flow."""

    def __init__(self, summary: StageSummary, catalogue: Catalogue) -> None:
        self._summary, self._catalogue = summary, catalogue

    @property
    def label(self) -> str:
        """The label, as ``add_stage`` takes it."""
        return self._summary.label

    @property
    def name(self) -> str:
        """The name of its kind in documents."""
        return self._summary.name

    @property
    def type(self) -> str:
        """origin, processor, destination or executor."""
        return self._summary.type.word

    @property
    def stage_type(self) -> str:
        """SOURCE, PROCESSOR, TARGET or EXECUTOR, as documents and ``stage.type`` have it."""
        return self._summary.type.value

    @property
    def library(self) -> str:
        """The stage library it comes from by default."""
        return self._summary.library

    @property
    def library_label(self) -> str:
        """The name of that library for people."""
        return self._summary.library_label

    @property
    def libraries(self) -> tuple[str, ...]:
        """Every library that holds it."""
        return self._summary.libraries

    @property
    def version(self) -> str:
        """The version of the definition."""
        return self._summary.version

    @property
    def description(self) -> str:
        """What it does, for stages that the embedded engine runs."""
        definition = self._catalogue.stage(self.name)
        return definition.description if definition is not None else ""

    @cached_property
    def config_definitions(self) -> SeekableList[ConfigDefinition]:
        """Its settings, those of its services included."""
        definition = self._catalogue.stage(self.name)
        if definition is None:
            return SeekableList((), "setting")
        settings = list(definition.settings)
        for use in definition.services:
            service = self._catalogue.service(use.service)
            settings.extend(service.settings if service is not None else ())
        return SeekableList((_config(each) for each in settings), "setting")

    def _facts_(self) -> dict[str, object]:
        return {"label": self.label, "type": self.type, "library": self.library_label, "name": self.name}

    def _repr_html_(self) -> str:
        from .showing import html_records

        rows = (
            {
                "setting": each.name,
                "type": each.type,
                "required": each.required,
                "default": each.default,
                "accepted values": ", ".join(each.accepted_values),
                "description": each.description,
            }
            for each in self.config_definitions
        )
        return html_records(rows, f"{self.label} ({self.type}, {self.library_label})")

    def __repr__(self) -> str:
        return f"StageInfo(label={self.label!r}, type={self.type!r}, library={self.library!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StageInfo) and (other.name, other.library) == (self.name, self.library)

    def __hash__(self) -> int:
        return hash((self.name, self.library))


def _config(setting: SettingDefinition) -> ConfigDefinition:
    values = setting.model.values if setting.model is not None and setting.model.values is not None else ()
    return ConfigDefinition(
        name=setting.attribute,
        raw_name=setting.name,
        label=setting.label,
        type=setting.type,
        required=setting.required,
        default=shown(default_value(setting)),
        description=setting.description,
        accepted_values=list(values),
    )


def available_stages(catalogue: Catalogue) -> SeekableList[StageInfo]:
    """Every stage that may stand on the canvas."""
    infos = (StageInfo(each, catalogue) for each in catalogue.summaries() if not each.hidden)
    return SeekableList(infos, "stage")
