"""Where stages run: in partitions, behind an exchange by key, or on the driver; and what cannot run at all, and why."""

from collections.abc import Iterable, Iterator

from ...core.catalogue.definitions import StageType
from ...core.plan.model import Delivery, Plan, StagePlan
from ...core.running.stages import keyed_levels
from ...core.validation.issues import Issue
from . import kafka
from .code import StageCode

CANNOT_RUN, NOT_AS_MEANT, DIFFERS = "PENSTOCK_0101", "PENSTOCK_0111", "PENSTOCK_0112"
DIRECTORY = "com_streamsets_pipeline_stage_origin_spooldir_SpoolDirDSource"
RAW_DATA = "com_streamsets_pipeline_stage_devtest_rawdata_RawDataDSource"
DEDUPLICATOR = "com_streamsets_pipeline_stage_processor_dedup_DeDupDProcessor"
AGGREGATOR = "com_streamsets_pipeline_stage_processor_aggregation_AggregationDProcessor"
TO_ORIGIN = "com_streamsets_pipeline_stage_destination_tooriginresponse_ToOriginResponseDTarget"
ERRORS_TO_ORIGIN = "com_streamsets_pipeline_stage_destination_tooriginresponse_ToErrorOriginResponseDTarget"
SCRIPTS = ("_jython_", "_javascript_", "_groovy_")
DRIVER = -1
"""The level of what runs on the driver."""


def is_keyed(stage: StagePlan) -> bool:
    """True for a stage that needs all records of a key in one place."""
    return stage.kind == DEDUPLICATOR


def is_dealt(origin: StagePlan) -> bool:
    """True for an origin that makes its records on the driver."""
    return not (origin.kind == DIRECTORY or kafka.consumes(origin))


def levels_of(plan: Plan) -> dict[str, int]:
    """Stages that wait for records from elsewhere: keyed ones behind their exchange; executors, and answers to an
    origin that is there, on the driver."""
    answers = plan.origin is not None and is_dealt(plan.origin)
    here = {
        stage.instance: DRIVER
        for stage in plan.stages
        if stage.type is StageType.EXECUTOR or (answers and stage.kind == TO_ORIGIN)
    }
    told = set(_told_by_events(plan))
    only_told = {stage.instance: DRIVER for stage in plan.stages if is_keyed(stage) and stage.instance in told}
    return {**keyed_levels(plan, is_keyed), **here, **only_told}


def depth(plan: Plan) -> int:
    """How many exchanges there are."""
    return max([0, *levels_of(plan).values()])


def runs_at(plan: Plan, level: int, stage: StagePlan) -> bool:
    """True when a stage runs at a level: stateless ones run wherever records reach them."""
    return levels_of(plan).get(stage.instance, level) == level


def _told_by_events(plan: Plan) -> Iterator[str]:
    """Stages that records from the driver can reach: events, and what executors put out."""
    told: set[str] = {lane for stage in plan.stages for lane in stage.events}
    told |= {lane for stage in plan.stages if stage.type is StageType.EXECUTOR for lane in stage.outputs}
    for stage in plan.stages:
        if told.intersection(stage.inputs):
            yield stage.instance
            told |= set(stage.outputs)


def _reached_by_data(plan: Plan) -> Iterator[str]:
    """Stages that records from partitions can reach."""
    data: set[str] = set()
    for stage in plan.stages:
        if stage.type is StageType.ORIGIN:
            data |= set(stage.outputs)
        elif data.intersection(stage.inputs):
            yield stage.instance
            data |= set(stage.outputs) if stage.type is not StageType.EXECUTOR else set()


def issues(plan: Plan, code: StageCode) -> tuple[Issue, ...]:
    """What forbids a start."""
    return tuple(_no_code(plan, code)) + tuple(_not_as_meant(plan))


def _no_code(plan: Plan, code: StageCode) -> Iterator[Issue]:
    special = (plan.error_stage, plan.start_stage, plan.stop_stage)
    for stage in (*plan.stages, *(each for each in special if each is not None)):
        if not (kafka.runs(stage) or code.runnable(stage)):
            text = f"the Spark engine has no code for {stage.label or stage.instance} ({stage.kind})"
            yield Issue(CANNOT_RUN, text, stage.instance)


def _not_as_meant(plan: Plan) -> Iterator[Issue]:
    if plan.delivery is Delivery.AT_MOST_ONCE:
        text = "Spark repeats what a lost worker did: records come at least once, At Most Once cannot be kept"
        yield Issue(NOT_AS_MEANT, text, config_name="deliveryGuarantee")
    if plan.error_stage is not None and plan.error_stage.kind == ERRORS_TO_ORIGIN:
        text = "records are refused in partitions, which cannot answer for the origin; choose another error stage"
        yield Issue(NOT_AS_MEANT, text, plan.error_stage.instance)
    for stage in filter(kafka.runs, plan.stages):
        for reason in kafka.refused(stage):
            yield Issue(NOT_AS_MEANT, f"{stage.label}: {reason}", stage.instance)
    data = set(_reached_by_data(plan))
    both = data.intersection(_told_by_events(plan))
    for stage in plan.stages:
        if stage.kind == AGGREGATOR and stage.instance in data:
            text = (
                f"the windows of {stage.label} are of time and over all records; partitions would each have their own"
            )
            yield Issue(NOT_AS_MEANT, text, stage.instance)
        if is_keyed(stage) and stage.instance in both:
            text = f"{stage.label} gets records and events: events are on the driver, their keys are not compared there"
            yield Issue(NOT_AS_MEANT, text, stage.instance)


def remarks(plan: Plan) -> tuple[Issue, ...]:
    """What runs, but otherwise than on one machine."""
    return tuple(
        Issue(DIFFERS, text, stage.instance if stage is not None else None, advice=True)
        for stage, text in _differences(plan)
    )


def _differences(plan: Plan) -> Iterable[tuple[StagePlan | None, str]]:
    if plan.rate_limit > 0:
        yield None, "the rate limit is not kept on Spark; use per_batch and every of the engine's address"
    if any(rule.drift for rule in plan.rules.data):
        yield None, "drift rules are not applied on Spark: no partition sees all records"
    for stage in plan.stages:
        if is_keyed(stage):
            yield (
                stage,
                "records are partitioned by the compared fields; windows count per partition, and a run is one batch",
            )
        elif any(word in stage.kind for word in SCRIPTS):
            yield stage, "every partition has a script state of its own"
        elif stage.type is StageType.ORIGIN and is_dealt(stage):
            yield stage, "the driver makes these records and deals them over the partitions"
        elif stage.type is StageType.EXECUTOR:
            yield stage, "it runs on the driver; records that reach it are sent there"
        elif kafka.consumes(stage):
            yield stage, "offsets are in Spark's checkpoint, not in the consumer group"
        elif stage.kind == DIRECTORY and stage.given.text("conf.errorArchiveDir"):
            yield stage, "files that cannot be read stay where they are"
