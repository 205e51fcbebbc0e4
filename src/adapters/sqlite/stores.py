"""Projects, environments and parameter sets in a store file."""

import sqlite3

import attrs

from ...core.errors import ConflictError, NameInUseError, NotFoundError
from ...core.flow.content import check_name
from ...core.project import (
    EngineInfo,
    Environment,
    EnvironmentId,
    ParameterSet,
    ParameterSetId,
    ProjectId,
    ProjectInfo,
    StoredParameterSet,
)
from .contents import contents_of, forget_unused
from .database import Database
from .items import Items
from .place import Place
from .rows import from_column, from_json, to_column, to_json


@attrs.frozen(eq=False)
class SqliteProjectStore:
    """The projects of a file."""

    database: Database

    async def create(self, project: ProjectInfo) -> ProjectInfo:
        """Keeps a new project."""
        check_name(project.name, "project name")
        value = to_json(project)

        def work(connection: sqlite3.Connection) -> ProjectInfo:
            try:
                connection.execute(
                    "INSERT INTO projects (project_id, name, value) VALUES (?, ?, ?)",
                    (to_column(project.project_id), project.name, value),
                )
            except sqlite3.IntegrityError:
                taken = connection.execute("SELECT 1 FROM projects WHERE name = ?", (project.name,)).fetchone()
                fact = ("project id", project.project_id) if taken is None else ("project", project.name)
                raise NameInUseError(*fact) from None
            return project

        return await self.database.write(work)

    async def get(self, project_id: ProjectId) -> ProjectInfo:
        """The project with this id."""
        return await self.database.read(lambda connection: from_json(ProjectInfo, _project(connection, project_id)[1]))

    async def list(self) -> tuple[ProjectInfo, ...]:
        """Every project, oldest first."""

        def work(connection: sqlite3.Connection) -> tuple[ProjectInfo, ...]:
            rows = connection.execute("SELECT value FROM projects ORDER BY project")
            return tuple(from_json(ProjectInfo, value) for (value,) in rows)

        return await self.database.read(work)

    async def save(self, project: ProjectInfo) -> ProjectInfo:
        """Keeps changes of a project."""
        check_name(project.name, "project name")
        value = to_json(project)

        def work(connection: sqlite3.Connection) -> ProjectInfo:
            number, _ = _project(connection, project.project_id)
            try:
                connection.execute(
                    "UPDATE projects SET name = ?, value = ? WHERE project = ?", (project.name, value, number)
                )
            except sqlite3.IntegrityError:
                raise NameInUseError("project", project.name) from None
            return project

        return await self.database.write(work)

    async def delete(self, project_id: ProjectId) -> None:
        """Forgets a project with everything in it."""

        def work(connection: sqlite3.Connection) -> None:
            number, _ = _project(connection, project_id)
            flows = connection.execute("SELECT flow FROM flows WHERE project = ?", (number,)).fetchall()
            contents = contents_of(connection, (flow for (flow,) in flows))
            connection.execute("DELETE FROM projects WHERE project = ?", (number,))
            forget_unused(connection, contents)

        await self.database.write(work)

    async def place(self, project_id: ProjectId) -> Place:
        """Where the project is in the file."""
        number = await self.database.read(lambda connection: _project(connection, project_id)[0])
        return Place(self.database, number, project_id)


def _project(connection: sqlite3.Connection, project_id: ProjectId) -> tuple[int, str]:
    """Number and JSON text of a project."""
    row: tuple[int, str] | None = connection.execute(
        "SELECT project, value FROM projects WHERE project_id = ?", (to_column(project_id),)
    ).fetchone()
    if row is None:
        raise NotFoundError("project", project_id)
    return row


@attrs.frozen(eq=False)
class SqliteEnvironmentStore:
    """The environments of one project."""

    place: Place

    @property
    def _items(self) -> Items:
        return Items(self.place, "environments", "environment")

    async def create(self, environment: Environment) -> Environment:
        """Keeps a new environment."""
        row = (environment.environment_id, environment.name, to_json(environment))
        await self.place.write(lambda connection: self._items.add(connection, *row))
        return environment

    async def get(self, environment_id: EnvironmentId) -> Environment:
        """The environment with this id."""
        return from_json(
            Environment, await self.place.read(lambda connection: self._items.value(connection, environment_id))
        )

    async def list(self) -> tuple[Environment, ...]:
        """Every environment, oldest first."""
        return tuple(from_json(Environment, value) for value in await self.place.read(self._items.values))

    async def save(self, environment: Environment) -> Environment:
        """Keeps changed options."""
        row = (environment.environment_id, environment.name, to_json(environment))
        await self.place.write(lambda connection: self._items.change(connection, *row))
        return environment

    async def delete(self, environment_id: EnvironmentId) -> None:
        """Forgets an environment."""
        await self.place.write(lambda connection: self._items.remove(connection, environment_id))

    async def engines(self, environment_id: EnvironmentId | None = None) -> tuple[EngineInfo, ...]:
        """None: a store has no engines of its own."""
        if environment_id is not None:
            await self.get(environment_id)
        self.place.database.check()
        return ()


@attrs.frozen(eq=False)
class SqliteParameterSetStore:
    """The parameter sets of one project."""

    place: Place

    @property
    def _items(self) -> Items:
        return Items(self.place, "parameter_sets", "parameter set")

    async def create(self, value: ParameterSet, parameter_set_id: ParameterSetId) -> StoredParameterSet:
        """Keeps a new set."""
        row = (parameter_set_id, value.name, to_json(value))
        await self.place.write(lambda connection: self._items.add(connection, *row))
        return StoredParameterSet(parameter_set_id, value)

    async def get(self, parameter_set_id: ParameterSetId) -> StoredParameterSet:
        """The set with this id."""
        return await self.place.read(lambda connection: self._stored(connection, parameter_set_id))

    async def list(self) -> tuple[StoredParameterSet, ...]:
        """Every set, oldest first."""

        def work(connection: sqlite3.Connection) -> tuple[StoredParameterSet, ...]:
            rows = connection.execute(
                "SELECT id, value, revision FROM parameter_sets WHERE project = ? ORDER BY item", (self.place.project,)
            )
            return tuple(_parameter_set(*row) for row in rows)

        return await self.place.read(work)

    async def save(
        self, parameter_set_id: ParameterSetId, value: ParameterSet, expected: int | None = None
    ) -> StoredParameterSet:
        """Keeps the next revision, unless the content is the stored one."""
        text = to_json(value)

        def work(connection: sqlite3.Connection) -> StoredParameterSet:
            known = self._stored(connection, parameter_set_id)
            if known.value == value:
                return known
            if expected is not None and expected != known.revision:
                raise ConflictError("parameter set", known.value.name, str(expected), str(known.revision))
            self._items.change(connection, parameter_set_id, value.name, text)
            connection.execute(
                "UPDATE parameter_sets SET revision = ? WHERE project = ? AND id = ?",
                (known.revision + 1, self.place.project, to_column(parameter_set_id)),
            )
            return StoredParameterSet(parameter_set_id, value, known.revision + 1)

        return await self.place.write(work)

    async def delete(self, parameter_set_id: ParameterSetId) -> None:
        """Forgets a set."""
        await self.place.write(lambda connection: self._items.remove(connection, parameter_set_id))

    def _stored(self, connection: sqlite3.Connection, parameter_set_id: ParameterSetId) -> StoredParameterSet:
        row = connection.execute(
            "SELECT id, value, revision FROM parameter_sets WHERE project = ? AND id = ?",
            (self.place.project, to_column(parameter_set_id)),
        ).fetchone()
        if row is None:
            raise NotFoundError("parameter set", parameter_set_id)
        return _parameter_set(*row)


def _parameter_set(set_id: str | bytes, value: str, revision: int) -> StoredParameterSet:
    return StoredParameterSet(ParameterSetId(from_column(set_id)), from_json(ParameterSet, value), revision)
