"""Comparing many flows with many: archives, folders, two projects."""

from collections import Counter
from collections.abc import Iterator, Sequence

import attrs

from ..catalogue.definitions import Catalogue
from ..flow.model import Flow
from ..values import PlainJson
from .changes import Diff
from .details import clean
from .diffing import diff
from .rendering import diff_document, render_diff

Placed = tuple[str, Flow]
"""A flow and where it was found: the name of its file or member."""


@attrs.frozen
class FlowsDiff:
    """What differs between two lots of flows; false when nothing does. Flows are named as in the new lot."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[tuple[str, Diff], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def diff_flows(old: Sequence[Placed], new: Sequence[Placed], catalogue: Catalogue | None = None) -> FlowsDiff:
    """What changes from one lot of flows to another.

    Flows are known by their name where it is the only one in its lot, else by the place where they were found.
    """
    before, after = _named(old), _named(new)
    partners = {key: before[key] for key in after if key in before}
    places = {place: (place, flow) for key, (place, flow) in before.items() if key not in partners}
    partners |= {key: places.pop(place) for key, (place, _) in after.items() if key not in partners and place in places}
    found = [
        (flow.name, diff(partners[key][1], flow, catalogue)) for key, (_, flow) in after.items() if key in partners
    ]
    return FlowsDiff(
        added=tuple(flow.name for key, (_, flow) in after.items() if key not in partners),
        removed=tuple(flow.name for _, flow in places.values()),
        changed=tuple((name, changes) for name, changes in found if changes),
    )


def _named(flows: Sequence[Placed]) -> dict[str, Placed]:
    counts = Counter(flow.name for _, flow in flows)
    return {flow.name if counts[flow.name] == 1 else f"{flow.name}\0{place}": (place, flow) for place, flow in flows}


def render_flows_diff(found: FlowsDiff) -> Iterator[str]:
    """Lines as ``render_diff`` gives them, under the names of the flows."""
    for name in found.removed:
        yield f"- flow {clean(name)}"
    for name in found.added:
        yield f"+ flow {clean(name)}"
    for name, changes in found.changed:
        yield f"~ flow {clean(name)}"
        yield from (f"  {line}" for line in render_diff(changes))


def flows_diff_document(found: FlowsDiff) -> dict[str, PlainJson]:
    """The difference as plain JSON: names, and under ``changed`` each name with what ``diff_document`` gives."""
    return {
        "added": list(found.added),
        "removed": list(found.removed),
        "changed": [{"flow": name, "diff": diff_document(changes)} for name, changes in found.changed],
    }
