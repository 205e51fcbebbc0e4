"""One SQLite connection with its thread: whole functions run there, writes gathered into one transaction."""

import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar, cast

import aiosqlite

from .errors import translated

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class Task(Generic[T]):
    """One piece of work on the writing connection, and what came of it."""

    __slots__ = ("done", "durable", "error", "result", "work")

    def __init__(self, work: Work[T], *, durable: bool) -> None:
        self.work, self.durable = work, durable
        self.done = False
        self.result: T
        self.error: Exception | None = None

    def outcome(self) -> T:
        """The result, or the error raised."""
        if self.error is not None:
            raise self.error
        return self.result


class Worker(aiosqlite.Connection):
    """A connection that runs functions in its thread.

    A function is one trip to the thread however many statements it has, nothing of another task can come between its
    statements, and it runs to its end when the caller is cancelled. aiosqlite has this as a method for subclasses only.
    """

    def __init__(self, path: str, setup: Work[None], busy_timeout_s: float, *, full: bool) -> None:
        self._path, self._timeout_s, self._full = path, busy_timeout_s, full
        self._pending: deque[Task[object]] = deque()

        def connect() -> sqlite3.Connection:
            with translated(path, busy_timeout_s):
                # only this thread uses it, but the one that closes a forgotten connection is another
                made = sqlite3.connect(path, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False)
                try:
                    setup(made)
                except BaseException:
                    made.close()
                    raise
                return made

        super().__init__(connect, iter_chunk_size=64)
        self._thread.daemon = True  # a forgotten close must not keep the interpreter from ending

    def join(self) -> None:
        """Waits, for a few seconds at most, until the thread has ended."""
        self._thread.join(5.0)

    async def read(self, work: Work[T]) -> T:
        """What ``work`` finds; all its statements see the same moment."""
        return await self._run(lambda connection: _reading(connection, work))

    async def write(self, work: Work[T], *, durable: bool = False) -> T:
        """Carries out ``work`` in a transaction, together with other writes that wait by then.

        ``durable``: the answer comes when the operating system has put the commit on disk.
        """
        task = Task(work, durable=durable)
        self._pending.append(cast("Task[object]", task))
        # whichever waiting task gets to the thread first carries out all of them; the later trips find theirs done
        await self._run(lambda connection: None if task.done else self._drain(connection))
        return task.outcome()

    async def _run(self, work: Work[T]) -> T:
        def inside() -> T:
            with translated(self._path, self._timeout_s):
                return work(self._conn)

        return cast(T, await self._execute(inside))  # type: ignore[no-untyped-call]

    def _drain(self, connection: sqlite3.Connection) -> None:
        batch: list[Task[object]] = []
        while self._pending:
            batch.append(self._pending.popleft())
        try:
            with translated(self._path, self._timeout_s):
                self._carry_out(connection, batch)
        except Exception as error:
            for task in batch:
                task.error = task.error or error
        finally:
            for task in batch:
                task.done = True

    def _carry_out(self, connection: sqlite3.Connection, batch: list[Task[object]]) -> None:
        durable = not self._full and any(task.durable for task in batch)
        if durable:
            connection.execute("PRAGMA synchronous = FULL")
        try:
            connection.execute("BEGIN IMMEDIATE")
            for task in batch:
                self._try(connection, task)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if durable:
                connection.execute("PRAGMA synchronous = NORMAL")

    def _try(self, connection: sqlite3.Connection, task: Task[object]) -> None:
        """One task of a batch: when it fails, only its own changes are taken back."""
        connection.execute("SAVEPOINT task")
        try:
            with translated(self._path, self._timeout_s):
                task.result = task.work(connection)
        except Exception as error:
            if not connection.in_transaction:  # SQLite gave the whole transaction up: disk full, for example
                raise
            task.error = error
            connection.execute("ROLLBACK TO task")
        connection.execute("RELEASE task")


def _reading(connection: sqlite3.Connection, work: Work[T]) -> T:
    connection.execute("BEGIN")
    try:
        return work(connection)
    finally:
        connection.execute("COMMIT")
