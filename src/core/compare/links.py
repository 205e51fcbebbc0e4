"""The links of a flow, and which of them are in one of two flows only."""

from collections.abc import Iterator, Mapping

from ..flow.model import Flow, StageInstance
from .changes import LinkChange
from .matching import Matching

Identity = tuple[str, str, str, str]
"""Source, kind, lane and target of a link, all as the new flow calls them."""


def links_of(flow: Flow) -> dict[LinkChange, None]:
    """Every pair of canvas stages that a link joins, in order."""
    return {LinkChange(source.instance_name, target, event): None for source, target, _, event in _joins(flow)}


def changed_links(old: Flow, new: Flow, matching: Matching) -> tuple[tuple[LinkChange, ...], tuple[LinkChange, ...]]:
    """The links that were added and those that were removed.

    A link is known by its stages and by the output that it leaves, whatever stages and lanes are called.
    """
    pairs = [pair for pair in matching.pairs if pair.on_canvas]
    names = {pair.old.instance_name: pair.new.instance_name for pair in pairs}
    lanes = {pair.old.instance_name: pair.lanes for pair in pairs}
    before, after = _identified(old, names, lanes), _identified(new, {}, {})
    added = tuple(link for identity, link in after.items() if identity not in before)
    return added, tuple(link for identity, link in before.items() if identity not in after)


def _identified(
    flow: Flow, names: Mapping[str, str], lanes: Mapping[str, Mapping[str, str]]
) -> dict[Identity, LinkChange]:
    found: dict[Identity, LinkChange] = {}
    for source, target, at, event in _joins(flow):
        name, outputs = source.instance_name, source.event_lanes if event else source.output_lanes
        lane = lanes.get(name, {}).get(outputs[at], outputs[at])
        identity = (names.get(name, name), "event" if event else "data", lane, names.get(target, target))
        found[identity] = LinkChange(name, target, event, at + 1 if len(outputs) > 1 else 0)
    return found


def _joins(flow: Flow) -> Iterator[tuple[StageInstance, str, int, bool]]:
    """Source, target, number of the output and whether it is an event, for every lane between two canvas stages."""
    readers: dict[str, list[str]] = {}
    for stage in flow.stages:
        for lane in stage.input_lanes:
            readers.setdefault(lane, []).append(stage.instance_name)
    for stage in flow.stages:
        for lanes, event in ((stage.output_lanes, False), (stage.event_lanes, True)):
            for at, lane in enumerate(lanes):
                for reader in readers.get(lane, ()):
                    yield stage, reader, at, event
