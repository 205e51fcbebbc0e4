"""Links: a producer's lane named among a consumer's input lanes."""

from enum import Enum

import attrs

from ..catalogue.definitions import Catalogue, StageDefinition, StageType
from ..errors import InvalidValueError, LinkError
from ..flow.model import Flow, StageInstance
from ..flow.names import event_lane
from .basics import definition_of, stage_of, type_of, with_stage

_ENDS = (StageType.DESTINATION, StageType.EXECUTOR)


class LinkKind(Enum):
    """Which lanes of the producer a link uses."""

    DATA = "data"
    EVENT = "event"


def connect(
    flow: Flow,
    source: str,
    target: str,
    catalogue: Catalogue,
    *,
    kind: LinkKind = LinkKind.DATA,
    lane: str | None = None,
    output: int | None = None,
) -> Flow:
    """The flow with a link between two stages; a link that is there already changes nothing.

    Without ``lane`` and ``output`` every output lane of the source is linked, as the service's client does.

    Raises:
        NotFoundError: one of the stages is not in the flow.
        LinkError: to itself, into an origin, out of a destination or executor, from a stage without events,
            or through a lane that does not exist.
        InvalidValueError: ``output`` is no index of an output lane.
    """
    producer, consumer = _pair(flow, source, target)
    if type_of(consumer, catalogue) is StageType.ORIGIN:
        raise LinkError(source, target, f"{target} is an origin and has no input")
    if kind is LinkKind.EVENT:
        flow, lanes = _event_lane(flow, producer, consumer, definition_of(producer, catalogue))
    else:
        lanes = _data_lanes(producer, consumer, type_of(producer, catalogue), lane, output)
    consumer = stage_of(flow, target)
    missing = tuple(each for each in lanes if each not in consumer.input_lanes)
    if not missing:
        return flow
    return with_stage(flow, attrs.evolve(consumer, input_lanes=consumer.input_lanes + missing))


def _pair(flow: Flow, source: str, target: str) -> tuple[StageInstance, StageInstance]:
    producer, consumer = stage_of(flow, source), stage_of(flow, target)
    if source == target:
        raise LinkError(source, target, "a stage cannot feed itself")
    for name in (source, target):
        if flow.find(name) is None:
            raise LinkError(source, target, f"{name} is no stage of the canvas")
    return producer, consumer


def _event_lane(
    flow: Flow, producer: StageInstance, consumer: StageInstance, definition: StageDefinition | None
) -> tuple[Flow, tuple[str, ...]]:
    if producer.event_lanes:
        return flow, producer.event_lanes
    if definition is not None and not definition.produces_events:
        reason = f"{producer.instance_name} ({definition.label}) produces no events"
        raise LinkError(producer.instance_name, consumer.instance_name, reason)
    lanes = (event_lane(producer.instance_name),)
    return with_stage(flow, attrs.evolve(producer, event_lanes=lanes)), lanes


def _data_lanes(
    producer: StageInstance, consumer: StageInstance, type_: StageType | None, lane: str | None, output: int | None
) -> tuple[str, ...]:
    source, target = producer.instance_name, consumer.instance_name
    if not producer.output_lanes:
        what = f"is {_article(type_.word)} and has no output" if type_ in _ENDS and type_ else "has no output lane"
        raise LinkError(source, target, f"{source} {what}")
    if lane is not None:
        if lane not in producer.output_lanes:
            raise LinkError(
                source, target, f"{source} has no output lane {lane!r}; it has {_list(producer.output_lanes)}"
            )
        return (lane,)
    if output is None:
        return producer.output_lanes
    if isinstance(output, bool) or not isinstance(output, int) or not 0 <= output < len(producer.output_lanes):
        raise InvalidValueError(f"output index of {source}", output, f"0 to {len(producer.output_lanes) - 1}")
    return (producer.output_lanes[output],)


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def disconnect(flow: Flow, source: str, target: str, *, kind: LinkKind = LinkKind.DATA) -> Flow:
    """The flow without the links of this kind from one stage to the other; without one, nothing changes.

    Raises:
        NotFoundError: one of the stages is not in the flow.
    """
    producer, consumer = stage_of(flow, source), stage_of(flow, target)
    gone = set(producer.output_lanes if kind is LinkKind.DATA else producer.event_lanes)
    if gone.isdisjoint(consumer.input_lanes):
        return flow
    kept = tuple(lane for lane in consumer.input_lanes if lane not in gone)
    return with_stage(flow, attrs.evolve(consumer, input_lanes=kept))


def consumers(flow: Flow, stage: StageInstance, *, kind: LinkKind = LinkKind.DATA) -> tuple[StageInstance, ...]:
    """The canvas stages that read a lane of this kind, in document order."""
    lanes = set(stage.output_lanes if kind is LinkKind.DATA else stage.event_lanes)
    return tuple(other for other in flow.stages if not lanes.isdisjoint(other.input_lanes))


def producers(flow: Flow, stage: StageInstance) -> tuple[StageInstance, ...]:
    """The canvas stages whose data or event lanes this stage reads, in document order."""
    lanes = set(stage.input_lanes)
    return tuple(other for other in flow.stages if not lanes.isdisjoint(other.lanes_out))
