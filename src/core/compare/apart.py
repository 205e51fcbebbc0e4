"""Stages of two people who both put theirs into the same place of the canvas."""

from collections import Counter

import attrs

from ..flow.model import Flow, StageInstance

ROW_PX = 200
Place = tuple[float, float]


def set_apart(merged: Flow, base: Flow, ours: Flow, theirs: Flow) -> Flow:
    """The merged flow with stages that they added below those of ours that stand in the very same place.

    A stage that stood on another one on their side already stays there.
    """
    known = {stage.instance_name for side in (base, ours) for stage in side.stages}
    mine = {stage.position for stage in merged.stages if stage.instance_name in known}
    crowd = Counter(stage.position for stage in theirs.stages)
    taken = {stage.position: stage.position for stage in merged.stages}
    stages: list[StageInstance] = []
    for stage in merged.stages:
        place = stage.position
        if place is not None and place in mine and crowd[place] == 1 and stage.instance_name not in known:
            stage = attrs.evolve(stage, ui=stage.ui.set("yPos", _free(place, taken)[1]))
        stages.append(stage)
    return attrs.evolve(merged, stages=tuple(stages))


def _free(place: Place, taken: dict[Place | None, Place | None]) -> Place:
    """The first free place below; ``taken`` keeps how far down each place that was passed is known to be taken."""
    passed = []
    while place in taken:
        passed.append(place)
        x, y = taken[place] or place
        place = x, y + ROW_PX
    taken.update(dict.fromkeys((*passed, place), place))
    return place
