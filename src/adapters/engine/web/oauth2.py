"""OAuth 2: a token from a token address, for a client, a resource owner or a signed claim."""

import base64
import binascii
import hashlib
import hmac
import importlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from ....core.el import EvaluationError
from ....core.el.coerce import as_text
from ....core.errors import UnsupportedError
from ....core.plan.given import Given
from ....core.processors.api import StopFault, Tools
from ....core.records.record import Record
from ....core.values import EMPTY_MAP

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
NAMES = ("access_token", "accessToken", "id_token")
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}

Post = Callable[[str, dict[str, str], bool], tuple[int, bytes]]
"""Sends a form to an address, in pieces if true; status and body of the answer."""


class Token:
    """The token that requests carry; fetched at the first of them and again when a server refuses it."""

    def __init__(self, given: Given, tools: Tools) -> None:
        self._given, self._tools = given, tools
        self._grant = given.text("credentialsGrantType", "CLIENT_CREDENTIALS")
        self._claims = tools.evaluate(given.text("jwtClaims"))
        self._headers = tools.evaluate(given.text("jwtHeaders"))
        self._value = ""

    def header(self, post: Post) -> tuple[str, str]:
        """The header with the token. Raises what ``renew`` raises."""
        if not self._value:
            self.renew(post)
        return "Authorization", f"Bearer {self._value}"

    def renew(self, post: Post) -> None:
        """Fetches a token.

        Raises:
            StopFault: the address does not know the client (HTTP_21), is not there (HTTP_24), or has no token in its
                answer (HTTP_22, HTTP_33).
        """
        url, pieces = self._given.text("tokenUrl"), self._given.text("transferEncoding") == "CHUNKED"
        status, body = post(url, self._form(), pieces)
        if status == 404:
            raise StopFault("HTTP_24", "there is no token at the token address: it was answered with 404")
        if not 200 <= status < 300:
            raise StopFault("HTTP_21", f"the token address refused the credentials with status {status}")
        try:
            found = json.loads(body)
            self._value = next((str(found[name]) for name in NAMES if found.get(name)), "")
        except (ValueError, AttributeError, RecursionError):
            raise StopFault("HTTP_22", "the answer of the token address is no JSON object") from None
        if not self._value:
            raise StopFault("HTTP_33", f"no token in the answer of the token address; looked for {', '.join(NAMES)}")

    def _form(self) -> dict[str, str]:
        given = self._given
        match self._grant:
            case "RESOURCE_OWNER":
                made = {"username": given.text("username"), "password": given.text("password")}
                made["grant_type"] = "password"
                held = {"client_id": "resourceOwnerClientId", "client_secret": "resourceOwnerClientSecret"}
                made |= {name: given.text(each) for name, each in held.items() if given.text(each)}
            case "JWT":
                custom = given.text("assertionKeyType") if given.flag("useCustomAssertion") else ""
                made = {"grant_type": JWT_GRANT, custom or "assertion": self._assertion()}
            case _:
                made = {"grant_type": "client_credentials"}
                if given.text("clientId"):
                    made |= {"client_id": given.text("clientId"), "client_secret": given.text("clientSecret")}
        for row in given.rows("additionalValues"):
            if row.text("key").strip():
                made[row.text("key")] = row.text("value")
        return made

    def _assertion(self) -> str:
        try:
            claims = json.loads(as_text(self._claims(Record())))
            more = json.loads(as_text(self._headers(Record())) or "{}")
            more = {str(name): value for name, value in more.items()}
        except (EvaluationError, ValueError, AttributeError, RecursionError) as error:
            raise StopFault("HTTP_25", f"the claims or headers are no JSON: {type(error).__name__}") from None
        return signed(claims, self._given.text("algorithm", "NONE"), self._given.text("key"), more)


def signed(claims: Any, algorithm: str, key: str, more: Mapping[str, Any] = EMPTY_MAP) -> str:
    """A JSON web token; ``more`` stands in its head. HS… keys are base64, RS… keys PKCS 8 in PEM form.

    Raises:
        StopFault: a key that cannot be read (HTTP_27), or an unknown algorithm (HTTP_26).
        UnsupportedError: an RS… algorithm without the library for it.
    """
    head = {"typ": "JWT", "alg": "none" if algorithm == "NONE" else algorithm, **more}
    body = b".".join(_url64(json.dumps(each, separators=(",", ":")).encode()) for each in (head, claims))
    if algorithm == "NONE":
        return body.decode() + "."
    family, size = algorithm[:2], algorithm[2:]
    if family not in ("HS", "RS") or size not in _HASHES:
        raise StopFault("HTTP_26", f"there is no signing algorithm {algorithm}")
    try:
        made = _hmac(body, size, key) if family == "HS" else _rsa(body, size, key)
    except (binascii.Error, ValueError, TypeError) as error:
        raise StopFault("HTTP_27", f"the signing key cannot be read: {type(error).__name__}") from None
    return (body + b"." + _url64(made)).decode()


def _hmac(body: bytes, size: str, key: str) -> bytes:
    return hmac.new(base64.b64decode(key), body, _HASHES[size]).digest()


def _rsa(body: bytes, size: str, key: str) -> bytes:
    """The library is asked for by name, as it is needed for nothing else."""
    try:
        hashes = importlib.import_module("cryptography.hazmat.primitives.hashes")
        padding = importlib.import_module("cryptography.hazmat.primitives.asymmetric.padding")
        loading = importlib.import_module("cryptography.hazmat.primitives.serialization")
    except ImportError:
        raise UnsupportedError(f"signing with RS{size}", "Install cryptography, or use an HS algorithm.") from None
    bare = "".join(line for line in key.split("\n") if "-----" not in line).replace("\r", "")
    loaded = loading.load_der_private_key(base64.b64decode(bare), password=None)
    made: bytes = loaded.sign(body, padding.PKCS1v15(), getattr(hashes, f"SHA{size}")())
    return made


def _url64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
