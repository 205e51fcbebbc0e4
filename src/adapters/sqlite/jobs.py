"""Jobs, runs, logs and offsets in a store file."""

import sqlite3
from collections.abc import Mapping, Sequence

import attrs

from ...core.errors import NameInUseError, NotFoundError
from ...core.project import Job, JobId, JobRun, RunId
from .items import Items
from .place import Place
from .rows import from_column, from_json, to_column, to_json

LogLine = tuple[int, str, str]


@attrs.frozen(eq=False)
class SqliteJobStore:
    """The jobs of one project with their runs and logs."""

    place: Place

    @property
    def _items(self) -> Items:
        return Items(self.place, "jobs", "job")

    async def create(self, job: Job) -> Job:
        """Keeps a new job."""
        row = (job.job_id, job.name, to_json(job))
        await self.place.write(lambda connection: self._items.add(connection, *row))
        return job

    async def get(self, job_id: JobId) -> Job:
        """The job with this id."""
        return from_json(Job, await self.place.read(lambda connection: self._items.value(connection, job_id)))

    async def list(self) -> tuple[Job, ...]:
        """Every job, oldest first."""
        return tuple(from_json(Job, value) for value in await self.place.read(self._items.values))

    async def save(self, job: Job) -> Job:
        """Keeps a changed job."""
        row = (job.job_id, job.name, to_json(job))
        await self.place.write(lambda connection: self._items.change(connection, *row))
        return job

    async def delete(self, job_id: JobId) -> None:
        """Forgets a job with runs, logs and offsets."""
        await self.place.write(lambda connection: self._items.remove(connection, job_id))

    async def save_run(self, run: JobRun) -> JobRun:
        """Keeps a run, new or changed."""
        value = to_json(run)

        def work(connection: sqlite3.Connection) -> JobRun:
            job = self._items.number(connection, run.job_id)
            kept = connection.execute(
                "INSERT INTO runs (project, job, id, value) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (project, id) DO UPDATE SET value = excluded.value WHERE job = excluded.job",
                (self.place.project, job, to_column(run.run_id), value),
            )
            if kept.rowcount == 0:
                raise NameInUseError("run id", run.run_id)
            return run

        return await self.place.write(work)

    async def run(self, job_id: JobId, run_id: RunId) -> JobRun:
        """The run with this id."""

        def work(connection: sqlite3.Connection) -> JobRun:
            job = self._items.number(connection, job_id)
            row = connection.execute(
                "SELECT value FROM runs WHERE project = ? AND id = ? AND job = ?",
                (self.place.project, to_column(run_id), job),
            ).fetchone()
            if row is None:
                raise NotFoundError("run", run_id)
            return from_json(JobRun, row[0])

        return await self.place.read(work)

    async def runs(self, job_id: JobId) -> tuple[JobRun, ...]:
        """Every run of a job, oldest first."""

        def work(connection: sqlite3.Connection) -> tuple[JobRun, ...]:
            job = self._items.number(connection, job_id)
            rows = connection.execute("SELECT value FROM runs WHERE job = ? ORDER BY item", (job,))
            return tuple(from_json(JobRun, value) for (value,) in rows)

        return await self.place.read(work)

    async def delete_run(self, job_id: JobId, run_id: RunId) -> None:
        """Forgets a run with its log."""

        def work(connection: sqlite3.Connection) -> None:
            job = self._items.number(connection, job_id)
            gone = connection.execute(
                "DELETE FROM runs WHERE project = ? AND id = ? AND job = ?",
                (self.place.project, to_column(run_id), job),
            )
            if gone.rowcount == 0:
                raise NotFoundError("run", run_id)

        await self.place.write(work)

    async def add_log(self, run_id: RunId, lines: Sequence[LogLine]) -> None:
        """Appends log lines."""
        rows = [(at_ms, to_column(severity), to_column(text)) for at_ms, severity, text in lines]

        def work(connection: sqlite3.Connection) -> None:
            run = self._run(connection, run_id)
            connection.executemany(
                "INSERT INTO log_lines (run, at_ms, severity, text) VALUES (?, ?, ?, ?)", [(run, *row) for row in rows]
            )

        await self.place.write(work)

    async def log(self, run_id: RunId) -> tuple[LogLine, ...]:
        """Every log line in order."""

        def work(connection: sqlite3.Connection) -> tuple[LogLine, ...]:
            run = self._run(connection, run_id)
            rows = connection.execute("SELECT at_ms, severity, text FROM log_lines WHERE run = ? ORDER BY line", (run,))
            return tuple((at_ms, from_column(severity), from_column(text)) for at_ms, severity, text in rows)

        return await self.place.read(work)

    def _run(self, connection: sqlite3.Connection, run_id: RunId) -> int:
        row: tuple[int] | None = connection.execute(
            "SELECT item FROM runs WHERE project = ? AND id = ?", (self.place.project, to_column(run_id))
        ).fetchone()
        if row is None:
            raise NotFoundError("run", run_id)
        return row[0]


@attrs.frozen(eq=False)
class SqliteOffsetStore:
    """The offsets of the jobs of one project."""

    place: Place

    def _job(self, connection: sqlite3.Connection, job_id: JobId) -> int:
        return Items(self.place, "jobs", "job").number(connection, job_id)

    async def offsets(self, job_id: JobId) -> Mapping[str, str]:
        """Every entity with its offset."""

        def work(connection: sqlite3.Connection) -> dict[str, str]:
            rows = connection.execute(
                "SELECT entity, offset FROM offsets WHERE job = ?", (self._job(connection, job_id),)
            )
            return {from_column(entity): from_column(offset) for entity, offset in rows}

        return await self.place.read(work)

    async def commit(self, job_id: JobId, changes: Mapping[str, str | None]) -> None:
        """Keeps offsets; the disk has them when this returns."""
        kept = [(to_column(entity), to_column(offset)) for entity, offset in changes.items() if offset is not None]
        gone = [to_column(entity) for entity, offset in changes.items() if offset is None]

        def work(connection: sqlite3.Connection) -> None:
            job = self._job(connection, job_id)
            connection.executemany(
                "INSERT INTO offsets (job, entity, offset) VALUES (?, ?, ?)"
                " ON CONFLICT (job, entity) DO UPDATE SET offset = excluded.offset",
                [(job, *each) for each in kept],
            )
            connection.executemany(
                "DELETE FROM offsets WHERE job = ? AND entity = ?", [(job, entity) for entity in gone]
            )

        await self.place.write(work, durable=True)

    async def reset(self, job_id: JobId) -> None:
        """Forgets every offset of a job."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM offsets WHERE job = ?", (self._job(connection, job_id),))

        await self.place.write(work, durable=True)
