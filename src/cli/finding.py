"""What names on the command line mean: flows of a project or of a file, stages, settings."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import FormatError, InvalidValueError, NotFoundError, nearest

if TYPE_CHECKING:
    from ..core.flow.model import Flow
    from ..sdk.project import Project
    from ..sdk.stage import Stage
    from ..sdk.streaming import StreamingFlow

SUFFIXES = (".json", ".zip")
STDIN = "-"


def flow_of(project: "Project", name: str) -> "StreamingFlow":
    """The flow of a project with this name or id.

    Raises:
        NotFoundError: with the nearest names.
        InvalidValueError: the name is that of a file.
    """
    try:
        return project.flows.get(name=name)
    except NotFoundError as error:
        try:
            return project.flows.get(flow_id=name)
        except NotFoundError:
            if file_named(name) is not None:
                expected = "a flow of the project; `penstock import` brings the flows of a file into it"
                raise InvalidValueError("flow", name, expected) from None
            raise error from None


def file_named(name: str) -> tuple[Path, str] | None:
    """The file, and the flow in it, that ``orders.json``, ``flows.zip`` or ``flows.zip:NAME`` mean; None for others."""
    for end in [len(name), *(at for at, sign in enumerate(name) if sign == ":")]:
        path = Path(name[:end])
        if path.suffix.lower() in SUFFIXES and path.is_file():
            return path, name[end + 1 :]
    return None


def flow_in_file(name: str) -> "Flow | None":
    """A flow from a file, or from the standard input for ``-``; None when ``name`` means no file.

    Raises:
        InvalidValueError: the file holds several flows and none of them is named.
        FormatError: it cannot be read.
    """
    from ..sdk.transfer import read_archived_bytes, read_source

    if name == STDIN:
        flows, wanted = [flow for _, flow in read_archived_bytes(sys.stdin.buffer.read(), "standard input")], ""
    else:
        file = file_named(name)
        if file is None:
            return None
        flows, wanted = read_source(file[0]), file[1]
    chosen = [flow for flow in flows if not wanted or flow.name == wanted]
    if len(chosen) == 1:
        return chosen[0]
    names = [flow.name for flow in flows]
    raise InvalidValueError(
        "flow", name, f"one flow of the file: FILE:NAME with {_some(names)}", nearest(wanted, names)
    )


def _some(names: list[str], most: int = 10) -> str:
    more = f" … ({len(names)} in all)" if len(names) > most else ""
    return ", ".join(map(repr, names[:most])) + more


def missing_file(name: str) -> FormatError | None:
    """The error to raise when a name is that of a folder or looks like that of a missing file; None for other names."""
    path = Path(name.partition(":")[0])
    if Path(name).is_dir():
        return FormatError(name, "", "it is a folder; name a JSON or ZIP file in it")
    if path.suffix.lower() not in SUFFIXES or path.exists():
        return None
    folder = path.parent if path.parent.is_dir() else Path()
    near = nearest(
        path.name, (each.name for each in folder.iterdir() if each.suffix.lower() in SUFFIXES and each.exists())
    )
    hint = f"; did you mean {' or '.join(repr(str(path.with_name(each))) for each in near)}?" if near else ""
    return FormatError(name, "", f"there is no such file{hint}")


def stages_of(flow: "StreamingFlow") -> list["Stage"]:
    """The stages of the canvas, then the special ones."""
    special = (flow.error_stage, flow.stats_aggregator_stage, flow.start_event, flow.stop_event, flow.test_origin)
    return [*flow.stages, *(each for each in special if each is not None)]


def stage_of(flow: "StreamingFlow", name: str) -> "Stage":
    """The stage with this instance name or label.

    Raises:
        NotFoundError: with the nearest names.
    """
    stages = stages_of(flow)
    for stage in stages:
        if name in (stage.instance_name, stage.stage_name):
            return stage
    known = [each for stage in stages for each in (stage.instance_name, stage.stage_name)]
    raise NotFoundError("stage", name, nearest(name, known), f"flow {flow.name!r}")


def stages_with(flow: "StreamingFlow", setting: str) -> list[str]:
    """The instance names of the stages that have a setting of this name."""
    return [stage.instance_name for stage in stages_of(flow) if setting in stage.configuration]


def parsed_value(text: str) -> object:
    """A value from the command line: JSON where it is JSON, else the text itself."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value


def assignments(pairs: Iterable[str], what: str = "setting") -> dict[str, object]:
    """``name=value`` arguments as a mapping; ``what`` they are stands in the error.

    Raises:
        InvalidValueError: an argument without ``=``.
    """
    found: dict[str, object] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise InvalidValueError(what, pair, "NAME=VALUE")
        found[name.strip()] = parsed_value(value)
    return found
