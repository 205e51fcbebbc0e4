"""``preview``: a few records through a flow, without consequences, shown stage by stage."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..core.errors import InvalidValueError
from .completing import complete_stage
from .finding import stage_of
from .framework import command
from .options import OpenFlow, flow_argument, on_flow
from .printing import emit_json, json_option, note, table, waiting

if TYPE_CHECKING:
    from ..core.records.record import Record
    from ..sdk.preview import PreviewResult, PreviewStage
    from ..sdk.streaming import StreamingFlow

SHOWN = 200
"""The longest text of a cell."""


@command()
@flow_argument
@click.option("--batch-size", default=10, show_default=True, help="Records per batch.")
@click.option("--batches", default=1, show_default=True, help="How many batches.")
@click.option("--through", metavar="STAGE", help="Run up to this stage only.", shell_complete=complete_stage)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="[STAGE=]FILE",
    help="Records (JSON array or JSON lines, - for standard input) for a stage; without STAGE for the origin.",
)
@click.option("--write", is_flag=True, help="Let destinations write.")
@click.option("--call-out", is_flag=True, help="Let HTTP origins and processors call.")
@click.option("--allow-code", is_flag=True, help="Let script stages run.")
@json_option
@on_flow(engine=True)
def preview(
    opened: OpenFlow,
    batch_size: int,
    batches: int,
    through: str | None,
    inputs: tuple[str, ...],
    write: bool,
    call_out: bool,
    allow_code: bool,
    as_json: bool,
) -> None:
    """Run a few records through FLOW (which may be a file) and show them stage by stage; nothing is written."""
    flow = opened.flow
    opened.project.allow_code(allow_code)
    last = stage_of(flow, through).instance_name if through else "all"
    given = dict(_input(flow, each) for each in inputs)
    with waiting("previewing"):
        result = flow.preview(
            batch_size=batch_size,
            batches=batches,
            run_through_stage=last,
            write_to_destination=write,
            inputs=given,
            call_out=call_out,
        )
    emit_json(_document(result)) if as_json else _print(flow, result)


def _input(flow: "StreamingFlow", text: str) -> tuple[str, list[object]]:
    """The stage that ``[STAGE=]FILE`` is about, and the records of the file."""
    from ..sdk.transfer import read_records

    stage, _, file = text.rpartition("=")
    if stage:
        return stage_of(flow, stage).instance_name, read_records(Path(file))
    origins = [each.instance_name for each in flow.stages if each.type == "SOURCE"]
    if len(origins) != 1:
        raise InvalidValueError("--input", text, f"STAGE=FILE, as the flow has {len(origins)} origins")
    return origins[0], read_records(Path(file))


def _document(result: "PreviewResult") -> list[dict[str, Any]]:
    return [
        {
            "stage": stage.instance_name,
            "records": stage.to_rows(),
            "errors": [{"record": record.value, "message": _reason(record)} for record in stage.errors],
            "stage_errors": [str(each) for each in stage.stage_errors],
            "events": [record.value for record in stage.events],
        }
        for stage in result
    ]


def _reason(record: "Record") -> str:
    error = record.header.error
    return "" if error is None else error.message


def _print(flow: "StreamingFlow", result: "PreviewResult") -> None:
    labels = {stage.instance_name: stage.stage_name for stage in flow.stages}
    for at, stage in enumerate(result):
        click.echo("" if at else None, nl=bool(at))
        label = labels.get(stage.instance_name, stage.instance_name)
        skipped = " (not written)" if stage.instance_name in result.skipped else ""
        _print_stage(stage, f"{label} [{stage.instance_name}]", skipped)
    note(f"{result.duration_s * 1000:.0f} ms")


def _print_stage(stage: "PreviewStage", title: str, skipped: str) -> None:
    rows = stage.to_rows()
    click.echo(click.style(title, bold=True) + f": {len(rows)} record(s){skipped}")
    _print_rows(rows)
    for record in stage.errors:
        click.echo(click.style("  error ", fg="red") + _reason(record))
    for error in stage.stage_errors:
        click.echo(click.style("  stage error ", fg="red") + str(error))
    for record in stage.events:
        click.echo(click.style("  event ", fg="cyan") + json.dumps(record.value, default=str))


def _print_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    held = list(rows)
    names = list(dict.fromkeys(name for row in held for name in row))
    if names:
        table(names, ([_cell(row[name]) if name in row else "" for name in names] for row in held))


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
