"""``export`` flows to a ZIP, ``import`` them from one."""

from pathlib import Path

import click

from ..core.importing import Create, ImportPlan, Replace
from ..sdk.project import Project
from ..sdk.streaming import StreamingFlow
from .common import emit_json, flow_of, json_option, note, on_project

RESOLUTIONS = click.Choice(["skip", "replace", "rename"])


@click.command()
@click.argument("flows", nargs=-1, metavar="FLOW...")
@click.option("--all", "everything", is_flag=True, help="Export every flow of the project.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="File or folder [flows.zip].")
@click.option("--with-plain-text-credentials", is_flag=True, help="Write credentials out instead of blanking them.")
@on_project()
def export(
    project: Project, flows: tuple[str, ...], everything: bool, output: Path | None, with_plain_text_credentials: bool
) -> None:
    """Write flows to a ZIP that Data Collector and Control Hub read."""
    if not flows and not everything:
        raise click.UsageError("name the flows to export, or say --all")
    chosen = list(project.flows) if everything else [flow_of(project, name) for name in flows]
    click.echo(project.export_flows(chosen, with_plain_text_credentials, output))


@click.command(name="import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--on-conflict", type=RESOLUTIONS, default="skip", show_default=True, help="What to do with a used name.")
@click.option("--dry-run", is_flag=True, help="Show what would happen; nothing is changed.")
@json_option
@on_project(create=True)
def import_(project: Project, source: Path, on_conflict: str, dry_run: bool, as_json: bool) -> None:
    """Import the flows of a ZIP or JSON file, all or nothing."""
    plan = project.plan_import(source, on_conflict)
    if dry_run:
        emit_json(_steps(plan)) if as_json else _print_plan(plan)
        return
    made = project.import_flows(source, on_conflict)
    flows = [made] if isinstance(made, StreamingFlow) else list(made)
    if as_json:
        emit_json([{"name": flow.name, "flow_id": flow.flow_id} for flow in flows])
        return
    _print_plan(plan)
    for flow in flows:
        blanks = flow.blank_credentials
        if blanks:
            note(f"{flow.name}: fill in again: {', '.join(blanks)}")


def _steps(plan: ImportPlan) -> list[dict[str, str]]:
    steps: list[dict[str, str]] = []
    for step in plan.steps:
        if isinstance(step, Create):
            steps.append({"action": "create", "name": step.flow.name, "renamed_from": step.renamed_from or ""})
        else:
            action = "replace" if isinstance(step, Replace) else "skip"
            steps.append({"action": action, "name": step.flow.name, "renamed_from": ""})
    return steps


def _print_plan(plan: ImportPlan) -> None:
    for step in _steps(plan):
        was = f"  (was {step['renamed_from']})" if step["renamed_from"] else ""
        click.echo(f"{step['action']:8}{step['name']}{was}")
