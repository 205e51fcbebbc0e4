"""Stores: where a project keeps flows, parameter sets, environments, jobs and offsets.

Every method raises ``NotFoundError`` for an id it does not know, ``ClosedError`` after close, and leaves either the old
or the new state when it is cancelled or the process dies, never half of one.
"""

from collections.abc import Mapping, Sequence
from typing import Generic, Protocol, TypeVar

import attrs

from ..core.flow.model import Flow, FlowId
from ..core.importing import ImportPlan
from ..core.project import (
    EngineInfo,
    Environment,
    EnvironmentId,
    FlowSummary,
    Job,
    JobId,
    JobRun,
    ParameterSet,
    ParameterSetId,
    ProjectId,
    ProjectInfo,
    Revision,
    RunId,
    StoredFlow,
    StoredParameterSet,
)

T = TypeVar("T")


@attrs.frozen
class Page(Generic[T]):
    """Some items of a listing; ``next`` asks for the items behind them and is None on the last page."""

    items: tuple[T, ...]
    total: int
    next: str | None = None


@attrs.frozen
class FlowQuery:
    """Which flows: every given part must match. ``name`` exactly, ``text`` in name or description (any case)."""

    name: str | None = None
    text: str | None = None
    engine_version: str | None = None
    environment_id: str | None = None


ALL_FLOWS = FlowQuery()


class FlowStore(Protocol):
    """Keeps the flows of one project.

    Names are unique within the project (exact text). A value handed out never changes; a value handed in may be edited
    further by the caller without touching what is stored. Listings are ordered by creation, oldest first.

    **May differ**: whether earlier revisions and deleted flows are kept (powers ``revisions`` and ``undelete``),
    whether a stale save is detected (power ``conflicts``), whether ``apply`` is one transaction (power ``atomic``).
    """

    async def create(self, flow: Flow, flow_id: FlowId, at_ms: int) -> StoredFlow:
        """Keeps a new flow as revision 1 under the id that the caller made (a remote store may choose another).

        Raises:
            NameInUseError: another flow has the name; nothing is stored.
        """
        ...

    async def get(self, flow_id: FlowId) -> StoredFlow:
        """The newest revision of a flow, equal to what was saved."""
        ...

    async def find(self, name: str) -> StoredFlow | None:
        """The flow with exactly this name, else None."""
        ...

    async def page(self, query: FlowQuery = ALL_FLOWS, start: str | None = None, limit: int = 100) -> Page[StoredFlow]:
        """At most ``limit`` flows with their documents, from where an earlier page ended.

        A flow that stays during paging is seen exactly once, also when others come and go meanwhile.
        """
        ...

    async def summaries(
        self, query: FlowQuery = ALL_FLOWS, start: str | None = None, limit: int = 1000
    ) -> Page[FlowSummary]:
        """As ``page``, without reading documents."""
        ...

    async def count(self, query: FlowQuery = ALL_FLOWS) -> int:
        """How many flows match."""
        ...

    async def save(self, flow_id: FlowId, flow: Flow, at_ms: int, expected: StoredFlow | None = None) -> StoredFlow:
        """Keeps ``flow`` as the next revision. ``expected`` is what the caller loaded; None saves unconditionally.

        Saving equal content (and the same name) is answered with the stored revision, without a new one.

        Raises:
            ConflictError: the newest revision is not the expected one; nothing is changed (power ``conflicts``).
            NameInUseError: another flow has the new name; nothing is changed.
        """
        ...

    async def delete(self, flow_id: FlowId, at_ms: int) -> None:
        """Takes a flow out of every listing; its name is free at once."""
        ...

    async def apply(self, plan: ImportPlan, new_ids: Sequence[FlowId], at_ms: int) -> tuple[StoredFlow, ...]:
        """Carries out a plan, all or nothing: ``new_ids`` has an id per created flow, in order.

        Returns the created and replaced flows in the order of the plan.

        Raises:
            NameInUseError: a name of the plan was taken meanwhile; nothing is changed.
        """
        ...

    async def names(self) -> Mapping[str, FlowId]:
        """Every name in use with its id."""
        ...


class FlowHistory(Protocol):
    """Power ``revisions`` and ``undelete``: earlier saves and deleted flows."""

    async def revisions(self, flow_id: FlowId) -> tuple[Revision, ...]:
        """Every kept save of a flow, oldest first; also of a deleted one."""
        ...

    async def at_revision(self, flow_id: FlowId, number: int) -> Flow:
        """The flow as it was saved then."""
        ...

    async def deleted(self) -> tuple[FlowSummary, ...]:
        """Deleted flows that can still come back, oldest deletion first."""
        ...

    async def undelete(self, flow_id: FlowId, at_ms: int) -> StoredFlow:
        """Brings a deleted flow back under its name.

        Raises:
            NameInUseError: another flow has taken the name meanwhile.
        """
        ...

    async def purge(self, deleted_before_ms: int | None = None) -> int:
        """Forgets deleted flows for good (all, or those deleted before a moment); how many."""
        ...


class ParameterSetStore(Protocol):
    """Keeps the parameter sets of one project; names are unique. Which flows use a set is part of the flow."""

    async def create(self, value: ParameterSet, parameter_set_id: ParameterSetId) -> StoredParameterSet:
        """Keeps a new set. Raises ``NameInUseError`` when another has the name."""
        ...

    async def get(self, parameter_set_id: ParameterSetId) -> StoredParameterSet:
        """The set with this id."""
        ...

    async def list(self) -> tuple[StoredParameterSet, ...]:
        """Every set, oldest first."""
        ...

    async def save(
        self, parameter_set_id: ParameterSetId, value: ParameterSet, expected: int | None = None
    ) -> StoredParameterSet:
        """Keeps the next revision.

        Raises:
            NameInUseError: another set has the name.
            ConflictError: another revision than ``expected`` is stored.
        """
        ...

    async def delete(self, parameter_set_id: ParameterSetId) -> None:
        """Forgets a set; flows that used it keep their constants."""
        ...


class EnvironmentStore(Protocol):
    """Keeps the environments of one project and knows the engines in them."""

    async def create(self, environment: Environment) -> Environment:
        """Keeps a new environment. Raises ``NameInUseError`` when another has the name."""
        ...

    async def get(self, environment_id: EnvironmentId) -> Environment:
        """The environment with this id."""
        ...

    async def list(self) -> tuple[Environment, ...]:
        """Every environment, oldest first."""
        ...

    async def save(self, environment: Environment) -> Environment:
        """Keeps changed options of an environment."""
        ...

    async def delete(self, environment_id: EnvironmentId) -> None:
        """Forgets an environment; flows that named it keep the id and say that it is gone."""
        ...

    async def engines(self, environment_id: EnvironmentId | None = None) -> tuple[EngineInfo, ...]:
        """The engines of an environment, or all. Local backends have none of their own: the composition adds one."""
        ...


class JobStore(Protocol):
    """Keeps jobs and their runs."""

    async def create(self, job: Job) -> Job:
        """Keeps a new job."""
        ...

    async def get(self, job_id: JobId) -> Job:
        """The job with this id."""
        ...

    async def list(self) -> tuple[Job, ...]:
        """Every job, oldest first."""
        ...

    async def save(self, job: Job) -> Job:
        """Keeps a changed job."""
        ...

    async def delete(self, job_id: JobId) -> None:
        """Forgets a job with its runs and offsets."""
        ...

    async def save_run(self, run: JobRun) -> JobRun:
        """Keeps a run, new or changed."""
        ...

    async def run(self, job_id: JobId, run_id: RunId) -> JobRun:
        """The run with this id."""
        ...

    async def runs(self, job_id: JobId) -> tuple[JobRun, ...]:
        """Every run of a job, oldest first."""
        ...

    async def delete_run(self, job_id: JobId, run_id: RunId) -> None:
        """Forgets a run."""
        ...

    async def add_log(self, run_id: RunId, lines: Sequence[tuple[int, str, str]]) -> None:
        """Appends log lines ``(epoch ms, severity, text)``."""
        ...

    async def log(self, run_id: RunId) -> tuple[tuple[int, str, str], ...]:
        """Every log line of a run in order."""
        ...


class OffsetStore(Protocol):
    """Keeps how far the origin of a job has got: text per entity."""

    async def offsets(self, job_id: JobId) -> Mapping[str, str]:
        """Every entity with its offset; empty for a job that never committed."""
        ...

    async def commit(self, job_id: JobId, changes: Mapping[str, str | None]) -> None:
        """Keeps offsets, durable when it returns; None removes an entity."""
        ...

    async def reset(self, job_id: JobId) -> None:
        """Forgets every offset of a job."""
        ...


class ProjectStore(Protocol):
    """Keeps the projects of a backend; names are unique."""

    async def create(self, project: ProjectInfo) -> ProjectInfo:
        """Keeps a new project. Raises ``NameInUseError`` when another has the name."""
        ...

    async def get(self, project_id: ProjectId) -> ProjectInfo:
        """The project with this id."""
        ...

    async def list(self) -> tuple[ProjectInfo, ...]:
        """Every project, oldest first."""
        ...

    async def save(self, project: ProjectInfo) -> ProjectInfo:
        """Keeps a changed name, description or tags."""
        ...

    async def delete(self, project_id: ProjectId) -> None:
        """Forgets a project with everything in it."""
        ...
