"""The part of a plan that is about what a reader seldom looks at: versions, canvas facts, settings that say nothing.

What several stages have in common becomes one step for all of them.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import attrs

from ..catalogue.definitions import Catalogue
from ..edit.basics import NewId
from ..edit.raw import matching
from ..flow.model import Flow, StageInstance
from ..values import Json, JsonMap, kind_key, same
from .settings import held_by
from .steps import FLOW, Drop, DropService, DropUi, Kind, Raw, Step, Ui, stage_named

if TYPE_CHECKING:
    from .planning import Plan

PLACE = frozenset({"xPos", "yPos"})
# what the canvas keeps for itself and makes again
CACHES = frozenset({"previewConfig", "schemaFromPreview", "schemaFromPreviewUpdateTime"})


@attrs.frozen
class Group:
    """One step for several stages; ``step`` is that of the first."""

    stages: tuple[str, ...]
    step: Any

    def apply(self, flow: Flow, catalogue: Catalogue, new_id: NewId) -> Flow:
        """The flow with it done to every stage."""
        for stage in self.stages:
            flow = attrs.evolve(self.step, stage=stage).apply(flow, catalogue, new_id)
        return flow


@attrs.frozen
class Item:
    """One thing that a stage has, or has not, beside what steps before gave it."""

    what: str
    service: str
    key: str
    value: Json = None


def placed(ui: JsonMap) -> tuple[object, object] | None:
    """The position that a statement can give, numbers with their kind; None for anything else."""
    x, y = ui.get("xPos"), ui.get("yPos")
    for each in (x, y):
        if isinstance(each, bool) or not isinstance(each, (int, float)):
            return None
    return kind_key(x), kind_key(y)


def plan_details(plan: "Plan") -> None:
    """Takes the steps for everything that still differs, but for positions."""
    for step in _of_flow(plan):
        plan.take(plan.details, step)
    on_canvas = set(plan.target.index())
    owners: dict[object, tuple[Item, list[str]]] = {}
    for stage in plan.target.all_stages():
        now = stage_named(plan.built, stage.instance_name)
        for item in _items(now, stage, on_canvas=stage.instance_name in on_canvas):
            key = (item.what, item.service, item.key, kind_key(item.value))
            owners.setdefault(key, (item, []))[1].append(stage.instance_name)
    groups: dict[tuple[str, str, tuple[str, ...]], list[Item]] = {}
    for item, stages in owners.values():
        groups.setdefault((item.what, item.service, tuple(stages)), []).append(item)
    for what in _STEPS:
        for (kind, service, names), items in groups.items():
            if kind == what:
                step = _STEPS[what](names[0], service, items, [stage_named(plan.target, each) for each in names])
                plan.take(plan.details, Group(names, step))


def _of_flow(plan: "Plan") -> Iterator[Step]:
    built, target = plan.built, plan.target
    late = {name: value for name, value in target.configuration.items() if not _is(built.configuration, name, value)}
    if late:
        yield Raw(FLOW, JsonMap(late))
    gone = [name for name in built.configuration if name not in target.configuration]
    if gone:
        yield Drop(FLOW, patterns(gone, [target.configuration]))
    keys = {key: value for key, value in target.ui.items() if key not in CACHES and not _is(built.ui, key, value)}
    if keys:
        yield Ui(FLOW, JsonMap(keys))


def _is(held: Any, name: str, value: Json) -> bool:
    return name in held and same(held[name], value)


def _items(now: StageInstance, wanted: StageInstance, *, on_canvas: bool) -> Iterator[Item]:
    if now.stage_version != wanted.stage_version:
        yield Item("kind", "", "version", wanted.stage_version)
    if now.library != wanted.library:
        yield Item("kind", "", "library", wanted.library)
    kept = {service.service for service in wanted.services}
    for service in now.services:
        if service.service not in kept:
            yield Item("no service", service.service, "")
    for name in ("", *(service.service for service in wanted.services)):
        before, after = held_by(now, name), held_by(wanted, name)
        for setting, value in after.items():
            if not _is(before, setting, value):
                yield Item("raw", name, setting, value)
        for setting in before:
            if setting not in after:
                yield Item("drop", name, setting)
    by_position = PLACE if on_canvas and placed(wanted.ui) is not None else frozenset()
    for key, value in wanted.ui.items():
        if key not in by_position and not _is(now.ui, key, value):
            yield Item("ui", "", key, value)
    for key in now.ui:
        if key not in wanted.ui:
            yield Item("drop ui", "", key)


def _kind(stage: str, service: str, items: list[Item], wanted: list[StageInstance]) -> Step:
    return Kind(stage, **{item.key: item.value for item in items})  # type: ignore[arg-type]


def _no_service(stage: str, service: str, items: list[Item], wanted: list[StageInstance]) -> Step:
    return DropService(stage, service)


def _raw(stage: str, service: str, items: list[Item], wanted: list[StageInstance]) -> Step:
    return Raw(stage, JsonMap((item.key, item.value) for item in items), service)


def _drop(stage: str, service: str, items: list[Item], wanted: list[StageInstance]) -> Step:
    return Drop(stage, patterns([item.key for item in items], [held_by(each, service) for each in wanted]), service)


def _ui(stage: str, service: str, items: list[Item], wanted: list[StageInstance]) -> Step:
    return Ui(stage, JsonMap((item.key, item.value) for item in items))


def _drop_ui(stage: str, service: str, items: list[Item], wanted: list[StageInstance]) -> Step:
    return DropUi(stage, tuple(item.key for item in items))


_STEPS: dict[str, Callable[[str, str, list[Item], list[StageInstance]], Step]] = {
    "kind": _kind,
    "no service": _no_service,
    "raw": _raw,
    "drop": _drop,
    "ui": _ui,
    "drop ui": _drop_ui,
}


def patterns(gone: Iterable[str], kept: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """The names that go away, with ``conf.*`` in place of two or more below ``conf`` where nothing there is kept."""
    names = list(dict.fromkeys(gone))
    staying = {name for each in kept for name in each}
    left = dict.fromkeys(names)
    made: dict[str, None] = {}
    for name in names:
        if name not in left:
            continue
        parts = name.split(".")
        made_of = name
        for end in range(1, len(parts)):
            start = ".".join(parts[:end]) + "."
            below = [each for each in names if each.startswith(start)]
            if len(below) > 1 and not any(each.startswith(start) for each in staying):
                made_of = start + "*"
                break
        made[made_of] = None
        for each in matching(list(left), (made_of,)) if made_of.endswith(".*") else (name,):
            left.pop(each, None)
    return tuple(made)
