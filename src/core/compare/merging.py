"""Three-way merges: what either side changed goes in, what both changed differently is a conflict."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from ..flow.document import decode_flow, encode_flow, pipeline_document
from ..flow.model import Flow
from .apart import set_apart
from .parts import AROUND, BESIDE, PIPELINE, How, Part
from .sequences import merged_order, merged_rows

_MISSING: Any = object()
_WHOLE: Any = object()
"""The answer for a part that cannot be taken apart."""


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


@attrs.frozen
class _Sides:
    """The three forms of one part; ``_MISSING`` where a side has none."""

    base: Any
    ours: Any
    theirs: Any

    def each(self, made: Callable[[Any], Any]) -> "_Sides":
        return _Sides(made(self.base), made(self.ours), made(self.theirs))

    def under(self, key: str) -> "_Sides":
        return self.each(lambda side: side.get(key, _MISSING))

    def all(self, holds: Callable[[Any], bool]) -> bool:
        return holds(self.base) and holds(self.ours) and holds(self.theirs)


def merge(base: Flow, ours: Flow, theirs: Flow) -> Merge:
    """The flow with the changes of both sides since ``base``.

    Shape: ``flow`` is None when there are ``conflicts``; every one of them is named, each with its place.

    Objects are merged key by key; stages, settings, services, rules, predicates and parameters by their name; other
    lists row by row where the changes are apart. Where both moved a stage, it stands where we put it; a stage that
    they added in the place of one of ours stands below it. Ids, times of saving and what an engine found out never
    conflict: ours stay. Everything else that both sides changed to different values is a conflict, and so is a link
    to a stage that the other side took away.
    """
    sides = _Sides(base, ours, theirs)
    conflicts: list[Conflict] = []
    body = _merged(PIPELINE, sides.each(pipeline_document), "", conflicts)
    around = _merged(AROUND, sides.each(_around), "", conflicts)
    beside = _beside(sides, conflicts)
    conflicts += _cut_links(ours, theirs, body)
    if conflicts:
        return Merge(None, tuple(conflicts))
    merged = attrs.evolve(decode_flow(_document(body, around, sides), "merge"), **beside)
    return Merge(set_apart(merged, base, ours, theirs))


# --- one part of a document -------------------------------------------------------------------------------------------


def _merged(part: Part, sides: _Sides, path: str, conflicts: list[Conflict]) -> Any:
    if _equal(sides.ours, sides.theirs) or _equal(sides.theirs, sides.base):
        return sides.ours
    if _equal(sides.ours, sides.base):
        return sides.theirs
    if part.how is How.OURS:
        return sides.theirs if sides.ours is _MISSING else sides.ours
    inside = _inside(part, sides, path, conflicts)
    return _as_whole(part, sides, path, conflicts) if inside is _WHOLE else inside


def _as_whole(part: Part, sides: _Sides, path: str, conflicts: list[Conflict]) -> Any:
    """One of the sides, where the other one changed nothing that counts."""
    meant = sides.each(lambda side: _meaning(part, side))
    if _equal(meant.ours, meant.theirs) or _equal(meant.theirs, meant.base):
        return sides.ours
    if _equal(meant.ours, meant.base):
        return sides.theirs
    conflicts.append(Conflict(path or "/", _done(sides.base, sides.ours), _done(sides.base, sides.theirs)))
    return sides.ours


def _meaning(part: Part, value: Any) -> Any:
    """The value without places on the canvas and without bookkeeping."""
    if isinstance(value, dict):
        inner = {key: (part.inside(key), item) for key, item in value.items() if key not in part.at_once}
        return {key: _meaning(known, item) for key, (known, item) in inner.items() if known.how is not How.OURS}
    if isinstance(value, list) and part.item is not None:
        return [_meaning(part.item, item) for item in value]
    return value


def _inside(part: Part, sides: _Sides, path: str, conflicts: list[Conflict]) -> Any:
    """The part put together from what is in it; ``_WHOLE`` where that cannot be."""
    if part.how is How.LANES:
        return _lanes(sides.each(lambda side: [] if side is _MISSING else side))
    if isinstance(sides.ours, dict) and isinstance(sides.theirs, dict):
        return _object(part, sides, path, conflicts) if _same_thing(part, sides) else _WHOLE
    if part.how is How.KEYED and sides.base is _MISSING:
        sides = attrs.evolve(sides, base=[])
    if not sides.all(lambda side: isinstance(side, list)):
        return _WHOLE
    key = part.by or _row_key(sides)
    if key and sides.all(lambda side: _is_keyed(side, key)):
        rows = sides.each(lambda side: {row[key]: row for row in side})
        item = part.item or Part()
        return list(_by_name(rows, lambda _: item, path, conflicts).values())
    merged = merged_rows(sides.base, sides.ours, sides.theirs)
    return _WHOLE if merged is None else merged


def _same_thing(part: Part, sides: _Sides) -> bool:
    """True when an object is still the one that it was; a stage that became another one is no longer."""
    if not part.same:
        return True
    return isinstance(sides.base, dict) and all(
        _equal(sides.base.get(key), side.get(key)) for key in part.same for side in (sides.ours, sides.theirs)
    )


def _object(part: Part, sides: _Sides, path: str, conflicts: list[Conflict]) -> dict[str, Any]:
    known = attrs.evolve(sides, base=sides.base if isinstance(sides.base, dict) else {})
    merged = _by_name(known, part.inside, path, conflicts, part.at_once)
    if part.at_once:
        kept = all(_equal(known.ours.get(key), known.base.get(key)) for key in part.at_once)
        side = known.theirs if kept else known.ours
        merged |= {key: side[key] for key in part.at_once if key in side}
    return merged


def _by_name(
    sides: _Sides,
    part_of: Callable[[str], Part],
    path: str,
    conflicts: list[Conflict],
    passed: tuple[str, ...] = (),
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name in merged_order(list(sides.base), list(sides.ours), list(sides.theirs)):
        if name in passed:
            merged[name] = None
            continue
        value = _merged(part_of(name), sides.under(name), f"{path}/{name}", conflicts)
        if value is not _MISSING:
            merged[name] = value
    return merged


_ROWS = (("outputLane", "predicate"), ("key", "value"))
"""Rows that are known by their first key: predicates and the entries of maps."""


def _row_key(sides: _Sides) -> str:
    rows = [row for side in (sides.base, sides.ours, sides.theirs) for row in side]
    return next(
        (names[0] for names in _ROWS if all(isinstance(row, dict) and set(row) <= set(names) for row in rows)), ""
    )


def _is_keyed(side: list[Any], key: str) -> bool:
    if not all(isinstance(row, dict) and isinstance(row.get(key), str) for row in side):
        return False
    return len({row[key] for row in side}) == len(side)


def _lanes(sides: _Sides) -> Any:
    """What both kept and what either added; whole when both put something else in place of the same lane."""
    if not sides.all(lambda side: isinstance(side, list) and len(set(side)) == len(side)):
        return _WHOLE
    base, ours, theirs = set(sides.base), set(sides.ours), set(sides.theirs)
    if base - ours - theirs and ours - base - theirs and theirs - base - ours:
        return _WHOLE
    kept = (ours & theirs) | ((ours | theirs) - base)
    return [lane for lane in merged_order(sides.base, sides.ours, sides.theirs) if lane in kept]


def _done(base: Any, side: Any) -> str:
    if side is _MISSING:
        return "removed it"
    return "added it" if base is _MISSING else "changed it"


def _equal(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is neither 1.0 nor true."""
    if one is _MISSING or other is _MISSING:
        return one is other
    return bool(one == other) and (repr(one) == repr(other) or _same_kinds(one, other))


def _same_kinds(one: Any, other: Any) -> bool:
    """Of what Python finds equal: true where only the order of keys differs, not the kind of a number."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return all(_same_kinds(item, other[key]) for key, item in one.items())
    return not isinstance(one, list) or all(map(_same_kinds, one, other))


# --- what is around and beside the document ---------------------------------------------------------------------------


def _around(flow: Flow) -> Any:
    if flow.envelope is None:
        return _MISSING
    hollow = encode_flow(attrs.evolve(flow, stages=(), fragments=()))
    return {key: value for key, value in hollow.items() if key != flow.envelope.body_key}


def _document(body: Any, around: Any, sides: _Sides) -> dict[str, Any]:
    """The merged document, in an envelope with the order of ours where we have one."""
    if around is _MISSING:
        return dict(body)
    envelope = sides.ours.envelope or sides.theirs.envelope
    keys = (*(envelope.keys or (envelope.body_key,)), *around)
    return {
        key: body if key == envelope.body_key else around[key] for key in keys if key in (envelope.body_key, *around)
    }


def _beside(sides: _Sides, conflicts: list[Conflict]) -> dict[str, Any]:
    """What a project keeps of the flow beside its document; what the document says too is a conflict once."""
    own: list[Conflict] = []
    plain = sides.each(lambda flow: {name: _plain(getattr(flow, name)) for name in BESIDE.keys})
    merged = _by_name(plain, BESIDE.inside, "", own)
    known = {conflict.path for conflict in conflicts}
    known |= {"/name"} if "/title" in known else set()
    conflicts += [conflict for conflict in own if conflict.path not in known]
    return {name: tuple(value) if isinstance(value, list) else value for name, value in merged.items()}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _cut_links(ours: Flow, theirs: Flow, body: Mapping[str, Any]) -> Iterator[Conflict]:
    """Links that a side has whole, and that lost their source in the merge."""
    stages = [stage for stage in body.get("stages") or () if isinstance(stage, dict)]
    fed = {lane for stage in stages for key in ("outputLanes", "eventLanes") for lane in stage.get(key) or ()}
    mine, yours = _reads(ours), _reads(theirs)
    for stage in stages:
        for lane in stage.get("inputLanes") or ():
            read = (stage.get("instanceName"), lane)
            whole = (mine.get(read), yours.get(read))
            if lane not in fed and any(whole) and False not in whole:
                done = ("linked to it" if side else "removed its source" for side in whole)
                yield Conflict(f"/stages/{read[0]}/inputLanes/{lane}", *done)


def _reads(flow: Flow) -> dict[tuple[object, str], bool]:
    """Every lane that a stage of the flow reads, and whether a stage feeds it."""
    fed = {lane for stage in flow.stages for lane in stage.lanes_out}
    return {(stage.instance_name, lane): lane in fed for stage in flow.stages for lane in stage.input_lanes}
