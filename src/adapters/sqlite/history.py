"""Earlier saves and deleted flows in a store file."""

import sqlite3

import attrs

from ...core.errors import NameInUseError, NotFoundError
from ...core.flow.model import Flow, FlowId
from ...core.project import FlowSummary, Revision, StoredFlow
from .contents import contents_of, flow_of, forget_unused
from .flows import SUMMARY, SqliteFlowStore, summary
from .place import Place
from .rows import to_column


@attrs.frozen(eq=False)
class SqliteFlowHistory:
    """Every save of the flows of one project."""

    place: Place
    flows: SqliteFlowStore

    async def revisions(self, flow_id: FlowId) -> tuple[Revision, ...]:
        """Every save, oldest first."""

        def work(connection: sqlite3.Connection) -> tuple[Revision, ...]:
            flow, _ = self._kept(connection, flow_id)
            rows = connection.execute(
                "SELECT r.number, r.saved_ms, c.digest, c.name, c.size_bytes FROM revisions r"
                " JOIN contents c ON c.content = r.content WHERE r.flow = ? ORDER BY r.number",
                (flow,),
            )
            return tuple(Revision(*row) for row in rows)

        return await self.place.read(work)

    async def at_revision(self, flow_id: FlowId, number: int) -> Flow:
        """The flow as it was saved then."""

        def work(connection: sqlite3.Connection) -> Flow:
            flow, name = self._kept(connection, flow_id)
            row = connection.execute(
                "SELECT c.asset, c.document FROM revisions r JOIN contents c ON c.content = r.content"
                " WHERE r.flow = ? AND r.number = ?",
                (flow, number),
            ).fetchone()
            if row is None:
                raise NotFoundError("revision", str(number), where=f"flow {name!r}")
            asset, document = row
            return flow_of(asset, document, str(self.place.database.path))

        return await self.place.read(work)

    async def deleted(self) -> tuple[FlowSummary, ...]:
        """Deleted flows, oldest deletion first."""

        def work(connection: sqlite3.Connection) -> tuple[FlowSummary, ...]:
            rows = connection.execute(
                f"{SUMMARY} WHERE f.project = ? AND f.deleted_ms IS NOT NULL ORDER BY f.deleted_ms, f.flow",
                (self.place.project,),
            )
            return tuple(map(summary, rows))

        return await self.place.read(work)

    async def undelete(self, flow_id: FlowId, at_ms: int) -> StoredFlow:
        """Brings a deleted flow back; one that is not deleted is answered as it is."""

        def work(connection: sqlite3.Connection) -> StoredFlow:
            flow, name = self._kept(connection, flow_id)
            try:
                connection.execute("UPDATE flows SET deleted_ms = NULL WHERE flow = ?", (flow,))
            except sqlite3.IntegrityError:
                raise NameInUseError("flow", name) from None
            return self.flows.live(connection, flow_id)

        return await self.place.write(work)

    async def purge(self, deleted_before_ms: int | None = None) -> int:
        """Forgets deleted flows for good, with their content unless other flows have the same."""

        def work(connection: sqlite3.Connection) -> int:
            rows = connection.execute(
                "SELECT flow FROM flows WHERE project = ?1 AND deleted_ms IS NOT NULL"
                " AND (?2 IS NULL OR deleted_ms < ?2)",
                (self.place.project, deleted_before_ms),
            ).fetchall()
            contents = contents_of(connection, (flow for (flow,) in rows))
            connection.executemany("DELETE FROM flows WHERE flow = ?", rows)
            forget_unused(connection, contents)
            return len(rows)

        return await self.place.write(work)

    def _kept(self, connection: sqlite3.Connection, flow_id: FlowId) -> tuple[int, str]:
        """Number and name of a flow, deleted or not."""
        row: tuple[int, str] | None = connection.execute(
            "SELECT flow, name FROM flows WHERE project = ? AND flow_id = ?", (self.place.project, to_column(flow_id))
        ).fetchone()
        if row is None:
            raise NotFoundError("flow", flow_id)
        return row
