"""Flows of a remote project."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ...core.errors import ConflictError, NameInUseError, NotFoundError, PenstockError
from ...core.flow.content import check_name
from ...core.flow.model import Flow, FlowId
from ...core.importing import Create, ImportPlan, Replace
from ...core.project import FlowSummary, ProjectId, StoredFlow
from ...core.wire.flows import flow_from, own_parts, summary_from, update_body
from ...core.wire.read import look
from ...ports.stores import ALL_FLOWS, FlowQuery, Page
from .client import Client, next_start
from .stores import safe

BASE = "/sset/streamsets_flows/v1/streamsets_flows"
AT_ONCE = 8


class HttpFlowStore:
    """Flows over the protocol. Ids and times are the service's; ``apply`` goes step by step."""

    def __init__(self, client: Client, project_id: ProjectId) -> None:
        self._client, self._project_id = client, project_id

    def _params(self, **more: Any) -> dict[str, Any]:
        return {"project_id": self._project_id, **more}

    async def create(self, flow: Flow, flow_id: FlowId, at_ms: int) -> StoredFlow:
        """Keeps a new flow. A service that takes no document with a new flow gets it with a second request."""
        check_name(flow.name)
        what = f"flow {flow.name!r}"
        body: dict[str, Any] = {
            "name": flow.name,
            "description": flow.description,
            "environment_id": flow.environment_id or "",
            "engine_type": flow.engine_type,
            "engine_version": flow.engine_version,
        }
        if self._client.ours:
            body = {**update_body(flow), **own_parts(flow)}
        elif await self._find_row(flow.name) is not None:
            raise NameInUseError("flow", flow.name)
        response = await self._client.send("POST", BASE, what=what, params=self._params(), body=body)
        made = flow_from(response.json(), what, response.headers.get("etag", ""))
        if self._client.ours:
            return made
        try:
            filled = await self._put(made.flow_id, flow, None)
            await self._relate(made.flow_id, flow.parameter_sets)
        except BaseException:
            # half of a creation: the name would be taken by an empty flow
            await self.delete(made.flow_id, at_ms)
            raise
        made = filled
        return attrs.evolve(made, flow=attrs.evolve(made.flow, parameter_sets=flow.parameter_sets))

    async def get(self, flow_id: FlowId) -> StoredFlow:
        """The newest revision of a flow."""
        what = f"flow {flow_id!r}"
        response = await self._client.send("GET", f"{BASE}/{safe(flow_id, 'flow')}", what=what, params=self._params())
        stored = flow_from(response.json(), what, response.headers.get("etag", ""))
        return stored if self._client.ours else await self._with_sets(stored)

    async def _with_sets(self, stored: StoredFlow) -> StoredFlow:
        """The flow with the parameter sets that the service's relationships name."""
        found = await self._client.json(
            "POST",
            "/v2/assets/get_relationships",
            what=f"relationships of flow {stored.flow.name!r}",
            params=self._params(asset_id=stored.flow_id),
            repeat=True,
        )
        rows = found.get("resources") if isinstance(found, Mapping) else None
        sets = tuple(
            str(each["asset_id"])
            for each in rows or ()
            if isinstance(each, Mapping) and each.get("asset_type") == "parameter_set" and "asset_id" in each
        )
        return attrs.evolve(stored, flow=attrs.evolve(stored.flow, parameter_sets=sets))

    async def _relate(self, flow_id: FlowId, sets: Sequence[str]) -> None:
        if not sets:
            return
        here = {"project_id": self._project_id, "asset_id": flow_id}
        rows = [
            {"relationship_name": "uses", "source": here, "target": {"project_id": self._project_id, "asset_id": each}}
            for each in sets
        ]
        await self._client.json(
            "POST",
            "/v2/assets/set_relationships",
            what=f"relationships of flow {flow_id!r}",
            body={"relationships": rows},
            repeat=True,
        )

    async def _find_row(self, name: str) -> Any:
        async for row in self._client.pages(BASE, "streamsets_flows", what="flows", params=self._params(name=name)):
            if look(row, "/metadata/name") == name:
                return row
        return None

    async def find(self, name: str) -> StoredFlow | None:
        """The flow with exactly this name."""
        row = await self._find_row(name)
        if row is None:
            return None
        try:
            return await self.get(summary_from(row, "flow").flow_id)
        except NotFoundError:
            return None

    async def page(self, query: FlowQuery = ALL_FLOWS, start: str | None = None, limit: int = 100) -> Page[StoredFlow]:
        """A page with documents; one request each where the service's listing has none."""
        answer, rows = await self._listing(query, start, limit, whole=True)
        if self._client.ours:
            items = [flow_from(row, "flows", str(row.get("etag") or "")) for row in rows]
        else:
            gate = asyncio.Semaphore(AT_ONCE)

            async def load(row: Any) -> StoredFlow | None:
                async with gate:
                    try:
                        return await self.get(summary_from(row, "flows").flow_id)
                    except NotFoundError:
                        return None

            loaded = await asyncio.gather(*(load(row) for row in rows))
            items = [each for each in loaded if each is not None and _matches(each.flow, query)]
        return Page(tuple(items), _total(answer, len(items)), next_start(answer))

    async def _listing(self, query: FlowQuery, start: str | None, limit: int, *, whole: bool) -> tuple[Any, list[Any]]:
        given = {key: value for key, value in attrs.asdict(query).items() if value is not None}
        if not self._client.ours:
            given = {key: value for key, value in given.items() if key == "name"}
        more = {"whole": "true"} if whole and self._client.ours else {}
        params = self._params(limit=max(1, min(limit, 100)), **given, **more, **({"start": start} if start else {}))
        answer = await self._client.json("GET", BASE, what="flows", params=params)
        rows = answer.get("streamsets_flows") if isinstance(answer, Mapping) else None
        return answer, rows if isinstance(rows, list) else []

    async def summaries(
        self, query: FlowQuery = ALL_FLOWS, start: str | None = None, limit: int = 1000
    ) -> Page[FlowSummary]:
        """A page without documents."""
        answer, rows = await self._listing(query, start, limit, whole=False)
        if not self._client.ours:
            rows = [row for row in rows if _row_matches(row, query)]
        items = tuple(summary_from(row, "flows") for row in rows)
        return Page(items, _total(answer, len(items)), next_start(answer))

    async def count(self, query: FlowQuery = ALL_FLOWS) -> int:
        """How many flows match."""
        if self._client.ours or query == ALL_FLOWS:
            answer, rows = await self._listing(query, None, 1, whole=False)
            return _total(answer, len(rows))
        found = 0
        async for row in self._client.pages(BASE, "streamsets_flows", what="flows", params=self._params()):
            found += _row_matches(row, query)
        return found

    async def save(self, flow_id: FlowId, flow: Flow, at_ms: int, expected: StoredFlow | None = None) -> StoredFlow:
        """Keeps the next revision; over somebody else's only without ``expected``, or where the service has no tags."""
        check_name(flow.name)
        if not self._client.ours and (expected is None or expected.flow.name != flow.name):
            row = await self._find_row(flow.name)
            if row is not None and summary_from(row, "flow").flow_id != flow_id:
                raise NameInUseError("flow", flow.name)
        try:
            saved = await self._put(flow_id, flow, expected)
        except ConflictError:
            stored = await self.get(flow_id)
            yours = str(expected.revision) if expected is not None else ""
            raise ConflictError("flow", flow.name, yours, str(stored.revision)) from None
        if self._client.ours:
            return saved
        await self._relate(flow_id, [each for each in flow.parameter_sets if each not in _sets_of(expected)])
        return attrs.evolve(saved, flow=attrs.evolve(saved.flow, parameter_sets=flow.parameter_sets))

    async def _put(self, flow_id: FlowId, flow: Flow, expected: StoredFlow | None) -> StoredFlow:
        what = f"flow {flow.name!r}"
        headers = {"if-match": expected.token} if expected is not None and expected.token else {}
        body = {**update_body(flow), **(own_parts(flow) if self._client.ours else {})}
        response = await self._client.send(
            "PUT", f"{BASE}/{safe(flow_id, 'flow')}", what=what, params=self._params(), body=body, headers=headers
        )
        return flow_from(response.json(), what, response.headers.get("etag", ""))

    async def delete(self, flow_id: FlowId, at_ms: int) -> None:
        """Takes a flow out."""
        await self._client.json(
            "DELETE", f"{BASE}/{safe(flow_id, 'flow')}", what=f"flow {flow_id!r}", params=self._params(), repeat=False
        )

    async def apply(self, plan: ImportPlan, new_ids: Sequence[FlowId], at_ms: int) -> tuple[StoredFlow, ...]:
        """Carries out a plan step by step; what was created is taken out again when a later step fails."""
        made: list[StoredFlow] = []
        created: list[FlowId] = []
        try:
            for step in plan.steps:
                if isinstance(step, Create):
                    stored = await self.create(step.flow, FlowId(""), at_ms)
                    created.append(stored.flow_id)
                    made.append(stored)
                elif isinstance(step, Replace):
                    made.append(await self.save(step.flow_id, step.flow, at_ms))
        except BaseException:
            for flow_id in reversed(created):
                try:
                    await self.delete(flow_id, at_ms)
                except PenstockError:
                    continue
            raise
        return tuple(made)

    async def names(self) -> Mapping[str, FlowId]:
        """Every name with its id."""
        found: dict[str, FlowId] = {}
        async for row in self._client.pages(BASE, "streamsets_flows", what="flows", params=self._params(limit=100)):
            summary = summary_from(row, "flows")
            found[summary.name] = summary.flow_id
        return found


def _total(answer: Any, default: int) -> int:
    total = answer.get("total_count") if isinstance(answer, Mapping) else None
    return total if isinstance(total, int) else default


def _sets_of(stored: StoredFlow | None) -> tuple[str, ...]:
    return () if stored is None else stored.flow.parameter_sets


def _matches(flow: Flow, query: FlowQuery) -> bool:
    text = None if query.text is None else query.text.casefold()
    return (
        query.name in (None, flow.name)
        and query.engine_version in (None, flow.engine_version)
        and query.environment_id in (None, flow.environment_id)
        and (text is None or text in flow.name.casefold() or text in flow.description.casefold())
    )


def _row_matches(row: Any, query: FlowQuery) -> bool:
    summary = summary_from(row, "flows")
    environment = look(row, "/entity/streamsets_flow/environment_id") or None
    blank = Flow(summary.name, summary.description, environment, summary.engine_version)
    return _matches(blank, query)
