"""Three-way merges: what either side changed goes in, what both changed differently is a conflict."""

from collections.abc import Mapping
from typing import Any

import attrs

from ..flow.document import decode_flow, encode_flow
from ..flow.model import Flow

_MISSING = object()
_KEYED = {"configuration": "name", "stages": "instanceName", "services": "service", "fragments": "fragmentInstanceId"}
_KEYED |= {"startEventStages": "instanceName", "stopEventStages": "instanceName", "lanePredicates": "outputLane"}
_NOT_COMPARED = frozenset(
    {"uuid", "lastModified", "lastModifier", "created", "creator", "lastRev", "sdcVersion", "sdcId"}
)


@attrs.frozen
class Conflict:
    """A place that both sides changed differently: its path, and what was done to it. Values are left out."""

    path: str
    ours: str
    theirs: str

    def __str__(self) -> str:
        return f"{self.path}: we {self.ours}, they {self.theirs}"


@attrs.frozen
class Merge:
    """The outcome of a merge: the flow, or None with the conflicts that stand in its way."""

    flow: Flow | None
    conflicts: tuple[Conflict, ...] = ()


def merge(base: Flow, ours: Flow, theirs: Flow) -> Merge:
    """The flow with the changes of both sides since ``base``.

    Shape: ``flow`` is None when there are ``conflicts``; every one of them is named, each with its place.

    Objects are merged key by key; stages, settings, services and predicates by their name. Ids and times of saving
    never conflict: ours stay. Everything else that both sides changed to different values is a conflict.
    """
    conflicts: list[Conflict] = []
    documents = [encode_flow(flow) for flow in (base, ours, theirs)]
    merged = _merge(*documents, path="", key="", conflicts=conflicts)
    if conflicts:
        return Merge(None, tuple(conflicts))
    flow = decode_flow(merged, "merge")
    kept = {name: _pick(getattr(base, name), getattr(ours, name), getattr(theirs, name)) for name in _PROJECT_PARTS}
    return Merge(attrs.evolve(flow, **kept))


_PROJECT_PARTS = ("name", "description", "environment_id", "engine_version", "engine_type", "parameter_sets")


def _pick(base: Any, ours: Any, theirs: Any) -> Any:
    return theirs if ours == base else ours


def _merge(base: Any, ours: Any, theirs: Any, *, path: str, key: str, conflicts: list[Conflict]) -> Any:
    if _equal(ours, theirs) or _equal(theirs, base) or key in _NOT_COMPARED:
        return ours
    if _equal(ours, base):
        return theirs
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _objects(base if isinstance(base, dict) else {}, ours, theirs, path, conflicts)
    name = _KEYED.get(key)
    sides = (base if base is not _MISSING else [], ours, theirs)
    if name is not None and all(_is_keyed(side, name) for side in sides):
        before, mine, yours = ({item[name]: item for item in side} for side in sides)
        return list(_objects(before, mine, yours, path, conflicts).values())
    if key in ("inputLanes", "outputLanes", "eventLanes") and all(isinstance(side, list) for side in sides):
        return _lanes(*sides)
    conflicts.append(Conflict(path or "/", _done(base, ours), _done(base, theirs)))
    return ours


def _is_keyed(side: Any, name: str) -> bool:
    if not isinstance(side, list) or not all(
        isinstance(item, dict) and isinstance(item.get(name), str) for item in side
    ):
        return False
    return len({item[name] for item in side}) == len(side)


def _objects(
    base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any], path: str, conflicts: list[Conflict]
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for key in {**ours, **theirs}:
        sides = (base.get(key, _MISSING), ours.get(key, _MISSING), theirs.get(key, _MISSING))
        value = _merge(*sides, path=f"{path}/{key}", key=key, conflicts=conflicts)
        if value is not _MISSING:
            merged[key] = value
    return merged


def _lanes(base: list[Any], ours: list[Any], theirs: list[Any]) -> list[Any]:
    """Our lanes without those that they took away, then those that they added."""
    kept = [lane for lane in ours if lane in theirs or lane not in base]
    return kept + [lane for lane in theirs if lane not in base and lane not in kept]


def _done(base: Any, side: Any) -> str:
    if side is _MISSING:
        return "removed it"
    return "added it" if base is _MISSING else "changed it"


def _equal(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is neither 1.0 nor true."""
    if one is _MISSING or other is _MISSING:
        return one is other
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)
