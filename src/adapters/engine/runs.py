"""Runs in the background: batch after batch in a worker thread, state and offsets in the project's stores."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

import anyio.to_thread
import attrs

from ...core.catalogue.definitions import StageType
from ...core.errors import UsageError
from ...core.java import java_string
from ...core.plan.model import Delivery, Plan, StagePlan
from ...core.processors.api import Out, StopFault, Tools
from ...core.project import EngineId, Job, JobRun, RunId
from ...core.records.record import Record
from ...core.records.values import FieldValue
from ...core.validation.issues import Issue
from ...core.values import JsonMap, freeze
from ...ports.stores import JobStore, OffsetStore
from ...ports.world import Clock
from .runner import Runner, Watch

ENTITY = "$com.streamsets.datacollector.pollsource.offset$"
START, STOP = "pipeline-start", "pipeline-stop"
BATCH_SIZE = 1000
IDLE_S = 0.01


class InvalidFlowError(UsageError):
    """A flow that cannot be started: every finding that forbids it."""

    def __init__(self, name: str, issues: tuple[Issue, ...]) -> None:
        super().__init__(name, issues)
        self.name, self.issues = name, issues

    def __str__(self) -> str:
        lines = [f"  - {issue.instance_name or 'flow'}: {issue.message}" for issue in self.issues]
        return "\n".join([f"flow {self.name!r} cannot be started:", *lines])


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, StopFault) else f"CONTAINER_0001 - {type(error).__name__}: {error}"


class Times:
    """How long the batches of a stage took, in seconds: all of them counted, the newest kept."""

    KEPT = 1000

    def __init__(self) -> None:
        self._newest: deque[float] = deque(maxlen=self.KEPT)
        self._count, self._sum = 0, 0.0
        self._least, self._most = float("inf"), 0.0

    def add(self, seconds: float) -> None:
        """Notes a batch."""
        self._newest.append(seconds)
        self._count += 1
        self._sum += seconds
        self._least, self._most = min(self._least, seconds), max(self._most, seconds)

    def document(self) -> dict[str, float]:
        """As metrics show it."""
        ordered = sorted(self._newest)
        return {
            "count": self._count,
            "mean": self._sum / self._count,
            "min": self._least,
            "max": self._most,
            "p95": ordered[int(0.95 * (len(ordered) - 1))],
            "p99": ordered[int(0.99 * (len(ordered) - 1))],
        }


class EmbeddedRun:
    """One run. ``state`` is always the newest; the stores get it at every change."""

    def __init__(
        self,
        plan: Plan,
        job: Job,
        run_id: RunId,
        engine_id: EngineId,
        clock: Clock,
        jobs: JobStore,
        offsets: OffsetStore,
        tools: Callable[[StagePlan], Tools],
    ) -> None:
        self._plan, self._job, self._clock, self._tools = plan, job, clock, tools
        self._delivers = any(each.type is StageType.DESTINATION for each in plan.stages)
        self._jobs, self._offsets = jobs, offsets
        self._state = JobRun(run_id, job.job_id, job.name, "Starting", engine_id=engine_id, started_ms=clock.now_ms())
        self._counts: dict[str, dict[str, int]] = {}
        self._lanes: dict[tuple[str, str], int] = {}
        self._times: dict[str, Times] = {}
        self._batches_done = 0
        self._stop_asked = threading.Event()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> JobRun:
        """The newest state, with metrics."""
        return self._state

    async def begin(
        self, build: Callable[[], Runner], issues: Sequence[Issue], loop: asyncio.AbstractEventLoop
    ) -> None:
        """Starts, unless there are issues.

        Raises:
            InvalidFlowError: with all of them.
        """
        if issues:
            raise InvalidFlowError(self._plan.name, tuple(issues))
        runner = build()
        await self._tell(state="Running")
        self._task = loop.create_task(self._go(runner))

    async def stop(self) -> None:
        """Asks for the end after the batch it is in."""
        self._stop_asked.set()

    async def wait(self) -> JobRun:
        """Waits for the end."""
        if self._task is not None:
            await asyncio.shield(self._task)
        return self._state

    async def changes(self) -> AsyncIterator[JobRun]:
        """Every change until the end."""
        while True:
            yield self._state
            if self._state.ended:
                return
            self._changed.clear()
            await self._changed.wait()

    def pause(self, seconds: float) -> None:
        """Waits in a worker thread, until the run is asked to stop at the latest."""
        self._stop_asked.wait(seconds)

    def stopping(self) -> bool:
        """True when the run was asked to stop."""
        return self._stop_asked.is_set()

    async def _go(self, runner: Runner) -> None:
        """Start event, batches, the stages' own end, stop event; whatever fails first is the message."""
        state, message = "Failed", ""
        try:
            begins: dict[str, FieldValue] = {"parameters": self._parameters()}
            await anyio.to_thread.run_sync(self._lifecycle, runner, START, begins)
            try:
                state = await self._batches(runner)
            finally:
                await anyio.to_thread.run_sync(runner.close, Watch(self._count))
        except Exception as error:
            state, message = "Failed", _reason(error)
        try:
            reason = {"Completed": "FINISHED", "Canceled": "USER_ACTION"}.get(state, "FAILURE")
            ends: dict[str, FieldValue] = {"reason": reason}
            await anyio.to_thread.run_sync(self._lifecycle, runner, STOP, ends)
        except Exception as error:
            state, message = "Failed", message or _reason(error)
        await self._end(state, message)

    def _parameters(self) -> dict[str, FieldValue]:
        return {name: java_string(value) for name, value in self._plan.parameters.items()}

    def _lifecycle(self, runner: Runner, kind: str, more: dict[str, FieldValue]) -> None:
        stage = self._plan.start_stage if kind == START else self._plan.stop_stage
        if stage is None:
            return
        fields: dict[str, FieldValue] = {
            "user": "penstock",
            "pipelineId": self._plan.pipeline_id,
            "pipelineTitle": self._plan.title,
            "jobId": self._job.job_id,
            "jobName": self._job.name,
            **more,
        }
        runner.lifecycle(stage, self._tools(stage), kind, fields)

    async def _batches(self, runner: Runner) -> str:
        """Batch after batch; the state at the end."""
        offset = (await self._offsets.offsets(self._job.job_id)).get(ENTITY)
        while not self._stop_asked.is_set():
            began = self._clock.monotonic_s()
            steps = runner.batch(offset, BATCH_SIZE, Watch(self._count))
            early = await anyio.to_thread.run_sync(next, steps, None)
            if self._plan.delivery is Delivery.AT_MOST_ONCE and self._delivers and not runner.idle:
                await self._commit(early)
                await anyio.to_thread.run_sync(runner.committed)
            rest = await anyio.to_thread.run_sync(list, steps)
            reached = rest[-1] if rest else early
            if self._plan.delivery is Delivery.AT_LEAST_ONCE and not runner.idle:
                await self._commit(reached)
                await anyio.to_thread.run_sync(runner.committed)
            self._batches_done += 1
            await self._tell(metrics=self._metrics())
            if reached is None or runner.finish:
                if runner.reset_offset or reached is None:  # behind the end of the data a run begins anew
                    await self._offsets.reset(self._job.job_id)
                return "Completed"
            offset = reached
            await asyncio.sleep(self._pause(began))
        return "Canceled"

    def _pause(self, began: float) -> float:
        """How long to wait so that the origin keeps to the rate limit."""
        if self._plan.rate_limit <= 0:
            return IDLE_S
        origin = self._plan.origin
        made = self._counts.get(origin.instance, {}).get("output", 0) if origin is not None else 0
        due = self._state.started_ms + 1000 * made / self._plan.rate_limit
        return max(IDLE_S, (due - self._clock.now_ms()) / 1000)

    async def _commit(self, offset: str | None) -> None:
        if offset is not None:
            await self._offsets.commit(self._job.job_id, {ENTITY: offset})

    def _count(self, stage: StagePlan, received: list[Record] | None, out: Out) -> None:
        held = self._counts.setdefault(
            stage.instance, {"input": 0, "output": 0, "error": 0, "events": 0, "stage_errors": 0}
        )
        held["input"] += len(received or ())
        held["output"] += sum(map(len, out.lanes)) if stage.outputs else len(received or ()) - len(out.errors)
        held["error"] += len(out.errors)
        held["events"] += len(out.events)
        held["stage_errors"] += len(out.stage_errors)
        self._times.setdefault(stage.instance, Times()).add(out.took_s)
        for lane, records in zip(stage.outputs, out.lanes, strict=False):
            self._lanes[stage.instance, lane] = self._lanes.get((stage.instance, lane), 0) + len(records)

    def _metrics(self) -> JsonMap:
        names = {
            "input": "inputRecords",
            "output": "outputRecords",
            "error": "errorRecords",
            "events": "eventRecords",
            "stage_errors": "stageErrors",
        }
        counters = {
            f"stage.{instance}.{names[key]}.counter": {"count": count}
            for instance, held in self._counts.items()
            for key, count in held.items()
        }
        for (instance, lane), count in self._lanes.items():
            counters[f"stage.{instance}:{lane}.outputRecords.counter"] = {"count": count}
        counters |= self._pipeline_counters()
        gauges = {
            "pipeline.batchCount.gauge": {"value": self._batches_done},
            "pipeline.runnerCount.gauge": {"value": {"totalRunners": 1, "availableRunners": 0 if self._task else 1}},
            **{f"stage.{each.instance}.instanceName.gauge": {"value": each.instance} for each in self._plan.stages},
        }
        seconds = max(0.001, (self._clock.now_ms() - self._state.started_ms) / 1000)
        meters = {
            f"pipeline.batch{word}Records.meter": {"m1_rate": counters[key]["count"] / seconds}
            for word in ("Input", "Output", "Error")
            if (key := f"pipeline.batch{word}Records.counter") in counters
        }
        timers = {f"stage.{name}.batchProcessing.timer": held.document() for name, held in self._times.items()}
        frozen = freeze({"counters": counters, "gauges": gauges, "meters": meters, "timers": timers})
        assert isinstance(frozen, JsonMap)
        return frozen

    def _pipeline_counters(self) -> dict[str, dict[str, int]]:
        """Records in (what the origin made or refused), out (what destinations and executors took), and errors."""
        origin = self._plan.origin
        first = self._counts.get(origin.instance, {}) if origin is not None else {}
        sinks = [self._counts.get(each.instance, {}) for each in self._plan.stages if each.is_sink]
        return {
            "pipeline.batchInputRecords.counter": {"count": first.get("output", 0) + first.get("error", 0)},
            "pipeline.batchOutputRecords.counter": {"count": sum(each.get("output", 0) for each in sinks)},
            "pipeline.batchErrorRecords.counter": {"count": sum(each["error"] for each in self._counts.values())},
            "pipeline.batchErrorMessages.counter": {
                "count": sum(each["stage_errors"] for each in self._counts.values())
            },
        }

    async def _end(self, state: str, message: str = "") -> None:
        errors = any(held["error"] for held in self._counts.values())
        word = "CompletedWithErrors" if state == "Completed" and errors else state
        await self._tell(state=word, message=message, ended_ms=self._clock.now_ms(), metrics=self._metrics())
        if message:
            await self._jobs.add_log(self._state.run_id, [(self._clock.now_ms(), "ERROR", message)])

    async def _tell(self, **changes: object) -> None:
        self._state = attrs.evolve(self._state, **changes)  # type: ignore[arg-type]
        await self._jobs.save_run(self._state)
        if "state" in changes:
            await self._jobs.add_log(
                self._state.run_id, [(self._clock.now_ms(), "INFO", f"the run is {self._state.state}")]
            )
        self._changed.set()
