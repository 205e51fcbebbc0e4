"""``codegen``: a flow as the Python script that builds it."""

from pathlib import Path

import click

from ..core.codegen import CLIENTS
from .framework import command
from .options import OpenFlow, flow_argument, on_flow
from .printing import answer, json_option


@command()
@flow_argument
@click.option("--client", type=click.Choice(CLIENTS), default=CLIENTS[0], show_default=True, help="Whose API to use.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the script.")
@click.option("--with-plain-text-credentials", is_flag=True, help="Write credentials out, not where they come from.")
@json_option
@on_flow()
def codegen(
    opened: OpenFlow, client: str, output: Path | None, with_plain_text_credentials: bool, as_json: bool
) -> None:
    """Write the script that builds FLOW: a JSON or ZIP file, FILE.zip:NAME, or a flow of the project."""
    text = opened.flow.to_python(client, with_plain_text_credentials=with_plain_text_credentials)
    if output is None:
        answer(as_json, {"script": text}, text.rstrip("\n"))
        return
    from ..sdk.files import write_whole

    write_whole(output, lambda out: out.write(text.encode()))
    answer(as_json, {"file": str(output)}, str(output))
