"""Runs in the background: batch after batch in a worker thread, state and offsets in the project's stores."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence

import anyio.to_thread
import attrs

from ...core.catalogue.definitions import StageType
from ...core.errors import UsageError
from ...core.java import java_string
from ...core.plan.model import Delivery, Plan, StagePlan
from ...core.processors.api import StopFault, Tools
from ...core.project import EngineId, Job, JobRun, RunId
from ...core.records.values import FieldValue
from ...core.running import Tally, metrics_document
from ...core.validation.issues import Issue
from ...core.values import JsonMap
from ...ports.stores import JobStore, OffsetStore
from ...ports.world import Clock
from .runner import Runner

ENTITY = "$com.streamsets.datacollector.pollsource.offset$"
START, STOP = "pipeline-start", "pipeline-stop"
BATCH_SIZE = 1000
IDLE_S = 0.01
TURN_S = 0.1
"""How long batches follow each other before the offset is committed and metrics are told."""


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
        self._tally = Tally()
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
        self._tally = runner.tally
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
                await anyio.to_thread.run_sync(runner.close)
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
            turn = self._early(runner, offset) if self._commits_early else self._late(runner, offset)
            reached = await turn
            await self._tell(metrics=self._metrics())
            if reached is None or runner.finish:
                if runner.reset_offset or reached is None:  # behind the end of the data a run begins anew
                    await self._offsets.reset(self._job.job_id)
                return "Completed"
            offset = reached
            await asyncio.sleep(self._pause(runner, began))
        return "Canceled"

    @property
    def _commits_early(self) -> bool:
        return self._plan.delivery is Delivery.AT_MOST_ONCE and self._delivers

    async def _early(self, runner: Runner, offset: str | None) -> str | None:
        """A batch whose offset is committed before the first destination; what was reached."""
        steps = runner.batch(offset, BATCH_SIZE)
        early = await anyio.to_thread.run_sync(next, steps, None)
        if not runner.idle:
            await self._commit(early, runner)
        rest = await anyio.to_thread.run_sync(list, steps)
        self._batches_done += 1
        return rest[-1] if rest else early

    async def _late(self, runner: Runner, offset: str | None) -> str | None:
        """Batches, and then the offset behind those that came through; what was reached."""
        reached = [offset]
        try:
            await anyio.to_thread.run_sync(self._turn, runner, reached)
        finally:
            if len(reached) > 1:
                await self._commit(reached[-1], runner)
        return reached[-1]

    def _turn(self, runner: Runner, reached: list[str | None]) -> None:
        """Batches until there is a reason to look around, in a worker thread; their offsets behind the first one."""
        until = time.perf_counter() + TURN_S
        while True:
            *_, offset = runner.batch(reached[-1], BATCH_SIZE)
            self._batches_done += 1
            if not runner.idle or offset is None:
                reached.append(offset)
            over = offset is None or runner.idle or runner.finish or runner.paced or self._plan.rate_limit > 0
            if over or self._stop_asked.is_set() or time.perf_counter() > until:
                return

    def _pause(self, runner: Runner, began: float) -> float:
        """How long to wait so that the origin keeps to the rate limit, or others get their turn."""
        if self._plan.rate_limit <= 0:
            return IDLE_S if runner.idle or runner.paced else 0.0
        origin = self._plan.origin
        made = 0 if origin is None else self._tally.of(origin.instance, "output")
        due = self._state.started_ms + 1000 * made / self._plan.rate_limit
        return max(IDLE_S, (due - self._clock.now_ms()) / 1000)

    async def _commit(self, offset: str | None, runner: Runner) -> None:
        if offset is not None:
            await self._offsets.commit(self._job.job_id, {ENTITY: offset})
        await anyio.to_thread.run_sync(runner.committed)

    def _metrics(self) -> JsonMap:
        seconds = (self._clock.now_ms() - self._state.started_ms) / 1000
        return metrics_document(self._plan, self._tally, self._batches_done, seconds)

    async def _end(self, state: str, message: str = "") -> None:
        word = "CompletedWithErrors" if state == "Completed" and self._tally.errors else state
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
