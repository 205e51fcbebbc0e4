"""Commands about the flows of a project: init, list, create, duplicate, delete, history, restore."""

from typing import TYPE_CHECKING

import click

from ..core.errors import NotFoundError, nearest
from .completing import complete_deleted_flow, complete_stored_flow
from .finding import flow_of
from .framework import command
from .options import Place, at_place, on_project
from .printing import answer, emit_json, json_option, note, table, waiting

if TYPE_CHECKING:
    from ..sdk.project import Project
    from ..sdk.streaming import StreamingFlow

stored_flow_argument = click.argument("flow", shell_complete=complete_stored_flow)


def facts_of(flow: "StreamingFlow") -> dict[str, object]:
    """What lists and answers say of a flow."""
    return {
        "name": flow.name,
        "description": flow.description,
        "stages": len(flow.value.stages),
        "flow_id": flow.flow_id,
        "engine_version": flow.engine_version,
        "revision": flow.revision,
    }


@command()
@json_option
@at_place()
def init(place: Place, as_json: bool) -> None:
    """Make a project file, or look whether the one that is there can be opened."""
    with place.open(create=True) as project:
        count = len(project.flows)
        note(f"project {project.name!r} in {place.where} with {count} flow(s)")
        answer(as_json, {"place": str(place.where), "project": project.name, "flows": count})


@command(name="list")
@click.argument("text", required=False)
@json_option
@on_project()
def list_(project: "Project", text: str | None, as_json: bool) -> None:
    """List flows; with TEXT only those whose name or description holds it."""
    from ..sdk.showing import moment

    with waiting("listing"):
        found = project.find_flows(text)
    if as_json:
        names = ("name", "description", "flow_id", "engine_version", "revision", "created_ms", "modified_ms")
        emit_json([{name: getattr(each, name) for name in names} for each in found])
    elif found:
        rows = ((each.name, each.revision, moment(each.modified_ms), each.description) for each in found)
        table(("name", "revision", "saved (UTC)", "description"), rows, numbers=("revision",))
    else:
        near = nearest(text, project.flows.names()) if text else ()
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        note(f"no flow with {text!r} in its name or description{hint}" if text else "no flows yet")


@command()
@click.argument("name")
@click.option("--description", default="", help="What the flow is for.")
@json_option
@on_project(create=True)
def create(project: "Project", name: str, description: str, as_json: bool) -> None:
    """Make a flow without stages; prints its id."""
    made = project.create_flow(name=name, description=description)
    answer(as_json, facts_of(made), made.flow_id)


@command()
@stored_flow_argument
@click.argument("name")
@click.option("--copies", default=1, show_default=True, help="How many copies.")
@json_option
@on_project()
def duplicate(project: "Project", flow: str, name: str, copies: int, as_json: bool) -> None:
    """Copy FLOW as NAME; prints the name of every copy."""
    made = project.duplicate_flow(flow_of(project, flow), name=name, number_of_copies=copies)
    copied = made if isinstance(made, list) else [made]
    answer(as_json, [facts_of(each) for each in copied], "\n".join(each.name for each in copied))


@command()
@stored_flow_argument
@json_option
@on_project()
def delete(project: "Project", flow: str, as_json: bool) -> None:
    """Delete FLOW; `restore` brings it back until the project is purged."""
    found = flow_of(project, flow)
    project.delete_flow(found)
    if "undelete" in project.powers:
        note(f"deleted {found.name!r}; bring it back with: penstock restore {found.flow_id}")
    answer(as_json, {"deleted": found.name, "flow_id": found.flow_id})


@command()
@stored_flow_argument
@json_option
@on_project()
def history(project: "Project", flow: str, as_json: bool) -> None:
    """List every kept save of FLOW."""
    revisions = flow_of(project, flow).revisions
    if as_json:
        emit_json([{"revision": each.number, "saved_ms": each.saved_ms, "name": each.name} for each in revisions])
        return
    from ..sdk.showing import moment

    rows = ((each.number, moment(each.saved_ms), each.name) for each in revisions)
    table(("revision", "saved (UTC)", "name"), rows, numbers=("revision",))


@command()
@click.argument("flow", shell_complete=complete_deleted_flow)
@click.argument("revision", type=int, required=False)
@json_option
@on_project()
def restore(project: "Project", flow: str, revision: int | None, as_json: bool) -> None:
    """Make REVISION of FLOW the newest one; without REVISION bring a deleted flow (by name or id) back."""
    if revision is not None:
        back = project.restore_flow(flow_of(project, flow), revision)
        note(f"{back.name!r} is as it was in revision {revision}, now revision {back.revision}")
    else:
        back = _undeleted(project, flow)
        note(f"{back.name!r} is back")
    answer(as_json, facts_of(back))


def _undeleted(project: "Project", wanted: str) -> "StreamingFlow":
    gone = project.deleted_flows
    for each in reversed(gone):
        if wanted in (each.name, each.flow_id):
            return project.undelete_flow(each.flow_id)
    raise NotFoundError("deleted flow", wanted, nearest(wanted, [each.name for each in gone]))
