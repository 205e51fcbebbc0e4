"""``draw``, ``diff`` and ``merge``: looking at flows and comparing them."""

from pathlib import Path

import click

from ..adapters.packaged import packaged_catalogue
from ..core.errors import FormatError, InvalidValueError
from ..core.flow.document import dump_flow, parse_json
from ..core.flow.model import Flow
from ..sdk.project import Project
from ..sdk.transfer import read_source, write_whole
from .app import FINDINGS
from .common import DEFAULT_DB, emit_json, flow_of, json_option, note, on_project, where_of


@click.command()
@click.argument("flow")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="A .svg, .html, .mmd or .png file.")
@click.option("--mermaid", is_flag=True, help="Print Mermaid text for a README.")
@click.option("--theme", type=click.Choice(["auto", "light", "dark"]), default="auto", show_default=True)
@on_project()
def draw(project: Project, flow: str, output: Path | None, mermaid: bool, theme: str) -> None:
    """Draw FLOW; without --output the SVG is printed."""
    found = flow_of(project, flow)
    if mermaid:
        from ..core import mermaid as as_mermaid

        click.echo(as_mermaid(found.value))
        return
    issues = found.validate().report.issues
    svg = found.draw(output, theme=theme, issues=issues)
    click.echo(svg if output is None else str(output))


def flow_in_file(name: str) -> Flow | None:
    """A flow from a file (``orders.json``, ``flows.zip``, ``flows.zip:name``); None when no such file is named.

    Raises:
        InvalidValueError: the file holds several flows and none of them is named.
    """
    path, _, member = name.partition(":") if not Path(name).exists() else (name, "", "")
    if Path(path).suffix in (".json", ".zip") and Path(path).exists():
        flows = read_source(path)
        chosen = [flow for flow in flows if not member or flow.name == member]
        if len(chosen) != 1:
            names = ", ".join(flow.name for flow in flows)
            raise InvalidValueError("flow", name, f"one flow: FILE:NAME with one of {names}")
        return chosen[0]
    return None


def named_flow(name: str, db: Path | None) -> Flow:
    """A flow from a file, or by name from the project file."""
    found = flow_in_file(name)
    if found is not None:
        return found
    from ..sdk.platform import open_project

    with open_project(where_of(db, None, create=False), create=False) as project:
        return flow_of(project, name).value


@click.command()
@click.argument("first")
@click.argument("second")
@click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help=f"Project file [{DEFAULT_DB}].")
@json_option
def diff(first: str, second: str, db: Path | None, as_json: bool) -> int:
    """Compare two flows: files, FILE.zip:NAME, or names in the project; exit code like diff(1)."""
    from ..core.compare import diff as compare
    from ..core.compare import diff_document, render_diff

    found = compare(named_flow(first, db), named_flow(second, db))
    if as_json:
        emit_json(diff_document(found))
    else:
        for line in render_diff(found):
            click.echo(line)
    return FINDINGS if found else 0


@click.command()
@click.argument("base", type=click.Path(exists=True, path_type=Path))
@click.argument("ours", type=click.Path(exists=True, path_type=Path))
@click.argument("theirs", type=click.Path(exists=True, path_type=Path))
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Where to write [OURS].")
def merge(base: Path, ours: Path, theirs: Path, output: Path | None) -> int:
    """Merge two changed copies of a flow file; made for git: `driver = penstock merge %O %A %B`."""
    from ..core.compare import merge as three_way

    flows = [_single(path) for path in (base, ours, theirs)]
    result = three_way(*flows)
    if result.flow is None:
        for conflict in result.conflicts:
            click.echo(f"conflict: {conflict}", err=True)
        return FINDINGS
    indent = 2 if "\n" in ours.read_text().strip() else None
    text = dump_flow(result.flow, indent=indent) + "\n"
    write_whole(output or ours, lambda out: out.write(text.encode()))
    note("merged")
    return 0


def _single(path: Path) -> Flow:
    from ..core.flow.document import decode_flow

    plain = parse_json(path.read_bytes(), path.name)
    if not isinstance(plain, dict):
        raise FormatError(path.name, "", "expected a flow document")
    return decode_flow(plain, path.name)


@click.command()
def doctor() -> None:
    """Say what this installation has: version, extras, catalogue, engine."""
    import platform
    import sqlite3

    from .. import __version__

    catalogue = packaged_catalogue()
    facts = {
        "penstock": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "catalogue": f"{catalogue.version}, {len(catalogue.summaries())} stages",
    }
    extras = {
        "server": ("starlette", "uvicorn", "prometheus_client"),
        "formats": ("lxml", "fastavro", "openpyxl", "google.protobuf"),
        "png": ("cairosvg",),
    }
    for extra, modules in extras.items():
        missing = [module for module in modules if not _has(module)]
        facts[f"extra {extra}"] = f"missing {', '.join(missing)}" if missing else "installed"
    for name, fact in facts.items():
        click.echo(f"{name:14}{fact}")


def _has(module: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
