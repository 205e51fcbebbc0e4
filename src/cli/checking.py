"""``validate`` a stored flow; ``check`` files without any project, for CI and pre-commit."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import click

from ..adapters.packaged import packaged_catalogue
from ..core.errors import FormatError, PenstockError
from ..core.flow.model import Flow
from ..core.validation import validate as validate_flow
from ..core.validation.issues import Issue, Report
from ..sdk.transfer import read_archived, read_archived_bytes
from .codes import ExitCode
from .finding import SUFFIXES, missing_file
from .framework import command
from .options import OpenFlow, flow_argument, on_flow
from .printing import counting_when_cut, emit_json, json_option, piped, printable, tracked, waiting, wrapped
from .sarif import sarif


@attrs.frozen
class Checked:
    """One flow of a file with what was found, or the reason why the file could not be read."""

    path: str
    member: str = ""
    flow: str = ""
    value: Flow | None = attrs.field(default=None, repr=False)
    report: Report = attrs.field(factory=Report)
    error: str = ""

    @property
    def failed(self) -> bool:
        """True when there is an error."""
        return bool(self.error) or not self.report.valid


@command()
@flow_argument
@json_option
@on_flow(engine=True)
def validate(opened: OpenFlow, as_json: bool) -> int:
    """Check FLOW (which may be a file), with its engine where it has one; exit code 1 when something is wrong."""
    with waiting("validating"):
        result = opened.flow.validate()
    if as_json:
        emit_json({"success": result.success, "message": result.message, "issues": result.report.document()})
    else:
        _print_issues(opened.flow.value, [*result.report.issues, *result.report.remarks])
        click.echo(result.message)
    return ExitCode.FINE if result.success else ExitCode.FINDINGS


@command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(allow_dash=True))
@json_option
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0 for code-scanning tools.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="What makes the exit code 1; remarks are warnings.",
)
@click.option("--only-flows", is_flag=True, help="Pass over JSON files that are no flows, named ones too; for hooks.")
@click.option("--quiet", "-q", is_flag=True, help="Print flows with findings only, and no sum.")
def check(paths: tuple[str, ...], as_json: bool, as_sarif: bool, fail_on: str, only_flows: bool, quiet: bool) -> int:
    """Check flow files, folders and ZIPs (`-` for standard input) without a project.

    In folders every .json and .zip is looked at, and what is no flow at all is passed over.
    """
    if as_json and as_sarif:
        raise click.UsageError("--json and --sarif are two forms of the same; choose one")
    files = [(path, named and not only_flows) for path, named in _files(paths).items()]
    checked = [each for file in tracked(files, "checking") for each in check_file(*file)]
    with counting_when_cut():
        if as_sarif:
            click.echo(json.dumps(sarif(checked), indent=2))
        elif as_json:
            emit_json([_document(each) for each in checked])
        else:
            _print(checked, quiet)
    failed = any(each.failed or (fail_on == "warning" and each.report.remarks) for each in checked)
    return ExitCode.FINDINGS if failed else ExitCode.FINE


def _files(paths: tuple[str, ...]) -> dict[Path | None, bool]:
    """Every file to check (None: standard input) once, and whether it was named."""
    found: dict[Path | None, bool] = {}
    for each in paths:
        path = Path(each)
        if each == "-":
            found[None] = True
        elif path.is_dir():
            for one in files_below(path):
                found.setdefault(one, False)
        elif not path.exists():
            raise missing_file(each) or FormatError(each, "", "there is no such file or folder")
        else:
            found[path] = True
    return found


def files_below(folder: Path) -> list[Path]:
    """The files of a folder and the folders below that may hold flows.

    Raises:
        OSError: a folder cannot be read.
    """
    return sorted(
        Path(top, name)
        for top, _, names in os.walk(folder, onerror=_refuse)
        for name in names
        if Path(name).suffix.lower() in SUFFIXES and Path(top, name).is_file()
    )


def _refuse(error: OSError) -> None:
    raise error


def check_file(path: Path | None, named: bool = True) -> Iterator[Checked]:
    """The flows of a file (of standard input for None) with what was found.

    A file without any flow is passed over unless it was ``named``.
    """
    name = "<stdin>" if path is None else str(path)
    try:
        members = read_archived_bytes(sys.stdin.buffer.read(), name) if path is None else read_archived(path)
    except FormatError as error:
        if named or path is None or ("expected a pipeline document" not in error.reason and may_hold_flows(path)):
            yield Checked(name, error=str(error))
        return
    if named and not members:
        yield Checked(name, error=str(FormatError(name, "", "there is no flow in it")))
    for member, flow in members:
        yield _checked(name, member, flow)


LOOKED_AT_BYTES = 1 << 24
"""How much of a file that cannot be read is looked at for words of flows."""
_SIGNS = (b'"stages"', b'"pipelineConfig"', b'"pipelineFragmentConfig"', b'"instanceName"')


def may_hold_flows(path: Path) -> bool:
    """True for what cannot be read and is to be told: archives, empty files, and texts with words of flows."""
    if path.suffix.lower() == ".zip":
        return True
    try:
        with path.open("rb") as opened:
            data = opened.read(LOOKED_AT_BYTES)
    except OSError:
        return True
    # other encodings put zeros between the letters
    plain = data.replace(b"\0", b"")
    return not data or any(sign in plain for sign in _SIGNS)


def _checked(name: str, member: str, flow: Flow) -> Checked:
    try:
        return Checked(name, member, flow.name, flow, validate_flow(flow, packaged_catalogue()))
    except PenstockError as error:
        return Checked(name, member, flow.name, flow, error=str(error))


def _document(each: Checked) -> dict[str, object]:
    return {
        "path": each.path,
        "member": each.member,
        "flow": each.flow,
        "valid": not each.failed,
        "error": each.error or None,
        "issues": [{"code": issue.code, **issue.document()} for issue in each.report.issues],
        "remarks": [{"code": issue.code, **issue.document()} for issue in each.report.remarks],
    }


def _print(checked: Sequence[Checked], quiet: bool) -> None:
    for each in checked:
        found = [*each.report.issues, *each.report.remarks]
        if each.error:
            click.echo(f"{printable(each.path)}: {click.style('cannot be read', fg='red')}")
            click.echo(f"    {printable(each.error)}")
        elif found or not quiet:
            where = each.path + (f" ({each.member})" if each.member and each.member != Path(each.path).name else "")
            mark = click.style("failed", fg="red") if each.failed else click.style("ok", fg="green")
            click.echo(f"{printable(where)}: {printable(each.flow)}: {mark}")
            _print_issues(each.value, found)
    if not quiet:
        errors = sum(len(each.report.issues) + bool(each.error) for each in checked)
        notes = sum(len(each.report.remarks) for each in checked)
        wrong = sum(each.failed for each in checked)
        click.echo(f"{len(checked)} flow(s) checked, {wrong} failed: {errors} error(s), {notes} note(s)", err=piped())


def _print_issues(flow: Flow | None, issues: Sequence[Issue]) -> None:
    labels = {} if flow is None else {stage.instance_name: stage.label for stage in flow.all_stages()}
    for name in dict.fromkeys(issue.instance_name for issue in sorted(issues, key=_place)):
        label = labels.get(name or "")
        place = "flow" if name is None else name if label in (None, name) else f"{label} [{name}]"
        click.echo(f"  {printable(place)}")
        for issue in issues:
            if issue.instance_name == name:
                word = click.style("note ", fg="yellow") if issue.advice else click.style("error", fg="red")
                times = f" (x{issue.count})" if issue.count > 1 else ""
                click.echo(f"    {word} {wrapped(f'{issue.code}: {printable(issue.text)}{times}', indent=10)}")


def _place(issue: Issue) -> bool:
    """Findings about the flow first, then stage by stage in the order they were found."""
    return issue.instance_name is not None
