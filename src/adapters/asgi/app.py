"""The application: the table of endpoints behind checks, limits, counters and a log."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ...core.errors import LimitError, PenstockError
from ...core.version import __version__
from .answers import answer, error_answer, refused
from .faults import Faults, RequestLog
from .guard import Guard
from .metrics import Metrics
from .openapi import openapi_document
from .routes import ENDPOINTS
from .service import Parts, Service
from .settings import ServerSettings
from .table import Call, Endpoint, check_body, check_query

log = logging.getLogger("penstock.server")
Opened = Callable[[], "contextlib.AbstractAsyncContextManager[Parts]"]


def build_app(
    open_parts: Opened,
    settings: ServerSettings | None = None,
    *,
    faults: Faults | None = None,
    seen: RequestLog | None = None,
) -> Guard:
    """The application of a server. ``open_parts`` opens the backend when the server starts and closes it at the end.

    ``faults`` and ``seen`` are for test doubles: answers that go wrong on purpose, and a log of what was asked.
    """
    chosen = settings or ServerSettings()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_parts() as parts:
            app.state.service = Service(parts, chosen.limits)
            try:
                yield
            finally:
                await app.state.service.aclose()

    middleware: list[Middleware] = []
    if chosen.cors_origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=list(chosen.cors_origins),
                allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=["authorization", "content-type", "if-match", "if-none-match"],
                expose_headers=["etag", "x-request-id"],
            )
        )
    routes: list[BaseRoute] = [
        *_routes(),
        Route("/openapi.json", _openapi),
        Route("/healthz", _health),
        Route("/readyz", _ready),
        Route("/metrics", _metrics),
    ]
    app = Starlette(
        routes=routes, middleware=middleware, lifespan=lifespan, exception_handlers={HTTPException: _http_error}
    )
    app.router.redirect_slashes = False
    app.state.settings, app.state.metrics = chosen, Metrics()
    return Guard(app, chosen, faults, seen)


def _routes() -> list[BaseRoute]:
    """One route per path, so that another method than the known ones is answered with 405 and what is allowed."""
    grouped: dict[str, dict[str, Endpoint]] = {}
    for each in ENDPOINTS:
        grouped.setdefault(each.path, {})[each.method] = each
    # paths without a variable first: the first that fits is taken
    ordered = sorted(grouped, key=lambda path: [part.startswith("{") for part in path.split("/")])
    return [Route(path, _dispatch(grouped[path]), methods=list(grouped[path])) for path in ordered]


def _dispatch(endpoints: dict[str, Endpoint]) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        endpoint = endpoints["GET" if request.method == "HEAD" else request.method]
        request.scope["penstock.path"] = endpoint.path
        request_id = request.state.request_id
        settings: ServerSettings = request.app.state.settings
        scopes = settings.tokens.scopes_of_header(request.headers.get("authorization"))
        if not endpoint.public:
            if scopes is None:
                request.app.state.metrics.refused.inc()
                await asyncio.sleep(settings.refusal_s)
                headers = {"www-authenticate": "Bearer"}
                return error_answer(
                    401, "unauthorized", "a token that this server knows is needed", request_id, headers
                )
            if endpoint.scope not in scopes:
                needs = f"the token does not allow to {endpoint.scope}"
                return error_answer(403, "forbidden", needs, request_id)
        try:
            body = None
            query = check_query(endpoint, request)
            if not endpoint.stream:
                body = check_body(endpoint, await _read(request, settings.limits.body_bytes))
            call = Call(
                request.app.state.service, request, dict(request.path_params), query, body, scopes or frozenset()
            )
            return await endpoint.handler(call)
        except ClientDisconnect:
            return Response(status_code=400)
        except PenstockError as error:
            return refused(error, request_id)
        except Exception as error:
            log.exception("request %s failed", request_id)
            words = f"the server failed ({type(error).__name__}); its log knows more"
            return error_answer(500, "internal", words, request_id)

    return handle


async def _read(request: Request, limit: int) -> bytes:
    """The body, bounded. Raises ``LimitError``."""
    chunks: list[bytes] = []
    total = 0
    async for chunk in request.stream():
        total += len(chunk)
        if total > limit:
            raise LimitError("request body", "", f"more than {limit} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: f"there is no {request.url.path}", 405: f"{request.method} is not allowed here"}
    message = words.get(error.status_code, error.detail)
    headers = dict(error.headers or {})
    return error_answer(error.status_code, "not_found", message[:300], request.state.request_id, headers)


async def _openapi(request: Request) -> Response:
    return answer(openapi_document(ENDPOINTS, __version__))


async def _health(request: Request) -> Response:
    return answer({"status": "ok"})


async def _ready(request: Request) -> Response:
    service: Service = request.app.state.service
    if service.closing:
        return answer({"status": "stopping"}, 503)
    try:
        await service.backend.projects.list()
    except Exception as error:
        log.error("not ready: %s", type(error).__name__)
        return answer({"status": "the store does not answer"}, 503)
    return answer({"status": "ready"})


async def _metrics(request: Request) -> Response:
    settings: ServerSettings = request.app.state.settings
    if settings.tokens.scopes_of_header(request.headers.get("authorization")) is None:
        return error_answer(
            401, "unauthorized", "a token is needed", request.state.request_id, {"www-authenticate": "Bearer"}
        )
    return PlainTextResponse(request.app.state.metrics.text(), media_type="text/plain; version=0.0.4")
