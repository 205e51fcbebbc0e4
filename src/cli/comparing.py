"""``diff`` two flows, ``merge`` changed copies of a flow file."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from ..core.errors import FormatError, NotFoundError
from .codes import ExitCode
from .completing import complete_flow
from .framework import command
from .options import Place, at_place, open_flow
from .printing import answer, counting_when_cut, emit_json, json_option, note, printable

if TYPE_CHECKING:
    from ..core.catalogue.definitions import Catalogue
    from ..core.flow.model import Flow


@command()
@click.argument("first", shell_complete=complete_flow)
@click.argument("second", shell_complete=complete_flow)
@json_option
@at_place()
def diff(place: Place, first: str, second: str, as_json: bool) -> int:
    """Compare two flows: files, FILE.zip:NAME, NAME@REVISION, or names in the project.

    Folders and archives are compared flow by flow, by their names. The exit code is that of diff(1): 0 for equal,
    1 for different, 2 for trouble. Credentials are masked.
    """
    from ..core.compare import diff as compare
    from ..core.compare import diff_document, render_diff

    if _holds_many(first) and _holds_many(second):
        before, after = _flows_in(Path(first)), _flows_in(Path(second))
        if len(before) != 1 or len(after) != 1 or Path(first).is_dir() or Path(second).is_dir():
            return _diff_many(before, after, as_json)
    for name, other in ((first, second), (second, first)):
        if Path(other).is_dir() and not Path(name).exists():
            raise FormatError(name, "", f"there is no such folder to compare {other} with")
    old, catalogue = _read(place, first)
    new, _ = _read(place, second)
    found = compare(old, new, catalogue)
    return _told(bool(found), render_diff(found), diff_document(found) if as_json else None)


def _diff_many(before: "list[tuple[str, Flow]]", after: "list[tuple[str, Flow]]", as_json: bool) -> int:
    from ..adapters.packaged import packaged_catalogue
    from ..core.compare import diff_flows, flows_diff_document, render_flows_diff

    found = diff_flows(before, after, packaged_catalogue())
    return _told(bool(found), render_flows_diff(found), flows_diff_document(found) if as_json else None)


def _holds_many(name: str) -> bool:
    path = Path(name)
    return path.is_dir() or (path.suffix.lower() == ".zip" and path.is_file())


def _flows_in(path: Path) -> "list[tuple[str, Flow]]":
    """The flows of an archive, or of all files of a folder; what is no flow at all is passed over in a folder.

    Raises:
        FormatError: naming the file that cannot be read.
    """
    from ..sdk.transfer import read_archived
    from .checking import files_below, may_hold_flows

    if not path.is_dir():
        return read_archived(path)
    found: list[tuple[str, Flow]] = []
    for file in files_below(path):
        try:
            found += [(f"{file.relative_to(path)}:{member}", flow) for member, flow in read_archived(file)]
        except FormatError as error:
            if "expected a pipeline document" not in error.reason and may_hold_flows(file):
                raise
    return found


def _told(differ: bool, lines: Iterable[str], document: object) -> int:
    """Prints the document where there is one, else the lines."""
    with counting_when_cut():
        if document is not None:
            emit_json(document)
        else:
            for line in lines:
                click.echo(click.style(line, fg=_COLOURS.get(line.lstrip()[:1])))
    return ExitCode.FINDINGS if differ else ExitCode.FINE


_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


def _read(place: Place, name: str) -> "tuple[Flow, Catalogue]":
    if name == os.devnull:
        # git's word for a file that is not there yet, or no longer
        from ..adapters.packaged import packaged_catalogue
        from ..core.flow.model import Flow

        return Flow(""), packaged_catalogue()
    head, _, number = name.rpartition("@")
    try:
        with open_flow(place, name) as opened:
            return opened.flow.value, opened.flow.catalogue
    except NotFoundError:
        if not head or not number.isdecimal():
            raise
    with open_flow(place, head) as opened:
        return opened.flow.at_revision(int(number)), opened.flow.catalogue


@command()
@click.argument("base", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("ours", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("theirs", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Where to write [OURS].")
@click.option("--name", help="How to call the file in messages (%P of git) [OURS].")
@json_option
def merge(base: Path, ours: Path, theirs: Path, output: Path | None, name: str | None, as_json: bool) -> int:
    """Merge what OURS and THEIRS changed in BASE, stage by stage and setting by setting, into OURS.

    Made for git: `merge.penstock.driver = penstock merge %O %A %B --name %P`. With conflicts nothing is written, each
    is printed, and the exit code is 1. An empty BASE means that both sides added the file.
    """
    from ..core.compare import merge as three_way
    from ..sdk.files import rewrite_flow

    result = three_way(_base(base), _single(ours), _single(theirs))
    if result.flow is None:
        for conflict in result.conflicts:
            click.echo(printable(f"conflict in {name or ours}: {conflict}"), err=True)
        answer(as_json, {"file": None, "conflicts": [attrs.asdict(each) for each in result.conflicts]})
        return ExitCode.FINDINGS
    rewrite_flow(ours, result.flow, output)
    note(f"merged {name or ours}")
    answer(as_json, {"file": str(output or ours), "conflicts": []})
    return ExitCode.FINE


def _base(path: Path) -> "Flow":
    """The flow that both sides began with: none where both added the file, which git says by an empty one."""
    from ..core.flow.model import Flow

    return Flow("") if path.stat().st_size == 0 else _single(path)


def _single(path: Path) -> "Flow":
    """The one flow of a file, whatever its name ends in: git hands over temporary ones."""
    from ..core.flow.document import decode_flow
    from ..core.flow.json_text import parse_json

    plain = parse_json(path.read_bytes(), path.name)
    if not isinstance(plain, dict):
        raise FormatError(path.name, "", "expected a flow document")
    return decode_flow(plain, path.name)
