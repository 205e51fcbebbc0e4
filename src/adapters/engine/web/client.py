"""One HTTP client per stage: only allowed hosts, redirects looked at one by one, no connection without a limit."""

import gzip
import logging
import socket
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import attrs
import httpx

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from ....core.processors.api import StopFault, Tools
from ..access import allowed_host
from ..formats.compression import snappy_frames
from ..formats.fault import FormatFault
from .answer import Answer, NoAnswerError, TookTooLongError
from .auth import auth_of
from .meter import BAD_STATUS, CONNECT_TIMEOUT, FAULTS, NO_ANSWER, READ_TIMEOUT, REQUEST, STATUSES, Meter
from .oauth2 import Token
from .tls import tls_context

LONGEST_S = 600.0
PREVIEW_LONGEST_S = 10.0
"""Somebody looks at a preview."""
MOST_REDIRECTS = 20
CHUNK = 1 << 16
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "snappy": snappy_frames,
}
KEPT = frozenset(
    (
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "content-transfer-encoding",
        "host",
        "keep-alive",
        "origin",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    )
)
"""Headers that are the client's own, as in Java: what a stage sets for them is left out."""
LOG = logging.getLogger("penstock.http")
_LEVELS = {"SEVERE": 40, "WARNING": 30, "INFO": 20, "CONFIG": 20, "FINE": 10, "FINER": 10, "FINEST": 10, "ALL": 10}


@attrs.frozen
class Request:
    """What is sent. A header of ``headers`` wins over the client's own."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)
    content: bytes | None = attrs.field(default=None, repr=False)


class WebClient:
    """Sends requests with the ``client`` settings of a stage; ``given`` is without that prefix.

    Redirects are followed as Java does: to the same scheme only, twenty at most, and to allowed hosts.

    Raises:
        UnsupportedError: Kerberos, Snappy without its library, lists of Java cipher suites.
        InvalidValueError: a proxy that is no address.
    """

    def __init__(self, given: Given, tools: Tools) -> None:
        self._given, self._tools = given, tools
        self._packs = _packs(given)
        self._pieces = given.text("transferEncoding", "BUFFERED") == "CHUNKED"
        self._auth = auth_of(given, tools)
        self._token = Token(given.under("oauth2."), tools) if given.flag("useOAuth2") else None
        longest_s = PREVIEW_LONGEST_S if tools.preview else LONGEST_S
        read = _limit_s(given.integer("readTimeoutMillis", 30_000), longest_s)
        connect = _limit_s(given.integer("connectTimeoutMillis", 250_000), longest_s)
        self._timeout = httpx.Timeout(read, connect=connect)
        self._client = httpx.Client(
            timeout=self._timeout,
            verify=tls_context(given.under("tlsConfig."), tools.access),
            proxy=_proxy(given, tools),
            trust_env=False,
            headers={"Accept-Encoding": self._packs or "identity"},
        )
        self._log = _Log(given.under("requestLoggingConfig."))
        self.meter = Meter()

    @property
    def renews(self) -> bool:
        """True when a refused request may work with another token."""
        return self._token is not None

    def renew(self) -> None:
        """Fetches another token. Raises ``StopFault``, ``TookTooLongError``, ``NoAnswerError``."""
        if self._token is not None:
            self._token.renew(self._post)

    def send(self, request: Request, most_s: float | None = None) -> Answer:
        """The answer to a request, its body not yet read.

        Raises:
            StopFault: a host that is not allowed, or no token.
            TookTooLongError, NoAnswerError: no answer.
        """
        headers = list(request.headers)
        auth: httpx.Auth | None = self._auth
        if self._token is not None:
            headers.append(self._token.header(self._post))
            auth = None
        wanted = attrs.evolve(request, headers=tuple(headers))
        try:
            with self.meter.timed(REQUEST):
                answer = self._sent(wanted, auth, self._pieces, self._packs, most_s)
        except TookTooLongError as error:
            self.meter.count(FAULTS, CONNECT_TIMEOUT if "Connect" in str(error) else READ_TIMEOUT)
            raise
        except NoAnswerError:
            self.meter.count(FAULTS, NO_ANSWER)
            raise
        self.meter.count(STATUSES, str(answer.status))
        if not answer.good:
            self.meter.count(FAULTS, BAD_STATUS)
        return answer

    def _post(self, url: str, form: dict[str, str], pieces: bool) -> tuple[int, bytes]:
        headers = (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),)
        answer = self._sent(Request("POST", url, headers, urlencode(form).encode()), self._auth, pieces, None, None)
        try:
            return answer.status, answer.content()
        except FormatFault as fault:
            raise StopFault("HTTP_22", f"the answer of the token address cannot be read: {fault}") from None
        finally:
            answer.close()

    def _sent(
        self, request: Request, auth: httpx.Auth | None, pieces: bool, packs: str | None, most_s: float | None
    ) -> Answer:
        began = time.monotonic()
        try:
            held = self._built(request, pieces, packs, most_s)
            answer = self._follow(held, auth)
        except httpx.TimeoutException as error:
            raise TookTooLongError(type(error).__name__) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise NoAnswerError(_reason(error, request.url)) from None
        self._log.line(request, answer, time.monotonic() - began)
        return answer

    def _built(self, request: Request, pieces: bool, packs: str | None, most_s: float | None) -> httpx.Request:
        headers = [
            (name.encode("ascii", "replace"), value.encode())
            for name, value in request.headers
            if name.lower() not in KEPT
        ]
        content = request.content
        if content is not None and packs:
            content = PACKED[packs](content)
            headers.append((b"Content-Encoding", packs.encode()))
        timeout = self._timeout if most_s is None else _shorter(self._timeout, most_s)
        # httpx sends an iterator in chunks
        sent = content if content is None or not pieces else _cut(content)
        return self._client.build_request(request.method, request.url, headers=headers, content=sent, timeout=timeout)

    def _follow(self, request: httpx.Request, auth: httpx.Auth | None) -> Answer:
        first = request.url
        for _ in range(MOST_REDIRECTS + 1):
            allowed_host(self._tools.access, request.url.host)
            same = (request.url.host, request.url.port) == (first.host, first.port)
            response = self._client.send(request, stream=True, auth=(auth if same else None))
            self._client.cookies.clear()  # the original keeps none
            after = response.next_request
            if after is None or after.url.scheme != request.url.scheme:
                return Answer(response)
            response.close()
            request = after
        raise NoAnswerError(f"more than {MOST_REDIRECTS} redirects")

    def close(self) -> None:
        """Closes its connections."""
        self._client.close()


class _Log:
    """A line per request, where the stage asks for it; what may hold secrets is left out."""

    def __init__(self, given: Given) -> None:
        self._level = _LEVELS.get(given.text("logLevel", "FINE"), 10) if given.flag("enableRequestLogging") else 0
        self._payload = given.text("verbosity", "HEADERS_ONLY") != "HEADERS_ONLY"
        self._most = max(0, given.integer("maxEntitySize"))

    def line(self, request: Request, answer: Answer, seconds: float) -> None:
        """Notes a request and its answer."""
        if not self._level:
            return
        names = ", ".join(name for name, _ in answer.headers)
        where = httpx.URL(request.url).copy_with(query=None, userinfo=b"")
        LOG.log(self._level, "%s %s %d %.3f s; headers %s", request.method, where, answer.status, seconds, names)
        if self._payload and request.content:
            LOG.log(self._level, "%s", request.content[: self._most].decode("utf-8", "replace"))


def _reason(error: Exception, url: str) -> str:
    """Why there is no answer; a host that nobody knows is named as the original names it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return f"UnknownHostException: {httpx.URL(url).host}"
        cause = cause.__cause__ or cause.__context__
    return f"{type(error).__name__}: {error}"


def _packs(given: Given) -> str | None:
    kind = given.text("httpCompression", "NONE").lower()
    if kind == "snappy":
        snappy_frames(b"")  # a library that is not there shows at the start
    return kind if kind in PACKED else None


def _limit_s(wanted_ms: int, longest_s: float) -> float:
    """A time limit; 0 is none in documents, and the longest here."""
    return min(wanted_ms / 1000, longest_s) if wanted_ms > 0 else longest_s


def _shorter(timeout: httpx.Timeout, most_s: float) -> httpx.Timeout:
    def least(held: float | None) -> float:
        return most_s if held is None else min(held, most_s)

    return httpx.Timeout(least(timeout.read), connect=least(timeout.connect))


def _cut(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), CHUNK):
        yield content[at : at + CHUNK]


def _proxy(given: Given, tools: Tools) -> httpx.Proxy | None:
    if not given.flag("useProxy"):
        return None
    text = given.text("proxy.uri")
    try:
        url = httpx.URL(text)
        name = given.text("proxy.username")
        made = httpx.Proxy(url, auth=(name, given.text("proxy.password")) if name else None)
    except (httpx.InvalidURL, ValueError):
        raise InvalidValueError("Proxy URI", text, "an address as http://host:port (HTTP_13)") from None
    allowed_host(tools.access, url.host)
    return made


def guarded(texts: "list[str]", url: str) -> None:
    """Nothing when secrets of a vault only go over an encrypted connection.

    Raises:
        StopFault: HTTP_07.
    """
    if not url.lower().startswith("https") and any("vault:" in text for text in texts):
        raise StopFault("HTTP_07", "functions of a vault may only be used with an https address")


def waiting(tools: Tools) -> Callable[[float], None]:
    """How a stage waits: as the run says, and in a preview for real, in short steps until the preview is over."""
    if not tools.preview:
        return tools.sleep

    def wait(seconds: float) -> None:
        ends = time.monotonic() + seconds
        while not tools.stopped() and (left := ends - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))

    return wait
