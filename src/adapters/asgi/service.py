"""What the endpoints work on: projects of a backend, engines, previews that wait to be fetched, runs that go on."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import attrs

from ...core.catalogue.definitions import Catalogue
from ...core.catalogue.find import find_stage
from ...core.edit import new_flow
from ...core.errors import InvalidValueError, NotFoundError, UsageError
from ...core.flow.model import Flow, FlowId
from ...core.preview import Preview, PreviewOptions
from ...core.project import (
    EngineInfo,
    Environment,
    EnvironmentId,
    Job,
    JobRun,
    ParameterSetId,
    ProjectId,
    ProjectInfo,
    RunId,
)
from ...core.validation.issues import Report
from ...ports.backend import Backend, ProjectPorts
from ...ports.engine import CatalogSource, Engine, Run, Target
from ...ports.world import Clock, Ids
from .settings import Limits

T = TypeVar("T")
MakeEngine = Callable[[Environment | None, Catalogue], Engine]


class BusyError(UsageError):
    """Too much at once; the client may come back."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(what, limit)
        self.what, self.limit = what, limit

    def __str__(self) -> str:
        return f"{self.limit} {self.what} go on already; try again in a moment."


@attrs.frozen
class Parts:
    """What a server is put together from."""

    backend: Backend
    catalogues: CatalogSource
    make_engine: MakeEngine
    clock: Clock
    ids: Ids
    catalogue_digest: str = ""
    """Names the catalogue where it is one that ships, so that a client that has it need not fetch it."""


class Kept(Generic[T]):
    """A bounded memory: the oldest entry makes room."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[str, T] = OrderedDict()

    def put(self, key: str, value: T) -> None:
        """Keeps a value."""
        self._held[key] = value
        self._held.move_to_end(key)
        while len(self._held) > self._size:
            self._held.popitem(last=False)

    def get(self, key: str) -> T | None:
        """The value; None when it is not there any more."""
        return self._held.get(key)

    def pop(self, key: str) -> T | None:
        """Forgets a value."""
        return self._held.pop(key, None)


@attrs.frozen
class Outcome:
    """A validation or preview that was asked for. ``task`` gives the result document."""

    task: "asyncio.Task[dict[str, Any]]"
    kind: str


class Service:
    """The state of one server. Everything that must survive is in the backend."""

    def __init__(self, parts: Parts, limits: Limits) -> None:
        self.parts, self.limits = parts, limits
        self.pipelines: Kept[dict[str, Any]] = Kept(limits.kept_pipelines)
        self.outcomes: Kept[Outcome] = Kept(limits.kept_previews)
        self.runs: dict[str, Run] = {}
        self.definitions: Kept[tuple[bytes, bytes, str]] = Kept(4)
        self._engines: dict[str, Engine] = {}
        self._previews = 0
        self.closing = False
        self.engine_states: dict[str, str] = {}
        """Engines that somebody stopped (``offline``) or deleted (``gone``); restarting brings them back."""

    @property
    def backend(self) -> Backend:
        """Where everything is kept."""
        return self.parts.backend

    def new_id(self) -> str:
        """A new id."""
        return self.parts.ids.new_id()

    def now_ms(self) -> int:
        """The time."""
        return self.parts.clock.now_ms()

    async def room(self, project_id: ProjectId) -> "Room":
        """A project with its ports. Raises ``NotFoundError``."""
        info = await self.backend.projects.get(project_id)
        return Room(self, info, await self.backend.open(project_id))

    async def catalogue(self, version: str | None = None) -> Catalogue:
        """The catalogue of a version, or the default one where it is not known."""
        try:
            return await self.parts.catalogues.catalogue(version or None)
        except NotFoundError:
            return await self.parts.catalogues.catalogue(None)

    async def engine(self, environment: Environment | None) -> Engine:
        """The engine of an environment."""
        key = environment.environment_id if environment is not None else ""
        held = self._engines.get(key)
        if held is None or (
            environment is not None and held.info.version != (environment.engine_version or held.info.version)
        ):
            catalogue = await self.catalogue(environment.engine_version if environment is not None else None)
            held = self.parts.make_engine(environment, catalogue)
            self._engines[key] = held
        return held

    def enter_preview(self) -> None:
        """Counts a preview in. Raises ``BusyError`` when too many go on."""
        if self._previews >= self.limits.previews:
            raise BusyError("previews and validations", self.limits.previews)
        self._previews += 1

    def leave_preview(self) -> None:
        """Counts a preview out."""
        self._previews -= 1

    async def aclose(self) -> None:
        """Stops every run after its batch."""
        self.closing = True
        for run in self.runs.values():
            await run.stop()
        for engine in self._engines.values():
            await engine.aclose()


class Room:
    """One project as endpoints see it."""

    def __init__(self, service: Service, info: ProjectInfo, ports: ProjectPorts) -> None:
        self.service, self.info, self.ports = service, info, ports

    @property
    def project_id(self) -> ProjectId:
        """The id of the project."""
        return self.info.project_id

    async def new_flow(self, name: str, description: str, version: str | None) -> Flow:
        """A flow without stages, as a client that sends no document expects it."""
        catalogue = await self.service.catalogue(version)
        error = find_stage(catalogue, "Discard", role="error")
        return new_flow(name, description, catalogue, new_id=self.service.new_id, error_definition=error)

    async def environment(self, environment_id: str | None) -> Environment | None:
        """The environment with this id; None where there is none (any more)."""
        if not environment_id:
            return None
        try:
            return await self.ports.environments.get(EnvironmentId(environment_id))
        except NotFoundError:
            return None

    async def engines(self, environment_id: str | None = None) -> list[EngineInfo]:
        """An online engine for every environment, or for one."""
        environments = await self.ports.environments.list()
        wanted = [each for each in environments if environment_id in (None, each.environment_id)]
        found = [(await self.service.engine(each)).info for each in wanted]
        states = self.service.engine_states
        return [
            attrs.evolve(each, status=states.get(each.engine_id, each.status))
            for each in found
            if states.get(each.engine_id) != "gone"
        ]

    async def target(self, flow: Flow, flow_id: FlowId | None) -> Target:
        """A flow with its parameter sets."""
        sets = []
        for each in flow.parameter_sets:
            try:
                sets.append((await self.ports.parameter_sets.get(ParameterSetId(each))).value)
            except NotFoundError:
                continue
        return Target(flow, flow_id, {}, sets)

    async def validate(self, flow: Flow, flow_id: FlowId | None, engine: Engine) -> Report:
        """The findings of the engine."""
        return await engine.validate(await self.target(flow, flow_id))

    async def preview(self, flow: Flow, flow_id: FlowId | None, engine: Engine, options: PreviewOptions) -> Preview:
        """The records of a few batches."""
        return await engine.preview(await self.target(flow, flow_id), options)

    async def start(self, job: Job, name: str) -> JobRun:
        """Starts a run of a job; one whose flow cannot be run has failed. Raises ``BusyError``."""
        active = [run for run in self.service.runs.values() if not run.state.ended]
        if len(active) >= self.service.limits.runs:
            raise BusyError("runs", self.service.limits.runs)
        if self.service.closing:
            raise BusyError("shutting down: runs", 0)
        stored = await self.ports.flows.get(job.flow_id)
        environment = await self.environment(job.environment_id or stored.flow.environment_id)
        engine = await self.service.engine(environment)
        target, run_id = await self.target(stored.flow, stored.flow_id), RunId(self.service.new_id())
        try:
            run = await engine.start(target, job, run_id, self.ports.jobs, self.ports.offsets, name=name)
        except Exception:
            refused = [each for each in await self.ports.jobs.runs(job.job_id) if each.run_id == run_id]
            if not refused:
                raise
            return refused[0]
        self._forget_ended()
        self.service.runs[run.state.run_id] = run
        return run.state

    def _forget_ended(self) -> None:
        ended = [key for key, run in self.service.runs.items() if run.state.ended]
        for key in ended[: max(0, len(ended) - 100)]:
            del self.service.runs[key]

    async def run(self, job: Job, run_id: str) -> JobRun:
        """The newest state of a run. Raises ``NotFoundError``."""
        stored = await self.ports.jobs.run(job.job_id, RunId(run_id))
        active = self.service.runs.get(run_id)
        return active.state if active is not None else stored


def checked_start(text: object) -> str | None:
    """Where a page starts; None for the first.

    Raises:
        InvalidValueError: nothing that a page gave out.
    """
    if text in (None, ""):
        return None
    if not isinstance(text, str) or not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidValueError("query parameter start", text, "the start of an earlier page")
    return text
