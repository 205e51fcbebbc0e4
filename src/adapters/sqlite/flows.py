"""Flows in a store file."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import anyio.to_thread
import attrs

from ...core.errors import ConflictError, InvalidValueError, NameInUseError, NotFoundError
from ...core.flow.model import Flow, FlowId
from ...core.importing import Create, ImportPlan, Replace
from ...core.project import FlowSummary, StoredFlow
from ...ports.stores import ALL_FLOWS, FlowQuery, Page
from .contents import Written, flow_of, keep_content, written
from .place import Place
from .rows import from_column, to_column
from .search import Condition, condition, cursor

_STORED = (
    "SELECT f.flow, f.flow_id, f.revision, f.created_ms, f.modified_ms, c.asset, c.document FROM flows f"
    " JOIN revisions r ON r.flow = f.flow AND r.number = f.revision JOIN contents c ON c.content = r.content"
)
SUMMARY = (
    "SELECT f.flow, f.flow_id, f.revision, f.created_ms, f.modified_ms, c.asset FROM flows f"
    " JOIN revisions r ON r.flow = f.flow AND r.number = f.revision JOIN contents c ON c.content = r.content"
)
StoredRow = tuple[int, str | bytes, int, int, int, str, str]
SummaryRow = tuple[int, str | bytes, int, int, int, str]


@attrs.frozen(eq=False)
class SqliteFlowStore:
    """The flows of one project of a file."""

    place: Place

    async def create(self, flow: Flow, flow_id: FlowId, at_ms: int) -> StoredFlow:
        """Keeps a new flow as revision 1."""
        made = written(flow)
        return await self.place.write(lambda connection: self._add(connection, made, flow_id, at_ms))

    async def get(self, flow_id: FlowId) -> StoredFlow:
        """The newest revision."""
        return await self.place.read(lambda connection: self.live(connection, flow_id))

    async def find(self, name: str) -> StoredFlow | None:
        """The flow with exactly this name."""
        found = await self.page(FlowQuery(name=name), limit=1)
        return found.items[0] if found.items else None

    async def page(self, query: FlowQuery = ALL_FLOWS, start: str | None = None, limit: int = 100) -> Page[StoredFlow]:
        """Flows with their documents, oldest first."""
        wanted = condition(self.place.project, query)

        def work(connection: sqlite3.Connection) -> Page[StoredFlow]:
            rows: list[StoredRow] = _rows(connection, _STORED, wanted, start, limit)
            items = tuple(self._stored(row) for row in rows[:limit])
            return Page(items, _count(connection, wanted), str(rows[limit - 1][0]) if len(rows) > limit else None)

        return await self.place.read(work)

    async def summaries(
        self, query: FlowQuery = ALL_FLOWS, start: str | None = None, limit: int = 1000
    ) -> Page[FlowSummary]:
        """As ``page``, from the heads alone."""
        wanted = condition(self.place.project, query)

        def work(connection: sqlite3.Connection) -> Page[FlowSummary]:
            rows: list[SummaryRow] = _rows(connection, SUMMARY, wanted, start, limit)
            items = tuple(summary(row) for row in rows[:limit])
            return Page(items, _count(connection, wanted), str(rows[limit - 1][0]) if len(rows) > limit else None)

        return await self.place.read(work)

    async def count(self, query: FlowQuery = ALL_FLOWS) -> int:
        """How many flows match."""
        wanted = condition(self.place.project, query)
        return await self.place.read(lambda connection: _count(connection, wanted))

    async def save(self, flow_id: FlowId, flow: Flow, at_ms: int, expected: StoredFlow | None = None) -> StoredFlow:
        """Keeps the next revision, unless the content is the stored one."""
        made = written(flow)
        loaded = None if expected is None else expected.revision
        return await self.place.write(lambda connection: self._save(connection, flow_id, made, at_ms, loaded))

    async def delete(self, flow_id: FlowId, at_ms: int) -> None:
        """Takes a flow out of every listing; its history stays."""

        def work(connection: sqlite3.Connection) -> None:
            changed = connection.execute(
                "UPDATE flows SET deleted_ms = ? WHERE project = ? AND flow_id = ? AND deleted_ms IS NULL",
                (at_ms, self.place.project, to_column(flow_id)),
            )
            if changed.rowcount == 0:
                raise NotFoundError("flow", flow_id)

        await self.place.write(work)

    async def apply(self, plan: ImportPlan, new_ids: Sequence[FlowId], at_ms: int) -> tuple[StoredFlow, ...]:
        """Carries out a whole plan in one transaction."""
        created = sum(isinstance(step, Create) for step in plan.steps)
        if len(new_ids) != created or len(set(new_ids)) != created:
            raise InvalidValueError("new_ids", tuple(new_ids), f"{created} different ids, one per created flow")
        steps = [step for step in plan.steps if isinstance(step, (Create, Replace))]
        # an archive may be large: other work goes on while its texts are made
        texts = await anyio.to_thread.run_sync(lambda: [written(step.flow) for step in steps])

        def work(connection: sqlite3.Connection) -> tuple[StoredFlow, ...]:
            ids = iter(new_ids)
            return tuple(
                self._add(connection, made, next(ids), at_ms)
                if isinstance(step, Create)
                else self._save(connection, step.flow_id, made, at_ms, None)
                for step, made in zip(steps, texts, strict=True)
            )

        return await self.place.write(work)

    async def names(self) -> Mapping[str, FlowId]:
        """Every name with its id."""

        def work(connection: sqlite3.Connection) -> dict[str, FlowId]:
            rows = connection.execute(
                "SELECT name, flow_id FROM flows WHERE project = ? AND deleted_ms IS NULL ORDER BY flow",
                (self.place.project,),
            )
            return {name: FlowId(from_column(flow_id)) for name, flow_id in rows}

        return await self.place.read(work)

    def _add(self, connection: sqlite3.Connection, made: Written, flow_id: FlowId, at_ms: int) -> StoredFlow:
        head = _head(made)
        try:
            flow = connection.execute(
                "INSERT INTO flows (name, description, engine_version, environment_id, folded_name, folded_description,"
                " digest, project, flow_id, revision, created_ms, modified_ms) VALUES (?,?,?,?,?,?,?,?,?,1,?,?)",
                (*head, self.place.project, to_column(flow_id), at_ms, at_ms),
            ).lastrowid
        except sqlite3.IntegrityError:
            self._check_name(connection, made.flow.name)
            raise NameInUseError("flow id", flow_id) from None
        assert flow is not None
        _keep_revision(connection, flow, 1, made, at_ms)
        return StoredFlow(flow_id, made.flow, 1, at_ms, at_ms)

    def _save(
        self, connection: sqlite3.Connection, flow_id: FlowId, made: Written, at_ms: int, loaded: int | None
    ) -> StoredFlow:
        row = connection.execute(
            "SELECT flow, revision, digest, name, created_ms FROM flows"
            " WHERE project = ? AND flow_id = ? AND deleted_ms IS NULL",
            (self.place.project, to_column(flow_id)),
        ).fetchone()
        if row is None:
            raise NotFoundError("flow", flow_id)
        flow, newest, digest, name, created_ms = row
        if digest == made.digest:
            return self.live(connection, flow_id)
        if loaded is not None and loaded != newest:
            raise ConflictError("flow", name, str(loaded), str(newest))
        self._replace_head(connection, flow, made, newest + 1, at_ms)
        _keep_revision(connection, flow, newest + 1, made, at_ms)
        return StoredFlow(flow_id, made.flow, newest + 1, created_ms, at_ms)

    def _replace_head(
        self, connection: sqlite3.Connection, flow: int, made: Written, revision: int, at_ms: int
    ) -> None:
        try:
            connection.execute(
                "UPDATE flows SET name = ?, description = ?, engine_version = ?, environment_id = ?, folded_name = ?,"
                " folded_description = ?, digest = ?, revision = ?, modified_ms = ? WHERE flow = ?",
                (*_head(made), revision, at_ms, flow),
            )
        except sqlite3.IntegrityError:
            raise NameInUseError("flow", made.flow.name) from None

    def _check_name(self, connection: sqlite3.Connection, name: str) -> None:
        taken = connection.execute(
            "SELECT 1 FROM flows WHERE project = ? AND name = ? AND deleted_ms IS NULL", (self.place.project, name)
        )
        if taken.fetchone() is not None:
            raise NameInUseError("flow", name)

    def live(self, connection: sqlite3.Connection, flow_id: FlowId) -> StoredFlow:
        row = connection.execute(
            f"{_STORED} WHERE f.project = ? AND f.flow_id = ? AND f.deleted_ms IS NULL",
            (self.place.project, to_column(flow_id)),
        ).fetchone()
        if row is None:
            raise NotFoundError("flow", flow_id)
        return self._stored(row)

    def _stored(self, row: StoredRow) -> StoredFlow:
        _, flow_id, revision, created_ms, modified_ms, asset, document = row
        flow = flow_of(asset, document, str(self.place.database.path))
        return StoredFlow(FlowId(from_column(flow_id)), flow, revision, created_ms, modified_ms)


def summary(row: SummaryRow) -> FlowSummary:
    """What a listing shows of a flow."""
    _, flow_id, revision, created_ms, modified_ms, asset = row
    known = json.loads(asset)
    return FlowSummary(
        flow_id=FlowId(from_column(flow_id)),
        name=known["name"],
        description=known["description"],
        engine_version=known["engine_version"],
        revision=revision,
        modified_ms=modified_ms,
        created_ms=created_ms,
        environment_id=known["environment_id"],
        engine_type=known["engine_type"],
        parameter_sets=tuple(known["parameter_sets"]),
        connection_ids=tuple(known["connection_ids"]),
        fragment_ids=tuple(known["fragment_ids"]),
    )


def _head(made: Written) -> tuple[str | bytes | None, ...]:
    flow = made.flow
    texts = (flow.name, flow.description, flow.engine_version)
    folded = (flow.name.casefold(), flow.description.casefold())
    environment = None if flow.environment_id is None else to_column(flow.environment_id)
    return (*map(to_column, texts), environment, *map(to_column, folded), made.digest)


def _keep_revision(connection: sqlite3.Connection, flow: int, number: int, made: Written, at_ms: int) -> None:
    connection.execute(
        "INSERT INTO revisions (flow, number, content, saved_ms) VALUES (?, ?, ?, ?)",
        (flow, number, keep_content(connection, made), at_ms),
    )


def _rows(connection: sqlite3.Connection, select: str, wanted: Condition, start: str | None, limit: int) -> list[Any]:
    """One row more than asked for, when there is one: it says that another page follows."""
    if limit < 1:
        raise InvalidValueError("limit", limit, "at least 1")
    return connection.execute(
        f"{select} WHERE {wanted.sql} AND f.flow > ? ORDER BY f.flow LIMIT ?",
        (*wanted.values, cursor(start), limit + 1),
    ).fetchall()


def _count(connection: sqlite3.Connection, wanted: Condition) -> int:
    return int(connection.execute(f"SELECT count(*) FROM flows f WHERE {wanted.sql}", wanted.values).fetchone()[0])
