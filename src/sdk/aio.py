"""The async face: the same verbs as the blocking one, for programs that have an event loop of their own."""

import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import attrs

from ..core.errors import NameInUseError, NotFoundError, nearest
from ..core.flow.model import Flow, FlowId
from ..core.importing import ImportPlan, Resolution
from ..core.project import EngineInfo, FlowSummary, JobId, Revision, StoredFlow
from ..core.project import ParameterSet as ParameterSetValue
from . import compose, transfer
from .attributes import KnownAttributes
from .checks import chosen_type, copies_of, flow_list, own_flow
from .environments import AsyncEnvironment, environment_value
from .jobs import JobFacts, RunFacts, faults_in, job_value
from .parameter_sets import ParameterSet, checked_set_name
from .platform import DEFAULT_PROJECT, _options, new_project_info, open_session
from .results import Response, SeekableList, ValidationResult, first_match, matching
from .session import Session, checked_flow_type, flow_query, new_environment
from .streaming import AsyncStreamingFlow

if TYPE_CHECKING:
    from ..ports.backend import Backend

T = TypeVar("T")


class AsyncList(Generic[T]):
    """A collection that is fetched when somebody looks: ``async for``, ``await items.get(…)`` and ``get_all()``."""

    def __init__(
        self,
        pages: Callable[[dict[str, object]], AsyncIterator[T]],
        what: str,
        find: Callable[[str, str], Any] | None = None,
        key_names: Sequence[str] = ("name",),
    ) -> None:
        self._pages, self._what, self._find, self._key_names = pages, what, find, key_names

    def __aiter__(self) -> AsyncIterator[T]:
        return self._pages({})

    async def count(self) -> int:
        """How many there are."""
        return len([item async for item in self._pages({})])

    async def get_all(self, **wanted: object) -> SeekableList[T]:
        """The items whose attributes have these values; all without any."""
        return SeekableList(matching([item async for item in self._pages(wanted)], wanted), self._what)

    async def get(self, **wanted: object) -> T:
        """The one item with these attributes.

        Raises:
            NotFoundError: there is none; with the nearest names.
        """
        if self._find is not None and len(wanted) == 1:
            ((name, value),) = wanted.items()
            if name in self._key_names and isinstance(value, str):
                found: T | None = await self._find(name, value)
                if found is not None:
                    return found
        return first_match([item async for item in self._pages({})], wanted, self._what)


class AsyncJobRun(RunFacts):
    """One run of a job; ``state`` is as of the last look."""

    async def refresh_status(self) -> str:
        """Looks again and gives the state."""
        self.value = await self._session.run(self.value.job_id, self.value.run_id)
        return self.value.state

    async def wait(self) -> str:
        """Waits for the end and gives the last state."""
        self.value = await self._session.wait(self.value.job_id, self.value.run_id)
        return self.value.state

    async def cancel(self) -> str:
        """Stops after the batch it is in, commits, and gives the last state."""
        self.value = await self._session.cancel(self.value.job_id, self.value.run_id)
        return self.value.state

    async def logs(self) -> list[dict[str, Any]]:
        """The log so far: timestamp (epoch ms), severity, message."""
        lines = await self._session.log(self.value.run_id)
        return [{"timestamp": at, "severity": severity, "message": text} for at, severity, text in lines]

    async def errors(self) -> list[dict[str, Any]]:
        """Records that were refused and errors of stages so far: timestamp (epoch ms), stage, code and reason."""
        return faults_in(await self._session.log(self.value.run_id))


class AsyncJob(JobFacts):
    """Something to run: a flow with runtime parameters."""

    async def start(self, name: str | None = None) -> AsyncJobRun:
        """Starts a run from where the last one got to."""
        number = len(await self.job_runs()) + 1
        return AsyncJobRun(self._session, await self._session.start(self.value, name or f"{self.name} {number}"))

    async def job_runs(self) -> SeekableList[AsyncJobRun]:
        """Every run, oldest first."""
        runs = await self._session.runs(self.value.job_id)
        return SeekableList((AsyncJobRun(self._session, each) for each in runs), "run")

    async def reset_offset(self) -> None:
        """Forgets how far the job has got."""
        await self._session.reset_offset(JobId(self.job_id))


class AsyncProject(KnownAttributes):
    """A project for programs with an event loop: the verbs of ``Project``, awaited."""

    def __init__(self, session: Session, close: Callable[[], Any]) -> None:
        self._session = session
        self._close = close

    @property
    def name(self) -> str:
        """The name of the project."""
        return self._session.project.name

    @property
    def description(self) -> str:
        """The description of the project."""
        return self._session.project.description

    @property
    def project_id(self) -> str:
        """The id of the project."""
        return self._session.project.project_id

    @property
    def powers(self) -> frozenset[str]:
        """What its backend can do beyond the rest, in words such as ``revisions``, ``undelete``, ``backup``."""
        return self._session.backend.powers

    async def _handle(self, stored: StoredFlow) -> AsyncStreamingFlow:
        catalogue = await self._session.catalogue(stored.flow.engine_version)
        return AsyncStreamingFlow(self._session, stored, catalogue, await self._session.sets_of(stored.flow))

    # --- flows --------------------------------------------------------------------------------------------------------

    async def create_flow(
        self,
        name: str,
        environment: AsyncEnvironment | None = None,
        description: str = "",
        flow_type: str = "streaming",
    ) -> AsyncStreamingFlow:
        """Keeps a new flow without stages and gives it back."""
        value = environment_value(environment, self._session)
        return await self._handle(await self._session.create_flow(name, value, description or "", flow_type))

    @property
    def flows(self) -> AsyncList[AsyncStreamingFlow]:
        """Every flow, fetched when somebody looks."""
        return AsyncList(self._each_flow, "flow", self._find_flow, ("name", "flow_id"))

    async def _each_flow(self, wanted: dict[str, object]) -> AsyncIterator[AsyncStreamingFlow]:
        if "flow_type" in wanted:
            checked_flow_type(wanted["flow_type"])
        async for stored in self._session.each(flow_query(wanted)):
            yield await self._handle(stored)

    async def _find_flow(self, key: str, value: str) -> AsyncStreamingFlow:
        if key == "flow_id":
            return await self._handle(await self._session.get(value))
        found = await self._session.find(value)
        if found is None:
            raise NotFoundError("flow", value, nearest(value, await self._session.names()))
        return await self._handle(found)

    async def find_flows(self, text: str | None = None) -> SeekableList[FlowSummary]:
        """What lists show of the flows whose name or description holds ``text`` (all without it), in any case.

        Their documents stay where they are, so this is quick for thousands of flows.
        """
        return SeekableList(await self._session.summaries(text), "flow")

    async def update_flow(self, flow: AsyncStreamingFlow, *, force: bool = False) -> Response:
        """Saves a flow with its edits; a stale one is refused with ConflictError unless forced."""
        own_flow(flow, self._session)
        sent = flow._arranged_for_save()
        stored = await self._session.save(flow._stored, sent, force=force)
        flow._value = sent
        flow._took(stored, sent)
        return Response(200, {"flow_id": flow.flow_id, "revision": stored.revision})

    async def validate_flow(self, flow: AsyncStreamingFlow) -> ValidationResult:
        """The same as ``flow.validate()``."""
        own_flow(flow, self._session)
        return await flow.validate()

    async def duplicate_flow(
        self, flow: AsyncStreamingFlow, name: str, description: str | None = None, number_of_copies: int = 1
    ) -> "AsyncStreamingFlow | SeekableList[AsyncStreamingFlow]":
        """Copies a flow, edits included; several copies are numbered and given back as a list."""
        own_flow(flow, self._session)
        copies = copies_of(number_of_copies)
        made = [
            await self._handle(await self._session.duplicate(flow._stored, flow.value, each, description))
            for each in await self._session.free_names(name, copies)
        ]
        return made[0] if copies == 1 else SeekableList(made, "flow")

    async def delete_flow(self, flow: AsyncStreamingFlow) -> Response:
        """Deletes a flow; a local project can bring it back until ``purge``."""
        own_flow(flow, self._session)
        await self._session.delete(flow._stored.flow_id)
        flow._deleted = True
        return Response(204)

    async def deleted_flows(self) -> list[FlowSummary]:
        """Deleted flows that can still come back."""
        return list(await self._session.deleted())

    async def undelete_flow(self, flow_id: str) -> AsyncStreamingFlow:
        """Brings a deleted flow back under its name."""
        return await self._handle(await self._session.undelete(flow_id))

    async def purge(self, deleted_before_ms: int | None = None) -> int:
        """Forgets deleted flows for good; how many."""
        return await self._session.purge(deleted_before_ms)

    async def restore_flow(self, flow: AsyncStreamingFlow, revision: "Revision | int") -> AsyncStreamingFlow:
        """Makes an earlier revision the newest one; the handle follows and is given back."""
        own_flow(flow, self._session)
        number = revision.number if isinstance(revision, Revision) else revision
        flow._take(await self._session.restore(flow._stored, number))
        return flow

    async def export_flow(
        self,
        flow: AsyncStreamingFlow,
        with_plain_text_credentials: bool = False,
        destination: "str | os.PathLike[str] | None" = None,
        stream: bool = True,
    ) -> Path:
        """Writes a ZIP with the flow, edits included; where it was written."""
        return await self.export_flows([flow], with_plain_text_credentials, destination, stream)

    async def export_flows(
        self,
        flows: Sequence[AsyncStreamingFlow],
        with_plain_text_credentials: bool = False,
        destination: "str | os.PathLike[str] | None" = None,
        stream: bool = True,
    ) -> Path:
        """Writes a ZIP with these flows; where it was written. Credentials are blanked unless asked for."""
        listed = flow_list(flows, self._session)
        pairs = [(flow._stored, flow.value) for flow in listed]
        path = transfer.export_path(destination, with_plain_text_credentials)
        return await transfer.export(
            self._session, pairs, path, with_plain_text_credentials=with_plain_text_credentials
        )

    async def import_flows(
        self,
        source: "str | os.PathLike[str]",
        conflict_resolution: str = "skip",
        type: str | None = None,
        flow_type: str | None = None,
    ) -> "AsyncStreamingFlow | SeekableList[AsyncStreamingFlow]":
        """Imports the flows of a ZIP or JSON file, all or nothing; one flow, or a list for none or several."""
        chosen_type(type, flow_type)
        stored, _ = await transfer.import_flows(self._session, source, Resolution.of(conflict_resolution))
        made = [await self._handle(each) for each in stored]
        return made[0] if len(made) == 1 else SeekableList(made, "flow")

    async def plan_import(self, source: "str | os.PathLike[str]", conflict_resolution: str = "skip") -> ImportPlan:
        """What importing would do now; nothing happens."""
        return await transfer.plan(self._session, transfer.read_source(source), Resolution.of(conflict_resolution))

    async def add_flow(self, value: Flow) -> AsyncStreamingFlow:
        """Keeps a frozen flow as a new one and gives its handle."""
        session = self._session
        return await self._handle(
            await session.ports.flows.create(value, FlowId(session.ids.new_id()), session.clock.now_ms())
        )

    # --- parameter sets -----------------------------------------------------------------------------------------------

    async def create_parameter_set(self, name: str, description: str = "") -> ParameterSet:
        """Keeps a new parameter set without parameters and gives it back."""
        value = ParameterSetValue(checked_set_name(name), description or "")
        return ParameterSet(self._session, await self._session.create_parameter_set(value))

    @property
    def parameter_sets(self) -> AsyncList[ParameterSet]:
        """Every parameter set, fetched when somebody looks."""

        async def each(wanted: dict[str, object]) -> AsyncIterator[ParameterSet]:
            for stored in await self._session.parameter_sets():
                yield ParameterSet(self._session, stored)

        return AsyncList(each, "parameter set")

    async def update_parameter_set(self, parameter_set: ParameterSet, *, force: bool = False) -> Response:
        """Saves a parameter set with its edits; a stale one is refused unless forced."""
        stored = await self._session.save_parameter_set(parameter_set.stored, parameter_set.value, force=force)
        parameter_set._took(stored)
        return Response(200, {"parameter_set_id": stored.parameter_set_id, "revision": stored.revision})

    async def duplicate_parameter_set(self, parameter_set: ParameterSet, name: str) -> ParameterSet:
        """Keeps a copy of a parameter set under another name."""
        value = attrs.evolve(parameter_set.value, name=checked_set_name(name))
        return ParameterSet(self._session, await self._session.create_parameter_set(value))

    async def delete_parameter_set(self, parameter_set: ParameterSet) -> Response:
        """Deletes a parameter set; flows that used it keep their constants."""
        await self._session.delete_parameter_set(parameter_set.parameter_set_id)
        return Response(204)

    # --- environments -------------------------------------------------------------------------------------------------

    async def create_environment(
        self, name: str, engine_version: str | None = None, description: str = "", **options: object
    ) -> AsyncEnvironment:
        """Keeps a new environment; other options as keyword arguments."""
        session = self._session
        version = engine_version or (await session.catalogue()).version
        value = new_environment(session.ids, session.clock, name, version, description or "", options)
        return AsyncEnvironment(session, await session.create_environment(value))

    @property
    def environments(self) -> AsyncList[AsyncEnvironment]:
        """Every environment, fetched when somebody looks."""

        async def each(wanted: dict[str, object]) -> AsyncIterator[AsyncEnvironment]:
            for value in await self._session.environments():
                yield AsyncEnvironment(self._session, value)

        return AsyncList(each, "environment")

    async def update_environment(self, environment: AsyncEnvironment) -> Response:
        """Saves an environment with its edits."""
        environment.__dict__["value"] = await self._session.save_environment(environment.value)
        return Response(200, {"environment_id": environment.environment_id})

    async def delete_environment(self, environment: AsyncEnvironment) -> Response:
        """Deletes an environment."""
        await self._session.delete_environment(environment.value.environment_id)
        return Response(204)

    async def engines(self) -> SeekableList[EngineInfo]:
        """The engines of every environment."""
        found = [engine async for each in self.environments for engine in await each.engines()]
        return SeekableList(found, "engine")

    # --- jobs ---------------------------------------------------------------------------------------------------------

    async def create_job(
        self,
        name: str,
        flow: AsyncStreamingFlow,
        runtime_parameters: Mapping[str, object] | None = None,
        description: str = "",
    ) -> AsyncJob:
        """Keeps a new job that runs a flow with these parameters and gives it back."""
        own_flow(flow, self._session)
        value = job_value(self._session, name, flow.value, flow.flow_id, runtime_parameters, description)
        return AsyncJob(self._session, await self._session.create_job(value))

    @property
    def jobs(self) -> AsyncList[AsyncJob]:
        """Every job, fetched when somebody looks."""

        async def each(wanted: dict[str, object]) -> AsyncIterator[AsyncJob]:
            for value in await self._session.jobs():
                yield AsyncJob(self._session, value)

        return AsyncList(each, "job")

    async def delete_job(self, job: AsyncJob) -> Response:
        """Deletes a job with its runs and offsets."""
        await self._session.delete_job(job.value.job_id)
        return Response(204)

    async def backup(self, path: "str | os.PathLike[str]") -> Path:
        """Writes a consistent copy of the whole file while work goes on; where it was written."""
        await self._session.backup(Path(path))
        return Path(path)

    def allow_code(self, allow: bool = True) -> None:
        """Lets script and shell stages run from now on, or no longer; off unless switched on."""
        self._session.allow_code = allow

    async def close(self) -> None:
        """Stops runs after their batch and frees what the project holds; closing twice is fine."""
        await self._close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncProject(name={self.name!r}, project_id={self.project_id!r})"


class AsyncPlatform:
    """A place with projects for programs with an event loop; open it with ``await AsyncPlatform.open(…)``."""

    def __init__(self, backend: "Backend", options: compose.Options, where: compose.Where) -> None:
        self._backend, self._options, self._where = backend, options, where
        self._sessions: list[Session] = []
        self._closed = False

    @classmethod
    async def open(cls, where: compose.Where = None, **options: Any) -> "AsyncPlatform":
        """Memory for None, a SQLite file, or a remote service for a URL."""
        made = _options(**options)
        return cls(await compose.open_backend(where, made), made, where)

    async def project(self, name: str = DEFAULT_PROJECT, *, create: bool = True) -> AsyncProject:
        """The project with this name; made when it is not there yet, unless told otherwise."""
        for info in await self._backend.projects.list():
            if info.name == name:
                return await self._open(info)
        if not create:
            return await self.projects.get(name=name)
        try:
            return await self.create_project(name)
        except NameInUseError:
            # somebody else made it between the two looks
            return await self.projects.get(name=name)

    async def create_project(self, name: str, description: str = "", tags: Iterable[str] = ()) -> AsyncProject:
        """Keeps a new project and gives it back."""
        info = new_project_info(self._options, name, description, tags)
        return await self._open(await self._backend.projects.create(info))

    @property
    def projects(self) -> AsyncList[AsyncProject]:
        """Every project, fetched when somebody looks."""

        async def each(wanted: dict[str, object]) -> AsyncIterator[AsyncProject]:
            for info in await self._backend.projects.list():
                yield await self._open(info)

        return AsyncList(each, "project")

    async def delete_project(self, project: AsyncProject) -> Response:
        """Deletes a project with everything in it."""
        await self._backend.projects.delete(project._session.project.project_id)
        return Response(204)

    async def _open(self, info: Any) -> AsyncProject:
        for session in self._sessions:
            if session.project.project_id == info.project_id:
                session.project = info
                return AsyncProject(session, self.close)
        session = await open_session(self._backend, info, self._options, self._where)
        self._sessions.append(session)
        return AsyncProject(session, self.close)

    async def backup(self, path: "str | os.PathLike[str]") -> Path:
        """Writes a consistent copy of the whole file while work goes on; where it was written."""
        await self._backend.backup(Path(path))
        return Path(path)

    async def close(self) -> None:
        """Stops runs after their batch and frees everything; closing twice is fine."""
        if self._closed:
            return
        self._closed = True
        for session in self._sessions:
            await session.aclose()
        await self._backend.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()


async def open_project_async(
    where: compose.Where = None, name: str = DEFAULT_PROJECT, *, create: bool = True, **options: Any
) -> AsyncProject:
    """A project in one line, for programs with an event loop; ``async with`` closes it.

    Shape: as ``open_project``, with verbs that are awaited.

    Raises:
        NotFoundError: there is no such project and ``create`` is off.
        UnreachableError: nobody answers at the URL.
    """
    platform = await AsyncPlatform.open(where, **options)
    return await platform.project(name, create=create)
