"""The blocking project: every verb people call, each handed to the async session through a portal."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import attrs

from ..core.errors import InvalidValueError
from ..core.flow.model import Flow
from ..core.importing import ImportPlan, Resolution
from ..core.project import EngineInfo, FlowSummary, Revision, StoredFlow
from ..core.project import ParameterSet as ParameterSetValue
from . import transfer
from .attributes import KnownAttributes
from .checks import chosen_type, copies_of, flow_list, own_flow
from .environments import Environment, environment_value
from .jobs import Job, job_value
from .parameter_sets import ParameterSet, checked_set_name
from .results import LazyList, Response, SeekableList, ValidationResult
from .session import Session, checked_flow_type, flow_query, new_environment
from .streaming import StreamingFlow


class Project(KnownAttributes):
    """A project: flows, parameter sets, environments and jobs, with the verbs that work on them.

    Use it as a context manager, or call ``close()``; what is open at the end of the program is closed then.
    """

    def __init__(self, session: Session, call: Callable[..., Any], close: Callable[[], None]) -> None:
        self._session = session
        self._call = call
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

    # --- flows --------------------------------------------------------------------------------------------------------

    def _handle(self, stored: StoredFlow) -> StreamingFlow:
        catalogue = self._call(self._session.catalogue, stored.flow.engine_version)
        sets = self._call(self._session.sets_of, stored.flow) if stored.flow.parameter_sets else ()
        return StreamingFlow(self._session, stored, catalogue, sets, call=self._call)

    def create_flow(
        self,
        name: str,
        environment: Environment | None = None,
        description: str = "",
        flow_type: str = "streaming",
    ) -> StreamingFlow:
        """Keeps a new flow without stages and gives it back.

        Raises:
            NameInUseError: another flow of the project has the name.
            InvalidValueError: an empty name, or a flow type other than ``streaming``.
        """
        value = environment_value(environment, self._session)
        return self._handle(self._call(self._session.create_flow, name, value, description or "", flow_type))

    @property
    def flows(self) -> LazyList[StreamingFlow]:
        """Every flow, fetched when somebody looks; ``get`` by ``name`` or ``flow_id``, ``get_all`` by any attribute."""
        return LazyList(
            self._each_flow,
            lambda: self._call(self._session.count),
            "flow",
            self._find_flow,
            ("name", "flow_id"),
            lambda: self._call(self._session.names),
        )

    def _each_flow(self, wanted: dict[str, object]) -> Iterable[StreamingFlow]:
        if "flow_type" in wanted:
            checked_flow_type(wanted["flow_type"])
        query, start = flow_query(wanted), None
        while True:
            items, start = self._call(self._session.page, query, start)
            for stored in items:
                yield self._handle(stored)
            if start is None:
                return

    def _find_flow(self, key: str, value: str) -> StreamingFlow | None:
        if key == "flow_id":
            return self._handle(self._call(self._session.get, value))
        found = self._call(self._session.find, value)
        return None if found is None else self._handle(found)

    def find_flows(self, text: str | None = None) -> SeekableList[FlowSummary]:
        """What lists show of the flows whose name or description holds ``text`` (all without it), in any case.

        Their documents stay where they are, so this is quick for thousands of flows.
        """
        return SeekableList(self._call(self._session.summaries, text), "flow")

    def update_flow(self, flow: StreamingFlow, *, force: bool = False) -> Response:
        """Saves a flow with its edits; ``<Response [200]>``.

        Raises:
            ConflictError: somebody else saved since the flow was loaded; nothing is changed. ``force`` saves anyway.
            NameInUseError: another flow has the new name; nothing is changed.
        """
        own_flow(flow, self._session)
        sent = flow._arranged_for_save()
        stored = self._call(self._session.save, flow._stored, sent, force=force)
        flow._value = sent
        flow._took(stored, sent)
        return Response(200, {"flow_id": flow.flow_id, "revision": stored.revision})

    def validate_flow(self, flow: StreamingFlow) -> ValidationResult:
        """The same as ``flow.validate()``."""
        own_flow(flow, self._session)
        return flow.validate()

    def duplicate_flow(
        self, flow: StreamingFlow, name: str, description: str | None = None, number_of_copies: int = 1
    ) -> "StreamingFlow | SeekableList[StreamingFlow]":
        """Copies a flow, edits included; several copies are numbered and given back as a list."""
        own_flow(flow, self._session)
        copies = copies_of(number_of_copies)
        made = [
            self._handle(self._call(self._session.duplicate, flow._stored, flow.value, each, description))
            for each in self._call(self._session.free_names, name, copies)
        ]
        return made[0] if copies == 1 else SeekableList(made, "flow")

    def delete_flow(self, flow: StreamingFlow) -> Response:
        """Deletes a flow; ``<Response [204]>``. A local project can bring it back until ``purge``."""
        own_flow(flow, self._session)
        self._call(self._session.delete, flow._stored.flow_id)
        flow._deleted = True
        return Response(204)

    @property
    def deleted_flows(self) -> list[FlowSummary]:
        """Deleted flows that can still come back."""
        return list(self._call(self._session.deleted))

    def undelete_flow(self, flow_id: str) -> StreamingFlow:
        """Brings a deleted flow back under its name."""
        return self._handle(self._call(self._session.undelete, flow_id))

    def purge(self, deleted_before_ms: int | None = None) -> int:
        """Forgets deleted flows for good; how many."""
        count: int = self._call(self._session.purge, deleted_before_ms)
        return count

    def restore_flow(self, flow: StreamingFlow, revision: "Revision | int") -> StreamingFlow:
        """Makes an earlier revision the newest one; the handle follows and is given back."""
        own_flow(flow, self._session)
        number = revision.number if isinstance(revision, Revision) else revision
        stored = self._call(self._session.restore, flow._stored, number)
        flow._stored = stored
        flow._swap(stored.flow)
        return flow

    # --- export, import -----------------------------------------------------------------------------------------------

    def export_flow(
        self,
        flow: StreamingFlow,
        with_plain_text_credentials: bool = False,
        destination: "str | os.PathLike[str] | None" = None,
        stream: bool = True,
    ) -> Path:
        """Writes a ZIP with the flow, edits included; where it was written (``flows.zip`` here by default)."""
        return self.export_flows([flow], with_plain_text_credentials, destination, stream)

    def export_flows(
        self,
        flows: Sequence[StreamingFlow],
        with_plain_text_credentials: bool = False,
        destination: "str | os.PathLike[str] | None" = None,
        stream: bool = True,
    ) -> Path:
        """Writes a ZIP with these flows; where it was written. Credentials are blanked unless asked for.

        Raises:
            InvalidValueError: an empty list, something that is no streaming flow, a folder that does not exist, or
                ``with_plain_text_credentials`` that is neither true nor false.
        """
        path = transfer.export_path(destination, with_plain_text_credentials)
        if isinstance(flows, LazyList) and transfer.archives_of_store(self._session, len(flows)) is None:
            # thousands of flows: a page of them is held at a time
            members = ((each.flow_id, each.value) for each in self._own(flows))
            return transfer.write_flows(
                members,
                lambda version: self._call(self._session.catalogue, version),
                path,
                with_plain_text_credentials=with_plain_text_credentials,
            )
        listed = flow_list(flows, self._session)
        pairs = [(flow._stored, flow.value) for flow in listed]
        self._call(transfer.export, self._session, pairs, path, with_plain_text_credentials=with_plain_text_credentials)
        return path

    def _own(self, flows: Iterable[StreamingFlow]) -> Iterator[StreamingFlow]:
        for each in flows:
            own_flow(each, self._session)
            yield each

    def import_flows(
        self,
        source: "str | os.PathLike[str]",
        conflict_resolution: str = "skip",
        type: str | None = None,
        flow_type: str | None = None,
    ) -> "StreamingFlow | SeekableList[StreamingFlow]":
        """Imports the flows of a ZIP or JSON file, all or nothing; one flow, or a list for none or several.

        ``conflict_resolution`` says what happens to a name in use: ``skip``, ``replace`` or ``rename``.

        Raises:
            FormatError: the file cannot be read; nothing is imported.
            InvalidValueError: an unknown resolution or flow type.
        """
        chosen_type(type, flow_type)
        resolution = Resolution.of(conflict_resolution)
        stored, _ = self._call(transfer.import_flows, self._session, source, resolution)
        made = [self._handle(each) for each in stored]
        return made[0] if len(made) == 1 else SeekableList(made, "flow")

    def plan_import(self, source: "str | os.PathLike[str]", conflict_resolution: str = "skip") -> ImportPlan:
        """What importing would do now; nothing happens."""
        flows = transfer.read_source(source)
        plan: ImportPlan = self._call(transfer.plan, self._session, flows, Resolution.of(conflict_resolution))
        return plan

    # --- parameter sets -----------------------------------------------------------------------------------------------

    def create_parameter_set(self, name: str, description: str = "") -> ParameterSet:
        """Keeps a new parameter set without parameters and gives it back."""
        value = ParameterSetValue(checked_set_name(name), description or "")
        return ParameterSet(self._session, self._call(self._session.create_parameter_set, value))

    @property
    def parameter_sets(self) -> LazyList[ParameterSet]:
        """Every parameter set, fetched when somebody looks."""

        def each(wanted: dict[str, object]) -> Iterable[ParameterSet]:
            return [ParameterSet(self._session, stored) for stored in self._call(self._session.parameter_sets)]

        return LazyList(each, lambda: len(list(each({}))), "parameter set")

    def update_parameter_set(self, parameter_set: ParameterSet, *, force: bool = False) -> Response:
        """Saves a parameter set with its edits; ``<Response [200]>``.

        Raises:
            ConflictError: somebody else saved since it was loaded; ``force`` saves anyway.
        """
        stored = self._call(self._session.save_parameter_set, parameter_set.stored, parameter_set.value, force=force)
        parameter_set._took(stored)
        return Response(200, {"parameter_set_id": stored.parameter_set_id, "revision": stored.revision})

    def duplicate_parameter_set(self, parameter_set: ParameterSet, name: str) -> ParameterSet:
        """Keeps a copy of a parameter set under another name."""
        value = attrs.evolve(parameter_set.value, name=checked_set_name(name))
        return ParameterSet(self._session, self._call(self._session.create_parameter_set, value))

    def delete_parameter_set(self, parameter_set: ParameterSet) -> Response:
        """Deletes a parameter set; ``<Response [204]>``. Flows that used it keep their constants."""
        self._call(self._session.delete_parameter_set, parameter_set.parameter_set_id)
        return Response(204)

    # --- environments -------------------------------------------------------------------------------------------------

    def create_environment(
        self, name: str, engine_version: str | None = None, description: str = "", **options: object
    ) -> Environment:
        """Keeps a new environment; ``stage_libs``, ``cpus_to_allocate`` and other options as keyword arguments."""
        if not isinstance(name, str) or not name.strip():
            raise InvalidValueError("environment name", name, "a text that is not empty")
        session = self._session
        version = engine_version or self._call(session.catalogue).version
        value = new_environment(session.ids, session.clock, name, version, description or "", options)
        return Environment(session, self._call(session.create_environment, value), self._call)

    @property
    def environments(self) -> LazyList[Environment]:
        """Every environment, fetched when somebody looks."""

        def each(wanted: dict[str, object]) -> Iterable[Environment]:
            values = self._call(self._session.environments)
            return [Environment(self._session, value, self._call) for value in values]

        return LazyList(each, lambda: len(list(each({}))), "environment")

    def update_environment(self, environment: Environment) -> Response:
        """Saves an environment with its edits; ``<Response [200]>``."""
        environment.__dict__["value"] = self._call(self._session.save_environment, environment.value)
        return Response(200, {"environment_id": environment.environment_id})

    def delete_environment(self, environment: Environment) -> Response:
        """Deletes an environment; ``<Response [204]>``."""
        self._call(self._session.delete_environment, environment.value.environment_id)
        return Response(204)

    @property
    def engines(self) -> SeekableList[EngineInfo]:
        """The engines of every environment."""
        found = [engine for each in self.environments for engine in each.engines]
        return SeekableList(found, "engine")

    # --- jobs ---------------------------------------------------------------------------------------------------------

    def create_job(
        self,
        name: str,
        flow: StreamingFlow,
        runtime_parameters: Mapping[str, object] | None = None,
        description: str = "",
    ) -> Job:
        """Keeps a new job that runs a flow with these parameters and gives it back."""
        own_flow(flow, self._session)
        value = job_value(self._session, name, flow.value, flow.flow_id, runtime_parameters, description)
        return Job(self._session, self._call, self._call(self._session.create_job, value))

    @property
    def jobs(self) -> LazyList[Job]:
        """Every job, fetched when somebody looks."""

        def each(wanted: dict[str, object]) -> Iterable[Job]:
            return [Job(self._session, self._call, value) for value in self._call(self._session.jobs)]

        return LazyList(each, lambda: len(list(each({}))), "job")

    def delete_job(self, job: Job) -> Response:
        """Deletes a job with its runs and offsets; ``<Response [204]>``."""
        self._call(self._session.delete_job, job.value.job_id)
        return Response(204)

    # --- the rest -----------------------------------------------------------------------------------------------------

    def backup(self, path: "str | os.PathLike[str]") -> Path:
        """Writes a consistent copy of the whole file while work goes on; where it was written."""
        self._call(self._session.backup, Path(path))
        return Path(path)

    def add_flow(self, value: Flow) -> StreamingFlow:
        """Keeps a frozen flow (from a file, ``core`` functions, another project) as a new one and gives its handle."""
        stored = self._call(
            self._session.ports.flows.create, value, self._session._flow_id(), self._session.clock.now_ms()
        )
        return self._handle(stored)

    def allow_code(self, allow: bool = True) -> None:
        """Lets script and shell stages run from now on, or no longer; off unless switched on."""
        self._session.allow_code = allow

    def close(self) -> None:
        """Stops runs after their batch and frees what the project holds; closing twice is fine."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Project(name={self.name!r}, project_id={self.project_id!r})"
