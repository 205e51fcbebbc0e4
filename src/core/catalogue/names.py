"""Human-readable setting names, formed from labels, and finding settings by either of their names."""

import re
from collections.abc import Sequence
from functools import lru_cache

from ..errors import nearest
from .definitions import SettingDefinition

FORMER = {
    "additional_configuration": ("hadoop_fs_configuration",),
    "configuration_files_directory": ("hadoop_fs_configuration_directory",),
    "control_hub_url": (
        "control_hub_base_url",
        "url_of_control_hub",
        "url_of_control_hub_that_runs_the_specified_jobs",
    ),
    "file_system_uri": ("hadoop_fs_uri",),
    "ignore_missing_value_in_matching_record": ("ignore_missing_value",),
    "impersonation_user": ("hdfs_user",),
    "list_of_application_ids": ("application_id",),
    "max_files_soft_limit": ("max_files_in_directory",),
    "number_of_threads": ("numThreads",),
    "records_to_be_generated": ("recordsToBeGenerated",),
    "status_check_interval": ("delay_between_state_checks",),
    "task_name": ("unique_task_name",),
    "validate_permissions": ("validate_hdfs_permissions",),
}
"""Attribute names that settings had while their labels were others, and raw ones that were expected of newer engines,
by the attribute names that they have now."""


@lru_cache(maxsize=20_000)
def attribute_name(label: str, field_name: str) -> str:
    """The attribute name of a setting; a valid identifier always."""
    name = official_name(label, field_name)
    if name.isidentifier():
        return name
    made = re.sub(r"_/_?sec|/_?sec", "_per_sec", name.replace("%", "percent"))
    made = re.sub(r"\W+", "_", made)
    made = re.sub(r"_+", "_", made).strip("_")
    if not made:
        made = re.sub(r"\W", "_", field_name) or "setting"
    return f"_{made}" if made[0].isdigit() else made


@lru_cache(maxsize=20_000)
def official_name(label: str, field_name: str) -> str:
    """The spelling of the service's own client, which is no identifier for some labels."""
    if not label:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", field_name).lower()
    name = re.sub(r"[\s-]+", "_", label.lower())
    name = name.replace("&", "and").replace("/sec", "_per_sec")
    return re.sub(r"_\((.+)\)", r"_in_\1", name)


def resolve(settings: Sequence[SettingDefinition], name: str) -> tuple[SettingDefinition, ...]:
    """The settings that a name means: the raw name wins, then attribute names; several may share one."""
    raw = tuple(each for each in settings if each.name == name)
    if raw:
        return raw
    labelled = tuple(each for each in settings if name in (each.attribute, official_name(each.label, each.field_name)))
    return labelled or tuple(each for each in settings if name in _older_names(each.label, each.name))


@lru_cache(maxsize=20_000)
def _older_names(label: str, raw_name: str) -> tuple[str, ...]:
    """What earlier clients of the engine call a setting: a stroke read as "or", and ``stage_on_record_error``; and
    what it was called before its label was another."""
    former = FORMER.get(official_name(label, raw_name), ())
    return official_name(label.replace("/", " or "), raw_name), official_name("", raw_name), *former


def near(settings: Sequence[SettingDefinition], name: str) -> tuple[str, ...]:
    """The names of settings that look most like ``name``; today's also where it looks like one of earlier."""
    known = {each.attribute: each.attribute for each in settings} | {each.name: each.name for each in settings}
    for each in settings:
        for former in FORMER.get(official_name(each.label, each.name), ()):
            known.setdefault(former, each.attribute)
    return tuple(dict.fromkeys(known[found] for found in nearest(name, known)))
