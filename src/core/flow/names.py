"""How instance names, labels and lane names are formed."""

import re
from collections.abc import Collection

_NOT_NAME = re.compile(r"[^A-Za-z0-9_]")


def instance_stem(label: str) -> str:
    """The label without anything but letters, digits and underscore; ``Stage`` when nothing is left."""
    return _NOT_NAME.sub("", label) or "Stage"


def free_instance_name(label: str, used: Collection[str]) -> str:
    """The stem and the first free number from 01: ``DevRawDataSource_01``."""
    stem = instance_stem(label)
    number = 1
    while (name := f"{stem}_{number:02d}") in used:
        number += 1
    return name


def free_label(label: str, used: Collection[str]) -> str:
    """The label and a number that no stage has yet: ``Trash 1``.

    Counting starts behind the number of labels that contain this one, so that the usual case needs one look.
    """
    number = 1 + sum(1 for other in used if label in other)
    if f"{label} {number}" not in used:
        return f"{label} {number}"
    number = 1
    while (name := f"{label} {number}") in used:
        number += 1
    return name


def lane_name(token: str) -> str:
    """A data lane from a unique token; hyphens become underscores, as lane names demand."""
    return token.replace("-", "_")


def predicate_lane(instance_name: str, token: str) -> str:
    """The lane of one predicate of a stage."""
    return f"{instance_name}OutputLane{lane_name(token)}"


def event_lane(instance_name: str) -> str:
    """The event lane of a stage."""
    return f"{instance_name}_EventLane"


def color_icon(type_word: str, label: str) -> str:
    """The name of the icon that the canvas of the service shows, such as ``Origin_Dev_Raw_Data_Source.png``."""
    return "_".join([type_word.capitalize(), *re.split(r"[ /]", label)]) + ".png"


def pipeline_id(name: str, token: str) -> str:
    """The id of a new pipeline: at most ten word characters of the name, then a unique token."""
    return re.sub(r"[\W_]", "", name)[:10] + token
