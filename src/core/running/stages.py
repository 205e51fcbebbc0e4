"""The stages of a plan in one place of many: a batch goes through those that run here, the rest is handed out."""

from collections.abc import Callable, Mapping

import attrs

from ..catalogue.definitions import StageType
from ..el import EvaluationError
from ..plan.model import ErrorPolicy, OnError, Plan, StagePlan
from ..processors.api import Out, Process, RecordError, StopFault, Tools
from ..processors.registry import Build, find
from ..records.paths import has
from ..records.record import ErrorInfo, Record, put_out
from .tally import Tally

MakeTools = Callable[[StagePlan], Tools]
Seconds = Callable[[], float]
EMPTY_BUILDERS: Mapping[str, Build] = {}
DROPS_ERRORS = "_ToErrorNullDTarget"


@attrs.define
class Batch:
    """Records on their way: by lane, sent to a stage from elsewhere, refused, and to be handled elsewhere.

    ``sources`` are the records as the origin made them, by source id; kept where the error stage wants them so.
    """

    lanes: dict[str, list[Record]] = attrs.field(factory=dict)
    sent: dict[str, list[Record]] = attrs.field(factory=dict)
    sources: dict[str, Record] = attrs.field(factory=dict)
    errors: list[Record] = attrs.field(factory=list)
    away: list[tuple[str, Record]] = attrs.field(factory=list)
    """Stage instance and record, in order."""
    finish: bool = False
    reset_offset: bool = False

    def source_of(self, record: Record) -> Record | None:
        """The record that this one was made from, as the origin made it."""
        source_id = record.header.source_id
        while source_id not in self.sources and "_" in source_id:
            source_id = source_id.rpartition("_")[0]
        return self.sources.get(source_id)


class Stages:
    """Built stages of one plan. ``here`` says which of them run in this place; the origin never does.

    ``events_here`` is False where events are handed out, whoever waits for them. ``seconds`` is a running clock.
    ``builders`` are for kinds that only this place has code for.

    Raises:
        ElError, InvalidValueError, UnsupportedError: a stage cannot be built.
    """

    def __init__(
        self,
        plan: Plan,
        tools: MakeTools,
        here: Callable[[StagePlan], bool],
        *,
        events_here: bool,
        seconds: Seconds = lambda: 0.0,
        builders: Mapping[str, Build] = EMPTY_BUILDERS,
    ) -> None:
        self._plan, self._seconds = plan, seconds
        self.tally = Tally()
        self._built: dict[str, Process] = {}
        self._tests: dict[str, list[tuple[str, Callable[[Record], bool]]]] = {}
        self._now_ms: Callable[[], int] = lambda: 0
        for stage in plan.stages:
            held = tools(stage)
            self._now_ms = held.now_ms
            if stage.type is not StageType.ORIGIN and here(stage):
                self._tests[stage.instance] = [(text, held.predicate(text)) for text in stage.preconditions]
                self._built[stage.instance] = _build(stage, held, builders)
        lanes = [lane for stage in plan.stages for lane in stage.inputs]
        self._shared = {lane for lane in lanes if lanes.count(lane) > 1}
        self._handed_out = frozenset() if events_here else frozenset(e for s in plan.stages for e in s.events)
        self._error_process = _error_process(plan, tools)
        self._keeps_sources = self._error_process is not None and plan.error_policy is ErrorPolicy.ORIGINAL

    def take(self, origin: StagePlan, out: Out, batch: Batch) -> None:
        """What the origin made becomes part of a batch."""
        self._settle(origin, out, batch)
        if self._keeps_sources:
            batch.sources |= {record.header.source_id: record.copy() for lane in out.lanes for record in lane}
        self.tally.add(origin, (), out)

    def run(self, batch: Batch) -> None:
        """Through every stage that is here, in running order, and then refused records to the error stage.

        Raises:
            StopFault: a stage cannot go on, or a record failed where its stage says so.
        """
        self._pass(batch, closing=False)
        self._deliver(batch)

    def close(self, batch: Batch) -> None:
        """Lets stages finish what they hold open; what that makes still reaches the stages behind."""
        self._pass(batch, closing=True)
        try:
            self._deliver(batch)
        finally:
            _close(self._error_process, Out(0, self._now_ms))

    def _pass(self, batch: Batch, *, closing: bool) -> None:
        for stage in self._plan.stages:
            if stage.type is StageType.ORIGIN:
                continue
            received = self._input(stage, batch)
            if stage.instance not in self._built:
                batch.away.extend((stage.instance, record) for record in received)
                continue
            if closing and not received and getattr(self._built[stage.instance], "close", None) is None:
                continue
            self._one(stage, received, batch, closing=closing)
        batch.lanes, batch.sent = {}, {}

    def _one(self, stage: StagePlan, received: list[Record], batch: Batch, *, closing: bool) -> None:
        out, process = Out(len(stage.outputs), self._now_ms), self._built[stage.instance]
        began = self._seconds()
        if received or not closing:
            process(self._checked(stage, received, out), out)
        if closing:
            _close(process, out)
        out.took_s = self._seconds() - began
        self._settle(stage, out, batch)
        self.tally.add(stage, received, out)

    def _input(self, stage: StagePlan, batch: Batch) -> list[Record]:
        found = list(batch.sent.get(stage.instance, ()))
        for lane in stage.inputs:
            records = batch.lanes.get(lane, [])
            if lane in self._shared:
                records = [record.copy() for record in records]
            if lane in self._handed_out:
                batch.away.extend((stage.instance, record) for record in records)
            else:
                found.extend(records)
        return found

    def _checked(self, stage: StagePlan, received: list[Record], out: Out) -> list[Record]:
        """The records that have every required field and fulfil the preconditions; the others are refused."""
        if not stage.required and not stage.preconditions:
            return list(received)
        kept: list[Record] = []
        for record in received:
            missing = [path for path in stage.required if not has(record.value, path)]
            if missing:
                inner: str | None = f"CONTAINER_0050 - the required fields {', '.join(missing)} are missing"
            else:
                inner = _failing(self._tests[stage.instance], record)
            if inner is None:
                kept.append(record)
            else:
                out.error(record, "COMMON_0001", f"Stage precondition: {inner}")
        return kept

    def _settle(self, stage: StagePlan, out: Out, batch: Batch) -> None:
        for name, records in zip(stage.outputs, out.lanes, strict=False):
            for record in records:
                put_out(record, stage.instance)
            batch.lanes[name] = records
        for record in out.events:
            put_out(record, stage.instance)
        if stage.event_lane is not None:
            batch.lanes[stage.event_lane] = out.events
        batch.finish = batch.finish or out.finish
        batch.reset_offset = batch.reset_offset or out.reset_offset
        if out.errors and stage.on_error is OnError.STOP:
            raise StopFault(out.errors[0].code, f"stage {stage.label}: {out.errors[0].message}")
        if stage.on_error is OnError.DISCARD:
            out.errors.clear()
            out.stage_errors.clear()
        batch.errors.extend(self._refused(stage, error) for error in out.errors)

    def _refused(self, stage: StagePlan, error: RecordError) -> Record:
        error.record.header.error = ErrorInfo(
            code=error.code,
            message=f"{error.code} - {error.message}",
            stage=stage.instance,
            stage_label=stage.label,
            timestamp_ms=self._now_ms(),
            pipeline=self._plan.pipeline_id,
        )
        return error.record

    def _deliver(self, batch: Batch) -> None:
        """Hands the refused records to the error stage; one that it cannot take ends the run."""
        errors, batch.errors = batch.errors, []
        if self._error_process is None or not errors:
            return
        out = Out(0, self._now_ms)
        self._error_process([_for_error_stage(record, batch) for record in errors], out)
        if out.errors:
            raise StopFault(out.errors[0].code, f"error stage: {out.errors[0].message}")


def _build(stage: StagePlan, tools: Tools, builders: Mapping[str, Build] = EMPTY_BUILDERS) -> Process:
    build = builders.get(stage.kind) or find(stage.kind)
    assert build is not None, stage.kind
    return build(stage, tools)


def _error_process(plan: Plan, tools: MakeTools) -> Process | None:
    """The error stage; None where there is none, or where it drops everything."""
    stage = plan.error_stage
    return None if stage is None or stage.kind.endswith(DROPS_ERRORS) else _build(stage, tools(stage))


def _close(process: Process | None, out: Out) -> None:
    finish = getattr(process, "close", None)
    if finish is not None:
        finish(out)


def _for_error_stage(record: Record, batch: Batch) -> Record:
    source = batch.source_of(record)
    if source is None:
        return record
    made = source.copy()
    made.header.error = record.header.error
    return made


def _failing(tests: list[tuple[str, Callable[[Record], bool]]], record: Record) -> str | None:
    """Why a record does not fulfil the preconditions; None when it does."""
    for text, test in tests:
        try:
            fulfilled = test(record)
        except EvaluationError as error:
            return f"CONTAINER_0052 - {text} cannot be evaluated: {error}"
        if not fulfilled:
            return f"CONTAINER_0051 - {text} is not fulfilled"
    return None


def keyed_levels(plan: Plan, keyed: Callable[[StagePlan], bool]) -> Mapping[str, int]:
    """The stages that need all records of a key in one place, each with the number of such stages on its longest way
    from the origin, itself included."""
    reached: dict[str, int] = {}
    levels: dict[str, int] = {}
    for stage in plan.stages:
        level = max((reached.get(lane, 0) for lane in stage.inputs), default=0)
        if keyed(stage):
            level += 1
            levels[stage.instance] = level
        reached |= dict.fromkeys((*stage.outputs, *stage.events), level)
    return levels
