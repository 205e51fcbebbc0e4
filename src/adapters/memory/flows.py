"""Flows in memory: the written model of what a flow store promises."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter

import attrs

from ...core.errors import ConflictError, InvalidValueError, NameInUseError
from ...core.flow.content import check_name
from ...core.flow.model import Flow, FlowId
from ...core.importing import Create, ImportPlan, Replace
from ...core.project import FlowSummary, ProjectId, StoredFlow
from ...ports.stores import ALL_FLOWS, FlowQuery, Page
from .state import FlowRecord, Flows, Save, State


@attrs.frozen(eq=False)
class MemoryFlowStore:
    """A flow store whose flows live as long as its backend."""

    state: State
    project_id: ProjectId

    def _flows(self) -> Flows:
        return self.state.project(self.project_id).flows

    async def create(self, flow: Flow, flow_id: FlowId, at_ms: int) -> StoredFlow:
        """Keeps a new flow as revision 1."""
        flows = self._flows()
        _check_new(flows, flow, flow_id)
        return _add(flows, flow, flow_id, at_ms)

    async def get(self, flow_id: FlowId) -> StoredFlow:
        """The newest revision."""
        return self._flows().live(flow_id).stored()

    async def find(self, name: str) -> StoredFlow | None:
        """The flow with exactly this name."""
        record = self._flows().by_name.get(name)
        return None if record is None else record.stored()

    async def page(self, query: FlowQuery = ALL_FLOWS, start: str | None = None, limit: int = 100) -> Page[StoredFlow]:
        """Flows with their documents, oldest first."""
        records, total, next_start = _page(self._flows(), query, start, limit)
        return Page(tuple(record.stored() for record in records), total, next_start)

    async def summaries(
        self, query: FlowQuery = ALL_FLOWS, start: str | None = None, limit: int = 1000
    ) -> Page[FlowSummary]:
        """As ``page``, without documents."""
        records, total, next_start = _page(self._flows(), query, start, limit)
        return Page(tuple(summary(record) for record in records), total, next_start)

    async def count(self, query: FlowQuery = ALL_FLOWS) -> int:
        """How many flows match."""
        return _count(self._flows(), query)

    async def save(self, flow_id: FlowId, flow: Flow, at_ms: int, expected: StoredFlow | None = None) -> StoredFlow:
        """Keeps the next revision, unless the content is the stored one."""
        flows = self._flows()
        record = flows.live(flow_id)
        if flow == record.newest:
            return record.stored()
        newest = record.saves[-1].number
        if expected is not None and expected.revision != newest:
            raise ConflictError("flow", record.newest.name, str(expected.revision), str(newest))
        _check_renamed(flows.by_name, record, flow)
        return _save(flows, record, flow, at_ms)

    async def delete(self, flow_id: FlowId, at_ms: int) -> None:
        """Takes a flow out of every listing; its history stays."""
        flows = self._flows()
        record = flows.live(flow_id)
        record.deleted_ms = at_ms
        del flows.by_name[record.newest.name]

    async def apply(self, plan: ImportPlan, new_ids: Sequence[FlowId], at_ms: int) -> tuple[StoredFlow, ...]:
        """Checks the whole plan, then carries it out."""
        flows = self._flows()
        _check_plan(flows, plan, new_ids)
        ids = iter(new_ids)
        made: list[StoredFlow] = []
        for step in plan.steps:
            if isinstance(step, Create):
                made.append(_add(flows, step.flow, next(ids), at_ms))
            elif isinstance(step, Replace):
                record = flows.live(step.flow_id)
                same = step.flow == record.newest
                made.append(record.stored() if same else _save(flows, record, step.flow, at_ms))
        return tuple(made)

    async def names(self) -> Mapping[str, FlowId]:
        """Every name with its id."""
        return {name: record.flow_id for name, record in self._flows().by_name.items()}


def summary(record: FlowRecord) -> FlowSummary:
    """What a listing shows of a flow."""
    return FlowSummary.of(record.stored())


def _add(flows: Flows, flow: Flow, flow_id: FlowId, at_ms: int) -> StoredFlow:
    flows.last_seq += 1
    record = FlowRecord(flows.last_seq, flow_id, at_ms, [Save(1, at_ms, flow)])
    flows.by_id[flow_id] = record
    flows.by_name[flow.name] = record
    flows.ordered.append(record)
    return record.stored()


def _save(flows: Flows, record: FlowRecord, flow: Flow, at_ms: int) -> StoredFlow:
    if flow.name != record.newest.name:
        del flows.by_name[record.newest.name]
        flows.by_name[flow.name] = record
    record.saves.append(Save(record.saves[-1].number + 1, at_ms, flow))
    return record.stored()


def _check_new(flows: Flows, flow: Flow, flow_id: FlowId) -> None:
    check_name(flow.name)
    if flow.name in flows.by_name:
        raise NameInUseError("flow", flow.name)
    if flow_id in flows.by_id:
        raise NameInUseError("flow id", flow_id)


def _check_renamed(names: Mapping[str, FlowRecord], record: FlowRecord, flow: Flow) -> None:
    check_name(flow.name)
    if names.get(flow.name, record) is not record:
        raise NameInUseError("flow", flow.name)


def _check_plan(flows: Flows, plan: ImportPlan, new_ids: Sequence[FlowId]) -> None:
    """Plays the plan on the names alone, so that carrying it out cannot fail."""
    created = [step.flow for step in plan.steps if isinstance(step, Create)]
    check_ids(len(created), new_ids)
    if any(flow_id in flows.by_id for flow_id in new_ids):
        raise NameInUseError("flow id", next(flow_id for flow_id in new_ids if flow_id in flows.by_id))
    holders: dict[str, FlowId | None] = {name: record.flow_id for name, record in flows.by_name.items()}
    name_of: dict[FlowId, str] = {}
    for step in plan.steps:
        if isinstance(step, Create):
            _take(holders, step.flow.name, None)
        elif isinstance(step, Replace):
            before = name_of[step.flow_id] if step.flow_id in name_of else flows.live(step.flow_id).newest.name
            del holders[before]
            _take(holders, step.flow.name, step.flow_id)
            name_of[step.flow_id] = step.flow.name


def _take(holders: dict[str, FlowId | None], name: str, flow_id: FlowId | None) -> None:
    check_name(name)
    if name in holders:
        raise NameInUseError("flow", name)
    holders[name] = flow_id


def check_ids(created: int, new_ids: Sequence[FlowId]) -> None:
    """Refuses a plan that came with too few, too many or doubled ids."""
    if len(new_ids) != created or len(set(new_ids)) != created:
        raise InvalidValueError("new_ids", tuple(new_ids), f"{created} different ids, one per created flow")


def _page(flows: Flows, query: FlowQuery, start: str | None, limit: int) -> tuple[list[FlowRecord], int, str | None]:
    if limit < 1:
        raise InvalidValueError("limit", limit, "at least 1")
    found: list[FlowRecord] = []
    for record in _matching(flows, query, _cursor(start)):
        if len(found) == limit:
            return found, _count(flows, query), str(found[-1].seq)
        found.append(record)
    return found, _count(flows, query), None


def _cursor(start: str | None) -> int:
    if start is None:
        return 0
    if not (start.isascii() and start.isdigit() and len(start) < 19):
        raise InvalidValueError("start", start, "the next of an earlier page")
    return int(start)


def _count(flows: Flows, query: FlowQuery) -> int:
    return len(flows.by_name) if query == ALL_FLOWS else sum(1 for _ in _matching(flows, query, 0))


def _matching(flows: Flows, query: FlowQuery, after: int) -> Iterator[FlowRecord]:
    """The live flows that match, created after a moment, oldest first."""
    if query.name is not None:
        named = flows.by_name.get(query.name)
        candidates = [named] if named is not None and named.seq > after else []
    else:
        candidates = flows.ordered[bisect_right(flows.ordered, after, key=attrgetter("seq")) :]
    text = None if query.text is None else query.text.casefold()
    return (record for record in candidates if record.deleted_ms is None and _matches(record.newest, query, text))


def _matches(flow: Flow, query: FlowQuery, text: str | None) -> bool:
    return (
        (query.engine_version is None or flow.engine_version == query.engine_version)
        and (query.environment_id is None or flow.environment_id == query.environment_id)
        and (text is None or text in flow.name.casefold() or text in flow.description.casefold())
    )
