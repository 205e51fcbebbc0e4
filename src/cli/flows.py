"""Commands about whole flows: init, list, show, create, rename, duplicate, delete, history, restore."""

from datetime import UTC, datetime

import click

from ..sdk.project import Project
from .common import emit_json, flow_of, flow_row, json_option, note, on_project, table
from .words import describe


@click.command()
@on_project(create=True)
def init(project: Project) -> None:
    """Make a project file, or open the one that is there."""
    note(f"project {project.name!r} with {len(project.flows)} flow(s)")


@click.command(name="list")
@click.argument("text", required=False)
@json_option
@on_project()
def list_(project: Project, text: str | None, as_json: bool) -> None:
    """List flows; with TEXT only those whose name or description holds it."""
    rows = [flow_row(flow) for flow in project.flows]
    if text:
        wanted = text.casefold()
        rows = [row for row in rows if wanted in f"{row['name']} {row['description']}".casefold()]
    if as_json:
        emit_json(rows)
        return
    columns = ("name", "stages", "revision", "description")
    table(columns, ([row[column] for column in columns] for row in rows))


@click.command()
@click.argument("flow")
@json_option
@on_project()
def show(project: Project, flow: str, as_json: bool) -> None:
    """Say what a flow does: stages, settings that differ from defaults, parameters, error handling."""
    found = flow_of(project, flow)
    if as_json:
        emit_json(found.to_dict())
        return
    click.echo(describe(found.value, found._catalogue))


@click.command()
@click.argument("name")
@click.option("--description", default="", help="What the flow is for.")
@on_project(create=True)
def create(project: Project, name: str, description: str) -> None:
    """Make a flow without stages."""
    click.echo(project.create_flow(name=name, description=description).flow_id)


@click.command()
@click.argument("flow")
@click.argument("name")
@on_project()
def rename(project: Project, flow: str, name: str) -> None:
    """Give FLOW another NAME."""
    found = flow_of(project, flow)
    found.name = name
    project.update_flow(found)
    note(f"{flow!r} is now {name!r}")


@click.command()
@click.argument("flow")
@click.argument("name")
@click.option("--copies", default=1, show_default=True, help="How many copies.")
@on_project()
def duplicate(project: Project, flow: str, name: str, copies: int) -> None:
    """Copy FLOW as NAME."""
    made = project.duplicate_flow(flow_of(project, flow), name=name, number_of_copies=copies)
    for each in made if isinstance(made, list) else [made]:
        click.echo(each.name)


@click.command()
@click.argument("flow")
@on_project()
def delete(project: Project, flow: str) -> None:
    """Delete FLOW; `restore` brings it back until the project is purged."""
    found = flow_of(project, flow)
    project.delete_flow(found)
    note(f"deleted {found.name!r}; bring it back with: penstock restore {found.flow_id}")


def _when(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


@click.command()
@click.argument("flow")
@json_option
@on_project()
def history(project: Project, flow: str, as_json: bool) -> None:
    """List every kept save of FLOW."""
    revisions = flow_of(project, flow).revisions
    if as_json:
        emit_json([{"revision": each.number, "saved_ms": each.saved_ms, "name": each.name} for each in revisions])
        return
    table(("revision", "saved (UTC)", "name"), ((each.number, _when(each.saved_ms), each.name) for each in revisions))


@click.command()
@click.argument("flow")
@click.argument("revision", type=int, required=False)
@on_project()
def restore(project: Project, flow: str, revision: int | None) -> None:
    """Make REVISION of FLOW the newest one; without REVISION bring a deleted flow (by name or id) back."""
    if revision is not None:
        restored = project.restore_flow(flow_of(project, flow), revision)
        note(f"{restored.name!r} is as it was in revision {revision}, now revision {restored.revision}")
        return
    gone = {each.name: each.flow_id for each in project.deleted_flows}
    back = project.undelete_flow(gone.get(flow, flow))
    note(f"{back.name!r} is back")
