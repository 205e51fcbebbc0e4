"""``codegen``: a flow as the Python script that builds it."""

from pathlib import Path

import click

from ..adapters.packaged import packaged_catalogue
from ..core.codegen import CLIENTS, python_script
from ..sdk.platform import DEFAULT_PROJECT, open_project
from ..sdk.transfer import write_whole
from .common import DEFAULT_DB, flow_of, where_of
from .pictures import flow_in_file


@click.command()
@click.argument("flow")
@click.option("--client", type=click.Choice(CLIENTS), default=CLIENTS[0], show_default=True, help="Whose API to use.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the script.")
@click.option("--with-plain-text-credentials", is_flag=True, help="Write credentials out, not where they come from.")
@click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help=f"Project file [{DEFAULT_DB}].")
@click.option("--url", envvar="PENSTOCK_URL", help="A remote service instead of a file.")
@click.option("--token", envvar="PENSTOCK_TOKEN", help="Token of the service.", show_envvar=True)
@click.option("--project", default=DEFAULT_PROJECT, show_default=True, help="Name of the project.")
def codegen(
    flow: str,
    client: str,
    output: Path | None,
    with_plain_text_credentials: bool,
    db: Path | None,
    url: str | None,
    token: str | None,
    project: str,
) -> None:
    """Write the script that builds FLOW: a JSON or ZIP file, FILE.zip:NAME, or a flow of the project."""
    found = flow_in_file(flow)
    if found is not None:
        text = python_script(
            found, packaged_catalogue(), client=client, with_plain_text_credentials=with_plain_text_credentials
        )
    else:
        with open_project(where_of(db, url, create=False), project, create=False, token=token) as opened:
            held = flow_of(opened, flow)
            text = held.to_python(client, with_plain_text_credentials=with_plain_text_credentials)
    if output is None:
        click.echo(text, nl=False)
        return
    write_whole(output, lambda out: out.write(text.encode()))
    click.echo(output)
