"""Earlier saves and deleted flows in memory."""

import attrs

from ...core.errors import NameInUseError, NotFoundError
from ...core.flow.content import content_digest, write_content
from ...core.flow.model import Flow, FlowId
from ...core.project import FlowSummary, ProjectId, Revision, StoredFlow
from .flows import summary
from .state import Flows, Save, State


@attrs.frozen(eq=False)
class MemoryFlowHistory:
    """Every save since the backend was made."""

    state: State
    project_id: ProjectId

    def _flows(self) -> Flows:
        return self.state.project(self.project_id).flows

    async def revisions(self, flow_id: FlowId) -> tuple[Revision, ...]:
        """Every save, oldest first."""
        return tuple(_revision(save) for save in self._flows().kept(flow_id).saves)

    async def at_revision(self, flow_id: FlowId, number: int) -> Flow:
        """The flow as it was saved then."""
        saves = self._flows().kept(flow_id).saves
        if not 1 <= number <= len(saves):
            raise NotFoundError("revision", str(number), where=f"flow {saves[-1].flow.name!r}")
        return saves[number - 1].flow

    async def deleted(self) -> tuple[FlowSummary, ...]:
        """Deleted flows, oldest deletion first."""
        gone = [
            (record.deleted_ms, record.seq, record) for record in self._flows().ordered if record.deleted_ms is not None
        ]
        return tuple(summary(record) for _, _, record in sorted(gone, key=lambda each: each[:2]))

    async def undelete(self, flow_id: FlowId, at_ms: int) -> StoredFlow:
        """Brings a deleted flow back; one that is not deleted is answered as it is."""
        flows = self._flows()
        record = flows.kept(flow_id)
        if record.deleted_ms is None:
            return record.stored()
        if record.newest.name in flows.by_name:
            raise NameInUseError("flow", record.newest.name)
        record.deleted_ms = None
        flows.by_name[record.newest.name] = record
        return record.stored()

    async def purge(self, deleted_before_ms: int | None = None) -> int:
        """Forgets deleted flows for good."""
        flows = self._flows()
        gone = [
            record
            for record in flows.ordered
            if record.deleted_ms is not None and (deleted_before_ms is None or record.deleted_ms < deleted_before_ms)
        ]
        for record in gone:
            del flows.by_id[record.flow_id]
        flows.ordered = [record for record in flows.ordered if record.flow_id in flows.by_id]
        return len(gone)


def _revision(save: Save) -> Revision:
    size = write_content(save.flow).size_bytes
    return Revision(save.number, save.saved_ms, content_digest(save.flow), save.flow.name, size)
