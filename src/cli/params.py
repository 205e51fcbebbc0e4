"""``penstock params``: parameter sets from the shell."""

import click

from ..sdk.project import Project
from .common import assignments, emit_json, flow_of, json_option, on_project, table


@click.group()
def params() -> None:
    """List, make and change parameter sets, and use them in flows."""


@params.command(name="list")
@json_option
@on_project()
def list_(project: Project, as_json: bool) -> None:
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
@on_project(create=True)
def create(project: Project, name: str, values: tuple[str, ...]) -> None:
    """Make a parameter set of string parameters."""
    made = project.create_parameter_set(name=name)
    for each, value in assignments(values).items():
        made.add_parameter("string", each, value if isinstance(value, str) else str(value))
    project.update_parameter_set(made)


@params.command(name="set")
@click.argument("name")
@click.argument("values", nargs=-1, required=True, metavar="NAME=VALUE...")
@on_project()
def set_(project: Project, name: str, values: tuple[str, ...]) -> None:
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


@params.command()
@click.argument("name")
@click.argument("flow")
@on_project()
def use(project: Project, name: str, flow: str) -> None:
    """Use a parameter set in FLOW."""
    found = flow_of(project, flow).use_parameter_set(project.parameter_sets.get(name=name))
    project.update_flow(found)
