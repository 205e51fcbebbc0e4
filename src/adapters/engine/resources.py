"""What expressions read of the engine's machine: a folder of resource files, and runtime properties."""

import os
import re
import socket
import stat
from pathlib import Path

from ...core.el import EvaluationError, Facts, Scope
from ...core.processors.api import Access

PROPERTIES = "runtime.properties"
"""The file in the folder of resources that ``runtime:conf`` reads."""
CREDENTIALS = "credentials.properties"
"""The file beside it that ``credential:get`` reads: ``store/name`` for everybody, ``store/group/name`` for a group."""
_LINE = re.compile(r"\s*((?:\\.|[^\\\s:=])+)\s*[:=]?\s*(.*)", re.DOTALL)
_OTHERS = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH


def surroundings(access: Access, facts: Facts) -> Scope:
    """A scope that knows the machine; without a folder of resources there are no properties and no files."""
    scope = Scope(facts=facts)
    if access.resources is not None:
        folder = Path(access.resources)
        scope.properties = {"resourcesDirPath": str(folder), **properties_of(folder / PROPERTIES)}
        scope.resource = lambda name, restricted: _read(folder, name, restricted)
        if (folder / CREDENTIALS).is_file():
            scope.secret = lambda store, group, name: _secret(folder, store, group, name)
    return scope


def hostname() -> str:
    """The name of this machine."""
    return socket.gethostname()


def properties_of(path: Path) -> dict[str, str]:
    """The keys and values of a file of Java properties; none when it cannot be read."""
    try:
        return properties_of_text(path.read_text("utf-8", "replace"))
    except OSError:
        return {}


def properties_of_text(text: str) -> dict[str, str]:
    """The keys and values of Java properties."""
    lines = re.sub(r"\\\r?\n[ \t]*", "", text).splitlines()
    found = [_LINE.fullmatch(line) for line in lines if line.strip() and line.lstrip()[0] not in "#!"]
    return {re.sub(r"\\(.)", r"\1", each[1]): each[2].rstrip("\r\n") for each in found if each is not None}


def _secret(folder: Path, store: str, group: str, name: str) -> str:
    """A secret of a store; the group ``all``, with or without an organisation behind ``@``, is everybody.

    Raises:
        EvaluationError: there is none, or others than its owner may read the file.
    """
    held = properties_of_text(_read(folder, CREDENTIALS, restricted=True).decode("utf-8", "replace"))
    found = held.get(f"{store}/{group}/{name}")
    if found is None and group.partition("@")[0] == "all":
        found = held.get(f"{store}/{name}")
    if found is None:
        raise EvaluationError(f"there is no credential {name!r} for the group {group!r} in the store {store!r}")
    return found


def _read(folder: Path, name: str, restricted: bool) -> bytes:
    root = os.path.realpath(folder)
    path = os.path.realpath(os.path.join(root, name))
    if os.path.commonpath([root, path]) != root:
        raise OSError(f"{name} is not in the folder of resources")
    if restricted and os.path.isfile(path) and os.stat(path).st_mode & _OTHERS:
        raise EvaluationError(f"the file {name!r} must be readable and writable by its owner only")
    return Path(path).read_bytes()
