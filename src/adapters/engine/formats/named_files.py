"""Files that settings of formats name: they lie in the folder of resources, and only there."""

import os
from pathlib import Path

from ....core.errors import InvalidValueError

VARIABLE = "PENSTOCK_RESOURCES"
RESOURCES = "penstock.resources"
"""The setting that names the folder of resources; where there is none, the variable does."""


def resource(file: str, resources: str, what: str, code: str = "") -> Path:
    """The file. ``what`` names the setting, ``code`` is that of the original for one that is not there.

    Raises:
        InvalidValueError: it lies elsewhere, or is not there.
    """
    folder = os.path.realpath(resources or os.environ.get(VARIABLE) or ".")
    path = os.path.realpath(os.path.join(folder, file))
    wanted = f"a file in the folder of resources ({VARIABLE})"
    if os.path.commonpath([folder, path]) != folder:
        raise InvalidValueError(what, file, wanted)
    if not os.path.isfile(path):
        raise InvalidValueError(what, file, f"{wanted}, which is {folder}{code}")
    return Path(path)
