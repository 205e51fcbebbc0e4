"""Which project and which flow a command works on: the options and arguments that say so."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import click
from click.core import ParameterSource

from ..core.errors import FormatError, InvalidValueError, NotFoundError
from .completing import complete_flow, complete_project

if TYPE_CHECKING:
    from ..sdk.project import Project
    from ..sdk.streaming import StreamingFlow

DEFAULT_DB = "flows.db"
DEFAULT_PROJECT = "default"
C = TypeVar("C", bound=Callable[..., Any])

flow_argument = click.argument("flow", shell_complete=complete_flow)


@attrs.frozen
class Place:
    """Where a project is: a file or the address of a service, the name of the project, and what opening needs."""

    where: "str | Path"
    project: str
    token: str | None = attrs.field(default=None, repr=False)
    engine: str = "embedded"

    @contextmanager
    def open(self, *, create: bool = False) -> "Iterator[Project]":
        """The project, closed in the end.

        Raises:
            FormatError: there is no such file, and ``create`` is off.
        """
        from ..sdk.platform import open_project

        if not create and isinstance(self.where, Path) and not self.where.exists():
            reason = "there is no such project file; `penstock init` or `penstock import` makes one"
            raise FormatError(str(self.where), "", reason)
        with open_project(self.where, self.project, create=create, token=self.token, engine=self.engine) as opened:
            yield opened


def place_of(
    db: "Path | None",
    url: str | None,
    token: str | None = None,
    project: str = DEFAULT_PROJECT,
    engine: str = "embedded",
) -> Place:
    """The place that the options name: a file that was named wins over PENSTOCK_URL, and that over PENSTOCK_DB.

    Raises:
        UsageError: both a file and an address were named.
        InvalidValueError: an address that is none.
    """
    ctx = click.get_current_context(silent=True)
    if db is not None and url and ctx is not None and ctx.get_parameter_source("url") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--db names a file and --url a service: say one of them", ctx)
    if db is None and url:
        if not url.lower().startswith(("http://", "https://")):
            raise InvalidValueError("--url", url, "the address of a service, https://…")
        return Place(url, project, token, engine)
    return Place(db or Path(os.environ.get("PENSTOCK_DB") or DEFAULT_DB), project, None, engine)


def backend_options(command: Callable[..., object]) -> Callable[..., object]:
    """Adds ``--db``, ``--url``, ``--token`` and ``--project``."""
    options = [
        click.option(
            "--db",
            type=click.Path(dir_okay=False, path_type=Path),
            help=f"Project file [PENSTOCK_DB, else {DEFAULT_DB}].",
        ),
        click.option("--url", envvar="PENSTOCK_URL", show_envvar=True, help="A remote service instead of a file."),
        click.option("--token", envvar="PENSTOCK_TOKEN", show_envvar=True, help="Token of the service."),
        click.option(
            "--project",
            default=DEFAULT_PROJECT,
            show_default=True,
            help="Name of the project.",
            shell_complete=complete_project,
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


_engine_option = click.option(
    "--engine",
    default="embedded",
    envvar="PENSTOCK_ENGINE",
    show_default=True,
    help="Where it runs: embedded, spark://HOST:PORT, yarn, k8s://… or spark+local[N], with ?option=value&… for Spark.",
)


workers_option = click.option(
    "--workers", type=click.IntRange(1, 64), help="Processes of the embedded engine that share out a Directory's files."
)


def at_place(*, engine: bool = False) -> Callable[[C], C]:
    """Gives a command the ``Place`` first that its options name; ``engine`` adds ``--engine``."""

    def decorate(command: C) -> C:
        @wraps(command)
        def with_place(
            *args: object, db: Path | None, url: str | None, token: str | None, project: str, **kwargs: Any
        ) -> object:
            chosen = kwargs.pop("engine") if engine else "embedded"
            if (workers := kwargs.pop("workers", None)) is not None:
                chosen = f"{chosen}{'&' if '?' in chosen else '?'}workers={workers}"
            return command(place_of(db, url, token, project, chosen), *args, **kwargs)

        held = _engine_option(with_place) if engine else with_place
        return backend_options(held)  # type: ignore[return-value]

    return decorate


def on_project(*, create: bool = False) -> Callable[[C], C]:
    """Gives a command the open project first. Without ``create`` a file that is not there is an error."""

    def decorate(command: C) -> C:
        @wraps(command)
        def with_project(place: Place, *args: object, **kwargs: object) -> object:
            with place.open(create=create) as project:
                return command(project, *args, **kwargs)

        return at_place()(with_project)  # type: ignore[return-value]

    return decorate


@attrs.frozen
class OpenFlow:
    """The flow that a command works on, in its project, or in a project in memory when it is that of a file."""

    project: "Project"
    flow: "StreamingFlow"
    file: Path | None = None

    def save(self) -> None:
        """Keeps the edits: a revision in the project, or the file written anew in the form that it had."""
        if self.file is None:
            self.project.update_flow(self.flow)
            return
        from ..sdk.files import rewrite_flow

        rewrite_flow(self.file, self.flow.value)


def on_flow(*, engine: bool = False, edits: bool = False) -> Callable[[C], C]:
    """Gives a command, in place of its ``flow`` argument, the open flow first.

    It is a file's where the argument names a file. With ``edits`` that file must be one that can be written anew.
    """

    def decorate(command: C) -> C:
        @wraps(command)
        def with_flow(place: Place, *args: object, flow: str, **kwargs: object) -> object:
            with open_flow(place, flow, edits=edits) as opened:
                return command(opened, *args, **kwargs)

        return at_place(engine=engine)(with_flow)  # type: ignore[return-value]

    return decorate


@contextmanager
def open_flow(place: Place, name: str, *, edits: bool = False) -> "Iterator[OpenFlow]":
    """The flow with this name, of a file or of the project.

    Raises:
        NotFoundError: with the nearest names.
        FormatError: a file that is not there or cannot be read.
        InvalidValueError: edits of an archive, or of the standard input.
    """
    from ..sdk.files import holds_one_document
    from .finding import STDIN, file_named, flow_in_file, flow_of, missing_file

    file = file_named(name)
    if edits and (name == STDIN or (file is not None and not holds_one_document(file[0]))):
        raise InvalidValueError("flow", name, "a flow of a project, or a JSON file of one flow, to write the change to")
    found = flow_in_file(name)
    if found is not None:
        with Place(":memory:", DEFAULT_PROJECT, engine=place.engine).open(create=True) as project:
            yield OpenFlow(project, project.add_flow(found), None if file is None else file[0])
        return
    missing = missing_file(name)
    if missing is not None and isinstance(place.where, Path) and not place.where.exists():
        raise missing
    with place.open() as project:
        try:
            stored = flow_of(project, name)
        except NotFoundError as error:
            raise missing or error from None
        yield OpenFlow(project, stored)
