"""What a memory backend holds: projects, and in each project its flows and everything else."""

from collections.abc import Mapping
from typing import TypeVar

import attrs

from ...core.errors import ClosedError, NotFoundError
from ...core.flow.model import Flow, FlowId
from ...core.project import (
    Environment,
    EnvironmentId,
    Job,
    JobId,
    JobRun,
    ParameterSetId,
    ProjectId,
    ProjectInfo,
    RunId,
    StoredFlow,
    StoredParameterSet,
)

K = TypeVar("K")
V = TypeVar("V")
LogLine = tuple[int, str, str]


@attrs.frozen
class Save:
    """One save of a flow."""

    number: int
    saved_ms: int
    flow: Flow


@attrs.define(eq=False)
class FlowRecord:
    """A flow with every save of it, oldest first. ``seq`` is its place in the order of creation."""

    seq: int
    flow_id: FlowId
    created_ms: int
    saves: list[Save]
    deleted_ms: int | None = None

    @property
    def newest(self) -> Flow:
        """The flow as it was saved last."""
        return self.saves[-1].flow

    def stored(self) -> StoredFlow:
        """The newest save as the port hands it out."""
        last = self.saves[-1]
        return StoredFlow(self.flow_id, last.flow, last.number, self.created_ms, last.saved_ms)


@attrs.define(eq=False)
class Flows:
    """The flows of a project by id, by name, and in the order of creation (deleted ones included)."""

    by_id: dict[FlowId, FlowRecord] = attrs.field(factory=dict)
    by_name: dict[str, FlowRecord] = attrs.field(factory=dict)
    ordered: list[FlowRecord] = attrs.field(factory=list)
    last_seq: int = 0

    def live(self, flow_id: FlowId) -> FlowRecord:
        """The flow with this id, unless it is deleted."""
        record = self.by_id.get(flow_id)
        if record is None or record.deleted_ms is not None:
            raise NotFoundError("flow", flow_id)
        return record

    def kept(self, flow_id: FlowId) -> FlowRecord:
        """The flow with this id, deleted or not."""
        if flow_id not in self.by_id:
            raise NotFoundError("flow", flow_id)
        return self.by_id[flow_id]


@attrs.define(eq=False)
class JobRecord:
    """A job with its runs and offsets."""

    job: Job
    runs: dict[RunId, JobRun] = attrs.field(factory=dict)
    offsets: dict[str, str] = attrs.field(factory=dict)


@attrs.define(eq=False)
class Project:
    """Everything in one project."""

    info: ProjectInfo
    flows: Flows = attrs.field(factory=Flows)
    parameter_sets: dict[ParameterSetId, StoredParameterSet] = attrs.field(factory=dict)
    environments: dict[EnvironmentId, Environment] = attrs.field(factory=dict)
    jobs: dict[JobId, JobRecord] = attrs.field(factory=dict)
    logs: dict[RunId, list[LogLine]] = attrs.field(factory=dict)


@attrs.define(eq=False)
class State:
    """Everything that one backend holds."""

    projects: dict[ProjectId, Project] = attrs.field(factory=dict)
    closed: bool = False

    def check(self) -> None:
        """Refuses to work after close."""
        if self.closed:
            raise ClosedError("the memory backend")

    def project(self, project_id: ProjectId) -> Project:
        """The project with this id, as long as it exists."""
        self.check()
        return look_up(self.projects, project_id, "project")


def look_up(held: Mapping[K, V], key: K, kind: str) -> V:
    """The value of a key.

    Raises:
        NotFoundError: there is none.
    """
    if key not in held:
        raise NotFoundError(kind, str(key))
    return held[key]
