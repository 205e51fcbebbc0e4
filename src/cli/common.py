"""What commands share: which project they work on, and how they print."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from ..core.errors import InvalidValueError
from ..sdk.platform import DEFAULT_PROJECT, open_project
from ..sdk.project import Project
from ..sdk.streaming import StreamingFlow

DEFAULT_DB = "flows.db"
C = TypeVar("C", bound=Callable[..., Any])


def on_project(*, create: bool = False, engine: bool = False) -> Callable[[C], C]:
    """Gives a command the open project first, chosen by ``--db``, ``--url``, ``--token`` and ``--project``.

    Without ``create`` a project file that is not there is an error, not a new file. ``engine`` adds ``--engine``.
    """

    def decorate(command: C) -> C:
        @wraps(command)
        def with_project(
            *args: object, db: Path | None, url: str | None, token: str | None, project: str, **kwargs: object
        ) -> object:
            where = where_of(db, url, create=create)
            chosen = kwargs.pop("engine", "embedded") if engine else "embedded"
            with open_project(where, project, create=create, token=token, engine=chosen) as opened:
                return command(opened, *args, **kwargs)

        if engine:
            _engine_option(with_project)
        return _backend_options(with_project)  # type: ignore[return-value]

    return decorate


_engine_option = click.option(
    "--engine",
    default="embedded",
    envvar="PENSTOCK_ENGINE",
    show_default=True,
    help="Where it runs: embedded, spark://HOST:PORT or spark+local[N], with ?option=value&… for Spark.",
)


def _backend_options(command: Callable[..., object]) -> Callable[..., object]:
    options = [
        click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help=f"Project file [{DEFAULT_DB}]."),
        click.option("--url", envvar="PENSTOCK_URL", help="A remote service instead of a file."),
        click.option("--token", envvar="PENSTOCK_TOKEN", help="Token of the service.", show_envvar=True),
        click.option("--project", default=DEFAULT_PROJECT, show_default=True, help="Name of the project."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def where_of(db: Path | None, url: str | None, *, create: bool) -> "str | Path":
    """The place that the options name: ``--db`` wins over ``--url``, and ``flows.db`` here is the default.

    Raises:
        InvalidValueError: the file is not there and is not to be made.
    """
    if db is None and url:
        return url
    path = db or Path(os.environ.get("PENSTOCK_DB", DEFAULT_DB))
    if not create and not path.exists():
        raise InvalidValueError("--db", str(path), "an existing project file; `penstock init` or `import` makes one")
    return path


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def emit_json(value: object) -> None:
    """Prints a value as JSON."""
    click.echo(json.dumps(value, indent=2 if sys.stdout.isatty() else None, ensure_ascii=False, default=str))


def piped() -> bool:
    """True when nobody looks: the output goes to a file or another program."""
    return not sys.stdout.isatty()


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """Prints rows as a table for people, as tab-separated lines when piped."""
    held = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if piped():
        for row in held:
            click.echo("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title, show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in held:
        made.add_row(*(Text(cell) for cell in row))
    Console(no_color=bool(os.environ.get("NO_COLOR"))).print(made)


def note(text: str) -> None:
    """Says something to people on stderr; silent when the output is piped."""
    if not piped():
        click.echo(text, err=True)


def flow_of(project: Project, name: str) -> StreamingFlow:
    """The flow with this name or id.

    Raises:
        NotFoundError: with the nearest names.
    """
    from ..core.errors import NotFoundError

    try:
        return project.flows.get(name=name)
    except NotFoundError as error:
        try:
            return project.flows.get(flow_id=name)
        except NotFoundError:
            raise error from None


def parsed_value(text: str) -> object:
    """A value from the command line: JSON where it is JSON, else the text itself."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value


def assignments(pairs: Iterable[str]) -> dict[str, object]:
    """``name=value`` arguments as a mapping.

    Raises:
        InvalidValueError: an argument without ``=``.
    """
    found: dict[str, object] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise InvalidValueError("setting", pair, "name=value")
        found[name.strip()] = parsed_value(value)
    return found


def flow_row(flow: StreamingFlow) -> Mapping[str, object]:
    """The facts of a flow that lists show."""
    return {
        "name": flow.name,
        "description": flow.description,
        "stages": len(flow.value.stages),
        "flow_id": flow.flow_id,
        "engine_version": flow.engine_version,
        "revision": flow.revision,
    }
