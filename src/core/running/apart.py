"""One plan in several places at once: what they write gets names of their own."""

import attrs

from ..plan.given import Given
from ..plan.model import Plan, StagePlan
from ..values import JsonMap

FILE_PREFIXES = {
    "com_streamsets_pipeline_stage_destination_localfilesystem_LocalFileSystemDTarget": "configs.uniquePrefix",
    "com_streamsets_pipeline_stage_destination_recordstolocalfilesystem_ToErrorLocalFSDTarget": "uniquePrefix",
}


def apart(plan: Plan, place: str) -> Plan:
    """The plan for one place: names of files that it writes begin with the prefix of the stage and the place."""
    error = None if plan.error_stage is None else _named(plan.error_stage, place)
    return attrs.evolve(plan, stages=tuple(_named(stage, place) for stage in plan.stages), error_stage=error)


def _named(stage: StagePlan, place: str) -> StagePlan:
    setting = FILE_PREFIXES.get(stage.kind)
    if setting is None:
        return stage
    prefix = stage.given.text(setting)
    named = f"{prefix}_{place}" if prefix else place
    return attrs.evolve(stage, given=Given(JsonMap({**stage.given, setting: named})))
