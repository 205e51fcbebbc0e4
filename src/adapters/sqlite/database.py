"""A store file: one connection that writes, one that reads, so that a long listing never holds up a save."""

import os
import sqlite3
import time
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread

from ...core.errors import ClosedError, InvalidValueError
from .errors import translated
from .schema import prepare
from .worker import Work, Worker

T = TypeVar("T")

DURABILITIES = ("process", "full")


class Database:
    """An open store file."""

    def __init__(self, path: Path, writer: Worker, reader: Worker) -> None:
        self.path = path
        self._writer, self._reader = writer, reader
        self._closed = False

    async def read(self, work: Work[T]) -> T:
        """What ``work`` finds, at one moment."""
        self.check()
        return await self._reader.read(work)

    async def write(self, work: Work[T], *, durable: bool = False) -> T:
        """Carries out ``work`` as a whole or not at all."""
        self.check()
        return await self._writer.write(work, durable=durable)

    def check(self) -> None:
        """Refuses to work after close."""
        if self._closed:
            raise ClosedError(f"the store {self.path}")

    async def aclose(self) -> None:
        """Ends both connections after what they are at; closing twice is fine."""
        if self._closed:
            return
        self._closed = True
        with anyio.CancelScope(shield=True):
            await self._reader.close()
            await self._writer.close()


async def open_database(path: Path, *, durability: str, busy_timeout_s: float) -> Database:
    """Opens a store file, making or upgrading it where needed.

    Raises:
        InvalidValueError: an unknown durability, or a path that cannot hold a file.
        FormatError: the file belongs to another program or to a newer penstock, or is damaged.
        UnreachableError: another process kept it locked.
    """
    if durability not in DURABILITIES:
        raise InvalidValueError("durability", durability, " or ".join(DURABILITIES))
    full = durability == "full"
    path = path.absolute()
    _make_private(path)

    def set_up(connection: sqlite3.Connection) -> None:
        _use_wal(connection, busy_timeout_s)
        connection.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is purged is gone from the file too
        prepare(connection, str(path))

    def set_up_reader(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA query_only = ON")

    writer = Worker(str(path), set_up, busy_timeout_s, full=full)
    await _opened(writer)
    try:
        reader = Worker(str(path), set_up_reader, busy_timeout_s, full=full)
        await _opened(reader)
    except BaseException:
        with anyio.CancelScope(shield=True):
            await writer.close()
        raise
    return Database(path, writer, reader)


async def _opened(worker: Worker) -> None:
    """Opens a connection; when that fails, its thread has ended before the error goes on."""
    try:
        await worker
    except BaseException:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(worker.join)
        raise


def _make_private(path: Path) -> None:
    """Makes the empty file for its owner alone: credentials are stored as they were typed."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise InvalidValueError("store file", str(path), f"a file that can be written ({error.strerror})") from None


def _use_wal(connection: sqlite3.Connection, timeout_s: float) -> None:
    # changing the journal mode does not wait for other processes by itself
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def copy_to(source: Path, target: Path) -> None:
    """Writes a consistent copy of a store file, under its name only when it is complete.

    Raises:
        InvalidValueError: the target is the store itself, or cannot be written.
    """
    target = target.absolute()
    if target.exists() and target.samefile(source):
        raise InvalidValueError("backup file", str(target), "another file than the store itself")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    _make_private(unfinished)
    try:
        with translated(str(unfinished), 0.0):
            _copy(source, unfinished)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    reading, writing = sqlite3.connect(source), sqlite3.connect(target)
    try:
        reading.backup(writing)
        # a copy is one file: without this the first reader would put two more beside it
        writing.execute("PRAGMA journal_mode = DELETE").fetchone()
    finally:
        writing.close()
        reading.close()
