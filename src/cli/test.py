"""``test``: run the YAML tests of flows."""

import time
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import click

from ..testing.flowtest import CaseResult, find_tests, load_test, run_test, update_test
from .codes import ExitCode
from .framework import command
from .printing import emit_json, json_option, piped


@command("test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--update", is_flag=True, help="Accept what came out as what is expected.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write the results as JUnit XML.")
@click.option("--allow-code", is_flag=True, help="Let script stages run.")
@json_option
def test(paths: tuple[Path, ...], update: bool, junit: Path | None, allow_code: bool, as_json: bool) -> int:
    """Run every *.flowtest.yaml in PATHS (this folder by default); exit code 1 when a case fails."""
    began = time.monotonic()
    results: list[CaseResult] = []
    for path in find_tests(paths or (Path(),)):
        loaded = load_test(path)
        found = list(run_test(loaded, allow_code=allow_code))
        if update and any(not each.passed for each in found):
            update_test(loaded, found)
            click.echo(f"updated {path}", err=True)
            found = list(run_test(load_test(path), allow_code=allow_code))
        results += found
        if not as_json:
            for each in found:
                _print(each)
    if junit is not None:
        _write_junit(junit, results)
    failed = sum(not each.passed for each in results)
    if as_json:
        emit_json([{"file": str(each.path), "case": each.name, "problems": each.problems} for each in results])
    elif not piped():
        click.echo(f"{len(results) - failed} passed, {failed} failed in {time.monotonic() - began:.2f} s")
    if not results:
        click.echo("no test files (*.flowtest.yaml) found", err=True)
    return ExitCode.FINDINGS if failed or not results else ExitCode.FINE


def _print(result: CaseResult) -> None:
    word = click.style("pass", fg="green") if result.passed else click.style("FAIL", fg="red")
    click.echo(f"{word}  {result.path}: {result.name}")
    for problem in result.problems:
        click.echo("      " + problem.replace("\n", "\n      "))


def _write_junit(path: Path, results: Sequence[CaseResult]) -> None:
    failures = str(sum(not each.passed for each in results))
    suite = ElementTree.Element("testsuite", name="penstock", tests=str(len(results)), failures=failures)
    for each in results:
        case = ElementTree.SubElement(suite, "testcase", classname=str(each.path), name=each.name)
        if not each.passed:
            failure = ElementTree.SubElement(case, "failure", message=each.problems[0].splitlines()[0])
            failure.text = "\n".join(each.problems)
    path.write_bytes(ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True))
