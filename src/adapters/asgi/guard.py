"""What stands around every request: an id, limits, security headers, a log line, counters, and faults on purpose."""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from .answers import error_answer
from .faults import Fault, Faults, RequestLog, Seen
from .settings import ServerSettings

access = logging.getLogger("penstock.access")
log = logging.getLogger("penstock.server")
SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


class Guard:
    """The outermost part of the application: plain ASGI, so that bodies stream through it."""

    def __init__(
        self, app: Starlette, settings: ServerSettings, faults: Faults | None = None, seen: RequestLog | None = None
    ) -> None:
        self._app, self._settings, self._faults, self._seen = app, settings, faults, seen

    @property
    def state(self) -> Any:
        """The state of the application inside."""
        return self._app.state

    def lifespan(self) -> AbstractAsyncContextManager[Any]:
        """Starts and stops the application where no server does."""
        return self._app.router.lifespan_context(self._app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        watch = _Watch(scope, receive, send, self._settings.hsts)
        scope.setdefault("state", {})["request_id"] = watch.request_id
        metrics = self._app.state.metrics
        metrics.active.inc()
        # before the last piece is sent: whoever has the answer finds the request in the log
        watch.before_end = lambda: self._note(scope, watch, metrics)
        try:
            await self._guarded(scope, watch)
        finally:
            watch.end()

    async def _guarded(self, scope: Scope, watch: "_Watch") -> None:
        limits = self._settings.limits
        length = watch.header(b"content-length")
        allowed = limits.upload_bytes if scope["path"].endswith("/import") else limits.body_bytes
        if len(scope.get("query_string", b"")) + len(scope["path"]) > limits.url_bytes:
            await self._refuse(scope, watch, 414, "too_large", f"the address is longer than {limits.url_bytes} bytes")
            return
        if length.isdigit() and int(length) > allowed:
            await self._refuse(scope, watch, 413, "too_large", f"the body is larger than {allowed} bytes")
            return
        fault = self._faults.take(scope["method"], scope["path"]) if self._faults is not None else None
        if fault is not None and await self._spoil(scope, watch, fault):
            return
        await self._app(scope, watch.receive, watch.send)

    async def _refuse(
        self, scope: Scope, watch: "_Watch", status: int, code: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        await error_answer(status, code, message, watch.request_id, headers)(scope, watch.receive, watch.send)

    async def _spoil(self, scope: Scope, watch: "_Watch", fault: Fault) -> bool:
        """Carries a fault out; False when the request goes on after it."""
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return False
        if fault.kind == "stale_token":
            await self._refuse(
                scope, watch, 401, "unauthorized", "the token has expired", {"www-authenticate": "Bearer"}
            )
        elif fault.kind == "status":
            headers = {} if fault.retry_after_s is None else {"retry-after": f"{fault.retry_after_s:g}"}
            await self._refuse(scope, watch, fault.status, "fault", "a fault on purpose", headers)
        elif fault.kind == "half":
            watch.halve = True
            await self._app(scope, watch.receive, watch.send)
        else:
            watch.status = 0
            watch.hang_up()
        return True

    def _note(self, scope: Scope, watch: "_Watch", metrics: Any) -> None:
        seconds = time.perf_counter() - watch.began
        metrics.active.dec()
        # the template, not the path: ids would make a series each; nor any method that somebody makes up
        path = scope.get("penstock.path") or "other"
        method = scope["method"] if path != "other" else "ANY"
        metrics.requests.labels(method, path, str(watch.status)).inc()
        metrics.seconds.labels(method, path).observe(seconds)
        if self._seen is not None:
            query = scope.get("query_string", b"").decode("latin-1")
            self._seen.add(
                Seen(scope["method"], scope["path"], query, watch.status, watch.request_id, seconds, watch.body_bytes)
            )
        if access.isEnabledFor(logging.INFO):
            facts = {
                "request": watch.request_id,
                "method": scope["method"],
                "path": scope["path"][:500],
                "status": watch.status,
                "ms": round(seconds * 1000, 1),
            }
            access.info(json.dumps(facts, separators=(",", ":")))


def _nothing() -> None:
    return


class _Watch:
    """Looks at what goes through: status, sizes; adds headers."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, hsts: bool) -> None:
        self._scope, self._receive, self._send, self._hsts = scope, receive, send, hsts
        self.began = time.perf_counter()
        self.status, self.started, self.halve, self.body_bytes = 500, False, False, 0
        self.before_end: Callable[[], None] = _nothing
        given = self.header(b"x-request-id").decode("latin-1")
        self.request_id = given if 0 < len(given) <= 64 and set(given) <= _PLAIN else uuid.uuid4().hex

    def header(self, name: bytes) -> bytes:
        """A header of the request; empty where there is none."""
        found: bytes = next((value for key, value in self._scope["headers"] if key == name), b"")
        return found

    async def receive(self) -> Message:
        """Hands the body on."""
        message = await self._receive()
        self.body_bytes += len(message.get("body") or b"")
        return message

    async def send(self, message: Message) -> None:
        """Hands the answer on."""
        if message["type"] == "http.response.start":
            self.started, self.status = True, message["status"]
            extra = [*SECURITY, (b"x-request-id", self.request_id.encode()), (b"x-penstock", b"1")]
            held = {key.lower() for key, _ in message["headers"]}
            if b"cache-control" not in held:
                extra.append((b"cache-control", b"no-store"))
            if self._hsts:
                extra.append((b"strict-transport-security", b"max-age=31536000"))
            message = {**message, "headers": [*message["headers"], *extra]}
        elif self.halve and message["type"] == "http.response.body":
            body = message.get("body") or b""
            await self._send({**message, "body": body[: len(body) // 2], "more_body": True})
            self.hang_up()
            return
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.end()
        await self._send(message)

    def end(self) -> None:
        """Notes the request, once."""
        note, self.before_end = self.before_end, _nothing
        note()

    def hang_up(self) -> None:
        """Ends the connection as it is. ASGI has no word for that; the server's own object behind ``send`` has."""
        cycle = getattr(self._send, "__self__", None)
        transport = getattr(cycle, "transport", None)
        if transport is None:
            raise ConnectionResetError("the connection is dropped on purpose")
        cycle.disconnected = True  # type: ignore[union-attr]
        transport.close()
