"""A registry of Avro schemas over HTTP: what is looked up and registered, once for each stage that is built."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from ....core.processors.api import Access
from ....core.values import JsonMap
from ..access import REGISTRY, allowed_host

TIMEOUT_S = 10.0
LARGEST = 4 * 1024 * 1024
_KINDS = "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json"
_MARK, _ID_SIZE = b"\0", 4


class RegistryError(Exception):
    """What a registry was asked for cannot be had; no secret is in the text."""


def id_of(data: bytes) -> int | None:
    """The id of the schema that a message begins with, behind a zero; None where it begins with none."""
    if len(data) < len(_MARK) + _ID_SIZE or not data.startswith(_MARK):
        return None
    return int.from_bytes(data[1 : 1 + _ID_SIZE], "big")


def without_id(data: bytes) -> bytes:
    """What follows the id of a message."""
    return data[len(_MARK) + _ID_SIZE :]


def with_id(number: int) -> bytes:
    """What a message begins with that tells its schema; nothing for no id."""
    return _MARK + number.to_bytes(_ID_SIZE, "big") if number > 0 else b""


class Registry:
    """Asks the addresses one after the other until one answers, and keeps what it got to know.

    ``user`` is ``name:word`` or empty. Redirects are not followed.
    """

    def __init__(self, urls: tuple[str, ...], user: str, access: Access) -> None:
        self._urls, self._user, self._access = urls, user, access
        self._schemas: dict[int, str] = {}
        self._newest: dict[str, tuple[int, str]] = {}
        self._registered: dict[tuple[str, str], int] = {}

    def schema(self, number: int) -> str:
        """The text of the schema with an id. Raises ``RegistryError``; ``StopFault`` for a host that is not allowed."""
        if number not in self._schemas:
            self._schemas[number] = _schema_in(self._asked("GET", f"/schemas/ids/{number}"))
        return self._schemas[number]

    def newest(self, subject: str) -> tuple[int, str]:
        """Id and text of the newest schema of a subject. Raises as ``schema``."""
        if subject not in self._newest:
            found = self._asked("GET", f"/subjects/{quote(subject, safe='')}/versions/latest")
            self._newest[subject] = (_id_in(found), _schema_in(found))
        return self._newest[subject]

    def register(self, subject: str, schema: str) -> int:
        """The id of a schema that is registered now, if it was not. Raises as ``schema``."""
        if (subject, schema) not in self._registered:
            path = f"/subjects/{quote(subject, safe='')}/versions"
            self._registered[subject, schema] = _id_in(self._asked("POST", path, {"schema": schema}))
        return self._registered[subject, schema]

    def _asked(self, method: str, path: str, sent: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        import httpx

        unreached: list[str] = []
        for text in self._urls:
            url = _address(text)
            allowed_host(self._access, str(url.hostname))
            try:
                return self._answer(method, url, path, sent)
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                unreached.append(f"{_public(url)}: {type(error).__name__}: {error}")
        raise RegistryError("; ".join(unreached) or "no address of a registry is given")

    def _answer(self, method: str, url: SplitResult, path: str, sent: Mapping[str, str] | None) -> Mapping[str, Any]:
        import httpx

        where, user = _public(url) + path, self._user or _user_of(url)
        name, _, word = user.partition(":")
        with (
            httpx.Client(timeout=TIMEOUT_S, trust_env=False, auth=(name, word) if user else None) as client,
            client.stream(
                method,
                where,
                headers={"Accept": _KINDS, "Content-Type": "application/vnd.schemaregistry.v1+json"},
                content=None if sent is None else json.dumps(sent).encode(),
            ) as response,
        ):
            body = b""
            for piece in response.iter_bytes():
                body += piece
                if len(body) > LARGEST:
                    raise RegistryError(f"the answer of {where} is larger than {LARGEST} bytes")
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            found = None
        if response.is_success and isinstance(found, dict):
            return found
        reason = found.get("message") if isinstance(found, dict) else None
        raise RegistryError(f"{where} answered with status {response.status_code}: {str(reason or 'no JSON')[:300]}")


def _address(text: str) -> SplitResult:
    try:
        url = urlsplit(text.strip())
        fits = url.scheme in ("http", "https") and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        fits = False
    if not fits:
        raise RegistryError("the address of a registry has the form http://host:port")
    return url


def _public(url: SplitResult) -> str:
    """The address without user and word."""
    return url._replace(netloc=url.netloc.rpartition("@")[2], query="", fragment="").geturl().rstrip("/")


def _user_of(url: SplitResult) -> str:
    return "" if url.username is None else f"{unquote(url.username)}:{unquote(url.password or '')}"


def _schema_in(found: Mapping[str, Any]) -> str:
    schema, kind = found.get("schema"), found.get("schemaType", "AVRO")
    if not isinstance(schema, str) or kind != "AVRO" or found.get("references"):
        raise RegistryError("the registry has no Avro schema there that stands alone")
    return schema


def _id_in(found: Mapping[str, Any]) -> int:
    number = found.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 1 << 31:
        raise RegistryError("the registry gave no id")
    return number


def registry_of(given: Given, urls: str, user: str) -> Registry:
    """The registry of a stage; ``urls`` and ``user`` are the names of its settings.

    Raises:
        InvalidValueError: a stage that cannot say which hosts may be called.
    """
    held = given.get(REGISTRY)
    if not isinstance(held, JsonMap):
        raise InvalidValueError("avroSchemaSource", "REGISTRY", "another source: this stage asks no registry")
    hosts = held.get("hosts")
    return _kept(
        given.texts(urls),
        given.text(user),
        None if hosts is None else Given(held).texts("hosts"),
        Given(held).text("ways"),
        Given(held).integer("stage"),
    )


@lru_cache(maxsize=64)
def _kept(urls: tuple[str, ...], user: str, hosts: tuple[str, ...] | None, ways: str, stage: int) -> Registry:
    """The same one for every file and message of a stage, another one where it is built anew."""
    return Registry(urls, user, Access(hosts=hosts, ways_out=ways))
