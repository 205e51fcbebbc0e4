"""``serve``: the flows of a file over HTTP, in the foreground."""

import logging
import os
import secrets
import sys
from pathlib import Path

import click

from ..core.errors import InvalidValueError
from .framework import command
from .options import DEFAULT_DB, DEFAULT_PROJECT
from .printing import emit_json, json_option


@command()
@click.option("--db", type=click.Path(dir_okay=False), help=f"Project file, or :memory: [{DEFAULT_DB}].")
@click.option("--host", default="127.0.0.1", show_default=True, help="Another address than loopback needs a token.")
@click.option("--port", default=18630, show_default=True, help="0 takes a free one.")
@click.option("--token", envvar="PENSTOCK_TOKEN", show_envvar=True, help="What clients must show; 'none' for no token.")
@click.option(
    "--token-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tokens with their scopes, one per line: TOKEN read,write,run",
)
@click.option("--tls-cert", type=click.Path(exists=True, dir_okay=False), help="Certificate (PEM).")
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False), help="Its key (PEM).")
@click.option("--cors-origin", "origins", multiple=True, help="A web page's origin that may call; none by default.")
@click.option(
    "--data-dir",
    "folders",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder that file stages may use; none by default.",
)
@click.option("--allow-host", "hosts", multiple=True, help="A host that HTTP stages may call; none by default.")
@click.option("--allow-code", is_flag=True, help="Let script and shell stages run: whoever has a token runs code.")
@click.option("--access-log/--no-access-log", default=True, show_default=True, help="A line of JSON per request.")
@json_option
def serve(
    db: str | None,
    host: str,
    port: int,
    token: str | None,
    token_file: Path | None,
    tls_cert: str | None,
    tls_key: str | None,
    origins: tuple[str, ...],
    folders: tuple[Path, ...],
    hosts: tuple[str, ...],
    allow_code: bool,
    access_log: bool,
    as_json: bool,
) -> None:
    """Serve flows over HTTP until interrupted; requests and batches that go on are finished."""
    from ..sdk.compose import Options
    from ..sdk.serve import listen, needed, server_of, settings_with

    needed()
    from ..adapters.asgi import ServerSettings, grants_of_text

    try:
        grants = () if token_file is None else grants_of_text(token_file.read_text("utf-8"), str(token_file))
    except ValueError as error:
        raise InvalidValueError("--token-file", str(token_file), str(error)) from None
    made = None
    if token is None and token_file is None:
        made = token = secrets.token_urlsafe(24)
    settings = settings_with(
        ServerSettings(cors_origins=origins, hsts=tls_cert is not None), None if token == "none" else token, grants
    )
    _log(access_log)
    place = db or os.environ.get("PENSTOCK_DB", DEFAULT_DB)
    options = Options(allow_code=allow_code, folders=folders, hosts=hosts)
    server = server_of(place, options, settings, project=DEFAULT_PROJECT, host=host, tls_cert=tls_cert, tls_key=tls_key)
    bound = listen(host, port)
    scheme = "https" if tls_cert is not None else "http"
    url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}"
    if as_json:
        emit_json({"url": url, "place": place, "token": made})
    else:
        click.echo(f"penstock serves {place} at {url}", err=True)
        if made is not None:
            click.echo(f"token for this run: {made}", err=True)
    server.run(sockets=[bound])
    bound.close()


def _log(access: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger("penstock")
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("penstock.access").setLevel(logging.INFO if access else logging.WARNING)
