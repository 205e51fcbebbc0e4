"""``validate`` a stored flow; ``check`` files without any project, for CI and pre-commit."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import click

from ..adapters.packaged import packaged_catalogue
from ..core.errors import FormatError, PenstockError
from ..core.flow.model import Flow
from ..core.validation import validate as validate_flow
from ..core.validation.issues import Issue, Report
from ..sdk.project import Project
from ..sdk.transfer import read_archived, read_archived_bytes
from .app import FINDINGS
from .common import emit_json, flow_of, json_option, on_project, piped
from .sarif import sarif

SUFFIXES = (".json", ".zip")


@attrs.frozen
class Checked:
    """One flow of a file with what was found, or the reason why the file could not be read."""

    path: str
    member: str = ""
    flow: str = ""
    report: Report = attrs.field(factory=Report)
    error: str = ""

    @property
    def failed(self) -> bool:
        """True when there is an error."""
        return bool(self.error) or not self.report.valid


@click.command()
@click.argument("flow")
@json_option
@on_project(engine=True)
def validate(project: Project, flow: str, as_json: bool) -> int:
    """Check FLOW of the project, with its engine where it has one; exit code 1 when something is wrong."""
    result = flow_of(project, flow).validate()
    if as_json:
        emit_json({"success": result.success, "message": result.message, "issues": result.report.document()})
    else:
        _print_issues([*result.report.issues, *result.report.remarks])
        click.echo(result.message)
    return 0 if result.success else FINDINGS


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@json_option
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0 for code-scanning tools.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="What makes the exit code 1; remarks are warnings.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print flows with findings only.")
def check(paths: tuple[str, ...], as_json: bool, as_sarif: bool, fail_on: str, quiet: bool) -> int:
    """Check flow files, folders and ZIPs (`-` for standard input) without a project."""
    checked = list(_progress(list(_files(paths))))
    if as_sarif:
        click.echo(json.dumps(sarif(checked), indent=2))
    elif as_json:
        emit_json([_document(each) for each in checked])
    else:
        _print(checked, quiet)
    failed = any(each.failed or (fail_on == "warning" and each.report.remarks) for each in checked)
    return FINDINGS if failed else 0


def _files(paths: tuple[str, ...]) -> Iterator[Path | None]:
    for each in paths:
        if each == "-":
            yield None
            continue
        path = Path(each)
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.suffix in SUFFIXES and found.is_file())
        else:
            yield path


def _progress(paths: list[Path | None]) -> Iterator[Checked]:
    if len(paths) < 20 or not sys.stderr.isatty() or os.environ.get("NO_COLOR"):
        for path in paths:
            yield from check_file(path)
        return
    from rich.progress import track

    for path in track(paths, description="checking", transient=True):
        yield from check_file(path)


def check_file(path: Path | None) -> Iterator[Checked]:
    """The flows of a file (of standard input for None) with what was found."""
    name = "<stdin>" if path is None else str(path)
    try:
        data = sys.stdin.buffer.read() if path is None else b""
        members = read_archived_bytes(data, name) if path is None else read_archived(path)
    except FormatError as error:
        if _is_other_json(path, error):
            return
        yield Checked(name, error=str(error))
        return
    for member, flow in members:
        yield _checked(name, member, flow)


def _is_other_json(path: Path | None, error: FormatError) -> bool:
    """JSON files of a folder that do not look like flows at all are passed over; named ones are not."""
    return path is not None and path.suffix == ".json" and "expected a pipeline document" in error.reason


def _checked(name: str, member: str, flow: Flow) -> Checked:
    try:
        return Checked(name, member, flow.name, validate_flow(flow, packaged_catalogue()))
    except PenstockError as error:
        return Checked(name, member, flow.name, error=str(error))


def _document(each: Checked) -> dict[str, object]:
    return {
        "path": each.path,
        "member": each.member,
        "flow": each.flow,
        "valid": not each.failed,
        "error": each.error or None,
        "issues": [issue.document() for issue in each.report.issues],
        "remarks": [issue.document() for issue in each.report.remarks],
    }


def _print(checked: list[Checked], quiet: bool) -> None:
    wrong = 0
    for each in checked:
        found = [*each.report.issues, *each.report.remarks]
        wrong += each.failed
        if each.error:
            click.echo(click.style(f"{each.path}: cannot be read", fg="red"))
            click.echo(f"    {each.error}")
        elif found or not quiet:
            where = each.path + (f" ({each.member})" if each.member and each.member != Path(each.path).name else "")
            mark = click.style("failed", fg="red") if each.failed else click.style("ok", fg="green")
            click.echo(f"{where}: {each.flow}: {mark}")
            _print_issues(found)
    if not piped() or not quiet:
        click.echo(f"{len(checked)} flow(s) checked, {wrong} with errors")


def _print_issues(issues: list[Issue]) -> None:
    stage: str | None = ""
    for issue in sorted(issues, key=lambda each: (each.instance_name is not None, each.instance_name or "")):
        if issue.instance_name != stage:
            stage = issue.instance_name
            click.echo(f"  {stage or 'flow'}")
        word = click.style("note ", fg="yellow") if issue.advice else click.style("error", fg="red")
        times = f" (x{issue.count})" if issue.count > 1 else ""
        click.echo(f"    {word} {issue.code}: {issue.text}{times}")
