"""The engine on Apache Spark: previews here, runs there."""

import threading
from typing import Any

import attrs

from ...core.catalogue.definitions import Catalogue
from ...core.plan import Plan, compile_flow
from ...core.preview import Preview, PreviewOptions
from ...core.processors.api import Access
from ...core.project import EngineInfo, Job, JobId, JobRun, RunId
from ...core.running import InvalidFlowError, Starting, refusal, refusing
from ...core.validation import Report, validate
from ...core.validation.issues import Issue
from ...ports.engine import Engine, Target
from ...ports.stores import JobStore, OffsetStore
from . import placing, sources
from .address import Address
from .code import StageCode
from .runs import SparkRun
from .work import Work


class SparkEngine:
    """Runs flows as jobs of Spark. ``local`` previews, as a few records need no cluster.

    One session serves every run; it is opened by the first one and closed with the engine.
    """

    def __init__(
        self, info: EngineInfo, catalogue: Catalogue, address: Address, code: StageCode, local: Engine, access: Access
    ) -> None:
        self._info, self._catalogue, self._address = info, catalogue, address
        self._code, self._local, self._access = code, local, access
        self._runs: list[SparkRun] = []
        self._opened: Any = None
        self._opening = threading.Lock()

    @property
    def info(self) -> EngineInfo:
        """Which engine this is."""
        return self._info

    async def validate(self, target: Target) -> Report:
        """The findings of the rules; remarks on stages that cannot run on Spark and on those that differ there."""
        report = validate(target.flow, self._catalogue, parameters=parameters(target))
        self._code.load()
        plan = compile_flow(target.flow, self._catalogue)
        found = tuple(attrs.evolve(issue, advice=True) for issue in placing.issues(plan, self._code))
        return attrs.evolve(report, remarks=report.remarks + found + placing.remarks(plan))

    async def preview(self, target: Target, options: PreviewOptions) -> Preview:
        """The records of the first batches, made on this machine."""
        return await self._local.preview(target, options)

    async def start(
        self, target: Target, job: Job, run_id: RunId, jobs: JobStore, offsets: OffsetStore, *, name: str = ""
    ) -> SparkRun:
        """Starts a run from the job's checkpoint.

        Raises:
            InvalidFlowError: the flow has faults, or stages that cannot run on Spark.
            PenstockError: Spark cannot be reached, or something that it needs is missing.
        """
        state = JobRun(
            run_id, job.job_id, name or job.name, engine_id=self._info.engine_id, started_ms=self._code.clock.now_ms()
        )
        try:
            run = await self._begun(target, job, state, jobs, offsets)
        except Exception as error:
            now_ms = self._code.clock.now_ms()
            message = refusal(error.issues) if isinstance(error, InvalidFlowError) else str(error)
            await jobs.save_run(attrs.evolve(state, state="Failed", message=message, ended_ms=now_ms))
            await jobs.add_log(run_id, [(now_ms, "ERROR", message)])
            raise
        self._runs.append(run)
        return run

    async def _begun(self, target: Target, job: Job, state: JobRun, jobs: JobStore, offsets: OffsetStore) -> SparkRun:
        code = self._code
        code.load()
        given = {**parameters(target), **job.runtime_parameters}
        plan = compile_flow(target.flow, self._catalogue, given, code.clock.now_ms())
        report = validate(target.flow, self._catalogue, parameters=given)
        faults = [*refusing(report, plan), *plan.issues, *placing.issues(plan, code)]
        if faults or plan.origin is None:
            raise InvalidFlowError(plan.name, tuple(dict.fromkeys(faults)) or (_no_origin(),))
        work = self._work(plan, state.run_id, job)
        origin, tools = plan.origin, work.tools(plan.origin)
        if work.reads != sources.RECORDS:
            sources.check(origin, code, tools)
        elif sources.touches_nothing(origin):
            starting = Starting()
            starting.build(origin, lambda: code.origin(origin, tools))
            starting.done(plan.name)
        run = SparkRun(work, self._address, job, state, self._open, jobs, offsets)
        await run.begin()
        return run

    def _work(self, plan: Plan, run_id: RunId, job: Job) -> Work:
        assert plan.origin is not None
        reads = sources.reads(plan.origin, self._address)
        levels = placing.levels_of(plan)
        word = run_id.replace("-", "")[:12]
        facts = self._code.facts(plan.parameters, self._info.engine_id, job)
        return Work(plan, self._code, 0, levels, reads, word, word, attrs.evolve(self._access, uris=True), facts)

    def _open(self) -> tuple[Any, str]:
        from .session import open_session

        with self._opening:
            if self._opened is None:
                self._opened = open_session(self._address)
            return self._opened.spark, self._opened.archive

    async def attached(self, job_id: JobId, run_id: RunId) -> SparkRun | None:
        """A run of this engine that has not ended."""
        return next((run for run in self._runs if run.state.run_id == run_id and not run.state.ended), None)

    async def aclose(self) -> None:
        """Stops every run after its batch, and Spark."""
        for run in self._runs:
            await run.stop()
            await run.wait()
        self._runs.clear()
        opened, self._opened = self._opened, None
        if opened is not None and opened.owned:
            opened.spark.stop()
        await self._local.aclose()


def parameters(target: Target) -> dict[str, object]:
    """The values of the parameter sets under their prefixes, and those of the target."""
    made: dict[str, object] = {}
    for held in target.parameter_sets:
        made.update({f"{held.name}__{parameter.name}": parameter.value for parameter in held.parameters})
    return {**made, **target.parameters}


def _no_origin() -> Issue:
    return Issue(placing.CANNOT_RUN, "the flow has no origin")
