"""The schema of a store file and the steps from older ones."""

import sqlite3
from collections.abc import Iterator, Sequence
from importlib.resources import files

from ...core.errors import FormatError

APPLICATION_ID = 0x50454E53
"""Marks a SQLite file as ours (the letters PENS), so that no other program's file is taken for one."""

STEP_FILES = ("001_first.sql",)
"""The step that leads to schema version 1, 2, …; a published step is never edited, a change is a new one."""


def steps() -> tuple[str, ...]:
    """The text of every step, oldest first."""
    return tuple((files(__package__) / name).read_text("utf-8") for name in STEP_FILES)


def prepare(connection: sqlite3.Connection, path: str, texts: Sequence[str] | None = None) -> int:
    """Brings the file to the newest schema, in one transaction; which version it had before.

    Raises:
        FormatError: the file belongs to another program, or to a newer penstock.
    """
    newest = len(STEP_FILES if texts is None else texts)
    if _version(connection, path, newest) == newest:
        return newest
    connection.execute("BEGIN IMMEDIATE")
    try:
        before = _version(connection, path, newest)  # again: another process may have been faster
        for text in (steps() if texts is None else texts)[before:]:
            for statement in _statements(text):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {newest}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return before


def _version(connection: sqlite3.Connection, path: str, newest: int) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if owner != APPLICATION_ID and not (empty and owner == 0 and version == 0):
        raise FormatError(path, "", "a SQLite file of another program, no store of penstock")
    if version > newest:
        raise FormatError(path, "", f"written by a newer penstock (schema {version}; this one knows up to {newest})")
    return version


def _statements(text: str) -> Iterator[str]:
    # executescript would commit behind our back, so the statements go in one by one
    pending = ""
    for line in text.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
