"""The plan of a flow: what an engine needs to know to run it, as one frozen value without open files or sockets."""

from collections.abc import Mapping
from enum import Enum

import attrs

from ..catalogue.definitions import StageType
from ..el.scope import UNDEFINED, Facts
from ..validation.issues import Issue
from ..values import EMPTY_MAP, Json, JsonMap
from .given import NOTHING_GIVEN, Given
from .rules import NO_RULES, Rules


class OnError(Enum):
    """What happens to a record that a stage cannot handle."""

    DISCARD = "DISCARD"
    TO_ERROR = "TO_ERROR"
    STOP = "STOP_PIPELINE"


class ErrorPolicy(Enum):
    """Which form of a record the error stage receives."""

    ORIGINAL = "ORIGINAL_RECORD"
    """As the origin made it."""
    STAGE = "STAGE_RECORD"
    """As the failing stage saw it."""


class Delivery(Enum):
    """When offsets are committed: after the whole batch, or before the first destination of it."""

    AT_LEAST_ONCE = "AT_LEAST_ONCE"
    AT_MOST_ONCE = "AT_MOST_ONCE"


@attrs.frozen
class StagePlan:
    """One stage, ready to be built. ``kind`` is its stage name, ``instance`` its instance name.

    ``known`` is False for a kind that the catalogue does not have; its settings are then as in the document.
    """

    instance: str
    kind: str
    type: StageType
    label: str = ""
    library: str = ""
    version: str = ""
    given: Given = attrs.field(default=NOTHING_GIVEN, repr=False)
    services: Mapping[str, Given] = attrs.field(default=EMPTY_MAP, repr=False)
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    on_error: OnError = OnError.TO_ERROR
    required: tuple[str, ...] = ()
    preconditions: tuple[str, ...] = ()
    known: bool = True
    commits_offsets: bool = False
    """True for a destination that says itself when offsets may be committed."""
    resets_offset: bool = False

    @property
    def event_lane(self) -> str | None:
        """The lane that its events go to, where it has one."""
        return self.events[0] if self.events else None

    @property
    def is_sink(self) -> bool:
        """True for destinations and executors: previews leave them out unless asked."""
        return self.type in (StageType.DESTINATION, StageType.EXECUTOR)


@attrs.frozen
class Plan:
    """A compiled flow: immutable, picklable, the same for every process that runs it.

    Shape: ``stages`` in running order, fragments replaced. ``issues`` are faults found while compiling (an expression
    that cannot be evaluated); a plan with issues must not be run. Expressions that stages evaluate per record are kept
    as text and compiled, once per process, when the stages are built.
    """

    name: str
    stages: tuple[StagePlan, ...]
    error_stage: StagePlan | None = None
    start_stage: StagePlan | None = None
    stop_stage: StagePlan | None = None
    test_origin: StagePlan | None = None
    pipeline_id: str = ""
    title: str = ""
    version: str = UNDEFINED
    parameters: JsonMap = attrs.field(default=EMPTY_MAP, repr=False)
    error_policy: ErrorPolicy = ErrorPolicy.ORIGINAL
    delivery: Delivery = Delivery.AT_LEAST_ONCE
    rate_limit: int = 0
    """Records per second at the origin; 0 is no limit."""
    retry: bool = False
    retry_attempts: int = -1
    """How often a failed run is started again; -1 is without end."""
    settings: Given = attrs.field(default=NOTHING_GIVEN, repr=False)
    """The flow's own settings."""
    rules: Rules = NO_RULES
    """What watches a run."""
    issues: tuple[Issue, ...] = ()

    @property
    def origin(self) -> StagePlan | None:
        """The first stage that is an origin."""
        return next((stage for stage in self.stages if stage.type is StageType.ORIGIN), None)

    def known(self, facts: Facts) -> Facts:
        """What expressions know, with what is known of the pipeline."""
        return attrs.evolve(facts, pipeline_id=self.pipeline_id, title=self.title, version=self.version)

    def stage(self, instance: str) -> StagePlan | None:
        """The canvas stage with this instance name."""
        return next((stage for stage in self.stages if stage.instance == instance), None)

    def parameter(self, name: str) -> Json:
        """The value of a parameter; None when there is none."""
        return self.parameters.get(name)
