"""A server over a local backend: in a thread for tests and notebooks, or in the foreground for a shell."""

import contextlib
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..core.errors import InvalidValueError, UnsupportedError
from ..core.project import ProjectId, ProjectInfo
from . import compose
from .platform import DEFAULT_PROJECT

if TYPE_CHECKING:
    import os

    import uvicorn

    from ..adapters.asgi import Faults, Grant, Parts, RequestLog, ServerSettings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
START_S = 30.0


@contextlib.asynccontextmanager
async def open_parts(where: compose.Where, options: compose.Options, project: str | None) -> "AsyncIterator[Parts]":
    """The parts of a server, opened in the loop that it runs in; a project of this name is there afterwards."""
    from ..adapters.asgi import Parts

    backend = await compose.open_backend(where, options)
    try:
        if project is not None and all(each.name != project for each in await backend.projects.list()):
            info = ProjectInfo(ProjectId(options.ids.new_id()), project, created_ms=options.clock.now_ms())
            await backend.projects.create(info)
        make = compose.engine_maker(options)
        assert make is not None
        yield Parts(
            backend,
            compose.LocalCatalogues(options.catalogue),
            lambda environment, catalogue: make(environment, catalogue, options.allow_code),
            options.clock,
            options.ids,
            compose.digest_of(options),
        )
    finally:
        await backend.aclose()


class Server:
    """A server in a thread of its own; use it as a context manager, or call ``close()``.

    File stages may use no folder and HTTP stages no host unless ``folders`` and ``hosts`` name them.

    ``url`` is where it listens, ``token`` what clients must show. ``requests`` is what was asked so far, ``faults``
    takes answers that are to go wrong.
    """

    def __init__(
        self,
        where: compose.Where = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        grants: "Iterable[Grant]" = (),
        project: str | None = DEFAULT_PROJECT,
        tls_cert: "str | os.PathLike[str] | None" = None,
        tls_key: "str | os.PathLike[str] | None" = None,
        settings: "ServerSettings | None" = None,
        **options: Any,
    ) -> None:
        needed()
        from ..adapters.asgi import Faults, RequestLog

        self.token = token if token is not None else secrets.token_urlsafe(24)
        self.requests: RequestLog = RequestLog()
        self.faults: Faults = Faults()
        held = compose.Options(**{"folders": (), "hosts": (), **options})
        self._socket = listen(host, port)
        self._server = server_of(
            where,
            held,
            settings_with(settings, self.token, grants),
            project=project,
            host=host,
            tls_cert=tls_cert,
            tls_key=tls_key,
            faults=self.faults,
            seen=self.requests,
        )
        scheme = "https" if tls_cert is not None else "http"
        name = f"[{host}]" if ":" in host else host
        self.url = f"{scheme}://{name}:{self._socket.getsockname()[1]}"
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="penstock-server", daemon=True)
        self._thread.start()
        self._await_start()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except BaseException as error:
            self._failure = error

    def _await_start(self) -> None:
        import time

        limit = time.monotonic() + START_S
        while not self._server.started and self._thread.is_alive() and time.monotonic() < limit:
            time.sleep(0.002)
        if not self._server.started:
            self.close()
            raise UnsupportedError("starting the server", f"It did not start: {self._failure or 'see its log'}.")

    def close(self) -> None:
        """Finishes running requests, stops runs after their batch, and frees the port; closing twice is fine."""
        self._server.should_exit = True
        self._thread.join(timeout=START_S)
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Server({self.url!r})"


def serve(where: compose.Where = None, **options: Any) -> Server:
    """Serves memory or a SQLite file over HTTP, in a thread; loopback and a free port unless told otherwise.

    >>> with serve() as server:
    ...     server.url.startswith('http://127.0.0.1:')
    True

    Raises:
        UnsupportedError: the packages of the extra ``server`` are not installed, or the server does not start.
        InvalidValueError: an address that is in use, or an option that is not known.
    """
    return Server(where, **options)


def needed() -> None:
    """Refuses to go on without the packages of the extra. Raises ``UnsupportedError``."""
    try:
        import jsonpatch  # noqa: F401
        import jsonschema  # noqa: F401
        import prometheus_client  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise UnsupportedError(
            f"serving without {error.name}", "Install it with: pip install 'penstock[server]'"
        ) from None


def settings_with(settings: "ServerSettings | None", token: str | None, grants: "Iterable[Grant]") -> "ServerSettings":
    """The settings with these tokens; an empty token and no grants leave the server open."""
    import attrs

    from ..adapters.asgi import Grant, ServerSettings, Tokens

    every = (*((Grant.of(token),) if token else ()), *grants)
    return attrs.evolve(settings or ServerSettings(), tokens=Tokens(every))


def listen(host: str, port: int) -> socket.socket:
    """A bound socket.

    Raises:
        InvalidValueError: the address cannot be had.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # with its protocol named: asyncio switches off the waiting for full packets (40 ms) only where it sees TCP
        made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except (OSError, OverflowError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise InvalidValueError("address", f"{host}:{port}", f"an address that is free ({words})") from None
    return made


def server_of(
    where: compose.Where,
    options: compose.Options,
    settings: "ServerSettings",
    *,
    project: str | None,
    host: str,
    tls_cert: "str | os.PathLike[str] | None" = None,
    tls_key: "str | os.PathLike[str] | None" = None,
    faults: "Faults | None" = None,
    seen: "RequestLog | None" = None,
) -> "uvicorn.Server":
    """A server that is ready to run.

    Raises:
        InvalidValueError: an address that others can reach, without a token; a certificate that is not there.
    """
    import uvicorn

    from ..adapters.asgi import build_app

    if host not in LOOPBACK and settings.tokens.open:
        raise InvalidValueError("host", host, "127.0.0.1, or a token: others could reach this address")
    for name, path in (("tls_cert", tls_cert), ("tls_key", tls_key)):
        if path is not None and not Path(path).is_file():
            raise InvalidValueError(name, str(path), "an existing file")
    app = build_app(lambda: open_parts(where, options, project), settings, faults=faults, seen=seen)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=30,
            timeout_keep_alive=60,
            h11_max_incomplete_event_size=64 * 1024,
            ssl_certfile=None if tls_cert is None else str(tls_cert),
            ssl_keyfile=None if tls_key is None else str(tls_key),
        )
    )
