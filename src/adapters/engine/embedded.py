"""The embedded engine: validates, previews and runs flows in this process."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from functools import partial

import anyio.to_thread
import attrs

from ...core.catalogue.definitions import Catalogue, StageType
from ...core.el import ElError
from ...core.errors import UsageError
from ...core.plan import Plan, StagePlan, bare_stages, compile_flow
from ...core.preview import Preview, PreviewOptions, StageOutput
from ...core.processors.api import Access, StopFault, Tools
from ...core.processors.registry import find, is_own
from ...core.project import EngineInfo, Job, JobId, ParameterSet, RunId
from ...core.records.record import Record
from ...core.records.values import FieldValue
from ...core.running import START, STOP, InvalidFlowError, Starting, placed, refusing, tell
from ...core.validation import Report, validate
from ...core.validation.issues import Issue, report_of
from ...ports.engine import Target
from ...ports.stores import JobStore, OffsetStore
from ...ports.world import Clock, Ids, Sleep
from .portion import Portion, portion_of
from .runner import Runner, Watch, deadline_of, runnable, stage_output
from .runs import EmbeddedRun
from .worker import Task
from .workers import Workers, not_splittable
from .world import World

MAX_PREVIEW_RECORDS = 1000
MAX_PREVIEW_BATCHES = 10
CANNOT_RUN = "PENSTOCK_0101"
EVERYTHING = Access()
UNKNOWN_STAGE = frozenset(
    ("VALIDATION_0006", "VALIDATION_0095", "CREATION_006", "CREATION_072", "CONTAINER_0901", "CONTAINER_0905")
)
"""Findings about a stage that the catalogue does not have."""
NO_CALLS = "; a preview calls out when asked to (call_out=True, --call-out), and takes records with inputs or outputs"


class EmbeddedEngine:
    """An engine without a service: stages run as functions of this process, origins and destinations in its threads.

    Previews never write, never commit offsets, and call no host that nobody named, unless their options ask for it.
    ``access`` says what stages may touch; with several ``workers`` as many processes read the files of a Directory.
    """

    def __init__(
        self,
        info: EngineInfo,
        catalogue: Catalogue,
        clock: Clock,
        ids: Ids,
        *,
        access: Access = EVERYTHING,
        sleep: Sleep = asyncio.sleep,
        workers: int = 1,
    ) -> None:
        self._info, self._catalogue, self._clock = info, catalogue, clock
        self._sleep, self._workers = sleep, workers
        self._world = World(info, clock, ids, access, (clock.now_ms(), clock.monotonic_s()))
        self._runs: list[EmbeddedRun] = []

    @property
    def info(self) -> EngineInfo:
        """Which engine this is."""
        return self._info

    async def validate(self, target: Target) -> Report:
        """The findings of the rules, a remark for every stage that this engine cannot run, and where the rules find
        nothing what keeps processors from being built."""
        report = validate(target.flow, self._catalogue, parameters=_parameters(target))
        if not report.issues:
            unfit = await anyio.to_thread.run_sync(self._unfit, target)
            report = report_of((*unfit, *report.remarks))
        stages = bare_stages(target.flow, self._catalogue)
        remarks = tuple(attrs.evolve(issue, advice=True) for issue in _cannot_run(stages))
        return attrs.evolve(report, remarks=report.remarks + remarks)

    def _unfit(self, target: Target) -> tuple[Issue, ...]:
        """What a start would find of the processors that touch nothing when they are built. What the settings of this
        engine lack is a remark."""
        parameters = _parameters(target)
        plan = compile_flow(
            target.flow, self._catalogue, parameters, self._clock.now_ms(), self._world.around(parameters)
        )
        starting = Starting([attrs.evolve(each, advice=True) for each in plan.issues])
        for stage in plan.stages:
            build = find(stage.kind) if is_own(stage.kind) else None
            if build is not None:
                tools = self._world.tools(plan, stage, preview=True)
                starting.build(stage, partial(build, stage, tools))
        return placed(tuple(starting.issues), plan, self._catalogue)

    async def preview(self, target: Target, options: PreviewOptions) -> Preview:
        """The records of the first batches; what stands in the way is in the result, not raised."""
        started = self._clock.monotonic_s()
        try:
            made = await anyio.to_thread.run_sync(self._preview, target, options)
        except (UsageError, StopFault) as error:
            made = Preview("START_ERROR", message=str(error))
        return attrs.evolve(made, duration_s=self._clock.monotonic_s() - started)

    def _preview(self, target: Target, options: PreviewOptions) -> Preview:
        try:
            plan = self._plan(target, options)
        except StopFault as fault:
            return Preview("RUN_ERROR", message=str(fault))
        portion = portion_of(plan, options, runnable)
        blocking = self._blocking(target, plan, portion)
        if blocking:
            return Preview("INVALID", report=report_of(blocking), message="Validation Failed")
        world = self._world_of(options)
        try:
            runner = self._runner(plan, options, portion, world)
        except ElError as error:
            return Preview("START_ERROR", message=str(error))
        except InvalidFlowError as error:
            report = report_of(placed(error.issues, plan, self._catalogue))
            return Preview("INVALID", report=report, message="Validation Failed")
        try:
            self._lifecycle(plan, options, plan.start_stage, START, world)
            made = self._run_batches(plan, runner, options, portion)
            self._lifecycle(plan, options, plan.stop_stage, STOP, world)
        finally:
            # what stages hold is let go of; what that makes is seen by nobody, so only a written end may fail
            with nullcontext() if options.write_to_destinations else suppress(StopFault):
                runner.close()
        return made

    def _world_of(self, options: PreviewOptions) -> World:
        """The engine's own, or one in which no host is called: a flow of somebody else's may call anybody."""
        access = self._world.access
        if options.call_out or options.write_to_destinations or access.hosts is not None:
            return self._world
        return attrs.evolve(self._world, access=attrs.evolve(access, hosts=(), ways_out=NO_CALLS))

    def _lifecycle(self, plan: Plan, options: PreviewOptions, stage: StagePlan | None, kind: str, world: World) -> None:
        if options.execute_lifecycle_events and stage is not None:
            fields: dict[str, FieldValue] = {"pipelineId": plan.pipeline_id, "pipelineTitle": plan.title}
            tell(stage, world.tools(plan, stage, options.now_ms, preview=True), kind, fields)

    def _runner(self, plan: Plan, options: PreviewOptions, portion: Portion, world: World) -> Runner:
        over = deadline_of(options.timeout_ms)
        return Runner(
            plan,
            lambda stage: attrs.evolve(world.tools(plan, stage, options.now_ms, preview=True), stopped=over),
            left_out=portion.left_out,
            given=portion.given,
            replaced=portion.replaced,
        )

    def _run_batches(self, plan: Plan, runner: Runner, options: PreviewOptions, portion: Portion) -> Preview:
        skipped = portion.skipped
        over = deadline_of(options.timeout_ms)
        batches: list[tuple[StageOutput, ...]] = []
        offset: str | None = None
        wanted = min(max(1, options.batches), MAX_PREVIEW_BATCHES)
        while len(batches) < wanted:
            shown: dict[str, StageOutput] = {}
            watch = Watch(
                lambda stage, got, out, into=shown: into.__setitem__(  # type: ignore[misc]
                    stage.instance, stage_output(stage, got, out, self._clock.now_ms())
                )
            )
            try:
                *_, offset = runner.batch(offset, min(options.batch_size, MAX_PREVIEW_RECORDS), watch)
            except StopFault as fault:
                return Preview("RUN_ERROR", tuple(batches), message=str(fault), skipped=skipped)
            except Exception as error:
                message = f"CONTAINER_0001 - {type(error).__name__}: {error}"
                return Preview("RUN_ERROR", tuple(batches), message=message, skipped=skipped)
            if any(_shows(output) for output in shown.values()) or any(portion.given.values()):
                batches.append(_with_skipped(plan, shown, portion))
            if offset is None:  # a Finisher ends runs only
                break
            if over():
                return Preview("TIMED_OUT", tuple(batches), message="the preview took too long", skipped=skipped)
        return Preview("FINISHED", tuple(batches), skipped=skipped)

    def _plan(self, target: Target, options: PreviewOptions) -> Plan:
        parameters = _parameters(target)
        around = self._world.around(parameters)
        plan = compile_flow(target.flow, self._catalogue, parameters, self._clock.now_ms(), around)
        origin, test = plan.origin, plan.test_origin
        if options.test_origin and origin is not None and test is not None:
            definition = self._catalogue.stage(test.kind)
            if origin.events and definition is not None and not definition.produces_events:
                raise StopFault("CONTAINER_0167", f"the test origin {definition.label} produces no events")
            replaced = attrs.evolve(
                test, instance=origin.instance, outputs=origin.outputs, events=origin.events, inputs=()
            )
            plan = attrs.evolve(plan, stages=tuple(replaced if each is origin else each for each in plan.stages))
        return plan

    def _blocking(self, target: Target, plan: Plan, portion: Portion) -> list[Issue]:
        """What forbids a preview: findings about stages that take part, and stages without code here.

        That nobody knows a stage is no hindrance where it does not run: a destination, or what takes up errors.
        """
        report = validate(target.flow, self._catalogue, parameters=_parameters(target))
        given = {s.instance for s in plan.stages if s.instance in portion.given and s.type is StageType.ORIGIN}
        aside = portion.aside | given
        sinks = {stage.instance for stage in plan.stages if stage.is_sink}
        running = {stage.instance for stage in plan.stages} - aside
        found = [
            issue
            for issue in report.issues
            if issue.instance_name not in aside - sinks
            and not (issue.instance_name in aside and issue.config_name is not None)
            and not (issue.code in UNKNOWN_STAGE and issue.instance_name not in running)
        ]
        return (
            found
            + [each for each in plan.issues if each.instance_name not in aside]
            + _cannot_run([each for each in plan.stages if each.instance not in aside])
        )

    def _unsplit(self, plan: Plan) -> list[Issue]:
        return [] if self._workers == 1 else not_splittable(plan)

    async def start(
        self, target: Target, job: Job, run_id: RunId, jobs: JobStore, offsets: OffsetStore, *, name: str = ""
    ) -> EmbeddedRun:
        """Starts a run from the job's committed offsets.

        Raises:
            InvalidFlowError: the flow has faults, or stages that this engine cannot run.
        """
        parameters = {**_parameters(target), **job.runtime_parameters}
        around = self._world.around(parameters, job)
        plan = compile_flow(target.flow, self._catalogue, parameters, self._clock.now_ms(), around)
        report = validate(target.flow, self._catalogue, parameters=parameters)

        def tools(stage: StagePlan) -> Tools:
            pause = run.origin_pause if stage.type is StageType.ORIGIN else run.pause
            return attrs.evolve(self._world.tools(plan, stage, job=job), sleep=pause, stopped=run.stopping)

        def build(begin: Callable[[Starting], None]) -> Runner:
            try:
                if self._workers == 1:
                    return Runner(plan, tools, delivers=True, begin=begin)
                return Workers(plan, tools, Task(plan, self._world, job), self._workers, begin)
            except InvalidFlowError as error:
                raise InvalidFlowError(error.name, placed(error.issues, plan, self._catalogue)) from error.__cause__

        run = EmbeddedRun(
            plan, job, run_id, self._info.engine_id, self._clock, jobs, offsets, tools, build, self._sleep, name
        )
        await run.begin(
            [
                *refusing(report, plan),
                *_new_issues(plan, report),
                *_cannot_run(_all_stages(plan)),
                *self._unsplit(plan),
            ],
            asyncio.get_running_loop(),
        )
        self._runs.append(run)
        return run

    async def attached(self, job_id: JobId, run_id: RunId) -> EmbeddedRun | None:
        """A run of this engine that has not ended."""
        return next((run for run in self._runs if run.state.run_id == run_id and not run.state.ended), None)

    async def aclose(self) -> None:
        """Stops every run after its batch."""
        for run in self._runs:
            await run.stop()
            await run.wait()
        self._runs.clear()


def _new_issues(plan: Plan, report: Report) -> list[Issue]:
    """Faults of compiling that validation did not find already."""
    known = {(issue.instance_name, issue.config_name) for issue in report.issues}
    return [issue for issue in plan.issues if (issue.instance_name, issue.config_name) not in known]


def _all_stages(plan: Plan) -> list[StagePlan]:
    """The stages that a run needs: those of the canvas, and the error, start and stop stages."""
    special = (plan.error_stage, plan.start_stage, plan.stop_stage)
    return [*plan.stages, *(stage for stage in special if stage is not None)]


_WAYS_OUT = "supply its input to a preview, run the flow on a remote engine, or register the stage"
_GROOVY = "Groovy needs a Java machine: write the script for Jython (it runs as Python) or JavaScript"


def _cannot_run(stages: Iterable[StagePlan]) -> list[Issue]:
    return [
        Issue(
            CANNOT_RUN,
            f"the embedded engine has no code for {stage.label or stage.instance} ({stage.kind}); "
            + (f"{_GROOVY}; or {_WAYS_OUT}" if "_groovy_" in stage.kind else _WAYS_OUT),
            stage.instance,
        )
        for stage in stages
        if not runnable(stage)
    ]


def _parameters(target: Target) -> dict[str, object]:
    made: dict[str, object] = {}
    for held in target.parameter_sets:
        made.update(_constants(held))
    made.update(target.parameters)
    return made


def _constants(held: ParameterSet) -> dict[str, object]:
    return {f"{held.name}__{parameter.name}": parameter.value for parameter in held.parameters}


def _shows(output: StageOutput) -> bool:
    return bool(any(output.lanes.values()) or output.error_records or output.stage_errors or output.event_records)


def _with_skipped(plan: Plan, shown: dict[str, StageOutput], portion: Portion) -> tuple[StageOutput, ...]:
    """The outputs in running order, with the input of stages that did not run."""
    lanes: dict[str, tuple[Record, ...]] = {}
    for output in shown.values():
        lanes.update(output.lanes)
    for stage in plan.stages:
        made = shown.get(stage.instance)
        if made is not None and stage.event_lane is not None:
            lanes[stage.event_lane] = made.event_records
    for name in portion.skipped:
        stage_plan = plan.stage(name)
        assert stage_plan is not None
        got = tuple(record for lane in stage_plan.inputs for record in lanes.get(lane, ()))
        shown[name] = StageOutput(name, input=portion.given.get(name, got))
    return tuple(shown[stage.instance] for stage in plan.stages if stage.instance in shown)


__all__ = ["EmbeddedEngine"]
