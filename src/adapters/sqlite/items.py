"""Rows of one kind in a project (environments, parameter sets, jobs): an id, a name, a value as JSON."""

import sqlite3

import attrs

from ...core.errors import NameInUseError, NotFoundError
from ...core.flow.content import check_name
from .place import Place
from .rows import to_column


@attrs.frozen(eq=False)
class Items:
    """The rows of a table that belong to one project."""

    place: Place
    table: str
    kind: str

    def add(self, connection: sqlite3.Connection, item_id: str, name: str, value: str) -> None:
        """Keeps a new row.

        Raises:
            NameInUseError: another row has the name, or the id.
        """
        check_name(name, f"{self.kind} name")
        try:
            connection.execute(
                f"INSERT INTO {self.table} (project, id, name, value) VALUES (?, ?, ?, ?)",
                (self.place.project, to_column(item_id), name, value),
            )
        except sqlite3.IntegrityError:
            if self._named(connection, name):
                raise NameInUseError(self.kind, name) from None
            raise NameInUseError(f"{self.kind} id", item_id) from None

    def change(self, connection: sqlite3.Connection, item_id: str, name: str, value: str) -> None:
        """Keeps another name and value of a row.

        Raises:
            NotFoundError: there is no such row.
            NameInUseError: another row has the name.
        """
        check_name(name, f"{self.kind} name")
        try:
            changed = connection.execute(
                f"UPDATE {self.table} SET name = ?, value = ? WHERE project = ? AND id = ?",
                (name, value, self.place.project, to_column(item_id)),
            )
        except sqlite3.IntegrityError:
            raise NameInUseError(self.kind, name) from None
        if changed.rowcount == 0:
            raise NotFoundError(self.kind, item_id)

    def number(self, connection: sqlite3.Connection, item_id: str) -> int:
        """The number of a row in its table."""
        return int(self._column(connection, "item", item_id))

    def value(self, connection: sqlite3.Connection, item_id: str) -> str:
        """The JSON text of a row."""
        return str(self._column(connection, "value", item_id))

    def values(self, connection: sqlite3.Connection) -> list[str]:
        """Every JSON text, oldest row first."""
        rows = connection.execute(
            f"SELECT value FROM {self.table} WHERE project = ? ORDER BY item", (self.place.project,)
        )
        return [value for (value,) in rows]

    def remove(self, connection: sqlite3.Connection, item_id: str) -> None:
        """Forgets a row with everything that hangs on it."""
        connection.execute(f"DELETE FROM {self.table} WHERE item = ?", (self.number(connection, item_id),))

    def _column(self, connection: sqlite3.Connection, column: str, item_id: str) -> str | int:
        row = connection.execute(
            f"SELECT {column} FROM {self.table} WHERE project = ? AND id = ?", (self.place.project, to_column(item_id))
        ).fetchone()
        if row is None:
            raise NotFoundError(self.kind, item_id)
        found: str | int = row[0]
        return found

    def _named(self, connection: sqlite3.Connection, name: str) -> bool:
        row = connection.execute(
            f"SELECT 1 FROM {self.table} WHERE project = ? AND name = ?", (self.place.project, name)
        ).fetchone()
        return row is not None
