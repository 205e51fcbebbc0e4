"""Backends: one technology that holds projects, with the powers it has."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import attrs

from ..core.project import ProjectId
from .stores import EnvironmentStore, FlowHistory, FlowStore, JobStore, OffsetStore, ParameterSetStore, ProjectStore

if TYPE_CHECKING:  # a store needs no engine: opening one must not load the catalogue and the records
    from .engine import CatalogSource, Engine, FlowTransfer


@attrs.frozen
class ProjectPorts:
    """The ports of one project. The optional ones are powers: None where the backend lacks them.

    ``engines`` are engines the backend brings itself (a remote service); local backends bring none.
    """

    flows: FlowStore
    parameter_sets: ParameterSetStore
    environments: EnvironmentStore
    jobs: JobStore
    offsets: OffsetStore
    history: FlowHistory | None = None
    transfer: "FlowTransfer | None" = None
    catalogues: "CatalogSource | None" = None
    engines: "EngineSource | None" = None


class EngineSource(Protocol):
    """Finds the engine that a flow of this project uses."""

    async def engine(self, environment_id: str | None) -> "Engine | None":
        """An online engine of the environment (or of any, for None); None when there is none."""
        ...


class Backend(Protocol):
    """One technology that holds projects.

    ``powers`` is a subset of the words below; the contract suites check each claim in both directions.

    - ``revisions``, ``undelete``: earlier saves and deleted flows can come back (``ProjectPorts.history``).
    - ``conflicts``: a save over somebody else's newer save is refused.
    - ``atomic``: ``FlowStore.apply`` carries out the whole plan or nothing.
    - ``backup``: ``backup`` writes a copy.
    - ``transfer``: the store makes and reads archives itself (``ProjectPorts.transfer``).
    - ``persistent``: what was kept is there again when the same place is opened later.
    - ``shared``: several backends work on the same place at the same time.
    - ``given_runs``: it keeps the runs, log lines and offsets that an engine of the caller gives it; without it the
      service has engines of its own, which keep theirs.
    - ``given_ids``, ``given_times``: ids and times are those that the caller gave; without these powers the store
      chooses its own, and the answer says which.
    """

    @property
    def powers(self) -> frozenset[str]:
        """What this backend can do beyond the plain ports."""
        ...

    @property
    def projects(self) -> ProjectStore:
        """The projects of this backend."""
        ...

    async def open(self, project_id: ProjectId) -> ProjectPorts:
        """The ports of a project. Raises ``NotFoundError`` for an unknown id."""
        ...

    async def backup(self, path: Path) -> None:
        """Writes a consistent copy of everything to a file while work goes on (power ``backup``).

        Raises:
            UnsupportedError: for a backend without that power.
        """
        ...

    async def aclose(self) -> None:
        """Frees what the backend holds; closing twice is fine."""
        ...
