"""One project of a store file: every piece of work on it first makes sure that it still exists."""

import sqlite3
from typing import TypeVar

import attrs

from ...core.errors import NotFoundError
from ...core.project import ProjectId
from .database import Database
from .worker import Work

T = TypeVar("T")


@attrs.frozen(eq=False)
class Place:
    """A project by its number in the file."""

    database: Database
    project: int
    project_id: ProjectId

    async def read(self, work: Work[T]) -> T:
        """What ``work`` finds in the project."""
        return await self.database.read(lambda connection: self._inside(connection, work))

    async def write(self, work: Work[T], *, durable: bool = False) -> T:
        """Carries out ``work`` in the project, as a whole or not at all."""
        return await self.database.write(lambda connection: self._inside(connection, work), durable=durable)

    def _inside(self, connection: sqlite3.Connection, work: Work[T]) -> T:
        if connection.execute("SELECT 1 FROM projects WHERE project = ?", (self.project,)).fetchone() is None:
            raise NotFoundError("project", self.project_id)
        return work(connection)
