"""What every edit needs: find a stage or say so, put a changed one in its place."""

from collections.abc import Callable
from typing import TypeAlias

import attrs

from ..catalogue.definitions import Catalogue, StageDefinition, StageType
from ..errors import NotFoundError, nearest
from ..flow.model import Flow, StageInstance

NewId: TypeAlias = Callable[[], str]
"""Gives a new unique token at each call; the caller decides where it comes from."""


def stage_of(flow: Flow, instance_name: str) -> StageInstance:
    """The canvas stage or special stage with this instance name.

    Raises:
        NotFoundError: with the nearest instance names.
    """
    found = flow.find(instance_name)
    if found is not None:
        return found
    for special in flow.special_stages():
        if special.instance_name == instance_name:
            return special
    known = [stage.instance_name for stage in flow.all_stages()]
    raise NotFoundError("stage", instance_name, nearest(instance_name, known), f"flow {flow.name!r}")


def with_stage(flow: Flow, stage: StageInstance) -> Flow:
    """The flow with this stage in place of the one that has its instance name (canvas or special)."""
    at = flow.index().get(stage.instance_name)
    if at is not None:
        old = flow.stages[at]
        if old is stage:
            return flow
        stages = (*flow.stages[:at], stage, *flow.stages[at + 1 :])
        return flow.with_stages(stages, same_names=old.ui is stage.ui)
    return _with_special(flow, stage)


def _with_special(flow: Flow, stage: StageInstance) -> Flow:
    def put(old: StageInstance | None) -> StageInstance | None:
        return stage if old is not None and old.instance_name == stage.instance_name else old

    return attrs.evolve(
        flow,
        error_stage=put(flow.error_stage),
        stats_stage=put(flow.stats_stage),
        test_origin=put(flow.test_origin),
        start_stages=tuple(put(old) or old for old in flow.start_stages),
        stop_stages=tuple(put(old) or old for old in flow.stop_stages),
    )


def definition_of(stage: StageInstance, catalogue: Catalogue) -> StageDefinition | None:
    """The definition of a stage; of its kind in another library when its own library does not have it."""
    return catalogue.stage(stage.stage_name, stage.library) or catalogue.stage(stage.stage_name)


def type_of(stage: StageInstance, catalogue: Catalogue) -> StageType | None:
    """What the stage is by its definition, else by what the file says; None for a word nobody knows."""
    definition = definition_of(stage, catalogue)
    if definition is not None:
        return definition.type
    try:
        return StageType(stage.type_word)
    except ValueError:
        return None
