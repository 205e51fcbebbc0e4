"""Ways to show who asks, as httpx auth classes. None of them shows its secret in a repr."""

import asyncio
import base64
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Generator

import httpx

RENEW_BEFORE_S = 60.0


class BearerAuth(httpx.Auth):
    """A token that the caller has."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Adds the header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


class ZenApiKeyAuth(httpx.Auth):
    """A user with a platform API key."""

    def __init__(self, username: str, api_key: str) -> None:
        pair = f"{username}:{api_key}".encode()
        self._value = base64.b64encode(pair).decode("ascii")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Adds the header."""
        request.headers["Authorization"] = f"ZenApiKey {self._value}"
        yield request

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


class _Renewed(httpx.Auth, ABC):
    """A token that is fetched, renewed before it ends, and once more when the service no longer takes it."""

    requires_response_body = True

    def __init__(self, now_s: Callable[[], float] = time.time) -> None:
        self._now_s = now_s
        self._token, self._ends_s = "", 0.0
        self._lock = asyncio.Lock()

    @abstractmethod
    def _ask(self) -> httpx.Request:
        """The request that fetches a token."""

    @abstractmethod
    def _read(self, response: httpx.Response) -> tuple[str, float]:
        """The token in its answer, and when it ends (seconds since 1970)."""

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Fetches a token where there is none that still holds; after a 401, once more."""
        async with self._lock:
            if self._now_s() > self._ends_s - RENEW_BEFORE_S or not self._token:
                self._take((yield self._ask()))
        used = self._token
        request.headers["Authorization"] = f"Bearer {used}"
        response = yield request
        if response.status_code != 401:
            return
        async with self._lock:
            if self._token == used:
                self._take((yield self._ask()))
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request

    def _take(self, response: httpx.Response) -> None:
        if response.status_code >= 400:
            # the answer may repeat what was sent: only the status is told
            raise httpx.HTTPStatusError(
                f"the token was refused with status {response.status_code}", request=response.request, response=response
            )
        self._token, self._ends_s = self._read(response)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


def _text(body: object, name: str, response: httpx.Response) -> str:
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str) or not value:
        raise httpx.HTTPStatusError(f"the answer holds no {name}", request=response.request, response=response)
    return value


class ApiKeyAuth(_Renewed):
    """An API key that a token endpoint changes for tokens of an hour or so."""

    def __init__(self, api_key: str, token_url: str, now_s: Callable[[], float] = time.time) -> None:
        super().__init__(now_s)
        self._api_key, self._url = api_key, token_url

    def _ask(self) -> httpx.Request:
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": self._api_key}
        return httpx.Request("POST", self._url, data=form, headers={"accept": "application/json"})

    def _read(self, response: httpx.Response) -> tuple[str, float]:
        body = response.json()
        token = _text(body, "access_token", response)
        ends, lasts = body.get("expiration"), body.get("expires_in")
        if isinstance(ends, (int, float)):
            return token, float(ends)
        return token, self._now_s() + (float(lasts) if isinstance(lasts, (int, float)) else 600.0)


class PasswordAuth(_Renewed):
    """A user with a password (or key) that the platform changes for tokens of some hours."""

    LIFE_S = 3600.0

    def __init__(
        self,
        base_url: str,
        username: str,
        password: str = "",
        api_key: str = "",
        now_s: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(now_s)
        self._url = base_url.rstrip("/") + "/icp4d-api/v1/authorize"
        self._body = {"username": username, "password": password or None, "api_key": api_key or None}

    def _ask(self) -> httpx.Request:
        return httpx.Request("POST", self._url, json=self._body)

    def _read(self, response: httpx.Response) -> tuple[str, float]:
        return _text(response.json(), "token", response), self._now_s() + self.LIFE_S
