"""One plan in several places at once: what they write gets names of their own."""

import attrs

from ..plan.given import Given
from ..plan.model import Plan, StagePlan
from ..values import JsonMap

FILE_PREFIXES = {
    "com_streamsets_pipeline_stage_destination_localfilesystem_LocalFileSystemDTarget": "configs.uniquePrefix",
    "com_streamsets_pipeline_stage_destination_recordstolocalfilesystem_ToErrorLocalFSDTarget": "uniquePrefix",
}


ATTEMPT = "penstock.attempt"
"""A setting of file stages: a word for their temporary names. With it files are numbered, not named by new ids."""


def apart(plan: Plan, place: str, attempt: str = "") -> Plan:
    """The plan for one place: names of files that it writes begin with the prefix of the stage and the place.

    With an ``attempt`` the names say that only while a file is written: another attempt to do the same in the same
    place writes over what this one wrote.
    """
    error = None if plan.error_stage is None else _named(plan.error_stage, place, attempt)
    return attrs.evolve(plan, stages=tuple(_named(stage, place, attempt) for stage in plan.stages), error_stage=error)


def _named(stage: StagePlan, place: str, attempt: str) -> StagePlan:
    setting = FILE_PREFIXES.get(stage.kind)
    if setting is None:
        return stage
    prefix = stage.given.text(setting)
    named = f"{prefix}_{place}" if prefix else place
    return attrs.evolve(stage, given=Given(JsonMap({**stage.given, setting: named, ATTEMPT: attempt})))
