"""Runs in the background: batch after batch in a worker thread, state and offsets in the project's stores."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import anyio.to_thread
import attrs

from ...core.catalogue.definitions import StageType
from ...core.errors import UnsupportedError
from ...core.java import java_string
from ...core.plan.model import Delivery, Plan, StagePlan
from ...core.processors.api import RecordStop, StopFault, Tools
from ...core.project import EngineId, Job, JobRun, RunId
from ...core.records.values import FieldValue
from ...core.running import (
    ENTITY,
    EVENT_FAILED,
    MOST_RECORDS,
    InvalidFlowError,
    Lifecycle,
    Starting,
    Status,
    Tally,
    metrics_document,
    moved,
    refusal,
    starts_again,
    wait_s,
)
from ...core.running.measuring import Ages
from ...core.running.notices import Notice, alert_notices, notices, wants_notice
from ...core.running.tally import Last
from ...core.running.watching import MEASURE_MS, Watch
from ...core.validation.issues import Issue
from ...core.values import JsonMap
from ...ports.stores import JobStore, OffsetStore
from ...ports.world import Clock, Sleep
from .garbage import rare_collections
from .runner import Runner
from .world import USER

IDLE_S = 0.01
TURN_S = 0.1
"""How long batches follow each other before the offset is committed and metrics are told."""


def _reason(error: Exception) -> str:
    """The status text; of a start that several things forbid the first one, as in the original."""
    if isinstance(error, InvalidFlowError):
        return error.issues[0].message
    return str(error) if isinstance(error, StopFault) else f"CONTAINER_0001 - {type(error).__name__}: {error}"


class EmbeddedRun:
    """One run. ``state`` is always the newest; the stores get it at every change.

    ``build`` makes the stages anew, for the start and for every attempt after a failure; it calls what it is given
    between the error stage and the origin.
    """

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
        build: Callable[[Callable[[Starting], None]], Runner],
        sleep: Sleep = asyncio.sleep,
        name: str = "",
    ) -> None:
        self._plan, self._job, self._clock, self._tools = plan, job, clock, tools
        self._build, self._sleep = build, sleep
        self._delivers = any(each.type is StageType.DESTINATION for each in plan.stages)
        self._idle_s, self._idled_at = plan.settings.number("runnerIdleTIme", -1), 0.0
        self._jobs, self._offsets = jobs, offsets
        self._state = JobRun(
            run_id, job.job_id, name or job.name, "Starting", engine_id=engine_id, started_ms=clock.now_ms()
        )
        self._status = self._failed_at = Status.STARTING
        self._lifecycle = Lifecycle(plan, tools, {})
        self._watch = Watch(plan.rules, self._state.started_ms, MEASURE_MS)
        self._before, self._runner = Tally(last=Last(record_ms=clock.now_ms())), cast("Runner | None", None)
        self._batches_done = 0
        self._stop_asked = threading.Event()
        self._stop_told = asyncio.Event()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._notices: asyncio.Task[None] | None = None

    @property
    def state(self) -> JobRun:
        """The newest state, with metrics."""
        return self._state

    async def begin(self, issues: Sequence[Issue], loop: asyncio.AbstractEventLoop) -> None:
        """Starts, unless there are issues.

        A start event that fails is no issue: the run goes on its way, and fails; so does one whose stages could not be
        built, where there is another attempt. A start that is refused is kept too.

        Raises:
            InvalidFlowError: with all of them, or with what kept stages from being built.
        """
        await self._tell()
        if issues:
            refused = InvalidFlowError(self._plan.name, tuple(issues))
            await self._end(refused, refusal(refused.issues))
            raise refused
        first: Runner | Exception
        try:
            first = await anyio.to_thread.run_sync(self._made)
        except Exception as error:
            if not (_only_event_failed(error) or self._again(1, error)):
                await self._move(Status.STARTING_ERROR)
                await anyio.to_thread.run_sync(self._destroyed, None, "FAILURE")
                await self._end(error, _reason(error))
                raise
            first = error
        else:
            await self._move(Status.RUNNING, state="Running")
        self._task = loop.create_task(self._go(first))

    async def stop(self) -> None:
        """Asks for the end after the batch it is in."""
        self._stop_asked.set()
        self._stop_told.set()

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

    def origin_pause(self, seconds: float) -> None:
        """As ``pause``, for an origin: meanwhile the other stages get empty batches, where the flow says so."""
        until = time.monotonic() + seconds
        while self._idle_s > 0 and self._runner is not None and not self._stop_asked.is_set():
            due = self._quiet_since(self._runner) + self._idle_s
            if due > until:
                break
            self.pause(max(0.0, due - time.monotonic()))
            self._runner.idle_batch()
            self._idled_at = time.monotonic()
        self.pause(max(0.0, until - time.monotonic()))

    def _quiet_since(self, runner: Runner) -> float:
        """When the batch in hand began, or the last empty one of its time was made."""
        return max(self._idled_at, time.monotonic() - runner.quiet_s)

    def stopping(self) -> bool:
        """True when the run was asked to stop."""
        return self._stop_asked.is_set()

    def _made(self) -> Runner:
        """The stages of an attempt; the start event goes out on the way."""
        stage = self._plan.stages[0]
        facts = self._tools(stage).scope.facts
        about: dict[str, FieldValue] = {
            "user": USER,
            "pipelineId": self._plan.pipeline_id,
            "pipelineTitle": self._plan.title,
            "jobId": facts.job_id,
            "jobName": facts.job_name,
        }
        parameters = self._job.runtime_parameters
        given: dict[str, FieldValue] = {name: java_string(value) for name, value in parameters.items()}
        self._lifecycle = Lifecycle(self._plan, self._tools, about)
        return self._build(lambda starting: self._lifecycle.begin(starting, {"parameters": given}))

    async def _go(self, runner: Runner | Exception) -> None:
        """Attempt after attempt, as long as they fail and the flow says that there is another one."""
        attempt, first = 0, cast("Runner | Exception | None", runner)
        fault: Exception | None = None
        while True:
            fault = await self._attempt(first)
            attempt, first = attempt + 1, None
            if fault is None or not self._again(attempt, fault):
                break
            seconds = wait_s(attempt)
            text = f"{_reason(fault)} (attempt {attempt} in {seconds} s)"
            await self._move(Status.RETRY, state="Paused", message=text)
            if await self._stopped_within(seconds):
                fault = None
                await self._move(Status.STOPPING, state="Canceling")
                break
            await self._move(Status.STARTING, state="Resuming")
        await self._end(fault, "" if fault is None else _reason(fault))

    def _again(self, attempt: int, fault: Exception) -> bool:
        outside = _from_outside(fault)
        lasting = isinstance(fault.__cause__ or fault, (RecordStop, UnsupportedError))  # it would fail likewise again
        return not (lasting or self.stopping()) and starts_again(self._plan, attempt, from_outside=outside)

    async def _attempt(self, first: Runner | Exception | None) -> Exception | None:
        """Start event, batches, the stages' own end, stop event; whatever failed first."""
        fault, runner = cast("Exception | None", None), cast("Runner | None", None)
        try:
            runner = await self._ready(first)
            self._runner = runner
            with rare_collections(), self._watched():
                status = await self._batches(runner)
            await self._move(status)
        except Exception as error:
            fault = error
            self._failed_at = _FAILED[self._status]
            await self._move(self._failed_at)
        reason = "FAILURE" if fault is not None else _REASONS[self._status]
        late = await anyio.to_thread.run_sync(self._destroyed, runner, reason)
        if late is not None and fault is None:
            self._failed_at = Status.STOPPING_ERROR
        if late is not None and self._status is not Status.STOPPING_ERROR:
            await self._move(Status.STOPPING_ERROR)
        if runner is not None:
            await self._tell(metrics=self._metrics())
            self._before.merge(runner.tally)
        self._runner = None
        return fault or late

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Meanwhile rules about metrics are applied every second, also while an origin has nothing."""
        if not self._plan.rules.metrics:
            yield
            return
        watching = asyncio.get_running_loop().create_task(self._keep_watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _keep_watch(self) -> None:
        while True:
            await asyncio.sleep(MEASURE_MS / 1000)
            if not self._watch.due(self._clock.now_ms()):
                continue
            try:
                metrics = self._metrics(between_batches=False)
            except RuntimeError:  # a batch changed the counts meanwhile: the next look will do
                continue
            if self._watch.raised:
                self._state = attrs.evolve(self._state, metrics=metrics)
                await self._jobs.save_run(self._state)
                await self._tell_alerts()
                self._changed.set()

    async def _ready(self, first: Runner | Exception | None) -> Runner:
        """The stages, built for the first attempt already."""
        if isinstance(first, Exception):
            raise first
        if first is None:
            first = await anyio.to_thread.run_sync(self._made)
            await self._move(Status.RUNNING, state="Running", message="")
        return first

    def _destroyed(self, runner: Runner | None, reason: str) -> Exception | None:
        """Lets the stages finish and hands over the stop event; what failed, the stop event before all else."""
        fault: Exception | None = None
        ends = [self._lifecycle.close_start]
        for end in ends if runner is None else [runner.close, *ends]:
            try:
                end()
            except Exception as error:
                fault, reason = fault or error, "FAILURE"
        try:
            self._lifecycle.end(reason)
        except Exception as error:
            fault = error
        return fault

    async def _stopped_within(self, seconds: float) -> bool:
        """Waits; True when the run was asked to stop meanwhile."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return self.stopping()
        waits = [asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(self._stop_told.wait())]
        _, late = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in late:
            each.cancel()
        return self._stop_asked.is_set()

    async def _batches(self, runner: Runner) -> Status:
        """Batch after batch; where that leads to."""
        offset = (await self._offsets.offsets(self._job.job_id)).get(ENTITY)
        while not self._stop_asked.is_set() or runner.waiting:
            began = self._clock.monotonic_s()
            turn = self._early(runner, offset) if self._commits_early else self._late(runner, offset)
            reached = await turn
            await self._tell(metrics=self._metrics())
            if reached is None or runner.finish:
                if runner.reset_offset or reached is None:  # behind the end of the data a run begins anew
                    await self._offsets.reset(self._job.job_id)
                return Status.FINISHING
            offset = reached
            await self._stopped_within(self._pause(runner, began))
        return Status.STOPPING

    @property
    def _commits_early(self) -> bool:
        return self._plan.delivery is Delivery.AT_MOST_ONCE and self._delivers

    async def _early(self, runner: Runner, offset: str | None) -> str | None:
        """A batch whose offset is committed before the first destination; what was reached."""
        steps = runner.batch(offset, MOST_RECORDS)
        early = await anyio.to_thread.run_sync(next, steps, None)
        if not runner.idle:
            await self._commit(early, runner)
        rest = await anyio.to_thread.run_sync(list, steps)
        self._batches_done += runner.counts
        return rest[-1] if rest else early

    async def _late(self, runner: Runner, offset: str | None) -> str | None:
        """Batches, and then the offset behind those that came through; what was reached."""
        reached = [(offset, False)]
        try:
            await anyio.to_thread.run_sync(self._turn, runner, reached)
        finally:
            if any(is_new for _, is_new in reached):
                await self._commit(reached[-1][0], runner)
        return reached[-1][0]

    def _turn(self, runner: Runner, reached: list[tuple[str | None, bool]]) -> None:
        """Batches until there is a reason to look around, in a worker thread.

        Adds the offset behind each, and whether there was anything in it.
        """
        until = time.perf_counter() + TURN_S
        while True:
            *_, offset = runner.batch(reached[-1][0], MOST_RECORDS)
            self._batches_done += runner.counts
            reached.append((offset, not runner.idle))
            over = offset is None or runner.idle or runner.finish or runner.paced or self._plan.rate_limit > 0
            if over or self._stop_asked.is_set() or time.perf_counter() > until:
                return

    def _pause(self, runner: Runner, began: float) -> float:
        """How long to wait so that the origin keeps to the rate limit, or others get their turn."""
        if self._plan.rate_limit <= 0:
            return IDLE_S if runner.idle or runner.paced else 0.0
        origin = self._plan.origin
        made = 0 if origin is None else runner.tally.of(origin.instance, "output")
        due = self._state.started_ms + 1000 * made / self._plan.rate_limit
        return max(IDLE_S, (due - self._clock.now_ms()) / 1000)

    async def _commit(self, offset: str | None, runner: Runner) -> None:
        if offset is not None:
            await self._offsets.commit(self._job.job_id, {ENTITY: offset})
        await anyio.to_thread.run_sync(runner.committed)

    def _metrics(self, *, between_batches: bool = True) -> JsonMap:
        seconds = (self._clock.now_ms() - self._state.started_ms) / 1000
        runners = 1 if self._runner is None else self._runner.count
        tally = self._tally
        made = metrics_document(self._plan, tally, self._batches_done, seconds, runners)
        if not self._plan.rules.any:
            return made
        now_ms, runner = self._clock.now_ms(), self._runner
        if between_batches and runner is not None:
            self._watch.take(runner.tally.take_samples(), now_ms)
        ages, last = Ages() if runner is None else runner.ages, self._status is not Status.RUNNING
        return self._watch.metrics(made, tally, ages, seconds, now_ms, last=last)

    @property
    def _tally(self) -> Tally:
        """What was done in all attempts."""
        if self._runner is None:
            return self._before
        made = Tally()
        made.merge(self._before)
        made.merge(self._runner.tally)
        return made

    async def _end(self, fault: Exception | None, message: str) -> None:
        last, word = _ENDS[self._status if fault is None else self._failed_at]
        if word == "Completed" and self._tally.errors:
            word = "CompletedWithErrors"
        if message:
            await self._log("ERROR", message)
        await self._move(last, state=word, message=message, ended_ms=self._clock.now_ms())
        if self._notices is not None:
            await self._notices

    async def _move(self, status: Status, **changes: object) -> None:
        """Goes to another state of the pipeline, and tells."""
        before, self._status = self._status, moved(self._status, status)
        if changes:
            await self._tell(metrics=self._metrics(), **changes)
        await self._log("INFO", f"{before.value} -> {status.value}")
        if self._plan.stages and wants_notice(self._plan, status):
            made = notices(self._plan, status, self._state.message, self._clock.now_ms(), self._metrics())
            self._notices = asyncio.get_running_loop().create_task(self._notify(made, self._notices))

    async def _tell_alerts(self) -> None:
        """Says in the log what alerts were raised, and sends what their rules want to be sent."""
        for each in self._watch.take_raised():
            await self._log("INFO", each.line)
            made = alert_notices(self._plan, each, self._clock.now_ms())
            if made:
                self._notices = asyncio.get_running_loop().create_task(self._notify(made, self._notices))

    async def _notify(self, made: Sequence[Notice], before: asyncio.Task[None] | None) -> None:
        """Sends notices behind those that are under way; batches do not wait for them."""
        from .notifying import hand_over

        if before is not None:
            await before
        tools = self._tools(self._plan.stages[0])
        for each in made:
            fault = await anyio.to_thread.run_sync(hand_over, each, tools)
            if fault:
                await self._log("WARN", fault)

    async def _tell(self, **changes: object) -> None:
        self._state = attrs.evolve(self._state, **changes)  # type: ignore[arg-type]
        await self._jobs.save_run(self._state)
        for stage, text in [] if self._runner is None else self._runner.tally.take_faults():
            await self._log("WARN", f"{stage}: {text}")
        if self._watch.raised:
            await self._tell_alerts()
        self._changed.set()

    async def _log(self, severity: str, text: str) -> None:
        await self._jobs.add_log(self._state.run_id, [(self._clock.now_ms(), severity, text)])


_REASONS = {Status.FINISHING: "FINISHED", Status.STOPPING: "USER_ACTION"}
_FAILED = {
    Status.STARTING: Status.STARTING_ERROR,
    Status.RUNNING: Status.RUNNING_ERROR,
    Status.FINISHING: Status.STOPPING_ERROR,
    Status.STOPPING: Status.STOPPING_ERROR,
}
_ENDS = {
    Status.STARTING: (Status.START_ERROR, "Failed"),
    Status.FINISHING: (Status.FINISHED, "Completed"),
    Status.STOPPING: (Status.STOPPED, "Canceled"),
    Status.STARTING_ERROR: (Status.START_ERROR, "Failed"),
    Status.RUNNING_ERROR: (Status.RUN_ERROR, "Failed"),
    Status.STOPPING_ERROR: (Status.STOP_ERROR, "Failed"),
}


def _only_event_failed(error: Exception) -> bool:
    """True when the start event is all that stands in the way of a start."""
    return isinstance(error, InvalidFlowError) and all(each.code == EVENT_FAILED for each in error.issues)


def _from_outside(cause: BaseException | None) -> bool:
    """True for a failure of the network or of another service, which may go away by itself."""
    while cause is not None:
        if isinstance(cause, (ConnectionError, TimeoutError)):
            return True
        cause = cause.__cause__
    return False
