"""Positions: where a new stage goes, and the automatic arrangement."""

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from ..flow.model import Flow, StageInstance

if TYPE_CHECKING:
    from ..layout import Node

START_X, START_Y = 50, 50
RANK_PX = 310


def next_position(flow: Flow) -> tuple[int, int]:
    """The place of a stage that is added now: one rank to the right of the last added one, at its height."""
    for stage in reversed(flow.stages):
        place = stage.position
        if place is not None:
            return round(place[0]) + RANK_PX, round(place[1])
    return START_X, START_Y


def auto_arrange(flow: Flow) -> Flow:
    """The flow with every canvas stage where the layered layout puts it; nothing else changes.

    Shape: equal flows get equal positions, whatever was there before.
    Units: pixels from the upper left, y downwards.
    """
    from ..layout import arrange

    places = arrange(
        [attrs.evolve(node_of(stage), key=key) for stage, key in zip(flow.stages, _keys(flow), strict=True)]
    )
    return flow.with_stages(
        tuple(_placed(stage, place) for stage, place in zip(flow.stages, places.values(), strict=True)), same_names=True
    )


def _keys(flow: Flow) -> list[str]:
    """The instance names, those that files repeat against the rules with a number, so every stage has its own place."""
    seen: Counter[str] = Counter()
    keys: list[str] = []
    for stage in flow.stages:
        name = stage.instance_name
        keys.append(f"{name}\0{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return keys


def node_of(stage: StageInstance) -> "Node":
    """What the layout needs to know of a stage."""
    from ..layout import Node

    x, y = stage.position or (None, None)
    return Node(stage.instance_name, stage.output_lanes, stage.event_lanes, stage.input_lanes, x, y)


def _placed(stage: StageInstance, place: tuple[int, int]) -> StageInstance:
    if list(stage.position or ()) == list(place):
        return stage
    return attrs.evolve(stage, ui=stage.ui.set("xPos", place[0]).set("yPos", place[1]))
