"""What is in a picture: boxes at places, links between them, independent of how it is written."""

import attrs

from ..compare.links import links_of
from ..flow.model import Flow, StageInstance
from ..values import JsonMap

BOX_W, BOX_H = 130, 100
MARGIN = 60
MOST_LETTERS = 2_000
"""How much of a condition is kept."""
APART = 60
"""Room between the canvas and the stages that are shown apart from it."""


@attrs.frozen
class Box:
    """A stage in the picture; ``kind`` is origin, processor, destination or executor."""

    stage: StageInstance
    kind: str
    x: float
    y: float
    role: str = ""
    """What a stage beside the canvas is for: error records, start event …"""


@attrs.frozen
class Link:
    """A line from box to box; ``text`` is the condition of the lane."""

    source: Box
    target: Box
    event: bool = False
    text: str = ""


@attrs.frozen
class Scene:
    """Boxes and links with the size of the whole, in pixels."""

    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    width: float
    height: float


_KINDS = {"SOURCE": "origin", "PROCESSOR": "processor", "TARGET": "destination", "EXECUTOR": "executor"}


def scene_of(flow: Flow) -> Scene:
    """The scene of a flow: stages where they were placed, or all by the automatic arrangement if one has no place."""
    if any(stage.position is None for stage in flow.stages):
        from ..edit.arrange import auto_arrange

        flow = auto_arrange(flow)
    places = [stage.position or (0.0, 0.0) for stage in flow.stages]
    left, top = (min((place[at] for place in places), default=0.0) for at in (0, 1))
    boxes = [
        Box(stage, _KINDS.get(stage.type_word, "processor"), x - left + MARGIN, y - top + MARGIN)
        for stage, (x, y) in zip(flow.stages, places, strict=True)
    ]
    bottom = max((box.y + BOX_H for box in boxes), default=MARGIN)
    beside = _beside(flow, bottom + APART)
    everything = (*boxes, *beside)
    return Scene(
        boxes=everything,
        links=tuple(_links(flow, {box.stage.instance_name: box for box in boxes})),
        width=max((box.x + BOX_W for box in everything), default=0) + MARGIN,
        height=max((box.y + BOX_H for box in everything), default=0) + MARGIN,
    )


def _beside(flow: Flow, y: float) -> list[Box]:
    held = [
        (flow.error_stage, "Error records"),
        *((stage, "Start event") for stage in flow.start_stages),
        *((stage, "Stop event") for stage in flow.stop_stages),
        (flow.test_origin, "Test origin"),
    ]
    named = [(stage, role) for stage, role in held if stage is not None]
    return [Box(stage, "beside", MARGIN + at * (BOX_W + 50), y, role) for at, (stage, role) in enumerate(named)]


def _links(flow: Flow, boxes: dict[str, Box]) -> list[Link]:
    texts = {stage.instance_name: _conditions(stage) for stage in flow.stages}
    found: list[Link] = []
    for link in links_of(flow):
        source, target = boxes[link.source], boxes[link.target]
        shared = [lane for lane in source.stage.output_lanes if lane in target.stage.input_lanes]
        words = [texts[link.source].get(lane, "") for lane in shared]
        found.append(
            Link(source, target, link.event, "" if link.event else " | ".join(filter(None, words))[:MOST_LETTERS])
        )
    return found


def _conditions(stage: StageInstance) -> dict[str, str]:
    """Lane -> the condition or label that people know it by."""
    rows = stage.configuration.get("lanePredicates")
    made: dict[str, str] = {}
    if isinstance(rows, tuple):
        for row in rows:
            if isinstance(row, JsonMap):
                lane, predicate = row.get("outputLane"), row.get("predicate")
                if isinstance(lane, str) and isinstance(predicate, str):
                    made[lane] = predicate
    labels = stage.ui.get("outputStreamLabels")
    if not made and isinstance(labels, tuple) and len(stage.output_lanes) > 1:
        made = {lane: str(label) for lane, label in zip(stage.output_lanes, labels, strict=False)}
    return made
