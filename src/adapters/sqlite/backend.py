"""The SQLite backend: every port over one file that several processes may share."""

import os
from pathlib import Path

import anyio.to_thread

from ...core.project import ProjectId
from ...ports.backend import ProjectPorts
from .database import Database, copy_to, open_database
from .flows import SqliteFlowStore
from .history import SqliteFlowHistory
from .jobs import SqliteJobStore, SqliteOffsetStore
from .stores import SqliteEnvironmentStore, SqliteParameterSetStore, SqliteProjectStore

POWERS = frozenset(
    {
        "revisions",
        "undelete",
        "conflicts",
        "atomic",
        "backup",
        "persistent",
        "shared",
        "given_ids",
        "given_runs",
        "given_times",
    }
)


class SqliteBackend:
    """A backend in one SQLite file (while it is open, two helper files lie beside it)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._projects = SqliteProjectStore(database)

    @classmethod
    async def connect(
        cls, path: "str | os.PathLike[str]", *, durability: str = "process", busy_timeout_s: float = 30.0
    ) -> "SqliteBackend":
        """Opens a store file, making it when there is none and upgrading an older one.

        ``durability`` says what a finished save survives: with ``process`` the end of this process in any way, with
        ``full`` also a power cut, at the price of a disk flush per save (saves that wait at the same time share one).
        Committed offsets survive a power cut in both. ``busy_timeout_s`` is how long a save waits for another process.

        Raises:
            InvalidValueError: an unknown durability, or a path where no file can be written.
            FormatError: the file belongs to another program or to a newer penstock, or is damaged.
            UnreachableError: another process kept it locked.
        """
        return cls(await open_database(Path(path), durability=durability, busy_timeout_s=busy_timeout_s))

    @property
    def powers(self) -> frozenset[str]:
        """All that a local store can have."""
        return POWERS

    @property
    def projects(self) -> SqliteProjectStore:
        """The projects of this file."""
        return self._projects

    @property
    def path(self) -> Path:
        """The store file."""
        return self._database.path

    async def open(self, project_id: ProjectId) -> ProjectPorts:
        """The ports of a project."""
        place = await self._projects.place(project_id)
        flows = SqliteFlowStore(place)
        return ProjectPorts(
            flows=flows,
            parameter_sets=SqliteParameterSetStore(place),
            environments=SqliteEnvironmentStore(place),
            jobs=SqliteJobStore(place),
            offsets=SqliteOffsetStore(place),
            history=SqliteFlowHistory(place, flows),
        )

    async def backup(self, path: Path) -> None:
        """Writes a copy as of one moment while others go on saving; an earlier backup there is replaced.

        Raises:
            InvalidValueError: the path is the store itself, or cannot be written.
        """
        self._database.check()
        await anyio.to_thread.run_sync(copy_to, self._database.path, Path(path))

    async def aclose(self) -> None:
        """Closes the file after what is under way; closing twice is fine."""
        await self._database.aclose()
