"""The plan of a script: steps that lead from a new flow to a given one, each tried out on the way.

The plan is made by building: every step is applied to a flow, and what still differs decides on the next. So a plan
that is complete cannot miss: what it leads to is compared with the flow that was asked for.
"""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import TypeVar

import attrs

from ..catalogue.definitions import Catalogue
from ..catalogue.find import find_stage
from ..edit.fragments import new_fragment
from ..edit.special import Slot, special_of
from ..edit.stages import checked_name, new_flow
from ..errors import PenstockError
from ..flow.model import Flow, StageInstance
from ..project import ParameterSet
from . import details, links, settings
from .finding import finding_of, ui_type
from .names import Names
from .steps import (
    FLOW,
    AddFragment,
    AddStage,
    AddUnknown,
    Arrange,
    AsFragment,
    ClearSpecial,
    Facts,
    Label,
    Position,
    SetSpecial,
    Step,
    UseSet,
    stage_named,
)

S = TypeVar("S", bound=Step)
FALLBACK_NAME = "unnamed"


@attrs.define
class Plan:
    """Steps in the order they are taken, by part of the script; ``built`` is the flow that they lead to."""

    target: Flow
    catalogue: Catalogue
    built: Flow
    name: str
    variables: dict[str, str]
    start: list[Step] = attrs.Factory(list)
    special: list[list[Step]] = attrs.Factory(list)
    settings: list[Step] = attrs.Factory(list)
    stages: list[list[Step]] = attrs.Factory(list)
    links: list[Step] = attrs.Factory(list)
    places: list[Step] = attrs.Factory(list)
    details: list[Step] = attrs.Factory(list)
    fragments: "list[tuple[str, Plan]]" = attrs.Factory(list)
    missing: list[str] = attrs.Factory(list)
    _ids: Iterable[int] = attrs.Factory(count)

    def new_id(self) -> str:
        """An id that counts, marked so that no lane of a document has it."""
        return f"\x00{next(iter(self._ids))}"

    def try_step(self, step: Step) -> Flow | None:
        """The flow after a step; None when it is refused."""
        try:
            return step.apply(self.built, self.catalogue, self.new_id)
        except PenstockError:
            return None

    def take(self, part: list[Step], step: Step) -> None:
        """Takes a step that cannot be refused."""
        self.built = step.apply(self.built, self.catalogue, self.new_id)
        part.append(step)

    def steps(self) -> Iterable[Step]:
        """Every step, in order."""
        for part in (self.start, *self.special, self.settings, *self.stages, self.links, self.places, self.details):
            yield from part


def make_plan(flow: Flow, catalogue: Catalogue, sets: Mapping[str, ParameterSet]) -> Plan:
    """The plan of a flow; where links do not come out right by connecting, the lanes of those stages are named."""
    flow = _with_unique_names(flow)
    return _settled(flow, catalogue, sets, _base(flow, catalogue), links.NOTHING_ODD)


def _settled(flow: Flow, catalogue: Catalogue, sets: Mapping[str, ParameterSet], base: Flow, odd: links.Odd) -> "Plan":
    plan = _planned(flow, catalogue, sets, base, odd)
    found = links.odd_lanes(plan.built, flow)
    if found:
        plan = _planned(flow, catalogue, sets, base, attrs.evolve(found, every=odd.every))
    return plan


def _with_unique_names(flow: Flow) -> Flow:
    """The flow with a number behind the instance name of a stage whose name another stage has."""
    names = [stage.instance_name for stage in flow.all_stages()]
    if len(set(names)) == len(names) and all(names):
        return flow
    used = set(names)
    seen: set[str] = set()

    def unique(stage: StageInstance) -> StageInstance:
        name = stage.instance_name
        if name and name not in seen:
            seen.add(name)
            return stage
        number = 2
        while (made := f"{name or 'Stage'}_{number}") in used:
            number += 1
        used.add(made)
        seen.add(made)
        return attrs.evolve(stage, instance_name=made)

    def one(stage: StageInstance | None) -> StageInstance | None:
        return None if stage is None else unique(stage)

    return attrs.evolve(
        flow,
        stages=tuple(map(unique, flow.stages)),
        error_stage=one(flow.error_stage),
        stats_stage=one(flow.stats_stage),
        start_stages=tuple(map(unique, flow.start_stages)),
        stop_stages=tuple(map(unique, flow.stop_stages)),
        test_origin=one(flow.test_origin),
    )


def usable_name(name: str) -> str:
    """The name, when a flow can be created under it; else one that comes near."""
    try:
        name.encode("utf-8")
        return checked_name(name, "flow name")
    except (PenstockError, UnicodeEncodeError):
        plain = name.encode("utf-8", "replace").decode()[:500]
        return plain if plain.strip() else FALLBACK_NAME


def _base(flow: Flow, catalogue: Catalogue) -> Flow:
    error = find_stage(catalogue, "Discard", role="error")
    ids = count()
    return new_flow(
        usable_name(flow.name),
        flow.description,
        catalogue,
        new_id=lambda: f"\x01{next(ids)}",
        error_definition=error,
    )


def _planned(flow: Flow, catalogue: Catalogue, sets: Mapping[str, ParameterSet], base: Flow, odd: links.Odd) -> Plan:
    plan = Plan(flow, catalogue, base, base.name, _variables(flow, catalogue))
    if flow.fragment and not base.fragment:
        ids = [flow.extra.get(key) for key in ("fragmentId", "fragmentInstanceId")]
        plan.take(plan.start, AsFragment(*(each if isinstance(each, str) else "" for each in ids)))
    for slot in Slot:
        _special(plan, slot)
    for set_id in flow.parameter_sets:
        _parameter_set(plan, sets.get(set_id))
    settings.plan_flow(plan)
    for stage in flow.stages:
        part: list[Step] = []
        plan.stages.append(part)
        _stage(plan, part, stage)
        links.plan_lanes(plan, part, stage, odd)
    links.plan_links(plan, odd)
    for fragment in flow.fragments:
        _fragment(plan, fragment, sets)
    _places(plan)
    _facts(plan)
    details.plan_details(plan)
    return plan


def _variables(flow: Flow, catalogue: Catalogue) -> dict[str, str]:
    names = Names()
    made: dict[str, str] = {}
    for stage in flow.all_stages():
        definition = catalogue.stage(stage.stage_name)
        kind = definition.label if definition is not None else stage.stage_name.rsplit("_", 1)[-1]
        made[stage.instance_name] = names.name(stage.label, kind, stage.instance_name)
    return made


def _special(plan: Plan, slot: Slot) -> None:
    held = getattr(plan.target, slot.attribute)
    stages = held if isinstance(held, tuple) else () if held is None else (held,)
    now = special_of(plan.built, slot)
    if not stages and now is not None:
        part: list[Step] = []
        plan.special.append(part)
        plan.take(part, ClearSpecial(slot))
    for at, stage in enumerate(stages):
        if now is not None and not at and settings.equal_stage(now, stage):
            continue
        part = []
        plan.special.append(part)
        finding = finding_of(stage, plan.catalogue, slot.name.lower()) if not at else None
        if finding is not None:
            plain = SetSpecial(stage.instance_name, slot, finding, named=False)
            made = plan.try_step(plain)
            named = made is None or special_of(made, slot).instance_name != stage.instance_name  # type: ignore[union-attr]
            plan.take(part, SetSpecial(stage.instance_name, slot, finding, named))
        else:
            if now is not None and not at:
                plan.take(part, ClearSpecial(slot))
            plan.take(part, _unknown(stage, slot))
        _contents(plan, part, stage)
        if slot is Slot.TEST_ORIGIN or stage.output_lanes or stage.event_lanes or stage.input_lanes:
            links.plan_all_lanes(plan, part, stage)


def _unknown(stage: StageInstance, slot: Slot | None) -> AddUnknown:
    kind = ui_type(stage)
    outputs = len(stage.output_lanes)
    usual = int(kind in ("SOURCE", "PROCESSOR"))
    shown = None if outputs == usual else outputs
    return AddUnknown(stage.instance_name, stage.stage_name, stage.stage_version, stage.library, kind, shown, slot)


def _stage(plan: Plan, part: list[Step], stage: StageInstance) -> None:
    finding = finding_of(stage, plan.catalogue, "canvas")
    if finding is None:
        plan.take(part, _unknown(stage, None))
    else:
        plain = AddStage(stage.instance_name, finding, named=False)
        made = plan.try_step(plain)
        named = made is None or made.stages[-1].instance_name != stage.instance_name
        plan.take(part, attrs.evolve(plain, named=named))
    _contents(plan, part, stage)


def _contents(plan: Plan, part: list[Step], stage: StageInstance) -> None:
    if stage_named(plan.built, stage.instance_name).ui.get("label") != (label := stage.ui.get("label")):
        step = Label(stage.instance_name, label if isinstance(label, str) else "")
        if plan.try_step(step) is not None:
            plan.take(part, step)
    settings.plan_stage(plan, part, stage)


def _parameter_set(plan: Plan, known: ParameterSet | None) -> None:
    if known is None:
        plan.missing.append("a parameter set that is not at hand")
        return
    rows = tuple((each.name, each.value, each.description) for each in known.parameters)
    set_id = next(each for each in plan.target.parameter_sets if each not in plan.built.parameter_sets)
    plan.take(plan.settings, UseSet(set_id, known.name, known.description, rows))


def _fragment(plan: Plan, fragment: Flow, sets: Mapping[str, ParameterSet]) -> None:
    ids = [fragment.extra.get(key) for key in ("fragmentId", "fragmentInstanceId")]
    texts = [each if isinstance(each, str) else "" for each in ids]
    base = new_fragment(usable_name(fragment.name), texts[0], texts[1], fragment.description)
    inner = _settled(_with_unique_names(fragment), plan.catalogue, sets, base, links.EVERY_LANE)
    function = Names(frozenset(name for name, _ in plan.fragments)).name(f"add {fragment.name}", suffix="add_fragment")
    plan.fragments.append((function, inner))
    plan.take(plan.links, AddFragment(function, inner.built))


def _facts(plan: Plan) -> None:
    built, target = plan.built, plan.target
    facts = Facts(
        engine_version=None if target.engine_version == built.engine_version else target.engine_version,
        schema_version=None if target.schema_version == built.schema_version else target.schema_version,
        version=None if target.version == built.version else target.version,
        metadata=None if target.metadata == built.metadata else target.metadata,
    )
    if facts != Facts():
        plan.take(plan.details, facts)


def _places(plan: Plan) -> None:
    """Arranged when that saves statements; what stands elsewhere is placed by hand."""
    arranged = plan.try_step(Arrange())
    as_added = _misplaced(plan.target, plan.built)
    if arranged is not None and plan.target.stages:
        by_arranging = _misplaced(plan.target, arranged)
        if len(by_arranging) + 1 <= len(as_added):
            plan.take(plan.places, Arrange())
            as_added = by_arranging
    for stage in as_added:
        x, y = stage.ui["xPos"], stage.ui["yPos"]
        plan.take(plan.places, Position(stage.instance_name, x, y))  # type: ignore[arg-type]


def _misplaced(target: Flow, built: Flow) -> list[StageInstance]:
    found: list[StageInstance] = []
    for stage in target.stages:
        place = details.placed(stage.ui)
        if place is not None and place != details.placed(stage_named(built, stage.instance_name).ui):
            found.append(stage)
    return found


__all__ = ["FLOW", "Plan", "make_plan"]
