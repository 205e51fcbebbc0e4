"""Runs on Spark: a query or a row of batches in a worker thread, state and metrics in the project's stores."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import anyio.to_thread
import attrs

from ...core.java import java_string
from ...core.processors.api import Out, StopFault
from ...core.project import Job, JobRun
from ...core.records.values import FieldValue
from ...core.running import ENTITY, MOST_RECORDS, START, STOP, Status, metrics_document
from ...core.running.measuring import Ages
from ...core.running.notices import Notice, alert_notices, notices, wants_notice
from ...core.running.watching import Watch
from ...ports.stores import JobStore, OffsetStore
from . import kafka, sources
from .address import Address
from .code import Origin
from .driver import Driver
from .session import last_line
from .work import SCHEMA, Work

CHECKPOINT, PIECES = "$penstock.spark.checkpoint$", "$penstock.spark.pieces$"
POLL_S = 0.05
TELL_S = 0.5


class Stopped(Exception):
    """The run was asked to stop before this batch; it is not begun."""


class SparkRun:
    """A run that goes on in the background. ``open_spark`` gives a session and the name of the archive in workers."""

    def __init__(
        self,
        work: Work,
        address: Address,
        job: Job,
        state: JobRun,
        open_spark: Callable[[], tuple[Any, str]],
        jobs: JobStore,
        offsets: OffsetStore,
    ) -> None:
        self._work, self._address, self._job, self._open = work, address, job, open_spark
        self._jobs, self._offsets, self._clock = jobs, offsets, work.code.clock
        self._state = attrs.evolve(state, state="Starting")
        self._rules = Watch(work.plan.rules, state.started_ms)
        self._stop_asked = threading.Event()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._driver: Driver | None = None
        self._busy = threading.Lock()
        self._told_s, self._untold = 0.0, False

    @property
    def state(self) -> JobRun:
        """The newest state, with metrics."""
        return self._state

    async def begin(self) -> None:
        """Opens Spark and starts.

        Raises:
            PenstockError: Spark cannot be reached, something that it needs is missing, or a stage cannot be built.
        """
        self._loop = asyncio.get_running_loop()
        self._driver = Driver(self._work)
        spark, archive = await anyio.to_thread.run_sync(self._open)
        if any(kafka.runs(stage) for stage in self._work.plan.stages):
            await anyio.to_thread.run_sync(kafka.check_connector, spark)
        await self._tell(state="Running")
        await self._notify(Status.RUNNING)
        self._task = self._loop.create_task(self._go(spark, archive))

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

    async def _go(self, spark: Any, archive: str) -> None:
        state, message = "Failed", ""
        driver = self._driver
        assert driver is not None
        plan = self._work.plan
        try:
            begins: dict[str, FieldValue] = {
                "parameters": {name: java_string(value) for name, value in plan.parameters.items()}
            }
            await anyio.to_thread.run_sync(driver.lifecycle, plan.start_stage, START, self._facts(begins))
            try:
                state = await anyio.to_thread.run_sync(self._batches, spark, archive)
            finally:
                await anyio.to_thread.run_sync(driver.close)
                await anyio.to_thread.run_sync(driver.send, spark)
            if driver.reset_offset:
                await self._offsets.reset(self._job.job_id)
        except Exception as error:
            state, message = "Failed", _reason(error)
        try:
            word = {"Completed": "FINISHED", "Canceled": "USER_ACTION"}.get(state, "FAILURE")
            await anyio.to_thread.run_sync(driver.lifecycle, plan.stop_stage, STOP, self._facts({"reason": word}))
        except Exception as error:
            state, message = "Failed", message or _reason(error)
        await self._end(state, message)

    def _facts(self, more: dict[str, FieldValue]) -> dict[str, FieldValue]:
        plan, job = self._work.plan, self._job
        return {
            "user": "penstock",
            "pipelineId": plan.pipeline_id,
            "pipelineTitle": plan.title,
            "jobId": job.job_id,
            "jobName": job.name,
            **more,
        }

    def _batches(self, spark: Any, archive: str) -> str:
        """In a worker thread: everything up to the end; the state there."""
        if self._work.reads == sources.RECORDS:
            return self._dealt(spark, archive)
        return self._streamed(spark, archive)

    def _dealt(self, spark: Any, archive: str) -> str:
        """Batches that the driver makes itself."""
        plan, driver = self._work.plan, self._driver
        assert plan.origin is not None
        assert driver is not None
        tools = attrs.evolve(self._work.tools(plan.origin), sleep=self._pause, stopped=self._stop_asked.is_set)
        origin = self._work.code.origin(plan.origin, tools)
        offset = self._await(self._offsets.offsets(self._job.job_id)).get(ENTITY)
        try:
            for number in range(1 << 62):
                if self._stop_asked.is_set():
                    return "Canceled"
                out, before = Out(len(plan.origin.outputs), self._clock.now_ms), offset
                offset = origin.read(offset, MOST_RECORDS, out)
                rows = driver.deal(out)
                if rows:
                    made = spark.createDataFrame(rows, SCHEMA)
                    driver.distribute(made, archive, f"{self._work.run}-{number}", self._pieces(spark))
                _tell_origin(origin, "respond", driver.take_responses())
                if offset is not None and offset != before:
                    self._await(self._offsets.commit(self._job.job_id, {ENTITY: offset}))
                _tell_origin(origin, "committed")
                self._say()
                if offset is None:
                    self._await(self._offsets.reset(self._job.job_id))
                if offset is None or driver.finish:
                    return "Completed"
        finally:
            _tell_origin(origin, "close")
        raise AssertionError

    def _pause(self, seconds: float) -> None:
        """Waits, until the run is asked to stop at the latest."""
        self._stop_asked.wait(seconds)

    def _streamed(self, spark: Any, archive: str) -> str:
        """A streaming query; Spark's checkpoint says how far it has got."""
        driver, origin = self._driver, self._work.plan.origin
        assert driver is not None
        assert origin is not None
        failure: list[Exception] = []
        checkpoint, pieces = self._progress(self._pieces(spark))
        word = checkpoint.rpartition("/")[2].replace("-", "")[:12]
        spark = spark.newSession()
        spark.conf.set("spark.sql.files.minPartitionNum", pieces)

        def batch(rows: Any, number: int) -> None:
            with self._busy:
                if self._stop_asked.is_set() or driver.finish:
                    raise Stopped
                try:
                    driver.distribute(rows, archive, f"{word}-{number}", pieces)
                except Exception as error:
                    failure.append(error)
                    raise
                self._say()

        keyed = any(level > 0 for level in self._work.levels.values())
        once = self._address.once or keyed
        # keys of two batches would never be compared
        address = attrs.evolve(self._address, per_batch=0) if keyed else self._address
        writer = sources.stream(spark, origin, address).writeStream.foreachBatch(batch)
        trigger = (
            {"availableNow": True} if once else {"processingTime": f"{int(self._address.every_s * 1000)} milliseconds"}
        )
        query = writer.option("checkpointLocation", checkpoint).trigger(**trigger).start()
        try:
            self._watch(query, driver)
            failed = query.exception() if not query.isActive else None
        finally:
            if query.isActive:
                query.stop()
        if failure:
            raise failure[0]
        if failed is not None and not self._stop_asked.is_set() and not driver.finish:
            raise StopFault("PENSTOCK_0114", last_line(failed))
        if once:
            driver.no_more_data()
        return "Canceled" if self._stop_asked.is_set() else "Completed"

    def _watch(self, query: Any, driver: Driver) -> None:
        """Until the query ends, or is between two batches and nothing more is wanted of it."""
        while query.isActive:
            time.sleep(POLL_S)
            done = driver.batches
            status = query.status
            idle = status["message"].startswith("Waiting") and not status["isDataAvailable"]
            waits = idle and done == driver.batches and (driver.seen_files or self._untold)
            if waits and self._busy.acquire(blocking=False):
                try:
                    driver.no_more_data()
                    self._say()
                finally:
                    self._busy.release()
            if (self._stop_asked.is_set() or driver.finish) and idle:
                return

    def _pieces(self, spark: Any) -> int:
        """Into how many pieces data is cut."""
        return self._address.partitions or int(spark.sparkContext.defaultParallelism)

    def _progress(self, pieces: int) -> tuple[str, int]:
        """Where Spark keeps the progress of this job, and the pieces: as in its last run, new ones behind a reset.

        A batch that is repeated because its run was killed then writes the same files.
        """
        held = self._await(self._offsets.offsets(self._job.job_id))
        kept, before = str(held.get(CHECKPOINT) or ""), str(held.get(PIECES) or "")
        base = self._address.checkpoint or str(Path.home() / ".local" / "state" / "penstock" / "spark")
        made = kept or f"{base.rstrip('/')}/{self._job.job_id}/{self._state.run_id}"
        if before.isdecimal() and not self._address.partitions:
            pieces = int(before)
        self._await(self._offsets.commit(self._job.job_id, {CHECKPOINT: made, PIECES: str(pieces)}))
        return made, pieces

    def _await(self, what: Coroutine[Any, Any, Any]) -> Any:
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(what, self._loop).result()

    def _say(self) -> None:
        """Metrics, not more often than anybody can look; what is held back is told when the query waits."""
        self._untold = time.monotonic() - self._told_s <= TELL_S
        if not self._untold:
            self._told_s = time.monotonic()
            self._await(self._tell(metrics=self._metrics()))

    def _metrics(self, *, last: bool = False) -> Any:
        """The metrics with the alerts of rules; partitions tell of their batches when they are done, so none has an
        age."""
        driver, plan, now_ms = self._driver, self._work.plan, self._clock.now_ms()
        assert driver is not None
        seconds = (now_ms - self._state.started_ms) / 1000
        tally = driver.tally()
        made = metrics_document(plan, tally, driver.batches, seconds)
        if not plan.rules.any:
            return made
        self._rules.take(driver.take_samples(), now_ms)
        return self._rules.metrics(made, tally, Ages(), seconds, now_ms, last=last)

    async def _end(self, state: str, message: str) -> None:
        assert self._driver is not None
        word = "CompletedWithErrors" if state == "Completed" and self._driver.tally().errors else state
        metrics = self._metrics(last=True)
        await self._tell(state=word, message=message, ended_ms=self._clock.now_ms(), metrics=metrics)
        if message:
            await self._log("ERROR", message)
        await self._notify(_ENDS[state])

    async def _notify(self, status: Status) -> None:
        """Tells of a state whoever the flow names."""
        plan = self._work.plan
        if not wants_notice(plan, status):
            return
        await self._hand_over(notices(plan, status, self._state.message, self._clock.now_ms(), self._metrics()))

    async def _hand_over(self, made: Iterable[Notice]) -> None:
        tools = self._work.tools(self._work.plan.stages[0])
        for each in made:
            fault = await anyio.to_thread.run_sync(self._work.code.notify, each, tools)
            if fault:
                await self._log("WARN", fault)

    async def _tell_alerts(self) -> None:
        """Says in the log what alerts were raised, and sends what their rules want to be sent."""
        for each in self._rules.take_raised():
            await self._log("INFO", each.line)
            await self._hand_over(alert_notices(self._work.plan, each, self._clock.now_ms()))

    async def _log(self, severity: str, text: str) -> None:
        await self._jobs.add_log(self._state.run_id, [(self._clock.now_ms(), severity, text)])

    async def _tell(self, **changes: object) -> None:
        self._state = attrs.evolve(self._state, **changes)  # type: ignore[arg-type]
        await self._jobs.save_run(self._state)
        for stage, text in [] if self._driver is None else self._driver.take_faults():
            await self._log("WARN", f"{stage}: {text}")
        if "state" in changes:
            await self._log("INFO", f"the run is {self._state.state}")
        if self._rules.raised:
            await self._tell_alerts()
        self._changed.set()


_ENDS = {"Completed": Status.FINISHED, "Canceled": Status.STOPPED, "Failed": Status.RUN_ERROR}


def _tell_origin(origin: Origin, verb: str, *words: object) -> None:
    """Something that only some origins want to know."""
    told = getattr(origin, verb, None)
    if told is not None:
        told(*words)


def _reason(error: Exception) -> str:
    return (
        str(error) if isinstance(error, StopFault) else f"CONTAINER_0001 - {type(error).__name__}: {last_line(error)}"
    )
