"""Which stage and which lane of one flow is which of another one."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import attrs

from ..flow.model import Flow, StageInstance

SLOTS = {"errorStage": "error_stage", "statsAggregatorStage": "stats_stage", "testOriginStage": "test_origin"}
LISTS = {"startEventStages": "start_stages", "stopEventStages": "stop_stages"}
CANVAS = ""

Key = tuple[str, str, int]
"""Where a stage stands (``CANVAS`` or its slot), its instance name, and which one of that name in a broken file."""


@attrs.frozen
class Pair:
    """A stage of the old flow, and what it is in the new one."""

    old: StageInstance
    new: StageInstance
    on_canvas: bool
    lanes: Mapping[str, str]
    """Lanes of the old stage -> lanes of the new one, where they are called differently."""


@attrs.frozen
class Matching:
    """The stages of two flows, each in the order of its flow."""

    pairs: tuple[Pair, ...]
    removed: tuple[StageInstance, ...]
    added: tuple[StageInstance, ...]


def match_stages(old: Flow, new: Flow) -> Matching:
    """Stages are known by their instance name, else by their kind and label where no other stage has these."""
    before, after = _keyed(old), _keyed(new)
    partners = {key: key for key in after if key in before}
    gone = [key for key in before if key not in partners]
    come = [key for key in after if key not in partners]
    partners |= _same_look({key: before[key] for key in gone}, {key: after[key] for key in come})
    taken = set(partners.values())
    return Matching(
        tuple(_pair(before[partners[key]], stage, key) for key, stage in after.items() if key in partners),
        tuple(before[key] for key in gone if key not in taken),
        tuple(after[key] for key in come if key not in partners),
    )


def _keyed(flow: Flow) -> dict[Key, StageInstance]:
    slots = {slot: getattr(flow, attribute) for slot, attribute in SLOTS.items()}
    placed = [
        (CANVAS, flow.stages),
        *((slot, (stage,)) for slot, stage in slots.items() if stage is not None),
        *((slot, getattr(flow, attribute)) for slot, attribute in LISTS.items()),
    ]
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[Key, StageInstance] = {}
    for slot, stages in placed:
        for stage in stages:
            found[(slot, stage.instance_name, seen[(slot, stage.instance_name)])] = stage
            seen[(slot, stage.instance_name)] += 1
    return found


def _same_look(gone: Mapping[Key, StageInstance], come: Mapping[Key, StageInstance]) -> dict[Key, Key]:
    """New key -> old key of the canvas stages that only have another instance name."""
    before, after = _by_look(gone), _by_look(come)
    return {
        new: old[0] for look, (new, *others) in after.items() if not others and len(old := before.get(look, [])) == 1
    }


def _by_look(stages: Mapping[Key, StageInstance]) -> dict[tuple[str, str], list[Key]]:
    found: dict[tuple[str, str], list[Key]] = {}
    for key, stage in stages.items():
        if key[0] == CANVAS:
            found.setdefault((stage.stage_name, stage.label), []).append(key)
    return found


def _pair(old: StageInstance, new: StageInstance, key: Key) -> Pair:
    lanes = {
        **_same_lanes(old.output_lanes, new.output_lanes),
        **_same_lanes(old.event_lanes, new.event_lanes),
    }
    return Pair(old, new, key[0] == CANVAS, lanes)


def _same_lanes(old: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    """Lanes are known by name; as many that went as came are the same ones, in order, under other names."""
    held, holds = set(old), set(new)
    gone = [lane for lane in old if lane not in holds]
    come = [lane for lane in new if lane not in held]
    return dict(zip(gone, come, strict=True)) if len(gone) == len(come) else {}


def renaming(pairs: Sequence[Pair]) -> Callable[[str], str]:
    """What a lane of the old flow is called in the new one."""
    lanes = {old: new for pair in pairs for old, new in pair.lanes.items()}
    return lambda lane: lanes.get(lane, lane)
