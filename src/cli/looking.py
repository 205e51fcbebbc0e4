"""``show`` a flow in words, ``draw`` it."""

from pathlib import Path

import click

from .framework import command
from .options import OpenFlow, flow_argument, on_flow
from .printing import answer, emit_json, json_option


@command()
@flow_argument
@json_option
@on_flow()
def show(opened: OpenFlow, as_json: bool) -> None:
    """Say what FLOW does: the way of its records, settings that differ from defaults, parameters, error handling.

    FLOW may be a file: orders.json, flows.zip:NAME, - for standard input. With --json its document, credentials
    masked.
    """
    if as_json:
        from ..core.flow.credentials import mask_credentials
        from ..core.flow.document import encode_flow

        emit_json(encode_flow(mask_credentials(opened.flow.value, opened.flow.catalogue)))
        return
    click.echo(opened.flow.describe())


@command()
@flow_argument
@click.option("--output", "-o", type=click.Path(path_type=Path), help="A .svg, .html, .mmd or .png file.")
@click.option("--mermaid", is_flag=True, help="Print Mermaid text for a README.")
@click.option(
    "--theme",
    type=click.Choice(["auto", "light", "dark"]),
    default="auto",
    show_default=True,
    help="Colours; auto is what the viewer prefers.",
)
@json_option
@on_flow()
def draw(opened: OpenFlow, output: Path | None, mermaid: bool, theme: str, as_json: bool) -> None:
    """Draw FLOW (which may be a file), its issues as badges; without --output the SVG is printed.

    The form follows the name of the file: .svg, .html (a page to look around in), .mmd (Mermaid), or .png, which
    needs the extra penstock[png].
    """
    if mermaid and output is None:
        from ..core.picture import mermaid as as_mermaid

        text = as_mermaid(opened.flow.value)
        answer(as_json, {"mermaid": text}, text)
        return
    if mermaid and output is not None and output.suffix != ".mmd":
        raise click.UsageError("--mermaid with --output needs a file that ends in .mmd")
    svg = opened.flow.draw(output, theme=theme, issues=opened.flow.validate().report.issues)
    if output is None:
        answer(as_json, {"svg": svg}, svg)
    else:
        answer(as_json, {"file": str(output)}, str(output))
