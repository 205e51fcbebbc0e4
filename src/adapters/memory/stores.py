"""Projects, environments, parameter sets, jobs and offsets in memory."""

from collections.abc import Container, Iterable, Mapping, Sequence

import attrs

from ...core.errors import ConflictError, NameInUseError
from ...core.flow.content import check_name
from ...core.project import (
    EngineInfo,
    Environment,
    EnvironmentId,
    Job,
    JobId,
    JobRun,
    ParameterSet,
    ParameterSetId,
    ProjectId,
    ProjectInfo,
    RunId,
    StoredParameterSet,
)
from .state import JobRecord, LogLine, Project, State, look_up


@attrs.frozen(eq=False)
class MemoryProjectStore:
    """The projects of one backend."""

    state: State

    async def create(self, project: ProjectInfo) -> ProjectInfo:
        """Keeps a new project."""
        self.state.check()
        _check_free("project", project.name, (held.info.name for held in self.state.projects.values()))
        _check_new_id("project", project.project_id, self.state.projects)
        self.state.projects[project.project_id] = Project(project)
        return project

    async def get(self, project_id: ProjectId) -> ProjectInfo:
        """The project with this id."""
        return self.state.project(project_id).info

    async def list(self) -> tuple[ProjectInfo, ...]:
        """Every project, oldest first."""
        self.state.check()
        return tuple(held.info for held in self.state.projects.values())

    async def save(self, project: ProjectInfo) -> ProjectInfo:
        """Keeps changes of a project."""
        held = self.state.project(project.project_id)
        others = (other.info.name for other in self.state.projects.values() if other is not held)
        _check_free("project", project.name, others)
        held.info = project
        return project

    async def delete(self, project_id: ProjectId) -> None:
        """Forgets a project with everything in it."""
        self.state.project(project_id)
        del self.state.projects[project_id]


@attrs.frozen(eq=False)
class MemoryEnvironmentStore:
    """The environments of one project."""

    state: State
    project_id: ProjectId

    def _held(self) -> dict[EnvironmentId, Environment]:
        return self.state.project(self.project_id).environments

    async def create(self, environment: Environment) -> Environment:
        """Keeps a new environment."""
        held = self._held()
        _check_free("environment", environment.name, (other.name for other in held.values()))
        _check_new_id("environment", environment.environment_id, held)
        held[environment.environment_id] = environment
        return environment

    async def get(self, environment_id: EnvironmentId) -> Environment:
        """The environment with this id."""
        return look_up(self._held(), environment_id, "environment")

    async def list(self) -> tuple[Environment, ...]:
        """Every environment, oldest first."""
        return tuple(self._held().values())

    async def save(self, environment: Environment) -> Environment:
        """Keeps changed options."""
        held = self._held()
        known = look_up(held, environment.environment_id, "environment")
        _check_free("environment", environment.name, (other.name for other in held.values() if other is not known))
        held[environment.environment_id] = environment
        return environment

    async def delete(self, environment_id: EnvironmentId) -> None:
        """Forgets an environment."""
        held = self._held()
        look_up(held, environment_id, "environment")
        del held[environment_id]

    async def engines(self, environment_id: EnvironmentId | None = None) -> tuple[EngineInfo, ...]:
        """None: a store has no engines of its own."""
        if environment_id is not None:
            await self.get(environment_id)
        self._held()
        return ()


@attrs.frozen(eq=False)
class MemoryParameterSetStore:
    """The parameter sets of one project."""

    state: State
    project_id: ProjectId

    def _held(self) -> dict[ParameterSetId, StoredParameterSet]:
        return self.state.project(self.project_id).parameter_sets

    async def create(self, value: ParameterSet, parameter_set_id: ParameterSetId) -> StoredParameterSet:
        """Keeps a new set."""
        held = self._held()
        _check_free("parameter set", value.name, (other.value.name for other in held.values()))
        _check_new_id("parameter set", parameter_set_id, held)
        held[parameter_set_id] = StoredParameterSet(parameter_set_id, value)
        return held[parameter_set_id]

    async def get(self, parameter_set_id: ParameterSetId) -> StoredParameterSet:
        """The set with this id."""
        return look_up(self._held(), parameter_set_id, "parameter set")

    async def list(self) -> tuple[StoredParameterSet, ...]:
        """Every set, oldest first."""
        return tuple(self._held().values())

    async def save(
        self, parameter_set_id: ParameterSetId, value: ParameterSet, expected: int | None = None
    ) -> StoredParameterSet:
        """Keeps the next revision, unless the content is the stored one."""
        held = self._held()
        known = look_up(held, parameter_set_id, "parameter set")
        if value == known.value:
            return known
        if expected is not None and expected != known.revision:
            raise ConflictError("parameter set", known.value.name, str(expected), str(known.revision))
        _check_free("parameter set", value.name, (other.value.name for other in held.values() if other is not known))
        held[parameter_set_id] = StoredParameterSet(parameter_set_id, value, known.revision + 1)
        return held[parameter_set_id]

    async def delete(self, parameter_set_id: ParameterSetId) -> None:
        """Forgets a set."""
        held = self._held()
        look_up(held, parameter_set_id, "parameter set")
        del held[parameter_set_id]


@attrs.frozen(eq=False)
class MemoryJobStore:
    """The jobs of one project with their runs and logs."""

    state: State
    project_id: ProjectId

    def _project(self) -> Project:
        return self.state.project(self.project_id)

    def _job(self, job_id: JobId) -> JobRecord:
        return look_up(self._project().jobs, job_id, "job")

    async def create(self, job: Job) -> Job:
        """Keeps a new job."""
        jobs = self._project().jobs
        _check_new_id("job", job.job_id, jobs)
        jobs[job.job_id] = JobRecord(job)
        return job

    async def get(self, job_id: JobId) -> Job:
        """The job with this id."""
        return self._job(job_id).job

    async def list(self) -> tuple[Job, ...]:
        """Every job, oldest first."""
        return tuple(held.job for held in self._project().jobs.values())

    async def save(self, job: Job) -> Job:
        """Keeps a changed job."""
        self._job(job.job_id).job = job
        return job

    async def delete(self, job_id: JobId) -> None:
        """Forgets a job with runs, logs and offsets."""
        record = self._job(job_id)
        for run_id in record.runs:
            del self._project().logs[run_id]
        del self._project().jobs[job_id]

    async def save_run(self, run: JobRun) -> JobRun:
        """Keeps a run, new or changed."""
        record = self._job(run.job_id)
        if run.run_id not in record.runs:
            _check_new_id("run", run.run_id, self._project().logs)
            self._project().logs[run.run_id] = []
        record.runs[run.run_id] = run
        return run

    async def run(self, job_id: JobId, run_id: RunId) -> JobRun:
        """The run with this id."""
        return look_up(self._job(job_id).runs, run_id, "run")

    async def runs(self, job_id: JobId) -> tuple[JobRun, ...]:
        """Every run of a job, oldest first."""
        return tuple(self._job(job_id).runs.values())

    async def delete_run(self, job_id: JobId, run_id: RunId) -> None:
        """Forgets a run with its log."""
        runs = self._job(job_id).runs
        look_up(runs, run_id, "run")
        del runs[run_id], self._project().logs[run_id]

    async def add_log(self, run_id: RunId, lines: Sequence[LogLine]) -> None:
        """Appends log lines."""
        look_up(self._project().logs, run_id, "run").extend((ms, severity, text) for ms, severity, text in lines)

    async def log(self, run_id: RunId) -> tuple[LogLine, ...]:
        """Every log line in order."""
        return tuple(look_up(self._project().logs, run_id, "run"))


@attrs.frozen(eq=False)
class MemoryOffsetStore:
    """The offsets of the jobs of one project."""

    state: State
    project_id: ProjectId

    def _offsets(self, job_id: JobId) -> dict[str, str]:
        return look_up(self.state.project(self.project_id).jobs, job_id, "job").offsets

    async def offsets(self, job_id: JobId) -> Mapping[str, str]:
        """Every entity with its offset."""
        return dict(self._offsets(job_id))

    async def commit(self, job_id: JobId, changes: Mapping[str, str | None]) -> None:
        """Keeps offsets; None removes an entity."""
        held = self._offsets(job_id)
        for entity, offset in changes.items():
            if offset is None:
                held.pop(entity, None)
            else:
                held[entity] = offset

    async def reset(self, job_id: JobId) -> None:
        """Forgets every offset of a job."""
        self._offsets(job_id).clear()


def _check_free(kind: str, name: str, others: Iterable[str]) -> None:
    check_name(name, f"{kind} name")
    if name in others:
        raise NameInUseError(kind, name)


def _check_new_id(kind: str, new: str, held: Container[str]) -> None:
    if new in held:
        raise NameInUseError(f"{kind} id", new)
