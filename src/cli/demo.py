"""``penstock demo``: the main job end to end, told step by step."""

import contextlib
import io
import tempfile
from importlib.resources import files
from pathlib import Path

import click

from ..sdk.platform import open_project
from ..sdk.project import Project
from ..sdk.streaming import StreamingFlow
from .framework import command
from .printing import emit_json, json_option

EXAMPLE = "orders.json"


def example_folder() -> Path:
    """Where the example flows are that ship with penstock."""
    return Path(str(files("penstock.examples")))


def say(step: int, what: str) -> None:
    """One step of the story."""
    click.echo(click.style(f"{step}. {what}", bold=True))


def tell(text: object) -> None:
    """What came of it."""
    click.echo(f"   {text}")


@command()
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Where to work; default: a new folder."
)
@json_option
def demo(folder: Path | None, as_json: bool) -> None:
    """Import, build, validate, arrange, save, preview, run, duplicate, export, draw - on one SQLite file."""
    place = folder or Path(tempfile.mkdtemp(prefix="penstock-demo-"))
    place.mkdir(parents=True, exist_ok=True)
    with open_project(place / "flows.db") as project:
        with contextlib.redirect_stdout(io.StringIO()) if as_json else contextlib.nullcontext():
            tell_story(project, place)
        if as_json:
            made = {"project": "flows.db", "archive": "flows.zip", "picture": "orders.svg"}
            names = [flow.name for flow in project.flows]
            emit_json({**{kind: str(place / name) for kind, name in made.items()}, "flows": names})


def tell_story(project: Project, place: Path) -> None:
    """The main job; everything is kept in ``place``."""
    say(1, f"Import an export that ships with penstock ({EXAMPLE})")
    imported = project.import_flows(source=example_folder() / EXAMPLE, conflict_resolution="rename")
    assert isinstance(imported, StreamingFlow)
    tell(f"{imported.name!r}: " + " -> ".join(stage.stage_name for stage in imported.stages))

    say(2, "Build a second flow through the Python API")
    built = build(project)
    tell(f"{built.name!r}: " + " -> ".join(stage.stage_name for stage in built.stages))

    say(3, "Validate both")
    for flow in (imported, built):
        tell(f"{flow.name!r}: {flow.validate().message}")
    stray = built.add_stage("Trash")
    for issue in built.validate().issues:
        tell(f"with a stray stage: {issue.instance_name}: {issue.human_readable_message}")
    built.remove_stage(stray)

    say(4, "Arrange and save")
    built.auto_arrange()
    tell(", ".join(f"{stage.instance_name} at {stage.position}" for stage in built.stages))
    tell(f"{project.update_flow(built)}, now revision {built.revision}")

    say(5, "Preview: ten records through the flow, nothing written")
    for stage in built.preview():
        tell(f"{stage.instance_name}: in {stage.input}, out {stage.output}")
    tell(f"{imported.name!r}: {imported.preview().status}")

    say(6, "Run both")
    for flow in (imported, built):
        tell(f"{flow.name!r}: {ran(project, flow)}")

    say(7, "Duplicate, export to a ZIP, import it back")
    copy = project.duplicate_flow(imported, name=f"{imported.name} (copy)")
    assert isinstance(copy, StreamingFlow)
    archive = project.export_flows([imported, built, copy], destination=place / "flows.zip")
    tell(f"{archive.name}: {archive.stat().st_size} bytes, 3 flows")
    back = project.import_flows(source=archive, conflict_resolution="rename")
    tell("imported as " + ", ".join(repr(flow.name) for flow in (back if isinstance(back, list) else [back])))

    say(8, "Draw it")
    imported.draw(place / "orders.svg")
    tell(f"picture: {place / 'orders.svg'}")
    click.echo(f"\n{len(project.flows)} flows are now in {place / 'flows.db'}; look at them with:")
    click.echo(f"   penstock list --db {place / 'flows.db'}")


def ran(project: Project, flow: StreamingFlow) -> str:
    """How a run of the flow ended."""
    run = project.create_job(name=flow.name, flow=flow).start()
    state, counters = run.wait(), run.metrics["counters"]
    made, taken = (counters[f"pipeline.batch{name}Records.counter"]["count"] for name in ("Input", "Output"))
    return f"{state}, {made} records read, {taken} delivered"


def build(project: Project) -> StreamingFlow:
    """A small flow: two orders, a tax, an end."""
    taken = {flow.name for flow in project.flows}
    name = next(each for each in ("Tax", *(f"Tax {n}" for n in range(2, 10_000))) if each not in taken)
    flow = project.create_flow(name=name, description="adds a tax to every order")
    orders = flow.add_stage("Dev Raw Data Source")
    orders.data_format = "JSON"
    orders.raw_data = '{"order": 1, "amount": 100.0}\n{"order": 2, "amount": 12.5}'
    orders.stop_after_first_batch = True
    taxed = flow.add_stage("Expression Evaluator")
    taxed.field_expressions = [{"fieldToSet": "/tax", "expression": "${record:value('/amount') * 0.2}"}]
    orders.connect_output_to(taxed)
    taxed.connect_output_to(flow.add_stage("Trash"))
    project.update_flow(flow)
    return flow
