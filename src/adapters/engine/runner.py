"""One flow in memory: its stages built once, batches passed from lane to lane."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from ...core.catalogue.definitions import StageType
from ...core.plan.model import Plan, StagePlan
from ...core.preview import StageError, StageOutput
from ...core.processors.api import Out, Tools
from ...core.processors.registry import can_run
from ...core.records.record import Record
from ...core.records.rows import Lane
from ...core.running import Batch, Stages, Starting, Tally, error_stage
from ...core.running.measuring import Ages
from ...core.running.observing import data_observer
from . import own as _own  # noqa: F401  (these two say where stages come from)
from . import plugins as _plugins  # noqa: F401
from .origins import ORIGINS, Origin


def runnable(stage: StagePlan) -> bool:
    """True when this engine has code for the stage."""
    return stage.kind in ORIGINS if stage.type is StageType.ORIGIN else can_run(stage.kind)


@attrs.frozen
class Watch:
    """Sees every stage of a batch: a copy of what it received, None for an origin, and what it made."""

    stage: Callable[[StagePlan, list[Record] | None, Out], None]


class Runner:
    """The built stages of a plan. ``left_out`` are not run at all; ``given`` replaces what their producers send, and
    ``replaced`` what a stage puts out, by lane: such a stage is not run either. ``begin`` is called behind the error
    stage and ahead of the origin; with ``delivers`` the error stage receives what is refused."""

    def __init__(
        self,
        plan: Plan,
        tools: Callable[[StagePlan], Tools],
        *,
        left_out: frozenset[str] = frozenset(),
        given: Mapping[str, Sequence[Record]] | None = None,
        replaced: Mapping[str, Mapping[str, Sequence[Record]]] | None = None,
        delivers: bool = False,
        begin: Callable[[Starting], None] = lambda starting: None,
    ) -> None:
        self._replaced = dict(replaced or {})
        kept = tuple(stage for stage in plan.stages if stage.instance not in left_out)
        self._plan = attrs.evolve(plan, stages=kept)
        self._given = {name: list(records) for name, records in (given or {}).items()}
        self._now_ms: Callable[[], int] = lambda: 0
        self._origin: Origin | None = None
        starting = Starting()
        observer = data_observer(plan, tools) if delivers and plan.rules.data else None
        errors = error_stage(plan, tools, starting) if delivers else None
        begin(starting)
        for stage in kept:
            held = tools(stage)
            self._now_ms = held.now_ms
            supplied = stage.instance in self._given or stage.instance in self._replaced
            if stage.type is StageType.ORIGIN and not supplied:
                self._origin = starting.build(stage, lambda stage=stage, held=held: ORIGINS[stage.kind](stage, held))  # type: ignore[misc]
        self._stages = Stages(
            self._plan,
            tools,
            lambda stage: stage.instance not in self._replaced,
            events_here=True,
            delivers=False,
            errors=errors,
            seconds=time.perf_counter,
            starting=starting,
            observer=observer,
        )
        self._began_s: float | None = None
        self._given_s: float | None = None
        self._started(starting)
        self.idle = True
        """True when the origin had nothing for the last batch."""
        self.finish = self.reset_offset = False

    def _started(self, starting: Starting) -> None:
        try:
            starting.done(self._plan.name)
        except Exception:
            self.close_origin()
            raise

    @property
    def count(self) -> int:
        """How many processes work."""
        return 1

    def take_tally(self) -> Tally:
        """What the stages did since the last look."""
        taken, self._stages.tally = self._stages.tally, Tally()
        return taken

    @property
    def tally(self) -> Tally:
        """What the stages did so far."""
        return self._stages.tally

    def batch(self, offset: str | None, max_records: int, watch: Watch | None = None) -> Iterator[str | None]:
        """One batch through all stages. Yields the new offset twice: before the first destination, and at the end.

        Raises:
            StopFault: a stage cannot go on, or a record failed where its stage says so.
        """
        self.idle = True
        batch, reached, asked = Batch(), offset, False
        began = self._began_s = time.perf_counter()
        for stage in self._plan.stages:
            if stage.type is StageType.DESTINATION and not asked:
                asked = True
                yield reached
            if stage.instance in self._replaced:
                self._stand_in(stage, self._stages.received(stage, batch), batch, watch)
                reached = None if stage.type is StageType.ORIGIN else reached
            elif stage.type is StageType.ORIGIN:
                reached = self._first(stage, offset, max_records, batch, watch)
                self._given_s = time.perf_counter()
            else:
                self._step(stage, self._received(stage, batch), batch, watch)
        self._after(batch)
        self._stages.deliver(batch)
        self._began_s = self._given_s = None
        if self.counts:
            self.tally.batch.add(time.perf_counter() - began)
            self.tally.ended(self.tally.newest(self._plan, self._now_ms()))
        respond = getattr(self._origin, "respond", None)
        if respond is not None:
            respond(batch.responses)
        yield reached

    @property
    def ages(self) -> Ages:
        """How long the batch and the stage in hand have been at work; a batch is none while its origin makes it."""
        now = time.perf_counter()
        batch, stage = self._given_s, self._stages.began_s
        return Ages(*(0 if began is None else int((now - began) * 1000) for began in (batch, stage)))

    @property
    def quiet_s(self) -> float:
        """How long ago the batch in hand began, with the time of its origin."""
        return 0.0 if self._began_s is None else time.perf_counter() - self._began_s

    def idle_batch(self) -> None:
        """A batch without records through every stage behind the origin, so that stages see the time go by.

        Raises:
            StopFault: a stage cannot go on.
        """
        batch = Batch()
        for stage in self._plan.stages:
            if stage.type is not StageType.ORIGIN:
                self._stages.step(stage, self._received(stage, batch), batch)
        self._after(batch)
        self._stages.deliver(batch)
        self.tally.idle_batches += 1

    def _first(self, stage: StagePlan, offset: str | None, most: int, batch: Batch, watch: Watch | None) -> str | None:
        out = Out(len(stage.outputs), self._now_ms)
        began = time.perf_counter()
        reached = self._read(stage, offset, most, out)
        out.took_s = time.perf_counter() - began
        self.idle = not (any(out.lanes) or out.errors or out.events or out.stage_errors or out.reported)
        self._stages.take(stage, out, batch)
        if watch is not None:
            watch.stage(stage, None, out)
        return reached

    def _stand_in(self, stage: StagePlan, received: Lane, batch: Batch, watch: Watch | None) -> None:
        """What a stage put out, as it was given."""
        out = Out(len(stage.outputs), self._now_ms)
        for at, lane in enumerate(stage.outputs):
            for record in self._replaced[stage.instance].get(lane, ()):
                out.emit(record.copy(), at)
        shown = None if stage.type is StageType.ORIGIN else [record.copy() for record in received]
        self._stages.take(stage, out, batch)
        if watch is not None:
            watch.stage(stage, shown, out)

    def _step(self, stage: StagePlan, received: Lane, batch: Batch, watch: Watch | None) -> None:
        if watch is None:
            self._stages.step(stage, received, batch)
            return
        shown = [record.copy() for record in received]  # what came in, not what becomes of it
        watch.stage(stage, shown, self._stages.step(stage, received, batch))

    def _after(self, batch: Batch) -> None:
        self.finish = self.finish or batch.finish
        self.reset_offset = self.reset_offset or batch.reset_offset

    @property
    def counts(self) -> bool:
        """True when the last batch was one: origins that are sent to make none of nothing."""
        return not (self.idle and getattr(self._origin, "pushes", False))

    @property
    def waiting(self) -> bool:
        """Asked when the run is to stop: True while the origin has to hand over what it took on already."""
        return bool(getattr(self._origin, "waiting", False))

    @property
    def paced(self) -> bool:
        """True for an origin that would make data without end, as fast as it is let."""
        return bool(getattr(self._origin, "paced", True))

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

    def close(self) -> None:
        """Lets stages finish what they hold open, in running order; the events of that still reach their stages."""
        self.close_origin()
        self._stages.close(Batch())

    def _read(self, stage: StagePlan, offset: str | None, max_records: int, out: Out) -> str | None:
        supplied = self._given.get(stage.instance)
        if supplied is not None:
            for record in supplied:
                out.emit(record.copy())
            return None
        assert self._origin is not None
        return self._origin.read(offset, max_records, out)

    def _received(self, stage: StagePlan, batch: Batch) -> Lane:
        supplied = self._given.get(stage.instance)
        return self._stages.received(stage, batch) if supplied is None else [record.copy() for record in supplied]


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
