"""Checks of the lanes between stages: doubled, open, crossing events, parts that are not connected."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ..flow.model import StageInstance
from ..values import JsonMap
from .issues import Issue
from .places import FLOW, listed, place_of


def check_lanes(stages: Sequence[StageInstance], *, fragment: bool) -> Iterator[Issue]:
    """The findings about lanes of stages in running order; a lane counts as read by later stages only.

    Cost: linear in lanes, plus the pairs of stages that share lanes.
    """
    readers: dict[str, list[int]] = defaultdict(list)
    output_of: dict[str, list[int]] = defaultdict(list)
    event_of: dict[str, list[int]] = defaultdict(list)
    for at, stage in enumerate(stages):
        _note(readers, stage.input_lanes, at)
        _note(output_of, stage.output_lanes, at)
        _note(event_of, stage.event_lanes, at)
    for at, stage in enumerate(stages):
        yield from _doubled(stages, at, output_of, event_of, readers)
        if fragment:
            continue
        for code, lanes in (("VALIDATION_0011", stage.output_lanes), ("VALIDATION_0104", stage.event_lanes)):
            unread = tuple(dict.fromkeys(lane for lane in lanes if readers.get(lane, (-1,))[-1] <= at))
            if unread:
                outputs = listed(_outputs(stage, unread))
                yield place_of(stage).issue(code, outputs=outputs, info=JsonMap({"openStreams": unread}))


def _outputs(stage: StageInstance, lanes: Sequence[str]) -> list[str]:
    """Lanes as people know them: by their number where a stage has several."""
    if len(stage.output_lanes) < 2:
        return ["the output"]
    wanted = set(lanes)
    return [f"output {at} ({lane})" for at, lane in enumerate(stage.output_lanes, 1) if lane in wanted]


def _note(index: dict[str, list[int]], lanes: Sequence[str], at: int) -> None:
    for lane in dict.fromkeys(lanes):
        index[lane].append(at)


def _doubled(
    stages: Sequence[StageInstance],
    at: int,
    output_of: dict[str, list[int]],
    event_of: dict[str, list[int]],
    readers: dict[str, list[int]],
) -> Iterator[Issue]:
    """Lanes that a later stage writes to as well, and later stages linked by several lanes; one finding per pair."""
    stage = stages[at]
    outputs = _later(stage.output_lanes, output_of, at)
    events = _later(stage.event_lanes, event_of, at)
    links = _later(stage.output_lanes, readers, at)
    for other in sorted({*outputs, *events, *(later for later, lanes in links.items() if len(lanes) > 1)}):
        downstream = stages[other]
        for lanes in (outputs.get(other), events.get(other)):
            if lanes:
                yield _between("VALIDATION_0010", stage, downstream, lanes)
        if len(links.get(other, ())) > 1:
            yield _between("VALIDATION_0039", stage, downstream, links[other])


def _between(code: str, stage: StageInstance, downstream: StageInstance, lanes: Sequence[str]) -> Issue:
    """A finding of the flow that, oddly, carries the later stage's name as its config group."""
    group = downstream.instance_name
    return FLOW.issue(code, group=group, stage=downstream.label, other=stage.label, lanes=listed(lanes))


def _later(lanes: Sequence[str], index: dict[str, list[int]], at: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for lane in dict.fromkeys(lanes):
        for other in index.get(lane, ()):
            if other > at:
                found[other].append(lane)
    return found


def check_event_paths(stages: Sequence[StageInstance]) -> Iterator[Issue]:
    """The first stage (in running order) that reads both records and events, if any."""
    if not stages:
        return
    events, data = set(stages[0].event_lanes), set(stages[0].output_lanes)
    for stage in stages[1:]:
        from_events = not events.isdisjoint(stage.input_lanes)
        if from_events and not data.isdisjoint(stage.input_lanes):
            yield FLOW.issue("VALIDATION_0103", stage=stage.label)
            return
        (events if from_events else data).update(stage.output_lanes)
        events.update(stage.event_lanes)


def check_connected(stages: Sequence[StageInstance]) -> Iterator[Issue]:
    """The stages that share no lane, direction aside, with what hangs together with the first stage."""
    if not stages:
        return
    users: dict[str, list[int]] = defaultdict(list)
    lanes_of = [dict.fromkeys(stage.input_lanes + stage.lanes_out) for stage in stages]
    for at, lanes in enumerate(lanes_of):
        for lane in lanes:
            users[lane].append(at)
    seen, front = {0}, [0]
    while front:
        for lane in lanes_of[front.pop()]:
            for at in users.pop(lane, ()):
                if at not in seen:
                    seen.add(at)
                    front.append(at)
    apart = [stage.instance_name for at, stage in enumerate(stages) if at not in seen]
    if apart:
        yield FLOW.issue("VALIDATION_0002", stages=listed(apart))
