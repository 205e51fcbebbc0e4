"""``doctor``: what this installation has, and whether the project or service that it would use is well."""

import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import attrs
import click

from ..core.errors import PenstockError
from ..core.version import __version__
from .codes import ExitCode
from .framework import command
from .options import Place, at_place
from .printing import emit_json, json_option


@attrs.frozen
class Finding:
    """One thing that was looked at; ``well`` is None for what is only said."""

    what: str
    words: str
    well: bool | None = None


@command()
@json_option
@at_place()
def doctor(place: Place, as_json: bool) -> int:
    """Say what this installation has (Python, extras, catalogue), and whether the project file or service is well.

    Exit code 1 when something is wrong; an extra that is not there is not wrong.
    """
    found = [*_installation(), *_extras(), *_place(place)]
    if as_json:
        emit_json([attrs.asdict(each) for each in found])
    else:
        for each in found:
            click.echo(f"{_mark(each.well)} {each.what:18}{each.words}")
    return ExitCode.FINDINGS if any(each.well is False for each in found) else ExitCode.FINE


def _mark(well: bool | None) -> str:
    return "- " if well is None else click.style("ok", fg="green") if well else click.style("!!", fg="red")


def _installation() -> Iterator[Finding]:
    from ..adapters.packaged import packaged_catalogue
    from ..adapters.packaged.compiled import Arrangement, arrangement

    catalogue = packaged_catalogue()
    yield Finding("penstock", __version__)
    version = platform.python_version()
    yield Finding("python", f"{version}, {platform.system()} {platform.machine()}", sys.version_info >= (3, 11))
    yield Finding("sqlite", sqlite3.sqlite_version)
    yield Finding("catalogue", f"Data Collector {catalogue.version}, {len(catalogue.summaries())} stages")
    how = arrangement()
    yield Finding("arrangement", how.value, False if how is Arrangement.STALE else None)


def _extras() -> Iterator[Finding]:
    from ..core.extras import EXTRAS

    for name, extra in EXTRAS.items():
        missing = [module for module in extra.modules if not _has(module)]
        words = f"for {extra.gives}" + (f", lacks {', '.join(missing)}: {extra.command}" if missing else "")
        yield Finding(f"extra {name}", words, None if missing else True)


def _has(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _place(place: Place) -> Iterator[Finding]:
    if isinstance(place.where, Path):
        yield from _file(place, place.where)
    else:
        yield from _service(place, place.where)


def _file(place: Place, path: Path) -> Iterator[Finding]:
    from ..sdk.platform import problems_of

    if not path.exists():
        yield Finding("project file", f"{path} is not there yet; `penstock init` makes it")
        return
    try:
        problems = problems_of(path)
    except PenstockError as error:
        problems = (str(error),)
    size = f"{path.stat().st_size / 1e6:.1f} MB"
    yield Finding("project file", "; ".join(problems) or f"{path}, {size}, sound", not problems)
    if not problems:
        yield from _project(place)


def _service(place: Place, url: str) -> Iterator[Finding]:
    from urllib.parse import urlsplit

    yield Finding("service", f"{urlsplit(url)._replace(query='', fragment='').geturl()}")
    told = "given" if place.token else "PENSTOCK_TOKEN" if os.environ.get("PENSTOCK_TOKEN") else "none given"
    yield Finding("token", told)
    yield from _project(place)


def _project(place: Place) -> Iterator[Finding]:
    from ..core.errors import RemoteError, UnreachableError

    try:
        with place.open() as project:
            yield Finding("project", f"{project.name!r} with {len(project.flows)} flow(s)", True)
    except UnreachableError as error:
        yield Finding("reachable", str(error), False)
    except RemoteError as error:
        words = "the service does not take the token" if error.status in (401, 403) else str(error)
        yield Finding("answer", words, False)
    except PenstockError as error:
        yield Finding("project", str(error), False)
