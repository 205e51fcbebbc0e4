"""Engines: what validates, previews and runs flows."""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

import attrs

from ..core.catalogue.definitions import Catalogue
from ..core.flow.model import Flow, FlowId
from ..core.importing import Resolution
from ..core.preview import Preview, PreviewOptions
from ..core.project import EngineInfo, Job, JobId, JobRun, ParameterSet, RunId, StoredFlow
from ..core.validation.issues import Report
from .stores import JobStore, OffsetStore


class CatalogSource(Protocol):
    """Brings the stage catalogue of an engine version."""

    async def versions(self) -> tuple[str, ...]:
        """Engine versions that it has catalogues for, the default first."""
        ...

    async def catalogue(self, engine_version: str | None = None) -> Catalogue:
        """The catalogue of a version; of the default version for None.

        Raises:
            NotFoundError: with the nearest versions.
        """
        ...


@attrs.frozen
class Target:
    """A flow to work on: its value, its id where it is stored, and the parameter sets that it uses."""

    flow: Flow
    flow_id: FlowId | None = None
    parameters: Mapping[str, object] = attrs.field(factory=dict, repr=False)
    parameter_sets: Sequence[ParameterSet] = ()


class Run(Protocol):
    """A run that goes on in the background."""

    @property
    def state(self) -> JobRun:
        """The newest state, with metrics."""
        ...

    async def stop(self) -> None:
        """Asks it to end after the batch it is in; offsets are committed."""
        ...

    async def wait(self) -> JobRun:
        """Waits for the end and gives the last state."""
        ...

    def changes(self) -> AsyncIterator[JobRun]:
        """Every change of state or metrics until the end."""
        ...


class Engine(Protocol):
    """Validates, previews and runs flows.

    Previews never write and never commit offsets unless the options ask for it, and call nothing that gives no records.
    """

    @property
    def info(self) -> EngineInfo:
        """Which engine this is."""
        ...

    async def validate(self, target: Target) -> Report:
        """The engine's own findings, structure included, as its validate button gives them."""
        ...

    async def preview(self, target: Target, options: PreviewOptions) -> Preview:
        """The records of a few batches, stage by stage; problems are in the result, not raised."""
        ...

    async def start(
        self, target: Target, job: Job, run_id: RunId, jobs: JobStore, offsets: OffsetStore, *, name: str = ""
    ) -> Run:
        """Starts a run from the job's committed offsets; state, metrics and log go to ``jobs``.

        ``name`` is that of the run, the job's where there is none. A start that is refused is on record too, as a run
        that failed, with what forbids it as its message.

        May differ: a service answers with that run instead of raising.

        Raises:
            InvalidFlowError: the flow has issues that forbid a start.
        """
        ...

    async def attached(self, job_id: JobId, run_id: RunId) -> "Run | None":
        """A run that goes on in this engine, whoever started it; None for one that it does not know."""
        ...

    async def aclose(self) -> None:
        """Stops every run after its batch and frees what the engine holds."""
        ...


class FlowTransfer(Protocol):
    """Power ``transfer``: a store that makes and reads archives itself, as a remote service does."""

    @property
    def most_flows(self) -> int:
        """How many flows it puts into one archive; larger ones are made by whoever wants them."""
        ...

    async def export(self, flow_ids: Sequence[FlowId], out: BinaryIO, *, with_plain_text_credentials: bool) -> None:
        """Writes one archive of these flows to an open file, streamed, never held whole."""
        ...

    async def import_archive(self, source: Path, resolution: Resolution) -> tuple[StoredFlow, ...]:
        """Imports an archive, all or nothing; the created and replaced flows."""
        ...

    async def duplicate(self, flow_id: FlowId, name: str, description: str) -> StoredFlow:
        """Copies a flow inside the store."""
        ...
