"""Whether a store file is sound, without changing it."""

import sqlite3
from pathlib import Path

from .errors import translated
from .schema import APPLICATION_ID

MOST = 10


def problems_of(path: Path, *, busy_timeout_s: float = 5.0) -> tuple[str, ...]:
    """What is wrong with a store file, at most ten findings; empty when it is sound.

    Raises:
        FormatError: it is no SQLite file.
        UnreachableError: another process kept it locked, or the disk failed.
    Cost: reads the whole file.
    """
    with translated(str(path), busy_timeout_s):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=busy_timeout_s)
        try:
            ((application,),) = connection.execute("PRAGMA application_id")
            if application != APPLICATION_ID:
                return (f"{path} is no project file of penstock",)
            damages = [row[0] for row in connection.execute(f"PRAGMA quick_check({MOST})") if row[0] != "ok"]
            strays = [
                f"a row of {row[0]} without its {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")
            ]
            return tuple([*damages, *strays][:MOST])
        finally:
            connection.close()
