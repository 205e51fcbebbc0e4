"""One flow in memory: its stages built once, batches passed from lane to lane."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from ...core.catalogue.definitions import StageType
from ...core.el import EvaluationError
from ...core.plan.model import ErrorPolicy, OnError, Plan, StagePlan
from ...core.preview import StageError, StageOutput
from ...core.processors.api import Out, Process, RecordError, StopFault, Tools
from ...core.processors.registry import can_run, find
from ...core.records.paths import has
from ...core.records.record import ErrorInfo, Record, event, put_out
from ...core.records.values import FieldValue
from . import dataparser as _dataparser  # noqa: F401  (these modules register their stages)
from . import delay as _delay  # noqa: F401
from . import errorfile as _errorfile  # noqa: F401
from . import javascript as _javascript  # noqa: F401
from . import localfs as _localfs  # noqa: F401
from . import mailing as _mailing  # noqa: F401
from . import scripting as _scripting  # noqa: F401
from . import shell as _shell  # noqa: F401
from .origins import ORIGINS, Origin
from .web import destination as _web_destination  # noqa: F401
from .web import processor as _web_processor  # noqa: F401


def runnable(stage: StagePlan) -> bool:
    """True when this engine has code for the stage."""
    return stage.kind in ORIGINS if stage.type is StageType.ORIGIN else can_run(stage.kind)


@attrs.frozen
class Watch:
    """What becomes of a batch beside its lanes: called once per stage."""

    stage: Callable[[StagePlan, list[Record] | None, Out], None]


class Runner:
    """The built stages of a plan. ``left_out`` are not run at all; ``given`` replaces what their producers send."""

    def __init__(
        self,
        plan: Plan,
        tools: Callable[[StagePlan], Tools],
        *,
        left_out: frozenset[str] = frozenset(),
        given: Mapping[str, Sequence[Record]] | None = None,
        copies: bool = False,
        delivers: bool = False,
    ) -> None:
        self._plan, self._left_out, self._copies = plan, left_out, copies
        self._given = {name: list(records) for name, records in (given or {}).items()}
        self._now_ms: Callable[[], int] = lambda: 0
        self._origin: Origin | None = None
        self._built: dict[str, Process] = {}
        self._preconditions: dict[str, list[tuple[str, Callable[[Record], bool]]]] = {}
        for stage in plan.stages:
            self._now_ms = self._build(stage, tools(stage))
        self._readers = self._count_readers()
        self._error_process = _error_process(plan, tools) if delivers else None
        self._sources: dict[str, Record] = {}
        self.errors: list[Record] = []
        self.idle = True
        """True when the origin had nothing for the last batch."""
        self.finish = self.reset_offset = False

    def _build(self, stage: StagePlan, tools: Tools) -> Callable[[], int]:
        if stage.instance in self._left_out:
            return tools.now_ms
        self._preconditions[stage.instance] = [(text, tools.predicate(text)) for text in stage.preconditions]
        if stage.type is StageType.ORIGIN:
            if stage.instance not in self._given:
                self._origin = ORIGINS[stage.kind](stage, tools)
        else:
            build = find(stage.kind)
            assert build is not None, stage.kind
            self._built[stage.instance] = build(stage, tools)
        return tools.now_ms

    def _count_readers(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for stage in self._plan.stages:
            if stage.instance not in self._left_out:
                for lane in stage.inputs:
                    counts[lane] = counts.get(lane, 0) + 1
        return counts

    def batch(self, offset: str | None, max_records: int, watch: Watch) -> Iterator[str | None]:
        """One batch through all stages. Yields the new offset twice: before the first destination, and at the end.

        Raises:
            StopFault: a stage cannot go on, or a record failed where its stage says so.
        """
        lanes: dict[str, list[Record]] = {}
        self.errors, self.idle = [], True
        reached, asked = offset, False
        for stage in self._plan.stages:
            if stage.instance in self._left_out:
                continue
            if stage.type is StageType.DESTINATION and not asked:
                asked = True
                yield reached
            out = Out(len(stage.outputs), self._now_ms)
            received: list[Record] | None = None
            began = time.perf_counter()
            if stage.type is StageType.ORIGIN:
                reached = self._read(stage, offset, max_records, out)
            else:
                received = self._input(stage, lanes)
                kept = self._checked(stage, received, out)
                if self._copies:  # a preview shows what came in, not what became of it
                    received = [record.copy() for record in received]
                self._built[stage.instance](kept, out)
            out.took_s = time.perf_counter() - began
            self._settle(stage, out, lanes)
            if stage.type is StageType.ORIGIN:
                self.idle = not (any(out.lanes) or out.errors or out.events or out.stage_errors)
                self._keep_sources(out)
            watch.stage(stage, received, out)
        self._deliver()
        yield reached

    def committed(self) -> None:
        """Tells the origin that the offset of the last batch is safe."""
        then = getattr(self._origin, "committed", None)
        if then is not None:
            then()

    def close_origin(self) -> None:
        """Lets the origin close its files."""
        finish = getattr(self._origin, "close", None)
        if finish is not None:
            finish()

    def close(self, watch: "Watch | None" = None) -> None:
        """Lets stages finish what they hold open, in running order; the events of that still reach their stages."""
        lanes: dict[str, list[Record]] = {}
        self.errors = []
        for stage in self._plan.stages:
            process = self._origin if stage.type is StageType.ORIGIN else self._built.get(stage.instance)
            if process is None:
                continue
            out = Out(len(stage.outputs), self._now_ms)
            received = self._input(stage, lanes) if any(lanes.get(lane) for lane in stage.inputs) else []
            if received:
                self._built[stage.instance](self._checked(stage, received, out), out)
            finish = getattr(process, "close", None)
            if finish is not None:
                finish(*(() if stage.type is StageType.ORIGIN else (out,)))
            self._settle(stage, out, lanes)
            if watch is not None and (received or out.events or out.errors):
                watch.stage(stage, received, out)
        try:
            self._deliver()
        finally:
            finish = getattr(self._error_process, "close", None)
            if finish is not None:
                finish(Out(0, self._now_ms))

    def lifecycle(self, stage: StagePlan | None, tools: Tools, kind: str, fields: dict[str, FieldValue]) -> None:
        """Hands the event of a start or an end to the stage that waits for it.

        Raises:
            StopFault: it cannot take the event.
        """
        if stage is None or stage.kind.endswith("_ToErrorNullDTarget"):
            return
        build = find(stage.kind)
        if build is None:
            raise StopFault("PENSTOCK_0101", f"there is no code for {stage.label} ({stage.kind})")
        process, out = build(stage, tools), Out(0, tools.now_ms)
        at_ms = tools.now_ms()
        process([event(f"{kind}:{at_ms}", kind, 1, fields, at_ms)], out)
        finish = getattr(process, "close", None)
        if finish is not None:
            finish(out)
        if out.errors:
            raise StopFault(out.errors[0].code, f"{stage.label}: {out.errors[0].message}")

    def _keep_sources(self, out: Out) -> None:
        """Copies what the origin made, where the error stage is to receive records in that form."""
        if self._error_process is not None and self._plan.error_policy is ErrorPolicy.ORIGINAL:
            self._sources = {record.header.source_id: record.copy() for lane in out.lanes for record in lane}

    def _deliver(self) -> None:
        """Hands the refused records of the batch to the error stage; one that it cannot take ends the run."""
        if self._error_process is None or not self.errors:
            return
        out = Out(0, self._now_ms)
        self._error_process([self._for_error_stage(record) for record in self.errors], out)
        if out.errors:
            raise StopFault(out.errors[0].code, f"error stage: {out.errors[0].message}")

    def _for_error_stage(self, record: Record) -> Record:
        source_id = record.header.source_id
        while source_id not in self._sources and "_" in source_id:
            source_id = source_id.rpartition("_")[0]
        source = self._sources.get(source_id)
        if source is None:
            return record
        made = source.copy()
        made.header.error = record.header.error
        return made

    def _read(self, stage: StagePlan, offset: str | None, max_records: int, out: Out) -> str | None:
        supplied = self._given.get(stage.instance)
        if supplied is not None:
            for record in supplied:
                out.emit(record.copy())
            return None
        assert self._origin is not None
        return self._origin.read(offset, max_records, out)

    def _input(self, stage: StagePlan, lanes: dict[str, list[Record]]) -> list[Record]:
        supplied = self._given.get(stage.instance)
        if supplied is not None:
            return [record.copy() for record in supplied]
        found: list[Record] = []
        for lane in stage.inputs:
            records = lanes.get(lane, [])
            shared = self._copies or self._readers.get(lane, 0) > 1
            found.extend([record.copy() for record in records] if shared else records)
        return found

    def _checked(self, stage: StagePlan, batch: list[Record], out: Out) -> list[Record]:
        """The records that have every required field and fulfil the preconditions; the others are refused."""
        if not stage.required and not stage.preconditions:
            return list(batch)
        tests = self._preconditions[stage.instance]
        kept: list[Record] = []
        for record in batch:
            missing = [path for path in stage.required if not has(record.value, path)]
            if missing:
                inner = f"CONTAINER_0050 - the required fields {', '.join(missing)} are missing"
                out.error(record, "COMMON_0001", f"Stage precondition: {inner}")
            elif (reason := _failing(tests, record)) is not None:
                out.error(record, "COMMON_0001", f"Stage precondition: {reason}")
            else:
                kept.append(record)
        return kept

    def _settle(self, stage: StagePlan, out: Out, lanes: dict[str, list[Record]]) -> None:
        for name, records in zip(stage.outputs, out.lanes, strict=False):
            for record in records:
                put_out(record, stage.instance)
            lanes[name] = records
        for record in out.events:
            put_out(record, stage.instance)
        if stage.event_lane is not None:
            lanes[stage.event_lane] = out.events
        self.finish = self.finish or out.finish
        self.reset_offset = self.reset_offset or out.reset_offset
        if out.errors and stage.on_error is OnError.STOP:
            first = out.errors[0]
            raise StopFault(first.code, f"stage {stage.label}: {first.message}")
        if stage.on_error is OnError.DISCARD:
            out.errors.clear()
            out.stage_errors.clear()
        self.errors.extend(self._refused(stage, error) for error in out.errors)

    def _refused(self, stage: StagePlan, error: RecordError) -> Record:
        header = error.record.header
        header.error = ErrorInfo(
            code=error.code,
            message=f"{error.code} - {error.message}",
            stage=stage.instance,
            stage_label=stage.label,
            timestamp_ms=self._now_ms(),
            pipeline=self._plan.pipeline_id,
        )
        return error.record


def _error_process(plan: Plan, tools: Callable[[StagePlan], Tools]) -> Process | None:
    """The error stage; None where there is none, or where it drops everything."""
    stage = plan.error_stage
    if stage is None or stage.kind.endswith("_ToErrorNullDTarget"):
        return None
    build = find(stage.kind)
    return None if build is None else build(stage, tools(stage))


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


def stage_output(stage: StagePlan, received: list[Record] | None, out: Out, now_ms: int) -> StageOutput:
    """What a preview shows of one stage, in copies that later stages cannot change."""
    return StageOutput(
        instance_name=stage.instance,
        lanes={name: tuple(r.copy() for r in records) for name, records in zip(stage.outputs, out.lanes, strict=False)},
        input=None if received is None else tuple(record.copy() for record in received),
        error_records=tuple(error.record.copy() for error in out.errors),
        stage_errors=tuple(StageError(code, message, now_ms) for code, message in out.stage_errors),
        event_records=tuple(record.copy() for record in out.events),
    )


def deadline_of(timeout_ms: int) -> Callable[[], bool]:
    """Says whether the time is over."""
    end = time.monotonic() + timeout_ms / 1000
    return lambda: time.monotonic() > end
