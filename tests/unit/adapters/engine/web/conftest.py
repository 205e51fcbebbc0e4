"""A web server on the loopback whose answers a test writes down, and stages that talk to it."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import attrs
import pytest

from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.plan import Given, OnError, StagePlan
from penstock.core.processors import Out, Tools
from penstock.core.processors.api import Access
from penstock.core.values import JsonMap, freeze


@attrs.frozen
class Seen:
    """A request as the server got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@attrs.frozen
class Reply:
    """What the server answers; several pieces are sent as chunks, ``hold`` is waited for before the last one."""

    status: int = 200
    body: bytes | list[bytes] = b""
    headers: dict[str, str] = attrs.field(factory=dict)
    hold: threading.Event | None = None


class Server(ThreadingHTTPServer):
    """Says nothing about clients that go away."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        return


class Site:
    """A server that answers with what ``replies`` gives for the requests, in their order or by a function."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.replies: list[Reply] = []
        self.answer: Callable[[Seen], Reply] = self._next
        self.server = Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def _next(self, seen: Seen) -> Reply:
        return self.replies[min(len(self.seen), len(self.replies)) - 1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer with a body waits for 40 ms

            def handle_any(self) -> None:
                seen = Seen(self.command, self.path, dict(self.headers.items()), self._content())
                site.seen.append(seen)
                self._send(site.answer(seen))

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = handle_any

            def _content(self) -> bytes:
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                made = b""
                while (size := int(self.rfile.readline(), 16)) > 0:
                    made += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return made

            def _send(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                pieces = reply.body if isinstance(reply.body, list) else None
                if pieces is None:
                    assert isinstance(reply.body, bytes)
                    if reply.status != 204:
                        self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(b"" if self.command == "HEAD" else reply.body)
                    return
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for at, piece in enumerate(pieces):
                    if at == len(pieces) - 1 and reply.hold is not None:
                        self.wfile.flush()
                        reply.hold.wait(20)
                    self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                self.wfile.write(b"0\r\n\r\n")

            def log_message(self, format: str, *args: Any) -> None:
                return

        return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    """A fresh server."""
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@attrs.define
class Held:
    """The tools of a stage, and how long it waited."""

    tools: Tools
    waits: list[float]

    def out(self) -> Out:
        """An empty outcome with one lane."""
        return Out(1, self.tools.now_ms)


def tools_of(settings: dict[str, object], kind: StageType, on_error: OnError = OnError.TO_ERROR, **more: Any) -> Held:
    """What a stage with these settings below ``conf.`` may use; its waits are noted and take no time."""
    frozen = freeze({f"conf.{name}": value for name, value in settings.items()})
    assert isinstance(frozen, JsonMap)
    plan = StagePlan("Http_01", "kind", kind, "Http", given=Given(frozen), outputs=("out",), on_error=on_error)
    waits: list[float] = []
    access = more.pop("access", Access())
    scope = Scope(now_ms=lambda: 1000)
    return Held(
        Tools(plan, lambda: 1000, lambda: 0.5, lambda: "id", scope=scope, access=access, sleep=waits.append, **more),
        waits,
    )
