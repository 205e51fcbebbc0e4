"""Which folders and hosts stages may use."""

import os
from itertools import count
from pathlib import Path

from ...core.plan.given import Given
from ...core.processors.api import Access, StopFault
from ...core.values import Json, JsonMap
from .formats.named_files import RESOURCES

NOT_ALLOWED = "PENSTOCK_0102"
REGISTRY = "penstock.registry"
_stages = count()


def allowed_path(access: Access, path: "str | Path") -> Path:
    """The path, links followed, when it lies in an allowed folder.

    Raises:
        StopFault: it does not.
    """
    if access.folders is None:
        return Path(path)
    real = os.path.realpath(path)
    for folder in access.folders:
        root = os.path.realpath(folder)
        if os.path.commonpath([root, real]) == root:
            return Path(real)
    known = ", ".join(access.folders) or "no folder at all"
    raise StopFault(NOT_ALLOWED, f"the folder of {str(path)!r} is not allowed here; allowed: {known}")


def allowed_host(access: Access, host: str) -> None:
    """Nothing for a host that may be called.

    Raises:
        StopFault: it may not.
    """
    if access.hosts is not None and host.lower() not in {each.lower() for each in access.hosts}:
        known = ", ".join(access.hosts) or "no host at all"
        raise StopFault(NOT_ALLOWED, f"calling {host!r} is not allowed here; allowed: {known}{access.ways_out}")


def with_access(given: Given, access: Access) -> Given:
    """The settings of a format that knows what it may use: the folder of resources, for the files that it names, and
    the hosts that may be asked for schemas."""
    more: dict[str, Json] = {}
    if access.resources is not None:
        more[RESOURCES] = access.resources
    if given.text("avroSchemaSource") == "REGISTRY" or given.flag("registerSchema"):
        more[REGISTRY] = JsonMap({"hosts": access.hosts, "ways": access.ways_out, "stage": next(_stages)})
    return Given(JsonMap({**given, **more})) if more else given
