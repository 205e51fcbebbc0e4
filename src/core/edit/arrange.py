"""Positions: where a new stage goes, and the automatic arrangement."""

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

    places = arrange([node_of(stage) for stage in flow.stages])
    return flow.with_stages(
        tuple(_placed(stage, places[stage.instance_name]) for stage in flow.stages), same_names=True
    )


def node_of(stage: StageInstance) -> "Node":
    """What the layout needs to know of a stage."""
    from ..layout import Node

    x, y = stage.position or (None, None)
    return Node(stage.instance_name, stage.output_lanes, stage.event_lanes, stage.input_lanes, x, y)


def _placed(stage: StageInstance, place: tuple[int, int]) -> StageInstance:
    if list(stage.position or ()) == list(place):
        return stage
    return attrs.evolve(stage, ui=stage.ui.set("xPos", place[0]).set("yPos", place[1]))
