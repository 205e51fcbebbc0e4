"""What a project keeps beside its flows: environments, engines, parameter sets, jobs, runs, revisions."""

from typing import NewType

import attrs

from .flow.model import Flow, FlowId
from .values import EMPTY_MAP, Json, JsonMap

ProjectId = NewType("ProjectId", str)
EnvironmentId = NewType("EnvironmentId", str)
EngineId = NewType("EngineId", str)
ParameterSetId = NewType("ParameterSetId", str)
JobId = NewType("JobId", str)
RunId = NewType("RunId", str)


@attrs.frozen
class ProjectInfo:
    """A project: the room that flows, environments, parameter sets and jobs live in. Times are epoch milliseconds."""

    project_id: ProjectId
    name: str
    description: str = ""
    tags: tuple[str, ...] = ()
    created_ms: int = 0


@attrs.frozen
class Environment:
    """Where engines run: an engine version with its stage libraries and limits.

    ``options`` holds every other option of the service under its own name, as given.
    """

    environment_id: EnvironmentId
    name: str
    description: str = ""
    engine_version: str = ""
    engine_type: str = "data_collector"
    stage_libs: tuple[str, ...] = ()
    cpus_to_allocate: float | None = None
    options: JsonMap = EMPTY_MAP
    created_ms: int = 0


@attrs.frozen
class EngineInfo:
    """An engine as its environment lists it; ``url`` is empty for one that lives in this process."""

    engine_id: EngineId
    environment_id: EnvironmentId
    name: str
    version: str
    engine_type: str = "data_collector"
    status: str = "online"
    url: str = ""

    @property
    def online(self) -> bool:
        """True when it takes work now."""
        return self.status == "online"


@attrs.frozen
class Parameter:
    """One parameter of a set; ``type`` is a word of the service such as ``string``."""

    name: str
    type: str
    value: Json = attrs.field(default="", repr=False)
    description: str = ""
    extra: JsonMap = EMPTY_MAP


@attrs.frozen
class ValueSet:
    """A named choice of other values for the parameters of a set."""

    name: str
    values: JsonMap = attrs.field(default=EMPTY_MAP, repr=False)


@attrs.frozen
class ParameterSet:
    """A named set of parameters; the content without its id."""

    name: str
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    value_sets: tuple[ValueSet, ...] = ()


@attrs.frozen
class StoredParameterSet:
    """A parameter set as a store holds it. ``revision`` counts its saves from 1."""

    parameter_set_id: ParameterSetId
    value: ParameterSet
    revision: int = 1


@attrs.frozen
class StoredFlow:
    """A flow as a store holds it. ``revision`` counts its saves from 1; times are epoch milliseconds.

    ``token`` is what a remote store wants back to detect a stale save (an ETag), else empty.
    """

    flow_id: FlowId
    flow: Flow
    revision: int
    created_ms: int = 0
    modified_ms: int = 0
    token: str = ""


@attrs.frozen
class FlowSummary:
    """What a listing shows of a flow without reading its document."""

    flow_id: FlowId
    name: str
    description: str
    engine_version: str
    revision: int
    modified_ms: int = 0
    created_ms: int = 0
    environment_id: str | None = None
    engine_type: str = "data_collector"
    parameter_sets: tuple[str, ...] = ()
    connection_ids: tuple[str, ...] = ()
    fragment_ids: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: StoredFlow) -> "FlowSummary":
        """The summary of a flow."""
        flow = stored.flow
        return cls(
            stored.flow_id,
            flow.name,
            flow.description,
            flow.engine_version,
            stored.revision,
            stored.modified_ms,
            stored.created_ms,
            flow.environment_id,
            flow.engine_type,
            flow.parameter_sets,
            flow.connection_ids,
            flow.fragment_ids,
        )


@attrs.frozen
class Revision:
    """One save of a flow. ``digest`` is equal for equal content; ``name`` is the flow's name at that time."""

    number: int
    saved_ms: int
    digest: str
    name: str
    size_bytes: int = 0


@attrs.frozen
class Job:
    """Something to run: a flow with runtime parameters."""

    job_id: JobId
    name: str
    flow_id: FlowId
    description: str = ""
    environment_id: EnvironmentId | None = None
    runtime_parameters: JsonMap = attrs.field(default=EMPTY_MAP, repr=False)
    created_ms: int = 0


@attrs.frozen
class JobRun:
    """One run of a job. ``state`` is a word of the service: Queued, Starting, Running, Paused (it failed and waits for
    its next attempt), Resuming, Canceling, Canceled, Failed, Completed, CompletedWithErrors, CompletedWithWarnings;
    ``metrics`` has the shape of the engine's metrics."""

    run_id: RunId
    job_id: JobId
    name: str
    state: str = "Queued"
    message: str = ""
    engine_id: EngineId | None = None
    started_ms: int = 0
    ended_ms: int = 0
    metrics: JsonMap = attrs.field(default=EMPTY_MAP, repr=False)

    @property
    def ended(self) -> bool:
        """True when it will not change any more."""
        return self.state in ("Canceled", "Failed", "Completed", "CompletedWithErrors", "CompletedWithWarnings")
