"""``run`` a flow and watch it."""

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from ..core.errors import InvalidValueError
from .codes import ExitCode
from .finding import assignments
from .framework import command
from .options import OpenFlow, flow_argument, on_flow, workers_option
from .printing import PATIENCE_S, console, emit_json, json_option, note, table, watched

if TYPE_CHECKING:
    from ..sdk.jobs import Job, JobRun

POLL_S = 0.2
COLUMNS = ("stage", "in", "out", "error")
GOOD_ENDS = ("Completed", "CompletedWithWarnings", "Canceled")


@command()
@flow_argument
@click.option("--parameter", "-p", "parameters", multiple=True, metavar="NAME=VALUE", help="A runtime parameter.")
@click.option("--job", help="Name of the job; its offsets are kept from run to run [the flow's name].")
@click.option("--reset-offset", is_flag=True, help="Start from the beginning.")
@click.option("--allow-code", is_flag=True, help="Let script and shell stages run.")
@json_option
@on_flow(engine=True)
@workers_option
def run(
    opened: OpenFlow,
    parameters: tuple[str, ...],
    job: str | None,
    reset_offset: bool,
    allow_code: bool,
    as_json: bool,
) -> int:
    """Run FLOW until it ends; Ctrl-C stops it after the batch it is in.

    FLOW may be a file; then no offset is kept. Exit code 1 when the run failed.
    """
    from ..sdk.jobs import stage_counts

    opened.project.allow_code(allow_code)
    chosen = _job(opened, job or opened.flow.name, assignments(parameters, "--parameter"))
    if reset_offset:
        chosen.reset_offset()
    started = chosen.start()
    try:
        _watch(started)
    except KeyboardInterrupt:
        note("stopping after this batch ...")
        started.cancel()
    if as_json:
        told = {"state": started.state, "message": started.message, "alerts": started.alerts}
        emit_json({**told, "metrics": started.metrics})
    else:
        table(COLUMNS, stage_counts(started.metrics), numbers=COLUMNS[1:])
        for each in started.alerts:
            click.echo(f"alert {each['name']}: " + (each["fault"] or f"{each['texts'][-1]} (value {each['value']})"))
        click.echo(started.state + (f": {started.message}" if started.message else ""))
    return ExitCode.FINE if started.state in GOOD_ENDS else ExitCode.FINDINGS


def _job(opened: OpenFlow, name: str, values: Mapping[str, object]) -> "Job":
    """The job with this name, made when there is none."""
    for each in opened.project.jobs:
        if each.name == name and each.flow_id == opened.flow.flow_id:
            if values:
                expected = f"--job with a new name: the job {name!r} has its own parameters"
                raise InvalidValueError("--parameter", ", ".join(values), expected)
            found: Job = each
            return found
    return opened.project.create_job(name=name, flow=opened.flow, runtime_parameters=values)


def _states(run_: "JobRun") -> "Iterator[JobRun]":
    """The run at every look until it ends: often at first, as many runs are short."""
    pause_s = 0.01
    while not run_.value.ended:
        time.sleep(pause_s)
        pause_s = min(POLL_S, pause_s * 2)
        run_.refresh_status()
        yield run_


def _watch(run_: "JobRun") -> None:
    """Waits for the end; shows the counters when it takes more than a second and somebody looks at stderr."""
    if not watched():
        for _ in _states(run_):
            pass
        return
    from rich.live import Live

    began, live = time.monotonic(), None
    try:
        for state in _states(run_):
            if live is not None:
                live.update(_progress(state))
            elif time.monotonic() - began >= PATIENCE_S:
                live = Live(_progress(state), console=console(stderr=True), transient=True, redirect_stdout=False)
                live.start()
    finally:
        if live is not None:
            live.stop()


def _progress(run_: "JobRun") -> Any:
    from rich.table import Table

    from ..sdk.jobs import stage_counts

    made = Table(title=f"{run_.name}: {run_.state}", show_edge=False)
    for column in COLUMNS:
        made.add_column(column, justify="left" if column == "stage" else "right")
    for row in stage_counts(run_.metrics):
        made.add_row(*map(str, row))
    return made
