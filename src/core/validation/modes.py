"""Checks of the execution mode, of the stages beside the canvas that depend on it, and of the offset commit."""

from collections.abc import Iterator

from ..catalogue.definitions import StageType
from ..flow.model import Flow, StageInstance
from ..values import Json
from .creation import BAD_RECORDS, MODES, SPARK_MODES
from .issues import Issue
from .places import FLOW, Place, java_text, listed, place_of
from .session import NEWER_SHAPE_REMARKS, Gap, Session

SPARK_CLUSTERS = frozenset(
    (
        *("LOCAL", "STANDALONE_SPARK_CLUSTER", "YARN", "DATABRICKS", "AZURE_HD_INSIGHT", "SQL_SERVER_BIG_DATA_CLUSTER"),
        *("EMR", "MESOS", "KUBERNETES", "DATAPROC"),
    )
)
LIFECYCLE_SCHEMA = 4
"""The first schema with lists of stages for the start and stop event; older documents get empty ones."""
DISCARD = "com_streamsets_pipeline_stage_destination_devnull_ToErrorNullDTarget"


def execution_mode(flow: Flow, session: Session) -> str | None:
    """The execution mode of a flow; None when it has none that the engine knows."""
    mode = session.flow_setting(flow, "executionMode")
    return mode if isinstance(mode, str) and (mode in MODES or mode in SPARK_MODES) else None


def mode_issues(flow: Flow, session: Session) -> Iterator[Issue]:
    """The finding about a missing or unknown execution mode, if there is one."""
    mode = session.flow_setting(flow, "executionMode")
    if mode is None:
        yield FLOW.issue("CREATION_071", group="", name="executionMode")
    elif execution_mode(flow, session) is None:
        yield FLOW.issue("CREATION_070", group="", name="executionMode", mode=java_text(mode))


def check_lifecycle_slot(flow: Flow, stages: tuple[StageInstance, ...], slot: str, session: Session) -> Iterator[Issue]:
    """Findings about a start or stop slot itself; none when its stage should be checked like any other."""
    key = f"{slot}EventStages"
    if flow.schema_version >= LIFECYCLE_SCHEMA and key in flow.shape.odd and flow.shape.odd[key] is None:
        yield FLOW.issue("VALIDATION_0105", slot=slot, found="is null")
    elif len(stages) > 1:
        yield FLOW.issue("VALIDATION_0105", slot=slot, found=f"holds {len(stages)}")
    elif stages and execution_mode(flow, session) != "STANDALONE" and stages[0].stage_name != DISCARD:
        mode = java_text(session.flow_setting(flow, "executionMode"))
        yield FLOW.issue("VALIDATION_0106", stage=stages[0].label, mode=mode)


def check_modes(flow: Flow, session: Session) -> Iterator[Issue]:
    """Stages that cannot run in the flow's execution mode; nothing when the mode itself is wrong, but for that."""
    mode = execution_mode(flow, session)
    if mode is None:
        yield from mode_issues(flow, session)
        return
    if not flow.fragment:
        if flow.error_stage is not None:
            yield from _check_mode(flow.error_stage, mode, session, FLOW, BAD_RECORDS, "badRecordsHandling")
        if flow.stats_stage is not None:
            yield from _check_mode(flow.stats_stage, mode, session, FLOW, "STATS", "statsAggregatorStage")
    for stage in flow.stages:
        yield from _check_mode(stage, mode, session, place_of(stage), None, None)
    if mode in SPARK_MODES and not flow.fragment:
        yield from _check_cluster(session.flow_setting(flow, "clusterConfig.clusterType"))


def _check_mode(
    stage: StageInstance, mode: str, session: Session, place: Place, group: str | None, name: str | None
) -> Iterator[Issue]:
    definition = session.definition(stage)
    if definition is None or mode in definition.execution_modes:
        return
    advice = session.gap(stage, definition) is Gap.NEWER and "VALIDATION_0071" in shape_remarks(session)
    facts = {"stage": stage.label, "mode": mode, "modes": listed(definition.execution_modes)}
    yield place.issue("VALIDATION_0071", group=group, name=name, advice=advice, facts=facts)


def shape_remarks(session: Session) -> frozenset[str]:
    """The codes about lanes, events and modes that are remarks for stages newer than their definition."""
    return NEWER_SHAPE_REMARKS if session.tolerant else frozenset()


def _check_cluster(value: Json) -> Iterator[Issue]:
    if value is not None and java_text(value) not in SPARK_CLUSTERS:
        facts = {"value": java_text(value)}
        yield FLOW.issue("CREATION_1000", group="CLUSTER", name="clusterConfig.clusterType", facts=facts)


def check_advanced_errors(flow: Flow, session: Session) -> Iterator[Issue]:
    """Origins under advanced error handling: none of the catalogue's can be halved, as that needs."""
    if session.flow_setting(flow, "advancedErrorHandling") is not True:
        return
    for stage in flow.stages:
        definition = session.definition(stage)
        if definition is not None and definition.type is StageType.ORIGIN:
            yield FLOW.issue("VALIDATION_0074", stage=stage.label)


def check_commit_triggers(flow: Flow, session: Session) -> Iterator[Issue]:
    """Destinations that trigger the offset commit: one at most, and with the delivery guarantee that it needs."""
    found = [stage for stage in flow.stages if _triggers_commit(stage, session)]
    if len(found) > 1:
        yield FLOW.issue("VALIDATION_0091", stages=listed([stage.label for stage in found]))
    elif found and session.flow_setting(flow, "deliveryGuarantee") != "AT_LEAST_ONCE":
        yield place_of(found[0]).issue("VALIDATION_0092")


def _triggers_commit(stage: StageInstance, session: Session) -> bool:
    definition = session.definition(stage)
    return definition is not None and definition.type is StageType.DESTINATION and definition.offset_commit_trigger
