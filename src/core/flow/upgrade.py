"""Older document schemas brought to the newest one, 6; the given value stays as it was.

Source: the engine's schema history, of which this makes the same changes in the same order.
"""

from collections.abc import Callable

import attrs

from ..errors import InvalidValueError
from ..values import EMPTY_MAP, JsonMap
from .model import NO_SHAPE, Flow, Shape, StageInstance

NEWEST_SCHEMA = 6
NEWEST_FRAGMENT_SCHEMA = 2
_DIRECT_STATS = "com_streamsets_pipeline_stage_destination_devnull_StatsDpmDirectlyDTarget"
_DISCARD_STATS = StageInstance(
    instance_name="Discard_StatsAggregatorStage",
    stage_name="com_streamsets_pipeline_stage_destination_devnull_StatsNullDTarget",
    stage_version="1",
    library="streamsets-datacollector-basic-lib",
)
_STATS = "statsAggregatorStage"
_DISCARD_STATS_SELECTED = f"{_DISCARD_STATS.library}::{_DISCARD_STATS.stage_name}::{_DISCARD_STATS.stage_version}"


def upgrade(flow: Flow, *, test_origin: StageInstance | None = None) -> Flow:
    """The flow as a document of schema 6, a fragment as one of schema 2; the flow itself when it has that already.

    Event lanes (from 1), the pipeline id (from 2), start and stop event stages (from 3), services (from 4) and the
    test origin (from 5) come in; a cluster flow of schema 4 that sends statistics straight to Control Hub discards
    them from then on. ``test_origin`` is the stage that a flow without error stage gets at the last step: the engine
    does so, and for such flows only. To fragments, which schema 5 brought, comes the test origin. Settings and
    versions of stages stay.

    Raises:
        InvalidValueError: for a schema that is none of 1 to 6.
    """
    if not 1 <= flow.schema_version <= NEWEST_SCHEMA:
        raise InvalidValueError("schemaVersion", flow.schema_version, "a schema from 1 to 6")
    if flow.fragment:
        return _fragment(flow)
    flow = _held_fragments(flow)
    for schema, step in enumerate(_STEPS, start=1):
        if flow.schema_version <= schema:
            flow = step(flow)
    if flow.schema_version < NEWEST_SCHEMA:
        if flow.error_stage is None and flow.test_origin is None and test_origin is not None:
            flow = attrs.evolve(flow, test_origin=test_origin)
        flow = attrs.evolve(flow, schema_version=NEWEST_SCHEMA, shape=_with_keys(flow.shape, "testOriginStage"))
    return flow


def _fragment(flow: Flow) -> Flow:
    flow = _held_fragments(flow)
    if flow.schema_version >= NEWEST_FRAGMENT_SCHEMA:
        return flow
    shape = _with_keys(flow.shape, "testOriginStage")
    return attrs.evolve(flow, schema_version=NEWEST_FRAGMENT_SCHEMA, shape=shape)


def _held_fragments(flow: Flow) -> Flow:
    made = tuple(_fragment(each) for each in flow.fragments)
    return (
        flow
        if all(new is old for new, old in zip(made, flow.fragments, strict=True))
        else (attrs.evolve(flow, fragments=made))
    )


def _event_lanes(flow: Flow) -> Flow:
    return _each_stage(flow, "eventLanes")


def _pipeline_id(flow: Flow) -> Flow:
    if flow.pipeline_id is not None:
        return flow
    known = flow.info.get("pipelineId") or flow.info.get("name")
    shape = _with_keys(flow.shape, "pipelineId")
    return attrs.evolve(flow, pipeline_id=known if isinstance(known, str) else None, shape=shape)


def _lifecycle_stages(flow: Flow) -> Flow:
    return attrs.evolve(flow, shape=_with_keys(flow.shape, "startEventStages", "stopEventStages"))


def _services(flow: Flow) -> Flow:
    flow = _each_stage(flow, "services")
    mode = flow.configuration.get("executionMode")
    stats = flow.stats_stage
    is_cluster = isinstance(mode, str) and mode.startswith("CLUSTER")
    if is_cluster and stats is not None and stats.stage_name == _DIRECT_STATS:
        # the setting of the same name is what the canvas shows of the stage
        shown = {_STATS: _DISCARD_STATS_SELECTED} if _STATS in flow.configuration else {}
        settings = flow.configuration.with_values(shown)
        return attrs.evolve(flow, stats_stage=_DISCARD_STATS, configuration=settings)
    return flow


_STEPS: tuple[Callable[[Flow], Flow], ...] = (_event_lanes, _pipeline_id, _lifecycle_stages, _services)


def _each_stage(flow: Flow, key: str) -> Flow:
    def with_key(stage: StageInstance) -> StageInstance:
        shape = _with_keys(stage.shape, key)
        return stage if shape is stage.shape else attrs.evolve(stage, shape=shape)

    def special(stage: StageInstance | None) -> StageInstance | None:
        return None if stage is None else with_key(stage)

    return attrs.evolve(
        flow,
        stages=tuple(with_key(stage) for stage in flow.stages),
        error_stage=special(flow.error_stage),
        stats_stage=special(flow.stats_stage),
        start_stages=tuple(with_key(stage) for stage in flow.start_stages),
        stop_stages=tuple(with_key(stage) for stage in flow.stop_stages),
    )


def _with_keys(shape: Shape, *keys: str) -> Shape:
    """The shape with these keys in the file, written plainly: null becomes the empty form that newer schemas have."""
    if shape is NO_SHAPE:
        return shape  # made here, so it is written in full anyway
    missing = tuple(key for key in keys if key not in shape.keys)
    odd = JsonMap((key, raw) for key, raw in shape.odd.items() if key not in keys or raw is not None)
    if not missing and odd == shape.odd:
        return shape
    return Shape(shape.keys + missing, odd if odd else EMPTY_MAP)
