"""Small edits from scripts: add-stage, connect, set, arrange."""

import click

from ..core.errors import NotFoundError, nearest
from ..sdk.project import Project
from ..sdk.stage import Stage
from ..sdk.streaming import StreamingFlow
from .common import assignments, flow_of, note, on_project


def stage_of(flow: StreamingFlow, name: str) -> Stage:
    """The stage with this instance name or label.

    Raises:
        NotFoundError: with the nearest names.
    """
    special = [flow.error_stage, flow.stats_aggregator_stage, flow.start_event, flow.stop_event, flow.test_origin]
    stages = [*flow.stages, *(each for each in special if each is not None)]
    for stage in stages:
        if name in (stage.instance_name, stage.stage_name):
            found: Stage = stage
            return found
    known = [each for stage in stages for each in (stage.instance_name, stage.stage_name)]
    raise NotFoundError("stage", name, nearest(name, known), f"flow {flow.name!r}")


@click.command(name="add-stage")
@click.argument("flow")
@click.argument("stage")
@click.option("--type", "kind", help="origin, processor, destination or executor, where a label means several.")
@click.option("--library", help="Stage library.")
@click.option("--after", help="Link from this stage.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a setting of the new stage.")
@on_project()
def add_stage(
    project: Project,
    flow: str,
    stage: str,
    kind: str | None,
    library: str | None,
    after: str | None,
    settings: tuple[str, ...],
) -> None:
    """Add a STAGE (label or name of its kind) to FLOW; prints its instance name."""
    found = flow_of(project, flow)
    added = found.add_stage(stage, type=kind, library=library)
    added.configuration.update(assignments(settings))
    if after is not None:
        stage_of(found, after).connect_output_to(added)
    project.update_flow(found)
    click.echo(added.instance_name)


@click.command()
@click.argument("flow")
@click.argument("source")
@click.argument("target")
@click.option("--predicate", help="The condition whose lane is linked; a new one is added.")
@click.option("--output", type=int, help="Index of the output lane, from 0.")
@click.option("--event", is_flag=True, help="Link the event lane.")
@on_project()
def connect(
    project: Project, flow: str, source: str, target: str, predicate: str | None, output: int | None, event: bool
) -> None:
    """Link SOURCE to TARGET in FLOW (instance names or labels)."""
    found = flow_of(project, flow)
    first, second = stage_of(found, source), stage_of(found, target)
    if event:
        first.connect_event_to(second)
    else:
        first.connect_output_to(second, predicate=predicate, output_idx=output)
    project.update_flow(found)


@click.command(name="set")
@click.argument("flow")
@click.argument("settings", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--stage", help="Instance name or label of a stage; without it the settings of the flow.")
@on_project()
def set_(project: Project, flow: str, settings: tuple[str, ...], stage: str | None) -> None:
    """Set settings of FLOW or of one of its stages; a value is JSON where it is JSON, else text."""
    found = flow_of(project, flow)
    target = found.configuration if stage is None else stage_of(found, stage).configuration
    target.update(assignments(settings))
    project.update_flow(found)


@click.command()
@click.argument("flow")
@on_project()
def arrange(project: Project, flow: str) -> None:
    """Arrange the stages of FLOW by their links and save it."""
    found = flow_of(project, flow).auto_arrange()
    project.update_flow(found)
    note(f"arranged {len(found.stages)} stages")
