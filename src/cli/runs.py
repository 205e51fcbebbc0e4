"""``preview`` and ``run``: records through a flow, with and without consequences."""

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from ..core.errors import InvalidValueError
from ..core.records.record import Record
from ..sdk.jobs import JobRun
from ..sdk.preview import PreviewResult
from ..sdk.project import Project
from ..sdk.transfer import read_records
from .app import FINDINGS
from .common import assignments, emit_json, flow_of, json_option, note, on_project, piped, table
from .edits import stage_of

POLL_S = 0.2


@click.command()
@click.argument("flow")
@click.option("--batch-size", default=10, show_default=True, help="Records per batch.")
@click.option("--through", help="Run up to this stage only.")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="[STAGE=]FILE",
    help="Records (JSON array or JSON lines) for a stage; without STAGE for the origin.",
)
@click.option("--write", is_flag=True, help="Let destinations write.")
@json_option
@on_project()
def preview(
    project: Project,
    flow: str,
    batch_size: int,
    through: str | None,
    inputs: tuple[str, ...],
    write: bool,
    as_json: bool,
) -> None:
    """Run a few records through FLOW and show them stage by stage; nothing is written."""
    found = flow_of(project, flow)
    given: dict[str, list[object]] = {}
    for each in inputs:
        stage, _, file = each.rpartition("=")
        name = stage_of(found, stage).instance_name if stage else found.stages[0].instance_name
        given[name] = read_records(Path(file))
    result = found.preview(
        batch_size=batch_size,
        run_through_stage=stage_of(found, through).instance_name if through else "all",
        write_to_destination=write,
        inputs=given,
    )
    if as_json:
        emit_json(_document(result))
    else:
        _print(result)


def _reason(record: Record) -> str:
    error = record.header.error
    return "" if error is None else error.message


def _document(result: PreviewResult) -> list[dict[str, Any]]:
    return [
        {
            "stage": stage.instance_name,
            "records": stage.to_rows(),
            "errors": [{"record": record.value, "message": _reason(record)} for record in stage.errors],
            "events": [record.value for record in stage.events],
        }
        for stage in result
    ]


def _print(result: PreviewResult) -> None:
    for stage in result:
        rows = stage.to_rows()
        head = f"{stage.instance_name}: {len(rows)} record(s)"
        click.echo(click.style(head, bold=True) + (" (not written)" if stage.instance_name in result.skipped else ""))
        _print_rows(rows)
        for record in stage.errors:
            click.echo(click.style("  error ", fg="red") + _reason(record))
        for record in stage.events:
            click.echo(click.style("  event ", fg="cyan") + json.dumps(record.value, default=str))
        click.echo("")
    note(f"{result.duration_s * 1000:.0f} ms")


def _print_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    held = list(rows)
    names = list(dict.fromkeys(name for row in held for name in row))
    if names:
        table(names, ([_cell(row.get(name, "")) for name in names] for row in held))


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


@click.command()
@click.argument("flow")
@click.option("--parameter", "-p", "parameters", multiple=True, metavar="NAME=VALUE", help="A runtime parameter.")
@click.option("--job", help="Name of the job; its offsets are kept from run to run [the flow's name].")
@click.option("--reset-offset", is_flag=True, help="Start from the beginning.")
@click.option("--allow-code", is_flag=True, help="Let script and shell stages run.")
@json_option
@on_project(engine=True)
def run(
    project: Project,
    flow: str,
    parameters: tuple[str, ...],
    job: str | None,
    reset_offset: bool,
    allow_code: bool,
    as_json: bool,
) -> int:
    """Run FLOW until it ends; Ctrl-C stops it after the batch it is in."""
    found = flow_of(project, flow)
    project.allow_code(allow_code)
    name = job or found.name
    known = [each for each in project.jobs if each.name == name and each.flow_id == found.flow_id]
    values = assignments(parameters)
    if known and values:
        raise InvalidValueError("--parameter", ", ".join(values), f"a new job name: the job {name!r} has its own")
    chosen = known[0] if known else project.create_job(name=name, flow=found, runtime_parameters=values)
    if reset_offset:
        chosen.reset_offset()
    started = chosen.start()
    try:
        _watch(started)
    except KeyboardInterrupt:
        note("stopping after this batch ...")
        started.cancel()
    if as_json:
        emit_json({"state": started.state, "message": started.message, "metrics": started.metrics})
    else:
        _summary(started)
    return 0 if started.state in ("Completed", "CompletedWithWarnings", "Canceled") else FINDINGS


def _watch(run_: JobRun) -> None:
    if piped():
        while not run_.value.ended:
            time.sleep(POLL_S)
            run_.refresh_status()
        return
    from rich.console import Console
    from rich.live import Live

    with Live(_progress(run_), console=Console(stderr=True), transient=True, refresh_per_second=5) as live:
        while not run_.value.ended:
            time.sleep(POLL_S)
            run_.refresh_status()
            live.update(_progress(run_))


def _stage_rows(metrics: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    counters = metrics.get("counters") or {}
    names = [
        name.split(".")[1] for name in counters if name.startswith("stage.") and name.endswith("inputRecords.counter")
    ]

    def count(stage: str, what: str) -> str:
        held = counters.get(f"stage.{stage}.{what}.counter") or {}
        return str(held.get("count", 0))

    return [
        (each, count(each, "inputRecords"), count(each, "outputRecords"), count(each, "errorRecords")) for each in names
    ]


def _progress(run_: JobRun) -> Any:
    from rich.table import Table

    made = Table(title=f"{run_.name}: {run_.state}", show_edge=False)
    for column in ("stage", "in", "out", "error"):
        made.add_column(column, justify="left" if column == "stage" else "right")
    for row in _stage_rows(run_.metrics):
        made.add_row(*row)
    return made


def _summary(run_: JobRun) -> None:
    table(("stage", "in", "out", "error"), _stage_rows(run_.metrics))
    click.echo(run_.state + (f": {run_.message}" if run_.message else ""))
