"""Export, import and duplication inside the service."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import BinaryIO

import anyio.to_thread

from ...core.errors import FormatError, NotFoundError, RemoteError
from ...core.flow.model import FlowId
from ...core.importing import Resolution
from ...core.project import ProjectId, StoredFlow
from ...core.wire.flows import flow_from
from ...core.wire.read import rows, text
from .client import Client
from .flows import BASE, HttpFlowStore
from .stores import safe

CHUNK = 1 << 16
REFUSED_FILES = frozenset({400, 413, 422})
"""Statuses of an answer that is about the file that was sent."""


class HttpTransfer:
    """The service makes and reads archives; they stream through, never held whole."""

    def __init__(self, client: Client, project_id: ProjectId, flows: HttpFlowStore) -> None:
        self._client, self._project_id, self._flows = client, project_id, flows

    @property
    def most_flows(self) -> int:
        """As many as an address of 8 KB can name, which is what servers and proxies take at least."""
        return 150

    async def export(self, flow_ids: Sequence[FlowId], out: BinaryIO, *, with_plain_text_credentials: bool) -> None:
        """Writes an archive to an open file, piece by piece."""
        params = {
            "project_id": self._project_id,
            "with_plain_text_credentials": str(with_plain_text_credentials),
            "flow_ids": list(flow_ids),
        }
        async with self._client.stream("GET", f"{BASE}/export/flows", what="export", params=params) as answer:
            async for chunk in answer.aiter_bytes(CHUNK):
                await anyio.to_thread.run_sync(out.write, chunk)

    async def import_archive(self, source: Path, resolution: Resolution) -> tuple[StoredFlow, ...]:
        """Sends an archive; the created and replaced flows.

        Raises:
            FormatError: the service cannot read it; nothing was imported.
        """
        try:
            size = source.stat().st_size
        except OSError as error:
            raise FormatError(str(source), "", error.strerror or "it cannot be opened") from None
        if not source.is_file() or not size:
            raise FormatError(str(source), "", "it is no file with something in it")

        async def chunks() -> AsyncIterator[bytes]:
            with source.open("rb") as opened:
                while chunk := await anyio.to_thread.run_sync(opened.read, CHUNK):
                    yield chunk

        params = {"project_id": self._project_id, "conflict_resolution": resolution.value}
        try:
            answer = await self._client.upload(f"{BASE}/import", what="import", params=params, chunks=chunks())
        except RemoteError as error:
            if error.status not in REFUSED_FILES:
                raise
            raise FormatError(str(source), "", f"the service refused it: {error.body}") from error
        found: list[StoredFlow] = []
        for row in rows(answer, "/imported_assets", "import"):
            if row.get("type") == "streamsets_flow":
                found.append(await self._imported(row))
        return tuple(found)

    async def _imported(self, row: dict[str, object]) -> StoredFlow:
        flow_id = row.get("asset_id")
        if isinstance(flow_id, str) and flow_id:
            return await self._flows.get(FlowId(flow_id))
        name = text(row, "/name", "import")
        stored = await self._flows.find(name)
        if stored is None:
            raise NotFoundError("flow", name, (), "the project that it was imported into")
        return stored

    async def duplicate(self, flow_id: FlowId, name: str, description: str) -> StoredFlow:
        """Copies a flow inside the service."""
        what = f"flow {name!r}"
        response = await self._client.send(
            "POST",
            f"{BASE}/{safe(flow_id, 'flow')}/duplicate",
            what=what,
            params={"project_id": self._project_id},
            body={"name": name, "description": description},
        )
        made = flow_from(response.json(), what, response.headers.get("etag", ""))
        return made if made.flow.stages else await self._flows.get(made.flow_id)
