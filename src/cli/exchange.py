"""``export`` flows to a ZIP, ``import`` them from one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .completing import complete_stored_flow
from .finding import flow_of, missing_file
from .framework import command
from .options import on_project
from .printing import answer, emit_json, json_option, note, table, waiting

if TYPE_CHECKING:
    from ..core.importing import ImportPlan
    from ..sdk.project import Project


@command()
@click.argument("flows", nargs=-1, metavar="FLOW...", shell_complete=complete_stored_flow)
@click.option("--all", "everything", is_flag=True, help="Export every flow of the project.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="File or folder [flows.zip].")
@click.option("--with-plain-text-credentials", is_flag=True, help="Write credentials out instead of blanking them.")
@json_option
@on_project()
def export(
    project: "Project",
    flows: tuple[str, ...],
    everything: bool,
    output: Path | None,
    with_plain_text_credentials: bool,
    as_json: bool,
) -> None:
    """Write flows to a ZIP that Data Collector and Control Hub read; prints where it is."""
    if bool(flows) == everything:
        raise click.UsageError("Name the flows to export, or say --all.")
    chosen = project.flows if everything else [flow_of(project, name) for name in flows]
    with waiting("exporting"):
        path = project.export_flows(chosen, with_plain_text_credentials, output)
    answer(as_json, {"file": str(path), "flows": len(chosen)}, str(path))


@command(name="import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--on-conflict",
    type=click.Choice(["skip", "replace", "rename"]),
    default="skip",
    show_default=True,
    help="What to do with a name in use.",
)
@click.option("--dry-run", is_flag=True, help="Show what would happen; nothing is changed.")
@json_option
@on_project(create=True)
def import_(project: "Project", source: Path, on_conflict: str, dry_run: bool, as_json: bool) -> None:
    """Import the flows of a ZIP or JSON file, all or nothing."""
    missing = missing_file(str(source))
    if missing is not None:
        raise missing
    with waiting("reading"):
        plan = project.plan_import(source, on_conflict)
    if dry_run:
        emit_json(_steps(plan)) if as_json else _print_plan(plan)
        note("nothing was changed")
        return
    with waiting("importing"):
        made = project.import_flows(source, on_conflict)
    flows = list(made) if isinstance(made, list) else [made]
    blanks = {flow.name: flow.blank_credentials for flow in flows}
    if as_json:
        facts = [{"name": each.name, "flow_id": each.flow_id, "fill_in": blanks[each.name]} for each in flows]
        emit_json(facts)
        return
    _print_plan(plan)
    for name, places in blanks.items():
        if places:
            note(f"{name}: fill in again: {', '.join(places)}")


def _steps(plan: "ImportPlan") -> list[dict[str, str]]:
    from ..core.importing import Create, Replace

    steps: list[dict[str, str]] = []
    for step in plan.steps:
        action = "create" if isinstance(step, Create) else "replace" if isinstance(step, Replace) else "skip"
        was = step.renamed_from or "" if isinstance(step, Create) else ""
        steps.append({"action": action, "name": step.flow.name, "renamed_from": was})
    return steps


def _print_plan(plan: "ImportPlan") -> None:
    columns = ("action", "name", "renamed_from")
    table(("action", "name", "was"), ([step[column] for column in columns] for step in _steps(plan)))
