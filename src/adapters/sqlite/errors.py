"""The one table that turns SQLite's errors into ours."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from ...core.errors import FormatError, PenstockError, UnreachableError

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def translated(path: str, busy_timeout_s: float) -> Iterator[None]:
    """Lets no error of SQLite out.

    Raises:
        UnreachableError: another process kept the file locked, or the disk failed or is full.
        FormatError: the file is no SQLite file, or damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _ours(error, path, busy_timeout_s) from error


def _ours(error: sqlite3.Error, path: str, busy_timeout_s: float) -> PenstockError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte; the rest is detail
    if code in _BUSY:
        return UnreachableError(path, 1, busy_timeout_s, f"another process keeps the file locked ({error})")
    if code in _DAMAGED:
        return FormatError(path, "", f"no intact store file ({error})")
    return UnreachableError(path, 1, 0.0, str(error))
