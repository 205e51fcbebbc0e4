"""A web server of a flow: requests come in one by one and wait for what the flow makes of them."""

import hmac
import queue
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs

from ....core.processors.api import Access, StopFault
from ..access import NOT_ALLOWED
from ..formats.compression import SNAPPY_FRAMES, inflate
from ..formats.fault import FormatFault

HOST = "127.0.0.1"
"""Nobody beside this machine is served."""
APP_ID, APP_ID_PARAMETER = "X-SDC-APPLICATION-ID", "sdcApplicationId"
COMPRESSION = "X-SDC-COMPRESSION"
READ_S = 30.0
STEP = 1 << 16
NAP_S = 0.1
PACKED = {"gzip": "gzip", "snappy": SNAPPY_FRAMES}


def may_listen(access: Access) -> None:
    """Nothing where flows may listen on this machine.

    Raises:
        StopFault: hosts were named, and this machine is not among them.
    """
    if access.hosts is not None and not {"localhost", HOST} & {each.lower() for each in access.hosts}:
        raise StopFault(NOT_ALLOWED, f"listening here is not allowed; allow 'localhost'{access.ways_out}")


@attrs.frozen
class Answer:
    """What is sent back."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Exchange:
    """A request that waits for its answer."""

    def __init__(self, method: str, target: str, headers: dict[str, str], host: str, body: bytes) -> None:
        self.method, self.headers, self.host, self.body = method, headers, host, body
        parts = urlsplit(target)
        self.path, self.query = parts.path, parts.query
        self._answer: Answer | None = None
        self._done = threading.Event()

    def answer(self, answer: Answer) -> None:
        """Sends an answer; the first one counts."""
        self._answer = self._answer or answer
        self._done.set()

    def wait(self) -> Answer:
        """The answer, when it is there."""
        self._done.wait()
        return self._answer or Answer(500)


@attrs.frozen
class Door:
    """Who may come in, and with how much. ``pings`` are methods that are answered at once."""

    methods: frozenset[str]
    pings: frozenset[str]
    app_ids: tuple[str, ...] = attrs.field(repr=False)
    in_query: bool
    users: tuple[tuple[str, str], ...] = attrs.field(repr=False)
    most_bytes: int
    at_once: int

    def refusal(self, method: str, target: str, headers: dict[str, str]) -> Answer | None:
        """Why a request is not let in; None when it is."""
        if method not in self.methods and method not in self.pings:
            return text_answer(405, "Method Not Allowed")
        held = {name.lower(): value for name, value in headers.items()}
        if self.users and not self._known(held.get("authorization", "")):
            return Answer(401, (("WWW-Authenticate", 'Basic realm="flow"'),))
        if self.app_ids:
            given = held.get(APP_ID.lower())
            if given is None and self.in_query:
                given = dict(parse_qsl(urlsplit(target).query)).get(APP_ID_PARAMETER)
            if given is None:
                return text_answer(403, "Missing 'appId'")
            if not any(_same(given, each) for each in self.app_ids):
                return text_answer(403, "Invalid 'appId'")
        packed = held.get(COMPRESSION.lower()) or held.get("content-encoding")
        if packed and packed.lower() not in (*PACKED, "identity"):
            return text_answer(415, f"Unsupported compression: {packed[:40]}")
        return None

    def _known(self, text: str) -> bool:
        try:
            name, _, word = b64decode(text.removeprefix("Basic ")).decode().partition(":")
        except ValueError:
            return False
        return any(_same(name, user) and _same(word, known) for user, known in self.users)


class Listener:
    """Serves a port of this machine; ``take`` gives the requests one after the other.

    Raises:
        StopFault: the port is taken (HTTP_SERVER_ORIG_01).
    """

    def __init__(self, port: int, door: Door, context: ssl.SSLContext | None = None) -> None:
        self._queue: queue.Queue[Exchange] = queue.Queue()
        self._open: set[Exchange] = set()
        self._closed = False
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(max(1, door.at_once))
        self._server = Server(port, door, self._served, context, "HTTP_SERVER_ORIG_01")
        self.port = self._server.port

    def take(self, wait_s: float) -> Exchange | None:
        """The next request; None when there is none in time."""
        try:
            return self._queue.get(timeout=max(0.0, wait_s))
        except queue.Empty:
            return None

    def close(self) -> None:
        """Lets go of the port; requests that wait get the status 410 or, when they were taken, 500."""
        with self._lock:
            self._closed = True
            left = list(self._open)
        while not self._queue.empty():
            self._queue.get().answer(text_answer(410, "Gone"))
        for each in left:
            each.answer(text_answer(500, "Record(s) didn't reach all destinations"))
        self._server.close()

    def _served(self, exchange: Exchange) -> Answer:
        """What the flow makes of a request."""
        if not self._places.acquire(timeout=READ_S):
            return text_answer(503, "Too many requests")
        try:
            with self._lock:
                if self._closed:
                    return text_answer(410, "Gone")
                self._open.add(exchange)
                self._queue.put(exchange)
            return exchange.wait()
        finally:
            self._places.release()
            with self._lock:
                self._open.discard(exchange)


class Server(ThreadingHTTPServer):
    """Serves a port of this machine until it is closed; ``served`` is called for each request, in a thread of its own.

    Raises:
        StopFault: the port is taken, with this code.
    """

    daemon_threads = True

    def __init__(
        self, port: int, door: Door, served: Callable[[Exchange], Answer], context: ssl.SSLContext | None, code: str
    ) -> None:
        self._context = context
        try:
            super().__init__((HOST, port), _handler(door, served))
        except OSError as error:
            raise StopFault(code, f"port {port} is not available: {error.strerror}") from None
        self.port = int(self.server_address[1])
        threading.Thread(target=self.serve_forever, args=(NAP_S,), name="penstock-web", daemon=True).start()

    def close(self) -> None:
        """Lets go of the port."""
        self.shutdown()
        self.server_close()

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(READ_S)
        if self._context is not None:  # in the thread of the request: a slow handshake holds up nobody else
            request = self._context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to talk about."""


class _TooLargeError(Exception):
    """The body is larger than the flow allows."""


def _handler(door: Door, served: Callable[[Exchange], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "penstock", ""
        disable_nagle_algorithm = True
        timeout = READ_S

        def parse_request(self) -> bool:
            """Every method goes the same way."""
            if not super().parse_request():
                return False
            setattr(self, f"do_{self.command}", self._any)
            return True

        def _any(self) -> None:
            headers = dict(self.headers.items())
            answer = door.refusal(self.command, self.path, headers)
            try:
                body = b"".join(self._body())
            except (_TooLargeError, ValueError):
                self.close_connection = True
                self._send(text_answer(413, "Payload Too Large"))
                return
            except FormatFault as fault:
                self._send(text_answer(400, str(fault)))
                return
            if answer is None and self.command in door.pings:
                answer = Answer(200, (("X-SDC-PING", "ping"),))
            if answer is None:
                answer = served(Exchange(self.command, self.path, headers, self.client_address[0], body))
            self._send(answer)

        def _body(self) -> Iterator[bytes]:
            count, pieces = 0, self._pieces()
            held = (self.headers.get(COMPRESSION) or self.headers.get("Content-Encoding") or "").lower()
            for piece in inflate(_bounded(pieces, door.most_bytes), PACKED[held]) if held in PACKED else pieces:
                count += len(piece)
                if count > door.most_bytes:
                    raise _TooLargeError
                yield piece

        def _pieces(self) -> Iterator[bytes]:
            if (self.headers.get("Transfer-Encoding") or "").lower() == "chunked":
                yield from self._chunks()
                return
            left = int(self.headers.get("Content-Length") or 0)
            if left > door.most_bytes or left < 0:
                raise _TooLargeError
            while left > 0:
                piece = self.rfile.read(min(left, STEP))
                if not piece:
                    return
                left -= len(piece)
                yield piece

        def _chunks(self) -> Iterator[bytes]:
            while (left := int(self.rfile.readline(STEP).partition(b";")[0], 16)) > 0:
                if left > door.most_bytes:
                    raise _TooLargeError
                yield self.rfile.read(left)
                self.rfile.readline(STEP)
            while self.rfile.readline(STEP).strip():
                pass

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(_line(name), _line(value))
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler


def _bounded(pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    count = 0
    for piece in pieces:
        count += len(piece)
        if count > most:
            raise _TooLargeError
        yield piece


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def _line(text: str) -> str:
    """A text that cannot begin another header."""
    return " ".join(text.split()).encode("latin-1", "replace").decode("latin-1")


def text_answer(status: int, words: str) -> Answer:
    """An answer in words."""
    return Answer(status, (("Content-Type", "text/plain; charset=utf-8"),), words.encode())
