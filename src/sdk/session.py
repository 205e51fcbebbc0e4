"""The async verbs of one project, over values and ports; both faces of the API are thin layers on this."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from ..core.catalogue.definitions import Catalogue
from ..core.catalogue.find import find_stage
from ..core.edit import new_flow
from ..core.edit.stages import checked_description, checked_name
from ..core.errors import ClosedError, InvalidValueError, NotFoundError, UnsupportedError, nearest
from ..core.flow.model import Flow, FlowId
from ..core.importing import free_name, renamed
from ..core.preview import Preview, PreviewOptions
from ..core.project import (
    EngineInfo,
    Environment,
    EnvironmentId,
    FlowSummary,
    Job,
    JobId,
    JobRun,
    ParameterSetId,
    ProjectInfo,
    Revision,
    RunId,
    StoredFlow,
    StoredParameterSet,
)
from ..core.project import ParameterSet as ParameterSetValue
from ..core.validation import validate
from ..core.validation.issues import Report
from ..core.values import freeze
from ..ports.backend import Backend, ProjectPorts
from ..ports.engine import CatalogSource, Engine, Run, Target
from ..ports.stores import ALL_FLOWS, FlowHistory, FlowQuery
from ..ports.world import Clock, Ids

if TYPE_CHECKING:
    from .compose import EngineMaker

PAGE = 200
FLOW_TYPES = ("streaming",)


@attrs.define(eq=False)
class Session:
    """One open project: its ports, its world, and what was learnt so far (catalogues, engines, runs)."""

    backend: Backend
    project: ProjectInfo
    ports: ProjectPorts
    catalogues: CatalogSource
    clock: Clock
    ids: Ids
    make_engine: "EngineMaker | None" = None
    place: object = None
    allow_code: bool = False
    _loaded: dict[str, Catalogue] = attrs.field(factory=dict, init=False)
    _engines: dict[str, Engine] = attrs.field(factory=dict, init=False)
    _runs: dict[str, Run] = attrs.field(factory=dict, init=False)
    _closed: bool = attrs.field(default=False, init=False)

    def same_place(self, other: "Session") -> bool:
        """True when both look at the same project of the same backend."""
        mine = (self.place or id(self.backend), self.project.project_id)
        return mine == (other.place or id(other.backend), other.project.project_id)

    def _must_be_open(self) -> None:
        if self._closed:
            raise ClosedError(f"the project {self.project.name!r}")

    # --- catalogues ---------------------------------------------------------------------------------------------------

    async def catalogue(self, engine_version: str | None = None) -> Catalogue:
        """The catalogue for an engine version: its own where the source has it, else the default one."""
        self._must_be_open()
        key = engine_version or ""
        known = self._loaded.get(key)
        if known is None:
            try:
                known = await self.catalogues.catalogue(engine_version or None)
            except NotFoundError:
                known = await self.catalogues.catalogue(None)
            self._loaded[key] = known
        return known

    # --- flows --------------------------------------------------------------------------------------------------------

    async def create_flow(
        self, name: str, environment: Environment | None, description: str, flow_type: str
    ) -> StoredFlow:
        """Keeps a new flow without stages."""
        self._must_be_open()
        checked_flow_type(flow_type)
        checked_description(description)
        catalogue = await self.catalogue(environment.engine_version if environment is not None else None)
        error = find_stage(catalogue, "Discard", role="error")
        flow = new_flow(name, description, catalogue, new_id=self.ids.new_id, error_definition=error)
        if environment is not None:
            version = environment.engine_version or flow.engine_version
            flow = attrs.evolve(flow, environment_id=environment.environment_id, engine_version=version)
        return await self.ports.flows.create(flow, self._flow_id(), self.clock.now_ms())

    def _flow_id(self) -> FlowId:
        return FlowId(self.ids.new_id())

    async def get(self, flow_id: str) -> StoredFlow:
        """The newest revision of a flow."""
        self._must_be_open()
        return await self.ports.flows.get(FlowId(flow_id))

    async def find(self, name: str) -> StoredFlow | None:
        """The flow with this name."""
        self._must_be_open()
        return await self.ports.flows.find(name)

    async def each(self, query: FlowQuery = ALL_FLOWS) -> AsyncIterator[StoredFlow]:
        """Every flow that matches, page by page."""
        self._must_be_open()
        start: str | None = None
        while True:
            page = await self.ports.flows.page(query, start, PAGE)
            for stored in page.items:
                yield stored
            if page.next is None:
                return
            start = page.next

    async def page(self, query: FlowQuery, start: str | None) -> tuple[tuple[StoredFlow, ...], str | None]:
        """One page of flows and where the next one starts."""
        self._must_be_open()
        found = await self.ports.flows.page(query, start, PAGE)
        return found.items, found.next

    async def summaries(self, text: str | None) -> list[FlowSummary]:
        """Every flow whose name or description holds the text, without its document."""
        self._must_be_open()
        found: list[FlowSummary] = []
        page = await self.ports.flows.summaries(FlowQuery(text=text or None))
        while True:
            found += page.items
            if page.next is None:
                return found
            page = await self.ports.flows.summaries(FlowQuery(text=text or None), page.next)

    async def count(self, query: FlowQuery = ALL_FLOWS) -> int:
        """How many flows match."""
        self._must_be_open()
        return await self.ports.flows.count(query)

    async def names(self) -> Mapping[str, FlowId]:
        """Every flow name with its id."""
        self._must_be_open()
        return await self.ports.flows.names()

    async def save(self, stored: StoredFlow, flow: Flow, *, force: bool) -> StoredFlow:
        """Keeps an edited flow; a stale one is refused unless forced."""
        self._must_be_open()
        expected = None if force else stored
        return await self.ports.flows.save(stored.flow_id, flow, self.clock.now_ms(), expected)

    async def delete(self, flow_id: FlowId) -> None:
        """Takes a flow out of the project."""
        self._must_be_open()
        await self.ports.flows.delete(flow_id, self.clock.now_ms())

    async def duplicate(self, stored: StoredFlow, flow: Flow, name: str, description: str | None) -> StoredFlow:
        """Keeps a copy of a flow (edits included) under another name."""
        self._must_be_open()
        text = flow.description if description is None else checked_description(description)
        copy = attrs.evolve(renamed(flow, name), title=name, description=text, document_description=text)
        copy = attrs.evolve(copy, uuid=self.ids.new_id() if flow.uuid is not None else None)
        if self.ports.transfer is not None and flow == stored.flow:
            return await self.ports.transfer.duplicate(stored.flow_id, name, text)
        return await self.ports.flows.create(copy, self._flow_id(), self.clock.now_ms())

    async def free_names(self, name: str, copies: int) -> list[str]:
        """Names for several copies: ``name``, then numbered ones that are free."""
        checked_name(name, "flow name")
        taken = dict.fromkeys(await self.names())
        names: list[str] = []
        for number in range(1, copies + 1):
            wanted = name if copies == 1 else f"{name} {number}"
            chosen = wanted if wanted not in taken or copies == 1 else free_name(wanted, taken)
            taken[chosen] = None
            names.append(chosen)
        return names

    # --- history ------------------------------------------------------------------------------------------------------

    async def revisions(self, flow_id: FlowId) -> tuple[Revision, ...]:
        """Every kept save of a flow, oldest first."""
        self._must_be_open()
        return await self._history("earlier revisions").revisions(flow_id)

    async def at_revision(self, flow_id: FlowId, number: int) -> Flow:
        """A flow as it was saved then."""
        self._must_be_open()
        return await self._history("earlier revisions").at_revision(flow_id, number)

    async def deleted(self) -> tuple[FlowSummary, ...]:
        """Deleted flows that can still come back."""
        self._must_be_open()
        return await self._history("deleted flows").deleted()

    def _history(self, what: str) -> FlowHistory:
        if self.ports.history is None:
            raise UnsupportedError(f"keeping {what}", "Use a project in a local file.")
        return self.ports.history

    async def restore(self, stored: StoredFlow, number: int) -> StoredFlow:
        """Saves an earlier revision as the newest one."""
        flow = await self.at_revision(stored.flow_id, number)
        return await self.save(stored, flow, force=False)

    async def undelete(self, flow_id: str) -> StoredFlow:
        """Brings a deleted flow back."""
        self._must_be_open()
        return await self._history("deleted flows").undelete(FlowId(flow_id), self.clock.now_ms())

    async def purge(self, deleted_before_ms: int | None) -> int:
        """Forgets deleted flows for good; how many."""
        self._must_be_open()
        return await self._history("deleted flows").purge(deleted_before_ms)

    # --- parameter sets -----------------------------------------------------------------------------------------------

    async def create_parameter_set(self, value: ParameterSetValue) -> StoredParameterSet:
        """Keeps a new parameter set."""
        self._must_be_open()
        return await self.ports.parameter_sets.create(value, ParameterSetId(self.ids.new_id()))

    async def parameter_sets(self) -> tuple[StoredParameterSet, ...]:
        """Every parameter set, oldest first."""
        self._must_be_open()
        return await self.ports.parameter_sets.list()

    async def save_parameter_set(
        self, stored: StoredParameterSet, value: ParameterSetValue, *, force: bool
    ) -> StoredParameterSet:
        """Keeps an edited parameter set; a stale one is refused unless forced."""
        self._must_be_open()
        expected = None if force else stored.revision
        return await self.ports.parameter_sets.save(stored.parameter_set_id, value, expected)

    async def delete_parameter_set(self, parameter_set_id: str) -> None:
        """Forgets a parameter set."""
        self._must_be_open()
        await self.ports.parameter_sets.delete(ParameterSetId(parameter_set_id))

    async def sets_of(self, flow: Flow) -> tuple[StoredParameterSet, ...]:
        """The parameter sets that a flow uses; ones that are gone are left out."""
        found: list[StoredParameterSet] = []
        for set_id in flow.parameter_sets:
            try:
                found.append(await self.ports.parameter_sets.get(ParameterSetId(set_id)))
            except NotFoundError:
                continue
        return tuple(found)

    # --- environments and engines -------------------------------------------------------------------------------------

    async def create_environment(self, environment: Environment) -> Environment:
        """Keeps a new environment."""
        self._must_be_open()
        return await self.ports.environments.create(environment)

    async def environments(self) -> tuple[Environment, ...]:
        """Every environment, oldest first."""
        self._must_be_open()
        return await self.ports.environments.list()

    async def environment(self, environment_id: str) -> Environment:
        """The environment with this id."""
        self._must_be_open()
        return await self.ports.environments.get(EnvironmentId(environment_id))

    async def save_environment(self, environment: Environment) -> Environment:
        """Keeps changed options."""
        self._must_be_open()
        return await self.ports.environments.save(environment)

    async def delete_environment(self, environment_id: EnvironmentId) -> None:
        """Forgets an environment."""
        self._must_be_open()
        await self.ports.environments.delete(environment_id)

    async def engines(self, environment: Environment) -> tuple[EngineInfo, ...]:
        """The engines of an environment; a local backend has the embedded one."""
        self._must_be_open()
        listed = await self.ports.environments.engines(environment.environment_id)
        if listed or self.make_engine is None:
            return listed
        return ((await self._embedded(environment)).info,)

    async def engine_for(self, flow: Flow) -> Engine | None:
        """The engine that works on a flow; None when there is none."""
        self._must_be_open()
        if self.ports.engines is not None:
            return await self.ports.engines.engine(flow.environment_id)
        if self.make_engine is None:
            return None
        environment: Environment | None = None
        if flow.environment_id is not None:
            try:
                environment = await self.ports.environments.get(EnvironmentId(flow.environment_id))
            except NotFoundError:
                environment = None
        return await self._embedded(environment)

    async def _embedded(self, environment: Environment | None) -> Engine:
        assert self.make_engine is not None
        key = f"{environment.environment_id if environment is not None else ''} {self.allow_code}"
        engine = self._engines.get(key)
        if engine is None:
            version = environment.engine_version if environment is not None else None
            engine = self.make_engine(environment, await self.catalogue(version), self.allow_code)
            self._engines[key] = engine
        return engine

    # --- validate, preview --------------------------------------------------------------------------------------------

    async def target(self, flow: Flow, flow_id: FlowId | None) -> Target:
        """A flow with the parameter sets that it uses."""
        sets = tuple(each.value for each in await self.sets_of(flow))
        return Target(flow, flow_id, {}, sets)

    async def validate(self, flow: Flow, flow_id: FlowId | None, catalogue: Catalogue) -> tuple[Report, str]:
        """The findings about a flow, and a note when no engine took part."""
        self._must_be_open()
        engine = await self.engine_for(flow)
        if engine is None:
            return validate(flow, catalogue), "no engine: structure and settings only"
        return await engine.validate(await self.target(flow, flow_id)), ""

    async def preview(self, flow: Flow, flow_id: FlowId | None, options: PreviewOptions) -> Preview:
        """The records of a few batches.

        Raises:
            UnsupportedError: there is no engine.
        """
        self._must_be_open()
        engine = await self.engine_for(flow)
        if engine is None:
            raise UnsupportedError(
                "a preview without an engine", "Open the project with an engine, or give the flow one."
            )
        return await engine.preview(await self.target(flow, flow_id), options)

    # --- jobs ---------------------------------------------------------------------------------------------------------

    async def create_job(self, job: Job) -> Job:
        """Keeps a new job."""
        self._must_be_open()
        return await self.ports.jobs.create(job)

    async def jobs(self) -> tuple[Job, ...]:
        """Every job, oldest first."""
        self._must_be_open()
        return await self.ports.jobs.list()

    async def delete_job(self, job_id: JobId) -> None:
        """Forgets a job with its runs and offsets."""
        self._must_be_open()
        await self.ports.jobs.delete(job_id)

    async def start(self, job: Job, run_name: str) -> JobRun:
        """Starts a run of a job from its committed offsets."""
        self._must_be_open()
        stored = await self.ports.flows.get(job.flow_id)
        engine = await self.engine_for(stored.flow)
        if engine is None:
            raise UnsupportedError("a run without an engine", "Open the project with an engine, or give the flow one.")
        target = await self.target(stored.flow, stored.flow_id)
        run_id = RunId(self.ids.new_id())
        run = await engine.start(target, job, run_id, self.ports.jobs, self.ports.offsets, name=run_name)
        self._runs[run.state.run_id] = run
        return run.state

    async def run(self, job_id: JobId, run_id: RunId) -> JobRun:
        """The newest state of a run."""
        self._must_be_open()
        if self.ports.engines is None:
            active = self._runs.get(run_id)
            return active.state if active is not None else await self.ports.jobs.run(job_id, run_id)
        remote = await self._attached(job_id, run_id)
        state = await self.ports.jobs.run(job_id, run_id)
        return state if remote is None else attrs.evolve(remote.state, state=state.state)

    async def _attached(self, job_id: JobId, run_id: RunId) -> Run | None:
        """The run: of this process, or of an engine of the backend."""
        active = self._runs.get(run_id)
        if active is not None or self.ports.engines is None:
            return active
        job = await self.ports.jobs.get(job_id)
        engine = await self.ports.engines.engine(job.environment_id)
        found = None if engine is None else await engine.attached(job_id, run_id)
        if found is not None:
            self._runs[run_id] = found
        return found

    async def runs(self, job_id: JobId) -> tuple[JobRun, ...]:
        """Every run of a job, oldest first."""
        self._must_be_open()
        stored = await self.ports.jobs.runs(job_id)
        return tuple(self._runs[each.run_id].state if each.run_id in self._runs else each for each in stored)

    async def wait(self, job_id: JobId, run_id: RunId) -> JobRun:
        """Waits for the end of a run that this process started."""
        active = await self._attached(job_id, run_id)
        return await active.wait() if active is not None else await self.run(job_id, run_id)

    async def cancel(self, job_id: JobId, run_id: RunId) -> JobRun:
        """Stops a run after the batch it is in."""
        active = await self._attached(job_id, run_id)
        if active is None:
            return await self.run(job_id, run_id)
        await active.stop()
        return await active.wait()

    async def log(self, run_id: RunId) -> tuple[tuple[int, str, str], ...]:
        """The log of a run: epoch milliseconds, severity, text."""
        self._must_be_open()
        return await self.ports.jobs.log(run_id)

    async def reset_offset(self, job_id: JobId) -> None:
        """Forgets how far a job has got."""
        self._must_be_open()
        await self.ports.offsets.reset(job_id)

    # --- the rest -----------------------------------------------------------------------------------------------------

    async def backup(self, path: Path) -> None:
        """Writes a consistent copy of the whole backend to a file."""
        self._must_be_open()
        await self.backend.backup(path)

    async def aclose(self) -> None:
        """Stops engines after their batch; the backend stays open for others."""
        if self._closed:
            return
        self._closed = True
        for engine in self._engines.values():
            await engine.aclose()


def checked_flow_type(flow_type: object) -> str:
    """``streaming``, the one type there is.

    Raises:
        InvalidValueError: for another word.
    """
    if flow_type not in FLOW_TYPES:
        raise InvalidValueError("flow_type", flow_type, "'streaming'", nearest(str(flow_type), FLOW_TYPES))
    return str(flow_type)


def flow_query(wanted: Mapping[str, object]) -> FlowQuery:
    """The part of a filter that a store can answer; the rest is compared by the caller."""
    texts = {key: value for key, value in wanted.items() if isinstance(value, str)}
    return FlowQuery(
        name=texts.get("name"),
        engine_version=texts.get("engine_version"),
        environment_id=texts.get("environment_id"),
    )


def new_environment(
    ids: Ids, clock: Clock, name: str, version: str, description: str, options: Mapping[str, object]
) -> Environment:
    """An environment value from the arguments of ``create_environment``."""
    rest = dict(options)
    libs: Sequence[str] = rest.pop("stage_libs", None) or ()  # type: ignore[assignment]
    cpus = rest.pop("cpus_to_allocate", None)
    if cpus is not None and (isinstance(cpus, bool) or not isinstance(cpus, (int, float)) or cpus <= 0):
        raise InvalidValueError("cpus_to_allocate", cpus, "a number above 0")
    if isinstance(libs, str) or not all(isinstance(each, str) for each in libs):
        raise InvalidValueError("stage_libs", libs, "a list of library names")
    frozen = freeze(rest)
    return Environment(
        environment_id=EnvironmentId(ids.new_id()),
        name=name,
        description=description,
        engine_version=version,
        stage_libs=tuple(libs),
        cpus_to_allocate=cpus,
        options=frozen,  # type: ignore[arg-type]
        created_ms=clock.now_ms(),
    )
