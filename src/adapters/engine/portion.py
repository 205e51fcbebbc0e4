"""Which stages of a plan take part in a preview."""

from collections.abc import Callable, Mapping, Sequence

import attrs

from ...core.errors import NotFoundError, nearest
from ...core.plan.model import Plan, StagePlan
from ...core.preview import PreviewOptions
from ...core.records.record import Header, Record
from ...core.records.values import FieldValue

Lanes = Mapping[str, Sequence[Record]]


@attrs.frozen
class Portion:
    """``left_out`` are not run at all; ``skipped`` are those of them that are shown with what they would receive.

    ``given`` takes the place of what a stage would receive (of an origin: make), ``replaced`` of what it puts out.
    """

    left_out: frozenset[str]
    skipped: tuple[str, ...]
    given: Mapping[str, tuple[Record, ...]]
    replaced: Mapping[str, Lanes]

    @property
    def aside(self) -> frozenset[str]:
        """Stages whose own code is not asked for."""
        return self.left_out | frozenset(self.replaced)


def portion_of(plan: Plan, options: PreviewOptions, runnable: Callable[[StagePlan], bool]) -> Portion:
    """What a preview runs: not what writes, unless asked for; nothing behind the stage that is run through; and no
    stage without code here, where its records are given or only stages with given records would read it.

    Raises:
        NotFoundError: a stage, or a lane of it, that the flow does not have; with the nearest names.
    """
    for name in (*options.inputs, *options.outputs, *([] if options.through is None else [options.through])):
        _known(plan, name)
    names = set() if options.write_to_destinations else {stage.instance for stage in plan.stages if stage.is_sink}
    if options.through is not None:
        names |= {stage.instance for stage in plan.stages} - _feeding(plan, options.through)
    told = {*options.inputs, *options.outputs}
    for stage in reversed(plan.stages):
        if not runnable(stage) and stage.instance not in options.outputs and _needless(plan, stage, told, names):
            names.add(stage.instance)
    shown = (s.instance for s in plan.stages if s.instance in names and (s.is_sink or s.instance in options.inputs))
    return Portion(
        left_out=frozenset(names),
        skipped=tuple(shown),
        given={name: _records(rows, name) for name, rows in options.inputs.items()},
        replaced={name: _lanes(_known(plan, name), held) for name, held in options.outputs.items()},
    )


def _known(plan: Plan, name: str) -> StagePlan:
    found = plan.stage(name)
    if found is None:
        raise NotFoundError("stage", name, nearest(name, [stage.instance for stage in plan.stages]), "the flow")
    return found


def _needless(plan: Plan, stage: StagePlan, told: set[str], left_out: set[str]) -> bool:
    """True where nobody misses what a stage would make."""
    if stage.instance in told:
        return stage.inputs != ()  # an origin with given records puts them out
    lanes = {*stage.outputs, *stage.events}
    readers = {each.instance for each in plan.stages if not lanes.isdisjoint(each.inputs)}
    return bool(readers & told) and readers <= told | left_out


def _feeding(plan: Plan, instance: str) -> set[str]:
    """A stage and every stage before it."""
    makers = {lane: stage for stage in plan.stages for lane in (*stage.outputs, *stage.events)}
    found: set[str] = set()
    waiting = [_known(plan, instance)]
    while waiting:
        stage = waiting.pop()
        if stage.instance not in found:
            found.add(stage.instance)
            waiting.extend(makers[lane] for lane in stage.inputs if lane in makers)
    return found


def _lanes(stage: StagePlan, held: Mapping[str, Sequence[object]] | Sequence[object]) -> Lanes:
    """Records by lane; a plain list goes out on the first lane."""
    if not isinstance(held, Mapping):
        held = dict.fromkeys(stage.outputs[:1], held)
    for lane in held:
        if lane not in stage.outputs:
            near = nearest(lane, stage.outputs) or stage.outputs[:3]
            raise NotFoundError("lane", lane, near, f"stage {stage.instance}")
    return {lane: _records(rows, stage.instance) for lane, rows in held.items()}


def _records(rows: Sequence[object], stage: str) -> tuple[Record, ...]:
    return tuple(_record(item, stage, at) for at, item in enumerate(rows))


def _record(item: object, stage: str, at: int) -> Record:
    if isinstance(item, Record):
        return item
    return Record(_plain(item), Header(source_id=f"{stage}::{at}", stage_creator=stage))


def _plain(item: object) -> FieldValue:
    if isinstance(item, Mapping):
        return {str(name): _plain(value) for name, value in item.items()}
    if isinstance(item, Sequence) and not isinstance(item, (str, bytes)):
        return [_plain(value) for value in item]
    return item  # type: ignore[return-value]
