"""The part of a plan that is about lanes and links."""

from collections import Counter
from typing import TYPE_CHECKING

import attrs

from ..compare.links import links_of
from ..flow.model import Flow, StageInstance
from ..flow.names import event_lane
from ..values import JsonMap
from .steps import Lanes, Link, Predicates, Step, stage_named

if TYPE_CHECKING:
    from .planning import Plan


@attrs.frozen
class Odd:
    """Lanes that have to be named, and the stages that read them, which are linked by naming them too."""

    lanes: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()
    every: bool = False

    def __bool__(self) -> bool:
        return bool(self.lanes or self.readers or self.every)


NOTHING_ODD = Odd()
EVERY_LANE = Odd(every=True)


def odd_lanes(built: Flow, target: Flow) -> Odd:
    """What a plan that connects stages did not get right: lanes without a producer, with two, links to an origin."""
    if len(built.stages) != len(target.stages):
        return NOTHING_ODD
    names: dict[str, str] = {}
    for made, wanted in zip(built.stages, target.stages, strict=True):
        names.update(zip(made.lanes_out, wanted.lanes_out, strict=False))
    # a lane that two stages write gives more links than lanes
    differing = {link.target for link in set(links_of(built)) ^ set(links_of(target))}
    readers = [
        wanted
        for made, wanted in zip(built.stages, target.stages, strict=True)
        if wanted.instance_name in differing
        or Counter(names.get(lane, lane) for lane in made.input_lanes) != Counter(wanted.input_lanes)
    ]
    lanes = frozenset(lane for stage in readers for lane in stage.input_lanes)
    return Odd(lanes, frozenset(stage.instance_name for stage in readers))


def plan_lanes(plan: "Plan", part: list[Step], stage: StageInstance, odd: Odd) -> None:
    """Names the lanes of a stage where their number or their names matter, and the event lane nobody reads."""
    now = stage_named(plan.built, stage.instance_name)
    outputs = events = None
    named = odd.every or not odd.lanes.isdisjoint(stage.output_lanes) or _told_in_settings(stage) or _doubled(stage)
    if len(now.output_lanes) != len(stage.output_lanes) or (named and now.output_lanes != stage.output_lanes):
        outputs = stage.output_lanes
    read = any(lane in other.input_lanes for other in plan.target.stages for lane in stage.event_lanes)
    by_linking = stage.event_lanes == (event_lane(stage.instance_name),) and read
    if not by_linking or odd.every or not odd.lanes.isdisjoint(stage.event_lanes):
        events = stage.event_lanes if stage.event_lanes != now.event_lanes else None
    if outputs is not None or events is not None:
        plan.take(part, Lanes(stage.instance_name, outputs=outputs, events=events))


def _told_in_settings(stage: StageInstance) -> bool:
    """True when a setting speaks of a lane by its name."""
    rows = (row for value in stage.configuration.values() if isinstance(value, tuple) for row in value)
    return any(isinstance(row, JsonMap) and row.get("outputLane") in stage.output_lanes for row in rows)


def _doubled(stage: StageInstance) -> bool:
    return len(set(stage.lanes_out)) < len(stage.lanes_out)


def plan_all_lanes(plan: "Plan", part: list[Step], stage: StageInstance) -> None:
    """Names the lanes of a special stage where a new one has another number of them, or where one stands twice."""
    now = stage_named(plan.built, stage.instance_name)
    counts = [[len(each.input_lanes), len(each.output_lanes), len(each.event_lanes)] for each in (now, stage)]
    if counts[0] != counts[1] or _doubled(stage):
        plan.take(part, Lanes(stage.instance_name, stage.input_lanes, stage.output_lanes, stage.event_lanes))


def plan_links(plan: "Plan", odd: Odd) -> None:
    """Connects the stages, each with those that read its lanes; odd readers get their lanes by name."""
    conditions = {step.stage for part in plan.stages for step in part if isinstance(step, Predicates)}
    readers: dict[str, list[str]] = {}
    for stage in plan.target.stages:
        if stage.instance_name not in odd.readers:
            for lane in dict.fromkeys(stage.input_lanes):
                readers.setdefault(lane, []).append(stage.instance_name)
    for stage in plan.target.stages:
        for step in _links_of(stage, readers, stage.instance_name in conditions):
            if plan.try_step(step) is not None:
                plan.take(plan.links, step)
    for stage in plan.target.stages:
        if stage.instance_name in odd.readers:
            plan.take(plan.links, Lanes(stage.instance_name, inputs=stage.input_lanes))


def _links_of(stage: StageInstance, readers: dict[str, list[str]], predicated: bool) -> list[Link]:
    name, lanes = stage.instance_name, stage.output_lanes
    found: list[Link] = []
    if lanes:
        everywhere = [
            reader for reader in readers.get(lanes[0], ()) if all(reader in readers.get(x, ()) for x in lanes)
        ]
        found += _link(Link(name, tuple(everywhere), predicated=predicated))
        for at, lane in enumerate(lanes):
            others = tuple(reader for reader in readers.get(lane, ()) if reader not in everywhere)
            found += _link(Link(name, others, output=at, predicated=predicated))
    for lane in stage.event_lanes[:1]:
        found += _link(Link(name, tuple(readers.get(lane, ())), event=True))
    return found


def _link(link: Link) -> list[Link]:
    return [link] if link.targets else []
