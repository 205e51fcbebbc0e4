"""The HTTP backend against penstock's own server, both in one event loop, with no port in between."""

import contextlib
from pathlib import Path

import httpx

from penstock.adapters.asgi import ServerSettings, build_app
from penstock.adapters.http import HttpBackend, HttpOptions
from penstock.sdk import compose
from penstock.sdk.serve import open_parts


class InProcess(HttpBackend):
    """A backend that takes its server along when it is closed."""

    stack: contextlib.AsyncExitStack

    async def aclose(self) -> None:
        """Closes the client, then the server."""
        await super().aclose()
        await self.stack.aclose()


async def in_process(file: Path | None, settings: ServerSettings | None = None) -> InProcess:
    """A server over a file (None: memory) and the backend that talks to it."""
    app = build_app(lambda: open_parts(file, compose.Options(), None), settings)
    stack = contextlib.AsyncExitStack()
    await stack.enter_async_context(app.lifespan())
    options = HttpOptions(transport=httpx.ASGITransport(app), retries=0)
    backend = await InProcess.connect("http://server", options)
    backend.stack = stack
    return backend
