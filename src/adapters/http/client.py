"""One connection pool with timeouts, retries where repeating is safe, and errors told once."""

import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import attrs
import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from ...core.catalogue.definitions import Catalogue
from ...core.errors import (
    ClosedError,
    ConflictError,
    FormatError,
    NameInUseError,
    NotFoundError,
    PenstockError,
    RemoteError,
    UnreachableError,
)
from ...core.flow.json_text import json_text
from ...core.version import __version__

AGAIN = frozenset({429, 500, 502, 503, 504})
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
MAX_WAIT_S = 30.0
MAX_ANSWER_BYTES = 256 * 1024 * 1024


@attrs.frozen
class HttpOptions:
    """How to talk to the service. ``retries`` is how often a request that failed is sent again."""

    auth: httpx.Auth | None = attrs.field(default=None, repr=False)
    timeout_s: float = 60.0
    connect_s: float = 10.0
    retries: int = 3
    verify: bool | str = True
    http2: bool = True
    transport: httpx.AsyncBaseTransport | None = None
    first_wait_s: float = 0.2
    local: "Callable[[str], Catalogue | None]" = lambda digest: None
    """Gives the catalogue with a digest where it is here already."""


class _Refused(Exception):
    """An answer that says no; carried out of the retries."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class Client:
    """Requests to one service."""

    def __init__(self, base_url: str, options: HttpOptions) -> None:
        self.base_url = base_url.rstrip("/")
        self._options = options
        self.local = options.local
        self._closed = False
        self.ours = False
        """True when a penstock server answers: it understands a little more."""
        self._http = httpx.AsyncClient(
            auth=options.auth,
            timeout=httpx.Timeout(options.timeout_s, connect=options.connect_s),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=30),
            http2=options.http2 and _has_http2(),
            verify=options.verify if isinstance(options.verify, bool) else _context(options.verify),
            transport=options.transport,
            headers={"user-agent": f"penstock/{__version__}", "x-penstock": "1", "accept": "application/json"},
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        """Closes the pool; closing twice is fine."""
        self._closed = True
        await self._http.aclose()

    async def json(
        self,
        method: str,
        path: str,
        *,
        what: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        repeat: bool | None = None,
    ) -> Any:
        """The JSON answer of a request; None for an empty one. ``what`` is for messages: ``flow 'x'``.

        Raises:
            NotFoundError, NameInUseError, ConflictError: as the service says.
            RemoteError: it says no in another way.
            UnreachableError: nobody answers.
        """
        response = await self.send(method, path, what=what, params=params, body=body, headers=headers, repeat=repeat)
        return _parsed(response, what)

    async def send(
        self,
        method: str,
        path: str,
        *,
        what: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        repeat: bool | None = None,
    ) -> httpx.Response:
        """The whole answer of a request. A request that is not safe to repeat is repeated only when it cannot have
        arrived."""
        safe = method in REPEATABLE if repeat is None else repeat
        url = path if path.startswith(("http://", "https://")) else self.base_url + path
        content: dict[str, Any] = {"params": params, "headers": headers}
        if body is not None:
            # not the text that httpx makes: a flow may hold halves of surrogate pairs
            content["content"] = json_text(body).encode()
            content["headers"] = {"content-type": "application/json", **(headers or {})}

        async def once() -> httpx.Response:
            response = await self._http.request(method, url, **content)
            if response.status_code >= 400:
                raise _Refused(response)
            return response

        response: httpx.Response = await self._retried(once, safe, what)
        self.ours = self.ours or "x-penstock" in response.headers
        return response

    async def _retried(self, once: Any, safe: bool, what: str) -> Any:
        if self._closed:
            raise ClosedError(f"the service {self.base_url}")
        began, tries = time.monotonic(), 0

        def again(error: BaseException) -> bool:
            if isinstance(error, _Refused):
                # 429 says that nothing was done
                status = error.response.status_code
                return status == 429 or (safe and status in AGAIN)
            if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)):
                return True
            return safe and isinstance(error, httpx.TransportError)

        try:
            async for attempt in AsyncRetrying(
                stop=stop_after_attempt(1 + max(0, self._options.retries)),
                wait=self._wait,
                retry=retry_if_exception(again),
                reraise=True,
            ):
                with attempt:
                    tries += 1
                    made = await once()
        except _Refused as refused:
            raise translated(refused.response, what) from None
        except httpx.HTTPStatusError as error:
            raise RemoteError(error.response.status_code, f"signing in for {what}: {error}") from None
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            raise UnreachableError(self.base_url, tries, time.monotonic() - began, reason) from None
        except httpx.InvalidURL as error:
            raise FormatError(self.base_url, "", f"no address: {error}") from None
        return made

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome is not None else None
        if isinstance(error, _Refused):
            told = retry_after_s(error.response.headers.get("retry-after"))
            if told is not None:
                return min(told, MAX_WAIT_S)
        pause = self._options.first_wait_s * 2 ** (state.attempt_number - 1)
        return float(min(MAX_WAIT_S, pause * (0.75 + random.random() / 2)))

    @asynccontextmanager
    async def stream(
        self, method: str, path: str, *, what: str, params: Mapping[str, Any]
    ) -> AsyncIterator[httpx.Response]:
        """An answer whose body is read piece by piece. Raises as ``json`` does."""

        async def once() -> httpx.Response:
            request = self._http.build_request(method, self.base_url + path, params=params)
            response = await self._http.send(request, stream=True)
            if response.status_code >= 400:
                try:
                    await response.aread()
                finally:
                    await response.aclose()
                raise _Refused(response)
            return response

        response: httpx.Response = await self._retried(once, True, what)
        try:
            yield response
        except httpx.TransportError as error:
            raise UnreachableError(self.base_url, 1, 0.0, f"{what} ended early: {error}") from None
        finally:
            await response.aclose()

    async def upload(self, path: str, *, what: str, params: Mapping[str, Any], chunks: AsyncIterator[bytes]) -> Any:
        """The JSON answer to a body that is sent piece by piece, once."""

        async def once() -> httpx.Response:
            response = await self._http.post(
                self.base_url + path,
                params=params,
                content=chunks,
                headers={"content-type": "application/octet-stream"},
            )
            if response.status_code >= 400:
                raise _Refused(response)
            return response

        if self._closed:
            raise ClosedError(f"the service {self.base_url}")
        try:
            return _parsed(await once(), what)
        except _Refused as refused:
            raise translated(refused.response, what) from None
        except httpx.TransportError as error:
            raise UnreachableError(self.base_url, 1, 0.0, str(error) or type(error).__name__) from None

    async def pages(self, path: str, key: str, *, what: str, params: Mapping[str, Any]) -> AsyncIterator[Any]:
        """Every row of a listing, page by page; a row that comes twice is given once."""
        start: str | None = None
        seen: set[str] = set()
        while True:
            page = await self.json("GET", path, what=what, params={**params, **({"start": start} if start else {})})
            rows = page.get(key) if isinstance(page, dict) else None
            if not isinstance(rows, list):
                raise FormatError(f"the answer for {what}", f"/{key}", "expected a list")
            for row in rows:
                name = str(((row or {}).get("metadata") or {}).get("asset_id", id(row)))
                if name not in seen:
                    seen.add(name)
                    yield row
            start = next_start(page)
            if start is None or not rows:
                return


def next_start(page: Mapping[str, Any]) -> str | None:
    """Where the next page starts: the ``start`` in the link that a page holds."""
    link = page.get("next")
    href = link.get("href") if isinstance(link, Mapping) else None
    if not isinstance(href, str):
        return None
    found = parse_qs(urlsplit(href).query).get("start")
    return found[0] if found else None


def retry_after_s(text: str | None) -> float | None:
    """Seconds of a ``Retry-After`` header: a number, or a date."""
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _parsed(response: httpx.Response, what: str) -> Any:
    if not response.content:
        return None
    from ...core.flow.json_text import parse_json

    return parse_json(response.content, f"the answer for {what}")


def translated(response: httpx.Response, what: str) -> PenstockError:
    """The error for an answer that says no."""
    status = response.status_code
    message = _message(response)
    request_id = response.headers.get("x-request-id") or response.headers.get("x-global-transaction-id")
    kind, _, name = what.partition(" ")
    name = name.strip("'") or what
    if status == 404:
        return NotFoundError(kind, name, (), message)
    if status == 409:
        return NameInUseError(kind, name)
    if status == 412:
        return ConflictError(kind, name, "loaded before", "saved since")
    hints = {
        401: "the service does not know this token: check PENSTOCK_TOKEN or the auth that was given",
        403: "the token does not allow this: ask for the right role",
        413: "it is too large for the service",
        429: "the service is busy: try again later",
    }
    return RemoteError(status, what, request_id, f"{message} ({hints[status]})" if status in hints else message)


def _message(response: httpx.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return response.reason_phrase
    errors = body.get("errors") if isinstance(body, dict) else None
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return str(errors[0].get("message", ""))[:1000]
    return str(body.get("message", ""))[:1000] if isinstance(body, dict) else ""


def _has_http2() -> bool:
    try:
        import h2  # noqa: F401
    except ImportError:
        return False
    return True


def _context(path: str) -> Any:
    import ssl

    return ssl.create_default_context(cafile=path)
