"""Who is calling: basic, digest, either as the server asks, and OAuth 1."""

import base64
import hashlib
import hmac
from collections.abc import Generator
from urllib.parse import parse_qsl, quote

import httpx

from ....core.errors import InvalidValueError, UnsupportedError
from ....core.plan.given import Given
from ....core.processors.api import Tools

Flow = Generator[httpx.Request, httpx.Response, None]
KINDS = ("NONE", "BASIC", "DIGEST", "UNIVERSAL", "OAUTH")


def auth_of(given: Given, tools: Tools) -> httpx.Auth | None:
    """What signs requests; ``given`` are the settings below ``client``. None for nobody.

    Raises:
        UnsupportedError: Kerberos.
        InvalidValueError: another kind.
    """
    kind = given.text("authType", "NONE") or "NONE"
    name, word = given.text("basicAuth.username"), given.text("basicAuth.password")
    match kind:
        case "NONE":
            return None
        case "BASIC":
            return httpx.BasicAuth(name, word)
        case "DIGEST":
            return httpx.DigestAuth(name, word)
        case "UNIVERSAL":
            return AsAsked(name, word)
        case "OAUTH":
            return OAuth1(given.under("oauth."), tools)
        case "KERBEROS_SPNEGO":
            raise UnsupportedError("authentication with Kerberos", f"Kinds that work here: {', '.join(KINDS)}.")
    raise InvalidValueError("Authentication Type", kind, ", ".join(KINDS))


class AsAsked(httpx.Auth):
    """Nothing at first; what the answer 401 asks for then."""

    def __init__(self, name: str, word: str) -> None:
        self._basic, self._digest = httpx.BasicAuth(name, word), httpx.DigestAuth(name, word)

    def auth_flow(self, request: httpx.Request) -> Flow:
        """One request more at most."""
        answer = yield request
        if answer.status_code != 401:
            return
        asked = [each.lower() for each in answer.headers.get_list("www-authenticate")]
        digest = any(each.startswith("digest ") for each in asked)
        flow = self._digest.auth_flow(request) if digest else self._basic.auth_flow(request)
        signed = next(flow)
        if digest:
            signed = flow.send(answer)
        yield signed


class OAuth1(httpx.Auth):
    """Requests signed with HMAC-SHA1 (RFC 5849)."""

    requires_request_body = True

    def __init__(self, given: Given, tools: Tools) -> None:
        self._key, self._secret = given.text("consumerKey"), given.text("consumerSecret")
        self._token, self._token_secret = given.text("token"), given.text("tokenSecret")
        self._tools = tools

    def auth_flow(self, request: httpx.Request) -> Flow:
        """Signs once; the answer does not matter."""
        held = {
            "oauth_consumer_key": self._key,
            "oauth_token": self._token,
            "oauth_signature_method": "HMAC-SHA1",
            "oauth_timestamp": str(self._tools.now_ms() // 1000),
            "oauth_nonce": self._tools.new_id(),
            "oauth_version": "1.0",
        }
        held["oauth_signature"] = self._signature(request, held)
        words = ", ".join(f'{name}="{_quoted(value)}"' for name, value in held.items())
        request.headers["Authorization"] = f"OAuth {words}"
        yield request

    def _signature(self, request: httpx.Request, held: dict[str, str]) -> str:
        pairs = [*held.items(), *parse_qsl(request.url.query.decode(), keep_blank_values=True)]
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            pairs += parse_qsl(request.content.decode("utf-8", "replace"), keep_blank_values=True)
        listed = "&".join(f"{name}={value}" for name, value in sorted((_quoted(n), _quoted(v)) for n, v in pairs))
        where = str(request.url.copy_with(query=None, fragment=None)).rstrip("?")
        base = "&".join(_quoted(each) for each in (request.method.upper(), where, listed))
        key = f"{_quoted(self._secret)}&{_quoted(self._token_secret)}"
        return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def _quoted(text: str) -> str:
    return quote(text, safe="-._~")
