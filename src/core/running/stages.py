"""The stages of a plan in one place of many: a batch goes through those that run here, the rest is handed out."""

from collections.abc import Callable, Mapping

import attrs

from ..catalogue.definitions import StageType
from ..el import Facts, known
from ..plan.model import ErrorPolicy, OnError, Plan, StagePlan
from ..processors.api import Out, Process, RecordError, RecordStop, StopFault, Tools
from ..processors.registry import Build, find
from ..records.record import ErrorInfo, Record
from ..records.rows import Lane, Rows
from .batch import Batch
from .checking import Admit, admission
from .observing import Observer
from .starting import Starting
from .tally import Tally

MakeTools = Callable[[StagePlan], Tools]
Seconds = Callable[[], float]
EMPTY_BUILDERS: Mapping[str, Build] = {}
DROPS_ERRORS = "_ToErrorNullDTarget"


class Stages:
    """Built stages of one plan. ``here`` says which of them run in this place; the origin never does.

    ``events_here`` is False where events are handed out, whoever waits for them. ``seconds`` is a running clock.
    ``builders`` are for kinds that only this place has code for; without ``delivers`` refused records go nowhere.
    ``errors`` is the error stage where it is built already.
    With ``starting`` that is told what cannot be built, and nothing is raised. ``observer`` looks at lanes.

    Raises:
        InvalidFlowError, ElError, InvalidValueError, UnsupportedError: a stage cannot be built.
    """

    def __init__(
        self,
        plan: Plan,
        tools: MakeTools,
        here: Callable[[StagePlan], bool],
        *,
        events_here: bool,
        delivers: bool = True,
        errors: Process | None = None,
        seconds: Seconds = lambda: 0.0,
        builders: Mapping[str, Build] = EMPTY_BUILDERS,
        starting: Starting | None = None,
        observer: Observer | None = None,
    ) -> None:
        begun = starting or Starting()
        self._plan, self._seconds = plan, seconds
        self._observer = observer
        self._observed: frozenset[str] = frozenset() if observer is None else observer.lanes
        self.began_s: float | None = None
        """When the stage in hand began, on the clock of ``seconds``."""
        self.tally = Tally()
        self._built: dict[str, Process] = {}
        self._rows: dict[str, Callable[[Rows, Out], None] | None] = {}
        self._admit: dict[str, Admit | None] = {}
        self._now_ms: Callable[[], int] = lambda: 0
        self._facts = Facts()
        for stage in plan.stages:
            held = tools(stage)
            self._now_ms, self._facts = held.now_ms, held.scope.facts
            if stage.type is not StageType.ORIGIN and here(stage):
                begun.build(stage, lambda stage=stage, held=held: self._take(stage, held, builders))  # type: ignore[misc]
        lanes = [lane for stage in plan.stages for lane in stage.inputs]
        self._shared = {lane for lane in lanes if lanes.count(lane) > 1}
        self._handed_out = frozenset() if events_here else frozenset(e for s in plan.stages for e in s.events)
        self._error_process = errors
        if delivers and errors is None:
            self._error_process = error_stage(plan, tools, begun)
        self._keeps_sources = self._error_process is not None and plan.error_policy is ErrorPolicy.ORIGINAL
        if starting is None:
            begun.done(plan.name)

    def _take(self, stage: StagePlan, tools: Tools, builders: Mapping[str, Build]) -> None:
        self._admit[stage.instance] = admission(stage, tools)
        built = self._built[stage.instance] = _build(stage, tools, builders)
        self._rows[stage.instance] = getattr(built, "rows", None)

    def take(self, origin: StagePlan, out: Out, batch: Batch) -> None:
        """What the origin made becomes part of a batch."""
        self._settle(origin, out, batch)
        if self._keeps_sources:
            for lane in out.lanes:
                batch.keep_sources(lane)
        self.tally.add(origin, (), out)

    def run(self, batch: Batch) -> None:
        """Through every stage that is here, in running order, and then refused records to the error stage.

        Raises:
            StopFault: a stage cannot go on, or a record failed where its stage says so.
        """
        self._pass(batch, closing=False)
        self.deliver(batch)

    def close(self, batch: Batch) -> None:
        """Lets stages finish what they hold open; what that makes still reaches the stages behind."""
        self._pass(batch, closing=True)
        self.end(batch)

    def end(self, batch: Batch) -> None:
        """The last refused records, then the end of the error stage."""
        try:
            self.deliver(batch)
        finally:
            close_process(self._error_process, self._out(()))

    def _pass(self, batch: Batch, *, closing: bool) -> None:
        for stage in self._plan.stages:
            if stage.type is StageType.ORIGIN:
                continue
            received = self.received(stage, batch)
            if stage.instance not in self._built:
                batch.away.extend((stage.instance, record) for record in received)
            elif not closing or received or self.closes(stage):
                self.step(stage, received, batch, closing=closing)
        batch.lanes, batch.sent = {}, {}

    def closes(self, stage: StagePlan) -> bool:
        """True when the stage has something to finish at the end of a run."""
        return getattr(self._built[stage.instance], "close", None) is not None

    def step(self, stage: StagePlan, received: Lane, batch: Batch, *, closing: bool = False) -> Out:
        """What one stage makes of what it received; its lanes and refused records are in the batch then.

        Raises:
            StopFault: it cannot go on, or a record failed where the stage says so.
        """
        out, count = self._out(stage.outputs), len(received)
        process, admit = self._built[stage.instance], self._admit[stage.instance]
        began = self.began_s = self._seconds()
        if count or not closing:
            rows = self._rows[stage.instance]
            if admit is not None:
                process(admit(received, out), out)
            elif not isinstance(received, Rows):
                process(received, out)
            elif rows is None or received.made:
                process(received.records(), out)
            else:
                rows(received, out)
        if closing:
            close_process(process, out)
        out.took_s = self._seconds() - began
        self.began_s = None
        self._settle(stage, out, batch)
        self.tally.add(stage, range(count), out)
        return out

    def _out(self, lanes: tuple[str, ...]) -> Out:
        return Out(len(lanes), self._now_ms)

    def received(self, stage: StagePlan, batch: Batch) -> Lane:
        """What the lanes hold for a stage; copies where others read them too. Events may be handed out instead."""
        sent = batch.sent.get(stage.instance, ())
        if len(stage.inputs) == 1 and not sent and stage.inputs[0] not in self._handed_out:
            return self._of_lane(stage.inputs[0], batch)
        found = list(sent)
        for lane in stage.inputs:
            if lane in self._handed_out:
                batch.away.extend((stage.instance, record) for record in self._of_lane(lane, batch))
            else:
                found.extend(self._of_lane(lane, batch))
        return found

    def _of_lane(self, lane: str, batch: Batch) -> Lane:
        records = batch.lanes.get(lane, [])
        if lane not in self._shared:
            return records
        return records.copy() if isinstance(records, Rows) else [record.copy() for record in records]

    def _settle(self, stage: StagePlan, out: Out, batch: Batch) -> None:
        for name, lane in zip(stage.outputs, out.lanes, strict=False):
            if isinstance(lane, Rows):
                lane.put_out(stage.instance)
            else:
                for record in lane:
                    record.put_out(stage.instance)
            batch.lanes[name] = lane
        for record in out.events:
            record.put_out(stage.instance)
        if stage.event_lane is not None:
            batch.lanes[stage.event_lane] = out.events
        if self._observed:
            self._observe(stage, batch)
        batch.responses += out.responses
        if out.finish:
            batch.finish, batch.reset_offset = True, out.reset_offset  # who asks last decides
        if out.errors and stage.on_error is OnError.STOP:
            raise RecordStop(out.errors[0].code, f"{out.errors[0].message} (stage {stage.label})")
        if stage.on_error is OnError.DISCARD:
            out.errors.clear()
            out.stage_errors.clear()
        out.stage_errors += out.reported
        batch.errors.extend(self._refused(stage, error) for error in out.errors)

    def _observe(self, stage: StagePlan, batch: Batch) -> None:
        assert self._observer is not None
        for lane in (*stage.outputs, *stage.events):
            if lane in self._observed and batch.lanes.get(lane):
                self.tally.samples += self._observer.look(lane, batch.lanes[lane])

    def _refused(self, stage: StagePlan, error: RecordError) -> Record:
        error.record.header.error = ErrorInfo(
            code=error.code,
            message=f"{error.code} - {error.message}",
            stage=stage.instance,
            stage_label=stage.label,
            timestamp_ms=self._now_ms(),
            job_id=known(self._facts.job_id),
            job_name=known(self._facts.job_name),
            stack_trace=error.trace,
        )
        return error.record

    def deliver(self, batch: Batch) -> None:
        """Hands the refused records to the error stage; one that it cannot take ends the run.

        Raises:
            StopFault: for that one.
        """
        errors, batch.errors = batch.errors, []
        if self._error_process is None or not errors:
            return
        out = self._out(())
        self._error_process([self._for_error_stage(record, batch) for record in errors], out)
        batch.responses += out.responses
        if out.errors:
            raise StopFault(out.errors[0].code, f"error stage: {out.errors[0].message}")

    def _for_error_stage(self, record: Record, batch: Batch) -> Record:
        """The record in the form of the policy, told which engine and pipeline it comes from."""
        error, source = record.header.error, batch.source_of(record)
        assert error is not None
        made = record if source is None else source.copy()
        made.header.error = attrs.evolve(error, pipeline=self._plan.pipeline_id, engine=self._facts.engine_id)
        return made


def _build(stage: StagePlan, tools: Tools, builders: Mapping[str, Build] = EMPTY_BUILDERS) -> Process:
    build = builders.get(stage.kind) or find(stage.kind)
    assert build is not None, stage.kind
    return build(stage, tools)


def error_stage(plan: Plan, tools: MakeTools, starting: Starting) -> Process | None:
    """The error stage; None where there is none, or where it drops everything."""
    stage = plan.error_stage
    if stage is None or stage.kind.endswith(DROPS_ERRORS):
        return None
    return starting.build(stage, lambda: _build(stage, tools(stage)))


def close_process(process: Process | None, out: Out) -> None:
    """Lets a stage finish what it holds open, where it holds anything."""
    finish = getattr(process, "close", None)
    if finish is not None:
        finish(out)


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
