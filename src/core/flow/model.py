"""The values a flow is made of: flow, stage instance, service instance."""

from collections.abc import Mapping
from typing import NewType

import attrs

from ..values import EMPTY_MAP, Json, JsonMap
from .settings import EMPTY_SETTINGS, Settings

FlowId = NewType("FlowId", str)
StageId = NewType("StageId", str)
"""The instance name of one stage of a flow."""
LaneId = NewType("LaneId", str)

STREAMING = "streaming"


@attrs.frozen
class Shape:
    """How an object stood in the file it came from, beyond what its typed parts say; no part of its content.

    ``keys`` is the order of the known and unknown keys, ``odd`` the raw form of known keys that were written in an
    unusual way (null for an empty list, a number for a text), so that an unchanged part goes out as it came.
    """

    keys: tuple[str, ...] = ()
    odd: JsonMap = EMPTY_MAP


NO_SHAPE = Shape()


@attrs.frozen
class Service:
    """A service of a stage instance, for example its data format parser."""

    service: str
    version: int
    configuration: Settings = EMPTY_SETTINGS
    extra: JsonMap = EMPTY_MAP
    shape: Shape = attrs.field(default=NO_SHAPE, eq=False, repr=False)


@attrs.frozen
class StageInstance:
    """One stage of a flow. ``stage_name`` is its kind, ``instance_name`` is the stage itself."""

    instance_name: str
    stage_name: str
    stage_version: str
    library: str
    configuration: Settings = attrs.field(default=EMPTY_SETTINGS, repr=False)
    ui: JsonMap = attrs.field(default=EMPTY_MAP, repr=False)
    input_lanes: tuple[str, ...] = ()
    output_lanes: tuple[str, ...] = ()
    event_lanes: tuple[str, ...] = ()
    services: tuple[Service, ...] = attrs.field(default=(), repr=False)
    extra: JsonMap = attrs.field(default=EMPTY_MAP, repr=False)
    shape: Shape = attrs.field(default=NO_SHAPE, eq=False, repr=False)

    @property
    def label(self) -> str:
        """The name that people see; the instance name when the file gives none."""
        label = self.ui.get("label")
        return label if isinstance(label, str) and label else self.instance_name

    @property
    def type_word(self) -> str:
        """SOURCE, PROCESSOR, TARGET or EXECUTOR as the file says it, else judged from the lanes."""
        said = self.ui.get("stageType")
        if isinstance(said, str) and said:
            return said
        if not self.input_lanes:
            return "SOURCE"
        return "PROCESSOR" if self.output_lanes else "TARGET"

    @property
    def position(self) -> tuple[float, float] | None:
        """The upper left corner in pixels, y downwards; None when the file gives none that can be."""
        x, y = _number(self.ui.get("xPos")), _number(self.ui.get("yPos"))
        return None if x is None or y is None else (x, y)

    @property
    def lanes_out(self) -> tuple[str, ...]:
        """Output lanes, then event lanes."""
        return self.output_lanes + self.event_lanes

    def service(self, name: str) -> Service | None:
        """The service with this interface name."""
        return next((service for service in self.services if service.service == name), None)


FARTHEST_PX = 1_000_000_000
"""No canvas is as wide: a number beyond it is no position."""


def _number(value: Json) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if -FARTHEST_PX < value < FARTHEST_PX else None


@attrs.frozen
class Opaque:
    """A part of a document that penstock carries but does not look into, as JSON text."""

    text: str = attrs.field(repr=False)


@attrs.frozen
class Envelope:
    """The object around a pipeline document in an export: its key for the pipeline, and the key order."""

    body_key: str = "pipelineConfig"
    rules: JsonMap | None = attrs.field(default=None, repr=False)
    library_definitions: Opaque | None = None
    extra: JsonMap = EMPTY_MAP
    keys: tuple[str, ...] = attrs.field(default=(), eq=False, repr=False)


@attrs.frozen
class Flow:
    """One flow: what the project keeps of it (name, environment, parameter sets) and its pipeline document.

    Equality and hash mean content; how the file was written (``shape``) does not count.
    """

    name: str
    description: str = ""
    environment_id: str | None = None
    engine_version: str = ""
    engine_type: str = "data_collector"
    parameter_sets: tuple[str, ...] = ()
    connection_ids: tuple[str, ...] = ()
    fragment_ids: tuple[str, ...] = ()
    # the pipeline document
    title: str | None = None
    document_description: str | None = None
    pipeline_id: str | None = None
    uuid: str | None = None
    schema_version: int = 6
    version: int | None = None
    configuration: Settings = attrs.field(default=EMPTY_SETTINGS, repr=False)
    stages: tuple[StageInstance, ...] = ()
    error_stage: StageInstance | None = None
    stats_stage: StageInstance | None = None
    test_origin: StageInstance | None = None
    start_stages: tuple[StageInstance, ...] = ()
    stop_stages: tuple[StageInstance, ...] = ()
    fragments: "tuple[Flow, ...]" = attrs.field(default=(), repr=False)
    ui: JsonMap = attrs.field(default=EMPTY_MAP, repr=False)
    info: JsonMap = attrs.field(default=EMPTY_MAP, repr=False)
    metadata: JsonMap | None = attrs.field(default=None, repr=False)
    extra: JsonMap = attrs.field(default=EMPTY_MAP, repr=False)
    envelope: Envelope | None = attrs.field(default=None, repr=False)
    fragment: bool = False
    shape: Shape = attrs.field(default=NO_SHAPE, eq=False, repr=False)
    # looked up again and again while a flow is built, so kept; derived from the stages alone
    _index: dict[str, int] | None = attrs.field(default=None, init=False, eq=False, repr=False)
    _labels: tuple[str, ...] | None = attrs.field(default=None, init=False, eq=False, repr=False)

    @property
    def flow_type(self) -> str:
        """Always ``streaming``: penstock holds no other kind."""
        return STREAMING

    def find(self, instance_name: str) -> StageInstance | None:
        """The canvas stage with this instance name (the first, where a broken file has two)."""
        at = self.index().get(instance_name)
        return None if at is None else self.stages[at]

    def index(self) -> Mapping[str, int]:
        """Instance name -> position among the canvas stages."""
        known = self._index
        if known is None:
            known = {}
            for at, stage in enumerate(self.stages):
                known.setdefault(stage.instance_name, at)
            object.__setattr__(self, "_index", known)
        return known

    def labels(self) -> tuple[str, ...]:
        """The labels of the canvas stages, in order."""
        known = self._labels
        if known is None:
            known = tuple(stage.label for stage in self.stages)
            object.__setattr__(self, "_labels", known)
        return known

    def with_stages(self, stages: tuple[StageInstance, ...], *, same_names: bool = False) -> "Flow":
        """The flow with these canvas stages; ``same_names`` says that names, labels and order did not change."""
        made = attrs.evolve(self, stages=stages)
        if same_names:
            object.__setattr__(made, "_index", self._index)
            object.__setattr__(made, "_labels", self._labels)
        return made

    def with_appended(self, stage: StageInstance) -> "Flow":
        """The flow with one more canvas stage at the end."""
        made = self.with_stages((*self.stages, stage))
        index = dict(self.index())
        index.setdefault(stage.instance_name, len(self.stages))
        object.__setattr__(made, "_index", index)
        object.__setattr__(made, "_labels", (*self.labels(), stage.label))
        return made

    def special_stages(self) -> tuple[StageInstance, ...]:
        """Error, statistics, start, stop and test-origin stages, in this order, where set."""
        single = (self.error_stage, self.stats_stage)
        return (
            *(stage for stage in single if stage is not None),
            *self.start_stages,
            *self.stop_stages,
            *((self.test_origin,) if self.test_origin is not None else ()),
        )

    def all_stages(self) -> tuple[StageInstance, ...]:
        """Canvas stages, then the special ones."""
        return self.stages + self.special_stages()
