"""``penstock params``: parameter sets from the shell."""

from typing import TYPE_CHECKING

import click

from .completing import complete_set, complete_stored_flow
from .finding import assignments, flow_of
from .framework import Group
from .options import on_project
from .printing import answer, emit_json, json_option, table

if TYPE_CHECKING:
    from ..sdk.project import Project

set_argument = click.argument("name", shell_complete=complete_set)


@click.group(cls=Group)
def params() -> None:
    """List, make and change parameter sets, and use them in flows."""


@params.command(name="list")
@json_option
@on_project()
def list_(project: "Project", as_json: bool) -> None:
    """List parameter sets with their parameters."""
    rows = [
        (each.name, parameter.name, parameter.type, "********" if parameter.type == "encrypted" else parameter.value)
        for each in project.parameter_sets
        for parameter in each.parameters
    ]
    if as_json:
        emit_json([dict(zip(("set", "parameter", "type", "value"), row, strict=True)) for row in rows])
        return
    table(("set", "parameter", "type", "value"), rows)


@params.command(name="create")
@click.argument("name")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@json_option
@on_project(create=True)
def create(project: "Project", name: str, values: tuple[str, ...], as_json: bool) -> None:
    """Make a parameter set of string parameters."""
    made = project.create_parameter_set(name=name)
    for each, value in assignments(values).items():
        made.add_parameter("string", each, value if isinstance(value, str) else str(value))
    project.update_parameter_set(made)
    answer(as_json, {"name": made.name, "parameters": [each.name for each in made.parameters]})


@params.command(name="set")
@set_argument
@click.argument("values", nargs=-1, required=True, metavar="NAME=VALUE...")
@json_option
@on_project()
def set_(project: "Project", name: str, values: tuple[str, ...], as_json: bool) -> None:
    """Give parameters of a set other values; new ones are added."""
    found = project.parameter_sets.get(name=name)
    known = {each.name for each in found.parameters}
    for each, value in assignments(values).items():
        text = value if isinstance(value, str) else str(value)
        if each in known:
            found.set_value(each, text)
        else:
            found.add_parameter("string", each, text)
    project.update_parameter_set(found)
    answer(as_json, {"name": found.name, "parameters": [each.name for each in found.parameters]})


@params.command()
@set_argument
@click.argument("flow", shell_complete=complete_stored_flow)
@json_option
@on_project()
def use(project: "Project", name: str, flow: str, as_json: bool) -> None:
    """Use a parameter set in FLOW: its parameters become constants NAME__PARAMETER."""
    found = flow_of(project, flow).use_parameter_set(project.parameter_sets.get(name=name))
    project.update_flow(found)
    answer(as_json, {"flow": found.name, "parameter_sets": [each.name for each in found.parameter_sets]})


@params.command()
@set_argument
@json_option
@on_project()
def delete(project: "Project", name: str, as_json: bool) -> None:
    """Delete a parameter set; flows that used it keep their constants."""
    project.delete_parameter_set(project.parameter_sets.get(name=name))
    answer(as_json, {"deleted": name})
