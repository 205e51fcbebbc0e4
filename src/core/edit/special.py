"""The special stages beside the canvas: error, statistics, start, stop, test origin."""

from enum import Enum

import attrs

from ..catalogue.definitions import Catalogue, StageDefinition
from ..errors import InvalidValueError
from ..flow.model import Flow, StageInstance
from ..flow.names import instance_stem, lane_name
from .basics import NewId
from .stages import checked_free_name, new_instance


class Slot(Enum):
    """Where a special stage stands: the attribute of the flow, its instance suffix, label prefix and mirror setting."""

    ERROR = ("error_stage", "ErrorStage", "Error Records", "badRecordsHandling")
    STATS = ("stats_stage", "StatsAggregatorStage", "Stats Aggregator", "statsAggregatorStage")
    START = ("start_stages", "StartEventStage", "Start Event", "startEventStage")
    STOP = ("stop_stages", "StopEventStage", "Stop Event", "stopEventStage")
    TEST_ORIGIN = ("test_origin", "TestOriginStage", "Test Origin", "testOriginStage")

    @property
    def attribute(self) -> str:
        """The attribute of ``Flow``."""
        return self.value[0]

    @property
    def suffix(self) -> str:
        """The end of the instance name, in place of a number."""
        return self.value[1]

    @property
    def label(self) -> str:
        """The start of the stage label."""
        return self.value[2]

    @property
    def mirror(self) -> str:
        """The pipeline setting that repeats which stage is in the slot."""
        return self.value[3]


def slot_named(word: object) -> Slot:
    """The slot that a word means: ``error``, ``stats``, ``start``, ``stop`` or ``test_origin``.

    Raises:
        InvalidValueError: for another word.
    """
    for slot in Slot:
        if word == slot.name.lower():
            return slot
    raise InvalidValueError("special stage", word, ", ".join(slot.name.lower() for slot in Slot))


def special_of(flow: Flow, slot: Slot) -> StageInstance | None:
    """The stage in a slot, if any."""
    held = getattr(flow, slot.attribute)
    if isinstance(held, tuple):
        return held[0] if held else None
    return held if isinstance(held, StageInstance) else None


def set_special(
    flow: Flow,
    slot: Slot,
    definition: StageDefinition,
    catalogue: Catalogue,
    *,
    new_id: NewId,
    instance_name: str | None = None,
) -> tuple[Flow, StageInstance]:
    """The flow with a new stage of this kind in a slot, and that stage; the mirror setting follows.

    Raises:
        InvalidValueError: an instance name that another stage has.
    """
    cleared = _put(flow, slot, None)
    stage = new_instance(
        definition,
        catalogue,
        instance_name=checked_free_name(cleared, instance_name) or f"{instance_stem(definition.label)}_{slot.suffix}",
        label=f"{slot.label} - {definition.label}",
        new_id=new_id,
    )
    if slot is Slot.TEST_ORIGIN and not stage.output_lanes:
        stage = attrs.evolve(stage, output_lanes=(lane_name(new_id()),))
    mirror = f"{definition.library}::{definition.name}::{definition.version}"
    configuration = flow.configuration.with_values({slot.mirror: mirror})
    return _put(attrs.evolve(flow, configuration=configuration), slot, stage), stage


def clear_special(flow: Flow, slot: Slot) -> Flow:
    """The flow with nothing in a slot."""
    return _put(attrs.evolve(flow, configuration=flow.configuration.with_values({slot.mirror: ""})), slot, None)


def put_special(flow: Flow, slot: Slot, stage: StageInstance) -> Flow:
    """The flow with this stage in a slot, as it is; a further start or stop event stage stands beside the others."""
    if slot is Slot.START:
        return attrs.evolve(flow, start_stages=(*flow.start_stages, stage))
    if slot is Slot.STOP:
        return attrs.evolve(flow, stop_stages=(*flow.stop_stages, stage))
    return _put(flow, slot, stage)


def _put(flow: Flow, slot: Slot, stage: StageInstance | None) -> Flow:
    several = () if stage is None else (stage,)
    match slot:
        case Slot.ERROR:
            return attrs.evolve(flow, error_stage=stage)
        case Slot.STATS:
            return attrs.evolve(flow, stats_stage=stage)
        case Slot.START:
            return attrs.evolve(flow, start_stages=several)
        case Slot.STOP:
            return attrs.evolve(flow, stop_stages=several)
        case Slot.TEST_ORIGIN:
            return attrs.evolve(flow, test_origin=stage)
