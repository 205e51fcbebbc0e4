"""The facts of a catalogue as values: stages, services, settings and the models behind them."""

from collections.abc import Mapping
from enum import Enum
from typing import Protocol

import attrs

from ..values import EMPTY_MAP, Json, JsonMap


class StageType(Enum):
    """What a stage is; the value is the word of documents."""

    ORIGIN = "SOURCE"
    PROCESSOR = "PROCESSOR"
    DESTINATION = "TARGET"
    EXECUTOR = "EXECUTOR"

    @property
    def word(self) -> str:
        """The word of the field: origin, processor, destination, executor."""
        return self.name.lower()


@attrs.frozen
class ModelDefinition:
    """What a setting of type MODEL holds: a choice, field paths, predicates or a list of beans."""

    type: str
    values: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    values_dynamic: str | None = None
    settings: "tuple[SettingDefinition, ...]" = ()


@attrs.frozen
class SettingDefinition:
    """One setting: its names, its type and bounds, and when it is active (``depends_on``)."""

    name: str
    field_name: str
    label: str
    type: str
    default: Json = None
    required: bool = False
    group: str | None = None
    model: ModelDefinition | None = None
    depends_on: Mapping[str, tuple[Json, ...]] = EMPTY_MAP  # type: ignore[assignment]
    min: int | float | None = None
    max: int | float | None = None
    evaluation: str = "IMPLICIT"
    el_sets: tuple[str, ...] = ()
    mode: str = "text/plain"
    lines: int = 0
    display_mode: str = "BASIC"
    display_position: int = 0
    connection_type: str = ""
    description: str = ""
    source: str = ""

    @property
    def attribute(self) -> str:
        """The human-readable name, always a valid identifier."""
        from .names import attribute_name

        return attribute_name(self.label, self.field_name)

    @property
    def model_type(self) -> str | None:
        """The type of the model, for settings of type MODEL."""
        return None if self.model is None else self.model.type

    @property
    def is_credential(self) -> bool:
        """True for a secret."""
        return self.type == "CREDENTIAL"


@attrs.frozen
class ServiceDefinition:
    """A service that stages use, for example a data format parser; ``name`` is its interface."""

    name: str
    version: int
    label: str
    settings: tuple[SettingDefinition, ...]


@attrs.frozen
class ServiceUse:
    """A service that a stage needs, with the constants it gives to it."""

    service: str
    values: JsonMap = EMPTY_MAP


@attrs.frozen
class StageDefinition:
    """Everything the catalogue knows of one kind of stage."""

    name: str
    version: str
    label: str
    type: StageType
    library: str
    library_label: str
    libraries: tuple[str, ...]
    icon: str = ""
    description: str = ""
    error_stage: bool = False
    stats_aggregator: bool = False
    lifecycle: bool = False
    connection_verifier: bool = False
    offset_commit_trigger: bool = False
    preconditions: bool = True
    on_record_error: bool = True
    variable_outputs: bool = False
    output_streams: int = 0
    output_stream_labels: tuple[str, ...] = ()
    driven_by: str = ""
    input_streams: int = -1
    execution_modes: tuple[str, ...] = ()
    reset_offset: bool = False
    produces_events: bool = False
    services: tuple[ServiceUse, ...] = ()
    settings: tuple[SettingDefinition, ...] = ()
    hidden_settings: tuple[str, ...] = ()
    hide_stage: tuple[str, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    hidden: bool = False
    """True for a stage that may not stand on the canvas."""

    def setting(self, name: str) -> SettingDefinition | None:
        """The setting with this raw name."""
        return next((each for each in self.settings if each.name == name), None)


@attrs.frozen
class PipelineDefinition:
    """The settings of a pipeline (or fragment, or rules document)."""

    version: int
    settings: tuple[SettingDefinition, ...]


@attrs.frozen
class StageSummary:
    """What a list of stages shows, without the settings."""

    name: str
    version: str
    label: str
    type: StageType
    library: str
    library_label: str
    libraries: tuple[str, ...]
    error_stage: bool
    stats_aggregator: bool
    lifecycle: bool
    hidden: bool
    produces_events: bool
    output_streams: int
    driven_by: str
    icon: str


class Catalogue(Protocol):
    """The stages, services and pipeline settings of one engine version. Looking up costs no I/O."""

    @property
    def version(self) -> str:
        """The engine version."""
        ...

    def summaries(self) -> tuple[StageSummary, ...]:
        """Every stage, without settings."""
        ...

    def stage(self, name: str, library: str | None = None) -> StageDefinition | None:
        """The definition of a kind; None for an unknown name, or a library that does not hold it."""
        ...

    def service(self, name: str) -> ServiceDefinition | None:
        """The service with this interface name."""
        ...

    def services(self) -> tuple[ServiceDefinition, ...]:
        """Every service."""
        ...

    def pipeline(self) -> PipelineDefinition:
        """The settings of a pipeline."""
        ...

    def rules(self) -> PipelineDefinition:
        """The settings of a document of rules."""
        ...

    def library_labels(self) -> Mapping[str, str]:
        """Library id -> name for people."""
        ...

    def el_sets(self) -> Mapping[str, object]:
        """The function classes of the expression language, by name."""
        ...

    def legacy_libraries(self) -> frozenset[str]:
        """Libraries that once existed."""
        ...
